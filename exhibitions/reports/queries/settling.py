"""What is still open with the exhibitors of a fair that is over: money, deposits, figures; and what followed a settling."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from exhibitions.companies.models import Company
from exhibitions.core.db import db
from exhibitions.exhibitors.models import DailyFigure, Exhibitor
from exhibitions.exhibitors.queries import figures
from exhibitions.exhibitors.rules.states import State
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import visitor_days
from exhibitions.orders.models import Order, Payment
from exhibitions.orders.queries import listing


@dataclass(frozen=True, slots=True)
class Standing:
    """An exhibitor with what it owes, is owed and has deposited (minor units), and its days without figures."""

    exhibitor: Exhibitor
    open_minor: int
    credit_minor: int
    held_minor: int
    days_missing: int


def in_state(expo: Expo, state: State) -> list[Exhibitor]:
    """The exhibitors in this state with their companies, by name."""
    found = (
        sa.select(Exhibitor)
        .outerjoin(Exhibitor.company)
        .options(contains_eager(Exhibitor.company))
        .where(Exhibitor.expo_id == expo.id, Exhibitor.state == state)
        .order_by(Company.sort_key, Exhibitor.id)
    )
    return list(db.session.scalars(found))


def on_site(expo: Expo) -> list[Standing]:
    """Everybody on site with what is still open, by the name of the company; the questions do not grow with their number."""
    here = in_state(expo, State.ON_SITE)
    if not here:
        return []
    opened: dict[int, int] = defaultdict(int)
    credit: dict[int, int] = defaultdict(int)
    held: dict[int, int] = defaultdict(int)
    for row in listing.rows(expo):
        number, money = row.order.exhibitor_id, row.money.balance
        opened[number] += money.open
        credit[number] += money.credit
        held[number] += row.deposit
    reported = _reported(expo)
    days = set(visitor_days(expo)) if reported is not None else set()
    known = reported or {}
    return [
        Standing(each, opened[each.id], credit[each.id], held[each.id], len(days - known.get(each.id, set())))
        for each in here
    ]


def _reported(expo: Expo) -> dict[int, set[date]] | None:
    """The days that each exhibitor has reported; None once the figures are frozen, when none can come in any more."""
    if figures.freeze(expo) is not None:
        return None
    found: dict[int, set[date]] = defaultdict(set)
    for row in figures.live(expo):
        found[row.exhibitor_id].add(row.day)
    return found


def followed(expo: Expo) -> set[int]:
    """The settled exhibitors with whom something went on since: money was booked, or figures came in."""
    settled = (Exhibitor.expo_id == expo.id, Exhibitor.state == State.CLOSED)
    paid = (
        sa.select(Exhibitor.id)
        .join(Order, Order.exhibitor_id == Exhibitor.id)
        .join(Payment, Payment.order_id == Order.id)
        .where(*settled, Payment.created_at > Exhibitor.state_since)
    )
    reported = (
        sa.select(Exhibitor.id)
        .join(DailyFigure, DailyFigure.exhibitor_id == Exhibitor.id)
        .where(*settled, DailyFigure.reported_at > Exhibitor.state_since)
    )
    return set(db.session.scalars(sa.union(paid, reported)))
