"""The thread that the product exists for: register on a phone, hold the badge before a gate's camera, see it counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from exhibitions.gates.models import Scan
from tests.e2e.conftest import Site, film_of

pytestmark = pytest.mark.browser


def register(phone: Page, name: str = "王小明", number: str = "13800138000") -> None:
    """V2, filled in with a thumb; leaves the phone on its badge page (V3)."""
    phone.goto("/8th/register")
    phone.fill("#phone", number)
    phone.fill("#name", name)
    phone.locator("label", has_text="专业观众").click()
    phone.fill("#company", "大连星河工艺品有限公司")
    phone.select_option("#region", index=1)
    phone.get_by_role("button", name="领取参观证").click()
    phone.wait_for_url("**/8th/badge/*")


def save_code(phone: Page, place: Path) -> Path:
    """The picture of the code as the server gives it, as a long press saves it."""
    address = phone.locator(".ticket img").get_attribute("src")
    assert address is not None
    place.write_bytes(phone.request.get(address).body())
    return place


def pair(desk: Page, gate_phone: Page, gate: str = "A口") -> None:
    """The organiser offers a pairing code, and the phone at the gate uses it (G1)."""
    desk.goto("/desk/8th/gates")
    desk.get_by_role("row", name=gate).get_by_role("button", name="配对设备").click()
    link = desk.locator("[data-copy]").get_attribute("data-copy")
    assert link is not None
    gate_phone.goto(link)
    gate_phone.get_by_role("button", name="开始").click()
    gate_phone.wait_for_url(re.compile(r"/gate/8th/\d+/"))
    gate_phone.wait_for_selector("#scanner[data-ready]")


def test_register_on_a_phone_hold_the_badge_to_a_camera_and_see_it_on_the_board(
    site: Site, phone: Page, desk: Page, camera_phone: Callable[[Path], Page], tmp_path: Path
) -> None:
    """V2 → V3 → G1 → G2 → O9: green at the first scan, amber at the next (C1, C2), one visit on the board."""
    register(phone)
    film = film_of(save_code(phone, tmp_path / "code.png"), tmp_path / "film.y4m", 1.6, 4.4)

    desk.goto("/desk/8th/live")
    expect(desk.locator("#visits-today")).to_contain_text("0")
    board = desk.context.new_page()
    board.goto("/desk/8th/live")

    gate_phone = camera_phone(film)
    pair(desk, gate_phone)
    light = gate_phone.locator("[data-part=light]")
    expect(light).to_be_visible(timeout=15_000)
    assert light.get_attribute("data-colour") == "admit"
    expect(light).to_contain_text("请进")
    expect(light).to_contain_text("王小明")
    expect(light).to_contain_text("大连星河工艺品有限公司")
    expect(light).to_contain_text("专业观众")

    # The board looks every two seconds and `bench/attendance.py` shows how soon it knows; a busy machine is given more.
    expect(board.locator("#visits-today")).to_contain_text("1", timeout=15_000)

    expect(light).to_be_hidden(timeout=15_000)
    expect(light).to_be_visible(timeout=15_000)
    assert light.get_attribute("data-colour") == "check"
    expect(light).to_contain_text("请核对")
    expect(light).to_contain_text("刚刚已入场")
    assert site.rows(sa.select(Scan.verdict).order_by(Scan.id))[:2] == [("first_today",), ("passed_back",)]

    report = site.report()
    assert (report["visits"], report["visitors"]) == (1, 1)
    expect(board.locator("#visits-today")).to_contain_text("1")
