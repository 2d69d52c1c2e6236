"""O6: approving and refusing, one and many."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from flask import Flask

from exhibitions.badges.models import Badge
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict
from exhibitions.visitors.models import Registration
from exhibitions.visitors.rules.registration import Channel, State
from exhibitions.visitors.service import bulk, registration
from tests.engines import both_engines
from tests.people import People
from tests.visitors.listing import LIST
from tests.visitors.registering import add, all_rows, change_class, fair


@both_engines
@pytest.mark.parametrize("one", [True, False])
def test_of_two_who_decide_at_once_the_second_finds_it_decided(
    app: Flask, people: People, *, one: bool
) -> None:
    """O6: approved and refused at the same moment is one decision and one letter, alone and among many."""
    change_class(app, "trade", needs_approval=True)
    person = add(app, channel=Channel.ONLINE)
    begun, done = Event(), Event()

    def approve() -> None:
        with app.app_context(), transaction() as session:
            registration.approve(fair(), session.get_one(Registration, person), SYSTEM)
            session.flush()
            begun.set()
            done.wait(1)

    def refuse() -> int:
        begun.wait(10)
        try:
            with app.app_context(), transaction() as session:
                if not one:
                    return bulk.do(fair(), bulk.Deed("refuse"), [person], SYSTEM)
                with pytest.raises(Conflict):
                    registration.refuse(fair(), session.get_one(Registration, person), SYSTEM)
                return 0
        finally:
            done.set()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(approve), pool.submit(refuse)
        first.result()
        assert second.result() == 0
    assert [row.state for row in all_rows(app)] == [State.REGISTERED]


@both_engines
def test_approving_and_refusing_one_and_many(app: Flask, people: People) -> None:
    """O6: approve/refuse bulk; refusing many asks for their number to be typed."""
    change_class(app, "trade", needs_approval=True)
    for place in range(5):
        add(app, f"N{place}", f"+861380013{8000 + place}", channel=Channel.ONLINE)
    assert {row.state for row in all_rows(app)} == {State.WAITING}
    people.alice.post(f"{LIST}/1/decide", data={"decision": "approve"})
    people.alice.post(f"{LIST}/2/decide", data={"decision": "refuse"})
    again = people.alice.post(f"{LIST}/2/decide", data={"decision": "approve"})
    assert again.status_code == 409
    asked = people.alice.post(f"{LIST}/decide", data={"id": ["3", "4"], "decision": "refuse"})
    assert asked.status_code == 200
    wrong = people.alice.post(f"{LIST}/decide", data={"id": ["3", "4"], "decision": "refuse", "confirm": "3"})
    assert wrong.status_code == 422
    done = people.alice.post(f"{LIST}/decide", data={"id": ["3"], "decision": "refuse", "confirm": "1"})
    assert done.status_code == 303
    people.alice.post(f"{LIST}/decide?status=waiting", data={"all": "1", "decision": "approve"})
    assert [row.state for row in all_rows(app)] == [
        State.REGISTERED,
        State.REFUSED,
        State.REFUSED,
        State.REGISTERED,
        State.REGISTERED,
    ]
    with app.app_context():
        approved = [badge.approved_at is not None for badge in db.session.query(Badge).order_by(Badge.id)]
        cancelled = [badge.cancelled_at is not None for badge in db.session.query(Badge).order_by(Badge.id)]
    assert approved == [True, False, False, True, True]
    assert cancelled == [False, True, True, False, False]
