"""A list of old priority points: what its columns are called, and what each row says (spec/imports.md IR1, IR3)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from exhibitions.core.errors import N_, Refused
from exhibitions.stands.rules.points import MOST, AreaUnit, Brought, in_cm2

MOST_ROWS = 5_000
MOST_YEARS = 200


class Column(StrEnum):
    """What a column of a list of points can hold."""

    COMPANY = "company"
    CODE = "code"
    POINTS = "points"
    YEARS = "years"
    MEMBER_YEARS = "member_years"
    AREA = "area"
    MONEY = "money"
    VIOLATIONS = "violations"
    ABSENCES = "absences"


COLUMN_WORDS: Mapping[Column, str] = {
    Column.COMPANY: N_("Company"),
    Column.CODE: N_("Unified social credit code"),
    Column.POINTS: N_("Points before"),
    Column.YEARS: N_("Years exhibited"),
    Column.MEMBER_YEARS: N_("Years of membership"),
    Column.AREA: N_("Area of the last time"),
    Column.MONEY: N_("Money of the last time"),
    Column.VIOLATIONS: N_("Violations"),
    Column.ABSENCES: N_("Absences"),
}
WHO = frozenset({Column.COMPANY, Column.CODE})

_NAMES: Mapping[Column, str] = {
    Column.COMPANY: "company exhibitor name companyname 公司 公司名称 企业 企业名称 单位 单位名称 参展商 회사 회사명",
    Column.CODE: "unifiedsocialcreditcode creditcode uscc code 统一社会信用代码 信用代码 社会信用代码",
    Column.POINTS: "pointsbefore points prioritypoints oldpoints 原积分 积分 旧积分 优先积分 历史积分 점수",
    Column.YEARS: "yearsexhibited years 参展年数 参展年限 参展届数 届数 年数 참가연수",
    Column.MEMBER_YEARS: "yearsofmembership memberyears membership 会员年数 会员年限 입회연수",
    Column.AREA: "areaofthelasttime area lastarea 上届面积 面积 展位面积 면적",
    Column.MONEY: "moneyofthelasttime money amount lastamount 上届金额 金额 消费金额 금액",
    Column.VIOLATIONS: "violations 违规 违规次数 위반",
    Column.ABSENCES: "absences noshows 缺席 缺席次数 未到场次数 불참",
}
_KNOWN = {name: column for column, names in _NAMES.items() for name in names.split()}
_REMARK = re.compile(r"[(\[（【].*?[)\]）】]")
_NOISE = re.compile(r"[\s_\-./:：]+")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_SIGNS = str.maketrans({"−": "-", "¥": None, "$": None, " ": None})

Place = Mapping[Column, int]


@dataclass(frozen=True, slots=True)
class Read:
    """A row that can be taken: who is meant, by name or code, and what is brought."""

    company: str
    code: str
    brought: Brought


def column_of(text: str) -> Column | None:
    """The column that a heading names, None for an unknown one."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return _KNOWN.get(_NOISE.sub("", _REMARK.sub("", folded)))


def known_columns(texts: Sequence[str]) -> int:
    """How many different columns a row of texts names; two make it the heading (IR1)."""
    return len({column for text in texts if (column := column_of(text))})


def places(heading: Sequence[str]) -> Place:
    """In which column of the table each thing stands; of two with one name the first."""
    found: dict[Column, int] = {}
    for place, text in enumerate(heading):
        column = column_of(text)
        if column is not None:
            found.setdefault(column, place)
    return found


def enough(columns: Place) -> bool:
    """Whether the columns say who is meant and at least one thing about it."""
    return bool(WHO & set(columns)) and bool(set(columns) - WHO)


def read(cells: Sequence[str], columns: Place, unit: AreaUnit) -> Read:
    """What a row says; areas are in the scheme's unit. Raises `Refused` naming what cannot be read."""
    said = {column: cells[place].strip() for column, place in columns.items() if place < len(cells)}
    company, code = said.get(Column.COMPANY, ""), said.get(Column.CODE, "")
    if not company and not code:
        raise Refused("no_company", N_("No company is named"))
    area, money = said.get(Column.AREA, ""), said.get(Column.MONEY, "")
    brought = Brought(
        years=_years(said, Column.YEARS),
        member_years=_years(said, Column.MEMBER_YEARS),
        area_cm2=in_cm2(_amount(area), unit) if area else None,
        money=_amount(money) if money else None,
        violations=_years(said, Column.VIOLATIONS),
        absences=_years(said, Column.ABSENCES),
        carried=_number(said.get(Column.POINTS, "")),
    )
    return Read(company, code, brought)


def _number(text: str) -> Decimal:
    """A number as people write it; nothing is 0. Raises `Refused` for words and for what is out of all bounds."""
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    try:
        found = Decimal(plain or 0)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) > MOST:
        raise Refused("no_number", N_("“%(text)s” is no number"), text=text[:40])
    return found


def _amount(text: str) -> Decimal:
    found = _number(text)
    if found < 0:
        raise Refused("below_zero", N_("“%(text)s” is below zero"), text=text[:40])
    return found


def _years(said: Mapping[Column, str], column: Column) -> int:
    """A count. A list may write violations as −1: their number is meant."""
    text = said.get(column, "")
    found = abs(_number(text)) if column in (Column.VIOLATIONS, Column.ABSENCES) else _amount(text)
    if found != found.to_integral_value() or found > MOST_YEARS:
        raise Refused("no_count", N_("“%(text)s” is no count from 0 to 200"), text=text[:40])
    return int(found)
