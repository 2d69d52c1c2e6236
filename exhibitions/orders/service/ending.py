"""One ordered service is cancelled: before its deadline for nothing, after it for the fee of the order's ladder (§2.4, §2.2).

The line stays; a counter-line with its reason takes it away and another adds the fee, each with the service's own rate of
tax, so the sum of the lines is the total. What was paid beyond is credit, and invoices that were issued for more are shown
as too high (`queries.invoices.Row.is_over`), to be reversed like those of a cancelled order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.money import formatted_minor
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import planning
from exhibitions.orders.models import Order, OrderLine, ServiceOrder
from exhibitions.orders.queries import money
from exhibitions.orders.queries import services as queries
from exhibitions.orders.rules import ladder, lines
from exhibitions.orders.rules.invoicing import TaxPart, shares
from exhibitions.orders.rules.ladder import Cancellation
from exhibitions.orders.rules.services import may_cancel
from exhibitions.orders.rules.states import InstalmentKind
from exhibitions.orders.service import booking
from exhibitions.orders.service.cancelling import ladder_of
from exhibitions.orders.service.charging import binding_order

OWN = ("参展商在截止日期前取消", "Cancelled by the exhibitor before the deadline")
_FAR = timedelta(days=36_500)


@dataclass(frozen=True)
class Ending:
    """What of a service is cancelled, what it costs, and whether its deadline is still ahead."""

    line: OrderLine
    cost: Cancellation
    is_free: bool


def free_of(expo: Expo, rows: Iterable[ServiceOrder]) -> frozenset[int]:
    """Which of these the exhibitor may cancel today, for nothing; by number of row."""
    today, opening = money.today_of(expo), planning.opening(expo)
    return frozenset(row.id for row in rows if may_cancel(queries.steps_of(row.service), today, opening))


def preview(expo: Expo, row: ServiceOrder, exhibitor: Exhibitor) -> Ending:
    """What cancelling this service today comes to; nothing is changed. Raises `Conflict` where no order has it (any more)."""
    order = binding_order(expo, exhibitor)
    line = _line_of(order, row)
    today, opening = money.today_of(expo), planning.opening(expo)
    free = may_cancel(queries.steps_of(row.service), today, opening)
    days = ladder.days_before(opening or today + _FAR, today)
    cost = ladder.cancel(ladder_of(order), line.amount + line.tax, 0, days)
    return Ending(line, replace(cost, percent=Decimal(0), fee=0) if free else cost, free)


def cancel_own(expo: Expo, exhibitor: Exhibitor, row: ServiceOrder, by: Actor) -> bool:
    """The exhibitor cancels a service before its deadline, for nothing; says whether it was this click that did it.

    Raises `Conflict("service_closed")` once the deadline is over.
    """
    order = _locked(expo, exhibitor, row)
    if row.cancelled_at is not None:
        return False
    found = preview(expo, row, exhibitor)
    if not found.is_free:
        raise Conflict(
            "service_closed",
            N_("The deadline is over; only the organiser can cancel this now. Call the organiser"),
        )
    _end(expo, order, row, found, OWN, by)
    return True


def cancel(
    expo: Expo, exhibitor: Exhibitor, row: ServiceOrder, *, fee: int | None, reason: str, by: Actor
) -> bool:
    """The office cancels a service; `fee` in minor units with tax where another than the ladder's was agreed.

    Says whether it was this click that did it. Raises `Refused` without a reason or for a fee above the price.
    """
    order = _locked(expo, exhibitor, row)
    if row.cancelled_at is not None:
        return False
    if not reason.strip():
        raise Refused("no_reason", N_("Say why."))
    found = preview(expo, row, exhibitor)
    if fee is not None:
        if not 0 <= fee <= found.cost.given_up:
            raise Refused("fee_range", N_("A fee is never less than nothing and never more than the price."))
        found = replace(found, cost=replace(found.cost, fee=fee))
    _end(expo, order, row, found, (reason.strip(), reason.strip()), by)
    return True


def _locked(expo: Expo, exhibitor: Exhibitor, row: ServiceOrder) -> Order:
    booking.take_turn(expo)
    order = booking.lock(expo, binding_order(expo, exhibitor))
    db.session.refresh(row)
    return order


def _line_of(order: Order, row: ServiceOrder) -> OrderLine:
    for line in order.lines:
        if line.service_order_id == row.id and line.code.startswith(lines.SERVICE):
            return line
    raise Conflict("no_line", N_("This service stands on no order any more."))


def _end(expo: Expo, order: Order, row: ServiceOrder, found: Ending, why: tuple[str, str], by: Actor) -> None:
    line, cost = found.line, found.cost
    row.cancelled_at = clock.now()
    _add(order, line, lines.SERVICE_ENDED, ("取消：", "Cancelled: "), (-line.amount, -line.tax), why)
    share = (
        f"{formatted_minor(cost.given_up, order.currency)} 中的 {formatted_minor(cost.fee, order.currency)}",
        f"{formatted_minor(cost.fee, order.currency)} of {formatted_minor(cost.given_up, order.currency)}",
    )
    for part in shares([TaxPart(Decimal(line.tax_rate or 0), line.amount, line.tax)], cost.fee):
        words = ("取消费：", "Cancellation fee: ")
        _add(order, line, lines.SERVICE_FEE, words, (part.net, part.tax), share)
    _lower(order, line.amount + line.tax, cost.fee)
    db.session.flush()
    db.session.expire(order, ["instalments"])
    audit.record(
        "orders.service_cancelled",
        by,
        expo_id=expo.id,
        subject=("order", order.id),
        after={"code": line.code, "amount": cost.given_up, "fee": cost.fee},
        reason=why[0],
    )
    booking.drive(expo, order, by)


def _add(
    order: Order,
    of: OrderLine,
    code: str,
    words: tuple[str, str],
    amounts: tuple[int, int],
    why: tuple[str, str],
) -> None:
    net, tax = amounts
    order.lines.append(
        OrderLine(
            expo_id=order.expo_id,
            code=code,
            text_zh=f"{words[0]}{of.text_zh}"[:300],
            text_en=f"{words[1]}{of.text_en}"[:300],
            reason_zh=why[0][:500],
            reason_en=why[1][:500],
            amount=net,
            tax_rate=of.tax_rate,
            tax=tax,
            position=max(line.position for line in order.lines) + 1,
            service_order_id=of.service_order_id,
            created_at=clock.now(),
        )
    )
    order.net += net
    order.tax += tax
    order.total += net + tax


def _lower(order: Order, price: int, fee: int) -> None:
    """Take what is not owed any more off the instalments: first that of this service, then the youngest; deposits last."""
    left = price - fee
    ordered = sorted(
        order.instalments,
        key=lambda each: (
            each.kind is InstalmentKind.CLEARING,
            not (each.kind is InstalmentKind.FULL and each.amount == price),
            -each.id,
        ),
    )
    for part in ordered:
        taken = min(left, max(0, part.amount))
        part.amount -= taken
        left -= taken
        if taken and not part.amount:
            db.session.delete(part)
