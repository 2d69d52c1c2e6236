"""The floor plan as a document has it: halls in mm, stands and shapes with their corners. Never who has which stand,
and never the picture under a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from exhibitions.core.errors import N_, Refused
from exhibitions.stands.rules.facts import HallFacts, StandFacts, check_hall, check_polygon, check_stand
from exhibitions.stands.rules.geometry import MOST_CORNERS, Polygon
from exhibitions.stands.rules.plan import ShapeKind, StandKind, normal_number

MOST_HALLS = 200
MOST_STANDS = 4_000
MOST_SHAPES = 600
_MOST_CM2 = 1_000_000_000
_Corners = Annotated[list[tuple[int, int]], Meta(max_length=MOST_CORNERS)]
_Code = Annotated[str, Meta(max_length=16)]
_Area = Annotated[int, Meta(ge=0, le=_MOST_CM2)]
_Sides = Annotated[int, Meta(ge=0, le=4)]
_Label = Annotated[str, Meta(max_length=100)]


class PlanStand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stand: corners in mm, areas in cm², its zone by code."""

    number: Annotated[str, Meta(max_length=16)]
    corners: _Corners
    kind: StandKind = StandKind.SHELL
    zone: _Code | None = None
    price_class: Annotated[str, Meta(max_length=32)] = ""
    contracted_area: _Area | None = None
    upper_area: _Area = 0
    open_sides: _Sides | None = None
    for_sale: bool = True
    is_free_of_charge: bool = False
    note: Annotated[str, Meta(max_length=300)] = ""


class PlanShape(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is no stand."""

    kind: ShapeKind
    corners: _Corners
    label_zh: _Label = ""
    label_en: _Label = ""


class PlanHall(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A hall, by the code that it has in the fair, and what lies in it."""

    hall: _Code
    width: int
    depth: int
    is_outdoor: bool = False
    stands: Annotated[list[PlanStand], Meta(max_length=MOST_STANDS)] = msgspec.field(default_factory=list)
    shapes: Annotated[list[PlanShape], Meta(max_length=MOST_SHAPES)] = msgspec.field(default_factory=list)


def check_plan(halls: Sequence[PlanHall], codes: Sequence[str], zones: Sequence[str]) -> None:
    """Raises Refused for a hall or zone that the fair has not, a hall or number that is there twice, and for what cannot
    be drawn."""
    seen: set[str] = set()
    for hall in halls:
        check_hall(HallFacts(hall.width, hall.depth))
        if hall.hall not in codes or hall.hall in seen:
            raise Refused("hall_unknown", N_("There is no measured hall “%(text)s”"), text=hall.hall)
        seen.add(hall.hall)
        for shape in hall.shapes:
            check_polygon(ring(shape.corners))
    numbers: set[str] = set()
    for stand in (stand for hall in halls for stand in hall.stands):
        number = normal_number(stand.number)
        check_stand(StandFacts(number, 0, ring(stand.corners)))
        if number in numbers:
            raise Refused("doubled", N_("%(number)s is there twice. The first row counts"), number=number)
        numbers.add(number)
        if stand.zone is not None and stand.zone not in zones:
            raise Refused("zone_unknown", N_("There is no zone “%(text)s”"), text=stand.zone)
    if len(numbers) > MOST_STANDS:
        raise Refused("too_many", N_("A fair has at most %(most)s stands"), most=MOST_STANDS)


def ring(corners: Sequence[tuple[int, int]]) -> Polygon:
    """Corners as the rules take them."""
    return tuple((x, y) for x, y in corners)
