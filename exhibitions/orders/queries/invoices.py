"""Invoices (发票) of a fair: requested and issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Invoice, Order
from exhibitions.orders.queries import clearing, live_order, money, named
from exhibitions.orders.queries.money import Money
from exhibitions.orders.rules.clearing import DEDUCTION, DEPOSIT
from exhibitions.orders.rules.invoicing import TaxPart, differs, shares, tax_parts
from exhibitions.orders.rules.lines import COUNTER
from exhibitions.stands.rules.swaps import Made, Thing

MOST = 5_000
MOST_PAPERS = 100
PAGE = 50
STATES = ("requested", "issued", "other_payer")


@dataclass(frozen=True)
class Row:
    """An invoice with its order, the order's money, and who has paid."""

    invoice: Invoice
    order: Order
    money: Money
    payers: Sequence[str]
    paid_on: date | None
    before: int
    """What of the order's sum earlier invoices take; one that was issued is earlier than one that is only asked for."""
    all: int
    """The sum of all the order's invoices."""

    @property
    def is_over(self) -> bool:
        """Whether the order's invoices are more than its sum, since it was cancelled or made smaller; issued ones stay."""
        return self.all > invoicable(self.order)

    @property
    def parts(self) -> list[TaxPart]:
        """The amount by the rates of tax in it."""
        return shares(parts_of(self.order), self.invoice.amount, self.before)

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
    payers, days = money.payers(expo), money.last_days(expo, list(orders))
    before, sums = _taken(expo, list(orders))
    made = [
        Row(
            each,
            orders[each.order_id],
            monies[each.order_id],
            payers.get(each.order_id, []),
            days.get(each.order_id),
            before.get(each.id, 0),
            sums.get(each.order_id, 0),
        )
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
    before, sums = _taken(expo, [order.id])
    return Row(
        found,
        order,
        money.money_of(expo, order),
        payers,
        money.last_days(expo, [order.id]).get(order.id),
        before.get(found.id, 0),
        sums.get(order.id, 0),
    )


def youngest(expo: Expo, order: Order) -> Invoice | None:
    """The invoice of an order that was asked for last."""
    found = sa.select(Invoice).where(Invoice.expo_id == expo.id, Invoice.order_id == order.id)
    return db.session.scalar(found.order_by(Invoice.id.desc()).limit(1))


def last_number(expo: Expo, order: Order) -> int:
    """Its number of row, 0 for none: an earlier page knew an earlier one."""
    last = youngest(expo, order)
    return last.id if last is not None else 0


def invoicable(order: Order) -> int:
    """What invoices may be made for: the total without the clearing deposit that is held, which is no income."""
    return order.total - clearing.state_of(order).held


def parts_of(order: Order) -> list[TaxPart]:
    """What may be invoiced of an order by rate of tax; of a cancelled one that is its fee."""
    counter = max((line.position for line in order.lines if line.code == COUNTER), default=-1)
    income = [
        line
        for line in order.lines
        if line.position > counter and line.code not in (DEPOSIT, DEDUCTION, COUNTER)
    ]
    lines = [(Decimal(line.tax_rate or 0), line.amount, line.tax) for line in income]
    rest = invoicable(order) - sum(net + tax for _rate, net, tax in lines)
    return tax_parts([*lines, (Decimal(0), rest, 0)] if rest else lines)


def _taken(expo: Expo, ids: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Of each invoice what earlier ones of its order take, and of each order what all take."""
    wanted = (
        sa.select(Invoice.id, Invoice.order_id, Invoice.amount)
        .where(Invoice.expo_id == expo.id, Invoice.order_id.in_(ids))
        .where(sa.or_(Invoice.requested_at.is_not(None), Invoice.number != ""))
        .order_by(Invoice.number == "", Invoice.issued_on, Invoice.id)
    )
    before: dict[int, int] = {}
    sums: dict[int, int] = {}
    for number, order_id, amount in db.session.execute(wanted):
        before[number] = sums.get(order_id, 0)
        sums[order_id] = before[number] + amount
    return before, sums


def papers(expo: Expo, exhibitor: Exhibitor) -> list[Made]:
    """What this room has made that says an exhibitor's stands: its contract, and the invoices that were issued to it.

    The day of an invoice counts from its start.
    """
    order = live_order(expo, exhibitor)
    contracts = [Made(Thing.CONTRACT, order.confirmed_at or order.created_at, exhibitor.id)] if order else []
    found = (
        sa.select(Invoice)
        .join(Order, Order.id == Invoice.order_id)
        .where(Invoice.expo_id == expo.id, Order.exhibitor_id == exhibitor.id, Invoice.number != "")
        .order_by(Invoice.id)
        .limit(MOST_PAPERS)
    )
    return contracts + [
        Made(Thing.INVOICE, _start_of(each.issued_on, expo) or each.created_at, exhibitor.id, each.number)
        for each in db.session.scalars(found)
    ]


def _start_of(day: date | None, expo: Expo) -> datetime | None:
    return datetime.combine(day, time.min, ZoneInfo(expo.timezone)) if day is not None else None


def _orders(expo: Expo, invoices: Sequence[Invoice]) -> list[Order]:
    ids = {each.order_id for each in invoices}
    wanted = sa.select(Order).where(Order.expo_id == expo.id, Order.id.in_(ids))
    whole = joinedload(Order.exhibitor).joinedload(Exhibitor.company)
    return list(db.session.scalars(wanted.options(whole, selectinload(Order.lines))))
