"""The floor plan written out with a fair's set-up, and put into a new fair."""

from __future__ import annotations

from collections.abc import Sequence

from exhibitions.audit import service as audit
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.stands.models import HallPlan, Shape, Stand
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules.plan import normal_number
from exhibitions.stands.rules.plan_document import PlanHall, PlanShape, PlanStand, check_plan
from exhibitions.stands.service.recording import settle, square_cm


def dump_setup(expo: Expo) -> list[PlanHall]:
    """The measured halls with what is drawn in them now; the same plan always gives the same document."""
    zones = {zone.id: zone.code for zone in expo.zones}
    stands, shapes = queries.stands(expo), queries.shapes(expo)
    return [
        PlanHall(
            hall=plan.hall.code,
            width=plan.width,
            depth=plan.depth,
            is_outdoor=plan.is_outdoor,
            stands=[_stand(row, zones) for row in stands if row.hall_id == plan.hall_id],
            shapes=[_shape(row) for row in shapes if row.hall_id == plan.hall_id],
        )
        for plan in queries.hall_plans(expo)
    ]


def _stand(row: Stand, zones: dict[int, str]) -> PlanStand:
    return PlanStand(
        number=row.number,
        corners=list(queries.corners(row.polygon)),
        kind=row.kind,
        zone=zones.get(row.zone_id or 0),
        price_class=row.price_class,
        contracted_area=row.contracted_area,
        upper_area=row.upper_area,
        open_sides=row.open_sides_set,
        for_sale=row.for_sale,
        is_free_of_charge=row.is_free_of_charge,
        note=row.note,
    )


def _shape(row: Shape) -> PlanShape:
    return PlanShape(
        kind=row.kind,
        corners=list(queries.corners(row.polygon)),
        label_zh=row.label_zh,
        label_en=row.label_en,
    )


def load_setup(expo: Expo, halls: Sequence[PlanHall], by: Actor = SYSTEM) -> None:
    """Give a new fair, whose halls and zones are there, the plan of a document. Raises `Refused` like `check_plan`."""
    ids = {hall.code: hall.id for hall in expo.halls}
    zones = {zone.code: zone.id for zone in expo.zones}
    check_plan(halls, list(ids), list(zones))
    for hall in halls:
        hall_id = ids[hall.hall]
        db.session.add(
            HallPlan(
                expo_id=expo.id,
                hall_id=hall_id,
                width=hall.width,
                depth=hall.depth,
                is_outdoor=hall.is_outdoor,
            )
        )
        db.session.add_all(_new_stand(expo, hall_id, stand, zones) for stand in hall.stands)
        db.session.add_all(_new_shape(expo, hall_id, shape) for shape in hall.shapes)
    db.session.flush()
    settle(expo, [ids[hall.hall] for hall in halls])
    if halls:
        count = sum(len(hall.stands) for hall in halls)
        audit.record("stands.imported", by, expo_id=expo.id, after={"added": count})


def _new_stand(expo: Expo, hall_id: int, stand: PlanStand, zones: dict[str, int]) -> Stand:
    polygon = [list(corner) for corner in stand.corners]
    return Stand(
        expo_id=expo.id,
        hall_id=hall_id,
        number=normal_number(stand.number),
        polygon=polygon,
        area=square_cm(polygon),
        kind=stand.kind,
        zone_id=zones[stand.zone] if stand.zone is not None else None,
        price_class=stand.price_class,
        contracted_area=stand.contracted_area,
        upper_area=stand.upper_area,
        open_sides_set=stand.open_sides,
        for_sale=stand.for_sale,
        is_free_of_charge=stand.is_free_of_charge,
        note=stand.note,
    )


def _new_shape(expo: Expo, hall_id: int, shape: PlanShape) -> Shape:
    polygon = [list(corner) for corner in shape.corners]
    return Shape(
        expo_id=expo.id,
        hall_id=hall_id,
        kind=shape.kind,
        polygon=polygon,
        area=square_cm(polygon),
        label_zh=shape.label_zh,
        label_en=shape.label_en,
    )
