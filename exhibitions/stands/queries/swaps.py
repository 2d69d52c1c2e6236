"""The list of what a change after the freeze made false, and what was made that can be false."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
from exhibitions.stands.queries.of_exhibitors import area_of, sides_of
from exhibitions.stands.queries.plan import MOST_STANDS
from exhibitions.stands.rules.allocation import AllocationKind
from exhibitions.stands.rules.nearest import number_key
from exhibitions.stands.rules.swaps import Made, Standing, Thing

_CM2_IN_MM2 = 100
_MOST_TOLD = 20_000
_ORDERED = (State.ACCEPTED, State.CONTRACTED)
"""Who has ordered what it holds, and has not paid for it: papers name the stand already."""
_OFFERED = UNDER_CONTRACT | {State.OFFERED, State.ACCEPTED}


def standings(expo: Expo, now: datetime, of: Collection[int] | None = None) -> dict[int, Standing]:
    """What is true of the stands that are exhibitors' at `now`, by exhibitor: of these, or of all that have one.

    Holds are nobody's yet and stand in nothing, unless there is an order for them. Of those asked for who has none has an empty standing.
    """
    found = (
        sa.select(Allocation.exhibitor_id, Stand)
        .join(Stand, Allocation.stand_id == Stand.id)
        .join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
        .where(
            Allocation.expo_id == expo.id,
            is_live(now),
            sa.or_(Allocation.kind == AllocationKind.ASSIGNED, Exhibitor.state.in_(_ORDERED)),
        )
        .options(joinedload(Stand.hall))
        .limit(MOST_STANDS)
    )
    if of is not None:
        found = found.where(Allocation.exhibitor_id.in_(of))
    theirs: dict[int, list[Stand]] = {number: [] for number in of or ()}
    for exhibitor_id, stand in db.session.execute(found):
        theirs.setdefault(exhibitor_id, []).append(stand)
    words = _words(expo, theirs)
    return {
        number: _standing(sorted(stands, key=lambda each: number_key(each.number)), words.get(number))
        for number, stands in theirs.items()
    }


def _standing(stands: Sequence[Stand], words: tuple[str, str] | None) -> Standing:
    return Standing(
        numbers=tuple(each.number for each in stands),
        halls=tuple(each.hall.code for each in stands),
        kinds=tuple(each.kind.value for each in stands),
        sides=tuple(map(sides_of, stands)),
        area_mm2=sum(map(area_of, stands)) * _CM2_IN_MM2,
        places=tuple(_place(each) for each in stands),
        fascia=words[0] if words else "",
        name=words[1] if words else "",
    )


def _place(stand: Stand) -> str:
    """Where a stand lies in its hall, and how large it is drawn: 3×9 m, 3×3 m (from the corner of the hall; width, depth)."""
    across, down = [x for x, _ in stand.polygon], [y for _, y in stand.polygon]
    sides = (min(across), min(down), max(across) - min(across), max(down) - min(down))
    x, y, width, depth = (f"{side / 1000:g}" for side in sides)
    return f"{x}/{y} {width}×{depth}"


def _words(expo: Expo, exhibitors: Collection[int]) -> dict[int, tuple[str, str]]:
    """What the fascia says and the names in the directory, by exhibitor."""
    entry = DirectoryEntry
    found = sa.select(
        entry.exhibitor_id, entry.fascia_zh, entry.fascia_en, entry.name_zh, entry.name_en
    ).where(entry.expo_id == expo.id, entry.exhibitor_id.in_(exhibitors), entry.co_exhibitor_id.is_(None))
    return {
        row[0]: ("\n".join(filter(None, row[1:3])), " ".join(filter(None, row[3:5])))
        for row in db.session.execute(found)
    }


def made(expo: Expo, exhibitors: Collection[Exhibitor], frozen_at: datetime | None) -> dict[int, list[Made]]:
    """What was printed or sent that names each exhibitor's stand, by exhibitor.

    What rooms have told (`MadeThing`) goes before what is plain from their rows: printed badges, the printed entry and
    fascia, a published plan; for a stand that was offered or is under contract, its confirmation and contract, and the
    sheets of the halls, are taken as made by the freeze.
    """
    ids = {each.id for each in exhibitors}
    told = _told(expo, ids)
    entries, badges, plan = _entries(expo, ids), _badges(expo, ids), _plan(expo)
    found = {}
    for each in exhibitors:
        rows = [*told.get(each.id, []), *told.get(None, [])]
        guessed = [*entries.get(each.id, []), *plan]
        if frozen_at is not None:
            guessed.append(Made(Thing.STAND_SHEET, frozen_at))
            guessed += [Made(thing, frozen_at, each.id) for thing in _by_state(each)]
            guessed += [Made(Thing.BADGES, frozen_at, each.id)] if each.id in badges else []
        known = {row.thing for row in rows}
        found[each.id] = rows + [row for row in guessed if row.thing not in known]
    return found


def _told(expo: Expo, ids: Collection[int]) -> dict[int | None, list[Made]]:
    rows = sa.select(MadeThing).where(
        MadeThing.expo_id == expo.id,
        sa.or_(MadeThing.exhibitor_id.in_(ids), MadeThing.exhibitor_id.is_(None)),
    )
    found: dict[int | None, list[Made]] = {}
    for row in db.session.scalars(rows.limit(_MOST_TOLD)):
        told = Made(Thing(row.thing), row.made_at, row.exhibitor_id, row.reference, row.owner_id)
        found.setdefault(row.exhibitor_id, []).append(told)
    return found


def _by_state(exhibitor: Exhibitor) -> list[Thing]:
    offered = [Thing.CONFIRMATION] if exhibitor.state in _OFFERED else []
    return [*offered, Thing.CONTRACT] if exhibitor.state in UNDER_CONTRACT else offered


def _entries(expo: Expo, ids: Collection[int]) -> dict[int, list[Made]]:
    rows = sa.select(
        DirectoryEntry.exhibitor_id, DirectoryEntry.printed_at, DirectoryEntry.fascia_printed
    ).where(
        DirectoryEntry.expo_id == expo.id,
        DirectoryEntry.exhibitor_id.in_(ids),
        DirectoryEntry.co_exhibitor_id.is_(None),
        DirectoryEntry.printed_at.is_not(None),
    )
    found: dict[int, list[Made]] = {}
    for number, at, fascia in db.session.execute(rows):
        things = [Thing.DIRECTORY, Thing.FASCIA] if (fascia or "").strip() else [Thing.DIRECTORY]
        found[number] = [Made(thing, at, number) for thing in things if at is not None]
    return found


def _badges(expo: Expo, ids: Collection[int]) -> frozenset[int]:
    """Whose people's badges were printed."""
    printed = (
        sa.select(StaffBadge.exhibitor_id)
        .join(Badge, Badge.id == StaffBadge.badge_id)
        .where(
            StaffBadge.expo_id == expo.id,
            StaffBadge.exhibitor_id.in_(ids),
            StaffBadge.cancelled_at.is_(None),
            Badge.prints > 0,
        )
    )
    return frozenset(db.session.scalars(printed.distinct()))


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


def exhibitors(expo: Expo, ids: Collection[int]) -> list[Exhibitor]:
    """Those of this fair by their numbers of row."""
    found = sa.select(Exhibitor).where(Exhibitor.expo_id == expo.id, Exhibitor.id.in_(ids))
    return list(db.session.scalars(found.order_by(Exhibitor.id)))


def open_swaps(expo: Expo, exhibitor_ids: Collection[int]) -> list[Swap]:
    """The lines of these exhibitors that nobody has ticked."""
    found = sa.select(Swap).where(
        Swap.expo_id == expo.id, Swap.exhibitor_id.in_(exhibitor_ids), Swap.done_at.is_(None)
    )
    return list(db.session.scalars(found))
