"""B8: the switch of language works on every page, also on one that answers a form; nothing is done a second time."""

from __future__ import annotations

import html
import re
import time

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup
from werkzeug.test import TestResponse

from exhibitions.audit import queries as audit_queries
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.i18n import whole_brackets
from exhibitions.expos.models import Gate
from exhibitions.gates.models import Pairing
from exhibitions.portal.service.demo import making
from exhibitions.visitors.models import Registration
from tests.people import People
from tests.visitors.registering import fair, form


def switch(browser: FlaskClient, page: TestResponse, code: str) -> TestResponse:
    """What the browser does when the switch of the page is pressed: follow its link, or send its form."""
    box = page.text.partition('<div class="languages"')[2].partition("</div>")[0]
    link = re.search(rf'href="([^"]*)"\s+hreflang="{code}', box)
    if link:
        return browser.get(html.unescape(link[1]))
    name = re.search(rf'form="(\w+)"\s+name="_lang"\s+value="{code}"', box)
    assert name is not None, box
    _, opening, rest = re.split(rf'(<form[^>]*id="{name[1]}"[^>]*>)', page.text, maxsplit=1)
    action = re.search(r'action="([^"]*)"', opening)
    fields = re.findall(r'<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"', rest.partition("</form>")[0])
    data = {key: html.unescape(value) for key, value in fields} | {"_lang": code}
    return browser.post(html.unescape(action[1]) if action else page.request.path, data=data)


def english(page: TestResponse) -> bool:
    return page.status_code < 400 and '<html lang="en"' in page.text


def test_b8_the_tag_of_a_page_is_that_of_its_words(people: People) -> None:
    for code, tag in (("zh", "zh-CN"), ("en", "en"), ("ko", "en")):
        assert f'<html lang="{tag}"' in people.nobody.get(f"/8th/register?lang={code}").text


def count(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_the_number_that_was_unmasked_stays_and_is_noted_once(app: Flask, people: People) -> None:
    people.nobody.post("/8th/register", data=form())
    where = "/desk/8th/visitors/1"
    page = people.bob.post(f"{where}/unmask?lang=zh", follow_redirects=True)
    assert "138 0013 8000" in page.text
    page = switch(people.bob, page, "en")
    assert (english(page), "138 0013 8000" in page.text) == (True, True)
    assert "138 0013 8000" not in people.bob.get(where).text
    assert "138 0013 8000" not in people.alice.get(page.request.full_path).text
    with app.app_context():
        assert audit_queries.count(fair().id, audit_queries.Wanted(action="visitors.unmasked")) == 1


def test_a_look_ends_after_ten_minutes(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    people.nobody.post("/8th/register", data=form())
    address = people.bob.post("/desk/8th/visitors/1/unmask").location
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 601)
    assert "138 0013 8000" not in people.bob.get(address).text


def test_the_pairing_code_stays_and_no_second_one_is_made(app: Flask, people: People) -> None:
    """The token stands in no address and in no entry of the audit."""
    with app.app_context():
        gate = db.session.scalars(sa.select(Gate.id)).first()
    page = people.alice.post(f"/desk/8th/gates/{gate}/pair?lang=zh", follow_redirects=True)
    link = re.findall(r'data-copy="([^"]*)"', page.text)[0]
    token = link.rpartition("/")[2]
    assert token not in page.request.full_path
    page = switch(people.alice, page, "en")
    assert english(page)
    assert link in page.text
    assert count(app, Pairing) == 1
    assert token not in people.alice.get("/desk/8th/audit").text
    other = people.dora.get(page.request.full_path)
    assert (other.status_code, other.location) == (303, "/desk/8th/gates")


def test_the_visitor_desk_after_an_error(app: Flask, people: People) -> None:
    page = people.bob.post("/desk/8th/visitor-desk/register?lang=zh", data={"name": "王敏", "phone": "12"})
    assert page.status_code == 422
    page = switch(people.bob, page, "en")
    assert (english(page), 'value="王敏"' in page.text) == (True, True)
    assert count(app, Registration) == 0


def test_typing_a_number_before_many_are_refused(app: Flask, people: People) -> None:
    people.nobody.post("/8th/register", data=form())
    page = people.alice.post("/desk/8th/visitors/decide?lang=zh", data={"decision": "refuse", "id": "1"})
    assert english(switch(people.alice, page, "en"))


def test_a_sample_of_the_demo(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        for _word, step in making.steps(None, clock.now()):
            with transaction():
                step()
    page = client.post("/demo/badges/cancelled/scan?lang=zh", follow_redirects=True)
    assert "已取消" in page.text
    page = switch(client, page, "en")
    assert (english(page), "No entry" in page.text, "Cancelled" in page.text) == (True, True, True)
    assert client.get("/demo/badges/cancelled/scan").location == "/demo"


def test_a_bracket_in_a_name_stays_on_one_line_and_names_stay_text() -> None:
    broken = whole_brackets("第八届中国（大连）<b>轻工</b>商品博览会 (Dalian)")
    assert broken == (
        '第八届中国<span class="nowrap">（大连）</span>&lt;b&gt;轻工&lt;/b&gt;商品博览会 <span class="nowrap">(Dalian)</span>'
    )
    marked = whole_brackets(Markup('<span lang="en">Expo (Dalian)</span>'))
    assert marked == '<span lang="en">Expo <span class="nowrap">(Dalian)</span></span>'
