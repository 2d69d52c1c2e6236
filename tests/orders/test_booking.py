"""Money is booked: in, back, countered, once; and it moves the exhibitor on and back (O5, §2.1)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.exhibitors.rules.states import State
from exhibitions.orders.models import Order, Payment
from exhibitions.orders.queries import money
from exhibitions.orders.rules.balance import PayState
from exhibitions.orders.rules.closing import gaps
from exhibitions.orders.rules.states import OrderState, PaymentKind
from exhibitions.orders.service import booking, closing, contracts
from tests.engines import both_engines
from tests.orders.paying import BY, Sold, expo, make_order
from tests.people import People

TOTAL, HALF = 535_500, 267_750


def refund(sold: Sold, amount: int) -> None:
    with sold.app.app_context(), transaction():
        order = db.session.get_one(Order, sold.id)
        facts: dict[str, Any] = {"amount": amount, "day": money.today_of(expo()), "note": "why"}
        booking.refund(expo(), order, way=PaymentKind.TRANSFER, by=BY, **facts)


def correct(sold: Sold, payment_id: int) -> None:
    with sold.app.app_context(), transaction():
        row = money.payment(expo(), payment_id)
        assert row is not None
        booking.correct(expo(), row, "slip", BY)


def use_credit(source: Sold, target: Sold, amount: int) -> None:
    with source.app.app_context(), transaction():
        orders = [db.session.get_one(Order, each.id) for each in (source, target)]
        booking.use_credit(expo(), orders[0], orders[1], amount=amount, by=BY)


def test_parts_are_paid_in_order_and_move_the_exhibitor(app: Flask, people: People) -> None:
    sold = make_order(app)
    assert sold.money().state is PayState.DUE
    sold.pay(HALF - 1)
    assert (sold.state(), sold.money().state) == (State.CONTRACTED, PayState.PART)
    sold.pay(1)
    assert sold.state() is State.DEPOSIT_PAID
    sold.pay(HALF)
    assert (sold.state(), sold.money().state) == (State.PAID, PayState.PAID)
    assert sold.balance() == (TOTAL, TOTAL, 0, 0)
    refund(sold, 1)
    assert sold.state() is State.DEPOSIT_PAID
    refund(sold, TOTAL - 1)
    assert (sold.state(), sold.balance()) == (State.CONTRACTED, (TOTAL, 0, TOTAL, 0))


def test_money_before_the_seal_counts_once_the_stamped_copy_is_there(app: Flask, people: People) -> None:
    sold = make_order(app, state=State.ACCEPTED, order_state=OrderState.CONFIRMED)
    sold.pay(TOTAL)
    assert sold.state() is State.ACCEPTED
    with app.app_context(), transaction():
        contracts.stamped(expo(), db.session.get_one(Order, sold.id), BY)
    assert (sold.state(), sold.money().state) == (State.PAID, PayState.PAID)


def test_an_invoice_of_all_needs_no_deposit(app: Flask, people: People) -> None:
    sold = make_order(app, amounts=(TOTAL,))
    sold.pay(TOTAL)
    assert sold.state() is State.PAID


@pytest.mark.parametrize("state", [State.ACCEPTED, State.ON_SITE, State.CLOSED])
def test_money_moves_nobody_before_the_contract_or_after_the_arrival(
    app: Flask, people: People, state: State
) -> None:
    sold = make_order(app, state=state)
    sold.pay(TOTAL)
    assert sold.state() is state


def test_too_much_is_credit_which_pays_another_order_and_never_more(app: Flask, people: People) -> None:
    """O5: overpayment → credit line; paid + open = total."""
    sold, other = make_order(app), make_order(app, "远航机械")
    sold.pay(TOTAL + 100)
    assert sold.balance() == (TOTAL, TOTAL, 0, 100)
    for amount in (101, 0, -1):
        with pytest.raises(Refused):
            use_credit(sold, other, amount)
    use_credit(sold, other, 100)
    assert (sold.balance()[3], other.balance()) == (0, (TOTAL, 100, TOTAL - 100, 0))
    with pytest.raises(Refused):
        use_credit(sold, other, 1)


def test_credit_stays_in_its_currency_and_fair(app: Flask, people: People) -> None:
    sold = make_order(app)
    sold.pay(TOTAL + 100)
    for other in (
        make_order(app, "美国公司", currency="USD"),
        make_order(app, "草稿", order_state=OrderState.DRAFT),
        sold,
    ):
        with pytest.raises(Refused):
            use_credit(sold, other, 100)


def test_what_was_booked_is_countered_once_and_stays(app: Flask, people: People) -> None:
    sold = make_order(app)
    number = sold.pay(TOTAL)
    correct(sold, number)
    assert (sold.balance(), sold.state()) == ((TOTAL, 0, TOTAL, 0), State.CONTRACTED)
    with app.app_context():
        rows = db.session.scalars(sa.select(Payment).order_by(Payment.id)).all()
        assert [row.amount for row in rows] == [TOTAL, -TOTAL]
        counter = rows[1].id
    for again in (number, counter):
        with pytest.raises(Conflict):
            correct(sold, again)


def test_money_that_went_on_cannot_be_countered(app: Flask, people: People) -> None:
    sold = make_order(app)
    number = sold.pay(HALF)
    refund(sold, HALF)
    with pytest.raises(Refused):
        correct(sold, number)
    with pytest.raises(Refused):
        refund(sold, 1)


def test_a_refund_that_was_wrong_is_countered(app: Flask, people: People) -> None:
    sold = make_order(app)
    sold.pay(TOTAL)
    refund(sold, TOTAL)
    with app.app_context():
        number = db.session.scalar(sa.select(sa.func.max(Payment.id)))
    assert number is not None
    correct(sold, number)
    assert (sold.money().refunded, sold.state()) == (0, State.PAID)


def test_a_day_ahead_a_draft_and_nothing_are_refused(app: Flask, people: People) -> None:
    sold = make_order(app)
    with app.app_context():
        tomorrow = money.today_of(expo()) + timedelta(days=1)
    for amount, facts in (
        (1, {"day": tomorrow}),
        (1, {"day": date(1, 1, 1)}),
        (0, {}),
        (-1, {}),
        (10**13, {}),
        (1, {"kind": PaymentKind.REFUND}),
    ):
        with pytest.raises(Refused):
            sold.pay(amount, **facts)
    with pytest.raises(Refused):
        make_order(app, order_state=OrderState.DRAFT).pay(1)
    assert sold.balance() == (TOTAL, 0, TOTAL, 0)


def test_a_closed_day_takes_no_money_and_its_rows_are_countered_later(app: Flask, people: People) -> None:
    """O5: a closed day cannot be changed, only corrected."""
    sold = make_order(app)
    with app.app_context():
        today = money.today_of(expo())
    yesterday = today - timedelta(days=1)
    number = sold.pay(100, PaymentKind.CASH, day=yesterday)
    with app.app_context(), transaction():
        closing.close(expo(), yesterday, cash=100, qr=0, explanation="", signed_by="Wang", by=BY)
    with pytest.raises(Conflict):
        sold.pay(1, PaymentKind.CASH, day=yesterday)
    with app.app_context(), transaction():
        came = booking.Incoming(kind=PaymentKind.TRANSFER, amount=5, day=yesterday)
        late = booking.book(expo(), db.session.get_one(Order, sold.id), came, BY, moves_day=True)
        assert late.day == today
    correct(sold, number)
    with app.app_context():
        counter = db.session.scalars(sa.select(Payment).where(Payment.corrects_id == number)).one()
        assert (counter.day, counter.amount) == (today, -100)
    with app.app_context(), transaction():
        closing.close(expo(), today, cash=-100, qr=0, explanation="", signed_by="Wang", by=BY)
    with pytest.raises(Conflict):
        refund(sold, 1)


@both_engines
def test_two_at_once_never_take_more_than_is_there(app: Flask, people: People) -> None:
    """Two bookings at once: eight refunds of what is held once, one wins; receipts have no gaps."""
    sold, other = make_order(app), make_order(app, "远航机械")
    sold.pay(1_000)

    def back(_: int) -> bool:
        try:
            refund(sold, 1_000)
        except Refused:
            return False
        return True

    def cash(place: int) -> bool:
        other.pay(place + 1, PaymentKind.CASH, key="form:same" if place < 4 else f"form:{place}")
        return True

    with ThreadPoolExecutor(8) as pool:
        refunds = list(pool.map(back, range(8)))
        list(pool.map(cash, range(8)))
    assert refunds.count(True) == 1
    assert sold.balance()[1] == 0
    with app.app_context():
        receipts = [n for n in db.session.scalars(sa.select(Payment.receipt)) if n is not None]
        assert (gaps(receipts), len(receipts)) == ([], 5)
