"""The jobs of the room of jobs itself: forgetting old ones."""

from __future__ import annotations

from datetime import timedelta

from exhibitions.core import clock
from exhibitions.core.errors import N_
from exhibitions.jobs import service
from exhibitions.jobs.rules import JobRun

_KEEP = timedelta(days=90)


def register() -> None:
    """Enter the jobs of this room into the table of names."""
    service.register(
        "jobs.expire", expire, title=N_("Forgetting old work"), quick=True, every=timedelta(days=1)
    )


def expire(run: JobRun) -> dict[str, object]:
    with run.transaction():
        return {"jobs": service.expire(clock.now() - _KEEP)}
