"""The columns that nearly every table here has: whose fair, which season, which entry, which juror."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from exhibitions.core.db import BigId


def expo_key() -> Mapped[int]:
    """The fair; the row goes with it."""
    return mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))


def season_key() -> Mapped[int]:
    """The season of an award; the row goes with it."""
    return mapped_column(BigId, sa.ForeignKey("award_seasons.id", ondelete="CASCADE"))


def entry_key() -> Mapped[int]:
    """The entry; the row goes with it."""
    return mapped_column(BigId, sa.ForeignKey("award_entries.id", ondelete="CASCADE"))


def juror_key() -> Mapped[int]:
    """The juror; the row goes with the juror."""
    return mapped_column(BigId, sa.ForeignKey("award_jurors.id", ondelete="CASCADE"))


def user_key() -> Mapped[int | None]:
    """Somebody of the office; empty once the account is gone."""
    return mapped_column(BigId, sa.ForeignKey("users.id", ondelete="SET NULL"))
