"""Exhibitors at their size: the register and the list at 5,000 companies, a plan of 1,500 stands, a contract.

Pages are asked of the application in this process. The wall holds what others do on the machine; the processor's time does not.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from bench.figures import Figure
from exhibitions.app import create_app
from exhibitions.companies import service as companies
from exhibitions.companies.rules.facts import CompanyFacts
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.garbage import settle
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import directory
from exhibitions.expos.models import Expo, Hall
from exhibitions.orders.queries import checking
from exhibitions.orders.service import contracts, ordering
from exhibitions.portal.service.demo.exhibition import PRICES, Bill
from exhibitions.stands.models import Stand
from exhibitions.stands.rules.facts import HallFacts, StandFacts
from exhibitions.stands.rules.plan import StandKind
from exhibitions.stands.rules.rows import Numbering, Row
from exhibitions.stands.service import assigning, drawing, price_lists, versions
from tests.conftest import settings_for
from tests.exhibiting import make_exhibitor
from tests.factories import make_expo
from tests.people import People, make_people

_SIDE = 3_000
_PAGE_MS = 60
_TURNS = 9
_SEARCHES = {
    "two Han letters": "家居",
    "pinyin": "jiaju",
    "initials": "jj",
    "English": "Home",
    "nobody": "鑫鑫鑫",
}


def measure(short: bool) -> Iterator[Figure]:
    """The figures; a short run has a fiftieth of the companies and stands."""
    share = 50 if short else 1
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_for(f"sqlite:///{folder}/bench.db", Path(folder)))
        app.config.update(WTF_CSRF_ENABLED=False)
        with app.app_context():
            db.create_all()
            expo_id = make_expo()
            _register(5_000 // share)
            _plan(expo_id, 1_500 // share)
            _exhibitors(expo_id, 1_000 // share)
            _set_prices(expo_id)
            db.session.remove()
        people = make_people(app)
        settle()
        times = 1 if short else _TURNS
        yield from _lists(people, times)
        yield from _plans(people, times)
        yield from _papers(app, expo_id, 1 if short else 3)


def _register(count: int) -> None:
    goods = ("家居", "食品", "电器", "玩具", "服饰")
    with transaction():
        for number in range(count):
            word = goods[number % len(goods)]
            facts = CompanyFacts(
                name_zh=f"大连第{number}{word}有限公司",
                name_en=f"Dalian Home {number} Co., Ltd.",
                region="大连",
            )
            companies.add(facts, SYSTEM)


def _plan(expo_id: int, count: int) -> None:
    """Halls of 300 stands each, published."""
    by_hall = min(count, 300)
    with transaction():
        expo = db.session.get_one(Expo, expo_id)
        for place in range(-(-count // by_hall)):
            hall = Hall(expo_id=expo_id, code=f"H{place + 1}", name_zh=f"{place + 1}号馆", position=place + 1)
            db.session.add(hall)
            db.session.flush()
            drawing.measure_hall(expo, hall.id, HallFacts(95_000, 100_000), SYSTEM)
            like = StandFacts("X1", hall.id, ((0, 0), (1, 0), (1, 1)), StandKind.SHELL)
            for row in range(-(-by_hall // 60)):
                top = 3_000 + row * (2 * _SIDE + _SIDE)
                start = row * 100 + 1
                front, back = (
                    Numbering(start=start + more, prefix=f"{place + 1}.", digits=3) for more in (0, 50)
                )
                laid = Row(2_000, top, 30, _SIDE, _SIDE, numbering=front, back=back)
                drawing.lay_row(expo, hall.id, laid, like, SYSTEM)
        versions.save(expo, "", SYSTEM, publish=True)


def _exhibitors(expo_id: int, count: int) -> None:
    with transaction():
        expo = db.session.get_one(Expo, expo_id)
        for number in range(count):
            make_exhibitor(expo, f"大连第{number}家居参展有限公司", State.PAID)
        make_exhibitor(expo, "大连签约有限公司", State.ADMITTED)
        directory.publish(expo, SYSTEM)


def _set_prices(expo_id: int) -> None:
    with transaction():
        expo = db.session.get_one(Expo, expo_id)
        price_lists.save(expo, lambda _list: PRICES, SYSTEM)
        price_lists.put_in_force(expo, SYSTEM)


def _lists(people: People, times: int) -> Iterator[Figure]:
    desk, office = people.alice, people.dora
    yield _asked(office, "register of companies", "/desk/companies", times, _PAGE_MS)
    yield _asked(desk, "O4 list", "/desk/8th/exhibitors", times, _PAGE_MS)
    yield _asked(desk, "O4 board", "/desk/8th/exhibitors/board", times, 300)
    for what, text in _SEARCHES.items():
        word = office.post("/desk/companies/search", data={"q": text}).headers["Location"]
        yield _asked(office, f"register, search: {what}", word, times, _PAGE_MS)
        word = desk.post("/desk/8th/exhibitors/search", data={"q": text}).headers["Location"]
        yield _asked(desk, f"O4, search: {what}", word, times, _PAGE_MS)


def _plans(people: People, times: int) -> Iterator[Figure]:
    address = "/8th/exhibitors-and-map"
    yield _asked(people.nobody, "V5 plan and table", address, times, 500)
    yield _asked(people.alice, "O3 floor plan", "/desk/8th/floor-plan", times, 500)


def _papers(app: Flask, expo_id: int, times: int) -> Iterator[Figure]:
    with app.test_request_context():
        with transaction():
            expo = db.session.get_one(Expo, expo_id)
            exhibitor = db.session.query(Exhibitor).filter_by(expo_id=expo_id, state=State.ADMITTED).one()
            assigning.assign(expo, exhibitor, _first_stand(expo_id), SYSTEM)
            mark = checking.check(expo, exhibitor, clock.now()).mark
            order = ordering.confirm(expo, exhibitor, exhibitor.people[0], mark, Bill("签约有限公司"), SYSTEM)
        yield _timed("contract as PDF", lambda: contracts.draw(expo, [order], "zh"), times, 1_000)


def _first_stand(expo_id: int) -> int:
    return min(number for (number,) in db.session.query(Stand.id).filter_by(expo_id=expo_id))


def _timed(what: str, work: Callable[[], object], times: int, most: float) -> Figure:
    walls = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        walls.append((time.perf_counter() - began) * 1000)
    return Figure(what, "SQLite", statistics.median(walls), "ms", limit=most, goal=most, least=True)


def _asked(client: FlaskClient, what: str, address: str, times: int, most: float) -> Figure:
    """The median of the wall, with the processor's time beside it. The first answer, which fills caches, is left out."""
    walls, own = [], []
    for _ in range(times + 1):
        began, spent = time.perf_counter(), time.process_time()
        answer = client.get(address)
        walls.append((time.perf_counter() - began) * 1000)
        own.append((time.process_time() - spent) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
    wall, cpu = statistics.median(walls[1:]), statistics.median(own[1:])
    return Figure(what, "SQLite", wall, "ms", limit=most, goal=most, least=True, note=f"own {cpu:.0f} ms")
