"""E3: check, confirm once, contract; the same sum everywhere; other companies' links and ids get nothing."""

from __future__ import annotations

import io
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from exhibitions.audit.models import Entry
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.money import formatted, to_minor
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.exhibitors.rules.states import State
from exhibitions.orders.models import Instalment, Invoice, Order
from exhibitions.orders.queries import checking, shown
from exhibitions.orders.rules import lines, references
from exhibitions.orders.rules.states import OrderState
from exhibitions.orders.service import contracts
from exhibitions.stands.models import PriceList
from exhibitions.stands.queries import quoting
from exhibitions.stands.rules.price_list import PriceList as Prices
from exhibitions.stands.rules.price_list import dumped
from tests.engines import both_engines
from tests.exhibiting import make_exhibitor
from tests.orders.conftest import Sale
from tests.orders.pricing import CORNER, put_in_force

TOTAL = Decimal("9933.33") + Decimal("480") + Decimal("96") + Decimal("20.00")
FORM = {
    "kind": "digital",
    "title": "星河家居有限公司",
    "tax_number": "91210200MA0ABCDE63",
    "receiver_email": "e@example.org",
    "agree": "y",
}


def seen(sale: Sale) -> str:
    return checking.check(sale.expo, sale.exhibitor, clock.now()).mark


def order(sale: Sale, client: FlaskClient) -> Order:
    """Confirm by the page, as an exhibitor does."""
    assert client.post(sale.url, data={**FORM, "seen": seen(sale)}).status_code == 303
    db.session.expire_all()
    return db.session.scalars(sa.select(Order)).one()


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


class TestSumEqualsEverywhere:
    def test_stand_page_order_contract_and_lines(self, sale: Sale, client: FlaskClient) -> None:
        """E2 price = check page = order = contract = sum of lines = sum of instalments = invoice."""
        quote = quoting.quote(sale.expo, sale.exhibitor, [sale.hold.stand], clock.now())
        assert quote.total == TOTAL
        shown_total = formatted(TOTAL, "CNY")
        assert shown_total in client.get(sale.url).get_data(as_text=True)
        row = order(sale, client)
        minor = to_minor(TOTAL, "CNY")
        assert row.total == row.net + row.tax == minor
        assert sum(line.amount + line.tax for line in row.lines) == minor
        assert sum(part.amount for part in row.instalments) == minor
        assert db.session.scalars(sa.select(Invoice.amount)).all() == [minor]
        assert lines.recounted(row.frozen).total == TOTAL
        assert shown_total in client.get(sale.url).get_data(as_text=True)
        for lang, capitals in (("zh", "大写金额"), ("en", "capitals")):
            text = text_of(client.get(f"{sale.url}/contract/{lang}").data)
            assert shown_total in text
            assert "人民币壹万零伍佰贰拾玖元叁角叁分" in text
            assert row.number in text
            assert capitals in text
            for line in row.lines:
                assert formatted(Decimal(line.amount) / 100, "CNY") in text

    def test_the_order_stays_when_prices_names_and_early_days_change(
        self, sale: Sale, client: FlaskClient
    ) -> None:
        row = order(sale, client)
        before = contracts.source_of(sale.expo, row)
        with transaction():
            put_in_force(sale.expo, Prices(rates=CORNER.rates, tax_percent=Decimal(13)))
            sale.exhibitor.company.name_zh = "改名有限公司"
        assert contracts.source_of(sale.expo, row) == before
        assert shown.sums_of(row).total == TOTAL


class TestOnce:
    def test_double_click_reload_and_two_tabs(self, sale: Sale, client: FlaskClient) -> None:
        first = seen(sale)
        for _ in range(3):
            assert client.post(sale.url, data={**FORM, "seen": first}).status_code == 303
        db.session.expire_all()
        assert len(db.session.scalars(sa.select(Order)).all()) == 1
        page = client.get(sale.url)
        assert "Your order" in page.get_data(as_text=True) or "您的订单" in page.get_data(as_text=True)

    @both_engines
    def test_many_at_once(self, app: Flask, sale: Sale) -> Any:
        mark = seen(sale)
        db.session.remove()

        def send(_: int) -> int:
            return app.test_client().post(sale.url, data={**FORM, "seen": mark}).status_code

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(send, range(16))) == {303}
        assert db.session.scalar(sa.select(sa.func.count(Order.id))) == 1
        assert db.session.scalar(sa.select(sa.func.count(Instalment.id))) == 2

    def test_what_the_order_is(self, sale: Sale, client: FlaskClient) -> None:
        row = order(sale, client)
        assert row.number == "HT0800001"
        assert references.is_right(row.reference)
        assert row.state is OrderState.CONFIRMED
        assert [part.kind.value for part in row.instalments] == ["deposit", "balance"]
        list_row = db.session.scalars(sa.select(PriceList)).one()
        assert list_row.frozen_at is not None
        assert row.frozen["sha256"] == list_row.sha256
        assert row.frozen["prices"] == dumped(CORNER)
        sale_row = db.session.get_one(Exhibitor, sale.exhibitor.id)
        assert sale_row.state is State.ACCEPTED
        told = db.session.scalars(sa.select(Entry.action)).all()
        assert "orders.confirmed" in told


class TestRefusals:
    def test_the_hold_has_ended(self, sale: Sale, client: FlaskClient) -> None:
        mark = seen(sale)
        with transaction():
            sale.hold.until = clock.now()
        answer = client.post(sale.url, data={**FORM, "seen": mark})
        assert answer.status_code == 409
        assert db.session.scalars(sa.select(Order)).all() == []
        page = client.get(sale.url).get_data(as_text=True)
        assert re.search(r"\d\d:\d\d", page)

    def test_the_price_changed_after_the_page_was_shown(self, sale: Sale, client: FlaskClient) -> None:
        mark = seen(sale)
        with transaction():
            put_in_force(sale.expo, Prices(rates=CORNER.rates))
        assert client.post(sale.url, data={**FORM, "seen": mark}).status_code == 303
        assert db.session.scalars(sa.select(Order)).all() == []
        assert client.post(sale.url, data={**FORM, "seen": "nonsense"}).status_code == 303
        assert db.session.scalars(sa.select(Order)).all() == []

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"agree": ""}, "agree"),
            ({"tax_number": "91210200MA0ABCDE64"}, "tax_number"),
            ({"tax_number": ""}, "tax_number"),
            ({"title": ""}, "title"),
            ({"kind": "special"}, "address_phone"),
            ({"receiver_email": "nobody"}, "receiver_email"),
        ],
    )
    def test_invoice_data_are_checked(self, sale: Sale, client: FlaskClient, wrong: Any, field: Any) -> None:
        answer = client.post(sale.url, data={**FORM, "seen": seen(sale), **wrong})
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.get_data(as_text=True)
        assert db.session.scalars(sa.select(Order)).all() == []

    def test_full_width_and_lower_case_tax_numbers_are_taken(self, sale: Sale, client: FlaskClient) -> None:
        typed = "９１２１０２００ma0abcde63"
        client.post(sale.url, data={**FORM, "seen": seen(sale), "tax_number": typed})
        assert db.session.scalars(sa.select(Invoice.tax_number)).all() == ["91210200MA0ABCDE63"]

    def test_a_foreign_firm_needs_no_tax_number(self, sale: Sale, client: FlaskClient) -> None:
        with transaction():
            sale.exhibitor.company.country = "KR"
        assert client.post(sale.url, data={**FORM, "seen": seen(sale), "tax_number": ""}).status_code == 303
        assert len(db.session.scalars(sa.select(Order)).all()) == 1

    @pytest.mark.parametrize("state", [State.SUBMITTED, State.REFUSED, State.CANCELLED])
    def test_who_is_not_admitted_orders_nothing(self, sale: Sale, client: FlaskClient, state: Any) -> None:
        with transaction():
            sale.exhibitor.state = state
        client.post(sale.url, data={**FORM, "seen": seen(sale)})
        assert db.session.scalars(sa.select(Order)).all() == []

    @pytest.mark.parametrize(
        "role", [PersonRole.STAND_MANAGER, PersonRole.LEAD_SCANNER, PersonRole.CONTRACTOR]
    )
    def test_only_owner_and_finance_sign(self, sale: Sale, client: FlaskClient, role: Any) -> None:
        with transaction():
            sale.person.role = role
        assert client.post(sale.url, data={**FORM, "seen": seen(sale)}).status_code == 403
        # The stand's manager sees what it costs; a scanner and a guest do not.
        may_see = role is PersonRole.STAND_MANAGER
        assert client.get(sale.url).status_code == (200 if may_see else 403)

    def test_no_stand_no_prices_no_area(self, sale: Sale, client: FlaskClient) -> None:
        with transaction():
            sale.hold.ended_at = clock.now()
            sale.hold.until = None
        assert client.get(sale.url).status_code == 200
        assert client.get(f"{sale.url}/contract/zh").status_code == 404
        with transaction():
            sale.hold.ended_at = None
            db.session.execute(sa.update(PriceList).values(in_force_from=clock.now() + timedelta(days=1)))
        assert client.get(sale.url).status_code == 200

    def test_another_company_sees_its_own_page_only(self, sale: Sale, client: FlaskClient) -> None:
        row = order(sale, client)
        with transaction():
            _, _, token = make_exhibitor(sale.expo, "别家有限公司")
        other = f"/8th/exhibitor/{token}/order"
        assert row.number not in client.get(other).get_data(as_text=True)
        assert client.get(f"{other}/contract/zh").status_code == 404
        assert client.get("/8th/exhibitor/nonsense/order").status_code in (404, 410)


class TestContract:
    def test_paper(self, sale: Sale, client: FlaskClient) -> None:
        """A4, embedded fonts, page x of y, places for the seals, quick (bench: contract ≤ 1 s)."""
        row = order(sale, client)
        with transaction():
            row.frozen = {
                **row.frozen,
                "prices": {
                    **row.frozen["prices"],
                    "terms_zh": "条款。" * 40 + "\n" + "条款内容很长。\n" * 80,
                },
            }
        contracts.draw(sale.expo, [row], "zh")
        started = time.perf_counter()
        drawn = contracts.draw(sale.expo, [row], "zh")
        assert time.perf_counter() - started < 1
        reader = pypdf.PdfReader(io.BytesIO(drawn))
        pages = len(reader.pages)
        assert pages > 1
        for place, page in enumerate(reader.pages, 1):
            text = page.extract_text()
            assert f"第 {place} 页，共 {pages} 页" in text
            assert "骑缝章" in text
            assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
            resources: Any = page["/Resources"]
            for font in resources["/Font"].values():
                assert "/FontFile2" in font.get_object()["/FontDescriptor"]
        last = reader.pages[-1].extract_text()
        assert last.count("公章") == 2
        assert "甲方（主办单位）" in last
        assert "乙方（参展商）" in last

    def test_many_in_one_file_each_numbered_by_itself(self, sale: Sale, client: FlaskClient) -> None:
        row = order(sale, client)
        text = text_of(contracts.draw(sale.expo, [row, row, row], "en"))
        assert text.count("Page 1 of ") == 3

    def test_an_english_name_only_and_a_fair_without_days(self, sale: Sale, client: FlaskClient) -> None:
        with transaction():
            sale.exhibitor.company.name_zh, sale.exhibitor.company.name_en = "", "Milky Way Ltd"
            for day in sale.expo.days:
                db.session.delete(day)
        row = order(sale, client)
        assert "Milky Way Ltd" in text_of(contracts.draw(sale.expo, [row], "zh"))


def test_the_language_switch_keeps_what_was_typed(sale: Sale, client: FlaskClient) -> None:
    form = MultiDict({**FORM, "title": "别的抬头", "seen": seen(sale), "_lang": "en"})
    answer = client.post(sale.url, data=form)
    assert answer.status_code == 200
    assert "别的抬头" in answer.get_data(as_text=True)
    assert db.session.scalars(sa.select(Order)).all() == []
