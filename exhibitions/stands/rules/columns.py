"""A table of stands: what its columns are called, and what each row says (O3; spec/imports.md IR1, IR3)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from exhibitions.core.errors import N_, Refused
from exhibitions.stands.rules.background import Unit, to_mm
from exhibitions.stands.rules.facts import FAULT_WORDS
from exhibitions.stands.rules.geometry import Polygon, fault_of, rectangle
from exhibitions.stands.rules.plan import StandKind, kind_of, normal_number, number_fits

MOST_ROWS = 4_000
"""Rows of a table of stands."""
LONGEST_CLASS = 32


class Column(StrEnum):
    """What a column of a table of stands can hold."""

    HALL = "hall"
    NUMBER = "number"
    X = "x"
    Y = "y"
    WIDTH = "width"
    DEPTH = "depth"
    POLYGON = "polygon"
    KIND = "kind"
    ZONE = "zone"
    PRICE_CLASS = "price_class"
    CONTRACTED = "contracted"
    FOR_SALE = "for_sale"


COLUMN_WORDS: Mapping[Column, str] = {
    Column.HALL: N_("Hall"),
    Column.NUMBER: N_("Stand number"),
    Column.X: N_("x"),
    Column.Y: N_("y"),
    Column.WIDTH: N_("Width"),
    Column.DEPTH: N_("Depth"),
    Column.POLYGON: N_("Corners"),
    Column.KIND: N_("Type"),
    Column.ZONE: N_("Zone"),
    Column.PRICE_CLASS: N_("Price class"),
    Column.CONTRACTED: N_("Contracted area"),
    Column.FOR_SALE: N_("For sale"),
}

_NAMES: Mapping[Column, str] = {
    Column.HALL: "hall 展馆 馆号 馆 展馆号 所在展馆 전시홀 홀",
    Column.NUMBER: "number standnumber stand booth boothnumber standno boothno 展位号 展位编号 展位 编号 부스번호 부스",
    Column.X: "x left 横坐标 左 x坐标",
    Column.Y: "y top 纵坐标 上 y坐标",
    Column.WIDTH: "w width 宽 宽度 面宽 长 长度 가로 폭",
    Column.DEPTH: "d depth h height 深 深度 进深 세로 깊이",
    Column.POLYGON: "polygon corners points 多边形 顶点 角点 轮廓",
    Column.KIND: "kind type standtype boothtype 类型 展位类型 展位形式 유형 부스유형",
    Column.ZONE: "zone 展区 区域 전시구역 구역",
    Column.PRICE_CLASS: "priceclass pricegroup price class 价格等级 价格类别 价位 价格档 等级 가격등급",
    Column.CONTRACTED: "contracted contractedarea contractarea 合同面积 签约面积 계약면적",
    Column.FOR_SALE: "forsale sale sellable 可售 是否可售 对外 对外销售 판매",
}
_KNOWN = {name: column for column, names in _NAMES.items() for name in names.split()}
_REMARK = re.compile(r"[(\[（【].*?[)\]）】]")
_NOISE = re.compile(r"[\s_\-./:：]+")
_CORNER = re.compile(r"\s*(-?[\d.]+)\s*[,，\s]\s*(-?[\d.]+)\s*")
_YES = frozenset(
    {"yes", "y", "1", "true", "√", "✓", "是", "可", "可售", "对外", "对外销售", "可选", "예", "네"}
)
_NO = frozenset({"no", "n", "0", "false", "×", "x", "否", "不", "不可", "不可售", "不对外", "아니오"})
_LENGTH = re.compile(r"(-?[\d.,]+)\s*(mm|cm|m|米|毫米|厘米|in|ft|\"|')?")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_AREA_UNIT = re.compile(r"\s*(?:m2|sqm|平方米|平米|제곱미터)$")
_UNITS = {
    "mm": Unit.MILLIMETRE, "毫米": Unit.MILLIMETRE, "cm": Unit.CENTIMETRE, "厘米": Unit.CENTIMETRE,
    "m": Unit.METRE, "米": Unit.METRE, "in": Unit.INCH, '"': Unit.INCH, "ft": Unit.FOOT, "'": Unit.FOOT,
}  # fmt: skip

Place = Mapping[Column, int]


@dataclass(frozen=True, slots=True)
class Read:
    """A row that can be a stand; texts are empty, areas None, where the table does not say."""

    hall: str
    number: str
    polygon: Polygon
    kind: StandKind | None
    zone: str
    price_class: str
    contracted_cm2: int | None
    for_sale: bool | None


def column_of(text: str) -> Column | None:
    """The column that a heading names, None for an unknown one."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return _KNOWN.get(_NOISE.sub("", _REMARK.sub("", folded)))


def known_columns(texts: Sequence[str]) -> int:
    """How many different columns a row of texts names; two make it the heading (IR1)."""
    return len({column for text in texts if (column := column_of(text))})


def places(heading: Sequence[str]) -> dict[Column, int]:
    """Where each column stands, the first where one is named twice."""
    found: dict[Column, int] = {}
    for place, text in enumerate(heading):
        column = column_of(text)
        if column is not None:
            found.setdefault(column, place)
    return found


def enough(columns: Place) -> bool:
    """Whether stands can be drawn by these columns: a number, and corners or x, y, width and depth."""
    sides = {Column.X, Column.Y, Column.WIDTH, Column.DEPTH}
    return Column.NUMBER in columns and (Column.POLYGON in columns or sides <= columns.keys())


def read(cells: Sequence[str], columns: Place, unit: Unit) -> Read:
    """What a row says; lengths are in `unit` where the cell itself names none.

    Raises Refused with the first reason why no stand can be drawn by it.
    """
    number = normal_number(_cell(cells, columns, Column.NUMBER))
    if not number:
        raise Refused("number_missing", N_("The stand number is missing"))
    if not number_fits(number):
        raise Refused(
            "number_invalid",
            N_("%(number)s is not written like a stand number (9.2B29, A01)"),
            number=number,
        )
    kind_text = _cell(cells, columns, Column.KIND)
    kind = kind_of(kind_text) if kind_text else None
    if kind_text and kind is None:
        raise Refused("kind_unknown", N_("The type “%(text)s” is not known"), text=kind_text[:40])
    return Read(
        _cell(cells, columns, Column.HALL),
        number,
        _polygon(cells, columns, unit),
        kind,
        _cell(cells, columns, Column.ZONE),
        _cell(cells, columns, Column.PRICE_CLASS)[:LONGEST_CLASS],
        _contracted(_cell(cells, columns, Column.CONTRACTED)),
        _for_sale(_cell(cells, columns, Column.FOR_SALE)),
    )


def corners_of(text: str, unit: Unit) -> Polygon:
    """Corners written as "0,0; 6,0; 6,3; 0,3", in `unit`. Raises Refused where they are none."""
    pieces = [piece for piece in re.split(r"[;；\n|]+", unicodedata.normalize("NFKC", text)) if piece.strip()]
    found = [_CORNER.fullmatch(piece) for piece in pieces]
    corners = [(to_mm(one[1], unit), to_mm(one[2], unit)) for one in found if one]
    if len(corners) < len(pieces):
        raise Refused("corners_invalid", N_("Write corners like 0,0; 6,0; 6,3; 0,3"))
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    return tuple(corners)


def length(text: str, unit: Unit) -> int:
    """A length as people type it: 3, 3.5, 3m, 3000 mm, full-width; in mm. Raises Refused for anything else."""
    found = _LENGTH.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    if found is None:
        raise Refused("length_invalid", N_("Enter a length like 3 or 2.5"))
    digits = found[1].replace(",", "") if _GROUPED.fullmatch(found[1]) else found[1]
    return to_mm(digits.replace(",", "."), _UNITS.get(found[2] or "", unit))


def _polygon(cells: Sequence[str], columns: Place, unit: Unit) -> Polygon:
    written = _cell(cells, columns, Column.POLYGON)
    if written:
        polygon = corners_of(written, unit)
    else:
        sides = [
            length(_cell(cells, columns, one), unit)
            for one in (Column.X, Column.Y, Column.WIDTH, Column.DEPTH)
        ]
        if min(sides[2:]) <= 0:
            raise Refused("size_invalid", N_("Width and depth must be more than 0"))
        polygon = rectangle(*sides)
    fault = fault_of(polygon)
    if fault is not None:
        raise Refused("polygon_broken", FAULT_WORDS[fault])
    return polygon


def _contracted(text: str) -> int | None:
    plain = _AREA_UNIT.sub("", unicodedata.normalize("NFKC", text).lower()).strip()
    if not plain:
        return None
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    try:
        area = Decimal(plain)
    except InvalidOperation:
        area = Decimal("NaN")
    if not (area.is_finite() and 0 <= area <= 100_000):
        raise Refused("area_invalid", N_("Enter an area in m² like 9 or 36.5"))
    return int((area * 10_000).to_integral_value())


def _for_sale(text: str) -> bool | None:
    word = unicodedata.normalize("NFKC", text).strip().lower()
    if not word:
        return None
    if word not in _NO | _YES:
        raise Refused("for_sale_unknown", N_("Say whether the stand is for sale by yes or no"))
    return word in _YES


def _cell(cells: Sequence[str], columns: Place, column: Column) -> str:
    place = columns.get(column)
    return cells[place].strip() if place is not None and place < len(cells) else ""
