"""Named questions about halls as they are drawn: stands, shapes, versions, deeds; the fair is the first argument."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload

from exhibitions.core.db import db
from exhibitions.exhibitors.models import DirectoryEntry, Exhibitor, ExhibitorSettings
from exhibitions.exhibitors.rules.directory import EntryState
from exhibitions.exhibitors.rules.states import UNDER_CONTRACT, State
from exhibitions.expos.models import Expo, Hall
from exhibitions.files import queries as files
from exhibitions.files.models import StoredFile
from exhibitions.stands.models import Allocation, HallPlan, PlanChange, PlanVersion, Shape, Stand
from exhibitions.stands.queries import is_live
from exhibitions.stands.rules.allocation import AllocationKind
from exhibitions.stands.rules.geometry import Polygon
from exhibitions.stands.rules.picture import StandState
from exhibitions.stands.rules.plan import ShapeKind, order_of
from exhibitions.stands.rules.surroundings import HallSize

MOST_STANDS = 4_000
"""Stands of one fair, those that were merged away or taken off among them."""
MOST_SHAPES = 600
"""Shapes of one hall."""
MOST_VERSIONS = 200
MM2_IN_CM2 = 100
_PAID = frozenset({State.PAID, State.ON_SITE, State.CLOSED})


@dataclass(frozen=True, slots=True)
class Lying:
    """A stand as the rules look at it; `id` is its row's."""

    id: int
    number: str
    polygon: Polygon
    contracted_mm2: int | None


@dataclass(frozen=True, slots=True)
class LyingShape:
    """A shape as the rules look at it, called in the reader's language."""

    id: int
    kind: ShapeKind
    polygon: Polygon
    name: str


def corners(polygon: Sequence[Sequence[int]]) -> Polygon:
    """A stored polygon as the rules take it."""
    return tuple((point[0], point[1]) for point in polygon)


def lying(stand: Stand) -> Lying:
    """A row as the rules look at it."""
    contracted = stand.contracted_area
    return Lying(
        stand.id,
        stand.number,
        corners(stand.polygon),
        None if contracted is None else contracted * MM2_IN_CM2,
    )


def lying_shape(shape: Shape, language: str = "zh") -> LyingShape:
    """A row as the rules look at it, called in the reader's language where it has a name in that."""
    name = shape.label_zh or shape.label_en if language == "zh" else shape.label_en or shape.label_zh
    return LyingShape(shape.id, shape.kind, corners(shape.polygon), name)


def size_of(plan: HallPlan) -> HallSize:
    """The hall as the rules look at it."""
    return HallSize(plan.hall.code, plan.width, plan.depth)


def hall_plans(expo: Expo) -> Sequence[HallPlan]:
    """The floors of the fair's halls that have been measured, in the order of the halls."""
    found = sa.select(HallPlan).join(HallPlan.hall).where(HallPlan.expo_id == expo.id)
    return db.session.scalars(found.options(joinedload(HallPlan.hall)).order_by(Hall.position, Hall.id)).all()


def hall_plan(expo: Expo, code: str) -> HallPlan | None:
    """The floor of the hall with this code, None where it has not been measured."""
    found = sa.select(HallPlan).join(HallPlan.hall).where(HallPlan.expo_id == expo.id, Hall.code == code)
    return db.session.scalar(found.options(joinedload(HallPlan.hall)))


def plan_of(expo: Expo, hall_id: int) -> HallPlan | None:
    """The floor of the hall of this number."""
    found = sa.select(HallPlan).where(HallPlan.expo_id == expo.id, HallPlan.hall_id == hall_id)
    return db.session.scalar(found.options(joinedload(HallPlan.hall)))


def stands(expo: Expo, hall_id: int | None = None) -> list[Stand]:
    """The stands of the fair, or of a hall, that are on the plan now, in the order of their numbers."""
    found = sa.select(Stand).where(Stand.expo_id == expo.id, Stand.retired_at.is_(None))
    if hall_id is not None:
        found = found.where(Stand.hall_id == hall_id)
    rows = db.session.scalars(found.options(joinedload(Stand.hall)).limit(MOST_STANDS))
    return sorted(rows, key=lambda stand: order_of(stand.number))


def stands_named(expo: Expo, numbers: Collection[str]) -> list[Stand]:
    """Those of these numbers that are on the plan now."""
    found = sa.select(Stand).where(
        Stand.expo_id == expo.id, Stand.retired_at.is_(None), Stand.number.in_(numbers)
    )
    return sorted(db.session.scalars(found), key=lambda stand: order_of(stand.number))


def stands_with_ids(expo: Expo, ids: Collection[int]) -> dict[int, Stand]:
    """The stands of the fair with these row numbers, whatever has become of them."""
    found = sa.select(Stand).where(Stand.expo_id == expo.id, Stand.id.in_(ids))
    return {stand.id: stand for stand in db.session.scalars(found)}


def parts_of(expo: Expo, stand: Stand) -> list[Stand]:
    """The stands that were merged into this one."""
    found = sa.select(Stand).where(Stand.expo_id == expo.id, Stand.merged_into_id == stand.id)
    return sorted(db.session.scalars(found), key=lambda one: order_of(one.number))


def numbers(expo: Expo) -> dict[str, int]:
    """Every number of the edition with the row that bears it, retired ones among them."""
    found = sa.select(Stand.number, Stand.id).where(Stand.expo_id == expo.id)
    return {row.number: row.id for row in db.session.execute(found)}


def used_rows(expo: Expo, ids: Collection[int]) -> set[int]:
    """Those of these stands that something else speaks of: they are retired, never deleted."""
    found = sa.select(Allocation.stand_id).where(Allocation.expo_id == expo.id, Allocation.stand_id.in_(ids))
    merged = sa.select(Stand.merged_into_id).where(Stand.expo_id == expo.id, Stand.merged_into_id.in_(ids))
    return {int(row[0]) for row in db.session.execute(found.union(merged))}


def shapes(expo: Expo, hall_id: int | None = None) -> Sequence[Shape]:
    """What else lies in the fair's halls, or in one."""
    found = sa.select(Shape).where(Shape.expo_id == expo.id)
    if hall_id is not None:
        found = found.where(Shape.hall_id == hall_id)
    return db.session.scalars(found.order_by(Shape.id).limit(MOST_SHAPES * 50)).all()


def shape(expo: Expo, shape_id: int) -> Shape | None:
    """The shape of this fair with this row number."""
    return db.session.scalar(sa.select(Shape).where(Shape.expo_id == expo.id, Shape.id == shape_id))


def live(expo: Expo, now: datetime) -> dict[int, Allocation]:
    """Who holds or has which stand at `now`, by the stand's row, with the exhibitor and its company."""
    found = sa.select(Allocation).where(Allocation.expo_id == expo.id, is_live(now))
    whole = joinedload(Allocation.exhibitor).joinedload(Exhibitor.company)
    return {row.stand_id: row for row in db.session.scalars(found.options(whole))}


def taken(expo: Expo, now: datetime) -> set[int]:
    """The rows of the stands that somebody holds or has at `now`: all that everybody may know of it."""
    return set(
        db.session.scalars(sa.select(Allocation.stand_id).where(Allocation.expo_id == expo.id, is_live(now)))
    )


def holder_name(allocation: Allocation, language: str = "zh") -> str:
    """The company that a stand is held by or assigned to, in the reader's language where it has a name in that."""
    company = allocation.exhibitor.company
    if company is None:
        return allocation.exhibitor.number
    first, second = company.name_zh, company.name_en
    return (first or second if language == "zh" else second or first) or company.number


def state_of(stand: Stand, allocation: Allocation | None) -> StandState:
    """What a stand is to the office (ux.md §6)."""
    if allocation is None:
        return StandState.FREE if stand.for_sale else StandState.CLOSED
    if allocation.kind is AllocationKind.HOLD:
        return StandState.HOLD
    return StandState.PAID if allocation.exhibitor.state in _PAID else StandState.CONTRACTED


def states(stands: Sequence[Stand], allocations: Mapping[int, Allocation]) -> dict[str, StandState]:
    """The same of many, by number."""
    return {stand.number: state_of(stand, allocations.get(stand.id)) for stand in stands}


@dataclass(frozen=True, slots=True)
class Shown:
    """Who is shown at a stand to everybody: the names of the directory entry, and its number for addresses, "" where it has no page."""

    name_zh: str
    name_en: str
    entry: str

    def name(self, language: str) -> str:
        """The name in the reader's language where there is one."""
        first, second = self.name_zh, self.name_en
        return first or second if language == "zh" else second or first


def shown_exhibitors(expo: Expo, now: datetime) -> dict[int, Shown]:
    """By the stand's row, who may be named there: who is named in the directory, once the office has published it; before
    that nobody. Of an entry that was not sent yet the names alone are shown, so it has no page to lead to."""
    said = sa.select(ExhibitorSettings.directory_published_at).where(ExhibitorSettings.expo_id == expo.id)
    if db.session.scalar(said) is None:
        return {}
    entry = DirectoryEntry
    columns = (Allocation.stand_id, entry.name_zh, entry.name_en, entry.state, entry.number)
    found = _named_there(expo, now, *columns)
    return {
        stand: Shown(name_zh, name_en, "" if state is EntryState.DRAFT else number)
        for stand, name_zh, name_en, state, number in db.session.execute(found)
    }


def shown_among(expo: Expo, stand_ids: Collection[int], now: datetime) -> set[int]:
    """Those of these stands on which somebody may be named, once the office has published the directory."""
    said = sa.select(ExhibitorSettings.directory_published_at).where(ExhibitorSettings.expo_id == expo.id)
    if db.session.scalar(said) is None:
        return set()
    found = _named_there(expo, now, Allocation.stand_id).where(Allocation.stand_id.in_(stand_ids))
    return set(db.session.scalars(found))


def _named_there(expo: Expo, now: datetime, *columns: Any) -> sa.Select[Any]:
    """Of stands that are assigned under contract, and of the entries of who has them."""
    return (
        sa.select(*columns)
        .join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
        .join(DirectoryEntry, DirectoryEntry.exhibitor_id == Exhibitor.id)
        .where(
            Allocation.expo_id == expo.id,
            is_live(now),
            Allocation.kind == AllocationKind.ASSIGNED,
            Exhibitor.state.in_(UNDER_CONTRACT),
            DirectoryEntry.co_exhibitor_id.is_(None),
        )
    )


def published(expo: Expo) -> PlanVersion | None:
    """The version of the plan that the public sees: the one published last."""
    return db.session.scalar(_published(expo))


def published_mark(expo: Expo) -> PlanVersion | None:
    """The same without its snapshot, which is read when it is asked for."""
    return db.session.scalar(_published(expo).options(defer(PlanVersion.snapshot)))


def _published(expo: Expo) -> sa.Select[PlanVersion]:
    found = sa.select(PlanVersion).where(
        PlanVersion.expo_id == expo.id, PlanVersion.published_at.is_not(None)
    )
    return found.order_by(PlanVersion.published_at.desc(), PlanVersion.version.desc()).limit(1)


def versions(expo: Expo) -> Sequence[PlanVersion]:
    """The saved versions, the youngest first, without their snapshots: each is the whole plan."""
    found = sa.select(PlanVersion).where(PlanVersion.expo_id == expo.id)
    found = found.options(defer(PlanVersion.snapshot))
    return db.session.scalars(found.order_by(PlanVersion.version.desc()).limit(MOST_VERSIONS)).all()


def version(expo: Expo, number: int) -> PlanVersion | None:
    """One saved version of this fair."""
    found = sa.select(PlanVersion).where(PlanVersion.expo_id == expo.id, PlanVersion.version == number)
    return db.session.scalar(found)


def last_version(expo: Expo) -> int:
    """The number of the youngest version, 0 before the first."""
    found = sa.select(sa.func.max(PlanVersion.version)).where(PlanVersion.expo_id == expo.id)
    return db.session.scalar(found) or 0


def deeds(expo: Expo, most: int) -> Sequence[PlanChange]:
    """The last deeds on the plan that are not undone, the youngest first."""
    found = sa.select(PlanChange).where(PlanChange.expo_id == expo.id, PlanChange.undone_at.is_(None))
    return db.session.scalars(found.order_by(PlanChange.id.desc()).limit(most)).all()


def last_touch(expo: Expo) -> tuple[int, int]:
    """A mark that no two plans of the fair have in common: the youngest deed, and how often halls were changed."""
    deed = db.session.scalar(sa.select(sa.func.max(PlanChange.id)).where(PlanChange.expo_id == expo.id))
    halls = sa.select(sa.func.sum(HallPlan.version)).where(HallPlan.expo_id == expo.id)
    return deed or 0, db.session.scalar(halls) or 0


def deed_before(expo: Expo, most: int) -> int | None:
    """The row of the youngest deed that is older than the last `most`, None where there are no more than that."""
    found = sa.select(PlanChange.id).where(PlanChange.expo_id == expo.id)
    return db.session.scalar(found.order_by(PlanChange.id.desc()).offset(most).limit(1))


@dataclass(frozen=True, slots=True)
class Background:
    """The picture under a hall and its size in pixels."""

    file: StoredFile
    size: tuple[int, int]


def background(expo: Expo, plan: HallPlan) -> Background | None:
    """The picture under a hall of this fair."""
    if plan.background_id is None:
        return None
    row = files.file_of(expo.id, plan.background_id)
    return Background(row, sized(row.name)) if row else None


def sized(name: str) -> tuple[int, int]:
    """Width and height in pixels, which stand in the name that the service gave the picture: hall-1200x800.png."""
    width, _, height = name.rpartition("-")[2].partition(".")[0].partition("x")
    return int(width), int(height)
