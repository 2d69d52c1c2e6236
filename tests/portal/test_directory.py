"""V5 and the office's side of it: found by name, brand, product, stand and pinyin; open data; the book; the cut list."""

from __future__ import annotations

import io
import json
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from pypdf import PdfReader

from exhibitions.companies.models import Company
from exhibitions.core import clock, pdf
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import (
    CoExhibitor,
    DirectoryEntry,
    Exhibitor,
    ExhibitorCategory,
    ProductCategory,
)
from exhibitions.exhibitors.queries import directory as entries_of
from exhibitions.exhibitors.rules.co_exhibitors import CoState
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import directory as service
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.jobs.commands.running import drain
from exhibitions.portal.rules import directory_layout as layout
from exhibitions.portal.service.directory import PRINT
from exhibitions.stands.models import Allocation, Stand
from exhibitions.stands.queries import directory as queries
from exhibitions.stands.queries.directory import Wanted
from exhibitions.stands.rules.allocation import AllocationKind
from exhibitions.stands.service import versions
from tests.exhibiting import make_exhibitor, make_hall_plan, make_stand
from tests.people import People

BY = Actor("system")
FIRMS = (
    ("星河家居有限公司", "Galaxy Home Ltd.", "星河", "布艺沙发", "A01", "辽宁"),
    ("北方木业", "Northern Wood", "Norwood", "实木门", "A02", "大连"),
    ("渤海灯具", "Bohai Lamps", "BoLite", "LED 吊灯", "B10", "北京"),
)


def the_expo() -> Expo:
    expo = expos.expo_by_slug("8th")
    assert expo is not None
    return expo


@pytest.fixture
def fair(app: Flask, people: People) -> Flask:
    """Three firms under contract with sent entries, and one that was refused."""
    with app.app_context(), transaction() as session:
        expo = the_expo()
        sofas = ProductCategory(expo_id=expo.id, code="1", name_zh="家具", name_en="Furniture")
        session.add(sofas)
        session.flush()
        below = ProductCategory(expo_id=expo.id, code="1.1", name_zh="沙发", parent_id=sofas.id)
        session.add(below)
        session.flush()
        for place, (zh, en, brand, product, number, region) in enumerate(FIRMS):
            exhibitor, _, _ = make_exhibitor(expo, zh, State.CONTRACTED)
            session.query(Company).filter_by(id=exhibitor.company_id).update({"region": region})
            stand = make_stand(expo, number, x=place * 3000, zone_id=expo.zones[place % 2].id)
            assign(expo, exhibitor, stand)
            words = service.Words(name_zh=zh, name_en=en, brand=brand, text_zh="轻工产品", phone="0411-1234")
            service.save(expo, exhibitor, words, BY, clock.today("Asia/Shanghai"))
            service.add_product(expo, exhibitor, (product, ""), BY, is_new=place == 2)
            service.send(expo, exhibitor, BY, clock.today("Asia/Shanghai"))
            if place == 0:
                session.add(
                    ExhibitorCategory(expo_id=expo.id, exhibitor_id=exhibitor.id, category_id=below.id)
                )
        make_exhibitor(expo, "落选公司", State.REFUSED)
    return app


def assign(expo: Expo, exhibitor: Exhibitor, stand: Stand) -> None:
    kind = AllocationKind.ASSIGNED
    row = Allocation(
        expo_id=expo.id, stand_id=stand.id, exhibitor_id=exhibitor.id, kind=kind, since=clock.now()
    )
    db.session.add(row)


def publish(app: Flask) -> None:
    with app.app_context(), transaction():
        service.publish(the_expo(), BY)


def names(wanted: Wanted) -> list[str]:
    return [each.entry.name_zh for each in queries.listed(the_expo(), wanted).rows]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("星河", "星河家居有限公司"),
        ("xinghe", "星河家居有限公司"),
        ("xhjj", "星河家居有限公司"),
        ("GALAXY home", "星河家居有限公司"),
        ("norwood", "北方木业"),
        ("吊灯", "渤海灯具"),
        ("diaodeng", "渤海灯具"),
        ("b1", "渤海灯具"),
        ("Ａ０２", "北方木业"),
        ("%", None),
        ("落选", None),
    ],
)
def test_found_by_name_brand_product_stand_and_pinyin(fair: Flask, text: str, found: str | None) -> None:
    with fair.app_context():
        assert names(Wanted(text)) == ([found] if found else [])


def test_companies_are_read_as_companies_and_stand_under_the_letter_they_chose(fair: Flask) -> None:
    """V5, §2.1: 乐扣 is lekou and no family name; who wants to be listed under X stands there."""
    with fair.app_context(), transaction():
        for zh, letter, number in (("乐扣家居", "", "C01"), ("单向街", "X", "C02")):
            answers = {"company": {"name_zh": zh, "letter": letter}}
            row, _, _ = make_exhibitor(the_expo(), zh, State.CONTRACTED, answers=answers)
            assign(the_expo(), row, make_stand(the_expo(), number, x=30_000 + len(zh) * 4000))
            entry = service.save(
                the_expo(), row, service.Words(name_zh=zh, brand="区域"), BY, clock.today("Asia/Shanghai")
            )
            assert entry.letter == (letter or "L")
        assert names(Wanted("lekou")) == ["乐扣家居"]
        assert names(Wanted("yuekou")) == []
        assert set(names(Wanted("quyu"))) == {"乐扣家居", "单向街"}
        listed = names(Wanted())
        # X for the second one, and so behind Xinghe's own letter it is in the group of X.
        assert listed.index("乐扣家居") < listed.index("单向街")
        assert {"单向街", "星河家居有限公司"} == set(listed[-2:])


def test_filters(fair: Flask) -> None:
    with fair.app_context():
        expo = the_expo()
        assert len(names(Wanted())) == 3
        assert names(Wanted(zone=expo.zones[1].id)) == ["北方木业"]
        top = db.session.scalars(sa.select(ProductCategory).where(ProductCategory.code == "1")).one()
        assert names(Wanted(category=top.id)) == ["星河家居有限公司"], "what lies below counts"
        assert names(Wanted(new=True)) == ["渤海灯具"]
        assert set(names(Wanted(province="辽宁"))) == {"星河家居有限公司", "北方木业"}
        assert names(Wanted(zone=0, category=0, province="x")) == []


def test_list_and_plan_stand_beside_each_other(fair: Flask, people: People) -> None:
    """V5: the directory shows the public plan beside its list; a stand of the list leads to it, and its words find it."""
    publish(fair)
    assert "plan-and-list" not in people.nobody.get("/8th/directory").text, (
        "before a version of the plan is public"
    )
    with fair.app_context():
        expo = the_expo()
        with transaction():
            make_hall_plan(expo)
            versions.save(expo, "", BY, publish=True)
    page = people.nobody.get("/8th/directory?lang=zh").text
    assert page.index('class="list-side"') < page.index('class="plan-side"')
    assert re.search(r'<a id="A02"[^>]*aria-label="A02[^"]*北方木业"', page, re.S)
    assert "/8th/exhibitors-and-map?stand=A02" in page
    assert people.nobody.post("/8th/exhibitors-and-map/found", data={"stand": "diaodeng"}).json == ["B10"]


def test_nothing_is_public_before_the_office_publishes(fair: Flask, people: People) -> None:
    with fair.app_context():
        number = db.session.scalars(sa.select(DirectoryEntry.number)).first()
    for path in ("", f"/{number}", ".json", ".csv", "-book/zh.pdf", "/my-list"):
        assert people.nobody.get(f"/8th/directory{path}").status_code == 404
    assert people.bob.post("/desk/8th/exhibitors/directory/publish").status_code == 403
    assert people.charlie.get("/desk/8th/exhibitors/directory").status_code == 404
    assert people.alice.post("/desk/8th/exhibitors/directory/publish").status_code == 303
    assert "星河家居" in people.nobody.get("/8th/directory").text
    sheet = people.nobody.get(f"/8th/directory/{number}").text
    assert "A01" in sheet or "A02" in sheet or "B10" in sheet
    assert people.alice.post("/desk/8th/exhibitors/directory/withdraw").status_code == 303
    assert people.nobody.get("/8th/directory").status_code == 404


def test_publishing_fills_in_who_has_written_nothing_and_co_exhibitors(fair: Flask) -> None:
    with fair.app_context(), transaction() as session:
        expo = the_expo()
        exhibitor, _, _ = make_exhibitor(expo, "沉默公司", State.PAID)
        for name, state in (("同展公司", CoState.ADMITTED), ("未定公司", CoState.DECLARED)):
            other = CoExhibitor(
                expo_id=expo.id, exhibitor_id=exhibitor.id, name_zh=name, state=state, created_at=clock.now()
            )
            session.add(other)
    publish(fair)
    publish(fair)
    with fair.app_context():
        found = names(Wanted())
        assert len(found) == 5
        assert {"沉默公司", "同展公司"} <= set(found)
        assert "未定公司" not in found


def test_a_withdrawn_exhibitor_s_link_says_so(fair: Flask, people: People) -> None:
    publish(fair)
    with fair.app_context(), transaction() as session:
        entry = session.scalars(sa.select(DirectoryEntry)).first()
        assert entry is not None
        session.get_one(Exhibitor, entry.exhibitor_id).state = State.CANCELLED
        number, name = entry.number, entry.name_zh
    answer = people.nobody.get(f"/8th/directory/{number}")
    assert answer.status_code == 410
    assert name in answer.text
    assert people.nobody.get("/8th/directory/NONE").status_code == 404
    assert name not in people.nobody.get("/8th/directory.json").text


def test_open_data_holds_public_facts_alone(fair: Flask, people: People) -> None:
    publish(fair)
    found = json.loads(people.nobody.get("/8th/directory.json").data)["exhibitors"]
    first = next(each for each in found if each["name_en"] == "Galaxy Home Ltd.")
    assert first["stands"] == ["A01"]
    assert first["categories"] == [{"code": "1.1", "zh": "沙发", "en": ""}]
    assert first["products"] == [{"zh": "布艺沙发", "en": "", "new": False}]
    with people.nobody.get("/8th/directory.csv") as answer:
        text = answer.data.decode("utf-8-sig")
    for body in (json.dumps(found), text):
        assert "0411-1234" not in body
        assert "@example.org" not in body
        assert "陈芳" not in body
    assert text.splitlines()[0].startswith("number,name_zh")
    assert len(text.splitlines()) == 4


def test_a_draft_shows_its_name_and_nothing_else(fair: Flask, people: People) -> None:
    with fair.app_context(), transaction() as session:
        entry = session.scalars(sa.select(DirectoryEntry).where(DirectoryEntry.brand == "BoLite")).one()
        entry.state = type(entry.state).DRAFT
        number = entry.number
    publish(fair)
    page = people.nobody.get(f"/8th/directory/{number}").text
    assert "渤海灯具" in page
    assert "BoLite" not in page
    assert "吊灯" not in page


def test_marking_printed_takes_what_was_sent(fair: Flask, people: People) -> None:
    assert people.bob.post("/desk/8th/exhibitors/directory/printed").status_code == 403
    people.alice.post("/desk/8th/exhibitors/directory/printed")
    people.alice.post("/desk/8th/exhibitors/directory/printed")
    page = people.alice.get("/desk/8th/exhibitors/directory?state=printed").text
    assert "北方木业" in page
    with fair.app_context():
        states = set(db.session.scalars(sa.select(DirectoryEntry.state)))
        assert {state.value for state in states} == {"printed"}


def test_the_cut_list_has_each_panel_with_its_letters(fair: Flask, people: People) -> None:
    with fair.app_context(), transaction() as session:
        for entry in session.scalars(sa.select(DirectoryEntry)):
            entry.fascia_zh = "=HYPERLINK" if entry.brand == "BoLite" else entry.name_zh
    with people.bob.get("/desk/8th/exhibitors/fascias.csv") as answer:
        rows = answer.data.decode("utf-8-sig").splitlines()
    assert [row.split(",")[1] for row in rows[1:]] == ["A01", "A02", "B10"]
    assert "3000,星河家居有限公司,,180" in rows[1]
    assert ",=HYP" not in rows[3]
    with people.bob.get("/desk/8th/exhibitors/fascias.xlsx") as answer:
        assert answer.data.startswith(b"PK")


def test_the_book_has_every_entry_and_counts_its_pages(fair: Flask, people: People) -> None:
    answer = people.alice.post("/desk/8th/exhibitors/directory/pdf", data={"lang": "zh", "final": "y"})
    assert answer.status_code == 303
    run_jobs(fair)
    publish(fair)
    with people.nobody.get("/8th/directory-book/zh.pdf") as file:
        book = PdfReader(io.BytesIO(file.data))
    text = "".join(page.extract_text() for page in book.pages)
    assert "Galaxy Home" in text
    assert (
        f"/ {len(book.pages)}" in text or f"共 {len(book.pages)}" in text or f"of {len(book.pages)}" in text
    )
    assert "pdf" in people.nobody.get("/8th/directory").text


def run_jobs(app: Flask) -> None:
    with app.app_context():
        drain(names={PRINT})


def test_no_entry_is_parted_and_no_line_is_too_wide() -> None:
    width = pdf.fonts().width
    entry = [("星河家居有限公司", layout.NAME), ("轻工产品，" * 60, layout.TEXT), ("W" * 120, layout.FACTS)]
    placed = layout.pages([entry] * 40, width)
    for page in placed:
        for line in page:
            assert width(line.text, line.style.size, line.style.bold) <= layout.COLUMN + 0.01
            assert line.y >= layout.BOTTOM - 0.01
            assert not line.text.startswith("，")
    heads = sum(line.style is layout.NAME for page in placed for line in page)
    assert heads == 40
    assert layout.broken("", layout.TEXT, width) == []
    assert layout.broken("two words", layout.TEXT, width, 30.0) == ["two", "words"]
    assert layout.broken("WW WW", layout.TEXT, width, width("WW", 8.5, False)) == ["WW", "WW"], (
        "no blank first"
    )
    huge = layout.pages([[("长" * 4000, layout.TEXT)]], width)
    assert len(huge) > 1, "what is longer than a column goes on in the next"


def test_a_co_exhibitor_that_withdrew_is_in_no_directory(fair: Flask) -> None:
    """Only who is admitted stands in list and files, whatever entry was begun for it."""
    with fair.app_context(), transaction() as session:
        expo = session.scalars(sa.select(Expo)).one()
        main = session.scalars(sa.select(DirectoryEntry)).first()
        assert main is not None
        one = CoExhibitor(
            expo_id=expo.id,
            exhibitor_id=main.exhibitor_id,
            name_zh="退出联展",
            state=CoState.ADMITTED,
            created_at=clock.now(),
        )
        session.add(one)
        session.flush()
        service.fill_up(expo)
        assert "退出联展" in [one.entry.name_zh for one in queries.everybody(expo)]
    with fair.app_context(), transaction() as session:
        session.scalars(sa.select(CoExhibitor)).one().state = CoState.WITHDRAWN
    with fair.app_context():
        expo = db.session.scalars(sa.select(Expo)).one()
        assert "退出联展" not in [one.entry.name_zh for one in queries.everybody(expo)]
        assert "退出联展" not in [entry.name_zh for entry, _ in entries_of.entries(expo)]
