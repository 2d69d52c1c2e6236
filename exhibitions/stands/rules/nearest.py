"""The stand to offer to somebody whose wish was taken a moment ago (E2, ux.md §11)."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

SAME_SIZE_MM2 = 10_000
"""Areas that differ by less than a square decimetre are the same size."""


@dataclass(frozen=True)
class Place:
    """A stand as far as its likeness to another goes: area in mm², middle in mm in its hall."""

    number: str
    hall: int
    kind: str
    area_mm2: int
    x: int
    y: int
    sides: int = 1

    @property
    def square_metres(self) -> Decimal:
        """The area in m² without idle zeros."""
        return square_metres(self.area_mm2)


def square_metres(mm2: int) -> Decimal:
    """An area in m² with the decimals that it has and no others: 9, 13.12, 100."""
    short = Decimal(mm2).scaleb(-6).normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral() else short


class Likeness(enum.StrEnum):
    """How like the offered stand is to the wished one."""

    SAME = "same"
    OTHER = "other"


_PIECES = re.compile(r"\d+|\D+")


def number_key(number: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts stand numbers as people count: A2 before A10, and 9.2B29 after 9.2B3."""
    return tuple(
        (0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in _PIECES.findall(number)
    )


def likeness(wished: Place, other: Place) -> Likeness:
    """Whether both are of one kind and of one size."""
    same_size = abs(wished.area_mm2 - other.area_mm2) < SAME_SIZE_MM2
    return Likeness.SAME if wished.kind == other.kind and same_size else Likeness.OTHER


def distance2(one: Place, other: Place) -> int:
    """The square of the distance of the middles in mm²; of use inside one hall only."""
    return (one.x - other.x) ** 2 + (one.y - other.y) ** 2


def by_nearness(wished: Place, free: Iterable[Place]) -> list[Place]:
    """The free stands, best offer first: same kind and size before others, own hall before others, then the shorter
    way, the size nearer to the wish, and the lower number, so that equal ones always come in one order."""
    return sorted(
        (place for place in free if place.number != wished.number),
        key=lambda place: (
            likeness(wished, place) is not Likeness.SAME,
            place.hall != wished.hall,
            distance2(wished, place) if place.hall == wished.hall else 0,
            abs(place.area_mm2 - wished.area_mm2),
            number_key(place.number),
        ),
    )


def nearest(wished: Place, free: Iterable[Place]) -> tuple[Place, Likeness] | None:
    """The one stand to offer in place of `wished`, and how like it is; None where nothing is free."""
    offers = by_nearness(wished, free)
    return (offers[0], likeness(wished, offers[0])) if offers else None
