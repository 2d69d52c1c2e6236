"""What a guest's answer does to the registration: to one that was there before, that waits, that was merged."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit.models import Entry
from exhibitions.badges import queries as badge_queries
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.visitors.models import Guest, Registration
from exhibitions.visitors.rules.guests import GuestState
from exhibitions.visitors.rules.registration import Channel, State
from exhibitions.visitors.service import guests, merging
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
