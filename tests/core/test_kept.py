"""B7: a page that has expired, or whose session has ended, comes back with what was typed; nothing is done by itself."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from exhibitions.accounts import service as accounts
from exhibitions.accounts.models import SignIn
from exhibitions.core.db import db, transaction
from exhibitions.expos import queries as expos
from exhibitions.expos.rules import Role
from exhibitions.expos.service import grant_role
from exhibitions.visitors.models import Registration
from tests.people import People
from tests.visitors.registering import form

PASSWORD = "correct horse battery"
FACTS = "/desk/8th/setup/facts"
TYPED = {"name_zh": "第八届<b>轻工</b>展", "hotline": "0411-7777 7777", "new_password": "hush"}


@pytest.fixture(autouse=True)
def _real_tokens(app: Flask) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = True
    return iter([None])


@pytest.fixture
def eva(app: Flask, people: People) -> FlaskClient:
    """A browser on which Eva, an organiser of the 8th, has signed in by the page."""
    with app.app_context():
        hashed = accounts.new_password_hash(PASSWORD, "eva@example.org")
        with transaction():
            user = accounts.create_user("eva@example.org", "Eva", hashed)
            expo = expos.expo_by_slug("8th")
            assert expo is not None
            grant_role(expo, user.id, Role.ORGANISER)
    browser = app.test_client()
    browser.get("/sign-in?lang=en")
    assert sign_in(browser, "/sign-in", browser.get("/sign-in")).status_code == 303
    return browser


def hidden(page: TestResponse, name: str = "csrf_token") -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page.text)
    assert found is not None, page.text
    return html.unescape(found[1])


def sign_in(browser: FlaskClient, address: str, page: TestResponse) -> TestResponse:
    names = [name for name in ("csrf_token", "kept") if f'name="{name}"' in page.text]
    data = {name: hidden(page, name) for name in names}
    return browser.post(address, data={"email": "eva@example.org", "password": PASSWORD} | data)


def the_form(page: TestResponse) -> tuple[str, dict[str, str]]:
    """Where the main form of a page goes, and the fields that it sends, all of them hidden."""
    form = re.search(r'<form[^>]*id="main"[^>]*action="([^"]*)"(.*?)</form>', page.text, re.S)
    assert form is not None, page.text
    inputs = re.findall(r"<input[^>]*>", form[2])
    assert all('type="hidden"' in each for each in inputs)
    fields = (re.search(r'name="([^"]*)"[^>]*value="([^"]*)"', each) for each in inputs)
    return form[1], {found[1]: html.unescape(found[2]) for found in fields if found}


def end_sessions(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.delete(SignIn))


def registrations(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Registration.id))) or 0


def hotline(app: Flask) -> str:
    with app.app_context():
        expo = expos.expo_by_slug("8th")
        assert expo is not None
        return expo.hotline


def test_cookies_lost_on_the_way_lose_no_typing(app: Flask, people: People) -> None:
    """B7, a: the form comes back filled, with a token that is good, and only then is anything saved."""
    browser = app.test_client()
    token = hidden(browser.get("/8th/register?from=wx"))
    browser.delete_cookie("session")
    answer = browser.post("/8th/register?from=wx&lang=zh", data=form() | {"csrf_token": token})
    assert answer.status_code == 400
    assert "页面已过期" in answer.text
    for typed in ('value="138 0013 8000"', 'value="王敏"', 'value="星河家居"', 'value="secret-of-the-form"'):
        assert typed in answer.text
    assert registrations(app) == 0
    again = browser.post("/8th/register?from=wx", data=form() | {"csrf_token": hidden(answer)})
    assert (again.status_code, registrations(app)) == (303, 1)


def test_a_form_that_another_site_sends_is_never_shown_as_typed(app: Flask, people: People) -> None:
    """Otherwise a stranger could fill in a form in the reader's name and let the reader send it."""
    elsewhere = {"Origin": "https://evil.example"}
    answer = app.test_client().post("/8th/register", data=form(), headers=elsewhere)
    assert (answer.status_code, "王敏" in answer.text) == (400, False)
    answer = people.nobody.post("/sign-in", data={"email": "evil@example.org"}, headers=elsewhere)
    assert (answer.status_code, "evil@example.org" in answer.text) == (400, False)


def test_no_view_is_told_of_a_form_without_a_token(app: Flask, eva: FlaskClient) -> None:
    """CSRF: the page is drawn as if it were opened, whatever was sent."""
    before = hotline(app)
    answer = eva.post(FACTS, data=TYPED)
    assert (answer.status_code, hotline(app)) == (400, before)
    assert "This page had expired" in answer.text
    assert 'value="0411-7777 7777"' in answer.text
    assert "<b>轻工" not in answer.text


def test_signing_out_in_another_tab_keeps_the_form(app: Flask, eva: FlaskClient) -> None:
    """B7, b: sign-in page, then the form again, filled; no secret in an address, no password kept."""
    token = hidden(eva.get(FACTS))
    eva.post("/sign-out", data={"csrf_token": token})
    page = eva.post(FACTS, data=TYPED | {"csrf_token": token})
    returned_to_the_form(app, eva, page)


def test_a_session_that_ended_on_the_server_keeps_the_form(app: Flask, eva: FlaskClient) -> None:
    """B7, c."""
    token = hidden(eva.get(FACTS))
    end_sessions(app)
    page = eva.post(FACTS, data=TYPED | {"csrf_token": token})
    returned_to_the_form(app, eva, page)


def returned_to_the_form(app: Flask, eva: FlaskClient, page: TestResponse) -> None:
    before = hotline(app)
    assert page.status_code == 401
    assert "You are no longer signed in" in page.text
    assert f'action="/sign-in?next={FACTS}"' in page.text
    for secret in ("7777", "hush"):
        assert secret not in page.text
    answer = sign_in(eva, f"/sign-in?next={FACTS}", page)
    assert answer.status_code == 200
    assert PASSWORD not in answer.text
    # What the browser does now: the form of this page goes to the page that the typing belongs to.
    address, sent = the_form(answer)
    assert (address, sorted(sent)) == (FACTS, ["csrf_token", "kept"])
    back = eva.post(FACTS, data=sent)
    assert back.status_code == 200
    assert "You are signed in again" in back.text
    assert 'value="0411-7777 7777"' in back.text
    assert hotline(app) == before
    assert eva.post("/desk/8th/setup/days", data=sent).status_code == 303


def test_a_redirect_never_takes_the_password_along(app: Flask, eva: FlaskClient) -> None:
    """307 and 308 send the sign-in form once more, to an address that has no use for the password."""
    codes = []
    for address in ("/sign-in", f"/sign-in?next={FACTS}", "/sign-in?next=/desk/8th/setup/days"):
        end_sessions(app)
        page = eva.post(FACTS, data=TYPED | {"csrf_token": hidden(eva.get("/sign-in"))})
        codes.append(sign_in(eva, address, page).status_code)
    assert codes == [303, 200, 303]


def test_a_wrong_password_keeps_it_too(app: Flask, eva: FlaskClient) -> None:
    end_sessions(app)
    page = eva.post(FACTS, data=TYPED | {"csrf_token": hidden(eva.get("/sign-in"))})
    data = {"email": "eva@example.org", "password": "wrong", "kept": hidden(page, "kept")}
    again = eva.post(f"/sign-in?next={FACTS}", data=data | {"csrf_token": hidden(page)})
    assert hidden(again, "kept") == data["kept"]
    expired = eva.post(f"/sign-in?next={FACTS}", data=data)
    assert (expired.status_code, hidden(expired, "kept")) == (400, data["kept"])


def test_what_was_typed_opens_on_its_own_browser_only_and_for_an_hour(
    app: Flask, eva: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_sessions(app)
    page = eva.post("/desk/8th/setup/facts", data=TYPED | {"csrf_token": hidden(eva.get("/sign-in"))})
    sealed = hidden(page, "kept")
    assert sign_in(eva, "/sign-in", page).location == "/doors"
    other = app.test_client().post(FACTS, data={"kept": sealed})
    forged = eva.post(FACTS, data={"kept": "A" + sealed[1:]})
    assert (other.status_code, forged.status_code) == (303, 303)
    late = time.time() + 3601
    monkeypatch.setattr(time, "time", lambda: late)
    assert eva.post(FACTS, data={"kept": sealed}).status_code == 303


def test_a_button_whose_session_has_ended_leads_back_to_its_page(app: Flask, eva: FlaskClient) -> None:
    token = hidden(eva.get("/sign-in"))
    end_sessions(app)
    answer = eva.post(
        "/desk/8th/setup/publish",
        data={"csrf_token": token},
        headers={"Referer": "http://localhost/desk/8th/setup"},
    )
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/desk/8th/setup")


def test_a_form_that_stood_on_another_page_is_drawn_there(app: Flask, eva: FlaskClient) -> None:
    where = {"Referer": "http://localhost/desk/8th/visitor-desk"}
    answer = eva.post("/desk/8th/visitor-desk/register", data={"name": "王敏"}, headers=where)
    assert (answer.status_code, 'value="王敏"' in answer.text) == (400, True)
    assert eva.post("/desk/8th/visitor-desk/register", data={"name": "王敏"}).status_code == 400


def test_more_than_any_form_holds_is_not_carried_along(app: Flask, eva: FlaskClient) -> None:
    token = hidden(eva.get("/sign-in"))
    end_sessions(app)
    page = eva.post(FACTS, data={"name_zh": "长" * 60_000, "csrf_token": token})
    assert len(hidden(page, "kept")) < 1000


def test_the_switch_of_an_expired_page_switches(app: Flask, people: People) -> None:
    answer = app.test_client().post("/8th/register?lang=zh", data=form() | {"_lang": "en"})
    assert '<html lang="en"' in answer.text
    assert 'value="王敏"' in answer.text
