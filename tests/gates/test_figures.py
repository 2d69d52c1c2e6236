"""Attendance from stored scans: the same however they came (F8), and what the chief decides."""

from __future__ import annotations

import random  # noqa: TID251 - repeatable permutations of a test.
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from exhibitions.badges.models import Badge, BadgeClass, BadgeDay
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, NotFound, Refused
from exhibitions.expos.models import Expo, Zone
from exhibitions.gates.models import GateMinute, OpenGate, Scan, ZoneLevel
from exhibitions.gates.queries import figures, lists
from exhibitions.gates.rules.counting import Attendance, Tally
from exhibitions.gates.rules.occupancy import curve
from exhibitions.gates.service import chief
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.rules.registration import State
from tests.asked import counted
from tests.engines import both_engines
from tests.gates.fair import Device, GateFair, Sample, undo

pytestmark = both_engines


@contextmanager
def expo_of(fair: GateFair) -> Iterator[Expo]:
    with fair.app.app_context():
        yield db.session.get_one(Expo, fair.expo_id)


def attendance(fair: GateFair) -> Attendance:
    with expo_of(fair) as expo:
        return figures.attendance(expo)


def whole_state(fair: GateFair) -> list[Any]:
    with expo_of(fair) as expo:
        result = figures.attendance(expo)
        levels = curve(figures.scans(expo), figures.setting(expo))
        twice = [(d.first.scan_id, d.later.scan_id, d.mixed) for d in figures.doubles(expo)]
    running = fair.rows(
        sa.select(ZoneLevel.zone_id, ZoneLevel.since, ZoneLevel.inside).order_by(ZoneLevel.since)
    )
    firsts = fair.rows(
        sa.select(BadgeDay.badge_id, BadgeDay.first_at, BadgeDay.first_gate_id).order_by(BadgeDay.badge_id)
    )
    return [result.total, result.by_hour, result.by_gate, result.not_counted, levels, twice, running, firsts]


def stored_items(
    fair: GateFair, samples: list[Sample], gates: list[Device]
) -> list[tuple[Device, dict[str, Any]]]:
    """Five phones that were offline: 200 scans of 40 badges, with overlaps."""
    chance = random.Random(7)  # noqa: S311
    items = []
    for n in range(200):
        device, sample = chance.choice(gates), chance.choice(samples)
        hour = f"{9 + n // 40:02d}:{chance.randrange(60):02d}:{chance.randrange(60):02d}"
        direction = chance.choice(["in", "in", "out"])
        verdict = {"verdict": chance.choice(["first_today", "first_today", "re_entry"]), "admitted": True}
        items.append((device, device.item(sample, hour, direction=direction, **verdict)))
    return items


def test_f8_doubled_reordered_and_late(fair: GateFair) -> None:
    """Whatever the order, batches and repetitions: the same figures, doubles, curve, counters and first entries."""
    gates = [fair.device("A", "1"), fair.device("A", "2"), fair.device("B", "3"), fair.device("B", "4")]
    samples = [fair.badge() for _ in range(40)]
    items = stored_items(fair, samples, gates)
    states = []
    for seed in range(4):
        chance = random.Random(seed)  # noqa: S311
        clear(fair)
        upload(items, chance)
        states.append(whole_state(fair))
    assert states[1:] == states[:1] * 3
    total, _, _, _, levels, twice, running, _ = states[0]
    assert total.visitors == len({item["code"] for _, item in items if item["direction"] == "in"})
    assert len(twice) > 5
    assert running[0][2] == levels[fair.zones["main"]][-1].inside


def upload(items: list[tuple[Device, dict[str, Any]]], chance: random.Random) -> None:
    again = items + chance.sample(items, 60)
    chance.shuffle(again)
    while again:
        device = again[0][0]
        size = chance.randrange(1, 60)
        mine = [pair for pair in again if pair[0] is device][:size]
        device.send(*(item for _, item in mine))
        chosen = {id(pair) for pair in mine}
        again = [pair for pair in again if id(pair) not in chosen]


def clear(fair: GateFair) -> None:
    fair.change(*(sa.delete(table) for table in (Scan, BadgeDay, GateMinute, ZoneLevel)))


def test_c14a_and_c14b_count(fair: GateFair, gate_a: Device) -> None:
    with expo_of(fair) as expo, transaction():
        chief.move_doors(expo, chief.NewHours(fair.today, time(8, 50), time(17)), "人多")
    # Moved only now: a scan made before the move is judged by the old hours, but a device admits by what it knows.
    gate_a.send(gate_a.offline(fair.badge(), "08:52"))
    assert attendance(fair).total == Tally(1, 1)
    leader = fair.badge()
    with expo_of(fair) as expo, transaction() as session:
        badge = session.get_one(Badge, leader.id)
        badge.holder_id = registration(expo, "leader", None)
        for n in range(39):
            registration(expo, f"member {n}", badge.holder_id)
    assert gate_a.scan(leader, "10:00", heads=45)["verdict"] == "first_today"
    result = attendance(fair)
    assert (result.total, result.flagged) == (Tally(46, 41), 5)


def registration(expo: Expo, name: str, leader_id: int | None) -> int:
    row = Registration(
        expo_id=expo.id,
        class_id=db.session.scalars(sa.select(BadgeClass.id).where(BadgeClass.key == "trade")).one(),
        name=name,
        leader_id=leader_id,
        created_at=clock.now(),
        changed_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def test_two_badges_of_one_person_are_one_visitor(fair: GateFair, gate_a: Device) -> None:
    """V-6, C4: replaced in the morning, scanned offline with the old one afterwards: valid, by the new one."""
    old, new = fair.badge(holder_id=1), fair.badge(holder_id=1)
    old.set(voided_at=fair.at("09:30"), replaced_by_id=new.id)
    gate_a.send(gate_a.offline(old, "10:00"), gate_a.offline(new, "11:00"))
    result = attendance(fair)
    assert (result.total, result.not_counted) == (Tally(1, 1), {"re_entry": 1})
    with expo_of(fair) as expo:
        assert [scan.badge_id for scan in lists.admitted_against_invalid(expo)] == [old.id]


def test_f11_a_cancelled_person_let_in_offline(fair: GateFair, gate_a: Device) -> None:
    sample = fair.badge(cancelled_at=fair.at("10:00"))
    gate_a.send(gate_a.offline(sample, "10:05"))
    result = attendance(fair)
    assert (result.total, result.not_counted) == (Tally(), {"invalid_badge": 1})
    assert fair.rows(sa.select(ZoneLevel.inside)) == [(1,)]


def test_f10_online_and_offline_is_listed(fair: GateFair, gate_a: Device) -> None:
    sample = fair.badge()
    gate_a.scan(sample, "10:02")
    other = fair.device("B")
    other.send(other.offline(sample, "10:00"))
    with expo_of(fair) as expo:
        (double,) = figures.doubles(expo)
    assert (double.first.gate, double.later.gate, double.mixed) == (fair.gates["B"], fair.gates["A"], True)
    assert attendance(fair).total == Tally(1, 1)


def test_review_counts_when_accepted(fair: GateFair, gate_a: Device) -> None:
    sample, other = fair.badge(), fair.badge()
    first, second = gate_a.item(sample, "10:00"), gate_a.item(other, "10:00")
    gate_a.send(first, second, sent_at=None)
    assert attendance(fair).not_counted == {"review": 2}
    with expo_of(fair) as expo:
        assert {scan.scan_id for scan in lists.in_review(expo)} == {first["scan_id"], second["scan_id"]}
        with transaction():
            chief.decide_review(expo, first["scan_id"], accept=True)
            chief.decide_review(expo, second["scan_id"], accept=False, reason="测试")
        with pytest.raises(Conflict), transaction():
            chief.decide_review(expo, first["scan_id"], accept=False)
        with pytest.raises(NotFound), transaction():
            chief.decide_review(expo, str(uuid.uuid4()), accept=True)
        assert lists.in_review(expo) == []
    result = attendance(fair)
    assert (result.total, result.not_counted) == (Tally(1, 1), {"rejected": 1})
    assert fair.rows(sa.select(BadgeDay.badge_id, BadgeDay.first_at)) == [(sample.id, fair.at("10:00"))]
    assert fair.rows(sa.select(ZoneLevel.inside)) == [(1,)]
    assert fair.rows(sa.select(sa.func.sum(GateMinute.scans))) == [(1,)]


def test_an_accepted_click_and_an_exit(fair: GateFair, gate_a: Device) -> None:
    sample = fair.badge()
    gate_a.scan(sample, "09:30")
    click = gate_a.item(None, "10:00", kind="clicker", heads=4)
    leave = gate_a.item(sample, "10:30", direction="out")
    gate_a.send(click, leave, sent_at=None)
    assert fair.rows(sa.select(ZoneLevel.inside)) == [(1,)]
    with expo_of(fair) as expo, transaction():
        chief.decide_review(expo, click["scan_id"], accept=True)
        chief.decide_review(expo, leave["scan_id"], accept=True)
    assert fair.rows(sa.select(ZoneLevel.inside)) == [(4,)]


def test_an_accepted_scan_that_was_undone_counts_nowhere(fair: GateFair, gate_a: Device) -> None:
    first = gate_a.item(fair.badge(), "10:00")
    gate_a.send(first, undo(first["scan_id"], fair.at("10:01")), sent_at=None)
    with expo_of(fair) as expo, transaction():
        assert lists.in_review(expo) == []
        chief.decide_review(expo, first["scan_id"], accept=True)
    assert attendance(fair).not_counted == {"annulled": 1}
    assert fair.rows(sa.select(sa.func.count()).select_from(BadgeDay)) == [(0,)]


def test_moved_doors_are_in_force_from_the_move_on(fair: GateFair, gate_a: Device) -> None:
    with expo_of(fair) as expo:
        for hours, reason in ((chief.NewHours(fair.today, time(7), time(23)), " "), (day_off(fair), "x")):
            with pytest.raises(Refused), transaction():
                chief.move_doors(expo, hours, reason)
        today = clock.today("Asia/Shanghai")
        with transaction():
            chief.move_doors(expo, chief.NewHours(today, time(0), time(0)), "提前开门")
    assert fair.device("B").scan(fair.badge(), clock.now())["verdict"] == "first_today"
    before = fair.at("08:00", fair.today)
    assert gate_a.scan(fair.badge(), before)["verdict"] == "outside_hours"


def day_off(fair: GateFair) -> chief.NewHours:
    return chief.NewHours(fair.today + timedelta(days=99), time(7), time(23))


def test_open_gate_from_start_to_end(fair: GateFair, gate_a: Device) -> None:
    cancelled = fair.badge(cancelled_at=fair.at("08:00"))
    with expo_of(fair) as expo:
        with pytest.raises(Refused), transaction():
            chief.start_open_gate(expo, "")
        with transaction():
            chief.start_open_gate(expo, "拥挤")
        with pytest.raises(Conflict), transaction():
            chief.start_open_gate(expo, "again")
    assert gate_a.scan(cancelled, clock.now())["verdict"] == "open_gate"
    assert gate_a.scan(None, clock.now(), kind="clicker", heads=9)["verdict"] == "open_gate"
    with expo_of(fair) as expo:
        with transaction():
            chief.end_open_gate(expo)
        with transaction():
            chief.end_open_gate(expo)
        (report,) = lists.open_gate_reports(expo)
        assert (report.scans, report.heads, report.period.reason) == (2, 10, "拥挤")
    assert gate_a.scan(cancelled, clock.now())["verdict"] == "cancelled"


def test_one_question_counts_what_many_open_gates_let_in(fair: GateFair, gate_a: Device) -> None:
    """Each period has its own scans, one without any has none, and the one that lasts counts up to now."""
    begun = fair.at("10:00")
    for number in range(4):
        start = begun + timedelta(minutes=10 * number)
        end = start + timedelta(minutes=5) if number < 3 else None
        fair.add(OpenGate(expo_id=fair.expo_id, started_at=start, ended_at=end, reason=str(number)))
        for after in (1, 2) if number != 1 else ():
            gate_a.scan(None, start + timedelta(minutes=after), kind="clicker", heads=number + 1)
    with expo_of(fair) as expo:
        with counted(fair.app) as asked:
            found = [(each.period.reason, each.scans, each.heads) for each in lists.open_gate_reports(expo)]
        assert found == [("3", 2, 8), ("2", 2, 6), ("1", 0, 0), ("0", 2, 2)]
        assert len([one for one in asked if "FROM scans" in one]) == 1
        assert lists.open_gate_reports(expo, 2) == []


def test_rehearsals_are_wiped_by_one_action(fair: GateFair, gate_a: Device) -> None:
    as_of = {"as_of": fair.at("10:00").isoformat()}
    gate_a.send(*(gate_a.item(fair.badge(), "03:00", rehearsal=as_of) for _ in range(3)))
    gate_a.scan(fair.badge(), "10:00")
    with expo_of(fair) as expo, transaction():
        assert chief.wipe_rehearsals(expo) == 3
    assert fair.rows(sa.select(sa.func.count()).select_from(Scan)) == [(1,)]
    assert attendance(fair).total == Tally(1, 1)


def test_lists(fair: GateFair, gate_a: Device) -> None:
    gate_a.scan(fair.badge(), "18:00", override={"reason": "嘉宾", "by": "李"})
    gate_a.scan("nonsense", "10:00")
    with expo_of(fair) as expo:
        assert [scan.override_reason for scan in lists.overridden(expo)] == ["嘉宾"]
        assert [m.verdict for m in figures.minutes(expo, fair.at("09:00"), fair.at("11:00"))] == ["unknown"]


def test_a_demo_judges_by_its_own_clock(fair: GateFair, gate_a: Device) -> None:
    """The demo's gates work at night: its present moment is moved, and so are its scans."""
    shift = fair.at("10:00") - clock.now()
    fair.change(sa.update(Expo).values(demo_shift_seconds=round(shift.total_seconds())))
    result = gate_a.scan(fair.badge(), clock.now())
    assert (result["status"], result["verdict"]) == ("stored", "first_today")
    assert fair.rows(sa.select(Scan.day)) == [(fair.today,)]
    assert attendance(fair).total == Tally(1, 1)


def test_reserve_badges_before_and_after_binding(fair: GateFair, gate_a: Device) -> None:
    sample = fair.badge(reserve=True, holder_kind="", holder_id=None)
    gate_a.scan(sample, "10:00", kind="reserve")
    result = attendance(fair)
    assert (result.total, result.flagged) == (Tally(1, 0), 1)
    sample.set(holder_kind=HOLDER, holder_id=77)
    assert attendance(fair).total == Tally(1, 1)


def test_who_was_cancelled_and_registers_again_is_one_visitor(fair: GateFair) -> None:
    """V-6, V-4: a person is known by name and contact, however often registered; another name is another person."""
    people = [
        ("王敏", "+8613800138001", "cancelled"),
        ("王敏", "+8613800138001", "cancelled"),
        ("王敏", "+8613800138001", "registered"),
        ("王小敏", "+8613800138001", "cancelled"),
        ("李强", None, "registered"),
    ]
    samples = [fair.badge(holder_id=number) for number in register(fair, people)]
    gate = fair.device("A")
    yesterday = fair.today - timedelta(days=1)
    for sample, day in zip(samples, (yesterday, fair.today, fair.today, fair.today, fair.today), strict=True):
        gate.scan(sample, fair.at("10:00", day))
    assert attendance(fair).total == Tally(visits=4, visitors=3)


def register(fair: GateFair, people: list[tuple[str, str | None, str]]) -> list[int]:
    with fair.app.app_context(), transaction() as session:
        class_id = session.scalars(sa.select(BadgeClass.id).where(BadgeClass.key == "trade")).one()
        rows = [
            Registration(
                expo_id=fair.expo_id,
                class_id=class_id,
                name=name,
                phone=phone,
                email=None if phone else "li@example.com",
                state=State(state),
                created_at=clock.now(),
                changed_at=clock.now(),
            )
            for name, phone, state in people
        ]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def test_clicks_out_of_order_leave_the_same_occupancy(fair: GateFair, gate_a: Device) -> None:
    """Occupancy is ins minus outs, never below 0, whatever came first: an early exit does not let later people vanish."""
    fair.change(sa.update(Zone).values(capacity=10, full_policy="refuse"))
    gate_a.send(gate_a.item(None, "10:03", kind="clicker", direction="out", heads=3))
    main = sa.select(ZoneLevel.inside).where(ZoneLevel.inside != 0)
    assert fair.rows(main) == [(-3,)]
    gate_a.send(
        gate_a.item(None, "10:00", kind="clicker", heads=10, verdict="counted", admitted=True),
    )
    with expo_of(fair) as expo:
        (levels,) = curve(figures.scans(expo), figures.setting(expo)).values()
        assert levels[-1].inside == 7
    assert fair.rows(main) == [(7,)]
    assert gate_a.scan(fair.badge(), "10:05")["verdict"] == "first_today"
