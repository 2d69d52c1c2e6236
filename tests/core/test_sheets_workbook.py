"""XLSX and XLS with every quirk of spreadsheets, and the bombs among them (IR0, IR12, F17)."""

from __future__ import annotations

import resource
import shutil
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from datetime import time as hours
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from exhibitions.core.sheets.ole import counts_from_1904
from exhibitions.core.sheets.table import NO_VALUE, CellError, Choice, Kind, Unreadable, text_of
from exhibitions.core.sheets.workbook import shows_a_date
from exhibitions.core.sheets.writing import Value, write_xlsx
from exhibitions.core.sheets.xlsx_rows import column_letters, rows_as_xml
from exhibitions.visitors.rules import importing
from tests.core.made_sheets import HEADING, RawWorkbook, inline, rows_of, table_of

NOON = datetime.fromisoformat("2016-08-19T12:00")
MORNING = datetime.fromisoformat("2016-08-19T09:30")
FILES = Path(__file__).parents[1] / "visitors" / "files"


def book(tmp_path: Path, rows: str, **options: bool | str) -> Path:
    raw = RawWorkbook(**options)  # type: ignore[arg-type]
    return raw.add("名单", HEADING + rows).write(tmp_path / "a.xlsx")


def first_cell(tmp_path: Path, cell: str) -> object:
    return rows_of(book(tmp_path, f'<row r="2">{inline("A2", "张三")}{cell}</row>'))[2][1:]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('<c r="B2"><v>13800138000</v></c>', "13800138000"),
        ('<c r="B2"><v>13800138000.0</v></c>', "13800138000"),
        ('<c r="B2"><v>1.3800138E10</v></c>', "13800138000"),
        ('<c r="B2"><v>1.38E+10</v></c>', "13800000000"),
        ('<c r="B2" t="n"><v>3.5</v></c>', "3.5"),
        ('<c r="B2"><v>1E+20</v></c>', "100000000000000000000"),
        ('<c r="B2" t="str"><v>0012</v></c>', "0012"),
        ('<c r="B2" t="inlineStr"><is><t>0012</t></is></c>', "0012"),
        ('<c r="B2" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="B2" t="str"><f>A1</f><v>x</v></c>', "x"),
        ('<c r="B2"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="B2" t="inlineStr"><is><r><t>大</t></r><r><rPr><b/></rPr><t>连</t></r></is></c>', "大连"),
        ('<c r="B2" t="inlineStr"><is><t>王</t><rPh sb="0" eb="1"><t>ワン</t></rPh></is></c>', "王"),
        ('<c r="B2" t="str"><v>a_x000D__x000A_b</v></c>', "a\r\nb"),
        ('<c r="B2" t="str"><v>a_xD800_b</v></c>', "a_xD800_b"),
        ('<c r="B2" t="d"><v>2016-08-19T00:00:00</v></c>', "2016-08-19"),
    ],
)
def test_cells_as_a_person_reads_them(tmp_path: Path, cell: str, shown: str) -> None:
    cells = first_cell(tmp_path, cell)
    assert isinstance(cells, list)
    assert [text_of(value) for value in cells] == [shown]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B2"><f>1+1</f></c>',
        '<c r="B2" t="str"><f>A1</f></c>',
        '<c r="B2"><f>1+1</f><v/></c>',
        '<c r="B2"><f t="shared" si="0"/></c>',
    ],
)
def test_ir12_a_formula_without_a_stored_value_is_not_an_empty_cell(tmp_path: Path, cell: str) -> None:
    assert first_cell(tmp_path, cell) == [NO_VALUE]


def test_ir12_the_stored_result_counts_even_when_it_is_the_empty_text(tmp_path: Path) -> None:
    assert first_cell(tmp_path, '<c r="B2" t="str"><f>IF(1,"","x")</f><v></v></c>') == [""]


def test_error_values_are_told_from_text(tmp_path: Path) -> None:
    cells = first_cell(tmp_path, '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>')
    assert cells == ["#DIV/0!"]
    assert isinstance(cells, list)
    assert isinstance(cells[0], CellError)


@pytest.mark.parametrize("options", [{"strict": True}, {"prefix": "x"}, {"strict": True, "prefix": "ss"}])
def test_strict_files_and_files_with_prefixes(tmp_path: Path, options: dict[str, bool | str]) -> None:
    raw = RawWorkbook(**options)  # type: ignore[arg-type]
    p = raw.prefix
    raw.strings = "".join(f"<{p}si><{p}t>{text}</{p}t></{p}si>" for text in ("姓名", "手机号", "张三"))
    raw.add(
        "名单",
        f'<{p}row><{p}c t="s"><{p}v>0</{p}v></{p}c><{p}c t="s"><{p}v>1</{p}v></{p}c></{p}row>'
        f'<{p}row><{p}c t="s"><{p}v>2</{p}v></{p}c><{p}c><{p}v>13800138000</{p}v></{p}c></{p}row>',
    )
    assert rows_of(raw.write(tmp_path / "a.xlsx")) == {2: ["张三", 13800138000]}


def test_shared_strings_join_rich_text_and_leave_readings_out(tmp_path: Path) -> None:
    raw = RawWorkbook()
    raw.strings = "<si><r><t>大</t></r><r><t xml:space='preserve'> 连</t></r></si><si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si>"
    raw.add("a", f'{HEADING}<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row>')
    assert rows_of(raw.write(tmp_path / "a.xlsx")) == {2: ["大 连", "東京"]}


def test_dates_by_style_and_by_the_epoch_of_the_file(tmp_path: Path) -> None:
    for properties, serial in (("", 42601), ('<workbookPr date1904="1"/>', 42601 - 1462)):
        raw = RawWorkbook()
        raw.properties = properties
        raw.formats = '<numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/><numFmt numFmtId="165" formatCode="&quot;day&quot; 0.00"/>'
        raw.styles = (
            '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="22"/>'
        )
        row = "".join(
            f'<c r="{letter}2" s="{style}"><v>{serial}</v></c>'
            for letter, style in zip("ABCD", "0123", strict=True)
        )
        raw.add("a", f'{HEADING}<row r="2">{row}<c r="E2" s="4"><v>{serial}.5</v></c></row>')
        path = raw.write(tmp_path / "a.xlsx")
        day = date(2016, 8, 19)
        assert rows_of(path) == {2: [serial, day, day, serial, NOON]}
        assert table_of(path).guess.date1904 == bool(properties)


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("yyyy/m/d", True), ("[$-804]yyyy年m月d日", True), ("h:mm", True), ("[h]:mm", True), ("General", False),
        ("0.00", False), ('"date" 0', False), ("[Red]0.0", False), ("0_d", False), ("\\d0", False), ("@", False),
    ],
)  # fmt: skip
def test_number_formats_that_show_a_date(code: str, is_date: bool) -> None:
    assert shows_a_date(code) is is_date


def test_ir0_the_first_visible_sheet_with_a_heading_row_counts(tmp_path: Path) -> None:
    raw = RawWorkbook()
    person = f'<row r="2">{inline("A2", "x")}</row>'
    raw.add("hidden", HEADING + person, "hidden").add("very", HEADING + person, "veryHidden")
    raw.add("empty", "").add("notes", f'<row r="3">{inline("A3", "read me")}</row>')
    raw.add("one", HEADING + f'<row r="7">{inline("A7", "one")}</row>').add("two", HEADING + person)
    table = table_of(raw.write(tmp_path / "a.xlsx"))
    assert (table.guess.sheet, table.guess.sheets) == ("one", ("empty", "notes", "one", "two"))
    assert {row.number: row.cells for row in table.rows()} == {7: ["one"]}
    assert rows_of(tmp_path / "a.xlsx", Choice(sheet="two")) == {2: ["x"]}
    assert table_of(tmp_path / "a.xlsx", Choice(sheet="hidden")).guess.sheet == "one"


def test_rows_keep_their_numbers_and_cells_their_columns(tmp_path: Path) -> None:
    path = book(tmp_path, f'<row r="9">{inline("C9", "late")}</row><row>{inline("B10", "next")}</row>')
    assert rows_of(path) == {9: ["", "", "late"], 10: ["", "next"]}


def test_a_real_xls_and_a_file_of_another_office_read_like_excels() -> None:
    expected = {
        4: ["王小明", "13800138000", "", "大连星河玻璃厂", "专业观众", "2016-08-19", "素食"],
        6: ["李丽", "138-0013-8001", "li@example.com", "", "媒体", "2016.8.20"],
        7: ["𠮷田", "+82 10-1234-5678", "", "㛃㛃会社", "普通观众", "42602"],
    }
    for name, kind in (("excel97.xls", Kind.XLS), ("libreoffice.xlsx", Kind.XLSX)):
        table = table_of(FILES / name, Choice(heading_row=3))
        assert (table.guess.kind, table.guess.sheets) == (kind, ("说明", "名单"))
        table = table_of(FILES / name, Choice(heading_row=3, sheet="名单"))
        rows = {row.number: [text_of(cell) for cell in row.cells] for row in table.rows()}
        # LibreOffice stores 0 for a formula that gives text when it writes .xls, and the text when it writes .xlsx.
        assert rows.pop(8) == ["坏行", "12345", "", "0" if kind is Kind.XLS else "大连厂"]
        assert rows == expected


def test_ir8_an_xls_of_the_year_1904_says_so(tmp_path: Path) -> None:
    """Its real dates come right from the library; a bare number is a day only to who knows the first one."""
    content = (FILES / "excel97.xls").read_bytes()
    assert content.count(b"\x22\x00\x02\x00\x00\x00") == 1
    path = tmp_path / "mac.xls"
    path.write_bytes(content.replace(b"\x22\x00\x02\x00\x00\x00", b"\x22\x00\x02\x00\x01\x00"))
    assert table_of(path).guess.date1904
    assert not table_of(FILES / "excel97.xls").guess.date1904
    assert importing.parse_day(44792, date1904=table_of(path).guess.date1904) == date(2026, 8, 20)
    shift = timedelta(days=1462)
    for mac, usual in zip(table_of(path).rows(), table_of(FILES / "excel97.xls").rows(), strict=True):
        days = [(m, u) for m, u in zip(mac.cells, usual.cells, strict=True) if isinstance(u, date)]
        assert all(isinstance(m, date) and m - u == shift for m, u in days)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=700), st.integers(0, 40_000))
def test_any_bytes_have_a_calendar_or_none(junk: bytes, at: int) -> None:
    content = (FILES / "excel97.xls").read_bytes()
    counts_from_1904(content[:at] + junk + content[at + len(junk) :])
    counts_from_1904(junk)


@pytest.mark.parametrize(("name", "code"), [("web-table.xls", "html"), ("open-document.ods", "not_a_table")])
def test_files_of_another_kind(name: str, code: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        table_of(FILES / name)
    assert refusal.value.code == code


@pytest.mark.parametrize("name", ["excel97.xls", "libreoffice.xlsx"])
@pytest.mark.parametrize("share", [0.1, 0.3, 0.6, 0.9, 0.99])
def test_truncated_files_are_damaged(tmp_path: Path, name: str, share: float) -> None:
    data = (FILES / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(Unreadable) as refusal:
        list(table_of(path).rows())
    assert refusal.value.code == "damaged"


def test_a_locked_workbook_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    )
    with pytest.raises(Unreadable) as refusal:
        table_of(path)
    assert (refusal.value.code, "password" in refusal.value.message) == ("damaged", True)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="A2" t="s"><v>7</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>-1</v></c></row>',
        '<row r="2"><c r="A2"><v>many</v></c></row>',
        '<row r="2"><c r="ÄÖ2"><v>1</v></c></row>',
        '<row r="two"></row>',
        '<row r="2"><c r="A2" t="strange"><v>1</v></c></row>',
        "<row><c>",
    ],
)
def test_nonsense_in_the_xml_is_damage(tmp_path: Path, rows: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        list(table_of(book(tmp_path, rows)).rows())
    assert refusal.value.code == "damaged"


def test_entities_and_document_types_are_refused(tmp_path: Path) -> None:
    path = book(tmp_path, "")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    laughs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    parts["xl/sharedStrings.xml"] = f'<!DOCTYPE sst [<!ENTITY e0 "ha">{laughs}]><sst>&e9;</sst>'.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    with pytest.raises(Unreadable) as refusal:
        table_of(path)
    assert refusal.value.code == "damaged"


@pytest.fixture
def grown() -> Iterator[None]:
    """The test's own promise: less than 15 s and less than 300 MiB more than before (F17)."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    # Where coverage is measured, every line costs several times as much.
    assert time.monotonic() - began < (15 if sys.gettrace() is None else 60)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024


@pytest.mark.usefixtures("grown")
def test_f17_one_cell_in_the_last_corner_costs_nothing(tmp_path: Path) -> None:
    stray = f'<row r="1048576">{inline("XFD1048576", "x")}</row>'
    rows = rows_of(book(tmp_path, f'<row r="2">{inline("A2", "张三")}</row>{stray}'))
    assert [*rows] == [2, 1048576]
    assert len(rows[1048576]) == 513
    assert rows[1048576][-1] == "x"


@pytest.mark.usefixtures("grown")
def test_f17_a_zip_bomb_is_refused_by_its_directory(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
    with archive, archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
        for _ in range(600):
            part.write(b" " * 1024 * 1024)
    assert path.stat().st_size < 1024 * 1024
    with pytest.raises(Unreadable) as refusal:
        table_of(path)
    assert refusal.value.code == "damaged"


@pytest.mark.usefixtures("grown")
def test_f17_a_million_rows_are_refused_in_time(tmp_path: Path) -> None:
    row = f"<row>{inline('', 'x').replace(' r=' + chr(34) * 2, '')}</row>"
    path = book(tmp_path, row * 1_000_000)
    with pytest.raises(Unreadable) as refusal:
        for _ in table_of(path).rows():
            pass
    assert refusal.value.code == "damaged"


@pytest.mark.usefixtures("grown")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'<row r="2" x="', b'"></row>'),
        (b'<row r="2"><c r="A2" t="str"><v>', b"</v></c></row>"),
        (b"<row><!--", b"--></row>"),
    ],
    ids=["attribute", "text", "comment"],
)
def test_f17_endless_pieces_of_xml_cost_no_memory(tmp_path: Path, before: bytes, after: bytes) -> None:
    path = book(tmp_path, "")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = "xl/worksheets/sheet1.xml"
    start, end = parts.pop(part).split(b"</sheetData>")
    archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
    with archive:
        for name, data in parts.items():
            archive.writestr(name, data)
        with archive.open(part, "w") as stream:
            stream.write(start + before)
            for _ in range(200):
                stream.write(b"y" * 1_000_000)
            stream.write(after + b"</sheetData>" + end)
    with pytest.raises(Unreadable) as refusal:
        list(table_of(path).rows())
    assert refusal.value.code == "damaged"


@pytest.mark.usefixtures("grown")
def test_f17_too_many_parts_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(5_001):
            archive.writestr(f"x{n}", b"")
    with pytest.raises(Unreadable):
        table_of(path)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_flipped_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray((FILES / "libreoffice.xlsx").read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("flip") / "a.xlsx"
    path.write_bytes(content)
    with suppress(Unreadable):
        list(table_of(path).rows())


def test_what_we_write_cannot_run_and_keeps_its_zeros(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    cells: list[Value] = [
        "=1+1",
        "+82 10",
        "-x",
        "@x",
        "\tx",
        "\rx",
        "＝1+1",
        "＋82",
        "－x",
        "＠x",
        "0012",
        "x",
        5,
        date(2016, 8, 19),
        None,
        -3.5,
    ]
    write_xlsx(path, "a/b[c]'", [["姓名", "手机号"], cells], widths=[20, 20])
    expected: list[Value] = [
        "'=1+1",
        "'+82 10",
        "'-x",
        "'@x",
        "'\tx",
        "'\rx",
        "'＝1+1",
        "'＋82",
        "'－x",
        "'＠x",
    ]
    expected += ["0012", "x", 5, date(2016, 8, 19), "", -3.5]
    assert rows_of(path) == {2: expected}
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_p13_no_text_becomes_anything_but_a_text(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    broken_out = '<r></r></is></c><c r="Z1"><f>1+1</f></c><c><is><r></r>'
    hostile = [broken_out, "a&b<c>d", "a_x", "a\x01b", " x ", "a\nb", "\ufffe\ud800", "]]>", "x" * 40_000]
    others: list[Value] = [
        float("nan"),
        hours(9, 30),
        datetime(2016, 8, 19, 9, 30, tzinfo=UTC),
        date(1850, 1, 1),
    ]
    write_xlsx(path, "x", [["姓名", "手机号"], hostile, others, ["_x0041_"]])
    rows = rows_of(path)
    assert rows[2] == [
        broken_out,
        "a&b<c>d",
        "a_x",
        "a\x01b",
        " x ",
        "a\nb",
        "\ufffd\ufffd",
        "]]>",
        "x" * 32_767,
    ]
    assert rows[3][1:] == ["09:30:00", "2016-08-19 09:30:00+00:00", "1850-01-01"]
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    # Whoever wrote the letters of an escape gets these letters.
    assert b">_x005F_x0041_</t>" in sheet
    assert [cell.tag for cell in ElementTree.fromstring(sheet).iter() if cell.tag.endswith("}f")] == []  # noqa: S314
    assert b'<c r="A3" t="e"><v>#NUM!</v></c>' in sheet


def test_escapes_are_read_once_and_run_by_run(tmp_path: Path) -> None:
    """What a person typed that looks like an escape stays what they typed: inside the cell and in shared texts."""
    inside = rows_of(FILES / "openpyxl-escapes.xlsx")
    assert inside[2] == ["王_x0041_", 13800138000, "a\rb"]
    assert inside[3] == ["_x0041_", "13800138001", "_x005F_"], (
        "two runs that spell an escape together spell none"
    )
    assert rows_of(FILES / "libreoffice-escapes.xlsx")[2] == ["王_x0041_", 13800138000, "x_x005F_y"]
    path = tmp_path / "ours.xlsx"
    typed = ["王_x0041_", "_x005F_x0041_", "_x000D_"]
    write_xlsx(path, "x", [["姓名", "手机号"], typed])
    assert rows_of(path)[2] == typed


def test_columns_go_on_behind_z(tmp_path: Path) -> None:
    assert [column_letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    path = tmp_path / "wide.xlsx"
    write_xlsx(path, "x", [["姓名", "手机号"], [str(place) for place in range(30)]])
    assert rows_of(path)[2] == [str(place) for place in range(30)]


def test_a_sheet_of_many_rows_is_written_by_the_portion() -> None:
    chunks = list(rows_as_xml(([n] for n in range(1_001)), 1))
    assert [chunk.count(b"<row") for chunk in chunks] == [500, 500, 1]
    assert chunks[-1] == b'<row r="1001"><c r="A1001"><v>1000</v></c></row>'


def test_files_of_the_usual_writer_with_merged_and_numeric_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("名单")
        sheet.merge_range("A1:D1", "观众名单")
        sheet.write_row("A2", ["姓名", "手机号", "date"])
        sheet.merge_range("D3:D4", "大连")
        sheet.write_row("A3", ["张三", 13800138000])
        sheet.write_datetime("C3", MORNING, workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
        sheet.write_row("A4", ["李四", 13800138001.0])
    assert rows_of(path) == {3: ["张三", 13800138000, MORNING, "大连"], 4: ["李四", 13800138001]}


def test_the_ending_of_the_name_says_nothing(tmp_path: Path) -> None:
    for name, kind in (("excel97.xls", Kind.XLS), ("libreoffice.xlsx", Kind.XLSX)):
        path = tmp_path / f"{kind}.csv"
        shutil.copy(FILES / name, path)
        assert table_of(path).guess.kind == kind
