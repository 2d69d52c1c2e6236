"""Doing one job: the handler's view of its job, and what becomes of the job afterwards."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import structlog
from flask import Flask, current_app
from sqlalchemy.orm import Session

from exhibitions.core import clock, metrics
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import N_, Busy, Refused
from exhibitions.core.web import reference
from exhibitions.jobs import queries, service
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import LEASE, Cancelled, HandedBack, LeaseLost, TryLater

_SAY_EVERY = 0.2
_log = structlog.get_logger("jobs")


class LeasedRun:
    """`rules.JobRun` over a leased row. What it writes goes through a session of its own."""

    def __init__(self, app: Flask, job: Job, stopping: threading.Event, lease: timedelta) -> None:
        self.job_id = job.id
        self.expo_id = job.expo_id
        self.arguments: Mapping[str, int | str] = job.arguments
        self.actor = Actor(job.actor_kind, job.actor_id, job.actor_name)
        self.leased_by = job.leased_by or ""
        self.alive_at = time.monotonic()
        self.reached: dict[str, int] = {}
        self._app = app
        self._stopping = stopping
        self._lease = lease
        self._said_at = 0.0
        self._renewed_at = time.monotonic()

    def step(self, name: str) -> None:
        """Begin a step."""
        self._alive()
        self.reached = {}
        self._say(step=name, step_started_at=clock.now(), done=0, total=0)

    def progress(self, done: int, total: int) -> None:
        """Say how far the step is; what comes too soon after the last word is kept in `reached` for the end of the job."""
        self._alive()
        self.reached = {"done": done, "total": total}
        if time.monotonic() - self._said_at >= _SAY_EVERY:
            self._say(done=done, total=total)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction that ends well only while the job is ours."""
        self._alive()
        with transaction() as session:
            service.hold(self.job_id, self.leased_by)
            yield session
            # A wish to stop waits for the next progress: what stands in this transaction is complete.
            service.renew(self.job_id, self.leased_by, clock.now() + self._lease)

    def due(self) -> bool:
        """Whether a third of the lease has passed since it was last renewed."""
        return time.monotonic() - self._renewed_at > self._lease.total_seconds() / 3

    def renew(self) -> None:
        """Keep the lease while the handler is busy; called by the worker. Raises `LeaseLost`."""
        with self._app.app_context(), transaction():
            service.renew(self.job_id, self.leased_by, clock.now() + self._lease)
        self._renewed_at = time.monotonic()

    def _alive(self) -> None:
        self.alive_at = time.monotonic()
        if self._stopping.is_set():
            raise HandedBack

    def _say(self, **said: object) -> None:
        if db.session.info.get("writing"):
            raise RuntimeError("progress is said between transactions, not inside one")
        # A context of its own has a session of its own: what the handler is reading stays open.
        with self._app.app_context(), transaction():
            cancelled = service.renew(self.job_id, self.leased_by, clock.now() + self._lease, **said)
        self._said_at = self._renewed_at = time.monotonic()
        if cancelled:
            raise Cancelled


def perform(app: Flask, job: Job, run: LeasedRun) -> str:
    """Do a leased job, write down how it ended, and give the word for it.

    A lost lease is only logged, since the job is another worker's by then.
    """
    started = time.monotonic()
    with app.app_context():
        end, write = _work(job, run)
    try:
        with app.app_context(), transaction():
            write()
    except LeaseLost:
        end = "lease_lost"
    metrics.job_ended(job.name, end, time.monotonic() - started)
    _log.info(
        "job",
        job=job.id,
        name=job.name,
        end=end,
        attempt=job.attempts,
        s=round(time.monotonic() - started, 2),
    )
    return end


def take_one(
    app: Flask, worker: str, lease: timedelta, names: Collection[str] | None, stopping: threading.Event
) -> tuple[Job, LeasedRun] | None:
    """Lease the next job that is ready, if any; asks by reading first, so that an idle worker never queues to write."""
    with app.app_context():
        if not queries.any_ready(clock.now(), names):
            return None
        with transaction():
            job = service.take(worker, clock.now(), lease=lease, names=names)
        return None if job is None else (job, LeasedRun(app, job, stopping, lease))


def drain(*, names: Collection[str] | None = None, lease: timedelta = LEASE) -> int:
    """Do everything that is ready now, one after another in this thread, and give the number of jobs done."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    # What this thread still reads would hide what the jobs write.
    db.session.rollback()
    count = 0
    while (taken := take_one(app, "drain", lease, names, threading.Event())) is not None:
        perform(app, *taken)
        count += 1
    return count


def _work(job: Job, run: LeasedRun) -> tuple[str, Callable[[], None]]:
    try:
        if job.name not in service.KINDS:
            raise Refused("job_unknown", N_("This installation does not know this kind of work."))
        result = service.KINDS[job.name].handler(run)
        json.dumps(result)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises must end in the job's row and the log.
        return _ending(job, run.leased_by, error)
    return "done", partial(service.finish, job.id, run.leased_by, result, run.reached)


def _ending(job: Job, leased_by: str, error: Exception) -> tuple[str, Callable[[], None]]:
    match error:
        case LeaseLost():
            return "lease_lost", partial(service.hold, job.id, leased_by)
        case Cancelled():
            return "cancelled", partial(service.stop, job.id, leased_by)
        case HandedBack():
            return "handed_back", partial(service.hand_back, job.id, leased_by)
        case TryLater():
            return "put_off", partial(service.put_off, job.id, leased_by, clock.now() + error.wait)
        case Refused() if not isinstance(error, Busy):
            return "refused", partial(service.refuse, job.id, leased_by, error)
    number = reference()
    _log.error("fault", reference=number, job=job.id, name=job.name, exc_info=error)
    return "fault", partial(service.fail, job, leased_by, number)
