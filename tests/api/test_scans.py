"""The cases of check-in.md through the public API, C1 to C15 and the faults that go with them."""

from __future__ import annotations

import json
import uuid
from datetime import time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from exhibitions.badges.models import BadgeClass, BadgeDay
from exhibitions.badges.rules import token
from exhibitions.badges.rules.number import shown
from exhibitions.core import clock, signing
from exhibitions.expos.models import Door, Expo, Gate, Zone
from exhibitions.gates.models import Device as DeviceRow
from exhibitions.gates.models import GateMinute, OpenGate, Scan, ZoneLevel
from tests.engines import both_engines
from tests.gates.fair import Device, GateFair, day_id, item, undo

pytestmark = both_engines


def short(result: dict[str, Any]) -> tuple[str, str, bool]:
    return result["status"], result["verdict"], result["admitted"]


def stored_count(fair: GateFair) -> int:
    count: int = fair.rows(sa.select(sa.func.count()).select_from(Scan))[0][0]
    return count


def test_c1_first_scan_of_the_day(fair: GateFair, gate_a: Device) -> None:
    sample = fair.badge()
    result = gate_a.scan(sample, "09:02")
    scan_id = result.pop("scan_id")
    assert str(uuid.UUID(scan_id)) == scan_id
    assert result == {
        "status": "stored",
        "reason": None,
        "verdict": "first_today",
        "admitted": True,
        "first_at": fair.at("09:02").isoformat().replace("+00:00", "Z"),
        "first_gate": "A口",
        "badge": {
            "number": shown(sample.number),
            "name": result["badge"]["name"],
            "company": "大连星河工艺品有限公司",
            "class": "trade",
        },
    }


def test_c2_again(fair: GateFair, gate_a: Device, gate_b: Device) -> None:
    sample = fair.badge()
    assert short(gate_a.scan(sample, "09:02")) == ("stored", "first_today", True)
    again = gate_b.scan(sample, "09:05")
    assert short(again) == ("stored", "passed_back", True)
    assert (again["reason"], again["first_gate"]) == ("09:02 A口", "A口")
    assert short(gate_a.scan(sample, "11:05")) == ("stored", "re_entry", True)


def test_c2_once_a_day(fair: GateFair, gate_a: Device) -> None:
    fair.change(sa.update(BadgeClass).where(BadgeClass.key == "public").values(once_a_day=True))
    sample = fair.badge("public")
    assert short(gate_a.scan(sample, "09:02")) == ("stored", "first_today", True)
    assert short(gate_a.scan(sample, "09:05")) == ("stored", "already_in_today", False)
    assert short(gate_a.scan(sample, "10:00", direction="out")) == ("stored", "exit", True)
    assert short(gate_a.scan(sample, "11:00")) == ("stored", "already_in_today", False)


def test_c3_the_same_scan_again(fair: GateFair, gate_a: Device) -> None:
    sample = fair.badge()
    first = gate_a.item(sample, "09:02")
    (answer,) = gate_a.send(first)
    sample.set(cancelled_at=fair.at("09:03"))
    other = fair.device("A", "another phone")
    for device in (gate_a, other, fair.device("B")):
        (again,) = device.send(first)
        assert again == answer | {"status": "known"}
    assert stored_count(fair) == 1


def test_question_0_before_the_end_of_the_device(fair: GateFair) -> None:
    """A lost answer that is re-sent after the device has ended with its fair still gets its first answer."""
    device = fair.device("A", "ended")
    first = device.item(fair.badge(), "12:30")
    (answer,) = device.send(first)
    end_devices(fair, "12:00")
    assert device.send(first) == [answer | {"status": "known"}]


def test_the_same_id_with_other_content(
    fair: GateFair, gate_a: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    sample, other = fair.badge(), fair.badge()
    first = gate_a.item(sample, "09:02")
    gate_a.send(first)
    changes: list[dict[str, Any]] = [
        {"code": other.code},
        {"direction": "out"},
        {"scanned_at": fair.at("09:03").isoformat()},
    ]
    for change in changes:
        (result,) = gate_a.send(first | change)
        assert (result["status"], result["reason"], result["verdict"]) == ("invalid", "id_reused", None)
        assert '"event": "id_reused"' in capsys.readouterr().err
    (same,) = gate_a.send(first | {"heads": 3, "operator": "Li"})
    assert same["status"] == "known"
    assert stored_count(fair) == 1


def test_an_id_twice_in_one_upload(fair: GateFair, gate_a: Device) -> None:
    first = gate_a.item(fair.badge(), "09:02")
    results = gate_a.send(
        first, first, first | {"direction": "out"}, first | {"scanned_at": fair.at("09:00").isoformat()}
    )
    assert [r["status"] for r in results] == ["stored", "known", "invalid", "invalid"]
    assert [r["reason"] for r in results] == [None, None, "id_reused", "id_reused"]
    assert stored_count(fair) == 1


def test_c4_replaced_and_reprinted(fair: GateFair, gate_a: Device) -> None:
    old, new = fair.badge(), fair.badge()
    old.set(voided_at=fair.at("09:00"), replaced_by_id=new.id)
    refused = gate_a.scan(old, "10:00")
    assert short(refused) == ("stored", "voided", False)
    assert new.typed[:3] in refused["reason"]
    assert short(gate_a.scan(new, "10:01")) == ("stored", "first_today", True)


def test_c5_cancelled_and_wrong_gate(fair: GateFair) -> None:
    sample = fair.badge(cancelled_at=fair.at("08:00"))
    assert short(fair.device("S").scan(sample, "10:00")) == ("stored", "cancelled", False)


def test_wrong_gate_says_which(fair: GateFair) -> None:
    result = fair.device("S").scan(fair.badge(), "10:00")
    assert (short(result), result["reason"]) == (("stored", "wrong_gate", False), "A口, B口")


def test_c6_c7_exits(fair: GateFair, gate_a: Device) -> None:
    sample = fair.badge()
    gate_a.scan(sample, "09:02")
    assert short(gate_a.scan(sample, "09:05", direction="out")) == ("stored", "exit", True)
    assert short(gate_a.scan(sample, "09:06", direction="out")) == ("stored", "exit", True)
    assert fair.rows(sa.select(ZoneLevel.inside)) == [(0,)]
    assert short(gate_a.scan(sample, "09:07")) == ("stored", "re_entry", True)
    assert fair.rows(sa.select(ZoneLevel.inside)) == [(1,)]


def test_nobody_is_locked_in(fair: GateFair, gate_a: Device) -> None:
    sample = fair.badge()
    gate_a.scan(sample, "09:02")
    sample.set(cancelled_at=fair.at("10:00"))
    result = gate_a.scan(sample, "20:00", direction="out")
    assert (short(result), result["reason"]) == (("stored", "exit", True), "cancelled")


def test_c8_round_the_clock(fair: GateFair, gate_a: Device) -> None:
    fair.change(sa.update(Door).where(Door.class_key == "").values(door_from=time(0), door_to=time(0)))
    sample = fair.badge()
    late, early = fair.at("23:30", fair.today - timedelta(days=1)), fair.at("00:30")
    assert late.date() == early.date()
    assert short(gate_a.scan(sample, late)) == ("stored", "first_today", True)
    assert short(gate_a.scan(sample, early)) == ("stored", "first_today", True)


@pytest.mark.parametrize(
    ("hour", "verdict"),
    [
        ("08:59:59.999", "outside_hours"),
        ("09:00:00", "first_today"),
        ("16:59:59.999", "first_today"),
        ("17:00:00", "outside_hours"),
    ],
)
def test_c9_sharp(fair: GateFair, gate_a: Device, hour: str, verdict: str) -> None:
    assert gate_a.scan(fair.badge(), hour)["verdict"] == verdict


def test_wrong_day(fair: GateFair, gate_a: Device) -> None:
    build_up = fair.at("10:00", fair.today - timedelta(days=3))
    assert gate_a.scan(fair.badge(), build_up)["verdict"] == "wrong_day"
    assert fair.device("S").scan(fair.badge("exhibitor"), build_up)["verdict"] == "first_today"
    sample = fair.badge(planned_day=fair.today - timedelta(days=1))
    assert gate_a.scan(sample, "10:00")["verdict"] == "first_today"
    fair.change(sa.update(BadgeClass).values(planned_day_only=True))
    other = fair.badge(planned_day=fair.today - timedelta(days=1))
    assert gate_a.scan(other, "10:00")["verdict"] == "wrong_day"


def test_approval_and_payment_by_their_moments(fair: GateFair, gate_a: Device) -> None:
    fair.change(
        sa.update(BadgeClass).where(BadgeClass.key == "trade").values(needs_approval=True, needs_payment=True)
    )
    sample = fair.badge(approved_at=fair.at("09:30"), paid_at=fair.at("10:00"))
    assert gate_a.scan(sample, "09:29")["verdict"] == "not_approved"
    assert gate_a.scan(sample, "09:59")["verdict"] == "unpaid"
    assert gate_a.scan(sample, "10:00")["verdict"] == "first_today"


def test_c10_one_malformed_item_of_200(fair: GateFair, gate_a: Device) -> None:
    samples = [fair.badge() for _ in range(10)]
    items = [gate_a.offline(samples[n % 10], f"10:{n // 4:02d}:{n % 4:02d}") for n in range(200)]
    items[77]["scanned_at"] = "yesterday"
    results = gate_a.send(*items)
    assert [r["scan_id"] for r in results] == [i["scan_id"] for i in items]
    assert [(r["status"], r["reason"]) for r in results].count(("invalid", "malformed")) == 1
    assert (results[77]["status"], results[77]["reason"]) == ("invalid", "malformed")
    assert stored_count(fair) == 199


def test_c11_the_same_batch_three_times_and_in_reverse(fair: GateFair, gate_a: Device) -> None:
    samples = [fair.badge() for _ in range(5)]
    items = [
        gate_a.offline(samples[n % 5], f"10:{n:02d}", direction="in" if n % 3 else "out") for n in range(30)
    ]
    gate_a.send(*items)
    before = state_of(fair)
    for again in (items, items, items[::-1]):
        assert {r["status"] for r in gate_a.send(*again)} == {"known"}
    assert state_of(fair) == before


def state_of(fair: GateFair) -> list[list[Any]]:
    return [
        fair.rows(sa.select(Scan.scan_id, Scan.corrected_at, Scan.admitted).order_by(Scan.scan_id)),
        fair.rows(
            sa.select(BadgeDay.badge_id, BadgeDay.first_at, BadgeDay.first_gate_id).order_by(
                BadgeDay.badge_id
            )
        ),
        fair.rows(
            sa.select(ZoneLevel.zone_id, ZoneLevel.since, ZoneLevel.inside).order_by(ZoneLevel.zone_id)
        ),
    ]


def test_c12_26_hours_fast(fair: GateFair, gate_a: Device) -> None:
    ahead = timedelta(hours=26)
    (known,) = gate_a.send(gate_a.item(fair.badge(), fair.at("10:00") + ahead), ahead=ahead)
    assert short(known) == ("stored", "first_today", True)
    assert fair.rows(sa.select(Scan.day, Scan.offset_ms)) == [(fair.today, 26 * 3600 * 1000)]
    (unknown,) = gate_a.send(gate_a.item(fair.badge(), fair.at("10:00") + ahead), sent_at=None)
    assert (unknown["status"], unknown["reason"]) == ("review", "clock_unknown")
    assert fair.rows(sa.select(sa.func.count()).select_from(BadgeDay)) == [(1,)]


def test_the_clock_moved_within_one_queue(fair: GateFair, gate_a: Device) -> None:
    first, second = (gate_a.item(fair.badge(), "10:00") for _ in range(2))
    (one,) = gate_a.send(first, device={"queue": 2})
    (two,) = gate_a.send(second, device={"queue": 1}, ahead=timedelta(minutes=3))
    assert (one["status"], two["status"], two["reason"]) == ("stored", "review", "clock_unknown")


def test_f9_in_the_future_and_before_build_up(fair: GateFair, gate_a: Device) -> None:
    future = gate_a.scan(fair.badge(), clock.now() + timedelta(minutes=3))
    assert (future["status"], future["reason"]) == ("review", "in_future")
    before = gate_a.scan(fair.badge(), fair.at("23:59", fair.today - timedelta(days=4)))
    assert (before["status"], before["reason"]) == ("review", "before_build_up")
    assert fair.rows(sa.select(sa.func.count()).select_from(GateMinute)) == [(0,)]


def test_c14_a_full_zone(fair: GateFair, gate_a: Device) -> None:
    fair.change(sa.update(Zone).where(Zone.code == "main").values(capacity=3, full_policy="refuse"))
    a, b, c, d = (fair.badge() for _ in range(4))
    for n, sample in enumerate((a, b, c)):
        assert short(gate_a.scan(sample, f"10:0{n}")) == ("stored", "first_today", True)
    full = gate_a.scan(d, "10:03")
    assert (short(full), full["reason"]) == (("stored", "full", False), "3/3")
    gate_a.scan(a, "10:04", direction="out")
    assert short(gate_a.scan(d, "10:05")) == ("stored", "first_today", True)
    assert short(gate_a.scan(b, "10:06")) == ("stored", "passed_back", True)
    assert fair.rows(sa.select(ZoneLevel.inside).where(ZoneLevel.zone_id == fair.zones["main"])) == [(3,)]
    assert short(gate_a.scan(fair.badge("organiser"), "10:07")) == ("stored", "first_today", True)


def test_a_full_zone_warns_by_default(fair: GateFair, gate_a: Device) -> None:
    fair.change(sa.update(Zone).where(Zone.code == "main").values(capacity=1))
    gate_a.scan(fair.badge(), "10:00")
    assert short(gate_a.scan(fair.badge(), "10:01")) == ("stored", "full", True)


def test_anti_passback(fair: GateFair, gate_a: Device) -> None:
    fair.change(sa.update(Gate).where(Gate.code == "A").values(anti_passback="refuse"))
    sample = fair.badge()
    gate_a.scan(sample, "10:00")
    assert short(gate_a.scan(sample, "12:00")) == ("stored", "already_inside", False)
    fair.change(sa.update(Gate).where(Gate.code == "A").values(anti_passback="warn"))
    assert short(gate_a.scan(sample, "12:01")) == ("stored", "already_inside", True)


def test_c14a_doors_before_the_official_hours(fair: GateFair, gate_a: Device) -> None:
    fair.change(sa.update(Door).where(Door.day_id == day_id(fair, fair.today)).values(door_from=time(8, 50)))
    assert short(gate_a.scan(fair.badge(), "08:52")) == ("stored", "first_today", True)


def test_a_badge_is_cancelled_by_the_clock_of_a_demo(fair: GateFair, gate_a: Device) -> None:
    """Its clock may be behind: what was cancelled a moment ago is so at the gate, and the light says the demo's time."""
    shift = fair.at("10:30") - clock.now()
    fair.change(sa.update(Expo).values(demo_shift_seconds=round(shift.total_seconds())))
    sample = fair.badge(cancelled_at=clock.now() - timedelta(minutes=5))
    result = gate_a.scan(sample, clock.now())
    assert short(result) == ("stored", "cancelled", False)
    assert result["reason"].startswith(f"{fair.today} 10:2")


def test_c14b_heads(fair: GateFair, gate_a: Device) -> None:
    assert short(gate_a.scan(fair.badge(), "10:00", heads=45)) == ("stored", "first_today", True)
    assert fair.rows(sa.select(ZoneLevel.inside)) == [(45,)]
    assert gate_a.scan(fair.badge(), "10:00", heads=0)["reason"] == "malformed"
    assert gate_a.scan(fair.badge(), "10:00", heads=501)["reason"] == "malformed"


def test_c14b_the_device_learns_of_a_group_and_takes_the_scan_back_for_the_right_one(
    fair: GateFair, gate_a: Device
) -> None:
    """The undo and the scan in its place come in one upload, a millisecond apart; everybody counts once."""
    leader = fair.badge(heads=45)
    alone = gate_a.scan(leader, "10:00")
    assert (short(alone), alone["badge"]["heads"]) == (("stored", "first_today", True), 45)
    again = gate_a.item(leader, "10:00:20.001", heads=45)
    both = (undo(alone["scan_id"], fair.at("10:00:20")), again)
    undone, whole = gate_a.send(*both)
    assert (undone["status"], short(whole)) == ("stored", ("stored", "first_today", True))
    assert fair.rows(sa.select(ZoneLevel.inside)) == [(45,)]
    assert {result["status"] for result in gate_a.send(*both)} == {"known"}
    assert fair.rows(sa.select(ZoneLevel.inside)) == [(45,)]
    assert "heads" not in gate_a.scan(fair.badge(), "10:01")["badge"]


def test_c15_read_as_meant(fair: GateFair, gate_a: Device) -> None:
    sample = fair.badge()
    forms = [
        sample.code.lower(),
        f"{sample.code}\n",
        f"  {sample.code}\r\n",
        sample.typed,
        "".join(chr(0xFF10 + int(digit)) for digit in sample.typed),
        f"{sample.typed[:3]} {sample.typed[3:6]} {sample.typed[6:9]}-{sample.typed[9]}\n",
    ]
    verdicts = [gate_a.scan(form, f"1{n}:00")["verdict"] for n, form in enumerate(forms)]
    assert verdicts == ["first_today", *["re_entry"] * 5]


@pytest.mark.parametrize(
    "code", ["", None, "\0", "x" * 5000, "жёлтый", "4821390570", "  ", "B" + "0" * 120, "🎫", "' OR 1=1"]
)
def test_unreadable_codes_are_unknown(fair: GateFair, gate_a: Device, code: str | None) -> None:
    result = gate_a.scan(code, "10:00")
    assert result["verdict"] in {"unknown", "forged"}
    assert (result["status"], result["admitted"], result["badge"]) == ("stored", False, None)


def test_forged_and_other_fair(fair: GateFair, gate_a: Device) -> None:
    sample = fair.badge()
    altered = sample.code[:-3] + ("000" if sample.code[-3:] != "000" else "100")
    assert gate_a.scan(altered, "10:00")["verdict"] == "forged"
    claims = token.Claims(0, 4_000_000, 300_000_000, 1, 0, 0, 1)
    key = bytes(range(32))
    foreign = token.issue(claims, lambda message: signing.sign(key, message))[1]
    assert gate_a.scan(foreign, "10:00")["verdict"] == "other_fair"
    strange = token.issue(claims, lambda message: signing.sign(bytes(32), message))[1]
    assert gate_a.scan(strange, "10:00")["verdict"] == "forged"


def test_an_old_picture_of_the_same_badge_is_good(fair: GateFair, gate_a: Device) -> None:
    """The server's record decides: who changed class or day is admitted with the old picture."""
    sample = fair.badge()
    sample.set(issue=999_999, signature=bytes(64))
    assert gate_a.scan(sample, "10:00")["verdict"] == "first_today"


def test_a_signed_badge_that_is_not_in_the_store(fair: GateFair, gate_a: Device) -> None:
    """F11: an erased person is not made again."""
    claims = token.Claims(0, fair.code, 399_999_999, 1, 0, 0, 1)
    gone = token.issue(claims, lambda message: signing.sign(bytes(range(32)), message))[1]
    (result,) = gate_a.send(gate_a.offline(gone, "10:00"))
    assert (short(result), result["badge"]) == (("stored", "unknown", True), None)


def test_judged_by_the_state_at_the_scans_time(fair: GateFair, gate_a: Device) -> None:
    """Cancelled at 10:30, scanned offline at 10:00, uploaded later; F11: at 10:31 it is told, and counts as admitted."""
    sample = fair.badge(cancelled_at=fair.at("10:30"))
    early, late = gate_a.send(gate_a.offline(sample, "10:00"), gate_a.offline(sample, "10:31"))
    assert short(early) == ("stored", "first_today", True)
    assert short(late) == ("stored", "cancelled", True)


def test_offline_the_earlier_scan_was_first(fair: GateFair, gate_a: Device, gate_b: Device) -> None:
    sample = fair.badge()
    gate_b.send(gate_b.offline(sample, "10:02"))
    gate_a.send(gate_a.offline(sample, "10:00"))
    assert fair.rows(sa.select(BadgeDay.first_at, BadgeDay.first_gate_id)) == [
        (fair.at("10:00"), gate_a.gate)
    ]


def test_online_no_clock_reopens_who_was_first(fair: GateFair, gate_a: Device, gate_b: Device) -> None:
    sample = fair.badge()
    assert gate_a.scan(sample, "10:00:01")["verdict"] == "first_today"
    assert gate_b.scan(sample, "10:00:00")["verdict"] == "passed_back"
    assert fair.rows(sa.select(BadgeDay.first_gate_id)) == [(gate_a.gate,)]


def test_an_entry_uploaded_after_its_exit(fair: GateFair, gate_a: Device) -> None:
    sample = fair.badge()
    gate_a.scan(sample, "11:00", direction="out")
    assert gate_a.scan(sample, "10:00")["verdict"] == "first_today"
    assert fair.rows(sa.select(ZoneLevel.inside)) == []


def test_override(fair: GateFair, gate_a: Device) -> None:
    override = {"reason": "嘉宾", "by": "李"}
    assert short(gate_a.scan(fair.badge(), "18:00", override=override)) == ("stored", "outside_hours", True)
    assert fair.rows(sa.select(Scan.overridden, Scan.override_reason, Scan.override_by)) == [
        (True, "嘉宾", "李")
    ]
    cancelled = fair.badge(cancelled_at=fair.at("08:00"))
    assert short(gate_a.scan(cancelled, "10:00", override=override)) == ("stored", "cancelled", False)
    blank = gate_a.scan(fair.badge(), "18:00", override={"reason": "  ", "by": "李"})
    assert short(blank) == ("stored", "outside_hours", False)


def test_open_gate(fair: GateFair, gate_a: Device) -> None:
    fair.add(
        OpenGate(expo_id=fair.expo_id, started_at=fair.at("10:00"), ended_at=fair.at("11:00"), reason="拥挤")
    )
    assert short(gate_a.scan("nonsense", "10:30")) == ("stored", "open_gate", True)
    assert short(gate_a.scan(fair.badge(cancelled_at=fair.at("09:00")), "10:30")) == (
        "stored",
        "open_gate",
        True,
    )
    assert gate_a.scan("nonsense", "11:00")["verdict"] == "unknown"


def test_clicker(fair: GateFair, gate_a: Device) -> None:
    result = gate_a.scan(None, "10:00", kind="clicker", heads=12)
    assert (short(result), result["badge"]) == (("stored", "counted", True), None)
    gate_a.scan(None, "10:01", kind="clicker", heads=20, direction="out")
    assert fair.rows(sa.select(ZoneLevel.inside)) == [(-8,)]


def test_reserve_badge(fair: GateFair, gate_a: Device) -> None:
    sample = fair.badge(reserve=True, holder_kind="", holder_id=None, name="", company="")
    assert short(gate_a.scan(sample, "10:00", kind="reserve")) == ("stored", "first_today", True)


def test_rehearsal_counts_nowhere(fair: GateFair, gate_a: Device) -> None:
    sample = fair.badge()
    as_of = {"as_of": fair.at("10:00", fair.today + timedelta(days=1)).isoformat()}
    assert short(gate_a.scan(sample, "03:00", rehearsal=as_of)) == ("stored", "first_today", True)
    assert short(gate_a.scan(sample, "03:01", rehearsal=as_of)) == ("stored", "passed_back", True)
    for table in (BadgeDay, GateMinute, ZoneLevel):
        assert fair.rows(sa.select(sa.func.count()).select_from(table)) == [(0,)]
    assert short(gate_a.scan(sample, "10:00")) == ("stored", "first_today", True)


def test_undo_by_the_same_device(fair: GateFair, gate_a: Device) -> None:
    sample = fair.badge()
    first = gate_a.item(sample, "10:00")
    gate_a.send(first)
    back = undo(first["scan_id"], fair.at("10:15"))
    (done,) = gate_a.send(back)
    assert (done["status"], done["reason"]) == ("stored", None)
    assert gate_a.send(back)[0]["status"] == "known"
    assert gate_a.send(undo(first["scan_id"], fair.at("10:16")))[0]["reason"] == "annul_refused"
    assert fair.rows(sa.select(ZoneLevel.inside)) == [(0,)]
    assert fair.rows(sa.select(sa.func.sum(GateMinute.scans))) == [(0,)]
    assert gate_a.scan(sample, "10:20")["verdict"] == "first_today"


def test_undo_refused(fair: GateFair, gate_a: Device) -> None:
    first = gate_a.item(fair.badge(), "10:00")
    gate_a.send(first)
    refused = [
        (gate_a, undo(first["scan_id"], fair.at("10:15:01"))),
        (fair.device("A", "another phone"), undo(first["scan_id"], fair.at("10:01"))),
        (gate_a, undo(str(uuid.uuid4()), fair.at("10:01"))),
    ]
    for device, wish in refused:
        (result,) = device.send(wish)
        assert (result["scan_id"], result["status"], result["reason"]) == (
            wish["scan_id"],
            "invalid",
            "annul_refused",
        )
    red = gate_a.scan(fair.badge(cancelled_at=fair.at("08:00")), "10:00")
    assert gate_a.send(undo(red["scan_id"], fair.at("10:01")))[0]["reason"] == "annul_refused"
    used = undo(first["scan_id"], fair.at("10:01")) | {"scan_id": first["scan_id"]}
    assert gate_a.send(used)[0]["reason"] == "id_reused"


def test_undo_within_one_upload_in_any_order(fair: GateFair, gate_a: Device) -> None:
    sample = fair.badge()
    first, second = gate_a.item(sample, "10:00"), gate_a.item(sample, "10:02")
    back = undo(first["scan_id"], fair.at("10:01"))
    results = gate_a.send(second, back, first)
    assert [r["verdict"] for r in results] == ["first_today", None, "first_today"]
    assert [r["status"] for r in results] == ["stored", "stored", "stored"]
    assert fair.rows(sa.select(BadgeDay.first_at)) == [(fair.at("10:02"),)]


def test_the_second_entry_is_first_when_the_first_is_undone(fair: GateFair, gate_a: Device) -> None:
    sample = fair.badge()
    first = gate_a.item(sample, "10:00")
    gate_a.send(first)
    gate_a.scan(sample, "10:05")
    gate_a.send(undo(first["scan_id"], fair.at("10:10")))
    assert fair.rows(sa.select(BadgeDay.first_at)) == [(fair.at("10:05"),)]
    assert fair.rows(sa.select(ZoneLevel.inside)) == [(1,)]


def end_devices(fair: GateFair, hour: str) -> None:
    fair.change(sa.update(DeviceRow).values(expires_at=fair.at(hour)))


def test_a_device_ends_with_its_fair(fair: GateFair) -> None:
    device = fair.device("A", "late")
    end_devices(fair, "12:00")
    before, after = device.send(device.item(fair.badge(), "11:59"), device.item(fair.badge(), "12:00"))
    assert (before["status"], after["status"], after["reason"]) == ("stored", "invalid", "malformed")


def test_no_lost_counters(fair: GateFair, gate_a: Device) -> None:
    """I5: what the board adds up is a recount of the rows."""
    samples = [fair.badge() for _ in range(4)]
    gate_a.send(*(gate_a.item(samples[n % 4], f"10:{n:02d}", heads=1 + n % 2) for n in range(20)))
    gate_a.scan(samples[0], "18:00")
    board = fair.rows(
        sa.select(GateMinute.verdict, sa.func.sum(GateMinute.scans), sa.func.sum(GateMinute.heads))
        .group_by(GateMinute.verdict)
        .order_by(GateMinute.verdict)
    )
    recount = fair.rows(
        sa.select(Scan.verdict, sa.func.count(), sa.func.sum(Scan.heads))
        .group_by(Scan.verdict)
        .order_by(Scan.verdict)
    )
    assert board == recount


def test_setup_changes_are_noticed_at_once(fair: GateFair, gate_a: Device) -> None:
    assert gate_a.scan(fair.badge(), "10:00")["verdict"] == "first_today"
    fair.change(sa.update(Zone).values(capacity=0, full_policy="refuse"))
    assert gate_a.scan(fair.badge(), "13:00")["verdict"] == "full"


def test_an_unknown_gate_is_malformed(fair: GateFair, gate_a: Device) -> None:
    results = gate_a.send(item(fair.gates["B"], "x", fair.at("10:00")), item(10**30, "x", fair.at("10:00")))
    assert [r["reason"] for r in results] == ["malformed", "malformed"]


def test_item_ids_come_back_as_they_were_written(fair: GateFair, gate_a: Device) -> None:
    name = str(uuid.uuid4()).upper()
    first = gate_a.item(fair.badge(), "10:00") | {"scan_id": name}
    assert gate_a.send(first)[0]["scan_id"] == name
    assert gate_a.send(first | {"scan_id": name.lower()})[0]["status"] == "known"
    assert json.dumps(gate_a.send({"scan_id": "no uuid"})[0]["scan_id"]) == '"no uuid"'
