"""The outbox: which message goes to whom, and what became of it. The text itself is never stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type
from exhibitions.mail.rules import State


class Mail(Model):
    """One message to one recipient. `arguments` hold ids only; links and words are made when it is sent.

    `data_at` is the moment when the text began to leave; as long as the state is still sending, nobody knows whether
    the server kept it. `doubts` counts such endings.
    """

    __tablename__ = "mails"
    __table_args__ = (
        sa.UniqueConstraint("key", "recipient"),
        sa.Index("ix_mails_expo_id_state", "expo_id", "state"),
        sa.Index("ix_mails_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(128))
    recipient: Mapped[str] = mapped_column(sa.String(254))
    template: Mapped[str] = mapped_column(sa.String(64))
    lang: Mapped[str] = mapped_column(sa.String(8))
    arguments: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    subject_kind: Mapped[str | None] = mapped_column(sa.String(32))
    subject_id: Mapped[int | None] = mapped_column(BigId)
    state: Mapped[State] = mapped_column(enum_type(State), default=State.WAITING)
    attempts: Mapped[int] = mapped_column(sa.Integer, default=0)
    doubts: Mapped[int] = mapped_column(sa.Integer, default=0)
    message_id: Mapped[str] = mapped_column(sa.String(150))
    problem: Mapped[str] = mapped_column(sa.String(32), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    data_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
