"""The life of an import of companies: a file is read by guesses that people correct, checked, brought in, may be undone.

Nothing is written about companies before the whole file was read and judged, so a file that breaks half-way brings
nobody in. Writing goes on in portions; each notes in its own transaction how far it came (F12).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from exhibitions.audit import service as audit
from exhibitions.companies.models import CompanyImport
from exhibitions.companies.queries import importing as queries
from exhibitions.companies.rules.columns import (
    Column,
    can_be_imported,
    columns_of,
    heading_key,
    known_columns,
)
from exhibitions.companies.rules.import_verdicts import Verdicts, judge_rows
from exhibitions.companies.rules.importing import Layout
from exhibitions.companies.service import import_comparing
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, end_reading
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.core.imports import reading, tables
from exhibitions.core.imports.stages import (
    CHANGE,
    CHECKED,
    DONE,
    LIFE,
    OPEN_STATES,
    REFUSED,
    RUNNING,
    UNDOING,
    UPLOADED,
    can_undo,
)
from exhibitions.core.sheets.reading import open_table
from exhibitions.core.sheets.table import Choice, Unreadable
from exhibitions.core.sheets.writing import csv_chunks
from exhibitions.files import service as files
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job

CHECK = "companies.import_check"
RUN = "companies.import_run"
UNDO = "companies.import_undo"


@dataclass(frozen=True, slots=True)
class Opened(reading.Opened[Column]):
    """The file of an import as it is read now."""

    @property
    def layout(self) -> Layout:
        """What the judge of rows must know."""
        return Layout(self.columns, self.width)

    def check(self) -> None:
        """Raise `Unreadable("no_columns")` unless there is a name (IR1)."""
        if self.table.guess.heading_row is None or not can_be_imported(self.columns):
            raise Unreadable(
                "no_columns",
                N_(
                    "No column with the names of companies was recognised. Give the first row headings such as Company and Credit code, and upload again."
                ),
            )


def begin(kept: files.Bytes, name: str, by: Actor) -> CompanyImport:
    """A new import of bytes that `files.write` has put on the disk.

    The same bytes that wait already are the same import: a second click brings nothing twice.
    """
    waiting = queries.same_file(kept.sha256, OPEN_STATES)
    if waiting is not None:
        return waiting
    row = CompanyImport(state=UPLOADED, created_at=clock.now(), reading={}, counts={}, done_row=0)
    row.created_by = by.id if by.kind == "user" else None
    row.file_id = files.store(
        kept,
        name=name,
        content_type="application/octet-stream",
        purpose=queries.UPLOAD,
        expo_id=None,
        owner=by,
    ).id
    db.session.add(row)
    db.session.flush()
    audit.record("companies.import_begun", by, subject=("company_import", row.id))
    return row


def open_file(row: CompanyImport) -> Opened:
    """Read the file of an import with the guesses and corrections that hold now.

    Columns that were set by hand for a file with the same heading are set again. Raises `Unreadable`, and `NotFound`
    when the file's time is over.
    """
    stored = queries.file_of(row)
    if stored is None:
        raise NotFound(
            "import_file_over", N_("The file of this import is not kept any more. Upload it again.")
        )
    with files.open_file(stored) as stream:
        path = Path(str(stream.name))
    table = open_table(path, known_columns, reading.choice_of(row.reading))
    own = reading.columns_by_hand(Column, row.reading, table.heading, heading_key, queries.readings)
    return Opened(table, columns_of(table.heading) if own is None else own)


def correct(row: CompanyImport, choice: Choice, columns: Mapping[Column, int] | None, by: Actor) -> None:
    """Read the file otherwise from now on; `columns` None lets them be recognised. A check made before is void.

    Raises `Conflict` when companies were brought in already, `Unreadable` like `open_file`.
    """
    only_in(row, OPEN_STATES)
    row.reading = reading.kept(choice)
    heading = open_file(row).table.heading
    if columns is not None:
        row.reading = row.reading | reading.kept_columns(columns, heading, heading_key)
    row.state, row.counts = UPLOADED, {}
    audit.record("companies.import_corrected", by, subject=("company_import", row.id))


def judged(
    opened: Opened,
    tell: Callable[[int], None] = lambda rows: None,
    besides: int | None = None,
    begun: Collection[int] = (),
) -> Verdicts:
    """Judge the whole file (IR2 to IR12). Changes nothing. Raises `Unreadable` for the file as a whole.

    `begun`: which companies a fallen run of this import was changing.
    """
    opened.check()
    known = queries.known(besides)
    # Judging takes seconds; nobody's view of the database may stand still meanwhile.
    end_reading()
    verdicts = judge_rows(opened.table.rows(), opened.layout, known, tell)
    import_comparing.part(verdicts, begun)
    return verdicts


def note_check(row: CompanyImport, verdicts: Verdicts) -> None:
    """Keep what a check has found."""
    if row.state in OPEN_STATES:
        row.state, row.counts = CHECKED, verdicts.summary()


def note_refusal(row: CompanyImport, refusal: Unreadable) -> None:
    """Keep why the file as a whole cannot be imported."""
    if row.state in OPEN_STATES | {RUNNING}:
        row.state = REFUSED
        row.counts = Verdicts().summary() | {"refused": refusal.code, "sentence": refusal.message}


def ask_check(row: CompanyImport, by: Actor) -> Job:
    """Have the file checked in the background."""
    only_in(row, OPEN_STATES)
    return _ask(CHECK, row, by)


def ask_run(row: CompanyImport, by: Actor, known: str = CHANGE) -> Job:
    """Have the companies brought in; a second click finds the same work. Raises `Conflict` once it is over.

    `known` says what becomes of companies that are in the register: `CHANGE` as the file says, `LEAVE` as they are.
    """
    only_in(row, OPEN_STATES | {RUNNING})
    if row.state != RUNNING:
        row.state = RUNNING
        row.reading = {**row.reading, "known": known}
        audit.record("companies.import_started", by, subject=("company_import", row.id))
    return _ask(RUN, row, by)


def ask_undo(row: CompanyImport, by: Actor) -> Job:
    """Have the whole import taken back. Raises `Conflict` before it is done, `Refused` after 24 hours."""
    only_in(row, {DONE, UNDOING})
    if row.state == DONE:
        if not can_undo(row, clock.now()):
            raise Refused("undo_late", N_("An import can be undone for 24 hours. This one is older."))
        row.state = UNDOING
        audit.record("companies.import_undo_started", by, subject=("company_import", row.id))
    return _ask(UNDO, row, by)


def only_in(row: CompanyImport, states: Collection[str]) -> None:
    """Lock the import and raise `Conflict` unless it is in one of these states."""
    # On PostgreSQL two clicks wait for each other here, on SQLite in the queue of writers.
    db.session.refresh(row, with_for_update=True)
    if row.state not in states:
        raise Conflict(
            "import_state", N_("This import has gone on meanwhile. The page shows where it stands now.")
        )


def _ask(name: str, row: CompanyImport, by: Actor) -> Job:
    return jobs.enqueue(name, str(row.id), {"import_id": row.id}, actor=by)


def expire_files(now: datetime) -> int:
    """Put a report without people in the place of the files of imports that ended a day ago (P6); gives their number.

    The report says which row was refused for which reason.
    """
    rows = queries.with_old_files(now - LIFE)
    for row, old in rows:
        report = files.store(
            b"".join(csv_chunks(tables.report(row.counts.get("rejected") or []))),
            name=f"import-{row.id}.csv",
            content_type="text/csv",
            purpose="companies.import_report",
            expo_id=None,
            owner=SYSTEM,
        )
        row.file_id = report.id
        db.session.flush()
        files.delete(old)
    return len(rows)
