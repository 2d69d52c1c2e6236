"""What is wrong on a plan, thing by thing, each with its measure and its limit (exhibitors-stands.md §3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from exhibitions.core.errors import N_
from exhibitions.stands.rules.geometry import (
    TOUCHING_MM2,
    Polygon,
    area_mm2,
    box_of,
    fault_of,
    near,
    overlap_mm2,
)
from exhibitions.stands.rules.plan import UNDER_A_STAND, number_fits, parts_of
from exhibitions.stands.rules.sides import GANGWAY_MM
from exhibitions.stands.rules.surroundings import HallSize, ShapeLike, StandLike, Surroundings, narrowest

MOST_DIFFERENCE_MM2 = 500_000
"""Half a square metre, and one per cent: more difference between drawn and contracted area is reported (§3 rule 6)."""
_PER_CENT = 100


class Finding(StrEnum):
    """What a check found; the worst first."""

    BROKEN = "broken"
    DOUBLED = "doubled"
    USED_BEFORE = "used_before"
    OVERLAP = "overlap"
    OUTSIDE = "outside"
    CROSSES = "crosses"
    NUMBER = "number"
    AREA = "area"
    NO_ACCESS = "no_access"
    GANGWAY = "gangway"
    OTHER_HALL = "other_hall"


BLOCKING = frozenset(
    {Finding.BROKEN, Finding.DOUBLED, Finding.USED_BEFORE, Finding.OVERLAP, Finding.OUTSIDE, Finding.CROSSES}
)
"""A plan with one of these is not published; the others are for a person to judge."""

FINDING_WORDS = {
    Finding.BROKEN: N_("%(number)s is no polygon: its sides cross, have no length or enclose nothing."),
    Finding.DOUBLED: N_("%(number)s is there twice."),
    Finding.USED_BEFORE: N_(
        "%(number)s was the number of another stand in a published plan and is not used again."
    ),
    Finding.OVERLAP: N_("%(number)s and %(other)s overlap by %(value)s m²."),
    Finding.OUTSIDE: N_("%(number)s reaches beyond the hall."),
    Finding.CROSSES: N_("%(number)s lies on “%(other)s” with %(value)s m²."),
    Finding.NUMBER: N_("%(number)s is not written like a stand number (9.2B29, A01)"),
    Finding.AREA: N_("%(number)s measures %(value)s m²; the contract says %(limit)s m²."),
    Finding.NO_ACCESS: N_("%(number)s has no open side."),
    Finding.GANGWAY: N_(
        "Between %(number)s and %(other)s %(value)s m are free; a gangway needs %(limit)s m."
    ),
    Finding.OTHER_HALL: N_("%(number)s is numbered for hall %(value)s and stands in hall %(other)s."),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One finding about the stands at `places` of the list that was checked. Measures are mm² for areas, mm for
    widths; `value` of OTHER_HALL is a text in `other`'s place beside the hall's code."""

    finding: Finding
    places: tuple[int, ...]
    number: str
    other: str = ""
    value: Fraction | int | str | None = None
    limit: int | None = None

    @property
    def blocks(self) -> bool:
        """Whether the plan cannot be published with it."""
        return self.finding in BLOCKING


def area_differs(drawn_mm2: int, contracted_mm2: int | None) -> bool:
    """Whether drawn and contracted area are more than 0.5 m² or more than 1 % of the contract apart (§3 rule 6)."""
    if contracted_mm2 is None:
        return False
    apart = abs(drawn_mm2 - contracted_mm2)
    return apart > MOST_DIFFERENCE_MM2 or apart * _PER_CENT > contracted_mm2


def check_hall(
    hall: HallSize,
    stands: Sequence[StandLike],
    shapes: Sequence[ShapeLike],
    gangway: int = GANGWAY_MM,
) -> list[Found]:
    """Everything that is wrong with the stands of one hall, the worst first and then by number.

    Whether a number is doubled or was used before is asked for the whole edition: `check_numbers`.
    """
    found = [
        *_each(hall, stands),
        *_overlaps(stands),
        *_crossings(stands, shapes),
        *_ways(Surroundings(hall, stands, shapes, gangway)),
    ]
    return in_order(found)


def faulty(hall: HallSize, stands: Sequence[StandLike], shapes: Sequence[ShapeLike]) -> frozenset[int]:
    """The places of the stands with which the hall's plan could not be published, by what lies on its floor."""
    found = (*_each(hall, stands), *_overlaps(stands), *_crossings(stands, shapes))
    return frozenset(place for one in found if one.blocks for place in one.places)


def check_numbers(numbers: Sequence[str], published: Mapping[str, int], ids: Sequence[int]) -> list[Found]:
    """Numbers that are doubled within an edition or were given to another stand in a published version.

    `published` says which stand bore a number that was published; `ids` are the stands of `numbers`.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place, number in enumerate(numbers):
        places[number].append(place)
    found = [Found(Finding.DOUBLED, tuple(held), number) for number, held in places.items() if len(held) > 1]
    found += [
        Found(Finding.USED_BEFORE, (place,), number)
        for place, number in enumerate(numbers)
        if published.get(number, ids[place]) != ids[place]
    ]
    return in_order(found)


def in_order(found: Sequence[Found]) -> list[Found]:
    """The worst first, then by number."""
    rank = list(Finding)
    return sorted(found, key=lambda one: (rank.index(one.finding), one.number, one.other))


def _each(hall: HallSize, stands: Sequence[StandLike]) -> Iterator[Found]:
    for place, stand in enumerate(stands):
        if not number_fits(stand.number):
            yield Found(Finding.NUMBER, (place,), stand.number)
        parts = parts_of(stand.number)
        if parts and "." in parts.hall and parts.hall != hall.code:
            yield Found(Finding.OTHER_HALL, (place,), stand.number, hall.code, parts.hall)
        if fault_of(stand.polygon):
            yield Found(Finding.BROKEN, (place,), stand.number)
            continue
        if is_outside(stand.polygon, hall):
            yield Found(Finding.OUTSIDE, (place,), stand.number)
        area = area_mm2(stand.polygon)
        if area_differs(area, stand.contracted_mm2):
            yield Found(Finding.AREA, (place,), stand.number, value=area, limit=stand.contracted_mm2)


def is_outside(polygon: Polygon, hall: HallSize) -> bool:
    """Whether a polygon reaches over the walls; standing at the wall is inside."""
    left, top, right, bottom = box_of(polygon)
    return left < 0 or top < 0 or right > hall.width or bottom > hall.depth


def _good(stands: Sequence[StandLike]) -> list[int]:
    return [place for place, stand in enumerate(stands) if not fault_of(stand.polygon)]


def _overlaps(stands: Sequence[StandLike]) -> Iterator[Found]:
    good = _good(stands)
    for one, two in near([box_of(stands[place].polygon) for place in good], 0):
        first, second = sorted((good[one], good[two]), key=lambda place: (stands[place].number, place))
        shared = overlap_mm2(stands[first].polygon, stands[second].polygon)
        if shared > TOUCHING_MM2:
            numbers = stands[first].number, stands[second].number
            yield Found(Finding.OVERLAP, (first, second), *numbers, shared, TOUCHING_MM2)


def _crossings(stands: Sequence[StandLike], shapes: Sequence[ShapeLike]) -> Iterator[Found]:
    for shape in shapes:
        if shape.kind in UNDER_A_STAND or fault_of(shape.polygon):
            continue
        for place in _good(stands):
            shared = overlap_mm2(stands[place].polygon, shape.polygon)
            if shared > TOUCHING_MM2:
                name = shape.name or shape.kind
                yield Found(Finding.CROSSES, (place,), stands[place].number, name, shared, TOUCHING_MM2)


def _ways(around: Surroundings) -> Iterator[Found]:
    stands = around.stands
    for place, polygons in around.neighbours.items():
        if not around.open_sides(place):
            yield Found(Finding.NO_ACCESS, (place,), stands[place].number)
        for other in around.beside[place]:
            if (stands[place].number, place) < (stands[other].number, other):
                width = narrowest(stands[place].polygon, stands[other].polygon, polygons, around.gangway)
                if width is not None:
                    numbers = stands[place].number, stands[other].number
                    yield Found(Finding.GANGWAY, (place, other), *numbers, width, around.gangway)
