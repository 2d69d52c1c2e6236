"""What the show directory says of a company and of its products."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type
from exhibitions.exhibitors.models.keys import exhibitor_key, expo_key
from exhibitions.exhibitors.rules.directory import EntryState


class DirectoryEntry(Model):
    """What the show directory and the fascia say of an exhibitor, or of one of its co-exhibitors."""

    __tablename__ = "directory_entries"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "exhibitor_id", "co_exhibitor_id"),
        # A constraint does not judge where there is no co-exhibitor: the exhibitor's own entry is one.
        sa.Index(
            "uq_directory_entries_own",
            "exhibitor_id",
            unique=True,
            sqlite_where=sa.text("co_exhibitor_id IS NULL"),
            postgresql_where=sa.text("co_exhibitor_id IS NULL"),
        ),
        sa.Index("ix_directory_entries_exhibitor_id", "exhibitor_id"),
        sa.Index("ix_directory_entries_expo_id_sort_key", "expo_id", "sort_key"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    exhibitor_id: Mapped[int] = exhibitor_key()
    co_exhibitor_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("co_exhibitors.id", ondelete="CASCADE")
    )
    number: Mapped[str] = mapped_column(sa.String(16), unique=True)
    state: Mapped[EntryState] = mapped_column(enum_type(EntryState), default=EntryState.DRAFT)
    name_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    letter: Mapped[str] = mapped_column(sa.String(4), default="")
    text_zh: Mapped[str] = mapped_column(sa.Text, default="")
    text_en: Mapped[str] = mapped_column(sa.Text, default="")
    brand: Mapped[str] = mapped_column(sa.String(100), default="")
    website: Mapped[str] = mapped_column(sa.String(200), default="")
    phone: Mapped[str] = mapped_column(sa.String(50), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    logo_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("files.id", ondelete="SET NULL"))
    fascia_zh: Mapped[str] = mapped_column(sa.String(100), default="")
    fascia_en: Mapped[str] = mapped_column(sa.String(200), default="")
    fascia_printed: Mapped[str] = mapped_column(sa.String(300), default="")
    asked: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    search: Mapped[str] = mapped_column(sa.Text, default="")
    sort_key: Mapped[str] = mapped_column(sa.String(200), default="")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    printed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    products: Mapped[list[DirectoryProduct]] = relationship(
        order_by="DirectoryProduct.position, DirectoryProduct.id", passive_deletes=True
    )


class DirectoryProduct(Model):
    """A product in a directory entry, at most ten, each with at most one picture."""

    __tablename__ = "directory_products"
    __table_args__ = (sa.Index("ix_directory_products_entry_id", "entry_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    entry_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("directory_entries.id", ondelete="CASCADE"))
    name_zh: Mapped[str] = mapped_column(sa.String(100), default="")
    name_en: Mapped[str] = mapped_column(sa.String(100), default="")
    picture_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("files.id", ondelete="SET NULL"))
    is_new: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    position: Mapped[int] = mapped_column(sa.Integer, default=0)
