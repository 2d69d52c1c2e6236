"""A bank's statement: read, matched, booked: what fits by one click, the rest by hand, nothing twice (O5)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.core.db import db, transaction
from exhibitions.files import service as files
from exhibitions.orders.models import Payment, Statement, StatementRow
from exhibitions.orders.queries import money
from exhibitions.orders.queries import statements as queries
from exhibitions.orders.rules.references import shown
from exhibitions.orders.service import statements as service
from tests.asked import counted
from tests.engines import both_engines
from tests.orders.paying import BY, Sold, expo, make_order
from tests.people import People

PAGE = "/desk/8th/orders/statements"
HALF = 267_750


def written(*rows: str) -> bytes:
    """A statement of today as a bank in China gives it."""
    day = money.today_of(expo()).strftime("%Y%m%d")
    lines = ["工商银行账户明细,,,,", "交易日期,贷方金额,借方金额,对方户名,附言,流水号"]
    lines += [f"{day},{row}" for row in rows]
    return "\r\n".join([*lines, "合计,1,,,,", "昨天,1,,,,"]).encode("gb18030")


def send(browser: FlaskClient, content: bytes, name: str = "bank.csv") -> str:
    """Upload it; gives the address of its page."""
    answer = browser.post(PAGE, data={"file": (BytesIO(content), name)}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def some(app: Flask) -> tuple[Sold, Sold, bytes]:
    sold, other = make_order(app), make_order(app, "远航机械")
    with app.app_context():
        content = written(
            f'"2,677.50",,星河家居有限公司,展位费 {shown(sold.reference).lower()},S1',
            f'"2,000.00",,别家公司,{other.reference},S2',
            "5,,远航机械,货款,S3",
            f'"2,677.50",,星河家居有限公司,{sold.reference[:-1]}x,S4',
            ",300,水务,水费,S5",
        )
    return sold, other, content


def test_what_fits_is_booked_by_one_click_and_the_rest_is_shown(app: Flask, people: People) -> None:
    sold, other, content = some(app)
    page = send(people.alice, content)
    text = people.alice.get(page).text
    for words in (
        "Fits",
        "Less than is open",
        "No order found",
        "Reference with a slip",
        "Title is not the payer",
    ):
        assert words in text
    assert "1 row of money that went out is left out" in text
    # The sum is no row at all, what has no day is said.
    assert "Row 9: The day cannot be read" in text
    assert "1 row cannot be read" in text
    assert (sold.balance()[1], other.balance()[1]) == (0, 0)
    assert people.alice.post(f"{page}/book").status_code == 303
    assert (sold.balance()[1], other.balance()[1]) == (HALF, 0)
    people.alice.post(f"{page}/book")
    assert sold.balance()[1] == HALF


def test_the_rest_is_given_by_hand_or_put_aside(app: Flask, people: People) -> None:
    _, other, content = some(app)
    page = send(people.alice, content)
    with app.app_context():
        ids = {row.serial: row.id for row in db.session.scalars(sa.select(StatementRow))}
    rows = "/desk/8th/orders/statement-rows"
    wrong = people.alice.post(
        f"{rows}/{ids['S3']}/assign", data={"reference": "ZW999999-99"}, follow_redirects=True
    )
    assert "No order of this fair has this reference" in wrong.text
    people.alice.post(f"{rows}/{ids['S3']}/assign", data={"reference": shown(other.reference)})
    assert other.balance()[1] == 500
    again = people.alice.post(
        f"{rows}/{ids['S3']}/assign", data={"reference": other.reference}, follow_redirects=True
    )
    assert "This row is booked already" in again.text
    for _click in range(2):
        people.alice.post(f"{rows}/{ids['S4']}/aside")
    aside = people.alice.post(
        f"{rows}/{ids['S4']}/assign", data={"reference": other.reference}, follow_redirects=True
    )
    assert "This row was put aside" in aside.text
    for _click in range(2):
        people.alice.post(f"{rows}/{ids['S4']}/aside", data={"take_up": "1"})
    people.alice.post(f"{rows}/{ids['S4']}/assign", data={"reference": other.reference})
    assert other.balance()[1] == 500 + HALF
    assert "given by hand" in people.alice.get(page).text


def test_the_same_statement_again_brings_nothing(app: Flask, people: People) -> None:
    sold, _, content = some(app)
    people.alice.post(f"{send(people.alice, content)}/book")
    again = send(people.alice, content, "again.csv")
    text = people.alice.get(again).text
    assert "4 rows were read before and are left out" in text
    people.alice.post(f"{again}/book")
    assert sold.balance()[1] == HALF
    assert "again.csv" in people.alice.get(PAGE).text


def test_two_rows_for_one_part_are_not_both_taken_for_it(app: Flask, people: People) -> None:
    sold = make_order(app, amounts=(HALF,))
    with app.app_context():
        content = written(*(f'"2,677.50",,星河,{sold.reference},T{n}' for n in (1, 2)))
    page = send(people.alice, content)
    people.alice.post(f"{page}/book")
    assert sold.balance() == (HALF, HALF, 0, 0)
    assert "More than is open" in people.alice.get(page).text


def test_a_file_that_is_no_statement_is_refused_in_words(app: Flask, people: People) -> None:
    for content, words in (
        (b"name,phone\r\na,1\r\n", "No columns of a bank statement were found"),
        (b"", "The file is empty"),
        (b"\x89PNG\r\n", "This is not a table"),
    ):
        data = {"file": (BytesIO(content), "x.csv")}
        answer = people.alice.post(PAGE, data=data, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert words in answer.text
    assert "Choose a file" in people.alice.post(PAGE, data={}).text
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Statement.id))) == 0


@both_engines
def test_a_statement_that_two_send_and_book_at_once_is_booked_once(app: Flask, people: People) -> None:
    sold, _, content = some(app)

    def both(_: int) -> int:
        with app.app_context():
            found = service.read(BytesIO(content), "CNY")
            stored = files.write(content)
            with transaction():
                row = service.keep(expo(), found, stored, "bank.csv", BY)
            with transaction():
                return (
                    sum(service.book_fitting(expo(), each, BY) for each, *_ in queries.statements(expo()))
                    + 0 * row.id
                )

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(both, range(4))) == 1
    assert sold.balance()[1] == HALF
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Payment.id))) == 1


def test_the_page_asks_as_much_for_many_rows_as_for_few(app: Flask, people: People) -> None:
    sold = make_order(app)
    with app.app_context():
        few = written(f"1,,a,{sold.reference},A1")
        many = written(*(f"1,,a,{sold.reference},B{n}" for n in range(60)))
    pages = [send(people.alice, content) for content in (few, many)]
    asked = []
    for page in pages:
        people.alice.get(page)
        with counted(app) as found:
            people.alice.get(page)
        asked.append(len(found))
    assert asked[0] == asked[1] <= 25
