"""Clocks, days and hours (check-in.md Time, F9, F19)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.expos.rules import span
from exhibitions.gates.rules.timing import (
    Calendar,
    Contact,
    Heard,
    Interval,
    heard,
    is_silent,
    may_annul,
    measured_offset,
    moved_within_queue,
    offset_is_known,
    review_reason,
)

NOW = datetime(2026, 9, 10, 4, 0, tzinfo=UTC)
DAY = date(2026, 9, 10)
HOUR = timedelta(hours=1)


def fair(zone: str = "Asia/Shanghai", cutoff: int = 0, day: date = DAY) -> Calendar:
    return Calendar(zone, cutoff, {day - timedelta(days=1): None, day: (time(9), time(17))})


def test_f9_an_offset_in_whole_seconds() -> None:
    for ahead in (timedelta(hours=26), timedelta(days=-3), timedelta(hours=7), timedelta(seconds=6)):
        sent = NOW + ahead
        assert measured_offset(sent, NOW + timedelta(milliseconds=40)) == ahead


@given(st.integers(0, 4_999))
def test_the_networks_delay_is_no_offset(delay: int) -> None:
    assert measured_offset(NOW, NOW + timedelta(milliseconds=delay)) == timedelta(0)


def test_c12_26_hours_fast_and_known() -> None:
    ahead = timedelta(hours=26)
    assert offset_is_known(NOW + ahead, ahead, NOW, None)
    # The last queue was sent with a right clock; made by that clock, the scan would lie in the future.
    assert offset_is_known(
        NOW + ahead - HOUR, ahead, NOW, Contact(NOW - 2 * HOUR, timedelta(0), drained=True)
    )


def test_c12_unknown_without_sent_at() -> None:
    assert not offset_is_known(NOW, None, NOW, None)


def test_unknown_when_the_clock_moved_within_one_queue() -> None:
    waiting = Contact(NOW - timedelta(minutes=1), timedelta(0), drained=False)
    moved = timedelta(minutes=2, seconds=1)
    assert not offset_is_known(NOW - HOUR, moved, NOW, waiting)
    assert offset_is_known(NOW - HOUR, timedelta(minutes=2), NOW, waiting)


def test_unknown_when_the_scan_may_be_older_than_the_move() -> None:
    emptied = Contact(NOW - 3 * HOUR, timedelta(0), drained=True)
    ahead = timedelta(hours=1)
    # By the old clock it was made an hour ago, by the new one two hours ago: nobody knows.
    assert not offset_is_known(NOW - HOUR, ahead, NOW, emptied)
    # By the old clock it was made before the queue was emptied: so the clock had moved already.
    assert offset_is_known(NOW - 4 * HOUR, -ahead * 3, NOW, emptied)


def test_a_first_contact_without_a_clock_says_nothing() -> None:
    assert offset_is_known(NOW, HOUR, NOW, Contact(NOW - HOUR, None, drained=False))


@pytest.mark.parametrize(
    ("corrected", "reason"),
    [
        (NOW + timedelta(minutes=2), None),
        (NOW + timedelta(minutes=2, seconds=1), "in_future"),
        (datetime(2026, 9, 8, 16, 0, tzinfo=UTC), None),
        (datetime(2026, 9, 8, 15, 59, 59, tzinfo=UTC), "before_build_up"),
    ],
)
def test_f9_review(corrected: datetime, reason: str | None) -> None:
    assert review_reason(corrected, NOW, fair().begins()) == reason


def test_a_fair_without_days_has_no_build_up() -> None:
    assert Calendar("Asia/Shanghai", 0, {}).begins() is None
    assert review_reason(NOW - 9999 * HOUR, NOW, None) is None


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Apia"])
def test_f19_borders_of_a_day(zone: str) -> None:
    calendar = fair(zone)
    frame = calendar.frame(DAY)
    assert calendar.day_of(frame.starts) == DAY
    assert calendar.day_of(frame.starts - timedelta(milliseconds=1)) == DAY - timedelta(days=1)
    assert calendar.day_of(frame.ends - timedelta(milliseconds=1)) == DAY
    assert calendar.day_of(frame.ends) == DAY + timedelta(days=1)
    assert calendar.shown(frame.starts) == "00:00"


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Asia/Shanghai", DAY, 24),
    ],
)
def test_f19_lengths_of_days(zone: str, day: date, hours: int) -> None:
    frame = fair(zone, day=day).frame(day)
    assert frame.ends - frame.starts == hours * HOUR


def test_f19_the_doubled_hour_is_open_twice_and_the_missing_hour_ends() -> None:
    autumn = fair("Europe/Berlin", day=date(2026, 10, 25)).span(date(2026, 10, 25), time(2), time(3))
    assert autumn == Interval(
        datetime(2026, 10, 25, 0, 0, tzinfo=UTC), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
    )
    spring = fair("Europe/Berlin", day=date(2026, 3, 29)).span(date(2026, 3, 29), time(1), time(4))
    assert spring.end - spring.start == 2 * HOUR


def test_the_public_page_and_the_gate_close_together_when_the_clocks_go_back() -> None:
    """F19: one rule for both; the doubled hour is open twice on the page, too."""
    day, berlin = date(2026, 10, 25), ZoneInfo("Europe/Berlin")
    start, end = span(day, time(2), time(3), "Europe/Berlin", 0)
    assert end.astimezone(UTC) - start.astimezone(UTC) == 2 * HOUR
    second = datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=1)
    at_gate = fair("Europe/Berlin", day=day).span(day, time(2), time(2, 45))
    assert second.astimezone(UTC) in at_gate
    assert at_gate.end == span(day, time(2), time(2, 45), "Europe/Berlin", 0)[1].astimezone(UTC)


def test_who_has_to_be_looked_after() -> None:
    """O9: silent for more than five minutes, or never heard."""
    now = datetime(2026, 9, 10, 2, tzinfo=UTC)
    seen = [None, now - timedelta(minutes=5, seconds=1), now - timedelta(minutes=5), now]
    assert [is_silent(at, now) for at in seen] == [True, True, False, False]


def test_how_lately_a_device_was_heard() -> None:
    """O9: amber after two minutes, red after five."""
    now = datetime(2026, 9, 10, 2, tzinfo=UTC)
    ages = [0, 120, 121, 300, 301]
    found = [heard(now - timedelta(seconds=age), now) for age in ages]
    assert found == ["lately", "lately", "late", "late", "silent"]
    assert heard(None, now) is Heard.SILENT


def test_f19_cut_off_at_four() -> None:
    calendar = Calendar("Asia/Shanghai", 4, {DAY: (time(20), time(2))})
    frame = calendar.frame(DAY)
    night = datetime(2026, 9, 10, 17, 30, tzinfo=UTC)
    assert calendar.day_of(night) == DAY
    assert frame.official == Interval(
        datetime(2026, 9, 10, 12, tzinfo=UTC), datetime(2026, 9, 10, 18, tzinfo=UTC)
    )
    assert calendar.span(DAY, time(2), time(3)).start == datetime(2026, 9, 10, 18, tzinfo=UTC)


def test_c9_hours_are_half_open() -> None:
    official = fair().frame(DAY).official
    assert official is not None
    assert official.start in official
    assert official.end not in official


def test_reset_at_closing_and_at_the_border() -> None:
    frame = fair().frame(DAY)
    assert frame.official is not None
    assert frame.period_start(frame.official.end - timedelta(seconds=1)) == frame.starts
    assert frame.period_start(frame.official.end) == frame.official.end
    quiet = fair().frame(DAY - timedelta(days=1))
    assert quiet.period_start(quiet.ends - timedelta(seconds=1)) == quiet.starts


def test_last_admission_on_the_next_date() -> None:
    calendar = fair()
    opens = calendar.span(DAY, time(20), time(2)).start
    assert calendar.moment_after(opens, time(1)) == opens + 5 * HOUR
    assert calendar.moment_after(opens, time(23)) == opens + 3 * HOUR


def test_undo_within_fifteen_minutes() -> None:
    assert may_annul(NOW, NOW)
    assert may_annul(NOW, NOW + timedelta(minutes=15))
    assert not may_annul(NOW, NOW + timedelta(minutes=15, seconds=1))
    assert not may_annul(NOW, NOW - timedelta(seconds=1))


def test_frames_are_the_same_frame() -> None:
    calendar = fair()
    assert calendar.frame(DAY) is calendar.frame(DAY)
    assert calendar.hour_of(NOW) == "12"


def test_a_clock_that_moves_within_a_queue_is_told_from_one_that_moves_between_queues() -> None:
    """check-in.md, Time: every later batch of the same queue is doubted, not only the first."""
    waiting, emptied = (Contact(NOW - HOUR, timedelta(0), drained=drained) for drained in (False, True))
    assert moved_within_queue(timedelta(minutes=10), waiting)
    assert not moved_within_queue(timedelta(minutes=1), waiting)
    assert not moved_within_queue(timedelta(minutes=10), emptied)
    assert not moved_within_queue(timedelta(minutes=10), None)


def test_equal_hours_are_the_whole_day_from_border_to_border() -> None:
    """C8: open around the clock; with a cut-off the day's hours begin and end with it, whatever hour is written."""
    for cutoff in (0, 4):
        calendar = Calendar("Asia/Shanghai", cutoff, {DAY: (time(0), time(0))})
        frame = calendar.frame(DAY)
        assert frame.official == Interval(frame.starts, frame.ends)
