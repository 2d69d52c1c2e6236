"""B7: a session that ended while somebody typed; the typing comes back, the password goes nowhere else."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from exhibitions.accounts import service as accounts
from exhibitions.accounts.models import SignIn, User
from exhibitions.core.db import transaction
from tests.e2e.conftest import DESK, Site

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"
FACTS = "/desk/8th/setup/facts"


@pytest.mark.parametrize("script", [True, False])
def test_the_typing_comes_back_and_the_password_goes_nowhere_else(
    browser: Browser, site: Site, script: bool
) -> None:
    """With script and without (B5)."""
    with site.app.app_context():
        hashed = accounts.new_password_hash(PASSWORD, "alice@example.org")
        with transaction() as session:
            session.execute(
                sa.update(User).where(User.email == "alice@example.org").values(password_hash=hashed)
            )
    context = browser.new_context(
        locale="en-GB", viewport=DESK, base_url=site.url, java_script_enabled=script
    )
    site.sign_in(context)
    page = context.new_page()
    page.goto(FACTS)
    page.fill("[name=hotline]", "0411-7777 7777")
    with site.app.app_context(), transaction() as session:
        session.execute(sa.delete(SignIn))
    page.locator("main form [type=submit]").first.click()
    sent: list[tuple[str, str]] = []
    page.on("request", lambda request: sent.append((request.url, request.post_data or "")))
    page.fill("[name=email]", "alice@example.org")
    page.fill("[name=password]", PASSWORD)
    page.locator("main form [type=submit]").first.click()
    if not script:
        page.locator("main form [type=submit]").first.click()
    page.wait_for_url(f"**{FACTS}")
    expect(page.locator("[name=hotline]")).to_have_value("0411-7777 7777")
    told = [url for url, body in sent if "correct" in body]
    assert told == [f"{site.url}/sign-in?next={FACTS}"]
    context.close()
