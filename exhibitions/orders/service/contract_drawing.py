"""Contracts and their supplements on A4: embedded fonts, page x of y, a place for the seals, marks for the seam seal on every page's edge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from exhibitions.badges.rules.layout import pieces_of
from exhibitions.core import pdf
from exhibitions.orders.rules.contract import Contract
from exhibitions.orders.rules.supplement import Supplement

WIDTH, HEIGHT = 210 * mm, 297 * mm
_LEFT, _RIGHT, _TOP, _BOTTOM = 20 * mm, 190 * mm, 277 * mm, 22 * mm
_INK, _SOFT, _RULE = "#1F2933", "#5B6770", "#B8C0C6"
_BODY, _SMALL, _TITLE, _HEADING = 10.0, 8.5, 20.0, 12.0
_LEADING = 1.5
_REASON, _AMOUNT = _LEFT + 58 * mm, _RIGHT
_SEAL = 21 * mm
_SEAM = 15 * mm
_SIGNING = 65 * mm
Draw = Callable[[Canvas], None]
Paper = Contract | Supplement


def contracts_pdf(out: BinaryIO, papers: Iterable[Paper], title: str) -> None:
    """Every paper on its own pages, numbered by itself. Raises `Refused("fonts_missing")` without the fonts."""
    canvas = pdf.new_canvas(out, WIDTH, HEIGHT, title)
    for paper in papers:
        sheet = _Sheet()
        _head(sheet, paper)
        if isinstance(paper, Supplement):
            _write_supplement(sheet, paper)
        else:
            _write(sheet, paper)
        _signing(sheet, paper)
        for place, drawings in enumerate(sheet.pages, 1):
            for draw in drawings:
                draw(canvas)
            _frame(canvas, paper, place, len(sheet.pages))
            canvas.showPage()
    canvas.save()


def broken(text: str, size: float, room: float, bold: bool = False) -> list[str]:
    """The text on lines of this room, in points; a piece that is wider stands on a line of its own."""
    width = pdf.fonts().width
    lines, line = [], ""
    for piece in pieces_of(text):
        if line and width((line + piece).rstrip(), size, bold) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


class _Sheet:
    """Pages that fill from the top; what is put on them is drawn once their number is known."""

    def __init__(self) -> None:
        self.pages: list[list[Draw]] = [[]]
        self.y = _TOP

    def room(self, height: float) -> None:
        """Go on at the next page unless so much is left on this one."""
        if self.y - height < _BOTTOM:
            self.pages.append([])
            self.y = _TOP

    def text(self, x: float, text: str, size: float = _BODY, bold: bool = False, colour: str = _INK) -> None:
        self._at(x, self.y, text, size, bold, colour)

    def ending(self, x: float, text: str, size: float = _BODY, bold: bool = False) -> None:
        """A text whose end is at x: amounts stand below each other."""
        self._at(x - pdf.fonts().width(text, size, bold), self.y, text, size, bold, _INK)

    def rule(self, weight: float = 0.5) -> None:
        y = self.y
        self.pages[-1].append(lambda canvas: _line(canvas, _LEFT, y, _RIGHT, weight))

    def down(self, size: float, lines: float = 1.0) -> None:
        self.y -= size * _LEADING * lines

    def paragraph(self, text: str, x: float = _LEFT, size: float = _BODY, colour: str = _INK) -> None:
        for line in broken(text, size, _RIGHT - x):
            self.room(size)
            self.text(x, line, size, colour=colour)
            self.down(size)

    def seal(self, x: float, y: float, word: str) -> None:
        self.pages[-1].append(lambda canvas: _circle(canvas, x, y, _SEAL, word))

    def _at(self, x: float, y: float, text: str, size: float, bold: bool, colour: str) -> None:
        def draw(canvas: Canvas) -> None:
            pdf.fill(canvas, colour)
            pdf.draw_text(canvas, x, y, text, size, bold)

        self.pages[-1].append(draw)


def _head(sheet: _Sheet, paper: Paper) -> None:
    sheet.text(_LEFT, paper.word("title"), _TITLE, bold=True)
    sheet.ending(_RIGHT, f"{paper.word('number')} {paper.number}")
    sheet.down(_TITLE)
    for rows in (paper.head, paper.party_a, paper.party_b):
        _facts(sheet, rows)


def _write(sheet: _Sheet, contract: Contract) -> None:
    _section(sheet, contract.word("stands"), contract.stands)
    _prices(sheet, contract)
    _section(sheet, contract.word("payment"), contract.payments)
    _clauses(sheet, contract.word("terms"), contract.terms)


def _write_supplement(sheet: _Sheet, supplement: Supplement) -> None:
    _section(sheet, supplement.word("stands"), supplement.stands)
    _section(sheet, supplement.word("price"), supplement.price)
    _clauses(sheet, supplement.word("rest"), supplement.rest)


def _section(sheet: _Sheet, heading: str, rows: Sequence[str]) -> None:
    _heading(sheet, heading)
    for row in rows:
        sheet.paragraph(row)


def _clauses(sheet: _Sheet, heading: str, terms: Sequence[str]) -> None:
    _heading(sheet, heading)
    for place, term in enumerate(terms, 1):
        clause = f"{place}. {term}"
        if place == len(terms):
            # A page of signatures alone could be put behind another contract: the last clause goes with them.
            lines = len(broken(clause, _BODY, _RIGHT - _LEFT))
            sheet.room(_BODY * _LEADING * (lines + 0.5) + _SIGNING)
        sheet.paragraph(clause)


def _facts(sheet: _Sheet, rows: Sequence[tuple[str, str]]) -> None:
    label = _LEFT + 42 * mm
    for name, value in rows:
        lines = broken(value, _BODY, _RIGHT - label)
        sheet.room(_BODY * _LEADING * len(lines))
        sheet.text(_LEFT, name, colour=_SOFT)
        for line in lines:
            sheet.text(label, line)
            sheet.down(_BODY)
    sheet.down(_BODY, 0.5)


def _heading(sheet: _Sheet, text: str) -> None:
    sheet.down(_BODY, 0.5)
    sheet.room(_HEADING * 3)
    sheet.text(_LEFT, text, _HEADING, bold=True)
    sheet.down(_HEADING)


def _prices(sheet: _Sheet, contract: Contract) -> None:
    _heading(sheet, contract.word("prices"))
    _table_head(sheet, contract)
    for item in contract.items:
        amount = pdf.fonts().width(item.amount, _BODY)
        names = broken(item.name, _BODY, _REASON - _LEFT - 3 * mm)
        reasons = broken(item.reason, _SMALL, _AMOUNT - amount - 5 * mm - _REASON)
        height = max(len(names), len(reasons), 1)
        pages = len(sheet.pages)
        sheet.room(_BODY * _LEADING * height)
        if len(sheet.pages) > pages:
            _table_head(sheet, contract)
        sheet.ending(_AMOUNT, item.amount)
        start = sheet.y
        for line in names:
            sheet.text(_LEFT, line)
            sheet.down(_BODY)
        sheet.y = start
        for line in reasons:
            sheet.text(_REASON, line, _SMALL, colour=_SOFT)
            sheet.down(_BODY)
        sheet.y = start
        sheet.down(_BODY, height)
    _totals(sheet, contract)


def _table_head(sheet: _Sheet, contract: Contract) -> None:
    sheet.text(_LEFT, contract.word("item"), _SMALL, colour=_SOFT)
    sheet.text(_REASON, contract.word("counted"), _SMALL, colour=_SOFT)
    sheet.ending(_AMOUNT, contract.word("amount"), _SMALL)
    sheet.down(_SMALL, 0.5)
    sheet.rule()
    sheet.down(_BODY)


def _totals(sheet: _Sheet, contract: Contract) -> None:
    sheet.room(_BODY * _LEADING * (len(contract.sums) + 3))
    sheet.y += _BODY * 0.9
    sheet.rule()
    sheet.down(_BODY)
    for name, amount in contract.sums:
        sheet.text(_LEFT, name)
        sheet.ending(_AMOUNT, amount)
        sheet.down(_BODY)
    sheet.text(_LEFT, contract.word("total"), bold=True)
    sheet.ending(_AMOUNT, contract.total, bold=True)
    sheet.down(_BODY)
    sheet.text(_LEFT, contract.word("capitals"), colour=_SOFT)
    sheet.ending(_AMOUNT, contract.capitals)
    sheet.down(_BODY)


def _signing(sheet: _Sheet, paper: Paper) -> None:
    """Both parties beside each other on one page, each with the circle that its seal (42 mm at most) goes into."""
    sheet.down(_BODY, 0.5)
    sheet.room(_SIGNING)
    top = sheet.y
    middle = (_LEFT + _RIGHT) / 2
    for x, party in ((_LEFT, paper.party_a), (middle + 4 * mm, paper.party_b)):
        sheet.y = top
        room = middle - _LEFT - 4 * mm
        sheet.text(x, party[0][0] if party else "", colour=_SOFT)
        sheet.down(_BODY)
        for line in broken(party[0][1] if party else "", _BODY, room, bold=True)[:2]:
            sheet.text(x, line, bold=True)
            sheet.down(_BODY)
        sheet.seal(x + _SEAL, top - 34 * mm, paper.word("seal"))
        sheet.y = top - 59 * mm
        sheet.text(x, f"{paper.word('sign')}：" if paper.lang == "zh" else f"{paper.word('sign')}:")
        sheet.down(_BODY, 1.4)
        sheet.text(x, f"{paper.word('date')}：" if paper.lang == "zh" else f"{paper.word('date')}:")
    sheet.y = top - _SIGNING


def _frame(canvas: Canvas, paper: Paper, page: int, of: int) -> None:
    """The foot, and half a circle on the edge: laid out as a fan, the pages show one seam seal together.

    It is smaller than the seal, so that its mark touches no amount.
    """
    pages = f"第 {page} 页，共 {of} 页" if paper.lang == "zh" else f"Page {page} of {of}"
    _line(canvas, _LEFT, 17 * mm, _RIGHT, 0.5)
    pdf.fill(canvas, _SOFT)
    pdf.draw_text(canvas, _LEFT, 12 * mm, broken(paper.fair, _SMALL, 110 * mm)[0], _SMALL)
    foot = f"{paper.number}    {pages}"
    pdf.draw_text(canvas, _RIGHT - pdf.fonts().width(foot, _SMALL), 12 * mm, foot, _SMALL)
    _circle(canvas, WIDTH, HEIGHT / 2, _SEAM, "")
    word = paper.word("seam")
    pdf.fill(canvas, _SOFT)
    pdf.draw_text(canvas, WIDTH - pdf.fonts().width(word, 7) - 2 * mm, HEIGHT / 2 - _SEAM - 4 * mm, word, 7)


def _line(canvas: Canvas, x: float, y: float, to: float, weight: float) -> None:
    canvas.setStrokeColor(_RULE)
    canvas.setLineWidth(weight)
    canvas.line(x, y, to, y)


def _circle(canvas: Canvas, x: float, y: float, radius: float, word: str) -> None:
    canvas.setStrokeColor(_RULE)
    canvas.setLineWidth(0.6)
    canvas.setDash(2, 2)
    canvas.circle(x, y, radius)
    canvas.setDash()
    pdf.fill(canvas, _RULE)
    pdf.draw_text(canvas, x - pdf.fonts().width(word, _BODY) / 2, y - _BODY / 3, word, _BODY)
