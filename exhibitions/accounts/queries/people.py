"""The list of people (A1) and what one person's pages show."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from exhibitions.accounts.models import (
    AppSecret,
    OrganisationMembership,
    Passkey,
    PersonalLink,
    RecoveryCode,
    SignIn,
    User,
)
from exhibitions.accounts.queries import _alive, _has_second_step
from exhibitions.accounts.rules import OrganisationRole
from exhibitions.accounts.rules.people import ERASED_HOST, INVITATION, PersonState
from exhibitions.core.db import db

PAGE = 50
MOST_SESSIONS = 100
MOST_PASSKEYS = 20
_IS_NOT_ERASED = User.email.not_like(f"%@{ERASED_HOST}")


@dataclass(frozen=True)
class Wanted:
    """Which people are looked for: by a part of name or address, by state, and among these numbers only."""

    text: str = ""
    state: str = ""
    among: sa.Select[int] | None = None


@dataclass(frozen=True)
class Row:
    """A person as lists show one. `seen_at` is when a session was last used, None for who was never there."""

    user: User
    state: PersonState
    two_steps: bool
    seen_at: datetime | None
    roles: tuple[OrganisationRole, ...] = ()


@dataclass(frozen=True)
class Found:
    """A page of the list, the number of people in all, and where the page stands."""

    rows: list[Row] = field(default_factory=list)
    total: int = 0
    page: int = 1
    last: int = 1


def _seen() -> sa.ColumnElement[datetime]:
    return sa.select(sa.func.max(SignIn.used_at)).where(SignIn.user_id == User.id).scalar_subquery()


def _is_able() -> sa.ColumnElement[bool]:
    """Whether the person has a way to sign in or has been here; who was never invited comes by a way of their own."""
    keys = sa.exists().where(Passkey.user_id == User.id)
    been = sa.exists().where(SignIn.user_id == User.id)
    invited = sa.exists().where(PersonalLink.kind == INVITATION, PersonalLink.subject_id == User.id)
    return sa.or_(User.password_hash.is_not(None), keys, been, sa.not_(invited))


def _is_asked(now: datetime) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        PersonalLink.kind == INVITATION,
        PersonalLink.subject_id == User.id,
        PersonalLink.revoked_at.is_(None),
        PersonalLink.expires_at > now,
    )


def _state(now: datetime) -> sa.ColumnElement[str]:
    return sa.case(
        (User.disabled_at.is_not(None), PersonState.DISABLED.value),
        (_is_able(), PersonState.ACTIVE.value),
        (_is_asked(now), PersonState.INVITED.value),
        else_=PersonState.LAPSED.value,
    )


def _question(now: datetime) -> sa.Select[User, str, bool, datetime]:
    return sa.select(User, _state(now), _has_second_step(User.id.expression), _seen())


def people(wanted: Wanted, now: datetime, page: int = 1) -> Found:
    """A page of people by name, 50 a page, with their organisation roles."""
    where = _where(wanted, now)
    total = db.session.scalar(sa.select(sa.func.count(User.id)).where(*where)) or 0
    last = max(1, -(-total // PAGE))
    page = min(max(page, 1), last)
    asked = _question(now).where(*where).order_by(User.name, User.id)
    rows = db.session.execute(asked.limit(PAGE).offset((page - 1) * PAGE)).all()
    roles = _roles_of([row[0].id for row in rows])
    return Found([_row(row, roles) for row in rows], total, page, last)


def person(user_id: int, now: datetime) -> Row | None:
    """The person with this number as lists show one; None for nobody and for an erased account."""
    row = db.session.execute(_question(now).where(User.id == user_id, _IS_NOT_ERASED)).first()
    return None if row is None else _row(row, _roles_of([user_id]))


def _row(row: sa.Row[User, str, bool, datetime], roles: dict[int, list[OrganisationRole]]) -> Row:
    user, state, two_steps, seen_at = row
    return Row(user, PersonState(state), bool(two_steps), seen_at, tuple(roles.get(user.id, ())))


def _where(wanted: Wanted, now: datetime) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = [_IS_NOT_ERASED]
    if wanted.text:
        text = wanted.text.lower()
        where.append(
            sa.or_(
                sa.func.lower(User.name).contains(text, autoescape=True),
                User.email.contains(text, autoescape=True),
            )
        )
    if wanted.state:
        where.append(_state(now) == wanted.state)
    if wanted.among is not None:
        where.append(User.id.in_(wanted.among))
    return where


def _roles_of(user_ids: Collection[int]) -> dict[int, list[OrganisationRole]]:
    found = sa.select(OrganisationMembership.user_id, OrganisationMembership.role)
    roles: dict[int, list[OrganisationRole]] = {}
    for user_id, role in db.session.execute(found.where(OrganisationMembership.user_id.in_(user_ids))):
        roles.setdefault(user_id, []).append(role)
    return {user_id: sorted(held, key=list(OrganisationRole).index) for user_id, held in roles.items()}


def administrators_for_update() -> list[int]:
    """The administrators who can sign in, locked: who else takes one away waits, and then finds one less.

    Who is disabled, or was invited and never came, does not count (A1).
    """
    found = (
        sa.select(User.id)
        .join(OrganisationMembership, OrganisationMembership.user_id == User.id)
        .where(
            OrganisationMembership.role == OrganisationRole.ADMINISTRATOR,
            User.disabled_at.is_(None),
            _is_able(),
        )
        .order_by(User.id)
        .with_for_update()
    )
    return list(db.session.scalars(found))


def administrators() -> list[int]:
    """The administrators who can sign in, as `administrators_for_update` finds them, without a lock."""
    found = sa.select(OrganisationMembership.user_id)
    return who_can_sign_in(found.where(OrganisationMembership.role == OrganisationRole.ADMINISTRATOR))


def who_can_sign_in(among: sa.Select[int]) -> list[int]:
    """Those of these people who can sign in: who is disabled, or was invited and never came, is not."""
    able = sa.select(User.id).where(User.id.in_(among), User.disabled_at.is_(None), _is_able())
    return list(db.session.scalars(able.order_by(User.id)))


def lock_person(user_id: int) -> None:
    """Let others who change the same person wait until this transaction is over."""
    db.session.execute(sa.select(User.id).where(User.id == user_id).with_for_update())


def live_sessions(user_id: int, now: datetime) -> Sequence[SignIn]:
    """The person's sessions that live, the one used last first, at most 100."""
    found = sa.select(SignIn).where(SignIn.user_id == user_id, *_alive(now))
    return db.session.scalars(
        found.order_by(SignIn.used_at.desc(), SignIn.id.desc()).limit(MOST_SESSIONS)
    ).all()


def app_secret(user_id: int) -> AppSecret | None:
    """The secret of the person's authenticator app, confirmed or not."""
    return db.session.get(AppSecret, user_id)


def passkeys_of(user_id: int) -> Sequence[Passkey]:
    """The person's passkeys, the oldest first; there are never more than 20."""
    found = sa.select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)
    return db.session.scalars(found.limit(MOST_PASSKEYS)).all()


def passkey_by_credential(credential_id: str) -> Passkey | None:
    """The passkey that a browser names so."""
    return db.session.scalar(sa.select(Passkey).where(Passkey.credential_id == credential_id))


def passkey_of(user_id: int, passkey_id: int) -> Passkey | None:
    """The passkey with this number, if it is this person's."""
    return db.session.scalar(sa.select(Passkey).where(Passkey.user_id == user_id, Passkey.id == passkey_id))


def recovery_codes_left(user_id: int) -> int:
    """How many of the person's recovery codes have not been used."""
    unused = sa.select(sa.func.count(RecoveryCode.id)).where(RecoveryCode.user_id == user_id)
    return db.session.scalar(unused.where(RecoveryCode.used_at.is_(None))) or 0
