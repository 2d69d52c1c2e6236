"""Merging stands and taking them apart, with what becomes of those who hold them (exhibitors-stands.md §3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound, Refused
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation, Stand
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules import merging as rules
from exhibitions.stands.rules.allocation import EndReason
from exhibitions.stands.rules.geometry import Polygon, overlaps
from exhibitions.stands.rules.merging import Cut
from exhibitions.stands.rules.plan import UNDER_A_STAND
from exhibitions.stands.service.recording import begin, keep, rows_of, square_cm

MM2_IN_CM2 = 100


@dataclass(frozen=True, slots=True)
class _Part:
    number: str
    hall_id: int
    polygon: Polygon
    contracted_mm2: int | None
    quota: int | None
    holder: int | None


def merge(expo: Expo, numbers: Collection[str], surviving: str, by: Actor) -> Stand:
    """Make one stand of several that touch, under one of their numbers; the others leave the plan and can come back.

    Of stands of one exhibitor the surviving one stays the exhibitor's; what the exhibitor had of the others ends.
    """
    begin(expo)
    rows = queries.stands_named(expo, numbers)
    if len(rows) < len(set(numbers)):
        raise NotFound("not_found", N_("This stand is not on the plan any more"))
    held = queries.live(expo, clock.now())
    whole = rules.merged([_part(row, held.get(row.id)) for row in rows], surviving)
    if len({held[row.id].kind for row in rows if row.id in held}) > 1:
        raise Refused(
            "holders_differ",
            N_("One of these stands is held and another assigned. Assign them both before you merge them"),
        )
    _refuse_floor(expo, rows[0].hall_id, whole.polygon, surviving)
    before = rows_of(rows)
    stays = next(row for row in rows if row.number == surviving)
    for row in rows:
        if row is not stays:
            row.merged_into_id, row.retired_at = stays.id, clock.now()
            _end(held.get(row.id), EndReason.MERGED, by)
    stays.polygon = [list(point) for point in whole.polygon]
    stays.area = square_cm(stays.polygon)
    stays.contracted_area = None if whole.contracted_mm2 is None else whole.contracted_mm2 // MM2_IN_CM2
    db.session.flush()
    keep(expo, "merged", before, rows_of(rows), by)
    return stays


def split(
    expo: Expo, stand: Stand, widths: Sequence[int], numbers: Sequence[str], stay: Collection[str], by: Actor
) -> list[Stand]:
    """Cut a stand into parts of `widths` mm; parts that were merged into it come back under their old numbers.

    What somebody holds of the whole ends; of each part whose number is in `stay` the same exhibitor gets a hold or an
    assignment of its own, with the same end (§3 rule 4).
    """
    begin(expo)
    if stand.retired_at is not None:
        raise NotFound("not_found", N_("This stand is not on the plan any more"))
    old = {part.number: part for part in queries.parts_of(expo, stand)}
    held = queries.live(expo, clock.now()).get(stand.id)
    cuts = rules.split(_part(stand, held), widths, numbers, queries.numbers(expo).keys() - old.keys())
    before = rows_of([stand, *(part for number, part in old.items() if number in numbers)])
    rows = [_row(expo, stand, old, cut) for cut in cuts]
    db.session.add_all(rows)
    stand.contracted_area = None
    db.session.flush()
    if held is not None:
        _end(held, EndReason.REDUCED, by)
        db.session.flush()
        for row in rows:
            if row.number in stay:
                _again(expo, held, row, by)
    keep(expo, "split", before, rows_of(rows), by)
    return rows


def _part(row: Stand, allocation: Allocation | None) -> _Part:
    contracted = row.contracted_area if row.contracted_area is not None else None
    return _Part(
        row.number,
        row.hall_id,
        queries.corners(row.polygon),
        None if contracted is None else contracted * MM2_IN_CM2,
        None,
        allocation.exhibitor_id if allocation else None,
    )


def _row(expo: Expo, whole: Stand, old: dict[str, Stand], cut: Cut) -> Stand:
    row = whole if cut.number == whole.number else old.get(cut.number)
    if row is None:
        row = Stand(expo_id=expo.id, hall_id=whole.hall_id, number=cut.number)
        for name in ("kind", "zone_id", "price_class", "for_sale", "is_free_of_charge"):
            setattr(row, name, getattr(whole, name))
    row.polygon = [list(point) for point in cut.polygon]
    row.area = square_cm(row.polygon)
    row.merged_into_id, row.retired_at = None, None
    return row


def _refuse_floor(expo: Expo, hall_id: int, polygon: Polygon, number: str) -> None:
    """A merge across what must stay free is refused."""
    for shape in queries.shapes(expo, hall_id):
        if shape.kind not in UNDER_A_STAND and overlaps(polygon, queries.corners(shape.polygon)):
            raise Refused(
                "floor_kept", N_("%(number)s would lie on floor that must stay free"), number=number
            )


def _end(allocation: Allocation | None, why: EndReason, by: Actor) -> None:
    if allocation is None:
        return
    allocation.ended_at, allocation.end_reason = clock.now(), why
    audit.record(
        "stands.allocation_ended",
        by,
        expo_id=allocation.expo_id,
        subject=("stand", allocation.stand_id),
        after={"exhibitor_id": allocation.exhibitor_id, "reason": why.value},
    )


def _again(expo: Expo, old: Allocation, stand: Stand, by: Actor) -> None:
    db.session.add(
        Allocation(
            expo_id=expo.id,
            stand_id=stand.id,
            exhibitor_id=old.exhibitor_id,
            kind=old.kind,
            since=clock.now(),
            until=old.until,
            user_id=by.id if by.kind == "user" else None,
            person_id=old.person_id,
        )
    )
    audit.record(
        "stands.allocation_split",
        by,
        expo_id=expo.id,
        subject=("stand", stand.id),
        after={"exhibitor_id": old.exhibitor_id, "kind": old.kind.value},
    )
