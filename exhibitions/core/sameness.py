"""By what two names of people, companies and associations are the same one."""

from __future__ import annotations

import hashlib
import re
import unicodedata

NOISE = re.compile(r"[\s\-_.'’*:;#?!·•、,。\u200b-\u200f\u2060\ufeff]+")
_BRACKETS = str.maketrans("[{【〔〈《「『<]}】〕〉》」』>", "((((((((()))))))))")
_DIGEST = 32


def same_key(name: str) -> str:
    """A name as it is compared: NFKC, lower case, without blanks and marks.

    What stands in brackets counts, whatever their shape: 星河（上海） and 星河（北京） are two companies. A name of marks
    alone is compared as it is.
    """
    folded = unicodedata.normalize("NFKC", name).lower()
    return NOISE.sub("", folded).translate(_BRACKETS) or folded


def bounded(key: str, most: int) -> str:
    """The key with at most `most` characters; the end of a longer one is a digest of the whole.

    A name that can be kept may have a key that cannot: NFKC makes four letters of ㍿.
    """
    if len(key) <= most:
        return key
    return key[: most - _DIGEST] + hashlib.sha256(key.encode()).hexdigest()[:_DIGEST]
