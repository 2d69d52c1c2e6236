"""Occupancy and dwell: C7, C14, visitors-gates.md, any order of arrival."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from exhibitions.gates.rules.counting import Holder, Place, Scan
from exhibitions.gates.rules.occupancy import Level, Stay, curve, stays
from tests.gates.test_counting import D1, D2, SCANS, lively, local, scan, setting

TWO_ZONES = setting(gates={1: Place(1), 2: Place(2)}, badges={name: Holder(name, "trade") for name in "abcd"})


def shown(scans: list[Scan], zone: int = 1) -> list[int]:
    return [level.inside for level in curve(scans, TWO_ZONES).get(zone, [])]


def test_c7_two_exits_in_a_row_change_it_once() -> None:
    scans = [
        scan("a", D1, "10:00"),
        scan("b", D1, "10:01"),
        scan("a", D1, "11:00", "out"),
        scan("a", D1, "11:01", "out"),
    ]
    assert shown(scans) == [1, 2, 1]


def test_c14_in_and_out_and_in() -> None:
    scans = [
        scan("a", D1, "10:00"),
        scan("b", D1, "10:01"),
        scan("c", D1, "10:02"),
        scan("d", D1, "10:03", admitted=False, verdict="full"),
        scan("a", D1, "10:04", "out"),
        scan("d", D1, "10:05"),
        scan("b", D1, "10:06"),
        scan("nobody", D1, "10:07", "out"),
    ]
    assert shown(scans) == [1, 2, 3, 2, 3]


def test_an_entry_in_another_zone_is_an_exit_from_the_first() -> None:
    scans = [scan("a", D1, "10:00"), scan("a", D1, "10:30", gate=2), scan("a", D1, "11:00", "out", gate=1)]
    levels = curve(scans, TWO_ZONES)
    assert [level.inside for level in levels[1]] == [1, 0]
    assert [level.inside for level in levels[2]] == [1, 0]


def test_an_entry_uploaded_after_its_exit() -> None:
    assert shown([scan("a", D1, "11:00", "out"), scan("a", D1, "10:00")]) == [1, 0]


def test_heads_and_clicks_never_below_zero() -> None:
    scans = [
        scan("a", D1, "10:00", heads=45),
        scan(None, D1, "10:10", kind="clicker", heads=5),
        scan(None, D1, "10:20", "out", kind="clicker", heads=60),
        scan("a", D1, "10:30", "out"),
    ]
    assert shown(scans) == [45, 50, 0, 0]


def test_an_open_gate_scan_without_a_code_adds_one_and_its_exit_is_nobodys() -> None:
    scans = [scan(None, D1, "10:00", verdict="open_gate"), scan(None, D1, "10:10", "out")]
    assert shown(scans) == [1]


def test_reset_at_closing_and_overnight() -> None:
    scans = [scan("a", D1, "10:00"), scan("b", D1, "17:30"), scan("c", D2, "10:00")]
    assert curve(scans, TWO_ZONES)[1] == [
        Level(local(D1, "10:00:00"), 1),
        Level(local(D1, "17:00:00"), 0),
        Level(local(D1, "17:30:00"), 1),
        Level(local(D2, "00:00:00"), 0),
        Level(local(D2, "10:00:00"), 1),
    ]


def test_what_counts_nowhere_moves_nobody() -> None:
    scans = [scan("a", D1, "10:00", state=state) for state in ("review", "rejected", "annulled", "rehearsal")]
    assert curve(scans, TWO_ZONES) == {}


def test_dwell_two_and_a_half_hours_measured_three_estimated() -> None:
    """visitors-gates.md: in 10:00, out 12:30, in 14:00, none."""
    scans = [scan("a", D1, "10:00"), scan("a", D1, "12:30", "out"), scan("a", D1, "14:00")]
    first, second = stays(scans, TWO_ZONES)
    assert (first.end - first.start, first.estimated) == (timedelta(hours=2, minutes=30), False)
    assert (second.end - second.start, second.estimated) == (timedelta(hours=3), True)


def test_dwell_over_zones_second_entries_clicks_and_late_exits() -> None:
    scans = [
        scan("a", D1, "10:00"),
        scan("a", D1, "10:05"),
        scan("a", D1, "11:00", gate=2),
        scan(None, D1, "11:00", kind="clicker"),
        scan("b", D1, "18:00"),
        scan("a", D1, "18:30", "out"),
        scan("a", D2, "10:00"),
    ]
    assert stays(scans, TWO_ZONES) == [
        Stay("a", D1, 1, local(D1, "10:00:00"), local(D1, "11:00:00"), estimated=False),
        Stay("a", D1, 2, local(D1, "11:00:00"), local(D1, "17:00:00"), estimated=True),
        Stay("b", D1, 1, local(D1, "18:00:00"), local(D2, "00:00:00"), estimated=True),
        Stay("a", D2, 1, local(D2, "10:00:00"), local(D2, "17:00:00"), estimated=True),
    ]


@given(SCANS, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_curve_and_stays(scans: list[Scan], chance: Any) -> None:
    mixed = scans + chance.sample(scans, len(scans) // 3)
    chance.shuffle(mixed)
    assert curve(mixed, lively()) == curve(scans, lively())
    assert stays(mixed, lively()) == stays(scans, lively())
    assert all(level.inside >= 0 for levels in curve(mixed, lively()).values() for level in levels)
