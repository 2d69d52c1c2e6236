"""Named questions about the plan; the fair is the first argument."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation, PriceList, Stand


def stand(expo: Expo, number: str) -> Stand | None:
    """The stand of this fair with this number, with its hall."""
    found = sa.select(Stand).where(Stand.expo_id == expo.id, Stand.number == number)
    return db.session.scalar(found.options(joinedload(Stand.hall)))


def is_live(now: datetime) -> sa.ColumnElement[bool]:
    """Whether an allocation counts at `now`: not ended, and a hold not yet over (one that ends now is over)."""
    over = sa.and_(Allocation.until.is_not(None), Allocation.until <= now)
    return sa.and_(Allocation.ended_at.is_(None), sa.not_(over))


def allocations_of(expo: Expo, exhibitor: Exhibitor, now: datetime) -> Sequence[Allocation]:
    """What the exhibitor holds or has at `now`, with the stands, in the order of their numbers."""
    found = (
        sa.select(Allocation)
        .join(Allocation.stand)
        .where(Allocation.expo_id == expo.id, Allocation.exhibitor_id == exhibitor.id, is_live(now))
        .order_by(Stand.number)
    )
    return db.session.scalars(found.options(joinedload(Allocation.stand))).all()


def price_list(expo: Expo, now: datetime) -> PriceList | None:
    """The fair's youngest price list that is in force at `now`."""
    found = (
        sa.select(PriceList)
        .where(PriceList.expo_id == expo.id, PriceList.in_force_from <= now)
        .order_by(PriceList.version.desc())
        .limit(1)
    )
    return db.session.scalar(found)
