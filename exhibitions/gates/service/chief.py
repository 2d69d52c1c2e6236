"""What the gate chief decides: scans in review, today's doors, open-gate mode, rehearsals (check-in.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.expos.models import Expo
from exhibitions.expos.service import setup_changed
from exhibitions.gates.models import DoorMove, OpenGate, Scan
from exhibitions.gates.queries.fair import load_setup
from exhibitions.gates.queries.lists import open_gate_of, scan_of
from exhibitions.gates.rules.presence import IN, OUT, Movement
from exhibitions.gates.service.ledger import Ledger, Wanted, load, write


@dataclass(frozen=True)
class NewHours:
    """Doors of one day in local time; `class_key` names a class's own door, empty the common one."""

    day: date
    opens: time
    closes: time
    last_admission: time | None = None
    class_key: str = ""


def decide_review(expo: Expo, scan_id: str, accept: bool, by: Actor = SYSTEM, reason: str = "") -> Scan:
    """Let a scan in review count, or say that it never will. The raw times stay; deciding twice is refused."""
    scan = scan_of(expo, scan_id)
    if scan is None or scan.review is None:
        raise NotFound("scan_unknown", N_("No such scan waits for a decision."))
    if scan.accepted is not None:
        raise Conflict("decided_already", N_("This scan was decided already."))
    scan.accepted = accept
    db.session.flush()
    if accept and scan.annulled_at is None:
        _let_count(expo, scan)
    audit.record(
        "gates.review_decided",
        by,
        expo_id=expo.id,
        subject=("scan", scan.id),
        after={"accepted": accept},
        reason=reason,
    )
    return scan


def _let_count(expo: Expo, scan: Scan) -> None:
    """Give an accepted scan its place in counters, zones and the badge's day, as if it had come in time."""
    setup = load_setup(expo.id)
    ledger = load(db.session.connection(), setup, Wanted(undone_ids={scan.scan_id}))
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
    # The row itself counts since it was accepted; it is taken out once to see what it changes.
    state.movements = [m for m in state.movements if m.scan_id != scan.scan_id]
    movement = Movement(scan.corrected_at, scan.scan_id, scan.direction, zone_id, scan.gate_id, scan.heads)
    ledger.move(scan.badge_id, scan.day, False, movement)
    if scan.direction == IN and (state.first is None or scan.corrected_at <= state.first[0]):
        state.first = state.earliest()


def move_doors(expo: Expo, hours: NewHours, reason: str, by: Actor = SYSTEM) -> None:
    """Move a day's doors from now on; scans made before keep the old hours. Raises `Refused` without a reason, or for
    a day on which that class has no doors.
    """
    if not reason.strip():
        raise Refused("reason_missing", N_("Say why: it is kept and listed."))
    if (hours.day, hours.class_key) not in load_setup(expo.id).doors:
        raise Refused("no_doors", N_("There are no doors to move on this day."))
    db.session.add(
        DoorMove(
            expo_id=expo.id,
            day=hours.day,
            class_key=hours.class_key,
            door_from=hours.opens,
            door_to=hours.closes,
            last_admission=hours.last_admission,
            moved_at=_present(expo),
            reason=reason.strip(),
        )
    )
    after: dict[str, object] = {"day": str(hours.day), "from": str(hours.opens), "to": str(hours.closes)}
    audit.record("gates.doors_moved", by, expo_id=expo.id, after=after, reason=reason)
    setup_changed(expo)


def start_open_gate(expo: Expo, reason: str, by: Actor = SYSTEM) -> OpenGate:
    """Open-gate mode on: all devices admit and count. Raises `Refused` without a reason, `Conflict` when it is on."""
    if not reason.strip():
        raise Refused("reason_missing", N_("Say why: it is kept and listed."))
    if open_gate_of(expo) is not None:
        raise Conflict("open_already", N_("The gates are open already."))
    period = OpenGate(expo_id=expo.id, started_at=_present(expo), reason=reason.strip(), started_by=by.id)
    db.session.add(period)
    audit.record("gates.open_gate_started", by, expo_id=expo.id, reason=reason)
    setup_changed(expo)
    return period


def end_open_gate(expo: Expo, by: Actor = SYSTEM) -> None:
    """Open-gate mode off; ending it twice changes nothing."""
    period = open_gate_of(expo)
    if period is None:
        return
    period.ended_at = _present(expo)
    audit.record("gates.open_gate_ended", by, expo_id=expo.id)
    setup_changed(expo)


def _present(expo: Expo) -> datetime:
    """Now by the fair's clock, which only a demo's is not the real one."""
    return clock.now() + timedelta(seconds=expo.demo_shift_seconds or 0)


def wipe_rehearsals(expo: Expo, by: Actor = SYSTEM) -> int:
    """Delete all rehearsed scans of the fair, the only ones that may be deleted; returns how many there were."""
    gone = sa.delete(Scan).where(Scan.expo_id == expo.id, Scan.rehearsal_as_of.is_not(None))
    count: int = db.session.connection().execute(gone).rowcount
    audit.record("gates.rehearsals_wiped", by, expo_id=expo.id, after={"scans": count})
    return count
