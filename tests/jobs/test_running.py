"""What a handler may say, and what becomes of its job (F13, ux.md §9)."""

import json
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Busy, Refused
from exhibitions.jobs import service
from exhibitions.jobs.commands.running import drain, perform, take_one
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import ATTEMPTS, HandedBack, JobRun, LeaseLost, State, TryLater
from tests.engines import both_engines

ALICE = Actor("user", 7, "Alice")


def ask(handler: service.Handler, **how: object) -> int:
    service.register("test.job", handler, **how)  # type: ignore[arg-type]
    with transaction():
        return service.enqueue("test.job", "1", {"id": 5}, actor=ALICE).id


def job(number: int) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, number, populate_existing=True)


def hurry(number: int) -> None:
    """Let the waiting time of a job be over."""
    with transaction() as session:
        session.execute(sa.update(Job).where(Job.id == number).values(run_after=clock.now()))


@both_engines
def test_a_job_is_done_and_keeps_its_result(app: Flask) -> None:
    seen: list[object] = []

    def handler(run: JobRun) -> dict[str, object]:
        seen.extend([dict(run.arguments), run.job_id, run.expo_id, run.actor])
        run.step("Reading")
        run.progress(1, 2)
        return {"rows": 2, "file_id": 9}

    with app.app_context():
        number = ask(handler)
        assert drain() == 1
        assert seen == [{"id": 5}, number, None, ALICE]
        row = job(number)
        assert (row.state, row.result, row.step) == (State.DONE, {"rows": 2, "file_id": 9}, "Reading")
        assert row.finished_at is not None
        assert row.leased_by is None
        assert drain() == 0


def test_progress_is_seen_by_others_and_written_at_most_five_times_a_second(app: Flask) -> None:
    seen: list[tuple[int, int]] = []

    def handler(run: JobRun) -> dict[str, object]:
        run.step("Counting")
        for n in range(1000):
            run.progress(n, 1000)
            with app.app_context():
                row = db.session.get_one(Job, run.job_id)
                seen.append((row.done, row.total))
        return {}

    with app.app_context():
        started = clock.now()
        ask(handler)
        drain()
        spent = (clock.now() - started).total_seconds()
    assert 1 <= len(set(seen)) <= spent / 0.2 + 2


def test_a_job_that_is_done_has_done_all_that_it_said(app: Flask) -> None:
    """ux.md §9: the last word comes too soon to be written at once, and no finished work reads 244 / 352."""

    def handler(run: JobRun) -> dict[str, object]:
        run.step("Drawing")
        for n in (244, 300, 352):
            run.progress(n, 352)
        return {}

    with app.app_context():
        number = ask(handler)
        drain()
        assert (job(number).done, job(number).total) == (352, 352)


@both_engines
def test_what_the_handler_reads_stays_open_while_it_says_its_progress(app: Flask) -> None:
    def handler(run: JobRun) -> dict[str, object]:
        found = db.session.execute(sa.select(Job.id).execution_options(yield_per=1))
        count = 0
        for _ in found:
            run.step("Reading")
            count += 1
        return {"rows": count}

    with app.app_context():
        with transaction():
            for n in range(3):
                service.enqueue("test.other", str(n), {}, run_after=clock.now() + timedelta(hours=1))
        number = ask(handler)
        drain()
        assert job(number).result == {"rows": 4}


@both_engines
def test_a_broken_handler_is_tried_again_later_and_then_given_up(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page's reference number is in the log."""

    def handler(run: JobRun) -> dict[str, object]:
        raise ZeroDivisionError("canary-13800138000")

    with app.app_context():
        number = ask(handler)
        for attempt in range(1, ATTEMPTS):
            assert drain() == 1
            row = job(number)
            assert (row.state, row.attempts) == (State.QUEUED, attempt)
            assert row.run_after > clock.now()
            assert drain() == 0
            hurry(number)
        drain()
        row = job(number)
        assert (row.state, row.error_code) == (State.FAILED, "fault")
        assert "canary" not in json.dumps([row.error_message, row.error_params, row.result])
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if "fault" in line]
    assert row.error_reference in [line.get("reference") for line in lines]


@both_engines
def test_a_refusal_is_final_and_keeps_its_sentence(app: Flask) -> None:
    def handler(run: JobRun) -> dict[str, object]:
        raise Refused("no_columns", "Row %(row)s has no phone.", row=12)

    with app.app_context():
        number = ask(handler)
        assert drain() == 1
        row = job(number)
        assert (row.state, row.attempts) == (State.FAILED, 1)
        assert (row.error_code, row.error_message, row.error_params) == (
            "no_columns",
            "Row %(row)s has no phone.",
            {"row": "12"},
        )


@pytest.mark.parametrize(
    ("raised", "state", "attempts"),
    [
        (Busy("busy", "The server is busy."), State.QUEUED, 1),
        (TryLater(timedelta(minutes=3)), State.QUEUED, 0),
        (HandedBack(), State.QUEUED, 0),
        (LeaseLost(), State.RUNNING, 1),
    ],
)
def test_other_endings(app: Flask, raised: Exception, state: State, attempts: int) -> None:
    def handler(run: JobRun) -> dict[str, object]:
        raise raised

    with app.app_context():
        number = ask(handler)
        # A handed-back job is ready again at once, so exactly one is taken here.
        taken = take_one(app, "w", timedelta(minutes=1), None, threading.Event())
        assert taken is not None
        perform(app, *taken)
        row = job(number)
        assert (row.state, row.attempts) == (state, attempts)


def test_a_job_that_was_put_off_waits_as_long_as_was_said(app: Flask) -> None:
    def handler(run: JobRun) -> dict[str, object]:
        raise TryLater(timedelta(minutes=3))

    with app.app_context():
        number = ask(handler)
        before = clock.now()
        drain()
        assert timedelta(minutes=3) <= job(number).run_after - before < timedelta(minutes=3, seconds=20)


def test_a_result_that_cannot_be_kept_is_a_fault(app: Flask) -> None:
    with app.app_context():
        number = ask(lambda run: {"rows": object()})
        drain()
        assert (job(number).state, job(number).error_code) == (State.QUEUED, "fault")


def test_a_job_of_an_unknown_name_fails_with_a_sentence(app: Flask) -> None:
    with app.app_context():
        number = ask(lambda run: {})
        del service.KINDS["test.job"]
        drain()
        assert (job(number).state, job(number).error_code) == (State.FAILED, "job_unknown")


@both_engines
def test_a_cancelled_job_stops_at_its_next_progress(app: Flask) -> None:
    def handler(run: JobRun) -> dict[str, object]:
        run.step("First")
        with app.app_context(), transaction():
            service.cancel(db.session.get_one(Job, run.job_id), ALICE)
        run.step("Second")
        raise AssertionError("never reached")

    with app.app_context():
        number = ask(handler, cancellable=True)
        drain()
        row = job(number)
        assert (row.state, row.step) == (State.CANCELLED, "Second")
        assert [e.action for e in audit_queries.entries(None)] == ["jobs.cancelled"]


def steal(app: Flask, number: int) -> None:
    """What happens while a worker is frozen: its lease runs out and another one takes the job."""
    with app.app_context(), transaction():
        assert service.take("thief", clock.now() + timedelta(hours=1)) is not None


@both_engines
def test_a_worker_that_lost_its_lease_stops_at_its_next_word(app: Flask) -> None:
    def handler(run: JobRun) -> dict[str, object]:
        steal(app, run.job_id)
        run.step("Next")
        raise AssertionError("never reached")

    with app.app_context():
        number = ask(handler)
        drain()
        row = job(number)
        assert (row.state, row.attempts) == (State.RUNNING, 2)
        assert (row.leased_by or "").startswith("thief:")


@both_engines
def test_a_worker_that_lost_its_lease_writes_nothing_in_its_transaction(app: Flask) -> None:
    """F13: a worker that was frozen for two minutes does not write its result over the new one."""

    def handler(run: JobRun) -> dict[str, object]:
        steal(app, run.job_id)
        with run.transaction():
            audit.record("test.written", SYSTEM)
        return {}

    with app.app_context():
        ask(handler)
        drain()
        assert audit_queries.count(None) == 0


@both_engines
def test_a_worker_that_lost_its_lease_does_not_write_its_result(app: Flask) -> None:
    def handler(run: JobRun) -> dict[str, object]:
        steal(app, run.job_id)
        return {"rows": 1}

    with app.app_context():
        number = ask(handler)
        drain()
        assert (job(number).state, job(number).result) == (State.RUNNING, {})


@both_engines
def test_a_transaction_of_the_run_is_kept_and_renews_the_lease(app: Flask) -> None:
    leases: list[object] = []

    def handler(run: JobRun) -> dict[str, object]:
        leases.append(db.session.get_one(Job, run.job_id).lease_until)
        with run.transaction():
            audit.record("test.written", SYSTEM)
        leases.append(db.session.get_one(Job, run.job_id, populate_existing=True).lease_until)
        return {}

    with app.app_context():
        ask(handler)
        drain()
        assert audit_queries.count(None) == 1
        assert leases[1] > leases[0]  # type: ignore[operator]


def test_progress_inside_a_transaction_is_a_fault_of_the_handler(app: Flask) -> None:
    """On SQLite it would wait for itself."""

    def handler(run: JobRun) -> dict[str, object]:
        with run.transaction():
            run.step("Inside")
        return {}

    with app.app_context():
        number = ask(handler)
        drain()
        assert job(number).error_code == "fault"
