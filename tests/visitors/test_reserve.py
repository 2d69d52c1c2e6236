"""Reserve badges at the visitor desk: handed out by somebody, bound now or later (check-in.md, reserve)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge, BadgeDay
from exhibitions.badges.rules import number
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict
from exhibitions.expos.models import Gate
from exhibitions.visitors import queries, service
from exhibitions.visitors.models import Consent, Registration
from exhibitions.visitors.rules.registration import Channel, State
from tests.engines import both_engines
from tests.people import People
from tests.visitors.registering import PHONE, add, change_class, fair

DESK = "/desk/8th/visitor-desk"
PRINTED = "300 000 001-2"


@pytest.fixture
def reserve(app: Flask, people: People) -> tuple[int, str]:
    """A reserve badge of the trade class: its id and its number as it is typed."""
    people.bob.get("/desk/8th/?lang=en")
    return made(app)


def made(app: Flask, key: str = "trade") -> tuple[int, str]:
    with app.app_context(), transaction():
        badge_class = badge_queries.class_by_key(fair(), key)
        assert badge_class is not None
        (badge,) = badges.issue_reserves(fair(), badge_class, 1, SYSTEM)
        return badge.id, number.with_check(badge.number)


def give(people: People, code: str, name: str = "", phone: str = "") -> TestResponse:
    form = {"reserve-code": code, "reserve-name": name, "reserve-phone": phone}
    return people.bob.post(f"{DESK}/reserve", data=form, follow_redirects=True)


def facts(app: Flask, badge_id: int) -> Any:
    with app.app_context():
        badge = db.session.get_one(Badge, badge_id)
        return badge.holder_kind, badge.holder_id, badge.name


def only(app: Flask, question: sa.Executable) -> list[Any]:
    with app.app_context():
        return [tuple(row) for row in db.session.execute(question)]


def test_owner_colleague_and_stranger(app: Flask, people: People, reserve: tuple[int, str]) -> None:
    """Alice and Bob serve the desk; Charlie sees no fair, nobody signs in first."""
    someone = add(app)
    for path in (f"{DESK}/reserve", f"{DESK}/{someone}/reserve"):
        answers = [each.post(path).status_code for each in (people.charlie, people.nobody)]
        assert answers == [404, 303]
    assert people.bob.post(f"{DESK}/reserve").status_code == 422
    assert people.alice.post(f"{DESK}/reserve").status_code == 422
    assert people.bob.post(f"{DESK}/999999/reserve").status_code == 404


def test_bound_at_once_to_somebody_new(app: Flask, people: People, reserve: tuple[int, str]) -> None:
    badge_id, typed = reserve
    page = give(people, typed, "王敏", "138 0013 8000")
    assert page.status_code == 200
    assert "belongs to 王敏" in page.text
    ((registration_id, state, channel, class_id),) = only(
        app, sa.select(Registration.id, Registration.state, Registration.channel, Registration.class_id)
    )
    assert (state, channel) == (State.REGISTERED, Channel.DESK)
    assert facts(app, badge_id) == ("visitor", registration_id, "王敏")
    assert only(app, sa.select(Badge.class_id)) == [(class_id,)]
    assert len(only(app, sa.select(Consent.id))) == 1


def test_handed_out_now_and_bound_later(app: Flask, people: People, reserve: tuple[int, str]) -> None:
    badge_id, typed = reserve
    page = give(people, typed).text
    assert "is handed out" in page
    assert "by Bob, bound to nobody yet" in page
    assert facts(app, badge_id) == ("", None, "")
    assert "bound to nobody yet" in give(people, typed).text
    found = people.bob.post(f"{DESK}/search", data={"q": typed}, follow_redirects=True).text
    assert "by Bob, bound to nobody yet" in found
    assert f'value="{number.shown(int(typed[:9]))}"' in found
    assert "Nobody is found" not in found
    assert "belongs to 王敏" in give(people, number.shown(int(typed[:9])), "王敏").text
    with app.app_context():
        wanted = audit_queries.Wanted(action="badges.reserve_handed_out")
        (entry,) = audit.readable(audit_queries.entries(fair().id, wanted))
        assert (entry.actor_name, entry.subject_id) == ("Bob", badge_id)


def test_by_scan(app: Flask, people: People, reserve: tuple[int, str]) -> None:
    badge_id, _ = reserve
    with app.app_context():
        code = badges.code_of(fair(), db.session.get_one(Badge, badge_id))
    assert "belongs to" in give(people, f"{code}\r\n", "李雷").text
    forged = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert give(people, forged, "李雷").status_code in (404, 422)


def test_a_number_that_is_registered_gets_the_badge(
    app: Flask, people: People, reserve: tuple[int, str]
) -> None:
    """Nobody holds two: the badge before is void, says where the new one is, and its days go along."""
    badge_id, typed = reserve
    someone = add(app)
    with app.app_context(), transaction() as session:
        old = badge_queries.current_badge(fair(), queries.HOLDER, someone)
        assert old is not None
        gate = session.scalars(sa.select(Gate.id)).first()
        old_id = old.id
        for badge in (old_id, badge_id):
            day = clock.today("Asia/Shanghai")
            session.add(
                BadgeDay(expo_id=fair().id, badge_id=badge, day=day, first_at=clock.now(), first_gate_id=gate)
            )
    assert "belongs to 王敏" in give(people, typed, phone=PHONE).text
    assert facts(app, badge_id) == ("visitor", someone, "王敏")
    with app.app_context():
        old = db.session.get_one(Badge, old_id)
        assert (old.voided_at is not None, old.replaced_by_id) == (True, badge_id)
        current = badge_queries.current_badge(fair(), queries.HOLDER, someone)
        assert current is not None
        assert current.id == badge_id
        assert queries.found(fair(), queries.Filters()).total == 1
        assert len(queries.found(fair(), queries.Filters()).rows) == 1
    assert len(only(app, sa.select(BadgeDay.id).where(BadgeDay.badge_id == badge_id))) == 1


def test_bound_from_the_row_of_a_person(app: Flask, people: People, reserve: tuple[int, str]) -> None:
    badge_id, typed = reserve
    someone = add(app)
    row = people.bob.get(f"{DESK}?one={someone}").text
    assert f'action="{DESK}/{someone}/reserve"' in row
    for _ in range(2):
        page = people.bob.post(f"{DESK}/{someone}/reserve", data={"code": typed}, follow_redirects=True)
        assert "belongs to 王敏" in page.text
    assert facts(app, badge_id)[1] == someone
    wrong = people.bob.post(f"{DESK}/{someone}/reserve", data={"code": "nothing"}, follow_redirects=True)
    assert "type its ten digits" in wrong.text


def test_sent_twice_is_one_person(app: Flask, people: People, reserve: tuple[int, str]) -> None:
    for phone in ("", ""):
        assert give(people, reserve[1], "王敏", phone).status_code == 200
    assert len(only(app, sa.select(Registration.id))) == 1


def test_what_is_refused(app: Flask, people: People, reserve: tuple[int, str]) -> None:
    _, typed = reserve
    someone = add(app)
    own = only(app, sa.select(Badge.number).where(Badge.holder_id == someone))[0][0]
    vip = made(app, "vip")[1]
    for code, name, phone, sentence in (
        ("", "王敏", "", "type its ten digits"),
        ("12345", "王敏", "", "type its ten digits"),
        (number.with_check(200_000_001), "王敏", "", "No badge of this fair"),
        (number.with_check(own), "王敏", "", "not a valid reserve badge"),
        (typed, "", "13900139000", "not registered yet"),
        (typed, "李雷", PHONE, "registered under another name"),
        (typed, "李雷", "12", "Enter a mobile number"),
        (vip, "", PHONE, "of another class"),
    ):
        page = give(people, code, name, phone)
        assert page.status_code in (404, 409, 422), sentence
        assert page.text.count(sentence) == 2, sentence
        assert 'class="error-summary"' in page.text
    assert only(app, sa.select(Badge.id).where(Badge.reserve, Badge.holder_id.is_not(None))) == []
    assert len(only(app, sa.select(Registration.id))) == 1
    give(people, typed, "韩梅")
    assert "belongs to somebody already" in give(people, typed, "李雷").text
    assert "belongs to somebody already" in give(people, typed).text


def test_who_waits_for_approval_is_decided_first(
    app: Flask, people: People, reserve: tuple[int, str]
) -> None:
    change_class(app, "trade", needs_approval=True)
    add(app)
    assert "waits for approval" in give(people, reserve[1], phone=PHONE).text
    assert facts(app, reserve[0])[1] is None


def test_the_other_language_keeps_what_was_typed(people: People, reserve: tuple[int, str]) -> None:
    page = give(people, "12345", "王敏").text
    assert 'value="12345"' in page
    zh = people.bob.get(f"{DESK}?lang=zh").text
    assert "备用证" in zh


@both_engines
def test_one_badge_goes_to_one_of_those_who_want_it(app: Flask, people: People) -> None:
    badge_id, typed = made(app)

    def attempt(n: int) -> bool:
        with app.app_context():
            try:
                with transaction():
                    service.give_reserve(fair(), typed, service.Person(f"人{n}"), "zh", SYSTEM)
            except Conflict as refusal:
                assert refusal.code == "reserve_bound"  # noqa: PT017
                return False
            return True

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(attempt, range(6))).count(True) == 1
    assert len(only(app, sa.select(Registration.id))) == 1
    assert facts(app, badge_id)[1] is not None


def test_a_reserve_badge_of_a_class_that_needs_approval_is_valid(app: Flask, people: People) -> None:
    change_class(app, "vip", needs_approval=True)
    badge_id, _ = made(app, "vip")
    assert only(app, sa.select(Badge.approved_at.is_not(None)).where(Badge.id == badge_id)) == [(True,)]
