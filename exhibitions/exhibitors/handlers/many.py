"""The jobs that do the same to many companies of a fair, or write to many of them, a portion at a time."""

from __future__ import annotations

from datetime import date
from typing import Any

from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound
from exhibitions.exhibitors.service import figures, many
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.jobs import service as jobs
from exhibitions.jobs.rules import JobRun

PORTION = 100


def register() -> None:
    """Enter the jobs into the table of names."""
    jobs.register(
        many.CHANGE,
        change,
        title=N_("Changing many companies"),
        labels={"changed": N_("Changed"), "stayed": N_("Stayed: they have applied already")},
        cancellable=True,
    )
    jobs.register(
        figures.REMIND,
        remind,
        title=N_("Reminding exhibitors of their daily figures"),
        labels={"people": N_("Reminders")},
        cancellable=True,
    )


def change(run: JobRun) -> dict[str, object]:
    """Change those who were selected; cut off, it begins again and finds the first ones changed."""
    kept = _selection(run)
    deed, numbers = many.Deed(**kept["deed"]), kept["ids"]
    changed = stayed = 0
    for start in range(0, len(numbers), PORTION):
        with run.transaction():
            done = many.do(_expo(run), deed, numbers[start : start + PORTION], run.actor)
        changed, stayed = changed + done.changed, stayed + done.stayed
        run.progress(min(start + PORTION, len(numbers)), len(numbers))
        db.session.expunge_all()
    return {"changed": changed, "stayed": stayed}


def remind(run: JobRun) -> dict[str, object]:
    """Write to everybody who has not reported the day; cut off, nobody is written to twice (the outbox knows the key)."""
    day, stamp = date.fromisoformat(str(run.arguments["day"])), str(run.arguments["stamp"])
    silent = figures.silent(_expo(run), day)
    sent = 0
    for start in range(0, len(silent), PORTION):
        with run.transaction():
            sent += figures.write_to(_expo(run), day, silent[start : start + PORTION], stamp)
        run.progress(min(start + PORTION, len(silent)), len(silent))
        db.session.expunge_all()
    with run.transaction():
        figures.note_reminded(_expo(run), day, sent, run.actor)
    return {"people": sent}


def _expo(run: JobRun) -> Expo:
    expo = db.session.get(Expo, run.expo_id)
    if expo is None:
        raise NotFound("fair_gone", N_("This fair is not there any more."))
    return expo


def _selection(run: JobRun) -> dict[str, Any]:
    return files.kept_selection(many.SELECTION, _expo(run).id, int(run.arguments["file_id"]))
