"""How money moves an exhibitor on and back."""

from __future__ import annotations

from datetime import date

import pytest

from exhibitions.exhibitors.rules.states import State
from exhibitions.orders.rules.balance import Due, Filled
from exhibitions.orders.rules.driving import target


def filled(paid: int) -> Filled:
    return Filled(Due(1, 4_800, date(2026, 5, 1)), paid)


@pytest.mark.parametrize(
    ("state", "deposit", "is_settled", "wanted"),
    [
        (State.CONTRACTED, 4_799, False, None),
        (State.CONTRACTED, 4_800, False, State.DEPOSIT_PAID),
        (State.CONTRACTED, 4_800, True, State.PAID),
        (State.DEPOSIT_PAID, 4_800, False, None),
        (State.DEPOSIT_PAID, 0, False, State.CONTRACTED),
        (State.PAID, 4_800, True, None),
        (State.PAID, 4_800, False, State.DEPOSIT_PAID),
        (State.ACCEPTED, 4_800, True, None),
        (State.ON_SITE, 0, False, None),
    ],
)
def test_money_decides_between_three_states(
    state: State, deposit: int, is_settled: bool, wanted: State | None
) -> None:
    """§2.1: contract → deposit paid → paid, and back with a correction; before and behind them money moves nobody."""
    parts = [(True, filled(deposit)), (False, filled(0))]
    assert target(state, parts, is_settled=is_settled) is wanted


def test_one_part_of_a_hundred_per_cent_has_no_deposit() -> None:
    """§2.2: one invoice of 100 %; what is paid of it in part is no deposit."""
    assert target(State.DEPOSIT_PAID, [(False, filled(4_800))], is_settled=False) is State.CONTRACTED
