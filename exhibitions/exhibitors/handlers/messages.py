"""Writing to the other side that there is a message in the exhibitor's centre."""

from __future__ import annotations

from exhibitions.core.db import db
from exhibitions.core.errors import N_
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.service import messages
from exhibitions.expos.models import Expo
from exhibitions.jobs import service as jobs
from exhibitions.jobs.rules import JobRun


def register() -> None:
    """Enter the job into the table of names."""
    jobs.register(messages.TELL, tell, title=N_("Telling of messages with exhibitors"), quick=True)


def tell(run: JobRun) -> dict[str, object]:
    """Write to whom the youngest message is for; again, or when it was seen meanwhile, changes nothing."""
    with run.transaction():
        expo = db.session.get(Expo, run.expo_id)
        exhibitor = db.session.get(Exhibitor, int(run.arguments["exhibitor_id"]))
        if expo is None or exhibitor is None:
            return {"letters": 0}
        from_office = bool(run.arguments["from_office"])
        return {"letters": messages.tell_other_side(expo, exhibitor, from_office=from_office)}
