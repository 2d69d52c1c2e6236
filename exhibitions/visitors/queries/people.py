"""Who is registered: one person with badge, colleagues and consents, and what is counted of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from exhibitions.accounts.models import PersonalLink
from exhibitions.badges.models import Badge, BadgeClass, BadgeDay
from exhibitions.core.db import db
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import local_day
from exhibitions.visitors.models import Consent, Registration
from exhibitions.visitors.rules.registration import ALIVE, Moment, State

HOLDER = "visitor"
"""The kind of holder under which badges know a registration."""
_MOST_DAYS = 60


@dataclass(frozen=True, slots=True)
class Row:
    """A registration with its class, its badge (none in rare cases) and whether it came in."""

    registration: Registration
    badge_class: BadgeClass
    badge: Badge | None
    came: bool


def moment(expo: Expo) -> Moment:
    """What time it is at the fair (in a demo by its clock), and the days on which visitors come."""
    now = expo_queries.present(expo)
    return Moment(now, local_day(now, expo.timezone, expo.cutoff_hour), expo_queries.visitor_days(expo))


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


def places_taken(expo: Expo) -> int:
    """How many places people hold who may still come: who was erased counts as registered and needs none."""
    alive = sa.select(sa.func.count()).where(
        Registration.expo_id == expo.id, Registration.state.in_(ALIVE), Registration.erased_at.is_(None)
    )
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
    row = db.session.execute(rows(expo).where(Registration.id == registration_id)).first()
    return as_row(row) if row is not None else None


def erased_at(expo: Expo, token_hash: str) -> datetime | None:
    """When the person was erased whom a link of this fair led to; None when there is none, or nobody was erased."""
    asked = (
        sa.select(Registration.erased_at)
        .join(PersonalLink, PersonalLink.subject_id == Registration.id)
        .where(
            PersonalLink.token_hash == token_hash,
            PersonalLink.kind.in_(("badge", "person-data")),
            Registration.expo_id == expo.id,
        )
    )
    return db.session.scalar(asked)


def colleagues(expo: Expo, leader: Registration, *, alive: bool = False) -> list[Row]:
    """The people whom a registered person brings along, in the order they were named; with `alive`, who still come."""
    theirs = rows(expo).where(Registration.leader_id == leader.id).order_by(Registration.id)
    if alive:
        theirs = theirs.where(Registration.state.in_(ALIVE))
    return [as_row(row) for row in db.session.execute(theirs)]


def consents(expo: Expo, registration: Registration) -> Sequence[Consent]:
    """What the person agreed to, in the order of time."""
    theirs = sa.select(Consent).where(Consent.expo_id == expo.id, Consent.registration_id == registration.id)
    return db.session.scalars(theirs.order_by(Consent.id)).all()


def day_counts(expo: Expo) -> dict[date | None, int]:
    """How many living registrations there are for each planned day; None: no day chosen."""
    counted = (
        sa.select(Registration.visit_day, sa.func.count())
        .where(Registration.expo_id == expo.id, Registration.state.in_(ALIVE))
        .group_by(Registration.visit_day)
    )
    return dict(db.session.execute(counted).all())


def as_row(found: sa.Row[Registration, BadgeClass, Badge, bool]) -> Row:
    """A found row by its names."""
    registration, badge_class, badge, came = found
    return Row(registration, badge_class, badge, came)


def came_in() -> sa.ColumnElement[bool]:
    """Whether any badge of the registration ever came in."""
    return sa.exists(
        sa.select(BadgeDay.id)
        .join(Badge, Badge.id == BadgeDay.badge_id)
        .where(held_by_registration())
        .correlate(Registration)
    )


def held_by_registration() -> sa.ColumnElement[bool]:
    """Whether a badge is or was one of a registration, void or not."""
    return sa.and_(
        Badge.expo_id == Registration.expo_id,
        Badge.holder_kind == HOLDER,
        Badge.holder_id == Registration.id,
    )


def badges_of(expo: Expo, registration_id: int) -> Sequence[Badge]:
    """Every badge that the registration has or had, the void ones too, oldest first."""
    theirs = sa.select(Badge).where(
        Badge.expo_id == expo.id, Badge.holder_kind == HOLDER, Badge.holder_id == registration_id
    )
    return db.session.scalars(theirs.order_by(Badge.id)).all()


def days_of(expo: Expo, registration_id: int) -> Sequence[date]:
    """The fair's own days on which a person came in by any badge, each once, in order; cancelled afterwards or not."""
    asked = (
        sa.select(BadgeDay.day)
        .join(Badge, Badge.id == BadgeDay.badge_id)
        .where(Badge.expo_id == expo.id, Badge.holder_kind == HOLDER, Badge.holder_id == registration_id)
        .distinct()
    )
    return db.session.scalars(asked.order_by(BadgeDay.day).limit(_MOST_DAYS)).all()


def held_badge(expo: Expo) -> sa.ColumnElement[bool]:
    """Whether a badge is the one of a registration that is not void."""
    return sa.and_(
        Badge.expo_id == expo.id,
        Badge.holder_kind == HOLDER,
        Badge.holder_id == Registration.id,
        Badge.voided_at.is_(None),
    )


def rows(expo: Expo) -> sa.Select[Registration, BadgeClass, Badge, bool]:
    """All registrations of the fair as rows, each with the badge that is not void; for conditions that name few of them.

    The fair only makes sure: asked for plainly, SQLite would go through an index of everybody in the fair for fifty.
    """
    return (
        sa.select(Registration, BadgeClass, Badge, came_in())
        .join(BadgeClass, BadgeClass.id == Registration.class_id)
        .outerjoin(Badge, held_badge(expo))
        .where(by_itself(Registration.expo_id) == expo.id)
    )


def by_itself(column: Any) -> sa.ColumnElement[Any]:
    """A column as an expression, for which no index is taken: SQLite's guess of the best one is wrong in a large fair."""
    return sa.func.coalesce(column, None, type_=column.type)
