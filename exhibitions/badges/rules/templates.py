"""The places on a badge: sizes, what an organiser chose to print on a class, and how badges lie on a page.

Lengths are points (1/72 inch); x grows to the right and y downwards from the top left corner of the badge.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from exhibitions.core.errors import N_, Refused

MM = 72 / 25.4
NAME_SMALLEST = 20.0
# A label of 60 mm leaves 32 mm beside its code: at 20 points five Han would need two lines, and twelve would not fit.
LABEL_NAME_SMALLEST = 14.0
FIELDS = ("fair", "name", "company", "title", "region", "day")
_DETAILS = frozenset({"title", "region", "day"})


class Band(enum.StrEnum):
    """Whether the class stands as a colour band with its word. By itself badges and cards have one, labels none."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Design:
    """What an organiser chose for a class: the printed fields (of `FIELDS`) and the band. Code and number always stand."""

    fields: frozenset[str] = frozenset({"fair", "name", "company"})
    band: Band = Band.AUTO

    @property
    def details(self) -> bool:
        """Whether there is a line of details below the company."""
        return not _DETAILS.isdisjoint(self.fields)


BANDED = Design(band=Band.ALWAYS)


def check_fields(fields: Iterable[str]) -> frozenset[str]:
    """The fields as a set. Raises `Refused` for one that does not exist, and when neither name nor company is left."""
    found = frozenset(fields)
    if not found <= set(FIELDS):
        raise Refused("field_unknown", N_("A badge has no such field."))
    if found.isdisjoint({"name", "company"}):
        raise Refused("fields_empty", N_("Choose the name or the company, so that a badge says whose it is."))
    return found


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
class Template:
    """The places on a badge of one size. `qr` holds the code with its quiet zone.

    What is not printed has no place (None); `band` alone is always named, because pre-printed stock has it already.
    """

    key: str
    width: float
    height: float
    fair: Box | None
    name: Box
    company: Box
    qr: Box
    number: Box
    band: Box
    details: Box | None = None
    centred: bool = True
    banded: bool = True
    name_smallest: float = NAME_SMALLEST


def _mm(left: float, top: float, width: float, height: float) -> Box:
    return Box(left * MM, top * MM, width * MM, height * MM)


def _portrait(key: str, width: float, height: float, design: Design) -> Template:
    """Name, company, details, code, number and band below each other, as on 90 × 130 mm.

    Without a band its place stays free: the stock has it printed already.
    """
    inner = width - 8
    foot = height - 16.5
    number = foot - 6.5
    code = 34.5
    details = 7.0 if design.details else 0.0
    firm = 16.5 if "company" in design.fields else 0.0
    company = number - code - firm - details
    top = 12.5 if "fair" in design.fields else 4.0
    return Template(
        key,
        width * MM,
        height * MM,
        fair=_mm(4, 4, inner, 8) if "fair" in design.fields else None,
        name=_mm(4, top, inner, company - top - 0.2),
        company=_mm(4, company, inner, max(0.0, firm - 0.5)),
        details=_mm(4, company + firm, inner, details - 0.5) if design.details else None,
        qr=_mm((width - code) / 2, number - code, code, code),
        number=_mm(4, number, inner, 6),
        band=_mm(0, foot, width, 16.5),
        banded=design.band is not Band.NEVER,
    )


def _beside(key: str, width: float, height: float, code: float, design: Design, *, label: bool) -> Template:
    """The code on the right, the texts left of it, the class along the foot: cards and labels.

    A label without a band gives its place to the texts; a card leaves it free for what is printed already.
    """
    banded = design.band is Band.ALWAYS or (design.band is Band.AUTO and not label)
    band = 6.0 if banded or not label else 0.0
    left = width - code - 3
    body = height - band - 2
    details = body * 0.2 if design.details else 0.0
    rest = body - details
    name = rest * 0.58 if "company" in design.fields else rest
    return Template(
        key,
        width * MM,
        height * MM,
        fair=None,
        name=_mm(1.5, 1.5, left, name),
        company=_mm(1.5, 1.5 + name, left, rest - name),
        details=_mm(1.5, 1.5 + rest, left, details) if design.details else None,
        qr=_mm(width - code - 1.5, 1.5, code, code),
        number=_mm(width - code - 0.5, 1.5 + code, code - 2, min(8.0, height - band - code - 2)),
        band=_mm(0, height - band, width, band),
        centred=False,
        banded=banded,
        name_smallest=LABEL_NAME_SMALLEST if label else NAME_SMALLEST,
    )


_PORTRAITS = {"90x130": (90, 130), "a6": (105, 148)}
# Width, height and side of the code with its quiet zone; 25 mm leave 20.5 mm for the code itself.
_BESIDE = {"86x54": (86, 54, 26), "80x60": (80, 60, 30), "70x50": (70, 50, 28), "60x40": (60, 40, 25)}
LABELS = ("80x60", "70x50", "60x40")


@lru_cache(maxsize=512)
def template(key: str, design: Design = BANDED) -> Template:
    """The places on a badge of this size (`90x130`, `a6`, `86x54`, `80x60`, `70x50`, `60x40`) with this design."""
    if key in _PORTRAITS:
        return _portrait(key, *_PORTRAITS[key], design)
    return _beside(key, *_BESIDE[key], design, label=key in LABELS)


TEMPLATES = {key: template(key) for key in (*_PORTRAITS, *_BESIDE)}


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
    badge = TEMPLATES["90x130"]
    width, height = 210 * MM, 297 * MM
    left, top = (width - 2 * badge.width) / 2, (height - 2 * badge.height) / 2
    places = tuple(
        (left + column * badge.width, top + row * badge.height) for row in (0, 1) for column in (0, 1)
    )
    return Sheet("a4x4", badge, width, height, places)


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
