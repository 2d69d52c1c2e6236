"""Named questions about imports of companies, and about what they may meet in the register."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from exhibitions.companies.models import Company, CompanyImport
from exhibitions.companies.rules.import_verdicts import Known
from exhibitions.core.db import db
from exhibitions.files.models import StoredFile

UPLOAD = "companies.import"
"""The purpose of an uploaded file; a day after the import a report without people stands in its place."""
BEFORE = "companies.import_before"
"""The purpose of a file with what companies were like before an import changed them."""
_MOST_READINGS = 100


def import_of(import_id: int) -> CompanyImport | None:
    """The import with this number."""
    return db.session.get(CompanyImport, import_id)


class ImportLine(NamedTuple):
    """An import as a list shows it; the counts say nothing before the file is checked. `name` is that of its file."""

    id: int
    state: str
    created_at: datetime
    name: str
    rows: int | None
    accepted: int | None
    rejected: int | None


def imports(most: int = 50) -> list[ImportLine]:
    """The newest imports."""
    rejected = sa.func.json_array_length(CompanyImport.counts["rejected"], type_=sa.Integer)
    rows, accepted = (CompanyImport.counts[name].as_integer() for name in ("rows", "accepted"))
    name = sa.func.coalesce(StoredFile.name, "")
    found = (
        sa.select(
            CompanyImport.id, CompanyImport.state, CompanyImport.created_at, name, rows, accepted, rejected
        )
        .outerjoin(StoredFile, sa.and_(StoredFile.id == CompanyImport.file_id, StoredFile.purpose == UPLOAD))
        .order_by(CompanyImport.id.desc())
        .limit(most)
    )
    return [ImportLine._make(row) for row in db.session.execute(found)]


def file_of(row: CompanyImport) -> StoredFile | None:
    """The file of an import; None when its time is over."""
    stored = db.session.get(StoredFile, row.file_id) if row.file_id else None
    return stored if stored is not None and stored.purpose == UPLOAD else None


def same_file(sha256: str, states: Collection[str]) -> CompanyImport | None:
    """The newest import of the very same bytes that is in one of these states."""
    found = (
        sa.select(CompanyImport)
        .join(StoredFile, StoredFile.id == CompanyImport.file_id)
        .where(CompanyImport.state.in_(states), StoredFile.purpose == UPLOAD, StoredFile.sha256 == sha256)
    )
    return db.session.scalar(found.order_by(CompanyImport.id.desc()).limit(1))


def readings() -> list[dict[str, Any]]:
    """How the newest imports were read, the newest first."""
    found = sa.select(CompanyImport.reading).order_by(CompanyImport.id.desc()).limit(_MOST_READINGS)
    return list(db.session.scalars(found))


def kept_file(number: object) -> StoredFile | None:
    """The file with what companies were like before an import, if it is still there."""
    stored = db.session.get(StoredFile, number) if isinstance(number, int) else None
    return stored if stored is not None and stored.purpose == BEFORE else None


def with_old_files(before: datetime, most: int = 50) -> Sequence[tuple[CompanyImport, StoredFile]]:
    """Imports whose file is kept though they ended, or were uploaded and left, before this moment."""
    last = sa.func.coalesce(CompanyImport.undone_at, CompanyImport.finished_at, CompanyImport.created_at)
    found = (
        sa.select(CompanyImport, StoredFile)
        .join(StoredFile, StoredFile.id == CompanyImport.file_id)
        .where(
            StoredFile.purpose == UPLOAD, last < before, CompanyImport.state.not_in(("running", "undoing"))
        )
    )
    return [(row, stored) for row, stored in db.session.execute(found.order_by(CompanyImport.id).limit(most))]


def known(besides: int | None = None) -> Known:
    """What is spoken for in the register: numbers, credit codes, names; without what this import brought in itself."""
    asked = sa.select(
        Company.id, Company.number, Company.credit_code, Company.name_key_zh, Company.name_key_en
    ).where(Company.merged_into_id.is_(None))
    if besides is not None:
        asked = asked.where(Company.import_id.is_distinct_from(besides))
    found = Known()
    for row in db.session.execute(asked):
        found.numbers[row.number.upper()] = row.id
        if row.credit_code:
            found.codes[row.credit_code] = row.id
        for key in (row.name_key_zh, row.name_key_en):
            if key:
                found.names.setdefault(key, row.credit_code or "")
    return found


def brought_in(import_id: int, behind: int, most: int) -> Sequence[Company]:
    """A portion of the companies that came with an import, behind this row."""
    found = sa.select(Company).where(Company.import_id == import_id, Company.id > behind)
    return db.session.scalars(found.order_by(Company.id).limit(most)).all()


def count_brought_in(import_id: int) -> int:
    """How many companies came with an import."""
    found = sa.select(sa.func.count(Company.id)).where(Company.import_id == import_id)
    return db.session.scalar(found) or 0
