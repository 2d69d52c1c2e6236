"""When the sum of an order is due (exhibitors-stands.md §2.2): deposit and balance, or one invoice of 100 %."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from exhibitions.core.money import split
from exhibitions.orders.rules.states import InstalmentKind
from exhibitions.stands.rules.price_list import Schedule

_ALL = 100


@dataclass(frozen=True, slots=True)
class Part:
    """An instalment: what it is called, minor units, the last local day on which it may be paid."""

    kind: InstalmentKind
    minor: int
    due: date


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the 31st becomes the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def balance_day(schedule: Schedule, opening: date | None) -> date | None:
    """On which day the balance is due: the list's own date, else so many months before the opening.

    None while neither is known.
    """
    if schedule.balance_on is not None or opening is None:
        return schedule.balance_on
    return months_before(opening, schedule.balance_months)


def instalments(total: int, schedule: Schedule, signed: date, opening: date | None) -> list[Part]:
    """The parts of `total` (minor units) for an order signed on the local day `signed`; their sum is the total.

    Two parts as long as the balance lies after the signature; on its day or later one part of 100 %. The deposit is
    due `pay_days` after the signature and never later than the balance, one part never later than the opening. Odd
    cents go to the first. A fair without days yet and without a date for the balance asks for all at once.
    """
    balance_on = balance_day(schedule, opening)
    within = signed + timedelta(days=schedule.pay_days)
    in_two = 0 < schedule.deposit_percent < _ALL and bool(total)
    if balance_on is None or not in_two or signed >= balance_on:
        return [Part(InstalmentKind.FULL, total, min(within, max(signed, opening or within)))]
    deposit, balance = split(total, [schedule.deposit_percent, _ALL - schedule.deposit_percent])
    return [
        Part(InstalmentKind.DEPOSIT, deposit, min(within, balance_on)),
        Part(InstalmentKind.BALANCE, balance, balance_on),
    ]
