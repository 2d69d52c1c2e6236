"""Named questions about groups: leaders, the people on their lists, who of them came; the fair is the first argument."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from exhibitions.badges.models import Badge, BadgeDay
from exhibitions.core.bulk import among
from exhibitions.core.db import db
from exhibitions.core.search import read_question
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries.people import HOLDER, Row, as_row, held_badge, rows
from exhibitions.visitors.rules.registration import ALIVE, State

PAGE = 50
_LEADER = aliased(Registration, name="leader")
_OF_THE_LEADER = aliased(Badge, name="leaders_badge")


class Group(NamedTuple):
    """A group in the list: its leader, how many people stand on its list, and how many of all came."""

    id: int
    name: str
    company: str
    phone: str | None
    state: State
    source: str
    channel: str
    heads: int
    people: int
    came: int


class Found(NamedTuple):
    """A page of a list, how many there are in all, this page and the last."""

    rows: list[Any]
    total: int
    page: int
    last: int


def size(expo: Expo, leader: Registration) -> int:
    """How many living registrations the leader brings."""
    counted = sa.select(sa.func.count()).where(*_members(expo, leader), Registration.state.in_(ALIVE))
    return db.session.scalar(counted) or 0


def has_come(expo: Expo, leader: Registration, form_key: str) -> bool:
    """Whether the form with this (hashed) secret has brought people to this leader already."""
    sent = sa.select(Registration.id).where(*_members(expo, leader), Registration.form_key == form_key)
    return bool(form_key) and db.session.scalar(sent.limit(1)) is not None


def phones_taken(expo: Expo, phones: Collection[str]) -> dict[str, int]:
    """Those of these numbers that living registrations of the fair have, each with whose it is."""
    if not phones:
        return {}
    dialect = db.session.get_bind().dialect.name
    asked = sa.select(Registration.phone, Registration.id).where(
        Registration.expo_id == expo.id,
        among(dialect, Registration.phone, "phones"),
        Registration.state.in_(ALIVE),
    )
    found = db.session.execute(asked, {"phones": list(phones)})
    return {str(phone): int(number) for phone, number in found}


def phones(expo: Expo, leader: Registration) -> set[str]:
    """The numbers that the leader and the living people of the list have."""
    asked = sa.select(Registration.phone).where(
        Registration.expo_id == expo.id,
        sa.or_(Registration.leader_id == leader.id, Registration.id == leader.id),
        Registration.state.in_(ALIVE),
        Registration.phone.is_not(None),
    )
    return {phone for phone in db.session.scalars(asked) if phone}


def members(
    expo: Expo, leader: Registration, text: str = "", page: int = 1, size: int = PAGE, *, alive: bool = False
) -> Found:
    """A page of the people on a leader's list in the order they were named, whose names are still known; with `alive`,
    who still come.
    """
    wanted = rows(expo).where(Registration.leader_id == leader.id, Registration.name != "")
    if alive:
        wanted = wanted.where(Registration.state.in_(ALIVE))
    if text:
        wanted = wanted.where(*_about(Registration, text))
    total = db.session.scalar(wanted.with_only_columns(sa.func.count())) or 0
    last = max(1, -(-total // size))
    page = min(max(page, 1), last)
    if not total:
        return Found([], 0, 1, 1)
    part = wanted.order_by(Registration.id).limit(size).offset((page - 1) * size)
    return Found([as_row(row) for row in db.session.execute(part)], total, page, last)


def member(expo: Expo, leader: Registration, badge_number: int) -> Row | None:
    """The person of this leader's list who has or had the badge with this number."""
    theirs = sa.select(Badge.holder_id).where(
        Badge.expo_id == expo.id, Badge.number == badge_number, Badge.holder_kind == HOLDER
    )
    asked = rows(expo).where(Registration.leader_id == leader.id, Registration.id == theirs.scalar_subquery())
    row = db.session.execute(asked).first()
    return as_row(row) if row is not None else None


def badges(expo: Expo, leader: Registration) -> Sequence[Badge]:
    """The badges that open gates of a leader and the people on the list: the leader's first, then as they were named."""
    asked = (
        sa.select(Badge)
        .join(Registration, held_badge(expo))
        .where(
            Registration.expo_id == expo.id,
            sa.or_(Registration.leader_id == leader.id, Registration.id == leader.id),
            Registration.state == State.REGISTERED,
            Registration.erased_at.is_(None),
        )
        .order_by(Registration.leader_id.is_not(None), Registration.id)
    )
    return db.session.scalars(asked).all()


def counts(expo: Expo, leader: Registration) -> tuple[int, int]:
    """How many people stand on a leader's list and have not ended, and how many of them came in."""
    counted = sa.select(sa.func.count(), sa.func.count().filter(_came(Registration))).where(
        *_members(expo, leader), Registration.state.in_(ALIVE)
    )
    people, came = db.session.execute(counted).one()
    return int(people), int(came)


MOST_TAKEN = 10_000
"""How many groups a list taken out holds at most."""
ORDERS = ("name", "company", "people", "registered")


SIZES = {"small": (1, 10), "middle": (11, 50), "large": (51, 200), "huge": (201, None)}
"""How many people a group has with its leader, from and to, by its word in the address."""


@dataclass(frozen=True, slots=True)
class GroupFilters:
    """Which groups are wanted, and their order; empty words narrow nothing.

    `order` is one of ORDERS, from the end with "-" in front; `state` is the leader's; `people_in` a word of SIZES.
    """

    text: str = ""
    order: str = "-registered"
    state: str = ""
    people_in: str = ""


def found(expo: Expo, filters: GroupFilters, page: int = 1, size: int = PAGE) -> Found:
    """A page of the fair's groups: whoever brings people, or has announced heads on the own code."""
    led = (
        sa.select(
            Registration.leader_id.label("id"),
            sa.func.count().filter(Registration.state.in_(ALIVE)).label("people"),
            sa.func.count().filter(sa.and_(Registration.state.in_(ALIVE), _came(Registration))).label("came"),
        )
        .where(Registration.expo_id == expo.id, Registration.leader_id.is_not(None))
        .group_by(Registration.leader_id)
        .subquery()
    )
    people = sa.func.coalesce(led.c.people, 0)
    led_by = _leading(expo)
    wanted = (
        sa.select(
            _LEADER.id,
            _LEADER.name,
            _LEADER.company,
            _LEADER.phone,
            _LEADER.state,
            _LEADER.source,
            _LEADER.channel,
            sa.func.coalesce(_OF_THE_LEADER.heads, 1).label("heads"),
            people.label("people"),
            (sa.func.coalesce(led.c.came, 0) + sa.case((_came(_LEADER), 1), else_=0)).label("came"),
        )
        .select_from(led_by)
        .join(_LEADER, _LEADER.id == led_by.c.id)
        .outerjoin(led, led.c.id == _LEADER.id)
        .outerjoin(
            _OF_THE_LEADER,
            sa.and_(
                _OF_THE_LEADER.expo_id == expo.id,
                _OF_THE_LEADER.holder_kind == HOLDER,
                _OF_THE_LEADER.holder_id == _LEADER.id,
                _OF_THE_LEADER.voided_at.is_(None),
            ),
        )
    )
    narrowed = list(_about(_LEADER, filters.text)) if filters.text else []
    if filters.state:
        narrowed.append(_LEADER.state == State(filters.state))
    if filters.people_in:
        least, most = SIZES[filters.people_in]
        narrowed += [people + 1 >= least, *([people + 1 <= most] if most else [])]
    wanted = wanted.where(*narrowed)
    counted = sa.select(sa.func.count()).select_from(led_by)
    if narrowed:
        counted = counted.join(_LEADER, _LEADER.id == led_by.c.id).where(*narrowed)
    if filters.people_in:
        counted = counted.outerjoin(led, led.c.id == _LEADER.id)
    by = {
        "name": _LEADER.sort_name,
        "company": _LEADER.sort_company,
        "people": people,
        "registered": _LEADER.created_at,
    }
    total = db.session.scalar(counted) or 0
    last = max(1, -(-total // size))
    page = min(max(page, 1), last)
    column = by[filters.order.removeprefix("-")]
    ordered = wanted.order_by(column.desc() if filters.order.startswith("-") else column, _LEADER.id)
    part = db.session.execute(ordered.limit(size).offset((page - 1) * size))
    return Found([Group(*row) for row in part], total, page, last)


def _leading(expo: Expo) -> sa.Subquery:
    """Who leads a group: those whom a list names as their leader, and those whose code announces more than one."""
    named = sa.select(Registration.leader_id.label("id")).where(
        Registration.expo_id == expo.id, Registration.leader_id.is_not(None)
    )
    announced = sa.select(Badge.holder_id).where(
        Badge.expo_id == expo.id, Badge.holder_kind == HOLDER, Badge.voided_at.is_(None), Badge.heads > 1
    )
    return sa.union(named, announced).subquery("leading")


def leaders(expo: Expo) -> dict[int, str]:
    """What everybody is called who brings people, by the id of the registration."""
    led = sa.select(Registration.leader_id).where(
        Registration.expo_id == expo.id, Registration.leader_id.is_not(None)
    )
    asked = sa.select(Registration.id, Registration.name).where(
        Registration.expo_id == expo.id, Registration.id.in_(led)
    )
    return {int(number): str(name) for number, name in db.session.execute(asked)}


def _members(expo: Expo, leader: Registration) -> tuple[sa.ColumnElement[bool], ...]:
    return (Registration.expo_id == expo.id, Registration.leader_id == leader.id)


def _about(whom: Any, text: str) -> list[sa.ColumnElement[bool]]:
    """Name, company, pinyin. A word with digits is looked for in name and company alone: whether the number of somebody on
    a list was free is nobody's to find out.
    """
    return [
        sa.or_(*(sa.func.lower(one).contains(word, autoescape=True) for one in (whom.name, whom.company)))
        if any(letter.isdigit() for letter in word)
        else whom.search.contains(word, autoescape=True)
        for word in read_question(text).words
    ]


def _came(whom: Any) -> sa.ColumnElement[bool]:
    return sa.exists(
        sa.select(BadgeDay.id)
        .join(Badge, Badge.id == BadgeDay.badge_id)
        .where(Badge.expo_id == whom.expo_id, Badge.holder_kind == HOLDER, Badge.holder_id == whom.id)
        .correlate(whom)
    )
