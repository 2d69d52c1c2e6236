"""F13 with real processes: kill -9, SIGSTOP, SIGTERM, the parent's death, heartbeats."""

import fcntl
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from exhibitions.audit import queries as audit_queries
from exhibitions.core.db import db, transaction
from exhibitions.jobs import queries, service
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import State
from tests import processes
from tests.engines import both_engines

LEASE = "2"
ROOT = Path(__file__).resolve().parents[2]


def worker(url: str, folder: Path, *options: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """A worker process; it is killed at the end if it still lives."""
    return processes.module("tests.jobs.worker_process", url, folder, "--lease", LEASE, *options)


def ask(name: str = "test.count", key: str = "1") -> int:
    with transaction():
        return service.enqueue(name, key, {}).id


def job(number: int) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, number, populate_existing=True)


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise AssertionError("it did not come true in time")
        time.sleep(0.05)


def counted() -> int:
    db.session.rollback()
    return audit_queries.count(None, audit_queries.Wanted(action="test.counted"))


@both_engines
def test_a_killed_workers_job_is_taken_up_and_done_once(app: Flask, database: str, tmp_path: Path) -> None:
    """F13: kill -9."""
    with app.app_context():
        number = ask()
        with worker(database, tmp_path) as first:
            wait_until(lambda: job(number).done > 2)
            first.kill()
            first.wait()
        assert job(number).state == State.RUNNING
        with worker(database, tmp_path):
            wait_until(lambda: job(number).state == State.DONE)
        assert (job(number).attempts, job(number).result) == (2, {"pieces": 20})
        assert counted() == 1


@both_engines
def test_a_frozen_workers_job_is_taken_up_and_its_late_result_is_not_written(
    app: Flask, database: str, tmp_path: Path
) -> None:
    """F13: SIGSTOP, long enough for the lease to run out, then SIGCONT."""
    with app.app_context():
        number = ask()
        with worker(database, tmp_path) as frozen:
            wait_until(lambda: job(number).done > 2)
            freeze(frozen, number)
            with worker(database, tmp_path):
                wait_until(lambda: job(number).attempts == 2)
                frozen.send_signal(signal.SIGCONT)
                wait_until(lambda: job(number).state == State.DONE)
            # The first worker lives on and does other work.
            other = ask(key="2")
            wait_until(lambda: job(other).state == State.DONE)
            assert frozen.poll() is None
        assert (job(number).attempts, job(number).result) == (2, {"pieces": 20})
        assert counted() == 2


def freeze(process: subprocess.Popen[bytes], number: int) -> None:
    """Stop a process at a moment when it writes nothing (what a frozen writer does to others is F15's concern)."""
    for _ in range(100):
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.02)
        if not writing(number):
            return
        process.send_signal(signal.SIGCONT)
        time.sleep(0.02)
    raise AssertionError("it writes all the time")


def writing(number: int) -> bool:
    """Whether someone is in the middle of writing (to the job's row, where rows are locked one by one)."""
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        with Path(f"{db.engine.url.database}-queue").open("wb") as side:
            try:
                fcntl.flock(side, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False
    try:
        db.session.execute(sa.select(Job.id).where(Job.id == number).with_for_update(nowait=True))
    except OperationalError:
        return True
    finally:
        db.session.rollback()
    return False


@both_engines
def test_sigterm_hands_the_job_back_at_once(app: Flask, database: str, tmp_path: Path) -> None:
    with app.app_context():
        number = ask()
        with worker(database, tmp_path) as process:
            wait_until(lambda: job(number).done > 2)
            process.terminate()
            assert process.wait(timeout=10) == 0
        row = job(number)
        assert (row.state, row.attempts, row.leased_by) == (State.QUEUED, 0, None)
        assert counted() == 0


def test_sigterm_hands_back_even_what_does_not_listen(app: Flask, database: str, tmp_path: Path) -> None:
    with app.app_context():
        number = ask("test.deaf")
        with worker(database, tmp_path, "--grace", "0.5") as process:
            wait_until(lambda: job(number).state == State.RUNNING)
            process.terminate()
            assert process.wait(timeout=10) == 0
        assert job(number).state == State.QUEUED


def test_a_long_silent_job_keeps_its_lease(app: Flask, database: str, tmp_path: Path) -> None:
    with app.app_context():
        number = ask("test.deaf")
        with worker(database, tmp_path), worker(database, tmp_path):
            wait_until(lambda: job(number).state == State.RUNNING)
            time.sleep(2 * float(LEASE))
            assert job(number).attempts == 1


def test_quick_jobs_do_not_wait_behind_a_long_one(app: Flask, database: str, tmp_path: Path) -> None:
    with app.app_context():
        long = ask("test.deaf")
        with worker(database, tmp_path):
            wait_until(lambda: job(long).state == State.RUNNING)
            quick = ask("test.quick")
            wait_until(lambda: job(quick).state == State.DONE)
            assert job(long).state == State.RUNNING


def test_the_heartbeat_is_touched_every_second(app: Flask, database: str, tmp_path: Path) -> None:
    beat = tmp_path / "beat"
    with worker(database, tmp_path, "--heartbeat", str(beat)):
        wait_until(beat.exists)
        for _ in range(2):
            before = beat.stat().st_mtime_ns
            wait_until(lambda before=before: beat.stat().st_mtime_ns > before, 5)  # type: ignore[misc]


def test_a_worker_ends_with_its_parent(app: Flask, database: str, tmp_path: Path) -> None:
    """A parent that is killed leaves no worker behind."""
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'tests.jobs.worker_process', *sys.argv[1:]])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    beat = tmp_path / "beat"
    command = [sys.executable, "-c", script, database, str(tmp_path), "--heartbeat", str(beat)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        wait_until(beat.exists)
        parent.kill()
        parent.wait()
    wait_until(lambda: not alive(child), 15)


def alive(pid: int) -> bool:
    """Whether a process runs; one that waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_once_does_one_job_and_drain_all(app: Flask, database: str, tmp_path: Path) -> None:
    with app.app_context():
        for key in ("a", "b", "c"):
            ask("test.quick", key)
        for options, left in (("--once", 2), ("--drain", 0), ("--once", 0)):
            with worker(database, tmp_path, options) as process:
                assert process.wait(timeout=60) == 0
            db.session.rollback()
            assert len(queries.open_jobs()) == left


def test_the_list_shows_what_is_open(app: Flask) -> None:
    with app.app_context():
        number = ask("test.quick")
    result = app.test_cli_runner().invoke(args=["jobs", "list"])
    fields = result.output.split("\t")
    assert (fields[0], fields[1], fields[2]) == (str(number), "queued", "test.quick")
