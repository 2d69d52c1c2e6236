"""What is entered: the entry with company and place of that moment, who else made it, its files and its moves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibitions.awards.models.keys import entry_key, expo_key, season_key
from exhibitions.awards.models.season import AwardCategory
from exhibitions.awards.rules.states import EntryState, FileKind
from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type


class AwardEntry(Model):
    """A product in a season. `number` is the blind code, given when it is submitted.

    Company names and `place` (a key of core.regions) are written at submission and stay as they are, whatever the
    register says later (awards.md §3.4 step 15). `contact_*` is whom the office asks; jurors never see it.
    """

    __tablename__ = "award_entries"
    __table_args__ = (
        sa.UniqueConstraint("season_id", "number"),
        sa.Index("ix_award_entries_season_id_state", "season_id", "state"),
        sa.Index("ix_award_entries_exhibitor_id", "exhibitor_id"),
        sa.Index("ix_award_entries_company_id", "company_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    season_id: Mapped[int] = season_key()
    category_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("award_categories.id", ondelete="RESTRICT")
    )
    exhibitor_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("exhibitors.id", ondelete="SET NULL")
    )
    company_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("companies.id", ondelete="SET NULL"))
    number: Mapped[str | None] = mapped_column(sa.String(16))
    state: Mapped[EntryState] = mapped_column(enum_type(EntryState), default=EntryState.DRAFT)
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    company_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    company_en: Mapped[str] = mapped_column(sa.String(200), default="")
    place: Mapped[str] = mapped_column(sa.String(64), default="")
    product_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    product_en: Mapped[str] = mapped_column(sa.String(200), default="")
    brand: Mapped[str] = mapped_column(sa.String(100), default="")
    innovation_zh: Mapped[str] = mapped_column(sa.Text, default="")
    innovation_en: Mapped[str] = mapped_column(sa.Text, default="")
    contact_name: Mapped[str] = mapped_column(sa.String(100), default="")
    contact_phone: Mapped[str] = mapped_column(sa.String(50), default="")
    contact_email: Mapped[str] = mapped_column(sa.String(254), default="")
    language: Mapped[str] = mapped_column(sa.String(2), default="zh")
    declared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What screening ticked, and why an entry was returned or refused; the company reads `reason`.
    checks: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    sample_received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sample_place: Mapped[str] = mapped_column(sa.String(100), default="")
    sample_returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # core.search's line over product and company.
    search: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    category: Mapped[AwardCategory | None] = relationship()
    makers: Mapped[list[EntryMaker]] = relationship(
        order_by="EntryMaker.position, EntryMaker.id", passive_deletes=True
    )
    files: Mapped[list[EntryFile]] = relationship(
        order_by="EntryFile.position, EntryFile.id", passive_deletes=True
    )


class EntryMaker(Model):
    """A company that made the product together with the entry's own; it does not count in the tally."""

    __tablename__ = "award_entry_makers"
    __table_args__ = (sa.Index("ix_award_entry_makers_entry_id", "entry_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    entry_id: Mapped[int] = entry_key()
    company: Mapped[str] = mapped_column(sa.String(200))
    place: Mapped[str] = mapped_column(sa.String(64), default="")
    position: Mapped[int] = mapped_column(sa.Integer, default=0)


class EntryFile(Model):
    """A picture that jurors see, without the data of its camera, or a paper that only the office reads."""

    __tablename__ = "award_entry_files"
    __table_args__ = (sa.Index("ix_award_entry_files_entry_id", "entry_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    entry_id: Mapped[int] = entry_key()
    file_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("files.id", ondelete="CASCADE"))
    kind: Mapped[FileKind] = mapped_column(enum_type(FileKind))
    position: Mapped[int] = mapped_column(sa.Integer, default=0)


class EntryEvent(Model):
    """A move of an entry, or something noted about it, with who did it and why."""

    __tablename__ = "award_entry_events"
    __table_args__ = (sa.Index("ix_award_entry_events_entry_id", "entry_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    entry_id: Mapped[int] = entry_key()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_kind: Mapped[str] = mapped_column(sa.String(16), default="")
    actor_id: Mapped[int | None] = mapped_column(BigId)
    deed: Mapped[str] = mapped_column(sa.String(32))
    state_before: Mapped[EntryState | None] = mapped_column(enum_type(EntryState))
    state_after: Mapped[EntryState | None] = mapped_column(enum_type(EntryState))
    text: Mapped[str] = mapped_column(sa.Text, default="")
