"""Named questions about people, sessions and links."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from exhibitions.accounts.models import (
    AppSecret,
    OrganisationMembership,
    Passkey,
    PersonalLink,
    SignIn,
    SignInPolicy,
    User,
)
from exhibitions.accounts.rules import ORGANISATION_RIGHTS, OrganisationRole
from exhibitions.accounts.rules.sessions import idle_before
from exhibitions.core.db import db

LARGEST_NUMBER = 2**63 - 1


def user_by_email(email: str) -> User | None:
    """The person with this address, whatever the case it is written in."""
    return db.session.scalar(sa.select(User).where(User.email == email.strip().lower()))


def user_by_id(user_id: int) -> User | None:
    """The person with this number."""
    return db.session.get(User, user_id) if user_id <= LARGEST_NUMBER else None


def names_of(user_ids: Collection[int | None]) -> dict[int, str]:
    """What these people are called, by the number of their account; who is not there any more is left out."""
    found = sa.select(User.id, User.name).where(User.id.in_({number for number in user_ids if number}))
    return dict(db.session.execute(found).all())


def _alive(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (SignIn.ended_at.is_(None), SignIn.expires_at > now, SignIn.used_at > idle_before(now))


def session_of(token_hash: str, now: datetime) -> tuple[User, SignIn] | None:
    """The session with this token and its person, while it has neither ended nor idled and the account is not disabled."""
    found = (
        sa.select(User, SignIn)
        .join(SignIn, SignIn.user_id == User.id)
        .where(SignIn.token_hash == token_hash, *_alive(now), User.disabled_at.is_(None))
    )
    row = db.session.execute(found).first()
    return None if row is None else (row[0], row[1])


def _has_second_step(user_id: int | sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    app = sa.exists().where(AppSecret.user_id == user_id, AppSecret.confirmed_at.is_not(None))
    return sa.or_(app, sa.exists().where(Passkey.user_id == user_id))


def has_second_step(user_id: int) -> bool:
    """Whether the person signs in with two steps."""
    return bool(db.session.scalar(sa.select(_has_second_step(user_id))))


def _two_steps_demanded() -> sa.ScalarSelect[bool]:
    newest = sa.select(SignInPolicy.administrators_two_steps).order_by(SignInPolicy.id.desc()).limit(1)
    return newest.scalar_subquery()


def administrators_need_two_steps() -> bool:
    """Whether the organisation demands two steps of its administrators."""
    return bool(db.session.scalar(sa.select(_two_steps_demanded())))


def organisation_roles(user_id: int) -> frozenset[OrganisationRole]:
    """The roles that were given to the person in the organisation, whether they are in force or not."""
    rows = sa.select(OrganisationMembership.role).where(OrganisationMembership.user_id == user_id)
    return frozenset(db.session.scalars(rows))


def organisation_rights(user_id: int) -> frozenset[str]:
    """All rights (values of core.access.Permission) that the person's organisation roles give.

    Where administrators must use two steps, the role of one who has no second step gives nothing (ASVS 6.3.3).
    """
    held = sa.select(OrganisationMembership.role).where(
        OrganisationMembership.user_id == user_id,
        sa.or_(
            OrganisationMembership.role != OrganisationRole.ADMINISTRATOR,
            sa.func.coalesce(_two_steps_demanded(), sa.false()).is_(sa.false()),
            _has_second_step(user_id),
        ),
    )
    return frozenset().union(*(ORGANISATION_RIGHTS[role] for role in db.session.scalars(held)))


def live_link(kind: str, token_hash: str, now: datetime) -> PersonalLink | None:
    """The link of this kind and token, while it is neither revoked nor expired."""
    found = sa.select(PersonalLink).where(
        PersonalLink.token_hash == token_hash,
        PersonalLink.kind == kind,
        PersonalLink.revoked_at.is_(None),
        sa.or_(PersonalLink.expires_at.is_(None), PersonalLink.expires_at > now),
    )
    return db.session.scalar(found)


def address_of(user_id: int) -> str | None:
    """The e-mail address of an account that is not disabled."""
    return db.session.scalar(sa.select(User.email).where(User.id == user_id, User.disabled_at.is_(None)))
