"""F18 beyond the public form: strange names by each door, found again, printed clear of the code, exported whole."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from exhibitions.core.sheets.writing import csv_chunks, write_xlsx
from exhibitions.visitors import queries
from tests.badges.conftest import codes_on, needs_poppler, pages_of
from tests.badges.test_drawing import badge, drawn
from tests.core.made_sheets import rows_of
from tests.people import People
from tests.visitors.registering import add, all_rows, fair, form

LIST = "/desk/8th/visitors"
# What is typed, and what is kept: composed, without what nobody sees.
NAMES = {
    "Zoe\u0308": "Zoë",
    "\u202eاب\u202c": "اب",
    "王\u200b敏": "王敏",
    "晓": "晓",
    "𠮷𪚥": "𠮷𪚥",
    "O'Brien": "O'Brien",
    "Null": "Null",
    "Madonna": "Madonna",
    "Z" + "\u0301" * 50: "Ź" + "\u0301" * 49,
}
BAD = ("a\x00b", "a\x07b", "a\ud800b", "名" * 255, "名" * 256, "名" * 10_000)
Door = Callable[[Flask, People, int, str], int]


def by_the_form(_app: Flask, people: People, at: int, name: str) -> int:
    data = form(name=name, phone=f"1380013800{at}", form_key=f"form {at}")
    return people.nobody.post("/8th/register", data=data).status_code


def at_the_desk(_app: Flask, people: People, at: int, name: str) -> int:
    data = {"phone": f"1380013800{at}", "name": name, "visitor_class": "public"}
    return people.bob.post("/desk/8th/visitor-desk/register", data=data).status_code


def corrected(app: Flask, people: People, at: int, name: str) -> int:
    number = add(app, "张三", f"+861380013800{at}")
    data = {"name": name, "company": "", "phone": "", "email": "", "visitor_class": "trade"}
    return people.bob.post(
        f"{LIST}/{number}/correct", data=data | {"region": "大连", "visit_day": ""}
    ).status_code


DOORS = pytest.mark.parametrize("door", [by_the_form, at_the_desk, corrected])


@DOORS
def test_f18_names_are_kept_composed_and_found(app: Flask, people: People, door: Door) -> None:
    """What is typed in one form of Unicode is found in the other."""
    for at, (typed, kept) in enumerate(NAMES.items()):
        assert door(app, people, at, typed) == 303, typed
        assert all_rows(app)[-1].name == kept == unicodedata.normalize("NFC", kept)
        with app.app_context():
            for way in ("NFC", "NFD"):
                wanted = queries.Filters(text=unicodedata.normalize(way, kept))
                assert queries.found(fair(), wanted).total == 1, (way, kept)


@DOORS
def test_f18_what_is_no_name_is_refused(app: Flask, people: People, door: Door) -> None:
    for at, bad in enumerate(BAD):
        typed = bad.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        assert door(app, people, at, typed) == 422, bad[:5]
    assert {row.name for row in all_rows(app)} <= {"张三"}


def test_f18_namesakes_stay_two_and_addresses_ignore_the_case_of_the_domain(
    app: Flask, people: People
) -> None:
    for at in range(2):
        assert by_the_form(app, people, at, "王敏") == 303
    assert [row.name for row in all_rows(app)] == ["王敏", "王敏"]
    answers = [
        people.nobody.post(
            "/8th/register?by=email&lang=en", data=form(phone="", email=f"wang@{domain}", form_key=domain)
        )
        for domain in ("EXAMPLE.com", "example.COM")
    ]
    assert [answer.status_code == 303 for answer in answers] == [True, False]
    assert [row.email for row in all_rows(app) if row.email] == ["wang@example.com"]


@needs_poppler
@pytest.mark.parametrize("sheet", ["90x130", "a4x4"])
def test_f18_strange_names_leave_the_code_readable(sheet: str) -> None:
    """A reader that is not ours reads it; that no line lies upon it is held by tests/badges/test_layout.py."""
    names = ("𠮷𪚥", "Ź" + "\u0301" * 49, "名" * 100, "W" * 100, "👨\u200d👩\u200d👧", "اب" * 20)
    for name in names:
        made = badge(1, name)
        assert codes_on(pages_of(drawn([made], sheet))[0]) == [made.code], name


def test_f18_tables_open_in_excel_and_keep_zeros(tmp_path: Path) -> None:
    rows = [["姓名", "手机号"], ["𠮷田", "0012"], ["O'Brien", "007"]]
    content = b"".join(csv_chunks(rows))
    assert content.startswith(b"\xef\xbb\xbf")
    (tmp_path / "a.csv").write_bytes(content)
    write_xlsx(tmp_path / "a.xlsx", "x", rows)
    for name in ("a.csv", "a.xlsx"):
        assert rows_of(tmp_path / name) == {2: ["𠮷田", "0012"], 3: ["O'Brien", "007"]}
