"""Priority points of a fair, the lots that were drawn, and places that came free again (exhibitors-stands.md §2.3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from exhibitions.accounts.models import User
from exhibitions.core.db import db
from exhibitions.exhibitors import queries as exhibitors
from exhibitions.expos.models import Expo, ExpoDay
from exhibitions.expos.rules.fair import DayKind
from exhibitions.stands.models import Allocation, LotDraw, PointAccount
from exhibitions.stands.rules import choosing
from exhibitions.stands.rules import points as rules
from exhibitions.stands.rules.allocation import AllocationKind
from exhibitions.stands.rules.points import Scheme
from exhibitions.stands.rules.wishes import Order

MOST_DRAWS = 50


@dataclass(frozen=True)
class Rule:
    """By what the office assigns: the order, the seed of the lot, and what earns points."""

    order: Order
    seed: str
    scheme: Scheme
    drawn: LotDraw | None = None


def rule(expo: Expo, order: Order | None = None, seed: str = "") -> Rule:
    """The fair's own order and the lot that was drawn last, or another order and seed that somebody looks at."""
    row, drawn = exhibitors.settings(expo), last_draw(expo)
    data = row.data or {} if row is not None else {}
    return Rule(
        order or choosing.read(data).order,
        seed or (drawn.seed if drawn is not None else ""),
        rules.read(data),
        drawn,
    )


def scheme(expo: Expo) -> Scheme:
    """What earns points at this fair."""
    row = exhibitors.settings(expo)
    return rules.read(row.data or {}) if row is not None else Scheme()


def accounts(expo: Expo, exhibitor_ids: Collection[int] | None = None) -> dict[int, PointAccount]:
    """The counted points by exhibitor: of these, or of all."""
    found = sa.select(PointAccount).where(PointAccount.expo_id == expo.id)
    if exhibitor_ids is not None:
        found = found.where(PointAccount.exhibitor_id.in_(exhibitor_ids))
    return {row.exhibitor_id: row for row in db.session.scalars(found)}


def last_counted(expo: Expo) -> datetime | None:
    """When points were counted last; None before."""
    return db.session.scalar(
        sa.select(sa.func.max(PointAccount.counted_at)).where(PointAccount.expo_id == expo.id)
    )


def last_draw(expo: Expo) -> LotDraw | None:
    """The lot that counts; None before one was drawn."""
    found = sa.select(LotDraw).where(LotDraw.expo_id == expo.id).order_by(LotDraw.id.desc()).limit(1)
    return db.session.scalar(found)


def draws(expo: Expo) -> Sequence[tuple[LotDraw, str]]:
    """The lots that were drawn, the last one first, each with who drew it; at most fifty."""
    found = (
        sa.select(LotDraw, sa.func.coalesce(User.name, ""))
        .outerjoin(User, User.id == LotDraw.user_id)
        .where(LotDraw.expo_id == expo.id)
        .order_by(LotDraw.id.desc())
        .limit(MOST_DRAWS)
    )
    return [(row, name) for row, name in db.session.execute(found)]


@dataclass(frozen=True)
class Freed:
    """A stand that was given and is free again: since when, and who is not offered it (any more)."""

    since: datetime
    declined: frozenset[int]


def are_freed(expo: Expo, free_ids: Collection[int]) -> bool:
    """Whether any of these free stands had been given before."""
    given = sa.select(Allocation.stand_id).where(
        Allocation.expo_id == expo.id,
        Allocation.kind == AllocationKind.ASSIGNED,
        Allocation.ended_at.is_not(None),
    )
    return not set(db.session.scalars(given.distinct())).isdisjoint(free_ids)


def freed(expo: Expo, free_ids: Collection[int]) -> Mapping[int, Freed]:
    """Which of these free stands had been given before, by number of row.

    Who gave it up, and who had it since and let it go, is not asked again.
    """
    ended = sa.select(Allocation).where(Allocation.expo_id == expo.id, Allocation.ended_at.is_not(None))
    found: dict[int, Freed] = {}
    for row in db.session.scalars(ended.order_by(Allocation.ended_at, Allocation.id)):
        if row.stand_id not in free_ids or row.ended_at is None:
            continue
        known = found.get(row.stand_id)
        if row.kind is AllocationKind.ASSIGNED:
            found[row.stand_id] = Freed(row.ended_at, frozenset({row.exhibitor_id}))
        elif known is not None:
            found[row.stand_id] = Freed(known.since, known.declined | {row.exhibitor_id})
    return found


def move_in(expo: Expo) -> date | None:
    """The first day of build-up, or the first day of the fair where none is set; None before there are days."""
    found = sa.select(ExpoDay.date).where(ExpoDay.expo_id == expo.id)
    first = found.order_by((ExpoDay.kind != DayKind.BUILD_UP), ExpoDay.date).limit(1)
    return db.session.scalar(first)
