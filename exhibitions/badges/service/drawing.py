"""Badges on paper: a PDF of single badges or of four on A4, with vector codes and embedded fonts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from reportlab.pdfgen.canvas import Canvas

from exhibitions.badges.rules import colour, layout
from exhibitions.core import pdf, qr

_CUT_MARK = 3 * layout.MM
_CUT_GAP = 1 * layout.MM


@dataclass(frozen=True, slots=True)
class Printed:
    """One badge to print: its texts, the code that the QR carries, the colour of its band (#rrggbb), and its design."""

    facts: layout.Facts
    code: str
    colour: str
    design: layout.Design = layout.BANDED


@dataclass(frozen=True, slots=True)
class Placement:
    """How a printer must be helped: the print moved to the right and down (points), and turned upside down.

    Right and down are those of who reads the badge, turned or not.
    """

    right: float = 0.0
    down: float = 0.0
    turned: bool = False

    def apply(self, canvas: Canvas, width: float, height: float) -> None:
        """Move what is drawn next on this page of `width` by `height` points."""
        if self.turned:
            canvas.translate(width, height)
            canvas.rotate(180)
        if self.right or self.down:
            canvas.translate(self.right, -self.down)


AS_IT_IS = Placement()


@dataclass(frozen=True, slots=True)
class Look:
    """A badge that a person should look at before it is handed out, and why.

    Of `fields` are `name`, `company` and `details` when they were too long, and `glyph` when one of them holds a character that
    the fonts do not have.
    """

    number: str
    name: str
    fields: tuple[str, ...]


def draw(
    out: BinaryIO,
    badges: Iterable[Printed],
    sheet: layout.Sheet,
    title: str,
    tell: Callable[[int], None] | None = None,
    placement: Placement = AS_IT_IS,
) -> list[Look]:
    """Write a PDF with the badges in their order, `len(sheet.places)` on each page; the last page may have fewer.

    `tell` is given the number of badges drawn after every page. Returns the badges that deserve a look.
    """
    canvas = pdf.new_canvas(out, sheet.width, sheet.height, title)
    looks: list[Look] = []
    waiting = iter(badges)
    drawn = 0
    while page := list(islice(waiting, len(sheet.places))):
        placement.apply(canvas, sheet.width, sheet.height)
        for badge, (left, top) in zip(page, sheet.places, strict=False):
            looks += _draw_badge(canvas, badge, sheet.template.key, (left, sheet.height - top))
        if sheet.cut:
            _cut_marks(canvas, sheet)
        canvas.showPage()
        drawn += len(page)
        if tell is not None:
            tell(drawn)
    canvas.save()
    return looks


def _draw_badge(canvas: Canvas, badge: Printed, size: str, corner: tuple[float, float]) -> list[Look]:
    """Draw one badge with its upper left corner at `corner`, in points from the bottom left of the page."""
    left, top = corner
    template = layout.template(size, badge.design)
    placed = layout.place(badge.facts, template, pdf.fonts().width)
    if template.banded:
        band = template.band
        pdf.fill(canvas, badge.colour)
        canvas.rect(left + band.left, top - band.bottom, band.width, band.height, stroke=0, fill=1)
    pdf.fill(canvas, "#000000")
    _draw_code(canvas, badge.code, left + template.qr.left, top - template.qr.bottom, template.qr.width)
    for line in placed.lines:
        pdf.fill(canvas, colour.text_on(badge.colour) if line.role == "class" else "#000000")
        pdf.draw_text(canvas, left + line.x, top - line.baseline, line.text, line.size, line.bold)
    facts, look = badge.facts, placed.look
    if pdf.fonts().missing_glyphs((facts.name, facts.company, facts.details)):
        look += ("glyph",)
    return [Look(facts.number, facts.name, look)] if look else []


def _draw_code(canvas: Canvas, code: str, left: float, bottom: float, side: float) -> None:
    """Draw the code with its quiet zone into a square: one path, so that no seams show between modules."""
    module = side / (qr.SIDE + 2 * qr.QUIET)
    origin = qr.QUIET * module
    path = "".join([f"{x} {qr.SIDE - 1 - y} {n} 1 re\n" for x, y, n in qr.dark_runs(code)])
    canvas.addLiteral(
        f"q {module:.5f} 0 0 {module:.5f} {left + origin:.4f} {bottom + origin:.4f} cm\n{path}f Q"
    )


def _cut_marks(canvas: Canvas, sheet: layout.Sheet) -> None:
    """Short lines in the margin that show where to cut; none crosses a badge."""
    width, height = sheet.template.width, sheet.template.height
    across = sorted({left for left, _ in sheet.places} | {left + width for left, _ in sheet.places})
    down = sorted({top for _, top in sheet.places} | {top + height for _, top in sheet.places})
    canvas.setLineWidth(0.3)
    for x in across:
        for y, sign in ((sheet.height - down[0], 1), (sheet.height - down[-1], -1)):
            canvas.line(x, y + sign * _CUT_GAP, x, y + sign * (_CUT_GAP + _CUT_MARK))
    for top in down:
        for x, sign in ((across[0], -1), (across[-1], 1)):
            y = sheet.height - top
            canvas.line(x + sign * _CUT_GAP, y, x + sign * (_CUT_GAP + _CUT_MARK), y)
