"""The list of registrations: filters, search, pages and rows for an export.

Which rows are wanted is asked of the index of the list alone, which holds every column that is filtered, sorted and
searched by; the rows themselves are read fifty at a time (docs/decisions/0008).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from exhibitions.badges.models import Badge, BadgeClass, BadgeDay
from exhibitions.badges.rules.token import Token, TypedNumber, parse_code
from exhibitions.core.bulk import among
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries.people import (
    HOLDER,
    Row,
    as_row,
    by_itself,
    came_in,
    held_badge,
    held_by_registration,
    rows,
)
from exhibitions.visitors.rules.registration import VISITED, State
from exhibitions.visitors.rules.search import END, read_question

PAGE = 50
_PORTION = 2000
_EXPORT_PORTION = 10_000
_FAR = 6_000
_NEAR = 500
_ORDERS: dict[str, sa.SQLColumnExpression[Any]] = {
    "name": Registration.sort_name,
    "company": Registration.sort_company,
    "day": Registration.visit_day,
    "registered": Registration.created_at,
}
ORDERS = frozenset(_ORDERS)
HAS = {
    "phone": Registration.phone.is_not(None),
    "no-phone": Registration.phone.is_(None),
    "email": Registration.email.is_not(None),
    "no-email": Registration.email.is_(None),
}
"""What a person may have or lack, by its word in the address."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which registrations are wanted. Empty words narrow nothing; `state` is one of the states that people see.

    `region` is a region key, `-` for unknown; `group` is the registration of a leader. `has` is a word of HAS. `ids` are the ticked ones, all when empty. `order` is
    a word of ORDERS with - before it to turn it round.
    """

    class_key: str = ""
    region: str = ""
    day: date | None = None
    source: str = ""
    state: str = ""
    text: str = ""
    order: str = "-registered"
    import_id: int | None = None
    group: int | None = None
    printed: bool | None = None
    has: str = ""
    ids: tuple[int, ...] = ()


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
    conditions = _conditions(expo, filters)
    wanted = sa.select(Registration.id).where(*conditions).order_by(*_order(filters.order))
    # Up to here one look gives the page and the total; only who has more is counted by another. Everybody is counted
    # so quickly that looking far does not pay.
    far = _FAR if len(conditions) > 1 else PAGE
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
    early = _column(filters.order) is Registration.created_at and not filters.text
    if not by_badges or not early or most > _NEAR:
        return []
    plain = _conditions(expo, replace(filters, printed=None, state="" if came else filters.state))
    if filters.state == State.REGISTERED:
        plain.append(by_itself(Registration.state) == State.REGISTERED)
    wanted = sa.select(Registration.id).where(*plain).order_by(*_order(filters.order)).limit(_NEAR)
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
    conditions = _conditions(expo, filters)
    if len(conditions) == 1:
        # Everybody: the index of the states is the smallest that knows them.
        conditions.append(Registration.state.in_(list(State)))
    counted = sa.select(sa.func.count()).select_from(Registration).where(*conditions)
    return db.session.scalar(counted) or 0


def wanted(expo: Expo, filters: Filters) -> sa.Select[int]:
    """The ids of the registrations that are wanted, as a part of another question."""
    return sa.select(Registration.id).where(*_conditions(expo, filters))


def ids_of(expo: Expo, filters: Filters) -> Sequence[int]:
    """The ids of all that are wanted, in the order of the list."""
    wanted = sa.select(Registration.id).where(*_conditions(expo, filters)).order_by(*_order(filters.order))
    return db.session.scalars(wanted).all()


def rows_of(expo: Expo, ids: Sequence[int]) -> list[Row]:
    """The registrations with these ids that are this fair's, in the order of the ids."""
    theirs = rows(expo).where(Registration.id.in_(ids))
    by_id = {row.registration.id: row for row in map(as_row, db.session.execute(theirs))}
    return [by_id[number] for number in ids if number in by_id]


def export_rows(expo: Expo, filters: Filters) -> Iterator[Row]:
    """Every registration that is wanted, in the order of registering, two thousand at a time."""
    conditions = _conditions(expo, filters)
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


def _column(order: str) -> sa.SQLColumnExpression[Any]:
    return _ORDERS.get(order.removeprefix("-"), Registration.created_at)


def _order(order: str) -> list[sa.UnaryExpression[Any]]:
    column = _column(order)
    if order.startswith("-"):
        return [column.desc(), Registration.id.desc()]
    return [column.asc(), Registration.id.asc()]


def _conditions(expo: Expo, filters: Filters) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [Registration.expo_id == expo.id]
    theirs = sa.select(BadgeClass.id).where(
        BadgeClass.expo_id == expo.id, BadgeClass.key == filters.class_key
    )
    equal = (
        (Registration.class_id, theirs.scalar_subquery() if filters.class_key else None),
        (Registration.region, {"": None, "-": ""}.get(filters.region, filters.region)),
        (Registration.visit_day, filters.day),
        (Registration.source, filters.source or None),
        (Registration.import_id, filters.import_id),
    )
    conditions += [by_itself(column) == value for column, value in equal if value is not None]
    if filters.printed is not None:
        printed = Registration.id.in_(_holders(expo, Badge.prints > 0))
        conditions.append(printed if filters.printed else sa.not_(printed))
    if filters.has:
        conditions.append(HAS[filters.has])
    if filters.group is not None:
        led = sa.or_(Registration.leader_id == filters.group, Registration.id == filters.group)
        conditions.append(led)
    if filters.ids:
        conditions.append(Registration.id.in_(filters.ids))
    return conditions + _state(expo, filters.state) + _search(expo, filters.text)


def _holders(expo: Expo, *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The registrations with such a badge."""
    return sa.select(Badge.holder_id).where(
        Badge.expo_id == expo.id, Badge.holder_kind == HOLDER, Badge.holder_id.is_not(None), *which
    )


def _state(expo: Expo, state: str) -> list[sa.ColumnElement[bool]]:
    if not state:
        return []
    came = _holders(expo).join(BadgeDay, BadgeDay.badge_id == Badge.id)
    if state == VISITED:
        return [Registration.id.in_(came)]
    # Most people are registered, and few are anything else: of those each is looked up by itself.
    away = Registration.id.not_in(came) if state == State.REGISTERED else sa.not_(came_in())
    return [by_itself(Registration.state) == State(state), away]


def _badge_number(expo: Expo, text: str) -> int | None:
    """The number that is meant by a typed badge number or by a code that a scanner typed; 0 for another fair's."""
    code = parse_code(text)
    if isinstance(code, Token):
        return code.claims.badge if code.claims.fair == expo.code else 0
    return code.number if isinstance(code, TypedNumber) else None


def _search(expo: Expo, text: str) -> list[sa.ColumnElement[bool]]:
    question = read_question(text)
    if not question.words:
        return []
    number = _badge_number(expo, text)
    if number is not None:
        return [Registration.id.in_(_holders(expo, Badge.number == number))]
    if question.phone:
        return [Registration.phone == question.phone]
    if question.digits:
        named = (Registration.sort_name, Registration.sort_company)
        return [sa.or_(_holds(question.digits + END), *(_holds(question.digits, column) for column in named))]
    return [_holds(word) for word in question.words]


def _holds(word: str, column: Any = Registration.search) -> sa.ColumnElement[bool]:
    """Whether the text has the word in it: letters for letters, which is several times quicker than LIKE on SQLite."""
    return _position(column, word) > 0


def _position(column: Any, word: str) -> sa.ColumnElement[int]:
    name = "strpos" if db.session.get_bind().dialect.name == "postgresql" else "instr"
    return getattr(sa.func, name)(column, word, type_=sa.Integer)  # type: ignore[no-any-return]
