"""From the tables to a case that the rules judge, and to the result that is locked (awards.md §3.3, §3.4).

While nothing is locked the result follows from what lies in the tables now. Once it is locked, its sealed file alone is
read: what is printed is what was compared, whatever happens in the tables afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from exhibitions.awards.models import (
    Assignment,
    AwardEntry,
    AwardResult,
    AwardSeason,
    Ballot,
    Decision,
    EntryEvent,
    Juror,
    Sheet,
)
from exhibitions.awards.queries.seasons import in_force
from exhibitions.awards.rules import case
from exhibitions.awards.rules.judging import Outcome, decide
from exhibitions.awards.rules.presented import Facts, presented_as
from exhibitions.awards.rules.result_file import Award, ResultFile
from exhibitions.awards.rules.states import LOCKED, AssignmentState, DecisionKind, EntryState
from exhibitions.core.db import db
from exhibitions.expos.queries import LARGEST_NUMBER

Codes = Mapping[int, str]
_LOST = frozenset({AssignmentState.RECUSED, AssignmentState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Casework:
    """What a season's jury has done so far: the case, the entries' rows by number, and who has not sent a sheet yet.

    `pending` are changed medals that too few people have signed; they are no part of the case.
    """

    file: ResultFile
    rows: Mapping[str, AwardEntry]
    missing: Mapping[str, Sequence[str]] = field(default_factory=dict)
    pending: Sequence[Decision] = ()


def case_of(season: AwardSeason) -> Casework:
    """The case as the tables have it now, in nine questions whatever the number of entries.

    Of every assignment the last submitted version of its sheet counts; who recused is named as recused.
    """
    rules = in_force(season)
    rows = _entries(season)
    withdrawn = _withdrawn_late(season)
    jurors = _jurors(season)
    given = _assignments(season)
    assignments = [row for row in given if row.state is not AssignmentState.WITHDRAWN]
    lost = {(row.round, row.juror_id, row.entry_id) for row in given if row.state in _LOST}
    ballots = _ballots(season, jurors, {row.id: str(row.number) for row in rows}, lost)
    seen = {row.entry_id for row in assignments}
    ranked = {code for each in ballots for group in each.order for code in group}
    entries = [_entry(row, row.id in seen or row.number in ranked, row.id in withdrawn) for row in rows]
    numbers: Codes = {row.id: str(row.number) for row in rows}
    sheets = _sheets(assignments, jurors, numbers)
    running = {
        row.id for row, each in zip(rows, entries, strict=True) if each.state is case.EntryState.PRESENTED
    }
    # What was decided of an entry that is out of the running since, sent off or revoked, decides nothing any more.
    decisions = [each for each in _decisions(season) if each.entry_id is None or each.entry_id in running]
    file = ResultFile(
        format="exhibitions-award-result",
        version=1,
        award=_award(season),
        rules=rules.common,
        categories=rules.categories,
        entries=tuple(entries),
        sheets=tuple(sheets),
        ballots=tuple(ballots),
        deliberation=_deliberation(decisions, numbers),
    )
    return Casework(
        file,
        {str(row.number): row for row in rows},
        _missing(assignments, jurors, numbers),
        [each for each in decisions if each.kind is DecisionKind.OVERRIDE and not _signed(each)],
    )


def judged(season: AwardSeason) -> tuple[Casework, Outcome]:
    """The case of the tables with what follows from it. Raises `Unjudgeable` when it contradicts itself."""
    found = case_of(season)
    return found, decide(found.file)


def bare_case(season: AwardSeason) -> case.Case:
    """The frozen rules and categories alone, for the names of medals and categories: no entry, no sheet, no file is read."""
    rules = in_force(season)
    return case.Case(rules=rules.common, categories=rules.categories, entries=())


def rows_of(season: AwardSeason) -> dict[str, AwardEntry]:
    """The entries of a season that have a number."""
    return {str(row.number): row for row in _entries(season)}


def is_locked(season: AwardSeason) -> bool:
    """Whether the result is that of the sealed file."""
    return season.state in LOCKED


def results(season: AwardSeason) -> Sequence[AwardResult]:
    """Every locked result of the season, the newest first; older ones stay as they were (AW-33)."""
    found = sa.select(AwardResult).where(AwardResult.season_id == season.id)
    return db.session.scalars(found.order_by(AwardResult.version.desc())).all()


def result_of(season: AwardSeason, version: int | None = None) -> AwardResult | None:
    """The result with this version, or the one that stands now."""
    if version is not None and version > LARGEST_NUMBER:
        return None
    found = sa.select(AwardResult).where(AwardResult.season_id == season.id)
    if version is None:
        found = found.where(AwardResult.replaced_at.is_(None))
    else:
        found = found.where(AwardResult.version == version)
    return db.session.scalar(found.order_by(AwardResult.version.desc()).limit(1))


def decisions_of(season: AwardSeason) -> Sequence[Decision]:
    """Every decision of the deliberation, also those that were taken back, in their order."""
    found = sa.select(Decision).where(Decision.season_id == season.id)
    return db.session.scalars(found.order_by(Decision.id)).all()


def decision_of(season: AwardSeason, decision_id: int) -> Decision | None:
    """The decision with this number, if it is this season's."""
    return db.session.scalar(
        sa.select(Decision).where(Decision.season_id == season.id, Decision.id == decision_id)
    )


def entry_numbered(season: AwardSeason, number: str) -> AwardEntry | None:
    """The entry with this blind code."""
    return db.session.scalar(
        sa.select(AwardEntry).where(AwardEntry.season_id == season.id, AwardEntry.number == number)
    )


def _award(season: AwardSeason) -> Award:
    return Award(
        name_zh=season.name_zh,
        name_en=season.name_en,
        organiser=season.organiser_zh or season.organiser_en,
        year=season.year,
        legal_basis=season.approval_number,
    )


def _entries(season: AwardSeason) -> Sequence[AwardEntry]:
    return db.session.scalars(
        sa.select(AwardEntry)
        .where(
            AwardEntry.season_id == season.id,
            AwardEntry.number.is_not(None),
            AwardEntry.state != EntryState.DRAFT,
        )
        .options(selectinload(AwardEntry.makers), selectinload(AwardEntry.category))
        .order_by(AwardEntry.number)
    ).all()


def _jurors(season: AwardSeason) -> Codes:
    rows = db.session.execute(sa.select(Juror.id, Juror.code).where(Juror.season_id == season.id))
    return {row.id: row.code for row in rows}


def _withdrawn_late(season: AwardSeason) -> set[int]:
    """Entries that were withdrawn from a state in which they were on the table."""
    found = (
        sa.select(EntryEvent.entry_id)
        .join(AwardEntry, AwardEntry.id == EntryEvent.entry_id)
        .where(
            AwardEntry.season_id == season.id,
            EntryEvent.state_after == EntryState.WITHDRAWN,
            EntryEvent.state_before.in_([EntryState.SAMPLE_RECEIVED, EntryState.JUDGED]),
        )
    )
    return set(db.session.scalars(found))


def _entry(row: AwardEntry, is_judged: bool, withdrawn_late: bool) -> case.Entry:
    facts = Facts(is_judged=is_judged, had_sample=row.sample_received_at is not None or withdrawn_late)
    return case.Entry(
        entry=str(row.number),
        category=row.category.code if row.category else "",
        product=row.product_zh or row.product_en,
        company=row.company_zh or row.company_en,
        place=row.place,
        joint=tuple(case.Maker(company=each.company, place=each.place) for each in row.makers),
        state=presented_as(row.state, facts),
    )


def _assignments(season: AwardSeason) -> Sequence[Any]:
    """Every assignment with its last submitted sheet, if there is one."""
    last = (
        sa.select(Sheet.assignment_id, sa.func.max(Sheet.version).label("version"))
        .join(Assignment, Assignment.id == Sheet.assignment_id)
        .where(Assignment.season_id == season.id, Sheet.submitted_at.is_not(None))
        .group_by(Sheet.assignment_id)
        .subquery()
    )
    return db.session.execute(
        sa.select(
            Assignment.round,
            Assignment.entry_id,
            Assignment.juror_id,
            Assignment.state,
            Sheet.marks,
            Sheet.eliminated,
        )
        .outerjoin(last, last.c.assignment_id == Assignment.id)
        .outerjoin(
            Sheet,
            sa.and_(Sheet.assignment_id == last.c.assignment_id, Sheet.version == last.c.version),
        )
        .where(Assignment.season_id == season.id)
        .order_by(Assignment.id)
    ).all()


def _sheets(rows: Iterable[Any], jurors: Codes, numbers: Codes) -> list[case.ScoreSheet]:
    found = []
    for row in rows:
        if row.entry_id not in numbers:
            continue
        about = {"entry": numbers[row.entry_id], "juror": jurors[row.juror_id], "round": row.round}
        if row.state is AssignmentState.RECUSED:
            found.append(case.ScoreSheet(**about, state=case.SheetState.RECUSED))
        elif row.marks is not None:
            marks: dict[str, Decimal | None] = {
                code: Decimal(text) for code, text in row.marks.items() if text not in ("", None)
            }
            found.append(case.ScoreSheet(**about, scores=marks, eliminated=row.eliminated))
    return found


def _missing(rows: Iterable[Any], jurors: Codes, numbers: Codes) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.marks is None and row.state is not AssignmentState.RECUSED and row.entry_id in numbers:
            found.setdefault(numbers[row.entry_id], []).append(jurors[row.juror_id])
    return found


def _ballots(
    season: AwardSeason, jurors: Codes, numbers: Codes, lost: Collection[tuple[str, int, int]]
) -> list[case.Ballot]:
    """The last submitted order of every juror in every round, without what the juror has recused from or lost since."""
    out = {(round_, juror_id, numbers.get(entry_id, "")) for round_, juror_id, entry_id in lost}
    rows = db.session.scalars(
        sa.select(Ballot)
        .where(Ballot.season_id == season.id, Ballot.submitted_at.is_not(None))
        .order_by(Ballot.version)
    )
    last = {(row.round, row.juror_id): row for row in rows}
    return [
        case.Ballot(
            juror=jurors[row.juror_id],
            round=row.round,
            order=tuple(
                kept
                for group in row.order
                if (kept := tuple(code for code in group if (row.round, row.juror_id, code) not in out))
            ),
        )
        for row in last.values()
    ]


def _decisions(season: AwardSeason) -> Sequence[Decision]:
    found = sa.select(Decision).where(Decision.season_id == season.id, Decision.taken_back_at.is_(None))
    return db.session.scalars(found.order_by(Decision.id)).all()


def _signed(row: Decision) -> bool:
    return len({each["user_id"] for each in row.signed}) >= case.SIGNATORIES


def _deliberation(rows: Collection[Decision], numbers: Codes) -> case.Deliberation:
    def of(kind: DecisionKind) -> list[Decision]:
        return [row for row in rows if row.kind is kind]

    return case.Deliberation(
        second_judging=tuple(
            case.SecondJudging(
                entry=numbers[row.entry_id or 0],
                decision=case.Second(row.content["decision"]),
                by=row.content["by"],
                reason=row.reason,
            )
            for row in of(DecisionKind.SECOND_JUDGING)
        ),
        casting_votes=tuple(
            case.CastingVote(order=tuple(row.content["order"]), by=row.content["by"], reason=row.reason)
            for row in of(DecisionKind.CASTING_VOTE)
        ),
        overrides=tuple(
            case.Override(
                entry=numbers[row.entry_id or 0],
                was=row.content["was"],
                becomes=row.content["becomes"],
                reason=row.reason,
                signed_by=tuple(each["name"] for each in row.signed),
            )
            for row in of(DecisionKind.OVERRIDE)
            if _signed(row)
        ),
    )
