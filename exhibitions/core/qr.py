"""QR pictures of badge codes: version 5, level M, alphanumeric mode, one fixed mask.

With version, level and mask fixed, a picture is an affine function over GF(2) of its 86 data codewords,
because Reed-Solomon coding and masking are linear. So `qrcode` is asked once for the picture of every
single bit, and a code is then drawn by 86 exclusive-ors of whole pictures, hundreds of times faster and
bit for bit the same. The fixed mask is standard: choosing among masks only tunes comfort, and signed codes
are random bits that favour no mask.

A picture is one big integer, row by row from the top left, most significant bit first, 1 is dark.
"""

from __future__ import annotations

import io
import re
from functools import lru_cache, reduce
from operator import getitem, xor

from PIL import Image
from qrcode import util
from qrcode.base import rs_blocks
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

VERSION = 5
SIDE = 17 + 4 * VERSION
QUIET = 4
MASK = 2
MOST_CHARACTERS = 122
PNG_PIXELS = 630
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}
# Eleven bits a pair, six for a last single character, as text: joining them is quicker than shifting a long number.
_PAIR = {a + b: f"{45 * _VALUE[a] + _VALUE[b]:011b}" for a in _ALPHABET for b in _ALPHABET}
_LAST = {a: f"{_VALUE[a]:06b}" for a in _ALPHABET}
_DATA_BYTES = sum(block.data_count for block in rs_blocks(VERSION, ERROR_CORRECT_M))
_BITS = 8 * _DATA_BYTES
_ALPHANUMERIC_MODE = 0b0010
_PADDING = (0xEC, 0x11)
_DARK_RUN = re.compile("1+")


class NotDrawableError(ValueError):
    """The text has more characters than the fixed version holds, or one outside the alphabet."""


def picture(text: str) -> int:
    """The modules of the QR code of `text` as one integer of SIDE * SIDE bits.

    `text` is of the QR alphanumeric alphabet and has at most 122 characters, else `NotDrawableError`.
    Identical to what `qrcode` draws with the same version, level, mode and mask.
    """
    tables = _tables()
    return reduce(xor, map(getitem, tables.by_codeword, _codewords(text)), tables.empty)


def rows(text: str) -> list[str]:
    """SIDE strings of SIDE characters, `1` for a dark module, without a quiet zone."""
    return _rows_of(picture(text))


def dark_runs(text: str) -> list[tuple[int, int, int]]:
    """The dark modules as horizontal runs (column, row from the top, length), in modules."""
    return [
        (run.start(), row, run.end() - run.start())
        for row, bits in enumerate(rows(text))
        for run in _DARK_RUN.finditer(bits)
    ]


def png(text: str, pixels: int = PNG_PIXELS) -> bytes:
    """A black and white PNG file with its quiet zone, a whole number of pixels a module.

    It is at least `pixels` wide and high (630 when not said: sharp on a phone, under 2 kB).
    """
    # One picture is asked of `qrcode` itself: a millisecond, where the tables take most of a second to build.
    drawn = _rows_of(_ask(int.from_bytes(_codewords(text), "big")))
    side = SIDE + 2 * QUIET
    scale = -(-pixels // side)
    blank = "0" * QUIET
    lines = ["0" * side] * QUIET + [blank + row + blank for row in drawn] + ["0" * side] * QUIET
    light = bytes(255 if module == "0" else 0 for line in lines for module in line)
    image = Image.frombytes("L", (side, side), light).convert("1")
    out = io.BytesIO()
    image.resize((side * scale, side * scale), Image.Resampling.NEAREST).save(out, "PNG", optimize=True)
    return out.getvalue()


def svg_path(text: str) -> str:
    """The `d` attribute of an SVG path; one unit a module, the quiet zone within 0 to SIDE + 2 QUIET."""
    return "".join(f"M{x + QUIET} {y + QUIET}h{n}v1h-{n}z" for x, y, n in dark_runs(text))


def _rows_of(drawn: int) -> list[str]:
    bits = f"{drawn:0{SIDE * SIDE}b}"
    return [bits[at : at + SIDE] for at in range(0, SIDE * SIDE, SIDE)]


class _Tables:
    """The picture of no data at all, and for each codeword the change that each of its 256 values makes."""

    def __init__(self) -> None:
        # A block of zeros makes `qrcode` fail, so the pictures are taken as changes to a block of ones.
        ones = (1 << _BITS) - 1
        full = _ask(ones)
        changes = [_ask(ones ^ 1 << _BITS - 1 - bit) ^ full for bit in range(_BITS)]
        self.empty = full
        for change in changes:
            self.empty ^= change
        self.by_codeword = [_spread(changes[at : at + 8]) for at in range(0, _BITS, 8)]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    return _Tables()


def _spread(changes: list[int]) -> list[int]:
    """256 pictures from the changes of 8 bits, the most significant first."""
    table = [0]
    for change in reversed(changes):
        table += [drawn ^ change for drawn in table]
    return table


def _ask(data: int) -> int:
    """The picture that `qrcode` draws for `data`, the bits of all data codewords."""
    buffer = util.BitBuffer()
    buffer.put(data, _BITS)
    code = QRCode(version=VERSION, error_correction=ERROR_CORRECT_M, mask_pattern=MASK)
    code.data_cache = util.create_bytes(buffer, rs_blocks(VERSION, ERROR_CORRECT_M))
    code.makeImpl(False, MASK)
    return int("".join("1" if module else "0" for row in code.modules for module in row), 2)


def _codewords(text: str) -> bytes:
    """The data codewords: mode, length, eleven bits a pair, terminator, padding (ISO/IEC 18004)."""
    count = len(text)
    if count > MOST_CHARACTERS:
        raise NotDrawableError
    even = count & ~1
    try:
        words = [_PAIR[text[at : at + 2]] for at in range(0, even, 2)]
        if count != even:
            words.append(_LAST[text[-1]])
    except KeyError as error:
        raise NotDrawableError from error
    bits = int(f"{_ALPHANUMERIC_MODE:04b}{count:09b}" + "".join(words), 2)
    used = 13 + count // 2 * 11 + count % 2 * 6
    terminated = min(used + 4, _BITS)
    whole = -(-terminated // 8)
    data = (bits << 8 * whole - used).to_bytes(whole, "big")
    return data + bytes(_PADDING[at % 2] for at in range(_DATA_BYTES - whole))
