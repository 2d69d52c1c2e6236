"""The import by the command and by jobs: what comes in, what is refused, and what a kill leaves (F12, F18, IR7)."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.badges import queries as badge_queries
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.sheets.writing import write_xlsx
from exhibitions.expos.models import Expo
from exhibitions.jobs.models import Job
from exhibitions.visitors import queries
from exhibitions.visitors import service as visitors
from exhibitions.visitors.models import Import
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.queries import importing as import_queries
from exhibitions.visitors.rules.import_verdicts import Verdicts
from exhibitions.visitors.rules.registration import Channel, State
from exhibitions.visitors.service import importing
from tests.asked import counted
from tests.core.made_sheets import RawWorkbook, inline
from tests.engines import both_engines
from tests.people import People
from tests.visitors.imports import (
    FILES,
    alive,
    command,
    csv_file,
    people_of,
    upload,
    whole,
)


@both_engines
def test_the_command_brings_people_in_with_badge(app: Flask, fair: Expo, tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        "王小明,138 0013 8000,WANG@Example.com,大连星河玻璃厂,专业观众,素食",
        "李丽,138-0013-8000,,,,",
        "𠮷田,,yoshida@example.com,,媒体,",
        ",,,,,",
        "Kim,+82 10-1234-5678,wang@example.com,,,",
        "坏,123,,,,",
        "Null,+82 10-1234-5678,,,,",
    )
    expected = {
        "rows": 6,
        "accepted": 3,
        "rejected": [
            {"row": 3, "reason": "duplicate_phone"},
            {"row": 6, "reason": "duplicate_email"},
            {"row": 7, "reason": "phone_invalid"},
        ],
        "refused": None,
    }
    assert command(app, path, "--dry-run") == expected
    assert people_of(fair) == []
    assert command(app, path) == expected
    whole(fair)
    wang, yoshida, null = people_of(fair)
    assert (wang.name, wang.phone, wang.email) == ("王小明", "+8613800138000", "wang@example.com")
    assert (wang.company, wang.note, wang.channel, wang.state) == (
        "大连星河玻璃厂",
        "素食",
        "import",
        State.REGISTERED,
    )
    assert (yoshida.name, yoshida.phone, null.name) == ("𠮷田", None, "Null")
    badge = badge_queries.current_badge(fair, HOLDER, wang.id)
    assert badge is not None
    assert (badge.name, badge.badge_class.key) == ("王小明", "trade")


@both_engines
def test_f12_the_same_file_twice_doubles_nobody(app: Flask, fair: Expo, tmp_path: Path) -> None:
    path = csv_file(tmp_path, *(f"客{n},13800138{n:03},,,," for n in range(50)))
    assert command(app, path)["accepted"] == 50
    again = command(app, path)
    assert (again["rows"], again["accepted"]) == (50, 0)
    assert {row["reason"] for row in again["rejected"]} == {"duplicate_phone"}  # type: ignore[attr-defined]
    assert len(people_of(fair)) == 50


def test_ir7_who_cancelled_may_come_again_and_who_waits_may_not(
    app: Flask, fair: Expo, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, "张三,13800138000,,,,", "李四,13800138001,,,,")
    command(app, path)
    with transaction():
        visitors.cancel(fair, people_of(fair)[0], SYSTEM)
    again = command(
        app, csv_file(tmp_path, "张三,13800138000,,,,", "李四,13800138001,,,,", "x,13800138002,,,,")
    )
    assert again["rejected"] == [{"row": 3, "reason": "duplicate_phone"}]
    assert again["accepted"] == 2


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (b"", "empty"),
        ("姓名,公司\n张三,x\n".encode(), "no_columns"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not_a_table"),
        (b"<html><table>", "html"),
        ((FILES / "libreoffice.xlsx").read_bytes()[:4000], "damaged"),
    ],
)
def test_whole_files_are_refused(
    app: Flask, fair: Expo, tmp_path: Path, content: bytes, refused: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    answer = {"rows": 0, "accepted": 0, "rejected": [], "refused": refused}
    assert command(app, path) == answer
    assert command(app, path, "--dry-run") == answer
    plain = app.test_cli_runner().invoke(args=["import", "visitors", "--expo", "8th", str(path)])
    assert plain.exit_code == 1
    assert people_of(fair) == []


def test_a_file_that_breaks_half_way_brings_nobody_in(app: Flask, fair: Expo, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    people = [("姓名", "手机号"), *((f"客{n}", f"1380013{n:04}") for n in range(1_900))]
    rows = "".join(
        f'<row r="{n}">{inline(f"A{n}", name)}{inline(f"B{n}", phone)}</row>'
        for n, (name, phone) in enumerate(people, start=1)
    )
    RawWorkbook().add("x", rows + "<row><c></row>").write(path)
    assert command(app, path)["refused"] == "damaged"
    assert people_of(fair) == []


def test_an_unclosed_quotation_mark_costs_one_row_and_is_named(
    app: Flask, fair: Expo, tmp_path: Path
) -> None:
    """imports.md: each refusal is one reason a row; the rows behind it come in."""
    path = csv_file(
        tmp_path,
        "张三,13800138000,,,,",
        '李四,13800138001,,"大连,,',
        "王五,13800138002,,,,",
        '赵六,13800138003,,"大连,星河",,',
    )
    assert command(app, path) == {
        "rows": 4,
        "accepted": 3,
        "rejected": [{"row": 3, "reason": "columns_mismatch"}],
        "refused": None,
    }
    assert [person.name for person in people_of(fair)] == ["张三", "王五", "赵六"]


@both_engines
def test_the_list_of_imports_has_their_counts_and_reads_no_rejected_row(
    app: Flask, people: People, tmp_path: Path
) -> None:
    """An import keeps a pair for each rejected row, up to 200,000: the database counts them."""
    command(app, csv_file(tmp_path, "张三,13800138000,,,,", "李四,1,,,,", "王五,2,,,,"))
    upload(people.alice, b"\xe5\xa7\x93\xe5\x90\x8d,\xe6\x89\x8b\xe6\x9c\xba\xe5\x8f\xb7\n")
    with app.app_context():
        waiting, done = import_queries.imports(db.session.query(Expo).one())
        assert (waiting.rows, waiting.accepted) == (None, None)
        assert (done.state, done.rows, done.accepted, done.rejected) == ("done", 3, 1, 2)
    with counted(app) as asked:
        page = people.alice.get("/desk/8th/visitors/imports").text
    assert re.findall(r'<td[^>]*class="num">(\d*)</td>', page) == ["", "", "", "3", "1", "2"]
    assert [one for one in asked if "imports.counts AS" in one] == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_of_thousands_of_columns_is_read_and_its_page_stays_small(
    app: Flask, people: People, tmp_path: Path, kind: str
) -> None:
    """imports.md names the only reasons for a whole file, and width is none; what is shown of it is bounded (B1)."""
    heading = ["姓名", "手机号", *(f"列{n}" for n in range(20_000 if kind == "csv" else 2_000))]
    path = tmp_path / f"wide.{kind}"
    rows = [heading, ["张三", "13800138000", *heading[2:]]]
    if kind == "xlsx":
        write_xlsx(path, "x", rows)
    else:
        path.write_text("\n".join(map(",".join, rows)))
    with app.app_context():
        assert command(app, path, "--dry-run")["accepted"] == 1
    page = people.alice.get(
        upload(people.alice, path.read_bytes(), path.name), headers={"Accept-Language": "en"}
    )
    assert page.status_code == 200
    assert "Further columns are not shown" in page.text
    assert len(page.data) < 200_000


def test_headings_alone_are_no_fault(app: Flask, fair: Expo, tmp_path: Path) -> None:
    assert command(app, csv_file(tmp_path)) == {"rows": 0, "accepted": 0, "rejected": [], "refused": None}


def test_the_plain_report_says_what_was_cut_what_could_not_be_read_and_that_nobody_came(
    app: Flask, fair: Expo, tmp_path: Path
) -> None:
    def said(path: Path) -> str:
        run = app.test_cli_runner().invoke(
            args=["import", "visitors", "--expo", "8th", str(path), "--dry-run"]
        )
        assert run.exit_code == 0, run.output
        return run.output

    path = csv_file(tmp_path, f"{'名' * 101},13800138000,,,,", "李丽,13800138001,,,,")
    path.write_bytes(path.read_bytes() + "张三".encode() + b"\xff,13800138002,,,,\n")
    output = said(path)
    assert "3 rows, 3 would be accepted, 0 rejected." in output
    assert "1 rows have texts that are too long and are cut, in characters: name 100, company 200" in output
    assert "1 rows have characters that could not be read" in output
    assert command(app, path, "--dry-run").keys() == {"rows", "accepted", "rejected", "refused"}
    output = said(csv_file(tmp_path, "李丽,13800138001,,,,"))
    assert "cut" not in output
    assert "could not be read" not in output
    assert "The file has headings but no people under them." in said(csv_file(tmp_path))


def test_f18_long_and_strange_names_come_in_whole_or_cut_never_lost(
    app: Flask, fair: Expo, tmp_path: Path
) -> None:
    names = ["O'Brien", "王", "Zoe\u0308", "ا\u202eب", "名" * 10_000, "e" + "\u0301" * 50, "👨\u200d👩"]
    path = csv_file(tmp_path, *(f"{name},1380013800{n},,,," for n, name in enumerate(names)))
    assert command(app, path)["accepted"] == len(names)
    kept = [person.name for person in people_of(fair)]
    assert kept[:4] == ["O'Brien", "王", "Zo\u00eb", "اب"]
    assert kept[4] == "名" * 100
    assert queries.found(fair, queries.Filters(text="zo\u00eb")).total == 1


def test_a_number_that_is_taken_between_judging_and_writing_is_a_duplicate(
    app: Flask, fair: Expo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = csv_file(tmp_path, "张三,13800138000,,,,", "李四,13800138001,,,,")
    judged = importing.judged

    def slow(expo: Expo, *arguments: Any, **more: Any) -> Verdicts:
        verdicts = judged(expo, *arguments, **more)
        badge_class = badge_queries.class_by_key(expo, "public")
        assert badge_class is not None
        quick = visitors.Person("快", phone="+8613800138000")
        ready = visitors.prepare(expo, badge_class, quick, visitors.Entry(Channel.DESK))
        with transaction():
            visitors.register(ready, SYSTEM)
        return verdicts

    monkeypatch.setattr(importing, "judged", slow)
    assert command(app, path) == {
        "rows": 2,
        "accepted": 1,
        "rejected": [{"row": 2, "reason": "duplicate_phone"}],
        "refused": None,
    }


# F12


CHILD = """
import sys
from tests.conftest import settings_for
from exhibitions.app import create_app
from pathlib import Path
app = create_app(settings_for(sys.argv[1], Path(sys.argv[2])))
result = app.test_cli_runner().invoke(args=["import", "visitors", "--expo", "8th", sys.argv[3], "--json"])
print(result.output)
"""


@both_engines
def test_f12_killed_at_any_moment_the_import_goes_on_and_doubles_nobody(
    app: Flask, fair: Expo, database: str, tmp_path: Path
) -> None:
    rows = 20_000
    path = tmp_path / "list.xlsx"
    numbers = (str(13_000_000_000 + n % (rows - 10)) for n in range(rows))
    write_xlsx(path, "x", [["姓名", "手机号"], *([f"客{n}", number] for n, number in enumerate(numbers))])
    arguments = [sys.executable, "-c", CHILD, database, str(tmp_path), str(path)]
    came = 0
    for _ in range(4):
        child = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while alive(fair) <= came and child.poll() is None:
            time.sleep(0.01)
        assert child.poll() is None, "the child was quicker than the test"
        child.kill()
        child.wait()
        came = alive(fair)
        whole(fair)
        expire_leases()
    report = command(app, path)
    assert (report["rows"], report["accepted"]) == (rows, rows - 10)
    assert [row["reason"] for row in report["rejected"]] == ["duplicate_phone"] * 10  # type: ignore[attr-defined]
    whole(fair)
    assert alive(fair) == rows - 10
    assert len(db.session.scalars(sa.select(Import)).all()) == 1


def expire_leases() -> None:
    """The minute that a dead worker's lease still lasts is over."""
    with transaction() as session:
        session.execute(sa.update(Job).where(Job.state == "running").values(lease_until=clock.now()))
