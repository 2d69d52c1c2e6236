"""O6: two registrations of one person are merged, count once (V-6), and are parted within 30 days."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.badges.models import Badge, BadgeDay
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.gates.queries.figures import setting
from exhibitions.visitors import queries, service
from exhibitions.visitors.models import Merge, Registration
from exhibitions.visitors.queries import Filters
from exhibitions.visitors.rules import merging as rules
from exhibitions.visitors.rules.registration import State
from exhibitions.visitors.service import merging
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People
from tests.visitors.listing import LIST, came_in, search, text_of
from tests.visitors.registering import add, all_rows, change_class, fair, link_of

FIELDS = ("name", "company", "phone", "email", "region", "visit_day", "class_id", "state", "search")


def two(app: Flask) -> tuple[int, int]:
    """One person twice: by phone in one, by e-mail in the other."""
    return (
        add(app, "王敏", company="星河"),
        add(app, "王敏", None, email="wang@example.org", region="大连", key="vip"),
    )


def facts(app: Flask, number: int) -> tuple[object, ...]:
    row = next(row for row in all_rows(app) if row.id == number)
    return tuple(getattr(row, name) for name in FIELDS)


def badges_of(app: Flask) -> dict[int, tuple[int | None, bool, int | None]]:
    with app.app_context():
        rows = db.session.scalars(sa.select(Badge).order_by(Badge.id))
        return {row.id: (row.holder_id, row.voided_at is None, row.replaced_by_id) for row in rows}


def persons(app: Flask) -> set[object]:
    with app.app_context():
        return {holder.person for holder in setting(fair()).badges.values()}


@both_engines
def test_v6_two_registrations_of_one_person_become_one_and_come_apart(app: Flask, people: People) -> None:
    kept, gone = two(app)
    came_in(app, gone)
    before = facts(app, kept), facts(app, gone), badges_of(app)
    assert len(persons(app)) == 2
    page = text_of(people.bob, f"{LIST}/{kept}/merge?with={gone}")
    assert re.search(r'id="email-gone"\s+name="email"\s+value="gone"\s+checked', page)
    assert "138****8000" in page
    assert "wang@example.org" not in page
    data = {"with": str(gone), "class_id": "gone", "live": "1"}
    assert people.bob.post(f"{LIST}/{kept}/merge", data=data).status_code == 303
    one, other = (row for row in all_rows(app) if row.id in (kept, gone))
    assert (one.phone, one.email, one.region, one.company) == (
        "+8613800138000",
        "wang@example.org",
        "大连",
        "星河",
    )
    assert other.state is State.CANCELLED
    assert badges_of(app) == {1: (kept, True, None), 2: (kept, False, 1)}
    # The day of the other badge is the live one's, too: the person is not first twice, and has visited.
    with app.app_context():
        assert [row.registration.id for row in queries.found(fair(), Filters(state="visited")).rows] == [kept]
        assert db.session.scalar(sa.select(Badge.class_id).where(Badge.id == 1)) == one.class_id
    assert len(persons(app)) == 1
    # The ended one is found as well, as cancelled, and leads to the one that stays.
    assert search(people.bob, "wang@example.org") == ["王敏", "王敏"]
    assert f'href="{LIST}/{kept}"' in text_of(people.bob, f"{LIST}/{gone}")
    assert people.bob.post(f"{LIST}/merges/1/part").status_code == 303
    assert (facts(app, kept), facts(app, gone), badges_of(app)) == before
    with app.app_context():
        assert db.session.scalars(sa.select(BadgeDay.badge_id)).all() == [2]
        assert db.session.get_one(Merge, 1).before == {}
    assert len(persons(app)) == 2


@both_engines
def test_an_entry_after_the_merge_stays_with_the_badge_that_came_in(app: Flask, people: People) -> None:
    kept, gone = two(app)
    people.bob.post(f"{LIST}/{kept}/merge", data={"with": str(gone), "live": "2"})
    assert badges_of(app) == {1: (kept, False, 2), 2: (kept, True, None)}
    came_in(app, kept)
    people.bob.post(f"{LIST}/merges/1/part")
    with app.app_context():
        assert db.session.scalars(sa.select(BadgeDay.badge_id)).all() == [2]


def test_the_link_of_the_ended_registration_opens_the_badge_that_stays(app: Flask, people: People) -> None:
    kept, gone = two(app)
    path = link_of(app, gone)
    people.bob.post(f"{LIST}/{kept}/merge", data={"with": str(gone)})
    page = text_of(people.nobody, path)
    assert "code.png" in page


def test_parting_is_refused_when_it_is_over_or_somebody_else_has_the_number(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, gone = two(app)
    people.bob.post(f"{LIST}/{kept}/merge", data={"with": str(gone), "email": "kept"})
    add(app, "别人", "+8613900139001", email="wang@example.org")
    people.bob.post(f"{LIST}/merges/1/part")
    assert all_rows(app)[1].state is State.CANCELLED
    later = clock.now() + timedelta(days=31)
    with app.app_context(), transaction():
        assert merging.forget(clock.now()) == 0
        assert merging.forget(later) == 1
        assert merging.forget(later) == 0
    with app.app_context(), transaction(), pytest.raises(Refused) as refusal:
        merging.part(fair(), db.session.get_one(Merge, 1), SYSTEM)
    assert refusal.value.code == "parting_late"


def test_what_happened_since_is_not_undone(app: Flask, people: People) -> None:
    kept, gone = two(app)
    third = add(app, "王敏", "+8613900139002")
    people.bob.post(f"{LIST}/{kept}/merge", data={"with": str(gone)})
    people.bob.post(f"{LIST}/{kept}/merge", data={"with": str(third)})
    with app.app_context(), transaction(), pytest.raises(Conflict):
        merging.part(fair(), db.session.get_one(Merge, 1), SYSTEM)
    assert len(persons(app)) == 1
    assert people.bob.post(f"{LIST}/{kept}/merge", data={"with": str(gone)}).status_code == 303
    assert people.bob.post(f"{LIST}/{kept}/merge", data={"with": str(kept)}).status_code == 200
    people.bob.post(f"{LIST}/merges/2/part")
    people.bob.post(f"{LIST}/merges/1/part")
    assert len(persons(app)) == 3


def test_who_waits_is_let_in_by_the_one_who_was(app: Flask, people: People) -> None:
    change_class(app, "public", needs_approval=True)
    kept = add(app, "王敏", key="public")
    gone = add(app, "王敏", None, email="wang@example.org")
    with app.app_context(), transaction():
        db.session.get_one(Registration, kept).state = State.WAITING
    people.bob.post(f"{LIST}/{kept}/merge", data={"with": str(gone)})
    assert all_rows(app)[0].state is State.REGISTERED


def test_p9_nothing_of_an_erased_person_is_left_in_a_merge(app: Flask, people: People) -> None:
    kept, gone = two(app)
    people.bob.post(f"{LIST}/{kept}/merge", data={"with": str(gone)})
    with app.app_context(), transaction():
        service.erase_person(db.session.get_one(Registration, gone))
        assert db.session.get_one(Merge, 1).before == {}


def test_doubles_are_found_and_namesakes_are_not_taken_for_them(app: Flask, people: People) -> None:
    add(app, "王敏", company="星河")
    add(app, "王敏", None, email="a@example.org", company="星河")
    add(app, "汪敏", "+8613900139001", company="星河")
    add(app, "王敏", "+8613900139002", company="别家")
    add(app, "Lee", "+8210123456789")
    add(app, "Lee", "+8610123456789")
    with app.app_context():
        assert [(one.id, other.id) for one, other in queries.suspected(fair())] == [(1, 2), (5, 6)]
        names = [row.id for row in queries.namesakes(fair(), db.session.get_one(Registration, 1))]
        assert names == [2, 4]
    assert "with=2" in text_of(people.bob, f"{LIST}/doubles")
    page = text_of(people.bob, f"{LIST}/1/merge")
    assert "with=2" in page
    found = people.bob.post(f"{LIST}/1/merge/find", data={"q": "汪敏"}).headers["Location"]
    assert "with=3" in text_of(people.bob, found)


def test_nobody_of_another_fair_is_merged(app: Flask, people: People) -> None:
    with app.app_context():
        make_expo("9th", 9)
    other, mine = add(app, "别届", slug="9th"), add(app)
    assert people.alice.get(f"{LIST}/{mine}/merge?with={other}").status_code == 404
    assert people.alice.post(f"{LIST}/{mine}/merge", data={"with": str(other)}).status_code == 404
    assert people.alice.post(f"{LIST}/merges/1/part").status_code == 404
    assert people.charlie.post(f"{LIST}/{mine}/merge", data={"with": str(other)}).status_code == 404


class Side:
    """What the rules ask of a registration."""

    def __init__(self, **fields: object) -> None:
        vars(self).update(dict.fromkeys(rules.FIELDS, ""), **fields)


def test_what_is_empty_is_taken_from_the_other_and_a_contact_must_stay() -> None:
    kept, gone = Side(name="王敏", phone="+86"), Side(name="王", email="a@b.c")
    assert rules.suggested(kept, gone)["email"] == rules.GONE
    assert rules.suggested(kept, gone)["name"] == rules.KEPT
    fields = rules.chosen({"name": "gone", "region": "nonsense"}, kept, gone)
    assert (fields["name"], fields["phone"], fields["email"]) == ("王", "+86", "a@b.c")
    with pytest.raises(Refused):
        rules.chosen({"phone": "gone", "email": "kept"}, kept, gone)
    now = clock.now()
    assert rules.can_part(now, now + timedelta(days=29))
    assert not rules.can_part(now, now + timedelta(days=30))
