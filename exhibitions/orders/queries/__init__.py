"""Named questions about orders; the fair is the first argument."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Order
from exhibitions.orders.rules.states import OrderState


def order(expo: Expo, number: str) -> Order | None:
    """The order of this fair with this number, with its exhibitor and company."""
    found = sa.select(Order).where(Order.expo_id == expo.id, Order.number == number)
    return db.session.scalar(found.options(joinedload(Order.exhibitor).joinedload(Exhibitor.company)))


def live_order(expo: Expo, exhibitor: Exhibitor) -> Order | None:
    """The exhibitor's one order that is neither cancelled nor replaced."""
    found = sa.select(Order).where(
        Order.expo_id == expo.id,
        Order.exhibitor_id == exhibitor.id,
        Order.replaced_by_id.is_(None),
        Order.state != OrderState.CANCELLED,
    )
    return db.session.scalar(found)
