"""What exhibitors reported, who is silent, and the trail of corrections."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from exhibitions.companies.models import Company
from exhibitions.core.db import db
from exhibitions.exhibitors.models import (
    DailyFigure,
    Exhibitor,
    ExhibitorPerson,
    FiguresFreeze,
    FiguresMove,
)
from exhibitions.exhibitors.rules.figures import Conversion, Figures, Report
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.exhibitors.rules.states import UNDER_CONTRACT
from exhibitions.expos.models import Expo

MOST_CORRECTIONS = 200


def expected(expo: Expo) -> list[int]:
    """The exhibitors that are asked for figures, in the order of their companies' names."""
    found = sa.select(Exhibitor.id).join(Exhibitor.company).where(*_expected(expo))
    return list(db.session.scalars(found.order_by(Company.name_zh, Company.name_en, Exhibitor.id)))


def _expected(expo: Expo) -> list[sa.ColumnElement[bool]]:
    return [Exhibitor.expo_id == expo.id, Exhibitor.state.in_(UNDER_CONTRACT)]


def with_ids(expo: Expo, numbers: Collection[int]) -> dict[int, Exhibitor]:
    """These exhibitors of the fair with their companies, by id."""
    found = sa.select(Exhibitor).join(Exhibitor.company).options(contains_eager(Exhibitor.company))
    rows = db.session.scalars(found.where(Exhibitor.expo_id == expo.id, Exhibitor.id.in_(numbers)))
    return {row.id: row for row in rows}


def callers(expo: Expo, numbers: Collection[int]) -> dict[int, ExhibitorPerson]:
    """Whom to call about the figures of each exhibitor: its stand manager, else its owner, else whoever there is."""
    found = sa.select(ExhibitorPerson).where(
        ExhibitorPerson.expo_id == expo.id,
        ExhibitorPerson.exhibitor_id.in_(numbers),
        ExhibitorPerson.removed_at.is_(None),
    )
    first = {PersonRole.STAND_MANAGER: 0, PersonRole.OWNER: 1}
    people = sorted(db.session.scalars(found), key=lambda one: (first.get(one.role, 2), one.id))
    return {one.exhibitor_id: one for one in reversed(people)}


def live(expo: Expo, exhibitor_id: int | None = None, day: date | None = None) -> Sequence[DailyFigure]:
    """The reports in force, of one exhibitor, or of all that are asked for figures; of every day or of one."""
    found = sa.select(DailyFigure).where(DailyFigure.expo_id == expo.id, DailyFigure.replaced_at.is_(None))
    if exhibitor_id is not None:
        found = found.where(DailyFigure.exhibitor_id == exhibitor_id)
    else:
        found = found.where(DailyFigure.exhibitor_id.in_(_asked(expo)))
    if day is not None:
        found = found.where(DailyFigure.day == day)
    return db.session.scalars(found.order_by(DailyFigure.day, DailyFigure.id)).all()


def _asked(expo: Expo) -> sa.Select[Any]:
    # Who called its contract off is no longer counted among the exhibitors: neither are its figures.
    return sa.select(Exhibitor.id).where(*_expected(expo))


def report_of(row: DailyFigure) -> Report:
    """A stored report as the rules read it."""
    figures = Figures(**{one.name: getattr(row, one.name) for one in fields(Figures)})
    return Report(row.exhibitor_id, row.day, row.currency, figures)


def moves(expo: Expo, exhibitor_id: int | None = None) -> Sequence[FiguresMove]:
    """The intents that became contracts, of one exhibitor or of all that are asked for figures."""
    found = sa.select(FiguresMove).where(FiguresMove.expo_id == expo.id)
    if exhibitor_id is not None:
        found = found.where(FiguresMove.exhibitor_id == exhibitor_id)
    else:
        found = found.where(FiguresMove.exhibitor_id.in_(_asked(expo)))
    return db.session.scalars(found.order_by(FiguresMove.id)).all()


def conversion_of(row: FiguresMove) -> Conversion:
    """A stored move as the rules read it."""
    return Conversion(row.exhibitor_id, row.day, row.currency, row.intent_amount, row.contract_amount)


def freeze(expo: Expo) -> FiguresFreeze | None:
    """The freeze of the fair's figures; None while they may change."""
    found = sa.select(FiguresFreeze).where(FiguresFreeze.expo_id == expo.id)
    return db.session.scalar(found.order_by(FiguresFreeze.id.desc()).limit(1))


@dataclass(frozen=True, slots=True)
class Trail:
    """An old value and the one that took its place, or a first report (`before` None)."""

    before: DailyFigure | None
    after: DailyFigure


def trail(expo: Expo, exhibitor_id: int) -> list[Trail]:
    """What an exhibitor reported, the newest first and at most 200, each with what it replaced."""
    found = sa.select(DailyFigure).where(
        DailyFigure.expo_id == expo.id, DailyFigure.exhibitor_id == exhibitor_id
    )
    rows = db.session.scalars(found.order_by(DailyFigure.id.desc()).limit(MOST_CORRECTIONS)).all()[::-1]
    last: dict[tuple[date, str], DailyFigure] = {}
    told = []
    for row in rows:
        told.append(Trail(last.get((row.day, row.currency)), row))
        last[row.day, row.currency] = row
    return told[::-1]


def corrections(expo: Expo) -> int:
    """How many reports of the fair were replaced by another."""
    found = sa.select(sa.func.count()).where(
        DailyFigure.expo_id == expo.id, DailyFigure.replaced_at.is_not(None)
    )
    return db.session.scalar(found) or 0
