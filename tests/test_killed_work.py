"""F13: kill -9 and SIGSTOP of the worker in a print run, in an export and in the nightly retention.

The work is taken up again, what it makes is whole, nothing is there twice, and no half file has a row.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import PrintRun
from exhibitions.badges.queries import Wanted
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import ExpoDay
from exhibitions.files import service as files
from exhibitions.files.models import StoredFile
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import State
from exhibitions.portal.service import retention
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import Filters, export_rows
from exhibitions.visitors.service import exporting
from tests import processes
from tests.badges.conftest import codes_on, needs_poppler, pages_of
from tests.engines import both_engines
from tests.factories import make_expo
from tests.full_worker import PART
from tests.jobs.test_worker_process import wait_until
from tests.visitors.registering import add, fair

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 14


def worker(url: str, folder: Path, place: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """A worker of the whole product; it is killed at the end if it still lives."""
    return processes.module("tests.full_worker", url, folder, place)


@pytest.fixture
def guests(app: Flask) -> None:
    make_expo()
    for number in range(PEOPLE):
        add(app, f"王{number}", f"+861380013{number:04}")


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def job(number: int) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, number, populate_existing=True)


def interrupt(url: str, folder: Path, place: str, number: int) -> None:
    """Kill a worker at the place, and let another finish the job."""
    with worker(url, folder, place) as first:
        wait_until((folder / "reached").exists)
        assert job(number).state == State.RUNNING
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    with worker(url, folder, place):
        wait_until(lambda: job(number).state == State.DONE)
    assert job(number).attempts == 2


def named(purpose: str) -> list[StoredFile]:
    return list(
        db.session.scalars(sa.select(StoredFile).where(StoredFile.purpose == purpose).order_by(StoredFile.id))
    )


def ask_for_print() -> tuple[PrintRun, int]:
    with transaction():
        run, asked = badges.start_run(fair(), badges.plan_run(fair(), Wanted(), "a4x4", "number"), SYSTEM)
        return run, asked.id


def ask_for_export() -> int:
    ids = [row.registration.id for row in export_rows(fair(), Filters())]
    with transaction():
        return exporting.ask(fair(), ids, ["number", "name", "phone"], "zh", SYSTEM).id


def printed_once(run: PrintRun) -> None:
    """Every badge of the run has one place in its files, in the order of the numbers, and is counted once."""
    db.session.refresh(run)
    ordered = badge_queries.badges_in_order(fair(), run.badge_ids)
    assert [part["file_id"] for part in run.parts] == [row.id for row in named(badges.printing.PRINT)]
    codes: list[str] = []
    for row, part in zip(named(badges.printing.PRINT), run.parts, strict=True):
        with files.open_file(row) as content:
            pages = pages_of(content.read())
        assert len(pages) == -(-part["badges"] // 4)
        codes += [code for page in pages for code in codes_on(page)]
    assert codes == [badges.code_of(fair(), badge) for badge in ordered]
    assert len(set(codes)) == PEOPLE
    assert {badge.prints for badge in ordered} == {1}


def exported_whole() -> None:
    (row,) = named(exporting.EXPORT)
    with files.open_file(row) as content, ZipFile(io.BytesIO(content.read())) as book:
        assert book.testzip() is None
        assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") == PEOPLE + 1


@needs_poppler
def test_f13_a_killed_print_run_is_taken_up_and_whole(guests: None, database: str, tmp_path: Path) -> None:
    """Both cores: parts of four on two, killed when the second pair is drawn and not kept."""
    run, number = ask_for_print()
    interrupt(database, tmp_path, "printing", number)
    printed_once(run)
    assert [part["badges"] for part in run.parts] == [PART, PART, PART, PEOPLE - 3 * PART]


@both_engines
def test_f13_a_killed_export_leaves_no_half_file(guests: None, database: str, tmp_path: Path) -> None:
    number = ask_for_export()
    interrupt(database, tmp_path, "exporting", number)
    exported_whole()


@both_engines
def test_f13_a_killed_retention_is_undone_and_done_again(guests: None, database: str, tmp_path: Path) -> None:
    """Killed in the middle of its transaction: nothing half, and the next one ends everything."""
    with transaction() as session:
        for day in session.scalars(sa.select(ExpoDay).order_by(ExpoDay.date)).all():
            day.date -= timedelta(days=31 * 40)
    with transaction():
        number = jobs.enqueue(retention.RUN, "test", {}).id
    with worker(database, tmp_path, "ending") as first:
        wait_until((tmp_path / "reached").exists)
        first.kill()
        first.wait()
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Registration)) in (0, PEOPLE)
    with worker(database, tmp_path, "ending"):
        wait_until(lambda: job(number).state == State.DONE)
    assert {line.kind.value: line.due for line in retention.lines() if line.due} == {}


def test_f13_a_frozen_export_writes_nothing_late(guests: None, database: str, tmp_path: Path) -> None:
    """SIGSTOP beyond the lease: another does the work; the first one, woken, leaves no second file and lives on."""
    number = ask_for_export()
    with worker(database, tmp_path, "exporting") as frozen:
        wait_until((tmp_path / "reached").exists)
        frozen.send_signal(signal.SIGSTOP)
        with worker(database, tmp_path, "exporting"):
            wait_until(lambda: job(number).state == State.DONE)
            (tmp_path / "go").touch()
            frozen.send_signal(signal.SIGCONT)
            other = ask_for_export()
            wait_until(lambda: job(other).state == State.DONE)
        third = ask_for_export()
        wait_until(lambda: job(third).state == State.DONE)
        assert frozen.poll() is None
    assert len(named(exporting.EXPORT)) == 3
    assert (job(number).attempts, job(number).result["rows"]) == (2, PEOPLE)
    finished = job(number).finished_at
    assert finished is not None
    assert finished <= clock.now()
