"""Halls measured, stands and shapes drawn, changed and taken off; each deed can be undone (recording.undo).

All raise `NotFound` for a number of another fair, `Conflict` for a stand number that is taken, and `Refused` for what
cannot be.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.stands.models import HallPlan, Shape, Stand
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.queries.of_exhibitors import area_of, sides_of
from exhibitions.stands.rules import facts as rules
from exhibitions.stands.rules.checks import BLOCKING, Found, check_hall, check_numbers, in_order
from exhibitions.stands.rules.facts import SOLD, HallFacts, ShapeFacts, StandFacts
from exhibitions.stands.rules.geometry import Polygon, overlaps
from exhibitions.stands.rules.plan import UNDER_A_STAND
from exhibitions.stands.rules.rows import Laid, Row, lay
from exhibitions.stands.service.recording import begin, keep, rows_of, square_cm
from exhibitions.stands.service.swapping import followed

NOT_THERE = N_("This stand is not on the plan any more")
MANY = frozenset({"kind", "zone_id", "price_class", "for_sale", "is_free_of_charge"})
"""What may be changed of many stands at once."""


@followed
def measure_hall(expo: Expo, hall_id: int, facts: HallFacts, by: Actor) -> HallPlan:
    """Say how large a hall is; the first time gives it a plan."""
    rules.check_hall(facts)
    begin(expo)
    if expos.hall_of(expo, hall_id) is None:
        raise NotFound("not_found", N_("This entry is not there any more."))
    plan = queries.plan_of(expo, hall_id)
    before = rows_of([plan]) if plan else []
    if plan is None:
        plan = HallPlan(expo_id=expo.id, hall_id=hall_id, width=facts.width, depth=facts.depth)
        db.session.add(plan)
    plan.width, plan.depth, plan.is_outdoor = facts.width, facts.depth, facts.is_outdoor
    db.session.flush()
    keep(expo, "hall", before, rows_of([plan]), by)
    return plan


@followed
def draw_stand(expo: Expo, facts: StandFacts, by: Actor) -> Stand:
    """Put a new stand on the plan."""
    rules.check_stand(facts)
    begin(expo)
    _refuse_room(expo, 1)
    _refuse_number(queries.numbers(expo), facts.number)
    _refuse_place(expo, facts.hall_id, [facts.polygon], [facts.number])
    stand = Stand(expo_id=expo.id)
    _fill(stand, facts)
    db.session.add(stand)
    db.session.flush()
    keep(expo, "drawn", [], rows_of([stand]), by)
    return stand


@followed
def change_stand(expo: Expo, stand: Stand, facts: StandFacts, by: Actor, *, sure: bool = False) -> None:
    """Change a stand. Of one that is held or assigned, what was sold with it (place, number, kind, zone, sides, areas) is
    changed only by who is `sure`: the refusal `stand_sold` names the exhibitor."""
    rules.check_stand(facts)
    begin(expo)
    if stand.retired_at is not None:
        raise NotFound("not_found", NOT_THERE)
    taken = queries.numbers(expo)
    if facts.number != stand.number:
        _refuse_number(taken, facts.number)
        if stand.published_at is not None:
            _refuse_renumbering(stand)
    _refuse_place(expo, facts.hall_id, [facts.polygon], [facts.number])
    before = rows_of([stand])
    if not sure and _changes_what_is_sold(stand, facts):
        refuse_sold(expo, [stand], clock.now())
    _fill(stand, facts)
    db.session.flush()
    keep(expo, "changed", before, rows_of([stand]), by)


def _refuse_renumbering(stand: Stand) -> None:
    raise Refused(
        "number_published",
        N_("%(number)s has been published. Take the stand off and draw a new one to give it another number"),
        number=stand.number,
    )


@followed
def change_many(
    expo: Expo, numbers: Collection[str], values: Mapping[str, Any], by: Actor, *, sure: bool = False
) -> int:
    """Give many stands the same kind, zone, price class or sale; says how many there were.

    Another kind or zone of a stand that is held or assigned is given only by who is `sure`; the refusal `stand_sold`
    names the exhibitor.
    """
    begin(expo)
    rows = queries.stands_named(expo, numbers)
    if not sure:
        sold = values.keys() & MANY & set(SOLD)
        refuse_sold(
            expo,
            [row for row in rows if any(getattr(row, name) != values[name] for name in sold)],
            clock.now(),
        )
    before = rows_of(rows)
    for row in rows:
        for name in values.keys() & MANY:
            setattr(row, name, values[name])
    db.session.flush()
    keep(expo, "many_changed", before, rows_of(rows), by)
    return len(rows)


@followed
def remove_stands(expo: Expo, numbers: Collection[str], by: Actor) -> int:
    """Take stands off the plan; says how many. What was published or ever allocated keeps its row and its number.

    Raises `Refused` where one is held or assigned now.
    """
    begin(expo)
    rows = queries.stands_named(expo, numbers)
    held = queries.live(expo, clock.now())
    for row in rows:
        if row.id in held:
            raise Refused(
                "stand_sold",
                N_("%(number)s belongs to %(company)s. Release it before you take it off"),
                number=row.number,
                company=queries.holder_name(held[row.id]),
            )
    before = rows_of(rows)
    used = queries.used_rows(expo, [row.id for row in rows])
    kept = [row for row in rows if row.published_at is not None or row.id in used]
    for row in rows:
        if row in kept:
            row.retired_at = clock.now()
        else:
            db.session.delete(row)
    db.session.flush()
    keep(expo, "removed", before, rows_of(kept), by)
    return len(rows)


@followed
def lay_row(expo: Expo, hall_id: int, row: Row, like: StandFacts, by: Actor) -> list[Stand]:
    """Lay a row of stands on free floor; what else they are (kind, zone, price class) is as of `like`."""
    begin(expo)
    laid = lay(row, queries.numbers(expo).keys())
    _refuse_room(expo, len(laid))
    _refuse_place(expo, hall_id, [one.polygon for one in laid], [one.number for one in laid])
    _refuse_taken_floor(expo, hall_id, laid)
    stands = [_stand_like(expo, hall_id, one, like) for one in laid]
    db.session.add_all(stands)
    db.session.flush()
    keep(expo, "row", [], rows_of(stands), by)
    return stands


def _stand_like(expo: Expo, hall_id: int, laid: Laid, like: StandFacts) -> Stand:
    polygon = [list(point) for point in laid.polygon]
    return Stand(
        expo_id=expo.id,
        hall_id=hall_id,
        number=laid.number,
        polygon=polygon,
        area=square_cm(polygon),
        kind=like.kind,
        zone_id=like.zone_id,
        price_class=like.price_class,
        for_sale=like.for_sale,
    )


def _refuse_taken_floor(expo: Expo, hall_id: int, laid: Sequence[Laid]) -> None:
    there = [queries.lying(stand) for stand in queries.stands(expo, hall_id)]
    for one in laid:
        for other in there:
            if overlaps(one.polygon, other.polygon):
                raise Refused(
                    "floor_taken",
                    N_("%(number)s would lie on %(other)s. Rows are laid on free floor only"),
                    number=one.number,
                    other=other.number,
                )


@followed
def save_shape(expo: Expo, shape: Shape | None, facts: ShapeFacts, by: Actor) -> Shape:
    """Draw or change what is no stand."""
    rules.check_polygon(facts.polygon)
    begin(expo)
    if queries.plan_of(expo, facts.hall_id) is None:
        raise NotFound("not_found", N_("This entry is not there any more."))
    if shape is None and len(queries.shapes(expo, facts.hall_id)) >= queries.MOST_SHAPES:
        raise Refused("too_many", N_("A hall has at most %(most)s of these"), most=queries.MOST_SHAPES)
    before = rows_of([shape]) if shape else []
    shape = shape or Shape(expo_id=expo.id)
    shape.hall_id, shape.kind = facts.hall_id, facts.kind
    shape.polygon = [list(point) for point in facts.polygon]
    shape.area = square_cm(shape.polygon)
    shape.label_zh, shape.label_en = facts.label_zh, facts.label_en
    db.session.add(shape)
    db.session.flush()
    keep(expo, "shape", before, rows_of([shape]), by)
    return shape


@followed
def remove_shape(expo: Expo, shape: Shape, by: Actor) -> None:
    """Take a shape off the plan."""
    begin(expo)
    before = rows_of([shape])
    db.session.delete(shape)
    db.session.flush()
    keep(expo, "shape_removed", before, [], by)


def findings(expo: Expo) -> list[tuple[str, Found, list[int]]]:
    """Everything that is wrong on the plan: the hall's code, the finding, and the rows of the stands it is about."""
    return findings_in(queries.hall_plans(expo), queries.stands(expo), queries.shapes(expo))


def findings_in(
    plans: Sequence[HallPlan], stands: Sequence[Stand], shapes: Sequence[Shape]
) -> list[tuple[str, Found, list[int]]]:
    """The same of a whole plan that has been read: all its halls, the stands on it, and what else lies there."""
    found: list[tuple[str, Found, list[int]]] = []
    for plan in plans:
        rows = [queries.lying(stand) for stand in stands if stand.hall_id == plan.hall_id]
        others = [queries.lying_shape(shape) for shape in shapes if shape.hall_id == plan.hall_id]
        here = check_hall(queries.size_of(plan), rows, others)
        found += [(plan.hall.code, one, [rows[place].id for place in one.places]) for one in here]
    numbers, ids = [stand.number for stand in stands], [stand.id for stand in stands]
    found += [("", one, [ids[place] for place in one.places]) for one in check_numbers(numbers, {}, ids)]
    order = {id(one): place for place, one in enumerate(in_order([one for _, one, _ in found]))}
    return sorted(found, key=lambda each: order[id(each[1])])


def blocking(found: Sequence[tuple[str, Found, list[int]]]) -> list[Found]:
    """Those findings with which a plan is not published."""
    return [one for _, one, _ in found if one.finding in BLOCKING]


def refuse_sold(expo: Expo, stands: Sequence[Stand], now: datetime) -> None:
    """Raises `Refused` naming the exhibitor where one of these is held or assigned."""
    held = queries.live(expo, now)
    for stand in stands:
        if stand.id in held:
            raise Conflict(
                "stand_sold",
                N_("%(number)s belongs to %(company)s. Tick below that it may be changed all the same"),
                number=stand.number,
                company=queries.holder_name(held[stand.id]),
            )


def _changes_what_is_sold(stand: Stand, facts: StandFacts) -> bool:
    was = {name: getattr(stand, name) for name in SOLD}
    was |= {"polygon": queries.corners(stand.polygon), "open_sides_set": sides_of(stand)}
    now = {name: getattr(facts, name) for name in SOLD}
    if facts.open_sides_set is None:
        now["open_sides_set"] = stand.open_sides
    # That the contract says what is drawn changes nothing.
    was["contracted_area"] = area_of(stand)
    now["contracted_area"] = (
        square_cm([list(point) for point in facts.polygon])
        if facts.contracted_area is None
        else facts.contracted_area
    )
    return was != now


def _fill(stand: Stand, facts: StandFacts) -> None:
    polygon = [list(point) for point in facts.polygon]
    if stand.polygon != polygon:
        stand.polygon = polygon
        stand.area = square_cm(polygon)
    for name in (
        *("number", "hall_id", "kind", "zone_id", "price_class", "contracted_area", "upper_area"),
        *("open_sides_set", "for_sale", "is_free_of_charge", "note"),
    ):
        setattr(stand, name, getattr(facts, name))
    stand.version = (stand.version or 0) + 1


def _refuse_number(taken: Mapping[str, int], number: str) -> None:
    if number in taken:
        raise Conflict(
            "number_taken", N_("%(number)s is taken, or was once. Choose another number"), number=number
        )


def _refuse_room(expo: Expo, more: int) -> None:
    if len(queries.numbers(expo)) + more > queries.MOST_STANDS:
        raise Refused("too_many", N_("A fair has at most %(most)s stands"), most=queries.MOST_STANDS)


def _refuse_place(expo: Expo, hall_id: int, polygons: Sequence[Polygon], numbers: Sequence[str]) -> None:
    """Stands lie in a measured hall and cross nothing that must stay free; overlaps are found by the checks."""
    plan = queries.plan_of(expo, hall_id)
    if plan is None:
        raise Refused("hall_unmeasured", N_("Say how large the hall is before you draw stands in it"))
    fixed = [
        queries.lying_shape(shape)
        for shape in queries.shapes(expo, hall_id)
        if shape.kind not in UNDER_A_STAND
    ]
    for polygon, number in zip(polygons, numbers, strict=True):
        across, down = [x for x, _ in polygon], [y for _, y in polygon]
        if min(across) < 0 or min(down) < 0 or max(across) > plan.width or max(down) > plan.depth:
            raise Refused("outside", N_("%(number)s would stand outside the hall"), number=number)
        if any(overlaps(polygon, shape.polygon) for shape in fixed):
            raise Refused(
                "floor_kept", N_("%(number)s would lie on floor that must stay free"), number=number
            )
