"""People who were taken out of an exhibitor's centre are erased after 30 days."""

from __future__ import annotations

from datetime import timedelta

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.errors import N_
from exhibitions.exhibitors.service import people
from exhibitions.jobs import service as jobs
from exhibitions.jobs.rules import JobRun, in_portions

JOB = "exhibitors.people"
KEPT = timedelta(days=30)
"""As long as a merge in the register can be undone: until then somebody may be put back."""


def register() -> None:
    """Enter the job into the table of names."""
    jobs.register(
        JOB,
        erase_removed,
        title=N_("Erasing people who left exhibitors' centres"),
        quick=True,
        every=timedelta(hours=6),
    )


def erase_removed(run: JobRun) -> dict[str, object]:
    """Erase who was taken out more than `KEPT` ago (P6)."""
    before = clock.now() - KEPT
    return {"people": in_portions(run, lambda: people.expire(before, SYSTEM))}
