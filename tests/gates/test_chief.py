"""On-site command: what waits for the chief, what is always listed, and the chief's acts (check-in.md)."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit.models import Entry
from exhibitions.audit.service import readable
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict
from exhibitions.expos.models import Door, Expo, ExpoDay
from exhibitions.expos.rules import Role
from exhibitions.expos.service import grant_role
from exhibitions.gates.models import Device as DeviceRow
from exhibitions.gates.models import DoorMove, GateMinute, OpenGate, Scan
from exhibitions.gates.queries import figures, lists
from exhibitions.gates.rules.counting import Tally
from exhibitions.gates.service import chief
from tests.engines import both_engines
from tests.gates.fair import Device, GateFair
from tests.people import People, make_people

PAGE = "/desk/8th/gates/chief"
PAGES = (PAGE, f"{PAGE}/doors", f"{PAGE}/open-gate", f"{PAGE}/rehearsal")
LISTS = ("review", "overridden", "double", "invalid", "clocks", "open-gate")


@pytest.fixture
def desk(app: Flask, fair: GateFair) -> People:
    made = make_people(app)
    made.alice.get("/desk/8th/?lang=en")
    return made


def seen(desk: People, address: str = PAGE, lang: str = "en") -> str:
    """The page as Alice reads it."""
    mark = "&" if "?" in address else "?"
    answer = desk.alice.get(f"{address}{mark}lang={lang}")
    assert answer.status_code == 200
    return answer.text


def row_of(fair: GateFair, scan_id: str) -> int:
    return int(fair.rows(sa.select(Scan.id).where(Scan.scan_id == scan_id))[0][0])


def waiting(fair: GateFair, device: Device, hour: str = "10:00", **facts: Any) -> int:
    """A scan whose clock nobody knows; gives the number of its row."""
    made = device.item(fair.badge(name="王敏"), hour, **facts)
    device.send(made, sent_at=None)
    return row_of(fair, made["scan_id"])


def decide(desk: People, row_id: int, decision: str = "accept", **form: str) -> Any:
    return desk.alice.post(
        f"{PAGE}/scans/{row_id}/decide?lang=en", data={"decision": decision} | form, follow_redirects=True
    )


def counted(fair: GateFair) -> Tally:
    with fair.app.app_context():
        return figures.attendance(db.session.get_one(Expo, fair.expo_id)).total


def audited(fair: GateFair) -> list[Any]:
    with fair.app.app_context():
        wanted = sa.select(Entry).where(Entry.action.startswith("gates."), Entry.action != "gates.paired")
        rows = readable(db.session.scalars(wanted.order_by(Entry.id)))
        return [(row.action, row.reason) for row in rows]


def today(fair: GateFair) -> date:
    with fair.app.app_context():
        return lists.fair_today(db.session.get_one(Expo, fair.expo_id))


def test_owner_colleague_and_stranger(fair: GateFair, desk: People, gate_a: Device) -> None:
    """Alice, a gate chief and the administrator command; Bob of the desk may not, Charlie sees no fair."""
    row_id = waiting(fair, gate_a)
    number = fair.rows(sa.select(DeviceRow.id))[0][0]
    shut = (desk.bob, desk.charlie, desk.nobody)
    for path in (*PAGES, f"{PAGE}/devices/{number}"):
        assert [each.get(path).status_code for each in (desk.alice, desk.dora)] == [200, 200]
        assert [each.get(path).status_code for each in shut] == [403, 404, 303]
    posts = (f"scans/{row_id}/decide", f"devices/{number}", "doors", "doors/move", "open-gate", "rehearsal")
    for path in (*posts, "open-gate/end"):
        assert [each.post(f"{PAGE}/{path}").status_code for each in shut] == [403, 404, 303]
    assert fair.rows(sa.select(Scan.accepted)) == [(None,)]
    assert fair.rows(sa.select(OpenGate.id)) == fair.rows(sa.select(DoorMove.id)) == []


def test_the_way_there(fair: GateFair, desk: People) -> None:
    for page in (desk.alice.get("/desk/8th/gates").text, desk.alice.get("/desk/8th/").text):
        assert f'href="{PAGE}"' in page
    assert f'href="{PAGE}"' not in desk.bob.get("/desk/8th/").text
    assert "现场指挥" in seen(desk, lang="zh")


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_list_says_what_would_stand_there(
    fair: GateFair, desk: People, kind: str, lang: str
) -> None:
    page = seen(desk, f"{PAGE}?list={kind}", lang)
    assert 'class="empty"' in page
    assert re.search(r'aria-current="page"[^>]*>[^<]+', page)


def test_a_list_that_is_none(fair: GateFair, desk: People) -> None:
    assert desk.alice.get(f"{PAGE}?list=nothing").status_code == 404
    for page in ("0", "-1", "x", "9" * 30, "999"):
        assert desk.alice.get(f"{PAGE}?page={page}").status_code == 200


def test_what_waits_is_shown_with_both_times_and_its_reason(
    fair: GateFair, desk: People, gate_a: Device
) -> None:
    gate_a.send(gate_a.item(fair.badge(name="王敏"), "10:00"), sent_at=None)
    waiting(fair, gate_a, "11:30")
    page = seen(desk)
    assert "王敏" in page
    assert "Nobody knows what the device&#39;s clock showed" in page
    assert page.count("11:30") == 2
    assert "Device's time" in page
    assert "Corrected time" in page


def test_accepted_counts_and_refused_never(fair: GateFair, desk: People, gate_a: Device) -> None:
    first, second = waiting(fair, gate_a), waiting(fair, gate_a)
    assert counted(fair) == Tally()
    assert "accepted and counts" in decide(desk, first).text
    assert "never counts" in decide(desk, second, "refuse", reason="时间不对").text
    assert counted(fair) == Tally(1, 1)
    assert "Nothing waits for review" in seen(desk)
    assert audited(fair) == [("gates.review_decided", ""), ("gates.review_decided", "时间不对")]


def test_decided_already_is_a_sentence(fair: GateFair, desk: People, gate_a: Device) -> None:
    first, second = waiting(fair, gate_a), waiting(fair, gate_a)
    decide(desk, first)
    decide(desk, second, "refuse")
    assert "accepted already" in decide(desk, first, "refuse").text
    assert "refused already" in decide(desk, second).text
    assert counted(fair) == Tally(1, 1)


def test_what_is_no_decision(fair: GateFair, desk: People, gate_a: Device) -> None:
    row_id = waiting(fair, gate_a)
    assert "Press one of the two buttons" in decide(desk, row_id, "perhaps").text
    assert decide(desk, 10**9).status_code == 404
    gate_a.scan(fair.badge(), "10:00")
    online = fair.rows(sa.select(sa.func.max(Scan.id)))[0][0]
    assert "No such scan waits" in decide(desk, online).text
    assert decide(desk, row_id, reason="x" * 9999 + "\x00").status_code == 200
    assert len(audited(fair)[0][1]) == 300


@both_engines
def test_all_of_one_device_at_once(fair: GateFair, desk: People, gate_a: Device) -> None:
    """A phone with a wrong clock brings its whole queue: it is decided by one act, its number typed."""
    other = fair.device("B")
    for hour in ("10:00", "11:00", "12:00"):
        waiting(fair, gate_a, hour)
    left = waiting(fair, other)
    number = fair.rows(sa.select(Scan.device_id).where(Scan.id != left))[0][0]
    address = f"{PAGE}/devices/{number}"
    assert address in seen(desk)
    wrong = desk.alice.post(f"{address}?lang=en", data={"decision": "accept", "confirm": "2"})
    assert (wrong.status_code, "Type the number as shown" in wrong.text) == (422, True)
    assert desk.alice.post(address, data={"confirm": "3"}).location == address
    for _ in range(2):
        done = desk.alice.post(address, data={"decision": "accept", "confirm": "3"})
        assert done.status_code == 303
    assert counted(fair) == Tally(3, 3)
    assert "Nothing of this device waits" in seen(desk, address)
    assert desk.alice.get(f"{PAGE}/devices/999999").status_code == 404
    assert [row[0] for row in fair.rows(sa.select(Scan.id).where(Scan.accepted.is_(None)))] == [left]


def test_names_are_masked_for_who_may_not_see_visitors(
    app: Flask, fair: GateFair, desk: People, gate_a: Device
) -> None:
    """ux.md B12: a gate chief needs no names."""
    waiting(fair, gate_a)
    with app.app_context(), transaction():
        expo = db.session.get_one(Expo, fair.expo_id)
        user_id = db.session.scalar(sa.text("SELECT id FROM users WHERE email = 'charlie@example.org'"))
        grant_role(expo, user_id, Role.GATE)
    page = desk.charlie.get(PAGE).text
    assert "王敏" not in page
    assert "王*" in page
    assert re.search(r"… \d{3}-\d", page) is None or re.search(r"\d{3} \d{3} \d{3}-\d", page) is None


def test_what_was_let_in_against_a_rule_is_listed(fair: GateFair, desk: People, gate_a: Device) -> None:
    gate_a.scan(fair.badge(), "18:00", override={"reason": "嘉宾", "by": "李"})
    gate_a.send(gate_a.offline(fair.badge(cancelled_at=fair.at("09:00")), "10:00"))
    gate_a.send(gate_a.offline("nonsense", "10:30"))
    page = seen(desk, f"{PAGE}?list=overridden")
    assert "嘉宾" in page
    assert "李" in page
    page = seen(desk, f"{PAGE}?list=invalid")
    assert "Cancelled" in page
    assert "Not a valid code" in page
    assert "Code of nobody" in page


def test_doubles_name_both_devices(fair: GateFair, desk: People, gate_a: Device) -> None:
    sample = fair.badge()
    other = fair.device("B")
    gate_a.send(gate_a.offline(sample, "10:02"))
    other.send(other.offline(sample, "10:00"))
    page = seen(desk, f"{PAGE}?list=double")
    assert page.index("10:00") < page.index("10:02")
    assert "both devices offline" in page


def test_wrong_clocks_are_warned_of_and_far_ones_stay_listed(
    fair: GateFair, desk: People, gate_a: Device
) -> None:
    """C12: known, so applied, and listed; also after the clock was set right."""
    other = fair.device("B")
    now = clock.now()
    other.send(other.item(fair.badge(), now), sent_at=(now + timedelta(minutes=6)).isoformat())
    ahead = timedelta(hours=26)
    gate_a.send(gate_a.item(fair.badge(), now + ahead), sent_at=(clock.now() + ahead).isoformat())
    page = seen(desk, f"{PAGE}?list=clocks")
    assert page.index("more than 24 h") < page.index("more than 5 min")
    assert "26 h 0 min" in page or "25 h 59 min" in page
    fair.change(sa.update(DeviceRow).values(offset_ms=0))
    page = seen(desk, f"{PAGE}?list=clocks")
    assert "more than 24 h" in page
    assert "more than 5 min" not in page


def doors_form(fair: GateFair, **change: str) -> dict[str, str]:
    return {
        "day": today(fair).isoformat(),
        "door": "-",
        "opens": "00:00",
        "closes": "00:00",
        "last": "",
        "reason": "人多，提前开门",
    } | change


def test_moving_doors_asks_shows_and_moves(fair: GateFair, desk: People) -> None:
    """The next scan of every device is judged by the new hours; the reason is kept."""
    shut(fair)
    device = fair.device("B")
    assert device.scan(fair.badge(), clock.now())["verdict"] == "outside_hours"
    check = desk.alice.post(f"{PAGE}/doors?lang=en", data=doors_form(fair)).text
    assert "Check: move doors" in check
    assert "人多，提前开门" in check
    assert fair.rows(sa.select(DoorMove.id)) == []
    assert desk.alice.post(f"{PAGE}/doors/move", data=doors_form(fair)).status_code == 303
    assert device.scan(fair.badge(), clock.now())["verdict"] == "first_today"
    assert audited(fair)[-1] == ("gates.doors_moved", "人多，提前开门")
    assert "moved" in seen(desk)


def shut(fair: GateFair) -> None:
    """Today's doors are open for the one minute that was twelve hours ago, whenever the test runs."""
    past = (clock.now() + timedelta(hours=8 - 12)).time().replace(second=0, microsecond=0)
    later = (clock.now() + timedelta(hours=8 - 12, minutes=1)).time().replace(second=0, microsecond=0)
    fair.change(sa.update(Door).values(door_from=past, door_to=later))


def test_moving_doors_twice_is_one_move(fair: GateFair, desk: People) -> None:
    for _ in range(2):
        assert desk.alice.post(f"{PAGE}/doors/move", data=doors_form(fair)).status_code == 303
    assert len(fair.rows(sa.select(DoorMove.id))) == 1
    assert len(audited(fair)) == 1
    assert "stand like this already" in seen(desk)


def test_all_doors_of_today(fair: GateFair, desk: People) -> None:
    desk.alice.post(f"{PAGE}/doors/move", data=doors_form(fair, door="*", opens="06:00", closes="22:00"))
    moved = fair.rows(sa.select(DoorMove.class_key).order_by(DoorMove.class_key))
    assert moved == [("",), ("buildup",), ("exhibitor",), ("organiser",)]


def test_one_class_of_those_that_share_a_door(fair: GateFair, desk: People) -> None:
    """The class gets a door of its own with the same past; the others keep theirs."""
    shut(fair)
    desk.alice.post(f"{PAGE}/doors/move", data=doors_form(fair, opens="03:00", closes="03:01", reason="一"))
    assert desk.alice.post(f"{PAGE}/doors/move", data=doors_form(fair, door="vip")).status_code == 303
    device = fair.device("B")
    assert device.scan(fair.badge("vip"), clock.now())["verdict"] == "first_today"
    shown = seen(desk, f"{PAGE}/doors")
    assert re.search(r"00:00–00:00</span>\s*<span class=\"soft\">VIP", shown)
    day = today(fair)
    doors = sa.select(Door.class_key).join(ExpoDay, ExpoDay.id == Door.day_id).where(ExpoDay.date == day)
    assert ("vip",) in fair.rows(doors)
    moves = fair.rows(sa.select(DoorMove.class_key, DoorMove.reason).order_by(DoorMove.id))
    assert moves == [("", "一"), ("vip", "一"), ("vip", "人多，提前开门")]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reason": "  "}, "Say why"),
        ({"opens": ""}, "Enter a time like 09:00"),
        ({"closes": "noon"}, "Enter a time like 09:00"),
        ({"opens": "09:00", "closes": "09:00"}, "close later than they open"),
        ({"opens": "09:00", "closes": "17:00", "last": "18:00"}, "last admission must lie"),
        ({"door": "nobody"}, "Choose whose doors move"),
        ({"day": "2020-01-01"}, "A new day has begun"),
    ],
)
def test_doors_that_cannot_be_moved(
    fair: GateFair, desk: People, change: dict[str, str], sentence: str
) -> None:
    for step in ("doors", "doors/move"):
        answer = desk.alice.post(f"{PAGE}/{step}?lang=en", data=doors_form(fair, **change))
        assert answer.status_code == 422
        assert sentence in answer.text
        assert 'role="alert"' in answer.text
    assert fair.rows(sa.select(DoorMove.id)) == []


def test_going_back_from_the_check_keeps_what_was_typed(fair: GateFair, desk: People) -> None:
    back = desk.alice.post(f"{PAGE}/doors", data=doors_form(fair, change="1")).text
    assert "人多，提前开门" in back
    assert 'name="opens"' in back
    other = desk.alice.post(f"{PAGE}/doors", data=doors_form(fair, reason="", _lang="en"))
    assert (other.status_code, "Move doors" in other.text) == (200, True)


def test_a_day_without_doors(fair: GateFair, desk: People) -> None:
    fair.change(sa.delete(Door))
    assert "No doors today" in seen(desk)
    assert "No doors today" in seen(desk, f"{PAGE}/doors")
    assert desk.alice.post(f"{PAGE}/doors/move", data=doors_form(fair)).status_code == 422


def test_open_gate_from_start_to_report(fair: GateFair, desk: People, gate_a: Device) -> None:
    empty = desk.alice.post(f"{PAGE}/open-gate?lang=en", data={"reason": " "})
    assert (empty.status_code, "Say why" in empty.text) == (422, True)
    for _ in range(2):
        desk.alice.post(f"{PAGE}/open-gate", data={"reason": "门口拥挤"})
    assert len(fair.rows(sa.select(OpenGate.id))) == 1
    page = seen(desk)
    assert "The gates are open already." in page
    assert "Open gate since" in page
    assert "The gates are open already." in seen(desk, f"{PAGE}/open-gate")
    assert gate_a.scan("nonsense", clock.now())["verdict"] == "open_gate"
    assert gate_a.scan(None, clock.now(), kind="clicker", heads=9)["verdict"] == "open_gate"
    desk.alice.post(f"{PAGE}/open-gate/end")
    page = seen(desk, f"{PAGE}?list=open-gate")
    cells = re.findall(r'<td[^>]* class="num"[^>]*>(\d+)</td>', page)
    assert cells == ["10", "2"]
    assert "门口拥挤" in page
    assert "Alice" in page
    desk.alice.post(f"{PAGE}/open-gate/end")
    assert "had ended already" in seen(desk)
    assert [action for action, _ in audited(fair)] == ["gates.open_gate_started", "gates.open_gate_ended"]


def test_wiping_the_rehearsal_removes_nothing_else(fair: GateFair, desk: People, gate_a: Device) -> None:
    as_of = {"as_of": fair.at("10:00").isoformat()}
    gate_a.send(*(gate_a.item(fair.badge(), "03:00", rehearsal=as_of) for _ in range(3)))
    gate_a.scan(fair.badge(), "10:00")
    assert "3 rehearsed scans" in seen(desk)
    wrong = desk.alice.post(f"{PAGE}/rehearsal?lang=en", data={"confirm": "4"})
    assert (wrong.status_code, "Type the number as shown" in wrong.text) == (422, True)
    for _ in range(2):
        assert desk.alice.post(f"{PAGE}/rehearsal", data={"confirm": "3"}).status_code == 303
    assert fair.rows(sa.select(sa.func.count()).select_from(Scan)) == [(1,)]
    assert counted(fair) == Tally(1, 1)
    assert audited(fair) == [("gates.rehearsals_wiped", "")]
    assert "There are no rehearsed scans" in seen(desk, f"{PAGE}/rehearsal")


def test_long_lists_have_pages(fair: GateFair, desk: People, gate_a: Device) -> None:
    made = [gate_a.item(fair.badge(), "10:00", override={"reason": "r", "by": "b"}) for _ in range(3)]
    gate_a.send(*made)
    copies = []
    with fair.app.app_context():
        row = db.session.scalars(sa.select(Scan)).first()
        assert row is not None
        values = {c.name: getattr(row, c.name) for c in Scan.__table__.columns if c.name != "id"}
        copies = [values | {"scan_id": str(uuid.uuid4()), "overridden": True} for _ in range(60)]
        with transaction() as session:
            session.execute(sa.insert(Scan), copies)
    page = seen(desk, f"{PAGE}?list=overridden")
    assert "page=2" in page
    first, second = (seen(desk, f"{PAGE}?list=overridden&page={n}").count("<tr>") for n in (1, 2))
    assert (first, first + second) == (51, 62)


@both_engines
def test_two_who_decide_at_once(fair: GateFair, gate_a: Device) -> None:
    """Exactly one decision stands, and the scan counts once or never."""
    row_id = waiting(fair, gate_a)
    ((scan_id,),) = fair.rows(sa.select(Scan.scan_id).where(Scan.id == row_id))

    def attempt(accept: bool) -> bool:
        with fair.app.app_context():
            try:
                with transaction():
                    chief.decide_review(db.session.get_one(Expo, fair.expo_id), scan_id, accept)
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(attempt, [True, False] * 3))
    assert done.count(True) == 1
    ((accepted,),) = fair.rows(sa.select(Scan.accepted))
    assert counted(fair) == (Tally(1, 1) if accepted else Tally())
    assert fair.rows(sa.select(sa.func.coalesce(sa.func.sum(GateMinute.scans), 0))) == [(int(accepted),)]


@both_engines
def test_two_who_open_the_gates_at_once(fair: GateFair) -> None:
    def attempt(_: int) -> bool:
        with fair.app.app_context():
            try:
                with transaction():
                    chief.start_open_gate(db.session.get_one(Expo, fair.expo_id), "拥挤")
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(attempt, range(6))).count(True) == 1
