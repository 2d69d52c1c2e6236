"""The fee of a cancellation: a staged share of the price by days before the opening (spec §2.2).

A reduction of area is the cancellation of the difference.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from exhibitions.core.errors import N_, Refused

WHOLE = Decimal(100)


@dataclass(frozen=True)
class Step:
    """From so many days before the opening on (and earlier) this share of the price is kept, in percent."""

    days: int
    percent: Decimal


@dataclass(frozen=True)
class Ladder:
    """The steps, the earliest first. Later than the last step, and from the opening on, all of the price is kept."""

    steps: tuple[Step, ...]

    @classmethod
    def of(cls, steps: Iterable[tuple[int, Decimal | int | str]]) -> Ladder:
        """The ladder of (days before the opening, percent) in any order.

        Raises Refused where two steps have one day, a percentage is not 0 to 100, days are negative, or cancelling
        later would cost less.
        """
        made = sorted((Step(days, Decimal(percent)) for days, percent in steps), key=lambda step: -step.days)
        for step in made:
            if step.days < 0 or not 0 <= step.percent <= WHOLE:
                raise Refused("ladder_range", N_("Days are 0 or more, and a fee is 0 to 100 % of the price."))
        for earlier, later in itertools.pairwise(made):
            if earlier.days == later.days:
                raise Refused("ladder_double", N_("Two steps have the same number of days."))
            if later.percent < earlier.percent:
                raise Refused("ladder_falls", N_("Who cancels later cannot pay less."))
        return cls(tuple(made))

    @classmethod
    def from_data(cls, data: Iterable[Mapping[str, Any]]) -> Ladder:
        """The ladder of a price list's data: steps with `days_before` and `percent`, as an order has them frozen."""
        return cls.of((int(step["days_before"]), str(step["percent"])) for step in data)

    def percent(self, days_before: int) -> Decimal:
        """The share that is kept when so many whole days are left: exactly at a step that step counts.

        Without any step nothing was agreed, so nothing is kept before the opening. On the opening day and after it,
        all is, unless a step of 0 days says otherwise for that day.
        """
        if days_before < 0:
            return WHOLE
        if not self.steps:
            return Decimal(0) if days_before > 0 else WHOLE
        return next((step.percent for step in self.steps if days_before >= step.days), WHOLE)


@dataclass(frozen=True)
class Cancellation:
    """What cancelling costs and what moves: whole minor units.

    `given_up` is the price of what is cancelled, `total` what the order comes to afterwards. Of `refund` and `owed` one is 0.
    """

    days_before: int
    percent: Decimal
    given_up: int
    fee: int
    total: int
    refund: int
    owed: int


def days_before(opening: date, on: date) -> int:
    """Whole days from `on` to the opening; negative after it. Both are days of the fair's zone."""
    return (opening - on).days


def fee_of(price: int, percent: Decimal) -> int:
    """The share of a price, half a cent up; never above the price, never below nothing."""
    share = (Decimal(price) * percent / WHOLE).quantize(Decimal(1), ROUND_HALF_UP)
    return max(0, min(price, int(share)))


def cancel(ladder: Ladder, price: int, received: int, days: int) -> Cancellation:
    """All of an order of `price` is cancelled, for which `received` is held."""
    return reduce_to(ladder, price, 0, received, days)


def reduce_to(ladder: Ladder, before: int, after: int, received: int, days: int) -> Cancellation:
    """The order came to `before` and what is left of it comes to `after`: the difference is cancelled.

    What costs as much or more than before gives nothing up and has no fee.
    """
    given_up = max(0, before - after)
    percent = ladder.percent(days)
    fee = fee_of(given_up, percent)
    total = after + fee
    rest = received - total
    return Cancellation(days, percent, given_up, fee, total, max(0, rest), max(0, -rest))
