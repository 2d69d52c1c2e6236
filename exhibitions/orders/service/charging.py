"""Adding to what an exhibitor owes after the contract: services, extra badges, changes after the print date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.orders import queries
from exhibitions.orders.models import Instalment, Order, OrderLine
from exhibitions.orders.rules.services import line_minor
from exhibitions.orders.rules.states import BINDING, InstalmentKind
from exhibitions.orders.service import booking


@dataclass(frozen=True, slots=True)
class Charge:
    """One more line: its words, how many at which price (minor units), the surcharge in per cent, the tax in per cent, why."""

    code: str
    text_zh: str
    text_en: str
    quantity: int
    unit_minor: int
    percent: int = 0
    tax_rate: str = "0"
    unit: str = ""
    service_order_id: int | None = None
    reason_zh: str = ""
    reason_en: str = ""

    @property
    def net(self) -> int:
        """The line without its tax, rounded once."""
        return line_minor(self.unit_minor, self.quantity, self.percent)

    @property
    def tax(self) -> int:
        """The tax on the line, rounded on it."""
        return line_minor(self.net, Decimal(self.tax_rate or 0) / 100)


def charge(expo: Expo, exhibitor: Exhibitor, wanted: Charge, due: date, by: Actor) -> OrderLine:
    """Put a line on the exhibitor's binding order; its sum, and what is due by `due`, grow by the same amount.

    Who was paid in full is not, until this is paid too. Raises `Conflict("no_order")` while there is no confirmed order
    that it could stand on.
    """
    booking.take_turn(expo)
    order = booking.lock(expo, binding_order(expo, exhibitor))
    if order.state not in BINDING:
        raise Conflict("no_order", N_("Confirm your stand order first; services are added to it"))
    if order.currency != expo.currency:
        raise Conflict(
            "other_currency",
            N_("This order is in another currency than the fair; nothing can be added to it."),
        )
    line = OrderLine(
        expo_id=expo.id,
        order_id=order.id,
        code=wanted.code,
        text_zh=wanted.text_zh[:300],
        text_en=wanted.text_en[:300],
        reason_zh=wanted.reason_zh[:500],
        reason_en=wanted.reason_en[:500],
        quantity=str(wanted.quantity),
        unit=wanted.unit,
        unit_price=str(wanted.unit_minor),
        amount=wanted.net,
        tax_rate=wanted.tax_rate,
        tax=wanted.tax,
        position=len(order.lines),
        service_order_id=wanted.service_order_id,
        created_at=clock.now(),
    )
    order.lines.append(line)
    order.net += wanted.net
    order.tax += wanted.tax
    order.total += wanted.net + wanted.tax
    if wanted.net + wanted.tax:
        order.instalments.append(
            Instalment(
                expo_id=expo.id,
                order_id=order.id,
                kind=InstalmentKind.FULL,
                due=due,
                amount=wanted.net + wanted.tax,
            )
        )
    db.session.flush()
    audit.record(
        "orders.charged",
        by,
        expo_id=expo.id,
        subject=("order", order.id),
        after={"code": wanted.code, "amount": wanted.net + wanted.tax},
    )
    booking.drive(expo, order, by)
    return line


def binding_order(expo: Expo, exhibitor: Exhibitor) -> Order:
    """The exhibitor's confirmed order. Raises `Conflict("no_order")` while there is none."""
    order = queries.live_order(expo, exhibitor)
    if order is None or order.state not in BINDING:
        raise Conflict("no_order", N_("Confirm your stand order first; services are added to it"))
    return order
