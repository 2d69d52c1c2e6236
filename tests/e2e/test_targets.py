"""B9: on a phone every target that stands alone is 44 px high and wide, on a desk screen 24 px."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.expos.models import Expo, Gate
from exhibitions.gates.service.pairing import Rights, pair
from exhibitions.gates.service.scanning import store
from exhibitions.gates.service.uploads import DeviceTicket, ScanItem, Upload
from tests.e2e.conftest import DESK, PHONE, Site
from tests.e2e.test_print import visitor

# A link inside a sentence is excepted (WCAG 2.5.8); a row that is a link as a whole counts with its row.
SMALL = """least => [...document.querySelectorAll('main a, main button, main summary, footer a, main input, main select')]
    .filter(item => !item.closest('.skip-link, .visually-hidden, .languages, p:not(.cluster)'))
    .filter(item => !item.matches('[type=hidden], [type=checkbox], [type=radio]'))
    .map(item => [item, item.matches('.whole-row, .row-link') ? item.closest('li, tr') : item])
    .map(([item, box]) => [item.outerHTML.slice(0, 90), box.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && (box.height < least - 0.5 || box.width < least - 0.5))
    .map(([text, box]) => `${text} ${Math.round(box.width)}×${Math.round(box.height)}`)"""
PAGES = ("/desk/8th/setup", "/desk/8th/live", "/desk/8th/attendance", "/desk/8th/audit", "/desk/8th/visitors")


def small(page: Page, least: int) -> list[str]:
    found: list[str] = page.evaluate(SMALL, least)
    return found


@pytest.mark.parametrize(("size", "least"), [(PHONE, 44), (DESK, 24)])
def test_the_desk(browser: Browser, site: Site, size: ViewportSize, least: int) -> None:
    context = browser.new_context(locale="en-GB", viewport=size, base_url=site.url)
    site.sign_in(context)
    page = context.new_page()
    scanned(site)
    for address in PAGES:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200
        assert small(page, least) == [], address
    context.close()


def test_the_visitor(phone: Page, site: Site) -> None:
    for address in ("/8th/", visitor(site)):
        phone.goto(address)
        assert small(phone, 44) == [], address
    phone.goto("/8th/register")
    phone.locator("form#main button[type=submit]").last.click()
    phone.wait_for_selector(".error-summary a")
    assert small(phone, 44) == []


def scanned(site: Site) -> None:
    """Let somebody in at gate A, so that there are figures."""
    gate = site.gate()
    ticket = site.badge()

    def scan(expo: Expo) -> None:
        device, _token = pair(expo, Rights([db.session.get_one(Gate, gate)]))
        now = clock.now()
        item = ScanItem(str(uuid.uuid4()), "badge", ticket.code, gate, "in", 1, now)
        ends = now + timedelta(days=1)
        may = DeviceTicket(device.id, expo.id, expo.setup_version, frozenset({gate}), True, ends)
        store(db.session.connection(), [Upload(may, now, now, (item,), "en")])

    site.do(scan)
    visitor(site)
