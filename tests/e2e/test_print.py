"""ux §7: what is printed from the pages: the fair and the moment in the foot of each, nothing that is only clicked."""

from __future__ import annotations

from io import BytesIO

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from exhibitions.badges import queries as badge_queries
from exhibitions.core.actor import SYSTEM
from exhibitions.expos.models import Expo
from exhibitions.visitors import service
from exhibitions.visitors.rules.registration import Channel
from tests.e2e.conftest import Site

FAIR = "China (Dalian) Light Industry Expo, edition 8"
CLICKED = (
    "Save picture",
    "Filter",
    "Search",
    "Export",
    "Show number",
    "Choose",
    "Print badge",
    "I bring",
    "中EN",
)


def printed(page: Page, address: str) -> list[str]:
    """The text of each page of paper."""
    page.goto(f"{address}?lang=en")
    reader = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    return [" ".join(sheet.extract_text().split()) for sheet in reader.pages]


def visitor(site: Site, number: int = 1) -> str:
    """The address of the page of a new visitor's badge."""

    def register(expo: Expo) -> str:
        badge_class = badge_queries.class_by_key(expo, "trade")
        assert badge_class is not None
        person = service.Person(f"Wang {number}", "Stars", email=f"w{number}@example.org", region="CN-21")
        ready = service.prepare(expo, badge_class, person, service.Entry(Channel.DESK, "en"))
        return f"/8th/badge/{service.new_link(service.register(ready, SYSTEM))}"

    address: str = site.do(register)
    return address


def sound(sheets: list[str]) -> None:
    for sheet in sheets:
        assert FAIR in sheet
        assert "as of" in sheet
        assert [word for word in CLICKED if word in sheet] == []


def test_a_badge_is_one_page(phone: Page, site: Site) -> None:
    sheets = printed(phone, visitor(site))
    sound(sheets)
    assert len(sheets) == 1
    assert "Your visit" in sheets[0]


def test_a_record_begins_on_its_first_page(desk: Page, site: Site) -> None:
    visitor(site)
    sheets = printed(desk, "/desk/8th/visitors/1")
    sound(sheets)
    assert "Wang 1" in sheets[0]
    assert "Registered at" in sheets[0]


def test_lists_have_their_foot_on_every_page(desk: Page, site: Site) -> None:
    for number in range(45):
        visitor(site, number)
    for address in ("/desk/8th/visitors", "/desk/8th/audit"):
        sheets = printed(desk, address)
        sound(sheets)
        assert len(sheets) > 1
        assert len({sheet.partition(FAIR)[0] for sheet in sheets}) > 1


@pytest.mark.parametrize(
    "address", ["/desk/8th/visitors/imports", "/desk/8th/visitor-desk", "/desk/8th/badges"]
)
def test_what_is_filled_in_on_the_screen_stays_there(desk: Page, address: str) -> None:
    sound(printed(desk, address))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_post_has_one_page(desk: Page, site: Site, language: str) -> None:
    """ux §7: 现场一页纸 is one page for each post, whatever the language."""
    desk.goto(f"/desk/8th/gates/posts/print?lang={language}")
    names = desk.locator(".post-sheet h1").all_inner_texts()
    reader = PdfReader(BytesIO(desk.pdf(prefer_css_page_size=True)))
    sheets = [sheet.extract_text() for sheet in reader.pages]
    assert len(names) > 1
    assert len(sheets) == len(names)
    # In Chinese a font of paper may give a letter's radical instead, so only names in Latin letters are looked for.
    assert all(name in sheet for name, sheet in zip(names, sheets, strict=True) if name.isascii())
