"""What the list has done in the background: an export as a spreadsheet, and the same deed for thousands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, TypeVar

from flask import url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from exhibitions.core import clock
from exhibitions.core.access import Permission
from exhibitions.core.db import db, end_reading
from exhibitions.core.errors import N_, NotFound
from exhibitions.core.sheets.writing import write_xlsx
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import JobRun
from exhibitions.visitors.queries import importing as importing_queries
from exhibitions.visitors.rules.exporting import OWN_WIDTH, WIDTHS
from exhibitions.visitors.service import bulk, exporting, import_files, importing, merging
from exhibitions.visitors.views import words

WRITING = N_("Writing the file")
PORTION = 100
_TELL_EVERY = 500
T = TypeVar("T")


def register() -> None:
    """Enter the jobs of the list into the table of names."""
    jobs.register(
        exporting.EXPORT,
        export,
        title=N_("Exporting visitors"),
        labels={"rows": N_("Rows")},
        links=_links,
        cancellable=True,
    )
    jobs.register(
        exporting.EXPORT_IMPORT,
        export_import,
        title=N_("Exporting visitors"),
        labels={"rows": N_("Rows")},
        links=_links,
        cancellable=True,
    )
    jobs.register(
        bulk.DECIDE,
        decide,
        title=N_("Changing many registrations"),
        labels={"done": N_("Changed")},
        cancellable=True,
    )
    jobs.register(
        merging.FORGET,
        forget,
        title=N_("Forgetting what it takes to part merged people"),
        quick=True,
        every=timedelta(hours=12),
    )


def export(run: JobRun) -> dict[str, object]:
    expo, kept = _subject(run)
    ids, columns = kept["ids"], kept["columns"]
    run.step(WRITING)

    def write() -> files.Bytes:
        with force_locale(str(run.arguments["language"])):
            rows = _telling(run, words.sheet(expo, ids, columns), len(ids))
            title, widths = _("Visitors"), [WIDTHS.get(name, OWN_WIDTH) for name in columns]
            return files.write(lambda out: write_xlsx(out, title, rows, widths))

    stored = files.make_list(run, expo.id, write, lambda written: exporting.keep(expo, written, run.actor))
    return {"rows": len(ids), "file_id": stored}


def export_import(run: JobRun) -> dict[str, object]:
    expo = db.session.get(Expo, run.expo_id)
    row = importing_queries.import_of(expo, int(run.arguments["import_id"])) if expo else None
    if expo is None or row is None:
        raise NotFound("import_gone", N_("This import is not there any more."))
    opened, total = importing.open_file(expo, row), importing_queries.count_brought_in(expo, row.id)
    run.step(WRITING)

    def write() -> files.Bytes:
        with force_locale(str(run.arguments["language"])):
            rows = _telling(run, import_files.people_rows(expo, row, opened, _), total)
            title = _("Visitors")
            return files.write(lambda out: write_xlsx(out, title, rows, []))

    stored = files.make_list(run, expo.id, write, lambda written: exporting.keep(expo, written, run.actor))
    return {"rows": total, "file_id": stored}


def decide(run: JobRun) -> dict[str, object]:
    expo, kept = _subject(run)
    deed, ids, done = bulk.Deed(**kept["deed"]), kept["ids"], 0
    for start in range(0, len(ids), PORTION):
        with run.transaction():
            done += bulk.do(expo, deed, ids[start : start + PORTION], run.actor)
        run.progress(min(start + PORTION, len(ids)), len(ids))
        db.session.expunge_all()
        expo, _kept = _subject(run)
    return {"done": done}


def forget(run: JobRun) -> dict[str, object]:
    with run.transaction():
        return {"merges": merging.forget(clock.now())}


def _links(job: Job) -> list[jobs.Link]:
    expo = db.session.get(Expo, job.expo_id)
    number = (job.result or {}).get("file_id")
    if expo is None or number is None:
        return []
    url = url_for("files.download", slug=expo.slug, file_id=number)
    return [jobs.Link(N_("Fetch the file, within 24 hours"), url, Permission.VISITORS_EXPORT)]


def _subject(run: JobRun) -> tuple[Expo, dict[str, Any]]:
    expo = db.session.get(Expo, run.expo_id)
    if expo is None:
        raise NotFound("fair_gone", N_("This fair is not there any more."))
    return expo, files.kept_selection(bulk.SELECTION, expo.id, int(run.arguments["file_id"]))


def _telling(run: JobRun, rows: Iterator[T], total: int) -> Iterator[T]:
    for done, row in enumerate(rows):
        if done % _TELL_EVERY == 0:
            # A view of the database that stands still while a file is written would keep its log from being emptied.
            end_reading()
            run.progress(done, total)
        yield row
