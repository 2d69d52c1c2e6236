"""Who is registered: one person, a list with its filters and search, and rows for an export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from exhibitions.badges.models import Badge, BadgeClass, BadgeDay
from exhibitions.badges.rules.token import Token, TypedNumber, parse_code
from exhibitions.core.db import db
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import local_day
from exhibitions.visitors.models import Consent, Registration
from exhibitions.visitors.rules.registration import ALIVE, VISITED, Moment, State
from exhibitions.visitors.rules.search import END, read_question

HOLDER = "visitor"
"""The kind of holder under which badges know a registration."""

PAGE = 50
_PORTION = 1000
_ORDERS: dict[str, sa.SQLColumnExpression[Any]] = {
    "name": Registration.name,
    "company": Registration.company,
    "day": Registration.visit_day,
    "registered": Registration.created_at,
}
ORDERS = frozenset(_ORDERS)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which registrations are wanted. Empty words narrow nothing; `state` is one of the states that people see.

    `region` is a region key, `-` for unknown. `order` is a word of ORDERS with - before it to turn it round.
    """

    class_key: str = ""
    region: str = ""
    day: date | None = None
    source: str = ""
    state: str = ""
    text: str = ""
    order: str = "-registered"


@dataclass(frozen=True, slots=True)
class Row:
    """A registration with its class, its badge (none in rare cases) and whether it came in."""

    registration: Registration
    badge_class: BadgeClass
    badge: Badge | None
    came: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list: the rows, their number in all, and where this page stands."""

    rows: list[Row] = field(default_factory=list)
    total: int = 0
    page: int = 1
    last: int = 1


def moment(expo: Expo) -> Moment:
    """What time it is at the fair (in a demo by its clock), and the days on which visitors come."""
    now = expo_queries.present(expo)
    return Moment(now, local_day(now, expo.timezone, expo.cutoff_hour), expo_queries.visitor_days(expo))


def wanted(expo: Expo, filters: Filters) -> sa.Select[int]:
    """The ids of the registrations that are wanted, as a part of another question."""
    asked = sa.select(Registration.id).join(BadgeClass, BadgeClass.id == Registration.class_id)
    return asked.where(*_conditions(expo, filters))


def waiting_ids(expo: Expo, filters: Filters) -> list[int]:
    """The ids of the registrations that are wanted and wait for approval."""
    waiting = [*_conditions(expo, filters), Registration.state == State.WAITING]
    asked = (
        sa.select(Registration.id).join(BadgeClass, BadgeClass.id == Registration.class_id).where(*waiting)
    )
    return list(db.session.scalars(asked.order_by(Registration.id)))


def waiting_of(expo: Expo, ids: Sequence[int]) -> Sequence[Registration]:
    """Those of these registrations that are this fair's and wait for approval."""
    asked = sa.select(Registration).where(
        Registration.expo_id == expo.id, Registration.id.in_(ids), Registration.state == State.WAITING
    )
    return db.session.scalars(asked.order_by(Registration.id)).all()


def count_alive(expo: Expo) -> int:
    """How many registrations of the fair are neither cancelled nor refused."""
    alive = sa.select(sa.func.count()).where(Registration.expo_id == expo.id, Registration.state.in_(ALIVE))
    return db.session.scalar(alive) or 0


def alive_with(expo: Expo, phone: str | None, email: str | None) -> Registration | None:
    """The living registration with this phone number (E.164), or else with this e-mail address."""
    for column, value in ((Registration.phone, phone), (Registration.email, email)):
        if value is None:
            continue
        asked = sa.select(Registration).where(
            Registration.expo_id == expo.id, column == value, Registration.state.in_(ALIVE)
        )
        registration = db.session.scalar(asked)
        if registration is not None:
            return registration
    return None


def registration_of(expo: Expo, registration_id: int) -> Row | None:
    """The registration with this id, if it is this fair's."""
    if registration_id > expo_queries.LARGEST_NUMBER:
        return None
    row = db.session.execute(_rows(expo).where(Registration.id == registration_id)).first()
    return _row(row) if row is not None else None


def colleagues(expo: Expo, leader: Registration, *, alive: bool = False) -> list[Row]:
    """The people whom a registered person brings along, in the order they were named; with `alive`, who still come."""
    theirs = _rows(expo).where(Registration.leader_id == leader.id).order_by(Registration.id)
    if alive:
        theirs = theirs.where(Registration.state.in_(ALIVE))
    return [_row(row) for row in db.session.execute(theirs)]


def consents(expo: Expo, registration: Registration) -> Sequence[Consent]:
    """What the person agreed to, in the order of time."""
    theirs = sa.select(Consent).where(Consent.expo_id == expo.id, Consent.registration_id == registration.id)
    return db.session.scalars(theirs.order_by(Consent.id)).all()


def found(expo: Expo, filters: Filters, page: int = 1, size: int = PAGE) -> Page:
    """A page of the registrations that are wanted."""
    conditions = _conditions(expo, filters)
    counted = sa.select(sa.func.count()).select_from(Registration)
    if filters.class_key:
        counted = counted.join(BadgeClass, BadgeClass.id == Registration.class_id)
    total = db.session.scalar(counted.where(*conditions)) or 0
    last = max(1, -(-total // size))
    page = min(max(page, 1), last)
    wanted = _rows(expo).where(*conditions).order_by(*_order(filters.order))
    rows = db.session.execute(wanted.limit(size).offset((page - 1) * size))
    return Page([_row(row) for row in rows], total, page, last)


def export_rows(expo: Expo, filters: Filters) -> Iterator[Row]:
    """Every registration that is wanted, in the order of registering, a thousand at a time."""
    conditions = _conditions(expo, filters)
    behind = 0
    while True:
        part = _rows(expo).where(*conditions, Registration.id > behind).order_by(Registration.id)
        rows = [_row(row) for row in db.session.execute(part.limit(_PORTION))]
        yield from rows
        if len(rows) < _PORTION:
            return
        behind = rows[-1].registration.id
        # What was given out is not needed again: 100,000 people must not pile up in memory.
        for row in rows:
            db.session.expunge(row.registration)
            if row.badge is not None:
                db.session.expunge(row.badge)


def sources(expo: Expo) -> list[str]:
    """The words of the source links by which people came, sorted."""
    words = sa.select(Registration.source).where(Registration.expo_id == expo.id, Registration.source != "")
    return list(db.session.scalars(words.distinct().order_by(Registration.source).limit(200)))


def regions(expo: Expo) -> list[str]:
    """The region keys that occur among the fair's registrations, the most frequent first."""
    counted = (
        sa.select(Registration.region)
        .where(Registration.expo_id == expo.id, Registration.region != "")
        .group_by(Registration.region)
        .order_by(sa.func.count().desc(), Registration.region)
        .limit(300)
    )
    return list(db.session.scalars(counted))


def day_counts(expo: Expo) -> dict[date | None, int]:
    """How many living registrations there are for each planned day; None: no day chosen."""
    counted = (
        sa.select(Registration.visit_day, sa.func.count())
        .where(Registration.expo_id == expo.id, Registration.state.in_(ALIVE))
        .group_by(Registration.visit_day)
    )
    return dict(db.session.execute(counted).all())


def _row(found: sa.Row[Registration, BadgeClass, Badge, bool]) -> Row:
    registration, badge_class, badge, came = found
    return Row(registration, badge_class, badge, came)


def _came() -> sa.ColumnElement[bool]:
    """Whether any badge of the registration ever came in."""
    return sa.exists(
        sa.select(BadgeDay.id)
        .join(Badge, Badge.id == BadgeDay.badge_id)
        .where(
            Badge.expo_id == Registration.expo_id,
            Badge.holder_kind == HOLDER,
            Badge.holder_id == Registration.id,
        )
        .correlate(Registration)
    )


def _rows(expo: Expo) -> sa.Select[Registration, BadgeClass, Badge, bool]:
    theirs = sa.and_(
        Badge.expo_id == expo.id,
        Badge.holder_kind == HOLDER,
        Badge.holder_id == Registration.id,
        Badge.voided_at.is_(None),
    )
    return (
        sa.select(Registration, BadgeClass, Badge, _came())
        .join(BadgeClass, BadgeClass.id == Registration.class_id)
        .outerjoin(Badge, theirs)
        .where(Registration.expo_id == expo.id)
    )


def _order(order: str) -> list[sa.UnaryExpression[Any]]:
    column = _ORDERS.get(order.removeprefix("-"), Registration.created_at)
    if order.startswith("-"):
        return [column.desc(), Registration.id.desc()]
    return [column.asc(), Registration.id.asc()]


def _conditions(expo: Expo, filters: Filters) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [Registration.expo_id == expo.id]
    if filters.class_key:
        conditions.append(BadgeClass.key == filters.class_key)
    if filters.region:
        conditions.append(Registration.region == ("" if filters.region == "-" else filters.region))
    if filters.day is not None:
        conditions.append(Registration.visit_day == filters.day)
    if filters.source:
        conditions.append(Registration.source == filters.source)
    return conditions + _state(filters.state) + _search(expo, filters.text)


def _state(state: str) -> list[sa.ColumnElement[bool]]:
    if not state:
        return []
    if state == VISITED:
        return [_came()]
    return [Registration.state == State(state), sa.not_(_came())]


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
        holders = sa.select(Badge.holder_id).where(
            Badge.expo_id == expo.id, Badge.number == number, Badge.holder_kind == HOLDER
        )
        return [Registration.id.in_(holders)]
    if question.phone:
        return [Registration.phone == question.phone]
    if question.digits:
        return [
            sa.or_(
                Registration.search.contains(question.digits + END, autoescape=True),
                Registration.name.contains(question.digits, autoescape=True),
                Registration.company.contains(question.digits, autoescape=True),
            )
        ]
    return [Registration.search.contains(word, autoescape=True) for word in question.words]


def came_back(expo: Expo) -> dict[int, int]:
    """Registrations of people who were cancelled or refused and registered again, each with the first of that person.

    A person is known by name and contact (V-6): the same name with the same phone number, or the same e-mail address.
    """
    ended, other = aliased(Registration), aliased(Registration)
    same = sa.or_(
        sa.and_(other.phone == ended.phone, ended.phone.is_not(None)),
        sa.and_(other.email == ended.email, ended.email.is_not(None)),
    )
    pairs = (
        sa.select(ended.id, other.id)
        .join(other, sa.and_(other.expo_id == ended.expo_id, other.name == ended.name, same))
        .where(ended.expo_id == expo.id, ended.state.not_in(ALIVE), other.id != ended.id)
        .order_by(ended.id, other.id)
    )
    first: dict[int, int] = {}
    for one, another in db.session.execute(pairs):
        low, high = sorted((first.get(one, one), first.get(another, another)))
        for number, known in list(first.items()):
            if known == high:
                first[number] = low
        first[one] = first[another] = first[high] = low
    return {number: known for number, known in first.items() if number != known}
