"""The set-up of prices: tables, drafts and versions, an example; only who may edit prices (docs/access.md)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from msgspec import structs

from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.expos.models import Expo
from exhibitions.stands.models import PriceList as Row
from exhibitions.stands.queries import price_lists as queries
from exhibitions.stands.rules.price_list import PriceList, fingerprint, loaded
from exhibitions.stands.service import price_lists
from tests.factories import make_expo
from tests.orders.pricing import CORNER, put_in_force
from tests.people import People

ROOT = "/desk/8th/prices"
RATE = {"basis": "per_m2", "amount": "１８５", "place": "", "zone": ""}
GENERAL = {
    "currency": "CNY",
    "tax_percent": "6",
    "tax_included": "no",
    "upper_percent": "30",
    "deposit_percent": "50",
    "pay_days": "14",
    "balance_months": "5",
}


def now(app: Flask) -> tuple[list[tuple[int, bool, bool]], PriceList]:
    """The versions (number, in force, frozen), the youngest first, and what the office sees."""
    with app.app_context():
        expo = db.session.scalars(sa.select(Expo).where(Expo.slug == "8th")).one()
        rows = queries.versions(expo)
        return [
            (row.version, row.in_force_from is not None, row.frozen_at is not None) for row in rows
        ], price_lists.current(expo)


class TestByHand:
    """A list is made by forms alone, without a line of JSON."""

    def test_the_spec_s_list_line_by_line(self, app: Flask, people: People) -> None:
        alice = people.alice
        assert alice.get(ROOT).status_code == 200
        for amount, sides in (("185", "1"), ("193", "2")):
            sent = {**RATE, "amount": amount, "sides": [sides]}
            assert alice.post(f"{ROOT}/rates/new", data=sent).status_code == 303
        fee = {"place": "", "spare_main": "y", "who": "everyone", "name_en": "Waste", "basis": "per_m2"}
        waste = {**fee, "amount": "2.70", "cap": "1,350"}
        assert alice.post(f"{ROOT}/fees/new", data=waste).status_code == 303
        prepaid = {**fee, "name_en": "Technical prepayment", "amount": "¥25", "who": "new"}
        assert alice.post(f"{ROOT}/fees/new", data=prepaid).status_code == 303
        early = {"name_en": "Early", "basis": "per_m2", "amount": "36", "until": "2026-03-01"}
        assert (
            alice.post(f"{ROOT}/discounts/new", data={**early, "place": "", "who": "everyone"}).status_code
            == 303
        )
        assert alice.post(f"{ROOT}/surcharges/new", data={"sides": "2", "percent": "20%"}).status_code == 303
        assert (
            alice.post(f"{ROOT}/cancellation/new", data={"days_before": "0", "percent": "100"}).status_code
            == 303
        )
        assert (
            alice.post(f"{ROOT}/cancellation/new", data={"days_before": "90", "percent": "25"}).status_code
            == 303
        )
        assert alice.post(f"{ROOT}/general", data=GENERAL).status_code == 303
        assert alice.post(f"{ROOT}/put-in-force").status_code == 303
        versions, prices = now(app)
        assert versions == [(1, True, False)]
        assert [rate.amount for rate in prices.rates] == [185, 193]
        assert prices.rates[1].sides == (2,)
        assert prices.fees[0].cap == Decimal("1350")
        assert [step.days_before for step in prices.cancellation] == [90, 0]
        assert prices.schedule.balance_months == 5
        example = f"{ROOT}/example?area=12&sides=2&kind=shell&place=indoor&zone=&new=y&on=2026-03-01"
        page = alice.get(example).get_data(as_text=True)
        # 2,316 + 20 % 463.20 − 432 + 32.40 + 300 = 2,679.60, with 6 % tax on each line 2,840.37.
        assert "¥2,316.00" in page
        assert "¥2,679.60" in page
        assert "¥2,840.37" in page

    def test_lines_are_changed_moved_and_removed(self, app: Flask, people: People) -> None:
        alice = people.alice
        for amount in ("1", "2", "3"):
            alice.post(f"{ROOT}/rates/new", data={**RATE, "amount": amount})
        alice.post(f"{ROOT}/rates/2/up")
        alice.post(f"{ROOT}/rates/0/up")
        alice.post(f"{ROOT}/rates/2/down")
        assert [rate.amount for rate in now(app)[1].rates] == [1, 3, 2]
        alice.post(f"{ROOT}/rates/0/remove")
        alice.post(f"{ROOT}/rates/0", data={**RATE, "amount": "9.5", "started": "y"})
        assert [(rate.amount, rate.started) for rate in now(app)[1].rates] == [
            (Decimal("9.5"), True),
            (2, False),
        ]
        for gone in ("rates/2", "rates/7/remove", "rates/9/up", "surcharges/0/up", "prizes/0"):
            assert alice.post(f"{ROOT}/{gone}", data=RATE).status_code == 404, gone

    @pytest.mark.parametrize(
        ("path", "sent"),
        [
            ("rates/new", {**RATE, "amount": ""}),
            ("rates/new", {**RATE, "amount": "-5"}),
            ("rates/new", {**RATE, "amount": "a lot"}),
            ("rates/new", {**RATE, "amount": "1e9"}),
            ("rates/new", {**RATE, "zone": "nowhere"}),
            ("rates/new", {**RATE, "tax_percent": "101"}),
            ("fees/new", {"basis": "per_m2", "amount": "5", "place": "", "who": "everyone"}),
            ("surcharges/new", {"sides": "5", "percent": "20"}),
            ("cancellation/new", {"days_before": "-1", "percent": "20"}),
            ("general", {**GENERAL, "currency": "XYZ"}),
            ("general", {**GENERAL, "deposit_percent": "101"}),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_kept(
        self, app: Flask, people: People, path: Any, sent: Any
    ) -> None:
        assert people.alice.post(f"{ROOT}/{path}", data=sent).status_code == 422
        assert now(app)[0] == []


class TestVersions:
    def test_a_version_in_force_is_never_changed(self, app: Flask, people: People) -> None:
        with app.app_context(), transaction():
            expo = db.session.scalars(sa.select(Expo)).one()
            row = put_in_force(expo, CORNER)
            before = (row.id, row.sha256, dict(row.data))
        people.alice.post(f"{ROOT}/rates/0", data={**RATE, "amount": "9000"})
        versions, prices = now(app)
        assert versions == [(2, False, False), (1, True, False)]
        assert prices.rates[0].amount == 9000
        with app.app_context():
            row = db.session.get_one(Row, before[0])
            assert (row.sha256, row.data) == before[1:]
            assert fingerprint(loaded(row.data)) == row.sha256
        assert "8,000" in people.alice.get(f"{ROOT}?version=1").get_data(as_text=True)
        assert people.alice.get(f"{ROOT}?version=7").status_code == 404
        people.alice.post(f"{ROOT}/discard")
        people.alice.post(f"{ROOT}/discard")
        assert now(app)[0] == [(1, True, False)]

    def test_what_cannot_be_used_is_not_put_in_force(self, app: Flask, people: People) -> None:
        with app.app_context():
            expo = db.session.scalars(sa.select(Expo)).one()
            with pytest.raises(Conflict, match="no_draft"), transaction():
                price_lists.put_in_force(expo, SYSTEM)
            with transaction():
                price_lists.save(expo, lambda prices: prices, SYSTEM)
            with pytest.raises(Refused, match="no_rate"), transaction():
                price_lists.put_in_force(expo, SYSTEM)
            with transaction():
                price_lists.save(expo, lambda _prices: structs.replace(CORNER, currency="EUR"), SYSTEM)
            with pytest.raises(Refused, match="other_currency"), transaction():
                price_lists.put_in_force(expo, SYSTEM)
        people.alice.post(f"{ROOT}/put-in-force")
        assert now(app)[0] == [(1, False, False)]

    def test_prices_go_along_with_a_copied_edition_as_a_draft(self, app: Flask, people: People) -> None:
        with app.app_context():
            here = db.session.scalars(sa.select(Expo)).one()
            there = db.session.get_one(Expo, make_expo("9th", 9))
            assert price_lists.dump_setup(here) is None
            with transaction():
                put_in_force(here, CORNER)
                price_lists.load_setup(there, price_lists.dump_setup(here) or {})
            assert price_lists.current(there) == CORNER
            assert [row.version for row in queries.versions(there)] == [1]
            with pytest.raises(Refused, match="price_list_unreadable"), transaction():
                price_lists.load_setup(there, {"rates": "cheap"})


def test_only_who_may_edit_prices(people: People) -> None:
    for path in ("", "/general", "/rates/new", "/example"):
        assert people.alice.get(f"{ROOT}{path}").status_code == 200, path
        assert people.bob.get(f"{ROOT}{path}").status_code == 403, path
        assert people.charlie.get(f"{ROOT}{path}").status_code == 404, path
    assert people.bob.post(f"{ROOT}/put-in-force").status_code == 403
