"""How stands are chosen at one fair: by whom, how long a hold lasts, how many, on which days the office works (E2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from exhibitions.core.errors import N_, Refused
from exhibitions.stands.rules.allocation import HoldLength, HoldUnit, WhoChooses
from exhibitions.stands.rules.wishes import Order
from exhibitions.stands.rules.working_days import WorkingCalendar, calendar_of

KEY = "choosing"
"""Under which name this lies in the settings of the fair's exhibitors."""
MOST_STANDS = 50
_MOST_DAYS = 400


class Choosing(Struct, frozen=True, kw_only=True):
    """What the office said of choosing; `opens_at` belongs to it and `closes_at` does not.

    A first hold lasts `amount` `unit`s; with a confirmed order it lasts `order_amount` `order_unit`s from then on, and
    the down payment makes the stand the exhibitor's (50 % within so many days, or the hold lapses).
    """

    who: WhoChooses = WhoChooses.EXHIBITOR
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    amount: int = 60
    unit: HoldUnit = HoldUnit.MINUTES
    order_amount: int = 5
    order_unit: HoldUnit = HoldUnit.WORKING_DAYS
    limit: Annotated[int, Meta(ge=1, le=MOST_STANDS)] = 1
    closed: Annotated[tuple[date, ...], Meta(max_length=_MOST_DAYS)] = ()
    worked: Annotated[tuple[date, ...], Meta(max_length=_MOST_DAYS)] = ()
    order: Order = Order.FIRST_COME

    @property
    def length(self) -> HoldLength:
        """How long a first hold lasts."""
        return HoldLength(self.amount, self.unit)

    @property
    def order_length(self) -> HoldLength:
        """How long a hold lasts from the confirmed order on."""
        return HoldLength(self.order_amount, self.order_unit)

    @property
    def calendar(self) -> WorkingCalendar:
        """The days on which the office works."""
        return calendar_of(self.closed, self.worked)


def check(choosing: Choosing) -> None:
    """Raise `Refused` for lengths out of bounds, a day that is closed and worked, an end that is not after the beginning."""
    for asked in ("length", "order_length", "calendar"):
        getattr(choosing, asked)
    opens, closes = choosing.opens_at, choosing.closes_at
    if opens is not None and closes is not None and closes <= opens:
        raise Refused("closes_early", N_("Choosing must end after it begins"))
    if not 1 <= choosing.limit <= MOST_STANDS:
        raise Refused("hold_limit", N_("Enter a number from 1 to %(most)s"), most=MOST_STANDS)


def read(settings: Mapping[str, Any]) -> Choosing:
    """What the fair's settings say, the defaults where they say nothing."""
    return msgspec.convert(settings.get(KEY, {}), Choosing)


def write(choosing: Choosing) -> dict[str, Any]:
    """The same as JSON can hold it."""
    found: dict[str, Any] = msgspec.to_builtins(choosing)
    return found
