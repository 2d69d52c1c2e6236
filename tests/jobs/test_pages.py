"""The pages of long work (ux.md §9): they survive reload, show the same to everyone in the fair, and nothing to strangers."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts.models import User
from exhibitions.core import clock
from exhibitions.core.access import Permission
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.jobs import service
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import State
from tests.factories import make_expo
from tests.people import People


@pytest.fixture(autouse=True)
def kind() -> None:
    """A sort of job with everything that a page can show."""
    service.register(
        "test.job",
        lambda run: {"rows": 1234, "file_id": 9},
        title="Background work",
        cancellable=True,
        steps=("Work", "State"),
        labels={"rows": "Done"},
        links=lambda job: [
            service.Link("Messages", f"/desk/8th/files/{job.result['file_id']}", Permission.VISITORS_IMPORT)
        ],
    )


def ask(app: Flask, *, slug: str | None = "8th", by: str = "") -> int:
    """A job in the fair of this word, asked for by the person of this name (the system when nobody is named)."""
    with app.app_context(), transaction():
        expo_id = db.session.scalar(sa.text("SELECT id FROM expos WHERE slug = :slug"), {"slug": slug})
        actor = SYSTEM
        if by:
            person = db.session.scalars(sa.select(User).where(User.email == f"{by}@example.org")).one()
            actor = Actor("user", person.id, person.name)
        return service.enqueue("test.job", f"{slug}{by}", {}, expo_id=expo_id, actor=actor).id


def change(app: Flask, number: int, **values: object) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Job).where(Job.id == number).values(**values))


def state(app: Flask, number: int) -> State:
    with app.app_context():
        return db.session.get_one(Job, number).state


def text(client: FlaskClient, path: str, lang: str = "en") -> str:
    answer = client.get(f"{path}?lang={lang}")
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


def panel(page: str) -> str:
    """The part of the page that tells of the job."""
    return page.partition('<section id="job"')[2].partition("</section>")[0]


def test_who_may_see_a_job(app: Flask, people: People) -> None:
    """Owner and colleague see it, a stranger learns nothing, nobody is sent to sign in."""
    path = f"/desk/8th/jobs/{ask(app, by='alice')}"
    answers = [who.get(path).status_code for who in (people.alice, people.bob, people.charlie, people.nobody)]
    assert answers == [200, 200, 404, 303]
    lists = [who.get("/desk/8th/jobs").status_code for who in (people.alice, people.bob, people.charlie)]
    assert lists == [200, 200, 404]


def test_a_job_of_another_fair_does_not_exist_here(app: Flask, people: People) -> None:
    """pretix CVE-2026-5600: rows are fetched through the fair."""
    with app.app_context():
        make_expo("9th", 9)
    number = ask(app, slug="9th")
    assert people.alice.get(f"/desk/8th/jobs/{number}").status_code == 404
    assert people.alice.post(f"/desk/8th/jobs/{number}/cancel").status_code == 404
    assert people.alice.get(f"/desk/9th/jobs/{number}").status_code == 404
    assert people.dora.get(f"/desk/jobs/{number}").status_code == 404
    assert people.dora.get(f"/desk/9th/jobs/{number}").status_code == 200


def test_jobs_of_the_organisation_are_the_administrators(app: Flask, people: People) -> None:
    number = ask(app, slug=None, by="dora")
    for path in ("/desk/jobs", f"/desk/jobs/{number}"):
        answers = [who.get(path).status_code for who in (people.dora, people.alice, people.nobody)]
        assert answers == [200, 403, 303]
    assert people.alice.post(f"/desk/jobs/{number}/cancel").status_code == 403
    assert people.dora.post(f"/desk/jobs/{number}/cancel").status_code == 303
    assert state(app, number) == State.CANCELLED


def test_only_who_asked_can_stop_it(app: Flask, people: People) -> None:
    number = ask(app, by="bob")
    assert "Cancel" not in text(people.alice, f"/desk/8th/jobs/{number}")
    assert people.alice.post(f"/desk/8th/jobs/{number}/cancel").status_code == 403
    assert people.charlie.post(f"/desk/8th/jobs/{number}/cancel").status_code == 404
    assert state(app, number) == State.QUEUED
    assert "Cancel" in text(people.bob, f"/desk/8th/jobs/{number}")
    answer = people.bob.post(f"/desk/8th/jobs/{number}/cancel")
    assert (answer.status_code, answer.location) == (303, f"/desk/8th/jobs/{number}")
    assert state(app, number) == State.CANCELLED
    assert people.bob.post(f"/desk/8th/jobs/{number}/cancel").status_code == 409


def test_what_must_not_stop_half_way_has_no_button(app: Flask, people: People) -> None:
    number = ask(app, by="bob")
    service.register("test.job", lambda run: {})
    assert "Cancel" not in text(people.bob, f"/desk/8th/jobs/{number}")
    assert people.bob.post(f"/desk/8th/jobs/{number}/cancel").status_code == 409
    assert state(app, number) == State.QUEUED


def test_a_running_job_shows_steps_progress_and_time_left(app: Flask, people: People) -> None:
    number = ask(app)
    change(
        app,
        number,
        state=State.RUNNING,
        step="State",
        done=250,
        total=1000,
        step_started_at=clock.now() - timedelta(seconds=60),
    )
    page = text(people.bob, f"/desk/8th/jobs/{number}")
    assert "250 of 1,000" in page
    assert "about 3 minutes left" in page
    assert '<meta http-equiv="refresh" content="2" />' in page
    assert '<li class="step-done">' in page
    assert '<li class="step-now" aria-current="step">' in page
    seen = [panel(text(who, f"/desk/8th/jobs/{number}")) for who in (people.alice, people.bob)]
    assert seen[0] == seen[1]


def test_a_job_that_is_asked_to_stop_says_so(app: Flask, people: People) -> None:
    number = ask(app, by="bob")
    change(app, number, state=State.RUNNING)
    assert people.bob.post(f"/desk/8th/jobs/{number}/cancel").status_code == 303
    assert "It stops at the next safe point." in text(people.bob, f"/desk/8th/jobs/{number}")
    assert state(app, number) == State.RUNNING


def test_a_finished_job_shows_counts_links_time_and_who(app: Flask, people: People) -> None:
    number = ask(app, by="bob")
    with app.app_context():
        drain()
    page = text(people.alice, f"/desk/8th/jobs/{number}")
    assert '<dd class="num"> 1,234 </dd>' in page
    assert 'href="/desk/8th/files/9"' in page
    assert "Bob" in page
    assert "refresh" not in page
    assert page.count('class="step-done"') == 2


def test_a_failed_job_says_why_what_was_kept_and_a_reference(app: Flask, people: People) -> None:
    number = ask(app)
    change(
        app,
        number,
        state=State.FAILED,
        error_code="fault",
        error_message="Something went wrong on our side.",
        error_reference="7F3A-21",
    )
    page = text(people.bob, f"/desk/8th/jobs/{number}")
    assert "Something went wrong on our side." in page
    assert "Quote 7F3A-21 if you call." in page
    assert "It is safe to start the same work again." in page


def test_a_refusal_is_said_in_the_readers_language(app: Flask, people: People) -> None:
    def handler(run: object) -> dict[str, object]:
        raise Refused("database_busy", "The server is busy. Nothing was saved. Please try again in a moment.")

    number = ask(app)
    service.register("test.job", handler)
    with app.app_context():
        drain()
    assert "The server is busy." in text(people.bob, f"/desk/8th/jobs/{number}")


def test_a_waiting_job_says_when_it_is_tried_again(app: Flask, people: People) -> None:
    number = ask(app)
    change(app, number, attempts=1)
    assert "The last attempt did not succeed." in text(people.bob, f"/desk/8th/jobs/{number}")


def test_the_list_is_empty_with_words_and_then_not(app: Flask, people: People) -> None:
    assert "No background work yet" in text(people.bob, "/desk/8th/jobs")
    number = ask(app, by="bob")
    assert f'href="/desk/8th/jobs/{number}"' in text(people.alice, "/desk/8th/jobs")


def test_a_job_of_an_older_release_still_has_a_page(app: Flask, people: People) -> None:
    number = ask(app)
    del service.KINDS["test.job"]
    assert "Background work" in text(people.bob, f"/desk/8th/jobs/{number}")
    assert "Background work" in text(people.bob, "/desk/8th/jobs")


@pytest.mark.parametrize(
    "values", [{"state": State.QUEUED}, {"state": State.RUNNING, "total": 5}, {"state": State.FAILED}]
)
def test_pages_are_chinese_throughout(app: Flask, people: People, values: dict[str, object]) -> None:
    """B8: no English word of ours is left."""
    number = ask(app, by="bob")
    change(app, number, **values)
    page = text(people.bob, f"/desk/8th/jobs/{number}", "zh").partition("<main")[2]
    assert "后台任务" in page
    assert "Background" not in page
    assert "Started" not in page


def test_a_result_is_offered_to_who_may_open_it(app: Flask, people: People) -> None:
    number = ask(app, by="alice")
    change(app, number, state=State.DONE, result={"rows": 1, "file_id": 9})
    path = f"/desk/8th/jobs/{number}"
    assert "/desk/8th/files/9" in text(people.alice, path)
    assert "/desk/8th/files/9" not in text(people.bob, path)
