"""Whom a breach concerns: everybody whom an account looked at, changed or took out in a span of time (P16)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from exhibitions.accounts.models import User
from exhibitions.audit import service as audit
from exhibitions.audit.models import Entry
from exhibitions.badges.models import Badge
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.mail.models import Mail
from exhibitions.visitors.models import Guest, InvitationSource, Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.service.guests import SUBJECT as GUEST
from exhibitions.visitors.service.invitations import SUBJECT as SOURCE

# What takes the whole list of a fair out of the house.
EXPORTS = ("visitors.exported", "visitors.import_refused_rows_taken")
# What takes every fair out: these entries belong to none.
WHOLE = "upkeep.backup_fetched"
_LISTS = ("visitors.export", "badges.print")
GUESTS = "visitors.guests_printed"
SHOWN = 100
MOST_ACCOUNTS = 500

_Table = type[Registration] | type[Guest] | type[InvitationSource]


@dataclass(frozen=True)
class Span:
    """Whose doing is asked about (None: anybody's), in which fair (None: all), from when until when (UTC, half-open)."""

    user_id: int | None
    expo_id: int | None
    since: datetime
    until: datetime


def accounts(asked: int | None = None) -> list[tuple[int, str]]:
    """Who has an account, by name, at most 500; the one with the number `asked` is among them if there is one."""
    found = sa.select(User.id, User.name, User.email).order_by(User.name, User.id).limit(MOST_ACCOUNTS)
    rows = list(db.session.execute(found))
    if asked is not None and asked not in {row[0] for row in rows}:
        rows += db.session.execute(sa.select(User.id, User.name, User.email).where(User.id == asked))
    return [(number, f"{name or email} ({email})") for number, name, email in rows]


def is_account(number: int) -> bool:
    """Whether an account has this number, also one that was erased or may not sign in."""
    return db.session.scalar(sa.select(sa.exists().where(User.id == number))) or False


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


class Concerned(NamedTuple):
    """A person whom a breach concerns, and how to reach them; only who is registered has an address and a language."""

    name: str
    phone: str | None
    email: str | None
    language: str | None


def count(span: Span) -> int:
    """How many registrations, guests of honour without one, and persons to ask at who invites are concerned."""
    return sum(
        db.session.scalar(sa.select(sa.func.count()).select_from(table).where(concerned)) or 0
        for table, concerned, _ in _kinds(span)
    )


def exports(span: Span) -> int:
    """How many times a list or a backup was taken out in that span."""
    lists = sa.and_(*_in(span), sa.or_(_is_export(), Entry.action == GUESTS))
    backups = sa.and_(*_by(span), Entry.action == WHOLE)
    return db.session.scalar(sa.select(sa.func.count(Entry.id)).where(sa.or_(lists, backups))) or 0


def affected(span: Span, most: int | None = None) -> Iterator[tuple[Expo, Concerned]]:
    """Who is concerned, with their fairs, by fair and number: registrations, guests without one, persons to ask.

    Who was read, changed or printed one by one, as a person, a badge, a message, a guest or the person to ask at who
    invites; by an export everybody who was registered in that fair before it; and by a backup that was fetched everybody
    in every fair.
    """
    left = most
    for table, concerned, columns in _kinds(span):
        asked = (
            sa.select(Expo, *columns)
            .join(Expo, Expo.id == table.expo_id)
            .where(concerned)
            .order_by(table.expo_id, table.id)
            .limit(left)
        )
        for expo, *person in db.session.execute(asked.execution_options(yield_per=1000)):
            left = None if left is None else left - 1
            yield expo, Concerned._make(person)


def take(span: Span, by: Actor, reason: str) -> None:
    """Note that the list was taken out (P12, P13)."""
    audit.record(
        "portal.people_affected_exported",
        by,
        expo_id=span.expo_id,
        after={"rows": count(span)},
        reason=reason,
    )


def _kinds(span: Span) -> tuple[tuple[_Table, sa.ColumnElement[bool], Sequence[Any]], ...]:
    """By table who is concerned, and the columns of `Concerned`."""
    nothing = (sa.null(), sa.null())
    reach = (Registration.name, Registration.phone, Registration.email, Registration.language)
    return (
        (Registration, _concerned(span), reach),
        (Guest, _concerned_guests(span), (Guest.name, Guest.phone, *nothing)),
        (
            InvitationSource,
            _concerned_sources(span),
            (InvitationSource.contact, InvitationSource.phone, *nothing),
        ),
    )


def _concerned(span: Span) -> sa.ColumnElement[bool]:
    badges = sa.select(Badge.holder_id).where(
        Badge.holder_kind == HOLDER, Badge.id.in_(_subjects(span, "badge"))
    )
    mails = sa.select(Mail.subject_id).where(
        Mail.subject_kind == HOLDER, Mail.id.in_(_subjects(span, "mail"))
    )
    # A guest who has a registration is told as such.
    guests = sa.select(Guest.registration_id).where(Guest.registration_id.is_not(None), _read_guests(span))
    return sa.and_(
        sa.or_(
            Registration.id.in_(_subjects(span, HOLDER)),
            Registration.id.in_(badges),
            Registration.id.in_(mails),
            Registration.id.in_(guests),
            _listed(span, Registration, _is_export()),
            _in_backup(span, Registration),
        ),
        _at_fair(span, Registration),
    )


def _concerned_guests(span: Span) -> sa.ColumnElement[bool]:
    return sa.and_(
        Guest.registration_id.is_(None),
        sa.or_(_read_guests(span), _in_backup(span, Guest)),
        _at_fair(span, Guest),
    )


def _concerned_sources(span: Span) -> sa.ColumnElement[bool]:
    return sa.and_(
        sa.or_(InvitationSource.contact != "", InvitationSource.phone.is_not(None)),
        sa.or_(InvitationSource.id.in_(_subjects(span, SOURCE)), _in_backup(span, InvitationSource)),
        _at_fair(span, InvitationSource),
    )


def _read_guests(span: Span) -> sa.ColumnElement[bool]:
    return sa.or_(Guest.id.in_(_subjects(span, GUEST)), _listed(span, Guest, Entry.action == GUESTS))


def _subjects(span: Span, kind: str) -> sa.Select[int | None]:
    return sa.select(Entry.subject_id.expression).where(*_in(span), Entry.subject_kind == kind)


def _listed(span: Span, table: _Table, is_list: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Who was on the list of a fair when it was last taken out in the span."""
    last = (
        sa.select(Entry.expo_id.label("fair"), sa.func.max(Entry.at).label("at"))
        .where(*_in(span), is_list)
        .group_by(Entry.expo_id)
        .subquery()
    )
    return sa.exists().where(last.c.fair == table.expo_id, last.c.at >= table.created_at)


def _in_backup(span: Span, table: _Table) -> sa.ColumnElement[bool]:
    """Who was known in any fair when a backup was last fetched; it belongs to no fair, whichever is asked for."""
    last = sa.select(sa.func.max(Entry.at)).where(*_by(span), Entry.action == WHOLE).scalar_subquery()
    return sa.func.coalesce(last >= table.created_at, sa.false())


def _at_fair(span: Span, table: _Table) -> sa.ColumnElement[bool]:
    return sa.true() if span.expo_id is None else table.expo_id == span.expo_id


def _in(span: Span) -> list[sa.ColumnElement[bool]]:
    return _by(span) + ([] if span.expo_id is None else [Entry.expo_id == span.expo_id])


def _by(span: Span) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [Entry.at >= span.since, Entry.at < span.until]
    if span.user_id is not None:
        conditions += [Entry.actor_kind == "user", Entry.actor_id == span.user_id]
    return conditions


def _is_export() -> sa.ColumnElement[bool]:
    fetched = sa.and_(Entry.action == "files.downloaded", Entry.after["purpose"].as_string().in_(_LISTS))
    return sa.or_(Entry.action.in_(EXPORTS), fetched)
