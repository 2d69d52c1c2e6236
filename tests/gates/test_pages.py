"""The pages of gates: pairing by a link that works once, ending a device, the scanner's page, and who may see them."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.gates.models import Device as DeviceRow
from exhibitions.gates.models import Pairing
from exhibitions.gates.queries import devices
from exhibitions.gates.rules import timing
from exhibitions.gates.rules.decision import Code
from exhibitions.gates.rules.words import VERDICTS
from exhibitions.gates.views import devices as device_views
from tests.gates.fair import Device, GateFair, undo
from tests.people import People, make_people

# ux.md §6, to the letter; `wrong_gate` names the gate where the server says it.
WORDS = {
    "unknown": "无效码",
    "forged": "防伪校验未通过",
    "other_fair": "不是本届的参观证",
    "voided": "已挂失，请用新证",
    "cancelled": "已取消",
    "not_approved": "未审核",
    "unpaid": "未付款",
    "wrong_gate": "请走…号门",
    "wrong_day": "不是今天的参观证",
    "outside_hours": "未到开放时间／已停止入场",
    "full": "已满，请稍候",
    "already_inside": "已在场内",
    "already_in_today": "今日已入场",
    "passed_back": "刚刚已入场",
    "re_entry": "再次入场",
}


@pytest.fixture
def desk(app: Flask, fair: GateFair) -> People:
    return make_people(app)


def config_of(browser: FlaskClient, address: str) -> dict[str, Any]:
    """What the page hands to its script."""
    page = browser.get(address).text
    found: dict[str, Any] = json.loads(html.unescape(re.findall(r"data-config='([^']*)'", page)[0]))
    return found


def offered(desk: People, fair: GateFair, gate: str = "A") -> tuple[str, str]:
    """The path of a pairing link, and the page that offers it."""
    page = desk.alice.post(f"/desk/8th/gates/{fair.gates[gate]}/pair", follow_redirects=True).text
    link = re.findall(r'data-copy="([^"]*)"', page)[0]
    assert link.startswith("http://localhost/gate/8th/pair/")
    return link.removeprefix("http://localhost"), page


def claim(browser: FlaskClient, path: str, **form: str) -> Any:
    return browser.post(path, data={"sent_at_ms": str(int(clock.now().timestamp() * 1000))} | form)


def drawn(page: str) -> Image.Image:
    """The QR code of the page as a picture, from the squares of its SVG path."""
    path = re.findall(r' d="([^"]*)"', page.split("pairing-code", 1)[1])[0]
    places = [(float(x), float(y)) for x, y in re.findall(r"M([\d.]+),([\d.]+)", path)]
    across = sorted({round(x, 3) for x, _ in places})
    step = min(right - left for left, right in pairwise(across))
    modules = [(round(x / step), round(y / step)) for x, y in places]
    side = max(x for x, _ in modules) + 5
    small = Image.new("L", (side, side), 255)
    for place in modules:
        small.putpixel(place, 0)
    return small.resize((side * 8, side * 8), Image.Resampling.NEAREST)


def test_the_offered_code_is_the_link(fair: GateFair, desk: People) -> None:
    """G1: an independent reader reads the pairing link from the page."""
    path, page = offered(desk, fair)
    assert zxingcpp.read_barcodes(drawn(page))[0].text == f"http://localhost{path}"


def test_a_link_pairs_one_phone_once(fair: GateFair, desk: People) -> None:
    path, _ = offered(desk, fair)
    assert desk.nobody.get(path).status_code == 200
    paired = claim(desk.nobody, path, name="东门一号")
    assert sorted(paired.json) == ["token"]
    assert claim(desk.nobody, path).status_code == 404
    assert desk.nobody.get(path).status_code == 404
    device = Device(fair, paired.json["token"], fair.gates["A"])
    assert device.scan(fair.badge(), "10:00")["verdict"] == "first_today"
    rows = fair.rows(sa.select(DeviceRow.name, DeviceRow.gate_ids, DeviceRow.token_hash))
    assert [row[:2] for row in rows] == [("东门一号", [fair.gates["A"]])]
    assert paired.json["token"] not in rows[0][2]


def test_the_phones_clock_is_measured_at_pairing(fair: GateFair, desk: People) -> None:
    """check-in.md, Time; a phone that says nonsense is paired all the same."""
    ahead = int((clock.now() + timedelta(hours=26)).timestamp() * 1000)
    claim(desk.nobody, offered(desk, fair)[0], sent_at_ms=str(ahead))
    for nonsense in ("", "soon", "9" * 40, "-1e9", "NaN"):
        assert claim(desk.nobody, offered(desk, fair)[0], sent_at_ms=nonsense).status_code == 200
    offsets = [row[0] for row in fair.rows(sa.select(DeviceRow.offset_ms).order_by(DeviceRow.id))]
    assert abs(offsets[0] - 26 * 3_600_000) <= 2000
    assert offsets[1:] == [None] * 5


def test_ended_devices_never_push_a_live_one_off_the_page(
    fair: GateFair, desk: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many were paired: a page has an end, and begins with those that may scan."""
    monkeypatch.setattr(devices, "PAGE", 2)
    monkeypatch.setattr(device_views, "PAGE", 2)
    for name in ("one", "two", "three", "four"):
        fair.device("A", name)
    now = clock.now()
    fair.change(
        sa.update(DeviceRow).where(DeviceRow.name == "four").values(revoked_at=now),
        sa.update(DeviceRow).where(DeviceRow.name == "three").values(expires_at=now),
    )

    def shown(page: str) -> list[str]:
        text = desk.alice.get(f"/desk/8th/gates?lang=en{page}").text
        assert ("No device is paired" in text, 'aria-label="Pages"' in text) == (False, True)
        return re.findall(r">(one|two|three|four)<", text)

    assert [shown(page) for page in ("", "&page=2", "&page=99", "&page=x")] == [
        ["two", "one"],
        ["four", "three"],
        ["four", "three"],
        ["two", "one"],
    ]
    with fair.app.app_context():
        expo = db.session.get_one(Expo, fair.expo_id)
        assert devices.count_devices(expo) == 4
        assert devices.count_live(expo, clock.now()) == (2, 2)
        db.session.execute(sa.update(DeviceRow).where(DeviceRow.name == "one").values(seen_at=clock.now()))
        assert devices.count_live(expo, clock.now()) == (2, 1)
        assert devices.count_live(expo, clock.now() + timing.SILENT_AFTER) == (2, 2)


def test_an_old_link_is_no_link(fair: GateFair, desk: People) -> None:
    path, _ = offered(desk, fair)
    fair.change(sa.update(Pairing).values(expires_at=clock.now() - timedelta(seconds=1)))
    assert desk.nobody.get(path).status_code == 404
    assert claim(desk.nobody, path).status_code == 404
    assert desk.nobody.get("/gate/8th/pair/none").status_code == 404
    assert desk.nobody.get("/gate/9th/pair/none").status_code == 404


def test_a_link_that_is_over_says_who_gives_a_new_one(fair: GateFair, desk: People) -> None:
    """G1, error: used and too old alike. A link that was never made learns nothing, not even the fair's name."""
    path, page = offered(desk, fair)
    scanner = f'href="/gate/8th/{fair.gates["A"]}/"'
    assert f'href="http://localhost{path}"' in page
    claim(desk.nobody, path)
    old, _ = offered(desk, fair)
    fair.change(sa.update(Pairing).where(Pairing.used_at.is_(None)).values(expires_at=clock.now()))
    for link in (path, old):
        answer = desk.nobody.get(link)
        assert answer.status_code == 404
        assert "请向主办单位或检票主管索取新码" in answer.text
        assert scanner in answer.text
    invented, nowhere = (desk.nobody.get(f"/gate/{slug}/pair/none").text for slug in ("8th", "none"))
    plain = [re.sub(r"[0-9A-F]{4}-[0-9A-F]{2}|/gate/\w+/", "", page) for page in (invented, nowhere)]
    assert plain[0] == plain[1]


def test_the_desk_lists_devices_by_the_fairs_clock(fair: GateFair, desk: People) -> None:
    """A demo's fair is on its own day: a phone heard a minute ago is not a year silent; one heard long ago is named."""
    shift = fair.at("12:00") - clock.now()
    fair.change(sa.update(Expo).values(demo_shift_seconds=round(shift.total_seconds())))
    fair.device("A")
    fair.change(sa.update(DeviceRow).values(seen_at=clock.now(), battery=81))
    page = desk.alice.get("/desk/8th/gates").text
    assert re.search(r">(11:59|12:00)<", page)
    assert "失联" not in page
    fair.change(sa.update(DeviceRow).values(seen_at=clock.now() - timedelta(minutes=6)))
    assert "失联" in desk.alice.get("/desk/8th/gates").text
    assert page.count("<table") == 1


def test_an_ended_device_is_refused_at_its_next_scan(fair: GateFair, desk: People, gate_a: Device) -> None:
    number = fair.rows(sa.select(DeviceRow.id))[0][0]
    asked = desk.alice.get(f"/desk/8th/gates/devices/{number}/revoke")
    assert "停用" in asked.text
    assert fair.rows(sa.select(DeviceRow.revoked_at)) == [(None,)]
    assert desk.alice.post(f"/desk/8th/gates/devices/{number}/revoke").status_code == 303
    assert "已停用" in desk.alice.get(f"/desk/8th/gates/devices/{number}/revoke").text
    assert gate_a.post({"scans": [gate_a.item(fair.badge(), "10:00")]}).status_code == 401
    assert "已停用" in desk.alice.get("/desk/8th/gates").text
    assert desk.alice.post("/desk/8th/gates/devices/999999/revoke").status_code == 404
    assert desk.alice.post("/desk/8th/gates/999999/pair").status_code == 404


def test_owner_colleague_and_stranger(fair: GateFair, desk: People, gate_a: Device) -> None:
    """Alice and the administrator manage gates; Bob of the desk may not, Charlie sees no fair, nobody signs in first."""
    number = fair.rows(sa.select(DeviceRow.id))[0][0]
    browsers = (desk.bob, desk.charlie, desk.nobody)
    assert desk.dora.get("/desk/8th/gates").status_code == 200
    assert [each.get("/desk/8th/gates").status_code for each in browsers] == [403, 404, 303]
    assert [each.get(f"/desk/8th/gates/devices/{number}/revoke").status_code for each in browsers] == [
        403,
        404,
        303,
    ]
    for path in (f"/desk/8th/gates/{fair.gates['A']}/pair", f"/desk/8th/gates/devices/{number}/revoke"):
        assert [each.post(path).status_code for each in browsers] == [403, 404, 303]
    assert fair.rows(sa.select(DeviceRow.revoked_at)) == [(None,)]
    assert fair.rows(sa.select(Pairing.id)) == []


def test_the_scanners_page_says_nothing_but_the_gate(fair: GateFair, desk: People) -> None:
    """Anybody may open it: what a phone may do hangs on the token that it keeps."""
    badge = fair.badge(name="不该出现")
    config = config_of(desk.nobody, f"/gate/8th/{fair.gates['A']}/?lang=zh")
    assert badge.code not in json.dumps(config, ensure_ascii=False)
    assert config["scans_url"] == "/api/v1/expos/8th/scans"
    assert config["classes"]["trade"] == "专业观众"
    assert desk.nobody.get("/gate/8th/999999/").status_code == 404
    assert desk.nobody.get(f"/gate/9th/{fair.gates['A']}/").status_code == 404


def test_only_the_scanner_may_run_webassembly(fair: GateFair, desk: People) -> None:
    """The page and its decoder, which as a worker keeps to a policy of its own."""
    for path in (f"/gate/8th/{fair.gates['A']}/", "/gate/decoder.js"):
        policy = desk.nobody.get(path).headers["Content-Security-Policy"]
        assert re.findall(r"script-src ([^;]*);", policy) == ["'self' 'wasm-unsafe-eval'"]
    assert "wasm" not in desk.alice.get("/desk/8th/gates").headers["Content-Security-Policy"]


def test_the_words_at_the_gate(fair: GateFair, desk: People) -> None:
    """ux.md §6, exactly; every verdict has a word in both languages."""
    config = config_of(desk.nobody, f"/gate/8th/{fair.gates['A']}/?lang=zh")
    words = config["words"]
    assert (words["admit"], words["check"], words["refuse"]) == ("请进", "请核对", "不能入场")
    assert {code: words["verdicts"][code] for code in WORDS} == WORDS
    assert words["use_gate"] == "请走{gate}"
    assert set(VERDICTS) == set(Code)
    english = config_of(desk.nobody, f"/gate/8th/{fair.gates['A']}/?lang=en")["words"]
    assert not [code for code, word in english["verdicts"].items() if not word.isascii()]
    assert not [code for code, word in words["verdicts"].items() if word.isascii()]


def test_inside_wechat_the_pairing_page_leads_outside(fair: GateFair, desk: People) -> None:
    path, _ = offered(desk, fair)
    inside = desk.nobody.get(path, headers={"User-Agent": "Mozilla/5.0 MicroMessenger/8.0"}).text
    assert "微信内无法使用摄像头" in inside
    assert "微信内无法使用摄像头" not in desk.nobody.get(path).text


def test_the_counts_of_today_are_for_devices_of_that_gate(fair: GateFair) -> None:
    """Me, gate, fair (G2): what the gate has let in, for a live device and about a gate of its own only."""
    fair.change(
        sa.update(Expo).values(demo_shift_seconds=round((fair.at("12:00") - clock.now()).total_seconds()))
    )
    mine, other = fair.device("A"), fair.device("B")
    now = clock.now()
    mine.scan(fair.badge(), now, heads=3)
    other.scan(fair.badge(), now)
    refused = mine.scan("nothing", now)
    assert not refused["admitted"]
    undone = mine.scan(fair.badge(), now)
    mine.send(undo(undone["scan_id"], now))
    browser = fair.app.test_client()

    def ask(token: str, gate: str) -> tuple[int, Any]:
        header = {"Authorization": f"Device {token}", "Accept": "application/json"}
        answer = browser.get(f"/gate/8th/{fair.gates[gate]}/today", headers=header)
        return answer.status_code, answer.json if answer.status_code == 200 else None

    assert ask(mine.token, "A") == (200, {"gate": 3, "fair": 4})
    assert [ask(mine.token, "B")[0], ask("invented", "A")[0], ask("", "A")[0]] == [404, 401, 401]


def test_a_scanner_where_nobody_comes_is_heard_and_its_clock_stays_as_measured(fair: GateFair) -> None:
    """O9: a quiet gate is not a silent one. What an upload measured is not touched by a question about figures."""
    phone = fair.device("A")
    long_ago = clock.now() - timedelta(minutes=20)
    fair.change(sa.update(DeviceRow).values(seen_at=long_ago, uploaded_at=long_ago, offset_ms=7000))
    header = {"Authorization": f"Device {phone.token}"}
    browser = fair.app.test_client()

    def ask() -> Any:
        assert browser.get(f"/gate/8th/{fair.gates['A']}/today", headers=header).status_code == 200
        return fair.rows(sa.select(DeviceRow.seen_at, DeviceRow.uploaded_at, DeviceRow.offset_ms))[0]

    heard = ask()
    assert not timing.is_silent(heard[0], clock.now())
    assert heard[1:] == (long_ago, 7000)
    assert ask() == heard, "twice within half a minute is one note"
