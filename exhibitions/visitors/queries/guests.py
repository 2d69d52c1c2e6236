"""The guests of honour of a fair: the list with its filters, who receives them, who has arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from exhibitions.badges.models import Badge, BadgeDay
from exhibitions.core.contact import clean_name
from exhibitions.core.db import db
from exhibitions.core.paging import Part, part
from exhibitions.core.sameness import same_key
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import Guest, Merge, Registration
from exhibitions.visitors.queries.people import HOLDER
from exhibitions.visitors.rules.guests import ARRIVED, MOST_GUESTS, GuestState
from exhibitions.visitors.rules.registration import ALIVE

PAGE = 50
_MOST_HOSTS = 300
ORDERS = ("arrival", "host")


@dataclass(frozen=True, slots=True)
class GuestFilters:
    """Which guests are wanted; empty words narrow nothing. `order` is one of ORDERS.

    `host` is the number of a guest whom the same person receives: no name stands in an address.
    """

    state: str = ""
    host: int = 0
    day: date | None = None
    text: str = ""
    order: str = "arrival"


@dataclass(frozen=True, slots=True)
class GuestRow:
    """A guest, whether any badge of theirs came in, and the number of the badge that opens gates now."""

    guest: Guest
    came: bool
    number: int | None


def guests_found(expo: Expo, filters: GuestFilters, page: int = 1) -> Part[GuestRow]:
    """A page of the guests that are wanted."""
    conditions = _conditions(expo, filters)
    total = db.session.scalar(sa.select(sa.func.count(Guest.id)).where(*conditions)) or 0
    wanted = _rows(conditions, filters.order).limit(PAGE)
    return part(
        total,
        page,
        PAGE,
        lambda behind: [GuestRow(*row) for row in db.session.execute(wanted.offset(behind))],
    )


def all_guests(expo: Expo, filters: GuestFilters) -> list[GuestRow]:
    """All guests that are wanted, in their order."""
    wanted = _rows(_conditions(expo, filters), filters.order).limit(MOST_GUESTS)
    return [GuestRow(*row) for row in db.session.execute(wanted)]


def guest_of(expo: Expo, guest_id: int) -> GuestRow | None:
    """The guest with this number, if it is this fair's."""
    if guest_id > expo_queries.LARGEST_NUMBER:
        return None
    row = db.session.execute(_rows([Guest.expo_id == expo.id, Guest.id == guest_id], "")).first()
    return GuestRow(*row) if row is not None else None


def guests_of_registration(registration: Registration) -> list[Guest]:
    """The guests that a registered person is: by the registration itself, or by the same number and the same name.

    The number alone says nothing: an office has one for many.
    """
    whose = sa.or_(Guest.registration_id == registration.id, _holder() == registration.id)
    same = sa.and_(Guest.phone == registration.phone, Guest.phone.is_not(None))
    asked = sa.select(Guest, whose).where(Guest.expo_id == registration.expo_id, sa.or_(whose, same))
    name = same_key(registration.name)
    found = db.session.execute(asked.order_by(Guest.id)).all()
    return [row for row, theirs in found if theirs or same_key(row.name) == name]


def hosts(expo: Expo) -> dict[int, str]:
    """Who receives guests of the fair, by the number of the first of their guests, sorted by name, at most 300."""
    named = sa.select(sa.func.min(Guest.id), Guest.host).where(Guest.expo_id == expo.id, Guest.host != "")
    found = db.session.execute(named.group_by(Guest.host).order_by(Guest.host).limit(_MOST_HOSTS))
    return {number: name for number, name in found}  # noqa: C416 - rows, not pairs


def arrival_days(expo: Expo) -> list[date]:
    """The days on which guests arrive, in order, at most 300."""
    days = (
        sa.select(Guest.arrives_on).where(Guest.expo_id == expo.id, Guest.arrives_on.is_not(None)).distinct()
    )
    return [day for day in db.session.scalars(days.order_by(Guest.arrives_on).limit(_MOST_HOSTS)) if day]


def guest_keys(expo: Expo, besides: int | None = None) -> tuple[frozenset[str], frozenset[str]]:
    """By what the guests of the fair are known: names with organisations as they are compared, and numbers."""
    asked = sa.select(Guest.double_key, Guest.phone).where(
        Guest.expo_id == expo.id, Guest.id != (besides or 0)
    )
    found = db.session.execute(asked.limit(MOST_GUESTS)).all()
    return frozenset(key for key, _ in found), frozenset(phone for _, phone in found if phone)


def count_guests(expo: Expo) -> int:
    """How many guests the fair has on its list, those who declined too."""
    return db.session.scalar(sa.select(sa.func.count(Guest.id)).where(Guest.expo_id == expo.id)) or 0


def _holder() -> sa.ScalarSelect[int]:
    """The registration whose badges are the guest's: the one that stays, when two were merged."""
    kept = sa.select(Merge.kept_id).where(Merge.gone_id == Guest.registration_id, Merge.parted_at.is_(None))
    whose = sa.func.coalesce(kept.limit(1).correlate(Guest).scalar_subquery(), Guest.registration_id)
    return sa.select(whose).correlate(Guest).scalar_subquery()


def _theirs() -> tuple[sa.ColumnElement[bool], ...]:
    return (Badge.expo_id == Guest.expo_id, Badge.holder_kind == HOLDER, Badge.holder_id == _holder())


def _came() -> sa.ColumnElement[bool]:
    days = sa.select(BadgeDay.id).join(Badge, Badge.id == BadgeDay.badge_id)
    return sa.exists(days.where(*_theirs()).correlate(Guest))


def _rows(conditions: Sequence[sa.ColumnElement[bool]], order: str) -> sa.Select[Guest, bool, int | None]:
    alive = sa.exists().where(Registration.id == _holder(), Registration.state.in_(ALIVE)).correlate(Guest)
    # Of a sum, so that SQLite looks for the holder's badges and does not walk along all numbers of the fair for the highest.
    number = sa.select(sa.func.max(Badge.number + 0)).where(
        *_theirs(), Badge.voided_at.is_(None), Badge.cancelled_at.is_(None), alive
    )
    by = (Guest.arrives_on.is_(None), Guest.arrives_on, Guest.arrives_minute.is_(None), Guest.arrives_minute)
    first = (Guest.host == "", Guest.host) if order == "host" else ()
    return (
        sa.select(Guest, _came(), number.correlate(Guest).scalar_subquery())
        .where(*conditions)
        .order_by(*first, *by, Guest.id)
    )


def _conditions(expo: Expo, filters: GuestFilters) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [Guest.expo_id == expo.id]
    if filters.state == ARRIVED:
        conditions.append(_came())
    elif filters.state:
        conditions += [Guest.state == GuestState(filters.state), sa.not_(_came())]
    if filters.host:
        first = sa.orm.aliased(Guest)
        theirs = sa.select(first.host).where(first.expo_id == expo.id, first.id == filters.host)
        conditions.append(Guest.host == theirs.scalar_subquery())
    if filters.day:
        conditions.append(Guest.arrives_on == filters.day)
    text = clean_name(filters.text).lower()
    if text:
        columns = (Guest.name, Guest.organisation, Guest.title, Guest.phone)
        conditions.append(
            sa.or_(*(sa.func.lower(column).contains(text, autoescape=True) for column in columns))
        )
    return conditions
