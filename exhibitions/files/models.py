"""Files that the product keeps: exports, papers, print runs. The row says what and whose, the disk holds the bytes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from exhibitions.core.db import BigId, Model, UtcDateTime


class StoredFile(Model):
    """One file. `path` is random and relative to the storage folder; `name` is what the reader's disk shall call it."""

    __tablename__ = "files"
    __table_args__ = (
        sa.Index("ix_files_expo_id_purpose", "expo_id", "purpose"),
        sa.Index("ix_files_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(150))
    content_type: Mapped[str] = mapped_column(sa.String(100))
    purpose: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    owner_kind: Mapped[str] = mapped_column(sa.String(32))
    owner_id: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
