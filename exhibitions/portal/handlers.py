"""The jobs that span rooms: looking files through after an erasure, and ending what is kept too long."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from exhibitions.audit import service as audit
from exhibitions.core.db import db, tidy_file
from exhibitions.core.errors import N_
from exhibitions.expos.models import Expo
from exhibitions.jobs import service as jobs
from exhibitions.jobs.rules import JobRun, TryLater
from exhibitions.portal.rules.retention import TERMS, Kind
from exhibitions.portal.service import persons, retention, settling
from exhibitions.visitors.rules.probing import Probe
from exhibitions.visitors.service import import_erasing

_WAIT = timedelta(minutes=1)
_PORTION = 100


def register() -> None:
    """Enter the jobs of this room into the table of names."""
    jobs.register(
        persons.ERASE_FILES, erase_files, title=N_("Looking files through after an erasure"), quick=True
    )
    for way, title in (
        (settling.SETTLE, N_("Settling the exhibitors of a fair")),
        (settling.UNSETTLE, N_("Putting settled exhibitors back on site")),
    ):
        jobs.register(
            way, partial(settle, way), title=title, labels={"exhibitors": N_("Exhibitors")}, cancellable=True
        )
    jobs.register(
        retention.RUN,
        keep_terms,
        title=N_("Ending what was kept long enough"),
        labels={kind.value: term.label for kind, term in TERMS.items()},
        every=timedelta(days=1),
    )


def erase_files(run: JobRun) -> dict[str, object]:
    """Look the uploaded lists through for who was erased; waits while one of them is being brought in."""
    note = persons.erasure_of(int(run.arguments["erasure"]))
    probe = audit.probe_of(note) if note is not None else None
    if note is None or probe is None:
        return {}
    expo_id = note.expo_id or 0
    if import_erasing.is_busy(expo_id):
        raise TryLater(_WAIT)
    found = import_erasing.files_about(expo_id, Probe(**probe), lambda: run.progress(0, 0))
    gone = persons.clear_files(run, note, found)
    db.session.remove()
    tidy_file(db.engine)
    return {"files": gone}


def settle(way: str, run: JobRun) -> dict[str, object]:
    """Settle, or put back, a portion at a time; cut off, it goes on with whom is left."""
    done, total = 0, settling.waiting(db.session.get_one(Expo, run.expo_id), way)
    while True:
        with run.transaction():
            moved = settling.move_some(db.session.get_one(Expo, run.expo_id), way, _PORTION, run.actor)
        if not moved:
            return {"exhibitors": done}
        done += moved
        run.progress(done, max(done, total))
        db.session.expunge_all()


def keep_terms(run: JobRun) -> dict[str, object]:
    """End what is due, by the portion; who asks again finds nothing left."""
    done: dict[str, object] = {}
    for kind in Kind:
        done[kind.value] = retention.end_kind(run, kind)
    with run.transaction():
        retention.note_run(done, run.actor)
    db.session.remove()
    tidy_file(db.engine)
    return done
