"""Deadlines with surcharges, marks on the plan, deposits, people on a stand (exhibitors-stands.md §2.4)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from exhibitions.core.errors import Refused
from exhibitions.orders.rules import services
from exhibitions.orders.rules.services import Mark, Price, Size, Step

FIRST, SECOND, LAST = date(2026, 7, 1), date(2026, 7, 15), date(2026, 8, 1)
STEPS = (Step(FIRST), Step(SECOND, 30), Step(LAST, 50))
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "percent"),
    [(FIRST, 0), (FIRST + DAY, 30), (SECOND, 30), (SECOND + DAY, 50), (LAST, 50), (LAST + DAY, None)],
)
def test_a_deadline_still_counts_on_its_own_day(day: date, percent: int | None) -> None:
    """§2.4: +30 %, +50 % and read-only afterwards."""
    price = services.price_on(STEPS, day)
    assert (price and price.percent) == percent


def test_what_the_price_becomes_next() -> None:
    assert services.next_price(STEPS, FIRST) == Price(30, SECOND)
    assert services.next_price(STEPS, LAST) is None
    assert services.next_price(STEPS, LAST + DAY) is None
    assert services.price_on((), LAST) == Price(0, None)


def test_a_line_is_rounded_once_and_half_up() -> None:
    assert services.line_minor(12_345, 1, 30) == 16_049, "160.485 is 160.49"
    assert services.line_minor(12_345, 3, 50) == 55_553
    assert services.line_minor(333, Decimal("1.5")) == 500
    assert services.line_minor(0, 7, 50) == 0


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ((Step(SECOND), Step(FIRST, 30)), "steps_order"),
        ((Step(FIRST), Step(FIRST, 30)), "steps_order"),
        ((Step(FIRST, 50), Step(SECOND, 30)), "steps_fall"),
        ((Step(FIRST, -1),), "steps_percent"),
        ((Step(FIRST, 501),), "steps_percent"),
    ],
)
def test_deadlines_that_make_no_sense_are_refused(steps: tuple[Step, ...], code: str) -> None:
    services.check_steps(STEPS)
    with pytest.raises(Refused, match=code):
        services.check_steps(steps)


def test_a_quantity_within_what_is_offered() -> None:
    services.check_quantity(1, 0, None)
    services.check_quantity(5, 2, 5)
    for quantity, least, most in ((0, 0, None), (1, 2, None), (6, 1, 5)):
        with pytest.raises(Refused, match="service_quantity"):
            services.check_quantity(quantity, least, most)


def test_the_deposit_by_size_class() -> None:
    sizes = [Size(Decimal(100), 1_000_000), Size(Decimal(50), 500_000), Size(Decimal(200), 3_000_000)]
    areas = ("0", "36", "50", "50.01", "150", "900")
    deposits = [services.deposit_by_size(Decimal(area), sizes) for area in areas]
    assert deposits == [0, 500_000, 500_000, 1_000_000, 2_000_000, 2_000_000]
    assert services.deposit_by_size(Decimal(36), []) == 0


def test_every_connection_is_marked_on_the_stand() -> None:
    assert services.read_marks("1.5 0.2\n3，０\n\n", 2, 3000, 3000) == [Mark(1500, 200), Mark(3000, 0)]
    for text, quantity, code in (
        ("1 1", 2, "marks_count"),
        ("", 1, "marks_count"),
        ("left corner", 1, "mark_unread"),
        ("3.001 1", 1, "mark_outside"),
        ("1 3.5", 1, "mark_outside"),
    ):
        with pytest.raises(Refused, match=code):
            services.read_marks(text, quantity, 3000, 3000)
