"""Where everything stands on a poster that invites to a fair: A4 upright, in points from the top left.

Names are of any length: a text is broken into as few lines as fit, evenly, and set smaller until it fits; nothing is cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

WIDTH, HEIGHT = 595.28, 841.89
MM = 72 / 25.4
INK, SOFT, WHITE, DEEP, ACCENT, PALE, GOLD = (
    "#1a2527",
    "#55615f",
    "#ffffff",
    "#075555",
    "#0b6e6e",
    "#cfe6e3",
    "#e2b24c",
)
_MARGIN = 48.0
_BAND = 392.0
_CODE = 74 * MM
_LINE = 1.3
_LEAST = 4.0
_SMALLER = 0.96
# What a line is never broken inside: brackets, words and numbers; and what stands at no beginning of a line.
_PIECES = re.compile(
    r"[（(【《“][^（(【《“）)】》”]{1,16}[）)】》”][、，。；：]?|[^\W\u2e80-\U0003ffff]+[^\s\w]*\s*|\S[、，。；：）》」』”·]?\s*|\s+"
)

Measure = Callable[[str, float, bool], float]
"""The width of a text at a size, bold or not, in the unit of the size."""


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on a poster, in its language.

    `days` is the span in large figures and `weekdays` says it in full; `foot` are label and words by role, and how to ask; `code` is
    what the QR holds and `address` the same for people to type; `invited` names who invites, empty for the fair itself.
    """

    fair: str
    other_fair: str
    days: str
    weekdays: str
    venue: str
    place: str
    invited: str
    call: str
    foot: tuple[tuple[str, str], ...]
    address: str
    code: str


@dataclass(frozen=True, slots=True)
class Text:
    """One line on its base line; `x` is where it begins."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle with round corners of this radius."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    radius: float = 0


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle drawn with a line of this width."""

    x: float
    y: float
    radius: float
    width: float
    colour: str


@dataclass(frozen=True, slots=True)
class Code:
    """The QR code with its quiet zone: a square."""

    x: float
    y: float
    side: float
    text: str


Part = Text | Box | Ring | Code


@dataclass(slots=True)
class _Page:
    measure: Measure
    parts: list[Part] = field(default_factory=list)

    def lines(  # noqa: PLR0913 - a block of text has this many independent facts
        self,
        x: float,
        top: float,
        text: str,
        size: float,
        room: float,
        most: int,
        colour: str,
        *,
        bold: bool = False,
        middle: bool = False,
    ) -> float:
        """Put a text that begins at `top`; gives where it ends."""
        if not text:
            return top
        size, lines = fitted(text, size, room, most, bold, self.measure)
        for line in lines:
            left = x + (room - self.measure(line, size, bold)) / 2 if middle else x
            self.parts.append(Text(left, top + size, line, size, colour, bold))
            top += size * _LINE
        return top


def fitted(
    text: str, size: float, room: float, most: int, bold: bool, measure: Measure
) -> tuple[float, list[str]]:
    """The size at most `size` at which the text stands on `most` lines, and those lines, as even as they can be."""
    while True:
        lines = broken(text, size, room, bold, measure)
        if size <= _LEAST or (
            len(lines) <= most and all(measure(line, size, bold) <= room for line in lines)
        ):
            break
        size *= _SMALLER
    narrow = room
    while len(lines) > 1 and narrow > room / 2:
        narrow *= _SMALLER
        tried = broken(text, size, narrow, bold, measure)
        if len(tried) > len(lines) or any(measure(line, size, bold) > narrow for line in tried):
            break
        lines = tried
    return size, lines


def broken(text: str, size: float, room: float, bold: bool, measure: Measure) -> list[str]:
    """The text on lines of this room; a piece that is wider stands on a line of its own."""
    lines, line = [], ""
    for piece in _PIECES.findall(text):
        if line and measure((line + piece).rstrip(), size, bold) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def span(first: date, last: date, *, chinese: bool) -> str:
    """The days of a fair in large figures: 2016.8.19–22, 19–22 Aug 2016."""
    same_month, same_year = (first.year, first.month) == (last.year, last.month), first.year == last.year
    if chinese:
        start = f"{first.year}.{first.month}.{first.day}"
        end = f"{last.year}.{last.month}.{last.day}"
        end = str(last.day) if same_month else f"{last.month}.{last.day}" if same_year else end
    else:
        start = f"{first.day}" if same_month else f"{first:%-d %b}" if same_year else f"{first:%-d %b %Y}"
        end = f"{last:%-d %b %Y}"
    return end if not chinese and first == last else start if first == last else f"{start}–{end}"


def place(words: Words, measure: Measure) -> Sequence[Part]:
    """Every part of the poster, those behind first."""
    page = _Page(measure)
    _ground(page)
    top = _head(page, words)
    _when(page, words, max(top, 232.0))
    _invite(page, words)
    _foot(page, words)
    return page.parts


def _ground(page: _Page) -> None:
    page.parts += [Box(0, 0, WIDTH, _BAND, DEEP)]
    page.parts += [Ring(WIDTH - 40, 70, radius, 1.1, "#1b6b6a") for radius in range(60, 420, 24)]
    page.parts += [Box(0, _BAND, WIDTH, HEIGHT - _BAND, WHITE), Box(0, _BAND, WIDTH, 5, GOLD)]


def _head(page: _Page, words: Words) -> float:
    room = WIDTH - 2 * _MARGIN
    top = page.lines(_MARGIN, 54, words.fair, 42, room, 3, WHITE, bold=True)
    return page.lines(_MARGIN, top + 6, words.other_fair, 15, room, 2, PALE) + 14


def _when(page: _Page, words: Words, top: float) -> None:
    room = WIDTH - 2 * _MARGIN
    left = _BAND - 24 - top
    big = min(46.0, left * 0.36)
    page.parts.append(Box(_MARGIN, top, 44, 3, GOLD))
    top = page.lines(_MARGIN, top + 8, words.days, big, room, 1, GOLD, bold=True)
    top = page.lines(_MARGIN, top, words.weekdays, min(14.0, left * 0.11), room, 1, PALE)
    top = page.lines(_MARGIN, top + 6, words.venue, min(20.0, left * 0.16), room, 1, WHITE, bold=True)
    page.lines(_MARGIN, top, words.place, min(13.0, left * 0.1), room, 1, PALE)


def _invite(page: _Page, words: Words) -> None:
    """The code with what to do; beside it who invites."""
    room = WIDTH - 2 * _MARGIN
    top = _BAND + 26
    if words.invited:
        top = page.lines(_MARGIN, top, words.invited, 24, room, 2, ACCENT, bold=True, middle=True)
    side = min(_CODE, 668 - top)
    page.parts.append(Code((WIDTH - side) / 2, top, side, words.code))
    top += side + 2
    top = page.lines(_MARGIN, top, words.call, 19, room, 1, INK, bold=True, middle=True)
    page.lines(_MARGIN, top + 1, words.address, 11.5, room, 2, SOFT, middle=True)


def _foot(page: _Page, words: Words) -> None:
    """The organising units by role and the hotline, as small as it takes."""
    top, bottom = 730.0, HEIGHT - 24
    page.parts.append(Box(_MARGIN, top - 10, WIDTH - 2 * _MARGIN, 0.6, "#d8d3c8"))
    size = 11.0
    while True:
        beside = max((page.measure(label, size, True) for label, _ in words.foot), default=0.0) + size
        room = WIDTH - 2 * _MARGIN - beside
        rows = [(label, broken(text, size, room, False, page.measure)) for label, text in words.foot]
        height = sum(len(lines) for _, lines in rows) * size * _LINE
        if size <= _LEAST or height <= bottom - top:
            break
        size *= _SMALLER
    for label, lines in rows:
        page.parts.append(Text(_MARGIN, top + size, label, size, ACCENT, bold=True))
        for line in lines:
            page.parts.append(Text(_MARGIN + beside, top + size, line, size, INK))
            top += size * _LINE
