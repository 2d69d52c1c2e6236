"""The desk by keyboard (ux §8): jump to anything, go to a page, back; only to what the reader may open."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import DESK, Site

pytestmark = pytest.mark.browser


def names(page: Page) -> list[str]:
    """The pages that the jump offers now."""
    return page.locator(".jump-list li:not([hidden]) a").all_inner_texts()


@pytest.mark.parametrize("typed", ["出入口", "churukou", "crk", "gates"])
def test_jump_finds_a_page_by_name_pinyin_and_initials(desk: Page, typed: str) -> None:
    desk.goto("/desk/8th/")
    desk.keyboard.press("Control+k")
    desk.keyboard.type(typed)
    assert names(desk)[0].startswith("出入口")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/desk/8th/gates")


def test_jump_opens_over_typing_and_walks_by_arrows(desk: Page) -> None:
    desk.goto("/desk/8th/setup/facts")
    desk.focus("[name=hotline]")
    desk.keyboard.press("Control+k")
    expect(desk.locator("#jump-to")).to_be_focused()
    desk.keyboard.type("展会设置")
    assert len(names(desk)) >= 1
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/desk/8th/setup")


def test_what_is_no_page_is_searched_for_among_visitors(desk: Page) -> None:
    """Free search text is posted and stands in no address."""
    desk.goto("/desk/8th/")
    desk.click(".jump-button")
    desk.keyboard.type("王敏")
    expect(desk.locator("[data-none]")).to_be_visible()
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/desk/8th/visitors?s=*")
    assert "%" not in desk.url
    assert "王" not in desk.url


def test_nobody_is_led_to_what_he_may_not_open(browser: Browser, site: Site) -> None:
    """Bob serves the visitor desk: no set-up, no gates."""
    context = browser.new_context(locale="en-GB", viewport=DESK, base_url=site.url)
    site.sign_in(context, "bob")
    page = context.new_page()
    page.goto("/desk/8th/")
    page.keyboard.press("Control+k")
    offered = names(page)
    assert any(each.startswith("Registrations") for each in offered)
    assert not [each for each in offered if each.startswith(("Set-up", "Gates", "Facts", "Audit"))]
    for address in page.locator(".jump-list a").evaluate_all("links => links.map(each => each.href)"):
        assert page.request.get(address).status == 200
    context.close()


def test_g_goes_and_escape_comes_back(desk: Page) -> None:
    desk.goto("/desk/8th/setup/days")
    desk.keyboard.press("Escape")
    desk.wait_for_url("**/desk/8th/setup")
    desk.keyboard.press("g")
    desk.keyboard.press("v")
    desk.wait_for_url("**/desk/8th/visitors")
    desk.keyboard.press("g")
    desk.keyboard.press("d")
    desk.wait_for_url("**/desk/8th/")
    desk.keyboard.press("?")
    expect(desk.locator("#keys")).to_contain_text("登记名单")
    desk.keyboard.press("Escape")
    expect(desk.locator("#keys")).to_be_hidden()
    assert desk.url.endswith("/desk/8th/")


def test_single_keys_switched_off_leave_the_jump(desk: Page) -> None:
    """WCAG 2.1.4: a key with Ctrl is no single key."""
    desk.goto("/desk/8th/setup")
    desk.keyboard.press("?")
    desk.uncheck("#keys-on")
    desk.click("#keys .btn")
    desk.keyboard.press("g")
    desk.keyboard.press("d")
    desk.keyboard.press("/")
    expect(desk.locator("#jump")).to_be_hidden()
    desk.keyboard.press("Control+k")
    expect(desk.locator("#jump")).to_be_visible()
    assert desk.url.endswith("/desk/8th/setup")
