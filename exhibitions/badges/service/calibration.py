"""The calibration sheet: rulers in millimetres and a cross whose place on the paper tells how a printer is off."""

from __future__ import annotations

import io

from reportlab.pdfgen.canvas import Canvas

from exhibitions.badges.rules.layout import MM, Sheet
from exhibitions.badges.service.drawing import Placement
from exhibitions.core import pdf

_SMALL, _LARGE = 6.0, 9.0
_ARM = 8 * MM


def target(page: Sheet) -> tuple[int, int]:
    """Where the cross belongs, from the left and the upper edge of the paper, in tenths of a millimetre."""
    return round(page.width / MM / 2) * 10, round(page.height / MM / 2) * 10


def draw(page: Sheet, placement: Placement, words: str) -> bytes:
    """A PDF of one page of this paper with the printer's shift and turn, rulers at two edges, and the cross.

    `words` (two lines at most) stand below the cross, in the reader's language.
    """
    out = io.BytesIO()
    canvas = pdf.new_canvas(out, page.width, page.height, "mm")
    placement.apply(canvas, page.width, page.height)
    canvas.setLineWidth(0.25)
    _ruler_above(canvas, page)
    _ruler_left(canvas, page)
    across, down = target(page)
    x, y = across / 10 * MM, page.height - down / 10 * MM
    canvas.setLineWidth(0.4)
    canvas.line(x - _ARM, y, x + _ARM, y)
    canvas.line(x, y - _ARM, x, y + _ARM)
    canvas.circle(x, y, _ARM / 2, stroke=1, fill=0)
    size = _LARGE if page.width > 80 * MM else _SMALL
    numbers = f"← {across / 10:g} mm   ↑ {down / 10:g} mm"
    for row, text in enumerate([numbers, *words.split("\n")]):
        fitted = min(size, (page.width - 16 * MM) / pdf.fonts().width(text, 1.0, bold=False))
        width = pdf.fonts().width(text, fitted, bold=False)
        pdf.draw_text(canvas, x - width / 2, y - _ARM - (row + 1) * size * 1.4, text, fitted)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _ruler_above(canvas: Canvas, page: Sheet) -> None:
    for at in range(int(page.width / MM) + 1):
        canvas.line(at * MM, page.height, at * MM, page.height - _tick(at))
        if at and at % 10 == 0:
            pdf.draw_text(canvas, at * MM - 3, page.height - 5.2 * MM - _SMALL, str(at), _SMALL)


def _ruler_left(canvas: Canvas, page: Sheet) -> None:
    for at in range(int(page.height / MM) + 1):
        y = page.height - at * MM
        canvas.line(0, y, _tick(at), y)
        if at and at % 10 == 0:
            pdf.draw_text(canvas, 5.4 * MM, y - 2, str(at), _SMALL)


def _tick(at: int) -> float:
    return (5 if at % 10 == 0 else 3.5 if at % 5 == 0 else 2) * MM
