"""Pictures with text in the printing fonts: names in Han, Hangul and Latin, each character in a font that has it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from exhibitions.core import pdf


class Sheet:
    """A white picture of `width` by `height` pixels to write on."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.image = Image.new("RGB", (width, height), "white")
        self._draw = ImageDraw.Draw(self.image)

    def box(self, left: int, top: int, right: int, bottom: int, colour: str) -> None:
        """Fill a rectangle."""
        self._draw.rectangle((left, top, right - 1, bottom - 1), fill=colour)

    def text(self, top: int, text: str, size: int, colour: str = "#1b1f23", *, bold: bool = False) -> None:
        """One line in the middle of the sheet, its top at `top`; a line that is too wide is set smaller."""
        room = self.width - 96
        width = pdf.fonts().width(text, size, bold)
        if width > room:
            size = max(16, int(size * room / width))
            width = pdf.fonts().width(text, size, bold)
        left = (self.width - width) / 2
        for run in pdf.fonts().runs(text, bold):
            font = _font(run.font, size)
            self._draw.text((left, top + size), run.text, font=font, fill=colour, anchor="ls")
            left += font.getlength(run.text)

    def paste(self, picture: bytes, top: int, side: int) -> None:
        """Put a square picture (PNG) of hard edges into the middle."""
        with Image.open(io.BytesIO(picture)) as found:
            square = found.convert("RGB").resize((side, side), Image.Resampling.NEAREST)
        self.image.paste(square, ((self.width - side) // 2, top))

    def png(self) -> bytes:
        """The sheet as a small PNG file."""
        out = io.BytesIO()
        self.image.quantize(64, method=Image.Quantize.MAXCOVERAGE).save(out, "PNG", optimize=True)
        return out.getvalue()


def broken(text: str, size: int, room: int, most: int, *, bold: bool = False) -> Sequence[str]:
    """`text` on at most `most` lines of `room` pixels, broken between words, or anywhere in Chinese; the last takes
    whatever is left."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and len(lines) < most - 1 and pdf.fonts().width((line + piece).rstrip(), size, bold) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for character in text:
        if pieces and character.isascii() and pieces[-1][-1].isascii() and pieces[-1][-1] != " ":
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


@lru_cache(maxsize=64)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    family, _, weight = name.partition("-")
    try:
        return ImageFont.truetype(str(pdf.FOLDER / f"{family}_{weight}.ttf"), size)
    except OSError as error:
        raise pdf.fonts_missing() from error
