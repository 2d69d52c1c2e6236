"""The scale of a background picture, and lengths in whatever unit a plan was drawn in (exhibitors-stands.md §3)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from math import hypot

from exhibitions.core.errors import N_, Refused
from exhibitions.stands.rules.geometry import FARTHEST_MM

LEAST_PIXELS = 20
"""Two points nearer to each other give no scale worth having."""


class Unit(StrEnum):
    """What lengths of a table or a drawing are counted in."""

    METRE = "m"
    CENTIMETRE = "cm"
    MILLIMETRE = "mm"
    INCH = "in"
    FOOT = "ft"


UNIT_WORDS = {
    Unit.METRE: N_("metres"),
    Unit.CENTIMETRE: N_("centimetres"),
    Unit.MILLIMETRE: N_("millimetres"),
    Unit.INCH: N_("inches"),
    Unit.FOOT: N_("feet"),
}

MM_OF = {
    Unit.METRE: Decimal(1000),
    Unit.CENTIMETRE: Decimal(10),
    Unit.MILLIMETRE: Decimal(1),
    Unit.INCH: Decimal("25.4"),
    Unit.FOOT: Decimal("304.8"),
}


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a picture lies on the floor: its upper left corner in mm, and how many micrometres a pixel is wide."""

    x: int
    y: int
    um_per_pixel: int

    def size(self, width: int, height: int) -> tuple[int, int]:
        """How large a picture of so many pixels is on the floor, in mm."""
        return width * self.um_per_pixel // 1000, height * self.um_per_pixel // 1000


def to_mm(value: Decimal | float | str, unit: Unit) -> int:
    """A length in whole millimetres, half a one rounded away from zero, so that 118.11 inches are 3 m.

    Raises Refused for what is no number or lies farther than ten kilometres away.
    """
    try:
        exact = Decimal(str(value)) * MM_OF[unit]
    except InvalidOperation:
        exact = Decimal("NaN")
    if not exact.is_finite() or abs(exact) > FARTHEST_MM:
        raise Refused("length_invalid", N_("Enter a length like 3 or 2.5"))
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def placed(one: tuple[int, int], two: tuple[int, int], distance_mm: int, at: tuple[int, int]) -> Placed:
    """The place of a picture in which two points, in pixels, are so many mm apart and the first lies at `at` in mm.

    Raises Refused where the points are too near to each other, or the distance is none.
    """
    pixels = hypot(two[0] - one[0], two[1] - one[1])
    if pixels < LEAST_PIXELS:
        raise Refused("points_near", N_("Choose two points that are farther apart in the picture"))
    if distance_mm <= 0:
        raise Refused("distance_missing", N_("Enter how far apart the two points are, in metres"))
    scale = round(distance_mm * 1000 / pixels)
    if not scale:
        raise Refused("distance_missing", N_("Enter how far apart the two points are, in metres"))
    return Placed(at[0] - one[0] * scale // 1000, at[1] - one[1] * scale // 1000, scale)


def metres(mm: int) -> str:
    """A length as people type it in metres: 3, 2.5, 0.125."""
    whole, rest = divmod(abs(mm), 1000)
    text = f"{whole}.{rest:03d}".rstrip("0").rstrip(".")
    return f"-{text}" if mm < 0 else text
