"""A company in an edition, how a fair takes it, and the moves it made."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibitions.companies.models import Company
from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type
from exhibitions.exhibitors.models.keys import exhibitor_key, expo_key, user_key
from exhibitions.exhibitors.rules.states import State

if TYPE_CHECKING:
    from exhibitions.exhibitors.models.co_exhibitors import CoExhibitor, RepresentedCompany
    from exhibitions.exhibitors.models.people import ExhibitorPerson


class ExhibitorSettings(Model):
    """How a fair takes exhibitors: dates of the application, terms, limits, print dates, quotas, as its set-up says.

    `data` holds what rules read as data: quota rules (staff, build-up), limits of fascia texts by stand kind, points,
    lengths of holds, hours of the daily figures. Missing keys have the defaults of their rules.
    """

    __tablename__ = "exhibitor_settings"
    __table_args__ = (sa.UniqueConstraint("expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    terms_zh: Mapped[str] = mapped_column(sa.Text, default="")
    terms_en: Mapped[str] = mapped_column(sa.Text, default="")
    terms_version: Mapped[int] = mapped_column(sa.Integer, default=1)
    print_on: Mapped[date | None] = mapped_column(sa.Date)
    directory_published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stands_frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contact_name: Mapped[str] = mapped_column(sa.String(100), default="")
    contact_phone: Mapped[str] = mapped_column(sa.String(50), default="")
    contact_email: Mapped[str] = mapped_column(sa.String(254), default="")
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Exhibitor(Model):
    """A company in one edition, from prospect to closed; `number` stands in addresses of the desk.

    Before the application is sent a draft has no company; its answers lie in `answers`, a block a page. `reference`
    is what letters and bank transfers quote, given with the first submission.
    """

    __tablename__ = "exhibitors"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "company_id"),
        sa.UniqueConstraint("expo_id", "reference"),
        sa.Index("ix_exhibitors_expo_id_state", "expo_id", "state"),
        sa.Index("ix_exhibitors_company_id", "company_id"),
        sa.Index("ix_exhibitors_expo_id_next_on", "expo_id", "next_on"),
        sa.Index("ix_exhibitors_merged_into_id", "merged_into_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    number: Mapped[str] = mapped_column(sa.String(16), unique=True)
    company_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("companies.id"))
    state: Mapped[State] = mapped_column(enum_type(State), default=State.PROSPECT)
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    reference: Mapped[str | None] = mapped_column(sa.String(24))
    # Recruiting.
    user_id: Mapped[int | None] = user_key()
    next_step: Mapped[str] = mapped_column(sa.String(300), default="")
    next_on: Mapped[date | None] = mapped_column(sa.Date)
    origin: Mapped[str] = mapped_column(sa.String(32), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    is_returning: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    # Application: blocks by name (company, contact, products, stand, declarations …), as the rules' dataclasses read them.
    answers: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    country: Mapped[str] = mapped_column(sa.String(2), default="CN")
    zone_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("zones.id", ondelete="SET NULL"))
    language: Mapped[str] = mapped_column(sa.String(2), default="zh")
    question: Mapped[str] = mapped_column(sa.Text, default="")
    terms_version: Mapped[int | None] = mapped_column(sa.Integer)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    points: Mapped[str] = mapped_column(sa.String(20), default="")
    # The entry of the same company that this one became part of; it takes no part and stands on no list any more.
    merged_into_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("exhibitors.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    company: Mapped[Company | None] = relationship()
    people: Mapped[list[ExhibitorPerson]] = relationship(
        order_by="ExhibitorPerson.id", back_populates="exhibitor", passive_deletes=True
    )
    co_exhibitors: Mapped[list[CoExhibitor]] = relationship(
        order_by="CoExhibitor.id", back_populates="exhibitor", passive_deletes=True
    )
    represented: Mapped[list[RepresentedCompany]] = relationship(
        order_by="RepresentedCompany.id", passive_deletes=True
    )


class ExhibitorEvent(Model):
    """A move of an exhibitor, with who made it and why; cancelled and reduced carry their fee in minor units."""

    __tablename__ = "exhibitor_events"
    __table_args__ = (sa.Index("ix_exhibitor_events_exhibitor_id", "exhibitor_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    exhibitor_id: Mapped[int] = exhibitor_key()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_kind: Mapped[str] = mapped_column(sa.String(16), default="")
    actor_id: Mapped[int | None] = mapped_column(BigId)
    deed: Mapped[str] = mapped_column(sa.String(32))
    state_before: Mapped[State | None] = mapped_column(enum_type(State))
    state_after: Mapped[State | None] = mapped_column(enum_type(State))
    text: Mapped[str] = mapped_column(sa.Text, default="")
    fee: Mapped[int | None] = mapped_column(sa.BigInteger)
