"""Ordering: what was seen on the check page becomes one order with its frozen prices, however often it is sent (E3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.rules.people import Duty, check_duty
from exhibitions.exhibitors.rules.states import Mover, State
from exhibitions.exhibitors.service import moving
from exhibitions.expos.models import Expo
from exhibitions.orders import queries
from exhibitions.orders.models import Instalment, Invoice, Order, OrderLine
from exhibitions.orders.queries import checking
from exhibitions.orders.queries.checking import Checked
from exhibitions.orders.queries.parties import parties
from exhibitions.orders.rules import lines, references
from exhibitions.orders.rules.lines import LineValues
from exhibitions.orders.rules.schedule import Part
from exhibitions.orders.rules.states import InvoiceKind, OrderState
from exhibitions.orders.service import booking, cancelling, clearing
from exhibitions.stands.service import holding, price_lists

SUBJECT = "order"
ORDERING = frozenset({State.ADMITTED, State.OFFERED, State.ACCEPTED})
"""In which states an exhibitor may confirm an order: the organiser has admitted it, and it is not bound yet."""


class InvoiceData(Protocol):
    """What an exhibitor says about its invoice, checked by the form."""

    kind: InvoiceKind
    title: str
    tax_number: str
    address_phone: str
    bank_account: str
    receiver: str
    receiver_phone: str | None
    receiver_email: str | None


def confirm(
    expo: Expo, exhibitor: Exhibitor, person: ExhibitorPerson, seen: str, invoice: InvoiceData, by: Actor
) -> Order:
    """Order what the exhibitor holds, at the price that `seen` (the mark of the check page) stands for.

    A second click, a reload or another tab finds the order of the first; an earlier one whose stand lapsed is called
    off. Raises `Forbidden` for a role that may not sign, `Conflict`: the hold has ended, the price or the stands changed
    since the page was shown.
    """
    check_duty(person.role, Duty.SIGN)
    booking.take_turn(expo)
    moving.lock(exhibitor)
    stale = queries.lapsed_order(expo, exhibitor)
    if stale is not None:
        cancelling.lapse(expo, stale, by)
    known = queries.live_order(expo, exhibitor)
    if known is not None and known.state is not OrderState.DRAFT:
        return known
    if exhibitor.state not in ORDERING:
        raise Refused("not_admitted", N_("Your application is not admitted yet, so nothing can be ordered."))
    checked = _held_for_sure(expo, exhibitor)
    if checked.mark != seen:
        raise Conflict(
            "changed_meanwhile", N_("The price or your stands have changed. Please check them again.")
        )
    order = _make(expo, exhibitor, person, checked)
    _add_invoice(order, invoice)
    # No invoice is made for a deposit, and the contract's price does not have it: it stands beside both.
    clearing.ask(expo, order, checked.deposits, checked.deposit_due, by)
    price_lists.freeze(checked.row, clock.now())
    holding.prolong_for_order(expo, exhibitor, by)
    _accept(exhibitor, by)
    # What costs nothing is paid: its hold must not end for want of a payment.
    booking.drive(expo, order, by)
    audit.record(
        "orders.confirmed",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, order.id),
        after={
            "number": order.number,
            "total": order.total,
            "currency": order.currency,
            "version": checked.row.version,
        },
    )
    return order


def _held_for_sure(expo: Expo, exhibitor: Exhibitor) -> Checked:
    """What is ordered, with its stands locked: a hold that ends at this moment is over, and nobody takes one meanwhile."""
    asked = clock.now()
    checked = checking.check(expo, exhibitor, asked)
    now = clock.now()
    for stand in holding.locked(expo, [each.stand_id for each in checked.allocations]):
        found = holding.current(stand, now)
        if found is None or found.exhibitor_id != exhibitor.id:
            raise checking.no_stand(expo, exhibitor, now)
    return checked


def _make(expo: Expo, exhibitor: Exhibitor, person: ExhibitorPerson, checked: Checked) -> Order:
    lock_named(f"orders:{expo.id}")
    now = clock.now()
    place = db.session.scalar(sa.select(sa.func.count(Order.id)).where(Order.expo_id == expo.id)) or 0
    values = lines.line_values(checked.quote)
    order = Order(
        expo_id=expo.id,
        exhibitor_id=exhibitor.id,
        number=lines.contract_number(expo.edition, place + 1),
        reference=references.new_reference(queries.is_reference),
        state=OrderState.CONFIRMED,
        price_list_id=checked.row.id,
        frozen={
            **lines.frozen(checked.prices, checked.facts, checked.on),
            "version": checked.row.version,
            "parties": parties(expo, exhibitor, checked.allocations),
            "deposit": {"amount": checked.deposit_minor, "due": checked.deposit_due.isoformat()},
        },
        currency=checked.quote.currency,
        terms_version=exhibitor.terms_version or 1,
        confirmed_at=now,
        confirmed_by=person.id,
        created_at=now,
    )
    db.session.add(order)
    db.session.flush()
    add_lines(order, values)
    add_instalments(order, checked.parts)
    db.session.flush()
    return order


def add_lines(order: Order, values: Iterable[LineValues]) -> None:
    """Put lines on an order that has none of them yet; its sums grow by theirs."""
    for position, each in enumerate(values):
        order.lines.append(
            OrderLine(
                expo_id=order.expo_id,
                code=each.code,
                text_zh=each.text.zh,
                text_en=each.text.en,
                reason_zh=each.reason.zh,
                reason_en=each.reason.en,
                amount=each.amount,
                tax_rate=each.tax_rate,
                tax=each.tax,
                position=position,
                created_at=order.created_at,
            )
        )
        order.net = (order.net or 0) + each.amount
        order.tax = (order.tax or 0) + each.tax
    order.total = (order.net or 0) + (order.tax or 0)


def add_instalments(order: Order, parts: Iterable[Part]) -> None:
    """Say when the sum of an order is due."""
    for part in parts:
        order.instalments.append(
            Instalment(expo_id=order.expo_id, kind=part.kind, due=part.due, amount=part.minor)
        )


def _add_invoice(order: Order, data: InvoiceData) -> None:
    db.session.add(
        Invoice(
            expo_id=order.expo_id,
            order_id=order.id,
            kind=data.kind,
            title=data.title,
            tax_number=data.tax_number,
            address_phone=data.address_phone,
            bank_account=data.bank_account,
            receiver=data.receiver,
            receiver_phone=data.receiver_phone,
            receiver_email=data.receiver_email,
            amount=order.total,
            requested_at=order.created_at,
            created_at=order.created_at,
        )
    )


def _accept(exhibitor: Exhibitor, by: Actor) -> None:
    """Who chose a stand by itself was offered it by the fair's own rules; by ordering it is accepted."""
    if exhibitor.state is State.ADMITTED:
        moving.move(exhibitor, State.OFFERED, Mover.OFFICE, SYSTEM)
    if exhibitor.state is State.OFFERED:
        moving.move(exhibitor, State.ACCEPTED, Mover.EXHIBITOR, by)
