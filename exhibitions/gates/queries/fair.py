"""The fair's set-up as gates see it, read anew only when it has changed."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import date, timedelta
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from exhibitions.badges import queries as badges
from exhibitions.badges.models import BadgeClass
from exhibitions.badges.rules.classes import is_visitor
from exhibitions.core.db import db
from exhibitions.exhibitors.rules.staff import AUDIENCES
from exhibitions.exhibitors.service.centre import centre_of
from exhibitions.expos.models import Door, Expo, ExpoDay, Gate, Zone
from exhibitions.gates.models import DoorMove, OpenGate
from exhibitions.gates.rules import setup as rules
from exhibitions.gates.rules.decision import ClassFacts
from exhibitions.gates.rules.nights import Hours, windows
from exhibitions.gates.rules.timing import Calendar, Interval

# A change that forgot to raise the version of the set-up is noticed after so many seconds all the same.
_OLD_AFTER = 5.0
_Cache = dict[int, tuple[int, float, rules.Setup]]
_caches: WeakKeyDictionary[Engine, _Cache] = WeakKeyDictionary()


def setup_of(expo_id: int, version: int) -> rules.Setup:
    """The set-up of the fair at this `setup_version`; at most five seconds old, from memory where possible."""
    cache = _caches.setdefault(db.engine, {})
    known = cache.get(expo_id)
    now = time.monotonic()
    if known is not None and known[0] == version and now - known[1] < _OLD_AFTER:
        return known[2]
    fresh = load_setup(expo_id)
    cache[expo_id] = (version, now, fresh)
    return fresh


def load_setup(expo_id: int) -> rules.Setup:
    """The set-up of the fair as it stands in the store now."""
    expo = db.session.get_one(Expo, expo_id)
    calendar = _calendar(expo)
    nights = _nights(expo, calendar)
    # Windows of passes may begin before the first day that the calendar has.
    begins = [calendar.begins(), *(windows[0].start for windows in nights.values() if windows)]
    periods = sa.select(OpenGate.started_at, OpenGate.ended_at).where(OpenGate.expo_id == expo_id)
    return rules.Setup(
        expo_id=expo.id,
        fair_code=expo.code,
        calendar=calendar,
        begins=min((each for each in begins if each is not None), default=None),
        gates=_gates(expo_id),
        zones=_zones(expo_id),
        classes=_classes(expo_id),
        doors=_doors(expo_id),
        moves=_moves(expo_id),
        open_gates=tuple((start, end) for start, end in db.session.execute(periods)),
        keys=badges.public_keys(),
        shift=timedelta(seconds=expo.demo_shift_seconds or 0),
        nights=nights,
    )


def _nights(expo: Expo, calendar: Calendar) -> dict[str, tuple[Interval, ...]]:
    """The hours of passes that the exhibitor's centre has set up, for the classes that wear them."""
    kinds = {AUDIENCES[kind]: window for kind, window in centre_of(expo).windows.items()}
    if not kinds:
        return {}
    found = sa.select(BadgeClass.key, BadgeClass.audience).where(
        BadgeClass.expo_id == expo.id, BadgeClass.audience.in_(kinds)
    )
    hours = {
        key: Hours(kinds[audience].start, kinds[audience].end, kinds[audience].first, kinds[audience].last)
        for key, audience in db.session.execute(found)
    }
    return {key: windows(each, calendar.hours, calendar.zone) for key, each in hours.items()}


def _calendar(expo: Expo) -> Calendar:
    days = sa.select(ExpoDay.date, ExpoDay.official_from, ExpoDay.official_to).where(
        ExpoDay.expo_id == expo.id
    )
    hours = {
        day: None if opens is None or closes is None else (opens, closes)
        for day, opens, closes in db.session.execute(days)
    }
    return Calendar(expo.timezone, expo.cutoff_hour, hours)


def _gates(expo_id: int) -> dict[int, rules.Gate]:
    found = sa.select(Gate).where(Gate.expo_id == expo_id).order_by(Gate.position, Gate.id)
    return {
        gate.id: rules.Gate(
            gate.id,
            rules.Named(gate.name_zh or gate.code, gate.name_en or gate.code),
            gate.zone_id,
            frozenset(gate.class_keys),
            gate.anti_passback.value,
        )
        for gate in db.session.scalars(found)
    }


def _zones(expo_id: int) -> dict[int, rules.Zone]:
    found = db.session.scalars(sa.select(Zone).where(Zone.expo_id == expo_id))
    return {z.id: rules.Zone(z.id, z.capacity, z.full_policy.value, z.counts_visits) for z in found}


def _classes(expo_id: int) -> dict[int, rules.BadgeClass]:
    found = db.session.scalars(sa.select(BadgeClass).where(BadgeClass.expo_id == expo_id))
    return {
        c.id: rules.BadgeClass(
            c.id,
            c.key,
            c.number,
            rules.Named(c.name_zh or c.key, c.name_en or c.key),
            ClassFacts(
                visitor=is_visitor(c.audience),
                once_a_day=c.once_a_day,
                planned_day_only=c.planned_day_only,
                needs_approval=c.needs_approval,
                needs_payment=c.needs_payment,
            ),
        )
        for c in found
    }


def _doors(expo_id: int) -> dict[tuple[date, str], rules.Hours]:
    found = (
        sa.select(ExpoDay.date, Door).join(Door, Door.day_id == ExpoDay.id).where(ExpoDay.expo_id == expo_id)
    )
    return {
        (day, door.class_key): rules.Hours(door.door_from, door.door_to, door.last_admission)
        for day, door in db.session.execute(found)
    }


def _moves(expo_id: int) -> dict[tuple[date, str], tuple[rules.Move, ...]]:
    moves: defaultdict[tuple[date, str], list[rules.Move]] = defaultdict(list)
    found = sa.select(DoorMove).where(DoorMove.expo_id == expo_id).order_by(DoorMove.moved_at, DoorMove.id)
    for move in db.session.scalars(found):
        hours = rules.Hours(move.door_from, move.door_to, move.last_admission)
        moves[move.day, move.class_key].append(rules.Move(move.moved_at, hours))
    return {place: tuple(those) for place, those in moves.items()}
