"""The live board: what happened at the gates so far, from one snapshot that all watchers of a process share."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from exhibitions.badges.models import Badge
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import open_days
from exhibitions.expos.rules.calendar import Phase, standing
from exhibitions.gates.models import Device, Scan
from exhibitions.gates.queries import figures
from exhibitions.gates.queries.fair import setup_of
from exhibitions.gates.rules import counting, timing
from exhibitions.gates.rules.setup import Setup

RECENT = timedelta(minutes=15)
# A scan is seen at most so much later; ux.md O9 allows three seconds, of which the browser's pause is two.
_FRESH_SECONDS = 1.0
# Badges may change their class or person without a scan: what is kept of a day is recounted after so many seconds.
_RECOUNT_SECONDS = 30.0
_RECOUNT_PAST_SECONDS = 300.0


@dataclass(frozen=True)
class GateLine:
    """One gate: entries of the last quarter of an hour, visits of the day, its phones and when one was last heard.

    `seen_at` is by the fair's own clock, like the moment of the board. While the fair is open, `late` and `silent`
    are how many of its phones have not spoken for two and for five minutes. `battery` is the emptiest one's in per cent.
    """

    gate_id: int
    name_zh: str
    name_en: str
    recent: int
    visits: int
    devices: int
    seen_at: datetime | None
    late: int
    silent: int
    battery: int | None
    queue: int


@dataclass(frozen=True)
class Board:
    """The figures of the board. `at` is the fair's own present moment; `etag` changes when any of them does."""

    at: datetime
    day: date
    is_open_day: bool
    opens: str
    recent: int
    visits_today: int
    visitors_today: int
    visits: int
    visitors: int
    by_day: Sequence[tuple[date, int]]
    by_hour: Sequence[tuple[str, int]]
    gates: Sequence[GateLine]
    refused: Sequence[tuple[str, int]]
    review: int
    etag: str = ""


class _Mark(NamedTuple):
    """What changes when the scans of a day do: their number, the newest, and how many were undone or decided on."""

    scans: int
    newest: int
    decided: int


@dataclass
class _Day:
    mark: _Mark
    counted_at: float
    found: counting.Attendance
    refused: Counter[str]
    scans: list[counting.Scan] | None = None


@dataclass
class _Shared:
    born: datetime
    lock: threading.Lock = field(default_factory=threading.Lock)
    board: Board | None = None
    made_at: float = 0.0
    days: dict[date, _Day] = field(default_factory=dict)
    setting: counting.Setting | None = None
    setting_mark: tuple[int, ...] = ()
    setting_at: float = 0.0


_snapshots: WeakKeyDictionary[Engine, dict[int, _Shared]] = WeakKeyDictionary()


def board(expo: Expo, seconds: float = _FRESH_SECONDS) -> Board:
    """The board of a fair, at most so many seconds old."""
    shared = _shared(expo)
    with shared.lock:
        if shared.board is None or time.monotonic() - shared.made_at > seconds:
            shared.board = _make(expo, shared)
            shared.made_at = time.monotonic()
        return shared.board


def counted_days(expo: Expo, patience: float = _RECOUNT_PAST_SECONDS) -> dict[date, counting.Attendance]:
    """The attendance of each day that has scans; visits of different days never touch, so they may be counted apart.

    Days other than the latest are recounted after `patience` seconds, without a new scan, for badges that changed.
    """
    shared = _shared(expo)
    with shared.lock:
        _count(expo, shared, patience)
        return {day: kept.found for day, kept in shared.days.items()}


def _shared(expo: Expo) -> _Shared:
    kept = _snapshots.setdefault(db.engine, {})
    shared = kept.setdefault(expo.id, _Shared(expo.created_at))
    if shared.born != expo.created_at:
        # A fair was deleted and its number given out again (`flask demo --again`): these figures are none of the new one's.
        shared = kept[expo.id] = _Shared(expo.created_at)
    return shared


def _count(expo: Expo, shared: _Shared, past_seconds: float = _RECOUNT_PAST_SECONDS) -> None:
    """Recount the days whose scans have changed, and all now and then."""
    marks = _marks(expo)
    for gone in set(shared.days) - set(marks):
        del shared.days[gone]
    latest = max(marks, default=None)
    for day, mark in marks.items():
        kept = shared.days.get(day)
        patience = min(_RECOUNT_SECONDS, past_seconds) if day == latest else past_seconds
        if kept is None or kept.mark != mark or time.monotonic() - kept.counted_at > patience:
            scans = _scans(expo, day, mark, kept)
            shared.days[day] = _counted(mark, scans, _setting(expo, shared))
            # Scans come in for one day at a time: only that day's are worth the memory.
            shared.days[day].scans = scans if day == latest else None


def _counted(mark: _Mark, scans: list[counting.Scan], setting: counting.Setting) -> _Day:
    refused = Counter(
        scan.claimed or scan.verdict
        for scan in scans
        if scan.state == counting.State.COUNTS and not scan.admitted and scan.direction == "in"
    )
    return _Day(mark, time.monotonic(), counting.attendance(scans, setting), refused)


def _scans(expo: Expo, day: date, mark: _Mark, kept: _Day | None) -> list[counting.Scan]:
    """The scans of a day. Of a day that is kept only the new ones are read, when nothing else has changed about it."""
    if kept is not None and kept.scans is not None and kept.mark.decided == mark.decided:
        fresh = figures.scans(expo, Scan.day == day, Scan.id > kept.mark.newest, Scan.id <= mark.newest)
        # A number may be committed after a higher one: then the count tells, and all are read again.
        if len(fresh) == mark.scans - kept.mark.scans:
            return kept.scans + fresh
    return figures.scans(expo, Scan.day == day)


def _setting(expo: Expo, shared: _Shared) -> counting.Setting:
    """What scans are read against, at most half a minute old, and never older than the newest badge or set-up."""
    badges = sa.select(sa.func.count(), sa.func.max(Badge.id)).where(Badge.expo_id == expo.id)
    mark = (expo.setup_version, *db.session.execute(badges).one())
    old = shared.setting is None or time.monotonic() - shared.setting_at > _RECOUNT_SECONDS
    if shared.setting is None or old or mark != shared.setting_mark:
        shared.setting, shared.setting_mark = figures.setting(expo), mark
        shared.setting_at = time.monotonic()
    return shared.setting


def _marks(expo: Expo) -> dict[date, _Mark]:
    found = (
        sa.select(
            Scan.day,
            sa.func.count(),
            sa.func.max(Scan.id),
            sa.func.count(Scan.annulled_at) + sa.func.count(Scan.accepted),
        )
        .where(Scan.expo_id == expo.id)
        .group_by(Scan.day)
    )
    return {row[0]: _Mark(*row[1:]) for row in db.session.execute(found)}


def _make(expo: Expo, shared: _Shared) -> Board:
    _count(expo, shared)
    setup = setup_of(expo.id, expo.setup_version)
    at = clock.now() + setup.shift
    day = setup.calendar.day_of(at)
    today = shared.days.get(day)
    official = setup.calendar.frame(day).official
    recent = _recent_entries(expo, at)
    everything = Board(
        at=at,
        day=day,
        is_open_day=official is not None,
        opens=setup.calendar.shown(official.start) if official else "",
        recent=sum(recent.values()),
        visits_today=today.found.total.visits if today else 0,
        visitors_today=today.found.total.visitors if today else 0,
        visits=sum(kept.found.total.visits for kept in shared.days.values()),
        visitors=len(_persons(shared)),
        by_day=sorted(
            (one, kept.found.total.visits) for one, kept in shared.days.items() if kept.found.visits
        ),
        by_hour=_hours(setup, day, today),
        gates=_gates(expo, setup, recent, today),
        refused=sorted(today.refused.items(), key=lambda line: -line[1]) if today else [],
        review=_waiting_for_review(expo),
    )
    return _tagged(everything)


def _tagged(fresh: Board) -> Board:
    # The moment itself is left out: a board that says the same as before need not be sent again.
    facts = [getattr(fresh, name) for name in Board.__dataclass_fields__ if name not in ("at", "etag")]
    tag = hashlib.blake2b(repr(facts).encode(), digest_size=8).hexdigest()
    return Board(**{**fresh.__dict__, "etag": tag})


def _persons(shared: _Shared) -> set[object]:
    return {
        visit.person
        for kept in shared.days.values()
        for visit in kept.found.visits
        if visit.person is not None
    }


def _hours(setup: Setup, day: date, today: _Day | None) -> list[tuple[str, int]]:
    """Visits by hour of the day, every official hour named, those without visits too."""
    counted = {hour: tally.visits for hour, tally in today.found.by_hour.items()} if today else {}
    official = setup.calendar.frame(day).official
    named = set(counted)
    moment = official.start if official else None
    while official is not None and moment is not None and moment < official.end:
        named.add(setup.calendar.hour_of(moment))
        moment += timedelta(hours=1)
    return [(hour, counted.get(hour, 0)) for hour in sorted(named)]


def _recent_entries(expo: Expo, at: datetime) -> dict[int, int]:
    found = (
        sa.select(Scan.gate_id, sa.func.count())
        .where(
            Scan.expo_id == expo.id,
            Scan.corrected_at > at - RECENT,
            Scan.corrected_at <= at,
            Scan.direction == "in",
            Scan.admitted,
            Scan.annulled_at.is_(None),
            Scan.rehearsal_as_of.is_(None),
            sa.or_(Scan.review.is_(None), Scan.accepted.is_(True)),
        )
        .group_by(Scan.gate_id)
    )
    return {row[0]: row[1] for row in db.session.execute(found)}


def _gates(expo: Expo, setup: Setup, recent: dict[int, int], today: _Day | None) -> list[GateLine]:
    known = _devices(expo)
    now = clock.now()
    phase = standing(open_days(expo), now + setup.shift, expo.timezone, expo.cutoff_hour).phase
    lines = []
    for gate in setup.gates.values():
        phones = known.get(gate.id, [])
        tally = today.found.by_gate.get(gate.id) if today else None
        heard = Counter(timing.heard(phone.seen_at, now) for phone in phones if phase is Phase.OPEN)
        lines.append(
            GateLine(
                gate_id=gate.id,
                name_zh=gate.name.zh,
                name_en=gate.name.en,
                recent=recent.get(gate.id, 0),
                visits=tally.visits if tally else 0,
                devices=len(phones),
                seen_at=max((phone.seen_at + setup.shift for phone in phones if phone.seen_at), default=None),
                late=heard[timing.Heard.LATE],
                silent=heard[timing.Heard.SILENT],
                battery=min((phone.battery for phone in phones if phone.battery is not None), default=None),
                queue=sum(phone.queue or 0 for phone in phones),
            )
        )
    return lines


def _devices(expo: Expo) -> dict[int, list[Device]]:
    """The live devices by the gate that they stand at."""
    live = sa.select(Device).where(
        Device.expo_id == expo.id, Device.revoked_at.is_(None), Device.expires_at > clock.now()
    )
    by_gate: dict[int, list[Device]] = {}
    for device in db.session.scalars(live):
        by_gate.setdefault(device.gate_ids[0], []).append(device)
    return by_gate


def _waiting_for_review(expo: Expo) -> int:
    waiting = sa.select(sa.func.count()).where(
        Scan.expo_id == expo.id, Scan.review.is_not(None), Scan.accepted.is_(None)
    )
    return db.session.scalar(waiting) or 0
