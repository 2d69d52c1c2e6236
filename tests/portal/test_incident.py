"""P16 and P17: whom a breach concerns, exactly; the notices; and the record of processing out of the settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.accounts.models import User
from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, transaction
from exhibitions.expos.queries import expo_by_slug
from exhibitions.mail.models import Mail
from exhibitions.mail.service.telling import prepare
from exhibitions.portal.service import incident
from exhibitions.visitors import service as visitors
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.rules.guests import GuestFacts
from exhibitions.visitors.rules.invitations import Kind, SourceFacts
from exhibitions.visitors.rules.questions import Kind as QuestionKind
from exhibitions.visitors.rules.questions import QuestionFacts
from exhibitions.visitors.rules.registration import Channel
from exhibitions.visitors.service import form_setup, guests, invitations
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People
from tests.portal.known_person import fair

PAGE = "/desk/privacy/incident"


def person(n: int, slug: str = "8th") -> int:
    with transaction():
        expo = fair(slug)
        trade = badge_queries.class_by_key(expo, "trade")
        assert trade is not None
        someone = visitors.Person(f"观众{n}", phone=f"+86139111100{n:02}")
        entry = visitors.Entry(Channel.DESK)
        return visitors.register(visitors.prepare(expo, trade, someone, entry), Actor("public")).id


def account(name: str) -> Actor:
    user = db.session.scalars(sa.select(User).where(User.email == f"{name}@example.org")).one()
    return Actor("user", user.id, name)


@both_engines
def test_p16_a_prepared_incident_gives_the_exact_set(  # noqa: PLR0915 - one story, told in order.
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alice read one, and exported the fair when three were registered; Bob and another time do not count."""
    start = clock.now()

    def at(minutes: int) -> datetime:
        moment = start + timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda: moment)
        return moment

    with app.app_context():
        make_expo("9th", 9)
        at(1)
        first, second, third = (person(n) for n in (1, 2, 3))
        elsewhere = person(4, "9th")
        alice, bob = account("alice"), account("bob")
        at(10)
        with transaction():
            visitors.unmask(fair("9th"), db.session.get_one(Registration, elsewhere), alice)
            visitors.unmask(fair(), db.session.get_one(Registration, second), bob)
        at(20)
        with transaction():
            visitors.record(fair(), 3, ["name", "phone"], alice, "lunch")
        at(30)
        late = person(5)
        at(31)
        with transaction():
            visitors.unmask(fair(), db.session.get_one(Registration, late), bob)
    monkeypatch.undo()

    def listed(**asked: object) -> set[str]:
        query = {name: str(value) for name, value in asked.items()}
        answer = people.dora.post(PAGE, query_string=query, data={"reason": "to tell them"})
        assert answer.status_code == 200
        return {line.split(",")[1] for line in answer.text.splitlines()[1:]}

    def moment(minutes: int) -> str:
        """As it is typed: no fair is chosen, so the hours are the office's."""
        there = (start + timedelta(minutes=minutes)).astimezone(ZoneInfo("Asia/Shanghai"))
        return there.strftime("%Y-%m-%dT%H:%M")

    assert len({first, second, third}) == 3
    assert listed(account=alice.id) == {"观众1", "观众2", "观众3", "观众4"}
    assert listed(account=bob.id) == {"观众2", "观众5"}
    assert listed(account=alice.id, until=moment(15)) == {"观众4"}
    page = people.dora.get(PAGE, query_string={"account": str(alice.id), "lang": "en"}).text
    assert "4 people are concerned" in page
    assert "+8613911110001" not in page
    with app.app_context():
        entries = audit_queries.entries(None, audit_queries.Wanted(action="portal.people_affected_exported"))
        assert [audit.readable([entry])[0].after["rows"] for entry in entries] == [1, 2, 4]


def span(by: Actor, slug: str = "") -> incident.Span:
    """All that this account did."""
    now = clock.now()
    expo_id = fair(slug).id if slug else None
    return incident.Span(by.id, expo_id, now - timedelta(days=1), now + timedelta(days=1))


def concerned(by: Actor, slug: str = "") -> list[str]:
    rows = [person.name for _expo, person in incident.affected(span(by, slug))]
    assert incident.count(span(by, slug)) == len(rows)
    assert len(list(incident.affected(span(by, slug), 1))) == min(len(rows), 1)
    return sorted(rows)


@both_engines
def test_p16_badges_messages_guests_and_backups_concern_people_too(  # noqa: PLR0915 - one story, told in order.
    app: Flask, people: People
) -> None:
    """One each: a badge printed singly, a message shown to copy, guests unmasked, their list printed, a backup fetched."""
    with app.app_context():
        make_expo("9th", 9)
        alice, bob, charlie = account("alice"), account("bob"), account("charlie")
        first, second = person(1), person(2)
        person(3, "9th")
        expo = fair()
        with transaction():
            badge = badge_queries.current_badge(expo, HOLDER, first)
            assert badge is not None
            badges.count_print(expo, badge, "", alice)
        assert concerned(alice) == ["观众1"]
        with transaction():
            row = db.session.get_one(Registration, second)
            row.email = "second@example.org"
            visitors.send_link(row)
        with transaction() as session:
            prepare(session.scalars(sa.select(Mail)).one(), alice)
        assert concerned(alice) == ["观众1", "观众2"]
        with transaction():
            minister, mayor = guests.add_guests(expo, [GuestFacts("部长"), GuestFacts("市长")], SYSTEM)
            guests.unmask_guests(expo, [mayor], bob)
            minister.registration_id = first
        assert concerned(bob) == ["市长"]
        with transaction():
            guests.note_print(expo, 2, bob)
        assert concerned(bob) == ["市长", "观众1"]
        assert concerned(bob, "9th") == []
        with transaction():
            audit.record("upkeep.backup_fetched", charlie, after={"backup": "x", "bytes": 1})
        assert concerned(charlie) == ["市长", "观众1", "观众2", "观众3"]
        assert concerned(charlie, "9th") == ["观众3"], "whichever fair is asked for"
        assert incident.exports(span(charlie, "9th")) == 1
        numbers = (alice.id, bob.id, charlie.id)
    page = people.dora.get(PAGE, query_string={"account": str(numbers[1])}).text
    assert "市长" not in page, "masked"
    answer = people.dora.post(PAGE, query_string={"account": str(numbers[1])}, data={"reason": "to tell"})
    assert "市长" in answer.text


@both_engines
def test_p16_the_person_to_ask_at_who_invites_is_concerned_too(app: Flask, people: People) -> None:
    with app.app_context():
        make_expo("9th", 9)
        alice, bob, charlie = account("alice"), account("bob"), account("charlie")
        facts = [
            SourceFacts(Kind.EXHIBITOR, "甲", contact="李经理", phone="+8613800138009"),
            SourceFacts(Kind.MEDIA, "乙", phone="+8613800138008"),
            SourceFacts(Kind.MEDIA, "丙"),
        ]
        with transaction():
            first, second, third = invitations.add_sources(fair(), facts, SYSTEM)
            invitations.add_sources(fair("9th"), [SourceFacts(Kind.OTHER, "丁", contact="王强")], SYSTEM)
            invitations.unmask_source(fair(), first, bob)
            invitations.change_source(fair(), second, replace(facts[1], name_zh="日报"), alice)
            invitations.end_source(fair(), third, alice, ended=True)
        assert concerned(bob) == ["李经理"]
        assert concerned(bob, "9th") == []
        assert concerned(alice) == [""], "a number without a name; nobody is asked at the third"
        with transaction():
            audit.record("upkeep.backup_fetched", charlie, after={"backup": "x", "bytes": 1})
        assert concerned(charlie) == ["", "李经理", "王强"]
        number = bob.id
    page = people.dora.get(PAGE, query_string={"account": str(number)}).text
    assert "李经理" not in page, "masked"
    assert "138****8009" in page
    answer = people.dora.post(PAGE, query_string={"account": str(number)}, data={"reason": "to tell"})
    assert "李经理" in answer.text
    assert "+8613800138009" in answer.text


def test_p16_an_account_behind_the_end_of_the_list_is_asked_for_by_number(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'name="number"' not in people.dora.get(PAGE).text
    monkeypatch.setattr(incident, "MOST_ACCOUNTS", 1)
    with app.app_context():
        dora = account("dora").id
    page = people.dora.get(PAGE).text
    assert 'name="number"' in page
    assert "dora@example.org" not in page
    assert "dora@example.org" in people.dora.get(PAGE, query_string={"number": str(dora)}).text


def test_p16_a_list_needs_a_question_and_a_reason(people: People) -> None:
    assert "notice-text" in people.dora.get(PAGE).text
    assert "text/csv" not in people.dora.post(PAGE, data={"reason": "x"}).content_type
    assert people.dora.post(f"{PAGE}?fair=8th", data={"reason": " "}).status_code == 422
    for odd in ("account=x", "since=yesterday", "since=0001-01-01T00:00", "fair=none", "until=9999-12-31"):
        assert people.dora.get(f"{PAGE}?{odd}").status_code == 422
    for browser in (people.alice, people.charlie):
        assert browser.get(PAGE).status_code == 403


def test_p16_the_notices_stand_there_in_both_languages(people: People) -> None:
    page = people.dora.get(PAGE).text
    for words in ("72", "Dear visitor", "履行个人信息保护职责的部门", "supervisory authority"):
        assert words in page


def test_p17_the_record_names_purposes_fields_recipients_and_terms(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        audit.set_term("visitors", 7, Actor("system"))
        expo = expo_by_slug("8th")
        assert expo is not None
        facts = QuestionFacts(QuestionKind.YES_NO, "来过吗", "Been here before?", "统计", "Statistics")
        form_setup.save_question(expo, None, facts, Actor("system"))
    page = people.alice.get("/desk/8th/processing?lang=en").text
    for words in (
        "Registration and badge",
        "Mobile number",
        "7 months",
        "argon2id",
        "Who receives it",
        "Been here before?",
        "Statistics",
    ):
        assert words in page
    rows = people.alice.get("/desk/8th/processing.csv?lang=en").text
    assert "Registration and badge" in rows
    assert "7 months" in rows
    assert people.bob.get("/desk/8th/processing").status_code == 403
    assert people.charlie.get("/desk/8th/processing.csv").status_code == 404


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("since=2026-11-28T10:00&until=2026-11-28T09:00", "The end lies before the beginning."),
        ("since=2026-13-01T10:00", "Enter a date and a time that exist."),
        ("until=yesterday", "Enter a date and a time that exist."),
        ("account=abc", "There is no such account."),
        ("number=999999", "There is no such account."),
        ("fair=nowhere", "There is no such fair."),
    ],
)
def test_p16_a_slip_is_said_and_never_read_as_nobody(people: People, asked: str, sentence: str) -> None:
    page = people.dora.get(f"{PAGE}?lang=en&{asked}")
    assert page.status_code == 422
    assert sentence in page.text
    assert "concerned</h2>" not in page.text
    assert people.dora.post(f"{PAGE}?{asked}", data={"reason": "x"}).mimetype == "text/html"
