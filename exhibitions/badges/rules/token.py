"""The signed code on a badge: 80 bytes, written as `B` and 120 characters of base45.

Bytes, most significant first: version 3 bits and key number 5 bits; fair 3; badge 5; class number 1;
first day counted from the fair's first build-up day 1; length in days 1 (0 means the whole fair);
issue counter 4; Ed25519 signature 64 over `badge-v1` and the 16 bytes before it.
The text holds no personal data and fits a QR code of version 5, level M, in alphanumeric mode.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exhibitions.badges.rules import base45, number

VERSION = 1
PREFIX = "B"
CLAIM_BYTES = 16
CODE_CHARACTERS = 121
KEY_NUMBERS = range(32)
_SIGNED_PREFIX = b"badge-v1"
# Nobody types or scans more than this; longer texts are refused before any work is done on them.
_LONGEST_INPUT = 512
_FOLD: dict[int, int | None] = {0xFF01 + step: 0x21 + step for step in range(94)}
_FOLD |= {0xFF41 + step: 0x41 + step for step in range(26)}
_FOLD |= {0x61 + step: 0x41 + step for step in range(26)}
_FOLD |= {0x3000: 0x20, 0x0A: None, 0x0D: None, 0x09: None}


@dataclass(frozen=True, slots=True)
class Claims:
    """What a code says about a badge. Numbers only; each fits its field or `encode` raises ValueError."""

    key_number: int
    fair: int
    badge: int
    class_number: int
    first_day: int
    days: int
    issue: int
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Token:
    """A readable code: its claims and its signature, which is not yet checked."""

    claims: Claims
    signature: bytes

    @property
    def text(self) -> str:
        """The code as the QR carries it, whatever way it was written when read."""
        return write(encode(self.claims), self.signature)


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """A badge number typed by hand, its check digit being right; `number` has nine digits."""

    number: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Neither a code nor a badge number. `wrong_check` tells a mistyped number from anything else."""

    wrong_check: bool = False


Code = Token | TypedNumber | Unreadable


def encode(claims: Claims) -> bytes:
    """The 16 bytes of the claims. Raises ValueError if a number does not fit its field."""
    fields = (
        (claims.fair, 3),
        (claims.badge, 5),
        (claims.class_number, 1),
        (claims.first_day, 1),
        (claims.days, 1),
        (claims.issue, 4),
    )
    if not 0 <= claims.version < 8 or claims.key_number not in KEY_NUMBERS:
        raise ValueError("version has 3 bits and key number 5")
    try:
        tail = b"".join(value.to_bytes(size, "big") for value, size in fields)
    except OverflowError as error:
        raise ValueError("a number does not fit its field") from error
    return bytes([claims.version << 5 | claims.key_number]) + tail


def decode(raw: bytes) -> Claims:
    """The claims in 16 bytes written by `encode`. Raises ValueError for another length."""
    if len(raw) != CLAIM_BYTES:
        raise ValueError("claims are 16 bytes")
    return Claims(
        version=raw[0] >> 5,
        key_number=raw[0] & 31,
        fair=int.from_bytes(raw[1:4], "big"),
        badge=int.from_bytes(raw[4:9], "big"),
        class_number=raw[9],
        first_day=raw[10],
        days=raw[11],
        issue=int.from_bytes(raw[12:16], "big"),
    )


def signed_message(claims: bytes) -> bytes:
    """What the signature is made over: `badge-v1` and the 16 bytes of the claims."""
    return _SIGNED_PREFIX + claims


def issue(claims: Claims, sign: Callable[[bytes], bytes]) -> tuple[bytes, str]:
    """The signature of the claims and the code to be drawn. `sign` signs a message by Ed25519."""
    raw = encode(claims)
    signature = sign(signed_message(raw))
    return signature, write(raw, signature)


def write(claims: bytes, signature: bytes) -> str:
    """The 121 characters for 16 bytes of claims and 64 bytes of signature."""
    return PREFIX + base45.encode(claims + signature)


def parse_code(text: str) -> Code:
    """What a scanner, a camera or a hand brought; never raises, whatever the text is.

    CR, LF and TAB are dropped. So are blanks around: no code begins or ends with one, because the last
    of three base45 characters is at most 32 and the blank is 36. A blank inside is data. Full-width forms
    become ASCII and small letters become capitals (C15).
    """
    if len(text) > _LONGEST_INPUT:
        return Unreadable()
    plain = text.translate(_FOLD).strip(" ")
    if len(plain) == CODE_CHARACTERS and plain.startswith(PREFIX):
        return _read_token(plain)
    return _read_number(plain)


def _read_token(plain: str) -> Token | Unreadable:
    try:
        raw = base45.decode(plain[1:])
    except ValueError:
        return Unreadable()
    claims = decode(raw[:CLAIM_BYTES])
    if claims.version != VERSION:
        return Unreadable()
    return Token(claims, raw[CLAIM_BYTES:])


def _read_number(plain: str) -> TypedNumber | Unreadable:
    ten = number.digits_of(plain)
    if ten is None:
        return Unreadable()
    if not number.check_is_right(ten):
        return Unreadable(wrong_check=True)
    return TypedNumber(int(ten[:9]))
