"""What each person finds in the portal; who may enter which view at all is in tests/test_every_view.py."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts.models import User
from exhibitions.core.db import db, transaction
from exhibitions.expos import queries, service
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import Role
from tests.asked import counted
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


def test_the_doors_ask_as_much_for_many_fairs_as_for_one(app: Flask, people: People) -> None:
    """What one may do in each fair is one question for all of them, to Bob (the desk's role) as to Dora."""

    def asked(browser: FlaskClient) -> int:
        with counted(app) as found:
            assert browser.get("/doors").status_code == 200
        return len(found)

    people.bob.get("/doors")
    few = [asked(people.bob), asked(people.dora)]
    with app.app_context():
        numbers = [make_expo(f"{number}th", number) for number in range(9, 15)]
        with transaction() as session:
            bob = session.query(User).filter_by(email="bob@example.org").one()
            for number in numbers:
                service.grant_role(session.get_one(Expo, number), bob.id, Role.DESK)
    assert "/desk/14th/visitor-desk" in people.bob.get("/doors").text
    assert "/desk/14th/gates" not in people.bob.get("/doors").text
    assert [asked(people.bob), asked(people.dora)] == few


def test_no_more_fairs_are_read_than_a_page_lists(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The youngest editions stand on the page, whoever may see how many."""
    monkeypatch.setattr(queries, "MOST_FAIRS", 2)
    with app.app_context():
        for number in (9, 10):
            make_expo(f"{number}th", number)
        bob = db.session.query(User).filter_by(email="bob@example.org").one()
        assert [expo.slug for expo in queries.all_expos()] == ["10th", "9th"]
        assert [expo.slug for expo in queries.published_expos()] == ["10th", "9th"]
        assert [expo.slug for expo in queries.expos_of(bob.id)] == ["8th"]
        assert [expo.slug for expo in queries.demo_expos()] == []
        assert len(queries.all_series()) == 2


def test_the_doors_lead_only_to_own_fairs(app: Flask, people: People) -> None:
    with app.app_context():
        make_expo("9th", 9)
    pages = [browser.get("/doors").text for browser in (people.alice, people.charlie, people.dora)]
    assert ["/desk/8th/" in page for page in pages] == [True, False, True]
    assert ["/desk/9th/" in page for page in pages] == [False, False, True]
