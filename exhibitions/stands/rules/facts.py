"""What somebody says about a stand, a shape or a hall, and whether that can be (exhibitors-stands.md §3)."""

from __future__ import annotations

from dataclasses import dataclass

from exhibitions.core.errors import N_, Refused
from exhibitions.stands.rules.geometry import FARTHEST_MM, Fault, Polygon, fault_of
from exhibitions.stands.rules.plan import ShapeKind, StandKind, number_fits

LEAST_HALL_MM = 1_000

SOLD = (
    *("number", "hall_id", "polygon", "kind", "zone_id"),
    *("open_sides_set", "contracted_area", "upper_area"),
)
"""What of a stand is sold with it: it is not changed under who has it without a warning."""

FAULT_WORDS = {
    Fault.TOO_FEW: N_("A stand needs at least three corners"),
    Fault.TOO_MANY: N_("A stand has at most 60 corners"),
    Fault.TOO_FAR: N_("The stand lies too far away. Lengths are in metres"),
    Fault.NO_LENGTH: N_("Two corners are the same. Width and depth must be more than 0"),
    Fault.CROSSES: N_("The sides cross each other. Name the corners in their order around the stand"),
    Fault.NO_AREA: N_("The corners lie on one line"),
}


@dataclass(frozen=True, slots=True)
class HallFacts:
    """How large a hall is, in mm, and whether it lies under the open sky."""

    width: int
    depth: int
    is_outdoor: bool = False


@dataclass(frozen=True, slots=True)
class StandFacts:
    """A stand as somebody draws it; areas in cm², `open_sides_set` is what the office says instead of the computed."""

    number: str
    hall_id: int
    polygon: Polygon
    kind: StandKind = StandKind.SHELL
    zone_id: int | None = None
    price_class: str = ""
    contracted_area: int | None = None
    upper_area: int = 0
    open_sides_set: int | None = None
    for_sale: bool = True
    is_free_of_charge: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShapeFacts:
    """What is no stand, as somebody draws it."""

    kind: ShapeKind
    hall_id: int
    polygon: Polygon
    label_zh: str = ""
    label_en: str = ""


def check_polygon(polygon: Polygon) -> None:
    """Raises Refused where a ring of points is no polygon: crossing itself, without length or area."""
    fault = fault_of(polygon)
    if fault is not None:
        raise Refused("polygon_broken", FAULT_WORDS[fault])


def check_stand(facts: StandFacts) -> None:
    """Raises Refused where a stand cannot be as it is said to be."""
    if not number_fits(facts.number):
        raise Refused(
            "number_invalid",
            N_("%(number)s is not written like a stand number (9.2B29, A01)"),
            number=facts.number,
        )
    check_polygon(facts.polygon)
    if facts.open_sides_set is not None and not 0 <= facts.open_sides_set <= 4:
        raise Refused("sides_invalid", N_("A stand has 0 to 4 open sides"))
    if (facts.contracted_area or 0) < 0 or facts.upper_area < 0:
        raise Refused("area_invalid", N_("An area is not less than 0"))


def check_hall(facts: HallFacts) -> None:
    """Raises Refused where a hall is no hall: less than a metre or more than ten kilometres long."""
    if not all(LEAST_HALL_MM <= side <= FARTHEST_MM for side in (facts.width, facts.depth)):
        raise Refused("hall_size", N_("Enter the hall's width and depth in metres, like 60 and 40"))
