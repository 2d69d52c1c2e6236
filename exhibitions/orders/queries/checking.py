"""What an exhibitor is about to order: its stands, their price, when it is due (E3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.money import to_minor
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.orders.rules import lines
from exhibitions.orders.rules.schedule import Part, instalments
from exhibitions.stands import queries as stand_queries
from exhibitions.stands.models import Allocation
from exhibitions.stands.models import PriceList as PriceListRow
from exhibitions.stands.queries import holding, quoting
from exhibitions.stands.rules.price_list import PriceList, loaded
from exhibitions.stands.rules.pricing import Facts, Quote, price


@dataclass(frozen=True)
class Checked:
    """All that a check page shows and an order freezes. `mark` tells whether what was seen still holds."""

    allocations: list[Allocation]
    row: PriceListRow
    prices: PriceList
    facts: Facts
    on: date
    quote: Quote
    parts: list[Part]
    mark: str


def check(expo: Expo, exhibitor: Exhibitor, now: datetime) -> Checked:
    """What the exhibitor would order at `now`.

    Raises `Conflict("hold_ended")` when its hold is over, `Refused`: no stand, no price list, no price for the stand.
    """
    allocations = list(stand_queries.allocations_of(expo, exhibitor, now))
    if not allocations:
        raise no_stand(expo, exhibitor, now)
    row = quoting.in_force(expo, now)
    prices, on = loaded(row.data), quoting.day_of(expo, now)
    facts = quoting.facts(expo, exhibitor, [each.stand for each in allocations])
    quote = price(prices, facts, on)
    return Checked(
        allocations=allocations,
        row=row,
        prices=prices,
        facts=facts,
        on=on,
        quote=quote,
        parts=instalments(to_minor(quote.total, quote.currency), prices.schedule, on, opening(expo)),
        mark=lines.mark(row.sha256, quote, [each.stand.number for each in allocations]),
    )


def opening(expo: Expo) -> date | None:
    """The first day on which visitors come; None while the fair has no days."""
    days = expo_queries.visitor_days(expo)
    return days[0] if days else None


def no_stand(expo: Expo, exhibitor: Exhibitor, now: datetime) -> Refused:
    """Why there is nothing to order: the hold has ended, or none was made."""
    ended = holding.last_ended(expo, exhibitor, now)
    if ended is None or ended.until is None:
        return Refused("no_stand", N_("Choose a stand first."))
    at = ended.until.astimezone(ZoneInfo(expo.timezone))
    return Conflict("hold_ended", N_("Your hold ended at %(time)s. Choose again"), time=f"{at:%H:%M}")
