"""Exact plane geometry of a hall: points in whole millimetres, x to the right and y down, no rounding on the way.

A polygon is the ring of its corners without the first one repeated, in either direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

Point = tuple[int, int]
Polygon = tuple[Point, ...]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""

Number = int | Fraction

MOST_CORNERS = 60
TOUCHING_MM2 = 100
"""Two things overlap where they share more than one square centimetre (§3 rule 2)."""
FARTHEST_MM = 10_000_000
"""No hall is ten kilometres long; what lies farther away is a slip of the pen."""

_LEAST_CORNERS = 3
_RECTANGLE = 4


class Fault(StrEnum):
    """Why a ring of points is no polygon."""

    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    TOO_FAR = "too_far"
    NO_LENGTH = "no_length"
    CROSSES = "crosses"
    NO_AREA = "no_area"


def rectangle(x: int, y: int, width: int, depth: int) -> Polygon:
    """The rectangle with its upper left corner at (x, y)."""
    return (x, y), (x + width, y), (x + width, y + depth), (x, y + depth)


def doubled_area(polygon: Sequence[Point]) -> int:
    """Twice the signed area in mm², by the shoelace formula: positive where the corners run clockwise on screen."""
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in edges(polygon))


def area_mm2(polygon: Sequence[Point]) -> int:
    """The area in mm², half a one rounded up."""
    return (abs(doubled_area(polygon)) + 1) // 2


def square_metres(mm2: int) -> Decimal:
    """m² with two decimals, half up."""
    return (Decimal(mm2) / 1_000_000).quantize(Decimal("0.01"), ROUND_HALF_UP)


def edges(polygon: Sequence[Point]) -> list[tuple[Point, Point]]:
    """The sides as pairs of corners, the closing one last."""
    return [*pairwise(polygon), (polygon[-1], polygon[0])] if polygon else []


def box_of(polygon: Sequence[Point]) -> Box:
    """The smallest upright rectangle around it."""
    across = [x for x, _ in polygon]
    down = [y for _, y in polygon]
    return min(across), min(down), max(across), max(down)


def is_upright(polygon: Sequence[Point]) -> bool:
    """Whether it is a rectangle with its sides along the walls."""
    if len(polygon) != _RECTANGLE:
        return False
    left, top, right, bottom = box_of(polygon)
    return abs(doubled_area(polygon)) == 2 * (right - left) * (bottom - top)


def tidy(polygon: Sequence[Point]) -> Polygon:
    """The same shape, clockwise on screen, without corners that are none and beginning at its upper left one.

    Two rings of the same shape become equal. Only for a polygon without fault.
    """
    if is_upright(polygon):
        left, top, right, bottom = box_of(polygon)
        return rectangle(left, top, right - left, bottom - top)
    ring = list(polygon)
    kept = [
        here
        for before, here, after in zip([ring[-1], *ring[:-1]], ring, [*ring[1:], ring[0]], strict=True)
        if _turn(before, here, after)
    ]
    if doubled_area(kept) < 0:
        kept.reverse()
    first = min(range(len(kept)), key=lambda place: (kept[place][1], kept[place][0]))
    return tuple(kept[first:] + kept[:first])


def fault_of(polygon: Sequence[Point]) -> Fault | None:
    """The first reason why a ring of points is no polygon: too few or too many corners, a side without length, sides
    that cross or touch each other, no area; None where all is well."""
    if len(polygon) < _LEAST_CORNERS:
        return Fault.TOO_FEW
    if len(polygon) > MOST_CORNERS:
        return Fault.TOO_MANY
    if any(abs(part) > FARTHEST_MM for point in polygon for part in point):
        return Fault.TOO_FAR
    sides = edges(polygon)
    if any(a == b for a, b in sides):
        return Fault.NO_LENGTH
    if all(_turn(a, b, polygon[(place + 2) % len(polygon)]) == 0 for place, (a, b) in enumerate(sides)):
        return Fault.NO_AREA
    return Fault.CROSSES if _crosses_itself(sides) else None


def _crosses_itself(sides: Sequence[tuple[Point, Point]]) -> bool:
    last = len(sides) - 1
    for place, (a, b) in enumerate(sides):
        for other in range(place + 1, len(sides)):
            c, d = sides[other]
            if other == place + 1:
                if _folds_back(a, b, d):
                    return True
            elif place == 0 and other == last:
                if _folds_back(c, d, b):
                    return True
            elif _meet(a, b, c, d):
                return True
    return False


def _folds_back(a: Point, corner: Point, d: Point) -> bool:
    return _turn(a, corner, d) == 0 and _dot(a, corner, d) > 0


def _dot(a: Point, corner: Point, d: Point) -> int:
    return (a[0] - corner[0]) * (d[0] - corner[0]) + (a[1] - corner[1]) * (d[1] - corner[1])


def _turn(a: Point, b: Point, c: Point) -> int:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def on_side(point: Point, a: Point, b: Point) -> bool:
    """Whether `point` lies on the line from a to b, its ends included."""
    return (
        _turn(a, b, point) == 0
        and min(a[0], b[0]) <= point[0] <= max(a[0], b[0])
        and min(a[1], b[1]) <= point[1] <= max(a[1], b[1])
    )


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two lines have a point in common."""
    one, two = _sign(_turn(a, b, c)), _sign(_turn(a, b, d))
    three, four = _sign(_turn(c, d, a)), _sign(_turn(c, d, b))
    if one != two and three != four:
        return True
    return on_side(c, a, b) or on_side(d, a, b) or on_side(a, c, d) or on_side(b, c, d)


def overlap_mm2(one: Sequence[Point], two: Sequence[Point]) -> Fraction:
    """The exact area that two polygons share; zero where they only touch."""
    first, second = box_of(one), box_of(two)
    left, top = max(first[0], second[0]), max(first[1], second[1])
    right, bottom = min(first[2], second[2]), min(first[3], second[3])
    if left >= right or top >= bottom:
        return Fraction(0)
    if is_upright(one) and is_upright(two):
        return Fraction((right - left) * (bottom - top))
    levels = sorted({*_levels(one, top, bottom), *_levels(two, top, bottom), *_crossings(one, two)})
    return sum((_shared(one, two, upper, lower) for upper, lower in pairwise(levels)), Fraction(0))


def overlaps(one: Sequence[Point], two: Sequence[Point]) -> bool:
    """Whether two polygons share more than 1 cm²; touching is no overlap (§3 rule 2)."""
    return overlap_mm2(one, two) > TOUCHING_MM2


def _levels(polygon: Sequence[Point], top: int, bottom: int) -> set[Fraction]:
    inside = {Fraction(y) for _, y in polygon if top <= y <= bottom}
    return inside | {Fraction(top), Fraction(bottom)}


def _crossings(one: Sequence[Point], two: Sequence[Point]) -> set[Fraction]:
    found = set()
    for a, b in edges(one):
        for c, d in edges(two):
            across = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
            if across and _meet(a, b, c, d):
                along = Fraction((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0]), across)
                found.add(a[1] + along * (b[1] - a[1]))
    return found


def _shared(one: Sequence[Point], two: Sequence[Point], upper: Fraction, lower: Fraction) -> Fraction:
    """Between two levels no side begins, ends or crosses: what is shared are trapezoids, as wide as in the middle."""
    middle = (upper + lower) / 2
    width = Fraction(0)
    for left, right in slices(one, middle):
        for from_, to in slices(two, middle):
            width += max(min(right, to) - max(left, from_), Fraction(0))
    return width * (lower - upper)


def slices(polygon: Sequence[tuple[Number, Number]], level: Fraction) -> list[tuple[Fraction, Fraction]]:
    """The stretches of the level line inside the polygon, from left to right; the level may hold no corner."""
    ring = list(polygon)
    cuts = sorted(
        a[0] + Fraction(level - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
        if (a[1] < level) != (b[1] < level)
    )
    return list(zip(cuts[::2], cuts[1::2], strict=True))


def label_point(polygon: Sequence[Point]) -> Point:
    """A point well inside, where its number is written: the middle, or of a bent shape the middle of its widest part."""
    left, top, right, bottom = box_of(polygon)
    if is_upright(polygon):
        return (left + right) // 2, (top + bottom) // 2
    downs = sorted({y for _, y in polygon})
    levels = [Fraction(2 * upper + 2 * lower + 1, 4) for upper, lower in pairwise(downs)]
    wide = max(
        (
            (to - from_, -abs(level - Fraction(top + bottom, 2)), from_ + to, level)
            for level in levels
            for from_, to in slices(polygon, level)
        ),
    )
    return int(wide[2] / 2), int(wide[3])


def squared_distance(one: Sequence[Point], two: Sequence[Point]) -> int:
    """The square of the way between the middles of two stands, in mm²: for telling which is nearer."""
    (ax, ay), (bx, by) = label_point(one), label_point(two)
    return (ax - bx) ** 2 + (ay - by) ** 2


def near(boxes: Sequence[Box], reach: int) -> Iterable[tuple[int, int]]:
    """The places of all pairs of boxes that are at most `reach` mm apart, each once, by a sweep from left to right."""
    order = sorted(range(len(boxes)), key=lambda place: boxes[place])
    alive: list[int] = []
    for place in order:
        left, top, _, bottom = boxes[place]
        alive = [other for other in alive if boxes[other][2] + reach >= left]
        for other in alive:
            if boxes[other][1] <= bottom + reach and top <= boxes[other][3] + reach:
                yield (other, place) if other < place else (place, other)
        alive.append(place)
