"""The floor plan at 1,500 stands, each with an exhibitor that is named there: how heavy the drawing is, how long it takes
on the server and in a browser, what a search takes, its checks, and a table of 184 stands (ux.md V5, O3)."""

from __future__ import annotations

import gzip
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flask import Flask
from playwright.sync_api import sync_playwright

from bench.figures import Figure
from exhibitions.app import create_app
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.search import search_line
from exhibitions.exhibitors.models import DirectoryEntry, ExhibitorSettings
from exhibitions.exhibitors.rules.directory import EntryState
from exhibitions.exhibitors.rules.states import State
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules.allocation import AllocationKind
from exhibitions.stands.rules.background import Unit
from exhibitions.stands.rules.facts import HallFacts
from exhibitions.stands.service import drawing, importing, versions
from tests.conftest import settings_for
from tests.e2e.conftest import serving
from tests.e2e.look import chromium
from tests.exhibiting import make_exhibitor
from tests.factories import make_expo

_STANDS, _SHORT = 1_500, 150
_TABLE = 184
_IN_A_ROW = 50
_MAP = "/8th/exhibitors-and-map"
_WORDS = ("星河", "金海", "华光", "永丰", "东方", "晨曦", "宏达")
_TRIES = 5
# Until a frame has been painted.
_FRAME = "await new Promise(done => requestAnimationFrame(() => setTimeout(done)));"
_DRAWN = f"""async () => {{
  {_FRAME}
  return performance.now() - performance.getEntriesByType("navigation")[0].responseEnd;
}}"""
_ZOOMED = f"""async () => {{
  const began = performance.now();
  document.querySelector("[data-zoom=in]").click();
  {_FRAME}
  return performance.now() - began;
}}"""
# From the end of the pause, which plan.js waits for before it searches.
_SEARCHED = f"""async () => {{
  const field = document.querySelector("[data-plan-filter]");
  const row = document.querySelector("[data-plan-rows] tr");
  const began = performance.now();
  field.value = "B0777";
  field.dispatchEvent(new Event("input"));
  while (!row.hidden) await new Promise(done => setTimeout(done));
  {_FRAME}
  return performance.now() - began - 60;
}}"""


def measure(short: bool) -> Iterator[Figure]:
    """The figures; a short run draws a tenth of the stands."""
    count = _SHORT if short else _STANDS
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_for(f"sqlite:///{folder}/plans.db", Path(folder)))
        with app.app_context():
            db.create_all()
            make_expo()
            expo = expos.expo_by_slug("8th")
            if expo is None:
                raise RuntimeError("the fair was not made")
            with transaction():
                drawing.measure_hall(expo, expo.halls[0].id, HallFacts(170_000, 220_000), SYSTEM)
            yield _seconds(f"table of {_TABLE} stands imported", lambda: _import(expo, _TABLE, "A"), 5)
            _import(expo, count, "B")
            yield _seconds(f"checks of {count + _TABLE:,} stands", lambda: drawing.findings(expo), None)
            with transaction():
                versions.save(expo, "", SYSTEM, publish=True)
            db.session.remove()
            _name_everybody(expo)
            db.session.remove()
        yield from _on_the_server(app, count + _TABLE)
        if chromium() is not None:
            yield from _in_a_browser(app, count + _TABLE)


def _on_the_server(app: Flask, count: int) -> Iterator[Figure]:
    client = app.test_client()
    client.get(_MAP)
    yield _seconds(
        f"map of {count:,} stands, page, for each 1,000", lambda: client.get(_MAP), 0.5, count / 1_000
    )
    client.post(f"{_MAP}/found", data={"stand": "dengju"})
    yield _seconds(
        f"search among {count:,} named stands",
        lambda: client.post(f"{_MAP}/found", data={"stand": "dengju"}),
        0.06,
    )
    text = client.get(_MAP).get_data()
    drawn = text.split(b'<svg class="plan-drawing"')[1].split(b"</svg>")[0]
    for what, content, goal in (("drawing", drawn, 60), ("page with its list", text, 100)):
        weight = len(gzip.compress(content)) / 1024
        yield Figure(f"{what} of {count:,} stands", "gzip", weight, "kB", goal=goal, least=True)


def _in_a_browser(app: Flask, count: int) -> Iterator[Figure]:
    """From the last byte of the page to the frame with the plan in it; then what a zoom and a typed word take."""
    with serving(app) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        found: dict[str, list[float]] = {"drawn": [], "zoomed": [], "searched": []}
        for _ in range(_TRIES):
            page.goto(url + _MAP, wait_until="load")
            found["drawn"].append(page.evaluate(_DRAWN))
            found["zoomed"].append(page.evaluate(_ZOOMED))
            found["searched"].append(page.evaluate(_SEARCHED))
        browser.close()
    for what, name, goal, parts in (
        (f"map of {count:,} stands in Chromium: drawn, for each 1,000", "drawn", 500, count / 1_000),
        (f"map of {count:,} stands in Chromium: made larger", "zoomed", 100, 1),
        (f"map of {count:,} stands in Chromium: a word typed", "searched", 100, 1),
    ):
        yield Figure(what, f"best of {_TRIES}", min(found[name]) / parts, "ms", goal=goal, least=True)


def _name_everybody(expo: Expo) -> None:
    """Every stand with an exhibitor under contract whose entry is public: the map at its heaviest."""
    now = clock.now()
    with transaction() as session:
        for number, stand in enumerate(queries.stands(expo)):
            name = f"大连{_WORDS[number % 7]}{_WORDS[number // 7 % 7]}{number}灯具有限公司"
            exhibitor, _person, _token = make_exhibitor(expo, name, State.CONTRACTED)
            entry = DirectoryEntry(
                expo_id=expo.id,
                exhibitor_id=exhibitor.id,
                number=f"D{number:09d}",
                state=EntryState.SENT,
                name_zh=name,
                name_en=f"Dalian {number} Lighting Co., Ltd.",
                changed_at=now,
                search=search_line(name, "", None, None),
            )
            row = Allocation(
                expo_id=expo.id,
                stand_id=stand.id,
                exhibitor_id=exhibitor.id,
                kind=AllocationKind.ASSIGNED,
                since=now,
            )
            session.add_all([entry, row])
        session.add(ExhibitorSettings(expo_id=expo.id, changed_at=now, directory_published_at=now))


def _import(expo: Expo, count: int, letter: str) -> None:
    down = 6 if letter == "A" else 40
    lines = [
        f"{letter}{place:04d},{6 + 3 * (place % _IN_A_ROW)},{down + 6 * (place // _IN_A_ROW)},3,3"
        for place in range(count)
    ]
    content = "\n".join(["number,x,y,w,d", *lines]).encode()
    with importing.opened(content) as table, transaction():
        importing.draw(expo, table, Unit.METRE, SYSTEM)


def _seconds(what: str, act: Callable[[], object], goal: float | None, parts: float = 1) -> Figure:
    began = time.perf_counter()
    act()
    return Figure(what, "SQLite", (time.perf_counter() - began) / parts, "s", goal=goal, least=True)
