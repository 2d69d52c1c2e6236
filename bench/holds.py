"""Holds of stands: 200 who want one stand at the same moment, and 1,500 who want one each. Every answer after its commit.

The services are called by threads of this process, each with a session of its own, as the web's threads do; drawing the
page that says so is not in it. A hold on one stand is a race: what counts is how many are answered in a second, with a
winner or with the nearest free stand.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from bench.figures import Figure
from bench.served import durable_postgres
from exhibitions.app import create_app
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation
from exhibitions.stands.queries import holding as queries
from exhibitions.stands.service import holding
from tests import postgres
from tests.conftest import settings_for
from tests.exhibiting import make_exhibitor, make_stand
from tests.factories import make_expo

_STANDS, _AT_ONCE, _THREADS = 1_500, 200, 16
_BY = Actor("system")


@dataclass(frozen=True)
class _Fair:
    app: Flask
    expo: int
    people: Sequence[tuple[int, int]]
    stands: Sequence[int]


def measure(short: bool) -> Iterator[Figure]:
    """The figures; a short run has a thirtieth of the stands and an eighth of those who want one and the same."""
    stands, at_once = (_STANDS // 30, _AT_ONCE // 8) if short else (_STANDS, _AT_ONCE)
    for engine in ("SQLite", "PostgreSQL") if postgres.available() else ("SQLite",):
        with _fair(engine, stands, at_once) as fair:
            yield from _figures(engine, fair, at_once)


def _figures(engine: str, fair: _Fair, at_once: int) -> Iterator[Figure]:
    first, *_others = fair.stands
    results, seconds = _race(fair, [(first, *each) for each in fair.people[:at_once]], at_once)
    won, told = sum(results), len(results) - sum(results)
    note = f"{won} winner, {told} told the nearest free one; all in {seconds:.2f} s"
    yield Figure("holds wanted on one stand", engine, len(results) / seconds, "/s", note=note)
    rest = list(zip(fair.stands[1:], fair.people[at_once:], strict=False))
    results, seconds = _race(fair, [(stand, *each) for stand, each in rest], _THREADS)
    note = f"{sum(results)} holds by {_THREADS} threads"
    yield Figure(f"holds on {len(fair.stands):,} stands", engine, len(results) / seconds, "/s", note=note)
    yield Figure(
        "list of free stands",
        engine,
        _listing(fair),
        "ms",
        note=f"of {len(fair.stands):,} stands",
        least=True,
    )


def _race(fair: _Fair, wanted: Sequence[tuple[int, int, int]], threads: int) -> tuple[list[bool], float]:
    """Who got the stand, in the order of `wanted`, and the seconds from the common start to the last answer."""
    start = threading.Barrier(threads + 1)

    def ready() -> None:
        start.wait()

    with ThreadPoolExecutor(threads, initializer=ready) as pool:
        asked = [pool.submit(_hold, fair, *each) for each in wanted]
        start.wait()
        began = time.perf_counter()
        results = [one.result() for one in asked]
        return results, time.perf_counter() - began


def _hold(fair: _Fair, stand: int, exhibitor: int, person: int) -> bool:
    with fair.app.app_context():
        try:
            with transaction():
                expo = db.session.get_one(Expo, fair.expo)
                who = db.session.get_one(ExhibitorPerson, person)
                holding.hold(expo, db.session.get_one(Exhibitor, exhibitor), stand, _BY, person=who)
        except holding.Taken as taken:
            holding.told(db.session.get_one(Expo, fair.expo), taken)
            return False
        finally:
            db.session.remove()
        return True


def _listing(fair: _Fair) -> float:
    """The best of five, in milliseconds."""

    def once() -> float:
        began = time.perf_counter()
        queries.free(db.session.get_one(Expo, fair.expo), clock.now())
        return (time.perf_counter() - began) * 1000

    with fair.app.app_context(), transaction():
        db.session.execute(sa.delete(Allocation))
    with fair.app.app_context():
        return min(once() for _ in range(5))


@contextmanager
def _fair(engine: str, stands: int, at_once: int) -> Iterator[_Fair]:
    """A fair with so many stands and an admitted exhibitor for each, and for each who comes at once, on a disk that keeps what was committed."""
    with (
        tempfile.TemporaryDirectory() as folder,
        durable_postgres() if engine == "PostgreSQL" else nullcontext("") as url,
    ):
        app = create_app(settings_for(url or f"sqlite:///{folder}/bench.db", Path(folder)))
        with app.app_context():
            db.create_all()
            number = make_expo()
            with transaction():
                expo = db.session.get_one(Expo, number)
                places = [
                    make_stand(expo, f"{n // 50}A{n % 50:02d}", x=n % 50 * 3_000, y=n // 50 * 6_000).id
                    for n in range(stands)
                ]
                made = [make_exhibitor(expo, f"企业 {n}") for n in range(stands + at_once)]
                people = [(one.id, person.id) for one, person, _token in made]
        yield _Fair(app, number, people, places)
        with app.app_context():
            db.engine.dispose()
