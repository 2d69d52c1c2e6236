"""Open sides from neighbours, and everything that is wrong on a plan (exhibitors-stands.md §2.1, §3)."""

from dataclasses import dataclass

import pytest

from exhibitions.stands.rules.checks import (
    Finding,
    area_differs,
    check_hall,
    check_numbers,
)
from exhibitions.stands.rules.geometry import Polygon, rectangle
from exhibitions.stands.rules.plan import (
    Parts,
    ShapeKind,
    StandKind,
    free_number,
    kind_of,
    normal_number,
    number_fits,
    order_of,
    parts_of,
    search_key,
)
from exhibitions.stands.rules.sides import POSITION_WORDS, Position, open_sides, position_of, sides_of, walls
from exhibitions.stands.rules.surroundings import HallSize, Surroundings, narrowest

HALL = HallSize("9.2", 60_000, 40_000)


@dataclass
class Stand:
    number: str
    polygon: Polygon
    contracted_mm2: int | None = None


@dataclass
class Shape:
    kind: ShapeKind
    polygon: Polygon
    name: str = ""


def at(number: str, x: float, y: float, width: float = 3, depth: float = 3) -> Stand:
    return Stand(number, rectangle(int(x * 1000), int(y * 1000), int(width * 1000), int(depth * 1000)))


def counts(*stands: Stand, shapes: tuple[Shape, ...] = ()) -> list[int]:
    around = Surroundings(HALL, stands, shapes)
    return [around.open_sides(place) for place in range(len(stands))]


def found(
    *stands: Stand, shapes: tuple[Shape, ...] = (), hall: HallSize = HALL
) -> list[tuple[Finding, str, str]]:
    return [(one.finding, one.number, one.other) for one in check_hall(hall, stands, shapes)]


def test_row_corner_end_and_island() -> None:
    """§2.1: open sides row 1, corner 2, end 3, island 4: two rows of three back to back, and one alone."""
    block = [at(f"A0{place + 1}", 10 + 3 * (place % 3), 10 + 3 * (place // 3)) for place in range(6)]
    assert counts(*block, at("B01", 40, 20)) == [2, 1, 2, 2, 1, 2, 4]
    row = [at(f"C0{place + 1}", 10 + 3 * place, 10) for place in range(2)]
    assert counts(*row) == [3, 3]
    assert [position_of(count) for count in range(5)] == list(Position)
    assert set(POSITION_WORDS) == set(Position)


def test_a_wall_closes_and_a_gangway_of_exactly_three_metres_opens() -> None:
    assert counts(at("A01", 0, 0)) == [2], "in the corner of the hall"
    assert counts(at("A01", 3, 3)) == [4]
    assert counts(at("A01", 2.999, 3)) == [3]
    assert counts(at("A01", 10, 10), at("A02", 16, 10)) == [4, 4]
    assert counts(at("A01", 10, 10), at("A02", 15.999, 10)) == [3, 3]


def test_most_of_a_side_must_be_free() -> None:
    """Half of a side is not most of it."""
    assert counts(at("A01", 10, 10, 6, 3), at("A02", 10, 13, 3, 3)) == [3, 3]
    assert counts(at("A01", 10, 10, 6, 3), at("A02", 10, 13, 2.999, 3)) == [4, 3]
    assert counts(at("A01", 10, 10, 6, 3), at("A02", 10, 13, 2, 3), at("A03", 14, 13, 2, 3))[0] == 3
    assert counts(at("A01", 10, 10), at("A02", 13, 13)) == [4, 4], "a shared corner closes nothing"


def test_what_people_walk_over_closes_nothing() -> None:
    beside = rectangle(13_000, 10_000, 3_000, 3_000)
    assert counts(at("A01", 10, 10), shapes=(Shape(ShapeKind.AISLE, beside),)) == [4]
    assert counts(at("A01", 10, 10), shapes=(Shape(ShapeKind.STAGE, beside),)) == [3]
    assert counts(at("A01", 10, 10), shapes=(Shape(ShapeKind.STAGE, beside[:2]),)) == [4], "no shape at all"


def test_sides_of_other_shapes_count_by_length() -> None:
    """Of more (or fewer) than four sides the open length counts."""
    bent = ((0, 0), (6000, 0), (6000, 3000), (3000, 3000), (3000, 6000), (0, 6000))
    assert open_sides(sides_of(bent, [])) == 4
    assert open_sides(sides_of(bent, [rectangle(-3000, 0, 3000, 6000), rectangle(0, -3000, 6000, 3000)])) == 2
    triangle = ((0, 0), (6000, 0), (0, 6000))
    assert open_sides(sides_of(triangle, [rectangle(0, -3000, 6000, 3000)])) == 3
    diamond = ((3000, 0), (6000, 3000), (3000, 6000), (0, 3000))
    assert open_sides(sides_of(diamond, [])) == 4
    assert open_sides(sides_of(diamond, [((6000, 3000), (9000, 6000), (6000, 9000), (3000, 6000))])) == 3
    assert open_sides(sides_of(diamond, [rectangle(0, 6000, 6000, 3000)])) == 2, (
        "half a side is not most of it"
    )
    assert open_sides(sides_of(diamond, [rectangle(0, 6100, 6000, 3000)])) == 4
    assert open_sides(sides_of(diamond, walls(6000, 6000))) == 0
    # A fork: its two teeth stand in front of a third of the side, the gap between them is free.
    fork = (
        (0, -8000),
        (6000, -8000),
        (6000, -1000),
        (5000, -1000),
        (5000, -6000),
        (1000, -6000),
        (1000, -1000),
        (0, -1000),
    )
    assert next(side.free_mm for side in sides_of(rectangle(0, 0, 6000, 3000), [fork])) == 4000


def test_broken_polygons_have_no_sides() -> None:
    assert counts(Stand("A01", ((0, 0), (3000, 0)))) == [0]


def test_overlaps_outside_and_crossing() -> None:
    assert found(at("A01", 10, 10), at("A02", 12.9, 10)) == [(Finding.OVERLAP, "A01", "A02")]
    assert found(at("A02", 57, 37)) == [], "at the wall is inside"
    assert found(at("A02", 57.001, 30)) == [(Finding.OUTSIDE, "A02", "")]
    assert found(at("A02", -1, 30)) == [(Finding.OUTSIDE, "A02", "")]
    broken = Stand("A03", ((0, 0), (3000, 3000), (3000, 0), (0, 3000)))
    assert found(broken) == [(Finding.BROKEN, "A03", "")]


@pytest.mark.parametrize("kind", list(ShapeKind))
def test_stands_stand_on_nothing_but_columns_and_supply_points(kind: ShapeKind) -> None:
    """§3 restrictions: mandatory aisles, hydrants; crossing them is refused."""
    shape = Shape(kind, rectangle(12_000, 12_000, 3_000, 3_000), "X")
    crosses = [(Finding.CROSSES, "A01", "X")]
    under = kind in (ShapeKind.COLUMN, ShapeKind.UTILITY)
    assert found(at("A01", 10, 10), shapes=(shape,)) == ([] if under else crosses)
    assert found(at("A01", 9, 9), shapes=(shape,)) == [], "touching in a corner"
    assert found(at("A01", 10, 10), shapes=(Shape(kind, shape.polygon[:2]),)) == []


def test_numbers() -> None:
    assert found(at("9.1B29", 10, 10)) == [(Finding.OTHER_HALL, "9.1B29", "9.2")]
    assert found(at("9.2B29", 10, 10)) == found(at("A01-01", 10, 10)) == []
    assert found(at("展位", 10, 10)) == [(Finding.NUMBER, "展位", "")]
    doubled = check_numbers(["A02", "A01", "A01"], {}, [1, 2, 3])
    assert [(one.finding, one.places) for one in doubled] == [(Finding.DOUBLED, (1, 2))]
    again = check_numbers(["A01", "A02"], {"A01": 9, "A02": 2}, [1, 2])
    assert [(one.finding, one.places, one.blocks) for one in again] == [(Finding.USED_BEFORE, (0,), True)]
    assert not free_number("A01", {"A01"})
    assert free_number("A02", {"A01"})


def test_spellings_of_numbers() -> None:
    assert normal_number(" ９.２ｂ２９ ") == "9.2B29"
    assert normal_number("a01—03") == "A01-03"
    assert parts_of("9.2B29") == Parts("9.2", "B", "29")
    assert parts_of("A01-01") == Parts("", "A", "01-01")
    assert parts_of("T-1") is None
    assert search_key("a1") == search_key("A01") == "A1"
    assert search_key("9.2 b 029") == search_key("9.2B29")
    assert search_key("A100") == "A100"
    good = ["A1", "9.2B29", "A01-01", "101", "1A-02B", "A" * 15 + "1"]
    bad = ["", "A", "A-", "A..1", "-A1", "A 1", "a1", "展1", "A" * 16 + "1", "A/1"]
    assert all(number_fits(number) for number in good)
    assert not any(number_fits(number) for number in bad)


def test_kinds_by_their_words() -> None:
    for kind, words in {
        StandKind.SHELL: ["", " ", "标准展位", "标摊", "Shell scheme", "SHELL", "조립부스", "shell-scheme"],
        StandKind.RAW: ["光地", "特装", "Space only", "raw", "독립부스", "室外光地"],
        StandKind.UPGRADED: ["升级标展", "upgraded"],
    }.items():
        for word in words:
            assert kind_of(word) == kind, word
    assert kind_of("castle") is None
    assert sorted(["A10", "9.2B1", "A2", "B1", "A02-1"], key=order_of) == [
        "9.2B1",
        "A2",
        "A02-1",
        "A10",
        "B1",
    ]


@pytest.mark.parametrize(
    ("drawn", "contracted", "differs"),
    [
        (9.0, 9.0, False),
        (9.09, 9.0, False),
        (9.1, 9.0, True),
        (8.91, 9.0, False),
        (8.909999, 9.0, True),
        (100.5, 100.0, False),
        (100.500001, 100.0, True),
        (36.36, 36.0, False),
        (36.4, 36.0, True),
        (9.0, None, False),
        (9.0, 0, True),
        (0, 0, False),
    ],
)
def test_area_against_contract(drawn: float, contracted: float | None, differs: bool) -> None:
    """§3 rule 6: more than 0.5 m² or more than 1 %; exactly that much is none."""
    exact = None if contracted is None else round(contracted * 1_000_000)
    assert area_differs(round(drawn * 1_000_000), exact) is differs


def test_area_is_found() -> None:
    stand = at("A01", 10, 10)
    stand.contracted_mm2 = 12_000_000
    one = check_hall(HALL, [stand], [])[0]
    assert (one.finding, one.value, one.limit, one.blocks) == (Finding.AREA, 9_000_000, 12_000_000, False)


def test_gangways() -> None:
    """§3: gangway ≥ 3 m."""
    assert found(at("A01", 10, 10), at("A02", 16, 10)) == []
    narrow = check_hall(HALL, [at("A02", 10, 10), at("A01", 15.9, 11)], [])
    assert [(one.finding, one.number, one.other, one.value) for one in narrow] == [
        (Finding.GANGWAY, "A01", "A02", 2900)
    ]
    assert found(at("A01", 10, 10), at("A02", 13, 10)) == []
    assert found(at("A01", 10, 10), at("A02", 15, 15)) == [], "they do not face each other"
    # What lies between two stands that is filled is no way.
    filling = Shape(ShapeKind.SERVICE, rectangle(13_000, 10_000, 2_000, 3_000))
    assert found(at("A01", 10, 10), at("A02", 15, 10), shapes=(filling,)) == []
    half = Shape(ShapeKind.SERVICE, rectangle(13_000, 10_000, 2_000, 1_500))
    assert found(at("A01", 10, 10), at("A02", 15, 10), shapes=(half,)) == [(Finding.GANGWAY, "A01", "A02")]
    small = [at("A01", 10, 10, 2, 3), at("A02", 12, 10, 2, 3), at("A03", 14, 10, 2, 3)]
    assert found(*small) == [], "a stand between two others is no gangway"


def test_gangways_of_turned_stands() -> None:
    diamond = ((3000, 0), (6000, 3000), (3000, 6000), (0, 3000))
    away = tuple((x + 5000, y + 5000) for x, y in diamond)
    assert narrowest(diamond, away, [], 3000) == 2828
    assert narrowest(diamond, away, [], 2828) is None
    assert narrowest(diamond, diamond, [], 3000) is None


def test_a_stand_without_an_open_side() -> None:
    ring = [
        at(f"A0{3 * row + column}", 10 + 3 * column, 10 + 3 * row) for row in range(3) for column in range(3)
    ]
    assert found(*ring) == [(Finding.NO_ACCESS, "A04", "")]


def test_fifteen_hundred_stands_are_checked_at_once() -> None:
    """Neighbours are found by nearness: the work grows with the stands, not with their square."""
    stands = [at(f"A{place:04d}", 6 + 3 * (place % 50), 6 + 6 * (place // 50)) for place in range(1_500)]
    hall = HallSize("1", 170_000, 200_000)
    assert check_hall(hall, stands, []) == []
    around = Surroundings(hall, stands, [])
    assert max(len(places) for places in around.beside.values()) <= 16
