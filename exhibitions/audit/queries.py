"""Named questions about what was done. The scope is a fair, or None for everything in the installation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from exhibitions.audit.models import Entry, PersonKey
from exhibitions.core.db import db

PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """Which entries are asked for; what is empty does not narrow. `action` matches the beginning: "visitors."."""

    action: str = ""
    actor: tuple[str, int | None] | None = None
    subject: tuple[str, int] | None = None
    since: datetime | None = None
    until: datetime | None = None


def entries(
    expo_id: int | None, wanted: Wanted = Wanted(), *, offset: int = 0, limit: int = PAGE
) -> list[Entry]:
    """At most `limit` entries, the newest first, leaving out the first `offset`."""
    found = sa.select(Entry).where(*_narrowed(expo_id, wanted)).order_by(Entry.id.desc())
    return list(db.session.scalars(found.offset(offset).limit(limit)))


def entries_about(expo_id: int, subjects: Iterable[tuple[str, int]], *, limit: int = PAGE) -> list[Entry]:
    """At most `limit` entries about any of these things, the newest first."""
    about = [sa.and_(Entry.subject_kind == kind, Entry.subject_id == number) for kind, number in subjects]
    found = sa.select(Entry).where(Entry.expo_id == expo_id, sa.or_(*about)).order_by(Entry.id.desc())
    return list(db.session.scalars(found.limit(limit)))


def count(expo_id: int | None, wanted: Wanted = Wanted()) -> int:
    """How many entries there are in all."""
    return db.session.scalar(sa.select(sa.func.count(Entry.id)).where(*_narrowed(expo_id, wanted))) or 0


def actions(expo_id: int | None) -> list[str]:
    """The names of all actions that occur, sorted."""
    found = sa.select(Entry.action).distinct().order_by(Entry.action)
    return list(db.session.scalars(found if expo_id is None else found.where(Entry.expo_id == expo_id)))


def person_keys(subjects: Iterable[tuple[str, int]]) -> dict[tuple[str, int], PersonKey]:
    """The key rows of these subjects."""
    pairs = sorted(set(subjects))
    if not pairs:
        return {}
    found = sa.select(PersonKey).where(sa.tuple_(PersonKey.kind, PersonKey.subject_id).in_(pairs))
    return {(row.kind, row.subject_id): row for row in db.session.scalars(found)}


def _narrowed(expo_id: int | None, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if expo_id is not None:
        conditions.append(Entry.expo_id == expo_id)
    if wanted.action:
        conditions.append(Entry.action.startswith(wanted.action, autoescape=True))
    if wanted.actor is not None:
        conditions += [
            Entry.actor_kind == wanted.actor[0],
            Entry.actor_id.is_not_distinct_from(wanted.actor[1]),
        ]
    if wanted.subject is not None:
        conditions += [Entry.subject_kind == wanted.subject[0], Entry.subject_id == wanted.subject[1]]
    if wanted.since is not None:
        conditions.append(Entry.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(Entry.at < wanted.until)
    return conditions
