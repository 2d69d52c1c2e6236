"""C13, F10, I1 to I4: many devices at once, on both databases."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from exhibitions.badges.models import BadgeClass, BadgeDay
from exhibitions.expos.models import Zone
from exhibitions.gates.models import GateMinute, Scan, ZoneLevel
from tests.engines import both_engines
from tests.gates.fair import Device, GateFair

pytestmark = both_engines
MANY = 32


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run all works in threads that start at the same moment; their results in order."""
    start = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        start.wait()
        results[place] = work()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_c13_one_badge_32_scans(fair: GateFair, gate_a: Device, gate_b: Device) -> None:
    sample = fair.badge()
    items = [(gate_a if n % 2 else gate_b, n) for n in range(MANY)]
    results = at_once(*(lambda d=d, n=n: d.scan(sample, f"10:00:00.{n:03d}") for d, n in items))
    assert Counter(r["verdict"] for r in results) == {"first_today": 1, "passed_back": MANY - 1}
    assert {r["status"] for r in results} == {"stored"}
    assert fair.rows(sa.select(sa.func.count()).select_from(Scan)) == [(MANY,)]
    assert fair.rows(sa.select(sa.func.count()).select_from(BadgeDay)) == [(1,)]
    assert fair.rows(sa.select(ZoneLevel.inside)) == [(1,)]
    assert fair.rows(sa.select(sa.func.sum(GateMinute.scans))) == [(MANY,)]


def test_c13_a_class_that_enters_once_a_day(fair: GateFair, gate_a: Device) -> None:
    fair.change(sa.update(BadgeClass).values(once_a_day=True))
    sample = fair.badge()
    results = at_once(*(lambda: gate_a.scan(sample, "10:00") for _ in range(MANY)))
    assert Counter(r["verdict"] for r in results) == {"first_today": 1, "already_in_today": MANY - 1}


def test_one_scan_sent_by_32_requests(fair: GateFair, gate_a: Device) -> None:
    one = gate_a.item(fair.badge(), "10:00")
    results = at_once(*(lambda: gate_a.send(one)[0] for _ in range(MANY)))
    assert Counter(r["status"] for r in results) == {"stored": 1, "known": MANY - 1}
    assert {r["verdict"] for r in results} == {"first_today"}
    assert fair.rows(sa.select(sa.func.count()).select_from(Scan)) == [(1,)]


def test_one_id_with_32_contents(fair: GateFair, gate_a: Device) -> None:
    """Unknown codes lock no badge: the unique row of the scan judges alone."""
    name = gate_a.item("x", "10:00")["scan_id"]
    results = at_once(*(lambda n=n: gate_a.scan(f"code {n}", "10:00", scan_id=name) for n in range(MANY)))
    assert Counter((r["status"], r["reason"]) for r in results) == {
        ("stored", None): 1,
        ("invalid", "id_reused"): MANY - 1,
    }


def test_the_last_places_of_a_zone(fair: GateFair, gate_a: Device, gate_b: Device) -> None:
    fair.change(sa.update(Zone).where(Zone.code == "main").values(capacity=5, full_policy="refuse"))
    samples = [fair.badge() for _ in range(MANY)]
    results = at_once(
        *(lambda n=n, s=s: (gate_a if n % 2 else gate_b).scan(s, "10:00") for n, s in enumerate(samples))
    )
    assert Counter(r["verdict"] for r in results) == {"first_today": 5, "full": MANY - 5}
    assert fair.rows(sa.select(ZoneLevel.inside).where(ZoneLevel.zone_id == fair.zones["main"])) == [(5,)]


def test_batches_and_single_scans_of_the_same_badges(fair: GateFair, gate_a: Device, gate_b: Device) -> None:
    samples = [fair.badge() for _ in range(20)]
    batch = [gate_a.item(samples[n % 20], f"10:{n // 4:02d}") for n in range(100)]
    backwards = [gate_b.item(samples[n % 20], f"10:{n // 4:02d}") for n in reversed(range(100))]
    singles = [lambda s=s: gate_b.scan(s, "10:00") for s in samples[:12]]
    at_once(lambda: gate_a.send(*batch), lambda: gate_b.send(*backwards), *singles)
    firsts = fair.rows(
        sa.select(Scan.badge_id, sa.func.count()).where(Scan.verdict == "first_today").group_by(Scan.badge_id)
    )
    assert dict(firsts) == {sample.id: 1 for sample in samples}
    assert fair.rows(sa.select(sa.func.count()).select_from(Scan)) == [(212,)]
    assert fair.rows(sa.select(ZoneLevel.inside)) == [(20,)]
