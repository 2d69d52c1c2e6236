"""What a juror's own pages show: the juror, the round, the own queue and sheets, and nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager

from exhibitions.awards.models import (
    Assignment,
    AwardEntry,
    AwardSeason,
    Ballot,
    Conflict,
    Declaration,
    EntryFile,
    JudgingRound,
    Juror,
    Sheet,
)
from exhibitions.awards.queries import conflicts
from exhibitions.awards.queries.seasons import frozen, of_version, rules_of
from exhibitions.awards.rules import sheet_entry
from exhibitions.awards.rules.conflicts import Verdict
from exhibitions.awards.rules.freezing import Rules
from exhibitions.awards.rules.rule_set import Round, RoundKind, RuleSet
from exhibitions.awards.rules.sheet_entry import GONE, Typed
from exhibitions.awards.rules.states import AssignmentState, ConflictDecision, FileKind
from exhibitions.companies.rules.doubles import name_key
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.files.models import StoredFile

Barring = Callable[["Place", Collection[AwardEntry]], set[int]]
"""Says in which of some entries, by number of row, an interest keeps the juror from judging."""


@dataclass(frozen=True)
class Place:
    """Where a juror sits: the season, the round that takes sheets or else was the last one, and the rules of it."""

    juror: Juror
    season: AwardSeason
    round: JudgingRound | None
    in_force: Rules
    declaration: Declaration | None

    @property
    def rules(self) -> RuleSet:
        """What counts for all categories."""
        return self.in_force.common

    @property
    def round_code(self) -> str:
        """The name of the round; empty before the first."""
        return self.round.round if self.round is not None else ""

    @property
    def kind(self) -> RoundKind:
        """What jurors do in this round."""
        known = {each.round: each for each in self.rules.rounds}
        return known.get(self.round_code, Round()).kind

    @property
    def has_orders(self) -> bool:
        """Whether jurors give an order in this round, and no marks (§3.4 step 13)."""
        return self.kind is RoundKind.RANKING

    def rubric(self, entry: AwardEntry) -> RuleSet:
        """The rules with the criteria of the entry's category."""
        code = entry.category.code if entry.category is not None else ""
        return self.in_force.of(code)


def place_of(expo: Expo, juror_id: int) -> Place | None:
    """The place of this juror of the fair; None for one who left or is unknown."""
    each = aliased(JudgingRound)
    # The one that is open, be it an earlier one that was opened again; else the one that was opened last.
    now = (
        sa.select(each.id)
        .where(each.season_id == Juror.season_id)
        .order_by(each.closed_at.is_not(None), each.id.desc())
        .limit(1)
        .correlate(Juror)
    ).scalar_subquery()
    found = (
        sa.select(Juror, AwardSeason, JudgingRound, Declaration)
        .join(AwardSeason, AwardSeason.id == Juror.season_id)
        .join(JudgingRound, JudgingRound.id == now, isouter=True)
        .join(
            Declaration,
            sa.and_(Declaration.juror_id == Juror.id, Declaration.round == JudgingRound.round),
            isouter=True,
        )
        .where(Juror.expo_id == expo.id, Juror.id == juror_id, Juror.left_at.is_(None))
    )
    row = db.session.execute(found).one_or_none()
    if row is None:
        return None
    juror, season, judging, declaration = row
    version = frozen(season)
    # No round opens before the rules are frozen; their own spelling names categories as they were then.
    rules = Rules(rules_of(season)) if version is None else of_version(version)
    return Place(juror, season, judging, rules, declaration)


@dataclass(frozen=True)
class Task:
    """One entry of a juror's queue, with the own sheet as it stands, if any."""

    assignment: Assignment
    sheet: Sheet | None

    @property
    def entry(self) -> AwardEntry:
        """What is to be judged."""
        return self.assignment.entry

    @property
    def is_sent(self) -> bool:
        """Whether it counts."""
        return self.assignment.state is AssignmentState.SUBMITTED

    @property
    def was_sent(self) -> bool:
        """Whether a sheet was sent once, be it open again now: what was sent counts."""
        return self.sheet is not None and (self.sheet.version > 1 or self.sheet.submitted_at is not None)

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.assignment.state in sheet_entry.OPEN_STATES


def queue(place: Place) -> list[Task]:
    """The juror's entries of the round, by category, then as they were drawn. Entries that are gone are left out."""
    rows = db.session.execute(_own(place)).unique().all()
    ordered = sorted(rows, key=lambda row: _where(row[0]))
    return [Task(assignment, sheet) for assignment, sheet in ordered]


def _where(assignment: Assignment) -> tuple[int, int, int, int]:
    category = assignment.entry.category
    at = (category.position, category.id) if category is not None else (1 << 31, 0)
    return (*at, assignment.position, assignment.id)


def _newest() -> sa.ScalarSelect[int]:
    """The version of the sheet that stands now, for the assignment that is asked for."""
    later = aliased(Sheet)
    versions = sa.select(sa.func.max(later.version)).where(later.assignment_id == Assignment.id)
    return versions.correlate(Assignment).scalar_subquery()


def _own(place: Place) -> sa.Select[Assignment, Sheet]:
    # The makers' names are covered in what a blind jury reads, and compared with interests: they come at once.
    return (
        sa.select(Assignment, Sheet)
        .join(AwardEntry, AwardEntry.id == Assignment.entry_id)
        .join(Sheet, sa.and_(Sheet.assignment_id == Assignment.id, Sheet.version == _newest()), isouter=True)
        .options(contains_eager(Assignment.entry).joinedload(AwardEntry.makers))
        .where(
            Assignment.juror_id == place.juror.id,
            Assignment.season_id == place.season.id,
            Assignment.round == place.round_code,
            Assignment.state != AssignmentState.WITHDRAWN,
            AwardEntry.state.not_in(GONE),
        )
    )


def task_of(place: Place, assignment_id: int) -> Task | None:
    """One entry of the juror's own queue; None for another's, and for one of another round."""
    found = _own(place).where(Assignment.id == assignment_id)
    row = db.session.execute(found).unique().one_or_none()
    return Task(*row) if row is not None else None


def locked_task(place: Place, assignment_id: int) -> Task | None:
    """The same for a change: nobody else changes it meanwhile, and the round is not closed between asking and writing."""
    _lock(place, Assignment.id == assignment_id)
    return task_of(place, assignment_id)


def lock_queue(place: Place) -> None:
    """Lock all of the juror's entries of the round, as `locked_task` does for one."""
    _lock(place, Assignment.juror_id == place.juror.id, Assignment.round == place.round_code)


def _lock(place: Place, *which: sa.ColumnElement[bool]) -> None:
    if place.round is not None:
        db.session.refresh(place.round, with_for_update={"read": True})
    found = sa.select(Assignment.id).where(Assignment.season_id == place.season.id, *which)
    db.session.execute(found.order_by(Assignment.id).with_for_update())


def typed(task: Task) -> Typed:
    """The own sheet by fields."""
    sheet = task.sheet
    if sheet is None:
        return Typed()
    values = {sheet_entry.MARK + code: mark for code, mark in sheet.marks.items()}
    values |= {
        sheet_entry.ELIMINATED: sheet_entry.TICKED if sheet.eliminated else "",
        sheet_entry.COMMENT: sheet.comment,
        sheet_entry.NOTE: sheet.note,
    }
    return Typed(values, sheet_entry.parsed_moments(sheet.moments))


def pictures(entry: AwardEntry) -> Sequence[EntryFile]:
    """What jurors see of an entry, in its order."""
    found = sa.select(EntryFile).where(EntryFile.entry_id == entry.id, EntryFile.kind == FileKind.PICTURE)
    return db.session.scalars(found.order_by(EntryFile.position, EntryFile.id)).all()


def picture(expo: Expo, entry: AwardEntry, number: int) -> StoredFile | None:
    """The picture at this place, counted from 1."""
    found = (
        sa.select(StoredFile)
        .join(EntryFile, EntryFile.file_id == StoredFile.id)
        .where(
            StoredFile.expo_id == expo.id,
            EntryFile.entry_id == entry.id,
            EntryFile.kind == FileKind.PICTURE,
        )
        .order_by(EntryFile.position, EntryFile.id)
    )
    return db.session.scalar(found.offset(max(number - 1, 0)).limit(1)) if number >= 1 else None


def is_barred(place: Place, entry: AwardEntry) -> bool:
    """Whether an interest of the juror in this entry or its company was upheld (AW-34)."""
    return entry.id in barred(place, [entry])


def barred(place: Place, entries: Collection[AwardEntry]) -> set[int]:
    """Those of these entries, by number of row, in which an interest of the juror was upheld."""
    found = sa.select(Conflict.entry_id, Conflict.company).where(
        Conflict.season_id == place.season.id,
        Conflict.juror_id == place.juror.id,
        Conflict.decision == ConflictDecision.UPHELD,
    )
    rows = db.session.execute(found).all()
    numbers = {number for number, _ in rows if number is not None}
    firms = {name_key(company) for number, company in rows if number is None and company}
    return {each.id for each in entries if each.id in numbers or names_of(each) & firms}


def barred_now(place: Place, entries: Collection[AwardEntry]) -> set[int]:
    """The same by what is known at this moment: an employer or a company may have been corrected since (AW-34).

    Asks more than `barred`; for what is written.
    """
    expo = db.session.get_one(Expo, place.season.expo_id)
    found = conflicts.standing(expo, place.season, [place.juror], list(entries))
    return {entry_id for (_, entry_id), means in found.items() if means.verdict is Verdict.REFUSED}


def names_of(entry: AwardEntry) -> set[str]:
    """The names of the entry's company and of the joint makers as they are compared: whatever their legal form (AW-34)."""
    names = (entry.company_zh, entry.company_en, *(each.company for each in entry.makers))
    return {name_key(name) for name in names if name}


def scores_of_others(place: Place, task: Task) -> list[Fraction]:
    """The scores that other jurors sent for this entry, the highest first and without a name.

    Only where the season says so, and only once the own sheet is sent; nothing otherwise (P22).
    """
    if not place.season.shows_others or not task.is_sent:
        return []
    found = (
        sa.select(Sheet.marks)
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .where(
            Assignment.entry_id == task.entry.id,
            Assignment.round == place.round_code,
            Assignment.juror_id != place.juror.id,
            Assignment.state == AssignmentState.SUBMITTED,
            Sheet.version == _newest(),
        )
    )
    rules = place.rubric(task.entry)
    totals = (sheet_entry.running_total(rules, marks) for marks in db.session.scalars(found))
    return sorted((each for each in totals if each is not None), reverse=True)


def ballots(place: Place) -> Sequence[Ballot]:
    """The versions of the juror's order of a ranking round; the last one may be a draft."""
    found = sa.select(Ballot).where(
        Ballot.season_id == place.season.id,
        Ballot.round == place.round_code,
        Ballot.juror_id == place.juror.id,
    )
    return db.session.scalars(found.order_by(Ballot.version)).all()


def was_sent(place: Place, task: Task) -> bool:
    """Whether a version of the juror's sheet, or an order with the entry in it, was sent once, though it may be open again."""
    sheets = sa.select(Sheet.id).where(
        Sheet.assignment_id == task.assignment.id, Sheet.submitted_at.is_not(None)
    )
    if db.session.scalar(sheets.limit(1)) is not None:
        return True
    sent = (each.order for each in ballots(place) if each.submitted_at is not None)
    return any(task.entry.number in group for order in sent for group in order)
