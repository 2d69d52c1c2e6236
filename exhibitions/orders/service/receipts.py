"""Receipts as PDF: half a page of A4, for money that was taken in at a desk."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from exhibitions.core.money import formatted_minor, from_minor, in_capitals
from exhibitions.core.pdf import draw_text, fonts, new_canvas

_WIDTH, _HEIGHT = 210 * mm, 148.5 * mm
_LEFT, _RIGHT = 20 * mm, 190 * mm


def draw(words: Mapping[str, str], facts: list[tuple[str, str]], amount: int, currency: str) -> bytes:
    """The receipt: `words` are title, number, fair, signature; `facts` are pairs of label and text.

    The sum stands in digits and in Chinese capitals, as receipts in China have it.
    """
    out = BytesIO()
    canvas = new_canvas(out, _WIDTH, _HEIGHT, f"{words['title']} {words['number']}")
    draw_text(canvas, _LEFT, _HEIGHT - 22 * mm, words["title"], 20, bold=True)
    _right(canvas, _HEIGHT - 22 * mm, words["number"], 13)
    draw_text(canvas, _LEFT, _HEIGHT - 31 * mm, words["fair"], 10)
    canvas.setLineWidth(0.6)
    canvas.line(_LEFT, _HEIGHT - 35 * mm, _RIGHT, _HEIGHT - 35 * mm)
    place = _HEIGHT - 45 * mm
    for label, text in facts:
        draw_text(canvas, _LEFT, place, label, 9)
        draw_text(canvas, _LEFT + 38 * mm, place, _fitted(text, 132 * mm, 11), 11)
        place -= 8.5 * mm
    canvas.line(_LEFT, place + 2 * mm, _RIGHT, place + 2 * mm)
    draw_text(canvas, _LEFT, place - 8 * mm, formatted_minor(amount, currency), 18, bold=True)
    draw_text(canvas, _LEFT, place - 16 * mm, in_capitals(from_minor(amount, currency), currency), 11)
    draw_text(canvas, _LEFT, 18 * mm, words["signature"], 9)
    canvas.line(_LEFT + 38 * mm, 17 * mm, _LEFT + 95 * mm, 17 * mm)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _right(canvas: Canvas, y: float, text: str, size: float) -> None:
    draw_text(canvas, _RIGHT - fonts().width(text, size), y, text, size)


def _fitted(text: str, width: float, size: float) -> str:
    """The text, cut with … where it would leave the page."""
    if fonts().width(text, size) <= width:
        return text
    while text and fonts().width(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text}…"
