"""What narrows the list of registrations, as conditions that the indexes of the list answer alone (decision 0008)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from exhibitions.badges.models import Badge, BadgeClass, BadgeDay
from exhibitions.badges.rules.token import Token, TypedNumber, parse_code
from exhibitions.core.db import db
from exhibitions.core.search import END, read_question
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries.people import HOLDER, by_itself, came_in
from exhibitions.visitors.rules.registration import VISITED, State

_SEARCHED = aliased(Registration)
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


def column_of(order: str) -> sa.SQLColumnExpression[Any]:
    """The column that a word of ORDERS sorts by, that of the time for any other word."""
    return _ORDERS.get(order.removeprefix("-"), Registration.created_at)


def order_of(order: str, *, everybody: bool) -> list[sa.UnaryExpression[Any]]:
    """How a list in this order is sorted, always the same for who is alike in it.

    `everybody` says that nothing narrows the list: only then an index that has the order is a way to the first ones. Of
    a narrowed list SQLite would read row after row along it.
    """
    column = column_of(order)
    if column is not Registration.created_at and not everybody:
        column = by_itself(column)
    if order.startswith("-"):
        return [column.desc(), Registration.id.desc()]
    return [column.asc(), Registration.id.asc()]


def conditions_of(expo: Expo, filters: Filters) -> list[sa.ColumnElement[bool]]:
    """What is true of the registrations that are wanted; the first condition is the fair."""
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
        printed = Registration.id.in_(printed_holders(expo))
        conditions.append(printed if filters.printed else sa.not_(printed))
    if filters.has:
        conditions.append(HAS[filters.has])
    if filters.group is not None:
        led = sa.or_(Registration.leader_id == filters.group, Registration.id == filters.group)
        conditions.append(led)
    if filters.ids:
        conditions.append(Registration.id.in_(filters.ids))
    # The index of the list is walked anyhow by an equal filter: of whom it leaves each is looked up by itself.
    few = any(value is not None for _, value in equal)
    conditions += _state(expo, filters.state, few=few)
    found = _search(expo, filters.text)
    if not found:
        return conditions
    if len(conditions) == 1 and column_of(filters.order) is Registration.created_at:
        return [*conditions, found(Registration)]
    # What is filtered and sorted by stands in another index than what is searched.
    hits = sa.select(_SEARCHED.id).where(_SEARCHED.expo_id == expo.id, found(_SEARCHED))
    return [*conditions, Registration.id.in_(hits)]


def _holders(expo: Expo, *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The registrations with such a badge."""
    return sa.select(Badge.holder_id).where(
        Badge.expo_id == expo.id, Badge.holder_kind == HOLDER, Badge.holder_id.is_not(None), *which
    )


def printed_holders(expo: Expo) -> sa.Select[Any]:
    """The registrations with a printed badge. The number is written out: only so the index of printed badges is taken."""
    return _holders(expo, Badge.prints > sa.literal_column("0"))


def visitors(expo: Expo) -> sa.Select[Any]:
    """The registrations with a badge that came in."""
    return _holders(expo).join(BadgeDay, BadgeDay.badge_id == Badge.id)


def _state(expo: Expo, state: str, *, few: bool) -> list[sa.ColumnElement[bool]]:
    if not state:
        return []
    came = came_in() if few else Registration.id.in_(visitors(expo))
    if state == VISITED:
        return [came]
    # Most people are registered, and few are anything else: of those each is looked up by itself.
    away = sa.not_(came if state == State.REGISTERED else came_in())
    return [by_itself(Registration.state) == State(state), away]


def _badge_number(expo: Expo, text: str) -> int | None:
    """The number that is meant by a typed badge number or by a code that a scanner typed; 0 for another fair's."""
    code = parse_code(text)
    if isinstance(code, Token):
        return code.claims.badge if code.claims.fair == expo.code else 0
    return code.number if isinstance(code, TypedNumber) else None


def _search(expo: Expo, text: str) -> Callable[[Any], sa.ColumnElement[bool]] | None:
    """Whether a registration is found by the text, to be asked of one or another name of the table; None: everybody is."""
    question = read_question(text)
    if not question.words:
        return None
    number = _badge_number(expo, text)
    if number is not None:
        return lambda whom: whom.id.in_(_holders(expo, Badge.number == number))
    if question.phone:
        return lambda whom: whom.phone == question.phone
    digits = question.digits
    if not digits:
        return lambda whom: sa.and_(*(_holds(word, whom.search) for word in question.words))
    # Who does not have the digits anywhere is passed over by the index; of the rest the name tells them from a middle of
    # a phone number.
    return lambda whom: sa.and_(
        _holds(digits, whom.search),
        sa.or_(
            _holds(digits + END, whom.search),
            _holds(digits, whom.sort_name),
            _holds(digits, whom.sort_company),
        ),
    )


def _holds(word: str, column: Any) -> sa.ColumnElement[bool]:
    """Whether the text has the word in it: letters for letters, which is several times quicker than LIKE on SQLite."""
    name = "strpos" if db.session.get_bind().dialect.name == "postgresql" else "instr"
    return getattr(sa.func, name)(column, word, type_=sa.Integer) > 0  # type: ignore[no-any-return]
