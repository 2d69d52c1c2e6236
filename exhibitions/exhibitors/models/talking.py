"""What is said between the office and companies: calls, letters to many, the thread of the centre."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type
from exhibitions.exhibitors.models.keys import exhibitor_key, expo_key, user_key
from exhibitions.mail.rules.many import Purpose
from exhibitions.mail.rules.many import State as MailingState


class Call(Model):
    """A talk with a prospect: when, by whom, with whom, and what came of it."""

    __tablename__ = "exhibitor_calls"
    __table_args__ = (sa.Index("ix_exhibitor_calls_exhibitor_id", "exhibitor_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    exhibitor_id: Mapped[int] = exhibitor_key()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = user_key()
    way: Mapped[str] = mapped_column(sa.String(16), default="phone")
    with_whom: Mapped[str] = mapped_column(sa.String(100), default="")
    text: Mapped[str] = mapped_column(sa.Text, default="")


class ExhibitorMailing(Model):
    """A message to many companies: its words with places, to which of them, how far it has come.

    `chosen` holds the numbers of exhibitors. Those up to `done_id` have theirs in the outbox.
    """

    __tablename__ = "exhibitor_mailings"
    __table_args__ = (sa.Index("ix_exhibitor_mailings_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    purpose: Mapped[Purpose] = mapped_column(enum_type(Purpose))
    subject_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    subject_en: Mapped[str] = mapped_column(sa.String(200), default="")
    body_zh: Mapped[str] = mapped_column(sa.Text, default="")
    body_en: Mapped[str] = mapped_column(sa.Text, default="")
    chosen: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    state: Mapped[MailingState] = mapped_column(enum_type(MailingState), default=MailingState.DRAFT)
    send_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)
    done_id: Mapped[int] = mapped_column(BigId, default=0)
    created_by: Mapped[int | None] = user_key()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecruitingLeave(Model):
    """An address that wants no more invitations to exhibit (P20), whatever company it stands with; kept for that alone."""

    __tablename__ = "recruiting_leaves"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    address: Mapped[str] = mapped_column(sa.String(254), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExhibitorMessage(Model):
    """A text between the office and an exhibitor, in one thread a company; `read_at` is when the other side saw it."""

    __tablename__ = "exhibitor_messages"
    __table_args__ = (
        sa.Index("ix_exhibitor_messages_exhibitor_id", "exhibitor_id"),
        sa.Index("ix_exhibitor_messages_expo_id_read_at", "expo_id", "read_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    exhibitor_id: Mapped[int] = exhibitor_key()
    from_office: Mapped[bool] = mapped_column(sa.Boolean)
    text: Mapped[str] = mapped_column(sa.Text)
    user_id: Mapped[int | None] = user_key()
    person_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("exhibitor_people.id", ondelete="SET NULL")
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
