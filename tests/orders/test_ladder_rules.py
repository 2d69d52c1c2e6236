"""Cancelling by the ladder (spec §2.2): staged fee, reduction of area, refund."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.core.errors import Refused
from exhibitions.orders.rules.ladder import Ladder, cancel, days_before, fee_of, reduce_to

LADDER = Ladder.of([(60, 50), (180, 0), (90, "25"), (30, 80)])


def test_exactly_at_a_step_the_step_counts() -> None:
    days = [181, 180, 179, 90, 89, 60, 59, 30, 29, 1, 0, -1, -400]
    assert [int(LADDER.percent(day)) for day in days] == [
        0,
        0,
        25,
        25,
        50,
        50,
        80,
        80,
        100,
        100,
        100,
        100,
        100,
    ]


def test_days_are_counted_to_the_opening() -> None:
    opening = date(2026, 8, 17)
    assert [days_before(opening, day) for day in (date(2026, 8, 16), opening, date(2026, 8, 18))] == [
        1,
        0,
        -1,
    ]


def test_without_a_ladder_nothing_is_kept_before_the_opening() -> None:
    assert [Ladder(()).percent(day) for day in (1, 0, -1)] == [0, 100, 100]
    assert Ladder.of([(0, 10)]).percent(0) == 10
    assert Ladder.of([(0, 10)]).percent(-1) == 100


def test_it_is_read_from_what_an_order_has_frozen() -> None:
    frozen = [{"days_before": step.days, "percent": str(step.percent)} for step in reversed(LADDER.steps)]
    assert Ladder.from_data(frozen) == LADDER
    assert Ladder.from_data([]) == Ladder(())


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([(10, 101)], "ladder_range"),
        ([(10, -1)], "ladder_range"),
        ([(-1, 10)], "ladder_range"),
        ([(10, 1), (10, 2)], "ladder_double"),
        ([(20, 50), (10, 40)], "ladder_falls"),
    ],
)
def test_a_ladder_that_makes_no_sense_is_refused(steps: list[tuple[int, int]], code: str) -> None:
    with pytest.raises(Refused) as refused:
        Ladder.of(steps)
    assert refused.value.code == code


def test_half_a_cent_goes_up_and_the_fee_never_above_the_price() -> None:
    assert fee_of(101, Decimal(50)) == 51
    assert fee_of(1, Decimal("49.9")) == 0
    assert fee_of(535_500, Decimal(100)) == 535_500
    assert fee_of(100, Decimal(120)) == 100
    assert fee_of(0, Decimal(100)) == 0


def test_refund_is_paid_less_fee_and_owed_where_that_is_negative() -> None:
    half_paid = cancel(LADDER, 535_500, 267_750, 100)
    assert (half_paid.fee, half_paid.refund, half_paid.owed) == (133_875, 133_875, 0)
    late = cancel(LADDER, 535_500, 267_750, 10)
    assert (late.fee, late.refund, late.owed) == (535_500, 0, 267_750)
    exact = cancel(LADDER, 535_500, 267_750, 60)
    assert (exact.fee, exact.refund, exact.owed) == (267_750, 0, 0)


def test_less_area_is_the_cancellation_of_the_difference() -> None:
    """36 m² at 285 become 18 m² a hundred days before: a quarter of the other 18 m² is kept."""
    less = reduce_to(LADDER, 1_026_000, 513_000, 1_026_000, 100)
    assert (less.given_up, less.fee, less.total, less.refund) == (513_000, 128_250, 641_250, 384_750)
    more = reduce_to(LADDER, 513_000, 600_000, 513_000, 10)
    assert (more.given_up, more.fee, more.total, more.owed) == (0, 0, 600_000, 87_000)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.integers(-50, 400))
def test_sums_hold(before: int, after: int, received: int, days: int) -> None:
    found = reduce_to(LADDER, before, after, received, days)
    assert 0 <= found.fee <= found.given_up
    assert found.refund == 0 or found.owed == 0
    assert received - found.refund + found.owed == found.total
