"""V3: a name in a group corrected, or the place given to somebody else, by who leads it."""

from __future__ import annotations

from threading import Thread

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.badges import queries as badge_queries
from exhibitions.badges.models import Badge, BadgeClass
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict
from exhibitions.visitors import queries, service
from exhibitions.visitors.models import Consent, Registration
from exhibitions.visitors.rules.registration import State
from exhibitions.visitors.rules.spelling import is_spelling
from tests.engines import both_engines
from tests.people import People
from tests.visitors.listing import came_in
from tests.visitors.registering import all_rows, change_class, change_fair, fair, link_of, register
from tests.visitors.test_groups_desk import make_group


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("李雷", "李磊", True),
        ("李雷", "韩梅", False),
        ("王", "汪", True),
        ("欧阳娜娜", "欧阳娜", True),
        ("Kim Minsu", "MINSU KIM", True),
        ("John Smith", "Jon Smyth", True),
        ("John Smith", "Ann Miller", False),
        ("李雷", "李 雷", True),
    ],
)
def test_a_spelling_is_a_letter_in_three_at_most(before: str, after: str, same: bool) -> None:
    assert is_spelling(before, after) is same


def _member(app: Flask, people: People) -> tuple[str, int, int, str]:
    """A leader's page, a member's registration and badge number, and the member's own page."""
    where = register(people.nobody)
    data = {"names": "李雷 13900139001", "confirmed": "1", "form_key": ""}
    assert people.nobody.post(f"{where}/colleagues", data=data).status_code == 303
    with app.app_context():
        person = db.session.scalars(sa.select(Registration).where(Registration.name == "李雷")).one().id
        badge = db.session.scalars(sa.select(Badge.number).where(Badge.name == "李雷")).one()
    return where, person, badge, link_of(app, person)


@both_engines
def test_somebody_else_gets_nothing_of_the_first_person(app: Flask, people: People) -> None:
    """Number, consents, links and code stay with who had them; the new badge is another, also when the fair is full."""
    where, _, number, own = _member(app, people)
    change_fair(app, capacity=2)
    one = f"{where}/colleagues/{number}"
    answer = people.nobody.post(f"{one}/change", data={"name": "韩梅", "who": "other"})
    assert answer.status_code == 303
    assert answer.location != one
    assert "韩梅" in people.nobody.get(answer.location).text
    rows = all_rows(app)
    assert [(row.name, row.phone, row.state) for row in rows[1:]] == [
        ("李雷", "+8613900139001", State.CANCELLED),
        ("韩梅", None, State.REGISTERED),
    ]
    assert (rows[2].company, rows[2].leader_id, rows[2].same_phone_id) == ("星河家居", rows[0].id, None)
    assert "韩梅" not in people.nobody.get(own).text
    with app.app_context():
        assert [each.purpose for each in queries.consents(fair(), rows[2])] == ["service"]
        live = sa.select(Badge).where(Badge.cancelled_at.is_(None)).order_by(Badge.id)
        assert [badge.name for badge in db.session.scalars(live)] == ["王敏", "韩梅"]
        assert db.session.scalar(sa.select(sa.func.count(Consent.id))) == 3
    # The place of who ended is not given a second time.
    assert people.nobody.post(f"{one}/change", data={"name": "赵六", "who": "other"}).status_code == 303
    assert len(all_rows(app)) == 3


def test_another_name_is_no_spelling(app: Flask, people: People) -> None:
    where, _, number, _own = _member(app, people)
    one = f"{where}/colleagues/{number}"
    page = people.nobody.post(f"{one}/change?lang=en", data={"name": "韩梅", "who": "same"})
    assert page.status_code == 422
    assert "looks like somebody else" in page.text
    assert people.nobody.post(f"{one}/change", data={"name": "李磊", "who": "same"}).location == one
    assert [(row.name, row.phone) for row in all_rows(app)[1:]] == [("李磊", "+8613900139001")]


def test_a_place_of_a_class_that_is_not_open_is_the_offices(app: Flask, people: People) -> None:
    where, person, number, _own = _member(app, people)
    with app.app_context(), transaction():
        row = queries.registration_of(fair(), person)
        vip = badges_class("vip")
        assert row is not None
        service.correct(fair(), row.registration, service.Person.of(row.registration), vip, SYSTEM)
    sent = {"name": "韩梅", "who": "other"}
    assert people.nobody.post(f"{where}/colleagues/{number}/change", data=sent).status_code == 422
    assert [row.state for row in all_rows(app)] == [State.REGISTERED] * 2


def badges_class(key: str) -> BadgeClass:
    found = badge_queries.class_by_key(fair(), key)
    assert found is not None
    return found


def test_where_each_is_approved_the_new_person_waits(app: Flask, people: People) -> None:
    where, _, number, _own = _member(app, people)
    change_class(app, "trade", needs_approval=True)
    sent = {"name": "韩梅", "who": "other"}
    assert people.nobody.post(f"{where}/colleagues/{number}/change", data=sent).status_code == 303
    assert all_rows(app)[2].state is State.WAITING


@both_engines
@pytest.mark.parametrize("deed", ["rename", "give_place"])
def test_who_came_in_meanwhile_keeps_name_and_place(app: Flask, people: People, deed: str) -> None:
    """The page was read before the scan: what counts is asked again behind the lock."""
    number = make_group(app, 1)
    with app.app_context():
        row = queries.registration_of(fair(), number + 1)
        leader = db.session.get_one(Registration, number)
        assert row is not None
        assert not row.came
        scan = Thread(target=came_in, args=(app, number + 1))
        scan.start()
        scan.join()

        def change() -> None:
            with transaction():
                if deed == "rename":
                    service.rename(fair(), row, "团员1", SYSTEM)
                else:
                    service.give_place(fair(), leader, row, "换人", SYSTEM)

        with pytest.raises(Conflict, match="came_already"):
            change()
    assert [each.name for each in all_rows(app)] == ["领队王", "团员0"]
