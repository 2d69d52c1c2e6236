"""Holds end to the minute or with a working day; who may hold; what is offered instead (exhibitors-stands.md §2.2, §3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.core.errors import Refused
from exhibitions.stands.rules.allocation import (
    LONGEST,
    AllocationKind,
    Asking,
    Bar,
    HoldLength,
    HoldUnit,
    WhoChooses,
    bar_to_hold,
    extended,
    has_expired,
    hold_until,
    is_end_of_day,
    is_live,
    last_moment,
    refuse_barred,
)
from exhibitions.stands.rules.nearest import Likeness, Place, by_nearness, nearest, number_key
from exhibitions.stands.rules.working_days import (
    WorkingCalendar,
    calendar_of,
    end_of_day,
    nth_working_day,
    read_days,
    working_days_between,
    write_days,
)

SHANGHAI = "Asia/Shanghai"
NOON = datetime(2026, 9, 28, 4, 0, tzinfo=UTC)  # Monday noon in Shanghai.
GOLDEN_WEEK = calendar_of(read_days("2026-10-01 – 2026-10-07"), read_days("2026-09-20, 2026-10-10"))
PLAIN = WorkingCalendar()


@dataclass
class Row:
    kind: AllocationKind = AllocationKind.HOLD
    until: datetime | None = NOON
    ended_at: datetime | None = None


@pytest.mark.parametrize(
    ("after", "live"),
    [(timedelta(microseconds=-1), True), (timedelta(0), False), (timedelta(microseconds=1), False)],
)
def test_a_hold_that_expires_at_noon_loses_against_a_request_at_noon(after: timedelta, live: bool) -> None:
    """§3 tests: hold expires at 12:00:00 → a request at 12:00:00 wins."""
    assert is_live(Row(), NOON + after) is live
    assert has_expired(Row(), NOON + after) is not live


def test_what_has_ended_or_never_expires() -> None:
    assert not is_live(Row(ended_at=NOON), NOON - timedelta(days=1))
    for row in (Row(AllocationKind.ASSIGNED), Row(AllocationKind.ASSIGNED, None), Row(until=None)):
        assert is_live(row, NOON + timedelta(days=999))


@pytest.mark.parametrize(
    ("seconds", "minutes", "expected"),
    [(0, 30, "04:30:00"), (1, 30, "04:31:00"), (59.999, 1, "04:02:00"), (60, 1, "04:02:00")],
)
def test_minutes_end_at_a_full_minute(seconds: float, minutes: int, expected: str) -> None:
    until = hold_until(
        NOON + timedelta(seconds=seconds), HoldLength(minutes, HoldUnit.MINUTES), SHANGHAI, PLAIN
    )
    assert until.time().isoformat() == expected
    assert not is_end_of_day(until, SHANGHAI)


@pytest.mark.parametrize(
    ("length", "last_day"),
    [
        (HoldLength(1, HoldUnit.WORKING_DAYS), "2026-09-29"),
        (HoldLength(2, HoldUnit.WORKING_DAYS), "2026-09-30"),
        (HoldLength(3, HoldUnit.WORKING_DAYS), "2026-10-08"),  # The holiday of 1 to 7 October does not count.
        (HoldLength(5, HoldUnit.WORKING_DAYS), "2026-10-10"),  # A Saturday on which people work.
        (HoldLength(6, HoldUnit.WORKING_DAYS), "2026-10-12"),
        (HoldLength(5, HoldUnit.DAYS), "2026-10-03"),
    ],
)
def test_days_end_when_the_last_of_them_is_over(length: HoldLength, last_day: str) -> None:
    until = hold_until(NOON, length, SHANGHAI, GOLDEN_WEEK)
    assert until == end_of_day(date.fromisoformat(last_day), SHANGHAI)
    assert is_end_of_day(until, SHANGHAI)
    assert last_moment(until).astimezone(until.tzinfo).date() <= date.fromisoformat(last_day)


def test_the_day_of_a_hold_is_that_of_the_fair() -> None:
    """At 23:30 in Shanghai it is still the Monday; at 00:30 the Tuesday, though in UTC it is not."""
    one = HoldLength(1, HoldUnit.WORKING_DAYS)
    monday = datetime(2026, 9, 28, 15, 30, tzinfo=UTC)
    tuesday = datetime(2026, 9, 28, 16, 30, tzinfo=UTC)
    assert hold_until(monday, one, SHANGHAI, PLAIN) == datetime(2026, 9, 29, 16, 0, tzinfo=UTC)
    assert hold_until(tuesday, one, SHANGHAI, PLAIN) == datetime(2026, 9, 30, 16, 0, tzinfo=UTC)


def test_a_day_of_23_hours_ends_at_its_own_midnight() -> None:
    assert end_of_day(date(2026, 3, 29), "Europe/Berlin") - end_of_day(
        date(2026, 3, 28), "Europe/Berlin"
    ) == timedelta(hours=23)


def test_day_6_without_half_the_price_has_lapsed() -> None:
    """§2.2: 50 % within 5 days or the hold lapses (what keeps it: orders/test_lives.py); day 6 without payment → released."""
    until = hold_until(NOON, HoldLength(5, HoldUnit.DAYS), SHANGHAI, PLAIN)
    day_5_last = datetime(2026, 10, 3, 15, 59, 59, tzinfo=UTC)
    assert is_live(Row(until=until), day_5_last)
    assert not is_live(Row(until=until), day_5_last + timedelta(seconds=1))


def test_extending_never_shortens() -> None:
    half_hour = HoldLength(30, HoldUnit.MINUTES)
    assert extended(NOON + timedelta(days=2), NOON, half_hour, SHANGHAI, PLAIN) == NOON + timedelta(days=2)
    assert extended(NOON, NOON, half_hour, SHANGHAI, PLAIN) == NOON + timedelta(minutes=30)


@pytest.mark.parametrize("unit", HoldUnit)
def test_a_hold_has_a_length_that_is_sensible(unit: HoldUnit) -> None:
    assert HoldLength(1, unit).amount == 1
    assert HoldLength(LONGEST[unit], unit).unit is unit
    for wrong in (0, -1, LONGEST[unit] + 1):
        with pytest.raises(Refused, match="hold_length"):
            HoldLength(wrong, unit)


def test_who_may_hold() -> None:
    ready: dict[str, Any] = {"admitted": True, "live": 0, "limit": 1}
    assert bar_to_hold(Asking(**ready), NOON) is None
    assert bar_to_hold(Asking(**ready | {"admitted": False}), NOON) is Bar.NOT_ADMITTED
    assert bar_to_hold(Asking(**ready | {"live": 1}), NOON) is Bar.TOO_MANY
    assert bar_to_hold(Asking(**ready | {"limit": 0}), NOON) is Bar.TOO_MANY
    assert bar_to_hold(Asking(**ready, who_chooses=WhoChooses.OFFICE), NOON) is Bar.NOT_OPEN
    assert bar_to_hold(Asking(**ready, who_chooses=WhoChooses.CLOSED), NOON) is Bar.NOT_OPEN
    second = timedelta(seconds=1)
    for opens, closes, bar in (
        (NOON, None, None),
        (NOON + second, None, Bar.NOT_OPEN),
        (None, NOON + second, None),
        (None, NOON, Bar.NOT_OPEN),
    ):
        assert bar_to_hold(Asking(**ready, opens_at=opens, closes_at=closes), NOON) is bar
    refuse_barred(None)
    for bar in Bar:
        with pytest.raises(Refused, match=bar.value):
            refuse_barred(bar)


def test_working_days_of_an_office() -> None:
    assert GOLDEN_WEEK.works_on(date(2026, 9, 20))
    assert GOLDEN_WEEK.works_on(date(2026, 10, 10))
    assert not GOLDEN_WEEK.works_on(date(2026, 10, 1))
    assert not GOLDEN_WEEK.works_on(date(2026, 10, 11))
    assert working_days_between(date(2026, 9, 28), date(2026, 10, 10), GOLDEN_WEEK) == 5
    assert working_days_between(date(2026, 9, 28), date(2026, 9, 28), GOLDEN_WEEK) == 0
    assert working_days_between(date(2026, 9, 28), date(2026, 9, 1), GOLDEN_WEEK) == 0
    with pytest.raises(ValueError, match="number 1"):
        nth_working_day(date(2026, 9, 28), 0, PLAIN)
    with pytest.raises(Refused, match="no_working_day"):
        nth_working_day(date(2026, 9, 28), 1, WorkingCalendar(weekend=frozenset(range(7))))
    with pytest.raises(Refused, match="day_is_both"):
        calendar_of([date(2026, 10, 1)], [date(2026, 10, 1)])


def test_days_are_read_as_people_write_them() -> None:
    assert read_days("") == frozenset()
    typed = "２０２６－１０－０１至2026年10月3日；\n 2026/12/31, ,2026-10-02 ~ 2026.10.2"
    assert write_days(read_days(typed)) == "2026-10-01 – 2026-10-03\n2026-12-31"
    for wrong in ("soon", "2026-02-30", "2026-10-07 – 2026-10-01", "2020-01-01 – 2026-01-01", "10-01"):
        with pytest.raises(Refused, match="no_day"):
            read_days(wrong)


@given(st.frozensets(st.dates(date(2020, 1, 1), date(2020, 3, 31))))
def test_written_days_are_read_again(days: frozenset[date]) -> None:
    assert read_days(write_days(days)) == days


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 40))
def test_the_nth_working_day_is_the_nth(start: date, number: int) -> None:
    day = nth_working_day(start, number, GOLDEN_WEEK)
    assert GOLDEN_WEEK.works_on(day)
    assert working_days_between(start, day, GOLDEN_WEEK) == number


def place(number: str, x: int = 0, **more: int | str) -> Place:
    facts = {"hall": 1, "kind": "shell", "area_mm2": 9_000_000, "x": x, "y": 0} | more
    return Place(number, **facts)  # type: ignore[arg-type]


WISHED = place("A01-01")


def test_the_nearest_stand_of_the_same_size_and_kind_is_offered() -> None:
    """ux.md §11: "A01-01 was taken a moment ago. A01-03 is free and the same size"."""
    free = [
        WISHED,
        place("A01-02", 3_000, area_mm2=18_000_000),
        place("A01-05", 12_000),
        place("A01-03", 6_000, area_mm2=9_000_001),
        place("A01-04", 3_000, kind="raw"),
    ]
    assert nearest(WISHED, free) == (free[3], Likeness.SAME)
    assert [each.number for each in by_nearness(WISHED, free)] == ["A01-03", "A01-05", "A01-04", "A01-02"]
    assert nearest(WISHED, free[:2]) == (free[1], Likeness.OTHER)
    assert nearest(WISHED, [WISHED]) is None


def test_another_hall_is_farther_than_the_end_of_the_own() -> None:
    free = [place("B1", 1, hall=2), place("A99", 200_000), place("A100", 200_000)]
    assert [each.number for each in by_nearness(WISHED, free)] == ["A99", "A100", "B1"]
    assert f"{free[0].square_metres:f} {place('A', area_mm2=13_120_000).square_metres:f}" == "9 13.12"
    assert f"{place('A', area_mm2=100_000_000).square_metres:f}" == "100"
    assert number_key("9.2B3") < number_key("9.2B29") < number_key("10.1A1")
