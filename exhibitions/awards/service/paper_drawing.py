"""Score sheets on A4: number and QR code on top of every page, the rubric (or the entries of an order) with boxes, and a
line to sign on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from exhibitions.awards.rules.paper import Line, Printed
from exhibitions.badges.rules.layout import pieces_of
from exhibitions.core import pdf, qr

WIDTH, HEIGHT = 210 * mm, 297 * mm
_LEFT, _RIGHT, _TOP, _BOTTOM = 20 * mm, 190 * mm, 280 * mm, 22 * mm
_INK, _SOFT, _RULE = "#1F2933", "#5B6770", "#8A949C"
_BODY, _SMALL, _TITLE, _NUMBER = 10.5, 8.5, 18.0, 14.0
_LEADING = 1.45
_QR = 26 * mm
_WEIGHT, _SCALE, _BOX = _LEFT + 88 * mm, _LEFT + 106 * mm, _RIGHT - 26 * mm
_BOX_HEIGHT = 11 * mm
_END = 62 * mm
_HEAD = ((_LEFT, "criterion"), (_WEIGHT, "weight"), (_SCALE, "scale"), (_BOX, "mark"))
_ORDER_HEAD = ((_LEFT, "order_entries"), (_BOX, "order_mark"))


def sheets_pdf(out: BinaryIO, sheets: Iterable[Printed], title: str) -> None:
    """Each sheet on pages of its own, numbered by itself. Raises `Refused("fonts_missing")` without the fonts."""
    canvas = pdf.new_canvas(out, WIDTH, HEIGHT, title)
    for sheet in sheets:
        pages = _paged(sheet)
        for place, lines in enumerate(pages, 1):
            y = _head(canvas, sheet)
            for line in lines:
                y = _row(canvas, line, y)
            if place == len(pages):
                _end(canvas, sheet, y)
            _foot(canvas, sheet, place, len(pages))
            canvas.showPage()
    canvas.save()


def broken(text: str, size: float, room: float) -> list[str]:
    """The text on lines of this room, in points; a piece that is wider stands on a line of its own."""
    width = pdf.fonts().width
    lines, line = [], ""
    for piece in pieces_of(text):
        if line and width((line + piece).rstrip(), size) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _paged(sheet: Printed) -> list[list[Line]]:
    """The rows of each page; the last one has room for tick, words and signature."""
    room = _TOP - _BOTTOM - 66 * mm
    pages: list[list[Line]] = [[]]
    left = room
    for place, line in enumerate(sheet.lines, 1):
        need = _height(line) + (_END if place == len(sheet.lines) else 0)
        if need > left and pages[-1]:
            pages.append([])
            left = room
        pages[-1].append(line)
        left -= _height(line)
    return pages


def _names(line: Line) -> list[str]:
    return broken(line.name, _BODY, _WEIGHT - _LEFT - 4 * mm)[:4]


def _anchors(line: Line) -> list[str]:
    room = _BOX - _LEFT - 4 * mm
    return [each for anchor in line.anchors for each in broken(anchor, _SMALL, room)][:24]


def _height(line: Line) -> float:
    text: float = len(_names(line)) * _BODY * _LEADING + len(_anchors(line)) * _SMALL * _LEADING
    return float(max(text, _BOX_HEIGHT) + 5 * mm)


def _head(canvas: Canvas, sheet: Printed) -> float:
    """What every page says of the sheet; gives where the rows begin."""
    _draw_code(canvas, sheet.number, _RIGHT - _QR, _TOP + 6 - _QR)
    room = _RIGHT - _QR - _LEFT - 6 * mm
    y = _TOP - 6
    _text(canvas, _LEFT, y, sheet.word("order_title" if sheet.is_order else "title"), _TITLE, bold=True)
    y -= _TITLE * 1.1
    for part in broken(sheet.award, _BODY, room)[:2]:
        _text(canvas, _LEFT, y, part, _BODY, colour=_SOFT)
        y -= _BODY * _LEADING
    _text(canvas, _LEFT, y - 3, f"{sheet.word('sheet')} {sheet.number}", _NUMBER, bold=True)
    y = _TOP - _QR - 5 * mm
    half = (_LEFT + _RIGHT) / 2
    for facts in (("juror", "round"),) if sheet.is_order else (("entry", "category"), ("juror", "round")):
        for x, key in zip((_LEFT, half), facts, strict=True):
            _fact(canvas, x, y, sheet.word(key), str(getattr(sheet, key)), half - _LEFT - 4 * mm)
        y -= _BODY * _LEADING
    if not sheet.is_order:
        _fact(canvas, _LEFT, y, sheet.word("product"), sheet.product, _RIGHT - _LEFT)
        y -= _BODY * _LEADING * 1.3
    hint = sheet.word("order_hint" if sheet.is_order else "hint")
    for part in broken(hint, _SMALL, _RIGHT - _LEFT)[:2]:
        _text(canvas, _LEFT, y, part, _SMALL, colour=_SOFT)
        y -= _SMALL * _LEADING
    y -= 2 * mm
    for x, key in _ORDER_HEAD if sheet.is_order else _HEAD:
        _text(canvas, x, y, sheet.word(key), _SMALL, colour=_SOFT)
    _line(canvas, _LEFT, y - 2 * mm, _RIGHT)
    return float(y - 2 * mm)


def _row(canvas: Canvas, line: Line, top: float) -> float:
    """A criterion with its box; gives where the next begins."""
    y = top - 5 * mm
    for part in _names(line):
        _text(canvas, _LEFT, y, part, _BODY)
        y -= _BODY * _LEADING
    _text(canvas, _WEIGHT, top - 5 * mm, line.weight, _BODY)
    for place, part in enumerate(broken(line.scale, _BODY, _BOX - _SCALE - 3 * mm)[:3]):
        _text(canvas, _SCALE, top - 5 * mm - place * _BODY * _LEADING, part, _BODY)
    for part in _anchors(line):
        _text(canvas, _LEFT, y, part, _SMALL, colour=_SOFT)
        y -= _SMALL * _LEADING
    canvas.setStrokeColor(_INK)
    canvas.setLineWidth(0.8)
    canvas.rect(_BOX, top - 1.5 * mm - _BOX_HEIGHT, _RIGHT - _BOX, _BOX_HEIGHT)
    bottom = top - _height(line)
    _line(canvas, _LEFT, bottom, _RIGHT)
    return bottom


def _end(canvas: Canvas, sheet: Printed, top: float) -> None:
    y = top - 25 * mm if sheet.is_order else _words(canvas, sheet, top)
    half = (_LEFT + _RIGHT) / 2
    for x, key in ((_LEFT, "sign"), (half + 4 * mm, "date")):
        _line(canvas, x, y, x + half - _LEFT - 8 * mm)
        _text(canvas, x, y - 4.5 * mm, sheet.word(key), _SMALL, colour=_SOFT)


def _words(canvas: Canvas, sheet: Printed, top: float) -> float:
    """The tick against an award and lines for words; gives where to sign."""
    y = top - 9 * mm
    canvas.setStrokeColor(_INK)
    canvas.setLineWidth(0.8)
    canvas.rect(_LEFT, y - 1 * mm, 5 * mm, 5 * mm)
    _text(canvas, _LEFT + 8 * mm, y, sheet.word("eliminated"), _BODY)
    y -= 9 * mm
    _text(canvas, _LEFT, y, sheet.word("comment"), _BODY, colour=_SOFT)
    for step in (1, 2):
        _line(canvas, _LEFT, y - step * 8 * mm, _RIGHT)
    return float(y - 32 * mm)


def _foot(canvas: Canvas, sheet: Printed, page: int, of: int) -> None:
    words = f"{sheet.number}    {sheet.word('page', page=page, of=of)}"
    _text(canvas, _RIGHT - pdf.fonts().width(words, _SMALL), 12 * mm, words, _SMALL, colour=_SOFT)


def _fact(canvas: Canvas, x: float, y: float, name: str, value: str, room: float) -> None:
    _text(canvas, x, y, name, _BODY, colour=_SOFT)
    left = max(20 * mm, pdf.fonts().width(name, _BODY) + 3 * mm)
    lines = broken(value, _BODY, room - left)
    shown = lines[0] + ("…" if len(lines) > 1 else "") if lines else "–"
    _text(canvas, x + left, y, shown, _BODY, bold=True)


def _text(  # noqa: PLR0913 - where, what, how.
    canvas: Canvas, x: float, y: float, text: str, size: float, *, bold: bool = False, colour: str = _INK
) -> None:
    pdf.fill(canvas, colour)
    pdf.draw_text(canvas, x, y, text, size, bold)


def _line(canvas: Canvas, x: float, y: float, to: float) -> None:
    canvas.setStrokeColor(_RULE)
    canvas.setLineWidth(0.5)
    canvas.line(x, y, to, y)


def _draw_code(canvas: Canvas, number: str, left: float, bottom: float) -> None:
    """The QR code of the sheet's number, quiet zone included, so that a reader finds the sheet by its paper."""
    module = _QR / (qr.SIDE + 2 * qr.QUIET)
    pdf.fill(canvas, "#000000")
    for x, row, length in qr.dark_runs(number):
        canvas.rect(
            left + (qr.QUIET + x) * module,
            bottom + (qr.QUIET + qr.SIDE - 1 - row) * module,
            length * module,
            module,
            stroke=0,
            fill=1,
        )
