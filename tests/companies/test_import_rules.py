"""imports.md IR1 to IR12 as they apply to lists of companies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from exhibitions.companies.rules.columns import Column, can_be_imported, columns_of, known_columns, recognised
from exhibitions.companies.rules.import_verdicts import Known, judge_rows
from exhibitions.companies.rules.importing import (
    REASON_TEXTS,
    SHORTENED_TEXT,
    UNREADABLE_TEXT,
    Layout,
    Reason,
    Row,
    judge,
    remark,
)
from exhibitions.core.sheets.table import NO_VALUE, CellError, Unclosed
from exhibitions.core.sheets.table import Row as Line

CODE, OTHER_CODE = "91210200MA0ABCDE63", "91210200744370215R"
COLUMNS = tuple(Column)
LAYOUT = Layout({column: place for place, column in enumerate(COLUMNS)}, len(COLUMNS))


def cells(**texts: Any) -> list[Any]:
    return [texts.get(column.value, "") for column in COLUMNS]


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("公司名称", Column.NAME_ZH),
        ("公司名称（中文）", Column.NAME_ZH),
        ("公司名称（英文）", Column.NAME_EN),
        ("Company name (EN)", Column.NAME_EN),
        ("회사명", Column.NAME_ZH),
        ("영문 회사명", Column.NAME_EN),
        ("单位名称 / Company", Column.NAME_ZH),
        ("统一社会信用代码（必填）", Column.CREDIT_CODE),
        ("Unified social credit code", Column.CREDIT_CODE),
        ("联系人手机", Column.MOBILE),
        ("담당자", Column.CONTACT),
        ("이메일", Column.EMAIL),
        ("地址（英文）", Column.ADDRESS_EN),
        ("姓名/公司", None),
        ("网红", None),
        ("", None),
        ("x" * 101, None),
    ],
)
def test_names_of_columns_in_three_languages(heading: str, column: Column | None) -> None:
    found = recognised(heading)
    assert (found[0] if found else None) is column


def test_where_the_columns_stand() -> None:
    """IR1: the more trusted name wins; a Chinese and an English heading for one thing are its two languages."""
    assert columns_of(["企业名称", "Company", "地址", "Address"]) == {
        Column.NAME_ZH: 0,
        Column.NAME_EN: 1,
        Column.ADDRESS_ZH: 2,
        Column.ADDRESS_EN: 3,
    }
    assert columns_of(["Company", "Colour", "Firm"]) == {Column.NAME_ZH: 0}
    assert columns_of(["税号", "信用代码", "电话"]) == {Column.CREDIT_CODE: 1, Column.PHONE: 2}
    assert known_columns(["公司", "电话", "电话", "?"]) == 2
    assert can_be_imported({Column.NAME_EN: 0})
    assert can_be_imported({Column.NAME_ZH: 0})
    assert not can_be_imported({Column.PHONE: 0})


def test_a_row_is_kept_in_one_form() -> None:
    row = judge(
        cells(
            number="c00001",
            name_zh=" 大连\u200b星河  玻璃有限公司",
            credit_code="91210200ma0abcde63",
            region="辽宁省大连市",
            phone="0411-84801234",
            mobile="+86 138 0013 8000",
            email="A@Star.com",
            contact="'+王",
            postcode=116000,
        ),
        LAYOUT,
    )
    assert row == Row(
        number="C00001",
        name_zh="大连星河 玻璃有限公司",
        credit_code=CODE,
        country="CN",
        region="大连",
        phone="+8641184801234",
        mobile="+8613800138000",
        email="a@star.com",
        contact="+王",
        postcode="116000",
    )
    assert isinstance(row, Row)
    assert row.has_contact
    assert not Row().has_contact


@pytest.mark.parametrize(
    ("texts", "country", "region"),
    [
        ({"name_zh": "한빛", "country": "한국"}, "KR", ""),
        ({"name_zh": "星河"}, "CN", ""),
        ({"name_en": "Star"}, "", ""),
        ({"name_en": "Star", "region": "Dalian"}, "CN", "大连"),
        ({"name_en": "Star", "region": "香港"}, "HK", ""),
        ({"name_en": "Star", "country": "China", "region": "Atlantis"}, "CN", "Atlantis"),
        ({"name_en": "Star", "country": "辽宁"}, "CN", "辽宁"),
        ({"name_en": "Star", "country": "CN", "region": "中国"}, "CN", ""),
        ({"name_en": "Star", "region": "Atlantis"}, "", "Atlantis"),
        ({"name_en": "Star", "credit_code": CODE}, "CN", ""),
        ({"name_zh": "星河", "country": "KR", "region": "부산"}, "KR", "부산"),
        # E-10: what stands apart in every figure is not of the mainland because both words stand beside each other.
        ({"name_zh": "星河", "country": "中国", "region": "香港"}, "HK", ""),
        ({"name_en": "Star", "country": "US", "region": "Georgia"}, "US", ""),
        ({"name_zh": "星河", "country": "CN", "region": "SH"}, "CN", ""),
        ({"name_en": "Star", "country": "CN", "region": "Liaoning"}, "CN", "辽宁"),
    ],
)
def test_country_and_region_help_each_other(texts: Mapping[str, str], country: str, region: str) -> None:
    row = judge(cells(**texts), LAYOUT)
    assert isinstance(row, Row)
    assert (row.country, row.region) == (country, region)


def test_a_name_in_other_letters_is_the_english_one() -> None:
    row = judge(cells(name_zh="Star Ltd"), LAYOUT)
    assert isinstance(row, Row)
    assert (row.name_zh, row.name_en) == ("", "Star Ltd")
    both = judge(cells(name_zh="한빛", name_en="Hanbit"), LAYOUT)
    assert isinstance(both, Row)
    assert (both.name_zh, both.name_en) == ("한빛", "Hanbit")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ([*cells(name_zh="星河"), "x"], Reason.COLUMNS_MISMATCH),
        ([*cells(name_zh="星河")[:-1], Unclosed("x")], Reason.COLUMNS_MISMATCH),
        (cells(name_zh="星河", phone=NO_VALUE), Reason.FORMULA_NO_VALUE),
        (cells(phone="123"), Reason.NAME_MISSING),
        (cells(name_zh="\u0301\ufe0f", name_en="\u3164", phone="123"), Reason.NAME_MISSING),
        (cells(name_zh=CellError("#N/A"), phone="1"), Reason.NAME_MISSING),
        (cells(name_zh="=星河"), Reason.FORMULA_TEXT),
        (cells(name_zh="星河", title="@boss"), Reason.FORMULA_TEXT),
        # IR10 for every line of text that is kept, and also where it was trimmed or written in full width.
        (cells(name_zh="星河", legal_representative="=HYPERLINK(1)"), Reason.FORMULA_TEXT),
        (cells(name_zh="星河", legal_representative=" \u200b@李"), Reason.FORMULA_TEXT),
        (cells(name_zh="星河", address_zh="=1+1", country="Atlantis"), Reason.FORMULA_TEXT),
        (cells(name_zh="星河", address_en="@x"), Reason.FORMULA_TEXT),
        (cells(name_zh="星河", postcode="=1"), Reason.FORMULA_TEXT),
        (cells(name_zh="星河", website="=1"), Reason.FORMULA_TEXT),
        (cells(name_zh="星河", region="=1", mobile="1"), Reason.FORMULA_TEXT),
        (cells(name_zh="星河", region="辽宁", country="DE", credit_code="1"), Reason.REGION_ELSEWHERE),
        (cells(name_zh="星河", region="大连市", country="香港"), Reason.REGION_ELSEWHERE),
        (cells(name_zh="星河", region="德国", country="中国", phone="1"), Reason.REGION_ELSEWHERE),
        (cells(name_zh="星河", region="辽宁", country="HK"), Reason.REGION_ELSEWHERE),
        (cells(name_en="Star", region="台湾", country="JP"), Reason.REGION_ELSEWHERE),
        (cells(name_en="Star", region="中国", country="KR"), Reason.REGION_ELSEWHERE),
        (cells(name_zh="星河", region="香港", country="中国", credit_code=CODE), Reason.CODE_FOREIGN),
        (cells(name_zh="星河", country="Atlantis", credit_code="1"), Reason.COUNTRY_UNKNOWN),
        (cells(name_zh="星河", credit_code="91110000600037342L", phone="1"), Reason.CODE_INVALID),
        (cells(name_en="Star", country="KR", credit_code=CODE), Reason.CODE_FOREIGN),
        (cells(name_zh="星河", phone="12", mobile="12", email="x"), Reason.PHONE_INVALID),
        (cells(name_zh="星河", mobile="12", email="x"), Reason.MOBILE_INVALID),
        (cells(name_zh="星河", email="x"), Reason.EMAIL_INVALID),
        (cells(), None),
        (cells(note=" \u200b"), None),
        (cells(name_zh="星河", credit_code=912102007443702150), Reason.CODE_INVALID),
    ],
)
def test_the_first_reason_counts(row: list[Any], reason: Reason | None) -> None:
    assert judge(row, LAYOUT) == reason


def test_a_note_may_name_somebody() -> None:
    """IR10 is about names; a note with @ somebody is kept as it is and goes out guarded."""
    row = judge(cells(name_zh="星河", note="@王: 回电"), LAYOUT)
    assert isinstance(row, Row)
    assert row.note == "@王: 回电"


def test_a_short_row_is_padded_and_a_long_text_is_cut_and_said() -> None:
    """IR11; no rule refuses a long text."""
    layout = Layout({Column.NAME_ZH: 0, Column.NOTE: 3}, 4)
    row = judge(["星河"], layout)
    assert isinstance(row, Row)
    assert remark(row) == ""
    long = judge(["星" * 201, "", "", "注"], layout)
    assert isinstance(long, Row)
    assert (len(long.name_zh), remark(long)) == (200, SHORTENED_TEXT)
    bad = judge(["星\ufffd"], layout)
    assert isinstance(bad, Row)
    assert remark(bad) == UNREADABLE_TEXT
    assert remark(None) == ""
    assert remark(Reason.NAME_MISSING) == REASON_TEXTS[Reason.NAME_MISSING]


def lines(*rows: Mapping[str, Any]) -> list[Line]:
    return [Line(number, cells(**row)) for number, row in enumerate(rows, 2)]


def test_known_companies_change_and_doubles_are_refused() -> None:
    """IR7 for companies: known by number or code; the first wins; a refused row blocks nobody."""
    known = Known({"C1": 1, "C2": 2}, {CODE: 1}, {"星河": CODE, "海鸥": ""})
    rows = lines(
        {"number": "c1", "name_zh": "星河有限公司"},
        {"name_zh": "星河玻璃", "credit_code": CODE},
        {"number": "C9", "name_zh": "无"},
        {"number": "C2", "name_zh": "海鸥", "credit_code": CODE},
        {"name_zh": "海鸥公司"},
        {"name_zh": "星河集团", "credit_code": OTHER_CODE},
        {"name_zh": "星河"},
        {"name_zh": "别的", "credit_code": OTHER_CODE},
        {"name_zh": "新", "mobile": "1"},
        {"name_zh": "新"},
        {"name_zh": "新有限公司"},
        {},
        {"number": "C2", "name_zh": "海鸥"},
        {"number": "C2", "name_zh": "海鸥"},
    )
    verdicts = judge_rows(rows, LAYOUT, known)
    assert verdicts.rejected == [
        (3, Reason.DUPLICATE_CODE),
        (4, Reason.NUMBER_UNKNOWN),
        (5, Reason.DUPLICATE_CODE),
        (6, Reason.DUPLICATE_NAME),
        (8, Reason.DUPLICATE_NAME),
        (9, Reason.DUPLICATE_CODE),
        (10, Reason.MOBILE_INVALID),
        (12, Reason.DUPLICATE_NAME),
        (15, Reason.DUPLICATE_NUMBER),
    ]
    assert [(number, row.name_zh) for number, row in verdicts.new] == [(7, "星河集团"), (11, "新")]
    assert [(number, company) for number, company, _ in verdicts.changes] == [(2, 1), (14, 2)]
    assert (verdicts.rows, verdicts.accepted) == (13, 4)
    assert list(verdicts.by_reason().items())[:2] == [("mobile_invalid", 1), ("number_unknown", 1)]
    verdicts.part({1}, {2})
    assert len(verdicts.changes) == 2
    verdicts.part({1})
    assert (len(verdicts.changes), len(verdicts.same)) == (1, 1)
    verdicts.leave_known()
    assert (verdicts.left, verdicts.changes) == (1, [])


def test_progress_is_told_every_five_hundred_rows() -> None:
    told: list[int] = []
    rows = [Line(number, cells(name_zh=f"户{number}")) for number in range(1001)]
    assert judge_rows(rows, LAYOUT, Known(), told.append).accepted == 1001
    assert told == [500, 1000]
