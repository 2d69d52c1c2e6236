"""Jobs: leased rows that a worker takes, renews and finishes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type
from exhibitions.jobs.rules import State

_OPEN = sa.text("state IN ('queued', 'running')")


class Job(Model):
    """One piece of long work. `key` is unique among the open jobs of a name; `arguments` hold ids only.

    `leased_by` is new with every taking, so that a worker which lost its lease can tell.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        sa.Index(
            "uq_jobs_name_key_open", "name", "key", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        sa.Index("ix_jobs_ready", "run_after", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        sa.Index("ix_jobs_expo_id_created_at", "expo_id", "created_at"),
        sa.Index("ix_jobs_name_created_at", "name", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(64))
    key: Mapped[str] = mapped_column(sa.String(128))
    arguments: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    state: Mapped[State] = mapped_column(enum_type(State), default=State.QUEUED)
    run_after: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(sa.Integer, default=0)
    leased_by: Mapped[str | None] = mapped_column(sa.String(96))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    step: Mapped[str] = mapped_column(sa.String(100), default="")
    step_started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    total: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    result: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    error_code: Mapped[str] = mapped_column(sa.String(64), default="")
    error_message: Mapped[str] = mapped_column(sa.String(300), default="")
    error_params: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    # The number that the log and the page share when a handler failed for a reason of its own.
    error_reference: Mapped[str] = mapped_column(sa.String(16), default="")
    actor_kind: Mapped[str] = mapped_column(sa.String(32))
    actor_id: Mapped[int | None] = mapped_column(BigId)
    actor_name: Mapped[str] = mapped_column(sa.String(100), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
