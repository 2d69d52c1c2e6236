"""The jobs of awards: results whose embargo is over become public."""

from __future__ import annotations

from datetime import timedelta

from exhibitions.awards.service import publishing_result
from exhibitions.core import clock
from exhibitions.core.db import transaction
from exhibitions.core.errors import N_
from exhibitions.jobs import service as jobs
from exhibitions.jobs.rules import JobRun

PUBLISH = "awards.publish_due"


def register() -> None:
    """Enter the jobs of this room into the table of names."""
    jobs.register(
        PUBLISH,
        publish_due,
        title=N_("Publishing results of awards"),
        quick=True,
        every=timedelta(minutes=1),
    )


def publish_due(run: JobRun) -> dict[str, object]:
    with transaction():
        return {"seasons": publishing_result.publish_due(clock.now())}
