"""Staff-present proof and no-shows (statistics.md E-1, §1.4; exhibitors-stands.md §2.4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from exhibitions.exhibitors.rules.presence import Attended, Evidence, Proof, attended, proof_of

EMPTY_FROM = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)


def test_one_scan_proves_and_a_tick_needs_its_picture() -> None:
    assert proof_of(Evidence()) is None
    assert proof_of(Evidence(scanned=("2026-09-10",))) is Proof.SCAN
    assert proof_of(Evidence(scanned=("2026-09-10",), ticked=True, photographed=True)) is Proof.SCAN
    assert proof_of(Evidence(ticked=True)) is None
    assert proof_of(Evidence(photographed=True)) is None
    assert proof_of(Evidence(ticked=True, photographed=True)) is Proof.TICK
    assert proof_of(Evidence(arrived=True)) is None


def test_a_stand_is_empty_from_the_set_hour_on() -> None:
    before = EMPTY_FROM - timedelta(seconds=1)
    assert attended(Evidence(), before, EMPTY_FROM) is Attended.EXPECTED
    assert attended(Evidence(empty=True), before, EMPTY_FROM) is Attended.EXPECTED
    assert attended(Evidence(empty=True), EMPTY_FROM, EMPTY_FROM) is Attended.ABSENT
    assert attended(Evidence(ticked=True), EMPTY_FROM, EMPTY_FROM) is Attended.EXPECTED
    assert attended(Evidence(), EMPTY_FROM, EMPTY_FROM) is Attended.UNCHECKED, "nobody has looked"
    assert attended(Evidence(arrived=True), EMPTY_FROM, EMPTY_FROM) is Attended.ARRIVED
    assert attended(Evidence(scanned=("2026-09-11",)), EMPTY_FROM, EMPTY_FROM) is Attended.PROVED
