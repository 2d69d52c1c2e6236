"""Registrations as rows for others: the same fields in the same words, whoever asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exhibitions.audit import service as audit
from exhibitions.badges import service as badges
from exhibitions.badges.rules import number
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.sheets.writing import XLSX
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.files.rules import EXPORT_LIFE
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job
from exhibitions.visitors import queries
from exhibitions.visitors.queries import Filters, Row
from exhibitions.visitors.rules.registration import shown_state
from exhibitions.visitors.service import bulk

EXPORT = "visitors.export"
"""The job that writes an export, and the purpose of its file."""
EXPORT_IMPORT = "visitors.export_import"
"""The job that writes the people of an import in the columns of their file; its file has the same purpose."""
FIELDS = ("number", "name", "company", "phone", "email", "class", "region", "state", "code")


def export(expo: Expo, filters: Filters, *, codes: bool) -> Iterator[dict[str, str | None]]:
    """Each wanted registration as `FIELDS`, in the order of registering.

    `number` has ten digits, `phone` is E.164, `class` and `region` are keys, `state` is what people see; what is not
    known is None. `code` is the text of the QR code where `codes` are wanted, and left out where they are not.
    """
    for row in queries.export_rows(expo, filters):
        yield exported(expo, row, codes=codes)


def exported(expo: Expo, row: Row, *, codes: bool) -> dict[str, str | None]:
    """One registration as `FIELDS`; see `export`."""
    person = row.registration
    fields: dict[str, str | None] = {
        "number": number.with_check(row.badge.number) if row.badge else None,
        "name": person.name,
        "company": person.company,
        "phone": person.phone,
        "email": person.email,
        "class": row.badge_class.key,
        "region": person.region,
        "state": shown_state(person.state, row.came),
    }
    if codes:
        fields["code"] = badges.code_of(expo, row.badge) if row.badge else None
    return fields


def record(expo: Expo, rows: int, columns: Sequence[str], by: Actor, reason: str = "") -> None:
    """Note an export: who, how many people, which columns, why (P12, P13)."""
    audit.record(
        "visitors.exported",
        by,
        expo_id=expo.id,
        after={"rows": rows, "columns": list(columns)},
        reason=reason,
    )


def ask(expo: Expo, ids: Sequence[int], columns: Sequence[str], language: str, by: Actor) -> Job:
    """Have these people written into an XLSX file that only who asked may fetch, for a day (P13).

    Inside the caller's transaction. Each wish is a file of its own: the list may have changed since.
    """
    kept = files.keep_selection(bulk.SELECTION, expo.id, ids, by, {"columns": list(columns)})
    arguments: dict[str, int | str] = {"file_id": kept, "language": language}
    return jobs.enqueue(EXPORT, f"{expo.id}/{kept}", arguments, expo_id=expo.id, actor=by)


def ask_import(expo: Expo, import_id: int, language: str, by: Actor) -> Job:
    """Have the people of an import written into an XLSX file in the columns of theirs, that only who asked may fetch,
    for a day (P13). Inside the caller's transaction; while the file is being written a second wish is the same one.
    """
    arguments: dict[str, int | str] = {"import_id": import_id, "language": language}
    return jobs.enqueue(EXPORT_IMPORT, f"{expo.id}/{import_id}/{by.id}", arguments, expo_id=expo.id, actor=by)


def keep(expo: Expo, written: files.Bytes, by: Actor) -> int:
    """Keep a written file for its day; gives its number."""
    stored = files.store(
        written,
        name=f"visitors-{expo.slug}.xlsx",
        content_type=XLSX,
        purpose=EXPORT,
        expo_id=expo.id,
        owner=by,
        expires_at=clock.now() + EXPORT_LIFE,
    )
    return stored.id
