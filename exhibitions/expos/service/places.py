"""Units, days with their doors, halls, zones and gates: adding, changing and removing them.

Each `save_` adds a row when it is given no number, and changes the row of this fair with that number otherwise. Every
change is written down and raises the fair's set-up version. All raise `NotFound` for a number of another fair,
`Conflict` for a code or day that is taken, and `Refused` for what cannot be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from exhibitions.audit import service as audit
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.expos import queries
from exhibitions.expos.models import Door, Expo, ExpoDay, Gate, Hall, Unit, Zone
from exhibitions.expos.rules.setup import (
    MOST_PARTS,
    DayFacts,
    DoorFacts,
    GateFacts,
    HallFacts,
    UnitFacts,
    ZoneFacts,
    check_code,
    check_day,
    check_door,
    check_named,
)
from exhibitions.expos.service.changes import assign, flush
from exhibitions.expos.service.creation import setup_changed

Part = TypeVar("Part", Unit, ExpoDay, Hall, Zone, Gate)


def save_unit(expo: Expo, unit_id: int | None, facts: UnitFacts, by: Actor = SYSTEM) -> Unit:
    """Add or change an organising unit."""
    check_named(facts)
    unit = _row(expo, Unit, unit_id)
    names = ("role", "name_zh", "name_en", "position")
    return _save(expo, unit, {name: getattr(facts, name) for name in names}, _taken(), by)


def save_hall(expo: Expo, hall_id: int | None, facts: HallFacts, by: Actor = SYSTEM) -> Hall:
    """Add or change a hall."""
    check_code(facts.code)
    check_named(facts)
    names = ("code", "name_zh", "name_en", "position")
    values = {name: getattr(facts, name) for name in names}
    return _save(expo, _row(expo, Hall, hall_id), values, _taken(facts.code), by)


def save_zone(expo: Expo, zone_id: int | None, facts: ZoneFacts, by: Actor = SYSTEM) -> Zone:
    """Add or change a zone; its hall is named by code."""
    check_code(facts.code)
    check_named(facts)
    hall = queries.hall_by_code(expo, facts.hall) if facts.hall is not None else None
    if facts.hall is not None and hall is None:
        raise Refused("hall_unknown", N_("There is no hall with the code %(wanted)s."), wanted=facts.hall)
    values: dict[str, object] = {
        name: getattr(facts, name) for name in facts.__struct_fields__ if name != "hall"
    }
    values["hall_id"] = hall.id if hall is not None else None
    return _save(expo, _row(expo, Zone, zone_id), values, _taken(facts.code), by)


def save_gate(expo: Expo, gate_id: int | None, facts: GateFacts, by: Actor = SYSTEM) -> Gate:
    """Add or change a gate; its zone is named by code."""
    check_code(facts.code)
    check_named(facts)
    zone = queries.zone_by_code(expo, facts.zone)
    if zone is None:
        raise Refused("zone_unknown", N_("There is no zone with the code %(wanted)s."), wanted=facts.zone)
    values: dict[str, object] = {
        name: getattr(facts, name) for name in facts.__struct_fields__ if name != "zone"
    }
    values["zone_id"] = zone.id
    return _save(expo, _row(expo, Gate, gate_id), values, _taken(facts.code), by)


def save_day(expo: Expo, day_id: int | None, facts: DayFacts, by: Actor = SYSTEM) -> ExpoDay:
    """Add or change a day; its doors become exactly those of `facts`."""
    check_day(facts, expo.cutoff_hour)
    for door in facts.doors:
        check_door(door, expo.cutoff_hour)
    names = ("date", "kind", "official_from", "official_to")
    day = _row(expo, ExpoDay, day_id)
    refusal = Conflict("day_taken", N_("This day is already in the list."))
    day = _save(expo, day, {name: getattr(facts, name) for name in names}, refusal, by)
    set_doors(expo, day, facts.doors, by)
    return day


def set_doors(expo: Expo, day: ExpoDay, doors: list[DoorFacts], by: Actor = SYSTEM) -> None:
    """Give a day exactly these doors; raises `Refused` when a class has two."""
    wanted = {door.class_key: door for door in doors}
    if len(wanted) < len(doors):
        raise Refused("door_twice", N_("A class of badge has one door a day"))
    before, after = _doors(day), [wanted[key] for key in sorted(wanted)]
    if before == after:
        return
    day.doors.clear()
    # The old rows go before the new ones come: a class has one door a day.
    db.session.flush()
    names = DoorFacts.__struct_fields__
    day.doors.extend(Door(expo_id=expo.id, **{name: getattr(door, name) for name in names}) for door in after)
    db.session.flush()
    setup_changed(expo)
    told = [{name: getattr(door, name) for name in names} for door in after]
    was = [{name: getattr(door, name) for name in names} for door in before]
    whose = ("day", day.id)
    audit.record(
        "expos.doors_changed",
        by,
        expo_id=expo.id,
        subject=whose,
        before={"doors": was},
        after={"doors": told},
    )


def _doors(day: ExpoDay) -> list[DoorFacts]:
    return sorted((queries.door_facts(door) for door in day.doors), key=lambda door: door.class_key)


def copy_doors(expo: Expo, day_id: int, by: Actor = SYSTEM) -> int:
    """Give every other day of the same kind the doors of this day; says how many days that were."""
    day = _row(expo, ExpoDay, day_id)
    others = [other for other in expo.days if other.kind is day.kind and other.id != day.id]
    for other in others:
        set_doors(expo, other, _doors(day), by)
    return len(others)


def remove_unit(expo: Expo, unit_id: int, by: Actor = SYSTEM) -> None:
    """Take an organising unit off the fair's papers."""
    _remove(expo, _row(expo, Unit, unit_id), _taken(), by)


def remove_day(expo: Expo, day_id: int, by: Actor = SYSTEM) -> None:
    """Remove a day with its doors."""
    _remove(expo, _row(expo, ExpoDay, day_id), _taken(), by)


def remove_hall(expo: Expo, hall_id: int, by: Actor = SYSTEM) -> None:
    """Remove a hall; its zones stay, without a hall."""
    _remove(expo, _row(expo, Hall, hall_id), _taken(), by)


def remove_zone(expo: Expo, zone_id: int, by: Actor = SYSTEM) -> None:
    """Remove a zone; raises `Conflict` while a gate leads into it."""
    refusal = Conflict("zone_used", N_("A gate leads into this zone. Give the gate another zone first."))
    _remove(expo, _row(expo, Zone, zone_id), refusal, by)


def remove_gate(expo: Expo, gate_id: int, by: Actor = SYSTEM) -> None:
    """Remove a gate; raises `Conflict` once it has scans, which are facts and must keep their place."""
    refusal = Conflict("gate_used", N_("This gate has scans and must stay. Rename it instead."))
    _remove(expo, _row(expo, Gate, gate_id), refusal, by)


_FIND: Mapping[type, Callable[[Expo, int], object]] = {
    Unit: queries.unit_of,
    ExpoDay: queries.day_of,
    Hall: queries.hall_of,
    Zone: queries.zone_of,
    Gate: queries.gate_of,
}


def _row(expo: Expo, kind: type[Part], number: int | None) -> Part:
    if number is None:
        count = queries.count_parts(expo, kind)
        if count >= MOST_PARTS:
            raise Refused("too_many_parts", N_("A list holds at most %(most)s entries."), most=MOST_PARTS)
        return kind(expo_id=expo.id)
    row = _FIND[kind](expo, number)
    if not isinstance(row, kind):
        raise NotFound("not_found", N_("This entry is not there any more."))
    return row


def _taken(code: str = "") -> Conflict:
    return Conflict("code_taken", N_("The code %(wanted)s is already used in this fair."), wanted=code)


def _save(expo: Expo, row: Part, values: Mapping[str, object], refusal: Refused, by: Actor) -> Part:
    is_new = row.id is None
    before, after = assign(row, values)
    if not after and not is_new:
        return row
    db.session.add(row)
    flush(refusal)
    _tell(expo, row, "added" if is_new else "changed", by, before if not is_new else None, after)
    return row


def _remove(expo: Expo, row: Unit | ExpoDay | Hall | Zone | Gate, refusal: Refused, by: Actor) -> None:
    before = {
        name: getattr(row, name) for name in ("code", "date", "name_zh", "name_en") if hasattr(row, name)
    }
    _tell(expo, row, "removed", by, before, None)
    db.session.delete(row)
    flush(refusal)


def _tell(
    expo: Expo,
    row: Unit | ExpoDay | Hall | Zone | Gate,
    verb: str,
    by: Actor,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
) -> None:
    setup_changed(expo)
    db.session.expire(expo, ["units", "days", "halls", "zones", "gates"])
    kind = {Unit: "unit", ExpoDay: "day", Hall: "hall", Zone: "zone", Gate: "gate"}[type(row)]
    audit.record(
        f"expos.{kind}_{verb}", by, expo_id=expo.id, subject=(kind, row.id), before=before, after=after
    )
