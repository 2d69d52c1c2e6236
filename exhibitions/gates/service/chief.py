"""What the gate chief decides: scans in review, today's doors, open-gate mode, rehearsals (check-in.md)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time

import sqlalchemy as sa
from msgspec import structs

from exhibitions.audit import service as audit
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import door_facts, present
from exhibitions.expos.rules.setup import DoorFacts, check_door
from exhibitions.expos.service import set_doors, setup_changed
from exhibitions.gates.models import DoorMove, OpenGate, Scan
from exhibitions.gates.queries.fair import load_setup
from exhibitions.gates.queries.lists import moves_of, open_gate_of, scan_of, waiting_of_device
from exhibitions.gates.rules.presence import IN, OUT, Movement
from exhibitions.gates.rules.setup import Hours
from exhibitions.gates.service.ledger import Ledger, Wanted, load, write

MOST_AT_ONCE = 200
_DECIDED = {
    True: N_("This scan was accepted already. It counts."),
    False: N_("This scan was refused already. It does not count."),
}


@dataclass(frozen=True)
class NewHours:
    """Doors of one day in local time; `class_key` names a class's own door, empty the common one."""

    day: date
    opens: time
    closes: time
    last_admission: time | None = None
    class_key: str = ""


def decide_review(expo: Expo, scan_id: str, accept: bool, by: Actor = SYSTEM, reason: str = "") -> Scan:
    """Let a scan in review count, or say that it never will. The raw times stay.

    Raises `NotFound` when no such scan was in review, `Conflict` when it was decided already, whoever did it.
    """
    scan = scan_of(expo, scan_id)
    if scan is None or scan.review is None:
        raise NotFound("scan_unknown", N_("No such scan waits for a decision."))
    ledger = None
    if accept:
        # Badges are locked before scans, as when a scan is taken in: two who lock in turn wait for ever.
        setup = load_setup(expo.id)
        ledger = load(db.session.connection(), setup, Wanted(undone_ids={scan.scan_id}))
    db.session.refresh(scan, with_for_update=True)
    if scan.accepted is not None:
        raise Conflict("decided_already", _DECIDED[scan.accepted])
    scan.accepted = accept
    db.session.flush()
    if ledger is not None and scan.annulled_at is None:
        _let_count(ledger, scan)
    audit.record(
        "gates.review_decided",
        by,
        expo_id=expo.id,
        subject=("scan", scan.id),
        after={"accepted": accept},
        reason=reason,
    )
    return scan


def decide_device(expo: Expo, device_id: int, accept: bool, by: Actor = SYSTEM, reason: str = "") -> int:
    """Decide what waits of one device, at most `MOST_AT_ONCE` scans; returns how many were decided.

    What a colleague decides meanwhile stays as it is.
    """
    decided = 0
    for scan in waiting_of_device(expo, device_id, MOST_AT_ONCE):
        with suppress(Conflict):
            decide_review(expo, scan.scan_id, accept, by, reason)
            decided += 1
    return decided


def _let_count(ledger: Ledger, scan: Scan) -> None:
    """Give an accepted scan its place in counters, zones and the badge's day, as if it had come in time."""
    ledger.tally(scan)
    if scan.admitted:
        _move(ledger, scan)
    write(ledger)


def _move(ledger: Ledger, scan: Scan) -> None:
    zone_id = ledger.setup.gates[scan.gate_id].zone_id
    if scan.badge_id is None:
        period = ledger.setup.calendar.frame(scan.day).period_start(scan.corrected_at)
        ledger.click(zone_id, period, -scan.heads if scan.direction == OUT else scan.heads)
        return
    state = ledger.state(scan.badge_id, scan.day, False)
    movement = Movement(scan.corrected_at, scan.scan_id, scan.direction, zone_id, scan.gate_id, scan.heads)
    ledger.move(scan.badge_id, scan.day, False, movement)
    if scan.direction == IN and (state.first is None or scan.corrected_at <= state.first[0]):
        state.first = state.earliest()


def move_doors(expo: Expo, hours: NewHours, reason: str, by: Actor = SYSTEM) -> bool:
    """Move a day's doors from now on; scans made before keep the old hours. False when they stand like that already.

    A class that shares the common door gets one of its own. Raises `Refused` without a reason, for hours that cannot
    be, or for a day on which that class has no doors.
    """
    _say_why(reason)
    facts = DoorFacts(
        class_key=hours.class_key,
        door_from=hours.opens,
        door_to=hours.closes,
        last_admission=hours.last_admission,
    )
    check_door(facts, expo.cutoff_hour)
    doors = load_setup(expo.id).doors
    if (hours.day, hours.class_key) not in doors and not _give_own_door(expo, hours, by):
        raise Refused("no_doors", N_("There are no doors to move on this day."))
    now = _hours_now(expo, hours)
    if now == Hours(hours.opens, hours.closes, hours.last_admission):
        return False
    _add_move(expo, hours, present(expo), reason)
    after: dict[str, object] = {
        "day": str(hours.day),
        "class": hours.class_key,
        "from": str(hours.opens),
        "to": str(hours.closes),
        "last": str(hours.last_admission or ""),
    }
    before: dict[str, object] = {"from": str(now.opens), "to": str(now.closes)}
    audit.record("gates.doors_moved", by, expo_id=expo.id, before=before, after=after, reason=reason)
    setup_changed(expo)
    return True


def move_all_doors(expo: Expo, hours: NewHours, reason: str, by: Actor = SYSTEM) -> int:
    """Move every door of a day to the same hours; returns how many stood otherwise. Raises like `move_doors`."""
    keys = sorted(key for day, key in load_setup(expo.id).doors if day == hours.day)
    if not keys:
        raise Refused("no_doors", N_("There are no doors to move on this day."))
    return sum(move_doors(expo, replace(hours, class_key=key), reason, by) for key in keys)


def _hours_now(expo: Expo, hours: NewHours) -> Hours:
    setup, now = load_setup(expo.id), present(expo)
    place = (hours.day, hours.class_key)
    moved = [move.hours for move in setup.moves.get(place, ()) if move.since <= now]
    return moved[-1] if moved else setup.doors[place]


def _give_own_door(expo: Expo, hours: NewHours, by: Actor) -> bool:
    """Part a class from the common door, with the same hours and the same moves behind it; False where there is none."""
    setup = load_setup(expo.id)
    day = next((day for day in expo.days if day.date == hours.day), None)
    is_class = any(hours.class_key == one.key for one in setup.classes.values())
    if day is None or not is_class or (hours.day, "") not in setup.doors:
        return False
    common = next(door for door in day.doors if door.class_key == "")
    doors = [door_facts(door) for door in day.doors]
    set_doors(expo, day, [*doors, structs.replace(door_facts(common), class_key=hours.class_key)], by)
    for move in moves_of(expo, hours.day, ""):
        was = NewHours(hours.day, move.door_from, move.door_to, move.last_admission, hours.class_key)
        _add_move(expo, was, move.moved_at, move.reason)
    return True


def _add_move(expo: Expo, hours: NewHours, at: datetime, reason: str) -> None:
    db.session.add(
        DoorMove(
            expo_id=expo.id,
            day=hours.day,
            class_key=hours.class_key,
            door_from=hours.opens,
            door_to=hours.closes,
            last_admission=hours.last_admission,
            moved_at=at,
            reason=reason.strip(),
        )
    )
    db.session.flush()


def start_open_gate(expo: Expo, reason: str, by: Actor = SYSTEM) -> OpenGate:
    """Open-gate mode on: all devices admit and count. Raises `Refused` without a reason, `Conflict` when it is on."""
    _say_why(reason)
    # Raising the version locks the fair: of two who start at once, the second sees the first one's period.
    setup_changed(expo)
    if open_gate_of(expo) is not None:
        raise Conflict("open_already", N_("The gates are open already."))
    period = OpenGate(expo_id=expo.id, started_at=present(expo), reason=reason.strip(), started_by=by.id)
    db.session.add(period)
    db.session.flush()
    audit.record(
        "gates.open_gate_started", by, expo_id=expo.id, subject=("open_gate", period.id), reason=reason
    )
    return period


def end_open_gate(expo: Expo, by: Actor = SYSTEM) -> bool:
    """Open-gate mode off; ending it twice changes nothing and gives False."""
    period = open_gate_of(expo)
    if period is None:
        return False
    setup_changed(expo)
    db.session.refresh(period)
    if period.ended_at is not None:
        return False
    period.ended_at = present(expo)
    audit.record("gates.open_gate_ended", by, expo_id=expo.id, subject=("open_gate", period.id))
    return True


def _say_why(reason: str) -> None:
    if not reason.strip():
        raise Refused("reason_missing", N_("Say why: it is kept and listed."))


def wipe_rehearsals(expo: Expo, by: Actor = SYSTEM) -> int:
    """Delete all rehearsed scans of the fair, the only ones that may be deleted; returns how many there were."""
    gone = sa.delete(Scan).where(Scan.expo_id == expo.id, Scan.rehearsal_as_of.is_not(None))
    count: int = db.session.connection().execute(gone).rowcount
    if count:
        audit.record("gates.rehearsals_wiped", by, expo_id=expo.id, after={"scans": count})
    return count
