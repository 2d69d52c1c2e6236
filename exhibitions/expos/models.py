"""The fair as data: its series, days, doors, halls, zones, gates, organising units and the roles of people in it."""

from __future__ import annotations

from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type
from exhibitions.expos.rules import AntiPassback, DayKind, FullPolicy, Role, UnitRole
from exhibitions.expos.rules.feed import Scope
from exhibitions.expos.rules.permit import TURN_UP
from exhibitions.expos.rules.plan import TaskState


def _expo_key() -> Mapped[int]:
    return mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))


class Series(Model):
    """A fair that comes again: the China (Dalian) Light Industry Expo, whatever the year."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")


class Expo(Model):
    """One edition of a series. `code` is the fair's number inside badge tokens (1 to 2^24 - 1)."""

    __tablename__ = "expos"
    __table_args__ = (sa.UniqueConstraint("series_id", "edition"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    series_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("series.id"))
    edition: Mapped[int] = mapped_column(sa.Integer)
    slug: Mapped[str] = mapped_column(sa.String(40), unique=True)
    code: Mapped[int] = mapped_column(sa.Integer, unique=True)
    name_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    summary_zh: Mapped[str] = mapped_column(sa.Text, default="")
    summary_en: Mapped[str] = mapped_column(sa.Text, default="")
    city: Mapped[str] = mapped_column(sa.String(100), default="")
    country: Mapped[str] = mapped_column(sa.String(2), default="CN")
    venue_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    venue_en: Mapped[str] = mapped_column(sa.String(200), default="")
    address_zh: Mapped[str] = mapped_column(sa.String(300), default="")
    address_en: Mapped[str] = mapped_column(sa.String(300), default="")
    transport_zh: Mapped[str] = mapped_column(sa.String(300), default="")
    transport_en: Mapped[str] = mapped_column(sa.String(300), default="")
    hotline: Mapped[str] = mapped_column(sa.String(50), default="")
    notice_zh: Mapped[str] = mapped_column(sa.String(300), default="")
    notice_en: Mapped[str] = mapped_column(sa.String(300), default="")
    timezone: Mapped[str] = mapped_column(sa.String(64), default="Asia/Shanghai")
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    cutoff_hour: Mapped[int] = mapped_column(sa.Integer, default=0)
    registration_opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    registration_closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    capacity: Mapped[int | None] = mapped_column(sa.Integer)
    # The consent text that people agree to; a change of text raises the version.
    consent_zh: Mapped[str] = mapped_column(sa.Text, default="")
    consent_en: Mapped[str] = mapped_column(sa.Text, default="")
    consent_version: Mapped[int] = mapped_column(sa.Integer, default=1)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Counts up with every change of set-up: gates and caches notice by it that theirs is old.
    setup_version: Mapped[int] = mapped_column(sa.Integer, default=1)
    # Only a demo's fair has one: its gates judge as if the present moment were moved by so many seconds.
    demo_shift_seconds: Mapped[int | None] = mapped_column(sa.BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    series: Mapped[Series] = relationship()
    days: Mapped[list[ExpoDay]] = relationship(order_by="ExpoDay.date", back_populates="expo")
    units: Mapped[list[Unit]] = relationship(order_by="Unit.position, Unit.id")
    halls: Mapped[list[Hall]] = relationship(order_by="Hall.position, Hall.id")
    zones: Mapped[list[Zone]] = relationship(order_by="Zone.position, Zone.id")
    gates: Mapped[list[Gate]] = relationship(order_by="Gate.position, Gate.id")


class ConsentText(Model):
    """A text that people agree to for one purpose, in one version (P1); a version is never changed once it is there.

    Of the purpose `service` only earlier versions lie here: the text in force stands on the fair itself. An empty text
    in the youngest version means that the purpose is not asked for any more.
    """

    __tablename__ = "consent_texts"
    __table_args__ = (sa.UniqueConstraint("expo_id", "purpose", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    purpose: Mapped[str] = mapped_column(sa.String(32))
    version: Mapped[int] = mapped_column(sa.Integer)
    text_zh: Mapped[str] = mapped_column(sa.Text, default="")
    text_en: Mapped[str] = mapped_column(sa.Text, default="")
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class Unit(Model):
    """An organising unit of a fair, in its role and printing order."""

    __tablename__ = "expo_units"
    __table_args__ = (sa.Index("ix_expo_units_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    role: Mapped[UnitRole] = mapped_column(enum_type(UnitRole))
    name_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    position: Mapped[int] = mapped_column(sa.Integer, default=0)


class ExpoDay(Model):
    """A day in the halls. `official_from` to `official_to` are the visitor hours that statistics use."""

    __tablename__ = "expo_days"
    __table_args__ = (sa.UniqueConstraint("expo_id", "date"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    date: Mapped[date] = mapped_column(sa.Date)
    kind: Mapped[DayKind] = mapped_column(enum_type(DayKind))
    official_from: Mapped[time | None] = mapped_column(sa.Time)
    official_to: Mapped[time | None] = mapped_column(sa.Time)

    expo: Mapped[Expo] = relationship(back_populates="days")
    doors: Mapped[list[Door]] = relationship(
        order_by="Door.id", cascade="all, delete-orphan", passive_deletes=True
    )


class Door(Model):
    """When the doors are open for a class of badge on a day, [from, to) with a last admission (check-in.md row 8).

    `class_key` names a badge class of the fair, or is empty for every class without a door of its own. A `door_to` or
    last admission that is not after `door_from` lies on the next calendar day (a fair that runs over midnight).
    """

    __tablename__ = "doors"
    __table_args__ = (sa.UniqueConstraint("expo_id", "day_id", "class_key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    day_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expo_days.id", ondelete="CASCADE"))
    class_key: Mapped[str] = mapped_column(sa.String(32), default="")
    door_from: Mapped[time] = mapped_column(sa.Time)
    door_to: Mapped[time] = mapped_column(sa.Time)
    last_admission: Mapped[time | None] = mapped_column(sa.Time)


class Hall(Model):
    """A hall of the venue."""

    __tablename__ = "halls"
    __table_args__ = (sa.UniqueConstraint("expo_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    code: Mapped[str] = mapped_column(sa.String(16))
    name_zh: Mapped[str] = mapped_column(sa.String(100), default="")
    name_en: Mapped[str] = mapped_column(sa.String(100), default="")
    position: Mapped[int] = mapped_column(sa.Integer, default=0)


class Zone(Model):
    """A part of the fair that people are inside of or not: a theme on the plan, a limit at the gate."""

    __tablename__ = "zones"
    __table_args__ = (sa.UniqueConstraint("expo_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    hall_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("halls.id", ondelete="SET NULL"))
    code: Mapped[str] = mapped_column(sa.String(16))
    name_zh: Mapped[str] = mapped_column(sa.String(100), default="")
    name_en: Mapped[str] = mapped_column(sa.String(100), default="")
    summary_zh: Mapped[str] = mapped_column(sa.String(300), default="")
    summary_en: Mapped[str] = mapped_column(sa.String(300), default="")
    capacity: Mapped[int | None] = mapped_column(sa.Integer)
    full_policy: Mapped[FullPolicy] = mapped_column(enum_type(FullPolicy), default=FullPolicy.WARN)
    # Whether an entry here is a visit of the fair (a conference gate's zone is not the exhibition, V-3).
    counts_visits: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    position: Mapped[int] = mapped_column(sa.Integer, default=0)


class Gate(Model):
    """A place where badges are scanned. `class_keys` empty lets every class through (check-in.md row 7)."""

    __tablename__ = "gates"
    __table_args__ = (sa.UniqueConstraint("expo_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    zone_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("zones.id"))
    code: Mapped[str] = mapped_column(sa.String(16))
    name_zh: Mapped[str] = mapped_column(sa.String(100), default="")
    name_en: Mapped[str] = mapped_column(sa.String(100), default="")
    class_keys: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    anti_passback: Mapped[AntiPassback] = mapped_column(enum_type(AntiPassback), default=AntiPassback.OFF)
    position: Mapped[int] = mapped_column(sa.Integer, default=0)

    zone: Mapped[Zone] = relationship()


class Membership(Model):
    """A role of a person in one fair."""

    __tablename__ = "memberships"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "user_id", "role"),
        sa.Index("ix_memberships_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    user_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(enum_type(Role))


class Task(Model):
    """Something that is to be done for a fair by the end of the day `due`, a day of the fair's zone.

    Where `days_before` is there, the date was counted back from the first open day and moves with it when somebody says
    so. `uid` and `sequence` are those of its entry in calendars (RFC 5545).
    """

    __tablename__ = "tasks"
    __table_args__ = (
        sa.Index("ix_tasks_expo_id_due", "expo_id", "due"),
        sa.UniqueConstraint("expo_id", "uid"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    title_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    title_en: Mapped[str] = mapped_column(sa.String(200), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    template: Mapped[str] = mapped_column(sa.String(40), default="")
    days_before: Mapped[int | None] = mapped_column(sa.Integer)
    due: Mapped[date] = mapped_column(sa.Date)
    user_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="SET NULL"))
    state: Mapped[TaskState] = mapped_column(enum_type(TaskState), default=TaskState.TODO)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    uid: Mapped[str] = mapped_column(sa.String(36))
    sequence: Mapped[int] = mapped_column(sa.Integer, default=0)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TaskFeed(Model):
    """A person's calendar of tasks; its personal link is what a calendar program subscribes to."""

    __tablename__ = "task_feeds"
    __table_args__ = (sa.UniqueConstraint("expo_id", "user_id", "scope"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    user_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="CASCADE"))
    scope: Mapped[Scope] = mapped_column(enum_type(Scope))
    language: Mapped[str] = mapped_column(sa.String(2))
    # None once the link was taken back; the row stays and may get another link.
    linked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Permit(Model):
    """The permit for the event, and how many per cent of those who registered are expected to come."""

    __tablename__ = "permits"
    __table_args__ = (sa.UniqueConstraint("expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    number: Mapped[str] = mapped_column(sa.String(100), default="")
    authority: Mapped[str] = mapped_column(sa.String(200), default="")
    persons: Mapped[int | None] = mapped_column(sa.Integer)
    filed_on: Mapped[date | None] = mapped_column(sa.Date)
    turn_up: Mapped[int] = mapped_column(sa.Integer, default=TURN_UP)


class Preview(Model):
    """Somebody who may look at the public pages before they are public, by a personal link until `expires_at`."""

    __tablename__ = "previews"
    __table_args__ = (sa.Index("ix_previews_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    name: Mapped[str] = mapped_column(sa.String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
