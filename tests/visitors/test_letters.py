"""Who is told what when the office decides, corrects or cancels; and who is reminded before the visit."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.jobs import service as jobs
from exhibitions.jobs.commands.running import drain
from exhibitions.mail import service as mail
from exhibitions.mail.models import Mail
from exhibitions.mail.rules import State as MailState
from exhibitions.visitors.models import Registration, VisitReminder
from exhibitions.visitors.rules import letters
from exhibitions.visitors.rules.mailing import is_reminding_hour, reminded_days
from exhibitions.visitors.rules.registration import State
from tests.engines import both_engines
from tests.people import People
from tests.visitors.registering import add, change_class, fair, register

TODAY = clock.today("Asia/Shanghai")


def sent(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(row.template, row.recipient) for row in db.session.query(Mail).order_by(Mail.id)]


def test_approval_and_refusal_are_told(app: Flask, people: People) -> None:
    change_class(app, "trade", needs_approval=True)
    first = add(app, email="wang@example.org")
    second = add(app, "李丽", "+8613800138001")
    for number, decision in ((first, "approve"), (second, "refuse")):
        people.alice.post(f"/desk/8th/visitors/{number}/decide", data={"decision": decision})
    assert sent(app) == [(letters.APPROVED, "wang@example.org"), (letters.REFUSED, "")]


def test_what_the_office_changes_or_cancels_is_told_and_what_visitors_do_themselves_is_not(
    app: Flask, people: People
) -> None:
    path = register(people.nobody)
    assert (
        people.nobody.post(
            f"{path}/change", data={"name": "王敏敏", "company": "星河", "region": "大连"}
        ).status_code
        == 303
    )
    assert people.nobody.post(f"{path}/cancel").status_code == 303
    assert sent(app) == []
    number = add(app, "李丽", "+8613800138001", company="星河", region="大连")
    people.alice.post(
        f"/desk/8th/visitors/{number}/correct",
        data={
            "name": "李莉",
            "phone": "13800138001",
            "company": "星河",
            "region": "大连",
            "visitor_class": "trade",
        },
    )
    people.alice.post(f"/desk/8th/visitors/{number}/cancel")
    assert [letter for letter, _ in sent(app)] == [letters.CHANGED, letters.CANCELLED]


@pytest.mark.parametrize("name", [*letters.WRITTEN_TO])
def test_a_letter_that_has_lost_its_sense_is_refused(app: Flask, people: People, name: str) -> None:
    number = add(app)
    with app.app_context():
        with transaction():
            state = next(state for state in State if state not in letters.WRITTEN_TO[name])
            db.session.get_one(Registration, number).state = state
        arguments: dict[str, int | str] = {"expo_id": fair().id, "registration_id": number, "mailing_id": 1}
        render = mail.renderers[name]
        with pytest.raises(Refused):
            render(arguments, "zh")


def test_every_letter_in_both_languages_has_no_name_in_its_subject(app: Flask, people: People) -> None:
    """P19: subjects are shown on locked screens."""
    number = add(app, "王敏")
    with app.app_context():
        arguments: dict[str, int | str] = {"expo_id": fair().id, "registration_id": number, "token": "secret"}
        for name, states in letters.WRITTEN_TO.items():
            if name == letters.MAILING:
                continue
            with transaction():
                db.session.get_one(Registration, number).state = min(states)
            for lang in ("zh", "en"):
                message = mail.renderers[name](arguments, lang)
                assert "王敏" not in message.subject
                assert ("/8th/badge/secret" in message.text) == (name not in letters.WITHOUT_LINK)
                assert "{" not in message.text


def test_the_picture_and_words_of_a_registration_that_is_gone(app: Flask, people: People) -> None:
    with app.app_context():
        gone: dict[str, int | str] = {"expo_id": 99, "registration_id": 99}
        assert mail.painters[letters.APPROVED](gone, "zh") is None
        with pytest.raises(Refused):
            mail.minters[letters.APPROVED](gone)


def test_reminded_days_and_hours() -> None:
    """An own day is never reminded of on the day itself; a day on which the server stood still is made up for."""
    days = [date(2026, 8, 19), date(2026, 8, 20), date(2026, 8, 21)]
    assert reminded_days(days, date(2026, 8, 18), 1) == days[:1]
    assert reminded_days(days, date(2026, 8, 18), 3) == days
    assert reminded_days(days, date(2026, 8, 19), 1) == days[1:2]
    assert reminded_days(days, date(2026, 8, 10), 7) == []
    noon = clock.now().replace(hour=0, minute=59)
    assert not is_reminding_hour(noon, "Asia/Shanghai")
    assert is_reminding_hour(noon + timedelta(minutes=1), "Asia/Shanghai")


def on_the_clock(day: date, hour: int) -> datetime:
    """This hour of a day in the fair's zone: whatever the time of the test, it is the same day there."""
    return datetime.combine(day, time(hour), ZoneInfo("Asia/Shanghai")).astimezone(UTC)


@pytest.fixture
def near(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> People:
    """Three people registered yesterday, who come tomorrow, on the last day, and on no day in particular; it is ten."""
    day = TODAY + timedelta(days=1)
    add(app, "明天", "+8613800138001", email="tomorrow@example.org", visit_day=day)
    add(app, "后来", "+8613800138002", email="later@example.org", visit_day=TODAY + timedelta(days=3))
    add(app, "不定", "+8613800138003")
    add(app, "刚刚", "+8613800138004", email="just@example.org", visit_day=day)
    with app.app_context(), transaction():
        for person in db.session.query(Registration).filter(Registration.name != "刚刚"):
            person.created_at = clock.now() - timedelta(days=1)
    ten = on_the_clock(TODAY, 10)
    monkeypatch.setattr("exhibitions.expos.queries.present", lambda _expo: ten)
    return people


def remind(app: Flask) -> None:
    with app.app_context():
        with transaction():
            jobs.enqueue("visitors.before", "test", {})
        drain()


@both_engines
def test_people_are_reminded_once_before_their_day(app: Flask, near: People) -> None:
    """The fair is on since today, so nobody is told of its first day; who has just registered has had a message."""
    assert near.alice.post("/desk/8th/mail/many/reminder", data={"days_before": "1"}).status_code == 303
    remind(app)
    assert sent(app) == [(letters.BEFORE, "tomorrow@example.org")]
    with app.app_context(), transaction():
        db.session.query(VisitReminder).one().done_on = None
    remind(app)
    assert len(sent(app)) == 1
    with app.app_context():
        assert db.session.query(Mail).one().state is MailState.SENT


def test_before_nine_and_without_a_choice_nobody_is_reminded(
    app: Flask, near: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    remind(app)
    near.alice.post("/desk/8th/mail/many/reminder", data={"days_before": "3"})
    early = on_the_clock(TODAY, 8) + timedelta(minutes=30)
    monkeypatch.setattr("exhibitions.expos.queries.present", lambda _expo: early)
    remind(app)
    assert sent(app) == []
    near.alice.post("/desk/8th/mail/many/reminder", data={"days_before": "0"})
    monkeypatch.undo()
    remind(app)
    assert sent(app) == []


def test_who_has_chosen_no_day_is_reminded_of_the_first(
    app: Flask, near: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    eve = on_the_clock(TODAY - timedelta(days=1), 10)
    monkeypatch.setattr("exhibitions.expos.queries.present", lambda _expo: eve)
    with app.app_context(), transaction():
        for person in db.session.query(Registration):
            person.created_at = eve - timedelta(days=2)
    near.alice.post("/desk/8th/mail/many/reminder", data={"days_before": "1"})
    remind(app)
    assert sent(app) == [(letters.BEFORE, "")]


def test_a_number_of_days_that_is_not_offered_is_refused(people: People) -> None:
    assert people.alice.post("/desk/8th/mail/many/reminder", data={"days_before": "30"}).status_code == 422
    assert people.bob.post("/desk/8th/mail/many/reminder", data={"days_before": "1"}).status_code == 403
