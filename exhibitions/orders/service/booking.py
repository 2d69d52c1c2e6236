"""Money that moved is booked: in, back, from one order to another, or countered. Nothing that was booked is changed.

All of a fair's money is booked one after the other (`take_turn`): so two at once never take more than is there, receipts have no
gaps, and a day is not closed while something is booked on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.exhibitors.rules.states import Mover
from exhibitions.exhibitors.service import moving
from exhibitions.expos.models import Expo
from exhibitions.orders import queries as order_queries
from exhibitions.orders.models import Order, Payment
from exhibitions.orders.queries import money as queries
from exhibitions.orders.rules import closing, driving
from exhibitions.orders.rules.states import OrderState, PaymentKind
from exhibitions.stands.service import assigning

SUBJECT = "order"
INCOMING = frozenset({PaymentKind.TRANSFER, PaymentKind.CASH, PaymentKind.QR})
WITH_RECEIPT = frozenset({PaymentKind.CASH, PaymentKind.QR})
"""What is paid at a desk gets a numbered receipt; a transfer has the bank's."""
LONGEST_AGO = timedelta(days=5 * 366)
"""No money of a fair is older; a day before is a slip of the pen."""
MOST = 10**13
_LONGEST = 300


@dataclass(frozen=True)
class Incoming:
    """Money that came in: minor units of the order's currency, on a day of the fair's zone.

    `key` is unique in the fair: the same form, event or row sent twice is one payment.
    """

    kind: PaymentKind
    amount: int
    day: date
    payer: str = ""
    note: str = ""
    key: str = ""
    provider: str = ""
    row_id: int | None = None
    slip_id: int | None = None


def take_turn(expo: Expo) -> None:
    """Wait until nobody else books, closes or numbers for this fair; until the transaction ends nobody else does."""
    lock_named(f"money:{expo.id}")


def lock(expo: Expo, order: Order) -> Order:
    """The order as it is now, kept from others until the transaction ends; raises `NotFound` when it is gone."""
    take_turn(expo)
    (number,) = sa.inspect(order).identity or (0,)
    wanted = sa.select(Order).where(Order.id == number, Order.expo_id == expo.id).with_for_update()
    found = db.session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("order_gone", N_("This order is not there any more."))
    return found


def book(expo: Expo, order: Order, came: Incoming, by: Actor, *, moves_day: bool = False) -> Payment:
    """Book money that came in for an order; more than is open becomes its credit (O5).

    The day must be open; with `moves_day` the money of a closed day is booked on the first open day after it, as a
    bank's row is that is read later. Raises `Refused` for a kind, amount or day that cannot be, `Conflict` on a closed day.
    """
    order = lock(expo, order)
    before = queries.payment_by_key(expo, came.key) if came.key else None
    if before is not None:
        return before
    _check_amount(came.amount)
    if came.kind not in INCOMING:
        raise Refused("not_incoming", N_("Choose how the money came in."))
    _check_living(order)
    day = _day(expo, came.day, moves_day=moves_day)
    row = Payment(
        kind=came.kind,
        amount=came.amount,
        day=day,
        payer=came.payer[:200],
        note=came.note[:_LONGEST],
        provider=came.provider or came.kind.value,
        provider_reference=came.key or None,
        statement_row_id=came.row_id,
        slip_id=came.slip_id,
        receipt=_receipt(expo, came.kind),
    )
    return _add(expo, order, row, by, "orders.payment_booked")


def refund(  # noqa: PLR0913 - independent facts, by name.
    expo: Expo, order: Order, *, way: PaymentKind, amount: int, day: date, note: str, by: Actor, key: str = ""
) -> Payment:
    """Book money that went back: never more than is held for the order. `way` says how (transfer, cash, QR code)."""
    order = lock(expo, order)
    before = queries.payment_by_key(expo, key) if key else None
    if before is not None:
        return before
    _check_amount(amount)
    _check_living(order)
    _check_held(expo, order, amount)
    if way not in INCOMING:
        raise Refused("not_a_way", N_("Choose how the money went back."))
    if not note.strip():
        raise Refused("no_reason", N_("Say why."))
    row = Payment(
        kind=PaymentKind.REFUND,
        amount=-amount,
        day=_day(expo, day),
        note=note[:_LONGEST],
        provider=way.value,
        provider_reference=key or None,
    )
    return _add(expo, order, row, by, "orders.refunded", reason=note)


def use_credit(  # noqa: PLR0913 - independent facts, by name.
    expo: Expo, order: Order, target: Order, *, amount: int, by: Actor, note: str = "", key: str = ""
) -> Payment:
    """Put credit of one order to another of the fair in the same currency; gives the row of the receiving one.

    Never more than the credit: what is paid stays paid. Raises `Refused`.
    """
    order, target = lock(expo, order), lock(expo, target)
    before = queries.payment_by_key(expo, key) if key else None
    if before is not None:
        return before
    _check_amount(amount)
    if order.id == target.id:
        raise Refused("same_order", N_("The credit of an order pays its own instalments by itself."))
    if order.currency != target.currency:
        raise Refused("other_currency", N_("The orders are in two currencies."))
    _check_living(order)
    _check_living(target)
    if amount > queries.money_of(expo, order).balance.credit:
        raise Refused("over_credit", N_("This is more than the credit of the order."))
    return _transfer(expo, order, target, amount, by, note, key)


def use_credit_for(  # noqa: PLR0913 - as `use_credit`, in a form's order.
    expo: Expo, order: Order, target: Order | None, amount: int, by: Actor, note: str, key: str
) -> Payment:
    """`use_credit` for a reference that was typed; raises `Refused` where the fair has no such order."""
    if target is None:
        raise Refused("no_such_order", N_("No order of this fair has this reference."))
    return use_credit(expo, order, target, amount=amount, by=by, note=note, key=key)


def _transfer(  # noqa: PLR0913 - both ends of one move.
    expo: Expo, order: Order, target: Order, amount: int, by: Actor, note: str, key: str
) -> Payment:
    day = _day(expo, queries.today_of(expo))
    out = Payment(
        kind=PaymentKind.CREDIT,
        amount=-amount,
        day=day,
        note=f"→ {target.reference} {note}".strip()[:_LONGEST],
        provider="credit",
    )
    _add(expo, order, out, by, "orders.credit_used")
    into = Payment(
        kind=PaymentKind.CREDIT,
        amount=amount,
        day=day,
        note=f"← {order.reference} {note}".strip()[:_LONGEST],
        provider="credit",
        provider_reference=key or None,
    )
    return _add(expo, target, into, by, "orders.credit_used")


def correct(expo: Expo, payment: Payment, reason: str, by: Actor) -> Payment:
    """Counter a payment by a row of the opposite amount on today's day; the first stays as it was (O5).

    Raises `Conflict` where it was countered before or is a counter-entry itself, where today is closed, or where the
    money has gone on (was refunded or put to another order).
    """
    order = db.session.get_one(Order, payment.order_id)
    order = lock(expo, order)
    if payment.corrects_id is not None or payment.kind is PaymentKind.CREDIT:
        raise Conflict("not_correctable", N_("This row cannot be countered. Book the right one instead."))
    if queries.is_corrected(expo, payment):
        raise Conflict("corrected_already", N_("This payment was countered already."))
    if not reason.strip():
        raise Refused("no_reason", N_("Say why."))
    if payment.amount > 0:
        _check_held(expo, order, payment.amount)
    row = Payment(
        kind=PaymentKind.CORRECTION,
        amount=-payment.amount,
        day=_day(expo, queries.today_of(expo)),
        payer=payment.payer,
        note=reason[:_LONGEST],
        provider=payment.provider,
        corrects_id=payment.id,
    )
    return _add(expo, order, row, by, "orders.payment_countered", reason=reason)


def drive(expo: Expo, order: Order, by: Actor) -> None:
    """Bring the exhibitor into the state that its money says (`rules.driving`), inside the caller's transaction.

    From the down payment on the stand is the exhibitor's own, sealed or not: no hold that ends by itself.
    """
    if order.replaced_by_id is not None or order.state is OrderState.CANCELLED:
        return
    live = order_queries.live_order(expo, order.exhibitor)
    if live is None or live.id != order.id:
        return
    money = queries.money_of(expo, order)
    moving.lock(order.exhibitor)
    is_settled = money.balance.open == 0
    state = driving.target(order.exhibitor.state, money.with_kinds, is_settled=is_settled)
    if state is not None:
        moving.move(order.exhibitor, state, Mover.MONEY, by)
    if driving.keeps_stand(order.exhibitor.state, money.with_kinds, is_settled=is_settled):
        assigning.keep(expo, order.exhibitor, by)


def _check_living(order: Order) -> None:
    """Money of an order that was replaced went over to the new one: what came later would be in no sum."""
    if order.state is OrderState.DRAFT:
        raise Refused("order_draft", N_("This order is not confirmed yet: nothing is to be paid for it."))
    if order.replaced_by_id is not None:
        raise Conflict("order_replaced", N_("Another order has taken the place of this one. Book it there."))


def _check_amount(amount: int) -> None:
    if not 0 < amount < MOST:
        raise Refused("amount_wrong", N_("Enter an amount above zero, like 2,677.50"))


def _check_held(expo: Expo, order: Order, amount: int) -> None:
    if amount > queries.money_of(expo, order).received:
        raise Refused("over_held", N_("This is more than is held for the order."))


def _day(expo: Expo, wanted: date, *, moves_day: bool = False) -> date:
    today = queries.today_of(expo)
    if wanted > today:
        raise Refused("day_ahead", N_("This day has not come yet."))
    if today - wanted > LONGEST_AGO:
        raise Refused("day_long_past", N_("This day is more than five years past. Look at the year."))
    closed = queries.closed_days(expo, wanted)
    if moves_day:
        return closing.booking_day(wanted, today, closed)
    closing.check_open(wanted, closed)
    return wanted


def _receipt(expo: Expo, kind: PaymentKind) -> int | None:
    return closing.next_number(queries.last_receipt(expo)) if kind in WITH_RECEIPT else None


def _add(expo: Expo, order: Order, row: Payment, by: Actor, action: str, reason: str = "") -> Payment:
    row.expo_id, row.order_id, row.currency = expo.id, order.id, order.currency
    row.user_id = by.id if by.kind == "user" else None
    row.created_at = clock.now()
    db.session.add(row)
    db.session.flush()
    facts: dict[str, object] = {
        "payment": row.id,
        "kind": row.kind,
        "amount": row.amount,
        "currency": row.currency,
        "day": row.day,
    }
    if row.receipt is not None:
        facts["receipt"] = row.receipt
    audit.record(action, by, expo_id=expo.id, subject=(SUBJECT, order.id), after=facts, reason=reason)
    drive(expo, order, by)
    return row
