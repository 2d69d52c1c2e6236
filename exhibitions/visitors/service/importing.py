"""The life of an import: a file is read by guesses that people correct, checked, brought in, and may be undone.

Nothing is written about people before the whole file was read and judged, so a file that breaks half-way brings
nobody in. Writing goes on in portions; each notes in its own transaction how far it came (F12).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, end_reading
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.core.imports import reading, tables
from exhibitions.core.imports.stages import (
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
from exhibitions.core.sheets.table import Choice, Table, Unreadable
from exhibitions.core.sheets.writing import csv_chunks
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.files.models import StoredFile
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job
from exhibitions.visitors.models import Import
from exhibitions.visitors.queries import importing as queries
from exhibitions.visitors.rules.columns import Column, can_be_imported, columns_of, heading_key, known_columns
from exhibitions.visitors.rules.import_verdicts import Known, Verdicts, judge_rows
from exhibitions.visitors.rules.importing import Layout, category_key
from exhibitions.visitors.service import import_comparing

CHECK = "visitors.import_check"
RUN = "visitors.import_run"
UNDO = "visitors.import_undo"

BY_NUMBER = ""
"""Besides `CHANGE` and `LEAVE`, what becomes of people who are registered already; see `ask_run`."""


@dataclass(frozen=True, slots=True)
class Opened(reading.Opened[Column]):
    """The file of an import as it is read now."""

    path: Path
    classes: Mapping[str, str] = field(default_factory=dict)
    """The keys of the fair's badge classes by their names, as far as the fair is known."""

    @property
    def layout(self) -> Layout:
        """What the judge of rows must know."""
        return Layout(self.columns, self.width, self.table.guess.date1904, self.classes)

    def check(self) -> None:
        """Raise `Unreadable("no_columns")` unless there are a name, and a phone or an e-mail (IR1)."""
        if self.table.guess.heading_row is None or not can_be_imported(self.columns):
            raise Unreadable("no_columns")


def begin(expo: Expo, kept: files.Bytes, name: str, by: Actor) -> Import:
    """A new import of bytes that `files.write` has put on the disk.

    The same bytes that wait already are the same import: a second click brings nothing twice.
    """
    waiting = queries.same_file(expo, kept.sha256, OPEN_STATES)
    if waiting is not None:
        return waiting
    row = Import(expo_id=expo.id, state=UPLOADED, created_at=clock.now(), reading={}, counts={}, done_row=0)
    row.created_by = by.id if by.kind == "user" else None
    stored = files.store(
        kept,
        name=name,
        content_type="application/octet-stream",
        purpose=queries.UPLOAD,
        expo_id=expo.id,
        owner=by,
    )
    row.file_id = stored.id
    db.session.add(row)
    db.session.flush()
    audit.record("visitors.import_begun", by, expo_id=expo.id, subject=("import", row.id))
    return row


def open_file(expo: Expo, row: Import) -> Opened:
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
    opened = open_path(path, reading.choice_of(row.reading), lambda table: _columns(expo, row.reading, table))
    return replace(opened, classes=class_names(expo))


def class_names(expo: Expo) -> dict[str, str]:
    """The keys of the fair's badge classes by their names in either language and by themselves."""
    return {
        category_key(name): found.key
        for found in badge_queries.classes(expo)
        for name in (found.name_zh, found.name_en, found.key)
        if name
    }


def open_path(
    path: Path, choice: Choice | None = None, columns: Callable[[Table], Mapping[Column, int]] | None = None
) -> Opened:
    """Read a file; `columns` says where the columns of the table stand (as recognised by default)."""
    table = open_table(path, known_columns, choice)
    return Opened(table, columns(table) if columns else columns_of(table.heading), path)


def _columns(expo: Expo, own: Mapping[str, Any], table: Table) -> Mapping[Column, int]:
    found = reading.columns_by_hand(Column, own, table.heading, heading_key, lambda: queries.readings(expo))
    return columns_of(table.heading) if found is None else found


def correct(expo: Expo, row: Import, choice: Choice, columns: Mapping[Column, int] | None, by: Actor) -> None:
    """Read the file otherwise from now on; `columns` None lets them be recognised. A check made before is void.

    Raises `Conflict` when people were brought in already, `Unreadable` like `open_file`.
    """
    _only_in(row, OPEN_STATES)
    row.reading = reading.kept(choice)
    heading = open_file(expo, row).table.heading
    if columns is not None:
        row.reading = row.reading | reading.kept_columns(columns, heading, heading_key)
    row.state, row.counts = UPLOADED, {}
    audit.record("visitors.import_corrected", by, expo_id=expo.id, subject=("import", row.id))


def known_of(expo: Expo, opened: Opened, besides: int | None = None, *, by_contact: bool = False) -> Known:
    """What the judge must know of the fair; reads the database and keeps no transaction open."""
    known = Known(
        queries.taken(expo, besides),
        queries.holders(expo) if Column.NUMBER in opened.columns else {},
        frozenset(badge_class.key for badge_class in badge_queries.classes(expo)),
        queries.names_alive(expo, besides) if by_contact else {},
    )
    # Judging takes seconds; nobody's view of the database may stand still meanwhile.
    end_reading()
    return known


def judged(
    expo: Expo,
    opened: Opened,
    tell: Callable[[int], None] = lambda rows: None,
    besides: int | None = None,
    begun: Collection[int] = (),
    *,
    by_contact: bool = False,
) -> Verdicts:
    """Judge the whole file (IR2 to IR12). Changes nothing. Raises `Unreadable` for the file as a whole.

    `by_contact`: a row without badge number is about the person with the same name and the same phone number or e-mail
    address; else it is a duplicate (IR7). `begun`: whom a fallen run of this import was changing.
    """
    opened.check()
    known = known_of(expo, opened, besides, by_contact=by_contact)
    verdicts = judge_rows(opened.table.rows(), opened.layout, known, tell)
    import_comparing.part(expo, verdicts, begun)
    return verdicts


def note_check(row: Import, verdicts: Verdicts) -> None:
    """Keep what a check has found."""
    if row.state in OPEN_STATES:
        row.state, row.counts = CHECKED, verdicts.summary()


def note_refusal(row: Import, refusal: Unreadable) -> None:
    """Keep why the file as a whole cannot be imported."""
    if row.state in OPEN_STATES | {RUNNING}:
        row.state = REFUSED
        row.counts = Verdicts().summary() | {"refused": refusal.code, "sentence": refusal.message}


def ask_check(expo: Expo, row: Import, by: Actor) -> Job:
    """Have the file checked in the background."""
    _only_in(row, OPEN_STATES)
    return _ask(CHECK, expo, row, by)


def ask_run(expo: Expo, row: Import, by: Actor, known: str = BY_NUMBER) -> Job:
    """Have the people brought in; a second click finds the same work. Raises `Conflict` once it is over.

    `known` says what becomes of people who are registered: `BY_NUMBER` changes those whose badge number stands in the
    file and refuses others as duplicates (IR7), `CHANGE` changes also who is known by name and contact, `LEAVE` nobody.
    """
    _only_in(row, OPEN_STATES | {RUNNING})
    if row.state != RUNNING:
        row.state = RUNNING
        row.reading = {**row.reading, "known": known}
        audit.record("visitors.import_started", by, expo_id=expo.id, subject=("import", row.id))
    return _ask(RUN, expo, row, by)


def ask_undo(expo: Expo, row: Import, by: Actor) -> Job:
    """Have the whole import taken back. Raises `Conflict` before it is done, `Refused` after 24 hours."""
    _only_in(row, {DONE, UNDOING})
    if row.state == DONE:
        if not can_undo(row, clock.now()):
            raise Refused("undo_late", N_("An import can be undone for 24 hours. This one is older."))
        row.state = UNDOING
        audit.record("visitors.import_undo_started", by, expo_id=expo.id, subject=("import", row.id))
    return _ask(UNDO, expo, row, by)


def _ask(name: str, expo: Expo, row: Import, by: Actor) -> Job:
    return jobs.enqueue(name, str(row.id), {"import_id": row.id}, expo_id=expo.id, actor=by)


def _only_in(row: Import, states: frozenset[str] | set[str]) -> None:
    # On PostgreSQL two clicks wait for each other here, on SQLite in the queue of writers.
    db.session.refresh(row, with_for_update=True)
    if row.state not in states:
        raise Conflict(
            "import_state", N_("This import has gone on meanwhile. The page shows where it stands now.")
        )


def expire_files(now: datetime) -> int:
    """Put a report without people in the place of the files of imports that ended a day ago (P6); gives their number.

    The report says which row was refused for which reason.
    """
    rows = queries.with_old_files(now - LIFE)
    for row, old in rows:
        put_report(row, old)
    return len(rows)


def put_report(row: Import, old: StoredFile) -> None:
    """Put a report without people in the place of an import's file, which is deleted."""
    pairs: list[tuple[int, str]] = row.counts.get("rejected") or []  # type: ignore[assignment]
    report = files.store(
        b"".join(csv_chunks(tables.report(pairs))),
        name=f"import-{row.id}.csv",
        content_type="text/csv",
        purpose="visitors.import_report",
        expo_id=row.expo_id,
        owner=SYSTEM,
    )
    row.file_id = report.id
    db.session.flush()
    files.delete(old)
