"""The right of the people named on orders to what is known of them, and its end (P6, P7, P9).

What the law on accounts keeps stays: the title of an invoice, who paid. The person who receives an invoice goes.
"""

from __future__ import annotations

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.core.sameness import same_key
from exhibitions.exhibitors.models import ExhibitorPerson
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Invoice, Order
from exhibitions.orders.rules.states import BINDING

_MOST = 100


def export_person(expo: Expo, phone: str | None, email: str | None, name: str) -> list[dict[str, object]]:
    """The invoices that name a person as their receiver."""
    return [
        {"title": row.title, "receiver": row.receiver, "number": row.number, "amount": row.amount}
        for row in _received(expo, phone, email, name)
    ]


def erase_person(expo: Expo, phone: str | None, email: str | None, name: str) -> int:
    """Take the person out of the invoices that name them; gives of how many."""
    rows = _received(expo, phone, email, name)
    for row in rows:
        row.receiver, row.receiver_phone, row.receiver_email = "", None, None
    return len(rows)


def signs_open_contract(expo: Expo, people: list[ExhibitorPerson]) -> bool:
    """Whether one of these people confirmed an order of the fair that still binds (A3: an open contract blocks)."""
    ids = [person.id for person in people]
    found = sa.select(Order.id).where(
        Order.expo_id == expo.id,
        Order.confirmed_by.in_(ids),
        Order.state.in_(tuple(BINDING)),
        Order.replaced_by_id.is_(None),
    )
    return bool(ids) and db.session.scalar(found.limit(1)) is not None


def _received(expo: Expo, phone: str | None, email: str | None, name: str) -> list[Invoice]:
    reached = [
        column == value
        for column, value in ((Invoice.receiver_phone, phone), (Invoice.receiver_email, email))
        if value
    ]
    if not reached:
        return []
    found = sa.select(Invoice).where(Invoice.expo_id == expo.id, sa.or_(*reached))
    rows = db.session.scalars(found.order_by(Invoice.id).limit(_MOST))
    return [row for row in rows if not row.receiver or same_key(row.receiver) == same_key(name)]
