"""O6 at 100,000 people: which indexes the list asks, and how often it asks. Times are the bench's business."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from exhibitions.badges.models import Badge, BadgeDay
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo, Gate
from exhibitions.visitors import queries
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import Filters
from exhibitions.visitors.queries.same_person import suspected
from exhibitions.visitors.rules.registration import State
from tests.asked import counted
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People
from tests.visitors.listing import LIST
from tests.visitors.registering import add, fair

_LIST, _SEARCH, _NAMES, _STATES, _PRINTED = (
    f"USING COVERING INDEX {name}"
    for name in (
        "ix_registrations_list",
        "ix_registrations_search",
        "ix_registrations_names",
        "ix_registrations_expo_id_state",
        "ix_badges_printed",
    )
)


@contextmanager
def _planned(app: Flask) -> Iterator[list[str]]:
    """How SQLite goes about each question for people that is asked meanwhile, one text a question."""
    with app.app_context():
        engine = db.engine
    plans: list[str] = []

    def note(_c: object, cursor: object, statement: str, values: Sequence[object], *_: object) -> None:
        if "FROM registrations" in statement or "FROM badges" in statement:
            raw = engine.raw_connection()
            try:
                found = raw.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", values)
                plans.append("; ".join(row[3] for row in found.fetchall()))
            finally:
                raw.close()

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield plans
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def _fair_of_one(app: Flask) -> Expo:
    make_expo()
    add(app)
    return fair()


@pytest.mark.parametrize(
    ("filters", "first", "total"),
    [
        (Filters(), _SEARCH, _STATES),
        (Filters(class_key="trade"), _LIST, _LIST),
        (Filters(region="大连"), _LIST, "USING COVERING INDEX ix_registrations_expo_id_region"),
        (Filters(has="email"), _LIST, _LIST),
        (Filters(order="name"), _NAMES, _STATES),
        (Filters(order="-company", class_key="trade"), _LIST, _LIST),
        (Filters(text="敏"), _SEARCH, _SEARCH),
        (Filters(text="wangm"), _SEARCH, _SEARCH),
        (Filters(text="敏", class_key="trade", order="name"), _LIST, _SEARCH),
        (Filters(state="waiting"), _LIST, _STATES),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_who_is_wanted_is_asked_of_indexes_alone(
    app: Flask, filters: Filters, first: str, total: str
) -> None:
    """Decision 0008: neither the page nor the total reads the rows of people, and each is asked of a narrow index."""
    with app.app_context():
        expo = _fair_of_one(app)
        with _planned(app) as plans:
            queries.ids_of(expo, filters)
            queries.count(expo, filters)
    looked, totalled = plans
    assert first in looked, plans
    assert total in totalled, plans
    assert not [step for step in looked.split("; ") if "registrations" in step and "COVERING" not in step]


@pytest.mark.parametrize("printed", [True, False])
def test_printed_badges_are_counted_by_their_own_index(app: Flask, printed: bool) -> None:
    with app.app_context():
        expo = _fair_of_one(app)
        with _planned(app) as plans:
            queries.count(expo, Filters(printed=printed))
            queries.count(expo, Filters(printed=printed, class_key="trade"))
    assert all("ix_badges_printed" in plan for plan in (plans[0], plans[-1])), plans


def test_who_visited_is_counted_without_a_look_at_everybody(app: Flask) -> None:
    """The badges of the fair by holder, and their days: two narrow indexes."""
    with app.app_context():
        expo = _fair_of_one(app)
        with _planned(app) as plans:
            queries.count(expo, Filters(state="visited"))
    assert len(plans) == 1
    assert "registrations" not in plans[0]
    assert "badges USING COVERING INDEX ix_badges_holder" in plans[0]


def test_doubles_are_looked_for_among_namesakes(app: Flask) -> None:
    """Both groupings walk the index in which namesakes stand together; those of one company need no sorting at all."""
    with app.app_context():
        expo = _fair_of_one(app)
        with _planned(app) as plans:
            suspected(expo)
    assert all(_NAMES in plan for plan in plans[:2]), plans
    assert "TEMP B-TREE" not in plans[0]


def test_a_page_asks_as_much_for_many_people_as_for_few(app: Flask, people: People) -> None:
    """Not a question for each row."""

    def asked(client: FlaskClient, query: str) -> int:
        with counted(app) as found:
            assert client.get(f"{LIST}{query}").status_code == 200
        return len(found)

    add(app)
    few = {
        query: asked(people.alice, query)
        for query in ("", "?class=trade", "?status=registered", "?sort=name")
    }
    for place in range(12):
        add(app, f"王{place}", f"+86139001390{place:02}")
    for query, number in few.items():
        assert asked(people.alice, query) == number, query


def _let_in(session: Session, badges: Sequence[Badge]) -> None:
    gate = session.scalars(sa.select(Gate.id).limit(1)).one()
    for badge in badges:
        day = BadgeDay(expo_id=badge.expo_id, badge_id=badge.id, day=date(2016, 8, 19), first_at=clock.now())
        day.first_gate_id = gate
        session.add(day)


@both_engines
def test_totals_by_badges_are_those_of_the_list(app: Flask) -> None:
    """States and printed badges, whichever way they are counted: a second badge counts nobody twice, and who was here and
    cancelled later is no registered person.
    """
    with app.app_context():
        make_expo()
        make_expo("9th", 9)
    for place in range(9):
        add(app, f"王{place}", f"+8613800138{place:03}")
    add(app, "别届观众", slug="9th")
    with app.app_context(), transaction() as session:
        badges = session.scalars(sa.select(Badge).order_by(Badge.id)).all()
        for badge in badges[::2]:
            badge.prints = 2
        # One badge of the first person is another one of the second now, as after merging.
        badges[0].holder_id = badges[1].holder_id
        badges[0].voided_at = badges[0].issued_at
        people = session.scalars(sa.select(Registration).order_by(Registration.id)).all()
        people[2].state, people[3].state, people[4].state = State.WAITING, State.CANCELLED, State.REFUSED
        _let_in(session, badges[:5])
    with app.app_context():
        expo = fair()
        for state in ("", "waiting", "registered", "visited", "cancelled", "refused"):
            for printed in (None, True, False):
                for text in ("", "王", "8000"):
                    filters = Filters(state=state, printed=printed, text=text)
                    assert queries.count(expo, filters) == len(queries.ids_of(expo, filters)), filters
        assert queries.count(expo, Filters(state="visited")) == 4
        assert queries.count(expo, Filters(state="registered")) == 5
        assert queries.count(expo, Filters(printed=True)) == 5


@both_engines
def test_digits_are_an_end_of_a_number_or_stand_in_a_name(app: Flask) -> None:
    """O6: not the middle of a phone number, nor an address; the same with a filter beside it, which asks another index."""
    with app.app_context():
        make_expo()
    add(app, "王敏", "+8613800138000", company="星河")
    add(app, "李强", "+8613880001111", email="u8000@example.com")
    add(app, "Area 8000", "+8613900139001")
    add(app, "张三", "+8613900139002", company="北京8000商贸")
    with app.app_context():
        for filters in (Filters(text="8000"), Filters(text="8000", has="phone", order="name")):
            names = {row.registration.name for row in queries.found(fair(), filters).rows}
            assert names == {"王敏", "Area 8000", "张三"}
            assert queries.count(fair(), filters) == 3
