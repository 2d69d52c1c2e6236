"""Named questions about what was done. The scope is a fair, or None for everything in the installation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from exhibitions.audit.models import Entry, Erasure, PersonKey, RetentionTerm
from exhibitions.core.db import db

_MOST_ACTORS = 500
PAGE = 50
MOST_COUNTED = 10_000
"""Nobody turns 200 pages: beyond this many entries the count says "more", and a million cost no more than these."""


@dataclass(frozen=True)
class Wanted:
    """Which entries are asked for; what is empty does not narrow.

    `action` is one, or the beginning of several that ends in a dot: "visitors.". `subject` is a kind with a number, or a
    kind alone.
    """

    action: str = ""
    actor: tuple[str, int | None] | None = None
    subject: tuple[str, int | None] | None = None
    since: datetime | None = None
    until: datetime | None = None


Erasures = tuple[int, int]
"""How many erasures of a fair there are, and the number of the newest."""


def erasures_of(expo_id: int) -> Erasures:
    """What of it changes whenever somebody of the fair is erased."""
    found = sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(Erasure.id), 0))
    count, newest = db.session.execute(found.where(Erasure.expo_id == expo_id)).one()
    return int(count), int(newest)


def entries(
    expo_id: int | None, wanted: Wanted = Wanted(), *, offset: int = 0, limit: int = PAGE
) -> list[Entry]:
    """At most `limit` entries, the newest first, leaving out the first `offset`."""
    found = sa.select(Entry).where(*_narrowed(expo_id, wanted)).order_by(Entry.at.desc(), Entry.id.desc())
    return list(db.session.scalars(found.offset(offset).limit(limit)))


def entries_about(
    expo_id: int | None, subjects: Iterable[tuple[str, int]], *, limit: int = PAGE
) -> list[Entry]:
    """At most `limit` entries about any of these things of a fair, or (None) of the organisation, the newest first."""
    about = [sa.and_(Entry.subject_kind == kind, Entry.subject_id == number) for kind, number in subjects]
    found = sa.select(Entry).where(Entry.expo_id == expo_id, sa.or_(*about)).order_by(Entry.id.desc())
    return list(db.session.scalars(found.limit(limit)))


def every(expo_id: int | None, wanted: Wanted, portion: int = 1000) -> Iterator[list[Entry]]:
    """All entries that are wanted, the oldest first, by the portion."""
    behind = 0
    while True:
        found = sa.select(Entry).where(*_narrowed(expo_id, wanted), Entry.id > behind).order_by(Entry.id)
        rows = list(db.session.scalars(found.limit(portion)))
        if rows:
            yield rows
            behind = rows[-1].id
        if len(rows) < portion:
            return


def count(expo_id: int | None, wanted: Wanted = Wanted()) -> int:
    """How many entries there are in all, counted up to one more than `MOST_COUNTED`."""
    some = sa.select(Entry.id).where(*_narrowed(expo_id, wanted)).limit(MOST_COUNTED + 1).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def newest() -> datetime | None:
    """The latest moment at which anything was done."""
    return db.session.scalar(sa.select(sa.func.max(Entry.at)))


def actions(expo_id: int | None) -> list[str]:
    """The names of all actions that occur, sorted: each looked up by the one before, never by reading all entries."""
    mine = sa.true() if expo_id is None else Entry.expo_id == expo_id
    first = sa.select(sa.func.min(Entry.action).label("action")).where(mine).cte("actions", recursive=True)
    after = sa.select(sa.func.min(Entry.action)).where(mine, Entry.action > first.c.action).scalar_subquery()
    steps = first.union_all(sa.select(after).where(first.c.action.is_not(None)))
    found = db.session.scalars(sa.select(steps.c.action).where(steps.c.action.is_not(None)))
    return sorted(found)


def last_of_actors(expo_id: int | None) -> list[Entry]:
    """The newest entry of each account that did anything, found in the same manner; of at most 500 accounts."""
    mine = sa.and_(Entry.actor_kind == "user", sa.true() if expo_id is None else Entry.expo_id == expo_id)
    first = sa.select(sa.func.min(Entry.actor_id).label("who")).where(mine).cte("actors", recursive=True)
    after = sa.select(sa.func.min(Entry.actor_id)).where(mine, Entry.actor_id > first.c.who).scalar_subquery()
    steps = first.union_all(sa.select(after).where(first.c.who.is_not(None)))
    newest = (
        sa.select(Entry.id)
        .where(mine, Entry.actor_id == steps.c.who)
        .order_by(Entry.at.desc(), Entry.id.desc())
        .limit(1)
        .correlate(steps)
        .scalar_subquery()
    )
    ids = sa.select(newest).where(steps.c.who.is_not(None)).limit(_MOST_ACTORS)
    return list(db.session.scalars(sa.select(Entry).where(Entry.id.in_(ids)).order_by(Entry.actor_id)))


def person_keys(subjects: Iterable[tuple[str, int]]) -> dict[tuple[str, int], PersonKey]:
    """The key rows of these subjects."""
    pairs = sorted(set(subjects))
    if not pairs:
        return {}
    found = sa.select(PersonKey).where(sa.tuple_(PersonKey.kind, PersonKey.subject_id).in_(pairs))
    return {(row.kind, row.subject_id): row for row in db.session.scalars(found)}


def terms() -> dict[str, int]:
    """The months that the organisation has said, by kind of data."""
    return {row.kind: row.months for row in db.session.scalars(sa.select(RetentionTerm))}


def _narrowed(expo_id: int | None, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if expo_id is not None:
        conditions.append(Entry.expo_id == expo_id)
    if wanted.action:
        conditions.append(_action(wanted.action))
    if wanted.actor is not None:
        who, number = wanted.actor
        # No "is not distinct from": PostgreSQL finds it by no index.
        conditions.append(Entry.actor_kind == who)
        conditions.append(Entry.actor_id.is_(None) if number is None else Entry.actor_id == number)
    if wanted.subject is not None:
        kind, subject_id = wanted.subject
        conditions.append(Entry.subject_kind == kind)
        if subject_id is not None:
            conditions.append(Entry.subject_id == subject_id)
    if wanted.since is not None:
        conditions.append(Entry.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(Entry.at < wanted.until)
    return conditions


def _action(text: str) -> sa.ColumnElement[bool]:
    """One action, or all of a room: a span of names, which an index finds ("/" comes just behind ".")."""
    if not text.endswith("."):
        return Entry.action == text
    return sa.and_(Entry.action >= text, Entry.action < f"{text[:-1]}/")
