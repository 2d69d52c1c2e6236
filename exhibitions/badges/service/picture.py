"""Badges on a screen: a picture drawn with the printing fonts at the places of the layout, so that it shows what is printed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from exhibitions.badges.rules import colour, layout
from exhibitions.badges.service.drawing import Printed
from exhibitions.core import pdf, qr

# Pixels a point: 150 dots an inch.
_SCALE = 150 / 72
_GAP = 12
_LARGEST_FONTS = 256


def png(badges: Sequence[Printed], size: str) -> bytes:
    """The badges of this size beside each other on grey, two in a row, as a PNG of 150 dots an inch."""
    pictures = [_badge(printed, size) for printed in badges]
    width, height = pictures[0].size
    rows = -(-len(pictures) // 2)
    columns = min(2, len(pictures))
    page = Image.new("RGB", (columns * (width + _GAP) + _GAP, rows * (height + _GAP) + _GAP), "#d9dedc")
    for at, one in enumerate(pictures):
        row, column = divmod(at, 2)
        page.paste(one, (_GAP + column * (width + _GAP), _GAP + row * (height + _GAP)))
    out = io.BytesIO()
    page.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _badge(printed: Printed, size: str) -> Image.Image:
    template = layout.template(size, printed.design)
    placed = layout.place(printed.facts, template, pdf.fonts().width)
    image = Image.new("RGB", (round(template.width * _SCALE), round(template.height * _SCALE)), "white")
    pen = ImageDraw.Draw(image)
    if template.banded:
        pen.rectangle(_pixels(template.band), fill=printed.colour)
    module = template.qr.width * _SCALE / (qr.SIDE + 2 * qr.QUIET)
    left, top = template.qr.left * _SCALE, template.qr.top * _SCALE
    for x, y, length in qr.dark_runs(printed.code):
        at = left + (x + qr.QUIET) * module, top + (y + qr.QUIET) * module
        pen.rectangle((*at, at[0] + length * module - 1, at[1] + module - 1), fill="black")
    for line in placed.lines:
        ink = colour.text_on(printed.colour) if line.role == "class" else "black"
        _write(pen, line, ink)
    return image


def _pixels(box: layout.Box) -> tuple[float, float, float, float]:
    return tuple(side * _SCALE for side in (box.left, box.top, box.right, box.bottom))  # type: ignore[return-value]


def _write(pen: ImageDraw.ImageDraw, line: layout.Line, ink: str) -> None:
    x = line.x
    for run in pdf.fonts().runs(line.text, line.bold):
        at = (x * _SCALE, line.baseline * _SCALE)
        pen.text(at, run.text, fill=ink, font=_font(run.font, round(line.size * _SCALE, 1)), anchor="ls")
        x += pdf.fonts().width(run.text, line.size, line.bold)


@lru_cache(maxsize=_LARGEST_FONTS)
def _font(name: str, size: float) -> ImageFont.FreeTypeFont:
    family, weight = name.split("-")
    return ImageFont.truetype(pdf.FOLDER / f"{family}_{weight}.ttf", size)
