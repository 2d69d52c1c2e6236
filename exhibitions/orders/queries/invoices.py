"""Invoices (发票) of a fair: requested and issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Invoice, Order
from exhibitions.orders.queries import money, named
from exhibitions.orders.queries.money import Money
from exhibitions.orders.rules.invoicing import differs

MOST = 5_000
PAGE = 50
STATES = ("requested", "issued", "other_payer")


@dataclass(frozen=True)
class Row:
    """An invoice with its order, the order's money, and who has paid."""

    invoice: Invoice
    order: Order
    money: Money
    payers: Sequence[str]

    @property
    def other_payer(self) -> bool:
        """Whether somebody has paid whom the invoice is not made out to (title ≠ payer)."""
        return differs(self.invoice.title, self.payers)


def rows(expo: Expo, state: str = "") -> list[Row]:
    """The invoices that were requested or issued, the newest first; `state` is one of STATES or nothing."""
    wanted = sa.select(Invoice).where(
        Invoice.expo_id == expo.id, sa.or_(Invoice.requested_at.is_not(None), Invoice.number != "")
    )
    if state == "requested":
        wanted = wanted.where(Invoice.number == "")
    elif state == "issued":
        wanted = wanted.where(Invoice.number != "")
    found = list(db.session.scalars(wanted.order_by(Invoice.id.desc()).limit(MOST)))
    orders = {order.id: order for order in _orders(expo, found)}
    monies = money.monies(expo, list(orders.values()))
    payers = money.payers(expo)
    made = [
        Row(each, orders[each.order_id], monies[each.order_id], payers.get(each.order_id, []))
        for each in found
    ]
    return [row for row in made if row.other_payer] if state == "other_payer" else made


def row(expo: Expo, invoice_id: int) -> Row | None:
    """One invoice of the fair."""
    found = named.invoice(expo, invoice_id)
    if found is None:
        return None
    order = _orders(expo, [found])[0]
    payers = money.payers(expo, [order.id]).get(order.id, [])
    return Row(found, order, money.money_of(expo, order), payers)


def _orders(expo: Expo, invoices: Sequence[Invoice]) -> list[Order]:
    ids = {each.order_id for each in invoices}
    wanted = sa.select(Order).where(Order.expo_id == expo.id, Order.id.in_(ids))
    whole = joinedload(Order.exhibitor).joinedload(Exhibitor.company)
    return list(db.session.scalars(wanted.options(whole)))
