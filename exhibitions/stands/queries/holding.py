"""Which stands are free, who has which, until when; every answer is as of a moment, whether expired holds were ended or not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from exhibitions.accounts.models import User
from exhibitions.companies.models import Company
from exhibitions.core.db import db
from exhibitions.core.paging import Part, part
from exhibitions.exhibitors import queries as exhibitor_queries
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.rules.states import State
from exhibitions.expos.models import Expo, Hall, Zone
from exhibitions.stands.models import Allocation, Stand, StandWish
from exhibitions.stands.queries import is_live
from exhibitions.stands.queries.of_exhibitors import area_of, sides_of
from exhibitions.stands.queries.plan import MOST_STANDS
from exhibitions.stands.rules import choosing as rules
from exhibitions.stands.rules.allocation import AllocationKind, EndReason
from exhibitions.stands.rules.choosing import Choosing
from exhibitions.stands.rules.nearest import Place, by_nearness, number_key, square_metres
from exhibitions.stands.rules.plan import StandKind, normal_number

PAGE = 50
_CM2_IN_MM2 = 100


def settings(expo: Expo) -> tuple[Choosing, datetime | None]:
    """How stands are chosen at this fair, and from when on a change makes false what was printed (None: not frozen)."""
    row = exhibitor_queries.settings(expo)
    return rules.read(row.data if row else {}), row.stands_frozen_at if row else None


def choosing(expo: Expo) -> Choosing:
    """How stands are chosen at this fair."""
    return settings(expo)[0]


def frozen_at(expo: Expo) -> datetime | None:
    """From when on a change makes false what was printed; None while nothing is frozen."""
    return settings(expo)[1]


@dataclass(frozen=True)
class Wanted:
    """What is looked for among the free stands; areas in cm². `near` and `away` name a stand to be near to, or far from."""

    kind: StandKind | None = None
    hall_id: int | None = None
    zone_id: int | None = None
    sides: int = 0
    least: int = 0
    most: int = 0
    near: str = ""
    away: str = ""

    def is_met_by(self, stand: FreeStand) -> bool:
        """Whether the stand is one of those looked for."""
        return (
            (self.kind is None or stand.kind is self.kind)
            and (self.hall_id is None or stand.hall_id == self.hall_id)
            and (self.zone_id is None or stand.zone_id == self.zone_id)
            and stand.sides >= self.sides
            and stand.area >= self.least
            and (not self.most or stand.area <= self.most)
        )


@dataclass(frozen=True)
class FreeStand:
    """A stand as the list of those to choose from shows it; area in cm²."""

    id: int
    number: str
    hall_id: int
    kind: StandKind
    area: int
    sides: int
    zone_id: int | None
    price_class: str
    x: int
    y: int

    @property
    def square_metres(self) -> Decimal:
        """The area in m² without idle zeros."""
        return square_metres(self.area * _CM2_IN_MM2)

    @property
    def place(self) -> Place:
        """Where and how it is, for nearness."""
        return Place(
            self.number, self.hall_id, self.kind.value, self.area * _CM2_IN_MM2, self.x, self.y, self.sides
        )


_COLUMNS = (
    Stand.id,
    Stand.number,
    Stand.hall_id,
    Stand.kind,
    sa.func.coalesce(Stand.contracted_area, Stand.area),
    sa.func.coalesce(Stand.open_sides_set, Stand.open_sides),
    Stand.zone_id,
    Stand.price_class,
    Stand.polygon,
)


def _shown(row: Any) -> FreeStand:
    number, name, hall_id, kind, area, sides, zone_id, price_class, polygon = row
    xs, ys = [point[0] for point in polygon], [point[1] for point in polygon]
    middle = (min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2
    return FreeStand(number, name, hall_id, kind, area, sides, zone_id, price_class, *middle)


def as_shown(stand: Stand) -> FreeStand:
    """A stand in the form of the lists."""
    facts = (stand.id, stand.number, stand.hall_id, stand.kind, area_of(stand), sides_of(stand))
    return _shown((*facts, stand.zone_id, stand.price_class, stand.polygon))


def for_sale(expo: Expo) -> tuple[sa.ColumnElement[bool], ...]:
    """Stands of the fair that can be chosen at all, taken or not."""
    return Stand.expo_id == expo.id, Stand.retired_at.is_(None), Stand.for_sale.is_(True)


def free(expo: Expo, now: datetime) -> list[FreeStand]:
    """All stands that nobody has at `now` and that lie well on the plan, by number; at most `MOST_STANDS`."""
    rows = db.session.execute(_free(expo, now).order_by(Stand.number, Stand.id).limit(MOST_STANDS))
    return sorted(map(_shown, rows), key=lambda each: number_key(each.number))


def _free(expo: Expo, now: datetime) -> sa.Select[*tuple[Any, ...]]:
    taken = sa.select(Allocation.id).where(Allocation.stand_id == Stand.id, is_live(now))
    return sa.select(*_COLUMNS).where(*for_sale(expo), Stand.is_faulty.is_(False), ~taken.exists())


def chosen_from(expo: Expo, wanted: Wanted, now: datetime) -> list[FreeStand]:
    """The free stands that are looked for: by number, or those first that are near to (far from) the named stand."""
    found = [each for each in free(expo, now) if wanted.is_met_by(each)]
    named = stand_by_number(expo, wanted.near or wanted.away) if wanted.near or wanted.away else None
    if named is None:
        return found
    here = as_shown(named)

    def key(each: FreeStand) -> tuple[bool, int]:
        same_hall = each.hall_id == here.hall_id
        return not same_hall, (each.x - here.x) ** 2 + (each.y - here.y) ** 2 if same_hall else 0

    return sorted(found, key=key, reverse=not wanted.near)


def nearest_in_size(expo: Expo, wanted: Wanted, now: datetime) -> list[FreeStand]:
    """Up to five free stands whose area is nearest to what is looked for, where nothing fits."""
    area = wanted.least or wanted.most
    return sorted(free(expo, now), key=lambda each: (abs(each.area - area), number_key(each.number)))[:5]


def nearest_free(expo: Expo, stand: Stand, now: datetime, most: int = 5) -> tuple[Place, ...]:
    """Free stands to offer in place of this one, best first.

    The database sorts by the first corners and gives few rows, because two hundred who come second may all want to know at
    once; those few are sorted by the rule.
    """
    here = as_shown(stand)
    area = sa.func.coalesce(Stand.contracted_area, Stand.area)
    is_other = sa.or_(Stand.kind != stand.kind, ~area.between(here.area - 99, here.area + 99))
    away = sa.case((Stand.hall_id == stand.hall_id, _square(0, stand) + _square(1, stand)), else_=0)
    listed = _free(expo, now).where(Stand.id != stand.id)
    nearest = listed.order_by(is_other, Stand.hall_id != stand.hall_id, away, Stand.number).limit(4 * most)
    places = [_shown(row).place for row in db.session.execute(nearest)]
    return tuple(by_nearness(here.place, places)[:most])


def _square(axis: int, stand: Stand) -> sa.ColumnElement[int]:
    """The square of how far the first corner of a stand is from that of this one, along one axis."""
    way = Stand.polygon[(0, axis)].as_integer() - stand.polygon[0][axis]
    # A hall in mm squared is more than 32 bits hold.
    return sa.cast(way, sa.BigInteger) * sa.cast(way, sa.BigInteger)


def stand_of(expo: Expo, stand_id: int) -> Stand | None:
    """A stand of this fair that is on the plan."""
    return db.session.scalar(
        sa.select(Stand).where(Stand.expo_id == expo.id, Stand.id == stand_id, Stand.retired_at.is_(None))
    )


def stand_by_number(expo: Expo, number: str) -> Stand | None:
    """The stand of this fair with this number, if it is on the plan."""
    return db.session.scalar(
        sa.select(Stand).where(
            Stand.expo_id == expo.id, Stand.number == normal_number(number), Stand.retired_at.is_(None)
        )
    )


def with_ids(expo: Expo, ids: Collection[int]) -> list[Stand]:
    """The stands of this fair by these numbers of row, whatever has become of them."""
    found = sa.select(Stand).where(Stand.expo_id == expo.id, Stand.id.in_(ids))
    return list(db.session.scalars(found))


def holder_of(stand: Stand, now: datetime) -> Allocation | None:
    """Who has the stand at `now`, with the exhibitor's company."""
    whole = joinedload(Allocation.exhibitor).joinedload(Exhibitor.company)
    return db.session.scalar(
        sa.select(Allocation).where(Allocation.stand_id == stand.id, is_live(now)).options(whole)
    )


def in_the_way(row: Allocation, stand: Stand, now: datetime) -> Allocation | None:
    """Who has the stand onto which the holder of `row` would move; a hold of its own, offered to it, is in nobody's way."""
    found = holder_of(stand, now)
    if found is None or found.id == row.id:
        return None
    is_offered = found.exhibitor_id == row.exhibitor_id and found.kind is AllocationKind.HOLD
    return None if is_offered else found


def of_exhibitor(expo: Expo, exhibitor: Exhibitor, now: datetime) -> list[Allocation]:
    """What the exhibitor holds or has at `now`, with the stands, the oldest first."""
    found = (
        sa.select(Allocation)
        .join(Allocation.stand)
        .where(Allocation.expo_id == expo.id, Allocation.exhibitor_id == exhibitor.id, is_live(now))
    )
    whole = contains_eager(Allocation.stand).joinedload(Stand.hall)
    return list(db.session.scalars(found.options(whole).order_by(Allocation.since, Allocation.id)))


def last_ended(expo: Expo, exhibitor: Exhibitor, now: datetime) -> Allocation | None:
    """The exhibitor's hold that its time ended, where no other came after it; pages say when and offer to choose again."""
    over = sa.or_(Allocation.ended_at.is_not(None), Allocation.until <= now)
    found = sa.select(Allocation).where(
        Allocation.expo_id == expo.id, Allocation.exhibitor_id == exhibitor.id, over
    )
    found = found.options(joinedload(Allocation.stand)).order_by(Allocation.id.desc()).limit(1)
    last = db.session.scalar(found)
    return last if last is not None and last.end_reason in {None, EndReason.EXPIRED} else None


def history(expo: Expo, stand: Stand) -> list[Allocation]:
    """Who had the stand and why it ended, the youngest first; at most fifty."""
    found = sa.select(Allocation).where(Allocation.expo_id == expo.id, Allocation.stand_id == stand.id)
    whole = joinedload(Allocation.exhibitor).joinedload(Exhibitor.company)
    return list(db.session.scalars(found.options(whole).order_by(Allocation.id.desc()).limit(PAGE)))


def moved_from(expo: Expo, allocation_id: int) -> Allocation | None:
    """An allocation of this fair that ended because the office moved its holder to another stand."""
    found = sa.select(Allocation).where(
        Allocation.expo_id == expo.id,
        Allocation.id == allocation_id,
        Allocation.end_reason == EndReason.MOVED,
    )
    return db.session.scalar(found)


def allocation_of(expo: Expo, allocation_id: int) -> Allocation | None:
    """An allocation of this fair that nobody has ended, with its stand and exhibitor; it may have expired."""
    found = sa.select(Allocation).where(
        Allocation.expo_id == expo.id, Allocation.id == allocation_id, Allocation.ended_at.is_(None)
    )
    whole = (
        joinedload(Allocation.stand).joinedload(Stand.hall),
        joinedload(Allocation.exhibitor).joinedload(Exhibitor.company),
    )
    return db.session.scalar(found.options(*whole))


def doer(row: Allocation) -> str:
    """Who made it: the colleague, or the exhibitor's person; empty where the system did."""
    if row.user_id is not None:
        return db.session.scalar(sa.select(User.name).where(User.id == row.user_id)) or ""
    if row.person_id is not None:
        return (
            db.session.scalar(sa.select(ExhibitorPerson.name).where(ExhibitorPerson.id == row.person_id))
            or ""
        )
    return ""


def called_off(now: datetime, most: int) -> list[tuple[Expo, Exhibitor]]:
    """Exhibitors whose part was called off and who hold or have a stand all the same, with their fairs."""
    theirs = sa.exists().where(Allocation.exhibitor_id == Exhibitor.id, is_live(now))
    found = (
        sa.select(Expo, Exhibitor)
        .join(Exhibitor, Exhibitor.expo_id == Expo.id)
        .where(Exhibitor.state == State.CANCELLED, theirs)
    )
    return [(expo, row) for expo, row in db.session.execute(found.order_by(Exhibitor.id).limit(most))]


def stands_had(exhibitor_ids: Iterable[int]) -> list[int]:
    """What these exhibitors hold or have and nobody has ended, by the stands' numbers of row."""
    found = sa.select(Allocation.stand_id).where(
        Allocation.exhibitor_id.in_(list(exhibitor_ids)), Allocation.ended_at.is_(None)
    )
    return list(db.session.scalars(found))


def expired(now: datetime, limit: int = 100) -> list[Allocation]:
    """Holds of all fairs whose time is over and which nobody has ended yet, the oldest first."""
    found = sa.select(Allocation).where(
        Allocation.ended_at.is_(None), Allocation.kind == AllocationKind.HOLD, Allocation.until <= now
    )
    whole = joinedload(Allocation.stand)
    return list(
        db.session.scalars(found.options(whole).order_by(Allocation.until, Allocation.id).limit(limit))
    )


def wishes_of(expo: Expo, exhibitor: Exhibitor) -> list[tuple[StandWish, Stand]]:
    """The exhibitor's wishes in their order."""
    found = (
        sa.select(StandWish, Stand)
        .join(Stand, Stand.id == StandWish.stand_id)
        .where(StandWish.expo_id == expo.id, StandWish.exhibitor_id == exhibitor.id)
        .order_by(StandWish.rank)
    )
    return [(wish, stand) for wish, stand in db.session.execute(found)]


def wished_by_others(expo: Expo, exhibitor: Exhibitor, stand_ids: Collection[int]) -> dict[int, int]:
    """How many other exhibitors wish each of these stands."""
    found = (
        sa.select(StandWish.stand_id, sa.func.count())
        .where(
            StandWish.expo_id == expo.id,
            StandWish.stand_id.in_(stand_ids),
            StandWish.exhibitor_id != exhibitor.id,
        )
        .group_by(StandWish.stand_id)
    )
    return dict(db.session.execute(found).all())


ORDERS = {
    "until": Allocation.until,
    "stand": Stand.number,
    "company": Company.sort_key,
    "since": Allocation.since,
}


def held(
    expo: Expo, now: datetime, kind: str = "", text: str = "", order: str = "until", page: int = 1
) -> Part[Allocation]:
    """Who has which stand at `now`: all, only holds or only assignments, and whose stand number or company has `text`."""
    where = [Allocation.expo_id == expo.id, is_live(now)]
    if kind in list(AllocationKind):
        where.append(Allocation.kind == AllocationKind(kind))
    where += [
        sa.or_(
            sa.func.lower(Stand.number).contains(word, autoescape=True),
            Company.search.contains(word, autoescape=True),
            Company.name_zh.contains(word, autoescape=True),
        )
        for word in text.casefold().split()
    ]
    rows = (
        sa.select(Allocation)
        .join(Allocation.stand)
        .join(Allocation.exhibitor)
        .outerjoin(Exhibitor.company)
        .where(*where)
    )
    total = db.session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0
    name = order.removeprefix("-")
    column = ORDERS.get(name, Allocation.until)
    sorted_by = column.desc().nulls_last() if order.startswith("-") else column.asc().nulls_last()
    whole = (
        contains_eager(Allocation.stand).joinedload(Stand.hall),
        contains_eager(Allocation.exhibitor).contains_eager(Exhibitor.company),
    )
    listed = rows.options(*whole).order_by(sorted_by, Allocation.id).limit(PAGE)
    return part(total, page, PAGE, lambda start: db.session.scalars(listed.offset(start)).all())


@dataclass(frozen=True)
class Sold:
    """How much of a hall is whose, in cm² and stands. Free of charge counts as assigned like what is paid for."""

    hall: Hall
    assigned: int = 0
    held: int = 0
    free: int = 0
    stands_assigned: int = 0
    stands_held: int = 0
    stands_free: int = 0

    def square_metres(self, what: str) -> Decimal:
        """The area that is `assigned`, `held` or `free`, in m²."""
        return square_metres(getattr(self, what) * _CM2_IN_MM2)


def space(expo: Expo, now: datetime) -> list[Sold]:
    """Area and number of stands assigned, held and free at `now` by hall; what is not for sale and unassigned is left out."""
    live = sa.and_(Allocation.stand_id == Stand.id, is_live(now))
    state = sa.case(
        (Allocation.kind == AllocationKind.ASSIGNED, "assigned"),
        (Allocation.kind == AllocationKind.HOLD, "held"),
        else_="free",
    )
    area = sa.func.sum(sa.func.coalesce(Stand.contracted_area, Stand.area))
    found = (
        sa.select(Stand.hall_id, state, area, sa.func.count())
        .outerjoin(Allocation, live)
        .where(
            Stand.expo_id == expo.id,
            Stand.retired_at.is_(None),
            sa.or_(Stand.for_sale.is_(True), Allocation.id.is_not(None)),
        )
        .group_by(Stand.hall_id, state)
    )
    sums: dict[int, dict[str, int]] = {}
    for hall_id, word, total, count in db.session.execute(found):
        sums.setdefault(hall_id, {}).update({word: int(total or 0), f"stands_{word}": count})
    return [Sold(hall, **sums[hall.id]) for hall in expo.halls if hall.id in sums]


def zones(expo: Expo) -> dict[int, Zone]:
    """The fair's zones by number of row."""
    return {zone.id: zone for zone in expo.zones}
