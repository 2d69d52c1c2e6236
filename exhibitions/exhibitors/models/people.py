"""Who acts for an exhibitor in its centre, and who of it has a badge."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type
from exhibitions.exhibitors.models.exhibitor import Exhibitor
from exhibitions.exhibitors.models.keys import exhibitor_key, expo_key
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.exhibitors.rules.staff import StaffKind


class ExhibitorPerson(Model):
    """A user of a company in a fair, who comes by a personal link of kind "exhibitor"."""

    __tablename__ = "exhibitor_people"
    __table_args__ = (
        sa.Index("ix_exhibitor_people_exhibitor_id", "exhibitor_id"),
        sa.Index("ix_exhibitor_people_expo_id_phone", "expo_id", "phone"),
        sa.Index("ix_exhibitor_people_expo_id_email", "expo_id", "email"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    exhibitor_id: Mapped[int] = exhibitor_key()
    role: Mapped[PersonRole] = mapped_column(enum_type(PersonRole), default=PersonRole.OWNER)
    name: Mapped[str] = mapped_column(sa.String(100), default="")
    title: Mapped[str] = mapped_column(sa.String(100), default="")
    phone: Mapped[str | None] = mapped_column(sa.String(20))
    email: Mapped[str | None] = mapped_column(sa.String(254))
    wechat: Mapped[str] = mapped_column(sa.String(64), default="")
    language: Mapped[str] = mapped_column(sa.String(2), default="zh")
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    exhibitor: Mapped[Exhibitor] = relationship(back_populates="people")


class StaffBadge(Model):
    """Somebody of an exhibitor with a badge (holder kind "exhibitor_staff"); cancelled ones free their place."""

    __tablename__ = "staff_badges"
    __table_args__ = (
        sa.Index("ix_staff_badges_exhibitor_id", "exhibitor_id"),
        sa.Index("ix_staff_badges_expo_id_phone", "expo_id", "phone"),
        sa.Index("ix_staff_badges_badge_id", "badge_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    exhibitor_id: Mapped[int] = exhibitor_key()
    co_exhibitor_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("co_exhibitors.id", ondelete="SET NULL")
    )
    kind: Mapped[StaffKind] = mapped_column(enum_type(StaffKind), default=StaffKind.STAFF)
    name: Mapped[str] = mapped_column(sa.String(100), default="")
    title: Mapped[str] = mapped_column(sa.String(100), default="")
    phone: Mapped[str | None] = mapped_column(sa.String(20))
    badge_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("badges.id"))
    # Why it is over the quota, if it is: "price" with its amount in minor units, or "grace" of a named person.
    extra: Mapped[str] = mapped_column(sa.String(16), default="")
    extra_note: Mapped[str] = mapped_column(sa.String(200), default="")
    extra_amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
