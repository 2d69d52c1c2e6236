"""From the ledger to the facts of one decision, and what the decision changes there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from exhibitions.badges.rules import number as badge_number
from exhibitions.gates.queries.scans import BadgeRow, StoredScan
from exhibitions.gates.rules import decision as rules
from exhibitions.gates.rules.presence import IN, OUT, Movement, Presence, presence_at
from exhibitions.gates.rules.setup import BadgeClass, Setup
from exhibitions.gates.service.ledger import Ledger
from exhibitions.gates.service.reading import Read
from exhibitions.gates.service.uploads import ScanItem, Upload

_NO_MOVEMENT = Presence()


class When(NamedTuple):
    """The corrected time of a scan, the fair's day, and since when occupancy counts then."""

    at: datetime
    day: date
    period: datetime


@dataclass(slots=True)
class Judged:
    """The server's own verdict, what counts as admitted, and who was first on the badge's day (after this scan)."""

    verdict: rules.Verdict
    admitted: bool
    badge: BadgeRow | None
    day: date
    period: datetime
    first: tuple[datetime, int] | None = None


def judge(ledger: Ledger, upload: Upload, item: ScanItem, read: Read, when: When) -> Judged:
    """The verdict on one scan by the state at its time. It counts as the device admitted, where the device decided."""
    setup, language = ledger.setup, upload.language
    at, day, period = when
    presence, first = _where(ledger, item, read.badge, when)
    badge_class = setup.classes.get(read.badge.class_id) if read.badge else None
    gate = setup.gates[item.gate]
    facts = rules.Facts(
        reading=read.reading,
        gate=setup.gate_facts(gate, badge_class.key if badge_class else None, at, language),
        zone=_zone_facts(ledger, gate.zone_id, period),
        badge=_badge_facts(setup, read.badge, badge_class, day),
        rules=badge_class.rules if badge_class else None,
        day=day,
        door=setup.door(day, badge_class.key, at) if badge_class else None,
        presence=presence,
        first=rules.First(first[0], setup.gates[first[1]].name.text(language)) if first else None,
        last_gate=setup.gates[presence.last.gate].name.text(language) if presence.last else "",
    )
    override = upload.device.may_override and bool((item.override_reason or "").strip())
    verdict = rules.decide(rules.Asked(at, item.kind, item.direction, item.heads, override), facts)
    admitted = verdict.admitted if item.verdict is None else item.admitted
    return Judged(verdict, admitted, read.badge, day, period, first)


def _where(
    ledger: Ledger, item: ScanItem, badge: BadgeRow | None, when: When
) -> tuple[Presence, tuple[datetime, int] | None]:
    if badge is None:
        return _NO_MOVEMENT, None
    at = when.at
    state = ledger.state(badge.id, when.day, item.as_of is not None)
    presence = presence_at(state.movements, at, when.period)
    if item.as_of is not None:
        return presence, state.earliest()
    if item.verdict is None:
        # Online, the unique row of the badge's day decides who was first; no clock reopens it.
        return presence, state.first
    earlier = [m for m in state.movements if m.direction == IN and (m.at, m.scan_id) < (at, item.scan_id)]
    return presence, (min(earlier).at, min(earlier).gate) if earlier else None


def _zone_facts(ledger: Ledger, zone_id: int, period: datetime) -> rules.ZoneFacts:
    zone = ledger.setup.zones[zone_id]
    return rules.ZoneFacts(zone.limit, zone.on_full, max(0, ledger.levels.get((zone_id, period), 0)))


def _badge_facts(
    setup: Setup, badge: BadgeRow | None, badge_class: BadgeClass | None, day: date
) -> rules.BadgeFacts | None:
    if badge is None:
        return None
    return rules.BadgeFacts(
        voided_at=badge.voided_at,
        new_number=None if badge.replaced_by is None else badge_number.shown(badge.replaced_by),
        cancelled_at=badge.cancelled_at,
        approved_at=badge.approved_at,
        paid_at=badge.paid_at,
        planned_day=_planned_day(setup, badge, day),
        day_only=badge.days == 1,
    )


def _planned_day(setup: Setup, badge: BadgeRow, day: date) -> date | None:
    """The day that the badge is for; of a badge for several days, the scan's own day where it is one of them."""
    if badge.days <= 1 or not setup.calendar.hours:
        return badge.planned_day
    first = min(setup.calendar.hours) + timedelta(days=badge.first_day)
    return day if first <= day < first + timedelta(days=badge.days) else first


def remember(ledger: Ledger, item: ScanItem, judged: Judged, at: datetime) -> None:
    """Let an admitted scan that counts (or a rehearsed one, in its own world) change what the next ones are judged by."""
    zone_id = ledger.setup.gates[item.gate].zone_id
    rehearsed = item.as_of is not None
    if judged.badge is None:
        if not rehearsed:
            _count_heads(ledger, item, zone_id, judged)
        return
    movement = Movement(at, item.scan_id, item.direction, zone_id, item.gate, item.heads)
    ledger.move(judged.badge.id, judged.day, rehearsed, movement)
    if item.direction == IN:
        judged.first = _who_was_first(ledger, item, judged, at)


def _count_heads(ledger: Ledger, item: ScanItem, zone_id: int, judged: Judged) -> None:
    if item.kind == rules.Kind.CLICKER:
        ledger.click(zone_id, judged.period, -item.heads if item.direction == OUT else item.heads)
    elif item.direction == IN:
        ledger.click(zone_id, judged.period, item.heads)


def _who_was_first(
    ledger: Ledger, item: ScanItem, judged: Judged, at: datetime
) -> tuple[datetime, int] | None:
    if judged.badge is None or item.as_of is not None:
        return judged.first or (at, item.gate)
    state = ledger.state(judged.badge.id, judged.day, False)
    if state.first is None:
        state.first = (at, item.gate)
    elif item.verdict is not None and at <= state.first[0]:
        # Offline, the earlier by corrected scan time was first, however late it is handed in.
        state.first = state.earliest()
    return state.first


def forget(ledger: Ledger, target: StoredScan) -> None:
    """Let an undone scan count nowhere: its movement, its minute, its click."""
    ledger.tally(target, sign=-1)
    if not target.admitted:
        return
    if target.badge_id is not None:
        ledger.take_back(target.badge_id, target.day, target.scan_id)
        return
    period = ledger.setup.calendar.frame(target.day).period_start(target.corrected_at)
    sign = 1 if target.direction == OUT else -1
    ledger.click(ledger.setup.gates[target.gate_id].zone_id, period, sign * target.heads)
