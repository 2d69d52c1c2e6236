"""Questions about sheets of paper."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from exhibitions.awards.models import (
    Assignment,
    AwardEntry,
    AwardSeason,
    Ballot,
    Juror,
    PaperSheet,
    Sheet,
    Typing,
)
from exhibitions.awards.queries import jury
from exhibitions.awards.queries.seasons import in_force
from exhibitions.awards.rules.paper import Content, Difference, MarkReader, OrderReader, Reader, loaded
from exhibitions.awards.rules.rule_set import RuleSet
from exhibitions.awards.rules.states import JUDGEABLE
from exhibitions.core.db import db

_T = TypeVar("_T")


class Stage(enum.StrEnum):
    """How far a sheet of paper is."""

    PRINTED = "printed"
    ONCE = "once"
    DIFFER = "differ"
    COUNTS = "counts"
    REPLACED = "replaced"
    BY_LINK = "by_link"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet of paper with whose it is, what was typed from it, and what it is for: one place, or those of an order.

    `last_sent` is when the juror's score or order of these places was sent last, by whatever way; `is_newest` says that no
    newer sheet was printed in its stead.
    """

    row: PaperSheet
    juror: Juror
    places: Sequence[Assignment]
    typings: Sequence[Typing]
    last_sent: datetime | None = None
    is_newest: bool = True

    @property
    def is_order(self) -> bool:
        """Whether it is for an order, not for marks."""
        return self.row.assignment_id is None

    @property
    def place(self) -> Assignment:
        """The place whose marks stand on it; the sheet of an order has several."""
        return self.places[0]

    @property
    def entry(self) -> AwardEntry | None:
        """What is judged on it; None for an order."""
        return None if self.is_order else self.place.entry

    @property
    def live(self) -> list[Assignment]:
        """The places that the juror still judges."""
        return [each for each in self.places if each.state not in jury.GONE and each.entry.state in JUDGEABLE]

    @property
    def turns(self) -> int:
        """How often it was typed."""
        return len(self.typings)

    @property
    def stage(self) -> Stage:
        """How far it is."""
        if not self.live:
            return Stage.GONE
        if self.row.settled_at is not None:
            return Stage.COUNTS if self.row.settled_at == self.last_sent else Stage.REPLACED
        if not self.is_newest:
            return Stage.REPLACED
        if all(each.state is jury.DONE for each in self.live):
            return Stage.BY_LINK
        if self.turns > 1:
            return Stage.DIFFER
        return Stage.ONCE if self.turns else Stage.PRINTED

    def typing_of(self, user_id: int | None) -> Typing | None:
        """What this person typed."""
        return next((each for each in self.typings if each.user_id == user_id and user_id is not None), None)


def papers(season: AwardSeason, round_: str, start: int, most: int) -> list[Paper]:
    """So many sheets of a round from this one on, as they were printed."""
    return _load(season, sa.select(PaperSheet).where(PaperSheet.round == round_).offset(start).limit(most))


def count(season: AwardSeason, round_: str) -> int:
    """How many sheets of paper a round has."""
    found = sa.select(sa.func.count(PaperSheet.id))
    here = found.where(PaperSheet.season_id == season.id, PaperSheet.round == round_)
    return int(db.session.scalar(here) or 0)


def paper_numbered(season: AwardSeason, number: str) -> Paper | None:
    """The sheet with this number, however its letters are typed."""
    found = _load(season, sa.select(PaperSheet).where(PaperSheet.number == number.strip().upper()))
    return found[0] if found else None


def row_of(season: AwardSeason, number: str) -> int | None:
    """The number of the row of this sheet."""
    found = sa.select(PaperSheet.id).where(PaperSheet.season_id == season.id, PaperSheet.number == number)
    return db.session.scalar(found)


def _load(season: AwardSeason, found: sa.Select[PaperSheet]) -> list[Paper]:
    rows = db.session.scalars(found.where(PaperSheet.season_id == season.id).order_by(PaperSheet.id)).all()
    people = sa.select(Juror).where(Juror.id.in_({row.juror_id for row in rows}))
    # The places find their jurors among these.
    jurors = {juror.id: juror for juror in db.session.scalars(people)}
    of_marks, of_orders = _places(season, rows), _ranked(season, rows)
    typings: dict[int, list[Typing]] = {row.id: [] for row in rows}
    typed = sa.select(Typing).where(Typing.paper_sheet_id.in_(typings)).order_by(Typing.turn)
    for each in db.session.scalars(typed):
        typings[each.paper_sheet_id].append(each)
    sent, newest = _sent(rows), set(newest_sheets(season).values())
    return [
        Paper(
            row,
            jurors[row.juror_id],
            [of_marks[row.assignment_id]]
            if row.assignment_id is not None
            else [each for each in of_orders if _is_on(row, each)],
            typings[row.id],
            sent.get(_key(row)),
            row in newest,
        )
        for row in rows
    ]


Key = tuple[str, int]
"""What a sheet of paper is for: a place, or the order of a round by a juror."""


def _key(row: PaperSheet) -> Key:
    return key_of(row.round, row.juror_id, row.assignment_id)


def key_of(round_: str, juror_id: int, assignment_id: int | None) -> Key:
    """What a sheet is for: this place or, without one, this juror's order of the round."""
    return ("", assignment_id) if assignment_id is not None else (round_, juror_id)


def newest_sheets(season: AwardSeason) -> Mapping[Key, PaperSheet]:
    """The sheet that was printed last for each place and each order, by what it is for."""
    found = sa.select(PaperSheet).where(PaperSheet.season_id == season.id).order_by(PaperSheet.id)
    return {_key(row): row for row in db.session.scalars(found)}


def _is_on(row: PaperSheet, place: Assignment) -> bool:
    mine = place.juror_id == row.juror_id and place.round == row.round
    return mine and place.entry.number in row.entries


def _places(season: AwardSeason, rows: Sequence[PaperSheet]) -> dict[int, Assignment]:
    ids = {row.assignment_id for row in rows if row.assignment_id is not None}
    found = _with_all(sa.select(Assignment).where(Assignment.season_id == season.id, Assignment.id.in_(ids)))
    return {place.id: place for place in db.session.scalars(found)}


def _ranked(season: AwardSeason, rows: Sequence[PaperSheet]) -> Sequence[Assignment]:
    orders = [row for row in rows if row.assignment_id is None]
    found = sa.select(Assignment).where(
        Assignment.season_id == season.id,
        Assignment.round.in_({row.round for row in orders}),
        Assignment.juror_id.in_({row.juror_id for row in orders}),
    )
    return db.session.scalars(_with_all(found).order_by(Assignment.position, Assignment.id)).all()


def _sent(rows: Sequence[PaperSheet]) -> dict[Key, datetime]:
    """When what each sheet is for was sent last, on paper or by the link."""
    ids = {row.assignment_id for row in rows if row.assignment_id is not None}
    marks = (
        sa.select(Sheet.assignment_id, sa.func.max(Sheet.submitted_at))
        .where(Sheet.assignment_id.in_(ids), Sheet.submitted_at.is_not(None))
        .group_by(Sheet.assignment_id)
    )
    found = {key_of("", 0, number): at for number, at in db.session.execute(marks)}
    jurors = {row.juror_id for row in rows if row.assignment_id is None}
    orders = (
        sa.select(Ballot.round, Ballot.juror_id, sa.func.max(Ballot.submitted_at))
        .where(Ballot.juror_id.in_(jurors), Ballot.submitted_at.is_not(None))
        .group_by(Ballot.round, Ballot.juror_id)
    )
    found |= {key_of(round_, juror_id, None): at for round_, juror_id, at in db.session.execute(orders)}
    return {key: at for key, at in found.items() if at is not None}


def _with_all(found: sa.Select[Assignment]) -> sa.Select[Assignment]:
    entry = selectinload(Assignment.entry)
    return found.options(
        entry.selectinload(AwardEntry.category),
        entry.selectinload(AwardEntry.makers),
    )


def to_print(season: AwardSeason, round_: str, juror_id: int | None) -> Sequence[Assignment]:
    """What can be judged on paper: places whose sheet was not sent, of one juror or of all, in the order of the queues."""
    found = _left(sa.select(Assignment), season, round_).where(Assignment.state != jury.DONE)
    if juror_id is not None:
        found = found.where(Assignment.juror_id == juror_id)
    return db.session.scalars(_with_all(found).order_by(Juror.code, Assignment.position, Assignment.id)).all()


def orders_to_print(
    season: AwardSeason, round_: str, juror_id: int | None
) -> list[tuple[Juror, list[Assignment]]]:
    """Who can give an order on paper: jurors with something left to put in order, each with all places of the queue."""
    left = {place.juror_id for place in to_print(season, round_, juror_id)}
    found = _left(sa.select(Assignment), season, round_).where(Assignment.juror_id.in_(left))
    queues: dict[Juror, list[Assignment]] = {}
    ordered = _with_all(found).order_by(Juror.code, Assignment.position, Assignment.id)
    for place in db.session.scalars(ordered.options(selectinload(Assignment.juror))):
        queues.setdefault(place.juror, []).append(place)
    return list(queues.items())


def how_many_to_print(season: AwardSeason, round_: str, *, is_ranking: bool) -> int:
    """The number of sheets that all jurors together can be given, of marks or (in a ranking round) of orders."""
    what = sa.distinct(Assignment.juror_id) if is_ranking else Assignment.id
    found = _left(sa.select(sa.func.count(what)), season, round_)
    return int(db.session.scalar(found.where(Assignment.state != jury.DONE)) or 0)


def _left(found: sa.Select[_T], season: AwardSeason, round_: str) -> sa.Select[_T]:
    return (
        found.select_from(Assignment)
        .join(Juror, Juror.id == Assignment.juror_id)
        .join(AwardEntry, AwardEntry.id == Assignment.entry_id)
        .where(
            Assignment.season_id == season.id,
            Assignment.round == round_,
            Assignment.state.not_in(jury.GONE),
            AwardEntry.state.in_(JUDGEABLE),
            Juror.left_at.is_(None),
        )
    )


def on_paper(season: AwardSeason, round_: str) -> set[tuple[int, str]]:
    """What a sheet of paper of the round was printed for: numbers of jurors, each with the number of an entry."""
    found = (
        sa.select(PaperSheet.juror_id, AwardEntry.number, PaperSheet.entries)
        .outerjoin(Assignment, Assignment.id == PaperSheet.assignment_id)
        .outerjoin(AwardEntry, AwardEntry.id == Assignment.entry_id)
        .where(PaperSheet.season_id == season.id, PaperSheet.round == round_)
    )
    return {
        (juror_id, entry)
        for juror_id, number, entries in db.session.execute(found)
        for entry in ([number] if number is not None else entries)
    }


def last_number(season: AwardSeason) -> int:
    """The number of the last sheet of a season, 0 before the first: numbers only grow, so that none is given twice."""
    found = sa.select(PaperSheet.number).where(PaperSheet.season_id == season.id)
    last = db.session.scalar(found.order_by(PaperSheet.id.desc()).limit(1))
    return int(last.rpartition("-")[2]) if last else 0


def rules_for(season: AwardSeason, paper: Paper) -> RuleSet:
    """The rules by which the sheet's entry is judged."""
    entry = paper.entry
    return in_force(season).of(entry.category.code if entry is not None and entry.category else "")


def reader_of(season: AwardSeason, paper: Paper) -> Reader:
    """By what the sheet is read: the rubric of its entry, or the entries of its order that the juror still judges."""
    if paper.is_order:
        return OrderReader([str(each.entry.number) for each in paper.live])
    return MarkReader(rules_for(season, paper))


def contents(paper: Paper) -> tuple[Content, ...]:
    """What was typed, the first reading first."""
    return tuple(loaded(each.content) for each in paper.typings)


def differences_of(season: AwardSeason, paper: Paper) -> list[Difference]:
    """Where two readings differ; nothing while there are not two."""
    read = contents(paper)
    return reader_of(season, paper).differences(*read) if len(read) > 1 else []
