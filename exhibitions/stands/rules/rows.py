"""The row tool: so many equal stands side by side, numbered by rule, also as two rows back to back (§3, generator)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from exhibitions.core.errors import N_, Refused
from exhibitions.stands.rules.geometry import FARTHEST_MM, Polygon, rectangle
from exhibitions.stands.rules.plan import normal_number, number_fits

MOST_IN_ROW = 200
"""Stands that one row of the tool may have."""
MOST_DIGITS = 4


class Direction(StrEnum):
    """Where a row runs from its first stand, as seen on the plan."""

    RIGHT = "right"
    LEFT = "left"
    DOWN = "down"
    UP = "up"


DIRECTION_WORDS = {
    Direction.RIGHT: N_("to the right"),
    Direction.LEFT: N_("to the left"),
    Direction.DOWN: N_("downwards"),
    Direction.UP: N_("upwards"),
}


@dataclass(frozen=True, slots=True)
class Numbering:
    """How a row is numbered: from `start` in steps, with at least `digits` digits, between prefix and suffix.

    Numbers in `skip` are left out (4, 13 …), not the stands that would have borne them.
    """

    start: int = 1
    step: int = 1
    prefix: str = ""
    suffix: str = ""
    digits: int = 2
    skip: frozenset[int] = frozenset()

    def numbers(self) -> Iterator[str]:
        """The stand numbers one after another while they stay above -1."""
        here = self.start
        while here >= 0:
            if here not in self.skip:
                yield normal_number(f"{self.prefix}{here:0{self.digits}d}{self.suffix}")
            here += self.step


@dataclass(frozen=True, slots=True)
class Row:
    """`count` stands of `along` by `across` mm; (x, y) is the corner of the floor where the row begins.

    A row to the left begins at its upper right corner, a row upwards at its lower left one. After every `gap_after`
    stands `gap` mm stay free (0: never). `back` numbers a second row behind the first, seen from its beginning: below a
    row that runs to the right or left, to the right of one that runs down or up.
    """

    x: int
    y: int
    count: int
    along: int
    across: int
    direction: Direction = Direction.RIGHT
    gap_after: int = 0
    gap: int = 0
    numbering: Numbering = Numbering()
    back: Numbering | None = None


@dataclass(frozen=True, slots=True)
class Laid:
    """A stand that a row would make."""

    number: str
    polygon: Polygon


def lay(row: Row, used: Collection[str] = ()) -> list[Laid]:
    """The stands of a row, the front one first and then the one behind it.

    Raises Refused where the row has no stand or more than 200, a stand no size, a number that is none or is among
    `used`, or one number twice. Whether the floor is free is asked of the checks.
    """
    if not 1 <= row.count <= MOST_IN_ROW:
        raise Refused("row_count", N_("A row has 1 to %(most)s stands"), most=MOST_IN_ROW)
    if min(row.along, row.across) <= 0 or row.gap < 0 or row.gap_after < 0:
        raise Refused("row_size", N_("Width and depth must be more than 0, gaps not less than 0"))
    if not row.numbering.step or (row.back and not row.back.step):
        raise Refused("row_step", N_("Numbers need a step: 1, 2 or -1"))
    laid = list(_line(row, row.numbering, 0))
    if row.back:
        laid += _line(row, row.back, row.across)
    _judge(laid, set(used))
    return laid


def _line(row: Row, numbering: Numbering, behind: int) -> Iterator[Laid]:
    numbers = numbering.numbers()
    for place in range(row.count):
        number = next(numbers, None)
        if number is None:
            raise Refused("row_numbers", N_("The numbers run below 0 before the row ends"))
        gaps = place // row.gap_after if row.gap_after else 0
        yield Laid(number, _stand(row, place * row.along + gaps * row.gap, behind))


def _stand(row: Row, along: int, behind: int) -> Polygon:
    if row.direction is Direction.RIGHT:
        return rectangle(row.x + along, row.y + behind, row.along, row.across)
    if row.direction is Direction.LEFT:
        return rectangle(row.x - along - row.along, row.y + behind, row.along, row.across)
    if row.direction is Direction.DOWN:
        return rectangle(row.x + behind, row.y + along, row.across, row.along)
    return rectangle(row.x + behind, row.y - along - row.along, row.across, row.along)


def _judge(laid: list[Laid], used: set[str]) -> None:
    for one in laid:
        if not number_fits(one.number):
            raise Refused(
                "number_invalid",
                N_("%(number)s is not written like a stand number (9.2B29, A01)"),
                number=one.number,
            )
        if one.number in used:
            raise Refused(
                "number_taken", N_("%(number)s is taken. Begin at another number"), number=one.number
            )
        if any(abs(part) > FARTHEST_MM for point in one.polygon for part in point):
            raise Refused("outside", N_("%(number)s would stand outside the hall"), number=one.number)
        used.add(one.number)
