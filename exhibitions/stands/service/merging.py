"""Merging stands and taking them apart, with what becomes of those who hold them (exhibitors-stands.md §3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.exhibitors.rules.states import UNDER_CONTRACT, State
from exhibitions.exhibitors.service.moving import lock
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation, Stand
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules import merging as rules
from exhibitions.stands.rules.allocation import EndReason
from exhibitions.stands.rules.geometry import Polygon, overlaps
from exhibitions.stands.rules.merging import Cut
from exhibitions.stands.rules.plan import UNDER_A_STAND
from exhibitions.stands.service.assigning import record
from exhibitions.stands.service.holding import add, end, without_stand
from exhibitions.stands.service.recording import begin, keep, rows_of, square_cm
from exhibitions.stands.service.swapping import followed

MM2_IN_CM2 = 100
_BOUND = UNDER_CONTRACT | {State.ACCEPTED}
"""Who has ordered its stand: nothing of it is taken away by the way."""


@dataclass(frozen=True, slots=True)
class _Part:
    number: str
    hall_id: int
    polygon: Polygon
    contracted_mm2: int | None
    quota: int | None
    holder: int | None


@followed
def merge(expo: Expo, numbers: Collection[str], surviving: str, by: Actor) -> Stand:
    """Make one stand of several that touch, under one of their numbers; the others leave the plan and can come back.

    Of stands of one exhibitor the surviving one stays the exhibitor's; what the exhibitor had of the others ends. Areas of
    both storeys are sums, the open sides are derived anew, whatever was set by hand for the smaller stand.
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
            _end(held.get(row.id), row, EndReason.MERGED, by)
    stays.polygon = [list(point) for point in whole.polygon]
    stays.area = square_cm(stays.polygon)
    stays.contracted_area = None if whole.contracted_mm2 is None else whole.contracted_mm2 // MM2_IN_CM2
    stays.upper_area = sum(row.upper_area for row in rows)
    stays.open_sides_set = None
    db.session.flush()
    keep(expo, "merged", before, rows_of(rows), by)
    return stays


@followed
def split(
    expo: Expo, stand: Stand, widths: Sequence[int], numbers: Sequence[str], stay: Collection[str], by: Actor
) -> list[Stand]:
    """Cut a stand into parts of `widths` mm; parts that were merged into it come back under their old numbers.

    What somebody holds of the whole ends; of each part whose number is in `stay` the same exhibitor gets a hold or an
    assignment of its own, with the same end (§3 rule 4). Who has ordered the whole keeps every part: raises `Conflict`
    naming the exhibitor else, and `Refused` for a number in `stay` that is no part. Parts that come back as they were bring their areas of contract
    and upper storey with them, and the stand keeps the rest.
    """
    begin(expo)
    if stand.retired_at is not None:
        raise NotFound("not_found", N_("This stand is not on the plan any more"))
    old = {part.number: part for part in queries.parts_of(expo, stand)}
    held = queries.live(expo, clock.now()).get(stand.id)
    if held is not None:
        lock(held.exhibitor)
    cuts = rules.split(_part(stand, held), widths, numbers, queries.numbers(expo).keys() - old.keys())
    if held is not None:
        _refuse_taking(held, stand, numbers, stay)
    before = rows_of([stand, *(part for number, part in old.items() if number in numbers)])
    rows = [_row(expo, stand, old, cut) for cut in cuts]
    db.session.add_all(rows)
    _keep_the_rest(stand, rows)
    db.session.flush()
    if held is not None:
        _end(held, stand, EndReason.REDUCED, by)
        for row in rows:
            if row.number in stay:
                _again(expo, held, row, by)
        without_stand(expo, held.exhibitor, by)
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
    was = row.area
    row.polygon = [list(point) for point in cut.polygon]
    row.area = square_cm(row.polygon)
    if row is not whole and row.area != was:
        row.contracted_area, row.upper_area = None, 0
    row.merged_into_id, row.retired_at = None, None
    return row


def _keep_the_rest(whole: Stand, rows: Sequence[Stand]) -> None:
    others = [row for row in rows if row is not whole]
    whole.upper_area = max(0, whole.upper_area - sum(row.upper_area or 0 for row in others))
    whole.open_sides_set = None
    if whole.contracted_area is None:
        return
    rest = whole.contracted_area - sum(row.contracted_area or 0 for row in others)
    # Of a part that is new nobody has agreed anything yet, so the rest is nobody's word either.
    agreed = all(row.contracted_area is not None for row in others)
    whole.contracted_area = rest if agreed and rest > 0 else None


def _refuse_floor(expo: Expo, hall_id: int, polygon: Polygon, number: str) -> None:
    """A merge across what must stay free is refused."""
    for shape in queries.shapes(expo, hall_id):
        if shape.kind not in UNDER_A_STAND and overlaps(polygon, queries.corners(shape.polygon)):
            raise Refused(
                "floor_kept", N_("%(number)s would lie on floor that must stay free"), number=number
            )


def _refuse_taking(held: Allocation, stand: Stand, numbers: Sequence[str], stay: Collection[str]) -> None:
    other = next((number for number in stay if number not in numbers), None)
    if other is not None:
        raise Refused("stay_unknown", N_("%(number)s is none of the parts"), number=other)
    if held.exhibitor.state in _BOUND and set(numbers) - set(stay):
        raise Conflict(
            "stand_sold",
            N_("%(number)s is ordered by %(company)s: every part stays with this exhibitor"),
            number=stand.number,
            company=queries.holder_name(held),
        )


def _end(allocation: Allocation | None, stand: Stand, why: EndReason, by: Actor) -> None:
    if allocation is None:
        return
    # What was agreed about the area of the whole is dealt out to the parts, or goes into the sum.
    allocation.area_before = None
    end(allocation, why, clock.now())
    record("stands.allocation_ended", by, allocation, stand, reason=why.value)


def _again(expo: Expo, old: Allocation, stand: Stand, by: Actor) -> None:
    new = add(expo, old.exhibitor, stand, old.kind, by, clock.now(), until=old.until)
    new.person_id = old.person_id
    record("stands.allocation_split", by, new, stand)
