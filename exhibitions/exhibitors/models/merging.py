"""Two entries of one company on a fair's list that became one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from exhibitions.core.db import BigId, Model, UtcDateTime
from exhibitions.exhibitors.models.keys import expo_key, user_key


def _entry_key() -> Mapped[int]:
    return mapped_column(BigId, sa.ForeignKey("exhibitors.id", ondelete="CASCADE"))


class ExhibitorMerge(Model):
    """What went over when two entries became one: numbers of rows and names of fields, so that they can be parted again.

    No word about a person lies here: those stay in the entry that ended, and end with it.
    """

    __tablename__ = "exhibitor_merges"
    __table_args__ = (
        sa.Index("ix_exhibitor_merges_expo_id", "expo_id"),
        sa.Index("ix_exhibitor_merges_kept_id", "kept_id"),
        sa.Index("ix_exhibitor_merges_merged_id", "merged_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    kept_id: Mapped[int] = _entry_key()
    merged_id: Mapped[int] = _entry_key()
    before: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    user_id: Mapped[int | None] = user_key()
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
