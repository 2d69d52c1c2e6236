"""Named questions about people, sessions and links."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from exhibitions.accounts.models import OrganisationMembership, PersonalLink, SignIn, User
from exhibitions.accounts.rules import ORGANISATION_RIGHTS, OrganisationRole
from exhibitions.core.db import db


def user_by_email(email: str) -> User | None:
    """The person with this address, whatever the case it is written in."""
    return db.session.scalar(sa.select(User).where(User.email == email.strip().lower()))


def names_of(user_ids: Collection[int | None]) -> dict[int, str]:
    """What these people are called, by the number of their account; who is not there any more is left out."""
    found = sa.select(User.id, User.name).where(User.id.in_({number for number in user_ids if number}))
    return dict(db.session.execute(found).all())


def user_of_session(token_hash: str, now: datetime) -> User | None:
    """The person whose session has this token, while it has not ended and the account is not disabled."""
    found = (
        sa.select(User)
        .join(SignIn, SignIn.user_id == User.id)
        .where(
            SignIn.token_hash == token_hash,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            User.disabled_at.is_(None),
        )
    )
    return db.session.scalar(found)


def organisation_roles(user_id: int) -> frozenset[OrganisationRole]:
    """The person's roles in the organisation."""
    rows = sa.select(OrganisationMembership.role).where(OrganisationMembership.user_id == user_id)
    return frozenset(db.session.scalars(rows))


def organisation_rights(user_id: int) -> frozenset[str]:
    """All rights (values of core.access.Permission) that the person's organisation roles give."""
    return frozenset().union(*(ORGANISATION_RIGHTS[role] for role in organisation_roles(user_id)))


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
