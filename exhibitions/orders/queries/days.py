"""Days of the desk: what was taken in by kind, and which days are closed."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.orders.models import ClosedDay, Order, Payment
from exhibitions.orders.rules.closing import COUNTED_KINDS

MOST_DAYS = 100
MOST_PAYMENTS = 500


def booked(expo: Expo, day: date) -> dict[str, int]:
    """What was booked on a day by kind of money that is counted, refunds and counter-entries taken off: minor units."""
    wanted = sa.select(Payment.provider, sa.func.sum(Payment.amount)).where(
        Payment.expo_id == expo.id,
        Payment.day == day,
        Payment.currency == expo.currency,
        Payment.provider.in_(COUNTED_KINDS),
    )
    return {kind: int(amount) for kind, amount in db.session.execute(wanted.group_by(Payment.provider))}


def payments(expo: Expo, day: date) -> list[Payment]:
    """The payments of a day, as they were booked, at most 500."""
    found = sa.select(Payment).where(Payment.expo_id == expo.id, Payment.day == day)
    whole = joinedload(Payment.order).joinedload(Order.exhibitor).joinedload(Exhibitor.company)
    return list(db.session.scalars(found.options(whole).order_by(Payment.id).limit(MOST_PAYMENTS)))


def closed(expo: Expo, day: date) -> ClosedDay | None:
    """The close of a day, if it was closed."""
    return db.session.scalar(sa.select(ClosedDay).where(ClosedDay.expo_id == expo.id, ClosedDay.day == day))


def days(expo: Expo) -> list[tuple[date, int, int, ClosedDay | None]]:
    """The days with desk money or a close, the newest first: day, cash, QR, its close."""
    kinds = [
        sa.func.coalesce(sa.func.sum(sa.case((Payment.provider == kind, Payment.amount), else_=0)), 0)
        for kind in COUNTED_KINDS
    ]
    wanted = (
        sa.select(Payment.day, *kinds)
        .where(
            Payment.expo_id == expo.id, Payment.provider.in_(COUNTED_KINDS), Payment.currency == expo.currency
        )
        .group_by(Payment.day)
        .order_by(Payment.day.desc())
        .limit(MOST_DAYS)
    )
    sums = {day: (int(cash), int(qr)) for day, cash, qr in db.session.execute(wanted)}
    found = sa.select(ClosedDay).where(ClosedDay.expo_id == expo.id).order_by(ClosedDay.day.desc())
    closes = {row.day: row for row in db.session.scalars(found.limit(MOST_DAYS))}
    every = sorted({*sums, *closes}, reverse=True)[:MOST_DAYS]
    return [(day, *sums.get(day, (0, 0)), closes.get(day)) for day in every]
