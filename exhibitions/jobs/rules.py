"""What a job is, when it is tried again, and what its handler may ask of it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

from exhibitions.audit.rules import Deeds, Page
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_

ATTEMPTS = 5
LEASE = timedelta(seconds=60)
# A handler that has neither stepped nor progressed for this long is taken to hang, and its lease runs out.
SILENCE = timedelta(minutes=10)
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=10)
_ESTIMATE_AFTER = timedelta(seconds=5)


class State(enum.StrEnum):
    """Where a job is; a job of the first two states is open."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (State.QUEUED, State.RUNNING)


class Cancelled(Exception):
    """Someone asked for the job to stop; the handler lets it pass."""


class LeaseLost(Exception):
    """Another worker has the job now; whatever this one still holds must not be written."""


class HandedBack(Exception):
    """The worker is going away; the job goes back to the queue and starts anew elsewhere."""


class TryLater(Exception):
    """The outside world is not ready: the same job again after `wait`, without counting as a failed attempt.

    Who raises it looks after giving up.
    """

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


class JobRun(Protocol):
    """What a handler knows of its job and says about it. Handlers are repeated: each is idempotent by its key."""

    @property
    def arguments(self) -> Mapping[str, int | str]:
        """What `enqueue` was given: ids only."""

    @property
    def job_id(self) -> int:
        """The number of the job."""

    @property
    def expo_id(self) -> int | None:
        """The fair that the job belongs to."""

    @property
    def actor(self) -> Actor:
        """Who asked for the job."""

    def step(self, name: str) -> None:
        """Begin the step `name` (an English message id); done and total begin anew at nothing.

        Never inside a transaction. Raises `Cancelled`, `LeaseLost` or `HandedBack` like `progress`.
        """

    def progress(self, done: int, total: int) -> None:
        """Say that `done` of `total` things are done; written at most every 0.2 s, and renews the lease.

        Never inside a transaction. Raises `Cancelled` when someone asked for it, `LeaseLost` when another worker has
        taken the job, `HandedBack` when this worker must go. The handler lets all three pass.
        """

    def transaction(self) -> AbstractContextManager[Any]:
        """`core.db.transaction()` that commits only while this worker still has the job; raises `LeaseLost` else.

        The job's row stays locked until the end, so a worker that was frozen writes nothing after it was replaced.
        """


def in_portions(run: JobRun, work: Callable[[], int]) -> int:
    """Do `work` in one transaction after another until it has done nothing more; gives how much it did in all."""
    done = 0
    while True:
        with run.transaction():
            more = work()
        if not more:
            return done
        done += more
        run.progress(done, done)


def wait_after(attempts: int) -> timedelta:
    """How long a job waits after its n-th failed attempt: 5 s, 20 s, 80 s ... at most 10 minutes."""
    return min(_FIRST_WAIT * int(4 ** min(max(attempts - 1, 0), 8)), _LONGEST_WAIT)


def time_left(started: datetime | None, done: int, total: int, now: datetime) -> timedelta | None:
    """How long the present step still takes at its pace so far; None in its first 5 s or when nothing is known."""
    if started is None or done <= 0 or total <= done:
        return None
    spent = now - started
    if spent < _ESTIMATE_AFTER:
        return None
    return spent * (total - done) / done


def steps_of(names: tuple[str, ...], now: str, *, over: bool) -> list[dict[str, str]]:
    """The steps of a job as its page shows them: `{"label": name, "state": "done" | "now" | "todo"}`.

    A step that the sort of job did not announce is shown alone.
    """
    if now and now not in names:
        names = (now,)
    at = len(names) if over else names.index(now) if now else -1
    states = ["done" if n < at else "now" if n == at else "todo" for n in range(len(names))]
    return [{"label": name, "state": state} for name, state in zip(names, states, strict=True)]


# What the audit trail calls the deeds of this room.
DEEDS = Deeds(
    actions={
        "jobs.cancelled": N_("Task cancelled"),
    },
    subjects={
        "job": Page(N_("Task"), "jobs.job", "job_id"),
    },
)
