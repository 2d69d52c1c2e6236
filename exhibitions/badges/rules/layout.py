"""Where everything stands on a badge: pure arithmetic over the widths that a `measure` function gives.

Lengths are points (1/72 inch); x grows to the right and y downwards from the top left corner of the badge.
Sizes of text follow one rule (ux.md §7): a name has 40 points if it fits, shrinks to 20 (on labels to 14), then takes
two lines, and is never cut; a company has 18 points where it fits and at most two lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from exhibitions.badges.rules.templates import (
    BANDED,
    MM,
    NAME_SMALLEST,
    SHEETS,
    TEMPLATES,
    Box,
    Design,
    Sheet,
    Template,
    template,
)

__all__ = [
    "BANDED",
    "MM",
    "NAME_SMALLEST",
    "SHEETS",
    "TEMPLATES",
    "Box",
    "Design",
    "Sheet",
    "Template",
    "template",
]

NAME_LARGEST = 40.0
COMPANY_LARGEST = 18.0
COMPANY_SMALLEST = 8.0
COMPANY_LINES = 2
DETAILS_LARGEST = 14.0
DETAILS_SMALLEST = 8.0
# Fonts for Chinese fill their square: this much of the size stands above the base line, and a line needs this much.
ASCENT = 0.88
LEADING = 1.18
_STEP = 0.5
_TINY = 1e-6
_ELLIPSIS = "…"
# No line begins with one of these.
_NOT_FIRST = frozenset("，。、；：！？）》」』】·%)]},.;:!?”’…")
# No line ends with one of these.
_NOT_LAST = frozenset("（《「『【([{“‘")
_BREAK_BEHIND = frozenset(" -‐/")


class Measure(Protocol):
    """The width in points of a text at a size in points."""

    def __call__(self, text: str, size: float, bold: bool) -> float:
        """Measure `text`."""
        ...

    def __hash__(self) -> int:
        """Texts that stand on many badges are fitted once for each measure."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text with the left end of its base line, and the box that its letters stay in."""

    text: str
    x: float
    baseline: float
    size: float
    bold: bool
    box: Box
    role: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is printed: texts only, no markup. `number` is shown as given, `fair` has a line for each language.

    `details` is one text of title, region and day; what the template has no place for is left out.
    """

    name: str
    company: str
    class_words: str
    number: str
    fair: str
    details: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A badge ready to draw. `look` names the fields that deserve a person's eye: `name`, `company` or `details`."""

    template: Template
    lines: tuple[Line, ...]
    look: tuple[str, ...]


def place(facts: Facts, template: Template, measure: Measure) -> Layout:
    """The lines of one badge, each within its box, none upon another and none upon the code."""
    name, name_whole = fit_name(facts.name, template.name, measure, template.name_smallest)
    blocks = [
        ("name", name, template.name),
        (
            "number",
            _fit_ours(Text(facts.number, measure, bold=False), template.number, 13.0, 1),
            template.number,
        ),
    ]
    look = [] if name_whole else ["name"]
    if template.company.height:
        company, company_whole = fit_company(facts.company, template.company, measure)
        blocks.append(("company", company, template.company))
        look += [] if company_whole else ["company"]
    if template.details is not None and facts.details:
        text = Text(facts.details, measure, bold=False)
        details = _fit_ours(text, template.details, DETAILS_LARGEST, 2)
        blocks.append(("details", details, template.details))
        look += [] if details.size >= DETAILS_SMALLEST else ["details"]
    if template.banded:
        band = template.band
        inner = Box(band.left + 4 * MM, band.top, band.width - 8 * MM, band.height)
        blocks.append(("class", _fit_common(facts.class_words, inner, measure, _CLASS), inner))
    if template.fair is not None:
        blocks.append(("fair", _fit_fair(facts.fair, template.fair, measure), template.fair))
    lines = [line for role, block, box in blocks for line in _stand(role, block, box, template.centred)]
    return Layout(template, tuple(lines), tuple(look))


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stays on one line: `full` is its width at size 1 with the blanks behind it, `bare` without them."""

    text: str
    full: float
    bare: float


class Text:
    """A text cut once into pieces, to be tried in many sizes: between Han, and at blanks and hyphens elsewhere."""

    def __init__(self, text: str, measure: Measure, *, bold: bool) -> None:
        self.text = text.strip()
        self.bold = bold
        self._measure = measure
        self._pieces = [self._piece(piece) for piece in pieces_of(self.text)]
        self._widest = max((piece.bare for piece in self._pieces), default=0.0)
        self._letters: dict[str, list[_Piece]] = {}
        # The width at size 1 of everything but the blanks, which may vanish at the ends of lines.
        self.unit = sum(piece.bare for piece in self._pieces)

    def width(self, line: str, size: float) -> float:
        """The width in points of a part of this text at `size` points."""
        return self._measure(line, size, self.bold)

    def lines(self, size: float, width: float) -> tuple[str, ...]:
        """The text in lines of at most `width` points; a word that is wider by itself is broken anywhere."""
        limit = width / size
        lines: list[str] = []
        line, used = "", 0.0
        for piece in self._pieces:
            for part in [piece] if piece.bare <= limit else self._letters_of(piece.text):
                if line and used + part.bare > limit:
                    lines.append(line.rstrip())
                    line, used = "", 0.0
                line += part.text
                used += part.full
        return (*lines, line.rstrip())

    def balanced(self, size: float, width: float) -> tuple[str, ...]:
        """The same number of lines as `lines`, about equally long, so that no last line holds a single character."""
        lines = self.lines(size, width)
        while len(lines) > 1:
            limit = max(self.width(line, size) for line in lines) - _TINY
            # Narrower than its widest word a text would be cut inside of it.
            narrower = self.lines(size, limit) if limit >= size * self._widest else ()
            if len(narrower) != len(lines):
                break
            lines = narrower
        return lines

    def block(self, size: float, box: Box, most_lines: int, *, breaking: bool = True) -> Block | None:
        """The text at `size` in the box on at most so many lines, or None where it does not fit.

        Without `breaking` a text does not fit where a single word is too wide.
        """
        if not breaking and size * self._widest > box.width + _TINY:
            return None
        lines = self.lines(size, box.width)
        if len(lines) > most_lines or len(lines) * size * LEADING > box.height + _TINY:
            return None
        lines = self.balanced(size, box.width)
        widths = [self.width(line, size) for line in lines]
        return Block(lines, size, tuple(widths), self.bold) if max(widths) <= box.width + _TINY else None

    def _letters_of(self, word: str) -> list[_Piece]:
        if word not in self._letters:
            self._letters[word] = [self._piece(character) for character in word]
        return self._letters[word]

    def _piece(self, text: str) -> _Piece:
        bare = text.rstrip()
        narrow = self._measure(bare, 1.0, self.bold)
        return _Piece(text, narrow if bare == text else self._measure(text, 1.0, self.bold), narrow)


@dataclass(frozen=True, slots=True)
class _Style:
    largest: float
    bold: bool


_FAIR = _Style(12.0, bold=False)
_CLASS = _Style(24.0, bold=True)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one size with their widths in points."""

    lines: tuple[str, ...]
    size: float
    widths: tuple[float, ...]
    bold: bool


def fit_name(name: str, box: Box, measure: Measure, smallest: float = NAME_SMALLEST) -> tuple[Block, bool]:
    """A name in the largest size from 40 down to 20 points (14 on labels) on one line, else on two, else on as many as needed.

    The second value says whether two lines were enough. Whatever its length, no part of a name is left out: where
    even the height of the box is too little at the smallest size, the size goes on falling, and the badge is named for a look.
    """
    text = Text(name, measure, bold=True)
    for most_lines, breaking in ((1, False), (2, False), (2, True)):
        block = _largest(text, box, (NAME_LARGEST, smallest), most_lines, breaking=breaking)
        if block is not None:
            return block, True
    unbroken = text.block(smallest, box, len(name), breaking=False)
    return unbroken or _fit_ours(text, box, smallest, len(name)), False


def fit_company(company: str, box: Box, measure: Measure) -> tuple[Block, bool]:
    """A company at 18 points where it fits on two lines, smaller down to 8, at last shortened by `…`.

    The second value is False when something was left out.
    """
    text = Text(company, measure, bold=False)
    for breaking in (False, True):
        block = _largest(text, box, (COMPANY_LARGEST, COMPANY_SMALLEST), COMPANY_LINES, breaking=breaking)
        if block is not None:
            return block, True
    first, *rest = text.lines(COMPANY_SMALLEST, box.width)
    last = "".join(rest)
    while text.width(last + _ELLIPSIS, COMPANY_SMALLEST) > box.width:
        last = last[:-1]
    lines = (first, last + _ELLIPSIS)
    widths = tuple(text.width(line, COMPANY_SMALLEST) for line in lines)
    return Block(lines, COMPANY_SMALLEST, widths, bold=False), False


def too_long(name: str, company: str, template: Template, measure: Measure) -> tuple[str, ...]:
    """The fields that would need a look on this template, found without fitting the many that fit on one line."""
    fields = []
    smallest = template.name_smallest
    if _is_wide(name, template.name, smallest, measure):
        fields += [] if fit_name(name, template.name, measure, smallest)[1] else ["name"]
    if template.company.height and _is_wide(company, template.company, COMPANY_SMALLEST, measure):
        fields += [] if fit_company(company, template.company, measure)[1] else ["company"]
    return tuple(fields)


def surely_fits(template: Template) -> tuple[int, int]:
    """So many characters of a name and of a company fit on one line, whatever they are: none is wider than the size."""
    return int(template.name.width // template.name_smallest), int(template.company.width // COMPANY_SMALLEST)


def _is_wide(text: str, box: Box, size: float, measure: Measure) -> bool:
    return measure(text, size, bold=True) > box.width


def pieces_of(text: str) -> list[str]:
    """The text in pieces that stay on one line; joined they are the text."""
    pieces: list[str] = []
    for character in text:
        if pieces and _stays(pieces[-1][-1], character):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _stays(before: str, after: str) -> bool:
    if after == " " or after in _NOT_FIRST or before in _NOT_LAST:
        return True
    return before not in _BREAK_BEHIND and not _is_square(before) and not _is_square(after)


def _is_square(character: str) -> bool:
    """Whether a line may end beside the character: so in Han, Kana and full-width forms, not in Hangul or Latin."""
    code = ord(character)
    return 0x2E80 <= code <= 0xABFF or 0xF900 <= code <= 0xFAFF or 0xFF00 <= code <= 0xFFEF or code >= 0x20000


def _largest(
    text: Text, box: Box, sizes: tuple[float, float], most_lines: int, *, breaking: bool
) -> Block | None:
    size, smallest = sizes
    # No size above this can fit, however the lines are broken.
    size = min(size, most_lines * box.width / text.unit // _STEP * _STEP) if text.unit else size
    while size >= smallest:
        block = text.block(size, box, most_lines, breaking=breaking)
        if block is not None:
            return block
        size -= _STEP
    return None


def _fit_ours(text: Text, box: Box, largest: float, most_lines: int) -> Block:
    """The text in its box, in the largest size that needs no more lines: a size small enough is always found."""
    size = largest
    while True:
        block = text.block(size, box, most_lines)
        if block is not None:
            return block
        size = size - _STEP if size > 1 else size / 2


def _fit_fair(names: str, box: Box, measure: Measure) -> Block:
    """The names of the fair, each on its own line where that is readable, else as one text."""
    lines = tuple(names.split("\n"))
    if len(lines) > 1:
        width = max(measure(line, 1.0, _FAIR.bold) for line in lines)
        size = min(_FAIR.largest, box.width / width, box.height / (len(lines) * LEADING)) // _STEP * _STEP
        if size >= _FAIR.largest / 2:
            widths = tuple(measure(line, size, _FAIR.bold) for line in lines)
            return Block(lines, size, widths, _FAIR.bold)
    return _fit_common(" ".join(lines), box, measure, _FAIR)


@lru_cache(maxsize=256)
def _fit_common(text: str, box: Box, measure: Measure, style: _Style) -> Block:
    """A text that stands the same on many badges, fitted once; words stay whole where some size allows it."""
    words = Text(text, measure, bold=style.bold)
    unbroken = _largest(words, box, (style.largest, style.largest / 2), 2, breaking=False)
    return unbroken or _fit_ours(words, box, style.largest, 2)


def _stand(role: str, block: Block, box: Box, centred: bool) -> list[Line]:
    """The lines of a block, centred in the height of their box and, on upright badges, in its width."""
    height = block.size * LEADING
    top = box.top + (box.height - len(block.lines) * height) / 2
    lines = []
    for row, (text, width) in enumerate(zip(block.lines, block.widths, strict=True)):
        left = box.middle - width / 2 if centred or role in ("class", "number") else box.left
        cell = Box(left, top + row * height, width, height)
        baseline = cell.top + (height - block.size) / 2 + ASCENT * block.size
        lines.append(Line(text, left, baseline, block.size, block.bold, cell, role))
    return lines
