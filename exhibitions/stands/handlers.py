"""The jobs of holds: they end by themselves, and their holders are told."""

from __future__ import annotations

from datetime import timedelta

from exhibitions.core.errors import N_
from exhibitions.jobs import service as jobs
from exhibitions.jobs.rules import JobRun
from exhibitions.stands.service import assigning, holding, telling

PORTION = 100


def register() -> None:
    """Enter the jobs of this room into the table of names."""
    jobs.register(
        "stands.holds", end_holds, title=N_("Ending holds of stands"), quick=True, every=timedelta(minutes=1)
    )
    jobs.register(holding.TELL, tell_holder, title=N_("Telling an exhibitor that a hold is over"), quick=True)


def end_holds(run: JobRun) -> dict[str, object]:
    """Write down which holds are over; late or twice changes nothing for who asks meanwhile.

    Whose part in the fair was called off has no stand any more either.
    """
    while True:
        with run.transaction():
            if not assigning.free_called_off(PORTION):
                break
    ended = 0
    while True:
        with run.transaction():
            portion = holding.end_expired(PORTION)
        ended += portion
        if portion < PORTION:
            return {"ended": ended}


def tell_holder(run: JobRun) -> dict[str, object]:
    """Tell the exhibitor whose hold its time ended, unless it has a stand again by now."""
    with run.transaction():
        row = holding.after_the_end(int(run.arguments["allocation_id"]))
        return {"told": telling.tell_ended(row) if row is not None else 0}
