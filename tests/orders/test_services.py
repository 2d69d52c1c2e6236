"""Services ordered at the price of the day: one line an order, sums that agree, nothing twice, nothing too late (§2.4)."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from python_calamine import CalamineWorkbook

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.exhibitors.rules.states import State
from exhibitions.expos.models import ExpoDay
from exhibitions.expos.rules import DayKind
from exhibitions.orders.models import Instalment, Invoice, Order, OrderLine, Service, ServiceOrder
from exhibitions.orders.queries import money as monies
from exhibitions.orders.queries.invoices import parts_of
from exhibitions.orders.queries.invoices import rows as invoice_rows
from exhibitions.orders.queries.services import all_ordered, ordered
from exhibitions.orders.rules.states import InvoiceKind, OrderState, PaymentKind
from exhibitions.orders.service import booking, cancelling
from exhibitions.stands.models import PriceList
from tests.people import People
from tests.portal.test_exhibitor_centre import Firm, the_expo

TODAY = clock.today("Asia/Shanghai")
DAY = timedelta(days=1)
POWER = {"code": "P-16A", "name_zh": "电源 16A", "price": "123.45", "tax_rate": "6", "on_plan": "y"}


@pytest.fixture
def firm(app: Flask, people: People) -> Firm:
    return Firm(app)


def offer(people: People, days: str, **facts: str) -> None:
    answer = people.alice.post("/desk/8th/orders/services/new", data=POWER | {"steps": days} | facts)
    assert answer.status_code == 303, answer.text


def confirm(app: Flask, firm: Firm) -> None:
    with app.app_context(), transaction() as session:
        expo = the_expo()
        session.get_one(Exhibitor, firm.number).state = State.ACCEPTED
        prices = PriceList(expo_id=expo.id, version=1, data={}, sha256="", created_at=clock.now())
        session.add(prices)
        session.flush()
        session.add(
            Order(
                expo_id=expo.id,
                exhibitor_id=firm.number,
                number="C1",
                reference="R1",
                state=OrderState.CONFIRMED,
                price_list_id=prices.id,
                total=1_000,
                net=1_000,
                created_at=clock.now(),
            )
        )


def service_id(app: Flask, code: str = "P-16A") -> int:
    with app.app_context():
        return db.session.scalars(sa.select(Service.id).where(Service.code == code)).one()


def mark_in(page: str) -> str:
    """The last of the page: the change of language sends an earlier one along."""
    return str(re.findall(r'name="seen"\s+value="(\w+)"', page)[-1])


def order(firm: Firm, number: int, marks: str = "1.5 0.2\n3 0", quantity: str = "2") -> str:
    """Fill in the form, and give the page on which it is checked."""
    after = re.search(r'name="after"\s+value="(\d+)"', firm.get("/services"))
    assert after is not None
    typed: dict[str, Any] = {f"q-{number}": quantity, f"m-{number}": marks, "after": after[1]}
    page = firm.post("/services", 200, **typed)
    seen = mark_in(page)
    firm.post("/services", confirmed="y", seen=seen, **typed)
    firm.post("/services", confirmed="y", seen=seen, **typed)
    return page


def test_an_order_is_a_line_at_the_price_of_the_day_and_never_two(
    app: Flask, people: People, firm: Firm
) -> None:
    offer(people, f"{TODAY - DAY} 0\n{TODAY} 30\n{TODAY + DAY} 50")
    confirm(app, firm)
    page = order(firm, service_id(app))
    assert "¥320.97" in page, "2 × 123.45 and 30 % more"
    assert "¥19.26" in page
    assert "¥340.23" in page, "the tax and what is owed stand before the binding click"
    with app.app_context():
        row = db.session.scalars(sa.select(Order)).one()
        line = db.session.scalars(sa.select(OrderLine)).one()
        due = db.session.scalars(sa.select(Instalment)).one()
        assert (line.amount, line.tax, line.quantity) == (32_097, 1_926, "2")
        assert row.total == row.net + row.tax == 1_000 + line.amount + line.tax
        assert due.amount == line.amount + line.tax
        assert db.session.scalars(sa.select(ServiceOrder.marked)).one() == "1500,200 3000,0"
    assert "¥320.9" in firm.get("/services")


def test_what_is_confirmed_is_what_was_shown(app: Flask, people: People, firm: Firm) -> None:
    """A price that changed in between is shown again, with what was typed, and nothing is ordered."""
    offer(people, "")
    confirm(app, firm)
    number = service_id(app)
    typed: dict[str, Any] = {f"q-{number}": "2", f"m-{number}": "1 1\n2 2", "after": "0"}
    seen = mark_in(firm.post("/services", 200, **typed))
    with app.app_context(), transaction() as session:
        session.get_one(Service, number).price = 20_000
    page = firm.post("/services", 409, confirmed="y", seen=seen, **typed)
    assert "¥400.00" in page
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(ServiceOrder.id))) == 0
    firm.post("/services", confirmed="y", seen=mark_in(page), **typed)
    with app.app_context():
        assert db.session.scalars(sa.select(ServiceOrder.amount)).one() == 40_000


def test_a_cancelled_order_takes_its_services_along(app: Flask, people: People, firm: Firm) -> None:
    """The contractor delivers nothing to a stand that is free (§2.4)."""
    offer(people, "")
    confirm(app, firm)
    order(firm, service_id(app))
    with app.app_context(), transaction() as session:
        row = session.scalars(sa.select(Order)).one()
        cancelling.cancel(the_expo(), row, fee=0, reason="no time", by=SYSTEM)
        assert all_ordered(the_expo()) == []
        assert session.scalars(sa.select(ServiceOrder.cancelled_at)).one() is not None
        assert ordered(the_expo(), firm.number) == []


def ladder(app: Flask, days: int) -> None:
    """The order's ladder is 30 % from 20 days before the opening on, and the fair opens in so many days."""
    with app.app_context(), transaction() as session:
        row = session.scalars(sa.select(Order)).one()
        steps = [{"days_before": 60, "percent": "0"}, {"days_before": 20, "percent": "30"}]
        row.frozen = {"prices": {"cancellation": steps}}
        expo = the_expo()
        session.execute(sa.delete(ExpoDay).where(ExpoDay.expo_id == expo.id))
        session.add(ExpoDay(expo_id=expo.id, date=TODAY + days * DAY, kind=DayKind.OPEN))
        expo.setup_version += 1


def sums(app: Flask) -> tuple[int, int, int]:
    """Net, tax and total of the order, once lines, instalments and money were found to say the same (O5)."""
    with app.app_context():
        row = db.session.scalars(sa.select(Order)).one()
        of_lines = [(line.amount, line.tax) for line in row.lines]
        assert (row.net - 1_000, row.tax) == tuple(map(sum, zip(*of_lines, strict=True)))
        assert row.total == row.net + row.tax
        assert sum(part.amount for part in row.instalments) == row.total - 1_000
        now = monies.money_of(the_expo(), row).balance
        assert now.paid + now.open == now.total == row.total
        return row.net, row.tax, row.total


def pay_all(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        row = session.scalars(sa.select(Order)).one()
        came = booking.Incoming(PaymentKind.TRANSFER, row.total, monies.today_of(the_expo()))
        booking.book(the_expo(), row, came, SYSTEM)


def last_ordered(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(sa.select(sa.func.max(ServiceOrder.id))).one()


def test_an_exhibitor_cancels_one_service_before_its_deadline_for_nothing(
    app: Flask, people: People, firm: Firm
) -> None:
    """§2.4: the form is open, so it can be taken back; what was paid is credit, and nobody delivers it."""
    offer(people, f"{TODAY + DAY} 0")
    confirm(app, firm)
    ladder(app, 40)
    order(firm, service_id(app), "1 1", "1")
    order(firm, service_id(app), "2 2", "1")
    assert sums(app) == (1_000 + 24_690, 2 * 741, 1_000 + 24_690 + 1_482)
    pay_all(app)
    number = last_ordered(app)
    assert f"/services/{number}/cancel" in firm.get("/services")
    for _click in range(2):
        firm.post(f"/services/{number}/cancel")
    assert sums(app) == (1_000 + 12_345, 741, 1_000 + 12_345 + 741)
    with app.app_context():
        row = db.session.scalars(sa.select(Order)).one()
        assert monies.money_of(the_expo(), row).balance.credit == 12_345 + 741
        counter = [line for line in row.lines if line.amount < 0]
        assert [(each.amount, each.tax, each.tax_rate) for each in counter] == [(-12_345, -741, "6")]
        assert counter[0].reason_zh
        assert [each.id for each, _whose in all_ordered(the_expo())] == [number - 1]
        assert [each.id for each in ordered(the_expo(), firm.number)] == [number - 1]
    assert f"/services/{number}/cancel" not in firm.get("/services")


def test_after_the_deadline_the_office_cancels_for_the_fee_of_the_ladder(
    app: Flask, people: People, firm: Firm
) -> None:
    """§2.2: 30 % of 130.86 with tax = 39.258 → 39.26; of them 7.41 × 39.26 / 130.86 = 2.22 are tax, rounded on the line."""
    offer(people, f"{TODAY} 0")
    confirm(app, firm)
    ladder(app, 40)
    order(firm, service_id(app), "1 1", "1")
    with app.app_context(), transaction() as session:
        session.get_one(Service, service_id(app)).steps = [{"until": f"{TODAY - DAY}", "percent": 0}]
    number = last_ordered(app)
    firm.post(f"/services/{number}/cancel")
    assert sums(app)[2] == 1_000 + 13_086, "only the organiser may, now"
    page = f"/desk/8th/orders/services/ordered/{number}/cancel"
    assert "¥39.26" in people.alice.get(page).text
    assert people.alice.post(page, data={"reason": ""}).status_code == 422
    assert people.alice.post(page, data={"reason": "x", "fee": "130.87"}).status_code == 422
    for _click in range(2):
        assert people.alice.post(page, data={"reason": "不需要"}).status_code == 303
    assert sums(app) == (1_000 + 3_704, 222, 1_000 + 3_926)
    with app.app_context():
        row = db.session.scalars(sa.select(Order)).one()
        codes = [(line.code, line.amount, line.tax) for line in row.lines]
        assert codes == [
            ("service.P-16A", 12_345, 741),
            ("service_cancelled", -12_345, -741),
            ("service_fee", 3_704, 222),
        ]
        assert row.lines[1].reason_zh == "不需要"
        assert all_ordered(the_expo()) == []
        assert [(part.rate, part.net, part.tax) for part in parts_of(row) if part.rate] == [
            (Decimal(6), 3_704, 222)
        ]


def test_an_issued_invoice_of_a_cancelled_service_is_shown_as_too_high(
    app: Flask, people: People, firm: Firm
) -> None:
    """It is reversed (红字) outside and asked for anew, as that of a cancelled order is."""
    offer(people, f"{TODAY + DAY} 0")
    confirm(app, firm)
    ladder(app, 40)
    order(firm, service_id(app), "1 1", "1")
    with app.app_context(), transaction() as session:
        row = session.scalars(sa.select(Order)).one()
        now = clock.now()
        session.add(
            Invoice(
                expo_id=row.expo_id,
                order_id=row.id,
                kind=InvoiceKind.DIGITAL,
                amount=row.total,
                number="24212000",
                issued_on=TODAY,
                requested_at=now,
                created_at=now,
            )
        )
    with app.app_context():
        assert [each.is_over for each in invoice_rows(the_expo())] == [False]
    firm.post(f"/services/{last_ordered(app)}/cancel")
    with app.app_context():
        assert [each.is_over for each in invoice_rows(the_expo())] == [True]


def test_another_company_s_service_is_not_cancelled(app: Flask, people: People, firm: Firm) -> None:
    offer(people, "")
    confirm(app, firm)
    order(firm, service_id(app), "1 1", "1")
    other = Firm(app, "别家有限公司", "A02", x=9000)
    other.post(f"/services/{last_ordered(app)}/cancel", 404)
    assert people.bob.post(f"/desk/8th/orders/services/ordered/{last_ordered(app)}/cancel").status_code == 403


def test_two_clicks_on_stop_offering_stop_it_once(app: Flask, people: People) -> None:
    offer(people, "")
    end = f"/desk/8th/orders/services/{service_id(app)}/end"
    for offered, is_over in (("0", True), ("1", False)):
        for _click in range(2):
            people.alice.post(end, data={"offered": offered})
        with app.app_context():
            assert (db.session.scalars(sa.select(Service.ended_at)).one() is not None) is is_over


def test_services_are_not_added_to_an_order_in_another_currency(
    app: Flask, people: People, firm: Firm
) -> None:
    """1,200 of the fair's money are not 1,200 of the order's."""
    offer(people, "")
    confirm(app, firm)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Order).values(currency="EUR"))
    typed: dict[str, Any] = {f"q-{service_id(app)}": "1", f"m-{service_id(app)}": "1 1", "after": "0"}
    seen = mark_in(firm.post("/services", 200, **typed))
    firm.post("/services", 409, confirmed="y", seen=seen, **typed)
    with app.app_context():
        assert db.session.scalars(sa.select(Order.total)).one() == 1_000
        assert db.session.scalar(sa.select(sa.func.count(ServiceOrder.id))) == 0


def test_the_catalogue_is_in_the_fair_s_currency(app: Flask, people: People, firm: Firm) -> None:
    """Yen have no hundredths, in the form and in the contractor's table."""
    with app.app_context(), transaction():
        the_expo().currency = "JPY"
    offer(people, "", price="1200")
    confirm(app, firm)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Order).values(currency="JPY"))
    number = service_id(app)
    people.alice.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = people.alice.get(f"/desk/8th/orders/services/{number}").text
    assert 'value="1200"' in page
    assert "%%" not in page
    order(firm, number)
    assert people.alice.get("/desk/8th/orders/services").text.count("JP¥2,400") == 1
    with people.alice.get("/desk/8th/orders/services/ordered.xlsx") as answer:
        head, row = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert head[-1] == "Surcharge in per cent"
    assert (row[1], row[5]) == (2, 2_400)


def test_after_the_last_deadline_the_form_is_only_read(app: Flask, people: People, firm: Firm) -> None:
    offer(people, f"{TODAY - DAY} 0")
    confirm(app, firm)
    number = service_id(app)
    assert f'name="q-{number}"' not in firm.get("/services")
    typed = {f"q-{number}": "1", f"m-{number}": "1 1", "after": "0", "confirmed": "y"}
    firm.post("/services", 409, **typed)
    page = firm.post("/services", 409, **typed | {"confirmed": ""})
    assert "The deadline is over" in page or "截止" in page


@pytest.mark.parametrize(
    ("quantity", "marks"),
    [("2", "1 1"), ("1", ""), ("1", "9 9"), ("0", ""), ("-1", "1 1"), ("x", "1 1"), ("6", "1 1\n" * 6)],
)
def test_what_is_not_marked_or_not_offered_is_not_ordered(
    app: Flask, people: People, firm: Firm, quantity: str, marks: str
) -> None:
    offer(people, "", most="5")
    confirm(app, firm)
    number = service_id(app)
    typed = {f"q-{number}": quantity, f"m-{number}": marks, "after": "0", "confirmed": "y"}
    firm.post("/services", 422, **typed)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(ServiceOrder.id))) == 0


def test_nothing_is_ordered_without_a_confirmed_order_or_the_right(
    app: Flask, people: People, firm: Firm
) -> None:
    offer(people, "")
    typed = {f"q-{service_id(app)}": "1", f"m-{service_id(app)}": "1 1", "after": "0", "confirmed": "y"}
    firm.post("/services", 409, **typed)
    with app.app_context(), transaction() as session:
        session.get_one(ExhibitorPerson, firm.person).role = PersonRole.LEAD_SCANNER
    firm.get("/services", 403)


def test_the_catalogue_is_the_organiser_s(app: Flask, people: People) -> None:
    assert people.bob.get("/desk/8th/orders/services/new").status_code == 403
    for wrong in (
        {"price": "-1"},
        {"price": "1.234"},
        {"price": "NaN"},
        {"tax_rate": "101"},
        {"steps": "soon"},
        {"steps": "2026-07-15 30\n2026-07-01 50"},
        {"most": "0"},
        {"name_zh": ""},
        {"code": "a b"},
    ):
        assert people.alice.post("/desk/8th/orders/services/new", data=POWER | wrong).status_code == 422, (
            wrong
        )
    offer(people, "2026/07/01\n2026-07-15 +30%")
    assert people.alice.post("/desk/8th/orders/services/new", data=POWER).status_code == 422, (
        "the code is taken"
    )
    small = people.alice.post("/desk/8th/orders/services/new", data=POWER | {"code": "p-16a"})
    assert small.status_code == 422, "nobody tells P-16A from p-16a on paper"
    number = service_id(app)
    page = people.alice.get(f"/desk/8th/orders/services/{number}").text
    assert "2026-07-15 30" in page
    people.alice.post(f"/desk/8th/orders/services/{number}/end")
    assert people.alice.get("/desk/8th/orders/services").status_code == 200
    assert people.alice.get("/desk/8th/orders/services/999").status_code == 404
    with people.alice.get("/desk/8th/orders/services/ordered.xlsx") as answer:
        assert answer.data.startswith(b"PK")
