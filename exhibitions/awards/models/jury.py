"""Who judges what: jurors with their interests, panels, rounds, assignments, sheets, orders and sheets on paper."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibitions.awards.models.entries import AwardEntry
from exhibitions.awards.models.keys import entry_key, expo_key, juror_key, season_key, user_key
from exhibitions.awards.rules.states import (
    AssignmentState,
    ConflictDecision,
    ConflictKind,
    ConflictSource,
    SheetSource,
)
from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type


class Juror(Model):
    """A juror of a season. `code` (J01) stands for the name in the office; a result file has codes of its own.

    `former` lists earlier employers, `{"company", "until"}` with an ISO date. `code_hash` is that of the short code which
    is asked for beside the personal link, so that a forwarded link opens nothing.
    """

    __tablename__ = "award_jurors"
    __table_args__ = (sa.UniqueConstraint("season_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    season_id: Mapped[int] = season_key()
    code: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[str] = mapped_column(sa.String(100))
    title: Mapped[str] = mapped_column(sa.String(100), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    phone: Mapped[str] = mapped_column(sa.String(50), default="")
    language: Mapped[str] = mapped_column(sa.String(2), default="zh")
    employer: Mapped[str] = mapped_column(sa.String(200), default="")
    former: Mapped[list[dict[str, str]]] = mapped_column(sa.JSON, default=list)
    expertise: Mapped[str] = mapped_column(sa.String(300), default="")
    paid_by: Mapped[str] = mapped_column(sa.String(200), default="")
    term_until: Mapped[date | None] = mapped_column(sa.Date)
    agreement_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Declaration(Model):
    """What a juror said of the own interests before a round; without it no entry is shown."""

    __tablename__ = "award_declarations"
    __table_args__ = (sa.UniqueConstraint("juror_id", "round"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    juror_id: Mapped[int] = juror_key()
    round: Mapped[str] = mapped_column(sa.String(40))
    has_none: Mapped[bool] = mapped_column(sa.Boolean)
    text: Mapped[str] = mapped_column(sa.Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Conflict(Model):
    """An interest of a juror in an entry or, without one, in every entry of `company` (awards.md §3.3, AW-34).

    `evidence` is what of the juror was compared when the product found it (an employer's name, a mail domain): what was
    decided holds for this and for `company`, and says nothing once either is another.
    """

    __tablename__ = "award_conflicts"
    __table_args__ = (sa.Index("ix_award_conflicts_season_id_juror_id", "season_id", "juror_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    season_id: Mapped[int] = season_key()
    juror_id: Mapped[int] = juror_key()
    entry_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("award_entries.id", ondelete="CASCADE"))
    company: Mapped[str] = mapped_column(sa.String(200), default="")
    evidence: Mapped[str] = mapped_column(sa.String(200), default="")
    kind: Mapped[ConflictKind] = mapped_column(enum_type(ConflictKind))
    source: Mapped[ConflictSource] = mapped_column(enum_type(ConflictSource))
    decision: Mapped[ConflictDecision] = mapped_column(
        enum_type(ConflictDecision), default=ConflictDecision.OPEN
    )
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    user_id: Mapped[int | None] = user_key()
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Panel(Model):
    """The jurors of one category (or, without one, of all) and who presides."""

    __tablename__ = "award_panels"
    __table_args__ = (sa.UniqueConstraint("season_id", "category_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    season_id: Mapped[int] = season_key()
    category_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("award_categories.id", ondelete="CASCADE")
    )
    president_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("award_jurors.id", ondelete="SET NULL")
    )

    members: Mapped[list[PanelJuror]] = relationship(order_by="PanelJuror.id", passive_deletes=True)


class PanelJuror(Model):
    """One seat of a panel."""

    __tablename__ = "award_panel_jurors"
    __table_args__ = (sa.UniqueConstraint("panel_id", "juror_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    panel_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("award_panels.id", ondelete="CASCADE"))
    juror_id: Mapped[int] = juror_key()


class JudgingRound(Model):
    """When a round of the rules was opened, until when it takes sheets, and when it was closed."""

    __tablename__ = "award_rounds"
    __table_args__ = (sa.UniqueConstraint("season_id", "round"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    season_id: Mapped[int] = season_key()
    round: Mapped[str] = mapped_column(sa.String(40))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Assignment(Model):
    """An entry in a juror's queue of one round, at `position` of the drawn order (awards.md §3.3)."""

    __tablename__ = "award_assignments"
    __table_args__ = (
        sa.UniqueConstraint("season_id", "round", "juror_id", "entry_id"),
        sa.Index("ix_award_assignments_juror_id", "juror_id"),
        sa.Index("ix_award_assignments_entry_id", "entry_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    season_id: Mapped[int] = season_key()
    round: Mapped[str] = mapped_column(sa.String(40))
    juror_id: Mapped[int] = juror_key()
    entry_id: Mapped[int] = entry_key()
    position: Mapped[int] = mapped_column(sa.Integer, default=0)
    state: Mapped[AssignmentState] = mapped_column(
        enum_type(AssignmentState), default=AssignmentState.ASSIGNED
    )
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    entry: Mapped[AwardEntry] = relationship()
    juror: Mapped[Juror] = relationship()
    sheets: Mapped[list[Sheet]] = relationship(order_by="Sheet.version", passive_deletes=True)


class Sheet(Model):
    """One version of a juror's marks for an entry; the last one counts, once it is submitted (AW-33).

    `marks` maps a criterion's code to its mark as exact text (`"88.5"`). `moments` maps a field to when the juror's own
    device says it was typed, so that what was typed offline never replaces what was typed later. `comment` is for the jury,
    `note` is the juror's own and is shown to nobody else. `hash` is SHA-256 over the canonical marks.
    """

    __tablename__ = "award_sheets"
    __table_args__ = (sa.UniqueConstraint("assignment_id", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    assignment_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("award_assignments.id", ondelete="CASCADE")
    )
    version: Mapped[int] = mapped_column(sa.Integer, default=1)
    marks: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    moments: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    eliminated: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    source: Mapped[SheetSource] = mapped_column(enum_type(SheetSource), default=SheetSource.LINK)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hash: Mapped[str] = mapped_column(sa.String(64), default="")
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Ballot(Model):
    """A juror's order in a ranking round: `order` lists groups of entry numbers, the best first."""

    __tablename__ = "award_ballots"
    __table_args__ = (sa.UniqueConstraint("season_id", "round", "juror_id", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    season_id: Mapped[int] = season_key()
    round: Mapped[str] = mapped_column(sa.String(40))
    juror_id: Mapped[int] = juror_key()
    version: Mapped[int] = mapped_column(sa.Integer, default=1)
    order: Mapped[list[list[str]]] = mapped_column(sa.JSON, default=list)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaperSheet(Model):
    """A numbered sheet of paper, and the scan of it once it came back: for the marks of one assignment or, without one,
    for a juror's order of the `entries` (their numbers, as printed) of a ranking round.
    """

    __tablename__ = "award_paper_sheets"
    __table_args__ = (
        sa.UniqueConstraint("season_id", "number"),
        sa.Index("ix_award_paper_sheets_assignment_id", "assignment_id"),
        sa.Index("ix_award_paper_sheets_juror_id", "juror_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    season_id: Mapped[int] = season_key()
    round: Mapped[str] = mapped_column(sa.String(40))
    juror_id: Mapped[int] = juror_key()
    assignment_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("award_assignments.id", ondelete="CASCADE")
    )
    entries: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    number: Mapped[str] = mapped_column(sa.String(24))
    printed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    file_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("files.id", ondelete="SET NULL"))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = user_key()


class Typing(Model):
    """What one of two persons read from a sheet of paper; both must read the same, or a third look settles it."""

    __tablename__ = "award_typings"
    __table_args__ = (sa.UniqueConstraint("paper_sheet_id", "turn"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    paper_sheet_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("award_paper_sheets.id", ondelete="CASCADE")
    )
    turn: Mapped[int] = mapped_column(sa.Integer)
    user_id: Mapped[int | None] = user_key()
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    typed_at: Mapped[datetime] = mapped_column(UtcDateTime)
