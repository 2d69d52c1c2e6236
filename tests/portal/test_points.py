"""The order of assigning as the desk has it: points counted and brought, the lot, freed places, the table (§2.3)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import Exhibitor, Presence
from exhibitions.exhibitors.rules.states import State
from exhibitions.expos.models import Expo, ExpoDay
from exhibitions.expos.queries import expo_by_slug
from exhibitions.orders.models import Order
from exhibitions.orders.rules.states import OrderState
from exhibitions.stands.models import Allocation, LotDraw, PointAccount, PriceList, StandWish
from exhibitions.stands.queries.holding import of_exhibitor, stand_by_number
from exhibitions.stands.rules.wishes import lot
from exhibitions.stands.service import assigning
from tests.engines import both_engines
from tests.exhibiting import make_exhibitor, make_hall_plan, make_stand
from tests.factories import make_expo
from tests.people import People

PAGE = "/desk/8th/floor-plan/order"
EN = {"Accept-Language": "en"}
SCHEME = {
    "per_year": "3",
    "per_member_year": "0",
    "per_area_step": "1",
    "area_step": "80",
    "area_unit": "ft2",
    "per_money_step": "0.5",
    "money_step": "500",
    "per_violation": "−1",
    "per_absence": "-2",
    "deadline": "",
    "offer_weeks": "4",
}


@dataclass
class Line:
    """The desk of a fair at its eighth edition with A01 to A03 free, and two companies of which 甲公司 was at the seventh."""

    app: Flask
    people: People
    first: int
    second: int

    def post(self, path: str = "", data: Mapping[str, object] | None = None, status: int = 303) -> str:
        answer = self.people.alice.post(f"{PAGE}{path}", data=data, headers=EN)
        assert answer.status_code == status, answer.text
        return answer.text

    def page(self) -> str:
        answer = self.people.alice.get(PAGE, headers=EN)
        assert answer.status_code == 200
        return answer.text

    def order(self) -> list[str]:
        """The companies as the table has them."""
        with self.people.alice.get(f"{PAGE}.csv", headers=EN) as answer:
            rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
        return [row["Company"] for row in rows]

    def bring(self, table: str, status: int = 303) -> str:
        return self.post("/points", {"file": (io.BytesIO(table.encode()), "points.csv")}, status)

    def totals(self) -> dict[str, str]:
        with self.app.app_context():
            rows = db.session.scalars(sa.select(Exhibitor).where(Exhibitor.expo_id == fair().id))
            return {row.company.name_zh: row.points for row in rows if row.company}


def fair(slug: str = "8th") -> Expo:
    found = expo_by_slug(slug)
    assert found is not None
    return found


@pytest.fixture
def line(app: Flask, people: People) -> Line:
    with app.app_context():
        make_expo("7th", 7, clock.today("Asia/Shanghai") - timedelta(days=360))
        with transaction() as session:
            before, expo = fair("7th"), fair()
            # The fair lies ahead.
            for day in session.scalars(
                sa.select(ExpoDay).filter_by(expo_id=expo.id).order_by(ExpoDay.date.desc())
            ):
                day.date += timedelta(days=100)
                session.flush()
            before.series_id = expo.series_id
            make_hall_plan(expo)
            for n in (1, 2, 3):
                make_stand(expo, f"A0{n}", x=3000 * n)
            old, _person, _ = make_exhibitor(before, "甲公司", State.CLOSED)
            # 240 square feet are 22.2967 m².
            stand = make_stand(before, "Z01", contracted_area=222_967)
            session.add(
                Allocation(
                    expo_id=before.id,
                    stand_id=stand.id,
                    exhibitor_id=old.id,
                    kind="assigned",
                    since=clock.now(),
                )
            )
            prices = PriceList(expo_id=before.id, version=1, data={}, sha256="", created_at=clock.now())
            session.add(prices)
            session.flush()
            session.add(
                Order(
                    expo_id=before.id,
                    exhibitor_id=old.id,
                    number="HT1",
                    reference="R1",
                    state=OrderState.CONTRACTED,
                    price_list_id=prices.id,
                    net=2600_00,
                    created_at=clock.now(),
                )
            )
            first, _, _ = make_exhibitor(expo, "空名")
            first.company_id = old.company_id
            second, _, _ = make_exhibitor(expo, "乙公司")
            return Line(app, people, first.id, second.id)


@both_engines
def test_points_are_brought_counted_and_kept_line_by_line(line: Line) -> None:
    """5 years, 240 sq ft, $2,600, 1 violation → 15 + 3 + 2.5 − 1 = 19.5: one year and the order from the edition before,
    four years and the violation from a list."""
    line.post("/scheme", SCHEME)
    line.bring("公司,参展年数,违规\n甲公司,4,1\n")
    line.post()
    assert line.totals() == {"甲公司": "19.5", "乙公司": "0"}
    with line.app.app_context():
        account = db.session.scalars(sa.select(PointAccount).filter_by(exhibitor_id=line.first)).one()
        assert [(each["what"], each["points"]) for each in account.lines] == [
            ("years", "15"),
            ("area", "3"),
            ("money", "2.5"),
            ("violations", "-1"),
        ]
        assert account.scheme["area_unit"] == "ft2"
    page = line.page()
    assert "<summary>19.5</summary>" in page
    assert "Years exhibited: 5 × 3 = 15" in page
    assert "Steps of money: 5 × 0.5 = 2.5" in page
    # Counted again it comes out the same, and what a list brought stays.
    line.post()
    assert line.totals()["甲公司"] == "19.5"


def test_an_edition_after_knows_what_a_list_said_before(line: Line) -> None:
    """§2.3: a violation is not forgotten with the edition; an absence that an inspector saw counts by itself."""
    with line.app.app_context(), transaction() as session:
        old = session.scalars(sa.select(Exhibitor).filter_by(expo_id=fair("7th").id)).one()
        session.add(
            PointAccount(
                expo_id=old.expo_id,
                exhibitor_id=old.id,
                brought={"violations": 2},
                earlier={},
                scheme={},
                lines=[],
                total="-2",
                counted_at=clock.now(),
            )
        )
        session.add(
            Presence(
                expo_id=old.expo_id,
                exhibitor_id=old.id,
                present=False,
                day=clock.today("UTC"),
                at=clock.now(),
            )
        )
    line.post("/scheme", SCHEME)
    line.post()
    # 3 for the year, 3 for the area, 2.5 for the money, −2 for the violations, −2 for the absence.
    assert line.totals()["甲公司"] == "4.5"


def test_a_list_with_a_bad_row_takes_nothing_and_says_which(line: Line) -> None:
    answer = line.bring("company,points\n甲公司,3\n丙公司,4\n乙公司,many\n甲公司,5\n", 422)
    assert "Rows that cannot be taken: 3" in answer
    assert "Row 3: No exhibitor of this fair is called “丙公司”" in answer
    assert "Row 4: “many” is no number" in answer
    assert "Row 5: 甲公司 is there twice" in answer
    assert line.totals() == {"甲公司": "", "乙公司": ""}
    assert "needs the column company" in line.bring("points,years\n3,4\n", 422)
    assert "Choose a file" in line.post("/points", status=422)
    line.bring('company,points\n甲公司,"1,003.5"\n')
    assert line.totals()["甲公司"] == "1003.5"


def test_a_scheme_is_refused_where_it_makes_no_sense(line: Line) -> None:
    for wrong, said in (
        ({"per_year": "three"}, "Enter a number like 3 or 0.5"),
        ({"per_year": "NaN"}, "Enter a number like 3 or 0.5"),
        ({"per_year": "-1"}, "Enter a number from 0 to 1,000,000"),
        ({"per_violation": "1"}, "below zero like"),
        ({"offer_weeks": "99"}, "Enter a number from 0 to 52"),
    ):
        assert said in line.post("/scheme", SCHEME | wrong, 422)


def test_the_lot_is_drawn_by_a_seed_that_is_kept_and_repeats_it(line: Line) -> None:
    """§2.3: draw lots with a recorded seed so that a draw can be repeated: same seed, same order."""
    line.people.alice.post("/desk/8th/floor-plan/choosing", data=CHOOSING)
    line.post()
    with line.app.app_context(), transaction():
        # Nothing but the lot tells the two apart: neither is complete.
        db.session.execute(sa.update(Exhibitor).values(submitted_at=None, points=""))
        numbers = {
            row.company.name_zh: row.number
            for row in db.session.scalars(sa.select(Exhibitor).where(Exhibitor.expo_id == fair().id))
            if row.company
        }
        db.session.execute(sa.delete(PointAccount))
        # The year at the edition before would decide else.
        db.session.execute(
            sa.update(Exhibitor).where(Exhibitor.expo_id != fair().id).values(state="cancelled")
        )
    assert "Say why it is drawn again" in line.post("/lot", {"seed": "1"}, 422)

    def by_lot(seed: str) -> list[str]:
        return sorted(numbers, key=lambda name: lot(seed, numbers[name]))

    one = next(seed for seed in map(str, range(99)) if by_lot(seed) == ["甲公司", "乙公司"])
    other = next(seed for seed in map(str, range(99)) if by_lot(seed) == ["乙公司", "甲公司"])
    for seed in (one, other, one):
        line.post("/lot", {"seed": seed, "note": "重新抽签"})
        assert line.order() == by_lot(seed)
    assert line.page().count("重新抽签") == 3
    with line.app.app_context():
        seeds = db.session.scalars(sa.select(LotDraw.seed).order_by(LotDraw.id)).all()
    # The first was drawn by chance with the first count.
    assert re.fullmatch(r"[0-9a-f]{16}", seeds[0])
    assert seeds[1:] == [one, other, one]
    assert "64" in line.post("/lot", {"seed": "x" * 65, "note": "y"}, 422)


CHOOSING = {
    "who": "office",
    "limit": "2",
    "amount": "3",
    "unit": "working_days",
    "order": "points",
    "order_amount": "5",
    "order_unit": "days",
}


@both_engines
def test_assigning_works_down_the_order_of_points(line: Line) -> None:
    """§2.3: who has more points gets the stand that both wish, and the seed by which it was done is kept."""
    line.people.alice.post("/desk/8th/floor-plan/choosing", data=CHOOSING)
    line.bring("company,points\n乙公司,90\n甲公司,5\n")
    line.post()
    assert line.order() == ["乙公司", "甲公司"]
    with line.app.app_context(), transaction() as session:
        wished = stand_by_number(fair(), "A02")
        assert wished is not None
        for who in (line.first, line.second):
            session.add(
                StandWish(expo_id=fair().id, exhibitor_id=who, stand_id=wished.id, rank=1, at=clock.now())
            )
    path = "/desk/8th/floor-plan/waiting"
    page = line.people.alice.get(path, headers=EN).text
    fields = {
        name: re.findall(rf'name="{name}" value="(\w+)"', page)[-1] for name in ("order", "seed", "mark")
    }
    ids = [str(line.first), str(line.second)]
    assert line.people.alice.post(path, data=fields | {"id": ids}).status_code == 303
    with line.app.app_context():
        found = {
            row.exhibitor_id: row.stand.number
            for row in db.session.scalars(sa.select(Allocation).where(Allocation.expo_id == fair().id))
        }
        draws = db.session.scalars(sa.select(LotDraw.seed)).all()
    assert found[line.second] == "A02"
    assert found[line.first] != "A02"
    assert draws == [fields["seed"]]


@dataclass
class Freed:
    """A01 came free again; 乙公司, first in the order, wished it and has A02, and 甲公司 has none."""

    line: Line
    number: str
    has: int

    def offer(self) -> str:
        """Hold the freed place for 乙公司; gives the address of the hold."""
        path = f"/desk/8th/floor-plan/waiting/{self.number}"
        answer = self.line.people.alice.post(path, data={"number": "A01", "kind": "hold"})
        assert answer.status_code == 303
        return answer.location

    def section(self) -> str:
        """What the page says of freed places."""
        return self.line.page().split('id="freed"')[1].split("</section>")[0]


@pytest.fixture
def freed(line: Line) -> Freed:
    line.people.alice.post("/desk/8th/floor-plan/choosing", data=CHOOSING)
    line.bring("company,points\n乙公司,90\n甲公司,5\n")
    with line.app.app_context(), transaction() as session:
        expo, second = fair(), db.session.get_one(Exhibitor, line.second)
        third, _, _ = make_exhibitor(expo, "丙公司")
        a01, a02 = stand_by_number(expo, "A01"), stand_by_number(expo, "A02")
        assert a01 is not None
        assert a02 is not None
        session.add(
            StandWish(expo_id=expo.id, exhibitor_id=second.id, stand_id=a01.id, rank=1, at=clock.now())
        )
        row, _ = assigning.assign(expo, third, a01.id, SYSTEM)
        has, _ = assigning.assign(expo, second, a02.id, SYSTEM)
        assigning.take_back(expo, row.id, SYSTEM, "退展")
        return Freed(line, second.number, has.id)


def test_a_freed_place_is_offered_in_the_order_and_passes_on(line: Line, freed: Freed) -> None:
    """§2.3: freed places are first offered to earlier ones in point order."""
    shown = freed.section()
    assert "乙公司" in shown
    assert "has A02" in shown
    assert f"/waiting/{freed.number}?stand=A01&amp;kind=hold" in shown
    # It is kept back from those without a stand meanwhile.
    assert "<strong>A01</strong>" not in line.people.alice.get("/desk/8th/floor-plan/waiting").text
    # Held for the first and let go, it is the next one's.
    line.people.alice.post(f"{freed.offer()}/end", data={"reason": "不要"})
    shown = freed.section()
    assert "乙公司" not in shown
    assert "甲公司" in shown
    assert "<strong>A01</strong>" in line.people.alice.get("/desk/8th/floor-plan/waiting").text


def test_who_takes_the_offer_moves_onto_the_place_that_is_held_for_it(line: Line, freed: Freed) -> None:
    freed.offer()
    path = f"/desk/8th/floor-plan/holds/{freed.has}/move"
    moved = line.people.alice.post(path, data={"number": "A01"})
    assert moved.status_code == 303
    assert "exchange" not in moved.location
    with line.app.app_context():
        who = db.session.get_one(Exhibitor, line.second)
        assert [row.stand.number for row in of_exhibitor(fair(), who, clock.now())] == ["A01"]


def test_within_the_weeks_before_move_in_it_is_first_come_first_served(line: Line, freed: Freed) -> None:
    """§2.3: … until N weeks before move-in."""
    assert "乙公司" in freed.section()
    line.post("/scheme", SCHEME | {"offer_weeks": "52"})
    page = line.page()
    assert 'id="freed"' not in page
    assert "The offers of freed places ended on" in page
    assert "<strong>A01</strong>" in line.people.alice.get("/desk/8th/floor-plan/waiting").text


def test_the_order_goes_out_as_a_table(line: Line) -> None:
    line.post("/scheme", SCHEME)
    line.bring("company,points,violations\n乙公司,7.5,1\n")
    line.post()
    with line.people.alice.get(f"{PAGE}.csv", headers=EN) as answer:
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    mine = next(row for row in rows if row["Company"] == "乙公司")
    assert (Decimal(mine["Points"]), Decimal(mine["Points before"]), Decimal(mine["Violations"])) == (
        Decimal("6.5"),
        Decimal("7.5"),
        Decimal(-1),
    )
    assert mine["Lot"] == lot(mine["Seed of the lot"], mine["Number"])
    with line.people.alice.get(f"{PAGE}.xlsx", headers=EN) as answer:
        assert (answer.status_code, answer.data[:2]) == (200, b"PK")


def test_who_looks_on_sees_the_order_and_changes_nothing(line: Line) -> None:
    line.post()
    page = line.people.bob.get(PAGE, headers=EN)
    assert (page.status_code, "Draw the lot" in page.text) == (200, False)
    assert line.people.bob.post(PAGE).status_code == 403
