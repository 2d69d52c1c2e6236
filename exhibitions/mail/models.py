"""The outbox: which message goes to whom, and what became of it; the words of a fair, and addresses that take none.

The text of a message itself is never stored.
"""

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
        sa.Index("ix_mails_expo_id_batch", "expo_id", "batch"),
        sa.Index("ix_mails_message_id", "message_id"),
        sa.Index("ix_mails_recipient", "recipient"),
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
    # What was sent together ("mailing-7"), or "".
    batch: Mapped[str] = mapped_column(sa.String(32), default="", server_default="")
    # It was written into the folder because no sender is set up: somebody has to hand it over.
    in_folder: Mapped[bool] = mapped_column(sa.Boolean, default=False, server_default=sa.false())
    # It goes as a text message: the recipient is a number (E.164), and `parts` is how many the provider counts.
    by_sms: Mapped[bool] = mapped_column(sa.Boolean, default=False, server_default=sa.false())
    parts: Mapped[int] = mapped_column(sa.SmallInteger, default=0, server_default="0")
    # By which way a person was told, when, and by whom; "" while nobody has noted it.
    told_way: Mapped[str] = mapped_column(sa.String(16), default="", server_default="")
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="SET NULL"))
    told_by_name: Mapped[str] = mapped_column(sa.String(100), default="", server_default="")


class Bounce(Model):
    """An address that takes no messages: a server refused it for good, or a message came back from it (lower case)."""

    __tablename__ = "mail_bounces"
    __table_args__ = (sa.UniqueConstraint("address"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    address: Mapped[str] = mapped_column(sa.String(254))
    problem: Mapped[str] = mapped_column(sa.String(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MailText(Model):
    """A fair's own words for a kind of message; what is empty keeps the words of the product."""

    __tablename__ = "mail_texts"
    __table_args__ = (sa.UniqueConstraint("expo_id", "kind"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(64))
    subject_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    subject_en: Mapped[str] = mapped_column(sa.String(200), default="")
    body_zh: Mapped[str] = mapped_column(sa.Text, default="")
    body_en: Mapped[str] = mapped_column(sa.Text, default="")
    short_zh: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    short_en: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
