"""The list of registrations: filters, search, pages and rows for an export.

Which rows are wanted is asked of two indexes alone: one holds every column that is filtered and sorted by, the other
what is searched; the rows themselves are read fifty at a time (docs/decisions/0008).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from exhibitions.badges.models import Badge
from exhibitions.core.bulk import among
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries.narrowing import (
    Filters,
    column_of,
    conditions_of,
    order_of,
    printed_holders,
    visitors,
)
from exhibitions.visitors.queries.people import (
    Row,
    as_row,
    by_itself,
    came_in,
    held_badge,
    held_by_registration,
    rows,
)
from exhibitions.visitors.rules.registration import VISITED, State

PAGE = 50
_PORTION = 2000
_EXPORT_PORTION = 10_000
_FAR = 6_000
_NEARLY = 200
_NEAR = 500


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list: the rows, their number in all, and where this page stands."""

    rows: list[Row] = field(default_factory=list)
    total: int = 0
    page: int = 1
    last: int = 1


def found(expo: Expo, filters: Filters, page: int = 1, size: int = PAGE) -> Page:
    """A page of the registrations that are wanted."""
    page = max(page, 1)
    near = _near(expo, filters, page * size)
    if near:
        # Nearly always: many match, and a page of them is quickly found.
        total = count(expo, filters)
        last = max(1, -(-total // size))
        return Page(rows_of(expo, near[(page - 1) * size :]), total, page, last)
    conditions, wanted = _sorted(expo, filters)
    # Up to here one look gives the page and the total; only who has more is counted by another. Who is searched for, or
    # sorted by anything but the time, is found only by looking through everybody; a filter finds its first at once.
    early = column_of(filters.order) is Registration.created_at and not filters.text
    far = PAGE if conditions == 1 else _NEARLY if early else _FAR
    first = db.session.scalars(wanted.limit(far)).all()
    total = len(first) if len(first) < far else count(expo, filters)
    last = max(1, -(-total // size))
    page = min(page, last)
    ids = first[(page - 1) * size : page * size]
    if page * size > far:
        ids = db.session.scalars(wanted.limit(size).offset((page - 1) * size)).all()
    return Page(rows_of(expo, ids) if ids else [], total, page, last)


def _near(expo: Expo, filters: Filters, most: int) -> list[int]:
    """The first `most` ids of a list that goes by what badges say, if so many stand at its beginning; else none.

    Who came in or has a printed badge is not in the index of the list. Asking that of the first few hundred costs a
    tenth of finding out everybody of whom it is true, which only the count needs.
    """
    came = filters.state in (VISITED, State.REGISTERED)
    by_badges = came or filters.printed is not None
    # Sorted by anything else, the beginning is known only when everybody has been looked at, and few hold a searched word.
    early = column_of(filters.order) is Registration.created_at and not filters.text
    if not by_badges or not early or most > _NEAR:
        return []
    plain = conditions_of(expo, replace(filters, printed=None, state="" if came else filters.state))
    if filters.state == State.REGISTERED:
        plain.append(by_itself(Registration.state) == State.REGISTERED)
    wanted = (
        sa.select(Registration.id)
        .where(*plain)
        .order_by(*order_of(filters.order, everybody=False))
        .limit(_NEAR)
    )
    ids = db.session.scalars(wanted).all()
    by_badge = [_listed(Registration.id)]
    if filters.printed is not None:
        printed = sa.exists().where(held_by_registration(), Badge.prints > 0)
        by_badge.append(printed if filters.printed else sa.not_(printed))
    if came:
        by_badge.append(came_in() if filters.state == VISITED else sa.not_(came_in()))
    kept = set(db.session.scalars(sa.select(Registration.id).where(*by_badge), {"ids": _list(ids)}))
    found = [number for number in ids if number in kept][:most]
    return found if len(found) == most else []


def count(expo: Expo, filters: Filters) -> int:
    """How many registrations are wanted."""
    by_badges = _count_by_badges(expo, filters)
    if by_badges is not None:
        return by_badges
    conditions = conditions_of(expo, filters)
    if len(conditions) == 1:
        # Everybody: the index of the states is the smallest that knows them.
        conditions.append(Registration.state.in_(list(State)))
    return _counted(*conditions)


def _count_by_badges(expo: Expo, filters: Filters) -> int | None:
    """The total of a list that is narrowed by nothing but a state or the printed badge: badges, their days and the index of
    the states know it, which is half of the way. None for every other list.
    """
    plain = replace(filters, state="", printed=None)
    if len(conditions_of(expo, plain)) > 1:
        return None
    if filters.printed is not None and not filters.state:
        printed = _people(printed_holders(expo))
        return printed if filters.printed else count(expo, plain) - printed
    if filters.printed is not None or not filters.state:
        return None
    here = Registration.expo_id == expo.id
    if filters.state not in (VISITED, State.REGISTERED):
        return _counted(here, Registration.state == State(filters.state), sa.not_(came_in()))
    visited = _people(visitors(expo))
    if filters.state == VISITED:
        return visited
    # Of the few who are anything but registered each is looked up by itself.
    registered = _counted(here, Registration.state == State.REGISTERED)
    others = [state for state in State if state is not State.REGISTERED]
    return registered - visited + _counted(here, Registration.state.in_(others), came_in())


def _counted(*conditions: sa.ColumnElement[bool]) -> int:
    counted = sa.select(sa.func.count()).select_from(Registration).where(*conditions)
    return db.session.scalar(counted) or 0


def _people(holders: sa.Select[Any]) -> int:
    """How many people hold such badges, each counted once."""
    holder = holders.selected_columns[0]
    return db.session.scalar(holders.with_only_columns(sa.func.count(holder.distinct()))) or 0


def wanted(expo: Expo, filters: Filters) -> sa.Select[int]:
    """The ids of the registrations that are wanted, as a part of another question."""
    return sa.select(Registration.id).where(*conditions_of(expo, filters))


def ids_of(expo: Expo, filters: Filters) -> Sequence[int]:
    """The ids of all that are wanted, in the order of the list."""
    return db.session.scalars(_sorted(expo, filters)[1]).all()


def _sorted(expo: Expo, filters: Filters) -> tuple[int, sa.Select[int]]:
    """The ids of all that are wanted, in the order of the list, and how many conditions that has; one is the fair."""
    conditions = conditions_of(expo, filters)
    order = order_of(filters.order, everybody=len(conditions) == 1)
    return len(conditions), sa.select(Registration.id).where(*conditions).order_by(*order)


def rows_of(expo: Expo, ids: Sequence[int]) -> list[Row]:
    """The registrations with these ids that are this fair's, in the order of the ids."""
    theirs = rows(expo).where(Registration.id.in_(ids))
    by_id = {row.registration.id: row for row in map(as_row, db.session.execute(theirs))}
    return [by_id[number] for number in ids if number in by_id]


def export_rows(expo: Expo, filters: Filters) -> Iterator[Row]:
    """Every registration that is wanted, in the order of registering, two thousand at a time."""
    conditions = conditions_of(expo, filters)
    behind = 0
    while True:
        part = rows(expo).where(*conditions, Registration.id > behind).order_by(Registration.id)
        found = [as_row(row) for row in db.session.execute(part.limit(_PORTION))]
        yield from found
        if len(found) < _PORTION:
            return
        behind = found[-1].registration.id
        # What was given out is not needed again: 100,000 people must not pile up in memory.
        for row in found:
            db.session.expunge(row.registration)
            if row.badge is not None:
                db.session.expunge(row.badge)


EXPORTED = frozenset(
    (
        "id",
        "name",
        "company",
        "title",
        "phone",
        "email",
        "region",
        "visit_day",
        "state",
        "source",
        "created_at",
        "class_id",
        "leader_id",
        "number",
        "came",
    )
)
"""What an export may say of a registration: its own fields, the number of its badge (None without one), whether it came."""


def columns_of(expo: Expo, ids: Sequence[int], fields: Collection[str]) -> Iterator[dict[str, Sequence[Any]]]:
    """These fields of the registrations with these ids that are this fair's, in the order of the ids, by portions.

    A portion is ten thousand people, each field of EXPORTED a column of it; `id` is always there. 100,000 people as
    objects would take five times as long and stay in memory. The badge is looked up for each, because a join would make
    PostgreSQL read whole tables every time.
    """
    made = {
        "number": sa.select(Badge.number)
        .where(held_badge(expo))
        .limit(1)
        .correlate(Registration)
        .scalar_subquery(),
        "came": came_in(),
    }
    names = ["id", *sorted(EXPORTED.intersection(fields) - {"id"})]
    people = sa.select(
        *(made[name] if name in made else getattr(Registration, name) for name in names)
    ).where(by_itself(Registration.expo_id) == expo.id, _listed(Registration.id))
    for start in range(0, len(ids), _EXPORT_PORTION):
        part = ids[start : start + _EXPORT_PORTION]
        # Whoever took the portion before may have ended the transaction meanwhile.
        rows = db.session.connection().execute(people, {"ids": _list(part)})
        by_id = {row[0]: row for row in rows.all()}
        found = [by_id[number] for number in part if number in by_id]
        if found:
            yield dict(zip(names, zip(*found, strict=True), strict=True))


def _listed(column: Any) -> sa.ColumnElement[bool]:
    """Whether a column is in the list of the parameter `ids`, which is one value for both engines, of any length."""
    if db.session.get_bind().dialect.name == "postgresql":
        return among("postgresql", column, "ids")
    each = sa.func.json_each(sa.bindparam("ids", type_=sa.String)).table_valued("value")
    return column.in_(sa.select(each.c.value))  # type: ignore[no-any-return]


def _list(ids: Sequence[int]) -> Any:
    return list(ids) if db.session.get_bind().dialect.name == "postgresql" else str(list(ids))


def sources(expo: Expo) -> list[str]:
    """The words of the source links by which people came, sorted, at most 200."""
    return _values(expo, Registration.source, 200)


def regions(expo: Expo) -> list[str]:
    """The region keys that occur among the fair's registrations, sorted, at most 300."""
    return _values(expo, Registration.region, 300)


def _values(expo: Expo, column: sa.orm.InstrumentedAttribute[str], most: int) -> list[str]:
    """The values of a column other than "", each found behind the one before: a fair has few of them, and 100,000 people."""
    here = (Registration.expo_id == expo.id, column > "")
    first = sa.select(sa.func.min(column).label("value")).where(*here).cte("found", recursive=True)
    behind = sa.select(sa.func.min(column)).where(Registration.expo_id == expo.id, column > first.c.value)
    step = sa.select(behind.scalar_subquery()).where(first.c.value.is_not(None))
    found = first.union_all(step)
    wanted = sa.select(found.c.value).where(found.c.value.is_not(None)).limit(most)
    return list(db.session.scalars(wanted))
