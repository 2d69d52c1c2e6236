"""Named questions about imports and whom they may meet; the fair is the first argument."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from exhibitions.badges.models import Badge
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import LARGEST_NUMBER
from exhibitions.files.models import StoredFile
from exhibitions.visitors.models import Import, Registration
from exhibitions.visitors.queries.people import HOLDER
from exhibitions.visitors.rules.import_verdicts import Taken, name_key
from exhibitions.visitors.rules.registration import ALIVE

UPLOAD = "visitors.import"
"""The purpose of an uploaded file; a day after the import a report without people stands in its place."""

BEFORE = "visitors.import_before"
"""The purpose of a file with what people were like before an import changed them."""

_PORTION = 500


def import_of(expo: Expo, import_id: int) -> Import | None:
    """The import with this number, if it is this fair's."""
    if import_id > LARGEST_NUMBER:
        return None
    return db.session.scalar(sa.select(Import).where(Import.expo_id == expo.id, Import.id == import_id))


class ImportLine(NamedTuple):
    """An import as a list shows it; the counts say nothing before the file is checked.

    `name` is that of its file, "" when the file's time is over.
    """

    id: int
    state: str
    created_at: datetime
    name: str
    rows: int | None
    accepted: int | None
    rejected: int | None


def imports(expo: Expo, most: int = 50) -> list[ImportLine]:
    """The newest imports of the fair; the database counts their rejected rows, which may be many thousands."""
    rejected = sa.func.json_array_length(Import.counts["rejected"], type_=sa.Integer)
    rows, accepted = (Import.counts[name].as_integer() for name in ("rows", "accepted"))
    name = sa.func.coalesce(StoredFile.name, "")
    found = (
        sa.select(Import.id, Import.state, Import.created_at, name, rows, accepted, rejected)
        .outerjoin(StoredFile, sa.and_(StoredFile.id == Import.file_id, StoredFile.purpose == UPLOAD))
        .where(Import.expo_id == expo.id)
        .order_by(Import.id.desc())
        .limit(most)
    )
    return [ImportLine._make(row) for row in db.session.execute(found)]


def file_of(row: Import) -> StoredFile | None:
    """The file of an import; None when its time is over."""
    stored = db.session.get(StoredFile, row.file_id)
    return stored if stored is not None and stored.purpose == UPLOAD else None


def same_file(expo: Expo, sha256: str, states: Collection[str]) -> Import | None:
    """The newest import of the very same bytes that is in one of these states."""
    found = (
        sa.select(Import)
        .join(StoredFile, StoredFile.id == Import.file_id)
        .where(
            Import.expo_id == expo.id,
            Import.state.in_(states),
            StoredFile.purpose == UPLOAD,
            StoredFile.sha256 == sha256,
        )
    )
    return db.session.scalar(found.order_by(Import.id.desc()).limit(1))


def readings(expo: Expo, most: int = 50) -> Sequence[dict[str, object]]:
    """How the newest files of the fair were read, the newest first."""
    found = sa.select(Import.reading).where(Import.expo_id == expo.id).order_by(Import.id.desc()).limit(most)
    return db.session.scalars(found).all()


def taken(expo: Expo, besides: int | None = None) -> Taken:
    """The phone numbers and e-mail addresses of everyone whose registration is alive (IR7).

    Those whom the import `besides` brought in are left out: work that goes on after a fall meets its own people.
    """
    columns = sa.select(Registration.id, Registration.phone, Registration.email)
    found = columns.where(Registration.expo_id == expo.id, Registration.state.in_(ALIVE))
    if besides is not None:
        found = found.where(Registration.import_id.is_distinct_from(besides))
    result = Taken()
    for number, phone, email in db.session.execute(found):
        result.enter(phone, email, number)
    return result


def names_alive(expo: Expo, besides: int | None = None) -> dict[int, str]:
    """The names of the living registrations as they are compared, by registration; without those that `besides` brought."""
    found = sa.select(Registration.id, Registration.name).where(
        Registration.expo_id == expo.id, Registration.state.in_(ALIVE), Registration.erased_at.is_(None)
    )
    if besides is not None:
        found = found.where(Registration.import_id.is_distinct_from(besides))
    return {number: name_key(name) for number, name in db.session.execute(found)}


def holders(expo: Expo) -> dict[int, int]:
    """The living registrations of the fair by the numbers of the badges that they hold."""
    found = (
        sa.select(Badge.number, Registration.id)
        .join(Registration, Registration.id == Badge.holder_id)
        .where(
            Badge.expo_id == expo.id,
            Badge.holder_kind == HOLDER,
            Badge.voided_at.is_(None),
            Registration.expo_id == expo.id,
            Registration.state.in_(ALIVE),
            Registration.erased_at.is_(None),
        )
    )
    return {number: registration for number, registration in db.session.execute(found)}  # noqa: C416 - rows, not pairs


def registrations(expo: Expo, numbers: Collection[int]) -> dict[int, Registration]:
    """The registrations of this fair with these numbers, without those whose people were erased."""
    wanted = list(numbers)
    found: dict[int, Registration] = {}
    for start in range(0, len(wanted), _PORTION):
        part = sa.select(Registration).where(
            Registration.expo_id == expo.id,
            Registration.id.in_(wanted[start : start + _PORTION]),
            Registration.erased_at.is_(None),
        )
        found |= {row.id: row for row in db.session.scalars(part)}
    return found


def brought_in(expo: Expo, import_id: int, behind: int = 0, most: int = _PORTION) -> Sequence[Registration]:
    """The people whom an import brought in, by number, those behind the number `behind`."""
    found = sa.select(Registration).where(
        Registration.expo_id == expo.id, Registration.import_id == import_id, Registration.id > behind
    )
    return db.session.scalars(found.order_by(Registration.id).limit(most)).all()


def count_brought_in(expo: Expo, import_id: int) -> int:
    """How many people an import brought in who are still there and alive."""
    found = sa.select(sa.func.count()).where(
        Registration.expo_id == expo.id, Registration.import_id == import_id, Registration.state.in_(ALIVE)
    )
    return db.session.scalar(found) or 0


def badge_numbers(expo: Expo, holder_ids: Collection[int]) -> dict[int, int]:
    """The numbers of the badges that these registrations hold, by registration."""
    wanted = list(holder_ids)
    found: dict[int, int] = {}
    for start in range(0, len(wanted), _PORTION):
        part = sa.select(Badge.holder_id, Badge.number).where(
            Badge.expo_id == expo.id,
            Badge.holder_kind == HOLDER,
            Badge.holder_id.in_(wanted[start : start + _PORTION]),
            Badge.voided_at.is_(None),
        )
        found |= {holder: number for holder, number in db.session.execute(part) if holder is not None}
    return found


def kept_files(expo_id: int) -> Sequence[tuple[Import, StoredFile]]:
    """The imports of a fair whose files are still kept; a day's at most."""
    found = sa.select(Import, StoredFile).join(StoredFile, StoredFile.id == Import.file_id)
    kept = found.where(Import.expo_id == expo_id, StoredFile.purpose == UPLOAD).order_by(Import.id)
    return [(row, stored) for row, stored in db.session.execute(kept.limit(_PORTION))]


def kept_befores(expo_id: int) -> Sequence[StoredFile]:
    """The files of a fair that hold what people were like before an import changed them; two days' at most."""
    found = sa.select(StoredFile).where(StoredFile.expo_id == expo_id, StoredFile.purpose == BEFORE)
    return db.session.scalars(found.order_by(StoredFile.id).limit(_PORTION)).all()


def with_before(expo_id: int, file_id: int) -> Sequence[Import]:
    """The import whose way back lies in this file."""
    found = sa.select(Import).where(
        Import.expo_id == expo_id, Import.counts["before"].as_integer() == file_id
    )
    return db.session.scalars(found).all()


def any_running(expo_id: int) -> bool:
    """Whether an import of the fair is being brought in or taken back."""
    found = sa.select(Import.id).where(Import.expo_id == expo_id, Import.state.in_(("running", "undoing")))
    return db.session.scalar(found.limit(1)) is not None


def with_badges(expo: Expo, holder_ids: Collection[int]) -> set[int]:
    """Those of these registrations that have or ever had a badge which is still kept."""
    found = sa.select(Badge.holder_id).where(
        Badge.expo_id == expo.id, Badge.holder_kind == HOLDER, Badge.holder_id.in_(list(holder_ids))
    )
    return {number for number in db.session.scalars(found) if number is not None}


def leaders(expo: Expo, numbers: Collection[int]) -> set[int]:
    """Those of these registrations that bring colleagues along."""
    found = sa.select(Registration.leader_id).where(
        Registration.expo_id == expo.id, Registration.leader_id.in_(list(numbers))
    )
    return {number for number in db.session.scalars(found) if number is not None}


def with_old_files(before: datetime) -> Sequence[tuple[Import, StoredFile]]:
    """The imports, of all fairs, that ended (or were uploaded and never begun) before and still keep their file."""
    ended = sa.func.coalesce(Import.undone_at, Import.finished_at, Import.created_at)
    found = sa.select(Import, StoredFile).join(StoredFile, StoredFile.id == Import.file_id)
    old = found.where(StoredFile.purpose == UPLOAD, ended < before).order_by(Import.id).limit(_PORTION)
    return [(row, stored) for row, stored in db.session.execute(old)]


def kept_file(expo: Expo, file_id: object) -> StoredFile | None:
    """The file of this fair with this number; None for no number."""
    if not isinstance(file_id, int):
        return None
    return db.session.scalar(
        sa.select(StoredFile).where(StoredFile.expo_id == expo.id, StoredFile.id == file_id)
    )


def last_brought_in(expo: Expo, import_id: int) -> int:
    """The number of the last registration that an import has made so far; 0 before the first."""
    mine = sa.select(Registration.id).where(
        Registration.expo_id == expo.id, Registration.import_id == import_id
    )
    return db.session.scalar(mine.order_by(Registration.id.desc()).limit(1)) or 0


def keys_brought_in(expo: Expo, import_id: int, behind: int) -> dict[tuple[str | None, str | None], int]:
    """The registrations that an import has made behind the number `behind`, by phone number and e-mail address."""
    found = sa.select(Registration.phone, Registration.email, Registration.id).where(
        Registration.expo_id == expo.id, Registration.import_id == import_id, Registration.id > behind
    )
    return {(phone, email): number for phone, email, number in db.session.execute(found)}
