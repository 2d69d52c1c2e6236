"""Questions about sheets of paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from exhibitions.awards.models import Assignment, AwardEntry, AwardSeason, Juror, PaperSheet, Sheet, Typing
from exhibitions.awards.queries import jury, rubrics
from exhibitions.awards.rules.paper import Content, Difference, differences, loaded
from exhibitions.awards.rules.rule_set import RuleSet
from exhibitions.awards.rules.states import JUDGEABLE, SheetSource
from exhibitions.core.db import db

MOST_SHOWN = 500
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet of paper with whose it is and what was typed from it."""

    row: PaperSheet
    place: Assignment
    typings: Sequence[Typing]

    @property
    def entry(self) -> AwardEntry:
        """What is judged on it."""
        return self.place.entry

    @property
    def juror(self) -> Juror:
        """Who judges on it."""
        return self.place.juror

    @property
    def turns(self) -> int:
        """How often it was typed."""
        return len(self.typings)

    def typing_of(self, user_id: int | None) -> Typing | None:
        """What this person typed."""
        return next((each for each in self.typings if each.user_id == user_id and user_id is not None), None)


def papers(season: AwardSeason, round_: str) -> list[Paper]:
    """The sheets of a round by their numbers."""
    return _load(
        season, sa.select(PaperSheet).join(Assignment).where(Assignment.round == round_).limit(MOST_SHOWN)
    )


def paper_numbered(season: AwardSeason, number: str) -> Paper | None:
    """The sheet with this number, however its letters are typed."""
    found = _load(season, sa.select(PaperSheet).where(PaperSheet.number == number.strip().upper()))
    return found[0] if found else None


def row_of(season: AwardSeason, number: str) -> int | None:
    """The number of the row of this sheet."""
    found = sa.select(PaperSheet.id).where(PaperSheet.season_id == season.id, PaperSheet.number == number)
    return db.session.scalar(found)


def _load(season: AwardSeason, found: sa.Select[PaperSheet]) -> list[Paper]:
    rows = db.session.scalars(
        found.where(PaperSheet.season_id == season.id).order_by(PaperSheet.number)
    ).all()
    places = {
        place.id: place
        for place in db.session.scalars(
            sa.select(Assignment)
            .where(Assignment.id.in_([row.assignment_id for row in rows]))
            .options(
                selectinload(Assignment.entry).selectinload(AwardEntry.category),
                selectinload(Assignment.juror),
            )
        )
    }
    typings: dict[int, list[Typing]] = {row.id: [] for row in rows}
    typed = sa.select(Typing).where(Typing.paper_sheet_id.in_(typings)).order_by(Typing.turn)
    for each in db.session.scalars(typed):
        typings[each.paper_sheet_id].append(each)
    return [Paper(row, places[row.assignment_id], typings[row.id]) for row in rows]


def to_print(season: AwardSeason, round_: str, juror_id: int | None) -> Sequence[Assignment]:
    """What can be judged on paper: places whose sheet was not sent, of one juror or of all, in the order of the queues."""
    found = _left(sa.select(Assignment), season, round_)
    if juror_id is not None:
        found = found.where(Assignment.juror_id == juror_id)
    with_all = found.options(
        selectinload(Assignment.entry).selectinload(AwardEntry.category), selectinload(Assignment.juror)
    )
    return db.session.scalars(with_all.order_by(Juror.code, Assignment.position, Assignment.id)).all()


def how_many_to_print(season: AwardSeason, round_: str) -> int:
    """The number of sheets that all jurors together can be given."""
    return int(db.session.scalar(_left(sa.select(sa.func.count(Assignment.id)), season, round_)) or 0)


def _left(found: sa.Select[_T], season: AwardSeason, round_: str) -> sa.Select[_T]:
    return (
        found.select_from(Assignment)
        .join(Juror, Juror.id == Assignment.juror_id)
        .join(AwardEntry, AwardEntry.id == Assignment.entry_id)
        .where(
            Assignment.season_id == season.id,
            Assignment.round == round_,
            Assignment.state.not_in([*jury.GONE, jury.DONE]),
            AwardEntry.state.in_(JUDGEABLE),
            Juror.left_at.is_(None),
        )
    )


def sheets_of(season: AwardSeason) -> dict[int, PaperSheet]:
    """The sheet of paper of every place that has one, by the number of the place."""
    found = sa.select(PaperSheet).where(PaperSheet.season_id == season.id).order_by(PaperSheet.id)
    return {row.assignment_id: row for row in db.session.scalars(found)}


def count(season: AwardSeason) -> int:
    """How many sheets of paper a season has had."""
    found = sa.select(sa.func.count()).where(PaperSheet.season_id == season.id)
    return int(db.session.scalar(found) or 0)


def rules_for(season: AwardSeason, paper: Paper) -> RuleSet:
    """The rules by which the sheet's entry is judged."""
    return rubrics.rules_by_category(season)[paper.entry.category_id]


def contents(paper: Paper) -> tuple[Content, ...]:
    """What was typed, the first reading first."""
    return tuple(loaded(each.content) for each in paper.typings)


def differences_of(season: AwardSeason, paper: Paper) -> list[Difference]:
    """Where two readings differ; nothing while there are not two."""
    read = contents(paper)
    return list(differences(rules_for(season, paper), *read)) if len(read) > 1 else []


def result_of(paper: Paper) -> Sheet | None:
    """The sheet that came of the paper."""
    return next((each for each in reversed(paper.place.sheets) if each.source is SheetSource.PAPER), None)
