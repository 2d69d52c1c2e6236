"""The plan by hand (O3): drawn, moved, pulled at its corners by mouse, and by keyboard; and by a reader of the map (V5, E2)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from exhibitions.core.actor import SYSTEM
from exhibitions.expos.models import Expo
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules.facts import HallFacts, StandFacts
from exhibitions.stands.rules.rows import Numbering, Row
from exhibitions.stands.service import drawing, versions
from tests.e2e.conftest import Site

pytestmark = pytest.mark.browser

PLAN = "/desk/8th/floor-plan"
MAP = "/8th/exhibitors-and-map"


@pytest.fixture(autouse=True)
def hall(site: Site) -> int:
    """A hall of 60 × 40 m with four stands of 3 × 3 m from (6, 6) on, published; gives its number."""

    def lay(expo: Expo) -> int:
        found = expo.halls[0].id
        drawing.measure_hall(expo, found, HallFacts(60_000, 40_000), SYSTEM)
        row = Row(6_000, 6_000, 4, 3_000, 3_000, numbering=Numbering(prefix="A"))
        drawing.lay_row(expo, found, row, StandFacts("", found, ()), SYSTEM)
        versions.save(expo, "", SYSTEM, publish=True)
        return found

    made: int = site.do(lay)
    return made


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a point of the hall (m) is on the screen."""
    found: list[float] = page.evaluate(
        """([x, y]) => {
          const svg = document.querySelector("svg.plan-drawing");
          const place = new DOMPoint(x * 100, y * 100).matrixTransform(svg.getScreenCTM());
          return [place.x, place.y];
        }""",
        [x, y],
    )
    return found[0], found[1]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag from one point of the hall (m) to another, in steps as a hand does."""
    page.mouse.move(*on_screen(page, *start))
    page.mouse.down()
    page.mouse.move(*on_screen(page, *end), steps=5)
    page.mouse.up()


def place(page: Page) -> list[str]:
    """What stands in the four lengths of the form."""
    return [page.input_value(f"#{name}") for name in ("x", "y", "width", "depth")]


def told(page: Page) -> Locator:
    return page.locator("[data-told]")


def polygon(site: Site, number: str) -> Any:
    return site.do(lambda expo: queries.stands_named(expo, [number])[0].polygon[0])


def test_a_stand_is_drawn_beside_its_form_and_saved_by_it(desk: Page, site: Site, hall: int) -> None:
    desk.goto(f"{PLAN}/stands/new?hall_id={hall}&lang=en")
    drag(desk, (20.1, 19.9), (26.1, 23.05))
    assert place(desk) == ["20", "20", "6", "3"]
    expect(told(desk)).to_have_text("6 × 3 m = 18 m² · all stands of this hall: 54 m²")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Shift+ArrowDown")
    assert place(desk) == ["20.5", "20", "6", "3.5"]
    drag(desk, (26.5, 23.5), (24.55, 22.9))
    assert place(desk) == ["20.5", "20", "4", "3"]
    drag(desk, (22, 21), (7.6, 8.1))
    expect(told(desk)).to_contain_text("It lies on A01")
    desk.fill("#x", "30")
    expect(told(desk)).not_to_contain_text("It lies on")
    desk.fill("#number", "B01")
    desk.click("form#main button[type=submit]:not([name])")
    desk.wait_for_url(f"**{PLAN}?**")
    assert polygon(site, "B01")[0] == 30_000


def test_a_drag_that_is_broken_off_changes_nothing(desk: Page) -> None:
    desk.goto(f"{PLAN}/stands/A01?lang=en")
    desk.mouse.move(*on_screen(desk, 7.5, 7.5))
    desk.mouse.down()
    desk.mouse.move(*on_screen(desk, 20, 20), steps=3)
    desk.keyboard.press("Escape")
    desk.mouse.up()
    assert place(desk) == ["6", "6", "3", "3"]
    assert desk.url.endswith("/stands/A01?lang=en")


def test_on_the_plan_itself_a_stand_is_drawn_and_one_is_dragged(desk: Page, site: Site) -> None:
    desk.goto(f"{PLAN}?lang=en")
    desk.click("[data-mode=draw]")
    drag(desk, (30, 30), (33, 36))
    desk.wait_for_url("**/stands/new?**")
    assert place(desk) == ["30", "30", "3", "6"]
    desk.goto(PLAN)
    desk.click("[data-mode=move]")
    drag(desk, (16.5, 7.5), (40.1, 20.4))
    desk.wait_for_url("**/stands/A04?**")
    assert place(desk)[:2] == ["38.5", "19"]
    assert polygon(site, "A04") == [15_000, 6_000], "nothing is saved before the form is sent"
    desk.click("form#main button[type=submit]")
    desk.wait_for_url(f"**{PLAN}?**")
    assert polygon(site, "A04") == [38_500, 19_000]


def test_what_is_no_rectangle_is_moved_by_its_corners(desk: Page) -> None:
    desk.goto(f"{PLAN}/stands/A04")
    desk.click("summary")
    desk.fill("#corners", "30,20; 36,20; 36,23; 33,23; 33,26; 30,26")
    expect(told(desk)).to_contain_text("27 m²")
    drag(desk, (31, 21), (32, 22))
    assert desk.input_value("#corners") == "31,21; 37,21; 37,24; 34,24; 34,27; 31,27"


def test_a_phone_reads_only_and_says_so(desk: Page) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(f"{PLAN}?lang=en")
    expect(desk.get_by_text("On a phone the plan can be read.")).to_be_visible()
    expect(desk.locator("[data-mode=draw]")).to_be_hidden()


def test_on_a_phone_the_list_is_first_and_the_plan_the_second_tab(phone: Page) -> None:
    """V5: and a stand of the list is shown on the plan, at a size at which its number can be read and hit."""
    phone.goto(f"{MAP}?lang=en")
    expect(phone.locator(".list-side")).to_be_visible()
    expect(phone.locator(".plan-side")).to_be_hidden()
    phone.click("[data-plan-tabs] [data-view=plan]")
    expect(phone.locator(".plan-side")).to_be_visible()
    expect(phone.locator(".list-side")).to_be_hidden()
    phone.click("[data-plan-tabs] [data-view=list]")
    phone.click(".list-side a:text-is('A03')")
    expect(phone.locator("[data-plan-sheet]")).to_contain_text("A03 · free")
    assert phone.url.endswith("?stand=A03")
    box = phone.locator("svg a[id=A03]").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24
    phone.reload()
    expect(phone.locator(".plan-side svg a.found[id=A03]")).to_be_in_viewport()


def test_list_and_plan_show_each_other_side_by_side(desk: Page) -> None:
    desk.goto(f"{MAP}?lang=en")
    left, right = (desk.locator(one).bounding_box() for one in (".list-side", ".plan-side"))
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] <= right["x"]
    desk.click("svg a[id=A02]")
    expect(desk.locator("tr.is-found")).to_contain_text("A02")
    desk.fill("[data-plan-filter]", "a04")
    expect(desk.locator("[data-plan-rows] tr:visible")).to_have_count(1)
    assert [one.get_attribute("id") for one in desk.locator("svg a.fits").all()] == ["A04"]
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/exhibitors-and-map?stand=A04")
    expect(desk.locator("svg a.found")).to_have_attribute("id", "A04")


def test_the_plan_is_walked_by_keyboard(desk: Page) -> None:
    """V5: every stand can be reached, is seen to have the focus, and opens by Enter."""
    desk.goto(f"{MAP}?lang=en")
    desk.focus("svg a[id=A01]")
    desk.keyboard.press("Tab")
    expect(desk.locator("svg a[id=A02]")).to_be_focused()
    width = "one => getComputedStyle(one.querySelector('path')).strokeWidth"
    assert desk.locator("svg a[id=A02]").evaluate(width) != desk.locator("svg a[id=A03]").evaluate(width)
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-plan-sheet]")).to_contain_text("A02 · free")
    desk.locator(".plan-box").focus()
    before = desk.locator("svg.plan-drawing").get_attribute("width")
    desk.keyboard.press("+")
    assert desk.locator("svg.plan-drawing").get_attribute("width") != before


DRAWING = b"""<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" width="60mm" height="40mm" viewBox="0 0 600 400" onload="alert(1)">
<style>.a { fill: rgb(200, 0, 0) }</style>
<script>document.title = "owned"; fetch("/healthz?script")</script>
<image href="https://example.org/x.png" width="10" height="10"/>
<rect class="a" width="300" height="400"/><rect x="300" width="300" height="400" style="fill:rgb(0,0,200)"/>
</svg>"""


def test_an_svg_arrives_as_pixels(desk: Page, hall: int) -> None:
    """The browser draws it as a picture: no script of it runs, nothing is fetched, and the server sees a PNG."""
    asked: list[str] = []
    desk.on("request", lambda one: asked.append(one.url))
    desk.on("dialog", lambda one: pytest.fail(one.message))
    desk.goto(f"{PLAN}/halls/{hall}/picture")
    drawing_file: FilePayload = {"name": "hall.svg", "mimeType": "image/svg+xml", "buffer": DRAWING}
    desk.set_input_files("#file", files=drawing_file)
    expect(desk.locator("#main button[type=submit]")).to_be_enabled()
    desk.wait_for_function("document.querySelector('#file').files[0].type === 'image/png'")
    assert "owned" not in desk.title()
    desk.click("#main button[type=submit]")
    desk.wait_for_url(f"**/halls/{hall}/scale")
    picture = Image.open(io.BytesIO(desk.request.get(f"{PLAN}/halls/{hall}/picture.png").body()))
    assert picture.size == (4000, 2667)
    assert picture.convert("RGB").getpixel((1000, 2000)) == (200, 0, 0)
    assert picture.convert("RGB").getpixel((3000, 2000)) == (0, 0, 200)
    assert not [url for url in asked if "example.org" in url or "script" in url.rpartition("?")[2]]


def test_an_svg_that_is_broken_is_refused_with_a_sentence(desk: Page, hall: int) -> None:
    desk.goto(f"{PLAN}/halls/{hall}/picture?lang=en")
    broken: FilePayload = {"name": "hall.svg", "mimeType": "image/svg+xml", "buffer": DRAWING[:-20]}
    desk.set_input_files("#file", files=broken)
    desk.click("#main button[type=submit]:enabled")
    expect(desk.locator(".error-summary")).to_contain_text("This is no PNG or JPEG picture")
