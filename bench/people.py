"""O6 at 100,000 people: the list with each filter, the search, exports, and registrations beside an import.

Pages are asked of the application in this process, so that the time of the processor can be told from the wall: what
others do on the machine is in the latter only. On PostgreSQL the server's own time is in the wall alone.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from bench import crowd
from bench.figures import Figure
from bench.served import durable_postgres
from exhibitions.app import create_app
from exhibitions.core.db import db
from exhibitions.core.garbage import settle
from exhibitions.core.sheets.writing import csv_chunks
from tests import postgres
from tests.conftest import settings_for
from tests.factories import make_expo
from tests.people import make_people

LIST = "/desk/8th/visitors"
MOST_MS, PAGE_MS = 300, 60
PAGES = {
    "list": "",
    "by name": "?sort=name",
    "class": "?class=trade",
    "region": "?region=大连",
    "source": "?source=wechat",
    "waiting": "?status=waiting",
    "registered": "?status=registered",
    "visited": "?status=visited",
    "printed": "?printed=yes",
    "with e-mail": "?has=email",
    "page 1,900": "?page=1900",
    "all filters": "?class=trade&region=大连&source=wechat&status=visited&printed=no&has=phone&sort=name",
}
SEARCHES = {
    "one Han letter of 5 %": "敏",
    "one of everybody": "司",
    "two Han letters": "王敏",
    "pinyin": "wangm",
    "initials": "wm",
    "end of a phone": "8000",
    "nobody": "星",
}
COLUMNS = ["number", "name", "company", "phone", "email", "class", "region", "visit_day", "state"]


def measure(short: bool) -> Iterator[Figure]:
    """The figures; a short run has five hundred people and asks for every page twice."""
    people = 500 if short else 100_000
    for engine in ("SQLite", "PostgreSQL") if postgres.available() else ("SQLite",):
        with (
            durable_postgres() if engine == "PostgreSQL" else nullcontext("") as url,
            tempfile.TemporaryDirectory() as folder,
        ):
            app = create_app(settings_for(url or f"sqlite:///{folder}/bench.db", Path(folder)))
            app.config.update(WTF_CSRF_ENABLED=False)
            with app.app_context():
                db.create_all()
                expo_id = make_expo()
                crowd.fill(expo_id, people)
                if engine == "PostgreSQL":
                    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                        connection.exec_driver_sql("VACUUM ANALYZE")
                        crowd.count_on(connection)
            alice = make_people(app).alice
            settle()
            yield from _pages(alice, engine, 1 if short else 7)
            yield from _exports(app, alice, engine)
            yield from _registrations(app, engine, *((1, 500) if short else (60, 5_000)))
            with app.app_context():
                db.engine.dispose()


def _pages(client: FlaskClient, engine: str, times: int) -> Iterator[Figure]:
    for what, query in PAGES.items():
        yield _asked(client, f"O6 {what}", f"{LIST}{query}", engine, times, PAGE_MS)
    for what, text in SEARCHES.items():
        address = client.post(f"{LIST}/search", data={"q": text}).headers["Location"]
        yield _asked(client, f"search: {what}", address, engine, times, PAGE_MS)
    yield _asked(client, "O6 possible doubles", f"{LIST}/doubles", engine, times, MOST_MS)
    yield _asked(client, "O1 desk", "/desk/8th/", engine, times, MOST_MS)


def _asked(client: FlaskClient, what: str, address: str, engine: str, times: int, most: float) -> Figure:
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
    return Figure(what, engine, wall, "ms", limit=most, goal=most, least=True, note=f"own {cpu:.0f} ms")


def _exports(app: Flask, client: FlaskClient, engine: str) -> Iterator[Figure]:
    data: dict[str, Any] = {"reason": "bench", "columns": COLUMNS}
    with _peak() as peak:
        began = time.perf_counter()
        answer = client.post(f"{LIST}/export", data=data | {"format": "csv"}, buffered=False)
        size = sum(map(len, answer.iter_encoded()))
        spent = time.perf_counter() - began
        answer.close()
    yield Figure("export CSV", engine, spent, "s", limit=3, goal=3, least=True, note=f"{size / 1e6:.1f} MB")
    yield Figure("export CSV, memory more", engine, peak[0], "MiB", limit=150, goal=150, least=True)
    with _peak() as peak:
        began = time.perf_counter()
        answer = client.post(f"{LIST}/export", data=data | {"format": "xlsx"})
        run = app.test_cli_runner().invoke(args=["jobs", "work", "--once"])
        spent = time.perf_counter() - began
    if run.exit_code or answer.status_code != 303:
        raise RuntimeError(run.output)
    yield Figure("export XLSX by the worker", engine, spent, "s", limit=8, goal=8, least=True)
    yield Figure("export XLSX, memory more", engine, peak[0], "MiB", limit=150, goal=150, least=True)


@contextmanager
def _peak() -> Iterator[list[float]]:
    """How much the process grew meanwhile at most, in MiB."""
    found, over = [0.0], threading.Event()
    before = _resident()

    def watch() -> None:
        while not over.wait(0.05):
            found[0] = max(found[0], _resident() - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        over.set()
        watcher.join()


def _resident() -> float:
    status = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in status if line.startswith("VmRSS"))) / 1024


def _registrations(app: Flask, engine: str, seconds: int, rows: int) -> Iterator[Figure]:
    """Ten a second from one address, as the phones of a hall behind one router send them, while a list is brought in."""
    over = threading.Event()
    importing = threading.Thread(target=_import, args=(app, over, rows))
    importing.start()
    times, refused = [], Counter[int]()
    numbers, began = count(15_000_000_000), time.perf_counter()
    for place in range(seconds * 10):
        time.sleep(max(0.0, began + place / 10 - time.perf_counter()))
        number = next(numbers)
        sent = time.perf_counter()
        # Each is a phone of its own, as yet without any cookie.
        answer = app.test_client().post(
            "/8th/register",
            data={
                "form_key": f"form-{number}",
                "phone": str(number),
                "name": "观众",
                "visitor_class": "public",
                "region": "大连",
                "visit_day": "",
            },
        )
        times.append((time.perf_counter() - sent) * 1000)
        if answer.status_code != 303:
            refused[answer.status_code] += 1
    over.set()
    importing.join()
    times.sort()
    slow = times[len(times) * 95 // 100]
    yield Figure(
        "600 registrations a minute beside an import, p95",
        engine,
        slow,
        "ms",
        limit=300,
        goal=300,
        least=True,
    )
    note = ", ".join(f"{number} times {status}" for status, number in refused.items())
    yield Figure("the same, refused", engine, refused.total(), "", goal=0, least=True, note=note)


def _import(app: Flask, over: threading.Event, size: int) -> None:
    """Bring lists of so many rows in, one after the other."""
    numbers = count(17_000_000_000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        while not over.is_set():
            rows = [["姓名", "手机号"], *([f"张{n}", str(next(numbers))] for n in range(size))]
            path.write_bytes(b"".join(csv_chunks(rows)))
            app.test_cli_runner().invoke(args=["import", "visitors", "--expo", "8th", str(path)])
