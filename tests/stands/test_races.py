"""One stand, many at once: exactly one holder, the others are told at once, on both databases (issue C demand 5)."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Busy, Conflict, Refused
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson, ExhibitorSettings
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation, Stand
from exhibitions.stands.rules.allocation import AllocationKind
from exhibitions.stands.rules.plan import StandKind
from exhibitions.stands.rules.wishes import Order
from exhibitions.stands.service import assigning, drawing, holding, merging, proposing
from tests.engines import both_engines
from tests.exhibiting import make_exhibitor, make_hall_plan, make_stand
from tests.factories import make_expo

pytestmark = both_engines
MANY = 200
OFFICE = Actor("system")


@dataclass
class Fair:
    app: Flask
    expo: int
    people: list[tuple[int, int]]
    stands: list[int]


@pytest.fixture
def fair(app: Flask) -> Fair:
    """A fair with 200 admitted exhibitors and three stands in a row."""
    with app.app_context():
        number = make_expo()
        with transaction():
            expo = db.session.get_one(Expo, number)
            made = [make_exhibitor(expo, f"企业 {n}") for n in range(MANY)]
            stands = [make_stand(expo, f"A0{n}", x=3000 * n).id for n in (1, 2, 3)]
            return Fair(app, number, [(one.id, person.id) for one, person, _ in made], stands)


def at_once(fair: Fair, works: list[Callable[[Expo], Any]]) -> list[Any]:
    """Do all works in threads that start at the same moment; a refusal is a result."""
    start = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[Expo], Any]) -> None:
        with fair.app.app_context():
            start.wait()
            try:
                with transaction():
                    results[place] = work(db.session.get_one(Expo, fair.expo))
            except holding.Taken as taken:
                results[place] = holding.told(db.session.get_one(Expo, fair.expo), taken)
            except Refused as refusal:
                results[place] = refusal
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def holds(stand: int, exhibitor: int, person: int) -> Callable[[Expo], int]:
    def work(expo: Expo) -> int:
        who = db.session.get_one(ExhibitorPerson, person)
        row = holding.hold(expo, db.session.get_one(Exhibitor, exhibitor), stand, OFFICE, person=who)
        return row.exhibitor_id

    return work


def changes(kind: StandKind) -> Callable[[Expo], int]:
    return lambda expo: drawing.change_many(expo, ["A02"], {"kind": kind}, OFFICE, sure=True)


def live(fair: Fair) -> list[tuple[int, int]]:
    with fair.app.app_context():
        rows = sa.select(Allocation.stand_id, Allocation.exhibitor_id).where(Allocation.ended_at.is_(None))
        return [(stand, exhibitor) for stand, exhibitor in db.session.execute(rows)]


def test_200_requests_for_one_stand_have_one_winner(fair: Fair) -> None:
    results = at_once(fair, [holds(fair.stands[0], *each) for each in fair.people])
    winners = [result for result in results if isinstance(result, int)]
    others = [result for result in results if isinstance(result, Conflict)]
    assert (len(winners), len(others)) == (1, MANY - 1)
    assert Counter((one.code, one.params["number"], one.params["other"]) for one in others) == {
        ("stand_taken", "A01", "A02"): MANY - 1
    }
    assert live(fair) == [(fair.stands[0], winners[0])]


def test_an_expired_hold_has_one_winner_too(fair: Fair) -> None:
    first, *others = fair.people[:41]
    with fair.app.app_context(), transaction():
        expo = db.session.get_one(Expo, fair.expo)
        row = holding.hold(expo, db.session.get_one(Exhibitor, first[0]), fair.stands[0], OFFICE)
        row.until = clock.now() - timedelta(microseconds=1)
    results = at_once(fair, [holds(fair.stands[0], *each) for each in others])
    assert sum(isinstance(result, int) for result in results) == 1
    assert len(live(fair)) == 1


def test_two_clicks_are_one_hold_and_two_stands_are_one_too_many(fair: Fair) -> None:
    """E2: two clicks at the same instant; and the limit of one stand holds for two tabs at once."""
    me = fair.people[0]
    clicks = at_once(fair, [holds(fair.stands[0], *me) for _ in range(16)])
    assert clicks == [me[0]] * 16
    other = fair.people[1]
    tabs = at_once(fair, [holds(stand, *other) for stand in fair.stands[1:] for _ in range(8)])
    assert Counter(isinstance(result, int) for result in tabs) == {True: 8, False: 8}
    assert sorted(exhibitor for _, exhibitor in live(fair)) == sorted([me[0], other[0]])


def test_moves_and_exchanges_at_once_leave_one_holder_a_stand(fair: Fair) -> None:
    with fair.app.app_context(), transaction():
        expo = db.session.get_one(Expo, fair.expo)
        pairs = zip(fair.people[:2], fair.stands, strict=False)
        given = [
            assigning.assign(expo, db.session.get_one(Exhibitor, who), stand, OFFICE)[0].id
            for (who, _), stand in pairs
        ]
    deeds: list[Callable[[Expo], Any]] = []
    for _ in range(8):
        deeds += [
            lambda expo: assigning.exchange(expo, given[0], given[1], OFFICE),
            lambda expo: assigning.exchange(expo, given[1], given[0], OFFICE),
            *(lambda expo, row=row: assigning.move(expo, row, fair.stands[2], OFFICE) for row in given),
            holds(fair.stands[2], *fair.people[5]),
        ]
    results = at_once(fair, deeds)
    assert all(result is not None for result in results)
    found = live(fair)
    assert len(found) == len({stand for stand, _ in found})
    kinds = sa.select(Allocation.exhibitor_id).where(
        Allocation.ended_at.is_(None), Allocation.kind == AllocationKind.ASSIGNED
    )
    with fair.app.app_context():
        assert sorted(db.session.scalars(kinds)) == sorted(who for who, _ in fair.people[:2])


def test_a_plan_is_not_changed_under_who_takes_a_stand(fair: Fair) -> None:
    """A stand that is taken off or merged away is nobody's, and one that somebody took stays on the plan."""
    with fair.app.app_context(), transaction():
        expo = db.session.get_one(Expo, fair.expo)
        make_hall_plan(expo)
    deeds: list[Callable[[Expo], Any]] = [
        lambda expo: drawing.remove_stands(expo, ["A01"], OFFICE),
        lambda expo: merging.merge(expo, ["A02", "A03"], "A03", OFFICE).id,
    ]
    takers = [holds(stand, *who) for stand in fair.stands for who in fair.people[:8]]
    results = at_once(fair, [deed for pair in itertools.zip_longest(takers, deeds) for deed in pair if deed])
    assert not [result for result in results if isinstance(result, Busy)]
    with fair.app.app_context():
        there = set(db.session.scalars(sa.select(Stand.id).where(Stand.retired_at.is_(None))))
    assert {stand for stand, _ in live(fair)} <= there


def test_deeds_about_several_exhibitors_do_not_wait_for_each_other(fair: Fair) -> None:
    """Locks are taken in one order (docs/architecture.md): a proposal, its reverse, an exchange, a plan deed and the
    exhibitors themselves at once; nobody is told that the server is busy."""
    with fair.app.app_context(), transaction():
        expo = db.session.get_one(Expo, fair.expo)
        make_hall_plan(expo)
        settings = ExhibitorSettings(expo_id=expo.id, changed_at=clock.now(), data={})
        settings.stands_frozen_at = clock.now()
        db.session.add(settings)
        one, two = (db.session.get_one(Exhibitor, who) for who, _ in fair.people[:2])
        rows = [
            assigning.assign(expo, who, stand, OFFICE)[0].id
            for who, stand in zip((one, two), fair.stands, strict=False)
        ]

    def proposed(expo: Expo, places: tuple[int, int]) -> int:
        given = [
            (db.session.get_one(Exhibitor, fair.people[at][0]), fair.stands[1 - place])
            for place, at in enumerate(places)
        ]
        return proposing.carry_out(expo, given, Order.FIRST_COME, "", OFFICE)

    deeds: list[Callable[[Expo], Any]] = []
    for kind in (StandKind.RAW, StandKind.SHELL, StandKind.UPGRADED):
        deeds += [
            lambda expo: proposed(expo, (0, 1)),
            lambda expo: proposed(expo, (1, 0)),
            lambda expo: assigning.exchange(expo, rows[0], rows[1], OFFICE),
            changes(kind),
            lambda expo: len(assigning.keep(expo, db.session.get_one(Exhibitor, fair.people[0][0]), OFFICE)),
            holds(fair.stands[2], *fair.people[0]),
            holds(fair.stands[2], *fair.people[1]),
        ]
    results = at_once(fair, deeds)
    assert not [result for result in results if result is None or isinstance(result, Busy)]
    found = live(fair)
    assert len(found) == len({stand for stand, _ in found})


def test_that_the_index_is_the_last_judge(fair: Fair) -> None:
    """Even who forgets to lock and to ask writes no second live row."""
    with fair.app.app_context(), transaction():
        expo = db.session.get_one(Expo, fair.expo)
        stand = holding.locked(expo, fair.stands[:1])[0]
        one, other = (db.session.get_one(Exhibitor, who) for who, _ in itertools.islice(fair.people, 2))
        now = clock.now()
        holding.add(expo, one, stand, AllocationKind.HOLD, OFFICE, now, until=now + timedelta(hours=1))
        with pytest.raises(Conflict, match="stand_taken"):
            holding.add(expo, other, stand, AllocationKind.ASSIGNED, OFFICE, now)
    assert len(live(fair)) == 1
