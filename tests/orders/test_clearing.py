"""The clearing deposit from the order to the refund (§2.4): paid + open = total throughout, and it is never income."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.money import formatted_minor
from exhibitions.exhibitors.models import ExhibitorSettings
from exhibitions.expos.models import Expo, ExpoDay
from exhibitions.orders.models import Invoice, Order
from exhibitions.orders.queries import clearing as queries
from exhibitions.orders.queries import listing
from exhibitions.orders.queries.money import money_of, today_of
from exhibitions.orders.rules.clearing import DEDUCTION, DEPOSIT, Clearing, State, read_sizes
from exhibitions.orders.rules.states import InstalmentKind, PaymentKind
from exhibitions.orders.service import booking, cancelling, clearing, contracts, reducing
from exhibitions.orders.service.booking import Incoming
from exhibitions.stands.rules.plan import StandKind
from tests.exhibiting import make_exhibitor, make_hall_plan, make_stand
from tests.factories import make_expo
from tests.orders.conftest import held
from tests.orders.pricing import CORNER, put_in_force
from tests.orders.test_ordering import FORM
from tests.people import People

DESK = "/desk/8th/orders/clearing"
RULES = {
    "sizes": "36 5000\n54 8000",
    "cap": "20000",
    "deductions": "垃圾未清 / Rubbish left = 3000\n地面损坏",
}


class Browser:
    """A browser whose requests know nothing of the application context that the test holds open."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def get(self, path: str, **facts: Any) -> Any:
        return Context().run(self._client.get, path, **facts)

    def post(self, path: str, **facts: Any) -> Any:
        return Context().run(self._client.post, path, **facts)


@dataclass
class Site:
    """An exhibitor that holds a raw stand of 36 m² and a furnished one of 9, and its link."""

    app: Flask
    token: str
    people: dict[str, Browser]

    @property
    def alice(self) -> Browser:
        """The organiser."""
        return self.people["alice"]

    @property
    def firm(self) -> Browser:
        """The exhibitor, by its link."""
        return self.people["nobody"]

    @property
    def url(self) -> str:
        return f"/8th/exhibitor/{self.token}/order"

    def order(self) -> Order:
        # A new look: what browsers did meanwhile is not in an old snapshot.
        db.session.rollback()
        db.session.expire_all()
        return db.session.scalars(sa.select(Order).where(Order.replaced_by_id.is_(None))).one()

    def confirm(self) -> Order:
        page = self.firm.get(self.url).text
        seen = re.search(r'name="seen"[^>]*value="(\w+)"', page)
        assert seen is not None
        assert self.firm.post(self.url, data={**FORM, "seen": seen[1]}).status_code == 303
        return self.order()


@pytest.fixture
def site(app: Flask, people: People) -> Iterator[Site]:
    browsers = {name: Browser(client) for name, client in vars(people).items()}
    with app.app_context():
        expo = db.session.scalars(sa.select(Expo)).one()
        with transaction():
            make_hall_plan(expo)
            exhibitor, _person, token = make_exhibitor(expo)
            for number, x, kind in (("A01", 0, StandKind.RAW), ("A02", 9000, StandKind.SHELL)):
                size = {"w": 6000, "d": 6000} if kind is StandKind.RAW else {}
                held(expo, exhibitor, make_stand(expo, number, x, kind=kind, **size).id)
            put_in_force(expo, CORNER)
        yield Site(app, token, browsers)


def the_expo() -> Expo:
    return db.session.scalars(sa.select(Expo).where(Expo.slug == "8th")).one()


def set_rules(sizes: str = RULES["sizes"]) -> None:
    with transaction():
        clearing.save(the_expo(), Clearing(sizes=read_sizes(sizes, "CNY")), SYSTEM)


def pay(order: Order, amount: int) -> None:
    with transaction():
        came = Incoming(PaymentKind.TRANSFER, amount, today_of(the_expo()))
        booking.book(the_expo(), order, came, SYSTEM)


def give_back(order: Order, amount: int) -> None:
    with transaction():
        facts: dict[str, Any] = {"day": today_of(the_expo()), "note": "清场押金", "by": SYSTEM}
        booking.refund(the_expo(), order, way=PaymentKind.TRANSFER, amount=amount, **facts)


def true_sums(order: Order) -> tuple[int, int, int, int]:
    """Total, paid, open, credit; the row, its lines and its instalments all say the same."""
    now = money_of(the_expo(), order).balance
    assert now.paid + now.open == now.total == order.total == order.net + order.tax
    assert sum(line.amount + line.tax for line in order.lines) == order.total
    assert sum(part.amount for part in order.instalments) == order.total
    return now.total, now.paid, now.open, now.credit


def test_the_deposit_stands_beside_the_price_and_is_no_income(site: Site) -> None:
    assert site.alice.post(f"{DESK}/rules", data=RULES).status_code == 303
    page = site.firm.get(site.url, headers={"Accept-Language": "en"}).text
    assert "Clearing deposit A01" in page
    assert "Clearing deposit A02" not in page, "furnished stands deposit nothing"
    order = site.confirm()
    price = order.total - 500_000
    assert queries.state_of(order) == State(500_000, 0, 500_000)
    assert true_sums(order) == (order.total, 0, order.total, 0)
    assert [part.amount for part in order.instalments if part.kind is InstalmentKind.CLEARING] == [500_000]
    assert db.session.scalars(sa.select(Invoice.amount)).all() == [price], "no invoice is made for a deposit"
    found = listing.found(the_expo(), listing.Filters())
    assert (found.foot["CNY"].total, found.deposits) == (order.total, {"CNY": 500_000})
    assert "of it clearing deposits" in site.alice.get("/desk/8th/orders").text


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "清场押金 ¥5,000.00，于"), ("en", "Clearing deposit ¥5,000.00, to be")]
)
def test_the_contract_says_the_deposit_beside_its_price(site: Site, lang: str, words: str) -> None:
    site.alice.post(f"{DESK}/rules", data=RULES)
    order = site.confirm()
    paper = contracts.contract_of(the_expo(), order, lang)
    assert [row.startswith(words) for row in paper.payments].count(True) == 1
    assert paper.total == formatted_minor(order.total - 500_000, "CNY")


def test_a_contract_without_a_deposit_says_none(site: Site) -> None:
    paper = contracts.contract_of(the_expo(), site.confirm(), "zh")
    assert not any("押金" in row for row in paper.payments)


def test_what_is_deducted_stays_and_the_rest_is_refunded(site: Site) -> None:
    assert site.alice.post(f"{DESK}/rules", data=RULES).status_code == 303
    order = site.confirm()
    price = order.total - 500_000
    pay(order, order.total)
    # Rubbish was left: 3,000 by the rule. A second click deducts nothing more.
    mine = f"/desk/8th/orders/{order.number}/clearing"
    seen = opened(site.alice, mine)
    taken = {"rule": "1", "reason": "B馆东侧", "amount": "", "seen": seen}
    assert [site.alice.post(mine, data=taken).status_code for _twice in range(2)] == [303, 422]
    wrong = {"rule": "", "reason": "地面", "seen": opened(site.alice, mine)}
    for amount in ("2000.01", "0", "", "x", "-5"):
        assert site.alice.post(mine, data=wrong | {"amount": amount}).status_code == 422, amount
    assert site.alice.post(mine, data=wrong | {"amount": "100", "reason": " "}).status_code == 422
    order = site.order()
    assert queries.state_of(order) == State(500_000, 300_000, 200_000)
    assert true_sums(order) == (order.total, order.total, 0, 0), (
        "a deduction moves money and changes no total"
    )
    assert order.total == price + 500_000
    shown = site.firm.get(f"/8th/exhibitor/{site.token}/payments").text
    assert "Rubbish left: B馆东侧" in shown

    # The stand is cleared: 2,000 leave the order and are credit, which is refunded.
    site.alice.post(f"{mine}/release", data={"seen": seen})
    assert queries.state_of(site.order()).held == 200_000, "by a page that is old nothing happens"
    now = {"seen": opened(site.alice, mine)}
    for _again in range(2):
        site.alice.post(f"{mine}/release", data=now)
    order = site.order()
    assert queries.state_of(order) == State(500_000, 300_000, 0)
    assert true_sums(order) == (price + 300_000, price + 300_000, 0, 200_000)
    assert "is to be refunded" in site.alice.get(mine).text
    give_back(order, 200_000)
    assert true_sums(site.order()) == (price + 300_000, price + 300_000, 0, 0)
    found = listing.found(the_expo(), listing.Filters())
    assert (found.foot["CNY"].total, found.deposits) == (price + 300_000, {}), "what was deducted is income"


def test_a_deduction_that_was_too_much_is_taken_back(site: Site) -> None:
    """With its reason and never more than was deducted; what was asked stays what it was."""
    assert site.alice.post(f"{DESK}/rules", data=RULES).status_code == 303
    order = site.confirm()
    price = order.total - 500_000
    pay(order, order.total)
    mine = f"/desk/8th/orders/{order.number}/clearing"
    taken = {"rule": "1", "reason": "B馆东侧", "seen": opened(site.alice, mine)}
    assert site.alice.post(mine, data=taken).status_code == 303
    back = {"rule": "back", "reason": "已清"}
    for amount, status in (("3000.01", 422), ("1000", 303), ("2000.01", 422)):
        sent = back | {"amount": amount, "seen": opened(site.alice, mine)}
        assert site.alice.post(mine, data=sent).status_code == status, amount
    order = site.order()
    assert queries.state_of(order) == queries.held(the_expo())[order.id] == State(500_000, 200_000, 300_000)
    assert true_sums(order) == (price + 500_000, price + 500_000, 0, 0)


def opened(client: Browser, page: str) -> str:
    found = re.search(r'name="seen"[^>]*value="(\d+)"', client.get(page).text)
    return found[1] if found else ""


def test_orders_of_before_the_rules_are_asked_once(site: Site) -> None:
    order = site.confirm()
    price = order.total
    assert queries.rows(the_expo(), queries.rules_of(the_expo())) == []
    assert "No deposit is asked for" in site.alice.get(DESK).text
    assert site.alice.post(f"{DESK}/rules", data=RULES | {"cap": "4000"}).status_code == 303
    assert "was confirmed without the deposit" in site.alice.get(DESK).text
    for _twice in range(2):
        assert site.alice.post(f"{DESK}/ask").status_code == 303
    order = site.order()
    assert queries.state_of(order) == State(400_000, 0, 400_000), "the cap of the fair"
    assert true_sums(order) == (price + 400_000, 0, price + 400_000, 0)
    assert "was confirmed without the deposit" not in site.alice.get(DESK).text
    # Other rules later change nothing of what was asked, and who got it back is not asked again.
    set_rules("36 8000")
    assert site.alice.post(f"{DESK}/ask").status_code == 303
    mine = f"/desk/8th/orders/{order.number}/clearing"
    site.alice.post(f"{mine}/release", data={"seen": opened(site.alice, mine)})
    assert site.alice.post(f"{DESK}/ask").status_code == 303
    assert true_sums(site.order()) == (price, 0, price, 0), "nothing was paid: nothing is credit"
    assert queries.state_of(site.order()) == State(400_000, 0, 0)


def test_a_price_that_was_seen_without_the_deposit_is_not_ordered(site: Site) -> None:
    page = site.firm.get(site.url).text
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', page)
    assert seen is not None
    set_rules()
    site.firm.post(site.url, data={**FORM, "seen": seen[1]})
    assert db.session.scalars(sa.select(Order)).all() == []


def test_a_cancelled_order_gives_the_whole_deposit_back(site: Site) -> None:
    """The ladder takes its share of the price; a deposit is none."""
    set_rules()
    order = site.confirm()
    price = order.total - 500_000
    pay(order, order.total)
    with transaction():
        found = cancelling.cancel(the_expo(), order, fee=None, reason="不来了", by=SYSTEM)
    assert found.given_up == price
    order = site.order()
    assert order.total == found.fee <= price
    assert true_sums(order)[3] == price + 500_000 - found.fee
    assert queries.state_of(order).held == 0


def test_a_smaller_stand_deposits_by_its_new_size(site: Site) -> None:
    set_rules("18 2000\n36 5000")
    with transaction():
        for day in db.session.scalars(sa.select(ExpoDay)):
            day.date += timedelta(days=200)
    order = site.confirm()
    pay(order, 500_000)
    areas = {"A01": 180_000, "A02": 90_000}
    with transaction():
        expected = reducing.preview(the_expo(), order, areas).total
        new = reducing.reduce(the_expo(), order, areas, expected, SYSTEM, "缩小")
    order = site.order()
    assert order.id == new.id
    assert queries.state_of(order) == State(200_000, 0, 200_000)
    assert true_sums(order) == (expected + 200_000, 500_000, expected - 300_000, 0)
    with transaction():
        clearing.deduct(the_expo(), order, clearing.Taken(50_000, "垃圾", ""), SYSTEM)
    areas = {"A01": 90_000, "A02": 90_000}
    with transaction():
        expected = reducing.preview(the_expo(), order, areas).total
        reducing.reduce(the_expo(), order, areas, expected, SYSTEM, "再缩小")
    order = site.order()
    assert queries.state_of(order) == State(200_000, 50_000, 150_000), "what was deducted stays as it is"
    assert true_sums(order)[0] == expected + 200_000
    with transaction():
        clearing.release(the_expo(), order, None, SYSTEM)
    assert true_sums(site.order())[0] == expected + 50_000


def test_who_may_what(site: Site) -> None:
    set_rules()
    order = site.confirm()
    mine = f"/desk/8th/orders/{order.number}/clearing"
    for path in (DESK, f"{DESK}/rules", mine):
        assert site.people["bob"].get(path).status_code == 403, path
        assert site.people["charlie"].get(path).status_code == 404, path
    for path in (f"{DESK}/ask", mine, f"{mine}/release"):
        assert site.people["bob"].post(path).status_code == 403, path
    db.session.remove()
    make_expo("9th", 9)
    assert site.people["dora"].get(f"/desk/9th/orders/{order.number}/clearing").status_code == 404
    for wrong in (
        {"sizes": "36"},
        {"cap": "20000.01"},
        {"cap": "x"},
        {"sizes": "36 5000\n36 6000"},
        {"deductions": "= 5"},
    ):
        assert site.alice.post(f"{DESK}/rules", data=RULES | wrong).status_code == 422, wrong


def test_rules_stay_beside_what_others_keep_and_go_into_the_next_fair(site: Site) -> None:
    with transaction():
        row = db.session.scalars(sa.select(ExhibitorSettings)).first()
        if row is None:
            row = ExhibitorSettings(expo_id=the_expo().id, data={}, changed_at=clock.now())
            db.session.add(row)
        row.data = {"points": {"of": "another room"}}
    set_rules()
    kept: dict[str, Any] = db.session.scalars(sa.select(ExhibitorSettings.data)).one()
    assert kept["points"] == {"of": "another room"}
    assert [size.minor for size in queries.rules_of(the_expo()).sizes] == [500_000, 800_000]
    assert {DEPOSIT, DEDUCTION} == {"clearing_deposit", "clearing_deduction"}
