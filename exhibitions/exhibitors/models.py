"""A company's part in an edition and everything that hangs on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibitions.companies.models import Company
from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type
from exhibitions.exhibitors.rules.co_exhibitors import CoState, Source
from exhibitions.exhibitors.rules.directory import EntryState
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.exhibitors.rules.staff import StaffKind
from exhibitions.exhibitors.rules.states import State
from exhibitions.mail.rules.many import Purpose
from exhibitions.mail.rules.many import State as MailingState


def _expo_key() -> Mapped[int]:
    return mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))


def _exhibitor_key() -> Mapped[int]:
    return mapped_column(BigId, sa.ForeignKey("exhibitors.id", ondelete="CASCADE"))


def _user_key() -> Mapped[int | None]:
    return mapped_column(BigId, sa.ForeignKey("users.id", ondelete="SET NULL"))


class ExhibitorSettings(Model):
    """How a fair takes exhibitors: dates of the application, terms, limits, print dates, quotas, as its set-up says.

    `data` holds what rules read as data: quota rules (staff, build-up), limits of fascia texts by stand kind, points,
    lengths of holds, hours of the daily figures. Missing keys have the defaults of their rules.
    """

    __tablename__ = "exhibitor_settings"
    __table_args__ = (sa.UniqueConstraint("expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
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
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    number: Mapped[str] = mapped_column(sa.String(16), unique=True)
    company_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("companies.id"))
    state: Mapped[State] = mapped_column(enum_type(State), default=State.PROSPECT)
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    reference: Mapped[str | None] = mapped_column(sa.String(24))
    # Recruiting.
    user_id: Mapped[int | None] = _user_key()
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
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = _exhibitor_key()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_kind: Mapped[str] = mapped_column(sa.String(16), default="")
    actor_id: Mapped[int | None] = mapped_column(BigId)
    deed: Mapped[str] = mapped_column(sa.String(32))
    state_before: Mapped[State | None] = mapped_column(enum_type(State))
    state_after: Mapped[State | None] = mapped_column(enum_type(State))
    text: Mapped[str] = mapped_column(sa.Text, default="")
    fee: Mapped[int | None] = mapped_column(sa.BigInteger)


class Call(Model):
    """A talk with a prospect: when, by whom, with whom, and what came of it."""

    __tablename__ = "exhibitor_calls"
    __table_args__ = (sa.Index("ix_exhibitor_calls_exhibitor_id", "exhibitor_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = _exhibitor_key()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = _user_key()
    way: Mapped[str] = mapped_column(sa.String(16), default="phone")
    with_whom: Mapped[str] = mapped_column(sa.String(100), default="")
    text: Mapped[str] = mapped_column(sa.Text, default="")


class ExhibitorMailing(Model):
    """A message to many companies: its words with places, to which of them, how far it has come.

    `chosen` holds the numbers of exhibitors. Those up to `done_id` have theirs in the outbox.
    """

    __tablename__ = "exhibitor_mailings"
    __table_args__ = (sa.Index("ix_exhibitor_mailings_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    purpose: Mapped[Purpose] = mapped_column(enum_type(Purpose))
    subject_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    subject_en: Mapped[str] = mapped_column(sa.String(200), default="")
    body_zh: Mapped[str] = mapped_column(sa.Text, default="")
    body_en: Mapped[str] = mapped_column(sa.Text, default="")
    chosen: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    state: Mapped[MailingState] = mapped_column(enum_type(MailingState), default=MailingState.DRAFT)
    send_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)
    done_id: Mapped[int] = mapped_column(BigId, default=0)
    created_by: Mapped[int | None] = _user_key()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecruitingLeave(Model):
    """An address that wants no more invitations to exhibit (P20), whatever company it stands with; kept for that alone."""

    __tablename__ = "recruiting_leaves"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    address: Mapped[str] = mapped_column(sa.String(254), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CoExhibitor(Model):
    """A company with own goods and own staff on another's stand (E-3); its personal link is of kind "co_exhibitor"."""

    __tablename__ = "co_exhibitors"
    __table_args__ = (
        sa.Index("ix_co_exhibitors_expo_id", "expo_id"),
        sa.Index("ix_co_exhibitors_exhibitor_id", "exhibitor_id"),
        sa.Index("ix_co_exhibitors_company_id", "company_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = _exhibitor_key()
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
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = _exhibitor_key()
    name_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    credit_code: Mapped[str | None] = mapped_column(sa.String(18))
    country: Mapped[str] = mapped_column(sa.String(2), default="CN")


class ProductCategory(Model):
    """A line of the fair's nomenclature; `parent_id` makes it a tree."""

    __tablename__ = "product_categories"
    __table_args__ = (sa.UniqueConstraint("expo_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
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
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = _exhibitor_key()
    category_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("product_categories.id", ondelete="CASCADE")
    )


class ExhibitorPerson(Model):
    """A user of a company in a fair, who comes by a personal link of kind "exhibitor"."""

    __tablename__ = "exhibitor_people"
    __table_args__ = (
        sa.Index("ix_exhibitor_people_exhibitor_id", "exhibitor_id"),
        sa.Index("ix_exhibitor_people_expo_id_phone", "expo_id", "phone"),
        sa.Index("ix_exhibitor_people_expo_id_email", "expo_id", "email"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = _exhibitor_key()
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
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = _exhibitor_key()
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


class DirectoryEntry(Model):
    """What the show directory and the fascia say of an exhibitor, or of one of its co-exhibitors."""

    __tablename__ = "directory_entries"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "exhibitor_id", "co_exhibitor_id"),
        sa.Index("ix_directory_entries_exhibitor_id", "exhibitor_id"),
        sa.Index("ix_directory_entries_expo_id_sort_key", "expo_id", "sort_key"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = _exhibitor_key()
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
    expo_id: Mapped[int] = _expo_key()
    entry_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("directory_entries.id", ondelete="CASCADE"))
    name_zh: Mapped[str] = mapped_column(sa.String(100), default="")
    name_en: Mapped[str] = mapped_column(sa.String(100), default="")
    picture_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("files.id", ondelete="SET NULL"))
    is_new: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    position: Mapped[int] = mapped_column(sa.Integer, default=0)


class DailyFigure(Model):
    """What an exhibitor reported for a day; a correction is a new row and the old one keeps `replaced_at`.

    Amounts are minor units of `currency`; None is "not answered" and 0 is "nothing" (never mixed).
    """

    __tablename__ = "daily_figures"
    __table_args__ = (
        sa.Index(
            "uq_daily_figures_live",
            "expo_id",
            "exhibitor_id",
            "day",
            "currency",
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        ),
        sa.Index("ix_daily_figures_exhibitor_id", "exhibitor_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = _exhibitor_key()
    day: Mapped[date] = mapped_column(sa.Date)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    sales: Mapped[int | None] = mapped_column(sa.BigInteger)
    visitors: Mapped[int | None] = mapped_column(sa.Integer)
    contracts: Mapped[int | None] = mapped_column(sa.Integer)
    contracts_amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    intents: Mapped[int | None] = mapped_column(sa.Integer)
    intents_amount: Mapped[int | None] = mapped_column(sa.BigInteger)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    confidential: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    person_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("exhibitor_people.id", ondelete="SET NULL")
    )
    user_id: Mapped[int | None] = _user_key()
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FiguresMove(Model):
    """An intent that became a contract: so much less of the one, so much more of the other (minor units of `currency`).

    The report that named the intent is left as it was.
    """

    __tablename__ = "figures_moves"
    __table_args__ = (
        sa.Index("ix_figures_moves_expo_id", "expo_id"),
        sa.Index("ix_figures_moves_exhibitor_id", "exhibitor_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = _exhibitor_key()
    day: Mapped[date] = mapped_column(sa.Date)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    intent_amount: Mapped[int] = mapped_column(sa.BigInteger)
    contract_amount: Mapped[int] = mapped_column(sa.BigInteger)
    person_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("exhibitor_people.id", ondelete="SET NULL")
    )
    user_id: Mapped[int | None] = _user_key()
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class FiguresFreeze(Model):
    """The daily figures of a fair as they stood, with the digest of what was frozen."""

    __tablename__ = "figures_freezes"
    __table_args__ = (sa.Index("ix_figures_freezes_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = _user_key()
    sha256: Mapped[str] = mapped_column(sa.String(64))
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON)


class Presence(Model):
    """An inspector's tick that an exhibitor's or co-exhibitor's own people were there (or not) on a day (E-1, §1.4)."""

    __tablename__ = "presences"
    __table_args__ = (
        sa.Index("ix_presences_expo_id_day", "expo_id", "day"),
        sa.Index("ix_presences_exhibitor_id", "exhibitor_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = _exhibitor_key()
    co_exhibitor_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("co_exhibitors.id", ondelete="CASCADE")
    )
    day: Mapped[date] = mapped_column(sa.Date)
    present: Mapped[bool] = mapped_column(sa.Boolean)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = _user_key()
    photo_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("files.id", ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(sa.String(300), default="")


class Arrival(Model):
    """展商报到: who signed for the bag, when, and what was given out."""

    __tablename__ = "arrivals"
    __table_args__ = (sa.UniqueConstraint("expo_id", "exhibitor_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = _exhibitor_key()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = _user_key()
    signed_by: Mapped[str] = mapped_column(sa.String(100), default="")
    signature_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("files.id", ondelete="SET NULL"))
    bags: Mapped[int] = mapped_column(sa.Integer, default=1)
    note: Mapped[str] = mapped_column(sa.String(300), default="")


class ExhibitorMessage(Model):
    """A text between the office and an exhibitor, in one thread a company; `read_at` is when the other side saw it."""

    __tablename__ = "exhibitor_messages"
    __table_args__ = (
        sa.Index("ix_exhibitor_messages_exhibitor_id", "exhibitor_id"),
        sa.Index("ix_exhibitor_messages_expo_id_read_at", "expo_id", "read_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    exhibitor_id: Mapped[int] = _exhibitor_key()
    from_office: Mapped[bool] = mapped_column(sa.Boolean)
    text: Mapped[str] = mapped_column(sa.Text)
    user_id: Mapped[int | None] = _user_key()
    person_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("exhibitor_people.id", ondelete="SET NULL")
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
