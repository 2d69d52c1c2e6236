"""How the list of registrations looks people up in a large fair: near first, by numbers, and always the same people."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.badges.models import Badge, BadgeDay
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Gate
from exhibitions.visitors import queries
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import Filters
from exhibitions.visitors.queries.people import rows
from tests.asked import counted
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People
from tests.visitors.listing import LIST
from tests.visitors.registering import add, fair


@both_engines
@pytest.mark.parametrize("near", [1, 7, 100])
def test_lists_that_go_by_badges_are_the_same_however_far_one_looks(
    app: Flask, monkeypatch: pytest.MonkeyPatch, near: int
) -> None:
    """Visited, registered and printed: pages, total and export agree, whether a page is found near or far."""
    with app.app_context():
        make_expo()
    for place in range(20):
        add(app, f"王{place}", f"+86138001380{place:02}")
    with app.app_context(), transaction() as session:
        gate = session.scalars(sa.select(Gate.id).limit(1)).one()
        for place, badge in enumerate(session.scalars(sa.select(Badge).order_by(Badge.id)), start=1):
            badge.prints = place % 2
            if place % 3:
                day = BadgeDay(
                    expo_id=badge.expo_id, badge_id=badge.id, day=date(2016, 8, 19), first_at=clock.now()
                )
                day.first_gate_id = gate
                session.add(day)
    monkeypatch.setattr("exhibitions.visitors.queries.listing._NEAR", near)
    with app.app_context():
        for filters, total in (
            (Filters(state="visited"), 14),
            (Filters(state="registered"), 6),
            (Filters(printed=True), 10),
            (Filters(printed=False, state="visited", text="王", order="name"), 7),
            (Filters(printed=False, state="visited", class_key="trade"), 7),
            (Filters(printed=True, state="waiting"), 0),
        ):
            pages = [queries.found(fair(), filters, page, 3) for page in range(1, 8)]
            assert {page.total for page in pages} == {total}, filters
            ids = [row.registration.id for page in pages[: pages[0].last] for row in page.rows]
            assert len(ids) == total, filters
            assert ids == list(queries.ids_of(fair(), filters))


def test_rows_of_a_page_are_found_by_their_numbers(app: Flask) -> None:
    """Not by an index of everybody in the fair, which SQLite would take for fifty of 100,000."""
    with app.app_context():
        make_expo()
        asked = (
            rows(fair())
            .where(Registration.id.in_([1, 2]))
            .compile(db.engine, compile_kwargs={"literal_binds": True})
        )
        plan = [row[3] for row in db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {asked}"))]
    assert plan[0] == "SEARCH registrations USING INTEGER PRIMARY KEY (rowid=?)"


def test_a_page_and_its_total_are_one_look(app: Flask, people: People) -> None:
    for place in range(3):
        add(app, f"王{place}", f"+8613800138{place:03}")
    with counted(app) as asked:
        assert people.alice.get(f"{LIST}?class=trade").status_code == 200
    assert [each for each in asked if "count(*)" in each and "registrations" in each.split("WHERE")[0]] == []
