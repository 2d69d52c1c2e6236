"""P13: an export is refused without a reason; once it has one, the file comes and nothing is red any more."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import DESK, Site

pytestmark = pytest.mark.browser


def test_the_errors_go_with_the_file(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="en-GB", viewport=DESK, base_url=site.url)
    site.sign_in(context)
    page = context.new_page()
    page.goto("/desk/8th/visitors/export")
    page.get_by_role("button", name="Text file (CSV)").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.get_by_label("What do you need it for?").fill("badges")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Text file (CSV)").click()
    assert coming.value.suggested_filename == "visitors-8th.csv"
    expect(page.locator(".error-summary, .field-error, .has-error, [aria-invalid]")).to_have_count(0)
    context.close()
