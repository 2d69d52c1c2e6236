"""Orders that tests pay: 5,355.00 in two parts of 2,677.50 (spec §2.2), the first due in ten days."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from exhibitions.accounts import service as accounts
from exhibitions.companies.models import Company
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.search import search_line
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.rules.states import State
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Instalment, Order, OrderLine
from exhibitions.orders.queries import money
from exhibitions.orders.queries.money import Money
from exhibitions.orders.rules.references import reference_of
from exhibitions.orders.rules.states import InstalmentKind, OrderState, PaymentKind
from exhibitions.orders.service import booking
from exhibitions.stands.models import PriceList
from exhibitions.stands.queries import price_list
from tests.exhibiting import make_exhibitor

_numbers = itertools.count(1)
BY = Actor("user", None, "Fina")


@dataclass
class Sold:
    """An order of the fair "8th", its reference, and the token of its exhibitor's link."""

    app: Flask
    id: int
    number: str
    reference: str
    token: str

    def money(self) -> Money:
        """Where its money stands."""
        with self.app.app_context():
            return money.money_of(expo(), db.session.get_one(Order, self.id))

    def balance(self) -> tuple[int, int, int, int]:
        """Total, paid, open, credit."""
        now = self.money().balance
        return now.total, now.paid, now.open, now.credit

    def state(self) -> State:
        """Where its exhibitor stands."""
        with self.app.app_context():
            return db.session.get_one(Exhibitor, db.session.get_one(Order, self.id).exhibitor_id).state

    def pay(self, amount: int, kind: PaymentKind = PaymentKind.TRANSFER, **facts: Any) -> int:
        """Book money that came in today; gives the payment's number of row."""
        with self.app.app_context(), transaction():
            fair = expo()
            facts.setdefault("day", money.today_of(fair))
            came = booking.Incoming(kind=kind, amount=amount, **facts)
            return booking.book(fair, db.session.get_one(Order, self.id), came, BY).id


def expo() -> Expo:
    """The fair."""
    found = expos.expo_by_slug("8th")
    assert found is not None
    return found


def make_order(app: Flask, name: str = "星河家居有限公司", **facts: Any) -> Sold:
    """An order of the fair "8th"; `facts` as of `add_order`."""
    with app.app_context(), transaction():
        number, order_id = add_order(expo(), name, **facts)
        order = db.session.get_one(Order, order_id)
        person = db.session.scalars(
            sa.select(ExhibitorPerson.id).where(ExhibitorPerson.exhibitor_id == order.exhibitor_id)
        ).one()
        token = accounts.mint_link(LINK, person, expo_id=order.expo_id)
        return Sold(app, order_id, number, order.reference, token)


def add_order(
    fair: Expo,
    name: str,
    *,
    amounts: tuple[int, ...] = (267_750, 267_750),
    due_in: int = 10,
    state: State = State.CONTRACTED,
    currency: str = "CNY",
    ladder: tuple[tuple[int, int], ...] = (),
    order_state: OrderState = OrderState.CONTRACTED,
) -> tuple[str, int]:
    """An order whose parts are due `due_in`, `due_in` + 30 … days from today, inside the caller's transaction.

    Gives its number and its number of row.
    """
    exhibitor, _person, _token = make_exhibitor(fair, name, state)
    company = db.session.get_one(Company, exhibitor.company_id)
    company.search = search_line("", name, None, None)
    now = clock.now()
    made = next(_numbers)
    prices = price_list(fair, now)
    if prices is None:
        prices = PriceList(
            expo_id=fair.id, version=1000 + made, currency=currency, data={}, sha256="0" * 64, created_at=now
        )
        db.session.add(prices)
        db.session.flush()
    order = Order(
        expo_id=fair.id,
        exhibitor_id=exhibitor.id,
        number=f"HT98{made:05d}",
        reference=reference_of(990_000 + made),
        state=order_state,
        price_list_id=prices.id,
        frozen={"prices": {"cancellation": [{"days_before": d, "percent": str(p)} for d, p in ladder]}},
        currency=currency,
        net=sum(amounts),
        total=sum(amounts),
        confirmed_at=now - timedelta(days=60),
        created_at=now,
    )
    db.session.add(order)
    db.session.flush()
    line = {"text_zh": "展位", "text_en": "Stand", "amount": sum(amounts), "created_at": now}
    db.session.add(OrderLine(expo_id=fair.id, order_id=order.id, code="stand", **line))
    kinds = (InstalmentKind.DEPOSIT, InstalmentKind.BALANCE) if len(amounts) > 1 else (InstalmentKind.FULL,)
    for place, amount in enumerate(amounts):
        due = money.today_of(fair) + timedelta(days=due_in + 30 * place)
        kind = kinds[min(place, 1)]
        db.session.add(Instalment(expo_id=fair.id, order_id=order.id, kind=kind, due=due, amount=amount))
    db.session.flush()
    return order.number, order.id
