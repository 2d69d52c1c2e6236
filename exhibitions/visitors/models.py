"""Registrations, what people agreed to, who asks to be told of the opening, imports, and messages to many."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type
from exhibitions.visitors.rules.mailing import State as MailingState
from exhibitions.visitors.rules.registration import Channel, State
from exhibitions.visitors.rules.search import SORT_LENGTH

_ALIVE = sa.text("state NOT IN ('cancelled', 'refused')")


def _by_bytes(length: int) -> sa.String:
    """A text that both engines sort alike, letter by letter; PostgreSQL would else follow the server's language."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


class Registration(Model):
    """A person who wants to come to one fair.

    Phone (E.164) and e-mail (lower case) are unique among the registrations of a fair that are alive (IR7).
    """

    __tablename__ = "registrations"
    __table_args__ = (
        sa.Index(
            "uq_registrations_expo_id_phone",
            "expo_id",
            "phone",
            unique=True,
            sqlite_where=_ALIVE,
            postgresql_where=_ALIVE,
        ),
        sa.Index(
            "uq_registrations_expo_id_email",
            "expo_id",
            "email",
            unique=True,
            sqlite_where=_ALIVE,
            postgresql_where=_ALIVE,
        ),
        sa.Index("ix_registrations_expo_id_state", "expo_id", "state"),
        # All that a list filters, sorts and searches by: neither reads the rows themselves (decision 0008).
        sa.Index(
            "ix_registrations_list",
            "expo_id",
            "created_at",
            "id",
            "state",
            "class_id",
            "region",
            "visit_day",
            "source",
            "import_id",
            "phone",
            "email",
            "sort_name",
            "sort_company",
            "search",
        ),
        # What the filters of the list offer.
        sa.Index("ix_registrations_expo_id_region", "expo_id", "region"),
        sa.Index("ix_registrations_expo_id_source", "expo_id", "source"),
        sa.Index("ix_registrations_import_id", "import_id"),
        sa.Index("ix_registrations_leader_id", "leader_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    class_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("badge_classes.id"))
    state: Mapped[State] = mapped_column(enum_type(State), default=State.REGISTERED)
    name: Mapped[str] = mapped_column(sa.String(100))
    company: Mapped[str] = mapped_column(sa.String(200), default="")
    title: Mapped[str] = mapped_column(sa.String(100), default="")
    phone: Mapped[str | None] = mapped_column(sa.String(20))
    email: Mapped[str | None] = mapped_column(sa.String(254))
    # A region key of visitors.rules.regions: a province or city, "HK", "MO", "TW", a country code, or "" for unknown.
    region: Mapped[str] = mapped_column(sa.String(64), default="")
    visit_day: Mapped[date | None] = mapped_column(sa.Date)
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    channel: Mapped[Channel] = mapped_column(enum_type(Channel), default=Channel.ONLINE)
    # The word of the source link by which the person came ("wechat", "association-7"), or empty.
    source: Mapped[str] = mapped_column(sa.String(64), default="")
    language: Mapped[str] = mapped_column(sa.String(2), default="zh")
    # The hash of the secret of the form that was sent: the same form sent twice is one registration (ux.md B7).
    form_key: Mapped[str] = mapped_column(sa.String(64), default="")
    # Who brought this person along: a registration of the same fair.
    leader_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("registrations.id"))
    import_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("imports.id"))
    # What a search compares: name, company, pinyin, initials, the end of the phone number. At most SEARCH_BYTES long.
    search: Mapped[str] = mapped_column(sa.Text, default="")
    # By what lists are sorted: Han by their sound, everything else by its small letters.
    sort_name: Mapped[str] = mapped_column(_by_bytes(SORT_LENGTH), default="")
    sort_company: Mapped[str] = mapped_column(_by_bytes(SORT_LENGTH), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Consent(Model):
    """What a person agreed to: purpose, version of the text, language, time and channel (P1)."""

    __tablename__ = "consents"
    __table_args__ = (sa.Index("ix_consents_registration_id", "registration_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("registrations.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(sa.String(32))
    version: Mapped[int] = mapped_column(sa.Integer)
    language: Mapped[str] = mapped_column(sa.String(2))
    channel: Mapped[Channel] = mapped_column(enum_type(Channel))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Reminder(Model):
    """Somebody who asks to be told when registration opens: a phone number (E.164) or an e-mail address (lower case).

    Kept for that alone, under the version of the consent text of that moment (P1).
    """

    __tablename__ = "reminders"
    __table_args__ = (sa.UniqueConstraint("expo_id", "phone"), sa.UniqueConstraint("expo_id", "email"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    phone: Mapped[str | None] = mapped_column(sa.String(20))
    email: Mapped[str | None] = mapped_column(sa.String(254))
    language: Mapped[str] = mapped_column(sa.String(2))
    consent_version: Mapped[int] = mapped_column(sa.Integer)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Import(Model):
    """A file of people on its way in: guesses, dry run, import, undo (IR, F12)."""

    __tablename__ = "imports"
    __table_args__ = (sa.Index("ix_imports_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("files.id"))
    state: Mapped[str] = mapped_column(sa.String(16), default="uploaded")
    # How the file is read: kind, encoding, separator, sheet, heading row, columns; guessed first, corrected by hand.
    reading: Mapped[dict[str, object]] = mapped_column(sa.JSON, default=dict)
    counts: Mapped[dict[str, object]] = mapped_column(sa.JSON, default=dict)
    # Rows up to this number of the sheet are done: where the work goes on after a fall.
    done_row: Mapped[int] = mapped_column(sa.Integer, default=0)
    created_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Mailing(Model):
    """A message to many: its words with places, to whom, and how far it has come.

    `chosen` holds filters or picked numbers, never a searched text. People up to `done_id` have theirs in the outbox.
    """

    __tablename__ = "mailings"
    __table_args__ = (sa.Index("ix_mailings_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(sa.String(16))
    subject_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    subject_en: Mapped[str] = mapped_column(sa.String(200), default="")
    body_zh: Mapped[str] = mapped_column(sa.Text, default="")
    body_en: Mapped[str] = mapped_column(sa.Text, default="")
    chosen: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    state: Mapped[MailingState] = mapped_column(enum_type(MailingState), default=MailingState.DRAFT)
    send_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)
    done_id: Mapped[int] = mapped_column(BigId, default=0)
    created_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class VisitReminder(Model):
    """How many days before their visit people are reminded; 0: not at all. `done_on`: the fair's day of the last round."""

    __tablename__ = "visit_reminders"
    __table_args__ = (sa.UniqueConstraint("expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    days_before: Mapped[int] = mapped_column(sa.Integer, default=0)
    done_on: Mapped[date | None] = mapped_column(sa.Date)


class Merge(Model):
    """Two registrations that are one person (V-6): `gone_id` is ended, its badges are those of `kept_id` now.

    `before` is what it takes to part them again: the fields of both that were changed, the badges that were moved, the
    one that was voided and the days that it brought along. It is personal, and empty once the time for parting is over.
    """

    __tablename__ = "merges"
    __table_args__ = (
        sa.Index("ix_merges_kept_id", "kept_id"),
        sa.Index("ix_merges_gone_id", "gone_id"),
        sa.Index("ix_merges_expo_id", "expo_id"),
        sa.Index("ix_merges_merged_at", "merged_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    kept_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("registrations.id", ondelete="CASCADE"))
    gone_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("registrations.id", ondelete="CASCADE"))
    before: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    parted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SavedView(Model):
    """A named address of the list: what it filters and how it is sorted, never a searched text. Shared, or its owner's."""

    __tablename__ = "saved_views"
    __table_args__ = (sa.Index("ix_saved_views_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(40))
    query: Mapped[str] = mapped_column(sa.String(500))
    shared: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ListColumns(Model):
    """Which columns of the list a person wants to see, in every fair."""

    __tablename__ = "list_columns"

    user_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    columns: Mapped[list[str]] = mapped_column(sa.JSON)
