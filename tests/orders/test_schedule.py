"""Deposit and balance (exhibitors-stands.md §2.2)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from exhibitions.orders.rules.schedule import balance_day, instalments, months_before
from exhibitions.orders.rules.states import InstalmentKind
from exhibitions.stands.rules.price_list import Schedule

OPENING = date(2026, 9, 10)
FIVE = Schedule(deposit_percent=50, balance_months=5, pay_days=14)


def parts(total: Any, signed: Any, schedule: Any = FIVE, opening: Any = OPENING) -> Any:
    return [(part.kind.value, part.minor, part.due) for part in instalments(total, schedule, signed, opening)]


def test_half_at_signature_and_half_five_months_before() -> None:
    assert parts(535500, date(2026, 1, 5)) == [
        ("deposit", 267750, date(2026, 1, 19)),
        ("balance", 267750, date(2026, 4, 10)),
    ]


def test_applied_four_months_before_is_one_invoice() -> None:
    assert parts(535500, date(2026, 5, 10)) == [("full", 535500, date(2026, 5, 24))]


def test_the_day_before_the_balance_is_the_last_with_two_and_the_deposit_never_later() -> None:
    assert parts(1001, date(2026, 4, 9)) == [
        ("deposit", 501, date(2026, 4, 10)),
        ("balance", 500, date(2026, 4, 10)),
    ]
    assert [kind for kind, *_ in parts(1001, date(2026, 4, 10))] == ["full"]


def test_corner_stand_of_9600() -> None:
    five_days = Schedule(deposit_percent=50, balance_on=date(2026, 8, 1), pay_days=5)
    assert parts(960000, date(2026, 6, 1), five_days)[0] == ("deposit", 480000, date(2026, 6, 6))
    # Full payment after the cut-off date.
    assert parts(960000, date(2026, 8, 2), five_days) == [("full", 960000, date(2026, 8, 7))]


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2026, 7, 31), 5, date(2026, 2, 28)),
        (date(2028, 7, 31), 5, date(2028, 2, 29)),
        (date(2026, 3, 15), 3, date(2025, 12, 15)),
        (date(2026, 1, 31), 0, date(2026, 1, 31)),
        (date(2026, 1, 1), 13, date(2024, 12, 1)),
    ],
)
def test_months_clamp_at_the_end_of_a_month(day: Any, months: Any, earlier: Any) -> None:
    assert months_before(day, months) == earlier
    assert balance_day(Schedule(balance_months=months), day) == earlier


@pytest.mark.parametrize("percent", [0, 100])
def test_all_at_once(percent: Any) -> None:
    assert parts(7, date(2026, 1, 1), Schedule(deposit_percent=percent)) == [("full", 7, date(2026, 1, 15))]


def test_odd_cents_go_to_the_first_and_nothing_is_due_after_the_opening() -> None:
    assert [minor for _, minor, _ in parts(10001, date(2026, 1, 1), Schedule(deposit_percent=30))] == [
        3001,
        7000,
    ]
    assert parts(5, date(2026, 9, 8)) == [("full", 5, OPENING)]
    assert parts(5, date(2026, 9, 11)) == [("full", 5, date(2026, 9, 11))]
    assert parts(0, date(2026, 1, 1)) == [("full", 0, date(2026, 1, 15))]
    assert InstalmentKind("full") is InstalmentKind.FULL


def test_a_fair_without_days_asks_for_all_at_once_unless_the_list_has_a_date() -> None:
    signed = date(2026, 1, 1)
    assert parts(10, signed, FIVE, opening=None) == [("full", 10, date(2026, 1, 15))]
    dated = Schedule(balance_on=date(2026, 3, 1))
    assert [kind for kind, *_ in parts(10, signed, dated, opening=None)] == ["deposit", "balance"]
