"""E2 and the office's pages of holds, as browsers meet them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.audit.models import Entry
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson, ExhibitorSettings
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import expo_by_slug
from exhibitions.jobs.commands.running import drain
from exhibitions.mail.models import Mail
from exhibitions.stands.models import Allocation, StandWish
from exhibitions.stands.models import PriceList as PriceListRow
from exhibitions.stands.queries import holding as queries
from exhibitions.stands.queries import quoting
from exhibitions.stands.rules.allocation import AllocationKind, EndReason, WhoChooses
from exhibitions.stands.rules.choosing import KEY, Choosing, write
from exhibitions.stands.rules.price_list import Basis, PriceList, Rate, SideSurcharge, dumped
from exhibitions.stands.service import assigning, holding
from tests.exhibiting import make_exhibitor, make_hall_plan, make_stand
from tests.people import People

OFFICE = Actor("system")
HOLDS = "/desk/8th/floor-plan/holds"


@dataclass
class Centre:
    """Two companies with their centres, and the stands A01 to A03 and B01 (36 m², corner) of the fair "8th"."""

    app: Flask
    browser: FlaskClient
    mine: str
    theirs: str
    me: int
    other: int

    def get(self, path: str = "", lang: str = "en") -> str:
        answer = self.browser.get(f"{self.mine}{path}", query_string=None, headers={"Accept-Language": lang})
        assert answer.status_code == 200, answer.text
        return answer.text

    def rows(self) -> list[tuple[str, str, EndReason | None]]:
        with self.app.app_context():
            found = db.session.scalars(sa.select(Allocation).order_by(Allocation.id))
            return [
                (row.stand.number, row.exhibitor.company.name_zh, row.end_reason)
                for row in found
                if row.exhibitor.company
            ]

    def choosing(self, **facts: Any) -> None:
        frozen = facts.pop("frozen_at", None)
        with self.app.app_context(), transaction():
            expo = fair()
            row = db.session.scalar(sa.select(ExhibitorSettings))
            if row is None:
                row = ExhibitorSettings(expo_id=expo.id, changed_at=clock.now())
                db.session.add(row)
            row.data = {KEY: write(Choosing(**facts))}
            row.stands_frozen_at = frozen


def fair() -> Expo:
    found = expo_by_slug("8th")
    assert found is not None
    return found


@pytest.fixture
def centre(app: Flask, people: People) -> Centre:
    with app.app_context(), transaction():
        expo = fair()
        make_hall_plan(expo)
        for n in (1, 2, 3):
            make_stand(expo, f"A0{n}", x=3000 * n)
        make_stand(expo, "B01", y=9000, w=6000, d=6000, open_sides=2)
        (me, _, mine), (other, _, theirs) = make_exhibitor(expo, "甲公司"), make_exhibitor(expo, "乙公司")
        links = (f"/8th/exhibitor/{mine}/stand", f"/8th/exhibitor/{theirs}/stand")
        return Centre(app, people.nobody, *links, me.id, other.id)


def test_a_stand_is_found_held_and_let_go(centre: Centre) -> None:
    page = centre.get()
    assert re.findall(r"row-link[^>]*>(\w+)<", page) == ["A01", "A02", "A03", "B01"]
    assert re.findall(r"row-link[^>]*>(\w+)<", centre.get("?least=36")) == ["B01"]
    assert re.findall(r"row-link[^>]*>(\w+)<", centre.get("?most=9&near=A03")) == ["A03", "A02", "A01"]
    assert re.findall(r"row-link[^>]*>(\w+)<", centre.get("?most=9&away=A03")) == ["A01", "A02", "A03"]
    assert "No free stand matches" in centre.get("?sides=4")
    typed = centre.get("?least=NaN&most=-5&near=ZZ&away=ａ０1")
    assert [f'value="{text}"' in typed for text in ("NaN", "-5", "ZZ", "ａ０1")] == [True] * 4
    assert typed.count("Enter a whole number of square metres") == 2
    assert typed.count("There is no stand ZZ on the plan") == 1
    assert "Hold this stand" in centre.get("/A01")
    for _ in range(2):
        answer = centre.browser.post(f"{centre.mine}/A01/hold", headers={"Accept-Language": "en"})
        assert answer.status_code == 303
    assert centre.rows() == [("A01", "甲公司", None)]
    page = centre.get()
    assert "Held for you until" in page
    assert "A01 is held for you until" in page
    assert "Let stand A01 go" in centre.get("/A01/release")
    assert centre.browser.post(f"{centre.mine}/A01/release").status_code == 303
    assert centre.rows() == [("A01", "甲公司", EndReason.RELEASED)]


def test_who_comes_second_is_told_at_once_what_is_free(centre: Centre) -> None:
    """ux.md §11: A01-01 was taken a moment ago. A01-03 is free and the same size."""
    centre.browser.post(f"{centre.theirs}/A01/hold")
    answer = centre.browser.post(f"{centre.mine}/A01/hold", headers={"Accept-Language": "en"})
    assert answer.status_code == 409
    assert "A01 was taken a moment ago. A02 is free and the same size" in answer.text
    assert f"{centre.mine}/A02" in answer.text
    zh = centre.browser.post(
        f"{centre.mine}/A01/hold", headers={"Accept-Language": "zh"}, query_string={"lang": "zh"}
    )
    assert "A01 刚被预留，A02 同面积可选" in zh.text
    # Whose it is, and until when, is nobody else's business.
    assert "乙公司" not in answer.text + centre.get("/A01?lang=en") + centre.get("?lang=en")
    # Another's hold cannot be let go.
    assert centre.browser.post(f"{centre.mine}/A01/release").status_code == 303
    assert centre.rows() == [("A01", "乙公司", None)]


def test_the_price_is_shown_to_the_cent_with_its_lines(centre: Centre) -> None:
    """§2.2: a corner stand +20 %; 9 m² at 8,000 → 9,600. The list, the sheet and the quote of the order say the same."""
    prices = PriceList(
        rates=(Rate(basis=Basis.PER_STAND, amount=Decimal(8000), unit_m2=Decimal(9)),),
        surcharges=(SideSurcharge(sides=2, percent=Decimal(20)),),
    )
    with centre.app.app_context(), transaction():
        corner = make_stand(fair(), "C01", y=18_000, open_sides=2)
        now = clock.now()
        row = PriceListRow(expo_id=fair().id, version=1, data=dumped(prices), sha256="", created_at=now)
        row.in_force_from = now
        db.session.add(row)
        db.session.flush()
        me = db.session.get_one(Exhibitor, centre.me)
        assert quoting.quote(fair(), me, [corner], clock.now()).total == Decimal(9600)
    for page in (centre.get("?sides=2&most=9"), centre.get("/C01")):
        assert "9,600.00" in page


def test_only_who_may_choose_does(centre: Centre) -> None:
    with centre.app.app_context(), transaction():
        person = db.session.scalar(
            sa.select(ExhibitorPerson).where(ExhibitorPerson.exhibitor_id == centre.me)
        )
        assert person is not None
        person.role = PersonRole.FINANCE
    assert "Hold this stand" not in centre.get("/A01")
    for path in ("/A01/hold", "/A01/release", "-wishes"):
        assert centre.browser.post(f"{centre.mine}{path}").status_code == 403
    assert centre.rows() == []


def test_wishes_where_the_office_assigns(centre: Centre) -> None:
    centre.choosing(who=WhoChooses.OFFICE)
    assert "Hold this stand" not in centre.get("/A01")
    refused = centre.browser.post(f"{centre.mine}/A01/hold", headers={"Accept-Language": "en"})
    assert (refused.status_code, "not open now" in refused.text) == (422, True)
    assert re.search(r'name="first"[^>]*value="B01"', centre.get("?wish=b01"))
    data = {"first": "b01", "second": "", "third": "A02"}
    assert centre.browser.post(f"{centre.mine}-wishes", data=data).status_code == 303
    with centre.app.app_context():
        kept = sa.select(StandWish.rank, StandWish.exhibitor_id).order_by(StandWish.rank)
        assert db.session.execute(kept).all() == [(1, centre.me), (2, centre.me)]
    for wrong, said in (
        ({"first": "Z99"}, "no stand Z99"),
        ({"first": "A01", "second": "A01"}, "one stand twice"),
    ):
        answer = centre.browser.post(f"{centre.mine}-wishes", data=wrong, headers={"Accept-Language": "en"})
        assert (answer.status_code, said in answer.text) == (422, True), answer.text


def test_a_hold_ends_by_itself_and_its_holder_is_told_once(centre: Centre) -> None:
    with centre.app.app_context():
        with transaction():
            me = db.session.get_one(Exhibitor, centre.me)
            row = holding.hold(fair(), me, queries.stand_by_number(fair(), "A01").id, OFFICE)  # type: ignore[union-attr]
            row.until = clock.now() - timedelta(seconds=1)
        # No job has come by: it is free all the same, and its former holder is told so.
        assert "Your hold of A01 ended at" in centre.get()
        for _ in range(2):
            with transaction():
                holding.end_expired()
            drain()
        letters = db.session.scalars(sa.select(Mail).where(Mail.template == "stands.hold_ended")).all()
        assert len(letters) == 1
    assert centre.rows() == [("A01", "甲公司", EndReason.EXPIRED)]


def give(centre: Centre, who: int, number: str) -> int:
    with centre.app.app_context(), transaction():
        stand = queries.stand_by_number(fair(), number)
        assert stand is not None
        return assigning.assign(fair(), db.session.get_one(Exhibitor, who), stand.id, OFFICE)[0].id


def test_the_office_moves_exchanges_and_frees(centre: Centre, people: People) -> None:
    one, other = give(centre, centre.me, "A01"), give(centre, centre.other, "A02")
    alice = people.alice
    assert "甲公司" in alice.get(f"{HOLDS}?kind=assigned").text
    assert "甲公司" in alice.get(f"{HOLDS}/{one}").text
    gone = alice.post(f"{HOLDS}/{one}/move", data={"number": "Z99"}, headers={"Accept-Language": "en"})
    assert (gone.status_code, "no stand Z99" in gone.text) == (422, True)
    moved = alice.post(f"{HOLDS}/{one}/move", data={"number": "a03"})
    assert moved.status_code == 303
    number = int(moved.location.rsplit("/", 1)[1])
    asked = alice.post(f"{HOLDS}/{number}/move", data={"number": "A02"})
    assert asked.location.endswith(f"{HOLDS}/{number}/exchange/{other}")
    assert "A03" in alice.get(asked.location).text
    centre.choosing(frozen_at=clock.now() - timedelta(minutes=1))
    exchanged = alice.post(asked.location)
    assert exchanged.status_code == 303
    again = alice.post(asked.location)
    assert (again.status_code, again.location) == (303, exchanged.location), (
        "a second click leads to what the first did"
    )
    page = alice.get("/desk/8th/floor-plan/swap-list", headers={"Accept-Language": "en"}).text
    assert page.count("Stand sheet of the hall") == 2
    assert page.count("Confirmation of the stand") == 2
    number = int(exchanged.location.rsplit("/", 1)[1])
    end = f"{HOLDS}/{number}/end"
    assert alice.post(end).status_code == 422
    assert alice.post(end, data={"reason": "换馆"}).status_code == 303
    assert centre.rows()[-1] == ("A03", "乙公司", None)
    with centre.app.app_context():
        deeds = db.session.scalars(sa.select(Entry.action).where(Entry.action.like("stands.%"))).all()
    assert deeds == ["stands.assigned"] * 2 + ["stands.moved"] * 3 + ["stands.released"]


def test_giving_one_stand(centre: Centre, people: People) -> None:
    centre.browser.post(f"{centre.theirs}/A01/hold")
    with centre.app.app_context():
        number = db.session.get_one(Exhibitor, centre.me).number
    path, alice = f"/desk/8th/floor-plan/waiting/{number}", people.alice
    assert "乙公司" in alice.get(f"{path}?stand=A01").text
    form = {"number": "A01", "kind": "assigned"}
    refused = alice.post(path, data=form, headers={"Accept-Language": "en"})
    assert (refused.status_code, "is held for somebody else" in refused.text) == (422, True)
    assert alice.post(path, data=form | {"instead": "A01"}).status_code == 303
    assert centre.rows() == [("A01", "乙公司", EndReason.REPLACED), ("A01", "甲公司", None)]
    held = alice.post(path, data={"number": "B01", "kind": "hold", "until": "2099-01-01T12:00"})
    assert held.status_code == 303
    with centre.app.app_context():
        row = db.session.scalars(sa.select(Allocation).order_by(Allocation.id.desc())).first()
        assert row is not None
        assert (row.kind, str(row.until)) == (AllocationKind.HOLD, "2099-01-01 04:00:00+00:00")


def test_a_proposal_is_carried_out_only_while_it_is_still_so(centre: Centre, people: People) -> None:
    centre.choosing(who=WhoChooses.OFFICE)
    for link in (centre.mine, centre.theirs):
        centre.browser.post(f"{link}-wishes", data={"first": "B01"})
    path, alice = "/desk/8th/floor-plan/waiting", people.alice
    marks = [re.search(r'name="mark" value="(\w+)"', alice.get(f"{path}?seed=7").text) for _ in range(2)]
    mark = marks[0]
    assert mark is not None
    assert marks[1] is not None
    assert mark[1] == marks[1][1]
    form = {"order": "first_come", "seed": "7", "mark": mark[1], "id": [str(centre.me), str(centre.other)]}
    give(centre, centre.other, "A01")
    answer = alice.post(path, data=form, headers={"Accept-Language": "en"})
    assert (answer.status_code, "Something has changed" in answer.text) == (409, True)
    # The page also keeps what was sent, for the switch of the language.
    fresh = re.findall(r'name="mark" value="(\w+)"', answer.text)[-1]
    assert alice.post(path, data=form | {"mark": fresh}).status_code == 303
    assert centre.rows()[-1] == ("B01", "甲公司", None)


def test_the_rules_of_choosing_are_set_on_a_page(centre: Centre, people: People) -> None:
    path, alice = "/desk/8th/floor-plan/choosing", people.alice
    form = {"who": "office", "limit": "2", "amount": "3", "unit": "working_days", "order": "points"}
    form |= {
        "order_amount": "5",
        "order_unit": "days",
        "closed": "2026-10-01至2026-10-07",
        "worked": "2026-10-10",
    }
    assert alice.post(path, data=form | {"frozen_at": "2026-08-15T00:00"}).status_code == 303
    with centre.app.app_context():
        choosing, frozen = queries.settings(fair())
    assert (choosing.who, choosing.limit, choosing.length.amount) == (WhoChooses.OFFICE, 2, 3)
    assert str(frozen) == "2026-08-14 16:00:00+00:00"
    assert len(choosing.closed) == 7
    for wrong, said in (
        ({"closed": "soon"}, "is no day"),
        ({"worked": "2026-10-01"}, "both a closed day and a workday"),
        ({"amount": "61"}, "a number from 1 to 60"),
        ({"opens_at": "2026-01-02T00:00", "closes_at": "2026-01-02T00:00"}, "must end after it begins"),
    ):
        answer = alice.post(path, data=form | wrong, headers={"Accept-Language": "en"})
        assert (answer.status_code, said in answer.text) == (422, True)
    assert msgspec.structs.asdict(choosing)["unit"] == "working_days"
