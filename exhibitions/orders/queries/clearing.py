"""Clearing deposits of a fair: its rules, and where the deposit of each order stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.queries import settings
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Order, OrderLine
from exhibitions.orders.rules import clearing as rules
from exhibitions.orders.rules.clearing import DEDUCTION, DEPOSIT, Clearing, StandDeposit, State
from exhibitions.orders.rules.states import BINDING

MOST = 5_000
"""No fair has more orders for raw space."""
IN_DATA = "clearing"
"""Under which word the fair's settings keep the rules."""
NONE = State(0, 0, 0)
"""An order without a deposit."""


@dataclass(frozen=True)
class Row:
    """An order with raw space, or with a deposit. `wanted` is what the rules ask of its stands today."""

    order: Order
    state: State
    wanted: list[StandDeposit]

    @property
    def is_missing(self) -> bool:
        """Whether a deposit is due by the rules and was never asked for."""
        return bool(self.wanted) and not self.state.asked and self.order.state in BINDING


def rules_of(expo: Expo) -> Clearing:
    """The fair's rules of the deposit; without sizes it asks for none."""
    row = settings(expo)
    return rules.read(row.data.get(IN_DATA) if row is not None else None)


def stands_in(order: Order) -> list[Mapping[str, Any]]:
    """The stands of an order as its contract has them frozen: number, area in cm², kind."""
    return list(order.frozen.get("parties", {}).get("stands", ()))


def wanted(expo: Expo, found: Clearing, order: Order) -> list[StandDeposit]:
    """What the rules ask of the stands of an order; the rules are in the fair's currency and so ask of no other."""
    return rules.deposits(found, stands_in(order)) if order.currency == expo.currency else []


def rows(expo: Expo, found: Clearing) -> list[Row]:
    """The orders of the fair with raw space that deposits by these rules, or with a deposit, by company; two questions."""
    states = held(expo)
    question = (
        sa.select(Order)
        .where(Order.expo_id == expo.id, Order.replaced_by_id.is_(None))
        .where(sa.or_(Order.state.in_(BINDING), Order.id.in_(states)))
        .options(joinedload(Order.exhibitor).joinedload(Exhibitor.company))
        .order_by(Order.number)
        .limit(MOST)
    )
    every = [
        Row(order, states.get(order.id, NONE), wanted(expo, found, order))
        for order in db.session.scalars(question)
    ]
    shown = [row for row in every if row.wanted or row.state.asked]
    return sorted(shown, key=lambda row: (_sort_key(row.order), row.order.number))


def _sort_key(order: Order) -> str:
    company = order.exhibitor.company
    return company.sort_key if company is not None else ""


def held(expo: Expo) -> dict[int, State]:
    """Where the deposits of the fair stand, by their orders; those without one are left out."""
    is_deposit = OrderLine.code == DEPOSIT
    # As `rules.state` reads the lines of one order.
    asked = sa.or_(
        sa.and_(is_deposit, OrderLine.amount > 0), sa.and_(sa.not_(is_deposit), OrderLine.amount < 0)
    )
    sums = (
        sa.func.sum(sa.case((asked, OrderLine.amount), else_=0)),
        sa.func.sum(sa.case((is_deposit, 0), else_=OrderLine.amount)),
        sa.func.sum(sa.case((is_deposit, OrderLine.amount), else_=0)),
    )
    question = (
        sa.select(OrderLine.order_id, *sums)
        .where(OrderLine.expo_id == expo.id, OrderLine.code.in_((DEPOSIT, DEDUCTION)))
        .group_by(OrderLine.order_id)
    )
    return {number: State(*map(int, found)) for number, *found in db.session.execute(question)}


def state_of(order: Order) -> State:
    """Where the deposit of one order stands."""
    return rules.state(order.lines)


def lines_of(order: Order) -> list[OrderLine]:
    """The lines of an order's deposit: asked, deducted, taken off again."""
    return [line for line in order.lines if line.code in (DEPOSIT, DEDUCTION)]


def last_line(order: Order) -> int:
    """The number of the youngest line of an order: an earlier page knew an earlier one."""
    return max((line.id for line in order.lines), default=0)
