"""The office's pages of money: list, payments, day close, receipts, invoices, cancelling; and who may not (O5)."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from flask import Flask
from pypdf import PdfReader

from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.rules.states import State
from exhibitions.orders.models import ClosedDay, Invoice, Order, OrderLine, Payment
from exhibitions.orders.queries import money
from exhibitions.orders.queries.invoices import parts_of
from exhibitions.orders.rules import references
from exhibitions.orders.rules.invoicing import ACCOUNTANT
from exhibitions.orders.rules.states import PaymentKind
from tests.asked import counted
from tests.orders.paying import expo, make_order
from tests.people import People

ORDERS = "/desk/8th/orders"
TOTAL, HALF = 535_500, 267_750


def test_the_list_says_due_paid_open_and_its_foot_is_their_sum(app: Flask, people: People) -> None:
    late = make_order(app, "远航机械", due_in=-1)
    part = make_order(app)
    part.pay(HALF)
    text = people.alice.get(ORDERS).text
    assert "¥10,710.00" in text and "¥2,677.50" in text and "¥8,032.50" in text  # noqa: PT018 - the three sums.
    assert late.number in people.alice.get(f"{ORDERS}?status=late").text
    assert part.number not in people.alice.get(f"{ORDERS}?status=late").text
    assert part.number in people.alice.get(f"{ORDERS}?status=part").text
    assert "No orders match" in people.alice.get(f"{ORDERS}?status=refunded").text
    for typed in ("xinghe", part.reference.lower(), part.number):
        found = people.alice.post(f"{ORDERS}/search", data={"q": typed}, follow_redirects=True).text
        assert part.number in found and late.number not in found  # noqa: PT018 - one and not the other.


def test_the_list_asks_as_much_for_many_orders_as_for_few(app: Flask, people: People) -> None:
    make_order(app)
    asked = []
    for _ in range(2):
        people.alice.get(ORDERS)
        with counted(app) as found:
            people.alice.get(ORDERS)
        asked.append(len(found))
        for place in range(20):
            make_order(app, f"公司{place}")
    assert asked[0] == asked[1] <= 20


def test_the_export_is_what_the_list_shows(app: Flask, people: People) -> None:
    sold = make_order(app, "=远航")
    sold.pay(TOTAL + 1)
    make_order(app)
    answer = people.alice.post(f"{ORDERS}/export/csv?status=paid")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][:2] == [sold.number, sold.reference]
    assert rows[1][5:9] == ["5355", "5355", "0", "0.01"] or rows[1][5:9] == [
        "5355.00",
        "5355.00",
        "0.00",
        "0.01",
    ]
    assert ZipFile(BytesIO(people.alice.post(f"{ORDERS}/export/xlsx").data)).testzip() is None
    assert people.alice.post(f"{ORDERS}/export/pdf").status_code == 404


def test_a_payment_is_recorded_once_however_often_it_is_sent(app: Flask, people: People) -> None:
    """B7: double click, reload, two tabs: one record."""
    sold = make_order(app)
    with app.app_context():
        today = money.today_of(expo()).isoformat()
    data = {
        "key": "k1",
        "kind": "cash",
        "amount": "２，６７７．５０",
        "day": today,
        "payer": "王敏",
        "note": "desk 1",
    }
    for _ in range(2):
        assert people.alice.post(f"{ORDERS}/{sold.number}/payment", data=data).status_code == 303
    assert sold.balance()[1] == HALF
    assert sold.state() is State.DEPOSIT_PAID
    text = people.alice.get(f"{ORDERS}/{sold.number}/money").text
    assert "王敏" in text
    for wrong in ("0", "-5", "1,000.001", "twelve", ""):
        answer = people.alice.post(
            f"{ORDERS}/{sold.number}/payment", data=data | {"key": "k2", "amount": wrong}
        )
        assert answer.status_code == 422
    ahead = data | {"key": "k3", "day": "2199-01-01"}
    assert (
        "This day has not come yet" in people.alice.post(f"{ORDERS}/{sold.number}/payment", data=ahead).text
    )


def test_refund_credit_and_counter_entry(app: Flask, people: People) -> None:
    sold, other = make_order(app), make_order(app, "远航机械")
    number = sold.pay(TOTAL + 100)
    with app.app_context():
        today = money.today_of(expo()).isoformat()
    page = f"{ORDERS}/{sold.number}"
    over = {"key": "a", "amount": "1.01", "target": other.reference}
    assert "more than the credit" in people.alice.post(f"{page}/credit", data=over).text
    nobody = over | {"amount": "1", "target": "ZW1"}
    assert "No order of this fair" in people.alice.post(f"{page}/credit", data=nobody).text
    assert people.alice.post(f"{page}/credit", data=over | {"amount": "0.40"}).status_code == 303
    assert (sold.balance()[3], other.balance()[1]) == (60, 40)
    back = {"key": "b", "kind": "transfer", "amount": "0.60", "day": today, "note": "overpaid"}
    assert people.alice.post(f"{page}/refund", data=back | {"note": " "}).status_code == 422
    assert people.alice.post(f"{page}/refund", data=back).status_code == 303
    assert sold.balance() == (TOTAL, TOTAL, 0, 0)
    refused = people.alice.post(f"/desk/8th/payments/{number}/counter", data={"reason": "wrong company"})
    assert "more than is held" in refused.text
    fresh = other.pay(100)
    assert (
        people.alice.post(f"/desk/8th/payments/{fresh}/counter", data={"reason": "wrong company"}).status_code
        == 303
    )
    assert other.balance()[1] == 40


def test_a_receipt_names_sum_and_number_and_is_void_when_countered(app: Flask, people: People) -> None:
    sold = make_order(app)
    number = sold.pay(HALF, PaymentKind.CASH, payer="王敏")
    answer = people.alice.get(f"/desk/8th/payments/{number}/receipt")
    text = PdfReader(BytesIO(answer.data)).pages[0].extract_text()
    for words in ("-000001", "¥2,677.50", "人民币贰仟陆佰柒拾柒元伍角", "王敏", sold.number):
        assert words in text
    people.alice.post(f"/desk/8th/payments/{number}/counter", data={"reason": "slip"})
    void = people.alice.get(f"/desk/8th/payments/{number}/receipt")
    assert "void" in PdfReader(BytesIO(void.data)).pages[0].extract_text()
    assert people.alice.get(f"/desk/8th/payments/{sold.pay(1)}/receipt").status_code == 404


def test_a_day_is_closed_with_its_difference_explained(app: Flask, people: People) -> None:
    sold = make_order(app)
    sold.pay(50_000, PaymentKind.CASH)
    sold.pay(10_000, PaymentKind.QR)
    with app.app_context():
        today = money.today_of(expo())
    page = f"{ORDERS}/days/{today.isoformat()}"
    count = {"cash": "490", "qr": "100", "explanation": "", "signed_by": "Wang Min"}
    assert "Say why" in people.alice.post(page, data=count).text
    assert people.alice.post(page, data=count | {"signed_by": ""}).status_code == 422
    assert people.alice.post(page, data=count | {"cash": "x"}).status_code == 422
    assert people.alice.post(page, data=count | {"explanation": "change given wrongly"}).status_code == 303
    with app.app_context():
        row = db.session.scalars(sa.select(ClosedDay)).one()
        assert (row.booked_cash, row.counted_cash, row.booked_qr, row.counted_qr) == (
            50_000,
            49_000,
            10_000,
            10_000,
        )
    assert "Wang Min" in people.alice.get(page).text
    assert "closed already" in people.alice.post(page, data=count | {"explanation": "again"}).text
    assert "Wang Min" in people.alice.get(f"{ORDERS}/days").text
    ahead = (today + timedelta(days=1)).isoformat()
    assert (
        "not come yet" in people.alice.post(f"{ORDERS}/days/{ahead}", data=count | {"explanation": "x"}).text
    )
    assert people.alice.get(f"{ORDERS}/days/yesterday").status_code == 404


WISH = {
    "kind": "digital",
    "whose": "company",
    "title": "星河家居有限公司",
    "tax_number": "９１２１０２００７４４３７０２１５ｒ",
    "amount": "5,355",
    "receiver_email": "a@example.com",
    "receiver": "王敏",
    "receiver_phone": "138 0013 8000",
}


def test_an_invoice_is_requested_issued_and_exported_in_the_accountants_columns(
    app: Flask, people: People
) -> None:
    sold = make_order(app)
    sold.pay(TOTAL, payer="张三")
    page = f"{ORDERS}/{sold.number}/invoice"
    special = people.alice.post(page, data=WISH | {"kind": "special"})
    assert "registered address and phone" in special.text and "bank and the account" in special.text  # noqa: PT018
    assert people.alice.post(page, data=WISH).status_code == 303
    assert "more than the total" in people.alice.post(page, data=WISH | {"amount": "0.01"}).text
    with app.app_context():
        number = db.session.scalars(sa.select(Invoice.id)).one()
    assert "张三" in people.alice.get(f"{ORDERS}/invoices?state=other_payer").text
    one = f"{ORDERS}/invoices/{number}"
    assert people.alice.post(f"{one}/change", data=WISH | {"title": "远航机械"}).status_code == 303
    assert people.alice.post(one, data={"number": "票"}).status_code == 422
    assert people.alice.post(one, data={"number": "2521 2000 0000 0012 3456"}).status_code == 303
    assert "was issued" in people.alice.post(f"{one}/change", data=WISH).text
    assert people.alice.post(f"{ORDERS}/invoices/export", data={"reason": " "}).status_code == 422
    answer = people.alice.post(f"{ORDERS}/invoices/export", data={"reason": "July", "kind": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert list(rows[0]) == [heading for _key, heading in ACCOUNTANT]
    row = rows[0]
    assert (row["Invoice title"], row["Tax number"], row["Invoice number"]) == (
        "远航机械",
        "91210200744370215R",
        "25212000000000123456",
    )
    assert (row["Title is not the payer"], row["Paid by"]) == ("Yes", "张三")
    with app.app_context():
        assert row["Last payment on"] == money.today_of(expo()).isoformat()
    assert row["Payment reference"] == references.shown(sold.reference)
    assert (
        people.alice.post(f"{ORDERS}/invoices/export", data={"reason": "July"})
        .headers["Content-Type"]
        .endswith("sheet")
    )


def test_two_clicks_ask_for_one_invoice(app: Flask, people: People) -> None:
    """Halves are often asked for: the second click is no second half."""
    sold = make_order(app)
    page = f"{ORDERS}/{sold.number}/invoice"
    half = WISH | {"amount": "2,677.50", "after": "0"}
    for _click in range(2):
        assert people.alice.post(page, data=half).status_code == 303
    with app.app_context():
        first = db.session.scalars(sa.select(Invoice.id)).one()
    assert f'value="{first}"' in people.alice.get(page).text
    people.alice.post(page, data=half | {"after": str(first)})
    with app.app_context():
        assert len(db.session.scalars(sa.select(Invoice)).all()) == 2


def exported(people: People) -> list[dict[str, str]]:
    answer = people.alice.post(f"{ORDERS}/invoices/export", data={"reason": "July", "kind": "csv"})
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_accountant_s_tax_is_by_rate_and_follows_the_order(app: Flask, people: People) -> None:
    """A line a rate, half a cent up; a cancelled order's invoice says that its amount has changed, and its fee is taxed alike."""
    sold = make_order(app)
    with app.app_context(), transaction() as session:
        row = session.get_one(Order, sold.id)
        line = row.lines[0]
        line.amount, line.tax_rate, line.tax = 505_189, "6", 30_311
        more = {"text_zh": "电", "text_en": "Power", "created_at": line.created_at, "position": 1}
        row.lines.append(
            OrderLine(expo_id=row.expo_id, code="service.p", amount=100, tax_rate="13", tax=13, **more)
        )
        row.net, row.tax, row.total = 505_289, 30_324, 535_613
    for amount in ("2,678.06", "2,678.07"):
        assert (
            people.alice.post(f"{ORDERS}/{sold.number}/invoice", data=WISH | {"amount": amount}).status_code
            == 303
        )
    rows = exported(people)
    assert [row["Tax rate"] for row in rows] == ["6 %", "13 %"] * 2
    assert sum(Decimal(row["Tax amount"]) for row in rows) == Decimal("303.24")
    assert sum(Decimal(row["Amount with tax"]) for row in rows) == Decimal("5356.13")
    data = {"reason": "insolvent", "sure": "y", "fee": "1,000"}
    assert people.alice.post(f"{ORDERS}/{sold.number}/cancel", data=data).status_code == 303
    with app.app_context():
        order = db.session.get_one(Order, sold.id)
        assert [part.rate for part in parts_of(order)] == [6, 13]
        assert sum(part.gross for part in parts_of(order)) == order.total == 100_000
        assert sum(line.amount for line in order.lines) == order.net
    assert "Amount has changed" in people.alice.get(f"{ORDERS}/invoices").text
    assert all("Amount has changed" in row["State of the invoice"] for row in exported(people))
    with app.app_context():
        number = db.session.scalars(sa.select(Invoice.id)).first()
    assert "at most ¥1,000.00" in people.alice.get(f"{ORDERS}/invoices/{number}").text


def test_an_order_is_cancelled_for_the_fee_of_its_ladder(app: Flask, people: People) -> None:
    """§2.2: the fair opens today, so all of the price is kept; an agreed fee is never above the price."""
    sold = make_order(app, ladder=((90, 25), (30, 80)))
    sold.pay(HALF)
    page = f"{ORDERS}/{sold.number}/cancel"
    assert "100 % = ¥5,355.00" in people.alice.get(page).text
    data = {"reason": "insolvent", "sure": "y", "fee": "1,000"}
    assert people.alice.post(page, data=data | {"sure": ""}).status_code == 422
    assert people.alice.post(page, data=data | {"reason": ""}).status_code == 422
    assert "never more than the price" in people.alice.post(page, data=data | {"fee": "5,355.01"}).text
    assert people.alice.post(page, data=data).status_code == 303
    assert sold.balance() == (100_000, 100_000, 0, HALF - 100_000)
    assert sold.state() is State.CANCELLED
    assert "does not stand any more" in people.alice.post(page, data=data).text
    with app.app_context():
        order = db.session.get_one(Order, sold.id)
        lines = db.session.scalars(sa.select(OrderLine).where(OrderLine.order_id == sold.id)).all()
        assert sum(line.amount + line.tax for line in lines) == order.total == 100_000
        today = money.today_of(expo()).isoformat()
    back = {"key": "z", "kind": "transfer", "amount": "1,677.50", "day": today, "note": "rest"}
    people.alice.post(f"{ORDERS}/{sold.number}/refund", data=back)
    assert sold.money().state == "refunded"


@pytest.mark.parametrize("address", ["payment", "refund", "credit", "cancel", "invoice"])
def test_the_desk_may_not_book_and_strangers_see_nothing(app: Flask, people: People, address: str) -> None:
    """MONEY_BOOK and ORDERS_EDIT: the wrong person is refused."""
    sold = make_order(app)
    assert people.bob.get(f"{ORDERS}/{sold.number}/{address}").status_code == 403
    assert people.charlie.get(f"{ORDERS}/{sold.number}/{address}").status_code == 404
    assert people.alice.get(f"{ORDERS}/HT0000000/{address}").status_code == 404
    for page in (f"{ORDERS}/statements", f"{ORDERS}/days/2026-08-17", ORDERS, f"{ORDERS}/invoices"):
        assert people.bob.get(page).status_code == 403
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Payment.id))) == 0
