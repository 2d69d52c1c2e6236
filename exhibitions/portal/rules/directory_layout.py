"""How the show directory is laid out on A4: two columns, entries whole where they fit, letters as headings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
MARGIN = 15 * MM
GAP = 8 * MM
COLUMNS = 2
COLUMN = (WIDTH - 2 * MARGIN - GAP) / COLUMNS
TOP = HEIGHT - MARGIN - 10 * MM
BOTTOM = MARGIN + 8 * MM
_BETWEEN = 9.0
_LEADING = 1.35

Width = Callable[[str, float, bool], float]


@dataclass(frozen=True, slots=True)
class Style:
    """How a part of an entry is set."""

    size: float
    bold: bool = False
    colour: str = "#1b1f23"
    before: float = 0.0


LETTER = Style(15, bold=True, colour="#0b6e6e")
NAME = Style(10.5, bold=True)
OTHER_NAME = Style(9)
STAND = Style(9, bold=True, colour="#0b6e6e")
TEXT = Style(8.5, before=2)
FACTS = Style(8, colour="#55615f", before=2)


@dataclass(frozen=True, slots=True)
class Placed:
    """A line of text with its left end and its foot, in points from the page's lower left corner."""

    x: float
    y: float
    text: str
    style: Style


Block = Sequence[tuple[str, Style]]
"""The parts of an entry, each of any length, in their order."""


def broken(text: str, style: Style, width: Width, room: float = COLUMN) -> list[str]:
    """A text in lines no wider than `room`: between words, between Han, and inside a word only where it is wider still."""
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _pieces(text, style, width, room):
        wide = width(piece, style.size, style.bold)
        if line and used + wide > room:
            lines.append(line.rstrip())
            line, used = "", 0.0
            if piece == " ":
                continue
        line += piece
        used += wide
    return [*lines, line.rstrip()] if line.strip() else lines


def pages(blocks: Iterable[Block], width: Width) -> list[list[Placed]]:
    """The blocks on pages, column by column. One that fits into a column is not parted."""
    placed: list[list[Placed]] = [[]]
    column, y = 0, TOP
    for block in blocks:
        lines = [
            (line, style, style.before if first else 0.0)
            for text, style in block
            for first, line in _marked(broken(text, style, width))
        ]
        height = sum(before + style.size * _LEADING for _, style, before in lines)
        if y < TOP and y - height < BOTTOM:
            column, y = _next(placed, column)
        for line, style, before in lines:
            y -= before + style.size * _LEADING
            if y < BOTTOM:
                column, y = _next(placed, column)
                y -= style.size * _LEADING
            placed[-1].append(Placed(MARGIN + column * (COLUMN + GAP), y, line, style))
        y -= _BETWEEN
    return placed


def _next(placed: list[list[Placed]], column: int) -> tuple[int, float]:
    """The next column, on a new page behind the last one."""
    if column + 1 < COLUMNS:
        return column + 1, TOP
    placed.append([])
    return 0, TOP


def _marked(lines: Sequence[str]) -> list[tuple[bool, str]]:
    return [(place == 0, line) for place, line in enumerate(lines)]


_NEVER_FIRST = frozenset("，。、；：！？）》」』】,.;:!?)")


def _pieces(text: str, style: Style, width: Width, room: float) -> list[str]:
    """What stays together on a line: a word, a blank, one Han with the mark behind it."""
    pieces: list[str] = []
    for one in " ".join(text.split()):
        last = pieces[-1] if pieces else ""
        word = one.isascii() and one != " " and last[-1:].isascii() and last[-1:] not in ("", " ")
        if (word or one in _NEVER_FIRST) and last:
            pieces[-1] = last + one
        else:
            pieces.append(one)
    return [part for piece in pieces for part in _fitting(piece, style, width, room)]


def _fitting(piece: str, style: Style, width: Width, room: float) -> list[str]:
    """A word that is wider than a line in parts that are not."""
    if width(piece, style.size, style.bold) <= room or len(piece) == 1:
        return [piece]
    middle = len(piece) // 2
    return _fitting(piece[:middle], style, width, room) + _fitting(piece[middle:], style, width, room)
