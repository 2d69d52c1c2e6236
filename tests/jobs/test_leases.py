"""Asking for jobs, and the leases under which workers take them (design.md §3, F13)."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.jobs import queries, service
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import ATTEMPTS, LeaseLost, State
from tests.engines import both_engines
from tests.jobs.failing import undone

pytestmark = both_engines
MINUTE = timedelta(minutes=1)


def ask(key: str = "1", name: str = "test.job") -> int:
    with transaction():
        return service.enqueue(name, key, {"id": 5}, actor=Actor("user", 7, "Alice")).id


def take(worker: str = "w1", after: timedelta = timedelta(), **how: object) -> Job | None:
    with transaction():
        return service.take(worker, clock.now() + after, **how)  # type: ignore[arg-type]


def taken(**how: object) -> Job:
    job = take(**how)  # type: ignore[arg-type]
    assert job is not None
    assert job.leased_by is not None
    return job


def state(job_id: int) -> State:
    db.session.rollback()
    return db.session.get_one(Job, job_id, populate_existing=True).state


def test_a_job_belongs_to_its_transaction(app: Flask) -> None:
    with app.app_context():
        undone(lambda: service.enqueue("test.job", "1", {}))
        assert queries.open_jobs() == []
        with pytest.raises(RuntimeError, match="transaction"):
            service.enqueue("test.job", "1", {})


def test_the_same_open_key_is_the_same_job(app: Flask) -> None:
    with app.app_context():
        first = ask()
        assert ask() == first
        assert ask("2") != first
        assert ask("1", "test.other") != first
        job = taken()
        assert job.id == first
        assert ask() == first
        with transaction():
            service.finish(job.id, job.leased_by or "", {})
        assert ask() > first


def test_32_threads_ask_for_one_job(app: Flask) -> None:
    """ux.md §9: it cannot be started twice by a second click."""
    numbers: list[int] = []
    barrier = threading.Barrier(32)

    def work() -> None:
        with app.app_context():
            barrier.wait()
            numbers.append(ask())

    threads = [threading.Thread(target=work) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert Counter(numbers) == {db.session.scalars(sa.select(Job.id)).one(): 32}


def test_eight_workers_never_take_the_same_job(app: Flask) -> None:
    with app.app_context():
        wanted = {ask(str(n)) for n in range(40)}
    numbers: list[int] = []

    def work(name: str) -> None:
        with app.app_context():
            while (job := take(name)) is not None:
                numbers.append(job.id)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(numbers) == dict.fromkeys(wanted, 1)


def test_the_longest_waiting_is_taken_first_and_nothing_before_its_time(app: Flask) -> None:
    with app.app_context():
        with transaction():
            late = service.enqueue("test.job", "late", {}, run_after=clock.now() + MINUTE).id
        first, second = ask("a"), ask("b")
        assert [taken(lease=60 * MINUTE).id, taken(lease=60 * MINUTE).id] == [first, second]
        assert take() is None
        assert taken(after=MINUTE * 1.1).id == late


def test_a_lane_takes_only_its_names(app: Flask) -> None:
    with app.app_context():
        ask("a", "test.long")
        quick = ask("b", "test.quick")
        assert queries.any_ready(clock.now(), ["test.none"]) is False
        assert queries.any_ready(clock.now(), ["test.quick"]) is True
        assert taken(names=["test.quick"]).id == quick
        assert take(names=["test.quick"]) is None


def test_an_expired_lease_is_taken_up_again_and_its_old_holder_is_told(app: Flask) -> None:
    """F13."""
    with app.app_context():
        number = ask()
        old = taken(lease=MINUTE)
        assert take("w2", after=MINUTE * 0.9) is None
        old_lease = old.leased_by or ""
        new = taken(worker="w2", after=MINUTE * 1.1)
        assert (new.id, new.attempts) == (number, 2)
        for call in (
            lambda: service.renew(number, old_lease, clock.now() + MINUTE),
            lambda: service.hold(number, old_lease),
            lambda: service.finish(number, old_lease, {"rows": 1}),
            lambda: service.stop(number, old_lease),
            lambda: service.hand_back(number, old_lease),
            lambda: service.put_off(number, old_lease, clock.now()),
            lambda: service.fail(old, old_lease, "X"),
        ):
            with pytest.raises(LeaseLost), transaction():
                call()
        assert state(number) == State.RUNNING
        with transaction():
            service.finish(number, new.leased_by or "", {"rows": 2})
        assert state(number) == State.DONE
        assert db.session.get_one(Job, number).result == {"rows": 2}


def test_a_renewed_lease_is_not_taken_up(app: Flask) -> None:
    with app.app_context():
        ask()
        job = taken(lease=MINUTE)
        with transaction():
            assert (
                service.renew(job.id, job.leased_by or "", clock.now() + 3 * MINUTE, done=3, total=9) is False
            )
        assert take("w2", after=2 * MINUTE) is None
        db.session.rollback()
        found = db.session.get_one(Job, job.id, populate_existing=True)
        assert (found.done, found.total) == (3, 9)


def test_a_job_that_loses_every_worker_is_given_up(app: Flask) -> None:
    """F13: no job runs for ever."""
    with app.app_context():
        number = ask()
        for attempt in range(1, ATTEMPTS + 1):
            assert taken(after=attempt * 2 * MINUTE, lease=MINUTE).attempts == attempt
        assert take(after=ATTEMPTS * 4 * MINUTE) is None
        assert state(number) == State.FAILED
        assert db.session.get_one(Job, number).error_code == "worker_lost"


def test_a_handed_back_job_is_free_at_once_with_all_its_attempts(app: Flask) -> None:
    with app.app_context():
        number = ask()
        job = taken()
        with transaction():
            service.hand_back(job.id, job.leased_by or "")
        again = taken()
        assert (again.id, again.attempts) == (number, 1)


def test_a_lost_job_that_somebody_stopped_is_not_begun_again(app: Flask) -> None:
    with app.app_context():
        service.register("test.job", lambda run: {}, cancellable=True)
        number = ask()
        job = taken(lease=MINUTE)
        with transaction():
            service.cancel(db.session.get_one(Job, job.id), Actor("user", 7))
        assert take(after=2 * MINUTE) is None
        assert state(number) == State.CANCELLED


def test_periodic_work_is_asked_for_once_in_its_time(app: Flask) -> None:
    with app.app_context():
        service.KINDS.clear()
        service.register("test.hourly", lambda run: {}, every=timedelta(hours=1))
        service.register("test.never", lambda run: {})
        now = clock.now()
        for moment in (now, now + MINUTE, now + timedelta(minutes=59)):
            with transaction():
                service.enqueue_periodic(moment)
        first = taken()
        with transaction():
            service.finish(first.id, first.leased_by or "", {})
            service.enqueue_periodic(now + timedelta(minutes=59))
        assert queries.open_jobs() == []
        with transaction():
            service.enqueue_periodic(now + timedelta(hours=1, seconds=1))
        assert [job.name for job in queries.open_jobs()] == ["test.hourly"]


def test_old_jobs_are_forgotten_and_open_ones_kept(app: Flask) -> None:
    with app.app_context():
        done, waiting = ask("a"), ask("b")
        job = taken()
        with transaction():
            service.finish(job.id, job.leased_by or "", {})
        with transaction():
            assert service.expire(clock.now() - MINUTE) == 0
        with transaction():
            assert service.expire(clock.now() + MINUTE) == 1
        db.session.rollback()
        assert db.session.get(Job, done) is None
        assert db.session.get(Job, waiting) is not None


def test_an_erased_person_leaves_only_a_number(app: Flask) -> None:
    """P18."""
    with app.app_context():
        number = ask()
        with transaction():
            service.erase_person("user", 7)
        db.session.rollback()
        job = db.session.get_one(Job, number, populate_existing=True)
        assert (job.actor_id, job.actor_name) == (7, "")
