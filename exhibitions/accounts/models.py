"""People who sign in, their sessions, their roles in the organisation, and personal links."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from exhibitions.accounts.rules import DisplaySize, OrganisationRole
from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type


class User(Model):
    """A person with an account. E-mail is stored in lower case."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    # How large the desk is shown to this person (rules.DisplaySize).
    display_size: Mapped[DisplaySize] = mapped_column(enum_type(DisplaySize), default=DisplaySize.ROOMY)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OrganisationMembership(Model):
    """A role of a person in the organisation that runs this installation."""

    __tablename__ = "organisation_memberships"
    __table_args__ = (sa.UniqueConstraint("user_id", "role"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="CASCADE"))
    role: Mapped[OrganisationRole] = mapped_column(enum_type(OrganisationRole))


class SignIn(Model):
    """A session on the server: the cookie holds a random token, this row its hash; ending the row ends the session."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PersonalLink(Model):
    """A link that opens one thing for its holder, without an account. Only the hash of its token is stored."""

    __tablename__ = "personal_links"
    __table_args__ = (sa.Index("ix_personal_links_subject", "kind", "subject_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    expo_id: Mapped[int | None] = mapped_column(BigId)
    subject_id: Mapped[int] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
