"""ux.md §9: what takes longer than a page waits is a job with a page, begun once, done once, however often it is cut off."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import figures, many
from exhibitions.expos.models import Expo
from exhibitions.expos.rules.fair import at
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from exhibitions.mail.models import Mail
from tests.engines import both_engines
from tests.exhibiting import make_exhibitor
from tests.people import People

LIST = "/desk/8th/exhibitors"
FIGURES = "/desk/8th/sales-figures"


def the_expo() -> Expo:
    return db.session.scalars(sa.select(Expo).where(Expo.slug == "8th")).one()


def enter(app: Flask, *states: State) -> list[str]:
    """Companies in these states; their numbers."""
    with app.app_context(), transaction():
        return [make_exhibitor(the_expo(), f"公司{n}", state)[0].number for n, state in enumerate(states)]


def states(app: Flask) -> list[State]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Exhibitor.state).order_by(Exhibitor.id)))


def jobs(app: Flask) -> list[Job]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Job).where(Job.name.in_((many.CHANGE, figures.REMIND)))))


def run(app: Flask) -> dict[str, object]:
    with app.app_context():
        drain(names={many.CHANGE, figures.REMIND})
        db.session.remove()
    (job,) = jobs(app)
    assert job.result is not None
    return dict(job.result)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three are many."""
    monkeypatch.setattr(many, "AT_ONCE", 2)
    monkeypatch.setattr(figures, "AT_ONCE", 2)


def test_a_page_of_companies_is_changed_at_once(app: Flask, people: People, few: None) -> None:
    numbers = enter(app, State.PROSPECT, State.PROSPECT, State.PROSPECT)
    answer = people.alice.post(f"{LIST}/many", data={"deed": "contacted", "id": numbers[:2]})
    assert answer.location.endswith(LIST)
    assert states(app) == [State.CONTACTED, State.CONTACTED, State.PROSPECT]
    assert jobs(app) == []


@both_engines
def test_more_are_changed_by_one_job_with_a_page(app: Flask, people: People, few: None) -> None:
    enter(app, State.PROSPECT, State.PROSPECT, State.SUBMITTED)
    first = people.alice.post(f"{LIST}/many", data={"deed": "contacted", "all": "1"})
    again = people.alice.post(f"{LIST}/many", data={"deed": "contacted", "all": "1"})
    (job,) = jobs(app)
    assert first.location == again.location == f"/desk/8th/jobs/{job.id}", "a second click starts nothing"
    assert people.alice.get(first.location).status_code == 200
    assert states(app) == [State.PROSPECT, State.PROSPECT, State.SUBMITTED]
    assert run(app) == {"changed": 2, "stayed": 1}
    assert states(app) == [State.CONTACTED, State.CONTACTED, State.SUBMITTED]


def test_a_job_that_was_cut_off_goes_on_where_it_was(app: Flask, people: People, few: None) -> None:
    numbers = enter(app, *[State.PROSPECT] * 3)
    people.alice.post(f"{LIST}/many", data={"deed": "interested", "all": "1"})
    with app.app_context(), transaction():
        many.do(the_expo(), many.Deed("interested"), numbers[:1], SYSTEM)
    assert run(app) == {"changed": 2, "stayed": 0}
    assert set(states(app)) == {State.INTERESTED}


def test_thousands_are_handed_to_a_colleague_by_a_job_too(app: Flask, people: People, few: None) -> None:
    enter(app, *[State.PROSPECT] * 3)
    people.alice.post(f"{LIST}/many", data={"deed": "owner", "owner": "1", "all": "1"})
    assert run(app) == {"changed": 3, "stayed": 0}
    with app.app_context():
        assert set(db.session.scalars(sa.select(Exhibitor.user_id))) == {1}


@pytest.mark.parametrize("deed", ["", "paid", "on_site", "x" * 500])
def test_what_the_list_does_not_do_is_refused_in_words(
    app: Flask, people: People, few: None, deed: str
) -> None:
    numbers = enter(app, *[State.PROSPECT] * 3)
    answer = people.alice.post(
        f"{LIST}/many",
        data={"deed": deed, "id": numbers},
        headers={"Accept-Language": "en"},
        follow_redirects=True,
    )
    assert "Choose what is to be done" in answer.text
    assert set(states(app)) == {State.PROSPECT}
    assert people.alice.post(f"{LIST}/many", data={"deed": "owner", "owner": "99"}).status_code == 404


def test_the_selection_lives_for_a_day_and_then_the_job_says_so(
    app: Flask, people: People, few: None
) -> None:
    enter(app, *[State.PROSPECT] * 3)
    people.alice.post(f"{LIST}/many", data={"deed": "contacted", "all": "1"})
    with app.app_context(), transaction() as session:
        session.execute(sa.text("DELETE FROM files"))
    with app.app_context():
        drain(names={many.CHANGE})
    (job,) = jobs(app)
    assert (job.state.value, job.error_code) == ("failed", "selection_gone")


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The clock of a test, at 16:40 of today, by which people sign in too."""
    found = [at(clock.today("Asia/Shanghai"), time(16, 40), "Asia/Shanghai")]
    monkeypatch.setattr(clock, "now", lambda: found[0])
    monkeypatch.setattr(clock, "today", lambda zone: found[0].astimezone(ZoneInfo(zone)).date())
    return found


@pytest.mark.parametrize("count", [2, 3])
def test_the_silent_are_reminded_at_once_or_by_a_job_and_nobody_twice(
    app: Flask, moment: list[datetime], people: People, few: None, count: int
) -> None:
    enter(app, *[State.CONTRACTED] * count)
    address = f"{FIGURES}/remind?day={clock.today('Asia/Shanghai')}"
    for _click in range(2):
        assert ("/jobs/" in people.alice.post(address).location) is (count > 2)
    if count > 2:
        assert run(app) == {"people": count}
    assert letters(app) == count
    moment[0] += timedelta(minutes=1)
    people.alice.post(address)
    with app.app_context():
        drain(names={figures.REMIND})
    assert letters(app) == 2 * count, "asked for again, written again"


def letters(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Mail.id))) or 0
