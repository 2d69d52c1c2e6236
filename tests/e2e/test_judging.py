"""J1 and J2 in a browser: scoring by keys, without network for half an hour, and with a server that dies in between."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from exhibitions.awards.models import Ballot
from exhibitions.awards.rules.rule_set import Round, RoundKind, RuleSet
from exhibitions.core import clock
from exhibitions.core.db import db
from tests.awards.jury import RUBRIC, Jury, Seat, make_jury
from tests.e2e.conftest import DESK, PHONE, Site, serving
from tests.e2e.look import sideways, violations

CASES = json.loads((Path(__file__).parents[1] / "awards" / "total_cases.json").read_text(encoding="utf-8"))
SIZES = {"phone": PHONE, "desk": DESK}


@pytest.fixture
def jury(site: Site) -> Jury:
    return make_jury(site.app)


@pytest.fixture
def opened(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens a juror's queue on a browser of its own, the code typed and no interest declared."""
    contexts: list[BrowserContext] = []

    def open_(seat: Seat, size: str = "phone", locale: str = "en-GB", *, declare: bool = True) -> Page:
        contexts.append(browser.new_context(locale=locale, viewport=SIZES[size], base_url=site.url))
        page = contexts[-1].new_page()
        page.goto(seat.home)
        page.locator("#code").fill(seat.code)
        page.locator("main [type=submit]").click()
        if declare:
            page.locator("a[href$='/interests']").click()
            page.locator("input[value=none]").check()
            page.locator("main .form-actions [type=submit]").click()
            page.wait_for_url(f"**{seat.home}")
        page.wait_for_selector("body[data-ready]")
        return page

    yield open_
    for context in contexts:
        # What the page still fetches for the time without network would be cut off in the middle.
        for page in context.pages:
            page.wait_for_load_state("networkidle")
        context.close()


def marks(jury: Jury, seat: Seat, entry: str) -> dict[str, str]:
    """The marks that the server has for this entry, in the last version of the sheet."""
    sheets = jury.sheets(seat, entry)
    return dict(sheets[-1].marks) if sheets else {}


def open_sheet(page: Page, seat: Seat, entry: str) -> None:
    page.goto(seat.sheet(entry))
    page.wait_for_selector("body[data-ready]")


def send_sheet(page: Page, seat: Seat, entry: str) -> None:
    open_sheet(page, seat, entry)
    page.locator("#mark1").fill("90")
    page.locator("#mark2").fill("80")
    page.locator("main .form-actions .btn-primary").click()
    page.wait_for_url("**/check")
    page.wait_for_selector("body[data-ready]")
    page.locator("main .form-actions .btn-primary").click()
    page.wait_for_url(f"**{seat.home}")


def test_the_total_is_counted_as_the_server_counts_it(opened: Callable[..., Page], jury: Jury) -> None:
    """The same cases prove the rule (tests/awards/test_sheet_entry.py)."""
    page = opened(jury.first)
    script = """async cases => {
      const { total } = await import("/static/awards/total.js");
      return cases.map(each => total(each.criteria, each.rescale, each.places));
    }"""
    assert page.evaluate(script, CASES) == [case["total"] for case in CASES]


@pytest.mark.parametrize(
    ("scale", "digit", "keyed", "up"),
    [
        ({"min": "0", "max": "100", "step": "1", "mark": "88"}, "9", "90", "89"),
        ({"min": "0", "max": "100", "step": "0.5", "mark": ""}, "8", "80", "50"),
        ({"min": "1", "max": "10", "step": "1", "mark": "10"}, "7", "7", "10"),
        ({"min": "1", "max": "5", "step": "0.5", "mark": "4.5"}, "9", None, "5"),
        ({"min": "60", "max": "100", "step": "0.1", "mark": "99.9"}, "5", "80", "100"),
    ],
)
def test_keys_and_buttons_stay_on_the_scale(
    opened: Callable[..., Page], jury: Jury, scale: dict[str, str], digit: str, keyed: str | None, up: str
) -> None:
    page = opened(jury.first, declare=False)
    script = """async ([scale, digit]) => {
      const { keyed, stepped } = await import("/static/awards/total.js");
      return [keyed(scale, digit), stepped(scale, 1)];
    }"""
    assert page.evaluate(script, [scale, digit]) == [keyed, up]


def test_an_entry_is_scored_by_keys_alone(opened: Callable[..., Page], jury: Jury) -> None:
    """ux §8: 1–9, Tab, Ctrl+Enter; every deed has a button besides."""
    page = opened(jury.first, "desk")
    page.keyboard.press("Tab")
    page.get_by_role("link", name="Score next").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-sheet]")
    page.wait_for_selector("body[data-ready]")
    for key in "987":
        page.keyboard.press(key)
    expect(page.locator("[data-total]")).to_have_text("85.00")
    page.locator("#mark2").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("80.5")
    page.keyboard.press("Tab")
    expect(page.locator("[data-total]")).to_have_text("85.15")
    # Past the steppers: who types the next mark must not set it by a key.
    expect(page.locator("#mark3")).to_be_focused()
    expect(page.locator("#jury-sync")).to_have_text("All saved")
    assert marks(jury, jury.first, "A-01") == {"innovation": "90", "craft": "80.5", "look": "70"}
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/check")
    page.wait_for_selector("body[data-ready]")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**{jury.first.home}")
    assert jury.state(jury.first, "A-01") == "submitted"
    expect(page.locator(".jury-done strong")).to_have_text("1 of 3 scored")


def test_single_keys_can_be_switched_off_and_never_act_while_typing(
    opened: Callable[..., Page], jury: Jury
) -> None:
    """WCAG 2.1.4."""
    page = opened(jury.first, "desk")
    open_sheet(page, jury.first, "A-01")
    page.locator("#note").focus()
    page.keyboard.type("95 j")
    expect(page.locator("#mark1")).to_have_value("")
    page.locator("label[for=jury-keys]").click()
    page.keyboard.press("9")
    expect(page.locator("#mark1")).to_have_value("")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    page.keyboard.press("9")
    expect(page.locator("#mark1")).to_have_value("")


def test_what_is_typed_without_network_arrives(opened: Callable[..., Page], jury: Jury) -> None:
    """J2: several entries, a reload in between, also without network; online again everything is on the server."""
    seat = jury.first
    page = opened(seat)
    expect(page.locator("[data-jury]")).to_have_text(
        "All entries can be opened without network on this device.", timeout=20_000
    )
    page.context.set_offline(True)
    for number, entry in enumerate(("A-01", "A-02"), 1):
        page.goto(seat.sheet(entry))
        page.wait_for_selector("body[data-ready]")
        page.locator("#mark1").fill(f"8{number}")
        page.locator("#mark2").fill(f"7{number}.5")
        page.locator("#note").fill(f"无网络 {number}")
        page.locator("label[for=eliminated]").click()
        expect(page.locator("#jury-sync")).to_have_text("Saved on this phone, will be sent")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#mark1")).to_have_value("82")
    expect(page.locator("#note")).to_have_value("无网络 2")
    expect(page.locator("#eliminated")).to_be_checked()
    page.locator("main .form-actions .btn-primary").click()
    expect(page.locator("[data-jury]")).to_contain_text("No network")
    assert marks(jury, seat, "A-01") == marks(jury, seat, "A-02") == {}
    page.context.set_offline(False)
    expect(page.locator("#jury-sync")).to_have_text("All saved")
    assert marks(jury, seat, "A-01") == {"innovation": "81", "craft": "71.5"}
    assert marks(jury, seat, "A-02") == {"innovation": "82", "craft": "72.5"}
    assert [(each.note, each.eliminated) for each in jury.sheets(seat, "A-02")] == [("无网络 2", True)]


def test_a_page_that_is_opened_without_network_shows_what_was_saved_last(
    opened: Callable[..., Page], jury: Jury
) -> None:
    """J2: also the page of an entry whose marks were handed in while another one was open."""
    seat = jury.first
    page = opened(seat)
    expect(page.locator("[data-jury]")).to_have_text(
        "All entries can be opened without network on this device.", timeout=20_000
    )
    open_sheet(page, seat, "A-01")
    page.locator("#mark1").fill("61")
    expect(page.locator("#jury-sync")).to_have_text("All saved")
    page.locator("#mark1").fill("71")
    expect(page.locator("#jury-sync")).to_have_text("All saved")
    page.context.set_offline(True)
    page.locator("#mark2").fill("80.5")
    open_sheet(page, seat, "A-02")
    page.context.set_offline(False)
    expect(page.locator("#jury-sync")).to_have_text("All saved")
    assert marks(jury, seat, "A-01") == {"innovation": "71", "craft": "80.5"}
    kept = """async path => (await (await caches.match(path)).text()).includes('value="80.5"')"""
    deadline = time.monotonic() + 20
    while not page.evaluate(kept, seat.sheet("A-01")):
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)
    page.context.set_offline(True)
    open_sheet(page, seat, "A-01")
    expect(page.locator("#mark1")).to_have_value("71")
    expect(page.locator("#mark2")).to_have_value("80.5")
    page.context.set_offline(False)


@contextmanager
def at_port(app: Flask, port: int) -> Iterator[None]:
    with serving(app, port):
        yield


def test_a_server_that_dies_loses_nothing(browser: Browser, app: Flask, site: Site, jury: Jury) -> None:
    """Typing goes on while it is away; what was typed arrives once it is back, and only once."""
    seat = jury.first
    with serving(app) as url:
        port = int(url.rsplit(":", 1)[1])
        context = browser.new_context(locale="en-GB", viewport=PHONE, base_url=url)
        page = context.new_page()
        page.goto(f"{seat.home}/code")
        page.locator("#code").fill(seat.code)
        page.locator("main [type=submit]").click()
        page.locator("a[href$='/interests']").click()
        page.locator("input[value=none]").check()
        page.locator("main .form-actions [type=submit]").click()
        page.wait_for_url(f"**{seat.home}")
        open_sheet(page, seat, "A-01")
        page.locator("#mark1").fill("91")
        expect(page.locator("#jury-sync")).to_have_text("All saved")
    page.locator("#mark2").fill("66.5")
    page.locator("#comment").fill("服务器停了")
    expect(page.locator("#jury-sync")).to_have_text("Saved on this phone, will be sent")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#mark2")).to_have_value("66.5")
    assert marks(jury, seat, "A-01") == {"innovation": "91"}
    with at_port(app, port):
        expect(page.locator("#jury-sync")).to_have_text("All saved", timeout=40_000)
        context.close()
    assert marks(jury, seat, "A-01") == {"innovation": "91", "craft": "66.5"}
    assert [each.comment for each in jury.sheets(seat, "A-01")] == ["服务器停了"]


def test_two_tabs_and_two_devices_bring_their_fields_together(
    opened: Callable[..., Page], jury: Jury
) -> None:
    seat = jury.first
    desk = opened(seat, "desk")
    phone = opened(seat, "phone", declare=False)
    for page in (desk, phone):
        open_sheet(page, seat, "A-01")
    phone.context.set_offline(True)
    phone.locator("#mark1").fill("60")
    phone.locator("#mark2").fill("70.5")
    phone.wait_for_timeout(50)
    desk.locator("#mark1").fill("95")
    expect(desk.locator("#jury-sync")).to_have_text("All saved")
    phone.context.set_offline(False)
    expect(phone.locator("#jury-sync")).to_have_text("All saved")
    # The desk's mark was typed later, although the phone's arrived later.
    assert marks(jury, seat, "A-01") == {"innovation": "95", "craft": "70.5"}
    phone.locator("#note").focus()
    phone.reload()
    expect(phone.locator("#mark1")).to_have_value("95")


def test_a_mark_off_the_scale_is_told_beside_it_and_stays_typed(
    opened: Callable[..., Page], jury: Jury
) -> None:
    page = opened(jury.first)
    open_sheet(page, jury.first, "A-01")
    page.locator("#mark2").fill("88.3")
    page.locator("#mark1").fill("77")
    page.locator("#comment").focus()
    expect(page.locator(".jury-refused:visible")).to_contain_text("marks go in steps of 0.5")
    expect(page.locator("#jury-sync")).to_contain_text("Not taken")
    assert marks(jury, jury.first, "A-01") == {"innovation": "77"}
    page.reload()
    expect(page.locator("#mark2")).to_have_value("88.3")
    expect(page.locator(".jury-refused:visible")).to_contain_text("Craft")
    page.locator("#mark2").fill("88.5")
    page.locator("#comment").focus()
    expect(page.locator("#jury-sync")).to_have_text("All saved")
    expect(page.locator(".jury-refused:visible")).to_have_count(0)
    assert marks(jury, jury.first, "A-01") == {"innovation": "77", "craft": "88.5"}


def test_what_comes_after_the_end_is_refused_in_words_and_stays_on_the_phone(
    opened: Callable[..., Page], jury: Jury
) -> None:
    page = opened(jury.first)
    open_sheet(page, jury.first, "A-01")
    page.context.set_offline(True)
    page.locator("#mark1").fill("73")
    jury.change_round(closes_at=clock.now() - timedelta(minutes=1))
    page.context.set_offline(False)
    expect(page.locator("#jury-sync")).to_contain_text("Type your code again")
    assert marks(jury, jury.first, "A-01") == {}
    page.goto(f"{jury.first.home}/code")
    page.locator("#code").fill(jury.first.code)
    page.locator("main [type=submit]").click()
    open_sheet(page, jury.first, "A-01")
    expect(page.locator("[data-left-here] li")).to_have_text("innovation: 73")
    expect(page.locator("#jury-sync")).to_contain_text("Judging is closed")
    # The office gives more time: what was kept arrives.
    jury.change_round(closes_at=clock.now() + timedelta(hours=1))
    page.goto(f"{jury.first.home}/code")
    page.locator("#code").fill(jury.first.code)
    page.locator("main [type=submit]").click()
    open_sheet(page, jury.first, "A-01")
    expect(page.locator("#jury-sync")).to_have_text("All saved")
    assert marks(jury, jury.first, "A-01") == {"innovation": "73"}


def test_a_sheet_that_is_not_taken_holds_up_no_other(opened: Callable[..., Page], jury: Jury) -> None:
    """Two sheets typed without network; the first was sent from another device meanwhile. The second arrives."""
    seat = jury.first
    page = opened(seat)
    expect(page.locator("[data-jury]")).to_contain_text("can be opened without network", timeout=20_000)
    page.context.set_offline(True)
    for entry in ("A-01", "A-02"):
        page.goto(seat.sheet(entry))
        page.wait_for_selector("body[data-ready]")
        page.locator("#mark1").fill("77")
        expect(page.locator("#jury-sync")).to_have_text("Saved on this phone, will be sent")
    desk = opened(seat, "desk", declare=False)
    send_sheet(desk, seat, "A-01")
    page.context.set_offline(False)
    expect(page.locator("#jury-sync")).to_have_text("Not taken; what you typed is kept on this phone")
    assert marks(jury, seat, "A-02") == {"innovation": "77"}
    assert marks(jury, seat, "A-01") == {"innovation": "90", "craft": "80"}
    # It is said where it was typed, and removed when the juror says so.
    open_sheet(page, seat, "A-01")
    expect(page.locator("[data-left-here] li")).to_have_text("innovation: 77")
    page.locator("[data-forget]").click()
    expect(page.locator("#jury-sync")).to_have_text("All saved")
    expect(page.locator("[data-left-here]")).to_be_hidden()


def test_a_server_that_fails_on_one_sheet_holds_up_no_other(opened: Callable[..., Page], jury: Jury) -> None:
    """The sheet that fails waits and is tried again; another one is typed, checked and sent."""
    seat = jury.first
    page = opened(seat)
    page.context.route(f"**{seat.sheet('A-01', '/fields')}", lambda route: route.fulfill(status=500))
    open_sheet(page, seat, "A-01")
    page.locator("#mark1").fill("66")
    expect(page.locator("#jury-sync")).to_have_text("Saved on this phone, will be sent")
    page.locator("main .form-actions .btn-primary").click()
    expect(page.locator("[data-jury]")).to_contain_text("The server does not answer")
    send_sheet(page, seat, "A-02")
    assert jury.state(seat, "A-02") == "submitted"
    assert marks(jury, seat, "A-01") == {}
    page.context.unroute(f"**{seat.sheet('A-01', '/fields')}")
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#jury-sync")).to_have_text("All saved", timeout=40_000)
    assert marks(jury, seat, "A-01") == {"innovation": "66"}


def test_nothing_is_called_saved_that_only_the_page_knows(opened: Callable[..., Page], jury: Jury) -> None:
    """A browser that refuses storage: what is typed waits in the page until the server has it."""
    seat = jury.first
    page = opened(seat)
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full'); };")
    open_sheet(page, seat, "A-01")
    path = f"**{seat.sheet('A-01', '/fields')}"
    page.context.route(path, lambda route: route.abort())
    page.locator("#mark1").fill("88")
    unkept = "This browser keeps nothing: stay online until it says “All saved”"
    expect(page.locator("#jury-sync")).to_have_text(unkept)
    # Longer than the pause after which typing is handed in.
    page.wait_for_timeout(2_500)
    expect(page.locator("#jury-sync")).to_have_text(unkept)
    assert marks(jury, seat, "A-01") == {}
    page.context.unroute(path)
    expect(page.locator("#jury-sync")).to_have_text("All saved", timeout=20_000)
    assert marks(jury, seat, "A-01") == {"innovation": "88"}


def test_leaving_takes_everything_off_the_device(opened: Callable[..., Page], jury: Jury) -> None:
    """A tablet that is passed on: neither pages nor marks stay, and what was typed arrived before."""
    seat = jury.first
    page = opened(seat)
    expect(page.locator("[data-jury]")).to_contain_text("can be opened without network", timeout=20_000)
    page.context.set_offline(True)
    page.goto(seat.sheet("A-01"))
    page.wait_for_selector("body[data-ready]")
    page.locator("#mark1").fill("64")
    expect(page.locator("#jury-sync")).to_have_text("Saved on this phone, will be sent")
    page.context.set_offline(False)
    page.get_by_role("link", name="Leave").click()
    page.wait_for_selector("body[data-ready]")
    assert violations(page) == []
    page.context.set_offline(True)
    page.locator("main .form-actions [type=submit]").click()
    expect(page.locator("[data-leaving]")).to_contain_text("No network")
    page.context.set_offline(False)
    page.locator("main .form-actions [type=submit]").click()
    page.wait_for_url("**/code")
    assert marks(jury, seat, "A-01") == {"innovation": "64"}
    left = "async () => [(await caches.keys()).length, Object.keys(localStorage).filter(k => k.startsWith('jury:')).length]"
    assert page.evaluate(left) == [0, 0]


@pytest.fixture
def ranking(site: Site) -> Jury:
    rules = RuleSet(criteria=RUBRIC.criteria, rounds=(Round(kind=RoundKind.RANKING),))
    return make_jury(site.app, rules=rules)


def order(jury: Jury) -> list[list[str]]:
    with jury.app.app_context():
        found = db.session.scalars(sa.select(Ballot).order_by(Ballot.version.desc())).first()
        return found.order if found is not None else []


def shown(page: Page) -> list[str]:
    return page.locator("[data-entry] .code").all_text_contents()


def test_an_order_made_without_network_arrives(opened: Callable[..., Page], ranking: Jury) -> None:
    """As a score sheet: kept on the phone through a reload, and handed in later."""
    seat = ranking.first
    page = opened(seat)
    expect(page.locator("[data-jury]")).to_contain_text("can be opened without network", timeout=20_000)
    page.context.set_offline(True)
    page.goto(f"{seat.home}/order")
    page.wait_for_selector("body[data-ready]")
    page.get_by_role("button", name="Up: A-03").click()
    page.get_by_role("button", name="Up: A-03").click()
    assert shown(page) == ["A-03", "A-01", "A-02"]
    expect(page.locator("#jury-sync")).to_have_text("Saved on this phone, will be sent")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert shown(page) == ["A-03", "A-01", "A-02"]
    page.locator("main .form-actions .btn-primary").click()
    expect(page.locator("[data-jury]")).to_contain_text("No network")
    assert order(ranking) == []
    page.context.set_offline(False)
    expect(page.locator("#jury-sync")).to_have_text("All saved")
    assert order(ranking) == [["A-03"], ["A-01"], ["A-02"]]


def test_an_order_is_typed_checked_and_sent(opened: Callable[..., Page], ranking: Jury) -> None:
    seat = ranking.first
    page = opened(seat)
    page.goto(f"{seat.home}/order")
    page.wait_for_selector("body[data-ready]")
    page.get_by_role("button", name="Up: A-03").click()
    page.get_by_role("button", name="Up: A-03").click()
    page.get_by_label("Place of A-02").fill("2")
    page.get_by_label("Place of A-02").press("Tab")
    expect(page.locator("#jury-sync")).to_have_text("All saved")
    assert order(ranking) == [["A-03"], ["A-01", "A-02"]]
    page.locator("main .form-actions .btn-primary").click()
    page.wait_for_url("**/order/check")
    page.wait_for_selector("body[data-ready]")
    assert page.locator(".jury-rank").all_text_contents() == ["1", "2", "2"]
    page.locator("main .form-actions .btn-primary").click()
    page.wait_for_url(f"**{seat.home}")
    assert ranking.state(seat, "A-01") == "submitted"


def test_of_two_orders_the_juror_says_which_it_is(opened: Callable[..., Page], ranking: Jury) -> None:
    """A phone without network and a desk: what comes later overwrites nothing unasked."""
    seat = ranking.first
    desk, phone = opened(seat, "desk"), opened(seat, "phone", declare=False)
    for page in (desk, phone):
        page.goto(f"{seat.home}/order")
        page.wait_for_selector("body[data-ready]")
        expect(page.locator("#jury-sync")).to_have_text("All saved")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Up: A-02").click()
    desk.get_by_role("button", name="Up: A-03").click()
    expect(desk.locator("#jury-sync")).to_have_text("All saved")
    assert order(ranking) == [["A-01"], ["A-03"], ["A-02"]]
    phone.context.set_offline(False)
    expect(phone.locator("[data-other]")).to_be_visible()
    assert violations(phone) == []
    assert order(ranking) == [["A-01"], ["A-03"], ["A-02"]]
    phone.get_by_role("button", name="Keep this order").click()
    expect(phone.locator("#jury-sync")).to_have_text("All saved")
    expect(phone.locator("[data-other]")).to_be_hidden()
    assert order(ranking) == [["A-02"], ["A-01"], ["A-03"]]
    # Now it is the desk that is late.
    desk.get_by_role("button", name="Down: A-01").click()
    expect(desk.locator("[data-other]")).to_be_visible()
    desk.get_by_role("button", name="Take the other order").click()
    expect(desk.locator("#jury-sync")).to_have_text("All saved")
    assert shown(desk) == ["A-02", "A-01", "A-03"]
    assert order(ranking) == [["A-02"], ["A-01"], ["A-03"]]


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_the_pages_of_an_order_are_open_to_everybody(
    opened: Callable[..., Page], ranking: Jury, locale: str
) -> None:
    """B4, B9."""
    seat = ranking.first
    page = opened(seat, "phone", locale)
    for path in (f"{seat.home}/order", f"{seat.home}/order/check", seat.sheet("A-01"), f"{seat.home}/leave"):
        page.goto(path)
        page.wait_for_selector("body[data-ready]")
        assert violations(page) == [], path
        assert sideways(page) == 0, path


@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_a_jurors_pages_are_open_to_everybody(
    opened: Callable[..., Page], jury: Jury, size: str, locale: str
) -> None:
    """B4, B9: axe, no sideways scrolling, controls for a thumb."""
    seat = jury.first
    page = opened(seat, size, locale, declare=False)
    found = {"before": violations(page)}
    page.goto(f"{seat.home}/interests")
    found["interests"] = violations(page)
    page.locator("main .form-actions [type=submit]").click()
    found["interests refused"] = violations(page)
    page.locator("input[value=none]").check()
    page.locator("main .form-actions [type=submit]").click()
    page.wait_for_url(f"**{seat.home}")
    found["queue"] = violations(page)
    open_sheet(page, seat, "A-01")
    found["sheet"] = violations(page)
    small = page.locator(".jury-stepper .btn").evaluate_all(
        "items => items.filter(item => item.getBoundingClientRect().height < 44).length"
    )
    page.locator("main .form-actions .btn-primary").click()
    page.wait_for_selector(".error-summary")
    found["missing"] = violations(page)
    page.locator("#mark1").fill("90")
    page.locator("#mark2").fill("80.5")
    page.wait_for_selector("body[data-ready]")
    page.locator("main .form-actions .btn-primary").click()
    page.wait_for_url("**/check")
    found["check"] = violations(page)
    page.goto(seat.sheet("A-01", "/recuse"))
    found["recuse"] = violations(page)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert small == 0
    for path in (seat.home, seat.sheet("A-01"), seat.sheet("A-01", "/recuse")):
        page.goto(path)
        assert sideways(page) == 0, path
