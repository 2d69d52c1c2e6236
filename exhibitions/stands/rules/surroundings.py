"""What lies around every stand of a hall: it closes sides and narrows gangways (exhibitors-stands.md §3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt
from typing import Protocol

from exhibitions.stands.rules.geometry import (
    Box,
    Point,
    Polygon,
    box_of,
    edges,
    fault_of,
    is_upright,
    near,
    tidy,
)
from exhibitions.stands.rules.plan import NO_OBSTACLE, ShapeKind
from exhibitions.stands.rules.sides import GANGWAY_MM, Side, covered, open_sides, shadows_on, sides_of, walls


class StandLike(Protocol):
    """A stand as far as rules look at it; `contracted_mm2` is None where nothing is contracted."""

    @property
    def number(self) -> str:
        """As on the fascia, in its normal spelling."""
        ...

    @property
    def polygon(self) -> Polygon:
        """Its corners in mm."""
        ...

    @property
    def contracted_mm2(self) -> int | None:
        """The area of the contract in mm², if there is one."""
        ...


class ShapeLike(Protocol):
    """What is no stand."""

    @property
    def kind(self) -> ShapeKind:
        """What it is."""
        ...

    @property
    def polygon(self) -> Polygon:
        """Its corners in mm."""
        ...

    @property
    def name(self) -> str:
        """How it is called, may be empty."""
        ...


@dataclass(frozen=True, slots=True)
class HallSize:
    """A hall and how large it is, in mm."""

    code: str
    width: int
    depth: int


@dataclass(slots=True)
class Surroundings:
    """The neighbourhood of each stand of a hall whose polygon is without fault.

    `neighbours` are the polygons within a gangway's width that nobody walks over, walls among them; `beside` the places
    of the stands among them.
    """

    hall: HallSize
    stands: Sequence[StandLike]
    shapes: Sequence[ShapeLike]
    gangway: int = GANGWAY_MM
    neighbours: dict[int, list[Polygon]] = field(init=False)
    beside: dict[int, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        solid = [
            one.polygon for one in self.shapes if one.kind not in NO_OBSTACLE and not fault_of(one.polygon)
        ]
        good = [place for place, stand in enumerate(self.stands) if not fault_of(stand.polygon)]
        things = [*(self.stands[place].polygon for place in good), *solid]
        self.neighbours = {place: walls(self.hall.width, self.hall.depth) for place in good}
        self.beside = {place: [] for place in good}
        for one, two in near([box_of(polygon) for polygon in things], self.gangway):
            self._beside(good, things, one, two)
            self._beside(good, things, two, one)

    def _beside(self, good: Sequence[int], things: Sequence[Polygon], here: int, there: int) -> None:
        if here < len(good):
            self.neighbours[good[here]].append(things[there])
            if there < len(good):
                self.beside[good[here]].append(good[there])

    def sides(self, place: int) -> list[Side]:
        """The sides of the stand at `place`, none of a broken polygon."""
        if place not in self.neighbours:
            return []
        return sides_of(self.stands[place].polygon, self.neighbours[place], self.gangway)

    def open_sides(self, place: int) -> int:
        """How many sides of the stand at `place` are open, 0 to 4."""
        sides = self.sides(place)
        return open_sides(sides) if sides else 0


def narrowest(one: Polygon, two: Polygon, around: Iterable[Polygon], gangway: int) -> int | None:
    """The width in mm, rounded down, of the narrowest way between two stands that is narrower than a gangway.

    Ways run between parallel sides that face each other with nothing else of `around` between them; None where each is
    wide enough or there is none. Sides that touch leave no way.
    """
    if is_upright(one) and is_upright(two) and not _faces(box_of(one), box_of(two), gangway):
        return None
    others = [polygon for polygon in around if polygon not in (one, two)]
    widths = [
        width
        for start, end in edges(tidy(one))
        for facing in edges(tidy(two))
        if (width := _way(start, end, facing, others, gangway)) is not None
    ]
    return min(widths, default=None)


def _faces(one: Box, two: Box, gangway: int) -> bool:
    across = max(one[0], two[0]) - min(one[2], two[2])
    down = max(one[1], two[1]) - min(one[3], two[3])
    return (across < 0 < down < gangway) or (down < 0 < across < gangway)


def _way(
    start: Point, end: Point, facing: tuple[Point, Point], others: Sequence[Polygon], gangway: int
) -> int | None:
    dx, dy = end[0] - start[0], end[1] - start[1]
    squared = dx * dx + dy * dy
    (cx, cy), (ex, ey) = facing
    fx, fy = ex - cx, ey - cy
    away = (cx - start[0]) * dy - (cy - start[1]) * dx
    parallel = dx * fy == dy * fx and dx * fx + dy * fy < 0
    if not parallel or away <= 0 or away * away >= gangway * gangway * squared:
        return None
    along = sorted((x - start[0]) * dx + (y - start[1]) * dy for x, y in facing)
    long = isqrt(squared)
    from_, to = Fraction(max(along[0], 0), long), Fraction(min(along[1], squared), long)
    width = isqrt(away * away // squared)
    shadows = [
        (max(left, from_), min(right, to))
        for other in others
        for left, right in shadows_on(start, end, other, width)
        if left < to and right > from_
    ]
    return width if to - from_ > covered(shadows) else None
