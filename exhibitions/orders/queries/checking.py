"""What an exhibitor is about to order: its stands, their price, when it is due (E3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel.speaklater import LazyString

from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.i18n import format_date, format_datetime
from exhibitions.core.money import to_minor
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.orders.queries.clearing import rules_of
from exhibitions.orders.rules import lines
from exhibitions.orders.rules.clearing import StandDeposit, deposits
from exhibitions.orders.rules.schedule import Part, instalments
from exhibitions.stands import queries as stand_queries
from exhibitions.stands.models import Allocation
from exhibitions.stands.models import PriceList as PriceListRow
from exhibitions.stands.queries import holding, quoting
from exhibitions.stands.queries.of_exhibitors import area_of
from exhibitions.stands.rules.allocation import is_end_of_day, last_moment
from exhibitions.stands.rules.price_list import PriceList, loaded
from exhibitions.stands.rules.pricing import Facts, Quote, price


@dataclass(frozen=True)
class Checked:
    """All that a check page shows and an order freezes. `mark` tells whether what was seen still holds.

    `deposits` are the clearing deposits that are asked beside the price.
    """

    allocations: list[Allocation]
    row: PriceListRow
    prices: PriceList
    facts: Facts
    on: date
    quote: Quote
    parts: list[Part]
    deposits: list[StandDeposit]
    mark: str

    @property
    def deposit_minor(self) -> int:
        """The clearing deposit of all stands, beside the price; minor units."""
        return sum(each.minor for each in self.deposits)

    @property
    def deposit_due(self) -> date:
        """The deposit is paid with the last part of the price."""
        return max(part.due for part in self.parts)


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
    asked = _deposits(expo, quote.currency, allocations)
    seen = [each.stand.number for each in allocations] + [f"{each.number} {each.minor}" for each in asked]
    return Checked(
        allocations=allocations,
        row=row,
        prices=prices,
        facts=facts,
        on=on,
        quote=quote,
        parts=instalments(to_minor(quote.total, quote.currency), prices.schedule, on, opening(expo)),
        deposits=asked,
        mark=lines.mark(row.sha256, quote, seen),
    )


def _deposits(expo: Expo, currency: str, allocations: list[Allocation]) -> list[StandDeposit]:
    if currency != expo.currency:
        return []
    stands = [
        {"number": each.stand.number, "area": area_of(each.stand), "kind": each.stand.kind.value}
        for each in allocations
    ]
    return deposits(rules_of(expo), stands)


def opening(expo: Expo) -> date | None:
    """The first day on which visitors come; None while the fair has no days."""
    days = expo_queries.visitor_days(expo)
    return days[0] if days else None


def no_stand(expo: Expo, exhibitor: Exhibitor, now: datetime) -> Refused:
    """Why there is nothing to order: the hold has ended, or none was made."""
    ended = holding.last_ended(expo, exhibitor, now)
    if ended is None or ended.until is None:
        return Refused("no_stand", N_("Choose a stand first."))
    zone = ZoneInfo(expo.timezone)
    at = ended.until.astimezone(zone)
    if is_end_of_day(ended.until, expo.timezone):
        day = LazyString(format_date, last_moment(ended.until).astimezone(zone).date())
        return Conflict("hold_ended", N_("Your hold ended at the end of %(day)s. Choose again"), day=day)
    if at.date() != now.astimezone(zone).date():
        moment = LazyString(format_datetime, ended.until, expo.timezone)
        return Conflict("hold_ended", N_("Your hold ended on %(moment)s. Choose again"), moment=moment)
    return Conflict("hold_ended", N_("Your hold ended at %(time)s. Choose again"), time=f"{at:%H:%M}")
