"""Named questions about orders; the fair is the first argument."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.rules.states import BEFORE_ORDER
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Order
from exhibitions.orders.rules.states import BINDING, OrderState


def order(expo: Expo, number: str) -> Order | None:
    """The order of this fair with this number, with its exhibitor and company."""
    found = sa.select(Order).where(Order.expo_id == expo.id, Order.number == number)
    return db.session.scalar(found.options(joinedload(Order.exhibitor).joinedload(Exhibitor.company)))


def is_reference(reference: str) -> bool:
    """Whether an order of any fair has this reference: one is never two payers' note on the same bank account."""
    return db.session.scalar(sa.select(Order.id).where(Order.reference == reference).limit(1)) is not None


def live_order(expo: Expo, exhibitor: Exhibitor) -> Order | None:
    """The exhibitor's one order that is neither cancelled nor replaced, and whose stand did not lapse."""
    found = _standing(expo.id, exhibitor)
    return found if found is not None and not has_lapsed(found) else None


def lapsed_order(expo: Expo, exhibitor: Exhibitor) -> Order | None:
    """The order that an exhibitor confirmed and whose stand it has lost since, while nobody has called it off."""
    found = _standing(expo.id, exhibitor)
    return found if found is not None and has_lapsed(found) else None


def has_lapsed(order: Order) -> bool:
    """Whether the hold behind a confirmed order ended without its down payment (day 6 without payment, §2.2).

    The exhibitor stands before its order again then: it may choose another stand.
    """
    return order.state is OrderState.CONFIRMED and order.exhibitor.state in BEFORE_ORDER


def lapsed(limit: int) -> Sequence[Order]:
    """Orders of all fairs that have lapsed and that nobody has called off yet, the oldest first."""
    found = (
        sa.select(Order)
        .join(Exhibitor, Exhibitor.id == Order.exhibitor_id)
        .where(
            Order.state == OrderState.CONFIRMED,
            Order.replaced_by_id.is_(None),
            Exhibitor.state.in_(BEFORE_ORDER),
        )
        .order_by(Order.id)
        .limit(limit)
    )
    return db.session.scalars(found).all()


def binds(exhibitor: Exhibitor) -> bool:
    """Whether an order binds the exhibitor now."""
    found = _standing(exhibitor.expo_id, exhibitor)
    return found is not None and found.state in BINDING and not has_lapsed(found)


def called_off(exhibitor: Exhibitor) -> bool:
    """Whether the exhibitor's last order was called off."""
    last = sa.select(Order.state).where(Order.exhibitor_id == exhibitor.id, Order.replaced_by_id.is_(None))
    return db.session.scalar(last.order_by(Order.id.desc()).limit(1)) is OrderState.CANCELLED


def _standing(expo_id: int, exhibitor: Exhibitor) -> Order | None:
    found = sa.select(Order).where(
        Order.expo_id == expo_id,
        Order.exhibitor_id == exhibitor.id,
        Order.replaced_by_id.is_(None),
        Order.state != OrderState.CANCELLED,
    )
    return db.session.scalar(found)
