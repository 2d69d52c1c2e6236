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
from exhibitions.orders.models import Instalment, Order, OrderLine
from exhibitions.orders.queries import money
from exhibitions.orders.rules import ladder as rules
from exhibitions.orders.rules.ladder import Cancellation, Ladder
from exhibitions.orders.rules.states import BINDING, InstalmentKind, OrderState
from exhibitions.orders.service.booking import SUBJECT, lock
from exhibitions.stands.service import assigning

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
    return rules.cancel(ladder_of(order), order.total, held, rules.days_before(opening, today))


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
    before = order.total
    _put_lines(order, found.fee)
    _put_instalment(expo, order, found.fee)
    order.state, order.cancelled_at, order.cancel_reason = (
        OrderState.CANCELLED,
        clock.now(),
        reason.strip()[:300],
    )
    db.session.flush()
    audit.record(
        "orders.cancelled",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, order.id),
        before={"total": before},
        after={"fee": found.fee, "percent": found.percent, "days_before": found.days_before},
        reason=reason,
    )
    assigning.give_up(expo, order.exhibitor, by)
    moving.lock(order.exhibitor)
    if order.exhibitor.state is not State.CANCELLED:
        moving.move(order.exhibitor, State.CANCELLED, Mover.OFFICE, by, text=reason, fee=found.fee)
    return found


def _put_lines(order: Order, fee: int) -> None:
    """The counter-line and the fee; the fee has the same share of tax as what it was taken of."""
    tax = fee * order.tax // order.total if order.total else 0
    last = max((line.position for line in order.lines), default=0)
    for code, zh, en, net, of_tax in (
        ("cancelled", "取消订单", "Order cancelled", -order.net, -order.tax),
        ("cancellation_fee", "取消费", "Cancellation fee", fee - tax, tax),
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
