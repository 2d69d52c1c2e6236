"""Attendance: DEMO-8 of statistics.md with its visitor cases, C8, C14a, C14b, F8, F10, F11, and any order of arrival."""

from __future__ import annotations

import dataclasses
import itertools
import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.gates.rules.counting import (
    Attendance,
    ClassRule,
    Holder,
    Place,
    Scan,
    Setting,
    Slip,
    Tally,
    attendance,
    doubles,
    in_order,
)
from exhibitions.gates.rules.timing import Calendar, Interval

D1, D2, D3 = (date(2026, 9, day) for day in (10, 11, 12))
SHANGHAI = "Asia/Shanghai"
HALL, CONFERENCE = 1, 2
VISITOR_CLASSES = ("trade", "public", "vip", "speaker")
STAFF_CLASSES = ("press", "exhibitor", "service", "organiser")


def calendar(
    opens: time = time(9), closes: time = time(17), zone: str = SHANGHAI, cutoff: int = 0
) -> Calendar:
    return Calendar(zone, cutoff, dict.fromkeys((D1, D2, D3), (opens, closes)))


def local(day: date, hour: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}+08:00").astimezone(UTC)


_serial = itertools.count(1)


def scan(badge: Any, day: date, hour: str, direction: str = "in", gate: int = HALL, **change: Any) -> Scan:
    at = local(day, hour if hour.count(":") == 2 else f"{hour}:00")
    return Scan(at, str(uuid.UUID(int=next(_serial))), gate, direction, badge)._replace(**change)


def demo8_badges() -> dict[Any, Holder]:
    rows = [
        ("b1", "p1", "trade", "CN"),
        ("b7", "p1", "trade", "CN"),
        ("b2", "p2", "trade", "KR"),
        ("b3", "p3", "public", "CN"),
        ("b4", "p4", "trade", "CN"),
        ("b5", "p5", "press", "CN"),
        ("b6", "p6", "exhibitor", "CN"),
        ("b8", "p8", "trade", "DE"),
        ("b9", "p9", "speaker", "CN"),
        ("b10", "p10", "speaker", "JP"),
        ("b11", "p11", "vip", "CN"),
        ("b12", "p12", "vip", "CN"),
        ("b13", "p13", "service", "CN"),
        ("b14", "p14", "organiser", "CN"),
        ("b15", "p15", "trade", "CN"),
        ("b16", "p16", "trade", "KR"),
    ]
    return {badge: Holder(person, rule, region) for badge, person, rule, region in rows}


def demo8_scans() -> list[Scan]:
    twice = scan("b15", D2, "10:00")
    return [
        scan("b1", D1, "10:05"),
        scan("b1", D1, "14:00"),
        scan("b1", D2, "10:10"),
        scan("b7", D3, "11:00"),
        *(scan("b2", day, "09:30") for day in (D1, D2, D3)),
        scan("b3", D3, "12:00"),
        *(scan("b5", day, "09:10") for day in (D1, D2)),
        *(scan("b6", day, "08:00", admitted=True) for day in (D1, D2, D3)),
        scan("b8", D1, "08:20"),
        scan("b9", D2, "10:00", gate=CONFERENCE),
        scan("b10", D2, "09:30", gate=CONFERENCE),
        scan("b10", D2, "12:00"),
        scan("b11", D2, "15:00"),
        scan("b13", D1, "10:00"),
        scan("b14", D1, "10:00"),
        twice,
        twice,
        scan("b15", D2, "12:30", "out"),
        scan("b16", D3, "16:59"),
        scan("b16", D3, "17:30"),
    ]


def setting(**change: Any) -> Setting:
    classes = {key: ClassRule(counts=True) for key in VISITOR_CLASSES}
    classes |= {key: ClassRule(counts=False) for key in STAFF_CLASSES}
    whole = Setting(
        calendar=calendar(),
        gates={HALL: Place(1), CONFERENCE: Place(2, exhibition=False)},
        classes=classes,
        badges=demo8_badges(),
    )
    return dataclasses.replace(whole, **change)


def figures(result: Attendance) -> tuple[int, int, list[int]]:
    return (
        result.total.visitors,
        result.total.visits,
        [result.by_day.get(d, Tally()).visits for d in (D1, D2, D3)],
    )


def test_demo8_base() -> None:
    """V-1 to V-4, V-6, V-7: 7 visitors, 11 visits, 2/5/4."""
    result = attendance(demo8_scans(), setting())
    assert figures(result) == (7, 11, [2, 5, 4])
    overseas = [result.by_region[place] for place in ("KR", "JP")]
    assert (sum(t.visitors for t in overseas), sum(t.visits for t in overseas)) == (3, 5)
    assert {key: (t.visitors, t.visits) for key, t in result.by_class.items()} == {
        "public": (1, 1),
        "speaker": (1, 1),
        "trade": (4, 8),
        "vip": (1, 1),
    }
    assert result.not_counted == {
        "not_a_visitor": 7,
        "not_the_exhibition": 2,
        "out_of_hours": 2,
        "re_entry": 1,
    }
    assert sum(t.visits for t in result.by_hour.values()) == 11
    assert {hour: t.visits for hour, t in result.by_hour.items()} == {
        "09": 3,
        "10": 3,
        "11": 1,
        "12": 2,
        "15": 1,
        "16": 1,
    }
    assert {gate: (t.visits, t.visitors) for gate, t in result.by_gate.items()} == {HALL: (11, 7)}


def test_18_re_entries_add_no_visit() -> None:
    more = [scan("b1", D1, f"1{n}:30") for n in range(5)]
    assert figures(attendance(demo8_scans() + more, setting())) == (7, 11, [2, 5, 4])


def test_19_a_double_person_before_and_after_the_merge() -> None:
    apart = demo8_badges() | {"b7": Holder("p1 again", "trade", "CN")}
    assert figures(attendance(demo8_scans(), setting(badges=apart))) == (8, 11, [2, 5, 4])
    assert figures(attendance(demo8_scans(), setting())) == (7, 11, [2, 5, 4])


def test_21_a_printed_badge_is_no_entry() -> None:
    """V-7: b4 was printed and never scanned."""
    assert "p4" not in {visit.person for visit in attendance(demo8_scans(), setting()).visits}


def test_22_at_nine_sharp() -> None:
    assert figures(attendance([*demo8_scans(), scan("b8", D1, "09:00:00")], setting())) == (8, 12, [3, 5, 4])


def test_23_only_the_entry_after_closing() -> None:
    kept = [s for s in demo8_scans() if not (s.badge == "b16" and s.at < local(D3, "17:00:00"))]
    assert figures(attendance(kept, setting())) == (6, 10, [2, 5, 3])


def test_25_a_slip_is_evidence() -> None:
    slip = Slip(D3, "17", person="p12", rule="vip")
    assert figures(attendance(demo8_scans(), setting(), [slip])) == (8, 12, [2, 5, 5])
    both = [slip, Slip(D2, "18", person="p11", rule="vip")]
    assert figures(attendance(demo8_scans(), setting(), both)) == (8, 12, [2, 5, 5])


def test_26_an_exhibitors_pass_never_counts() -> None:
    assert figures(attendance([*demo8_scans(), scan("b6", D2, "11:00")], setting())) == (7, 11, [2, 5, 4])
    assert figures(attendance(demo8_scans(), setting(), [Slip(D1, "1", "p6", "exhibitor")])) == (
        7,
        11,
        [2, 5, 4],
    )


def test_27_re_classed_from_press_to_trade_after_the_fair() -> None:
    badges = demo8_badges() | {"b5": Holder("p5", "trade", "CN")}
    assert figures(attendance(demo8_scans(), setting(badges=badges))) == (8, 13, [3, 6, 4])


def test_28_profile_abc_counts_press() -> None:
    """V-13: visitors 8; exhibitors' attendance apart; repeat visits are visits minus visitors."""
    classes = dict(setting().classes) | {"press": ClassRule(counts=True)}
    result = attendance(demo8_scans(), setting(classes=classes))
    assert figures(result) == (8, 13, [3, 6, 4])
    assert result.total.visits - result.total.visitors == 5
    staff = attendance(
        demo8_scans(),
        setting(classes={"exhibitor": ClassRule(True, {d: early_door(d) for d in (D1, D2, D3)})}),
    )
    assert staff.total.visitors == 1


def early_door(day: date) -> Interval:
    return Interval(local(day, "07:00:00"), local(day, "18:00:00"))


def test_30_a_batch_uploaded_three_times() -> None:
    scans = demo8_scans()
    assert attendance(scans * 3, setting()) == attendance(scans, setting())


def test_32_one_local_day_across_the_utc_border() -> None:
    at = [datetime(2026, 9, 10, 23, 30, tzinfo=UTC), datetime(2026, 9, 11, 8, 0, tzinfo=UTC)]
    scans = [Scan(moment, str(n), HALL, "in", "b1") for n, moment in enumerate(at)]
    assert figures(attendance(scans, setting(calendar=calendar(opens=time(7))))) == (1, 1, [0, 1, 0])


def test_37_redeemed_vouchers_without_contact() -> None:
    slips = [Slip(D1, f"V{n}", rule="trade") for n in range(12)]
    assert figures(attendance(demo8_scans(), setting(), slips)) == (19, 23, [14, 5, 4])
    assert figures(attendance(demo8_scans(), setting(nameless_slips=False), slips)) == (7, 11, [2, 5, 4])


def test_39_no_gates_at_all() -> None:
    result = attendance([], setting(), [Slip(D1, str(n)) for n in range(5000)])
    assert (result.total.visitors, result.total.visits) == (5000, 5000)


def test_45_nothing() -> None:
    result = attendance([], setting())
    assert (result.total, result.by_day, result.not_counted) == (Tally(), {}, {})


def test_c8_round_the_clock_two_days() -> None:
    around = calendar(opens=time(0), closes=time(0))
    scans = [scan("b1", D1, "23:30"), scan("b1", D2, "00:30")]
    assert scans[0].at.date() == scans[1].at.date()
    assert figures(attendance(scans, setting(calendar=around))) == (1, 2, [1, 1, 0])


def test_cut_off_hour_moves_the_border() -> None:
    """F19: with cut-off 4 the night belongs to the day before."""
    night = calendar(opens=time(4), closes=time(4), cutoff=4)
    scans = [scan("b1", D1, "23:30"), scan("b1", D2, "00:30"), scan("b1", D2, "04:00")]
    assert figures(attendance(scans, setting(calendar=night))) == (1, 2, [1, 1, 0])


def with_early_doors() -> Setting:
    doors = {D1: Interval(local(D1, "08:50:00"), local(D1, "17:00:00"))}
    return setting(classes=dict(setting().classes) | {"trade": ClassRule(True, doors)})


def test_c14a_early_window() -> None:
    early = scan("b1", D1, "08:52")
    assert figures(attendance([early], with_early_doors())) == (1, 1, [1, 0, 0])
    assert figures(attendance([early], setting())) == (0, 0, [0, 0, 0])


def test_early_window_ends_with_an_exit_before_the_opening() -> None:
    entry, leave = scan("b1", D1, "08:52"), scan("b1", D1, "08:58", "out")
    gone = attendance([entry, leave], with_early_doors())
    assert (figures(gone), gone.not_counted) == ((0, 0, [0, 0, 0]), {"out_of_hours": 1})
    stayed = attendance([entry, scan("b1", D1, "09:00:00", "out")], with_early_doors())
    assert figures(stayed) == (1, 1, [1, 0, 0])
    back = attendance([entry, leave, scan("b1", D1, "10:00")], with_early_doors())
    assert (figures(back), list(back.by_hour)) == ((1, 1, [1, 0, 0]), ["10"])


def test_before_the_early_window_is_out_of_hours() -> None:
    assert attendance([scan("b1", D1, "08:49")], with_early_doors()).not_counted == {"out_of_hours": 1}


def test_doors_that_stay_open_after_official_closing_make_no_visit() -> None:
    late = ClassRule(True, {D1: Interval(local(D1, "09:00:00"), local(D1, "20:00:00"))})
    assert attendance([scan("b1", D1, "18:00")], setting(classes={"trade": late})).not_counted == {
        "out_of_hours": 1
    }


def group(named: int) -> dict[Any, Holder]:
    people = tuple(Holder(f"g{n}", "trade", "KR") for n in range(named))
    return {"leader": Holder("g0", "trade", "KR", named=people)}


def test_c14b_a_leader_with_45_heads_of_whom_40_are_named() -> None:
    result = attendance([scan("leader", D1, "10:00", heads=45)], setting(badges=group(40)))
    assert (result.total, result.flagged, result.not_counted) == (Tally(visits=45, visitors=40), 5, {})


def test_a_group_that_comes_back_from_lunch_counts_once() -> None:
    scans = [
        scan("leader", D1, "10:00", heads=45),
        scan("leader", D1, "12:00", "out", heads=45),
        scan("leader", D1, "13:00", heads=44),
    ]
    result = attendance(scans, setting(badges=group(40)))
    assert (result.total, result.flagged, result.not_counted) == (Tally(45, 40), 5, {"re_entry": 1})


def test_heads_of_a_person_without_a_list() -> None:
    result = attendance([scan("b1", D1, "10:00", heads=3)], setting())
    assert (result.total, result.flagged) == (Tally(3, 1), 2)


def test_a_named_person_who_also_shows_an_own_badge_is_one_visitor() -> None:
    badges = group(3) | {"own": Holder("g2", "trade", "KR")}
    scans = [scan("leader", D1, "10:00", heads=3), scan("own", D1, "10:01")]
    assert attendance(scans, setting(badges=badges)).total == Tally(3, 3)


def test_an_early_group_that_left_again() -> None:
    badges = group(2)
    scans = [scan("leader", D1, "08:52", heads=3), scan("leader", D1, "08:58", "out", heads=3)]
    rules = dataclasses.replace(with_early_doors(), badges=badges)
    result = attendance(scans, rules)
    assert (result.total, result.flagged, result.not_counted) == (Tally(), 0, {"out_of_hours": 1})


def test_unbound_reserve_badges_add_flagged_visits_and_no_visitors() -> None:
    badges = {"r1": Holder(None, "trade"), "r2": Holder(None, "trade")}
    scans = [
        scan("r1", D1, "10:00"),
        scan("r1", D1, "11:00"),
        scan("r2", D1, "10:00"),
        scan("r1", D2, "10:00"),
    ]
    result = attendance(scans, setting(badges=badges))
    assert (result.total, result.flagged, result.not_counted) == (Tally(3, 0), 3, {"re_entry": 1})


def test_open_gate_visits_are_marked_estimated() -> None:
    opened: dict[str, Any] = {"verdict": "open_gate"}
    scans = [
        scan("b1", D1, "10:00", **opened),
        scan("b1", D1, "11:00", **opened),
        scan("ABC", D1, "10:00", **opened),
        scan("ABC", D1, "10:01", **opened),
        scan(None, D1, "10:02", **opened),
        scan(None, D1, "10:03", kind="clicker", heads=7, **opened),
        scan(None, D1, "08:00", **opened),
        scan("b6", D1, "10:00", **opened),
    ]
    result = attendance(scans, setting())
    assert (result.total, result.estimated, result.flagged) == (Tally(10, 1), 10, 0)
    assert result.not_counted == {"not_a_visitor": 1, "out_of_hours": 1, "re_entry": 2}


def test_clicks_change_no_visits() -> None:
    scans = [
        scan(None, D1, "10:00", kind="clicker", heads=7),
        scan(None, D1, "10:30", "out", kind="clicker", heads=2),
    ]
    assert attendance(scans, setting()).not_counted == {"clicker": 1}


def test_states_that_do_not_count() -> None:
    states = ["review", "rejected", "annulled", "rehearsal"]
    scans = [scan("b1", D1, "10:00", state=state) for state in states]
    scans += [scan("b2", D1, "10:00", admitted=False), scan("nobody", D1, "10:00")]
    result = attendance(scans, setting())
    assert result.total == Tally()
    # A rehearsal counts nowhere, not even here: wiping it changes no figure.
    assert result.not_counted == {"annulled": 1, "no_person": 1, "refused": 1, "rejected": 1, "review": 1}


def test_a_rehearsed_or_undone_exit_takes_no_early_visitor_out() -> None:
    entry = scan("b1", D1, "08:52")
    for state in ("rehearsal", "annulled", "review"):
        leave = scan("b1", D1, "08:58", "out", state=state)
        assert attendance([entry, leave], with_early_doors()).total == Tally(1, 1)


def test_f11_admitted_against_a_voided_badge() -> None:
    """Counts as a visit if the person held a valid badge then (the new one), and not when all were cancelled."""
    until = (Interval(datetime.min.replace(tzinfo=UTC), local(D1, "10:00:00")),)
    badges = {"old": Holder("p1", "trade", "CN", valid=until)}
    offline = scan("old", D1, "10:05", verdict="voided", claimed="first_today")
    assert attendance([offline], setting(badges=badges)).not_counted == {"invalid_badge": 1}
    before = scan("old", D1, "09:59", verdict="first_today", claimed="first_today")
    assert attendance([before], setting(badges=badges)).total == Tally(1, 1)
    replaced = {
        "old": Holder(
            "p1", "trade", "CN", valid=(*until, Interval(local(D1, "10:00:00"), local(D3, "23:00:00")))
        )
    }
    assert attendance([offline], setting(badges=replaced)).total == Tally(1, 1)


def offline(badge: Any, day: date, hour: str, **change: Any) -> Scan:
    return scan(badge, day, hour, claimed="first_today", verdict="first_today", **change)


def test_double_offline_marks_the_later_by_scan_time() -> None:
    later, first = offline("b1", D1, "10:02"), offline("b1", D1, "10:00")
    (double,) = doubles(in_order([later, first]), calendar())
    assert (double.first, double.later, double.mixed) == (first, later, False)
    result = attendance([later, first], setting())
    assert (result.total, result.not_counted) == (Tally(1, 1), {"double_offline": 1})


def test_double_offline_of_the_same_instant_goes_by_id() -> None:
    one, two = offline("b1", D1, "10:00", scan_id="b"), offline("b1", D1, "10:00", scan_id="a")
    (double,) = doubles(in_order([one, two]), calendar())
    assert (double.first.scan_id, double.later.scan_id) == ("a", "b")


@pytest.mark.parametrize("answered", ["first_today", "re_entry", "passed_back"])
def test_f10_an_online_entry_beside_an_offline_one_is_listed_whatever_was_uploaded_first(
    answered: str,
) -> None:
    """What the server answered the online entry depends on what had been uploaded by then: it decides nothing."""
    for online_at, offline_at in (("10:00", "10:02"), ("10:02", "10:00")):
        scans = [scan("b1", D1, online_at, verdict=answered), offline("b1", D1, offline_at)]
        (double,) = doubles(in_order(scans), calendar())
        assert ([double.first, double.later], double.mixed) == (in_order(scans), True)
        assert attendance(scans, setting()).not_counted == {"double_offline": 1}


def test_of_online_entries_after_an_offline_one_the_first_is_marked() -> None:
    scans = [
        offline("b1", D1, "10:00"),
        *(scan("b1", D1, at, verdict="re_entry") for at in ("10:05", "12:00", "14:00")),
    ]
    assert [double.later.at for double in doubles(in_order(scans), calendar())] == [scans[1].at]
    assert attendance(scans, setting()).not_counted == {"double_offline": 1, "re_entry": 2}


@pytest.mark.parametrize(
    "between",
    [
        [scan("b1", D1, "10:01", "out")],
        [],
    ],
)
def test_an_exit_between_is_no_double(between: list[Scan]) -> None:
    scans = in_order([offline("b1", D1, "10:00"), offline("b1", D1, "12:00"), *between])
    assert len(doubles(scans, calendar())) == (0 if between else 1)


def test_no_double_over_days_refusals_and_undone_scans() -> None:
    scans = [
        offline("b1", D1, "10:00"),
        offline("b1", D2, "10:00"),
        offline("b1", D1, "10:05", admitted=False),
        offline("b1", D1, "10:06", state="annulled"),
        scan("b1", D1, "10:07", claimed="re_entry"),
        offline(None, D1, "10:00"),
        offline(None, D1, "10:01"),
    ]
    assert doubles(in_order(scans), calendar()) == []


def test_f19_daylight_saving_changes_no_count() -> None:
    """Europe/Berlin 2026-10-25 has 25 hours: every half hour of it belongs to that one day and to one hour."""
    day = date(2026, 10, 25)
    berlin = Calendar("Europe/Berlin", 0, {day: (time(0), time(0))})
    start = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    badges = {n: Holder(n, "trade") for n in range(52)}
    scans = [Scan(start + timedelta(minutes=30 * n), str(n), HALL, "in", n) for n in range(50)]
    result = attendance(scans, setting(calendar=berlin, badges=badges))
    assert (result.total, result.by_day) == (Tally(50, 50), {day: Tally(50, 50)})
    assert result.by_hour["02"] == Tally(4, 4)
    assert sum(t.visits for t in result.by_hour.values()) == 50
    outside = [
        Scan(start - timedelta(milliseconds=1), "x", HALL, "in", 50),
        Scan(start + timedelta(hours=25), "y", HALL, "in", 51),
    ]
    assert attendance(outside, setting(calendar=berlin, badges=badges)).total == Tally()


BADGES = st.sampled_from(["b1", "b7", "b2", "b5", "leader", "r1", "nobody", None])
SCANS = st.lists(
    st.builds(
        Scan,
        at=st.tuples(st.sampled_from([D1, D2]), st.integers(8 * 60, 18 * 60)).map(
            lambda t: local(t[0], "00:00:00") + timedelta(minutes=t[1])
        ),
        scan_id=st.uuids().map(str),
        gate=st.sampled_from([HALL, HALL, CONFERENCE]),
        direction=st.sampled_from(["in", "in", "out"]),
        badge=BADGES,
        admitted=st.sampled_from([True, True, True, False]),
        heads=st.integers(1, 6),
        kind=st.sampled_from(["badge", "badge", "badge", "clicker"]),
        state=st.sampled_from(["counts"] * 5 + ["review", "annulled", "rehearsal"]),
        verdict=st.sampled_from(["first_today", "re_entry", "open_gate", "voided"]),
        claimed=st.sampled_from([None, None, "first_today"]),
    ),
    max_size=25,
)


def lively() -> Setting:
    badges = demo8_badges() | group(3) | {"r1": Holder(None, "public")}
    return dataclasses.replace(with_early_doors(), badges=badges)


@given(SCANS, st.randoms(use_true_random=False))
def test_any_order_repetition_and_batching_gives_the_same_figures(scans: list[Scan], chance: Any) -> None:
    """F8, check-in.md: the same visits, visitors, doubles."""
    mixed = scans + chance.sample(scans, len(scans) // 2)
    chance.shuffle(mixed)
    assert attendance(mixed, lively()) == attendance(scans, lively())
    assert doubles(in_order(mixed), calendar()) == doubles(in_order(scans), calendar())


@given(SCANS)
def test_the_tables_add_up(scans: list[Scan]) -> None:
    """I5, F19: sum over days >= unique; every line's visits add up to the total; visitors never exceed visits."""
    result = attendance(scans, lively())
    for table in (result.by_day, result.by_hour, result.by_gate, result.by_class, result.by_region):
        lines: list[Tally] = list(table.values())
        assert sum(line.visits for line in lines) == result.total.visits
        assert all(line.visitors <= line.visits for line in lines)
        assert sum(line.visitors for line in lines) >= result.total.visitors
    assert result.flagged + result.estimated <= result.total.visits


@given(SCANS)
def test_every_entry_scan_is_evidence_or_has_one_reason(scans: list[Scan]) -> None:
    single = [s._replace(heads=1, badge="b1" if s.badge == "leader" else s.badge) for s in scans]
    result = attendance(single, lively())
    entries = [s for s in single if s.direction == "in" and s.state != "rehearsal"]
    evidence = {visit.scan.scan_id for visit in result.visits if visit.scan}
    assert len(evidence) + sum(result.not_counted.values()) == len(entries)
