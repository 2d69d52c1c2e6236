"""The jobs of orders: payers are reminded."""

from __future__ import annotations

from datetime import timedelta

from exhibitions.core.actor import SYSTEM
from exhibitions.core.errors import N_
from exhibitions.jobs import service as jobs
from exhibitions.jobs.rules import JobRun
from exhibitions.orders.queries.reminding import fairs_with_instalments
from exhibitions.orders.service import reminding

REMIND = "orders.reminders"


def register() -> None:
    """Enter the jobs of this room into the table of names."""
    jobs.register(
        REMIND, remind, title=N_("Reminding exhibitors of payments"), quick=True, every=timedelta(hours=1)
    )


def remind(run: JobRun) -> dict[str, object]:
    """Write the reminders of each fair whose day has come; again at once changes nothing."""
    told = 0
    for expo in fairs_with_instalments():
        with run.transaction():
            told += reminding.remind(expo, SYSTEM)
    return {"reminded": told}
