"""The row tool, merging and splitting, versions of the plan (exhibitors-stands.md §3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from exhibitions.core.errors import Refused
from exhibitions.stands.rules.geometry import Polygon, area_mm2, rectangle
from exhibitions.stands.rules.merging import Cut, merged, outline, split
from exhibitions.stands.rules.plan import nearest_number, number_after
from exhibitions.stands.rules.rows import Direction, Numbering, Row, lay
from exhibitions.stands.rules.snapshot import changes, hash_of, read, text_of
from exhibitions.stands.rules.surroundings import HallSize, Surroundings


@dataclass
class Part:
    number: str
    polygon: Polygon
    holder: int | None = None
    hall_id: int = 1
    contracted_mm2: int | None = 9_000_000
    quota: int | None = None


A01 = Part("A01", rectangle(10_000, 10_000, 3000, 3000), quota=3)
A02 = Part("A02", rectangle(13_000, 10_000, 3000, 3000), quota=3)
A03 = Part("A03", rectangle(16_000, 10_000, 3000, 3000), contracted_mm2=None)


def test_merge_of_two_is_eighteen_square_metres_and_its_corner_is_derived_anew() -> None:
    """§3: merge A01+A02 → 18 m², corner status re-derived."""
    whole = merged([A01, A02], "A01")
    assert (whole.number, whole.area_mm2, whole.contracted_mm2, whole.quota) == (
        "A01",
        18_000_000,
        18_000_000,
        6,
    )
    assert whole.polygon == rectangle(10_000, 10_000, 6000, 3000)
    assert whole.gone == ("A02",)
    hall = HallSize("1", 60_000, 40_000)
    before = Surroundings(hall, [A01, A02, A03], [])
    assert [before.open_sides(place) for place in range(3)] == [3, 2, 3]
    after = Surroundings(hall, [Part("A01", whole.polygon), A03], [])
    assert [after.open_sides(place) for place in range(2)] == [3, 3]


def test_merge_of_three_in_any_order_and_in_a_corner() -> None:
    """§3: the size sums into the surviving number; a part without an area in the contract counts as it is drawn."""
    below = Part("A04", rectangle(10_000, 13_000, 3000, 3000), contracted_mm2=None)
    whole = merged([A03, below, A01, A02], "A03")
    assert whole.area_mm2 == 36_000_000
    assert len(whole.polygon) == 6
    assert (whole.contracted_mm2, whole.quota) == (36_000_000, 6)
    nothing = merged([A03, Part("A09", rectangle(19_000, 10_000, 3000, 3000), contracted_mm2=None)], "A09")
    assert (nothing.contracted_mm2, nothing.quota) == (None, None)


@pytest.mark.parametrize(
    ("parts", "number", "code"),
    [
        ([A01], "A01", "merge_count"),
        ([A01, A01], "A01", "merge_count"),
        ([A01, A02], "A03", "merge_number"),
        ([A01, A03], "A01", "not_touching"),
        ([A01, Part("A02", A02.polygon, hall_id=2)], "A01", "not_touching"),
        ([A01, Part("B01", rectangle(13_000, 13_000, 3000, 3000))], "A01", "not_touching"),
        ([A01, Part("B01", rectangle(12_000, 10_000, 3000, 3000))], "A01", "not_touching"),
        ([A01, Part("A02", A02.polygon, holder=7)], "A01", "holders_differ"),
        ([Part("A01", A01.polygon, holder=8), Part("A02", A02.polygon, holder=7)], "A01", "holders_differ"),
    ],
)
def test_only_free_stands_that_touch_or_stands_of_one_holder_merge(
    parts: list[Part], number: str, code: str
) -> None:
    """§3 rule 4."""
    with pytest.raises(Refused, match=code):
        merged(parts, number)


def test_stands_of_one_holder_merge() -> None:
    assert (
        merged([Part("A01", A01.polygon, holder=7), Part("A02", A02.polygon, holder=7)], "A02").number
        == "A02"
    )


def test_outlines() -> None:
    assert outline([]) is None
    ring = [rectangle(x, y, 10, 10) for x in (0, 10, 20) for y in (0, 10, 20) if (x, y) != (10, 10)]
    assert outline(ring) is None, "a hole in the middle"
    assert outline([rectangle(0, 0, 10, 10)] * 2) is None, "the same floor twice"
    longer = outline([rectangle(0, 0, 10, 10), rectangle(10, 0, 10, 20)])
    assert longer is not None
    assert area_mm2(longer) == 300


def test_split() -> None:
    whole = Part("A01", rectangle(0, 0, 6000, 3000))
    assert split(whole, [3000, 3000], ["A01", "A02"], {"A01", "A05"}) == [
        Cut("A01", rectangle(0, 0, 3000, 3000)),
        Cut("A02", rectangle(3000, 0, 3000, 3000)),
    ]
    tall = Part("A01", rectangle(0, 0, 3000, 9000))
    parts = split(tall, [3000, 2000, 4000], ["A03", "A02", "A01"], ())
    assert [part.polygon for part in parts][2] == rectangle(0, 5000, 3000, 4000)
    assert sum(area_mm2(part.polygon) for part in parts) == area_mm2(tall.polygon)
    bent = Part("A01", ((0, 0), (6000, 0), (6000, 3000), (3000, 3000), (3000, 6000), (0, 6000)))
    for part, widths, numbers, code in [
        (bent, [3000, 3000], ["A01", "A02"], "split_shape"),
        (whole, [6000], ["A01"], "split_widths"),
        (whole, [3000, 2999], ["A01", "A02"], "split_widths"),
        (whole, [6000, 0], ["A01", "A02"], "split_widths"),
        (whole, [3000, 3000], ["A01"], "split_numbers"),
        (whole, [3000, 3000], ["A01", "A01"], "split_numbers"),
        (whole, [3000, 3000], ["A03", "A02"], "split_numbers"),
        (whole, [3000, 3000], ["A01", "A05"], "number_taken"),
    ]:
        with pytest.raises(Refused, match=code):
            split(part, widths, numbers, {"A01", "A05"})


def places(row: Row) -> list[tuple[str, tuple[int, int]]]:
    return [(one.number, one.polygon[0]) for one in lay(row)]


def test_row_of_sixteen() -> None:
    """ux.md O3: 16 stands of 3 × 3 m with a numbering rule."""
    row = Row(5000, 5000, 16, 3000, 3000, gap_after=4, gap=3000, numbering=Numbering(prefix="9.2b"))
    laid = lay(row)
    assert [laid[0].number, laid[15].number] == ["9.2B01", "9.2B16"]
    assert [one.polygon[0][0] for one in laid[3:6]] == [14_000, 20_000, 23_000]
    assert laid[15].polygon[1] == (5000 + 16 * 3000 + 3 * 3000, 5000)


def test_numbering_rules() -> None:
    odd = Row(0, 0, 3, 3000, 3000, numbering=Numbering(1, 2, "A", "", 2), back=Numbering(2, 2, "A", "", 2))
    assert places(odd) == [
        ("A01", (0, 0)), ("A03", (3000, 0)), ("A05", (6000, 0)),
        ("A02", (0, 3000)), ("A04", (3000, 3000)), ("A06", (6000, 3000)),
    ]  # fmt: skip
    skipping = Row(0, 0, 4, 3000, 3000, numbering=Numbering(3, 1, "A", "B", 1, frozenset({4, 13})))
    assert [number for number, _ in places(skipping)] == ["A3B", "A5B", "A6B", "A7B"]
    down = Row(0, 0, 3, 3000, 3000, numbering=Numbering(2, -1, "A", "", 2))
    assert [number for number, _ in places(down)] == ["A02", "A01", "A00"]


def test_directions() -> None:
    """A row begins at the corner that lies behind it; the second row lies below or to the right."""
    back = Numbering(11)
    corner = {"x": 9000, "y": 9000, "count": 2, "along": 3000, "across": 2000, "back": back}
    first = {
        Direction.RIGHT: [(9000, 9000), (12_000, 9000), (9000, 11_000), (12_000, 11_000)],
        Direction.LEFT: [(6000, 9000), (3000, 9000), (6000, 11_000), (3000, 11_000)],
        Direction.DOWN: [(9000, 9000), (9000, 12_000), (11_000, 9000), (11_000, 12_000)],
        Direction.UP: [(9000, 6000), (9000, 3000), (11_000, 6000), (11_000, 3000)],
    }
    for direction, corners in first.items():
        row = Row(direction=direction, **corner)  # type: ignore[arg-type]
        assert [at for _, at in places(row)] == corners
        size = (2000, 3000) if direction in (Direction.DOWN, Direction.UP) else (3000, 2000)
        assert lay(row)[0].polygon == rectangle(*corners[0], *size)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"count": 0}, "row_count"),
        ({"count": 201}, "row_count"),
        ({"along": 0}, "row_size"),
        ({"across": -1}, "row_size"),
        ({"gap": -1}, "row_size"),
        ({"gap_after": -1}, "row_size"),
        ({"numbering": Numbering(step=0)}, "row_step"),
        ({"back": Numbering(step=0)}, "row_step"),
        ({"numbering": Numbering(1, -1)}, "row_numbers"),
        ({"numbering": Numbering(prefix="展")}, "number_invalid"),
        ({"numbering": Numbering(start=7)}, "number_taken"),
        ({"back": Numbering(start=1)}, "number_taken"),
        ({"x": 10_000_000}, "outside"),
    ],
)
def test_rows_that_cannot_be(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        lay(Row(**{"x": 0, "y": 0, "count": 3, "along": 3000, "across": 3000} | changed), {"07"})


HALLS = [{"id": 1, "code": "9.2", "width": 60_000, "depth": 40_000}]


def stand(key: int, number: str, x: int = 0, **facts: object) -> dict[str, Any]:
    return {"id": key, "number": number, "hall": "9.2", "polygon": rectangle(x, 0, 3000, 3000), **facts}


def text(stands: Sequence[dict[str, Any]]) -> str:
    return text_of(HALLS, stands, [])


def test_a_version_is_the_same_whatever_the_order() -> None:
    one, two = stand(1, "A01"), stand(2, "A02", 3000, zone="家电")
    assert text([one, two]) == text([two, one])
    assert hash_of(text([one])) != hash_of(text([two]))
    again = read(text([one, two]))
    assert hash_of(text_of(again["halls"], again["stands"], again["shapes"])) == hash_of(text([one, two]))
    assert len(hash_of("")) == 64


def test_versions_compared() -> None:
    before = text([stand(1, "A01"), stand(2, "A02", 3000), stand(3, "A03", 6000)])
    after = text([stand(1, "A01"), stand(2, "A02", 9000, kind="raw"), stand(4, "A04", 6000)])
    assert changes(before, before) == []
    found = [(one.name, one.fields, one.before is None, one.after is None) for one in changes(before, after)]
    assert found == [
        ("A02", ("kind", "polygon"), False, False),
        ("A03", (), False, True),
        ("A04", (), True, False),
    ]


@pytest.mark.parametrize(
    ("number", "used", "after"),
    [
        ("A01", {"A01"}, "A02"),
        ("A09", {"A09", "A10"}, "A11"),
        ("9.2B29", set(), "9.2B30"),
        ("99", set(), "100"),
        ("A01B", set(), ""),
        ("ABCDEFGHIJKLM999", set(), ""),
    ],
)
def test_the_number_after(number: str, used: set[str], after: str) -> None:
    """O3: who draws one stand after the other is offered the next number of the row that is free."""
    assert number_after(number, used) == after


@pytest.mark.parametrize(
    ("number", "nearest"),
    [("a1", "A01"), ("A99", "A12"), ("A04", "A03"), ("B7", "B07"), ("9.2B30", "9.2B29"), ("ZZZ", "B07")],
)
def test_the_nearest_number_is_named_for_one_that_is_not_there(number: str, nearest: str) -> None:
    """E1, E2: a wish for a stand that the plan does not have is refused, naming the nearest existing one."""
    known = {"A01", "A02", "A03", "A12", "B07", "9.2B29"}
    assert nearest_number(number, known) == nearest
    assert nearest_number(number, ()) == ""
