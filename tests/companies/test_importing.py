"""imports.md as it applies to companies: upload, guesses, dry run with the difference, import, undo for 24 hours, export."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit.models import PersonKey
from exhibitions.companies import queries, service
from exhibitions.companies.models import Company, CompanyContact, CompanyImport
from exhibitions.companies.rules.facts import CompanyFacts
from exhibitions.companies.rules.papers import PaperFacts, PaperKind
from exhibitions.companies.service import import_writing, importing, joining, papers
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.imports import stages
from exhibitions.files.models import StoredFile
from tests.companies.register import BY, CODE, DESK, OTHER_CODE, enter, finish, upload, with_contact, words
from tests.engines import both_engines
from tests.people import People

LIST = f"""公司名称,英文名称,统一社会信用代码,国家,地区,联系人,手机,邮箱
大连星河玻璃有限公司,Star River,{CODE.lower()},中国,大连,王敏,13800138000,wang@star.example
한빛,Hanbit,,한국,,Kim,+82 10 1234 5678,
坏,,91110000600037342L,,,,,
星河股份有限公司,,{CODE},,,,,
,,,,,,,
"""


def rows(app: Flask) -> list[tuple[str, str, str | None]]:
    with app.app_context():
        found = sa.select(Company.name_zh, Company.name_en, Company.credit_code).order_by(Company.id)
        return [(row[0], row[1], row[2]) for row in db.session.execute(found)]


def test_a_list_from_upload_to_undo(app: Flask, people: People) -> None:
    page = upload(people.dora, LIST)
    assert "Checking" in words(people.dora.get(page).data)
    finish(people.dora)
    checked = words(people.dora.get(page).data)
    assert "The credit code is not right" in checked
    assert rows(app) == []
    refused = people.dora.post(f"{page}/refused.csv").get_data(as_text=True)
    assert "91110000600037342L" in refused
    assert "4" in refused
    assert people.dora.post(f"{page}/refused.xlsx").data.startswith(b"PK")
    for _click in range(2):
        assert people.dora.post(f"{page}/run", data={"known": "change"}).status_code == 303
    finish(people.dora)
    assert rows(app) == [("大连星河玻璃有限公司", "Star River", CODE), ("한빛", "Hanbit", None)]
    with app.app_context():
        star = queries.by_credit_code(CODE)
        assert star is not None
        assert [(each.name, each.phone) for each in queries.contacts(star)] == [("王敏", "+8613800138000")]
        assert star.number == "C000001"
        assert "xinghe" in star.search
    assert "2 rows were imported" in words(people.dora.get(page).data)
    assert "2" in words(people.dora.get(f"{DESK}/imports").data)
    assert people.dora.get(f"{page}/undo").status_code == 200
    assert people.dora.post(f"{page}/undo", data={"confirm": "1"}).status_code == 422
    assert people.dora.post(f"{page}/undo", data={"confirm": "2"}).status_code == 303
    finish(people.dora)
    assert rows(app) == []
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(CompanyContact.id))) == 0
    assert "undone" in words(people.dora.get(page).data)
    assert people.dora.post(f"{page}/run", data={"known": "change"}).status_code == 409


def test_a_company_that_moves_abroad_leaves_its_province(app: Flask, people: People) -> None:
    """A Chinese place under another country is a row error; one that would only come about is taken away, and shown."""
    with app.app_context(), transaction():
        enter("海鸥", country="CN", region="沈阳")
    page = upload(people.dora, "公司编号,公司名称,国家,地区\nC000001,海鸥,香港,\nC000001,海鸥,德国,辽宁\n")
    finish(people.dora)
    shown = words(people.dora.get(page).data)
    assert "The region does not lie in the country." in shown
    assert "沈阳" in shown or "Shenyang" in shown
    people.dora.post(f"{page}/run", data={"known": "change"})
    finish(people.dora)
    with app.app_context():
        gull = queries.company_of(1)
        assert gull is not None
        assert (gull.country, gull.region) == ("HK", "")


@both_engines
def test_known_companies_are_shown_and_changed_by_number_or_code(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        with_contact(enter(credit_code=CODE, phone="0411-84801234"))
        enter("海鸥", credit_code=OTHER_CODE, region="沈阳")
    text = (
        "公司编号,公司名称,信用代码,地区,联系人,职务,手机\n"
        f",大连星河玻璃有限公司,{CODE},大连,王敏,经理,13900139000\n"
        "C000002,海鸥食品,,,赵新,,\n"
        "C000009,无,,,,,\n"
    )
    page = upload(people.dora, text)
    finish(people.dora)
    shown = words(people.dora.get(page).data)
    for said in (
        "大连",
        "经理",
        "138****8000",
        "13900139000",
        "海鸥食品",
        "赵新",
        "No company of the register",
    ):
        assert said in shown, said
    assert "13800138000" not in shown
    people.dora.post(f"{page}/run", data={"known": "change"})
    finish(people.dora)
    with app.app_context():
        star, gull = (queries.company_of(number) for number in (1, 2))
        assert star is not None
        assert gull is not None
        assert (star.region, star.phone) == ("大连", "+8641184801234")
        person = queries.contacts(star)[0]
        assert (person.title, person.phone, person.email) == ("经理", "+8613900139000", "wang@star.example")
        assert gull.name_zh == "海鸥食品"
        assert [each.name for each in queries.contacts(gull)] == ["赵新"]
        with transaction():
            # What somebody corrects after the import is not undone with it.
            service.change(gull, CompanyFacts(**vars(service.facts_of(gull)) | {"name_zh": "海鸥集团"}), BY)
    people.dora.post(f"{page}/undo", data={"confirm": "0"})
    finish(people.dora)
    with app.app_context():
        star, gull = (queries.company_of(number) for number in (1, 2))
        assert star is not None
        assert gull is not None
        assert (star.region, queries.contacts(star)[0].title, queries.contacts(star)[0].phone) == (
            "",
            "",
            "+8613800138000",
        )
        assert (gull.name_zh, gull.region, list(queries.contacts(gull))) == ("海鸥集团", "沈阳", [])


def test_known_companies_may_be_left(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        enter(credit_code=CODE)
    page = upload(people.dora, f"公司名称,信用代码\n别名,{CODE}\n新的,\n")
    finish(people.dora)
    assert people.dora.post(f"{page}/run", data={"known": "nonsense"}).status_code == 422
    people.dora.post(f"{page}/run", data={"known": "leave"})
    finish(people.dora)
    assert [name for name, _, _ in rows(app)] == ["大连星河玻璃有限公司", "新的"]


def test_an_export_imported_again_says_nothing_new(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        with_contact(enter(credit_code=CODE, phone="0411-84801234", region="大连", website="star.example"))
        with_contact(
            enter("", name_en="Hanbit", country="KR", phone="+82 2 1234 5678"), phone="+82 10 1234 5678"
        )
        enter("港口", country="HK")
    every = [
        "number",
        "name_zh",
        "name_en",
        "credit_code",
        "country",
        "region",
        "phone",
        "website",
        "contact",
        "mobile",
        "email",
    ]
    assert people.dora.post(f"{DESK}/export", data={"columns": every}).status_code == 422
    sent = {"columns": every, "reason": "邀请函", "format": "csv"}
    for lang in ("zh", "en"):
        people.dora.set_cookie("lang", lang)
        exported = people.dora.post(f"{DESK}/export", data=sent).data
        page = upload(people.dora, exported.decode("utf-8-sig"))
        people.dora.set_cookie("lang", "en")
        finish(people.dora)
        said = words(people.dora.get(page).data)
        assert "Unchanged 3" in said, said[300:]
    assert people.dora.post(f"{DESK}/export", data=sent | {"format": "xlsx"}).data.startswith(b"PK")


def test_an_export_takes_what_is_filtered_and_chosen(app: Flask, people: People) -> None:
    """P13: only chosen columns, a reason, noted; nothing in it starts a formula."""
    with app.app_context(), transaction():
        with_contact(enter(), name="+cmd")
        enter("", name_en="Hanbit", country="KR")
    page = f"{DESK}/export?country=CN"
    assert "1 company" in words(people.dora.get(page).data)
    sent = {"columns": ["name_zh", "contact"], "reason": "x", "format": "csv"}
    found = list(csv.reader(io.StringIO(people.dora.post(page, data=sent).data.decode("utf-8-sig"))))
    assert found == [["Name in Chinese", "Contact person"], ["大连星河玻璃有限公司", "'+cmd"]]


def test_guesses_are_corrected(app: Flask, people: People) -> None:
    page = upload(people.dora, "列一,列二\n星河,大连\n海鸥,沈阳\n")
    assert "No column with the names of companies" in words(people.dora.get(page).data)
    reading = {
        "encoding": "utf-8",
        "separator": ",",
        "heading_row": "",
        "place_0": "name_zh",
        "place_1": "region",
    }
    assert people.dora.post(f"{page}/reading", data=reading | {"place_1": "name_zh"}).status_code == 422
    people.dora.post(f"{page}/reading", data=reading)
    people.dora.post(f"{page}/check", data=reading)
    finish(people.dora)
    people.dora.post(f"{page}/run", data={"known": "change"})
    finish(people.dora)
    assert [name for name, _, _ in rows(app)] == ["列一", "星河", "海鸥"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"\x89PNG\r\n\x1a\n", "not a table"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "web page"),
    ],
)
def test_a_whole_file_is_refused_in_words(people: People, content: bytes, sentence: str) -> None:
    sent = {"file": (io.BytesIO(content), "list.xls")}
    page = people.dora.post(f"{DESK}/imports", data=sent, follow_redirects=True)
    assert sentence in words(page.data)
    assert people.dora.post(f"{DESK}/imports", data={}).status_code == 422
    assert people.dora.get(f"{DESK}/imports/template").data.startswith(b"PK")
    assert people.dora.get(f"{DESK}/imports/99").status_code == 404


def test_what_a_fair_has_by_now_is_not_undone(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = upload(people.dora, "公司名称,地区\n甲,大连\n乙,大连\n丙,大连\n丁,大连\n")
    finish(people.dora)
    people.dora.post(f"{page}/run", data={"known": "change"})
    finish(people.dora)

    def uses(ids: Any) -> set[int]:
        return {1}

    monkeypatch.setattr(
        joining, "ROOMS", [joining.Room("above", lambda k, g: None, lambda k, g, m: None, uses)]
    )
    with app.app_context(), transaction():
        papers.add(db.session.get_one(Company, 2), PaperFacts(PaperKind.OTHER), None, BY)
        # What somebody has said of it since is a fact as well.
        service.add_contact(db.session.get_one(Company, 3), service.ContactFacts(name="李丽"), BY)
    people.dora.post(f"{page}/undo", data={"confirm": "4"})
    finish(people.dora)
    assert [name for name, _, _ in rows(app)] == ["甲", "乙", "丙"]
    with app.app_context():
        assert db.session.get_one(PersonKey, ("company", 4)).sealed_key is None


def test_undo_ends_after_a_day_and_the_file_goes(app: Flask, people: People) -> None:
    """P6: a report without people stands in the place of the file."""
    page = upload(people.dora, "公司名称,地区\n甲,大连\n,大连\n")
    finish(people.dora)
    people.dora.post(f"{page}/run", data={"known": "change"})
    finish(people.dora)
    with app.app_context(), transaction():
        row = db.session.get_one(CompanyImport, 1)
        assert row.finished_at is not None
        row.finished_at = clock.now() - timedelta(hours=24)
        db.session.flush()
        assert not stages.can_undo(row, clock.now())
        row.finished_at -= timedelta(seconds=1)
        db.session.flush()
        assert importing.expire_files(clock.now()) == 1
        assert db.session.get_one(StoredFile, row.file_id).purpose == "companies.import_report"
        assert importing.expire_files(clock.now()) == 0
    assert people.dora.post(f"{page}/undo", data={"confirm": "1"}).status_code == 422
    assert people.dora.get(page).status_code == 200


def test_work_that_is_done_again_makes_no_doubles(app: Flask, people: People) -> None:
    """F12: the job is taken again after a fall; each portion notes how far it came."""
    page = upload(people.dora, "公司名称,信用代码\n" + "".join(f"公司{number},\n" for number in range(450)))
    finish(people.dora)
    people.dora.post(f"{page}/run", data={"known": "change"})
    with app.app_context():
        row = db.session.get_one(CompanyImport, 1)
        verdicts = importing.judged(importing.open_file(row), besides=row.id)
        with transaction():
            import_writing.add_companies(row, verdicts.new[:200])
    finish(people.dora)
    assert len(rows(app)) == 450


def test_a_code_that_is_taken_meanwhile_refuses_its_row(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        enter("海鸥")
    page = upload(people.dora, f"公司编号,公司名称,信用代码\n,甲,{CODE}\nC000001,海鸥,{OTHER_CODE}\n")
    finish(people.dora)
    people.dora.post(f"{page}/run", data={"known": "change"})
    with app.app_context():
        row = db.session.get_one(CompanyImport, 1)
        verdicts = importing.judged(importing.open_file(row), besides=row.id)
        with transaction():
            enter("快手", credit_code=CODE)
            enter("更快", credit_code=OTHER_CODE)
        with transaction():
            assert import_writing.add_companies(row, verdicts.new) == [(2, "duplicate_code")]
            assert import_writing.change_companies(verdicts.changes, BY) == [(3, "duplicate_code")]
