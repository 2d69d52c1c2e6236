"""Named questions about stored files."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.files.models import StoredFile

PORTION = 1000


def file_of(expo_id: int | None, file_id: int) -> StoredFile | None:
    """The file of this number in the fair, or (None) among those that belong to no fair."""
    found = sa.select(StoredFile).where(
        StoredFile.expo_id.is_not_distinct_from(expo_id), StoredFile.id == file_id
    )
    return db.session.scalar(found)


def expired(now: datetime) -> list[StoredFile]:
    """Files whose time is over, at most a portion of them."""
    return list(db.session.scalars(sa.select(StoredFile).where(StoredFile.expires_at <= now).limit(PORTION)))


def owned_by(kind: str, owner_id: int) -> list[StoredFile]:
    """Every file that this actor made."""
    found = sa.select(StoredFile).where(StoredFile.owner_kind == kind, StoredFile.owner_id == owner_id)
    return list(db.session.scalars(found.order_by(StoredFile.id)))


def known_paths(paths: Collection[str]) -> set[str]:
    """Those of `paths` that a row stands for."""
    return set(db.session.scalars(sa.select(StoredFile.path).where(StoredFile.path.in_(paths))))


def named(expo_id: int, purpose: str, name: str) -> list[StoredFile]:
    """The files of a fair that were made for this purpose under this name, the newest last."""
    found = sa.select(StoredFile).where(
        StoredFile.expo_id == expo_id, StoredFile.purpose == purpose, StoredFile.name == name
    )
    return list(db.session.scalars(found.order_by(StoredFile.id)))


def of_purposes(expo_id: int, purposes: Collection[str]) -> list[StoredFile]:
    """Every file of a fair that was made for one of these purposes."""
    found = sa.select(StoredFile).where(StoredFile.expo_id == expo_id, StoredFile.purpose.in_(purposes))
    return list(db.session.scalars(found.order_by(StoredFile.id)))
