"""Passkeys in a real browser with Chromium's own virtual authenticator, and the pages that are shown once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import DESK, Site
from tests.e2e.look import sideways, violations

pytestmark = pytest.mark.browser


def test_a_passkey_is_added_and_signs_in_alone(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="en-GB", viewport=DESK, base_url=site.url)
    site.sign_in(context)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    page.goto("/me")
    page.fill("[data-passkey=create] [name=name]", "Finger")
    page.click("[data-passkey=create] button")
    page.wait_for_url("**/me/recovery-codes?**")
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    assert (violations(page), sideways(page)) == ([], 0)
    page.goto("/me")
    expect(page.locator(".ways-in")).to_contain_text("Finger")
    page.goto("/sign-out")
    page.locator("main form button").click()
    page.wait_for_url("**/sign-in")
    page.click("[data-passkey=get] button")
    page.wait_for_url("**/doors")
    expect(page.locator("h1")).to_contain_text("Alice")
    context.close()


def test_the_app_is_set_up_on_a_page_that_everybody_can_use(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="zh-CN", viewport=DESK, base_url=site.url)
    site.sign_in(context)
    page = context.new_page()
    page.goto("/me")
    page.click("form[action='/me/app/begin'] button")
    page.wait_for_url("**/me/app")
    assert (violations(page), sideways(page)) == ([], 0)
    context.close()


def test_without_script_the_page_says_that_passkeys_need_it(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="en-GB", viewport=DESK, base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in")
    expect(page.locator("main")).to_contain_text("Passkeys need JavaScript. The password works without.")
    expect(page.locator("[data-passkey]")).to_be_hidden()
    context.close()
