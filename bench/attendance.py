"""Attendance over the scans of a whole fair, read from the database and counted, and what the live board costs then.

300,000 scans of 80,000 badges on four days: entries, re-entries, exits, refusals, and staff that never count.
"""

from __future__ import annotations

import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 - repeatable draws of a bench.
from typing import Any

import sqlalchemy as sa

from bench.figures import Figure
from bench.served import durable_postgres
from exhibitions.app import create_app
from exhibitions.badges.models import Badge, BadgeClass
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo, Gate
from exhibitions.gates.models import Scan
from exhibitions.gates.queries import figures
from exhibitions.gates.service import pairing
from exhibitions.reports.queries import board
from tests import postgres
from tests.conftest import settings_for
from tests.factories import make_expo

_SCANS, _BADGES = 300_000, 80_000
_SHORT = 100
_PART = 10_000
_CLASSES = ("trade", "trade", "trade", "public", "public", "exhibitor", "media")


@dataclass(frozen=True)
class _Fair:
    expo_id: int
    device_id: int
    gates: list[int]
    opens: datetime


def measure(short: bool) -> Iterator[Figure]:
    """The figures; a short run counts a hundredth of the scans."""
    scans, badges = (_SCANS // _SHORT, _BADGES // _SHORT) if short else (_SCANS, _BADGES)
    for engine in ("SQLite", "PostgreSQL") if postgres.available() else ("SQLite",):
        with durable_postgres() if engine == "PostgreSQL" else nullcontext("") as url, _fair(url) as fair:
            _fill(fair, scans, badges)
            yield from _figures(fair, engine, scans)


def _figures(fair: _Fair, engine: str, scans: int) -> Iterator[Figure]:
    expo = db.session.get_one(Expo, fair.expo_id)
    seconds, found = _best(lambda: figures.attendance(expo))
    note = f"{found.total.visits:,} visits of {found.total.visitors:,} visitors"
    yield Figure(f"attendance over {scans:,} scans", engine, seconds, "s", note=note)
    yield Figure("scans counted", engine, scans / seconds, "/s")
    reading, _ = _best(lambda: figures.scans(expo))
    yield Figure("of that, reading the scans", engine, reading, "s")
    first, _ = _timed(lambda: board.board(expo))
    yield Figure("live board, first of a process", engine, first, "s")
    time.sleep(1.1)
    again, _ = _timed(lambda: board.board(expo))
    yield Figure("live board, a second later, nothing new", engine, again * 1000, "ms", goal=300, least=True)
    with transaction() as session:
        session.execute(sa.insert(Scan), [_scan(fair, 1, Random(1))])
    time.sleep(1.1)
    changed, _ = _timed(lambda: board.board(expo))
    yield Figure("live board, a second later, one scan more", engine, changed, "s", goal=1, least=True)
    shared, _ = _timed(lambda: board.board(expo))
    yield Figure("live board, every further watcher", engine, shared * 1000, "ms")


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def _best(work: Callable[[], Any]) -> tuple[float, Any]:
    return min((_timed(work) for _ in range(3)), key=lambda each: each[0])


@contextmanager
def _fair(url: str) -> Iterator[_Fair]:
    """A fair on a database of its own, with a device, inside the context of an application on it."""
    folder = Path(tempfile.mkdtemp(prefix="attendance-"))
    app = create_app(settings_for(url or f"sqlite:///{folder / 'bench.db'}", folder))
    with app.app_context():
        db.create_all()
        start = clock.today("Asia/Shanghai") - timedelta(days=4)
        expo_id = make_expo(start=start)
        with transaction() as session:
            gates = list(session.scalars(sa.select(Gate).where(Gate.code.in_(("A", "B")))))
            device, _token = pairing.pair(session.get_one(Expo, expo_id), pairing.Rights(gates))
            opens = datetime.combine(start, datetime.min.time(), tzinfo=UTC) + timedelta(hours=1)
            made = _Fair(expo_id, device.id, [gate.id for gate in gates], opens)
        yield made
        db.session.remove()
        db.engine.dispose()
    shutil.rmtree(folder)


def _fill(fair: _Fair, scans: int, badges: int) -> None:
    draw = Random(8)
    classes = dict(db.session.execute(sa.select(BadgeClass.key, BadgeClass.id)).all())
    with transaction() as session:
        for start in range(0, badges, _PART):
            rows = [_badge(fair, n, classes, draw) for n in range(start, min(start + _PART, badges))]
            session.execute(sa.insert(Badge), rows)
        numbers = list(session.scalars(sa.select(Badge.id).order_by(Badge.id)))
        for start in range(0, scans, _PART):
            rows = [_scan(fair, draw.choice(numbers), draw) for _ in range(min(_PART, scans - start))]
            session.execute(sa.insert(Scan), rows)


def _badge(fair: _Fair, n: int, classes: dict[str, int], draw: Random) -> dict[str, Any]:
    return {
        "expo_id": fair.expo_id,
        "class_id": classes[draw.choice(_CLASSES)],
        "number": 200_000_000 + n,
        "holder_kind": "visitor",
        "holder_id": n,
        "name": f"观众{n}",
        "company": "大连星河工艺品有限公司",
        "region": draw.choice(("LN", "BJ", "SD", "KR", "JP", "")),
        "class_number": 1,
        "issue": 1,
        "key_number": 0,
        "signature": bytes(64),
        "issued_at": fair.opens,
    }


def _scan(fair: _Fair, badge_id: int, draw: Random) -> dict[str, Any]:
    day = draw.randrange(4)
    at = fair.opens + timedelta(days=day, seconds=draw.randrange(8 * 3600))
    leaves, refused = draw.random() < 0.2, draw.random() < 0.03
    return {
        "expo_id": fair.expo_id,
        "scan_id": str(uuid.UUID(int=draw.getrandbits(128))),
        "device_id": fair.device_id,
        "gate_id": draw.choice(fair.gates),
        "badge_id": badge_id,
        "kind": "badge",
        "content": b"",
        "direction": "out" if leaves else "in",
        "heads": 1,
        "scanned_at": at,
        "received_at": at,
        "corrected_at": at,
        "day": at.date(),
        "verdict": "exit" if leaves else "wrong_gate" if refused else "first_today",
        "admitted": leaves or not refused,
        "overridden": False,
    }
