"""Base45 (RFC 9285): two bytes as three characters of the alphabet that QR codes pack best."""

from __future__ import annotations

import struct

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_BASE = len(ALPHABET)
_SQUARE = _BASE * _BASE
# Both tables together are 1 MB and save two divisions a pair when 80,000 codes are written.
_PAIRS = [ALPHABET[n % _BASE] + ALPHABET[n // _BASE % _BASE] + ALPHABET[n // _SQUARE] for n in range(1 << 16)]


def encode(raw: bytes) -> str:
    """The base45 text of `raw`: three characters for two bytes, two for a last odd byte."""
    whole = len(raw) & ~1
    words = [_PAIRS[raw[at] << 8 | raw[at + 1]] for at in range(0, whole, 2)]
    if len(raw) != whole:
        words.append(_PAIRS[raw[-1]][:2])
    return "".join(words)


def decode(text: str) -> bytes:
    """The bytes of a base45 text.

    Raises ValueError for a character outside the alphabet, an impossible length, or a group above its
    largest value: so each text has one meaning and each meaning one text.
    """
    try:
        values = [_VALUE[character] for character in text]
    except KeyError as error:
        raise ValueError("not a base45 character") from error
    whole = len(values) // 3 * 3
    thirds = zip(values[0:whole:3], values[1:whole:3], values[2:whole:3], strict=True)
    words = [low + _BASE * middle + _SQUARE * high for low, middle, high in thirds]
    try:
        raw = struct.pack(f">{len(words)}H", *words)
    except struct.error as error:
        raise ValueError("a base45 group is too large") from error
    rest = values[whole:]
    return raw + _last_byte(rest) if rest else raw


def _last_byte(values: list[int]) -> bytes:
    if len(values) == 1:
        raise ValueError("a base45 text never has one character left over")
    number = values[0] + _BASE * values[1]
    if number > 0xFF:
        raise ValueError("a base45 group is too large")
    return bytes([number])
