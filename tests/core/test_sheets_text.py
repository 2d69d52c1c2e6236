"""Text files in every encoding, separator and line end that people send (IR0, IR1)."""

from __future__ import annotations

import csv
import itertools
import tracemalloc
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exhibitions.core.sheets import records
from exhibitions.core.sheets.records import LONGEST_CELL
from exhibitions.core.sheets.table import MAX_COLUMNS, Cell, Choice, Kind, Unclosed, Unreadable
from exhibitions.core.sheets.writing import csv_chunks
from tests.core.made_sheets import rows_of, table_of, write_text

CHINESE = [
    ["姓名", "手机号", "单位名称"],
    ["王小明", "13800138000", "大连星河玻璃厂"],
    ["李丽", "13800138001", "沈阳家具"],
]
TAIWANESE = [
    ["姓名", "手機號碼", "公司名稱"],
    ["陳怡君", "+886912345678", "臺北貿易"],
    ["許功蓋", "+886912345679", "恒碁"],
]
KOREAN = [
    ["성명", "휴대폰", "회사명"],
    ["김민수", "+821012345678", "주식회사 한빛"],
    ["이서연", "+821012345679", "부산무역"],
]
BEYOND_KS = [["성명", "휴대폰"], ["펲시", "+821012345678"]]
ENCODINGS = [
    ("utf-8", "utf-8", CHINESE),
    ("utf-8-sig", "utf-8", CHINESE),
    ("utf-8", "utf-8", KOREAN),
    ("utf-16", "utf-16-le", CHINESE),
    ("utf-16-le", "utf-16-le", CHINESE),
    ("utf-16-be", "utf-16-be", KOREAN),
    ("gb18030", "gb18030", CHINESE),
    ("gbk", "gb18030", CHINESE),
    ("big5", "big5", TAIWANESE[:2]),
    ("cp950", "big5", TAIWANESE),
    ("big5hkscs", "big5", TAIWANESE),
    ("cp949", "cp949", KOREAN),
    ("cp949", "cp949", BEYOND_KS),
    ("euc-kr", "cp949", KOREAN),
]
CASES = list(itertools.product(ENCODINGS, (",", ";", "\t"), ("\n", "\r\n", "\r")))


@pytest.mark.parametrize(("coding", "separator", "end"), CASES)
def test_ir0_every_encoding_separator_and_line_end(
    tmp_path: Path, coding: tuple[str, str, list[list[str]]], separator: str, end: str
) -> None:
    encoding, shown, rows = coding
    path = write_text(tmp_path / "list.csv", end.join(separator.join(row) for row in rows) + end, encoding)
    table = table_of(path)
    assert (table.guess.kind, table.guess.encoding, table.guess.separator) == (Kind.TEXT, shown, separator)
    assert table.heading == tuple(rows[0])
    assert {row.number: row.cells for row in table.rows()} == dict(enumerate(rows[1:], start=2))


def test_ir0_utf16_big_endian_with_its_mark(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.txt", "\ufeff姓名\t手机号\r\n张三\t1\r\n", "utf-16-be")
    assert rows_of(path) == {2: ["张三", "1"]}
    assert table_of(path).guess.encoding == "utf-16-be"


def test_ir0_korean_bytes_decode_as_gb18030_too_and_the_known_heading_decides(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "성명,휴대폰\n김민수,+821012345678\n", "cp949")
    assert "김민수" not in path.read_bytes().decode("gb18030")
    assert rows_of(path) == {2: ["김민수", "+821012345678"]}


@pytest.mark.parametrize(
    ("encoding", "rows"),
    [("gb18030", CHINESE), ("big5", TAIWANESE[:2]), ("cp949", KOREAN)],
    ids=["gb", "big5", "kr"],
)
def test_ir0_under_english_headings_the_frequent_letters_decide(
    tmp_path: Path, encoding: str, rows: list[list[str]]
) -> None:
    text = "name,phone,company\n" + "".join(",".join(row) + "\n" for row in rows[1:])
    path = write_text(tmp_path / "a.csv", text, encoding)
    assert [cells[0] for cells in rows_of(path).values()] == [row[0] for row in rows[1:]]


def test_ir0_a_person_corrects_encoding_separator_and_heading_row(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "x|y\n성명|휴대폰\n김민수|1\n", "cp949")
    table = table_of(path, Choice(encoding="euc-kr", separator="|", heading_row=1))
    assert table.heading == ("x", "y")
    assert [row.number for row in table.rows()] == [2, 3]
    wrong = table_of(path, Choice(encoding="gb18030", separator="|"))
    assert wrong.guess.encoding == "gb18030"
    assert wrong.guess.heading_row is None


def test_ir1_titles_and_blank_lines_stand_above_the_heading_and_rows_keep_excels_numbers(
    tmp_path: Path,
) -> None:
    path = write_text(tmp_path / "a.csv", "观众名单,,\n\n,,\n姓名,手机号\n\n张三,1\n , \n李四,2\n", "utf-8")
    assert table_of(path).guess.heading_row == 4
    assert rows_of(path) == {6: ["张三", "1"], 8: ["李四", "2"]}


def test_ir0_line_feeds_and_separators_in_quotes_start_no_row(tmp_path: Path) -> None:
    text = '姓名,手机号,单位名称\r\n张三,1,"大连""星河"",\r\n玻璃\n二厂"\r\n李四,2,b\r\n'
    path = write_text(tmp_path / "a.csv", text, "gb18030")
    assert rows_of(path) == {2: ["张三", "1", '大连"星河",\r\n玻璃\n二厂'], 3: ["李四", "2", "b"]}


def test_ir0_unicode_line_separators_inside_a_cell_start_no_row(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "姓名,手机号\n张\u2028三\x85\x0b,1\n李四,2\n", "utf-8")
    assert [*rows_of(path)] == [2, 3]


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_excels_separator_line_names_the_separator_and_is_no_row(tmp_path: Path, line: str) -> None:
    path = write_text(tmp_path / "a.csv", f"{line}\r\n姓名;手机号\r\n张三;1\r\n", "utf-8-sig")
    assert table_of(path).guess.separator == ";"
    assert rows_of(path) == {2: ["张三", "1"]}


def test_a_few_broken_bytes_are_shown_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("姓名,手机号\n".encode() + b"\xff\xff,1\n" + "李四,2\n".encode() * 200)
    table = table_of(path)
    assert (table.guess.encoding, table.guess.lossy) == ("utf-8", True)
    assert next(iter(table.rows())).cells == ["\ufffd\ufffd", "1"]


@pytest.mark.parametrize(
    ("content", "encoding", "rows"),
    [
        (
            "姓名,手机号\n王敏,13800138001\n".encode() + b"\xff\xfe,13800138002",
            "utf-8",
            {2: ["王敏", "13800138001"], 3: ["\ufffd\ufffd", "13800138002"]},
        ),
        (
            "name,phone\nMüller,1\nJosé,2\n".encode("latin-1"),
            "utf-8",
            {2: ["M\ufffdller", "1"], 3: ["Jos\ufffd", "2"]},
        ),
        ("name,phone\nMüller,1\n".encode("latin-1"), "utf-8", {2: ["M\ufffdller", "1"]}),
        (
            "姓名,手机号\n".encode("gb18030") + b"\xff,1\n" + "李四,2\n".encode("gb18030"),
            "gb18030",
            {2: ["\ufffd", "1"], 3: ["李四", "2"]},
        ),
        (
            b"name,phone\n\xff,1\n" + "김민수,2\n이서연,3\n".encode("cp949"),
            "cp949",
            {2: ["\ufffd", "1"], 3: ["김민수", "2"], 4: ["이서연", "3"]},
        ),
    ],
    ids=["utf-8", "latin-1", "latin-1 that passes for gb18030", "gb18030", "cp949 under english"],
)
def test_broken_bytes_under_a_known_heading_cost_no_file(
    tmp_path: Path, content: bytes, encoding: str, rows: dict[int, list[str]]
) -> None:
    """imports.md: a whole file is refused only without a needed column, empty, damaged, or when it is no table."""
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    guess = table_of(path).guess
    assert (guess.encoding, guess.lossy, guess.heading_row) == (encoding, True, 1)
    assert rows_of(path) == rows


@pytest.mark.parametrize("end", ["\n", "\r"], ids=["lf", "cr"])
@pytest.mark.parametrize(
    ("encoding", "letters"),
    [("cp949", "김민수"), ("gb18030", "王小明"), ("big5", "陳怡君"), ("utf-8", "김민수")],
)
def test_ir0_letters_far_below_an_english_heading_decide(
    tmp_path: Path, encoding: str, letters: str, end: str
) -> None:
    text = f"name,phone{end}" + f"Anna Smith,1{end}" * 100_000 + f"{letters},2{end}"
    path = write_text(tmp_path / "a.csv", text, encoding)
    assert path.stat().st_size > 1024 * 1024
    guess = table_of(path).guess
    assert (guess.encoding, guess.lossy) == (encoding, False)
    assert rows_of(path)[100_002] == [letters, "2"]


def test_a_broken_byte_far_behind_the_sample_does_not_change_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("姓名,手机号\n".encode() + "李四,2\n".encode() * 40_000 + b"\xff,3\n")
    table = table_of(path)
    assert (table.guess.encoding, table.guess.lossy) == ("utf-8", True)
    assert sum(1 for _ in table.rows()) == 40_001


def test_a_character_cut_by_the_sample_border_is_no_fault(tmp_path: Path) -> None:
    for shift in range(4):
        path = write_text(tmp_path / "a.csv", "name,phone\n" + "x" * shift + "大连星河,1\n" * 30_000, "utf-8")
        table = table_of(path)
        assert (table.guess.encoding, table.guess.lossy) == ("utf-8", False)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\xff\xfe", "empty"),
        (b" \r\n\t\r\n", "empty"),
        (b",,,\n,,\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "not_a_table"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)), "not_a_table"),
        (b"GIF89a" + bytes(range(256)), "not_a_table"),
        (b"%PDF-1.7\n1 0 obj", "not_a_table"),
        (b"BM" + bytes(range(256)) * 4, "not_a_table"),
        (bytes(1000), "not_a_table"),
        (b"<html><body><table><tr><td>name</td><td>phone</td></tr></table>", "html"),
        (b"\xef\xbb\xbf\r\n<!-- made by us --><TABLE border=1>", "html"),
        ("\ufeff<html xmlns:x='urn:schemas-microsoft-com:office:excel'>".encode("utf-16-le"), "html"),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook>', "html"),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "html"),
        (b"<center><table><tr><td>name</td><td>phone</td></tr></table></center>", "html"),
        (b"<tr><td>name</td><td>phone</td></tr>", "html"),
        (b"<!-- one --> <!-- two -->\n<table><tr><td>name,phone</td></tr>", "html"),
        (b"<!--[if gte mso 9]><xml><x:ExcelWorkbook/></xml><![endif]-->\n<p>name,phone", "html"),
        (b"<!--[if gte mso 9]><xml>" + b"<x/>" * 4_000 + b"</xml><![endif]--><p>", "html"),
        (b"<![if supportMisalignedColumns]>\r\n<col width=1>", "html"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><text>name,phone</text></svg>', "not_a_table"),
        (b'<?xml version="1.0"?>\n<!-- made by us -->\n<svg>name,phone</svg>', "not_a_table"),
        (b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "x" "y"><svg></svg>', "not_a_table"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><rss><name>,<phone></rss>', "not_a_table"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "damaged"),
    ],
)
def test_whole_files_are_refused_with_a_reason(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as refusal:
        table_of(path)
    assert refusal.value.code == code


def test_an_angle_bracket_alone_is_no_web_page(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "<list of 2026>\nname,phone\n<b>,1\n", "utf-8")
    assert rows_of(path) == {3: ["<b>", "1"]}


def test_a_text_without_known_headings_is_a_table_without_heading(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "张三,13800138000\n李四,13800138001\n", "gb18030")
    table = table_of(path)
    assert (table.guess.encoding, table.guess.heading_row, table.heading) == ("gb18030", None, ())
    assert [row.number for row in table.rows()] == [1, 2]


def test_an_endless_quoted_cell_is_one_row_and_no_crash(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", '姓名,手机号\n李四,2\n张三,"' + "x" * 2_000_000, "utf-8")
    rows = rows_of(path)
    assert [*rows] == [2, 3]
    assert isinstance(rows[3][1], Unclosed)


@pytest.mark.parametrize(
    ("cell", "size"),
    [
        ("x" * 200_000, LONGEST_CELL),
        ('"' + "x,\r\n" * 300_000 + '"', LONGEST_CELL),
        ('"' + '""' * 150_000 + '"', LONGEST_CELL),
    ],
    ids=["one line", "many lines", "quotes"],
)
def test_a_cell_of_any_length_costs_no_other_row(tmp_path: Path, cell: str, size: int) -> None:
    """imports.md: it is cut where the csv module gives up, and the row is judged like any other."""
    path = write_text(tmp_path / "a.csv", f"姓名,手机号,单位名称\r\n张三,{cell},b\r\n李四,2,c\r\n", "utf-8")
    rows = rows_of(path)
    assert [(row[0], row[2]) for row in rows.values()] == [("张三", "b"), ("李四", "c")]
    assert len(str(rows[2][1])) == size
    assert [*rows] == [2, 3]


def test_f17_a_line_of_a_million_cells_costs_no_memory(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "姓名,手机号\n" + "ab," * 1_000_000 + "\n李四,2\n", "utf-8")
    tracemalloc.start()
    rows = rows_of(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(rows[2]) == MAX_COLUMNS + 1
    assert rows[3] == ["李四", "2"]
    assert peak < 50 * 1024 * 1024


@pytest.mark.parametrize("piece", ["x,", '"",', '"\n",'], ids=["cells", "quotation marks", "lines in cells"])
def test_f17_a_row_of_more_parts_than_any_table_has_is_no_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: str
) -> None:
    """Read on to its end it takes minutes: the row is given up."""
    monkeypatch.setattr(records, "MOST_PARTS", 200_000)
    monkeypatch.setattr(records, "LONGEST_RECORD", 100_000)
    path = write_text(tmp_path / "a.csv", "姓名,手机号\n李四,2\n" + piece * 200_000, "utf-8")
    with pytest.raises(Unreadable) as refusal:
        rows_of(path)
    assert refusal.value.code == "not_a_table"


QUOTED = st.text(st.sampled_from('ab,"\r\n'), max_size=16)


def rows_in(text: str, longest: int = records.LONGEST_RECORD, piece: int = records.PIECE) -> list[list[Cell]]:
    """What a text is read as, blank rows left out, when records of more than `longest` are read by the piece."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "LONGEST_RECORD", longest)
        patch.setattr(records, "PIECE", piece)
        return [row.cells for row in records.records(StringIO(text, newline=""), ",")]


@settings(max_examples=500, deadline=None)
@given(QUOTED, st.integers(1, 9), st.integers(1, 4))
def test_a_long_record_is_read_by_the_rules_of_the_csv_module(text: str, longest: int, piece: int) -> None:
    """Whatever the size of the pieces is; what the module only reads when it is lenient is the next tests' matter."""
    try:
        expected = [*csv.reader(StringIO(text, newline=""), strict=True)]
    except csv.Error:
        return
    expected = [cells for cells in expected if any(cell.strip() for cell in cells)]
    assert rows_in(text, longest, piece) == expected
    assert rows_in(text) == expected


@settings(max_examples=500, deadline=None)
@example('"\ra"a', 4, 3)
@example('"\r","', 1, 4)
@given(QUOTED, st.integers(1, 9), st.integers(1, 4))
def test_no_row_without_quotation_marks_is_swallowed_by_another(text: str, longest: int, piece: int) -> None:
    plain = [["c", str(number)] for number in range(4)]
    whole = text + "\r\n" + "\r\n".join(map(",".join, plain))
    assert rows_in(whole)[-4:] == plain
    assert rows_in(whole, longest, piece)[-4:] == plain


@pytest.mark.parametrize("more", [0, 1_500_000], ids=["short", "beyond what is held"])
@pytest.mark.parametrize(
    ("behind", "read"),
    [
        ("王五,3,c\n赵六,4,d\n", {4: ["王五", "3", "c"], 5: ["赵六", "4", "d"]}),
        ('王五,3,"大连,星河"\n', {4: ["王五", "3", "大连,星河"]}),
        ('"王五","3","c"\n', {4: ["王五", "3", "c"]}),
        ('王五,3,"一\n二"\n赵六,4,d', {4: ["王五", "3", "一\n二"], 5: ["赵六", "4", "d"]}),
    ],
    ids=["never closed", "a closed one follows", "all are quoted", "a cell of two lines follows"],
)
def test_an_unclosed_quotation_mark_costs_the_line_in_which_it_stands(
    tmp_path: Path, behind: str, read: dict[int, list[str]], more: int
) -> None:
    """imports.md: each refusal is one row's. Without this a stray mark takes all rows behind it along, and says nothing."""
    filler = "".join(f"客{n},{n:05},y\n" for n in range(more // 10))
    text = f'姓名,手机号,单位名称\n张三,1,"甲\n乙"\n李四,2,"大连,\n{filler}{behind}'
    rows = rows_of(write_text(tmp_path / "a.csv", text, "gb18030"))
    assert rows.pop(2) == ["张三", "1", "甲\n乙"]
    assert isinstance(rows[3][-1], Unclosed)
    assert rows.pop(3) == ["李四", "2", "大连,"]
    assert len(rows) == more // 10 + len(read)
    assert [rows[number + more // 10] for number in read] == [*read.values()]


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff"), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELL, min_size=2, max_size=4), max_size=8))
def test_what_we_write_we_read_back(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(b"".join(csv_chunks([["姓名", "手机号"], *rows])))
    back = rows_of(path)
    dangerous = ("=", "+", "-", "@", "\t", "\r")
    expected = [[f"'{cell}" if cell.startswith(dangerous) else cell for cell in row] for row in rows]
    assert back == {n: row for n, row in enumerate(expected, start=2) if any(cell.strip() for cell in row)}


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", "姓名,手机号\n".encode(), b"PK\x03\x04", b"\xff\xfe", b"name\tphone\r"]),
)
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, tail: bytes, head: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.csv"
    path.write_bytes(head + tail)
    with suppress(Unreadable):
        for row in table_of(path).rows():
            assert row.number >= 1
