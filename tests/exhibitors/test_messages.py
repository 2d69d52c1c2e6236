"""Who is written to when there is a message in the exhibitor's centre: once for a burst, and nothing of its words (E4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale

from exhibitions.accounts.models import User
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson, ExhibitorSettings
from exhibitions.exhibitors.rules import letters
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.exhibitors.service import messages
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from exhibitions.mail import service as mail
from exhibitions.mail.models import Mail
from tests.exhibiting import make_exhibitor
from tests.people import People

OFFICE = Actor("user", None, "Alice")
SECRET_WORDS = "请于周五前补交执照"


class Thread:
    """A company with a person in each role, and what is written to whom."""

    def __init__(self, app: Flask) -> None:
        self.app, self.people = app, {}
        with app.app_context(), transaction() as session:
            exhibitor, owner, token = make_exhibitor(the_expo())
            self.exhibitor, self.number, self.base = (
                exhibitor.id,
                exhibitor.number,
                f"/8th/exhibitor/{token}",
            )
            self.people[PersonRole.OWNER] = owner.id
            for role in set(PersonRole) - {PersonRole.OWNER}:
                person = ExhibitorPerson(
                    expo_id=owner.expo_id,
                    exhibitor_id=exhibitor.id,
                    role=role,
                    name=role,
                    email=f"{role}@firm.example",
                    created_at=clock.now(),
                )
                session.add(person)
                session.flush()
                self.people[role] = person.id

    def write(self, text: str, by: PersonRole | None = None) -> None:
        with self.app.app_context(), transaction() as session:
            actor = OFFICE if by is None else Actor("exhibitor_person", self.people[by])
            person = None if by is None else self.people[by]
            messages.write(the_expo(), session.get_one(Exhibitor, self.exhibitor), text, actor, person)

    def tell(self) -> list[str]:
        """Let the waiting letters be written; gives whom they go to."""
        with self.app.app_context():
            with transaction() as session:
                session.execute(sa.delete(Mail))
                session.execute(sa.update(Job).values(run_after=clock.now()))
            drain(names={messages.TELL})
            return sorted(row.recipient for row in self.letters())

    def letters(self) -> list[Mail]:
        with self.app.app_context():
            return list(db.session.scalars(sa.select(Mail).order_by(Mail.id)))

    def render(self, row: Mail, lang: str = "zh") -> Any:
        with self.app.app_context(), force_locale(lang):
            return mail.renderers[row.template](row.arguments, lang)


def the_expo() -> Expo:
    found = expos.expo_by_slug("8th")
    assert found is not None
    return found


@pytest.fixture
def thread(app: Flask, people: People) -> Thread:
    del people
    return Thread(app)


def test_a_burst_of_the_office_is_one_letter_to_who_runs_the_company_s_part(
    app: Flask, people: People, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime.fromisoformat("2026-11-28T15:00:00+00:00")
    monkeypatch.setattr(clock, "now", lambda: at)
    for text in (SECRET_WORDS, "请尽快", "谢谢"):
        thread.write(text)
    with app.app_context():
        (job,) = db.session.scalars(sa.select(Job).where(Job.name == messages.TELL))
        assert job.run_after == at + timedelta(minutes=6), "a minute after the five in which it was written"
    monkeypatch.undo()
    with app.app_context():
        owner = db.session.get_one(ExhibitorPerson, thread.people[PersonRole.OWNER]).email
    assert thread.tell() == sorted([owner or "", "stand_manager@firm.example"])
    assert thread.tell() == [], "told once"
    thread.write("还有一件事")
    assert len(thread.tell()) == 2, "another message is another letter"
    row = thread.letters()[0]
    letter = thread.render(row)
    assert SECRET_WORDS not in letter.text
    assert "星河家居有限公司" in letter.text
    assert "星河" not in letter.subject, "a subject is shown on locked screens"
    link = letter.text.split("http://localhost")[1].split()[0]
    assert "还有一件事" in people.nobody.get(link).text
    assert "written to" in thread.render(row, "en").text
    # Seen before it leaves: no letter any more.
    thread.write("收到", PersonRole.OWNER)
    with pytest.raises(Refused, match="exhibitor_ended"):
        thread.render(row)


def test_who_asked_hears_the_answer_and_nobody_else_without_a_part_in_it(thread: Thread) -> None:
    thread.write("发票何时开具？", PersonRole.FINANCE)
    thread.tell()
    thread.write("下周")
    assert "finance@firm.example" in thread.tell()
    thread.write("已寄出")
    assert not {"lead_scanner@firm.example", "contractor@firm.example"} & set(thread.tell())


def test_a_message_of_a_company_goes_to_its_owner_at_the_organiser_else_to_the_contact(
    app: Flask, people: People, thread: Thread
) -> None:
    """Its owner; who has left, or where there is none: the contact for exhibitors; without one: who runs the fair."""

    def asked(text: str, change: Callable[[Exhibitor, Any], object]) -> list[str]:
        with app.app_context(), transaction() as session:
            change(session.get_one(Exhibitor, thread.exhibitor), session)
        thread.write(text, PersonRole.OWNER)
        return thread.tell()

    assert asked("一", lambda row, _s: None) == ["alice@example.org"]
    with app.app_context():
        bob, charlie = (
            db.session.scalars(sa.select(User.id).where(User.email == f"{name}@example.org")).one()
            for name in ("bob", "charlie")
        )
    assert asked("二", lambda row, _s: setattr(row, "user_id", bob)) == ["bob@example.org"]
    row = thread.letters()[0]
    letter = thread.render(row)
    assert "二" not in letter.text
    assert "星河家居有限公司" in letter.text
    assert f"http://localhost/desk/8th/exhibitors/{thread.number}/messages" in letter.text
    contact = {"contact_email": "zhaozhan@fair.example", "data": {}, "changed_at": clock.now()}

    def no_member(row: Exhibitor, session: Any) -> None:
        row.user_id = charlie
        session.add(ExhibitorSettings(expo_id=row.expo_id, **contact))

    assert asked("三", no_member) == ["zhaozhan@fair.example"]
    # Somebody of the office has read it: the letter that waits is not sent.
    row = thread.letters()[0]
    people.alice.post(f"/desk/8th/exhibitors/{thread.number}/messages/seen")
    with pytest.raises(Refused, match="exhibitor_ended"):
        thread.render(row)
    assert letters.MESSAGE_TO_OFFICE in mail.titles


def test_a_guest_and_a_scanner_neither_read_nor_write(app: Flask, people: People, thread: Thread) -> None:
    """What company and organiser write to each other is theirs."""
    thread.write(SECRET_WORDS)
    for role, may in (
        (PersonRole.STAND_MANAGER, True),
        (PersonRole.FINANCE, True),
        (PersonRole.LEAD_SCANNER, False),
        (PersonRole.CONTRACTOR, False),
    ):
        with app.app_context(), transaction() as session:
            session.get_one(ExhibitorPerson, thread.people[PersonRole.OWNER]).role = role
        assert (SECRET_WORDS in people.nobody.get(thread.base).text) is may
        answer = people.nobody.post(f"{thread.base}/messages", data={"text": role.value})
        assert answer.status_code == (303 if may else 403)
