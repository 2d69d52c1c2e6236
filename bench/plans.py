"""The floor plan at 1,500 stands: how heavy the drawing is, how long it takes, its checks, and a table of 184 stands."""

from __future__ import annotations

import gzip
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.figures import Figure
from exhibitions.app import create_app
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.stands.rules.background import Unit
from exhibitions.stands.rules.facts import HallFacts
from exhibitions.stands.service import drawing, importing, versions
from tests.conftest import settings_for
from tests.factories import make_expo

_STANDS, _SHORT = 1_500, 150
_TABLE = 184
_IN_A_ROW = 50


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
        page = app.test_client().get("/8th/exhibitors-and-map")
        yield _seconds(
            f"map of {count + _TABLE:,} stands, page, for each 1,000",
            lambda: app.test_client().get("/8th/exhibitors-and-map"),
            0.5,
            (count + _TABLE) / 1_000,
        )
        text = page.get_data()
        drawn = text.split(b'<svg class="plan-drawing"')[1].split(b"</svg>")[0]
        yield Figure(
            f"drawing of {count + _TABLE:,} stands",
            "gzip",
            len(gzip.compress(drawn)) / 1024,
            "kB",
            goal=60,
            least=True,
        )


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
