"""The daily figures of exhibitors, moved and frozen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from exhibitions.core.db import BigId, Model, UtcDateTime
from exhibitions.exhibitors.models.keys import exhibitor_key, expo_key, user_key


class DailyFigure(Model):
    """What an exhibitor reported for a day; a correction is a new row and the old one keeps `replaced_at`.

    Amounts are minor units of `currency`; None is "not answered" and 0 is "nothing" (never mixed).
    """

    __tablename__ = "daily_figures"
    __table_args__ = (
        sa.Index(
            "uq_daily_figures_live",
            "expo_id",
            "exhibitor_id",
            "day",
            "currency",
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        ),
        sa.Index("ix_daily_figures_exhibitor_id", "exhibitor_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    exhibitor_id: Mapped[int] = exhibitor_key()
    day: Mapped[date] = mapped_column(sa.Date)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    sales: Mapped[int | None] = mapped_column(sa.BigInteger)
    visitors: Mapped[int | None] = mapped_column(sa.Integer)
    contracts: Mapped[int | None] = mapped_column(sa.Integer)
    contracts_amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    intents: Mapped[int | None] = mapped_column(sa.Integer)
    intents_amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    confidential: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    person_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("exhibitor_people.id", ondelete="SET NULL")
    )
    user_id: Mapped[int | None] = user_key()
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FiguresMove(Model):
    """An intent that became a contract: so much less of the one, so much more of the other (minor units of `currency`).

    The report that named the intent is left as it was.
    """

    __tablename__ = "figures_moves"
    __table_args__ = (
        sa.Index("ix_figures_moves_expo_id", "expo_id"),
        sa.Index("ix_figures_moves_exhibitor_id", "exhibitor_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    exhibitor_id: Mapped[int] = exhibitor_key()
    day: Mapped[date] = mapped_column(sa.Date)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    intent_amount: Mapped[int] = mapped_column(sa.BigInteger)
    contract_amount: Mapped[int] = mapped_column(sa.BigInteger)
    person_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("exhibitor_people.id", ondelete="SET NULL")
    )
    user_id: Mapped[int | None] = user_key()
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class FiguresFreeze(Model):
    """The daily figures of a fair as they stood, with the digest of what was frozen."""

    __tablename__ = "figures_freezes"
    __table_args__ = (sa.Index("ix_figures_freezes_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = user_key()
    sha256: Mapped[str] = mapped_column(sa.String(64))
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
