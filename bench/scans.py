"""Scans through the real server, each answered after its durable commit: single ones by 1, 8 and 32 devices, batches.

The load generator runs on the same cores as the server. Also: attendance of 300,000 scans, and whether a scan costs more
among 80,000 badges than among 1,000.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, timedelta
from datetime import time as hour
from statistics import median

from bench.figures import Figure
from bench.served import SLUG, Load, Served, drive, durable_postgres, served
from exhibitions.core import clock
from exhibitions.gates.rules.counting import ClassRule, Holder, Place, Scan, Setting, attendance
from exhibitions.gates.rules.timing import Calendar
from tests import postgres

_BADGES = 80_000
_FEW_BADGES = 1_000
_DEVICES = 32
_BATCH = 100
_TURNS = 5
# Measured best of this kind of machine with one statement a scan and no decision, see docs/dependencies.md.
_BEST = {"SQLite": (4_400, 23_000), "PostgreSQL": (3_500, 35_000)}


def measure(short: bool) -> Iterator[Figure]:
    """The figures; a short run sends scans for a moment each, to one server with one web process."""
    yield _count(10_000 if short else 300_000)
    for engine in ("SQLite", "PostgreSQL") if postgres.available() else ("SQLite",):
        yield from _engine(engine, short)


def _engine(engine: str, short: bool) -> Iterator[Figure]:
    best_single, best_batch = _BEST[engine]
    badges, seconds, processes = (500, 0.5, 1) if short else (_BADGES, 5.0, 2)
    with _fair(engine, badges, processes) as place:
        source = _Scans(place)
        with nullcontext(place) if short else _fair(engine, _FEW_BADGES, processes) as small:
            yield _growth(engine, seconds, source, source if short else _Scans(small))
        drive(place.port, 8, seconds / 2, source.single)
        for devices in (1, 8, 32):
            load = drive(place.port, devices, seconds, source.single)
            many = devices == _DEVICES
            yield Figure(
                f"single scans, {devices} devices",
                engine,
                load.rate,
                "/s",
                best_single,
                1_500 if many else None,
                note=_note(load),
            )
            if devices == 1:
                yield Figure("one device, p50", engine, load.percentile(0.5), "ms", goal=4, least=True)
            if many:
                yield Figure("32 devices, p99", engine, load.percentile(0.99), "ms", goal=60, least=True)
        load = drive(place.port, 4, seconds, source.batch)
        yield Figure(
            f"scans in batches of {_BATCH}",
            engine,
            load.rate * _BATCH,
            "/s",
            best_batch,
            8_000,
            note=_note(load),
        )


@contextmanager
def _fair(engine: str, badges: int, processes: int) -> Iterator[Served]:
    with (
        durable_postgres() if engine == "PostgreSQL" else nullcontext("") as url,
        served(badges, _DEVICES, url, processes) as place,
    ):
        yield place


def _growth(engine: str, seconds: float, many: _Scans, few: _Scans) -> Figure:
    """A scan in a large fair against one in a small fair, both fresh, in turns, so that both meet the same noise."""
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(_TURNS):
        for large, source in ((True, many), (False, few)):
            load = drive(source.port, 1, seconds / _TURNS, source.single)
            times[large].append(load.percentile(0.5))
    ratio = median(times[True]) / median(times[False])
    what = f"a scan among {many.badges:,} badges to one among {few.badges:,}"
    return Figure(what, engine, ratio, "times", goal=1.15, least=True)


def _note(load: Load) -> str:
    refused = f", {load.refused} refused" if load.refused else ""
    return f"p50 {load.percentile(0.5):.1f} ms, p99 {load.percentile(0.99):.1f} ms{refused}"


class _Scans:
    """Requests of scans: every badge in turn, its entries a minute apart, so that all are admitted by the rules."""

    def __init__(self, place: Served) -> None:
        self._place = place
        self._serial = 0

    @property
    def port(self) -> int:
        """Where the server listens."""
        return self._place.port

    @property
    def badges(self) -> int:
        """How many badges the fair has."""
        return len(self._place.codes)

    def single(self, line: int) -> bytes:
        """A request with one scan."""
        return self._request(line, 1)

    def batch(self, line: int) -> bytes:
        """A request with a hundred."""
        return self._request(line, _BATCH)

    def _request(self, line: int, count: int) -> bytes:
        token, gate = self._place.devices[line]
        body = json.dumps(
            {
                "sent_at": clock.now().isoformat(),
                "device": {"battery": 80, "queue": count},
                "scans": [self._item(gate) for _ in range(count)],
            }
        ).encode()
        head = (
            f"POST /api/v1/expos/{SLUG}/scans HTTP/1.1\r\nHost: localhost\r\nAuthorization: Device {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _item(self, gate: int) -> dict[str, object]:
        self._serial += 1
        turn, badge = divmod(self._serial, len(self._place.codes))
        return {
            "scan_id": str(uuid.uuid4()),
            "kind": "badge",
            "code": self._place.codes[badge],
            "gate": gate,
            "direction": "in" if turn % 2 == 0 else "out",
            "heads": 1,
            "scanned_at": (self._place.day + timedelta(minutes=turn % 400, milliseconds=badge)).isoformat(),
            "verdict": None,
        }


def _count(scans: int) -> Figure:
    days = [date(2026, 9, day) for day in (10, 11, 12)]
    calendar = Calendar("Asia/Shanghai", 0, dict.fromkeys(days, (hour(9), hour(17))))
    people = scans // 4
    setting = Setting(
        calendar=calendar,
        gates={1: Place(1)},
        classes={"trade": ClassRule(counts=True)},
        badges={n: Holder(n, "trade", "LN") for n in range(people)},
    )
    starts = [calendar.frame(day).starts + timedelta(hours=9) for day in days]
    rows = [
        Scan(
            starts[n % 3] + timedelta(seconds=n % 28_000),
            f"{n:036d}",
            1,
            "in" if n % 4 else "out",
            n % people,
        )
        for n in range(scans)
    ]
    begun = time.process_time()
    attendance(rows, setting)
    spent = time.process_time() - begun
    return Figure(
        f"attendance of {scans:,} scans, counted",
        "",
        spent,
        "s",
        goal=2,
        least=True,
        note="CPU, rows in memory",
    )
