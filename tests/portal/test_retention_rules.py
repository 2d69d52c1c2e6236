"""P6, F20: when a term is over, by the calendar, without a database."""

from __future__ import annotations

from datetime import date

import pytest

from exhibitions.portal.rules.retention import TERMS, Kind, is_due, months_later, months_of


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 22), 12, date(2027, 8, 22)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -12, date(2025, 1, 15)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, expected: date) -> None:
    assert months_later(day, months) == expected


def test_f20_a_year_after_the_leap_day_ends_on_28_february() -> None:
    """Never later than promised: 1 March would be a day more than a year."""
    leap = date(2028, 2, 29)
    assert months_later(leap, 12) == date(2029, 2, 28)
    assert months_later(leap, 48) == date(2032, 2, 29)
    assert not is_due(leap, 12, date(2029, 2, 28))
    assert is_due(leap, 12, date(2029, 3, 1))


def test_a_term_is_over_from_the_day_after_its_last() -> None:
    assert not is_due(date(2026, 8, 22), 12, date(2027, 8, 22))
    assert is_due(date(2026, 8, 22), 12, date(2027, 8, 23))
    assert not is_due(None, 12, date(2099, 1, 1))


def test_what_the_organisation_says_holds_within_bounds() -> None:
    assert months_of(Kind.VISITORS, {}) == TERMS[Kind.VISITORS].months == 12
    assert months_of(Kind.VISITORS, {"visitors": 6}) == 6
    assert months_of(Kind.MAILS, {"mails": 99}) == TERMS[Kind.MAILS].most
    assert months_of(Kind.SCANS, {"scans": 0}) == 1
