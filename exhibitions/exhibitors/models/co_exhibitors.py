"""The companies on another's stand: with own people, or by their goods alone."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibitions.companies.models import Company
from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type
from exhibitions.exhibitors.models.exhibitor import Exhibitor
from exhibitions.exhibitors.models.keys import exhibitor_key, expo_key
from exhibitions.exhibitors.rules.co_exhibitors import CoState, Source


class CoExhibitor(Model):
    """A company with own goods and own staff on another's stand (E-3); its personal link is of kind "co_exhibitor"."""

    __tablename__ = "co_exhibitors"
    __table_args__ = (
        sa.Index("ix_co_exhibitors_expo_id", "expo_id"),
        sa.Index("ix_co_exhibitors_exhibitor_id", "exhibitor_id"),
        sa.Index("ix_co_exhibitors_company_id", "company_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    exhibitor_id: Mapped[int] = exhibitor_key()
    company_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("companies.id"))
    name_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    credit_code: Mapped[str | None] = mapped_column(sa.String(18))
    country: Mapped[str] = mapped_column(sa.String(2), default="CN")
    contact_name: Mapped[str] = mapped_column(sa.String(100), default="")
    contact_phone: Mapped[str | None] = mapped_column(sa.String(20))
    contact_email: Mapped[str | None] = mapped_column(sa.String(254))
    state: Mapped[CoState] = mapped_column(enum_type(CoState), default=CoState.NAMED)
    source: Mapped[Source] = mapped_column(enum_type(Source), default=Source.APPLICATION)
    own_goods: Mapped[bool | None] = mapped_column(sa.Boolean)
    own_staff: Mapped[bool | None] = mapped_column(sa.Boolean)
    declared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    exhibitor: Mapped[Exhibitor] = relationship(back_populates="co_exhibitors")
    company: Mapped[Company | None] = relationship()


class RepresentedCompany(Model):
    """A company whose goods are shown without people of its own (E-4); never added to the exhibitors."""

    __tablename__ = "represented_companies"
    __table_args__ = (sa.Index("ix_represented_companies_exhibitor_id", "exhibitor_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    exhibitor_id: Mapped[int] = exhibitor_key()
    name_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    credit_code: Mapped[str | None] = mapped_column(sa.String(18))
    country: Mapped[str] = mapped_column(sa.String(2), default="CN")
