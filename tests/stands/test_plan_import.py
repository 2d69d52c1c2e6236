"""A table of stands: columns by their names, rows judged, overlaps and doubled numbers told (O3; exhibitors-stands.md §3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.core.sheets.table import Unreadable
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules.allocation import AllocationKind
from exhibitions.stands.rules.background import Unit
from exhibitions.stands.rules.checks import Finding
from exhibitions.stands.rules.columns import Column, column_of, corners_of, enough, length, places, read
from exhibitions.stands.rules.facts import HallFacts
from exhibitions.stands.rules.geometry import rectangle
from exhibitions.stands.rules.plan import StandKind
from exhibitions.stands.service import drawing, importing, recording
from exhibitions.stands.service.importing import Verdict
from tests.exhibiting import make_exhibitor
from tests.factories import make_expo

HEADING = "展馆,展位号,x,y,w,d,类型,展区,价格等级,合同面积,可售"


@pytest.fixture
def expo(context: None) -> Expo:
    make_expo()
    found = expos.expo_by_slug("8th")
    assert found is not None
    with transaction():
        drawing.measure_hall(found, found.halls[0].id, HallFacts(120_000, 80_000), SYSTEM)
    return found


def written(folder: Path, *lines: str, heading: str = HEADING) -> Path:
    path = folder / "stands.csv"
    path.write_text("\n".join([heading, *lines]), encoding="utf-8")
    return path


def test_columns_by_their_names() -> None:
    assert places(["展馆 Hall（馆号）", "展位号", "X (m)", "Y", "宽度", "进深", "展位号"]) == {
        Column.NUMBER: 1,
        Column.X: 2,
        Column.Y: 3,
        Column.WIDTH: 4,
        Column.DEPTH: 5,
    }
    assert column_of("Stand No.") is Column.NUMBER
    assert column_of("부스번호") is Column.NUMBER
    assert column_of("colour") is None
    assert not enough(places(["number", "x", "y", "w"]))
    assert enough(places(["number", "corners"]))


def test_lengths_as_people_type_them() -> None:
    for text in (
        "3",
        "3.0",
        "3,0",
        "３",
        "3m",
        "3 米",
        "3000mm",
        "300 cm",
        "3,000mm",
        "118.11 in",
        '118.11"',
    ):
        assert length(text, Unit.METRE) == 3000, text
    assert length("9.8425'", Unit.METRE) == 3000
    assert length("3000", Unit.MILLIMETRE) == 3000
    assert length("-0.5", Unit.METRE) == -500
    for text in ("", "three", "3x3", "1.2.3", "m"):
        with pytest.raises(Refused, match="length_invalid"):
            length(text, Unit.METRE)


def test_corners_as_people_type_them() -> None:
    assert corners_of("0,0; 6,0；6 3 | 0，3; 0,0", Unit.METRE) == rectangle(0, 0, 6000, 3000)
    for text in ("0,0; 6", "a,b"):
        with pytest.raises(Refused, match="corners_invalid"):
            corners_of(text, Unit.METRE)
    assert corners_of("", Unit.METRE) == ()


ALL = places([*HEADING.split(","), "corners"])


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (["1", "", "0", "0", "3", "3"], "number_missing"),
        (["1", "展", "0", "0", "3", "3"], "number_invalid"),
        (["1", "A1", "0", "0", "3", "3", "castle"], "kind_unknown"),
        (["1", "A1", "0", "0", "3"], "length_invalid"),
        (["1", "A1", "0", "0", "0", "3"], "size_invalid"),
        (["1", "A1", "0", "0", "3", "-3"], "size_invalid"),
        (["1", "A1", "0", "0", "3", "3", "", "", "", "much"], "area_invalid"),
        (["1", "A1", "0", "0", "3", "3", "", "", "", "-1"], "area_invalid"),
        # A comma that parts no thousands may be a decimal one.
        (["1", "A1", "0", "0", "3", "3", "", "", "", "36,5"], "area_invalid"),
        (["1", "A1", "0", "0", "3", "3", "", "", "", "", "perhaps"], "for_sale_unknown"),
        (["1", "A1", "", "", "", "", "", "", "", "", "", "0,0; 3,3; 3,0; 0,3"], "polygon_broken"),
    ],
)
def test_rows_that_are_no_stand(cells: list[str], code: str) -> None:
    with pytest.raises(Refused, match=code):
        read(cells, ALL, Unit.METRE)


@pytest.mark.parametrize(
    ("text", "cm2"),
    [
        ("1,200", 12_000_000),
        ("１，２００．５㎡", 12_005_000),
        ("36平米", 360_000),
        ("36 sqm", 360_000),
        ("36 m²", 360_000),
    ],
)
def test_an_area_of_contract_as_people_write_it(text: str, cm2: int) -> None:
    assert read(["1", "A1", "0", "0", "3", "3", "", "", "", text], ALL, Unit.METRE).contracted_cm2 == cm2


def test_a_full_row() -> None:
    row = read(
        ["A1", " ａ０１ ", "1", "2", "3", "4", "光地", "家电", "一等", "12.5 ㎡", "否"], ALL, Unit.METRE
    )
    assert (row.number, row.kind, row.contracted_cm2, row.for_sale) == ("A01", StandKind.RAW, 125_000, False)
    assert row.polygon == rectangle(1000, 2000, 3000, 4000)
    empty = read(["", "A01", "1", "2", "3", "4"], ALL, Unit.METRE)
    assert (empty.kind, empty.contracted_cm2, empty.for_sale) == (None, None, None)


@pytest.mark.parametrize(
    ("word", "meant"),
    [("是", True), ("ＹＥＳ", True), ("√", True), ("True", True), ("네", True), ("否", False), ("Ｎ", False),
     ("×", False), ("0", False), ("不可售", False), ("아니오", False), (" ", None)],
)  # fmt: skip
def test_whether_a_stand_is_for_sale_is_said_by_yes_or_no(word: str, meant: bool | None) -> None:
    """IR1: words of the three languages; nothing changes nothing, another word is refused and never a yes."""
    cells = ["1", "A1", "0", "0", "3", "3", "", "", "", "", word]
    assert read(cells, ALL, Unit.METRE).for_sale is meant


def test_a_hundred_and_eighty_four_stands(expo: Expo, tmp_path: Path) -> None:
    """ux.md O3: 184 stands imported and right; undone as one step."""
    lines = [
        f",{chr(65 + place // 23)}{place % 23 + 1:02d},{3 * (place % 23) + 5},{6 * (place // 23) + 5},3,3"
        for place in range(184)
    ]
    table = importing.open_file(written(tmp_path, *lines))
    assert importing.check(expo, table, Unit.METRE).counts == {Verdict.NEW: 184}
    assert queries.stands(expo) == [], "a dry run draws nothing"
    with transaction():
        importing.draw(expo, table, Unit.METRE, SYSTEM)
    rows = queries.stands(expo)
    assert (len(rows), sum(row.area for row in rows) // 10_000) == (184, 184 * 9)
    assert {row.open_sides for row in rows} == {2, 3}
    assert importing.check(expo, table, Unit.METRE).counts == {Verdict.SAME: 184}
    with transaction():
        recording.undo(expo, queries.deeds(expo, 1)[0].id, SYSTEM)
    assert queries.stands(expo) == []


def test_doubled_overlapping_and_changed_rows_are_told(expo: Expo, tmp_path: Path) -> None:
    zone = expo.zones[0]
    first = written(tmp_path, f",A01,10,10,3,3,,{zone.name_zh},B", ",A02,13,10,3,3")
    with transaction():
        importing.draw(expo, importing.open_file(first), Unit.METRE, SYSTEM)
    assert queries.stands_named(expo, ["A01"])[0].zone_id == zone.id
    second = written(
        tmp_path,
        ",a01,10,10,3,3,光地",
        ",A02,13,10,3,3",
        ",A03,15,11,3,3",
        ",A03,30,10,3,3",
        ",A04,200,10,3,3",
        "9,A05,20,10,3,3",
        ",A06,20,10,3,3,,no such zone",
    )
    checked = importing.check(expo, importing.open_file(second), Unit.METRE)
    told = [(line.number, line.verdict, line.why.code if line.why else "") for line in checked.lines]
    assert told == [
        (2, Verdict.CHANGED, ""),
        (3, Verdict.SAME, ""),
        (4, Verdict.NEW, ""),
        (5, Verdict.REFUSED, "doubled"),
        (6, Verdict.REFUSED, "outside"),
        (7, Verdict.REFUSED, "hall_unknown"),
        (8, Verdict.REFUSED, "zone_unknown"),
    ]
    assert checked.lines[0].differs == ("kind",)
    assert (Finding.OVERLAP, "A02", "A03") in {
        (one.finding, one.number, one.other) for one in checked.findings
    }


def test_a_table_does_not_move_a_sold_stand_unasked(expo: Expo, tmp_path: Path) -> None:
    with transaction():
        importing.draw(expo, importing.open_file(written(tmp_path, ",A01,10,10,3,3")), Unit.METRE, SYSTEM)
        exhibitor, _, _ = make_exhibitor(expo)
        stand = queries.stands_named(expo, ["A01"])[0]
        db.session.add(
            Allocation(
                expo_id=expo.id,
                stand_id=stand.id,
                exhibitor_id=exhibitor.id,
                kind=AllocationKind.HOLD,
                since=clock.now(),
            )
        )
    table = importing.open_file(written(tmp_path, ",A01,20,10,3,3"))
    with pytest.raises(Refused, match="stand_sold") as caught, transaction():
        importing.draw(expo, table, Unit.METRE, SYSTEM)
    assert caught.value.params["company"] == "星河家居有限公司"
    with transaction():
        importing.draw(expo, table, Unit.METRE, SYSTEM, sure=True)
    assert queries.stands_named(expo, ["A01"])[0].polygon[0] == [20_000, 10_000]


def test_what_is_no_table_of_stands(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no_columns"):
        importing.open_file(written(tmp_path, "1,2", heading="展馆,展位号"))


def test_inches_and_millimetres_give_the_same_areas(expo: Expo, tmp_path: Path) -> None:
    """§3: in mm and in inches gives same m²."""
    for unit, row in (
        (Unit.MILLIMETRE, ",A01,10000,10000,3000,3000"),
        (Unit.INCH, ",A02,787.4,393.7,118.11,118.11"),
    ):
        with transaction():
            importing.draw(expo, importing.open_file(written(tmp_path, row)), unit, SYSTEM)
    assert {stand.area for stand in queries.stands(expo)} == {90_000}
