"""Entries of a fair's list that became one, and entries that may be of one company."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from exhibitions.companies.models import Company
from exhibitions.companies.queries import doubles
from exhibitions.core.db import db
from exhibitions.exhibitors.models import (
    Call,
    CoExhibitor,
    DailyFigure,
    Exhibitor,
    ExhibitorMerge,
    ExhibitorMessage,
    RepresentedCompany,
    StaffBadge,
)
from exhibitions.expos.models import Expo


def merge_of(expo: Expo, merge_id: int) -> ExhibitorMerge | None:
    """A merge of this fair."""
    found = sa.select(ExhibitorMerge).where(ExhibitorMerge.expo_id == expo.id, ExhibitorMerge.id == merge_id)
    return db.session.scalar(found)


def merges_of(exhibitor: Exhibitor) -> list[tuple[ExhibitorMerge, str]]:
    """The merges in which this entry stayed and that stand, the youngest first, each with the number of what ended."""
    found = (
        sa.select(ExhibitorMerge, Exhibitor.number)
        .join(Exhibitor, Exhibitor.id == ExhibitorMerge.merged_id)
        .where(ExhibitorMerge.kept_id == exhibitor.id, ExhibitorMerge.undone_at.is_(None))
        .order_by(ExhibitorMerge.id.desc())
        .limit(50)
    )
    return [(row, number) for row, number in db.session.execute(found)]


def entry(expo: Expo, number: str) -> Exhibitor | None:
    """The entry of this fair with this number, whether it stands on the list or became part of another."""
    found = sa.select(Exhibitor).where(Exhibitor.expo_id == expo.id, Exhibitor.number == number)
    return db.session.scalar(found.options(joinedload(Exhibitor.company)))


def by_id(expo: Expo, exhibitor_id: int) -> Exhibitor | None:
    """The entry of this fair with this number of row, with its company."""
    found = sa.select(Exhibitor).where(Exhibitor.expo_id == expo.id, Exhibitor.id == exhibitor_id)
    return db.session.scalar(found.options(joinedload(Exhibitor.company)))


def became_part_of(ids: Collection[int]) -> set[int]:
    """The numbers of the entries that became part of these."""
    found = sa.select(Exhibitor.id).where(Exhibitor.merged_into_id.in_(ids)).order_by(Exhibitor.id)
    return set(db.session.scalars(found))


def parts_of(expo: Expo) -> dict[int, int]:
    """Of every entry of the fair that became part of another one: the number of that one."""
    found = sa.select(Exhibitor.id, Exhibitor.merged_into_id).where(
        Exhibitor.expo_id == expo.id, Exhibitor.merged_into_id.is_not(None)
    )
    return {part: whole for part, whole in db.session.execute(found) if whole is not None}


def near(expo: Expo, exhibitor: Exhibitor) -> list[Exhibitor]:
    """Entries of this fair whose companies may be the same as this one's, by the register's own comparison."""
    if exhibitor.company is None:
        return []
    ids = [company.id for company, _double in doubles.near(exhibitor.company)]
    found = sa.select(Exhibitor).where(Exhibitor.expo_id == expo.id, Exhibitor.company_id.in_(ids))
    return list(db.session.scalars(found.options(joinedload(Exhibitor.company)).order_by(Exhibitor.id)))


@dataclass(frozen=True, slots=True)
class Clash:
    """A fair on whose list two companies both stand: the fair, and the number of each entry."""

    expo: Expo
    kept: str
    gone: str


def clashes(kept_id: int, gone_id: int) -> list[Clash]:
    """The fairs on whose lists both of these companies stand, the youngest first."""
    mine, theirs = aliased(Exhibitor), aliased(Exhibitor)
    found = (
        sa.select(Expo, mine.number, theirs.number)
        .join(mine, mine.expo_id == Expo.id)
        .join(theirs, theirs.expo_id == Expo.id)
        .where(mine.company_id == kept_id, theirs.company_id == gone_id)
        .order_by(Expo.id.desc())
        .limit(50)
    )
    return [Clash(*row) for row in db.session.execute(found)]


def belongings(expo: Expo, ids: Collection[int]) -> dict[int, dict[str, int]]:
    """How many co-exhibitors, represented companies, staff badges, talks, messages and days with figures each entry has."""
    days = sa.func.count(sa.distinct(DailyFigure.day))
    counts = (
        ("co_exhibitors", CoExhibitor, sa.func.count(), sa.true()),
        ("represented", RepresentedCompany, sa.func.count(), sa.true()),
        ("staff", StaffBadge, sa.func.count(), StaffBadge.cancelled_at.is_(None)),
        ("talks", Call, sa.func.count(), sa.true()),
        ("messages", ExhibitorMessage, sa.func.count(), sa.true()),
        ("figures", DailyFigure, days, DailyFigure.replaced_at.is_(None)),
    )
    found: dict[int, dict[str, int]] = {number: {} for number in ids}
    for name, table, count, still in counts:
        grouped = (
            sa.select(table.exhibitor_id, count)
            .where(table.expo_id == expo.id, table.exhibitor_id.in_(ids), still)
            .group_by(table.exhibitor_id)
        )
        for number, many in db.session.execute(grouped):
            found[number][name] = many
    return found


def is_taken(expo: Expo, company: Company, but: Exhibitor) -> bool:
    """Whether another entry of this fair is this company's by now."""
    found = sa.select(Exhibitor.id).where(
        Exhibitor.expo_id == expo.id, Exhibitor.company_id == company.id, Exhibitor.id != but.id
    )
    return db.session.scalar(found) is not None
