"""Named questions about jobs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import OPEN, State


def job_of(expo_id: int | None, job_id: int) -> Job | None:
    """The job of this number in the fair, or (None) among those that belong to no fair."""
    return db.session.scalar(
        sa.select(Job).where(Job.expo_id.is_not_distinct_from(expo_id), Job.id == job_id)
    )


def open_job(name: str, key: str) -> Job | None:
    """The job of this name and key that is queued or running."""
    return db.session.scalar(sa.select(Job).where(Job.name == name, Job.key == key, Job.state.in_(OPEN)))


def newest(expo_id: int | None, limit: int = 50) -> list[Job]:
    """The newest jobs of a fair, or (None) of those that belong to no fair."""
    found = sa.select(Job).where(Job.expo_id.is_not_distinct_from(expo_id))
    return list(db.session.scalars(found.order_by(Job.id.desc()).limit(limit)))


def open_jobs() -> list[Job]:
    """Everything that is queued or running, in the order in which it will be taken."""
    return list(db.session.scalars(sa.select(Job).where(Job.state.in_(OPEN)).order_by(Job.run_after, Job.id)))


def any_under_way(now: datetime) -> bool:
    """Whether a worker is busy with anything: it holds a lease that has not run out."""
    held = sa.select(Job.id).where(Job.state.in_(OPEN), Job.lease_until > now)
    return db.session.scalar(held.limit(1)) is not None


def last_made(name: str) -> datetime | None:
    """When the newest job of this name was made."""
    return db.session.scalar(sa.select(sa.func.max(Job.created_at)).where(Job.name == name))


def oldest_due(now: datetime) -> datetime | None:
    """Since when the longest waiting job could have been taken; None when nothing is due."""
    due = sa.select(sa.func.min(Job.run_after)).where(Job.state == State.QUEUED, Job.run_after <= now)
    return db.session.scalar(due)


def last_finished() -> datetime | None:
    """When the worker last ended a job, well or not."""
    return db.session.scalar(sa.select(sa.func.max(Job.finished_at)))


def count_failed(since: datetime) -> int:
    """How many jobs have failed since this moment."""
    failed = sa.select(sa.func.count(Job.id)).where(Job.state == State.FAILED, Job.finished_at >= since)
    return db.session.scalar(failed) or 0


def count_open() -> dict[str, float]:
    """How many jobs are queued and how many running."""
    found = sa.select(Job.state, sa.func.count()).where(Job.state.in_(OPEN)).group_by(Job.state)
    return dict.fromkeys((state.value for state in OPEN), 0.0) | {
        state.value: float(count) for state, count in db.session.execute(found)
    }


def ready(now: datetime, names: Collection[str] | None = None) -> sa.Select[int]:
    """The numbers of the jobs that may be taken now (of these names, or of all), the longest waiting first.

    Ready is what is queued and due, and what is running under a lease that has run out.
    """
    due = sa.and_(Job.state == State.QUEUED, Job.run_after <= now)
    abandoned = sa.and_(Job.state == State.RUNNING, Job.lease_until <= now)
    found = sa.select(Job.id).where(sa.or_(due, abandoned)).order_by(Job.run_after, Job.id)
    return found if names is None else found.where(Job.name.in_(names))


def any_ready(now: datetime, names: Collection[str] | None = None) -> bool:
    """Whether there is anything to take; a cheap reading question that a waiting worker asks often."""
    return db.session.scalar(ready(now, names).limit(1)) is not None
