"""Asking for long work, and the leases under which workers do it.

A job is a row of the caller's transaction: it exists if and only if what it belongs to was committed. It is done at
least once; every handler is idempotent by the job's key.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.access import Permission
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Forbidden, Refused
from exhibitions.jobs import queries
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import ATTEMPTS, LEASE, OPEN, JobRun, LeaseLost, State, wait_after

Handler = Callable[[JobRun], dict[str, object]]
UNKNOWN_TITLE = N_("Background work")


@dataclass(frozen=True)
class Link:
    """A result that the job's page offers to who holds the right to it; `text` is an English message id."""

    text: str
    url: str
    permission: Permission


class How(TypedDict, total=False):
    """The fields of `Kind` that have a default."""

    title: str
    quick: bool
    cancellable: bool
    steps: tuple[str, ...]
    labels: Mapping[str, str]
    links: Callable[[Job], list[Link]] | None
    every: timedelta | None


@dataclass(frozen=True)
class Kind:
    """A sort of job, and how its page speaks of it. All texts are English message ids.

    `quick` jobs (seconds) never wait behind long ones. `cancellable` jobs stop cleanly at any `progress`. `steps` are the
    names that the handler says, in their order. `labels` name the numbers of the result that the page shows; `links`
    makes links from the finished job. `every` repeats the job by itself.
    """

    name: str
    handler: Handler
    title: str = UNKNOWN_TITLE
    quick: bool = False
    cancellable: bool = False
    steps: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    links: Callable[[Job], list[Link]] | None = None
    every: timedelta | None = None


# The table of names that the composition root fills at start.
KINDS: dict[str, Kind] = {}


def register(name: str, handler: Handler, **how: Unpack[How]) -> None:
    """Say which handler does the jobs of this name; `how` are the further fields of `Kind`."""
    KINDS[name] = Kind(name, handler, **how)


def kind_of(job: Job) -> Kind | None:
    """The sort of a job; None for one that this release does not know."""
    return KINDS.get(job.name)


def enqueue(
    name: str,
    key: str,
    arguments: dict[str, int | str],
    *,
    expo_id: int | None = None,
    actor: Actor = SYSTEM,
    run_after: datetime | None = None,
) -> Job:
    """Ask for the job `name` inside the caller's transaction; the same key that is still open gives the open job.

    `arguments` are ids and short words, never personal data. `run_after` (UTC) puts the start off.
    """
    if not db.session.info.get("writing"):
        raise RuntimeError("a job is part of a transaction")
    found = queries.open_job(name, key)
    if found is not None:
        return found
    now = clock.now()
    job = Job(
        expo_id=expo_id,
        name=name,
        key=key,
        arguments=arguments,
        run_after=run_after or now,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name[:100],
        created_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(job)
    except IntegrityError:
        # Someone else asked for the same between the question and the answer: the unique index is the judge.
        return queries.open_job(name, key) or enqueue(
            name, key, arguments, expo_id=expo_id, actor=actor, run_after=run_after
        )
    return job


def enqueue_periodic(now: datetime) -> None:
    """Ask for every job that repeats by itself and whose last one was made long enough ago."""
    for kind in KINDS.values():
        last = queries.last_made(kind.name) if kind.every else None
        if kind.every and (last is None or last <= now - kind.every):
            enqueue(kind.name, "periodic", {})


def take(
    worker: str, now: datetime, *, lease: timedelta = LEASE, names: Collection[str] | None = None
) -> Job | None:
    """Lease the longest waiting job (of these names) until `now + lease`; None when nothing is ready.

    A job whose lease ran out is taken again; one that lost its worker too often has failed, and one that somebody
    wanted to stop is cancelled instead.
    """
    _close_abandoned(now)
    picked = queries.ready(now, names).limit(1).with_for_update(skip_locked=True).scalar_subquery()
    taken = (
        sa.update(Job)
        .where(Job.id == picked)
        .values(
            state=State.RUNNING,
            leased_by=f"{worker}:{secrets.token_hex(8)}",
            lease_until=now + lease,
            attempts=Job.attempts + 1,
            started_at=sa.func.coalesce(Job.started_at, sa.bindparam("now", now, Job.started_at.type)),
            step="",
            step_started_at=now,
            done=0,
            total=0,
        )
        .returning(Job.id)
    )
    job_id = db.session.scalar(taken, execution_options={"synchronize_session": False})
    return None if job_id is None else db.session.get(Job, job_id, populate_existing=True)


def _close_abandoned(now: datetime) -> None:
    lost = sa.select(Job.id).where(Job.state == State.RUNNING, Job.lease_until <= now)
    stopped = lost.where(Job.cancel_asked_at.is_not(None)).with_for_update(skip_locked=True)
    _set(sa.update(Job).where(Job.id.in_(stopped)), state=State.CANCELLED, finished_at=now)
    hopeless = lost.where(Job.attempts >= ATTEMPTS).with_for_update(skip_locked=True)
    _set(
        sa.update(Job).where(Job.id.in_(hopeless)),
        state=State.FAILED,
        finished_at=now,
        error_code="worker_lost",
        error_message=N_("The work was cut off several times and is not tried again."),
    )


def renew(job_id: int, leased_by: str, until: datetime, **said: object) -> bool:
    """Keep the lease until `until`, note what the handler said (step, done, total), and tell whether to stop.

    Raises `LeaseLost` when another worker has the job now.
    """
    row = db.session.execute(
        _leased(job_id, leased_by).values(lease_until=until, **said).returning(Job.cancel_asked_at),
        execution_options={"synchronize_session": False},
    ).first()
    if row is None:
        raise LeaseLost
    return row[0] is not None


def hold(job_id: int, leased_by: str) -> None:
    """Lock the job's row until the end of the transaction; raises `LeaseLost` when another worker has the job."""
    mine = sa.select(Job.id).where(Job.id == job_id, Job.leased_by == leased_by, Job.state == State.RUNNING)
    if db.session.scalar(mine.with_for_update()) is None:
        raise LeaseLost


def finish(
    job_id: int, leased_by: str, result: Mapping[str, object], reached: Mapping[str, int] | None = None
) -> None:
    """The handler is through: keep its result (counts and ids) and how far it came (`done`, `total`). Raises `LeaseLost`."""
    values = {"result": dict(result), "finished_at": clock.now(), **(reached or {})}
    _close(job_id, leased_by, state=State.DONE, **values)


def stop(job_id: int, leased_by: str) -> None:
    """The handler has stopped because someone asked it to. Raises `LeaseLost`."""
    _close(job_id, leased_by, state=State.CANCELLED, finished_at=clock.now())


def refuse(job_id: int, leased_by: str, refusal: Refused) -> None:
    """The job cannot be done, and trying again would not help. Raises `LeaseLost`."""
    _close(
        job_id,
        leased_by,
        state=State.FAILED,
        finished_at=clock.now(),
        error_code=refusal.code,
        error_message=refusal.message,
        error_params={name: str(value) for name, value in refusal.params.items()},
    )


def fail(job: Job, leased_by: str, reference: str) -> None:
    """The handler broke: try again after a while, or give up after the last attempt. Raises `LeaseLost`."""
    now = clock.now()
    said = {
        "error_code": "fault",
        "error_message": N_("Something went wrong on our side."),
        "error_reference": reference,
    }
    if job.attempts >= ATTEMPTS:
        _close(job.id, leased_by, state=State.FAILED, finished_at=now, **said)
    else:
        _close(job.id, leased_by, state=State.QUEUED, run_after=now + wait_after(job.attempts), **said)


def put_off(job_id: int, leased_by: str, until: datetime) -> None:
    """The outside world is not ready: the same job again at `until`, with all its attempts. Raises `LeaseLost`."""
    _close(job_id, leased_by, state=State.QUEUED, run_after=until, attempts=0)


def hand_back(job_id: int, leased_by: str) -> None:
    """The worker is going: the job is free at once and the attempt does not count. Raises `LeaseLost`."""
    _close(job_id, leased_by, state=State.QUEUED, attempts=Job.attempts - 1)


def may_cancel(job: Job, by: Actor) -> bool:
    """Whether this actor may stop the job now: only who asked for it, and only what can be stopped cleanly."""
    kind = kind_of(job)
    mine = by.id is not None and (job.actor_kind, job.actor_id) == (by.kind, by.id)
    return mine and job.state in OPEN and kind is not None and kind.cancellable


def cancel(job: Job, by: Actor) -> None:
    """Ask a job to stop: a waiting one at once, a running one at its next progress.

    Raises `Conflict` when it is over already or must not be stopped half-way, `Forbidden` for any other actor.
    """
    if job.state not in OPEN:
        raise Conflict("job_over", N_("This work is over already."))
    kind = kind_of(job)
    if kind is None or not kind.cancellable:
        raise Conflict("job_not_cancellable", N_("This work cannot be stopped half-way."))
    if not may_cancel(job, by):
        raise Forbidden("job_not_yours", N_("Only the person who started this work can stop it."))
    now = clock.now()
    if job.state == State.QUEUED:
        job.state = State.CANCELLED
        job.finished_at = now
    else:
        job.cancel_asked_at = job.cancel_asked_at or now
    audit.record("jobs.cancelled", by, expo_id=job.expo_id, subject=("job", job.id), after={"name": job.name})


def expire(before: datetime) -> int:
    """Forget the jobs that ended before this moment; gives their number."""
    ended = sa.delete(Job).where(Job.state.not_in(OPEN), Job.finished_at < before).returning(Job.id)
    return len(db.session.execute(ended).all())


def erase_person(kind: str, person_id: int) -> None:
    """Take the name of an actor (`user`, 7) out of all jobs; that a person of this number asked for them stays."""
    theirs = sa.update(Job).where(Job.actor_kind == kind, Job.actor_id == person_id)
    _set(theirs, actor_name="")


def _leased(job_id: int, leased_by: str) -> sa.Update:
    return sa.update(Job).where(Job.id == job_id, Job.leased_by == leased_by, Job.state == State.RUNNING)


def _close(job_id: int, leased_by: str, **values: object) -> None:
    ended = _leased(job_id, leased_by).values(leased_by=None, lease_until=None, **values).returning(Job.id)
    if db.session.scalar(ended, execution_options={"synchronize_session": False}) is None:
        raise LeaseLost


def _set(change: sa.Update, **values: object) -> None:
    db.session.execute(change.values(leased_by=None, lease_until=None, **values))
