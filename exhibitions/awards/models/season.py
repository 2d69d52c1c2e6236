"""An award's season: its dates, its rules with every version of them, its categories and the moves it made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibitions.awards.models.keys import expo_key, season_key, user_key
from exhibitions.awards.rules import complaint_window
from exhibitions.awards.rules.states import LegalBasis, SeasonState
from exhibitions.core.db import BigId, Model, UtcDateTime, enum_type


class AwardSeason(Model):
    """One year of an award at a fair (awards.md §3.3).

    `rules` is the rule set that is being worked on, as `rule_set.canonical` writes it; once judging has begun the last
    `RuleVersion` counts. `seed` makes every drawing of lots of the season repeatable. `entry_fee` is in minor units of the
    fair's currency. `certificate` holds the words and signatories of the certificates.
    """

    __tablename__ = "award_seasons"
    __table_args__ = (sa.Index("ix_award_seasons_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    name_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    year: Mapped[int] = mapped_column(sa.Integer)
    organiser_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    organiser_en: Mapped[str] = mapped_column(sa.String(200), default="")
    basis: Mapped[LegalBasis] = mapped_column(enum_type(LegalBasis), default=LegalBasis.REGULATED)
    approval_number: Mapped[str] = mapped_column(sa.String(100), default="")
    approved_until: Mapped[date | None] = mapped_column(sa.Date)
    entry_fee: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    # How many products one company may enter; None for no limit.
    most_entries: Mapped[int | None] = mapped_column(sa.Integer)
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # To the second: what arrives after it is late.
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    screening_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    judging_opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    judging_closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # So many days from the publication on the result may be contested (公示期).
    complaint_days: Mapped[int] = mapped_column(sa.Integer, default=complaint_window.USUAL_DAYS)
    is_blind: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    # Whether a juror sees the others' marks for an entry once the own sheet is sent.
    shows_others: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    jurors_per_entry: Mapped[int] = mapped_column(sa.Integer, default=5)
    # How many entries one juror takes at most; None for no limit.
    most_load: Mapped[int | None] = mapped_column(sa.Integer)
    seed: Mapped[str] = mapped_column(sa.String(64), default="")
    rules: Mapped[str] = mapped_column(sa.Text)
    certificate: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    state: Mapped[SeasonState] = mapped_column(enum_type(SeasonState), default=SeasonState.DRAFT)
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    categories: Mapped[list[AwardCategory]] = relationship(
        order_by="AwardCategory.position, AwardCategory.id", passive_deletes=True
    )


class RuleVersion(Model):
    """A frozen rule set with its categories' own medals and rubrics, and the hash over both (awards.md §3.6).

    `rules`, `categories` and `facts` (what was said of the season beside them, `rules.version_facts`) are as
    `rule_set.canonical` writes them; a result names the version it was judged by. A version is printed from its row alone.
    """

    __tablename__ = "award_rule_versions"
    __table_args__ = (sa.UniqueConstraint("season_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    season_id: Mapped[int] = season_key()
    number: Mapped[int] = mapped_column(sa.Integer)
    rules: Mapped[str] = mapped_column(sa.Text)
    categories: Mapped[str] = mapped_column(sa.Text)
    facts: Mapped[str] = mapped_column(sa.Text)
    hash: Mapped[str] = mapped_column(sa.String(64))
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = user_key()
    reason: Mapped[str] = mapped_column(sa.Text, default="")


class AwardCategory(Model):
    """A category of a season; `levels` and `criteria` (canonical JSON) stand in place of those of the rules."""

    __tablename__ = "award_categories"
    __table_args__ = (sa.UniqueConstraint("season_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    season_id: Mapped[int] = season_key()
    code: Mapped[str] = mapped_column(sa.String(40))
    name_zh: Mapped[str] = mapped_column(sa.String(100), default="")
    name_en: Mapped[str] = mapped_column(sa.String(100), default="")
    division_zh: Mapped[str] = mapped_column(sa.String(100), default="")
    division_en: Mapped[str] = mapped_column(sa.String(100), default="")
    eligibility_zh: Mapped[str] = mapped_column(sa.Text, default="")
    eligibility_en: Mapped[str] = mapped_column(sa.Text, default="")
    levels: Mapped[str | None] = mapped_column(sa.Text)
    criteria: Mapped[str | None] = mapped_column(sa.Text)
    position: Mapped[int] = mapped_column(sa.Integer, default=0)


class SeasonEvent(Model):
    """A move of a season. Going back after publication needs a second administrator and a note that everybody reads."""

    __tablename__ = "award_season_events"
    __table_args__ = (sa.Index("ix_award_season_events_season_id", "season_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = expo_key()
    season_id: Mapped[int] = season_key()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = user_key()
    second_user_id: Mapped[int | None] = user_key()
    state_before: Mapped[SeasonState | None] = mapped_column(enum_type(SeasonState))
    state_after: Mapped[SeasonState] = mapped_column(enum_type(SeasonState))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    public_note: Mapped[str] = mapped_column(sa.Text, default="")
