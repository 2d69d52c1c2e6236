"""Owner, colleague and stranger on every page of fairs and of the portal."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.core.access import Permission, mark_of
from exhibitions.core.db import transaction
from exhibitions.expos import queries, service
from exhibitions.expos.rules import UnitRole
from exhibitions.expos.rules.setup import UnitFacts
from tests.factories import make_expo
from tests.people import People

SETUP = "/desk/8th/setup"
EDITABLE = [
    SETUP,
    *(f"{SETUP}/{page}" for page in ("facts", "registration", "units", "halls", "zones", "gates", "days")),
    *(f"{SETUP}/{page}/new" for page in ("units", "halls", "zones", "gates", "days")),
    *(f"{SETUP}/{page}/1" for page in ("units", "halls", "zones", "gates", "days")),
]
POSTED = [
    *(f"{SETUP}/{page}/1/remove" for page in ("units", "halls", "zones", "gates", "days")),
    f"{SETUP}/publish",
    f"{SETUP}/unpublish",
]
KINDS = ("units", "halls", "zones", "gates", "days")


@pytest.fixture
def fair(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        expo = queries.expo_by_slug("8th")
        assert expo is not None
        service.save_unit(expo, None, UnitFacts(role=UnitRole.ORGANISER, name_zh="主办"))


@pytest.mark.usefixtures("fair")
@pytest.mark.parametrize("path", EDITABLE)
def test_only_an_organiser_sets_up(people: People, path: str) -> None:
    """Alice organises, Bob serves the desk, Charlie is nobody, Dora administers."""
    browsers = (people.alice, people.bob, people.charlie, people.dora, people.nobody)
    assert [browser.get(path).status_code for browser in browsers] == [200, 403, 404, 200, 303]


@pytest.mark.usefixtures("fair")
@pytest.mark.parametrize("path", POSTED)
def test_only_an_organiser_changes(people: People, path: str) -> None:
    browsers = (people.nobody, people.charlie, people.bob, people.alice)
    assert [browser.post(path).status_code for browser in browsers] == [303, 404, 403, 303]
    assert people.alice.get(path).status_code == 405


@pytest.mark.usefixtures("fair")
def test_every_set_up_page_is_tested_here(app: Flask) -> None:
    marked = {
        rule.rule.replace("<slug>", "8th")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in ("expos", "portal")
        and (mark := mark_of(app.view_functions[rule.endpoint]))
        and mark.permission in (Permission.EXPO_EDIT, Permission.EXPO_PUBLISH)
    }
    tested = {
        path.replace(f"{kind}/1", f"{kind}/<int:{kind[:-1]}_id>")
        for path in EDITABLE + POSTED
        for kind in KINDS
    }
    assert marked - tested == set()
    assert marked == {path for path in tested if path in marked}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", ["999", "99999999999999999999999", "0"])
def test_numbers_of_nobody_are_not_found(people: People, kind: str, number: str) -> None:
    assert people.alice.get(f"{SETUP}/{kind}/{number}").status_code == 404
    assert people.alice.post(f"{SETUP}/{kind}/{number}/remove").status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_another_fair_are_not_found(app: Flask, people: People, kind: str) -> None:
    with app.app_context():
        make_expo("9th", 9)
        other = queries.expo_by_slug("9th")
        assert other is not None
        with transaction():
            service.save_unit(other, None, UnitFacts(role=UnitRole.HOST, name_zh="承办"))
        number = getattr(other, kind)[0].id
    assert people.alice.get(f"{SETUP}/{kind}/{number}").status_code == 404
    assert people.alice.post(f"{SETUP}/{kind}/{number}", data={}).status_code == 404
    assert people.alice.post(f"{SETUP}/{kind}/{number}/remove").status_code == 404
    assert people.alice.get("/desk/9th/setup").status_code == 404


def test_the_desk(people: People) -> None:
    browsers = (people.alice, people.bob, people.charlie, people.dora, people.nobody)
    assert [browser.get("/desk/8th/").status_code for browser in browsers] == [200, 200, 404, 200, 303]
    assert [browser.get("/doors").status_code for browser in browsers] == [200, 200, 200, 200, 303]
    assert [browser.get("/desk/new").status_code for browser in browsers] == [403, 403, 403, 200, 303]
    assert people.bob.get("/desk").location == "/doors"


def test_an_unpublished_fair_is_there_only_for_who_works_on_it(app: Flask, people: People) -> None:
    """O2: nothing public before Publish."""
    with app.app_context(), transaction():
        expo = queries.expo_by_slug("8th")
        assert expo is not None
        expo.published_at = None
    browsers = (people.alice, people.bob, people.dora, people.charlie, people.nobody)
    assert [browser.get("/8th/").status_code for browser in browsers] == [200, 200, 200, 404, 404]
    assert "8th" not in people.nobody.get("/").text


def test_the_menu_shows_only_what_may_be_opened(people: People) -> None:
    def offers(browser: FlaskClient) -> bool:
        return 'href="/desk/8th/setup"' in browser.get("/desk/8th/?lang=en").text

    assert [offers(browser) for browser in (people.alice, people.bob, people.dora)] == [True, False, True]


def test_the_doors_lead_only_to_own_fairs(app: Flask, people: People) -> None:
    with app.app_context():
        make_expo("9th", 9)
    pages = [browser.get("/doors").text for browser in (people.alice, people.charlie, people.dora)]
    assert ["/desk/8th/" in page for page in pages] == [True, False, True]
    assert ["/desk/9th/" in page for page in pages] == [False, False, True]
