"""Posters that invite to a fair, drawn: as a PDF for print and as a PNG for a chat, from the same places."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import BinaryIO

from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from reportlab.pdfgen.canvas import Canvas

from exhibitions.core import clock, pdf
from exhibitions.core.actor import Actor
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.files.models import StoredFile
from exhibitions.visitors.rules.poster import HEIGHT, WIDTH, Box, Code, Part, Ring, Text, Words, place

DRAW = "visitors.posters"
"""The job that draws many."""
AT_ONCE = 20
"""So many are drawn while the page waits; more are a job."""
PIXELS = 1080
_FINE = 2
_COLOURS = 96
_QUIET = 4
_LIFE = timedelta(hours=24)


def poster_pdf(out: BinaryIO, posters: Iterable[Words], title: str, tell: Callable[[int], None]) -> None:
    """A page of A4 each, with embedded fonts; `tell` hears how many are drawn.

    Raises `Refused("fonts_missing")` without the printing fonts.
    """
    canvas = pdf.new_canvas(out, WIDTH, HEIGHT, title)
    for done, words in enumerate(posters, start=1):
        for part in place(words, pdf.fonts().width):
            _draw(canvas, part)
        canvas.showPage()
        tell(done)
    canvas.save()


def poster_png(words: Words) -> bytes:
    """The poster as PNG, 1080 pixels wide, under 300 kB."""
    scale = PIXELS * _FINE / WIDTH
    image = Image.new("RGB", (PIXELS * _FINE, round(HEIGHT * scale)), "white")
    parts = place(words, pdf.fonts().width)
    pen = ImageDraw.Draw(image)
    for part in parts:
        _paint(pen, part, scale)
    small = image.resize((PIXELS, round(image.height / _FINE)), Image.Resampling.LANCZOS)
    # The code keeps hard edges: it is put on again at whole pixels a module.
    sharp = ImageDraw.Draw(small)
    for part in parts:
        if isinstance(part, Code):
            _paint_code(sharp, part, scale / _FINE)
    out = io.BytesIO()
    small.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        out, "PNG", optimize=True
    )
    return out.getvalue()


def missing_glyphs(common: Words, names: Iterable[str]) -> dict[str, list[str]]:
    """The characters of posters that cannot be printed, each with the texts that hold it.

    `common` is what stands on all of them, `names` who invites by each.
    """
    fonts = pdf.fonts()
    foot = [text for row in common.foot for text in row]
    texts = dict.fromkeys([common.fair, common.other_fair, common.venue, common.place, *foot, *names])
    # Thousands of names have a few hundred different characters: looking at each once is what makes this quick.
    unknown = fonts.missing_glyphs(sorted(set("".join(texts))))
    if not unknown:
        return {}
    return fonts.missing_glyphs(text for text in texts if not unknown.keys().isdisjoint(text))


def keep(expo: Expo, drawn: files.Bytes, name: str, by: Actor) -> StoredFile:
    """Keep a drawn file for a day, inside the caller's transaction."""
    return files.store(
        drawn,
        name=name,
        content_type="application/pdf",
        purpose=DRAW,
        expo_id=expo.id,
        owner=by,
        expires_at=clock.now() + _LIFE,
    )


@lru_cache(maxsize=64)
def _modules(text: str) -> Sequence[Sequence[bool]]:
    """The dark modules of a code at level M or better, without a quiet zone."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    return code.get_matrix()


def _draw(canvas: Canvas, part: Part) -> None:
    match part:
        case Box():
            pdf.fill(canvas, part.colour)
            canvas.rect(part.x, HEIGHT - part.y - part.height, part.width, part.height, stroke=0, fill=1)
        case Ring():
            canvas.setStrokeColor(part.colour)
            canvas.setLineWidth(part.width)
            canvas.circle(part.x, HEIGHT - part.y, part.radius, stroke=1, fill=0)
        case Text():
            pdf.fill(canvas, part.colour)
            pdf.draw_text(canvas, part.x, HEIGHT - part.y, part.text, part.size, part.bold)
        case Code():
            _draw_code(canvas, part)


def _draw_code(canvas: Canvas, part: Code) -> None:
    rows = _modules(part.text)
    module = part.side / (len(rows) + 2 * _QUIET)
    pdf.fill(canvas, "#000000")
    path = canvas.beginPath()
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                left, top = part.x + (x + _QUIET) * module, part.y + (y + _QUIET) * module
                path.rect(left, HEIGHT - top - module, module, module)
    canvas.drawPath(path, stroke=0, fill=1)


def _paint(pen: ImageDraw.ImageDraw, part: Part, scale: float) -> None:
    match part:
        case Box():
            right, bottom = part.x + part.width, part.y + part.height
            pen.rectangle((part.x * scale, part.y * scale, right * scale, bottom * scale), fill=part.colour)
        case Ring():
            corners = (part.x - part.radius, part.y - part.radius, part.x + part.radius, part.y + part.radius)
            width = max(1, round(part.width * scale))
            pen.ellipse(tuple(side * scale for side in corners), outline=part.colour, width=width)
        case Text():
            _write(pen, part, scale)
        case Code():
            pass


def _write(pen: ImageDraw.ImageDraw, part: Text, scale: float) -> None:
    x = part.x
    for run in pdf.fonts().runs(part.text, part.bold):
        font = _font(run.font, round(part.size * scale, 1))
        pen.text((x * scale, part.y * scale), run.text, fill=part.colour, font=font, anchor="ls")
        x += pdf.fonts().width(run.text, part.size, part.bold)


def _paint_code(pen: ImageDraw.ImageDraw, part: Code, scale: float) -> None:
    rows = _modules(part.text)
    module = int(part.side * scale / (len(rows) + 2 * _QUIET))
    side = module * len(rows)
    left = round((part.x + part.side / 2) * scale - side / 2)
    top = round((part.y + part.side / 2) * scale - side / 2)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                at = (left + x * module, top + y * module)
                pen.rectangle((*at, at[0] + module - 1, at[1] + module - 1), fill="black")


@lru_cache(maxsize=256)
def _font(name: str, size: float) -> ImageFont.FreeTypeFont:
    family, weight = name.split("-")
    return ImageFont.truetype(str(pdf.FOLDER / f"{family}_{weight}.ttf"), size)
