"""Guests of honour whom two people change at the same moment: nothing is half done, and nobody sees a fault."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit.models import Entry
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import NotFound
from exhibitions.visitors.models import Guest, Registration
from exhibitions.visitors.rules.guests import GuestFacts, GuestState
from exhibitions.visitors.rules.registration import State
from exhibitions.visitors.service import guests
from tests.engines import both_engines
from tests.people import People
from tests.visitors.registering import at_once, fair
from tests.visitors.test_guests import PAGE, guest

ROUNDS = 6


@both_engines
def test_b7_who_is_confirmed_and_removed_at_once_has_no_badge_without_a_guest(
    app: Flask, people: People
) -> None:
    for turn in range(ROUNDS):
        name = f"客{turn}"
        number = guest(app, GuestFacts(name, phone=f"+86138001381{turn:02}"))

        def act(which: int, number: int = number) -> int:
            if which:
                return people.alice.post(f"{PAGE}/{number}/remove").status_code
            return people.dora.post(f"{PAGE}/{number}/answer", data={"answer": "confirmed"}).status_code

        confirmed, removed = at_once(act, 2)
        assert confirmed in {303, 404}
        assert removed == 303
        with app.app_context():
            assert db.session.get(Guest, number) is None
            theirs = sa.select(Registration.state).where(Registration.name == name)
            assert State.REGISTERED not in db.session.scalars(theirs).all()


@both_engines
def test_b7_a_guest_is_removed_once_and_changed_no_more(app: Flask, people: People) -> None:
    number = guest(app)
    browsers = (people.alice, people.dora)
    answers = at_once(lambda which: browsers[which].post(f"{PAGE}/{number}/remove").status_code, 2)
    assert sorted(answers) in ([303, 303], [303, 404])
    with app.app_context():
        removed = sa.select(sa.func.count()).where(Entry.action == "visitors.guest_removed")
        assert db.session.scalar(removed) == 1


@both_engines
def test_what_comes_too_late_finds_no_guest(app: Flask, people: People) -> None:
    number = guest(app)
    with app.app_context():
        row = db.session.get_one(Guest, number)
        assert people.alice.post(f"{PAGE}/{number}/remove").status_code == 303
        expo = fair()
        late: list[Callable[[], None]] = [
            lambda: guests.change_guest(expo, row, GuestFacts("另一位"), SYSTEM),
            lambda: guests.answer_guest(expo, row, GuestState.CONFIRMED, SYSTEM),
            lambda: guests.remove_guest(expo, row, SYSTEM),
        ]
        for deed in late:
            with pytest.raises(NotFound), transaction():
                deed()
