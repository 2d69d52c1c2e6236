"""Due, paid, open, credit, and which instalments are filled (O5)."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from exhibitions.orders.rules.balance import (
    NOTHING,
    Due,
    PayState,
    balance,
    fill,
    late_since,
    next_open,
    pay_state,
    together,
)

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
HALVES = [Due(2, 267_750, JULY), Due(1, 267_750, JUNE)]
"""Spec §2.2: 5,355 in two invoices of 2,677.50."""

money = st.integers(-(10**9), 10**12)


@given(st.integers(0, 10**12), money)
def test_paid_and_open_are_the_total_and_no_cent_is_lost(total: int, received: int) -> None:
    """O5: paid + open = total everywhere; what is beyond is credit."""
    now = balance(total, received)
    assert now.paid + now.open == now.total == total
    assert min(now.paid, now.open, now.credit) >= 0
    assert now.credit == 0 or now.open == 0
    if received >= 0:
        assert now.paid + now.credit == received


@given(st.lists(st.tuples(st.integers(0, 10**9), money), max_size=8))
def test_the_foot_of_a_list_keeps_the_equation(orders: list[tuple[int, int]]) -> None:
    foot = together(balance(*order) for order in orders)
    assert foot.paid + foot.open == foot.total == sum(total for total, _ in orders)
    assert together([]) == NOTHING


@given(st.lists(st.integers(0, 10**6), max_size=5), st.integers(-5, 10**7))
def test_money_fills_the_instalments_in_order(amounts: list[int], paid: int) -> None:
    filled = fill([Due(place, amount, JUNE) for place, amount in enumerate(amounts)], paid)
    assert sum(each.paid for each in filled) == min(max(0, paid), sum(amounts))
    first = next((place for place, each in enumerate(filled) if not each.is_full), len(filled))
    assert all(each.paid == 0 for each in filled[first + 1 :])


def test_the_deposit_comes_first_whatever_the_order_of_rows() -> None:
    deposit, rest = fill(HALVES, 267_751)
    assert (deposit.due.on, deposit.is_full, deposit.open) == (JUNE, True, 0)
    assert (rest.due.on, rest.paid, rest.open) == (JULY, 1, 267_749)
    assert next_open([deposit, rest]) is rest
    assert next_open(fill(HALVES, 535_500)) is None


def test_on_its_day_an_instalment_is_in_time_and_the_day_after_it_is_late() -> None:
    filled = fill(HALVES, 0)
    assert late_since(filled, JUNE) is None
    assert late_since(filled, date(2026, 6, 2)) == JUNE
    assert late_since([], JULY) is None


def state(total: int, received: int, today: date, *, cancelled: bool = False, refunded: int = 0) -> PayState:
    now = balance(total, received)
    dues = HALVES if total == 535_500 else [Due(1, total, JUNE)]
    return pay_state(now, fill(dues, now.paid), today, cancelled=cancelled, refunded=refunded)


def test_the_five_words() -> None:
    """ux.md §6: due, part paid, paid, late, refunded."""
    assert state(535_500, 0, JUNE) is PayState.DUE
    assert state(535_500, 1, JUNE) is PayState.PART
    assert state(535_500, 267_750, JULY) is PayState.PART
    assert state(535_500, 267_749, date(2026, 6, 2)) is PayState.LATE
    assert state(535_500, 267_750, date(2026, 7, 2)) is PayState.LATE
    assert state(535_500, 535_500, date(2027, 1, 1)) is PayState.PAID
    assert state(535_500, 600_000, date(2027, 1, 1)) is PayState.PAID


def test_refunded_is_a_cancelled_order_whose_money_is_settled() -> None:
    assert state(0, 0, JULY, cancelled=True, refunded=535_500) is PayState.REFUNDED
    assert state(100_000, 100_000, JULY, cancelled=True, refunded=435_500) is PayState.REFUNDED
    # Something is still to go back, or the fee is still to come.
    assert state(0, 1, JULY, cancelled=True, refunded=535_499) is PayState.PAID
    assert state(100_000, 0, JULY, cancelled=True) is PayState.LATE
    # Given back, and the order stands: it is to be paid again.
    assert state(535_500, 0, JUNE, refunded=535_500) is PayState.DUE
    assert state(0, 0, JULY) is PayState.PAID
