"""E1 on a phone: a company applies page by page, with scripts and without them (B5), and the office admits it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from exhibitions.exhibitors.models import Exhibitor
from tests.e2e.conftest import Site
from tests.exhibitors.applying import CODE, open_applications, photo

pytestmark = pytest.mark.browser


def go_on(page: Page) -> None:
    page.locator("main .btn-primary").click()
    page.wait_for_load_state()


def fill_in(page: Page) -> str:
    """Every page up to the papers; gives the address behind which the personal link's pages lie."""
    page.goto("/8th/exhibit")
    go_on(page)
    # The code of the licence is typed wrong first: the error stands on top and beside the field.
    page.get_by_label("统一社会信用代码").fill(CODE[:-1] + "0")
    page.get_by_label("中文名称").fill("星河家居有限公司")
    go_on(page)
    expect(page.locator(".error-summary")).to_be_visible()
    page.get_by_label("统一社会信用代码").fill(CODE.lower())
    go_on(page)
    page.get_by_label("合同地址").fill("大连市中山区1号")
    go_on(page)
    link = page.url.removesuffix("/apply/contact")
    page.get_by_label("手机号", exact=True).fill("138 0013 8000")
    page.get_by_label("姓名").fill("王敏")
    go_on(page)
    page.get_by_label("茶具").or_(page.get_by_label("日用瓷")).first.check()
    go_on(page)
    page.get_by_label("希望面积").fill("18")
    go_on(page)
    # Nobody shares the stand, no goods of others are shown.
    go_on(page)
    go_on(page)
    return link


def admit(browser: Browser, site: Site, *, scripts: bool) -> None:
    """The office checks the application and admits it."""
    office = browser.new_context(base_url=site.url, locale="zh-CN", java_script_enabled=scripts)
    site.sign_in(office)
    desk = office.new_page()
    desk.goto("/desk/8th/exhibitors/applications")
    desk.locator("a.row-link").first.click()
    desk.get_by_role("button", name="材料齐全无误").click()
    desk.get_by_label("批准参展").check()
    desk.get_by_role("button", name="决定并发函").click()
    expect(desk.locator("main")).to_contain_text("已批准")
    office.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_company_applies_on_a_phone_and_is_admitted(
    browser: Browser, site: Site, tmp_path: Path, *, scripts: bool
) -> None:
    open_applications(site.app)
    context = browser.new_context(
        base_url=site.url,
        locale="zh-CN",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        java_script_enabled=scripts,
    )
    page = context.new_page()
    link = fill_in(page)
    licence = tmp_path / "licence.jpg"
    licence.write_bytes(photo(3000, 4000, orientation=6))
    page.get_by_label("照片或 PDF").set_input_files(licence)
    page.get_by_role("button", name="添加此文件").click()
    expect(page.locator("main .lines")).to_contain_text("营业执照")
    go_on(page)
    # Another day, another browser: all is there. One thing is changed, and the check page comes back.
    other = browser.new_context(locale="zh-CN", java_script_enabled=scripts).new_page()
    other.goto(f"{link}/apply/check")
    other.get_by_role("link", name="修改 展位意愿").click()
    other.get_by_label("希望面积").fill("27")
    other.locator("main .btn-primary").click()
    expect(other.locator("main")).to_contain_text("27")
    other.context.close()
    page.reload()
    for tick in page.locator("main input[type=checkbox]").all():
        tick.check()
    page.get_by_role("button", name="提交申请").dblclick()
    expect(page.locator(".confirmation")).to_contain_text("已收到您的申请")
    ((row_state, answers, reference),) = site.rows(
        sa.select(Exhibitor.state, Exhibitor.answers, Exhibitor.reference)
    )
    assert (row_state, answers["stand"]["area"]) == ("submitted", 270_000)
    page.go_back()
    page.reload()
    expect(page.locator("main")).to_contain_text(reference)
    context.close()
    admit(browser, site, scripts=scripts)
    assert site.rows(sa.select(Exhibitor.state)) == [("admitted",)]
