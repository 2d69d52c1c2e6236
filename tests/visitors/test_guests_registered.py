"""What a guest's answer does to the registration: to one that was there before, that waits, that was merged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from exhibitions.audit.models import Entry
from exhibitions.badges import queries as badge_queries
from exhibitions.core.actor import SYSTEM
from exhibitions.core.clock import now
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict
from exhibitions.expos import queries as expo_queries
from exhibitions.visitors import service as visitors
from exhibitions.visitors.models import Guest, Registration
from exhibitions.visitors.rules.guests import GuestFacts, GuestState, double_key
from exhibitions.visitors.rules.registration import Channel, State
from exhibitions.visitors.service import guests, merging
from exhibitions.visitors.service.unique import flush_unique
from tests.engines import both_engines
from tests.factories import make_expo
from tests.visitors.registering import add, change_class, fair
from tests.visitors.test_guests import ZHAO, answer, guest, registration


@both_engines
def test_an_invitation_is_the_approval(app: Flask) -> None:
    with app.app_context():
        make_expo()
    change_class(app, "media", needs_approval=True)
    person = add(app, ZHAO.name, ZHAO.phone, key="media", channel=Channel.ONLINE)
    answer(app, guest(app), GuestState.CONFIRMED)
    assert registration(app, person) == (State.REGISTERED, "vip", "部长", True)
    with app.app_context():
        badge = badge_queries.current_badge(fair(), "visitor", person)
        assert badge is not None
        assert badge.approved_at is not None
        noted = sa.select(Entry.action).where(Entry.subject_id == person, Entry.subject_kind == "visitor")
        assert "visitors.registered" in db.session.scalars(noted).all()[1:], "audited, beside the first entry"


def merged(app: Flask, kept_id: int, gone_id: int, **choice: str) -> None:
    with app.app_context(), transaction():
        kept, gone = db.session.get_one(Registration, kept_id), db.session.get_one(Registration, gone_id)
        merging.merge(fair(), kept, gone, choice, None, SYSTEM)


@pytest.mark.parametrize("removed", [False, True])
@both_engines
def test_v6_after_a_merge_the_badge_that_stayed_is_taken_away(app: Flask, removed: bool) -> None:
    with app.app_context():
        make_expo()
    number = guest(app)
    answer(app, number, GuestState.CONFIRMED)
    middle = add(app, ZHAO.name, None, email="zhao@example.org")
    last = add(app, ZHAO.name, None, email="minister@example.org")
    merged(app, middle, 1, class_id="gone")
    merged(app, last, middle, class_id="gone")
    assert registration(app, last) == (State.REGISTERED, "vip", "部长", True)
    if removed:
        with app.app_context(), transaction():
            guests.remove_guest(fair(), db.session.get_one(Guest, number), SYSTEM)
    else:
        answer(app, number, GuestState.DECLINED)
    state, _key, _title, opens = registration(app, last)
    assert (state, opens) == (State.CANCELLED, False)


@both_engines
def test_v6_after_a_merge_who_was_there_before_goes_back_to_the_class(app: Flask) -> None:
    with app.app_context():
        make_expo()
    person = add(app, ZHAO.name, ZHAO.phone)
    number = guest(app)
    answer(app, number, GuestState.CONFIRMED)
    other = add(app, ZHAO.name, None, email="zhao@example.org")
    merged(app, other, person, class_id="gone")
    answer(app, number, GuestState.DECLINED)
    assert registration(app, other) == (State.REGISTERED, "trade", "部长", True)


def facts_of(app: Flask, number: int) -> tuple[str, date | None, str]:
    """Company, day and job title of a registration."""
    with app.app_context():
        row = db.session.get_one(Registration, number)
        return row.company, row.visit_day, row.title


@both_engines
def test_p8_what_is_not_known_of_a_guest_stays_as_the_person_gave_it(app: Flask) -> None:
    with app.app_context():
        make_expo()
        day = expo_queries.visitor_days(fair())[0]
    person = add(app, ZHAO.name, ZHAO.phone, company="星河家居", visit_day=day)
    with app.app_context(), transaction():
        db.session.get_one(Registration, person).title = "经理"
    number = guest(app, GuestFacts(ZHAO.name, phone=ZHAO.phone))
    for state in (GuestState.CONFIRMED, GuestState.DECLINED, GuestState.CONFIRMED):
        answer(app, number, state)
        assert facts_of(app, person) == ("星河家居", day, "经理")
    change(app, number, GuestFacts(ZHAO.name, "部长", arrives_on=day + timedelta(days=1)))
    assert facts_of(app, person) == ("星河家居", day + timedelta(days=1), "部长")
    change(app, number, GuestFacts(ZHAO.name))
    assert facts_of(app, person) == ("星河家居", day + timedelta(days=1), "部长")


@both_engines
def test_what_is_taken_from_a_guest_is_taken_from_the_badge_that_came_with_it(app: Flask) -> None:
    with app.app_context():
        make_expo()
        day = expo_queries.visitor_days(fair())[0]
    number = guest(app, replace(ZHAO, arrives_on=day))
    answer(app, number, GuestState.CONFIRMED)
    assert facts_of(app, 1) == (ZHAO.organisation, day, "部长")
    change(app, number, GuestFacts(ZHAO.name, arrives_on=day - timedelta(days=30)))
    assert facts_of(app, 1) == ("", None, "")


@both_engines
def test_who_was_a_vip_before_still_is_one(app: Flask) -> None:
    with app.app_context():
        make_expo()
    person = add(app, ZHAO.name, ZHAO.phone, key="vip")
    number = guest(app)
    for state in (GuestState.INVITED, GuestState.DECLINED):
        answer(app, number, GuestState.CONFIRMED)
        answer(app, number, state)
        assert registration(app, person)[:2] == (State.REGISTERED, "vip")


@both_engines
def test_whom_the_office_has_moved_since_stays_there(app: Flask) -> None:
    with app.app_context():
        make_expo()
    person = add(app, ZHAO.name, ZHAO.phone)
    number = guest(app)
    answer(app, number, GuestState.CONFIRMED)
    with app.app_context(), transaction():
        expo, row = fair(), db.session.get_one(Registration, person)
        media = badge_queries.class_by_key(expo, "media")
        assert media is not None
        visitors.correct(expo, row, visitors.Person.of(row), media, SYSTEM)
    answer(app, number, GuestState.DECLINED)
    assert registration(app, person)[:2] == (State.REGISTERED, "media")


@both_engines
def test_the_class_of_before_may_have_gone(app: Flask) -> None:
    with app.app_context():
        make_expo()
    person = add(app, ZHAO.name, ZHAO.phone, key="media")
    number = guest(app)
    answer(app, number, GuestState.CONFIRMED)
    with app.app_context(), transaction():
        db.session.get_one(Guest, number).class_before_id = None
        first = next(each.key for each in badge_queries.classes(fair()) if each.registrable)
    answer(app, number, GuestState.DECLINED)
    assert registration(app, person)[:2] == (State.REGISTERED, first)


def change(app: Flask, number: int, facts: GuestFacts) -> None:
    with app.app_context(), transaction():
        guests.change_guest(fair(), db.session.get_one(Guest, number), facts, SYSTEM)


@both_engines
def test_p9_who_is_erased_takes_nobody_else_s_guest_along(app: Flask) -> None:
    """The number of an office stands with a guest, and with somebody else who registered."""
    with app.app_context():
        make_expo()
    guest(app, replace(ZHAO, name="钱部长"))
    guest(app, GuestFacts("Zhao Min", phone="+8613800138009"))
    other = add(app, "王敏", ZHAO.phone)
    same = add(app, "ZHAO MIN", "+8613800138009")
    for person, left in ((other, ["钱部长", "Zhao Min"]), (same, ["钱部长"])):
        with app.app_context():
            with transaction():
                row = db.session.get_one(Registration, person)
                copy = visitors.export_person(fair(), row)
                assert len(copy["guest"]) == 2 - len(left)  # type: ignore[arg-type]
                visitors.erase_person(row)
            assert db.session.scalars(sa.select(Guest.name).order_by(Guest.id)).all() == left


@both_engines
def test_p9_who_is_erased_after_a_merge_is_no_guest_any_more(app: Flask) -> None:
    with app.app_context():
        make_expo()
    answer(app, guest(app), GuestState.CONFIRMED)
    other = add(app, "赵", None, email="zhao@example.org")
    merged(app, other, 1, phone="kept", name="kept")
    with app.app_context(), transaction():
        db.session.get_one(Registration, other).phone = None
        visitors.erase_person(db.session.get_one(Registration, other))
        assert db.session.scalars(sa.select(Guest)).all() == []


@both_engines
def test_p19_only_the_constraint_that_spoke_is_said(app: Flask) -> None:
    with app.app_context():
        make_expo()
    guest(app)
    both = replace(ZHAO, name="另一位"), replace(ZHAO, phone=None)
    for facts, code in zip(both, ("guest_phone_known", "guest_known"), strict=True):
        with app.app_context(), pytest.raises(Conflict) as conflict, transaction():
            guests.add_guests(fair(), [facts], SYSTEM)
        assert conflict.value.code == code
    with app.app_context(), pytest.raises(IntegrityError), transaction():
        ask_only_for_the_phone()


def ask_only_for_the_phone() -> None:
    row = Guest(expo_id=fair().id, name="x", double_key=double_key(ZHAO), created_at=now(), changed_at=now())
    db.session.add(row)
    flush_unique("guests", {"phone": ("guest_phone_known", "")})
