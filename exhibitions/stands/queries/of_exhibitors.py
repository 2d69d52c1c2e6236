"""Which stands exhibitors have: for badges, fascias, the directory and the stand's card."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation, Stand
from exhibitions.stands.rules.allocation import AllocationKind

MOST_AT_ONCE = 500


def stands_of(expo: Expo, exhibitor_ids: Collection[int]) -> dict[int, list[Stand]]:
    """The assigned stands of each exhibitor, by number; exhibitors without one are left out."""
    found: dict[int, list[Stand]] = {}
    numbers = list(exhibitor_ids)
    for start in range(0, len(numbers), MOST_AT_ONCE):
        rows = db.session.execute(
            sa.select(Allocation.exhibitor_id, Stand)
            .join(Stand, Stand.id == Allocation.stand_id)
            .where(
                Allocation.expo_id == expo.id,
                Allocation.exhibitor_id.in_(numbers[start : start + MOST_AT_ONCE]),
                Allocation.kind == AllocationKind.ASSIGNED,
                Allocation.ended_at.is_(None),
            )
            .options(joinedload(Stand.hall))
            .order_by(Stand.number)
        )
        for exhibitor_id, stand in rows:
            found.setdefault(exhibitor_id, []).append(stand)
    return found


def holds_of(expo: Expo, exhibitor_id: int, now: datetime) -> list[Allocation]:
    """The holds of an exhibitor that are still good at `now`, with their stands."""
    found = sa.select(Allocation).where(
        Allocation.expo_id == expo.id,
        Allocation.exhibitor_id == exhibitor_id,
        Allocation.kind == AllocationKind.HOLD,
        Allocation.ended_at.is_(None),
        sa.or_(Allocation.until.is_(None), Allocation.until > now),
    )
    return list(
        db.session.scalars(found.options(joinedload(Allocation.stand)).order_by(Allocation.id).limit(50))
    )


def area_of(stand: Stand) -> int:
    """The area of a stand in cm² as it was agreed, else as it was drawn."""
    return stand.contracted_area if stand.contracted_area is not None else stand.area


def sides_of(stand: Stand) -> int:
    """The open sides as the office said them, else as they were drawn."""
    return stand.open_sides_set if stand.open_sides_set is not None else stand.open_sides


def square_metres(cm2: int) -> Decimal:
    """An area for pages: 9, 13.5, exact."""
    return Decimal(cm2) / 10_000


def panel_width(stand: Stand) -> int:
    """The width of the fascia in mm: the shorter side of the stand, so that the text fits on every open side."""
    across = [point[0] for point in stand.polygon], [point[1] for point in stand.polygon]
    return min(max(side) - min(side) for side in across) if stand.polygon else 0
