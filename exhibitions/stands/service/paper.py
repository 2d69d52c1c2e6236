"""The plan on A3, a page a hall, to scale, with a scale bar and the states in words (ux.md §7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from exhibitions.core import pdf
from exhibitions.stands.queries.plan import Lying, LyingShape
from exhibitions.stands.rules.geometry import Polygon, box_of, label_point, rectangle
from exhibitions.stands.rules.paper import FOOT_MM, MARGIN_MM, Sheet, bar_metres, sheet_for
from exhibitions.stands.rules.picture import StandState
from exhibitions.stands.rules.plan import NO_OBSTACLE
from exhibitions.stands.rules.surroundings import HallSize

MM = 72 / 25.4
_INK, _SOFT, _LINE = "#1a2527", "#55615f", "#868e8b"
_FILLS = {
    StandState.FREE: "#ffffff",
    StandState.HOLD: "#fff4d9",
    StandState.CONTRACTED: "#cfe2f7",
    StandState.TAKEN: "#cfe2f7",
    StandState.PAID: "#1f4e79",
    StandState.CLOSED: "#dcdad4",
    StandState.MINE: "#f1e8fb",
}
_DASHES = {StandState.HOLD: (4, 2), StandState.CLOSED: (1, 2)}
# Hatched as on the screen, so that states differ on grey paper, too: in one way or in both, and the colour of the lines.
_HATCHES = {
    StandState.HOLD: (1, "#e0a526"),
    StandState.TAKEN: (1, "#9dbde3"),
    StandState.CLOSED: (2, "#b9b6ae"),
}
_HATCH_PT = 4.0


@dataclass(frozen=True, slots=True)
class Floor:
    """A hall with what lies in it, called as the reader calls it."""

    hall: HallSize
    name: str
    stands: Sequence[Lying]
    shapes: Sequence[LyingShape]


@dataclass(frozen=True, slots=True)
class Words:
    """What the paper says besides numbers: the fair, the foot, "Scale 1:%(n)s", and each state's word."""

    fair: str
    foot: str
    scale: str
    page: str
    states: Mapping[StandState, str]


def plan_pdf(floors: Sequence[Floor], states: Mapping[str, StandState], words: Words) -> bytes:
    """The PDF file. Raises Refused where a hall is too large for A3 or the fonts are missing."""
    out = BytesIO()
    canvas = pdf.new_canvas(out, 420 * MM, 297 * MM, words.fair)
    for place, floor in enumerate(floors, start=1):
        sheet = sheet_for(floor.hall.width, floor.hall.depth)
        canvas.setPageSize((sheet.width * MM, sheet.height * MM))
        _head(canvas, sheet, floor, words)
        _floor(canvas, sheet, floor, states)
        _foot(canvas, sheet, words, words.page % {"page": place, "pages": len(floors)})
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _text(
    canvas: Canvas, sheet: Sheet, at: tuple[float, float], text: str, size: float, colour: str = _INK
) -> None:
    pdf.fill(canvas, colour)
    pdf.draw_text(canvas, at[0] * MM, (sheet.height - at[1]) * MM, text, size)


def _head(canvas: Canvas, sheet: Sheet, floor: Floor, words: Words) -> None:
    _text(canvas, sheet, (MARGIN_MM, MARGIN_MM + 6), floor.name or floor.hall.code, 18)
    scale = words.scale % {"n": sheet.scale}
    _text(canvas, sheet, (MARGIN_MM, MARGIN_MM + 13), f"{words.fair} · {scale}", 10, _SOFT)


def _floor(canvas: Canvas, sheet: Sheet, floor: Floor, states: Mapping[str, StandState]) -> None:
    canvas.setLineWidth(1.2)
    canvas.setStrokeColor(_INK)
    left, top = sheet.on_paper(0, 0)
    wide, deep = floor.hall.width / sheet.scale, floor.hall.depth / sheet.scale
    canvas.rect(left * MM, (sheet.height - top - deep) * MM, wide * MM, deep * MM)
    canvas.setLineWidth(0.4)
    canvas.setStrokeColor(_LINE)
    for shape in floor.shapes:
        pdf.fill(canvas, "#fbfaf6" if shape.kind in NO_OBSTACLE else "#e6e8e6")
        _polygon(canvas, sheet, shape.polygon)
        if shape.name:
            _label(canvas, sheet, shape.polygon, shape.name, _SOFT)
    canvas.setStrokeColor(_INK)
    canvas.setLineWidth(0.6)
    for stand in floor.stands:
        state = states.get(stand.number, StandState.CLOSED)
        _in_state(canvas, sheet, stand.polygon, state)
        _label(canvas, sheet, stand.polygon, stand.number, "#ffffff" if state is StandState.PAID else _INK)


def _in_state(canvas: Canvas, sheet: Sheet, polygon: Polygon, state: StandState) -> None:
    pdf.fill(canvas, _FILLS[state])
    _hatched(canvas, sheet, polygon, state)
    canvas.setDash(*_DASHES.get(state, ()))
    _polygon(canvas, sheet, polygon, fill=state not in _HATCHES)
    canvas.setDash()


def _polygon(canvas: Canvas, sheet: Sheet, polygon: Polygon, *, fill: bool = True) -> None:
    canvas.drawPath(_path(canvas, sheet, polygon), stroke=1, fill=int(fill))


def _path(canvas: Canvas, sheet: Sheet, polygon: Polygon) -> PDFPathObject:
    path = canvas.beginPath()
    for place, point in enumerate(polygon):
        x, y = sheet.on_paper(*point)
        (path.lineTo if place else path.moveTo)(x * MM, (sheet.height - y) * MM)
    path.close()
    return path


def _hatched(canvas: Canvas, sheet: Sheet, polygon: Polygon, state: StandState) -> None:
    """The fill of a state that is hatched; nothing for the others."""
    if state not in _HATCHES:
        return
    ways, colour = _HATCHES[state]
    left, top, right, bottom = box_of(polygon)
    (x, y), (x_end, y_end) = sheet.on_paper(left, bottom), sheet.on_paper(right, top)
    canvas.saveState()
    canvas.clipPath(_path(canvas, sheet, polygon), stroke=0, fill=1)
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(0.7)
    wide, high = (x_end - x) * MM, (y - y_end) * MM
    at = x * MM, (sheet.height - y) * MM
    for step in range(1, int((wide + high) / _HATCH_PT) + 1):
        start, end = step * _HATCH_PT - high, step * _HATCH_PT
        for rise in (0.0, high)[:ways]:
            canvas.line(at[0] + start, at[1] + rise, at[0] + end, at[1] + high - rise)
    canvas.restoreState()


def _label(canvas: Canvas, sheet: Sheet, polygon: Polygon, text: str, colour: str) -> None:
    left, top, right, bottom = box_of(polygon)
    room = (right - left) / sheet.scale * MM * 0.9
    size = min(
        9.0, (bottom - top) / sheet.scale * MM * 0.5, 9.0 * room / max(pdf.fonts().width(text, 9.0), 0.1)
    )
    x, y = sheet.on_paper(*label_point(polygon))
    wide = pdf.fonts().width(text, size) / MM
    _text(canvas, sheet, (x - wide / 2, y + size * 0.35 / MM), text, size, colour)


def _foot(canvas: Canvas, sheet: Sheet, words: Words, page: str) -> None:
    line = sheet.height - MARGIN_MM - FOOT_MM + 12
    length = bar_metres(sheet.scale)
    wide = length * 1000 / sheet.scale
    canvas.setStrokeColor(_INK)
    for place in range(2):
        pdf.fill(canvas, _INK if place == 0 else "#ffffff")
        canvas.rect(
            (MARGIN_MM + place * wide / 2) * MM,
            (sheet.height - line) * MM,
            wide / 2 * MM,
            2 * MM,
            stroke=1,
            fill=1,
        )
    _text(canvas, sheet, (MARGIN_MM, line + 5), "0", 8)
    _text(canvas, sheet, (MARGIN_MM + wide - 2, line + 5), f"{length} m", 8)
    at = MARGIN_MM + 75.0
    for state, word in words.states.items():
        _sample(canvas, sheet, (at, line), state)
        _text(canvas, sheet, (at + 9, line - 0.6), word, 9)
        at += 14 + pdf.fonts().width(word, 9) / MM
    _text(canvas, sheet, (MARGIN_MM, sheet.height - MARGIN_MM), f"{words.foot} · {page}", 8, _SOFT)


def _sample(canvas: Canvas, sheet: Sheet, at: tuple[float, float], state: StandState) -> None:
    """A stand of a state for the legend, 7 × 4 mm, drawn as the stands of the plan are."""
    left, bottom = (int((at[0] - sheet.left) * sheet.scale), int((at[1] - sheet.top) * sheet.scale))
    size = 7 * sheet.scale, 4 * sheet.scale
    _in_state(canvas, sheet, rectangle(left, bottom - size[1], *size), state)
