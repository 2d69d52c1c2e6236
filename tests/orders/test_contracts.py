"""The office's order page, stamped copies, many contracts at once, a smaller order (exhibitors-stands.md §2.2)."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage

from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.exhibitors.models import Exhibitor, ExhibitorEvent, ExhibitorSettings
from exhibitions.exhibitors.rules.states import State
from exhibitions.expos.models import ExpoDay
from exhibitions.expos.rules import DayKind
from exhibitions.files import service as files
from exhibitions.orders import queries
from exhibitions.orders.models import Instalment, Invoice, Order, Payment
from exhibitions.orders.queries import checking, shown
from exhibitions.orders.rules import lines
from exhibitions.orders.rules.states import OrderState, PaymentKind
from exhibitions.orders.service import cancelling, contracts, expiring, ordering, reducing
from exhibitions.portal.rules.retention import Kind, months_later
from exhibitions.portal.service import retention
from exhibitions.stands.models import Allocation, Stand
from exhibitions.stands.queries import swaps as swap_queries
from exhibitions.stands.rules.swaps import Fact, differing
from tests.asked import counted
from tests.exhibiting import make_exhibitor, make_stand
from tests.factories import make_expo
from tests.orders.conftest import Sale, held
from tests.orders.pricing import Digital
from tests.people import People, make_people

BY = Actor("user", 1, "Alice")
OFFICE = Actor("user", None, "Alice")
ROOT = "/desk/8th/orders"


def ordered(sale: Sale) -> Order:
    mark = checking.check(sale.expo, sale.exhibitor, clock.now()).mark
    with transaction():
        return ordering.confirm(sale.expo, sale.exhibitor, sale.person, mark, Digital(), BY)


def found(sale: Sale, number: str) -> Any:
    """The order with this number."""
    return queries.order(sale.expo, number)


def live(sale: Sale) -> Any:
    """The exhibitor's order that counts."""
    return queries.live_order(sale.expo, sale.exhibitor)


def opening(sale: Sale, days: int) -> None:
    """Let the fair open in so many days."""
    with transaction():
        db.session.execute(sa.delete(ExpoDay).where(ExpoDay.expo_id == sale.expo.id))
        first = clock.today(sale.expo.timezone) + timedelta(days=days)
        db.session.add(ExpoDay(expo_id=sale.expo.id, date=first, kind=DayKind.OPEN))
        sale.expo.setup_version += 1
    db.session.expire_all()


class Apart:
    """Browsers whose requests know nothing of each other, although the test has an application context of its own."""

    def __init__(self, people: People) -> None:
        self._people = people

    def __getattr__(self, name: str) -> FlaskClient:
        for known in list(g):
            g.pop(known)
        found: FlaskClient = getattr(self._people, name)
        return found


@pytest.fixture
def people(app: Flask, sale: Sale) -> Any:
    return Apart(make_people(app))


class TestOffice:
    def test_who_may_look_and_who_may_not(self, sale: Sale, people: Any) -> None:
        row = ordered(sale)
        for path in ("contracts", row.number, f"{row.number}/contract/zh"):
            assert people.alice.get(f"{ROOT}/{path}").status_code == 200, path
            assert people.bob.get(f"{ROOT}/{path}").status_code == 403, path
            assert people.charlie.get(f"{ROOT}/{path}").status_code == 404, path
        for path in (row.number, "contracts/stamped", f"{row.number}/smaller"):
            assert people.bob.post(f"{ROOT}/{path}").status_code == 403, path

    def test_another_fairs_order_is_not_found(self, sale: Sale, people: Any) -> None:
        row = ordered(sale)
        make_expo("9th", 9)
        for path in (row.number, f"{row.number}/contract/en", f"{row.number}/smaller"):
            assert people.dora.get(f"/desk/9th/orders/{path}").status_code == 404, path

    def test_the_stamped_copy_comes_back_and_contracts(self, sale: Sale, people: Any) -> None:
        row = ordered(sale)
        assert row.number in people.alice.get(f"{ROOT}/contracts").get_data(as_text=True)
        scan = FileStorage(io.BytesIO(b"%PDF-1.7 sealed"), "合同.pdf")
        assert people.alice.post(f"{ROOT}/{row.number}", data={"scan": scan}).status_code == 303
        db.session.expire_all()
        row = found(sale, row.number)
        assert (row.state, row.stamped_at is not None) == (OrderState.CONTRACTED, True)
        assert db.session.get_one(Exhibitor, sale.exhibitor.id).state is State.CONTRACTED
        with people.alice.get(f"{ROOT}/{row.number}/stamped-copy") as answer:
            assert answer.data == b"%PDF-1.7 sealed"
        assert people.bob.get(f"{ROOT}/{row.number}/stamped-copy").status_code == 403
        assert row.number not in people.alice.get(f"{ROOT}/contracts").get_data(as_text=True)
        assert row.number in people.alice.get(f"{ROOT}/contracts?copy=all").get_data(as_text=True)
        assert people.alice.post(f"{ROOT}/{row.number}/not-stamped").status_code == 303
        db.session.expire_all()
        assert found(sale, row.number).stamped_at is None
        with transaction():
            contracts.unstamped(sale.expo, found(sale, row.number), BY)

    @pytest.mark.parametrize("content", [b"MZ\x90", b"<svg onload=alert(1)>", b""])
    def test_a_scan_is_a_pdf_or_a_picture(self, sale: Sale, people: Any, content: Any) -> None:
        row = ordered(sale)
        scan = FileStorage(io.BytesIO(content), "contract.pdf")
        people.alice.post(f"{ROOT}/{row.number}", data={"scan": scan})
        db.session.expire_all()
        assert found(sale, row.number).stamped_at is None

    def test_many_are_printed_and_ticked_at_once(
        self, sale: Sale, people: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = ordered(sale)
        with transaction():
            other, person, token = make_exhibitor(sale.expo, "别家有限公司")
            hold = held(sale.expo, other, make_stand(sale.expo, "A02", x=9000).id)
        second = ordered(Sale(sale.expo, other, person, token, hold))
        both = {"id": [first.number, second.number], "copy": "owed"}
        printed = people.alice.post(f"{ROOT}/contracts/print", data={**both, "do": "zh"})
        text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(printed.data)).pages)
        assert first.number in text
        assert second.number in text
        every = people.alice.post(f"{ROOT}/contracts/print", data={"all": "1", "do": "en"})
        assert every.mimetype == "application/pdf"
        monkeypatch.setattr(shown, "MOST_PRINTED", 1)
        assert "1–1</option>" in people.alice.get(f"{ROOT}/contracts").text
        # Of all the second portion, also when the page's own rows came ticked along.
        last = people.alice.post(
            f"{ROOT}/contracts/print", data={"id": first.number, "all": "1", "portion": "2", "do": "zh"}
        )
        text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(last.data)).pages)
        assert second.number in text
        assert first.number not in text
        monkeypatch.undo()
        assert people.alice.post(f"{ROOT}/contracts/print").status_code == 303
        assert people.alice.post(f"{ROOT}/contracts/stamped", data=both).status_code == 303
        assert people.alice.post(f"{ROOT}/contracts/stamped").status_code == 303
        db.session.expire_all()
        assert all(row.stamped_at for row in db.session.scalars(sa.select(Order)))

    def test_the_list_asks_as_often_for_many_as_for_one(self, app: Flask, sale: Sale) -> None:
        ordered(sale)
        with counted(app) as few:
            shown.contracts(sale.expo, 1, owed=True)
        for place in range(3):
            with transaction():
                other, person, token = make_exhibitor(sale.expo, f"第{place}家")
                hold = held(sale.expo, other, make_stand(sale.expo, f"B{place}", x=9000 * place + 9000).id)
            ordered(Sale(sale.expo, other, person, token, hold))
        db.session.expire_all()
        with counted(app) as many:
            rows = shown.contracts(sale.expo, 1, owed=True).rows
            assert [each.exhibitor.company and each.exhibitor.company.name_zh for each in rows]
        assert len(many) <= len(few) + 1

    def test_a_cancelled_order_is_not_stamped(self, sale: Sale) -> None:
        row = ordered(sale)
        with transaction():
            row.state = OrderState.CANCELLED
        with pytest.raises(Conflict, match="not_binding"), transaction():
            contracts.stamped(sale.expo, row, BY)


def swapped(sale: Sale) -> set[tuple[str, str, str, str]]:
    """What is to be made again: thing, reference, what it says of stands and area, what it should say."""
    shown_facts = (Fact.NUMBER, Fact.AREA)
    found = set()
    for row in swap_queries.swaps(sale.expo, done=False).rows:
        one, other = (
            " ".join(said[fact] for fact in shown_facts if fact in said)
            for said in differing(row.swap.before, row.swap.after)
        )
        found.add((row.swap.thing, row.swap.reference, one, other))
    return found


class TestSmaller:
    """8,000 a stand, corner +20 %, directory 333.33, 6 % tax on top; 25 % stay due 90 days or more before."""

    @pytest.fixture
    def two(self, sale: Sale) -> Any:
        """Two stands: 2 × 9,600 + 333.33 = 19,533.33, with 6 % tax 20,705.33."""
        with transaction():
            held(sale.expo, sale.exhibitor, make_stand(sale.expo, "A02", x=9000, open_sides=2).id)
        opening(sale, 120)
        return sale

    def test_a_stand_given_up_is_cancelled_with_its_share(self, two: Sale) -> None:
        row = ordered(two)
        assert row.total == 2070533
        seen = reducing.preview(two.expo, row, {"A01": 90_000, "A02": 0})
        # What is left: 9,600 + 333.33 = 9,933.33, with tax 10,529.33; a quarter of 10,176.00 stays due.
        assert (seen.fee.given_up, seen.fee.fee, seen.total) == (1017600, 254400, 1307333)
        with transaction():
            db.session.add(
                Payment(
                    expo_id=two.expo.id,
                    order_id=row.id,
                    kind=PaymentKind.TRANSFER,
                    amount=1000,
                    day=date(2026, 1, 1),
                    created_at=clock.now(),
                )
            )
        reference = row.reference
        with transaction():
            new = reducing.reduce(two.expo, row, {"A01": 90_000, "A02": 0}, seen.total, BY, "太大")
        db.session.expire_all()
        assert (new.number, new.reference, new.total) == ("HT0800001-2", reference, 1307333)
        assert sum(line.amount + line.tax for line in new.lines) == new.total
        # §2.2, tax per line: the fee is a share of a price with 6 % tax, so 2,544.00 are 2,400.00 and 144.00.
        fee = next(line for line in new.lines if line.code == lines.REDUCTION)
        assert (fee.amount, fee.tax_rate, fee.tax) == (240_000, "6", 14_400)
        assert (new.net, new.tax) == (960_000 + 33_333 + 240_000, 57_600 + 2_000 + 14_400)
        assert sum(part.amount for part in new.instalments) == new.total
        assert lines.recounted(new.frozen).total == Decimal("10529.33")
        assert [stand["number"] for stand in new.frozen["parties"]["stands"]] == ["A01"]
        assert db.session.scalars(sa.select(Payment.order_id)).all() == [new.id]
        assert db.session.scalars(sa.select(Invoice.order_id)).all() == [new.id]
        assert live(two).id == new.id
        assert [each.id for each in shown.replaces(two.expo, new)] == [row.id]
        assert shown.replaced_by(two.expo, row) == new
        ended: Any = db.session.scalar(sa.select(Allocation).join(Stand).where(Stand.number == "A02"))
        assert ended.end_reason.value == "reduced"
        event: Any = db.session.scalars(sa.select(ExhibitorEvent).order_by(ExhibitorEvent.id.desc())).first()
        assert (event.deed, event.fee) == ("reduced", 254400)
        text = "".join(
            page.extract_text()
            for page in pypdf.PdfReader(
                io.BytesIO(contracts.draw_papers(two.expo, [new], "zh", owed=False))
            ).pages
        )
        assert "¥20,705.33" in text, "the contract as it was"
        assert "¥13,073.33" in text, "its supplement"

    def test_after_the_freeze_what_was_made_is_to_be_made_again(self, two: Sale) -> None:
        """A reduction and a cancellation go through the swap list: contract, confirmation, issued invoice (demand 5)."""
        row = ordered(two)
        with transaction():
            row.exhibitor.state = State.CONTRACTED
            settings = ExhibitorSettings(expo_id=two.expo.id, data={}, changed_at=clock.now())
            settings.stands_frozen_at = clock.now()
            db.session.add(settings)
            issued = db.session.scalars(sa.select(Invoice)).one()
            issued.number, issued.issued_on = "24212000", clock.today(two.expo.timezone)
        seen = reducing.preview(two.expo, row, {"A01": 45_000, "A02": 0})
        with transaction():
            new = reducing.reduce(two.expo, row, {"A01": 45_000, "A02": 0}, seen.total, OFFICE, "太大")
        assert swapped(two) == {
            ("confirmation", "", "A01, A02 18", "A01 4.5"),
            ("contract", "", "A01, A02 18", "A01 4.5"),
            ("invoice", "24212000", "18", "4.5"),
            ("stand_sheet", "", "A01, A02 18", "A01 4.5"),
        }
        with transaction():
            contracts.stamped(two.expo, new, OFFICE)
        assert "contract" in {thing for thing, *_ in swapped(two)}, (
            "it says the old area: the supplement waits"
        )
        with transaction():
            contracts.stamped_all(two.expo, new, OFFICE)
        assert "contract" not in {thing for thing, *_ in swapped(two)}, "the supplement is signed"
        with transaction():
            cancelling.cancel(two.expo, new, fee=0, reason="破产", by=OFFICE)
        assert ("contract", "", "A01", "") in swapped(two)
        assert ("invoice", "24212000", "18", "0") in swapped(two)

    def test_twice_smaller_keeps_the_first_fee(self, two: Sale) -> None:
        first = ordered(two)
        one = reducing.preview(two.expo, first, {"A02": 0})
        with transaction():
            second = reducing.reduce(two.expo, first, {"A02": 0}, one.total, BY, "")
        db.session.expire_all()
        # One standard stand stays one standard stand: nothing more is given up by a smaller area.
        again = reducing.preview(two.expo, second, {"A01": 45_000})
        assert (again.fee.given_up, again.total) == (0, one.total)
        with transaction():
            third = reducing.reduce(two.expo, second, {"A01": 45_000}, again.total, BY, "")
        db.session.expire_all()
        assert (third.number, third.total) == ("HT0800001-3", one.total)
        assert db.session.scalar(sa.select(Stand.contracted_area).where(Stand.number == "A01")) == 45_000
        assert db.session.scalar(
            sa.select(sa.func.sum(Instalment.amount)).where(Instalment.order_id == third.id)
        ) == (third.total)

    @pytest.mark.parametrize(
        ("areas", "code"),
        [
            ({"A01": 100_000}, "not_smaller"),
            ({"A01": -1}, "not_smaller"),
            ({}, "nothing_smaller"),
            ({"A01": 90_000, "A02": 90_000}, "nothing_smaller"),
            ({"A01": 0, "A02": 0}, "nothing_left"),
        ],
    )
    def test_what_is_no_reduction(self, two: Sale, areas: Any, code: Any) -> None:
        row = ordered(two)
        with pytest.raises(Refused, match=code):
            reducing.preview(two.expo, row, areas)

    def test_only_what_was_seen_and_only_once(self, two: Sale) -> None:
        row = ordered(two)
        with pytest.raises(Conflict, match="changed_meanwhile"), transaction():
            reducing.reduce(two.expo, row, {"A02": 0}, 1, BY, "")
        total = reducing.preview(two.expo, row, {"A02": 0}).total
        with transaction():
            reducing.reduce(two.expo, row, {"A02": 0}, total, BY, "")
        with pytest.raises(Conflict, match="not_binding"), transaction():
            reducing.reduce(two.expo, row, {"A02": 0}, total, BY, "")

    def test_the_page_shows_the_cost_before_it_is_done(self, two: Sale, app: Flask) -> None:
        row = ordered(two)
        alice = make_people(app).alice
        page = f"{ROOT}/{row.number}/smaller"
        assert alice.get(page).status_code == 200
        assert alice.post(page, data={"area-A01": "9", "area-A02": "many"}).status_code == 422
        shown_page = alice.post(page, data={"area-A01": "９", "area-A02": "0"})
        assert "¥13,073.33" in shown_page.get_data(as_text=True)
        db.session.expire_all()
        assert live(two).id == row.id
        done = alice.post(page, data={"area-A01": "9", "area-A02": "0", "seen": "1307333"})
        assert done.status_code == 303
        db.session.expire_all()
        assert live(two).number == "HT0800001-2"


def test_p6_scans_of_stamped_contracts_end_with_their_term(sale: Sale, people: People) -> None:
    """P6: they bear signatures; 120 months after the fair they are deleted, a replaced one with them, the order stays."""
    row = ordered(sale)
    with transaction():
        for name in ("first.pdf", "second.pdf"):
            contracts.stamped(sale.expo, row, BY, (files.write(b"%PDF-1.4 signed"), name, "application/pdf"))
    assert expiring.stamped_scans(sale.expo) == 2
    due = {line.kind: (line.months, line.next_day) for line in retention.lines()}
    last = db.session.scalars(sa.select(sa.func.max(ExpoDay.date)).filter_by(expo_id=sale.expo.id)).one()
    assert due[Kind.CONTRACTS] == (120, months_later(last, 120))
    with transaction():
        assert expiring.expire_stamped(sale.expo) == 2
    with transaction():
        assert expiring.expire_stamped(sale.expo) == 0
    assert expiring.stamped_scans(sale.expo) == 0
    kept = found(sale, row.number)
    assert (kept.stamped_id, kept.stamped_at is not None, kept.state) == (None, True, OrderState.CONTRACTED)
    assert people.alice.get(f"{ROOT}/{row.number}/stamped-copy").status_code == 404
