"""The fair's lines of products, and which of them an exhibitor shows."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from exhibitions.core.db import BigId, Model
from exhibitions.exhibitors.models.keys import exhibitor_key, expo_key


class ProductCategory(Model):
    """A line of the fair's nomenclature; `parent_id` makes it a tree."""

    __tablename__ = "product_categories"
    __table_args__ = (sa.UniqueConstraint("expo_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    code: Mapped[str] = mapped_column(sa.String(20))
    parent_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("product_categories.id", ondelete="CASCADE")
    )
    name_zh: Mapped[str] = mapped_column(sa.String(100), default="")
    name_en: Mapped[str] = mapped_column(sa.String(100), default="")
    position: Mapped[int] = mapped_column(sa.Integer, default=0)


class ExhibitorCategory(Model):
    """What an exhibitor shows, by the nomenclature; a text in its own words and an HS code are optional."""

    __tablename__ = "exhibitor_categories"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "exhibitor_id", "category_id"),
        sa.Index("ix_exhibitor_categories_exhibitor_id", "exhibitor_id"),
        sa.Index("ix_exhibitor_categories_category_id", "category_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    exhibitor_id: Mapped[int] = exhibitor_key()
    category_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("product_categories.id", ondelete="CASCADE")
    )
