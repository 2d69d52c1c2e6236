"""The columns that nearly every table here has: whose fair, whose exhibitor, which person of the office."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from exhibitions.core.db import BigId


def expo_key() -> Mapped[int]:
    """The fair; the row goes with it."""
    return mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))


def exhibitor_key() -> Mapped[int]:
    """The exhibitor; the row goes with it."""
    return mapped_column(BigId, sa.ForeignKey("exhibitors.id", ondelete="CASCADE"))


def user_key() -> Mapped[int | None]:
    """Somebody of the office; empty once the account is gone."""
    return mapped_column(BigId, sa.ForeignKey("users.id", ondelete="SET NULL"))
