"""What stands at the edges: robots, the icon, signing out by its address, and error pages that keep fair and language."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.core.db import transaction
from tests.people import People
from tests.visitors.registering import fair


def test_robots_stay_out_of_personal_and_desk_pages(client: FlaskClient, people: People) -> None:
    answer = client.get("/robots.txt")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    for path in ("/desk", "/gate/", "/*/badge/", "/doors"):
        assert f"Disallow: {path}\n" in answer.text
    assert "Disallow: /\n" not in answer.text


def test_the_icon_that_browsers_ask_for(client: FlaskClient) -> None:
    with client.get("/favicon.ico") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")


def test_opening_the_address_of_signing_out_shows_the_button(people: People) -> None:
    page = people.bob.get("/sign-out?lang=en")
    assert (page.status_code, "You are signed in as Bob." in page.text) == (200, True)
    assert 'action="/sign-out" method="post"' in page.text
    assert people.bob.get("/desk/8th/").status_code == 200
    assert people.bob.post("/sign-out").location == "/sign-in"
    assert people.bob.get("/sign-out").location == "/sign-in"


@pytest.mark.parametrize(
    ("path", "status", "home"),
    [
        ("/8th/nothing", 404, "/8th/"),
        ("/desk/8th/visitors/999", 404, "/desk/8th/"),
        ("/desk/8th/setup", 403, "/desk/8th/"),
        ("/desk/8th/visitors/search", 405, "/desk/8th/"),
        ("/no/such/page", 404, "/"),
    ],
)
def test_an_error_page_keeps_the_fair_and_speaks_both_languages(
    people: People, path: str, status: int, home: str
) -> None:
    """B8, B11."""
    page = people.bob.get(f"{path}?lang=zh")
    assert page.status_code == status
    name = re.search(r'<a class="bar-name"\s+href="([^"]*)"', page.text)
    assert name is not None
    assert name[1] == home
    assert f'<a class="btn btn-primary" href="{home}">' in page.text
    assert f'<a href="{path}?lang=en"' in page.text
    english = people.bob.get(f"{path}?lang=en")
    assert (english.status_code, '<html lang="en"' in english.text) == (status, True)


def test_a_fair_that_is_not_public_is_not_named(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        fair().published_at = None
    page = people.charlie.get("/desk/8th/visitors?lang=en")
    assert (page.status_code, "Light Industry" in page.text) == (404, False)


def test_the_switch_on_an_error_that_answers_a_form_sends_nothing_again(people: People) -> None:
    where = {"Referer": "http://localhost/desk/8th/visitor-desk?s=x"}
    page = people.bob.post("/desk/8th/visitor-desk/999/print?lang=zh", headers=where)
    assert page.status_code == 404
    assert '<a href="/desk/8th/visitor-desk?lang=en"' in page.text
    page = people.bob.post("/desk/8th/visitor-desk/999/print", headers={"Referer": "https://evil.example/x"})
    assert '<a href="/?lang=en"' in page.text


def test_one_page_of_the_menu_is_where_the_reader_is_though_addresses_begin_alike(
    app: Flask, people: People
) -> None:
    """ux §3: the stands' holds lie below the address of the floor plan, in another group of the menu."""
    for path in ("floor-plan", "floor-plan/holds"):
        page = people.alice.get(f"/desk/8th/{path}").text
        marked = re.findall(r'<a href="/desk/8th/([^"]*)" aria-current="page"[^>]*>', page)
        # The switcher marks the fair itself.
        assert set(marked) - {""} == {path}
