"""Where the money of orders stands: one question for many orders."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from exhibitions.core.db import db
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.expos.rules.fair import local_day
from exhibitions.orders.models import ClosedDay, Instalment, Order, Payment, Slip, StatementRow
from exhibitions.orders.rules import balance as rules
from exhibitions.orders.rules.balance import Balance, Due, Filled, PayState
from exhibitions.orders.rules.states import InstalmentKind, OrderState, PaymentKind

MOST_PAYMENTS = 200


@dataclass(frozen=True)
class Money:
    """The money of one order; amounts in minor units of its currency."""

    balance: Balance
    filled: tuple[Filled, ...]
    kinds: Mapping[int, InstalmentKind]
    received: int
    refunded: int
    state: PayState
    late_since: date | None

    @property
    def next(self) -> Filled | None:
        """The instalment that is to be paid next."""
        return rules.next_open(self.filled)

    @property
    def with_kinds(self) -> list[tuple[bool, Filled]]:
        """Each instalment with whether it is a deposit."""
        return [(self.kinds[each.due.place] is InstalmentKind.DEPOSIT, each) for each in self.filled]


def today_of(expo: Expo) -> date:
    """The fair's own today, by which instalments are late and payments are booked."""
    return local_day(expos.present(expo), expo.timezone, expo.cutoff_hour)


def day_of(expo: Expo, moment: datetime) -> date:
    """The fair's day of a moment that the real clock showed; never after today."""
    there = local_day(expos.on_clock_of(moment, expo), expo.timezone, expo.cutoff_hour)
    return min(there, today_of(expo))


def money_of(expo: Expo, order: Order) -> Money:
    """The money of one order, read anew."""
    return monies(expo, [order])[order.id]


def monies(expo: Expo, orders: Collection[Order]) -> dict[int, Money]:
    """The money of these orders of the fair, by their ids; three questions however many they are."""
    ids = [order.id for order in orders]
    sums = _sums(expo, ids)
    today = today_of(expo)
    dues: dict[int, list[Instalment]] = {number: [] for number in ids}
    wanted = sa.select(Instalment).where(Instalment.expo_id == expo.id)
    if len(ids) < 500:
        wanted = wanted.where(Instalment.order_id.in_(ids))
    for row in db.session.scalars(wanted):
        if row.order_id in dues:
            dues[row.order_id].append(row)
    return {order.id: _money(order, dues[order.id], *sums.get(order.id, (0, 0)), today) for order in orders}


def agreed(expo: Expo) -> dict[int, int]:
    """By exhibitor the net sum of the live order, in minor units; orders in another currency than the fair's are left out."""
    found = sa.select(Order.exhibitor_id, Order.net).where(
        Order.expo_id == expo.id,
        Order.replaced_by_id.is_(None),
        Order.state != OrderState.CANCELLED,
        Order.currency == expo.currency,
    )
    return dict(db.session.execute(found).all())


def _sums(expo: Expo, ids: list[int]) -> dict[int, tuple[int, int]]:
    """Of each order what is held, and what went back in all (positive). A counter-entry of a refund takes it off."""
    original = aliased(Payment)
    is_refund = sa.or_(Payment.kind == PaymentKind.REFUND, original.kind == PaymentKind.REFUND)
    wanted = (
        sa.select(
            Payment.order_id,
            sa.func.sum(Payment.amount),
            -sa.func.sum(sa.case((is_refund, Payment.amount), else_=0)),
        )
        .outerjoin(original, original.id == Payment.corrects_id)
        .where(Payment.expo_id == expo.id)
        .group_by(Payment.order_id)
    )
    if len(ids) < 500:
        wanted = wanted.where(Payment.order_id.in_(ids))
    return {number: (int(held), int(back)) for number, held, back in db.session.execute(wanted)}


def _money(order: Order, rows: Iterable[Instalment], received: int, refunded: int, today: date) -> Money:
    dues = list(rows)
    total = order.total if order.state is not OrderState.DRAFT else 0
    now = rules.balance(total, received)
    filled = rules.fill([Due(each.id, each.amount, each.due) for each in dues], now.paid)
    cancelled = order.state is OrderState.CANCELLED
    return Money(
        balance=now,
        filled=tuple(filled),
        kinds={each.id: each.kind for each in dues},
        received=received,
        refunded=refunded,
        state=rules.pay_state(now, filled, today, cancelled=cancelled, refunded=refunded),
        late_since=rules.late_since(filled, today) if now.open else None,
    )


def payments(expo: Expo, order: Order) -> list[Payment]:
    """The payments of an order, the newest first, at most 200."""
    found = sa.select(Payment).where(Payment.expo_id == expo.id, Payment.order_id == order.id)
    return list(db.session.scalars(found.order_by(Payment.id.desc()).limit(MOST_PAYMENTS)))


def payment(expo: Expo, payment_id: int) -> Payment | None:
    """A payment of this fair."""
    return db.session.scalar(sa.select(Payment).where(Payment.expo_id == expo.id, Payment.id == payment_id))


def payment_by_key(expo: Expo, key: str) -> Payment | None:
    """The payment that was booked under this key: a form that was sent twice, or an event of a provider."""
    found = sa.select(Payment).where(Payment.expo_id == expo.id, Payment.provider_reference == key)
    return db.session.scalar(found)


def corrected_ids(expo: Expo, order: Order) -> frozenset[int]:
    """Which payments of an order have a counter-entry."""
    found = sa.select(Payment.corrects_id).where(
        Payment.expo_id == expo.id, Payment.order_id == order.id, Payment.corrects_id.is_not(None)
    )
    return frozenset(number for number in db.session.scalars(found) if number is not None)


def is_corrected(expo: Expo, row: Payment) -> bool:
    """Whether a payment has a counter-entry."""
    found = sa.select(Payment.id).where(Payment.expo_id == expo.id, Payment.corrects_id == row.id).limit(1)
    return db.session.scalar(found) is not None


def closed_days(expo: Expo, since: date | None = None) -> frozenset[date]:
    """The closed days of the fair, from `since` on."""
    found = sa.select(ClosedDay.day).where(ClosedDay.expo_id == expo.id)
    return frozenset(db.session.scalars(found.where(ClosedDay.day >= since) if since else found))


def last_receipt(expo: Expo) -> int | None:
    """The highest receipt number of the fair."""
    return db.session.scalar(sa.select(sa.func.max(Payment.receipt)).where(Payment.expo_id == expo.id))


def payers(expo: Expo, ids: Collection[int] | None = None) -> dict[int, list[str]]:
    """Who has paid for each order and was not countered, each name once."""
    countered = sa.select(Payment.corrects_id).where(
        Payment.expo_id == expo.id, Payment.corrects_id.is_not(None)
    )
    wanted = sa.select(Payment.order_id, Payment.payer).where(
        Payment.expo_id == expo.id, Payment.amount > 0, Payment.payer != "", Payment.id.not_in(countered)
    )
    if ids is not None:
        wanted = wanted.where(Payment.order_id.in_(ids))
    found: dict[int, list[str]] = {}
    for number, name in db.session.execute(wanted.distinct().order_by(Payment.payer)):
        found.setdefault(number, []).append(name)
    return found


def last_days(expo: Expo, ids: Collection[int]) -> dict[int, date]:
    """On which day money came in last for these orders, where some did; what was countered did not come."""
    countered = sa.select(Payment.corrects_id).where(
        Payment.expo_id == expo.id, Payment.corrects_id.is_not(None)
    )
    wanted = (
        sa.select(Payment.order_id, sa.func.max(Payment.day))
        .where(Payment.expo_id == expo.id, Payment.order_id.in_(ids), Payment.amount > 0)
        .where(Payment.corrects_id.is_(None), Payment.id.not_in(countered))
    )
    return {row[0]: row[1] for row in db.session.execute(wanted.group_by(Payment.order_id))}


def slips(expo: Expo, order: Order) -> list[Slip]:
    """Proofs of payment that the exhibitor has sent for an order, the newest first, at most 50."""
    found = sa.select(Slip).where(Slip.expo_id == expo.id, Slip.order_id == order.id)
    return list(db.session.scalars(found.order_by(Slip.id.desc()).limit(50)))


def slip(expo: Expo, slip_id: int) -> Slip | None:
    """A proof of payment of this fair."""
    return db.session.scalar(sa.select(Slip).where(Slip.expo_id == expo.id, Slip.id == slip_id))


def slip_by_key(expo: Expo, key: str) -> Slip | None:
    """The proof that was sent with this form."""
    return db.session.scalar(sa.select(Slip).where(Slip.expo_id == expo.id, Slip.key == key))


def orders_with_new_slips(expo: Expo) -> frozenset[int]:
    """Orders with a proof that the office has not seen."""
    found = sa.select(Slip.order_id).where(Slip.expo_id == expo.id, Slip.seen_at.is_(None))
    return frozenset(db.session.scalars(found))


def statement_row(expo: Expo, row_id: int) -> StatementRow | None:
    """A row of a statement of this fair."""
    found = sa.select(StatementRow).where(StatementRow.expo_id == expo.id, StatementRow.id == row_id)
    return db.session.scalar(found)
