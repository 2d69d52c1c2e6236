"""How many badges an exhibitor gets for nothing, and what one more costs: rules that are data (exhibitors-stands.md §2.5)."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors.rules.staff import StaffKind

STANDARD_STAND = Decimal(9)
"""The square metres of a standard stand."""
_CM2 = 10_000


class Basis(enum.StrEnum):
    """What badges are given for: started from the area of all stands, or for each standard stand."""

    AREA = "area"
    STAND = "stand"


class Beyond(enum.StrEnum):
    """What happens over the quota: a price, a question to the organiser, or nothing more."""

    PRICE = "price"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Quota:
    """The rule of one kind of badge.

    AREA: `gives` badges for every full `every_m2` of all stands together (one per 3 m²: 27 m² → 9, 10 m² → 3).
    STAND: `gives` for every standard stand of 9 m²; a stand joined from two counts twice, a smaller one once.
    `least` is what anybody with a stand gets, `most` the end, `for_co_exhibitor` comes on top for each admitted one.
    An extra badge costs `per_day_minor` a day and `per_card_minor` once, in minor units of the fair's currency.
    `reusable` badges of the last edition are good again after their people are registered anew.
    """

    kind: StaffKind
    basis: Basis = Basis.AREA
    every_m2: Decimal = Decimal(3)
    gives: int = 1
    least: int = 0
    most: int | None = None
    for_co_exhibitor: int = 0
    beyond: Beyond = Beyond.ASK
    per_day_minor: int = 0
    per_card_minor: int = 0
    reusable: bool = False


DEFAULTS = (
    Quota(StaffKind.STAFF, least=2, for_co_exhibitor=2),
    Quota(StaffKind.BUILD_UP, basis=Basis.STAND, gives=2),
    Quota(StaffKind.SERVICE, basis=Basis.STAND, gives=0),
)
"""What a fair begins with; each is changed in its set-up."""


def check_quota(rule: Quota) -> None:
    """Refuse a rule that divides by nothing, gives less than nothing or ends below its own least."""
    if rule.every_m2 <= 0:
        raise Refused("quota_area", N_("Enter an area above 0 m²"))
    counted = (rule.gives, rule.least, rule.for_co_exhibitor, rule.per_day_minor, rule.per_card_minor)
    if min(counted) < 0:
        raise Refused("quota_negative", N_("Enter 0 or more"))
    if rule.most is not None and rule.most < rule.least:
        raise Refused("quota_most", N_("The most is below the least"))


def quota(rule: Quota, stands_cm2: Sequence[int], co_exhibitors: int = 0) -> int:
    """How many badges are free, from the areas of the exhibitor's stands in cm²; none before there is a stand."""
    stands = [Decimal(area) / _CM2 for area in stands_cm2 if area > 0]
    if not stands:
        return 0
    if rule.basis is Basis.AREA:
        units = int(sum(stands, Decimal(0)) // rule.every_m2)
    else:
        units = sum(max(1, int(area // STANDARD_STAND)) for area in stands)
    free = max(units * rule.gives, rule.least) + rule.for_co_exhibitor * max(0, co_exhibitors)
    return free if rule.most is None else min(free, rule.most)


@dataclass(frozen=True, slots=True)
class Room:
    """How a wish stands against the quota: how many of it are free, how many are over, and what those cost."""

    free: int
    over: int
    beyond: Beyond
    fee_minor: int


def room_for(rule: Quota, allowed: int, used: int, wanted: int, days: int) -> Room:
    """Set `wanted` more badges against the quota; `days` is for how many days the extra ones are good.

    Exactly at the quota nothing is over. Only a rule of the price kind has a fee.
    """
    free = min(wanted, max(0, allowed - used))
    over = wanted - free
    fee = extra_fee(rule, over, days) if rule.beyond is Beyond.PRICE else 0
    return Room(free, over, rule.beyond, fee)


def extra_fee(rule: Quota, cards: int, days: int) -> int:
    """What so many extra cards cost: 20 a day and 10 a card for 3 days is 70 each; in minor units."""
    return max(0, cards) * (rule.per_day_minor * max(0, days) + rule.per_card_minor)
