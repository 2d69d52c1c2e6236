"""What is signed about an order: its contract, the stands that it named when it was signed, and its supplements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Order, Supplement

Stands = Sequence[Mapping[str, Any]]


def supplement(expo: Expo, number: str) -> Supplement | None:
    """The supplement of this fair with this number, with its order, exhibitor and company."""
    found = sa.select(Supplement).where(Supplement.expo_id == expo.id, Supplement.number == number)
    whole = joinedload(Supplement.order).joinedload(Order.exhibitor).joinedload(Exhibitor.company)
    return db.session.scalar(found.options(whole))


def contract_order(order: Order) -> Order:
    """The order whose contract is the signed one: supplements change it, also when another order took its place."""
    return order.supplements[0].contract_order if order.supplements else order


def signed_stands(order: Order) -> Stands:
    """The stands of a contract as they were when it was made: what a supplement says now is not in it."""
    first = order.supplements[0] if order.supplements else _first(order)
    return first.before if first is not None else stands_of(order)


def _first(order: Order) -> Supplement | None:
    # The supplements of an order that was replaced went over to the new one.
    if order.replaced_by_id is None:
        return None
    found = sa.select(Supplement).where(Supplement.contract_order_id == order.id)
    return db.session.scalar(found.order_by(Supplement.id).limit(1))


def stands_of(order: Order) -> Stands:
    """The stands of an order as it names them now."""
    return list(order.frozen.get("parties", {}).get("stands", ()))


def count_of(contract: Order) -> int:
    """How many supplements were ever written to a contract."""
    found = sa.select(sa.func.count()).where(Supplement.contract_order_id == contract.id)
    return db.session.scalar(found) or 0


def owes_supplement() -> sa.ColumnElement[bool]:
    """That a supplement of an order waits for its copy with the seal."""
    return (
        sa.select(Supplement.id)
        .where(Supplement.order_id == Order.id, Supplement.void_at.is_(None), Supplement.stamped_at.is_(None))
        .correlate(Order)
        .exists()
    )


def owes_copy() -> sa.ColumnElement[bool]:
    """That the copy with the seal of an order's contract, or of a supplement to it, is still to come back."""
    return sa.or_(Order.stamped_at.is_(None), owes_supplement())
