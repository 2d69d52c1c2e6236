"""G2 as a person at a gate uses it: typed numbers, a USB scanner, lights, exit, heads, undo, and a network that fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Locator, Page, Route, expect

from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge
from exhibitions.badges.service import badge_png
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db
from exhibitions.exhibitors.rules.staff import StaffKind, Window
from exhibitions.exhibitors.service.centre import SetUp, save_set_up, set_up_of
from exhibitions.expos.models import Expo
from exhibitions.gates.models import Device, Scan
from exhibitions.gates.service import pairing
from tests.e2e.conftest import Site, Ticket, film_of
from tests.e2e.look import sideways, violations

pytestmark = pytest.mark.browser

QUEUE = """async () => {
  const name = "gate-" + JSON.parse(document.getElementById("scanner").dataset.config).store;
  const db = await new Promise((done) => {
    const asked = indexedDB.open(name);
    asked.onsuccess = () => done(asked.result);
  });
  const items = await new Promise((done) => {
    const asked = db.transaction("queue").objectStore("queue").getAll();
    asked.onsuccess = () => done(asked.result.map((row) => row.item.scan_id));
  });
  db.close();
  return items;
}"""
RECENT = QUEUE.replace('"queue"', '"recent"').replace("row.item.scan_id", "row.scan_id")
SCANS = "**/api/v1/expos/8th/scans"


@pytest.fixture
def scanner(site: Site, phone: Page) -> Page:
    """The phone, paired with gate A."""
    return site.paired(phone)


def light(page: Page) -> Locator:
    return page.locator("[data-part=light]")


def type_number(page: Page, number: str) -> None:
    page.fill("#number", number)
    page.press("#number", "Enter")


def expect_light(page: Page, colour: str, *words: str) -> None:
    """The light is on, in this colour and with these words; then it is put out."""
    expect(light(page)).to_be_visible()
    expect(light(page)).to_have_attribute("data-colour", colour)
    for word in words:
        expect(light(page)).to_contain_text(word)
    light(page).click()
    expect(light(page)).to_be_hidden()


def scans(site: Site) -> list[tuple[Any, ...]]:
    return site.rows(sa.select(Scan.scan_id, Scan.verdict, Scan.direction, Scan.heads).order_by(Scan.id))


def of_badge(ticket: Ticket, **facts: Any) -> Callable[[Any], None]:
    def act(_expo: Any) -> None:
        db.session.execute(sa.update(Badge).where(Badge.id == ticket.id).values(**facts))

    return act


def test_a_typed_number_turns_the_light_green_then_amber(site: Site, scanner: Page) -> None:
    """C1, C2, C15: full-width digits are read as meant; the light says name, company and class and nothing else of the person."""
    ticket = site.badge("王敏")
    type_number(scanner, ticket.typed.translate({48 + n: 0xFF10 + n for n in range(10)}))
    expect_light(scanner, "admit", "✓", "请进", "王敏", "大连星河工艺品有限公司", "专业观众")
    type_number(scanner, f"{ticket.typed[:3]} {ticket.typed[3:]}")
    expect_light(scanner, "check", "!", "请核对", "刚刚已入场", "A口")
    expect(scanner.locator("[data-part=mine]")).to_have_text("2")
    assert [row[1] for row in scans(site)] == ["first_today", "passed_back"]


def test_refusals_say_why(site: Site, scanner: Page) -> None:
    """ux §6: the words of each refusal."""
    cancelled, voided = site.badge("赵一"), site.badge("钱二")
    site.do(of_badge(cancelled, cancelled_at=clock.now()))
    site.do(of_badge(voided, voided_at=clock.now()))
    good = site.badge("孙三")
    for typed, word in (
        ("123", "无效码"),
        (cancelled.typed, "已取消"),
        (voided.typed, "已挂失，请用新证"),
        (good.code[:-3] + ("ABC" if good.code[-3:] != "ABC" else "BCA"), "防伪校验未通过"),
    ):
        type_number(scanner, typed)
        expect_light(scanner, "refuse", "✗", "不能入场", word)
    expect(scanner.locator("[data-part=mine]")).to_have_text("0")


def test_reasons_are_sentences(site: Site, scanner: Page) -> None:
    """What was when, by the hour today and by the date before; the new badge's number in one piece; the list says why, too."""
    lost, long_ago = site.badge("赵一"), site.badge("钱二")
    now = clock.now()

    def replace(expo: Any) -> None:
        badges.replace(expo, db.session.get_one(Badge, lost.id), "lost", SYSTEM)

    site.do(replace)
    site.do(of_badge(long_ago, cancelled_at=now - timedelta(days=40)))
    type_number(scanner, lost.typed)
    expect(light(scanner).locator("[data-reason] span")).to_have_count(3)
    number = light(scanner).locator("[data-reason] span").last.text_content() or ""
    assert re.fullmatch(r"新证编号 \d{3}\u00a0\d{3}\u00a0\d{3}-\d", number)
    expect(light(scanner)).to_contain_text(re.compile(r"已挂失，请用新证\d\d:\d\d挂失"))
    expect_light(scanner, "refuse", "不能入场")
    type_number(scanner, long_ago.typed)
    expect_light(scanner, "refuse", "已取消")
    expect(scanner.locator("[data-part=recent] li").first).to_contain_text(
        re.compile(r"钱二.*已取消 · \d{4}年\d{1,2}月\d{1,2}日（周.） \d\d:\d\d取消")
    )
    type_number(scanner, site.badge("孙三").typed)
    expect_light(scanner, "admit")


def test_what_was_said_goes_away(scanner: Page) -> None:
    type_number(scanner, "TEST-TEST")
    expect(scanner.locator("[data-part=said]")).to_have_text("扫码器工作正常")
    expect(scanner.locator("[data-part=said]")).to_be_empty(timeout=20_000)


def test_a_wrong_gate_says_which_gate(site: Site, phone: Page) -> None:
    site.paired(phone, "S")
    type_number(phone, site.badge().typed)
    expect_light(phone, "refuse", "请走A口, B口")


@pytest.mark.parametrize("focus", ["body", "[data-direction-to=in]", "[data-part=people-more]", "#number"])
def test_a_usb_scanner_works_wherever_the_cursor_is(site: Site, scanner: Page, focus: str) -> None:
    """ux §8: blanks inside the code are data, and press no button and scroll no page."""
    ticket = next(one for one in iter(site.badge, None) if one.code[1:-1].count(" ") >= 2)
    if focus != "body":
        scanner.focus(focus)
    scanner.keyboard.type(ticket.code)
    scanner.keyboard.press("Enter")
    expect_light(scanner, "admit", "王敏")
    assert [row[1:] for row in scans(site)] == [("first_today", "in", 1)]
    assert scanner.evaluate("scrollY") == 0


def test_the_test_code_proves_the_scanner_and_counts_nothing(site: Site, scanner: Page) -> None:
    scanner.keyboard.type("TEST-TEST")
    scanner.keyboard.press("Enter")
    expect(scanner.locator("[data-part=said]")).to_have_text("扫码器工作正常")
    assert scans(site) == []


def test_exit_mode(site: Site, scanner: Page) -> None:
    """C6; a cancelled badge goes out, amber, with its reason."""
    ticket, cancelled = site.badge(), site.badge()
    type_number(scanner, ticket.typed)
    expect_light(scanner, "admit", "请进")
    scanner.click("[data-direction-to=out]")
    type_number(scanner, ticket.typed)
    expect_light(scanner, "admit", "出场")
    site.do(of_badge(cancelled, cancelled_at=clock.now()))
    type_number(scanner, cancelled.typed)
    expect_light(scanner, "check", "请核对", "已取消")
    scanner.click("[data-direction-to=in]")
    type_number(scanner, ticket.typed)
    expect_light(scanner, "admit", "请进", "再次入场", "首次入场")
    assert [row[1:3] for row in scans(site)] == [
        ("first_today", "in"),
        ("exit", "out"),
        ("exit", "out"),
        ("re_entry", "in"),
    ]


def test_heads_of_a_group(site: Site, scanner: Page) -> None:
    """C14b: the number of people goes with one scan and is one again afterwards."""
    for _ in range(2):
        scanner.click("[data-part=people-more]")
    type_number(scanner, site.badge().typed)
    expect_light(scanner, "admit", "3人")
    expect(scanner.locator("[data-part=people-number]")).to_have_value("1")
    expect(scanner.locator("[data-part=mine]")).to_have_text("3")
    assert [row[3] for row in scans(site)] == [3]


def test_the_counts_of_the_gate_and_of_the_fair(site: Site, scanner: Page, browser: Browser) -> None:
    """G2: me, my gate, the fair; people let in, undone ones taken out."""
    other = browser.new_context(locale="zh-CN", base_url=site.url).new_page()
    type_number(site.paired(other, "B"), site.badge().typed)
    expect_light(other, "admit")
    for _ in range(2):
        type_number(scanner, site.badge().typed)
        expect_light(scanner, "admit")
    scanner.get_by_role("button", name="撤销", exact=True).first.click()
    expect(scanner.locator("[data-part=mine]")).to_have_text("1")
    expect(scanner.locator("[data-part=gate-today]")).to_have_text("1", timeout=12_000)
    expect(scanner.locator("[data-part=fair-today]")).to_have_text("2")
    other.context.close()


def test_heads_are_typed(site: Site, scanner: Page) -> None:
    """From 1 to 500, full-width digits too; a USB scanner that types into the field changes nothing there."""
    people = scanner.get_by_label("人数", exact=True).first
    for typed, read in (("４５", "45"), ("900", "500"), ("0", "1"), ("12", "12")):
        people.fill(typed)
        people.press("Enter")
        expect(people).to_have_value(read)
    people.focus()
    scanner.keyboard.type(site.badge().code)
    scanner.keyboard.press("Enter")
    expect_light(scanner, "admit", "12人")
    assert [row[3] for row in scans(site)] == [12]


def test_a_group_is_asked_how_many_came(site: Site, scanner: Page) -> None:
    """C14b at a real gate: one scan, one tap, 45 people; the first scan is undone, never edited."""
    leader = site.badge("孙丽")
    site.do(of_badge(leader, heads=45))
    type_number(scanner, leader.typed)
    asked = scanner.locator("[data-part=group]")
    expect(asked).to_contain_text("团队45人，现场几人入场？")
    expect(asked).to_contain_text("孙丽")
    asked.get_by_role("button", name="计入45人").click()
    expect_light(scanner, "admit", "请进", "45人", "孙丽")
    expect(scanner.locator("[data-part=mine]")).to_have_text("45")
    undone = site.rows(sa.select(Scan.heads, Scan.verdict, Scan.annulled_at.is_not(None)).order_by(Scan.id))
    assert undone == [(1, "first_today", True), (45, "first_today", False)]
    assert site.report()["visits"] == 45
    type_number(scanner, leader.typed)
    expect_light(scanner, "check", "刚刚已入场")


def test_a_group_that_nobody_answered_for_is_counted_later(site: Site, scanner: Page) -> None:
    """The next badge goes on; the list keeps the question, and other numbers than the announced one are taken."""
    leader = site.badge("孙丽")
    site.do(of_badge(leader, heads=45))
    type_number(scanner, leader.typed)
    expect(scanner.locator("[data-part=group]")).to_be_visible()
    scanner.keyboard.type(site.badge("王敏").code)
    scanner.keyboard.press("Enter")
    expect_light(scanner, "admit", "王敏")
    expect(scanner.locator("[data-part=recent] li").last).to_contain_text("已计1人，共45人")
    scanner.get_by_role("button", name="人数").click()
    scanner.fill("[data-part=group-people-number]", "38")
    scanner.get_by_role("button", name="计入38人").click()
    expect_light(scanner, "admit", "38人")
    assert site.report()["visits"] == 39
    expect(scanner.get_by_role("button", name="人数")).to_have_count(0)


def test_undo(site: Site, scanner: Page) -> None:
    """The scan stays, marked, and counts nowhere; the next entry is the first (check-in.md, Undo)."""
    ticket = site.badge()
    type_number(scanner, ticket.typed)
    expect_light(scanner, "admit", "请进")
    scanner.get_by_role("button", name="撤销：未入场").click()
    expect(scanner.locator("[data-part=said]")).to_have_text("已撤销，该次入场不计入")
    expect(scanner.locator("[data-part=mine]")).to_have_text("0")
    assert [row[0] is not None for row in site.rows(sa.select(Scan.annulled_at))] == [True]
    assert site.report()["visits"] == 0
    type_number(scanner, ticket.typed)
    expect_light(scanner, "admit", "请进")
    assert [row[1] for row in scans(site)] == ["first_today", "first_today"]


def test_undo_later_from_the_list(site: Site, scanner: Page) -> None:
    type_number(scanner, site.badge().typed)
    expect_light(scanner, "admit", "请进")
    scanner.reload()
    expect(scanner.locator("[data-part=mine]")).to_have_text("1")
    scanner.get_by_role("button", name="撤销", exact=True).click()
    expect(scanner.locator("[data-part=mine]")).to_have_text("0")
    assert [row[0] is not None for row in site.rows(sa.select(Scan.annulled_at))] == [True]


def test_a_revoked_device_keeps_its_queue_and_hands_it_in_after_pairing_again(
    site: Site, scanner: Page
) -> None:
    """check-in.md, Devices: on 401 the queue stays; what was shown, with names, goes (ASVS 14.3.1)."""
    type_number(scanner, site.badge().typed)
    expect(scanner.locator("[data-part=recent] li")).to_have_count(1)
    assert len(scanner.evaluate(RECENT)) == 1

    def revoke(_expo: Any) -> None:
        pairing.revoke(db.session.scalars(sa.select(Device)).one(), SYSTEM)

    site.do(revoke)
    type_number(scanner, site.badge().typed)
    expect(scanner.get_by_role("heading", name="设备未配对")).to_be_visible()
    kept = scanner.evaluate(QUEUE)
    assert len(kept) == 1
    assert len(scans(site)) == 1
    assert scanner.evaluate(RECENT) == []
    scanner.reload()
    expect(scanner.get_by_role("heading", name="设备未配对")).to_be_visible()
    site.paired(scanner)
    expect(scanner.locator("[data-part=mine]")).to_have_text("2")
    assert scans(site)[-1][:2] == (kept[0], "first_today")
    assert scanner.evaluate(QUEUE) == []


def test_without_network_a_scan_is_kept_and_sent_once(site: Site, scanner: Page) -> None:
    """On disk before the light turns on; sent with the same id when the network is back."""
    ticket = site.badge()
    scanner.context.set_offline(True)
    type_number(scanner, ticket.typed)
    expect_light(scanner, "check", "请核对", "网络中断，记录已存入本机，稍后自动上传。")
    expect(scanner.locator("#gate-sync")).to_have_text("已离线0分钟，1条待上传")
    kept = scanner.evaluate(QUEUE)
    assert len(kept) == 1
    assert scans(site) == []
    scanner.context.set_offline(False)
    expect(scanner.locator("#gate-sync")).to_have_text("在线")
    assert [row[:2] for row in scans(site)] == [(kept[0], "first_today")]
    assert scanner.evaluate(QUEUE) == []
    expect(scanner.locator("[data-part=recent] li")).to_contain_text("王敏")


def by_hours(window: Window) -> Callable[[Expo], None]:
    def act(expo: Expo) -> None:
        centre = set_up_of(expo).centre
        centre.windows[StaffKind.BUILD_UP] = window
        save_set_up(expo, SetUp(centre), SYSTEM)

    return act


def test_without_network_the_phone_knows_the_hours_of_passes(site: Site, phone: Page) -> None:
    """exhibitors-stands.md §2.5: outside them a build-up pass is refused with and without network, by the same words."""
    here = clock.now().astimezone(ZoneInfo("Asia/Shanghai"))
    start, end = ((here + timedelta(hours=hours)).time().replace(second=0, microsecond=0) for hours in (2, 3))
    site.do(by_hours(Window(start, end)))
    scanner = site.paired(phone, "S")
    ticket, staff = site.badge("布展甲", "buildup"), site.badge("陈芳", "organiser")
    words = ("不能入场", f"{start:%H:%M}")
    type_number(scanner, ticket.code)
    expect_light(scanner, "refuse", *words)
    scanner.context.set_offline(True)
    type_number(scanner, ticket.code)
    expect_light(scanner, "refuse", *words)
    type_number(scanner, staff.code)
    expect_light(scanner, "check", "请核对", "网络中断")
    scanner.context.set_offline(False)
    expect(scanner.locator("#gate-sync")).to_have_text("在线")
    # What the phone showed decides nothing: the server has judged by the time of the scan.
    assert [row[1] for row in scans(site)] == ["outside_hours", "outside_hours", "first_today"]


def test_a_lost_answer_counts_once(site: Site, scanner: Page) -> None:
    """C3: the server has stored the scan, its answer is lost, the phone sends it again under the same id."""
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    scanner.route(SCANS, lose_the_first)
    type_number(scanner, site.badge().typed)
    expect_light(scanner, "check", "网络中断")
    expect(scanner.locator("#gate-sync")).to_have_text("在线", timeout=10_000)
    expect(scanner.locator("[data-part=recent] li")).to_have_count(1)
    assert lost == [200]
    assert [row[1] for row in scans(site)] == ["first_today"]
    assert scanner.evaluate(QUEUE) == []


def test_a_code_held_before_the_camera_counts_once(
    site: Site, camera_phone: Callable[[Path], Page], tmp_path: Path
) -> None:
    """G2: held for as long as one likes."""
    ticket = site.badge()
    picture = tmp_path / "code.png"
    picture.write_bytes(site.do(lambda expo: badge_png(expo, db.session.get_one(Badge, ticket.id))))
    page = site.paired(camera_phone(film_of(picture, tmp_path / "film.y4m", 4, 0)))
    expect(light(page)).to_be_visible(timeout=15_000)
    page.wait_for_timeout(5000)
    assert [row[1] for row in scans(site)] == ["first_today"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_axe_and_sideways_at_the_gate(browser: Browser, site: Site, language: str, width: int) -> None:
    """B4 on G1, on G2 with its three lights, without camera and unpaired."""
    context = browser.new_context(
        locale={"zh": "zh-CN", "en": "en-GB"}[language],
        viewport={"width": width, "height": 844},
        base_url=site.url,
    )
    page = context.new_page()
    unpaired = f"/gate/8th/{site.gate()}/"
    page.goto(unpaired)
    expect(page.locator("[data-part=revoked]")).to_be_visible()
    assert (violations(page), sideways(page)) == ([], 0)
    token = site.do(
        lambda expo: pairing.offer_pairing(
            expo, pairing.Rights([next(g for g in expo.gates if g.code == "A")])
        )
    )
    page.goto(f"/gate/8th/pair/{token}")
    assert (violations(page), sideways(page)) == ([], 0)
    page.click("[data-part=start]")
    page.wait_for_url(f"**{unpaired}")
    expect(page.locator("[data-part=nocamera]")).to_be_visible()
    ticket = site.badge("欧阳春华·阿卜杜拉买买提")
    for typed in (ticket.typed, ticket.typed, "nothing"):
        type_number(page, typed)
        expect(light(page)).to_be_visible()
        assert (violations(page), sideways(page)) == ([], 0)
        light(page).evaluate("panel => { panel.hidden = true }")
    site.do(of_badge(ticket := site.badge(), heads=45))
    type_number(page, ticket.typed)
    expect(page.locator("[data-part=group]")).to_be_visible()
    assert (violations(page), sideways(page)) == ([], 0)
    page.click("[data-part=group-alone]")
    assert (violations(page), sideways(page)) == ([], 0)
    context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scanned", [False, True])
def test_axe_and_sideways_at_the_desk(
    browser: Browser, site: Site, language: str, width: int, scanned: bool
) -> None:
    """B4 on the gates, the offer, the board, the scans and the attendance, empty and with a scan."""
    context = browser.new_context(
        locale={"zh": "zh-CN", "en": "en-GB"}[language],
        viewport={"width": width, "height": 844},
        base_url=site.url,
    )
    site.sign_in(context)
    page = context.new_page()
    if scanned:
        type_number(site.paired(page), site.badge().typed)
        expect(light(page)).to_be_visible()
    for path in ("/desk/8th/gates", "/desk/8th/live", "/desk/8th/scans", "/desk/8th/attendance"):
        page.goto(path)
        assert (path, violations(page), sideways(page)) == (path, [], 0)
    page.goto("/desk/8th/gates")
    page.locator("main form button").first.click()
    expect(page.locator(".pairing-code svg")).to_be_visible()
    box = page.locator(".pairing-code svg").bounding_box()
    assert box is not None
    assert box["width"] >= 240
    assert (violations(page), sideways(page)) == ([], 0)
    context.close()
