"""What follows from the marks: the deliberation, every locked result, certificates and complaints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibitions.awards.models.entries import AwardEntry
from exhibitions.awards.models.keys import entry_key, expo_key, season_key, user_key
from exhibitions.awards.rules.states import ComplaintState, DecisionKind
from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type


class Deliberation(Model):
    """Who sat together about a season's result, and the minute of it."""

    __tablename__ = "award_deliberations"
    __table_args__ = (sa.UniqueConstraint("season_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    season_id: Mapped[int] = season_key()
    members: Mapped[str] = mapped_column(sa.Text, default="")
    minute: Mapped[str] = mapped_column(sa.Text, default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Decision(Model):
    """One decision of the deliberation: a second judging, a casting vote or a changed medal (awards.md §3.4, §3.6).

    `content` holds what `rules.case` names for its kind. `signed` lists who signed, `{"user_id", "name", "at"}`; a
    changed medal counts once two different people signed it. What was taken back stays, with its moment.
    """

    __tablename__ = "award_decisions"
    __table_args__ = (sa.Index("ix_award_decisions_season_id", "season_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    season_id: Mapped[int] = season_key()
    kind: Mapped[DecisionKind] = mapped_column(enum_type(DecisionKind))
    entry_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("award_entries.id", ondelete="CASCADE"))
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    signed: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    user_id: Mapped[int | None] = user_key()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AwardResult(Model):
    """A locked result: the sealed file, its hash, who signed, and why it replaced an earlier one (AW-33).

    `members` and `minute` are what the deliberation had written down when it was locked.
    """

    __tablename__ = "award_results"
    __table_args__ = (sa.UniqueConstraint("season_id", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    season_id: Mapped[int] = season_key()
    version: Mapped[int] = mapped_column(sa.Integer)
    rule_version_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("award_rule_versions.id", ondelete="RESTRICT")
    )
    file_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("files.id", ondelete="RESTRICT"))
    hash: Mapped[str] = mapped_column(sa.String(64))
    medals: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)
    presented: Mapped[int] = mapped_column(sa.Integer, default=0)
    signed: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    members: Mapped[str] = mapped_column(sa.Text, default="")
    minute: Mapped[str] = mapped_column(sa.Text, default="")
    locked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    lines: Mapped[list[ResultLine]] = relationship(order_by="ResultLine.position", passive_deletes=True)


class ResultLine(Model):
    """One entry in a locked result, as it was printed; `score` is exact text, `flags` those of docs/result-file.md."""

    __tablename__ = "award_result_lines"
    __table_args__ = (
        sa.UniqueConstraint("result_id", "entry_id"),
        sa.Index("ix_award_result_lines_entry_id", "entry_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    result_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("award_results.id", ondelete="CASCADE"))
    entry_id: Mapped[int] = entry_key()
    position: Mapped[int] = mapped_column(sa.Integer)
    score: Mapped[str] = mapped_column(sa.String(40), default="")
    rank: Mapped[int | None] = mapped_column(sa.Integer)
    medal: Mapped[str] = mapped_column(sa.String(40), default="")
    flags: Mapped[list[str]] = mapped_column(sa.JSON, default=list)

    # Whoever reads the lines of a result reads their entries: one question for all.
    entry: Mapped[AwardEntry] = relationship(lazy="joined")


class Certificate(Model):
    """A certificate by its serial number; `code` opens the page that says whether it is still good."""

    __tablename__ = "award_certificates"
    __table_args__ = (
        sa.UniqueConstraint("season_id", "serial"),
        sa.Index("ix_award_certificates_entry_id", "entry_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    season_id: Mapped[int] = season_key()
    entry_id: Mapped[int] = entry_key()
    result_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("award_results.id", ondelete="CASCADE"))
    serial: Mapped[str] = mapped_column(sa.String(40))
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    # Everything that is printed, so that a second print says the same (names, medal, wording, signatories, date).
    words: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_reason: Mapped[str] = mapped_column(sa.Text, default="")

    entry: Mapped[AwardEntry] = relationship()


class Complaint(Model):
    """Somebody contests a result; what the office decided is answered with a reason."""

    __tablename__ = "award_complaints"
    __table_args__ = (sa.UniqueConstraint("season_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    season_id: Mapped[int] = season_key()
    number: Mapped[int] = mapped_column(sa.Integer)
    entry_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("award_entries.id", ondelete="SET NULL")
    )
    from_name: Mapped[str] = mapped_column(sa.String(200))
    contact: Mapped[str] = mapped_column(sa.String(254), default="")
    # In which the complaint was made, and is answered.
    language: Mapped[str] = mapped_column(sa.String(2), default="zh")
    text: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[ComplaintState] = mapped_column(enum_type(ComplaintState), default=ComplaintState.RECEIVED)
    decision: Mapped[str] = mapped_column(sa.Text, default="")
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = user_key()

    entry: Mapped[AwardEntry | None] = relationship()
