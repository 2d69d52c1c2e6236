"""P13, O6: what an export asks of the database: only what was chosen, and as often for many people as for few."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.audit import queries as audit_queries
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.rules import number
from exhibitions.core.contact import FOREIGN as FOREIGN_NUMBER
from exhibitions.core.contact import normal_phone, written_phone
from exhibitions.core.db import db, transaction
from exhibitions.core.sheets.xlsx_rows import DANGEROUS
from exhibitions.visitors import queries
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import Filters, listing
from exhibitions.visitors.rules.exporting import HEADINGS
from exhibitions.visitors.rules.registration import State
from tests.asked import counted
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People
from tests.visitors.listing import LIST, fetched, text_of
from tests.visitors.registering import add, all_rows, fair


def _csv(people: People, *columns: str) -> list[str]:
    data = {"format": "csv", "reason": "x", "columns": list(columns)}
    answer = people.alice.post(f"{LIST}/export?lang=en", data=data)
    assert answer.status_code == 200
    lines: list[str] = answer.data.decode("utf-8-sig").splitlines()
    return lines


@both_engines
def test_an_export_asks_as_often_for_many_as_for_few(app: Flask, people: People) -> None:
    add(app, "王敏")
    with counted(app) as few:
        assert len(_csv(people, *HEADINGS)) == 2
    for n in range(20):
        add(app, f"李{n}", f"+86139001380{n:02d}")
    with counted(app) as many:
        assert len(_csv(people, *HEADINGS)) == 22
    assert len(many) == len(few)


def test_p13_only_the_chosen_columns_are_read(app: Flask, people: People) -> None:
    add(app, "王敏", email="wang@example.org")
    with counted(app) as asked:
        _csv(people, "name")
    read = [statement for statement in asked if "registrations.name" in statement]
    assert len(read) == 1
    assert "registrations.phone" not in read[0]
    assert not any("FROM badges" in statement for statement in asked)


@both_engines
def test_portions_keep_the_order_and_leave_out_who_is_not_there(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_EXPORT_PORTION", 2)
    for n, name in enumerate(("甲", "乙", "丙", "丁", "戊")):
        add(app, name, f"+861390013800{n}")
    with app.app_context():
        make_expo("9th")
    add(app, "别处", slug="9th")
    with app.app_context():
        elsewhere = db.session.query(Registration).filter_by(name="别处").one().id
        portions = list(queries.columns_of(fair(), [5, 4, elsewhere, 99, 3, 1], {"name", "number", "came"}))
    assert [portion["name"] for portion in portions] == [("戊", "丁"), ("丙", "甲")]
    assert all(not any(portion["came"]) and None not in portion["number"] for portion in portions)


def test_times_are_the_fairs_and_empty_fields_stay_empty(app: Flask, people: People) -> None:
    add(app, "王敏", region="", source="")
    with app.app_context(), transaction():
        db.session.get_one(Registration, 1).created_at = datetime(2026, 2, 28, 16, 0, 59, 999, UTC)
    assert _csv(people, "registered", "source", "email", "name")[1] == "2026-03-01 00:00,,,王敏"


def test_nobody_wanted_is_a_heading_alone(app: Flask, people: People) -> None:
    with app.app_context():
        assert list(queries.columns_of(fair(), queries.ids_of(fair(), Filters()), {"name"})) == []
    assert _csv(people, "name", "state") == ["Name,State"]


def test_an_export_holds_what_is_filtered_and_no_formula(app: Flask, people: People) -> None:
    """O6: every list exports what is on screen; IR: no cell starts with = + - @; P12: noted."""
    add(app, "-王敏", region="大连")
    add(app, "李雷", "+8613900139000", region="KR")
    answer = people.alice.post(
        f"{LIST}/export?region=大连&lang=zh",
        data={"format": "csv", "reason": "为了打印", "columns": ["number", "name", "company", "phone"]},
    )
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[1] for row in rows] == ["姓名", "'-王敏"]
    assert rows[1][3] == "13800138000"
    asked = people.alice.post(f"{LIST}/export", data={"format": "xlsx", "reason": "x", "columns": "name"})
    assert asked.status_code == 303
    with ZipFile(io.BytesIO(fetched(app, people.alice, asked.headers["Location"]))) as book:
        assert "李雷" in book.read("xl/worksheets/sheet1.xml").decode() + (
            book.read("xl/sharedStrings.xml").decode() if "xl/sharedStrings.xml" in book.namelist() else ""
        )
    with app.app_context():
        entries = audit_queries.entries(fair().id, audit_queries.Wanted(action="visitors.exported"))
        assert [(entry.after or {})["rows"] for entry in entries] == [2, 1]
        assert entries[1].reason == "为了打印"
        assert (entries[1].after or {})["columns"] == ["number", "name", "company", "phone"]


def test_p13_an_export_needs_a_reason_and_holds_only_the_chosen_columns(app: Flask, people: People) -> None:
    add(app, "王敏", email="wang@example.org")
    page = text_of(people.alice, f"{LIST}/export?lang=en")
    ticked = re.findall(r'name="columns"\s+value="(\w+)" checked', page)
    assert {"name", "company", "state"} <= set(ticked)
    assert not {"phone", "email"} & set(ticked)
    for data in (
        {"columns": "name"},
        {"columns": "name", "reason": "  "},
        {"reason": "x"},
        {"columns": "code", "reason": "x"},
    ):
        assert people.alice.post(f"{LIST}/export", data={"format": "csv", **data}).status_code == 422, data
    with app.app_context():
        assert not audit_queries.entries(fair().id, audit_queries.Wanted(action="visitors.exported"))
    answer = people.alice.post(
        f"{LIST}/export?lang=en", data={"format": "csv", "reason": "badges", "columns": ["name", "state"]}
    )
    assert answer.data.decode("utf-8-sig") == "Name,State\r\n王敏,Registered\r\n"


def test_an_export_speaks_to_people_and_comes_back_by_number(
    app: Flask, people: People, tmp_path: Path
) -> None:
    """O6: state, source and time as people read them, the time in the fair's zone; spec/imports.md: by number."""
    add(app, "王敏", region="大连", source="association-7", company="星河")
    with app.app_context(), transaction():
        person = db.session.get_one(Registration, 1)
        person.created_at = datetime(2026, 10, 25, 21, 38, 47, tzinfo=UTC)
    columns = list(HEADINGS)
    answer = people.alice.post(
        f"{LIST}/export?lang=zh", data={"format": "csv", "reason": "x", "columns": columns}
    )
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert (row["状态"], row["来源"], row["登记时间"]) == ("已登记", "协会 7", "2026-10-26 05:38")
    path = tmp_path / "visitors.csv"
    path.write_bytes(answer.data.replace("星河".encode(), "星海".encode()))
    run = app.test_cli_runner().invoke(args=["import", "visitors", "--expo", "8th", str(path), "--json"])
    assert json.loads(run.output.strip().splitlines()[-1])["accepted"] == 1, run.output
    (person,) = all_rows(app)
    assert (person.company, person.state, person.source) == ("星海", State.REGISTERED, "association-7")


def test_the_command_writes_the_agreed_fields(app: Flask, people: People) -> None:
    """Issue 2, demand 7: flask export visitors."""
    add(app, "王敏", company="星河", region="大连")
    run = app.test_cli_runner().invoke(
        args=["export", "visitors", "--expo", "8th", "--format", "json", "--codes"]
    )
    assert run.exit_code == 0, run.output
    (person,) = json.loads(run.output)
    assert list(person) == ["number", "name", "company", "phone", "email", "class", "region", "state", "code"]
    with app.app_context():
        badge = badge_queries.current_badge(fair(), "visitor", 1)
        assert badge is not None
        assert person == {
            "number": number.with_check(badge.number),
            "name": "王敏",
            "company": "星河",
            "phone": "+8613800138000",
            "email": None,
            "class": "trade",
            "region": "大连",
            "state": "registered",
            "code": badges.code_of(fair(), badge),
        }
    plain = app.test_cli_runner().invoke(args=["export", "visitors", "--expo", "8th", "--format", "csv"])
    assert next(csv.reader(io.StringIO(plain.output.lstrip("\ufeff"))))[-1] == "state"
    missing = app.test_cli_runner().invoke(args=["export", "visitors", "--expo", "nowhere"])
    assert missing.exit_code == 1
    assert "nowhere" in missing.output


FOREIGN = ("+821012345678", "+85261234567", "+12125550123", "+4915112345678", "+79161234567", "+353871234567")


@given(
    st.sampled_from(FOREIGN)
    | st.from_regex(FOREIGN_NUMBER, fullmatch=True)
    | st.from_regex(r"\+861[3-9][0-9]{9}", fullmatch=True)
)
def test_p13_a_written_phone_number_is_no_formula_and_comes_back(number: str) -> None:
    written = written_phone(number)
    assert not written.startswith(DANGEROUS)
    assert normal_phone(written) == number


def test_phone_numbers_go_out_as_people_use_them(app: Flask, people: People) -> None:
    """Eleven digits at home, the country abroad, in CSV, in cells of text, and by the command."""
    assert [written_phone(number) for number in FOREIGN] == [
        "(+82) 1012345678",
        "(+852) 61234567",
        "(+1) 2125550123",
        "(+49) 15112345678",
        "(+7) 9161234567",
        "(+353) 871234567",
    ]
    assert (written_phone(None), written_phone("")) == ("", "")
    add(app, "王敏")
    add(app, "Kim", "+821012345678")
    wanted = ["13800138000", "(+82) 1012345678"]
    assert sorted(_csv(people, "phone")[1:]) == sorted(wanted)
    asked = people.alice.post(f"{LIST}/export", data={"format": "xlsx", "reason": "x", "columns": "phone"})
    with ZipFile(io.BytesIO(fetched(app, people.alice, asked.headers["Location"]))) as book:
        cells = re.findall(r'<c r="A[23]" ([^/]*)</t>', book.read("xl/worksheets/sheet1.xml").decode())
    assert sorted(cells) == sorted(f't="inlineStr"><is><t>{number}' for number in wanted)
    run = app.test_cli_runner().invoke(args=["export", "visitors", "--expo", "8th"])
    table = csv.DictReader(io.StringIO(run.output.lstrip("\ufeff")))
    assert [person["phone"] for person in table] == wanted
