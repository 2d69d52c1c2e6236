"""O1: figures that agree with their lists, the edition before at the same point, and the size of the desk per person."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.accounts.models import User
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.reports.queries.pace import pace_of, registrations_by_week
from exhibitions.visitors.models import Registration
from exhibitions.visitors.rules.registration import Channel
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People, make_people

DESK = "/desk/8th/"


@pytest.fixture
def desk(app: Flask) -> People:
    with app.app_context():
        today = clock.today("Asia/Shanghai")
        make_expo("8th", 8, start=today + timedelta(days=14))
        make_expo("7th", 7, start=today - timedelta(days=351))
    made = make_people(app)
    made.alice.get(f"{DESK}?lang=en")
    return made


def fair(slug: str) -> Expo:
    found = expos.expo_by_slug(slug)
    assert found is not None
    return found


def register(slug: str, *days_ago: float) -> None:
    """Registrations that were made so many days ago."""
    expo = fair(slug)
    trade = db.session.scalars(sa.text(f"SELECT id FROM badge_classes WHERE expo_id = {expo.id}")).first()  # noqa: S608
    with transaction() as session:
        for number, ago in enumerate(days_ago):
            made = clock.now() - timedelta(days=ago)
            session.add(
                Registration(
                    expo_id=expo.id,
                    class_id=trade,
                    name=f"{slug} {number}",
                    email=f"{slug}-{number}-{ago}@example.org",
                    channel=Channel.ONLINE,
                    created_at=made,
                    changed_at=made,
                )
            )


def same_series() -> None:
    with transaction() as session:
        session.execute(sa.update(Expo).values(series_id=fair("7th").series_id))


@both_engines
def test_the_edition_before_at_the_same_point(app: Flask, desk: People) -> None:
    """Two weeks before the 8th opens, the 7th is asked what it had two weeks before its own opening."""
    with app.app_context():
        same_series()
        # The 7th opened 351 days ago: two weeks before that was 365 days ago.
        register("7th", 400, 380, 364, 10)
        register("8th", 30, 1, 0)
        found = pace_of(fair("7th"), fair("8th"))
        assert (found.edition.slug, found.registrations, found.visits) == ("7th", 2, 0)
        marks = {
            mark.weeks: (mark.now, mark.before)
            for mark in registrations_by_week(fair("8th"), expos.previous_edition(fair("8th")))
        }
        # The day of a mark is counted to its end.
        assert marks[12] == (0, 0)
        assert marks[3] == (1, 2)
        assert marks[2] == (3, 2)
        assert marks[1] == (None, 3)
    page = desk.alice.get(DESK).text
    assert "Edition 7 at this point: 2" in page
    assert "▲ 1" in page
    assert "1 more than the edition before at this point" in page


def test_the_first_edition_has_nothing_to_be_compared_with(app: Flask, desk: People) -> None:
    with app.app_context():
        register("8th", 1)
        assert expos.previous_edition(fair("8th")) is None
        assert {
            mark.before for mark in registrations_by_week(fair("8th"), expos.previous_edition(fair("8th")))
        } == {None}
    page = desk.alice.get(DESK).text
    assert "at this point" not in page
    assert "Registrations in all, by weeks before the opening" in page


def test_editions_without_days_are_not_compared(app: Flask, desk: People) -> None:
    with app.app_context():
        same_series()
        register("8th", 1)
        with transaction() as session:
            session.execute(sa.text(f"DELETE FROM expo_days WHERE expo_id = {fair('7th').id}"))  # noqa: S608
        found = pace_of(fair("7th"), fair("8th"))
        assert (found.registrations, found.visits) == (None, None)
        assert {
            mark.before for mark in registrations_by_week(fair("8th"), expos.previous_edition(fair("8th")))
        } == {None}
        with transaction() as session:
            session.execute(sa.text("DELETE FROM expo_days"))
            session.execute(sa.update(Expo).values(setup_version=Expo.setup_version + 1))
        assert registrations_by_week(fair("8th"), expos.previous_edition(fair("8th"))) == []
    assert desk.alice.get(DESK).status_code == 200


def test_each_figure_is_the_count_of_its_list(app: Flask, desk: People) -> None:
    with app.app_context():
        register("8th", 3, 2, 1)
    page = desk.alice.get(DESK).text
    tile = re.search(r'<a class="tile-value"\s+href="([^"]+)"[^>]*>(\d+)', page)
    assert tile is not None
    assert tile[2] == "3"
    assert re.search(r'class="list-count">3<', desk.alice.get(tile[1]).text)


def test_the_desk_of_a_helper_compares_nothing(app: Flask, desk: People) -> None:
    """Who may not see figures sees neither the edition before nor what others did."""
    with app.app_context():
        same_series()
        register("7th", 400)
        register("8th", 1)
    page = desk.bob.get(f"{DESK}?lang=en").text
    assert "at this point" not in page
    assert "What happened last" not in page
    assert desk.bob.get("/desk/8th/registrations.svg").status_code == 403


def test_the_last_events_are_told_in_words(desk: People) -> None:
    page = desk.alice.get(DESK).text
    events = page.partition("What happened last")[2]
    assert "Role at the fair given" in events


def test_the_chart_is_a_drawing_without_scripts(app: Flask, desk: People) -> None:
    with app.app_context():
        same_series()
        register("7th", 400, 380)
        register("8th", 30)
    drawn = desk.alice.get("/desk/8th/registrations.svg")
    assert drawn.mimetype == "image/svg+xml"
    assert "<script" not in drawn.text
    assert drawn.text.count("<path") >= 2


@pytest.mark.parametrize("size", ["dense", "large"])
def test_the_size_is_kept_for_the_person_on_every_machine(app: Flask, desk: People, size: str) -> None:
    assert "data-size" not in desk.alice.get(DESK).text.replace('data-size="roomy"', "")
    kept = desk.alice.post("/desk/account/display", data={"size": size, "back": f"{DESK}?x=1"})
    assert kept.location == f"{DESK}?x=1"
    assert f'data-size="{size}"' in desk.alice.get(DESK).text
    assert f'data-size="{size}"' not in desk.bob.get(DESK).text
    with app.app_context():
        sizes = dict(db.session.execute(sa.select(User.name, User.display_size)).all())
        assert sizes["Alice"] == size
    # Visitors' pages are everybody's: they stay as they are.
    assert "data-size" not in desk.alice.get("/8th/").text


def test_a_size_that_is_none_and_a_way_that_leads_away(desk: People) -> None:
    assert desk.alice.post("/desk/account/display", data={"size": "huge"}).status_code == 400
    assert desk.alice.post("/desk/account/display").status_code == 400
    away = desk.alice.post("/desk/account/display", data={"size": "dense", "back": "//evil.example"})
    assert away.location.endswith("/doors")
    assert desk.nobody.post("/desk/account/display", data={"size": "dense"}).status_code in (303, 401)
