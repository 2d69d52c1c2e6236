"""A plan as a drawing: states in word, shape and colour, outlines and letters in as few characters as will do (ux.md §6).

One unit of the drawing is a centimetre of the hall.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from unicodedata import east_asian_width

from exhibitions.core.errors import N_
from exhibitions.stands.rules.geometry import Polygon, box_of, label_point, tidy
from exhibitions.stands.rules.plan import ShapeKind, order_of
from exhibitions.stands.rules.surroundings import HallSize, ShapeLike, StandLike

_CAP = 120
_LEAST = 16
_ROOM = 1.5
"""A letter or digit is about two thirds as wide as it is high."""


class StandState(StrEnum):
    """What a stand on a plan is to who looks at it."""

    FREE = "free"
    HOLD = "hold"
    CONTRACTED = "contracted"
    PAID = "paid"
    CLOSED = "closed"
    MINE = "mine"
    TAKEN = "taken"


STATE_WORDS = {
    StandState.FREE: N_("free"),
    StandState.HOLD: N_("on hold"),
    StandState.CONTRACTED: N_("contracted"),
    StandState.PAID: N_("paid"),
    StandState.CLOSED: N_("not for sale"),
    StandState.MINE: N_("mine"),
    StandState.TAKEN: N_("taken"),
}
"""`taken` is what the public sees of hold, contract and payment."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A stand as the drawing shows it: its outline, where its number stands and how high the letters are."""

    number: str
    outline: str
    x: str
    y: str
    letters: int
    half: int


@dataclass(frozen=True, slots=True)
class DrawnShape:
    """What is no stand, likewise."""

    kind: ShapeKind
    name: str
    outline: str
    x: str
    y: str
    letters: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A hall ready to be drawn; `width` and `height` are pixels at which a stand of 3 m is 30 pixels wide."""

    hall: str
    view_box: str
    width: int
    height: int
    stands: tuple[Drawn, ...]
    shapes: tuple[DrawnShape, ...]


def draw(hall: HallSize, stands: Iterable[StandLike], shapes: Iterable[ShapeLike]) -> Drawing:
    """The drawing of a hall, stands in the order of their numbers. Broken polygons must have been left out."""
    return Drawing(
        hall.code,
        view_box(hall.width, hall.depth),
        hall.width // 100,
        hall.depth // 100,
        tuple(
            _drawn(stand.number, stand.polygon)
            for stand in sorted(stands, key=lambda one: order_of(one.number))
        ),
        tuple(_shape(shape) for shape in shapes),
    )


def _drawn(number: str, polygon: Polygon) -> Drawn:
    letters = letter_height(polygon, number)
    return Drawn(number, outline_of(polygon), *label_at(polygon), letters, letters * 35 // 100)


def _shape(shape: ShapeLike) -> DrawnShape:
    letters = letter_height(shape.polygon, "".join(_broad(letter) for letter in shape.name))
    return DrawnShape(shape.kind, shape.name, outline_of(shape.polygon), *label_at(shape.polygon), letters)


def _broad(letter: str) -> str:
    """Han are as broad as two of the digits that letter_height reckons with."""
    return letter * 2 if east_asian_width(letter) in "WF" else letter


def outline_of(polygon: Polygon) -> str:
    """The `d` of an SVG path around a polygon: h and v where its sides run along the walls."""
    ring = tidy(polygon)
    out = [f"M{_cm(ring[0][0])} {_cm(ring[0][1])}"]
    for (ax, ay), (bx, by) in pairwise(ring):
        if ay == by:
            out.append(f"h{_cm(bx - ax)}")
        elif ax == bx:
            out.append(f"v{_cm(by - ay)}")
        else:
            out.append(f"l{_cm(bx - ax)} {_cm(by - ay)}")
    return "".join([*out, "z"])


def label_at(polygon: Polygon) -> tuple[str, str]:
    """Where the middle of a stand's number is written, in the drawing's units."""
    x, y = label_point(polygon)
    return _cm(x), _cm(y)


def letter_height(polygon: Polygon, text: str) -> int:
    """How high the letters of `text` may be to stay inside a stand, in cm of the hall: 16 to 120."""
    left, top, right, bottom = box_of(polygon)
    wide = (right - left) / 10 * _ROOM / max(len(text), 1)
    return max(_LEAST, min(_CAP, int(wide), int((bottom - top) / 10 * 0.6)))


def view_box(width: int, depth: int) -> str:
    """The `viewBox` of a hall of so many mm."""
    return f"0 0 {_cm(width)} {_cm(depth)}"


def _cm(mm: int) -> str:
    whole, rest = divmod(abs(mm), 10)
    text = f"{whole}.{rest}" if rest else str(whole)
    return f"-{text}" if mm < 0 else text
