"""Orders and their invoices by what people type of them."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Invoice, Order
from exhibitions.orders.rules.states import OrderState

MOST_INVOICES = 50


def by_reference(expo: Expo, reference: str) -> Order | None:
    """The order of this fair with this reference, as it is kept."""
    if not reference:
        return None
    found = sa.select(Order).where(Order.expo_id == expo.id, Order.reference == reference)
    return db.session.scalar(found.options(joinedload(Order.exhibitor).joinedload(Exhibitor.company)))


def newest_of(expo: Expo, exhibitor_id: int) -> Order | None:
    """The exhibitor's order that stands; where none does, the last that was cancelled. No draft."""
    found = sa.select(Order).where(
        Order.expo_id == expo.id,
        Order.exhibitor_id == exhibitor_id,
        Order.replaced_by_id.is_(None),
        Order.state != OrderState.DRAFT,
    )
    cancelled_last = sa.case((Order.state == OrderState.CANCELLED, 1), else_=0)
    return db.session.scalar(found.order_by(cancelled_last, Order.id.desc()).limit(1))


def orders(expo: Expo, ids: Collection[int]) -> dict[int, Order]:
    """These orders of the fair, with their exhibitors and companies."""
    found = sa.select(Order).where(Order.expo_id == expo.id, Order.id.in_(ids))
    whole = joinedload(Order.exhibitor).joinedload(Exhibitor.company)
    return {row.id: row for row in db.session.scalars(found.options(whole))}


def invoices_of(expo: Expo, order: Order) -> list[Invoice]:
    """The invoices of an order, the newest first."""
    found = sa.select(Invoice).where(Invoice.expo_id == expo.id, Invoice.order_id == order.id)
    return list(db.session.scalars(found.order_by(Invoice.id.desc()).limit(MOST_INVOICES)))


def invoice(expo: Expo, invoice_id: int) -> Invoice | None:
    """An invoice of this fair."""
    return db.session.scalar(sa.select(Invoice).where(Invoice.expo_id == expo.id, Invoice.id == invoice_id))
