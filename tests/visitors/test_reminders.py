"""V1 before the opening: who leaves a number or an address is told once, and then forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from exhibitions.audit.models import Entry
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.mail.models import Mail
from exhibitions.visitors.models import Reminder
from exhibitions.visitors.service import reminders
from tests.engines import both_engines
from tests.people import People
from tests.visitors.registering import fair

ASK = "/8th/remind-me"
WAITING = "/desk/8th/visitors/reminders"


def opens(app: Flask, after: timedelta) -> None:
    with app.app_context(), transaction():
        fair().registration_opens_at = clock.now() + after


def told(app: Flask) -> int:
    with app.app_context(), transaction():
        return reminders.tell(fair())


def left(app: Flask) -> list[str | None]:
    with app.app_context():
        return [row.phone or row.email for row in db.session.query(Reminder).order_by(Reminder.id)]


@pytest.fixture
def waiting(app: Flask, people: People) -> People:
    """A number and an address were left, each twice."""
    opens(app, timedelta(days=3))
    for contact in ("138 0013 8000", "Eva@Example.org", "+8613800138000", "eva@example.org"):
        answer = people.nobody.post(ASK, data={"contact": contact})
        assert (answer.status_code, answer.location) == (303, "/8th/")
    return people


@both_engines
def test_who_asks_twice_is_kept_once(app: Flask, waiting: People) -> None:
    assert left(app) == ["+8613800138000", "eva@example.org"]


def test_the_pages_before_the_opening_lead_there(app: Flask, people: People) -> None:
    opens(app, timedelta(days=3))
    for page in ("/8th/", "/8th/register"):
        assert f'href="{ASK}"' in people.nobody.get(page).text
    assert "erased afterwards" in people.nobody.get(f"{ASK}?lang=en").text


def test_nonsense_is_refused_with_a_sentence_and_kept_in_the_field(app: Flask, people: People) -> None:
    opens(app, timedelta(days=3))
    answer = people.nobody.post(ASK, data={"contact": "<b>12"})
    assert answer.status_code == 422
    assert "&lt;b&gt;12" in answer.text
    assert left(app) == []


def test_when_registration_is_open_the_page_leads_to_it(app: Flask, people: People) -> None:
    for answer in (people.nobody.get(ASK), people.nobody.post(ASK, data={"contact": "13800138000"})):
        assert (answer.status_code, answer.location) == (303, "/8th/register")
    assert left(app) == []


def test_one_browser_cannot_fill_the_list(app: Flask, people: People) -> None:
    opens(app, timedelta(days=3))
    codes = [people.nobody.post(ASK, data={"contact": f"138001380{n:02}"}).status_code for n in range(31)]
    assert codes == [303] * 30 + [429]


@both_engines
def test_those_with_an_address_get_one_letter_at_the_opening_and_are_forgotten(
    app: Flask, waiting: People
) -> None:
    assert told(app) == 0
    opens(app, timedelta(minutes=-1))
    assert told(app) == 1
    assert told(app) == 0
    with app.app_context():
        assert [mail.template for mail in db.session.query(Mail)] == [reminders.LETTER]
    assert left(app) == ["+8613800138000"]


def test_numbers_stay_two_weeks_for_the_office(app: Flask, waiting: People) -> None:
    opens(app, timedelta(days=-13))
    told(app)
    assert left(app) == ["+8613800138000"]
    opens(app, timedelta(days=-14))
    told(app)
    assert left(app) == []


def test_p13_the_office_takes_the_numbers_with_a_reason(app: Flask, waiting: People) -> None:
    assert "2" in waiting.alice.get("/desk/8th/visitors?lang=en").text
    assert waiting.alice.post(WAITING, data={"reason": " "}).status_code == 422
    answer = waiting.alice.post(f"{WAITING}?lang=en", data={"reason": "短信通知"})
    assert answer.status_code == 200
    lines = answer.get_data(as_text=True).splitlines()
    assert len(lines) == 2
    assert "13800138000" in lines[1]
    assert "eva@example.org" not in answer.text
    with app.app_context():
        entry = db.session.query(Entry).filter_by(action="visitors.reminders_exported").one()
        assert (entry.reason, entry.after) == ("短信通知", {"rows": 1})


def test_the_numbers_are_refused_to_who_may_not_export(app: Flask, waiting: People) -> None:
    assert waiting.nobody.get(WAITING).status_code == 303
    assert waiting.charlie.get(WAITING).status_code == 404
    assert waiting.bob.get(WAITING).status_code == 403
    assert waiting.bob.post(WAITING, data={"reason": "x"}).status_code == 403
