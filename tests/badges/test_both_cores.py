"""Long print runs are drawn by several processes; cut off in the middle they go on without doubles (O8, ux.md §9)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from exhibitions.badges import queries
from exhibitions.badges import service as badges
from exhibitions.badges.queries import Wanted
from exhibitions.badges.service import drawing, drawing_pool, printing
from exhibitions.badges.service.drawing_process import Order, packed
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.rules import State
from tests.badges.conftest import codes_on, needs_poppler
from tests.badges.test_design import full
from tests.badges.test_printing import fill, printed_pages, start


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "PART", 4)
    monkeypatch.setattr(printing.next_part, "__defaults__", (4, 0))
    monkeypatch.setattr("os.cpu_count", lambda: 2)


@needs_poppler
def test_two_processes_draw_what_one_would(fair: Expo, small_parts: None) -> None:
    """The files follow each other in the order of the badges; each badge is printed once."""
    fill(fair, tuple(f"王{at}" for at in range(14)))
    run, job = start(fair, sort="number")
    drain()
    db.session.expire_all()
    assert job.state == State.DONE
    assert job.result["badges"] == 14
    assert [part["badges"] for part in run.parts] == [4, 4, 4, 2]
    ordered = queries.badges_in_order(fair, run.badge_ids)
    codes = [code for page in printed_pages(fair, run) for code in codes_on(page)]
    assert codes == [badges.code_of(fair, badge) for badge in ordered]
    assert [badge.prints for badge in ordered] == [1] * 14


def test_a_drawing_process_that_dies_costs_one_attempt_and_no_badge_twice(
    fair: Expo, small_parts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 in the second pair of parts."""
    fill(fair, tuple(f"王{at}" for at in range(18)))
    run, job = start(fair)
    real, rounds = drawing_pool.Pool.draw, []

    def draw(pool: drawing_pool.Pool, orders: list[Order], tell: object) -> object:
        rounds.append(len(orders))
        if len(rounds) == 2:
            for hand in pool._hands:
                os.kill(hand.process.pid, signal.SIGKILL)
        return real(pool, orders, tell)  # type: ignore[arg-type]

    monkeypatch.setattr(drawing_pool.Pool, "draw", draw)
    drain()
    db.session.expire_all()
    assert (job.state, [part["badges"] for part in run.parts]) == (State.QUEUED, [4, 4])
    with transaction():
        job.run_after = clock.now()
    drain()
    db.session.expire_all()
    assert (job.state, [part["badges"] for part in run.parts]) == (State.DONE, [4, 4, 4, 4, 2])
    printed = {badge.prints for badge in queries.badges_in_order(fair, run.badge_ids)}
    assert printed == {1}
    assert queries.count_to_print(fair, Wanted(printed=False)) == 0


def test_who_stops_a_run_stops_its_processes() -> None:
    """Cancel where safe: what was drawn and not kept is thrown away, and no process is left."""

    class Stop(Exception):
        pass

    def stop(_drawn: int) -> None:
        raise Stop

    order = Order([full(0)] * 400, "90x130", "8th", drawing.AS_IT_IS, "a.pdf")
    with pytest.raises(Stop), drawing_pool.pool(1) as pool:
        pool.draw([order], stop)
    (hand,) = pool._hands
    assert hand.process.returncode == -signal.SIGKILL
    assert not pool._folder.exists()


def test_progress_is_told_at_least_every_two_seconds() -> None:
    told: list[tuple[float, int]] = []
    order = Order([full(at % 5) for at in range(300)], "90x130", "8th", drawing.AS_IT_IS, "a.pdf")
    with drawing_pool.pool(1) as pool:
        ((path, looks),) = pool.draw([order], lambda drawn: told.append((time.monotonic(), drawn)))
        assert path.read_bytes().startswith(b"%PDF")
        assert looks == []
    assert told[-1][1] == 300
    assert [drawn for _, drawn in told] == sorted(drawn for _, drawn in told)


def test_a_drawing_process_ends_with_who_ordered() -> None:
    """A worker that is killed leaves nobody behind: its end of the pipe closes, and the process ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", drawing_pool.RUN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(packed(Order([], "90x130", "x", drawing.AS_IT_IS, os.devnull))[:20])
    process.stdin.close()
    assert process.wait(timeout=30) == 0
    process.stdout.close()
