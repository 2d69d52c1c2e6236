"""An order is called off for the fee of its ladder: what was agreed is what was frozen into it (§2.2).

The old lines stay; a counter-line takes their sum away and a line adds the fee, so the sum of the lines is still the total.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.exhibitors.rules.states import Mover, State
from exhibitions.exhibitors.service import moving
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import planning
from exhibitions.orders import queries as order_queries
from exhibitions.orders.models import Instalment, Order, OrderLine, ServiceOrder
from exhibitions.orders.queries import clearing as deposits
from exhibitions.orders.queries import invoices, money
from exhibitions.orders.rules import invoicing, lines
from exhibitions.orders.rules import ladder as rules
from exhibitions.orders.rules.ladder import Cancellation, Ladder
from exhibitions.orders.rules.states import BINDING, InstalmentKind, OrderState
from exhibitions.orders.service import clearing
from exhibitions.orders.service.booking import SUBJECT, lock
from exhibitions.stands.service import assigning

LAPSED = "预留到期未付款 Hold ended without payment"
PAY_DAYS = 14
"""So long after the cancellation its fee is due."""


def ladder_of(order: Order) -> Ladder:
    """The steps that were frozen into an order with its prices; none where none were agreed."""
    return Ladder.from_data(order.frozen.get("prices", {}).get("cancellation", ()))


def preview(expo: Expo, order: Order, held: int) -> Cancellation:
    """What cancelling the whole order today would cost and move, where `held` minor units are held for it."""
    today = money.today_of(expo)
    # Without any day of opening nothing is near yet.
    opening = planning.opening(expo) or today + timedelta(days=36_500)
    # A clearing deposit is no price: it goes back whole.
    price = order.total - deposits.state_of(order).held
    return rules.cancel(ladder_of(order), price, held, rules.days_before(opening, today))


def cancel(expo: Expo, order: Order, *, fee: int | None, reason: str, by: Actor) -> Cancellation:
    """Call an order off; `fee` in minor units where another than the ladder's was agreed, never above the price.

    The stand becomes free, the exhibitor is called off with the fee, and what is held beyond the fee is credit to be given back.
    Raises `Conflict` for an order that does not bind (any more) or an exhibitor who has arrived.
    """
    order = lock(expo, order)
    if order.state not in BINDING or order.replaced_by_id is not None:
        raise Conflict("order_not_live", N_("This order does not stand any more."))
    if not reason.strip():
        raise Refused("no_reason", N_("Say why."))
    held = money.money_of(expo, order).received
    found = preview(expo, order, held)
    if fee is not None:
        if not 0 <= fee <= found.given_up:
            raise Refused("fee_range", N_("A fee is never less than nothing and never more than the price."))
        rest = held - fee
        found = replace(found, fee=fee, total=fee, refund=max(0, rest), owed=max(0, -rest))
    papers = invoices.papers(expo, order.exhibitor)
    facts = {"fee": found.fee, "percent": found.percent, "days_before": found.days_before}
    _close(expo, order, found.fee, reason, facts, by)
    assigning.give_up(expo, order.exhibitor, by, also=papers)
    moving.lock(order.exhibitor)
    if order.exhibitor.state is not State.CANCELLED:
        moving.move(order.exhibitor, State.CANCELLED, Mover.OFFICE, by, text=reason, fee=found.fee)
    return found


def lapse(expo: Expo, order: Order, by: Actor) -> None:
    """The stand behind a confirmed order lapsed without its down payment: the order ends, and nothing is owed for it (§2.2).

    What had come for it is credit. The exhibitor stays admitted and may choose again. Nothing happens where the order
    has not lapsed (any more).
    """
    order = lock(expo, order)
    moving.lock(order.exhibitor)
    if order_queries.has_lapsed(order) and order.replaced_by_id is None:
        _close(expo, order, 0, LAPSED, {"fee": 0}, by)


def _close(expo: Expo, order: Order, fee: int, reason: str, facts: dict[str, object], by: Actor) -> None:
    before = order.total
    clearing.take_off(order)
    _end_services(order)
    _put_lines(order, fee)
    _put_instalment(expo, order, fee)
    order.state, order.cancelled_at = OrderState.CANCELLED, clock.now()
    order.cancel_reason = reason.strip()[:300]
    db.session.flush()
    audit.record(
        "orders.cancelled",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, order.id),
        before={"total": before},
        after=facts,
        reason=reason,
    )


def _end_services(order: Order) -> None:
    """Nobody delivers power and furniture to a stand that is free."""
    numbers = [line.service_order_id for line in order.lines if line.service_order_id is not None]
    ended = sa.update(ServiceOrder).where(
        ServiceOrder.expo_id == order.expo_id,
        ServiceOrder.id.in_(numbers),
        ServiceOrder.cancelled_at.is_(None),
    )
    db.session.execute(ended.values(cancelled_at=clock.now()))


def _put_lines(order: Order, fee: int) -> None:
    """The counter-line and the fee; the fee has the same rates of tax as what it was taken of."""
    fees = invoicing.shares(invoices.parts_of(order), fee)
    tax = sum(part.tax for part in fees)
    last = max((line.position for line in order.lines), default=0)
    for code, zh, en, net, of_tax, rate in (
        (lines.COUNTER, "取消订单", "Order cancelled", -order.net, -order.tax, "0"),
        *(
            ("cancellation_fee", "取消费", "Cancellation fee", part.net, part.tax, f"{part.rate:f}")
            for part in fees
        ),
    ):
        last += 1
        if net or of_tax:
            order.lines.append(
                OrderLine(
                    expo_id=order.expo_id,
                    code=code,
                    text_zh=zh,
                    text_en=en,
                    amount=net,
                    tax_rate=rate,
                    tax=of_tax,
                    position=last,
                    created_at=clock.now(),
                )
            )
    order.net, order.tax, order.total = fee - tax, tax, fee


def _put_instalment(expo: Expo, order: Order, fee: int) -> None:
    theirs = sa.delete(Instalment).where(Instalment.order_id == order.id)
    db.session.execute(theirs, execution_options={"synchronize_session": False})
    db.session.expire(order, ["instalments"])
    if fee:
        due = money.today_of(expo) + timedelta(days=PAY_DAYS)
        row = Instalment(expo_id=expo.id, order_id=order.id, kind=InstalmentKind.FEE, due=due, amount=fee)
        db.session.add(row)
