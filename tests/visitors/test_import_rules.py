"""Rules IR1 to IR12 of the import, row by row, and the phone, e-mail and name rules of the form."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.badges.rules import number as badge_number
from exhibitions.core import contact
from exhibitions.core.sheets.reading import open_table
from exhibitions.core.sheets.table import NO_VALUE, Cell, CellError, Row, Unclosed
from exhibitions.visitors.rules.columns import Column, can_be_imported, columns_of, heading_key, known_columns
from exhibitions.visitors.rules.import_verdicts import Known, Taken, Verdicts, judge_rows
from exhibitions.visitors.rules.importing import (
    NOT_A_DAY,
    REASON_TEXTS,
    SHORTENED_TEXT,
    UNREADABLE_TEXT,
    Category,
    Layout,
    Person,
    Reason,
    judge,
    language_of,
    parse_category,
    parse_day,
    remark,
    unreadable,
)

HEADING = ["姓名", "手机号", "电子邮箱", "单位名称", "职务", "所在地区", "观众类别", "预计参观日期", "备注"]
LAYOUT = Layout(columns_of(HEADING), len(HEADING))
FILES = Path(__file__).parent / "files"


def row(**cells: Cell) -> list[Cell]:
    """A good row, changed where the test says."""
    good: dict[str, Cell] = {"name": "张三", "phone": "13800138000", "email": "zs@example.com"}
    good |= cells
    return [
        good.get(name, "")
        for name in ("name", "phone", "email", "company", "title", "region", "category", "day", "note")
    ]


def person(**cells: Cell) -> Person:
    """The person of such a row."""
    found = judge(row(**cells), LAYOUT)
    assert isinstance(found, Person), found
    return found


# IR1


@pytest.mark.parametrize(
    ("column", "names"),
    [
        (
            Column.NAME,
            "姓名|name|성명|Full Name|이름|姓名（必填）|姓 名|NAME*|姓名/Name|姓名Name|성명 (한글)|ｎａｍｅ|联系人",
        ),
        (
            Column.PHONE,
            "手机号|phone|휴대폰|手机号码|联系电话|Mobile No.|Phone Number|手機號碼|휴대전화|H.P|手机[11位]|Phone_Number|手机号\n(必填)",
        ),
        (Column.EMAIL, "电子邮箱|email|이메일|E-mail|邮箱|E-Mail Address|電子郵件|Email 邮箱"),
        (Column.COMPANY, "单位名称|company|회사명|公司|工作单位|Company Name|Organisation|公司名稱|업체명"),
        (Column.TITLE, "职务|title|직책|职位|Job Title|직위|職稱"),
        (Column.REGION, "所在地区|region|지역|省份|Country|国家/地区|City"),
        (Column.CATEGORY, "观众类别|category|구분|类别|Visitor Type"),
        (Column.VISIT_DATE, "预计参观日期|visit date|방문일|参观日期|Visit Day|참관 예정일"),
        (Column.NOTE, "备注|note|비고|Remarks|備註|Comments"),
        (Column.NUMBER, "参观证号|Badge number|number|출입증 번호"),
    ],
)
def test_ir1_usual_column_names(column: Column, names: str) -> None:
    assert {name: columns_of([name]) for name in names.split("|")} == {
        name: {column: 0} for name in names.split("|")
    }


@pytest.mark.parametrize(
    "name", ["", "序号", "No.", "Phone/Email", "姓名/单位", "(姓名)", "日期", "x" * 500, "姓名表" * 9]
)
def test_ir1_names_that_say_nothing(name: str) -> None:
    assert columns_of([name]) == {}


def test_ir1_heading_needs_two_different_known_names() -> None:
    assert known_columns(["姓名", "x", "名字"]) == 1
    assert known_columns(["姓名", "", "Tel"]) == 2
    assert heading_key(" Ｖｉｓｉｔ－Date （yyyy） ") == "visitdate"


def test_ir1_a_mobile_number_is_preferred_to_a_telephone_and_the_left_of_two_alike() -> None:
    assert columns_of(["联系人", "电话", "手机", "姓名", "移动电话"]) == {Column.PHONE: 2, Column.NAME: 3}


@pytest.mark.parametrize(
    ("heading", "enough"),
    [
        (["姓名", "手机"], True),
        (["姓名", "邮箱"], True),
        (["姓名", "公司"], False),
        (["手机", "邮箱"], False),
    ],
)
def test_ir1_needed_are_a_name_and_a_phone_or_an_email(heading: list[str], enough: bool) -> None:
    assert can_be_imported(columns_of(heading)) is enough


# IR2, IR3


@pytest.mark.parametrize("cells", [[], ["", ""], [" ", "\u3000", "\t\n"], ["\u200b", "\ufeff"], ["\xa0"]])
def test_ir2_blank_rows_are_nothing(cells: list[Cell]) -> None:
    assert judge(cells, LAYOUT) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  张\u3000 三 ", "张 三"),
        ("\u202e张\u200b三\ufeff\u2067", "张三"),
        ("Ｊｏｈｎ　Ｓｍｉｔｈ２", "John Smith2"),
        ("𠮷田\U0002a6a5㛃", "𠮷田\U0002a6a5㛃"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("大连（中国）①", "大连（中国）①"),
        ("O'Brien", "O'Brien"),
        ("Null", "Null"),
        ("王\r\n小\x00明\x1f", "王 小 明"),
        ("\u3164", ""),
        ("葛\U000e0100城", "葛\U000e0100城"),
    ],
)
def test_ir3_names_keep_their_letters_and_lose_what_is_unseen(typed: str, kept: str) -> None:
    assert contact.clean_name(typed) == kept


def test_ir3_companies_and_numbers_typed_as_numbers() -> None:
    found = person(company="Ａ１\u200b 公司", name=12.0, phone=13800138000.0, title="经理\u202c", note="a\nb")
    assert (found.company, found.name, found.phone, found.title, found.note) == (
        "A1 公司",
        "12",
        "+8613800138000",
        "经理",
        "a b",
    )


@given(st.text())
def test_ir3_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = contact.clean_name(text)
    assert contact.clean_name(once) == once
    assert unicodedata.is_normalized("NFC", once)


# IR4


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("138-0013-8000", "+8613800138000"),
        ("(138)0013.8000", "+8613800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("＋８６－１３８００１３８０００", "+8613800138000"),
        ("(+86)13800138000", "+8613800138000"),
        ("0086-13800138000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("\u202d13800138000\u202c", "+8613800138000"),
        ("19912345678", "+8619912345678"),
        ("+82 10-1234-5678", "+821012345678"),
        ("+1 (212) 555.0100", "+12125550100"),
        ("+12345678", "+12345678"),
        ("+123456789012345", "+123456789012345"),
        ("12800138000", None),
        ("1380013800", None),
        ("138001380000", None),
        ("868613800138000", None),
        ("86138001380", None),
        ("+8610123456", None),
        ("+861012345678", None),
        ("+86 10 6512 3456", None),
        ("+1234567", None),
        ("+1234567890123456", None),
        ("+0123456789", None),
        ("01012345678", None),
        ("0411-82345678", None),
        ("1.38E+10", None),
        ("13800138000/13900139000", None),
        ("+", None),
        ("", None),
        ("٠١٢٣٤٥٦٧٨٩", None),
        ("+٨٢١٠١٢٣٤٥٦٧٨", None),
    ],
)
def test_ir4_phone(typed: str, kept: str | None) -> None:
    assert contact.normal_phone(typed) == kept


@given(st.text(alphabet="0123456789+-() .０８", max_size=20))
def test_ir4_a_normal_phone_is_its_own_normal_form(text: str) -> None:
    number = contact.normal_phone(text)
    assert number is None or contact.normal_phone(number) == number


# IR5


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("A.B+c@Example.COM", "a.b+c@example.com"),
        (" ａ＠ｂ．ｃｎ ", "a@b.cn"),
        ("张三@例子.中国", "张三@例子.中国"),
        ("a@b", None),
        ("a@@b.cn", None),
        ("a@b@c.cn", None),
        ("a b@c.cn", None),
        ("a@.cn", None),
        ("a@b.", None),
        ("a@b..cn", None),
        ("@b.cn", None),
        ("a.b.cn", None),
        ("a@b.cn,c@d.cn; e", None),
        ("a" * 250 + "@b.cn", None),
    ],
)
def test_ir5_email(typed: str, kept: str | None) -> None:
    assert contact.normal_email(typed) == kept


# IR6, IR10, IR11, IR12 and the order of reasons


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (row(name=""), Reason.NAME_MISSING),
        (row(name=" \u200b"), Reason.NAME_MISSING),
        (row(name=CellError("#N/A")), Reason.NAME_MISSING),
        (row(phone="", email=" "), Reason.CONTACT_MISSING),
        (row(phone="12345"), Reason.PHONE_INVALID),
        (row(phone=CellError("#REF!")), Reason.PHONE_INVALID),
        (row(phone=time(9)), Reason.PHONE_INVALID),
        (row(email="zs"), Reason.EMAIL_INVALID),
        (row(name="=1+1"), Reason.FORMULA_TEXT),
        (row(name=" \u200b@x"), Reason.FORMULA_TEXT),
        (row(company=" =cmd|' /C calc'!A0"), Reason.FORMULA_TEXT),
        (row(title="@SUM(A1)"), Reason.FORMULA_TEXT),
        (row(day="tomorrow"), Reason.DATE_INVALID),
        (row(category="嘉宾"), Reason.CATEGORY_UNKNOWN),
        ([*row(), "x"], Reason.COLUMNS_MISMATCH),
        ([*row(), "", 0], Reason.COLUMNS_MISMATCH),
        ([*row(), NO_VALUE], Reason.COLUMNS_MISMATCH),
        (["张三", "13800138000", Unclosed("大连,经理")], Reason.COLUMNS_MISMATCH),
        (row(note=NO_VALUE), Reason.FORMULA_NO_VALUE),
        (row(name=NO_VALUE), Reason.FORMULA_NO_VALUE),
        ([NO_VALUE], Reason.FORMULA_NO_VALUE),
    ],
)
def test_rows_are_refused_for_one_reason(cells: list[Cell], reason: Reason) -> None:
    assert judge(cells, LAYOUT) is reason


def test_ir6_one_good_contact_is_enough() -> None:
    assert person(phone="").email == "zs@example.com"
    assert person(email="").phone == "+8613800138000"


def test_ir10_other_signs_in_front_are_fine_and_our_own_apostrophe_goes() -> None:
    assert person(name="-张", company="+A", title="'@x").title == "'@x"
    assert person(name="'-张").name == "-张"
    assert person(phone="'+82 10-1234-5678").phone == "+821012345678"


def test_what_our_export_has_guarded_comes_back_as_it_was() -> None:
    """spec/imports.md: exports prefix = + - @ with '; an address, a region or a note may begin with any of them."""
    assert person(email="'=x@y.cn").email == "=x@y.cn"
    assert person(email="'-x@y.cn").email == "-x@y.cn"
    assert person(region="'=大连", note="'@home").region == "=大连"
    assert person(note="'@home").note == "@home"
    assert person(note="'tis").note == "'tis"


def test_what_is_left_of_broken_bytes_and_what_is_cut_is_counted_and_said() -> None:
    broken, long = person(name="张三\ufffd"), person(company="长" * 201)
    assert (unreadable(broken), unreadable(long)) == (True, False)
    assert [remark(each) for each in (broken, long, person(), None, Reason.NAME_MISSING)] == [
        UNREADABLE_TEXT,
        SHORTENED_TEXT,
        "",
        "",
        REASON_TEXTS[Reason.NAME_MISSING],
    ]


def test_ir11_empty_extra_cells_and_missing_cells_are_fine() -> None:
    assert isinstance(judge([*row(), "", " "], LAYOUT), Person)
    assert isinstance(judge(["张三", "13800138000"], LAYOUT), Person)


FAULTS: list[tuple[Reason, dict[str, Cell]]] = [
    (Reason.COLUMNS_MISMATCH, {"extra": "x"}),
    (Reason.FORMULA_NO_VALUE, {"note": NO_VALUE}),
    (Reason.NAME_MISSING, {"name": ""}),
    (Reason.FORMULA_TEXT, {"company": "=x"}),
    (Reason.CONTACT_MISSING, {"phone": "", "email": ""}),
    (Reason.PHONE_INVALID, {"phone": "1"}),
    (Reason.EMAIL_INVALID, {"email": "x"}),
    (Reason.DATE_INVALID, {"day": "x"}),
    (Reason.CATEGORY_UNKNOWN, {"category": "x"}),
]


@pytest.mark.parametrize("place", range(len(FAULTS)))
def test_the_order_of_reasons(place: int) -> None:
    """With every fault from `place` on, the first of them is the answer; later contact faults overwrite the cells."""
    cells: dict[str, Cell] = {}
    for _, fault in reversed(FAULTS[place:]):
        cells |= fault
    extra = cells.pop("extra", None)
    assert judge([*row(**cells), *([extra] if extra else [])], LAYOUT) is FAULTS[place][0]
    assert list(Reason)[: len(FAULTS)] == [reason for reason, _ in FAULTS]
    assert list(Reason)[len(FAULTS) :] == [Reason.DUPLICATE_PHONE, Reason.DUPLICATE_EMAIL]
    assert set(REASON_TEXTS) == set(Reason)


# IR7


def test_ir7_the_first_wins_a_refused_row_blocks_nobody_and_names_do_not_matter() -> None:
    taken = Taken(phones={"+8613800138000": 7}, emails={"a@b.cn": 7})
    assert taken.take(person(phone="13800138000", email="new@b.cn")) is Reason.DUPLICATE_PHONE
    assert taken.take(person(phone="13800138000", email="A@b.cn")) is Reason.DUPLICATE_PHONE
    assert taken.take(person(phone="13800138001", email="A@B.CN")) is Reason.DUPLICATE_EMAIL
    assert taken.take(person(phone="13800138001", email="new@b.cn")) is None
    assert taken.take(person(phone="", email="other@b.cn")) is None
    assert taken.take(person(phone="", email="third@b.cn")) is None


# IR8


@pytest.mark.parametrize(
    "cell",
    [
        "2016-08-19", "2016-8-19", "2016/8/19", "2016/08/19", "2016.8.19", "2016.08.19", "2016年8月19日", "2016 年 8 月 19 日",
        "20160819", 20160819, "42601", 42601, 42601.0, 42601.75, "42601.5", date(2016, 8, 19), datetime.fromisoformat("2016-08-19T09:00"),
        "２０１６／８／１９", " 2016-08-19 ", "2016-08-19 00:00:00", "2016-08-19T09:30", "2016/8/19 9:05", "2016年8月19日 09:30",
    ],
)  # fmt: skip
def test_ir8_dates(cell: Cell) -> None:
    assert parse_day(cell) == date(2016, 8, 19)


@pytest.mark.parametrize(
    "cell",
    [
        "2016-13-01", "2016-02-30", "19/8/2016", "8/19/2016", "16/8/19", "2016/8-19", "2016", 2016, "19 Aug 2016", "soon",
        "2016-08-19 25:00", "2016-08-19x", "12345", 0.5, "99999", time(9), CellError("#N/A"), "2016年8月", "２０１６", "-42601",
        "20161301", "201608190", "٢٠١٦-٠٨-١٩x",
    ],
)  # fmt: skip
def test_ir8_what_is_no_date(cell: Cell) -> None:
    assert parse_day(cell) is NOT_A_DAY


def test_ir8_empty_is_fine_and_old_macintosh_files_count_from_1904() -> None:
    assert parse_day("") is None
    assert parse_day(" \u3000") is None
    assert parse_day(42601 - 1462, date1904=True) == date(2016, 8, 19)


# IR9


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("专业观众", Category.TRADE), ("Professional", Category.TRADE), ("buyer", Category.TRADE), ("普通观众", Category.PUBLIC),
        ("PUBLIC", Category.PUBLIC), ("媒体", Category.MEDIA), ("media", Category.MEDIA), ("政府", Category.VIP), ("ＶＩＰ", Category.VIP),
        ("", Category.PUBLIC), (" 专业 观众 ", Category.TRADE), ("바이어", Category.TRADE), ("展商", None), ("x", None), ("专业观众，媒体", None),
    ],
)  # fmt: skip
def test_ir9_category(text: str, category: Category | None) -> None:
    assert parse_category(text) is category


# masks


def test_b12_masks() -> None:
    assert contact.masked_phone("+8613800000001") == "138****0001"
    assert contact.masked_phone("+821012345678") == "+82****5678"
    assert contact.masked_phone("+12345678") == "+1****78"
    assert contact.masked_email("liu@example.com") == "l***@example.com"
    assert [contact.masked_name(name) for name in ("王", "王芳", "Alexander")] == ["王", "王*", "A***"]


# whole files


def judged(
    cells: list[list[Cell]],
    holders: dict[int, int] | None = None,
    classes: tuple[str, ...] = ("public", "trade"),
) -> tuple[Verdicts, Taken]:
    """The verdicts about rows from row 2 on, where these numbers of badges are known to be registrations."""
    taken = Taken()
    for number in (holders or {}).values():
        taken.enter("+8613800138000", f"{number}@example.com", number)
    layout = Layout(columns_of([*HEADING, "参观证号"]), len(HEADING) + 1)
    rows = [Row(number, found) for number, found in enumerate(cells, start=2)]
    return judge_rows(rows, layout, Known(taken, holders or {}, classes)), taken


def test_a_file_is_judged_row_by_row() -> None:
    """IR2, IR7 and the numbers of rows that Excel shows."""
    verdicts, taken = judged(
        [
            [*row(), ""],
            [""] * 10,
            [*row(name="二"), ""],
            [*row(name="三", phone="", email="WANG@example.com"), ""],
            [*row(name="", phone="13900139000"), ""],
        ]
    )
    assert verdicts.rows == 4
    assert verdicts.accepted == len(verdicts.new)
    assert verdicts.by_reason() == {
        reason.value: sum(found is reason for _, found in verdicts.rejected)
        for reason in Reason
        if any(found is reason for _, found in verdicts.rejected)
    }
    assert (4, Reason.DUPLICATE_PHONE) in verdicts.rejected
    assert (6, Reason.NAME_MISSING) in verdicts.rejected
    assert "+8613900139000" not in taken.phones


def test_a_row_known_by_number_keeps_the_class_that_it_does_not_name() -> None:
    """imports.md, last paragraph: also in a fair that has no class for the public; somebody new needs one."""
    number = badge_number.shown(123456789)
    again = [*row(category="", phone="13800138000", email=""), number]
    verdicts, _ = judged([again], {123456789: 7}, ("trade",))
    assert [(place, own, person.names_category) for place, own, person in verdicts.changes] == [(2, 7, False)]
    verdicts, _ = judged([[*row(category="", email=""), ""]], classes=("trade",))
    assert verdicts.rejected == [(2, Reason.CATEGORY_UNKNOWN)]
    verdicts, _ = judged([[*row(category="media", email=""), number]], {123456789: 7}, ("trade",))
    assert verdicts.rejected == [(2, Reason.CATEGORY_UNKNOWN)]


def test_long_texts_are_cut_and_counted_and_progress_is_told() -> None:
    told: list[int] = []
    layout = Layout(columns_of(HEADING), len(HEADING))
    rows = [Row(n, row(phone=str(13_800_000_000 + n), email="", note="长" * 501)) for n in range(2, 504)]
    verdicts = judge_rows(rows, layout, Known(Taken(), {}, ("public", "trade")), told.append)
    assert told == [500]
    assert verdicts.shortened == verdicts.accepted == 502
    assert {len(person.note) for _, person in verdicts.new} == {500}


@pytest.mark.parametrize(
    ("cells", "language"),
    [
        ({"name": "Kim", "phone": "+821012345678"}, "en"),
        ({"name": "王", "phone": "+821012345678"}, "zh"),
        ({"name": "Kim", "phone": "13800138000"}, "zh"),
        ({"name": "Kim", "phone": "", "email": "kim@example.com"}, "en"),
    ],
)
def test_people_are_written_to_in_their_language(cells: dict[str, Cell], language: str) -> None:
    assert language_of(person(**cells)) == language


@pytest.mark.parametrize(
    ("name", "verdicts"),
    [
        ("excel97.xls", {4: "+8613800138000", 6: "+8613800138001", 7: "+821012345678", 8: "phone_invalid"}),
        (
            "libreoffice.xlsx",
            {4: "+8613800138000", 6: "+8613800138001", 7: "+821012345678", 8: "phone_invalid"},
        ),
        ("gb18030-comma.csv", {2: "+8613800138000", 3: "+8613800138001"}),
        ("big5-semicolon.csv", {2: "+886912345678", 3: "+886912345679"}),
        ("euc-kr-comma.csv", {2: "+821012345678", 3: "+821087654321"}),
        ("utf-16-tab.txt", {2: "+821012345678", 3: "+821087654321"}),
    ],
)
def test_files_that_a_spreadsheet_wrote(name: str, verdicts: dict[int, str]) -> None:
    table = open_table(FILES / name, known_columns)
    layout = Layout(columns_of(table.heading), len(table.heading), table.guess.date1904)
    found = {line.number: judge(line.cells, layout) for line in table.rows()}
    assert {n: one.phone if isinstance(one, Person) else one for n, one in found.items()} == verdicts


CELLS = st.one_of(
    st.text(max_size=8),
    st.floats(allow_nan=True),
    st.integers(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.just(NO_VALUE),
)


@given(st.lists(CELLS, max_size=12), st.booleans())
def test_any_cells_are_judged(cells: list[Cell], date1904: bool) -> None:
    layout = Layout(columns_of(HEADING), len(HEADING), date1904)
    verdict = judge(cells, layout)
    assert verdict is None or isinstance(verdict, Person | Reason)
    assert judge(cells, layout) == verdict
