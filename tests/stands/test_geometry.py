"""Exact geometry: areas, rings that are no polygon, overlaps of more than 1 cm² (exhibitors-stands.md §3)."""

from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest

from exhibitions.core.errors import Refused
from exhibitions.stands.rules.background import Placed, Unit, placed, to_mm
from exhibitions.stands.rules.geometry import (
    Fault,
    area_mm2,
    box_of,
    doubled_area,
    edges,
    fault_of,
    label_point,
    near,
    on_side,
    overlap_mm2,
    overlaps,
    rectangle,
    square_metres,
    squared_distance,
    tidy,
)

STAND = rectangle(0, 0, 3000, 3000)
BENT = ((0, 0), (6000, 0), (6000, 3000), (3000, 3000), (3000, 6000), (0, 6000))
DIAMOND = ((3000, 0), (6000, 3000), (3000, 6000), (0, 3000))


def test_areas() -> None:
    assert area_mm2(STAND) == area_mm2(STAND[::-1]) == 9_000_000
    assert square_metres(area_mm2(BENT)) == Decimal("27.00")
    assert area_mm2(((0, 0), (1, 0), (0, 1))) == 1, "half a mm² is rounded up"
    assert square_metres(13_125_000) == Decimal("13.13")
    assert doubled_area(()) == 0
    assert edges(()) == []


@pytest.mark.parametrize(
    ("ring", "fault"),
    [
        (STAND, None),
        (BENT, None),
        (((0, 0), (1500, 0), (3000, 0), (3000, 3000), (0, 3000)), None),
        ((), Fault.TOO_FEW),
        (((0, 0), (3000, 0)), Fault.TOO_FEW),
        (tuple((step, step * step) for step in range(61)), Fault.TOO_MANY),
        (((0, 0), (10_000_001, 0), (0, 3000)), Fault.TOO_FAR),
        (((0, 0), (3000, 0), (3000, 0), (0, 3000)), Fault.NO_LENGTH),
        (((0, 0), (3000, 0), (0, 3000), (0, 0)), Fault.NO_LENGTH),
        (((0, 0), (1000, 0), (3000, 0)), Fault.NO_AREA),
        (((0, 0), (3000, 3000), (3000, 0), (0, 3000)), Fault.CROSSES),
        # A spike out and back, in the ring's middle and over its joint.
        (((0, 0), (3000, 0), (3000, 3000), (3000, 1000), (0, 3000)), Fault.CROSSES),
        (((3000, 3000), (3000, 1000), (0, 3000), (0, 0), (3000, 0)), Fault.CROSSES),
        (((3000, 0), (3000, 3000), (3000, 1000), (0, 1000), (0, 0)), Fault.CROSSES),
        # One corner touches another side.
        (((0, 0), (4000, 0), (4000, 4000), (2000, 0), (0, 4000)), Fault.CROSSES),
        (((2000, 0), (4000, 4000), (4000, 0), (0, 0), (0, 4000)), Fault.CROSSES),
    ],
)
def test_self_crossing_polygons_are_none(ring: tuple[tuple[int, int], ...], fault: Fault | None) -> None:
    assert fault_of(ring) == fault


def test_a_ring_has_one_tidy_form() -> None:
    other = ((3000, 3000), (1500, 3000), (0, 3000), (0, 0), (1000, 0), (3000, 0))
    assert tidy(other) == tidy(other[::-1]) == tidy(STAND) == STAND


def test_touching_is_no_overlap_and_one_square_centimetre_neither() -> None:
    """§3 rule 2: more than 1 cm²."""
    assert not overlaps(STAND, rectangle(3000, 0, 3000, 3000))
    assert not overlaps(STAND, rectangle(3000, 3000, 3000, 3000)), "a corner"
    assert not overlaps(STAND, rectangle(2990, 2990, 3000, 3000)), "exactly 1 cm²"
    assert overlaps(STAND, rectangle(2990, 2989, 3000, 3000))
    assert overlap_mm2(STAND, rectangle(1000, 1000, 500, 500)) == 250_000, "one inside the other"
    assert not overlaps(STAND, rectangle(90_000, 0, 1, 1))


def test_overlap_of_bent_and_turned_shapes() -> None:
    assert overlap_mm2(BENT, rectangle(3000, 3000, 3000, 3000)) == 0, "it fills the notch"
    assert overlap_mm2(BENT, rectangle(2000, 2000, 2000, 2000)) == 3_000_000
    assert overlap_mm2(DIAMOND, rectangle(0, 0, 6000, 6000)) == 18_000_000
    assert overlap_mm2(DIAMOND, STAND) == 4_500_000
    assert overlap_mm2(((0, 0), (3000, 0), (0, 3000)), ((3000, 0), (3000, 3000), (0, 3000))) == 0
    assert overlap_mm2(((0, 0), (3, 1), (0, 2)), ((3, 0), (3, 2), (0, 1))) == Fraction(3, 2)
    assert overlap_mm2(DIAMOND, DIAMOND) == 18_000_000
    one, two = ((0, 0), (7000, 100), (3000, 5000)), ((1000, -500), (6000, 2000), (500, 4000))
    assert overlap_mm2(one, two) == overlap_mm2(two, one) == overlap_mm2(two[::-1], one)


def test_the_label_stands_inside() -> None:
    assert label_point(STAND) == (1500, 1500)
    x, y = label_point(BENT)
    assert 0 < x < 6000
    assert 0 < y < 3000
    assert overlaps(BENT, rectangle(x - 50, y - 50, 100, 100))
    assert squared_distance(STAND, rectangle(3000, 4000, 3000, 3000)) == 25_000_000


def test_pairs_that_are_near() -> None:
    polygons = [
        rectangle(0, 0, 10, 10),
        rectangle(10, 0, 10, 10),
        rectangle(25, 0, 9, 9),
        rectangle(0, 40, 9, 9),
    ]
    boxes = [box_of(one) for one in polygons]
    assert set(near(boxes, 0)) == {(0, 1)}
    assert set(near(boxes, 5)) == {(0, 1), (1, 2)}
    assert set(near(boxes, 31)) == set(combinations(range(4), 2))
    assert on_side((5, 0), (0, 0), (10, 0))
    assert not on_side((5, 1), (0, 0), (10, 0))


def test_millimetres_and_inches_give_the_same_area() -> None:
    """§3: DXF in mm and in inches gives same m²."""
    inches = Decimal("118.11")
    assert to_mm(inches, Unit.INCH) == to_mm(3, Unit.METRE) == to_mm("300", Unit.CENTIMETRE) == 3000
    assert to_mm(Decimal("9.8425"), Unit.FOOT) == to_mm(3000.4, Unit.MILLIMETRE) == 3000
    assert to_mm(-2.5, Unit.METRE) == -2500
    for bad in ("", "drei", "NaN", "1e400", 10_001):
        with pytest.raises(Refused, match="length_invalid"):
            to_mm(bad, Unit.METRE)


def test_scale_from_two_points() -> None:
    """Two points 600 pixels apart are 30 m apart in the hall: 50 mm a pixel."""
    here = placed((100, 50), (700, 50), 30_000, (0, 0))
    assert here == Placed(-5000, -2500, 50_000)
    assert here.size(1200, 800) == (60_000, 40_000)
    assert placed((0, 0), (300, 400), 25_000, (1000, 2000)) == Placed(1000, 2000, 50_000)
    for two, distance in (((10, 10), 5000), ((700, 50), 0), ((700, 50), -3)):
        with pytest.raises(Refused):
            placed((0, 0), two, distance, (0, 0))
    with pytest.raises(Refused, match="distance_missing"):
        placed((0, 0), (9_000_000, 0), 1, (0, 0))
