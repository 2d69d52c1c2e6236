"""People who sign in, their sessions, their second step, their roles in the organisation, and personal links."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from exhibitions.accounts.rules import DisplaySize, OrganisationRole
from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type


def _user_key(*, index: bool = True) -> Mapped[int]:
    return mapped_column(BigId, sa.ForeignKey("users.id", ondelete="CASCADE"), index=index)


class User(Model):
    """A person with an account. E-mail is stored in lower case."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    # The language of letters to this person; empty until it was chosen.
    language: Mapped[str] = mapped_column(sa.String(2), default="", server_default="")
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    # How large the desk is shown to this person (rules.DisplaySize).
    display_size: Mapped[DisplaySize] = mapped_column(enum_type(DisplaySize), default=DisplaySize.ROOMY)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Grows when all sessions end: marks that browsers were given before are worth nothing then (rules.known).
    browsers_forgotten: Mapped[int] = mapped_column(sa.Integer, default=0, server_default="0")


class OrganisationMembership(Model):
    """A role of a person in the organisation that runs this installation."""

    __tablename__ = "organisation_memberships"
    __table_args__ = (sa.UniqueConstraint("user_id", "role"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = _user_key(index=False)
    role: Mapped[OrganisationRole] = mapped_column(enum_type(OrganisationRole))


class SignIn(Model):
    """A session on the server: the cookie holds a random token, this row its hash; ending the row ends the session."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = _user_key()
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Written down every five minutes at most (rules.sessions.NOTED_EVERY).
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When the person last proved to be there, by signing in or by confirming.
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # In words ("Chrome · Windows"); the full User-Agent is not kept.
    device: Mapped[str] = mapped_column(sa.String(60), default="", server_default="")


class AppSecret(Model):
    """The secret that a person's authenticator app shares with us, sealed; unconfirmed until a first code was typed."""

    __tablename__ = "app_secrets"

    user_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    key_number: Mapped[int] = mapped_column(sa.Integer)
    sealed_secret: Mapped[bytes] = mapped_column(sa.LargeBinary(128))
    # The time step of the last code that was taken: no code is good twice.
    last_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(Model):
    """A code for the day on which the second step is lost; only its hash is kept, and it is good once."""

    __tablename__ = "recovery_codes"
    __table_args__ = (sa.UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = _user_key(index=False)
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Passkey(Model):
    """A WebAuthn credential of a person; we hold its public half."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = _user_key()
    # base64url, as the browser names it.
    credential_id: Mapped[str] = mapped_column(sa.String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    name: Mapped[str] = mapped_column(sa.String(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInPolicy(Model):
    """What the organisation demands of sign-ins, from a moment on; the youngest row is in force."""

    __tablename__ = "sign_in_policies"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    administrators_two_steps: Mapped[bool] = mapped_column(sa.Boolean)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


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
