"""A confirmed order's contract stays; another stand or a smaller area is said by a numbered supplement (补充协议, 0021)."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage

from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict
from exhibitions.core.money import to_minor
from exhibitions.exhibitors.models import ExhibitorSettings
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.exhibitors.rules.states import State
from exhibitions.orders.models import Order, Supplement
from exhibitions.orders.queries import listing, shown
from exhibitions.orders.rules import lines
from exhibitions.orders.rules import supplement as rules
from exhibitions.orders.rules.states import OrderState
from exhibitions.orders.service import contracts, expiring, reducing, supplementing
from exhibitions.stands.models import Allocation, Swap
from exhibitions.stands.queries import holding as stands
from exhibitions.stands.rules.allocation import AllocationKind
from exhibitions.stands.rules.swaps import Thing
from exhibitions.stands.service import assigning
from tests.exhibiting import make_exhibitor, make_stand
from tests.orders.conftest import Sale, held
from tests.orders.test_contracts import Apart, opening, ordered
from tests.people import make_people

OFFICE = Actor("user", None, "Alice")
DESK = "/desk/8th/orders"


@pytest.fixture
def people(app: Flask, sale: Sale) -> Any:
    return Apart(make_people(app))


def move(sale: Sale, number: str = "A09", **facts: Any) -> Allocation:
    """The office moves the exhibitor from its first stand to a new one of 3 × 3 m with one open side."""
    (mine, *_others) = stands.of_exhibitor(sale.expo, sale.exhibitor, clock.now())
    with transaction():
        there = stands.stand_by_number(sale.expo, number)
        there = there or make_stand(sale.expo, number, 0, 20_000, **{"open_sides": 1, **facts})
        return assigning.move(sale.expo, mine.id, there.id, OFFICE)


def sealed(sale: Sale) -> Order:
    """The order with its contract sealed."""
    row = ordered(sale)
    with transaction():
        contracts.stamped(sale.expo, row, OFFICE)
    return row


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def supplements(row: Order) -> list[tuple[str, list[str], list[str], bool]]:
    """Number, stands before and after, whether its copy is owed: of those that count."""
    db.session.expire_all()
    return [
        (
            each.number,
            [one["number"] for one in each.before],
            [one["number"] for one in each.after],
            each.is_owed,
        )
        for each in row.valid_supplements
    ]


class TestMove:
    def test_a_contract_that_was_sealed_before_the_move_does_not_satisfy_the_supplement(
        self, sale: Sale
    ) -> None:
        row = sealed(sale)
        assert shown.contracts(sale.expo, 1, owed=True).rows == []
        move(sale, w=4000)
        assert supplements(row) == [("HT0800001-B1", ["A01"], ["A09"], True)]
        assert [each.id for each in shown.contracts(sale.expo, 1, owed=True).rows] == [row.id]
        assert [each.owes_copy for each in listing.rows(sale.expo)] == [True]
        with transaction():
            contracts.stamped(sale.expo, row, OFFICE)
        assert shown.contracts(sale.expo, 1, owed=True).total == 1
        with transaction():
            supplementing.stamped(sale.expo, row.supplements[0], OFFICE)
        assert shown.contracts(sale.expo, 1, owed=True).rows == []

    def test_it_says_both_stands_their_size_the_price_and_has_room_for_both_seals(self, sale: Sale) -> None:
        row = sealed(sale)
        total = row.total
        move(sale, w=4000)
        for lang, words in (
            (
                "zh",
                ["补充协议", "原展位：A01", "9 m²", "变更后展位：A09", "12 m²", "合同价款不变", "¥10,529.33"],
            ),
            ("en", ["Supplement to the contract", "Before: A01", "Now: A09", "The price stays as it is"]),
        ):
            text = text_of(contracts.draw_supplement(sale.expo, row.supplements[0], lang))
            for word in (*words, "HT0800001-B1", "HT0800001"):
                assert word in text, (lang, word)
            assert text.count("公章" if lang == "zh" else "Seal") >= 2
        assert row.total == total

    def test_the_contract_still_says_what_was_signed_and_the_order_what_is_true(self, sale: Sale) -> None:
        row = sealed(sale)
        signed = contracts.source_of(sale.expo, row)
        move(sale)
        db.session.expire_all()
        assert contracts.source_of(sale.expo, row) == signed
        assert [each["number"] for each in row.frozen["parties"]["stands"]] == ["A09"]
        assert reducing.areas_of(row) == {"A09": 90_000}
        assert to_minor(lines.recounted(row.frozen).total, "CNY") == row.total

    def test_an_unsealed_one_gives_way_to_the_next_which_says_both(self, sale: Sale) -> None:
        row = sealed(sale)
        move(sale)
        move(sale, "B02", w=6000)
        assert supplements(row) == [("HT0800001-B2", ["A01"], ["B02"], True)]
        void = row.supplements[0]
        with pytest.raises(Conflict, match="not_binding"), transaction():
            supplementing.stamped(sale.expo, void, OFFICE)
        with transaction():
            supplementing.stamped(sale.expo, row.supplements[1], OFFICE)
        move(sale, "B03")
        assert supplements(row) == [
            ("HT0800001-B2", ["A01"], ["B02"], False),
            ("HT0800001-B3", ["B02"], ["B03"], True),
        ]
        with pytest.raises(Conflict, match="later_supplement"), transaction():
            supplementing.unstamped(sale.expo, row.supplements[1], OFFICE)

    def test_back_at_the_old_stand_nothing_is_to_be_said(self, sale: Sale) -> None:
        row = sealed(sale)
        move(sale)
        move(sale, "A01")
        assert supplements(row) == []
        assert not row.owes_copy

    def test_an_exchange_writes_one_for_each(self, sale: Sale) -> None:
        first = sealed(sale)
        with transaction():
            other, person, token = make_exhibitor(sale.expo, "别家有限公司")
            hold = held(sale.expo, other, make_stand(sale.expo, "A02", x=9000).id)
        second = ordered(Sale(sale.expo, other, person, token, hold))
        with transaction():
            assigning.exchange(sale.expo, sale.hold.id, hold.id, OFFICE)
        assert supplements(first) == [("HT0800001-B1", ["A01"], ["A02"], True)]
        assert supplements(second) == [("HT0800002-B1", ["A02"], ["A01"], True)]

    def test_who_has_no_confirmed_order_gets_none(self, sale: Sale) -> None:
        move(sale)
        assert db.session.scalars(sa.select(Supplement)).all() == []

    def test_the_swap_list_s_line_of_the_contract_is_ticked_by_it_alone(self, sale: Sale) -> None:
        """Demand 5: what is false after the freeze is on the list until it is made again."""
        row = sealed(sale)
        with transaction():
            settings = ExhibitorSettings(expo_id=sale.expo.id, data={}, changed_at=clock.now())
            settings.stands_frozen_at = clock.now()
            db.session.add(settings)
            sale.exhibitor.state = State.DEPOSIT_PAID
            sale.hold.kind, sale.hold.until = AllocationKind.ASSIGNED, None
        move(sale)
        line = db.session.scalars(sa.select(Swap).where(Swap.thing == Thing.CONTRACT.value)).one()
        assert line.done_at is None
        with transaction():
            contracts.stamped(sale.expo, row, OFFICE)
        assert line.done_at is None, "the contract was sealed for the old stand"
        with transaction():
            supplementing.stamped(sale.expo, row.supplements[0], OFFICE)
        assert line.done_at is not None


class TestSmaller:
    """§2.2: a smaller area counts as cancellation of the difference; its paper is the same kind as a move's."""

    def make(self, sale: Sale, row: Order, areas: dict[str, int]) -> Order:
        total = reducing.preview(sale.expo, row, areas).total
        with transaction():
            return reducing.reduce(sale.expo, row, areas, total, OFFICE, "太大")

    @pytest.fixture
    def two(self, sale: Sale) -> Sale:
        with transaction():
            held(sale.expo, sale.exhibitor, make_stand(sale.expo, "A02", x=9000, open_sides=2).id)
        opening(sale, 120)
        return sale

    def test_the_contract_stays_sealed_and_the_supplement_says_the_rest(self, two: Sale) -> None:
        row = sealed(two)
        signed = contracts.source_of(two.expo, row)
        new = self.make(two, row, {"A02": 0})
        db.session.expire_all()
        assert (new.number, new.stamped_at is not None, new.owes_copy) == ("HT0800001-2", True, True)
        assert supplements(new) == [("HT0800001-B1", ["A01", "A02"], ["A01"], True)]
        made = new.supplements[0]
        # 20,705.33 before; 10,529.33 left and 2,544.00 of the 10,176.00 that is given up (25 %).
        assert (made.total_before, made.total_after, made.fee) == (2_070_533, 1_307_333, 254_400)
        for each in (row, new):
            assert contracts.source_of(two.expo, each) == signed
        text = text_of(contracts.draw_supplement(two.expo, made, "zh"))
        for word in ("¥20,705.33", "¥13,073.33", "差额：¥7,632.00", "取消费 ¥2,544.00"):
            assert word in text

    def test_a_move_and_a_reduction_are_one_paper_while_nobody_has_sealed_it(self, two: Sale) -> None:
        row = sealed(two)
        move(two)
        new = self.make(two, row, {"A02": 0})
        assert supplements(new) == [("HT0800001-B2", ["A01", "A02"], ["A09"], True)]
        move(two, "B01")
        assert supplements(new) == [("HT0800001-B3", ["A01", "A02"], ["B01"], True)]
        assert (new.supplements[-1].fee, new.supplements[-1].total_before) == (254_400, 2_070_533)


def test_all_papers_of_an_order_are_printed_together_and_the_owed_ones_alone(sale: Sale, people: Any) -> None:
    row = sealed(sale)
    move(sale)
    every = people.alice.post(f"{DESK}/contracts/print", data={"id": row.number, "do": "zh"})
    text = text_of(every.data)
    assert "参展合同" in text
    assert "补充协议" in text
    owed = people.alice.post(f"{DESK}/contracts/print", data={"id": row.number, "do": "zh", "copy": "owed"})
    text = text_of(owed.data)
    assert "参展合同" not in text
    assert "补充协议" in text
    page = people.alice.get(f"{DESK}/contracts").get_data(as_text=True)
    assert "HT0800001-B1" in page
    assert people.alice.post(f"{DESK}/contracts/stamped", data={"id": row.number}).status_code == 303
    db.session.expire_all()
    assert not row.owes_copy


def test_the_office_notes_the_copy_takes_it_back_and_fetches_the_scan(sale: Sale, people: Any) -> None:
    row = sealed(sale)
    move(sale)
    url = f"{DESK}/supplements/HT0800001-B1"
    assert "HT0800001-B1" in people.alice.get(f"{DESK}/{row.number}").get_data(as_text=True)
    assert text_of(people.alice.get(f"{url}/en").data).count("HT0800001-B1")
    assert people.bob.get(f"{url}/en").status_code == 403
    assert people.bob.post(url).status_code == 403
    assert people.alice.get(f"{DESK}/supplements/HT0800001-B9/zh").status_code == 404
    scan = FileStorage(io.BytesIO(b"%PDF-1.7 sealed"), "补充协议.pdf")
    assert people.alice.post(url, data={"scan": scan}).status_code == 303
    db.session.expire_all()
    assert not row.owes_copy
    with people.alice.get(f"{url}/stamped-copy") as answer:
        assert answer.data == b"%PDF-1.7 sealed"
    assert people.alice.post(f"{url}/not-stamped").status_code == 303
    assert people.alice.post(f"{url}/not-stamped").status_code == 303
    db.session.expire_all()
    assert row.owes_copy


class TestCentre:
    def test_the_exhibitor_fetches_it_and_sends_it_back_sealed(
        self, sale: Sale, people: Any, client: FlaskClient
    ) -> None:
        """E3, E4: it waits until the office has looked at what was sent."""
        row = sealed(sale)
        move(sale)
        assert "HT0800001-B1" in client.get(sale.url).get_data(as_text=True)
        paper = f"{sale.url}/supplements/HT0800001-B1"
        assert "A09" in text_of(client.get(f"{paper}/zh").data)
        assert client.post(paper).status_code == 303
        db.session.expire_all()
        assert row.supplements[0].stamped_id is None, "no file, nothing sent"
        for content in (b"%PDF-1.7 one", b"%PDF-1.7 two"):
            scan = FileStorage(io.BytesIO(content), "sealed.pdf")
            assert client.post(paper, data={"scan": scan}).status_code == 303
        db.session.expire_all()
        assert (row.supplements[0].is_owed, row.supplements[0].sent_at is not None) == (True, True)
        url = f"{DESK}/supplements/HT0800001-B1"
        with people.alice.get(f"{url}/stamped-copy") as answer:
            assert answer.data == b"%PDF-1.7 two"
        assert people.alice.post(url).status_code == 303
        db.session.expire_all()
        assert not row.owes_copy
        scan = FileStorage(io.BytesIO(b"%PDF-1.7 late"), "sealed.pdf")
        client.post(paper, data={"scan": scan})
        with people.alice.get(f"{url}/stamped-copy") as answer:
            assert answer.data == b"%PDF-1.7 two", "what the office has looked at stays"
        scans = expiring.stamped_scans(sale.expo)
        with transaction():
            assert expiring.expire_stamped(sale.expo) == scans == 2
        db.session.expire_all()
        assert (row.supplements[0].stamped_id, row.owes_copy) == (None, False), "P6: the scan's term is over"

    def test_another_company_s_paper_is_not_there(self, sale: Sale, client: FlaskClient) -> None:
        sealed(sale)
        move(sale)
        with transaction():
            _other, _person, token = make_exhibitor(sale.expo, "别家有限公司")
        paper = f"/8th/exhibitor/{token}/order/supplements/HT0800001-B1"
        assert client.get(f"{paper}/zh").status_code == 404
        assert client.post(paper).status_code == 404

    def test_only_who_signs_sends_it(self, sale: Sale, client: FlaskClient) -> None:
        sealed(sale)
        move(sale)
        with transaction():
            sale.person.role = PersonRole.STAND_MANAGER
        paper = f"{sale.url}/supplements/HT0800001-B1"
        assert client.get(f"{paper}/zh").status_code == 200
        assert client.post(paper).status_code == 403

    @pytest.mark.parametrize("content", [b"MZ\x90", b"<svg onload=alert(1)>"])
    def test_a_scan_is_a_pdf_or_a_picture(self, sale: Sale, client: FlaskClient, content: bytes) -> None:
        row = sealed(sale)
        move(sale)
        scan = FileStorage(io.BytesIO(content), "sealed.pdf")
        client.post(f"{sale.url}/supplements/HT0800001-B1", data={"scan": scan})
        db.session.expire_all()
        assert row.supplements[0].stamped_id is None


def test_a_second_click_on_move_says_that_it_is_done(sale: Sale, people: Any) -> None:
    """No fault, nothing written twice: one place, one supplement, and the page says where the stand is."""
    row = sealed(sale)
    with transaction():
        make_stand(sale.expo, "A09", 0, 20_000)
        make_stand(sale.expo, "B01", 0, 25_000)
    url = f"/desk/8th/floor-plan/holds/{sale.hold.id}/move"
    first = people.alice.post(url, data={"number": "A09"})
    assert first.status_code == 303
    second = people.alice.post(url, data={"number": "A09"})
    assert (second.status_code, second.location) == (303, first.location)
    assert (
        "已" in people.alice.get(second.location).text or "already" in people.alice.get(second.location).text
    )
    db.session.expire_all()
    assert [each.stand.number for each in stands.of_exhibitor(sale.expo, sale.exhibitor, clock.now())] == [
        "A09"
    ]
    assert len(db.session.scalars(sa.select(Allocation)).all()) == 2
    assert len(row.supplements) == 1
    assert people.alice.post(url, data={"number": "B01"}).status_code == 422, "another move than the first"


def test_a_second_click_on_exchange_says_that_it_is_done(sale: Sale, people: Any) -> None:
    with transaction():
        other, _person, _token = make_exhibitor(sale.expo, "别家有限公司")
        hold = held(sale.expo, other, make_stand(sale.expo, "A02", x=9000).id)
    url = f"/desk/8th/floor-plan/holds/{sale.hold.id}/exchange/{hold.id}"
    first, second = people.alice.post(url), people.alice.post(url)
    assert (first.status_code, second.status_code, second.location) == (303, 303, first.location)
    db.session.expire_all()
    assert len(db.session.scalars(sa.select(Allocation)).all()) == 4
    assert people.alice.get(url).status_code == 404


def test_the_price_of_a_supplement_is_said_to_the_cent() -> None:
    facts: Any = {
        "number": "",
        "name_zh": "",
        "name_en": "",
        "area": 90_000,
        "upper": 0,
        "sides": 2,
        "kind": "shell",
    }
    nobody = {"name_zh": "", "name_en": "", "address_zh": "", "address_en": ""}
    parties = {
        "fair": {**nobody, "venue_zh": "", "venue_en": "", "first": "", "last": ""},
        "organiser": {**nobody, "contact": "", "phone": ""},
        "exhibitor": {**nobody, "credit_code": "", "legal_representative": ""},
    }

    def price(before: int, after: int, fee: int = 0) -> tuple[str, ...]:
        day = clock.now().date() - timedelta(days=1)
        source = rules.Source(
            "HT0800001-B1",
            "HT0800001",
            "ZW000001-11",
            "CNY",
            parties,
            [facts],
            [facts],
            before,
            after,
            fee,
            day,
            day,
        )
        return rules.supplement(source, "zh").price

    assert price(100_00, 100_00) == ("合同价款不变，仍为 ¥100.00（人民币壹佰元整）。",)
    assert price(100_00, 60_05, 10_01)[2:] == (
        "差额：¥39.95，合同价款相应减少，已付超出部分由甲方退还",
        "变更后价款中含缩小展位的取消费 ¥10.01",
    )
    assert price(100_00, 160_00)[2:] == (
        "差额：¥60.00，由乙方补付",
        "补付款项请汇至原合同所列账户，并注明：ZW000001-11",
    )


def test_nobody_s_supplement_is_written_for_a_cancelled_order(sale: Sale) -> None:
    row = sealed(sale)
    with transaction():
        row.state = OrderState.CANCELLED
    move(sale)
    assert db.session.scalars(sa.select(Supplement)).all() == []
