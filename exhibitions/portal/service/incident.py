"""Whom a breach concerns: everybody whom an account looked at, changed or took out in a span of time (P16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from exhibitions.accounts.models import User
from exhibitions.audit import service as audit
from exhibitions.audit.models import Entry
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import HOLDER

# What takes the whole list of a fair out of the house.
EXPORTS = ("visitors.exported", "visitors.import_refused_rows_taken")
_LISTS = ("visitors.export", "badges.print")
SHOWN = 100
MOST_ACCOUNTS = 500


@dataclass(frozen=True)
class Span:
    """Whose doing is asked about (None: anybody's), in which fair (None: all), from when until when (UTC, half-open)."""

    user_id: int | None
    expo_id: int | None
    since: datetime
    until: datetime


def accounts() -> list[tuple[int, str]]:
    """Everybody who has an account, by name."""
    found = sa.select(User.id, User.name, User.email).order_by(User.name, User.id).limit(MOST_ACCOUNTS)
    return [(number, f"{name or email} ({email})") for number, name, email in db.session.execute(found)]


class Fair(NamedTuple):
    """A fair as these pages name it."""

    id: int
    slug: str
    name_zh: str
    name_en: str
    timezone: str


def fairs() -> list[Fair]:
    """Every fair, the newest first, at most 500."""
    found = sa.select(Expo.id, Expo.slug, Expo.name_zh, Expo.name_en, Expo.timezone)
    rows = db.session.execute(found.order_by(Expo.id.desc()).limit(MOST_ACCOUNTS))
    return [Fair._make(row) for row in rows]


def count(span: Span) -> int:
    """How many registrations are concerned."""
    return db.session.scalar(sa.select(sa.func.count()).where(_concerned(span))) or 0


def exports(span: Span) -> int:
    """How many times a list was taken out in that span."""
    return db.session.scalar(sa.select(sa.func.count(Entry.id)).where(*_in(span), _is_export())) or 0


def affected(span: Span, most: int | None = None) -> Iterator[tuple[Expo, Registration]]:
    """The registrations that are concerned, with their fairs, by fair and number.

    Who was read, changed or printed one by one; and by an export everybody who was registered in that fair before it.
    """
    asked = (
        sa.select(Expo, Registration)
        .join(Expo, Expo.id == Registration.expo_id)
        .where(_concerned(span))
        .order_by(Registration.expo_id, Registration.id)
    )
    rows = db.session.execute((asked.limit(most) if most else asked).execution_options(yield_per=1000))
    for expo, registration in rows:  # noqa: UP028 - rows are read as pairs.
        yield expo, registration


def take(span: Span, by: Actor, reason: str) -> None:
    """Note that the list was taken out (P12, P13)."""
    audit.record(
        "portal.people_affected_exported",
        by,
        expo_id=span.expo_id,
        after={"rows": count(span)},
        reason=reason,
    )


def _concerned(span: Span) -> sa.ColumnElement[bool]:
    one_by_one = sa.select(Entry.subject_id).where(*_in(span), Entry.subject_kind == HOLDER)
    last = (
        sa.select(Entry.expo_id.label("fair"), sa.func.max(Entry.at).label("at"))
        .where(*_in(span), _is_export())
        .group_by(Entry.expo_id)
        .subquery()
    )
    listed = sa.exists().where(last.c.fair == Registration.expo_id, last.c.at >= Registration.created_at)
    return sa.and_(
        sa.or_(Registration.id.in_(one_by_one), listed),
        sa.true() if span.expo_id is None else Registration.expo_id == span.expo_id,
    )


def _in(span: Span) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [Entry.at >= span.since, Entry.at < span.until]
    if span.user_id is not None:
        conditions += [Entry.actor_kind == "user", Entry.actor_id == span.user_id]
    if span.expo_id is not None:
        conditions.append(Entry.expo_id == span.expo_id)
    return conditions


def _is_export() -> sa.ColumnElement[bool]:
    fetched = sa.and_(Entry.action == "files.downloaded", Entry.after["purpose"].as_string().in_(_LISTS))
    return sa.or_(Entry.action.in_(EXPORTS), fetched)
