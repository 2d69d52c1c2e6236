"""The short code that a juror types beside the personal link, so that a forwarded link opens nothing (ux J1)."""

from __future__ import annotations

import hmac
import secrets
import unicodedata

from exhibitions.awards.models import Juror
from exhibitions.core.signing import derive_key, same

DIGITS = 6
_PURPOSE = "juror codes v1"
_keys: dict[str, bytes] = {}


def configure(secret: str) -> None:
    """Say from which secret of the installation codes are hashed. Called once at start."""
    _keys["key"] = derive_key(secret, _PURPOSE)


def new_code(juror: Juror) -> str:
    """A fresh code of six digits for a juror whose row has its number; the old one is over, wherever it was typed.

    Only its hash is stored: the code itself is shown or sent once.
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    juror.code_hash = _hash(juror, code)
    return code


def check_code(juror: Juror, typed: str) -> bool:
    """Whether this is the juror's code; full-width digits, blanks and hyphens are taken. Who asks counts wrong tries."""
    plain = "".join(each for each in unicodedata.normalize("NFKC", typed) if each.isalnum())
    if not juror.code_hash or len(plain) != DIGITS:
        return False
    return same(_hash(juror, plain).encode(), juror.code_hash.encode())


def _hash(juror: Juror, code: str) -> str:
    """Keyed, because a million codes are soon tried by who has stolen the table alone; with the juror's own number in it."""
    return hmac.digest(_keys["key"], f"{juror.id} {code}".encode(), "sha256").hex()
