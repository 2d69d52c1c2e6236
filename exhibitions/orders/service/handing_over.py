"""What this room has of an entry that became part of another entry of the same company, and back (demand 1).

Only what was called off or replaced goes over: while an order stands, its exhibitor is the one that stays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.service.handing_over import bring_back, hand_over
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Order, ServiceOrder
from exhibitions.orders.service import booking

_WHOLE: Mapping[str, Any] = {"orders": Order, "service_orders": ServiceOrder}


def lock_all(expo: Expo, exhibitor_ids: Collection[int]) -> None:
    """Keep the orders of these exhibitors from others until the transaction ends, in the order in which all lock."""
    booking.take_turn(expo)
    theirs = sa.select(Order.id).where(Order.expo_id == expo.id, Order.exhibitor_id.in_(exhibitor_ids))
    db.session.execute(theirs.order_by(Order.id).with_for_update())


def move(kept: Exhibitor, gone: Exhibitor) -> dict[str, list[int]]:
    """Hand over the orders that are past and what was ordered of services; their money goes with them."""
    return {name: hand_over(table, kept.id, gone.id) for name, table in _WHOLE.items()}


def part(kept: Exhibitor, gone: Exhibitor, moved: Mapping[str, list[int]]) -> None:
    """Give back what `move` handed over."""
    for name, table in _WHOLE.items():
        bring_back(table, moved.get(name, []), kept.id, gone.id)
