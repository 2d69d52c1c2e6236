"""Hours of passes at the gate (exhibitors-stands.md §2.5, question 8 of check-in.md): online, offline and on the phone."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.badges.rules import token
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.rules.staff import StaffKind, Window
from exhibitions.exhibitors.service.centre import SetUp, save_set_up, set_up_of
from exhibitions.expos.models import Expo
from exhibitions.gates.models import DoorMove, Scan
from exhibitions.gates.queries.fair import load_setup
from exhibitions.gates.rules import nights
from exhibitions.gates.rules.nights import Hours, Where, place_of, windows
from exhibitions.gates.rules.timing import Interval
from exhibitions.gates.service.pairing import fair_ends
from tests.gates.fair import SHANGHAI, GateFair

ROOT = Path(__file__).parents[2]
FILE = json.loads((Path(__file__).parent / "night_cases.json").read_text())
NODE = Path(sys.executable).with_name("node")


def windows_of(name: str) -> tuple[tuple[Interval, ...], str]:
    facts = FILE["sets"][name]
    start, end, first, last = facts["hours"]
    nights_of = [None if day is None else date.fromisoformat(day) for day in (first, last)]
    hours = Hours(time.fromisoformat(start), time.fromisoformat(end), *nights_of)
    return windows(hours, [date.fromisoformat(day) for day in facts["days"]], facts["zone"]), facts["zone"]


@pytest.mark.parametrize("case", FILE["cases"], ids=[f"{c['set']}: {c['why']}" for c in FILE["cases"]])
def test_case(case: dict[str, Any]) -> None:
    found, zone = windows_of(case["set"])
    where, window = place_of(datetime.fromisoformat(case["at"]), found, zone)
    assert where == case["where"]
    said = window and [each.astimezone(UTC) for each in (window.start, window.end)]
    assert said == (
        case["window"] and [datetime.fromisoformat(text).astimezone(UTC) for text in case["window"]]
    )


def test_the_phone_judges_the_same_cases() -> None:
    """The scanner's own rule, in the engine that browsers have, on the moments that the server gives it."""
    assert NODE.exists(), "node comes with the libraries of requirements.txt"
    claims = token.Claims(0, 4711, 300_000_001, 7, 0, 0, 1)
    code = token.write(token.encode(claims), bytes(64))
    cases = []
    for case in FILE["cases"]:
        found, zone = windows_of(case["set"])
        spans = [[round(each.timestamp() * 1000) for each in (one.start, one.end)] for one in found]
        at = round(datetime.fromisoformat(case["at"]).timestamp() * 1000)
        cases.append([at, spans, zone])
    script = f"""
        import {{ claims, closedNow, placeOf }} from "{(ROOT / "static/gates/nights.js").as_uri()}";
        const {{ cases, code }} = JSON.parse(process.argv[1]);
        const [at, windows, zone] = cases[4];
        const night = {{ fair: 4711, zone, shift_ms: 0, nights: {{ 7: {{ hours: "18:00–10:00", windows }} }} }};
        const scan = (facts) => closedNow(
            {{ code, direction: "in", scanned_at: "2026-08-22T04:00:00Z", ...facts }}, night);
        console.log(JSON.stringify({{
            places: cases.map((each) => placeOf(...each)),
            claims: [code, code.toLowerCase() + "\\r\\n", "300000001", "B" + "~".repeat(120), null].map(claims),
            scans: [
                scan({{}}),
                scan({{ scanned_at: "2026-08-21T10:00:00Z" }}),
                scan({{ direction: "out" }}),
                scan({{ code: "300000001" }}),
                closedNow({{ code, direction: "in", scanned_at: "2026-08-22T04:00:00Z" }}, {{ ...night, fair: 1 }}),
            ],
        }}));
    """
    said = subprocess.run(
        [NODE, "--input-type=module", "-e", script, json.dumps({"cases": cases, "code": code})],
        capture_output=True,
        check=True,
        text=True,
    )
    answer = json.loads(said.stdout)
    assert answer["places"] == [case["where"] for case in FILE["cases"]]
    mine = {"fair": 4711, "classNumber": 7}
    assert answer["claims"] == [mine, mine, None, None, None]
    noon = {"verdict": "outside_hours", "hours": "18:00–10:00"}
    assert answer["scans"] == [noon, None, None, None, None]


def test_no_more_nights_are_kept_than_a_fair_has() -> None:
    long = Hours(time(18), time(10), date(2026, 1, 1), date(2027, 1, 1))
    assert len(windows(long, [], "Asia/Shanghai")) == nights.MOST
    assert windows(Hours(time(18), time(10), date(2026, 1, 2), date(2026, 1, 1)), [], "UTC") == ()


def admit(fair: GateFair, window: Window | None) -> None:
    """Set the hours of build-up passes, as the office does."""
    with fair.app.app_context(), transaction():
        expo = db.session.get_one(Expo, fair.expo_id)
        centre = set_up_of(expo).centre
        centre.windows.clear()
        if window is not None:
            centre.windows[StaffKind.BUILD_UP] = window
        save_set_up(expo, SetUp(centre), SYSTEM)


@pytest.fixture
def by_night(fair: GateFair) -> GateFair:
    """Passes admit from 18:00 to 10:00, on the night of today and the one before; doors are 9:00 to 17:00."""
    admit(fair, Window(time(18), time(10), fair.today - timedelta(days=1), fair.today))
    return fair


def verdict(answer: dict[str, Any]) -> tuple[str, bool, str | None]:
    return answer["verdict"], answer["admitted"], answer["reason"]


def test_a_pass_admits_in_its_nights_and_only_then(by_night: GateFair) -> None:
    gate, badge, today = by_night.device("S"), by_night.badge("buildup"), by_night.today
    before, after = today - timedelta(days=1), today + timedelta(days=1)
    for at, wanted in (
        (by_night.at("17:59", before), ("outside_hours", False, "18:00–10:00")),
        (by_night.at("18:00", before), ("first_today", True, None)),
        (by_night.at("09:59:59"), ("first_today", True, None)),
        (by_night.at("10:00"), ("outside_hours", False, "18:00–10:00")),
        (by_night.at("12:00"), ("outside_hours", False, "18:00–10:00")),
        (by_night.at("18:00"), ("re_entry", True, None)),
    ):
        assert verdict(gate.scan(badge, at)) == wanted, at
    assert verdict(gate.scan(by_night.badge("buildup"), by_night.at("12:00", today - timedelta(days=2)))) == (
        "wrong_day",
        False,
        None,
    )
    # Nobody is locked in, and other classes have their doors.
    assert gate.scan(badge, "12:00", direction="out")["verdict"] == "exit"
    assert gate.scan(by_night.badge("organiser"), "12:00")["verdict"] == "first_today"
    # The last night ends on the day after the last day of the passes.
    with by_night.app.app_context():
        setup = load_setup(by_night.expo_id)
        late = datetime.combine(after, time(9, 59), SHANGHAI)
        door = setup.door(after, "buildup", late)
        assert door is not None
        assert late in door.admits
        assert late + timedelta(minutes=1) not in door.admits
        assert setup.door(after + timedelta(days=1), "buildup", late + timedelta(days=1)) is None


def test_a_scan_without_network_is_judged_by_its_time(by_night: GateFair) -> None:
    """Offline: handed in at another hour, decided by the hour at which it was made; a device's own verdict is a fact."""
    gate, badge = by_night.device("S"), by_night.badge("buildup")
    assert verdict(gate.send(gate.item(badge, "12:00"))[0])[:2] == ("outside_hours", False)
    let_in = gate.send(gate.offline(badge, "12:30"))[0]
    assert let_in["admitted"] is True
    with by_night.app.app_context():
        row = db.session.scalars(sa.select(Scan).where(Scan.scan_id == let_in["scan_id"])).one()
        assert (row.device_verdict, row.verdict) == ("first_today", "outside_hours"), (
            "both stand side by side"
        )


def test_who_may_override_lets_a_pass_in_by_day_and_is_listed(by_night: GateFair, app: Flask) -> None:
    gate, badge = by_night.device("S"), by_night.badge("buildup")
    with app.app_context(), transaction() as session:
        session.execute(sa.text("UPDATE devices SET may_override = :yes"), {"yes": True})
    answer = gate.scan(badge, "12:00", override={"reason": "货车坏了", "by": "王主任"})
    assert verdict(answer)[:2] == ("outside_hours", True)


def test_the_chief_may_move_the_door_of_the_class_for_a_day(by_night: GateFair) -> None:
    """The calendar has a door of its own for the class; what the chief moves today goes before the nights."""
    gate = by_night.device("S")
    assert gate.scan(by_night.badge("buildup"), "12:00")["verdict"] == "outside_hours"
    move = DoorMove(
        day=by_night.today,
        door_from=time(11),
        door_to=time(13),
        moved_at=by_night.at("11:00"),
        reason="布展延误",
        expo_id=by_night.expo_id,
        class_key="buildup",
    )
    by_night.add(move)
    assert gate.scan(by_night.badge("buildup"), "12:00")["verdict"] == "first_today"
    assert gate.scan(by_night.badge("buildup"), "10:30")["verdict"] == "outside_hours", "not yet moved then"


def test_hours_taken_away_or_changed_hold_at_once(by_night: GateFair) -> None:
    gate = by_night.device("S")
    assert gate.scan(by_night.badge("buildup"), "12:00")["verdict"] == "outside_hours"
    admit(by_night, Window(time(8), time(13)))
    assert gate.scan(by_night.badge("buildup"), "12:00")["verdict"] == "first_today"
    assert gate.scan(by_night.badge("buildup"), "13:00")["verdict"] == "outside_hours"
    admit(by_night, None)
    assert gate.scan(by_night.badge("buildup"), "13:00")["verdict"] == "first_today", "the doors again"


def test_devices_and_reviews_reach_as_far_as_the_nights(fair: GateFair) -> None:
    """A phone does not end at midnight of the last day while passes admit; a night before build-up waits for no review."""
    first = fair.today - timedelta(days=9)
    admit(fair, Window(time(18), time(10), first, fair.today + timedelta(days=9)))
    gate = fair.device("S")
    answer = gate.scan(fair.badge("buildup"), fair.at("18:00", first))
    assert (answer["status"], answer["verdict"]) == ("stored", "first_today")
    assert gate.scan(fair.badge("buildup"), fair.at("17:59", first))["status"] == "review"
    with fair.app.app_context():
        expo = db.session.get_one(Expo, fair.expo_id)
        assert fair_ends(expo) == fair.at("10:00", fair.today + timedelta(days=10))
        assert Where.DAY is place_of(fair.at("12:00"), (), "UTC")[0]


def test_the_page_of_the_scanner_carries_the_hours(by_night: GateFair) -> None:
    page = by_night.app.test_client().get(f"/gate/8th/{by_night.gates['S']}/").text
    start = round(by_night.at("18:00").timestamp() * 1000)
    assert "&#34;7&#34;: {&#34;hours&#34;: &#34;18:00–10:00&#34;" in page or "18:00\\u201310:00" in page
    assert str(start) in page


def test_a_day_pass_admits_on_its_day_alone_whatever_its_class_does(fair: GateFair) -> None:
    """W91: the day in the badge's own code binds, online and for scans that are handed in later."""
    today, gate = fair.today, fair.device("A")
    passes = [fair.badge("trade", planned_day=today + timedelta(days=n), days=1) for n in (0, 1)]
    assert gate.scan(passes[0].typed, "12:00")["verdict"] == "first_today"
    assert gate.scan(passes[1].typed, "12:00")["verdict"] == "wrong_day"
    assert gate.scan(fair.badge("trade", planned_day=today + timedelta(days=1)).typed, "12:00")["admitted"]
