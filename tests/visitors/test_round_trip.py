"""spec/imports.md, last paragraph: what goes out in the columns of a file looks like it, and comes back as a difference."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.core.db import db, transaction
from exhibitions.core.sheets.reading import open_table
from exhibitions.core.sheets.table import Cell
from exhibitions.core.sheets.writing import write_xlsx
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import Import
from exhibitions.visitors.rules.columns import columns_of, known_columns
from exhibitions.visitors.rules.file_manner import Manner, Values, language_of, manner_of, written
from exhibitions.visitors.rules.importing import Layout
from tests.people import People
from tests.visitors.imports import command, finished, people_of, upload
from tests.visitors.listing import fetched

HEADING = ["姓名", "手机号", "单位名称", "所在地区", "观众类别", "预计参观日期", "编号", "电子邮箱"]
ROWS: list[list[str | int | date]] = [
    ["王小明", "138 0013 8000", "大连星河", "辽宁省大连市", "专业", "2026/10/5", 7, ""],
    ["金敏秀", "+82 10 1234 5678", "韩光贸易", "韩国", "", "", 8, "kim@example.com"],
    ["张三", 13800138001, "海天报社", "上海", "媒体", "2026/10/6", 9, ""],
]
ENGLISH = {"Accept-Language": "en"}


def made(path: Path, rows: list[list[str | int | date]]) -> bytes:
    table: list[list[str | int | date]] = [[*HEADING], *rows]
    if path.suffix == ".xlsx":
        write_xlsx(path, "名单", table)
    else:
        path.write_text("".join(",".join(map(str, row)) + "\n" for row in table))
    return path.read_bytes()


def brought_in(app: Flask, browser: FlaskClient, content: bytes, known: str = "") -> str:
    address = upload(browser, content)
    browser.post(f"{address}/check")
    finished(app)
    browser.post(f"{address}/run", data={"known": known} if known else {})
    finished(app)
    return address


def taken_out(app: Flask, browser: FlaskClient, address: str, path: Path) -> list[list[Cell]]:
    """The rows of the export: a CSV comes at once, a workbook is the file of a job."""
    answer = browser.post(
        f"{address}/people{path.suffix}", data={"reason": "更正"}, headers={"Accept-Language": "zh"}
    )
    if path.suffix == ".xlsx":
        assert answer.status_code == 303
        path.write_bytes(fetched(app, browser, answer.headers["Location"]))
    else:
        assert answer.status_code == 200
        path.write_bytes(answer.data)
    table = open_table(path, known_columns)
    return [list(table.heading), *(row.cells for row in table.rows())]


def counts_of(app: Flask, address: str) -> dict[str, object]:
    with app.app_context():
        counts = db.session.get_one(Import, int(address.rsplit("/", 1)[1])).counts
        return {name: counts[name] for name in ("created", "updated", "unchanged")}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_in_the_columns_of_the_file_has_the_words_of_the_file(
    app: Flask, people: People, tmp_path: Path, kind: str
) -> None:
    """Every cell that still holds is the cell of the file; what has changed is written in its manner."""
    address = brought_in(app, people.alice, made(tmp_path / f"list.{kind}", ROWS))
    heading, *rows = taken_out(app, people.alice, address, tmp_path / f"out.{kind}")
    assert heading == [*HEADING, "证件编号"]
    assert [[str(cell) for cell in row[:8]] for row in rows] == [
        ["王小明", "138 0013 8000", "大连星河", "辽宁省大连市", "专业", "2026/10/5", "7", ""],
        ["金敏秀", "(+82) 1012345678", "韩光贸易", "韩国", "", "", "8", "kim@example.com"],
        ["张三", "13800138001", "海天报社", "上海", "媒体", "2026/10/6", "9", ""],
    ]
    with app.app_context(), transaction() as session:
        wang, kim, zhang = people_of(session.scalars(sa.select(Expo)).one())
        wang.visit_day, wang.region, wang.class_id = date(2026, 11, 9), "JP", zhang.class_id
        kim.phone = "+821098765432"
        zhang.phone = "+8613900139000"
    rows = taken_out(app, people.alice, address, tmp_path / f"out.{kind}")[1:]
    assert rows[0][3:6] == ["日本", "媒体", "2026/11/9"]
    assert {row[0]: row[1] for row in rows} == {
        "王小明": "138 0013 8000",
        "金敏秀": "(+82) 1098765432",
        "张三": "13900139000",
    }, "nobody is lost whose number has changed"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("numbered", [True, False], ids=["by number", "by name and contact"])
def test_two_changed_cells_are_two_differences_and_are_counted_as_they_are(
    app: Flask, people: People, tmp_path: Path, kind: str, *, numbered: bool
) -> None:
    address = brought_in(app, people.alice, made(tmp_path / f"list.{kind}", ROWS))
    heading, *rows = taken_out(app, people.alice, address, tmp_path / f"out.{kind}")
    rows[0][2], rows[2][4] = "大连星海", "专业"
    table = [row[: None if numbered else 8] for row in (heading, *rows)]
    path = tmp_path / f"again.{kind}"
    if kind == "xlsx":
        write_xlsx(path, "x", table)  # type: ignore[arg-type]  # no cell of an export is without value
    else:
        with path.open("w", newline="") as stream:
            csv.writer(stream).writerows(table)
    second = upload(people.alice, path.read_bytes(), path.name)
    people.alice.post(f"{second}/check")
    finished(app)
    assert counts_of(app, second) == {"created": 0, "updated": 2, "unchanged": 1}
    page = people.alice.get(second, headers=ENGLISH).text
    shown = re.findall(r"<td[^>]*>(大连星河|Media)</td>\s*<td[^>]*>(大连星海|Trade[^<]*)</td>", page)
    assert len(shown) == 2, "old and new, field by field, in words"
    ticked = re.search(r'name="known"[^>]*value="(\w+)"[^>]*checked', page)
    assert ticked is not None
    assert ticked[1] == ("change" if numbered else "leave"), (
        "IR7: the first wins unless somebody says otherwise"
    )
    people.alice.post(f"{second}/run", data={"known": "change"})
    finished(app)
    assert counts_of(app, second) == {"created": 0, "updated": 2, "unchanged": 1}
    page = people.alice.get(second, headers=ENGLISH).text
    assert "2 rows were imported." in page
    with app.app_context():
        wang, kim, zhang = people_of(db.session.scalars(sa.select(Expo)).one())
        assert (wang.company, zhang.class_id == wang.class_id, kim.company) == ("大连星海", True, "韩光贸易")


def test_a_list_that_says_nothing_new_is_told_so(app: Flask, people: People, tmp_path: Path) -> None:
    content = made(tmp_path / "list.csv", ROWS)
    brought_in(app, people.alice, content)
    again = upload(people.alice, content + b"\n")
    people.alice.post(f"{again}/check")
    finished(app)
    assert counts_of(app, again) == {"created": 0, "updated": 0, "unchanged": 3}
    page = people.alice.get(again, headers=ENGLISH).text
    assert "Nothing in this file is new" in page
    assert 'id="run"' not in page


def test_ir7_who_is_to_stay_as_they_are_is_a_duplicate_when_known_by_contact(
    app: Flask, people: People, tmp_path: Path
) -> None:
    brought_in(app, people.alice, made(tmp_path / "list.csv", ROWS))
    changed = made(tmp_path / "again.csv", [[*ROWS[0][:2], "别家", *ROWS[0][3:]], *ROWS[1:]])
    second = brought_in(app, people.alice, changed, known="leave")
    assert counts_of(app, second) == {"created": 0, "updated": 0, "unchanged": 2}
    rejected = people.alice.post(f"{second}/refused.csv", headers=ENGLISH).data.decode("utf-8-sig")
    assert rejected.count("already registered") == 1


@pytest.mark.parametrize(
    "row",
    [
        ["李丽", "13800138000", "", "", "", "", "", ""],
        ["王小明", "13800138000", "", "", "", "", "", "kim@example.com"],
    ],
    ids=["another name", "number and address of two people"],
)
def test_v6_name_and_contact_must_both_be_theirs(
    app: Flask, fair: Expo, tmp_path: Path, row: list[str | int | date]
) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    made(first, ROWS)
    command(app, first)
    made(second, [row])
    report = command(app, second, "--update")
    assert (report["accepted"], report["updated"], len(report["rejected"])) == (0, 0, 1)  # type: ignore[arg-type]
    assert people_of(fair)[0].name == "王小明"


def test_the_command_counts_alike(app: Flask, fair: Expo, tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    made(first, ROWS)
    command(app, first)
    made(second, [[*ROWS[0][:2], "大连星海", *ROWS[0][3:]], *ROWS[1:], ["新人", 13800138009, *[""] * 6]])
    strict = command(app, second, "--dry-run")
    assert (strict["accepted"], len(strict["rejected"])) == (1, 3)  # type: ignore[arg-type]
    for options in (["--dry-run"], []):
        report = command(app, second, "--update", *options)
        assert report == {
            "rows": 4,
            "accepted": 4,
            "created": 1,
            "updated": 1,
            "unchanged": 2,
            "rejected": [],
            "refused": None,
        }
    run = app.test_cli_runner().invoke(
        args=["import", "visitors", "--expo", "8th", str(second), "--update", "--dry-run"]
    )
    assert "0 new, 0 changed, 4 unchanged." in run.output


def test_a_second_row_about_the_same_person_is_a_duplicate(app: Flask, fair: Expo, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    made(path, ROWS)
    command(app, path)
    made(path, [[*ROWS[0][:2], "甲", *ROWS[0][3:]], [*ROWS[0][:2], "乙", *ROWS[0][3:]]])
    report = command(app, path, "--update")
    assert report["rejected"] == [{"row": 3, "reason": "duplicate_phone"}]
    assert people_of(fair)[0].company == "甲"


def test_an_export_of_the_list_by_the_command_comes_back_unchanged(
    app: Flask, fair: Expo, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    made(path, ROWS)
    command(app, path)
    path.write_text(app.test_cli_runner().invoke(args=["export", "visitors", "--expo", "8th"]).output)
    report = command(app, path, "--update")
    assert (report["created"], report["updated"], report["unchanged"], report["rejected"]) == (0, 0, 3, [])


LAYOUT = Layout(columns_of(HEADING), len(HEADING))
NOBODY = Values("甲", None, None, "", "", "", "public", date(2026, 9, 5), "", "")


@pytest.mark.parametrize(
    ("sample", "shown"),
    [
        ("2016/8/19", "2026/9/5"),
        ("2016.08.09", "2026.09.05"),
        ("2016年8月19日", "2026年9月5日"),
        ("20160819", "20260905"),
        ("2016-08-19", "2026-09-05"),
        ("2016-08-19 10:00", "2026-09-05"),
        (date(2016, 8, 19), date(2026, 9, 5)),
        (42601, 46270),
        ("", "2026-09-05"),
    ],
)
def test_a_changed_day_is_written_as_the_file_writes_days(sample: Cell, shown: object) -> None:
    cells: list[Cell] = ["甲", "", "", "", "", sample]
    manner = manner_of(HEADING, [cells], LAYOUT)
    row = written([*cells, "", ""], NOBODY, LAYOUT.columns, LAYOUT, manner)
    assert row[5] == shown


def test_cells_of_columns_that_are_not_read_stay_what_they_are() -> None:
    cells: list[Cell] = ["甲", "", "", "", "", "", 7.0, "", 1.5, 13800138000, date(2026, 1, 2), "x"]
    row = written(cells, NOBODY, LAYOUT.columns, LAYOUT, Manner("zh"))
    assert row[6:7] + row[8:] == [7, 1.5, "13800138000", date(2026, 1, 2), "x"]


def test_the_language_of_a_file_is_that_of_its_headings() -> None:
    assert [language_of(words) for words in (["성명"], ["姓名", "phone"], ["name"])] == ["ko", "zh", "en"]
