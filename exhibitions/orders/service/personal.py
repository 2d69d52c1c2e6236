"""The right of the people named on orders to what is known of them, and its end (P6, P7, P9).

What the law on accounts keeps stays: the title of an invoice, who paid. The person who receives an invoice goes.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.core.somebody import Seen, Somebody
from exhibitions.orders.models import Invoice, Order
from exhibitions.orders.rules.states import BINDING

RECEIVER = "invoice"
"""The kind of row that names who receives an invoice."""
_MOST = 500


def seen(who: Somebody) -> list[Seen]:
    """The invoices with one of these numbers or addresses, whatever their receivers are called."""
    return [_seen(row) for row in _reached(who)]


def one(kind: str, number: int) -> Seen | None:
    """The receiver of the invoice with this number, where `kind` says that it is one."""
    row = db.session.get(Invoice, number) if kind == RECEIVER else None
    return None if row is None else _seen(row)


def export_person(who: Somebody) -> list[dict[str, object]]:
    """The invoices that name a person as their receiver."""
    return [
        {"title": row.title, "receiver": row.receiver, "number": row.number, "amount": row.amount}
        for row in _received(who)
    ]


def erase_person(who: Somebody) -> int:
    """Take the person out of the invoices that name them; gives of how many."""
    rows = _received(who)
    for row in rows:
        row.receiver, row.receiver_phone, row.receiver_email = "", None, None
    return len(rows)


def signs_open_contract(ids: Collection[int]) -> bool:
    """Whether one of these people of exhibitors confirmed an order that still binds (A3: an open contract blocks)."""
    found = sa.select(Order.id).where(
        Order.confirmed_by.in_(ids),
        Order.state.in_(tuple(BINDING)),
        Order.replaced_by_id.is_(None),
    )
    return bool(ids) and db.session.scalar(found.limit(1)) is not None


def _received(who: Somebody) -> list[Invoice]:
    return [row for row in _reached(who) if who.is_called(row.receiver)]


def _reached(who: Somebody) -> list[Invoice]:
    found = sa.select(Invoice).where(who.reached(Invoice.receiver_phone, Invoice.receiver_email))
    return list(db.session.scalars(found.order_by(Invoice.id).limit(_MOST)))


def _seen(row: Invoice) -> Seen:
    return Seen(
        RECEIVER, row.id, row.receiver, row.receiver_phone, row.receiver_email, row.title, row.expo_id
    )
