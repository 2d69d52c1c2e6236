"""A fair with halls, prices, a stand that an exhibitor holds, and its link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation
from exhibitions.stands.rules.allocation import AllocationKind
from tests.exhibiting import make_exhibitor, make_hall_plan, make_stand
from tests.factories import make_expo
from tests.orders.pricing import CORNER, put_in_force
from tests.people import People


@dataclass
class Sale:
    """An exhibitor with a corner stand A01 of 9 m² that it holds."""

    expo: Expo
    # As a test uses it: with its company.
    exhibitor: Any
    person: ExhibitorPerson
    token: str
    hold: Allocation

    @property
    def url(self) -> str:
        return f"/8th/exhibitor/{self.token}/order"


def held(expo: Expo, exhibitor: Exhibitor, stand_id: int) -> Allocation:
    """A hold of a day."""
    now = clock.now()
    row = Allocation(
        expo_id=expo.id,
        stand_id=stand_id,
        exhibitor_id=exhibitor.id,
        kind=AllocationKind.HOLD,
        since=now,
        until=now + timedelta(days=1),
    )
    db.session.add(row)
    db.session.flush()
    return row


@pytest.fixture
def sale(app: Flask) -> Iterator[Sale]:
    """The fair "8th" with prices in force and a hold, inside an application context."""
    with app.app_context():
        expo = db.session.get_one(Expo, make_expo())
        with transaction():
            make_hall_plan(expo)
            exhibitor, person, token = make_exhibitor(expo)
            stand = make_stand(expo, "A01", open_sides=2)
            hold = held(expo, exhibitor, stand.id)
            put_in_force(expo, CORNER)
        yield Sale(expo, exhibitor, person, token, hold)


@pytest.fixture
def people(people: People) -> People:
    """The same people, who read English: tests of money quote its sentences."""
    for browser in vars(people).values():
        browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return people
