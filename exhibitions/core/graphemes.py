"""Lengths in characters that people see (Unicode's extended grapheme clusters), not in code points or bytes."""

from __future__ import annotations

import unicodedata

import regex

from exhibitions.core.contact import BLANK_LETTERS, UNSEEN

_CLUSTER = regex.compile(r"\X")
_NO_PICTURE = frozenset({"Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp"})
"""Categories of what has no picture of its own: controls, directions, and marks that need a letter under them."""
_JOINED = {code: gone for code, gone in UNSEEN.items() if code != 0x200D}


def seen(text: str) -> list[str]:
    """The characters of a text as a reader counts them: a rare Han, an emoji of a family, é in two parts are one each.

    What nobody sees (directions, zero-width marks, an accent without a letter) is none, nor is a line's end.
    """
    text = unicodedata.normalize("NFC", text).translate(_JOINED)
    return [one for one in _CLUSTER.findall(text) if any(map(_has_place, one))]


def seen_length(text: str) -> int:
    """How many characters a reader sees."""
    return len(seen(text))


def is_seen(text: str) -> bool:
    """Whether a reader sees anything of a text: more than blanks, and letters that are left blank."""
    return any(
        _has_place(sign) and not sign.isspace() and ord(sign) not in BLANK_LETTERS
        for sign in "".join(seen(text))
    )


def _has_place(sign: str) -> bool:
    return unicodedata.category(sign) not in _NO_PICTURE
