"""What each person finds in the portal; who may enter which view at all is in tests/test_every_view.py."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.core.db import transaction
from exhibitions.expos import queries
from tests.factories import make_expo
from tests.people import People

SETUP = "/desk/8th/setup"
KINDS = ("units", "halls", "zones", "gates", "days")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", ["999", "99999999999999999999999", "0"])
def test_numbers_of_nobody_are_not_found(people: People, kind: str, number: str) -> None:
    assert people.alice.get(f"{SETUP}/{kind}/{number}").status_code == 404
    assert people.alice.post(f"{SETUP}/{kind}/{number}/remove").status_code == 404


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
