"""Wishes 1 to 3 and the order in which the office gives stands to applicants (exhibitors-stands.md §2.3).

The same applicants, stands, rule and seed give the same proposal, whatever order they come in; every place says why.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from exhibitions.core.errors import N_, Refused
from exhibitions.stands.rules.nearest import Place, by_nearness, number_key

MOST_WISHES = 3


def check_wishes(wished: Sequence[int | None]) -> list[int]:
    """The wished stands in their order, gaps closed; raises `Refused` for one named twice or a fourth."""
    named = [stand for stand in wished if stand is not None]
    if len(named) > MOST_WISHES:
        raise Refused("wishes_too_many", N_("Name at most three stands"))
    if len(set(named)) < len(named):
        raise Refused("wish_twice", N_("You named one stand twice. Choose another or leave it out"))
    return named


class Order(enum.StrEnum):
    """By what rule applicants come one after the other."""

    FIRST_COME = "first_come"
    CHOICE_MEETING = "choice_meeting"
    POINTS = "points"
    SIZE_CLASSES = "size_classes"


BY_POINTS = frozenset({Order.POINTS, Order.SIZE_CLASSES})
"""The orders that ask for priority points."""


@dataclass(frozen=True)
class PointRule:
    """What earns points. A full `area_step` (in the unit of the areas) earns `per_area_step`, and so on; a started one
    earns nothing. A step of 0 switches its line off."""

    per_year: Decimal = Decimal(3)
    per_member_year: Decimal = Decimal(0)
    area_step: Decimal = Decimal(80)
    per_area_step: Decimal = Decimal(1)
    money_step: Decimal = Decimal(500)
    per_money_step: Decimal = Decimal("0.5")
    per_violation: Decimal = Decimal(-1)
    per_absence: Decimal = Decimal(0)


@dataclass(frozen=True)
class Past:
    """What an applicant brings along: years exhibited, area and money of the last time, faults, and `carried` points
    that were counted elsewhere before."""

    years: int = 0
    member_years: int = 0
    area: Decimal = Decimal(0)
    money: Decimal = Decimal(0)
    violations: int = 0
    absences: int = 0
    carried: Decimal = Decimal(0)


@dataclass(frozen=True)
class PointLine:
    """One line of the calculation that is stored: `count` times `each` is `points`."""

    what: str
    count: Decimal
    each: Decimal

    @property
    def points(self) -> Decimal:
        """What the line adds."""
        return self.count * self.each


def points_of(past: Past, rule: PointRule) -> tuple[PointLine, ...]:
    """The lines of the calculation, those of nothing left out; their sum is the score (may be below zero)."""
    lines = (
        PointLine("years", Decimal(past.years), rule.per_year),
        PointLine("member_years", Decimal(past.member_years), rule.per_member_year),
        PointLine("area", _steps(past.area, rule.area_step), rule.per_area_step),
        PointLine("money", _steps(past.money, rule.money_step), rule.per_money_step),
        PointLine("violations", Decimal(past.violations), rule.per_violation),
        PointLine("absences", Decimal(past.absences), rule.per_absence),
        PointLine("carried", past.carried, Decimal(1)),
    )
    return tuple(line for line in lines if line.points)


def _steps(amount: Decimal, step: Decimal) -> Decimal:
    return amount // step if step else Decimal(0)


def total(lines: Iterable[PointLine]) -> Decimal:
    """The score of these lines."""
    return sum((line.points for line in lines), Decimal(0))


@dataclass(frozen=True)
class Applicant:
    """Who wants a stand: the wishes by number, and what is taken where none of them is free.

    `kind`, `sides` and `zone` empty or 0 mean that any will do; areas in mm². `complete_at` is when the whole application
    was there, `paid_on` the day on which the deposit was booked.
    """

    id: int
    wishes: tuple[str, ...] = ()
    kind: str = ""
    min_area_mm2: int = 0
    area_mm2: int = 0
    sides: int = 0
    zone: int | None = None
    complete_at: datetime | None = None
    paid_on: date | None = None
    stands: int = 1
    merged: bool = False
    years: int = 0
    points: Decimal = Decimal(0)
    # By what the lot knows it: the number that stands on every list, so that anybody can count the lot again.
    name: str = ""
    # Complete only after the deadline of the order of points.
    late: bool = False


@dataclass(frozen=True)
class Offer:
    """A free stand that may be given."""

    place: Place
    zone: int | None = None

    @property
    def number(self) -> str:
        """The stand's number."""
        return self.place.number


class Ground(enum.StrEnum):
    """Why an applicant gets this stand, or none."""

    WISH = "wish"
    NEAREST = "nearest"
    NO_STAND_FITS = "no_stand_fits"


@dataclass(frozen=True)
class Placing:
    """One line of a proposal. `wish` is 1 to 3 where a wish is met; `taken` names wishes that somebody before has got or
    that were never free."""

    rank: int
    applicant: int
    number: str | None
    ground: Ground
    wish: int | None = None
    taken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """What a draw by this rule and seed gives; kept with both, it can be drawn again."""

    order: Order
    seed: str
    placings: tuple[Placing, ...] = field(default=())


def lot(seed: str, applicant: int | str) -> str:
    """The applicant's lot under a recorded seed, the SHA-256 of "seed:number" in hexadecimal: the lower one comes first."""
    return hashlib.sha256(f"{seed}:{applicant}".encode()).hexdigest()


def size_class(area_mm2: int, steps_m2: Sequence[int] = (100, 50, 36, 18)) -> int:
    """The class of an area, 0 for the largest: from 100 m², 50 m², 36 m², 18 m² on, and what is smaller."""
    for index, step in enumerate(steps_m2):
        if area_mm2 >= step * 1_000_000:
            return index
    return len(steps_m2)


def in_order(applicants: Iterable[Applicant], order: Order, seed: str) -> list[Applicant]:
    """The applicants as they choose. Of equal points the day decides on which application and payment were both there,
    then the years, then the lot. Who was complete after the deadline comes after all others there, first come first served.
    At a booth-choice meeting merged ones come after single ones."""

    def key(one: Applicant) -> tuple[object, ...]:
        first: tuple[object, ...] = ()
        if order is Order.CHOICE_MEETING:
            first = (-one.stands, one.paid_on or date.max)
        elif order is Order.POINTS:
            first = (-one.points, _ready_on(one), -one.years)
        elif order is Order.SIZE_CLASSES:
            first = (size_class(one.area_mm2), -one.points, _ready_on(one), -one.years)
        else:
            first = (*_came(one), -one.years)
        last = one.merged if order is Order.CHOICE_MEETING else False
        if one.late and order in BY_POINTS:
            last, first = True, (*_came(one), -one.years)
        return (last, *first, lot(seed, one.name or one.id), one.id)

    return sorted(applicants, key=key)


def _ready_on(one: Applicant) -> date:
    """The day on which the application was complete and paid; the last of all days while one of both is missing."""
    if one.complete_at is None or one.paid_on is None:
        return date.max
    return max(one.complete_at.date(), one.paid_on)


def _came(one: Applicant) -> tuple[object, ...]:
    """Apply first, pay first, place first: who has paid before who has not, by the day of the payment, and on one day by
    the moment at which the application was complete."""
    at = one.complete_at
    return one.paid_on is None, one.paid_on or date.max, at is None, at.timestamp() if at else 0.0


def propose(
    applicants: Iterable[Applicant],
    offers: Iterable[Offer],
    order: Order,
    seed: str,
    known: Mapping[str, Place] | None = None,
) -> Proposal:
    """Give each applicant in turn the first free wish, else the stand nearest to the first wish that fits, else none.

    `known` are the places of stands that are not free, so that nearness to a taken wish can be told.
    """
    free = {offer.number: offer for offer in sorted(offers, key=lambda offer: number_key(offer.number))}
    places = dict(known or {}) | {number: offer.place for number, offer in free.items()}
    placings = []
    for rank, one in enumerate(in_order(applicants, order, seed), start=1):
        placing = _placed(rank, one, free, places)
        if placing.number is not None:
            del free[placing.number]
        placings.append(placing)
    return Proposal(order, seed, tuple(placings))


def _placed(rank: int, one: Applicant, free: Mapping[str, Offer], places: Mapping[str, Place]) -> Placing:
    taken: list[str] = []
    for wish, number in enumerate(one.wishes, start=1):
        if number in free:
            return Placing(rank, one.id, number, Ground.WISH, wish, tuple(taken))
        taken.append(number)
    fitting = [offer.place for offer in free.values() if fits(one, offer)]
    wished = next((places[number] for number in one.wishes if number in places), None)
    if not fitting:
        return Placing(rank, one.id, None, Ground.NO_STAND_FITS, taken=tuple(taken))
    best = (
        by_nearness(wished, fitting)[0] if wished else min(fitting, key=lambda place: _size_gap(one, place))
    )
    return Placing(rank, one.id, best.number, Ground.NEAREST, taken=tuple(taken))


def _size_gap(one: Applicant, place: Place) -> tuple[object, ...]:
    return abs(place.area_mm2 - one.area_mm2), number_key(place.number)


def fits(one: Applicant, offer: Offer) -> bool:
    """Whether a stand is what the applicant asked for: kind and zone as said, no smaller than the least area, no fewer
    open sides."""
    place = offer.place
    return (
        (not one.kind or one.kind == place.kind)
        and place.area_mm2 >= one.min_area_mm2
        and place.sides >= one.sides
        and (one.zone is None or one.zone == offer.zone)
    )
