"""The list of what a change after the freeze made false, and what was made that can be false."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.accounts.models import User
from exhibitions.badges.models import Badge
from exhibitions.companies.models import Company
from exhibitions.core.db import db
from exhibitions.core.paging import Part, part
from exhibitions.exhibitors.models import DirectoryEntry, Exhibitor, StaffBadge
from exhibitions.exhibitors.rules.states import UNDER_CONTRACT, State
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation, MadeThing, PlanVersion, Stand, Swap
from exhibitions.stands.queries import is_live
from exhibitions.stands.queries.holding import PAGE
from exhibitions.stands.rules.allocation import AllocationKind
from exhibitions.stands.rules.nearest import number_key
from exhibitions.stands.rules.swaps import Made, Standing, Thing

_CM2_IN_MM2 = 100
_OFFERED = UNDER_CONTRACT | {State.OFFERED, State.ACCEPTED}


def standing(expo: Expo, exhibitor: Exhibitor, now: datetime) -> Standing:
    """What is true of the stands that are the exhibitor's; holds are nobody's yet and stand in nothing."""
    found = (
        sa.select(Stand)
        .join(Allocation, Allocation.stand_id == Stand.id)
        .where(
            Allocation.expo_id == expo.id,
            Allocation.exhibitor_id == exhibitor.id,
            Allocation.kind == AllocationKind.ASSIGNED,
            is_live(now),
        )
        .options(joinedload(Stand.hall))
    )
    stands = sorted(db.session.scalars(found), key=lambda each: number_key(each.number))
    sides = [each.open_sides if each.open_sides_set is None else each.open_sides_set for each in stands]
    areas = [each.area if each.contracted_area is None else each.contracted_area for each in stands]
    return Standing(
        tuple(each.number for each in stands),
        tuple(each.hall.code for each in stands),
        tuple(each.kind.value for each in stands),
        tuple(sides),
        sum(areas) * _CM2_IN_MM2,
    )


def made(expo: Expo, exhibitor: Exhibitor, frozen_at: datetime) -> list[Made]:
    """What was printed or sent that names the exhibitor's stand.

    What rooms have told (`MadeThing`) goes before what is plain from their rows: printed badges, the printed entry and
    fascia, a published plan; for a stand that was offered or is under contract, its confirmation and contract, and the
    sheets of the halls, are taken as made by the freeze.
    """
    told = sa.select(MadeThing).where(
        MadeThing.expo_id == expo.id,
        sa.or_(MadeThing.exhibitor_id == exhibitor.id, MadeThing.exhibitor_id.is_(None)),
    )
    rows = [
        Made(Thing(row.thing), row.made_at, row.exhibitor_id, row.reference, row.owner_id)
        for row in db.session.scalars(told.limit(1_000))
    ]
    known = {row.thing for row in rows}
    guessed = [*_entry(expo, exhibitor), *_badges(expo, exhibitor, frozen_at), *_plan(expo)]
    guessed.append(Made(Thing.STAND_SHEET, frozen_at))
    if exhibitor.state in _OFFERED:
        guessed.append(Made(Thing.CONFIRMATION, frozen_at, exhibitor.id))
    if exhibitor.state in UNDER_CONTRACT:
        guessed.append(Made(Thing.CONTRACT, frozen_at, exhibitor.id))
    return rows + [row for row in guessed if row.thing not in known]


def _entry(expo: Expo, exhibitor: Exhibitor) -> list[Made]:
    found = sa.select(DirectoryEntry.printed_at, DirectoryEntry.fascia_printed).where(
        DirectoryEntry.expo_id == expo.id,
        DirectoryEntry.exhibitor_id == exhibitor.id,
        DirectoryEntry.co_exhibitor_id.is_(None),
        DirectoryEntry.printed_at.is_not(None),
    )
    rows = [(at, fascia) for at, fascia in db.session.execute(found) if at is not None]
    fascias = [Made(Thing.FASCIA, at, exhibitor.id) for at, fascia in rows if fascia]
    return [Made(Thing.DIRECTORY, at, exhibitor.id) for at, _ in rows] + fascias


def _badges(expo: Expo, exhibitor: Exhibitor, frozen_at: datetime) -> list[Made]:
    printed = (
        sa.select(sa.func.count())
        .select_from(StaffBadge)
        .join(Badge, Badge.id == StaffBadge.badge_id)
        .where(
            StaffBadge.expo_id == expo.id,
            StaffBadge.exhibitor_id == exhibitor.id,
            StaffBadge.cancelled_at.is_(None),
            Badge.prints > 0,
        )
    )
    return [Made(Thing.BADGES, frozen_at, exhibitor.id)] if db.session.scalar(printed) else []


def _plan(expo: Expo) -> list[Made]:
    found = sa.select(PlanVersion.version, PlanVersion.published_at).where(
        PlanVersion.expo_id == expo.id, PlanVersion.published_at.is_not(None)
    )
    last = db.session.execute(found.order_by(PlanVersion.version.desc()).limit(1))
    return [Made(Thing.PLAN, at, reference=str(version)) for version, at in last if at is not None]


@dataclass(frozen=True)
class Line:
    """A line of the list with the names that it shows."""

    swap: Swap
    exhibitor: Exhibitor
    company: Company | None
    owner: str


def swaps(expo: Expo, done: bool | None = None, owner: int | None = None, page: int = 1) -> Part[Line]:
    """What is false, the open ones first, then the youngest; only open or done ones, or those of one owner."""
    where = [Swap.expo_id == expo.id]
    if done is not None:
        where.append(Swap.done_at.is_not(None) if done else Swap.done_at.is_(None))
    if owner is not None:
        where.append(Swap.owner_id == owner)
    total = db.session.scalar(sa.select(sa.func.count()).where(*where)) or 0
    found = (
        sa.select(Swap, Exhibitor, Company, User.name)
        .join(Exhibitor, Exhibitor.id == Swap.exhibitor_id)
        .outerjoin(Company, Company.id == Exhibitor.company_id)
        .outerjoin(User, User.id == Swap.owner_id)
        .where(*where)
        .order_by(Swap.done_at.is_not(None), Swap.made_at.desc(), Swap.exhibitor_id, Swap.id)
        .limit(PAGE)
    )
    return part(
        total,
        page,
        PAGE,
        lambda start: [
            Line(swap, exhibitor, company, name or "")
            for swap, exhibitor, company, name in db.session.execute(found.offset(start))
        ],
    )


def still_false(expo: Expo) -> int:
    """How many lines nobody has ticked yet."""
    return (
        db.session.scalar(sa.select(sa.func.count()).where(Swap.expo_id == expo.id, Swap.done_at.is_(None)))
        or 0
    )


def swap_of(expo: Expo, swap_id: int) -> Swap | None:
    """A line of this fair's list."""
    return db.session.scalar(sa.select(Swap).where(Swap.expo_id == expo.id, Swap.id == swap_id))


def open_swaps(expo: Expo, exhibitor_ids: Collection[int]) -> list[Swap]:
    """The lines of these exhibitors that nobody has ticked."""
    found = sa.select(Swap).where(
        Swap.expo_id == expo.id, Swap.exhibitor_id.in_(exhibitor_ids), Swap.done_at.is_(None)
    )
    return list(db.session.scalars(found))
