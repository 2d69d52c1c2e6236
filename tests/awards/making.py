"""Seasons of an award at any stage, made straight into the tables for tests of what comes after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from exhibitions.awards.models import (
    Assignment,
    AwardCategory,
    AwardEntry,
    AwardSeason,
    JudgingRound,
    Juror,
    RuleVersion,
    Sheet,
)
from exhibitions.awards.rules import version_facts
from exhibitions.awards.rules.rule_set import RuleSet, canonical, fingerprint
from exhibitions.awards.rules.states import FROZEN, AssignmentState, EntryState, SeasonState
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.expos.models import Expo

RULES = RuleSet()
ROUND = "1"


def make_season(
    expo: Expo,
    *,
    state: SeasonState = SeasonState.DRAFT,
    rules: RuleSet = RULES,
    categories: Sequence[str] = ("A",),
    **more: Any,
) -> AwardSeason:
    """A season with these categories; from judging on its rules are frozen and its first round is open."""
    now = clock.now()
    season = AwardSeason(
        expo_id=expo.id,
        name_zh="第八届轻工博览会产品评选",
        name_en="Product award of the 8th fair",
        year=now.year,
        organiser_zh="大连市轻工业联合会",
        organiser_en="Dalian Light Industry Federation",
        rules=canonical(rules).decode(),
        seed="seed",
        state=state,
        state_since=now,
        created_at=now,
        changed_at=now,
        **{
            "opens_at": now - timedelta(days=20),
            "closes_at": now + timedelta(days=1 if state is SeasonState.OPEN else -5),
            "judging_closes_at": now + timedelta(days=1),
            "publish_at": now + timedelta(days=3),
        }
        | more,
    )
    season.categories = [
        AwardCategory(
            expo_id=expo.id, code=code, name_zh=f"{code}类", name_en=f"Category {code}", position=place
        )
        for place, code in enumerate(categories)
    ]
    db.session.add(season)
    db.session.flush()
    if state in FROZEN:
        db.session.add(
            RuleVersion(
                expo_id=expo.id,
                season_id=season.id,
                number=1,
                rules=season.rules,
                categories="[]",
                facts=version_facts.stored(version_facts.facts_of(season, expo.timezone, expo.currency)),
                hash=fingerprint(rules),
                frozen_at=now,
            )
        )
        db.session.add(
            JudgingRound(
                expo_id=expo.id,
                season_id=season.id,
                round=ROUND,
                opened_at=now - timedelta(hours=1),
                closes_at=season.judging_closes_at,
                closed_at=None if state is SeasonState.JUDGING else now,
            )
        )
        db.session.flush()
    return season


def make_entry(
    season: AwardSeason,
    number: str,
    *,
    category: str = "A",
    state: EntryState = EntryState.SCREENED_OK,
    **more: Any,
) -> AwardEntry:
    """An entry with this blind code."""
    now = clock.now()
    entry = AwardEntry(
        expo_id=season.expo_id,
        season_id=season.id,
        category=next(each for each in season.categories if each.code == category),
        number=number,
        state=state,
        state_since=now,
        submitted_at=now,
        created_at=now,
        changed_at=now,
        **{
            "company_zh": f"{number}轻工有限公司",
            "company_en": f"{number} Light Industry",
            "place": "大连",
            "product_zh": f"{number}号产品",
            "product_en": f"Product {number}",
            "innovation_zh": "一种新的做法。",
        }
        | more,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def make_juror(season: AwardSeason, code: str, **more: Any) -> Juror:
    """A juror under this code."""
    now = clock.now()
    juror = Juror(
        expo_id=season.expo_id,
        season_id=season.id,
        code=code,
        created_at=now,
        changed_at=now,
        **{"name": f"评委{code}", "email": f"{code.lower()}@jury.example", "employer": f"{code}大学"} | more,
    )
    db.session.add(juror)
    db.session.flush()
    return juror


def assign(
    entry: AwardEntry,
    juror: Juror,
    *,
    position: int = 0,
    state: AssignmentState = AssignmentState.ASSIGNED,
    round_: str = ROUND,
) -> Assignment:
    """The entry in the juror's queue of a round, the first unless it is named."""
    assignment = Assignment(
        expo_id=entry.expo_id,
        season_id=entry.season_id,
        round=round_,
        juror=juror,
        entry=entry,
        position=position,
        state=state,
        changed_at=clock.now(),
    )
    db.session.add(assignment)
    db.session.flush()
    return assignment


def make_sheet(
    entry: AwardEntry, juror: Juror, marks: Mapping[str, str] | str, *, round_: str = ROUND, **more: Any
) -> Sheet:
    """A sheet that this juror sent; a single text is the mark of the criterion `score`."""
    now = clock.now()
    assignment = assign(entry, juror, state=AssignmentState.SUBMITTED, round_=round_)
    sheet = Sheet(
        expo_id=entry.expo_id,
        assignment_id=assignment.id,
        marks=dict(marks) if not isinstance(marks, str) else {"score": marks},
        submitted_at=now,
        changed_at=now,
        **more,
    )
    assignment.sheets = [sheet]
    db.session.add(sheet)
    db.session.flush()
    return sheet
