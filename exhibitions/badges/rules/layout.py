"""Where everything stands on a badge: pure arithmetic over the widths that a `measure` function gives.

Lengths are points (1/72 inch); x grows to the right and y downwards from the top left corner of the badge.
Sizes of text follow one rule (ux.md §7): a name has 40 points if it fits, shrinks to 20, then takes two lines, and
is never cut; a company has 18 points where it fits and at most two lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

MM = 72 / 25.4
NAME_LARGEST = 40.0
NAME_SMALLEST = 20.0
COMPANY_LARGEST = 18.0
COMPANY_SMALLEST = 8.0
COMPANY_LINES = 2
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
class Box:
    """A rectangle; `top` is nearer to the badge's upper edge than `top + height`."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    @property
    def middle(self) -> float:
        """Halfway between the left and the right edge."""
        return self.left + self.width / 2


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
class Template:
    """The places on a badge of one size. `qr` holds the code with its quiet zone; `fair` is None on small labels."""

    key: str
    width: float
    height: float
    fair: Box | None
    name: Box
    company: Box
    qr: Box
    number: Box
    band: Box
    centred: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """What is printed: texts only, no markup. `number` is shown as given, `fair` has a line for each language."""

    name: str
    company: str
    class_words: str
    number: str
    fair: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A badge ready to draw. `look` names the fields that deserve a person's eye: `name` or `company`."""

    template: Template
    lines: tuple[Line, ...]
    look: tuple[str, ...]


def _mm(left: float, top: float, width: float, height: float) -> Box:
    return Box(left * MM, top * MM, width * MM, height * MM)


def _portrait(key: str, width: float, height: float) -> Template:
    """Name, company, code, number and band below each other, as on 90 × 130 mm."""
    inner = width - 8
    foot = height - 16.5
    number = foot - 6.5
    code = 34.5
    company = number - code - 16.5
    return Template(
        key,
        width * MM,
        height * MM,
        fair=_mm(4, 4, inner, 8),
        name=_mm(4, 12.5, inner, company - 12.7),
        company=_mm(4, company, inner, 16),
        qr=_mm((width - code) / 2, number - code, code, code),
        number=_mm(4, number, inner, 6),
        band=_mm(0, foot, width, 16.5),
    )


def _label(key: str, width: float, height: float, code: float) -> Template:
    """The code on the right, the texts left of it, the class along the foot: cards and labels."""
    band = 6.0
    left = width - code - 3
    body = height - band - 2
    name = body * 0.58
    return Template(
        key,
        width * MM,
        height * MM,
        fair=None,
        name=_mm(1.5, 1.5, left, name),
        company=_mm(1.5, 1.5 + name, left, body - name),
        qr=_mm(width - code - 1.5, 1.5, code, code),
        number=_mm(width - code - 0.5, 1.5 + code, code - 2, height - band - code - 2),
        band=_mm(0, height - band, width, band),
        centred=False,
    )


TEMPLATES = {
    template.key: template
    for template in (
        _portrait("90x130", 90, 130),
        _portrait("a6", 105, 148),
        _label("86x54", 86, 54, 26),
        _label("80x60", 80, 60, 30),
        _label("70x50", 70, 50, 28),
        _label("60x40", 60, 40, 25),
    )
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its size and where the upper left corners of its badges lie, in printing order."""

    key: str
    template: Template
    width: float
    height: float
    places: tuple[tuple[float, float], ...]

    @property
    def cut(self) -> bool:
        """Whether several badges lie on the page and are cut apart."""
        return len(self.places) > 1


def _four_up() -> Sheet:
    template = TEMPLATES["90x130"]
    width, height = 210 * MM, 297 * MM
    left, top = (width - 2 * template.width) / 2, (height - 2 * template.height) / 2
    places = tuple(
        (left + column * template.width, top + row * template.height) for row in (0, 1) for column in (0, 1)
    )
    return Sheet("a4x4", template, width, height, places)


SHEETS = {
    sheet.key: sheet
    for sheet in (
        Sheet("90x130", TEMPLATES["90x130"], 90 * MM, 130 * MM, ((0.0, 0.0),)),
        _four_up(),
        *(
            Sheet(key, TEMPLATES[key], TEMPLATES[key].width, TEMPLATES[key].height, ((0.0, 0.0),))
            for key in ("a6", "86x54", "80x60", "70x50", "60x40")
        ),
    )
}


def place(facts: Facts, template: Template, measure: Measure) -> Layout:
    """The lines of one badge, each within its box, none upon another and none upon the code."""
    name, name_whole = fit_name(facts.name, template.name, measure)
    company, company_whole = fit_company(facts.company, template.company, measure)
    band = Box(
        template.band.left + 4 * MM, template.band.top, template.band.width - 8 * MM, template.band.height
    )
    blocks = [
        ("name", name, template.name),
        ("company", company, template.company),
        (
            "number",
            _fit_ours(Text(facts.number, measure, bold=False), template.number, 13.0, 1),
            template.number,
        ),
        ("class", _fit_common(facts.class_words, band, measure, _CLASS), band),
    ]
    if template.fair is not None:
        blocks.append(("fair", _fit_fair(facts.fair, template.fair, measure), template.fair))
    lines = [line for role, block, box in blocks for line in _stand(role, block, box, template.centred)]
    look = tuple(field for field, whole in (("name", name_whole), ("company", company_whole)) if not whole)
    return Layout(template, tuple(lines), look)


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


def fit_name(name: str, box: Box, measure: Measure) -> tuple[Block, bool]:
    """A name in the largest size from 40 down to 20 points on one line, else on two, else on as many as needed.

    The second value says whether two lines were enough. Whatever its length, no part of a name is left out: where
    even the height of the box is too little at 20 points, the size goes on falling, and the badge is named for a look.
    """
    text = Text(name, measure, bold=True)
    for most_lines, breaking in ((1, False), (2, False), (2, True)):
        block = _largest(text, box, (NAME_LARGEST, NAME_SMALLEST), most_lines, breaking=breaking)
        if block is not None:
            return block, True
    unbroken = text.block(NAME_SMALLEST, box, len(name), breaking=False)
    return unbroken or _fit_ours(text, box, NAME_SMALLEST, len(name)), False


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
    if (
        _is_wide(name, template.name, NAME_SMALLEST, measure)
        and not fit_name(name, template.name, measure)[1]
    ):
        fields.append("name")
    wide = _is_wide(company, template.company, COMPANY_SMALLEST, measure)
    if wide and not fit_company(company, template.company, measure)[1]:
        fields.append("company")
    return tuple(fields)


def surely_fits(template: Template) -> tuple[int, int]:
    """So many characters of a name and of a company fit on one line, whatever they are: none is wider than the size."""
    return int(template.name.width // NAME_SMALLEST), int(template.company.width // COMPANY_SMALLEST)


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
