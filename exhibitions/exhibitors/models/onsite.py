"""What is noted of exhibitors at the fair itself."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from exhibitions.core.db import BigId, Model, UtcDateTime
from exhibitions.exhibitors.models.keys import exhibitor_key, expo_key, user_key


class Presence(Model):
    """An inspector's tick that an exhibitor's or co-exhibitor's own people were there (or not) on a day (E-1, §1.4)."""

    __tablename__ = "presences"
    __table_args__ = (
        sa.Index("ix_presences_expo_id_day", "expo_id", "day"),
        sa.Index("ix_presences_exhibitor_id", "exhibitor_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    exhibitor_id: Mapped[int] = exhibitor_key()
    co_exhibitor_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("co_exhibitors.id", ondelete="CASCADE")
    )
    day: Mapped[date] = mapped_column(sa.Date)
    present: Mapped[bool] = mapped_column(sa.Boolean)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = user_key()
    photo_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("files.id", ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(sa.String(300), default="")


class Arrival(Model):
    """展商报到: who signed for the bag, when, and what was given out."""

    __tablename__ = "arrivals"
    __table_args__ = (sa.UniqueConstraint("expo_id", "exhibitor_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    exhibitor_id: Mapped[int] = exhibitor_key()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = user_key()
    signed_by: Mapped[str] = mapped_column(sa.String(100), default="")
    signature_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("files.id", ondelete="SET NULL"))
    bags: Mapped[int] = mapped_column(sa.Integer, default=1)
    note: Mapped[str] = mapped_column(sa.String(300), default="")
