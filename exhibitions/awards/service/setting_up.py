"""Setting an award up: a season, its facts, categories and rules, and the versions of rules that were frozen (O12)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from exhibitions.audit import service as audit
from exhibitions.awards.models import AwardCategory, AwardSeason, RuleVersion
from exhibitions.awards.queries import seasons as queries
from exhibitions.awards.rules import freezing, tables, version_facts
from exhibitions.awards.rules.fees import check_fee
from exhibitions.awards.rules.rule_set import RuleSet, canonical
from exhibitions.awards.rules.season_moves import check_dates
from exhibitions.awards.rules.states import LOCKED, LegalBasis
from exhibitions.awards.rules.templates import RULES, Template
from exhibitions.awards.rules.version_facts import DATES, to_second
from exhibitions.awards.service.turning import hold
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.core.stale import plain
from exhibitions.expos.models import Expo

SUBJECT = "award_season"
MOST_CATEGORIES = 500
_COPIED = (
    *("organiser_zh", "organiser_en", "basis", "approval_number", "approved_until", "entry_fee"),
    *("most_entries", "is_blind", "shows_others", "jurors_per_entry", "most_load", "rules", "certificate"),
    "complaint_days",
)
_OF_CATEGORY = (
    *("code", "name_zh", "name_en", "division_zh", "division_en", "eligibility_zh", "eligibility_en"),
    *("levels", "criteria", "position"),
)


@dataclass(frozen=True)
class SeasonFacts:
    """What is said of a season beside its rules; moments in UTC, the fee in minor units."""

    name_zh: str
    name_en: str
    year: int
    organiser_zh: str
    organiser_en: str
    basis: LegalBasis
    approval_number: str
    approved_until: date | None
    entry_fee: int
    most_entries: int | None
    opens_at: datetime | None
    closes_at: datetime | None
    screening_until: datetime | None
    judging_opens_at: datetime | None
    judging_closes_at: datetime | None
    publish_at: datetime | None
    is_blind: bool
    shows_others: bool
    jurors_per_entry: int
    most_load: int | None


@dataclass(frozen=True)
class CategoryFacts:
    """What is said of a category beside its own medals and rubric."""

    code: str
    name_zh: str
    name_en: str
    division_zh: str = ""
    division_en: str = ""
    eligibility_zh: str = ""
    eligibility_en: str = ""


def begin(
    expo: Expo, names: tuple[str, str], year: int, source: Template | AwardSeason, by: Actor
) -> AwardSeason:
    """A new season from a template, or as an earlier one was set up: its facts but dates, rules and categories."""
    now = clock.now()
    season = AwardSeason(
        expo_id=expo.id,
        name_zh=names[0],
        name_en=names[1],
        year=year,
        seed=secrets.token_hex(16),
        state_since=now,
        created_at=now,
        changed_at=now,
    )
    if isinstance(source, Template):
        season.rules = canonical(RULES[source]).decode()
    else:
        for name in _COPIED:
            setattr(season, name, getattr(source, name))
        season.categories = [
            AwardCategory(expo_id=expo.id, **{name: getattr(each, name) for name in _OF_CATEGORY})
            for each in source.categories
        ]
    db.session.add(season)
    db.session.flush()
    told = {"name_zh": season.name_zh, "name_en": season.name_en, "year": year}
    audit.record("awards.season_made", by, expo_id=expo.id, subject=(SUBJECT, season.id), after=told)
    return season


def save_facts(season: AwardSeason, facts: SeasonFacts, by: Actor) -> None:
    """Change what is said of the season.

    Raises `Refused` for a fee where none is allowed (AW-40) and dates out of order, and `Conflict` for what is a rule while
    jurors judge, and for dates once the result is locked: who decides when it is public sees it (AW-39).
    """
    _lock(season)
    after = asdict(facts)
    before = {name: getattr(season, name) for name in after}
    changed = [name for name in after if to_second(before[name]) != to_second(after[name])]
    version_facts.check_changeable(season.state, changed)
    check_fee(facts.basis, facts.entry_fee)
    if any(name in DATES for name in changed):
        check_dates({name: getattr(facts, name) for name in DATES})
    if not (facts.name_zh or facts.name_en):
        raise Refused("name", N_("Enter a name in Chinese or English."))
    for name in changed:
        setattr(season, name, after[name])
    season.changed_at = clock.now()
    db.session.flush()
    if changed:
        audit.record(
            "awards.season_changed",
            by,
            expo_id=season.expo_id,
            subject=(SUBJECT, season.id),
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )


def save_category(
    season: AwardSeason, category_id: int | None, facts: CategoryFacts, by: Actor
) -> AwardCategory:
    """Add a category behind the others, or change one.

    Raises `Conflict` for a code that another one has, and for what stands in the frozen rules: its code always, its
    division and who may enter while jurors judge.
    """
    _lock(season)
    _check_open(season)
    category = _category(season, category_id) if category_id is not None else None
    others = [each for each in season.categories if each is not category]
    if any(each.code == facts.code for each in others):
        raise Conflict("category_twice", N_("Another category has this code."))
    if not (facts.name_zh or facts.name_en):
        raise Refused("name", N_("Enter a name in Chinese or English."))
    if category is None:
        category = _new_category(season)
    elif category.code in queries.codes_in(queries.frozen(season)):
        _check_frozen(season, category, facts)
    for name, value in asdict(facts).items():
        setattr(category, name, value)
    db.session.flush()
    _told(season, "awards.category_saved", by, {"category": facts.code})
    return category


def _new_category(season: AwardSeason) -> AwardCategory:
    if len(season.categories) >= MOST_CATEGORIES:
        raise Refused("categories", N_("A season has at most %(most)s categories."), most=MOST_CATEGORIES)
    position = max((each.position for each in season.categories), default=-1) + 1
    category = AwardCategory(expo_id=season.expo_id, season_id=season.id, position=position)
    season.categories.append(category)
    return category


def _check_frozen(season: AwardSeason, category: AwardCategory, facts: CategoryFacts) -> None:
    """Refuse to change what stands of this category in the frozen rules."""
    if category.code != facts.code:
        raise Conflict("code_frozen", N_("The code stands in the frozen rules and stays as it is."))
    changed = [
        name
        for name in version_facts.RULES_OF_CATEGORY
        if plain(getattr(category, name)) != plain(getattr(facts, name))
    ]
    version_facts.check_changeable(season.state, changed)


def remove_category(season: AwardSeason, category_id: int, by: Actor) -> None:
    """Take a category away. Refused once something is entered in it, and once it stands in frozen rules."""
    _lock(season)
    _check_open(season)
    category = _category(season, category_id)
    if category.code in queries.codes_in(queries.frozen(season)):
        raise Conflict(
            "category_frozen", N_("This category stands in the frozen rules and is not removed any more.")
        )
    _check_unused(category)
    season.categories.remove(category)
    db.session.delete(category)
    _told(season, "awards.category_removed", by, {"category": category.code})


def _check_unused(category: AwardCategory) -> None:
    if entries := queries.entries_in(category):
        raise Conflict("category_used", N_("%(count)s products are entered in this category."), count=entries)


def move_category(season: AwardSeason, category_id: int, step: int, by: Actor) -> None:
    """Put a category one place up (-1) or down (1)."""
    _lock(season)
    category = _category(season, category_id)
    ordered = list(season.categories)
    place = ordered.index(category)
    other = place + step
    if 0 <= other < len(ordered):
        ordered[place], ordered[other] = ordered[other], ordered[place]
    for position, each in enumerate(ordered):
        each.position = position
    season.changed_at = clock.now()
    db.session.flush()
    db.session.expire(season, ["categories"])


def save_rules(
    season: AwardSeason, change: Callable[[RuleSet], RuleSet], by: Actor, asked: frozenset[str] = frozenset()
) -> None:
    """Change the common rules that are being worked on.

    What counts once judging has begun is the last frozen version, until `put_in_force`. Raises the first problem whose
    code is `asked`: what the form that is sent can mend; others may wait until the rules are frozen.
    """
    _lock(season)
    _check_open(season)
    before = queries.worked_on(season)
    after = freezing.Rules(change(before.common), before.categories)
    _refuse(after, asked)
    season.rules = canonical(after.common).decode()
    _note_change(season, before, by)


def save_line(
    season: AwardSeason, where: tables.Where, spot: tables.Spot | None, line: Struct, by: Actor
) -> None:
    """Put a criterion, medal or round in its table: behind the others, or in the place of this one, wherever it is now."""
    _change_table(season, where, lambda rows: tables.put(rows, spot, line), by, tables.AT_FIELD[where.table])


def remove_line(season: AwardSeason, where: tables.Where, spot: tables.Spot, shown: str, by: Actor) -> None:
    """Take this very line away as it was shown (`tables.digest`); one that is gone already is gone."""
    _change_table(season, where, lambda rows: tables.without(rows, spot, shown), by)


def move_line(season: AwardSeason, where: tables.Where, spot: tables.Spot, step: int, by: Actor) -> None:
    """Put a line one place up (-1) or down (1); one that is not where it was shown stays."""
    _change_table(season, where, lambda rows: tables.moved(rows, spot, step), by)


def begin_own(season: AwardSeason, category_id: int, table: str, by: Actor) -> None:
    """Give a category medals or criteria of its own, which begin as those of the rules; where it has some, they stay."""
    _lock(season)
    if own_rows(season, tables.Where(table, category_id)) is None:
        _set_own(season, category_id, table, getattr(queries.rules_of(season), table), by)


def end_own(season: AwardSeason, category_id: int, table: str, shown: str, by: Actor) -> None:
    """Let a category follow the rules again. Raises `Conflict` when its own lines are not those that were shown."""
    _lock(season)
    rows = own_rows(season, tables.Where(table, category_id))
    if rows is None:
        return
    if tables.digest(rows) != shown:
        raise Conflict(
            "line_changed", N_("These were changed meanwhile. Look at them before you remove them.")
        )
    _set_own(season, category_id, table, None, by)


def put_in_force(season: AwardSeason, reason: str, by: Actor) -> RuleVersion:
    """Freeze what was changed since the last version as the next one, with the reason; older versions stay.

    Raises `Refused` without a reason, with rules that have a problem or that sent marks do not fit, and `Conflict` once
    the result is locked or when nothing was changed.
    """
    _lock(season)
    _check_open(season)
    before = queries.frozen(season)
    if before is None:
        raise Conflict("not_frozen", N_("The rules are frozen when judging is opened."))
    if not reason.strip():
        raise Refused("reason", N_("Say why the rules change."))
    if not queries.is_changed(season):
        raise Conflict("no_change", N_("Nothing was changed since the rules were frozen."))
    freezing.check_marks(queries.worked_on(season), queries.sent_marks(season))
    return freeze(season, reason.strip(), by)


def freeze(season: AwardSeason, reason: str, by: Actor) -> RuleVersion:
    """Write the next version of the rules with its hash, and of what is said beside them; raises `Refused` with the first problem (AW-32)."""
    rules = queries.worked_on(season)
    freezing.check_fit(rules)
    last = queries.frozen(season)
    common, categories = freezing.stored(rules)
    facts = version_facts.stored(queries.facts_now(season))
    parts = queries.known(season).changed_parts if last else [*freezing.PARTS, "facts"]
    version = RuleVersion(
        expo_id=season.expo_id,
        season_id=season.id,
        number=last.number + 1 if last else 1,
        rules=common,
        categories=categories,
        facts=facts,
        hash=rules.hash,
        frozen_at=clock.now(),
        user_id=by.id if by.kind == "user" else None,
        reason=reason,
    )
    db.session.add(version)
    db.session.flush()
    audit.record(
        "awards.rules_frozen",
        by,
        expo_id=season.expo_id,
        subject=(SUBJECT, season.id),
        after={
            "version": version.number,
            "hash": version.hash,
            "facts_hash": version_facts.digest(facts),
            "parts": ", ".join(parts),
        },
        reason=reason,
    )
    return version


def discard(season: AwardSeason, by: Actor) -> None:
    """Give up what was changed since the rules were frozen, facts and new categories too; without a frozen version nothing
    happens. Raises `Conflict` when something is entered in a category that came later.
    """
    _lock(season)
    _check_open(season)
    last = queries.frozen(season)
    if last is None:
        return
    rules, facts = queries.of_version(last), queries.facts_in(last)
    own = {each.category: each for each in rules.categories}
    season.rules = last.rules
    for name in version_facts.changed(facts, queries.facts_now(season)):
        if name != "categories":
            setattr(season, name, getattr(facts, name))
    for row in list(season.categories):
        then, said = own.get(row.code), facts.of(row.code)
        if said is None:
            _check_unused(row)
            season.categories.remove(row)
            db.session.delete(row)
            continue
        row.levels = _text(then.levels if then else None)
        row.criteria = _text(then.criteria if then else None)
        for name in CategoryFacts.__dataclass_fields__:
            setattr(row, name, getattr(said, name))
    _told(season, "awards.rules_discarded", by, {"version": last.number})


def _change_table(
    season: AwardSeason,
    where: tables.Where,
    change: Callable[[tuple[Any, ...]], tuple[Any, ...]],
    by: Actor,
    asked: frozenset[str] = frozenset(),
) -> None:
    if where.category_id is None:
        save_rules(
            season,
            lambda rules: msgspec.structs.replace(
                rules, **{where.table: change(getattr(rules, where.table))}
            ),
            by,
            asked,
        )
        return
    _lock(season)
    rows = own_rows(season, where)
    if rows is None:
        raise Conflict("not_own", N_("This category follows the rules of the season."))
    _set_own(season, where.category_id, where.table, change(rows), by, asked)


def own_rows(season: AwardSeason, where: tables.Where) -> tuple[Any, ...] | None:
    """The lines of a table: those of the rules, or a category's own; None where it has none of its own."""
    if where.category_id is None:
        return tuple(getattr(queries.rules_of(season), where.table))
    category = _category(season, where.category_id)
    read = freezing.criteria_of if where.table == "criteria" else freezing.levels_of
    return read(getattr(category, where.table))


def _set_own(
    season: AwardSeason,
    category_id: int,
    table: str,
    rows: tuple[Any, ...] | None,
    by: Actor,
    asked: frozenset[str] = frozenset(),
) -> None:
    _lock(season)
    _check_open(season)
    category = _category(season, category_id)
    before = queries.worked_on(season)
    setattr(category, table, _text(rows))
    _refuse(queries.worked_on(season), asked)
    _note_change(season, before, by)


def _refuse(rules: freezing.Rules, asked: frozenset[str]) -> None:
    for problem in freezing.problems(rules):
        if problem.refusal.code in asked:
            raise problem.refusal


def _note_change(season: AwardSeason, before: freezing.Rules, by: Actor) -> None:
    parts = freezing.changed_parts(before, queries.worked_on(season))
    if parts:
        _told(season, "awards.rules_changed", by, {"parts": ", ".join(parts)})


def _told(season: AwardSeason, action: str, by: Actor, after: dict[str, object]) -> None:
    season.changed_at = clock.now()
    db.session.flush()
    audit.record(action, by, expo_id=season.expo_id, subject=(SUBJECT, season.id), after=after)


def _text(rows: tuple[Any, ...] | None) -> str | None:
    return None if rows is None else canonical(rows).decode()


def _category(season: AwardSeason, category_id: int) -> AwardCategory:
    found = queries.category_of(season, category_id)
    if found is None:
        raise NotFound("no_category", N_("This category is not there any more."))
    return found


def _check_open(season: AwardSeason) -> None:
    if season.state in LOCKED:
        raise Conflict("locked", N_("The result is locked: its rules stay as they are."))


def _lock(season: AwardSeason) -> None:
    """One change of a season's set-up at a time; what is asked afterwards is read anew."""
    hold(season)
    _categories_anew(season)


def _categories_anew(season: AwardSeason) -> None:
    """Read the categories as they are now: what a page has loaded before the wait is older than the lock."""
    found = sa.select(AwardCategory).where(AwardCategory.season_id == season.id)
    db.session.execute(found.execution_options(populate_existing=True)).all()
