"""The plan goes with the fair's set-up into its document and into a copy, without anybody's stand (O2)."""

from __future__ import annotations

from typing import Any

import pytest

from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.expos import queries as expos
from exhibitions.portal.service import document
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules.facts import HallFacts, ShapeFacts, StandFacts
from exhibitions.stands.rules.geometry import rectangle
from exhibitions.stands.rules.plan import ShapeKind
from exhibitions.stands.rules.plan_document import MOST_STANDS, PlanHall, PlanShape, PlanStand, check_plan
from exhibitions.stands.service import drawing
from tests.factories import make_expo

CORNERS = [(0, 0), (3000, 0), (3000, 3000), (0, 3000)]


def test_a_copy_has_the_plan(context: None) -> None:
    make_expo()
    expo = expos.expo_by_slug("8th")
    assert expo is not None
    hall = expo.halls[0].id
    with transaction():
        drawing.measure_hall(expo, hall, HallFacts(60_000, 40_000), SYSTEM)
        stand = StandFacts(
            "A01", hall, rectangle(6_000, 6_000, 3_000, 3_000), zone_id=expo.zones[0].id, note="近舞台"
        )
        drawing.draw_stand(expo, stand, SYSTEM)
        stage = ShapeFacts(ShapeKind.STAGE, hall, rectangle(20_000, 0, 5_000, 3_000), "主舞台")
        drawing.save_shape(expo, None, stage, SYSTEM)
    text = document.write(expo)
    with transaction():
        copy = document.create(document.read(text.encode()), "copy")
    assert document.write(copy) == text.replace('"slug": "8th"', '"slug": "copy"', 1)
    assert [(row.number, row.open_sides, row.note) for row in queries.stands(copy)] == [("A01", 4, "近舞台")]
    with pytest.raises(Refused), transaction():
        document.create(document.read(text.replace('"A01"', '"展位"').encode()), "other")


def stand(number: str = "A01", **facts: Any) -> PlanStand:
    return PlanStand(number=number, corners=facts.pop("corners", CORNERS), **facts)


def hall(code: str = "1", width: int = 60_000, **facts: Any) -> PlanHall:
    return PlanHall(hall=code, width=width, depth=40_000, **facts)


@pytest.mark.parametrize(
    ("halls", "code"),
    [
        ([hall("9")], "hall_unknown"),
        ([hall(), hall()], "hall_unknown"),
        ([hall(width=0)], "hall_size"),
        ([hall(stands=[stand("展位")])], "number_invalid"),
        ([hall(stands=[stand(corners=CORNERS[:2])])], "polygon_broken"),
        ([hall(stands=[stand(), stand("a01")])], "doubled"),
        ([hall(stands=[stand(zone="Z")])], "zone_unknown"),
        ([hall(shapes=[PlanShape(kind=ShapeKind.EXIT, corners=CORNERS[:2])])], "polygon_broken"),
        ([hall(stands=[stand(f"A{place}") for place in range(MOST_STANDS + 1)])], "too_many"),
    ],
)
def test_plans_that_cannot_be(halls: list[PlanHall], code: str) -> None:
    with pytest.raises(Refused, match=code):
        check_plan(halls, ["1"], [])


def test_a_plan_that_can_be() -> None:
    check_plan([hall(stands=[stand(), stand("A02", zone="Z")]), hall("2")], ["1", "2"], ["Z"])
