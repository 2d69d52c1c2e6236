"""Open sides of a stand, computed from what lies around it: row 1, corner 2, end 3, island 4 (§2.1).

A side is open when a gangway's width is free in front of more than half of it. Touching another stand or the wall
closes it; what stands exactly a gangway's width away does not. Of a stand with other than four sides the open length
counts: all of it makes an island, half of it a corner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import isqrt

from exhibitions.core.errors import N_
from exhibitions.stands.rules.geometry import (
    Box,
    Point,
    Polygon,
    box_of,
    edges,
    is_upright,
    rectangle,
    slices,
    tidy,
)

GANGWAY_MM = 3_000
"""A gangway is at least three metres wide (§3)."""

MOST_SIDES = 4

Stretch = tuple[Fraction, Fraction]


class Position(StrEnum):
    """What a stand is by the number of its open sides."""

    CLOSED = "closed"
    ROW = "row"
    CORNER = "corner"
    END = "end"
    ISLAND = "island"


POSITIONS = tuple(Position)
POSITION_WORDS = {
    Position.CLOSED: N_("No open side"),
    Position.ROW: N_("Row stand"),
    Position.CORNER: N_("Corner stand"),
    Position.END: N_("End stand"),
    Position.ISLAND: N_("Island stand"),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a stand, as long as `free_mm` of it looks on a gangway; `length_mm` rounded down."""

    start: Point
    end: Point
    length_mm: int
    free_mm: Fraction

    @property
    def is_open(self) -> bool:
        """Whether more than half of it is free."""
        return 2 * self.free_mm > self.length_mm


def position_of(count: int) -> Position:
    """Row, corner, end or island for 1 to 4 open sides."""
    return POSITIONS[count]


def walls(width: int, depth: int, thick: int = GANGWAY_MM) -> list[Polygon]:
    """What lies around a hall of so many mm, as obstacles."""
    long = width + 2 * thick
    return [
        rectangle(-thick, -thick, long, thick),
        rectangle(-thick, depth, long, thick),
        rectangle(-thick, 0, thick, depth),
        rectangle(width, 0, thick, depth),
    ]


def sides_of(polygon: Polygon, obstacles: Iterable[Polygon], gangway: int = GANGWAY_MM) -> list[Side]:
    """Every side of a stand with what of it is free; `obstacles` are other stands, walls and what nobody walks over."""
    around = [(box_of(other), other) for other in obstacles]
    found = []
    for start, end in edges(tidy(polygon)):
        length = isqrt((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2)
        strip = _strip_box(start, end, gangway)
        shadows = [
            shadow
            for box, other in around
            if _boxes_meet(strip, box)
            for shadow in shadows_on(start, end, other, gangway)
        ]
        found.append(Side(start, end, length, max(length - covered(shadows), Fraction(0))))
    return found


def open_sides(sides: Sequence[Side]) -> int:
    """How many of four sides are open, 0 to 4."""
    if len(sides) == MOST_SIDES:
        return sum(side.is_open for side in sides)
    whole = sum(side.length_mm for side in sides)
    free = sum(side.length_mm for side in sides if side.is_open)
    return (2 * MOST_SIDES * free + whole) // (2 * whole)


def _strip_box(start: Point, end: Point, gangway: int) -> Box:
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    return left - gangway, top - gangway, right + gangway, bottom + gangway


def _boxes_meet(one: Box, two: Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def covered(shadows: Sequence[Stretch]) -> Fraction:
    """How long stretches are together, what lies under several counted once."""
    total, reached = Fraction(0), Fraction(0)
    for from_, to in sorted(shadows):
        if to > reached:
            total += to - max(from_, reached)
            reached = to
    return total


def shadows_on(start: Point, end: Point, other: Polygon, gangway: int) -> list[Stretch]:
    """The stretches of a side, in mm from its start, in front of which `other` stands nearer than a gangway."""
    if (start[0] == end[0] or start[1] == end[1]) and is_upright(other):
        return _upright_shadow(start, end, box_of(other), gangway)
    dx, dy = end[0] - start[0], end[1] - start[1]
    squared = dx * dx + dy * dy
    # In the side's own axes, both stretched by its length; corners run clockwise, so what is outside lies above: v > 0.
    turned = [
        ((x - start[0]) * dy - (y - start[1]) * dx, (x - start[0]) * dx + (y - start[1]) * dy)
        for x, y in other
    ]
    limit = isqrt(gangway * gangway * squared)
    cuts = sorted({Fraction(0), Fraction(squared), *_cuts(turned, limit)})
    long = isqrt(squared)
    return [
        (from_ / long, to / long)
        for from_, to in pairwise(cuts)
        if from_ >= 0
        and to <= squared
        and any(low < limit and high > 0 for low, high in slices(turned, (from_ + to) / 2))
    ]


def _cuts(turned: Sequence[Point], limit: int) -> set[Fraction]:
    """Where along the side something of the other shape begins, ends, or passes the two borders of the gangway."""
    found = {Fraction(u) for _, u in turned}
    for (av, au), (bv, bu) in edges(turned):
        found |= {
            au + Fraction(level - av, bv - av) * (bu - au)
            for level in (0, limit)
            if (av < level) != (bv < level)
        }
    return found


def _upright_shadow(start: Point, end: Point, other: Box, gangway: int) -> list[Stretch]:
    left, top, right, bottom = other
    (ax, ay), (bx, by) = start, end
    if ay == by:
        # Clockwise on screen: to the right along the upper side (outside is above), to the left along the lower one.
        ahead = (ay - gangway < bottom and top < ay) if bx > ax else (ay < bottom and top < ay + gangway)
        from_, to = (left - ax, right - ax) if bx > ax else (ax - right, ax - left)
        length = abs(bx - ax)
    else:
        ahead = (ax < right and left < ax + gangway) if by > ay else (ax - gangway < right and left < ax)
        from_, to = (top - ay, bottom - ay) if by > ay else (ay - bottom, ay - top)
        length = abs(by - ay)
    from_, to = max(from_, 0), min(to, length)
    return [(Fraction(from_), Fraction(to))] if ahead and from_ < to else []
