"""Questions about the seasons of a fair's awards and their rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import aliased

from exhibitions.accounts.models import User
from exhibitions.awards.models import (
    Assignment,
    AwardCategory,
    AwardEntry,
    AwardSeason,
    Juror,
    RuleVersion,
    SeasonEvent,
    Sheet,
)
from exhibitions.awards.rules import freezing, version_facts
from exhibitions.awards.rules.case import Category
from exhibitions.awards.rules.freezing import Rules, criteria_of, levels_of, loaded
from exhibitions.awards.rules.rule_set import RuleSet
from exhibitions.awards.rules.season_moves import Standing
from exhibitions.awards.rules.states import (
    JUDGEABLE,
    LOCKED,
    AssignmentState,
    EntryStage,
    EntryState,
    stage,
)
from exhibitions.awards.rules.version_facts import Facts
from exhibitions.core.access import Permission
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import LARGEST_NUMBER, rights_in

MOST_SEASONS = 50


def seasons(expo: Expo) -> Sequence[AwardSeason]:
    """The fair's award seasons, the newest first, at most `MOST_SEASONS`."""
    found = sa.select(AwardSeason).where(AwardSeason.expo_id == expo.id)
    return db.session.scalars(found.order_by(AwardSeason.id.desc()).limit(MOST_SEASONS)).all()


def entered_by_season(expo: Expo) -> dict[int, int]:
    """How many products were entered in each season of the fair, those alone that were sent once."""
    here = AwardEntry.expo_id == expo.id
    return dict(_counted(AwardEntry.season_id, here, AwardEntry.submitted_at.is_not(None)))


def season_of(expo: Expo, season_id: int) -> AwardSeason | None:
    """The season with this number, if it is this fair's."""
    if season_id > LARGEST_NUMBER:
        return None
    return db.session.scalar(
        sa.select(AwardSeason).where(AwardSeason.expo_id == expo.id, AwardSeason.id == season_id)
    )


def rules_of(season: AwardSeason) -> RuleSet:
    """The rule set that is being worked on; what counts once judging has begun is `frozen`."""
    return msgspec.json.decode(season.rules, type=RuleSet)


def frozen(season: AwardSeason) -> RuleVersion | None:
    """The last frozen version of the season's rules, or None before the first."""
    found = sa.select(RuleVersion).where(RuleVersion.season_id == season.id)
    return db.session.scalar(found.order_by(RuleVersion.number.desc()).limit(1))


def versions(season: AwardSeason) -> Sequence[tuple[RuleVersion, str | None]]:
    """Every frozen version with the name of who froze it, the youngest first."""
    found = sa.select(RuleVersion, User.name).outerjoin(User, User.id == RuleVersion.user_id)
    return [
        (row, name)
        for row, name in db.session.execute(
            found.where(RuleVersion.season_id == season.id).order_by(RuleVersion.number.desc())
        )
    ]


def version_of(season: AwardSeason, number: int) -> RuleVersion | None:
    """The frozen version with this number."""
    if number > LARGEST_NUMBER:
        return None
    return db.session.scalar(
        sa.select(RuleVersion).where(RuleVersion.season_id == season.id, RuleVersion.number == number)
    )


def category_of(season: AwardSeason, category_id: int) -> AwardCategory | None:
    """The category with this number, if it is this season's."""
    return next((each for each in season.categories if each.id == category_id), None)


def worked_on(season: AwardSeason) -> Rules:
    """The rules as the office is writing them, with what categories have of their own."""
    return Rules(rules_of(season), tuple(_category(each, each) for each in season.categories))


def of_version(version: RuleVersion) -> Rules:
    """The rules of a frozen version."""
    return loaded(version.rules, version.categories)


def facts_now(season: AwardSeason) -> Facts:
    """What is said of the season beside its rules, as a version would keep it now."""
    expo = db.session.get_one(Expo, season.expo_id)
    return version_facts.facts_of(season, expo.timezone, expo.currency)


def facts_in(version: RuleVersion) -> Facts:
    """What a frozen version keeps of that."""
    return version_facts.loaded(version.facts)


@dataclass(frozen=True)
class Known:
    """The rules of a season: the frozen version that counts, what is being worked on, and what entries are judged by."""

    season: AwardSeason
    version: RuleVersion | None
    worked_on: Rules
    in_force: Rules

    @property
    def shown(self) -> Rules:
        """What the office reads: what it is working on, and once the result is locked what it was judged by."""
        return self.in_force if self.season.state in LOCKED else self.worked_on

    @property
    def shown_facts(self) -> Facts:
        """The same of what is said beside the rules."""
        if self.version is not None and self.season.state in LOCKED:
            return facts_in(self.version)
        return facts_now(self.season)

    @cached_property
    def changed_facts(self) -> list[str]:
        """Names of the facts that differ from the frozen version."""
        if self.version is None:
            return []
        return version_facts.changed(facts_in(self.version), facts_now(self.season))

    @cached_property
    def changed_parts(self) -> list[str]:
        """Which of `freezing.PARTS` differ from the frozen version, and `facts`."""
        if self.version is None:
            return []
        parts = freezing.changed_parts(of_version(self.version), self.worked_on)
        return [*parts, *(["facts"] if self.changed_facts else [])]

    @property
    def is_changed(self) -> bool:
        """Whether what is being worked on differs from the frozen version that counts, and may still be put in force."""
        return self.season.state not in LOCKED and bool(self.changed_parts)


def known(season: AwardSeason) -> Known:
    """What is known of the season's rules, by one question."""
    version, now = frozen(season), worked_on(season)
    return Known(season, version, now, now if version is None else _as_frozen(season, version))


def codes_in(version: RuleVersion | None) -> frozenset[str]:
    """Codes of the categories that stand in a frozen version; none before the first."""
    return (
        frozenset(each.code for each in facts_in(version).categories) if version is not None else frozenset()
    )


def in_force(season: AwardSeason) -> Rules:
    """The rules that entries are judged by: the last frozen version, before the first what is being worked on.

    Categories are those that the season has now, with the names that they have now, and their own medals and criteria of
    that version.
    """
    return known(season).in_force


def _as_frozen(season: AwardSeason, version: RuleVersion) -> Rules:
    then = of_version(version)
    own = {each.category: each for each in then.categories}
    empty = Category(category="")
    categories = (
        msgspec.structs.replace(
            own.get(each.code, empty), category=each.code, name_zh=each.name_zh, name_en=each.name_en
        )
        for each in season.categories
    )
    return Rules(then.common, tuple(categories))


def _category(row: AwardCategory, own: AwardCategory) -> Category:
    return Category(
        category=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        levels=levels_of(own.levels),
        criteria=criteria_of(own.criteria),
    )


def is_changed(season: AwardSeason) -> bool:
    """Whether the frozen rules were changed since, and the changes wait to be put in force."""
    return known(season).is_changed


class Event(NamedTuple):
    """A move of a season with the names of who signed it."""

    event: SeasonEvent
    by: str | None
    second: str | None


def events(season: AwardSeason) -> list[Event]:
    """Every move of the season, the youngest first."""
    second = aliased(User)
    found = (
        sa.select(SeasonEvent, User.name, second.name)
        .outerjoin(User, User.id == SeasonEvent.user_id)
        .outerjoin(second, second.id == SeasonEvent.second_user_id)
        .where(SeasonEvent.season_id == season.id)
        .order_by(SeasonEvent.at.desc(), SeasonEvent.id.desc())
    )
    return [Event(*row) for row in db.session.execute(found)]


@dataclass(frozen=True)
class Progress:
    """How far a season is, in numbers without any mark (P22)."""

    states: Mapping[EntryState, int]
    sheets: Mapping[AssignmentState, int]
    jurors: int
    entered: int
    """Entries that were sent once, whatever became of them; a draft that was given up never was."""

    @property
    def entries(self) -> dict[EntryStage, int]:
        """Entries by the stages that people read, those without any left out."""
        found = Counter[EntryStage]()
        for state, count in self.states.items():
            found[stage(state)] += count
        return {one: found[one] for one in EntryStage if found[one]}

    @property
    def assigned(self) -> int:
        """Sheets that are asked for: what is recused or withdrawn is not."""
        gone = (AssignmentState.RECUSED, AssignmentState.WITHDRAWN)
        return sum(count for state, count in self.sheets.items() if state not in gone)

    @property
    def sent(self) -> int:
        """Sheets that were sent."""
        return self.sheets.get(AssignmentState.SUBMITTED, 0)


def progress(season: AwardSeason) -> Progress:
    """Counts of entries and of sheets by state, and of jurors who are still there."""
    was_sent = AwardEntry.submitted_at.is_not(None)
    found = sa.select(AwardEntry.state, was_sent, sa.func.count()).where(AwardEntry.season_id == season.id)
    states, entered = Counter[EntryState](), 0
    for state, sent, count in db.session.execute(found.group_by(AwardEntry.state, was_sent)):
        states[state] += count
        entered += count if sent else 0
    sheets = dict(_counted(Assignment.state, Assignment.season_id == season.id))
    jurors = sa.select(sa.func.count()).select_from(Juror)
    there = db.session.scalar(jurors.where(Juror.season_id == season.id, Juror.left_at.is_(None)))
    return Progress(states, sheets, there or 0, entered)


def _counted(column: Any, *conditions: Any) -> list[tuple[Any, int]]:
    found = sa.select(column, sa.func.count()).where(*conditions).group_by(column)
    return [(value, count) for value, count in db.session.execute(found)]


def accepted_by_category(season: AwardSeason) -> dict[str, int]:
    """How many entries of each category jurors may be given; every category of the season is there."""
    counts = dict(
        _counted(
            AwardEntry.category_id, AwardEntry.season_id == season.id, AwardEntry.state.in_(list(JUDGEABLE))
        )
    )
    return {each.code: counts.get(each.id, 0) for each in season.categories}


def standing(season: AwardSeason, rules: Known, counts: Progress) -> Standing:
    """What decides whether the season may move on."""
    return Standing(
        state=season.state,
        opens_at=season.opens_at,
        closes_at=season.closes_at,
        judging_closes_at=season.judging_closes_at,
        categories=len(season.categories),
        accepted=sum(counts.states.get(state, 0) for state in JUDGEABLE),
        waiting=sum(counts.states.get(state, 0) for state in (EntryState.SUBMITTED, EntryState.RETURNED)),
        unjudged=counts.assigned - counts.sent,
        problems=tuple(problem.refusal for problem in freezing.problems(rules.in_force)),
        is_changed=rules.is_changed,
    )


def sent_marks(season: AwardSeason) -> list[tuple[str, dict[str, str]]]:
    """Category and marks of every sheet that was sent, whichever version of it: only to see whether rules fit them."""
    found = (
        sa.select(AwardCategory.code, Sheet.marks)
        .select_from(Sheet)
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .join(AwardEntry, AwardEntry.id == Assignment.entry_id)
        .outerjoin(AwardCategory, AwardCategory.id == AwardEntry.category_id)
        .where(Assignment.season_id == season.id, Sheet.submitted_at.is_not(None))
    )
    return [(code or "", marks) for code, marks in db.session.execute(found)]


def entries_in(category: AwardCategory) -> int:
    """How many entries the category has, drafts too."""
    found = sa.select(sa.func.count()).select_from(AwardEntry)
    return db.session.scalar(found.where(AwardEntry.category_id == category.id)) or 0


def earlier_seasons(user_id: int, held: frozenset[str]) -> Sequence[AwardSeason]:
    """Seasons of every fair whose awards this person may read, the newest first: what a new one may be copied from.

    `held` are the person's rights of the organisation.
    """
    fairs = db.session.scalars(sa.select(Expo).where(Expo.id.in_(sa.select(AwardSeason.expo_id)))).all()
    rights = rights_in(fairs, user_id, held)
    mine = [number for number, own in rights.items() if Permission.AWARDS_VIEW in own]
    found = sa.select(AwardSeason).where(AwardSeason.expo_id.in_(mine))
    return db.session.scalars(
        found.order_by(AwardSeason.year.desc(), AwardSeason.id.desc()).limit(MOST_SEASONS)
    ).all()
