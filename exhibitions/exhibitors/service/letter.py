"""The letter about a decision as a PDF for paper: A4, with the place for the organiser's seal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from exhibitions.core import pdf

_MM = 72 / 25.4
WIDTH, HEIGHT = 210 * _MM, 297 * _MM
_LEFT, _TOP, _BOTTOM = 25 * _MM, 25 * _MM, 25 * _MM
_SIZE, _LINE = 11.0, 17.0
_CLOSING = frozenset("，。、；：？！”’）》」』,.;:?!)]}")


@dataclass(frozen=True)
class Letter:
    """What stands on it, in one language."""

    organiser: str
    to: str
    title: str
    body: str
    place_and_day: str
    seal: str
    is_closed_right: bool
    """Whether who writes, seal and day stand at the right edge, as in a Chinese letter."""
    foot: str


def draw(letter: Letter) -> bytes:
    """The letter as a file, with as many pages as its words take."""
    out = BytesIO()
    canvas = pdf.new_canvas(out, WIDTH, HEIGHT, letter.title)
    lines: list[tuple[str, bool]] = [(letter.organiser, True), ("", False)]
    lines += [(line, False) for line in broken(letter.to, WIDTH - 2 * _LEFT)]
    lines += [("", False), *((line, True) for line in broken(letter.title, WIDTH - 2 * _LEFT)), ("", False)]
    for paragraph in letter.body.splitlines():
        lines += [(line, False) for line in broken(paragraph, WIDTH - 2 * _LEFT)]
    closing = [letter.organiser, letter.seal, letter.place_and_day]
    lines += [("", False), *((line, False) for line in closing)]
    first_closing = len(lines) - len(closing) if letter.is_closed_right else len(lines)
    per_page = int((HEIGHT - _TOP - _BOTTOM) / _LINE)
    pages = [lines[at : at + per_page] for at in range(0, len(lines), per_page)]
    for number, page in enumerate(pages, start=1):
        for row, (text, bold) in enumerate(page):
            at_end = (number - 1) * per_page + row >= first_closing
            left = WIDTH - _LEFT - pdf.fonts().width(text, _SIZE) if at_end else _LEFT
            pdf.draw_text(canvas, left, HEIGHT - _TOP - row * _LINE, text, _SIZE, bold)
        pdf.draw_text(canvas, _LEFT, 14 * _MM, f"{letter.foot}   {number}/{len(pages)}", 8)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def broken(text: str, room: float) -> Sequence[str]:
    """A paragraph in lines of `room` points: between words, or anywhere in Chinese but before a closing mark."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and pdf.fonts().width((line + piece).rstrip(), _SIZE) > room and piece[0] not in _CLOSING:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for letter in text:
        is_word = letter.isascii() and pieces and pieces[-1][-1].isascii() and pieces[-1][-1] != " "
        if is_word:
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces
