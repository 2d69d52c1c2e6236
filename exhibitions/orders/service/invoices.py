"""Invoices (发票) are asked for here and issued outside; here their data is complete, and their number comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Invoice, Order
from exhibitions.orders.queries import money
from exhibitions.orders.queries.invoices import invoicable, youngest
from exhibitions.orders.rules.invoicing import clean_invoice_number, clean_tax_number
from exhibitions.orders.rules.states import InvoiceKind, OrderState
from exhibitions.orders.service.booking import take_turn

SUBJECT = "invoice"


@dataclass(frozen=True)
class Wish:
    """What the invoice shall say; `amount` in minor units of the order's currency."""

    kind: InvoiceKind
    title: str
    tax_number: str
    address_phone: str
    bank_account: str
    receiver: str
    receiver_phone: str | None
    receiver_email: str | None
    amount: int
    note: str = ""


def request(expo: Expo, order: Order, wish: Wish, by: Actor, after: int | None = None) -> Invoice:
    """Ask for an invoice; all of an order's invoices together never exceed its total. Raises `Refused`.

    `after` is the youngest invoice that the page knew (0 for none): a form sent twice gives the invoice of the first.
    """
    take_turn(expo)
    last = youngest(expo, order)
    if after is not None and last is not None and last.id != after:
        return last
    if order.state is OrderState.DRAFT:
        raise Refused("order_draft", N_("This order is not confirmed yet: nothing is to be paid for it."))
    _check_sum(expo, order, wish.amount, None)
    now = clock.now()
    row = Invoice(
        expo_id=expo.id, order_id=order.id, requested_at=now, created_at=now, kind=wish.kind, amount=0
    )
    _fill(row, wish)
    db.session.add(row)
    db.session.flush()
    audit.record(
        "orders.invoice_requested", by, expo_id=expo.id, subject=(SUBJECT, row.id), after=_facts(row)
    )
    return row


def change(expo: Expo, row: Invoice, wish: Wish, by: Actor) -> None:
    """Change what an invoice shall say; one that was issued stays as it is."""
    take_turn(expo)
    db.session.refresh(row)
    if row.number:
        raise Conflict(
            "invoice_issued", N_("This invoice was issued. A wrong one is reversed and asked for anew.")
        )
    order = db.session.get_one(Order, row.order_id)
    _check_sum(expo, order, wish.amount, row.id)
    before = _facts(row)
    _fill(row, wish)
    row.requested_at = row.requested_at or clock.now()
    audit.record(
        "orders.invoice_changed",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, row.id),
        before=before,
        after=_facts(row),
    )


def issue(expo: Expo, row: Invoice, number: str, on: date, by: Actor) -> None:
    """Note the number under which an invoice was issued; an empty number takes back a slip. Raises `Refused`."""
    take_turn(expo)
    db.session.refresh(row)
    if not number.strip():
        cleaned, day = "", None
    else:
        found = clean_invoice_number(number)
        if found is None:
            raise Refused("invoice_number", N_("Enter the number on the invoice, like 25212000000000123456"))
        if on > money.today_of(expo):
            raise Refused("day_ahead", N_("This day has not come yet."))
        cleaned, day = found, on
        _check_number(expo, row, cleaned)
    before: dict[str, object] = {"number": row.number, "issued_on": row.issued_on}
    row.number, row.issued_on = cleaned, day
    audit.record(
        "orders.invoice_issued",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, row.id),
        before=before,
        after={"number": cleaned, "issued_on": day},
    )


def _check_number(expo: Expo, row: Invoice, number: str) -> None:
    other = sa.select(Invoice.id).where(
        Invoice.expo_id == expo.id, Invoice.number == number, Invoice.id != row.id
    )
    if db.session.scalar(other.limit(1)) is not None:
        raise Conflict("invoice_number_taken", N_("Another invoice of this fair has this number."))


def _check_sum(expo: Expo, order: Order, amount: int, but: int | None) -> None:
    others = sa.select(sa.func.coalesce(sa.func.sum(Invoice.amount), 0)).where(
        Invoice.expo_id == expo.id,
        Invoice.order_id == order.id,
        sa.or_(Invoice.requested_at.is_not(None), Invoice.number != ""),
    )
    if but is not None:
        others = others.where(Invoice.id != but)
    if amount <= 0 or int(db.session.scalar(others) or 0) + amount > invoicable(order):
        raise Refused("invoice_sum", N_("All invoices together are more than the total of the order."))


def _fill(row: Invoice, wish: Wish) -> None:
    row.kind, row.title, row.tax_number = wish.kind, wish.title, clean_tax_number(wish.tax_number)
    row.address_phone, row.bank_account = wish.address_phone, wish.bank_account
    row.receiver, row.receiver_phone, row.receiver_email = (
        wish.receiver,
        wish.receiver_phone,
        wish.receiver_email,
    )
    row.amount, row.note = wish.amount, wish.note


def _facts(row: Invoice) -> dict[str, object]:
    return {"kind": row.kind, "title": row.title, "tax_number": row.tax_number, "amount": row.amount}
