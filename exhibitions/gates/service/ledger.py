"""The state that a group of scans is decided on, read with few statements and written back with few.

Between reading and writing everything happens in memory, in the order of the scans' corrected times. The store is the
last judge: a row that another process has written meanwhile raises `Collision`, and the group is done anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from exhibitions.badges.models import BadgeDay
from exhibitions.core.db import db
from exhibitions.gates.models import Annulment, GateMinute, Scan, ZoneLevel
from exhibitions.gates.queries import scans as queries
from exhibitions.gates.queries.scans import BadgeRow, StoredScan
from exhibitions.gates.rules.presence import IN, Movement, presence_at
from exhibitions.gates.rules.setup import Setup


class Collision(Exception):
    """Another process has stored one of the scans, or the badge's day, first: the group must be decided anew."""


@dataclass(slots=True)
class BadgeDayState:
    """A badge on one local day: its movements that count, and who was first (the row that judges)."""

    movements: list[Movement] = field(default_factory=list)
    first: tuple[datetime, int] | None = None
    stored_first: tuple[datetime, int] | None = None

    def inside(self, setup: Setup, period: datetime, day: date) -> tuple[int | None, int]:
        """The zone where the badge is at the end of a period, and with how many heads."""
        frame = setup.calendar.frame(day)
        those = [m for m in self.movements if frame.period_start(m.at) == period]
        if not those:
            return None, 0
        last = presence_at(those, max(m.at for m in those), period)
        return last.inside, last.heads

    def earliest(self) -> tuple[datetime, int] | None:
        """The first entry by corrected time, then id."""
        entries = [m for m in self.movements if m.direction == IN]
        return (min(entries).at, min(entries).gate) if entries else None


@dataclass(slots=True)
class Wanted:
    """What a group of scans needs to know: ids that may be stored, badge numbers, days, resets of zones."""

    scan_ids: set[str] = field(default_factory=set)
    undo_ids: set[str] = field(default_factory=set)
    undone_ids: set[str] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    periods: set[datetime] = field(default_factory=set)
    rehearsed: bool = False


@dataclass(slots=True)
class Ledger:
    """Everything known and changed while a group of scans of one fair is decided."""

    setup: Setup
    badges: dict[int, BadgeRow] = field(default_factory=dict)
    badges_by_id: dict[int, BadgeRow] = field(default_factory=dict)
    stored: dict[str, StoredScan] = field(default_factory=dict)
    undone: dict[str, str] = field(default_factory=dict)
    states: defaultdict[tuple[int, date, bool], BadgeDayState] = field(
        default_factory=lambda: defaultdict(BadgeDayState)
    )
    levels: dict[tuple[int, datetime], int] = field(default_factory=dict)
    # What is written at the end.
    new_rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    new_undos: list[dict[str, Any]] = field(default_factory=list)
    undone_rows: list[dict[str, Any]] = field(default_factory=list)
    minutes: Counter[tuple[int, datetime, str, str, bool]] = field(default_factory=Counter)
    minute_heads: Counter[tuple[int, datetime, str, str, bool]] = field(default_factory=Counter)
    level_changes: Counter[tuple[int, datetime]] = field(default_factory=Counter)

    def state(self, badge_id: int, day: date, rehearsed: bool) -> BadgeDayState:
        """The badge's day; a rehearsal has a world of its own."""
        return self.states[badge_id, day, rehearsed]

    def move(self, badge_id: int, day: date, rehearsed: bool, movement: Movement) -> None:
        """Add a movement that counts, and what it changes in the zones."""
        state = self.state(badge_id, day, rehearsed)
        period = self.setup.calendar.frame(day).period_start(movement.at)
        before = state.inside(self.setup, period, day)
        state.movements.append(movement)
        if not rehearsed:
            self._change_levels(period, before, state.inside(self.setup, period, day))

    def take_back(self, badge_id: int, day: date, scan_id: str) -> None:
        """Remove the movement of a scan that counts no more; the next entry is the first if this one was."""
        state = self.state(badge_id, day, False)
        gone = next((m for m in state.movements if m.scan_id == scan_id), None)
        if gone is None:
            return
        period = self.setup.calendar.frame(day).period_start(gone.at)
        before = state.inside(self.setup, period, day)
        state.movements.remove(gone)
        self._change_levels(period, before, state.inside(self.setup, period, day))
        if state.first == (gone.at, gone.gate):
            state.first = state.earliest()

    def click(self, zone_id: int, period: datetime, heads: int) -> None:
        """Count heads in (or out, below zero) that no badge stands for."""
        self._change_level(zone_id, period, heads)

    def tally(self, row: Mapping[str, Any], sign: int = 1) -> None:
        """Count a scan in its gate's minute, or take it out again."""
        minute = row["corrected_at"].replace(second=0, microsecond=0)
        place = (row["gate_id"], minute, row["direction"], row["verdict"], row["admitted"])
        self.minutes[place] += sign
        self.minute_heads[place] += sign * row["heads"]

    def _change_levels(
        self, period: datetime, before: tuple[int | None, int], after: tuple[int | None, int]
    ) -> None:
        for (zone_id, heads), sign in ((before, -1), (after, 1)):
            if zone_id is not None and before != after:
                self._change_level(zone_id, period, sign * heads)

    def _change_level(self, zone_id: int, period: datetime, by: int) -> None:
        place = (zone_id, period)
        self.level_changes[place] += by
        if place in self.levels:
            self.levels[place] = max(0, self.levels[place] + by)


def load(setup: Setup, wanted: Wanted) -> Ledger:
    """Read what a group of scans is decided on. Badges come first, and on PostgreSQL they stay locked: what is read
    after them cannot change before the group is written.
    """
    ledger = Ledger(setup)
    expo_id = setup.expo_id
    numbers = wanted.numbers | _numbers_of(expo_id, wanted.undone_ids)
    ledger.badges = queries.badges_by_number(expo_id, numbers, lock=_is_postgresql())
    ledger.stored = queries.stored_scans(expo_id, wanted.scan_ids | wanted.undone_ids)
    ledger.undone = queries.undone_by(
        expo_id, wanted.undo_ids | wanted.scan_ids if wanted.undo_ids else set()
    )
    ledger.badges_by_id = {badge.id: badge for badge in ledger.badges.values()}
    strangers = {
        s.badge_id for s in ledger.stored.values() if s.badge_id is not None
    } - ledger.badges_by_id.keys()
    ledger.badges_by_id |= queries.badges_by_id(expo_id, strangers)
    days = wanted.days | {s.day for s in ledger.stored.values() if s.scan_id in wanted.undone_ids}
    _load_states(ledger, list(ledger.badges_by_id), days, wanted.rehearsed)
    _load_levels(ledger, wanted.periods)
    return ledger


def _is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def _insert(model: type[Any]) -> Any:
    return (postgresql.insert if _is_postgresql() else sqlite.insert)(model.__table__)


def _run(statement: Any, rows: Sequence[Mapping[str, Any]] | None = None) -> int:
    """Execute a change and say how many rows it has made or touched."""
    options = {"preserve_rowcount": True}
    return db.session.connection().execute(statement, rows, execution_options=options).rowcount


def _numbers_of(expo_id: int, scan_ids: Collection[str]) -> set[int]:
    """The numbers of the badges that scans to be undone are of, so that one statement locks them all in order."""
    if not scan_ids:
        return set()
    badge_ids = {
        s.badge_id for s in queries.stored_scans(expo_id, scan_ids).values() if s.badge_id is not None
    }
    return {badge.number for badge in queries.badges_by_id(expo_id, badge_ids).values()}


def _load_states(ledger: Ledger, badge_ids: list[int], days: set[date], rehearsed: bool) -> None:
    expo_id, gates = ledger.setup.expo_id, ledger.setup.gates
    for (badge_id, day), first in queries.first_entries(expo_id, badge_ids, days).items():
        state = ledger.state(badge_id, day, False)
        state.first = state.stored_first = first
    for world in (False, True) if rehearsed else (False,):
        for row in queries.movements(expo_id, badge_ids, days, rehearsed=world):
            zone = gates[row.gate_id].zone_id
            movement = Movement(row.corrected_at, row.scan_id, row.direction, zone, row.gate_id, row.heads)
            ledger.state(row.badge_id, row.day, world).movements.append(movement)


def _load_levels(ledger: Ledger, periods: set[datetime]) -> None:
    zones = ledger.setup.limited_zones
    if not zones or not periods:
        return
    # The rows must be there to be held: two entries into the last place never look at the same number.
    empty = [
        {"expo_id": ledger.setup.expo_id, "zone_id": zone, "since": since, "inside": 0}
        for zone in zones
        for since in sorted(periods)
    ]
    _run(_insert(ZoneLevel).on_conflict_do_nothing(), empty)
    ledger.levels = queries.zone_levels(ledger.setup.expo_id, zones, periods)


def write(ledger: Ledger) -> None:
    """Write what the group has changed; raises `Collision` when another process was quicker with one of its rows."""
    _insert_scans(ledger)
    _write_undos(ledger)
    _write_first_entries(ledger)
    _write_minutes(ledger)
    _write_levels(ledger)


def _insert_scans(ledger: Ledger) -> None:
    rows = list(ledger.new_rows.values())
    if not rows:
        return
    if _run(_insert(Scan).on_conflict_do_nothing(), rows) != len(rows):
        raise Collision


def _write_undos(ledger: Ledger) -> None:
    if not ledger.new_undos:
        return
    if _run(_insert(Annulment).on_conflict_do_nothing(), ledger.new_undos) != len(ledger.new_undos):
        raise Collision
    if ledger.undone_rows:
        one = sa.update(Scan).where(
            Scan.expo_id == ledger.setup.expo_id, Scan.scan_id == sa.bindparam("undone")
        )
        db.session.connection().execute(one.values(annulled_at=sa.bindparam("moment")), ledger.undone_rows)


def _write_first_entries(ledger: Ledger) -> None:
    expo_id = ledger.setup.expo_id
    fresh: list[dict[str, Any]] = []
    for (badge_id, day, rehearsed), state in sorted(ledger.states.items(), key=lambda item: item[0]):
        if rehearsed or state.first == state.stored_first:
            continue
        place = sa.and_(BadgeDay.expo_id == expo_id, BadgeDay.badge_id == badge_id, BadgeDay.day == day)
        if state.first is None:
            _run(sa.delete(BadgeDay).where(place))
            continue
        at, gate_id = state.first
        if state.stored_first is None:
            fresh.append(
                {
                    "expo_id": expo_id,
                    "badge_id": badge_id,
                    "day": day,
                    "first_at": at,
                    "first_gate_id": gate_id,
                }
            )
        else:
            _run(sa.update(BadgeDay).where(place).values(first_at=at, first_gate_id=gate_id))
    if fresh and _run(_insert(BadgeDay).on_conflict_do_nothing(), fresh) != len(fresh):
        raise Collision


def _write_minutes(ledger: Ledger) -> None:
    rows = [
        {
            "expo_id": ledger.setup.expo_id,
            "gate_id": place[0],
            "minute": place[1],
            "direction": place[2],
            "verdict": place[3],
            "admitted": place[4],
            "scans": scans,
            "heads": ledger.minute_heads[place],
        }
        for place, scans in sorted(ledger.minutes.items())
        if scans or ledger.minute_heads[place]
    ]
    if not rows:
        return
    insert = _insert(GateMinute)
    changed = {
        name: getattr(GateMinute, name) + getattr(insert.excluded, name) for name in ("scans", "heads")
    }
    key = ["expo_id", "gate_id", "minute", "direction", "verdict", "admitted"]
    _run(insert.on_conflict_do_update(index_elements=key, set_=changed), rows)


def _write_levels(ledger: Ledger) -> None:
    rows = [
        {"expo_id": ledger.setup.expo_id, "zone_id": zone_id, "since": since, "inside": max(0, by), "by": by}
        for (zone_id, since), by in sorted(ledger.level_changes.items())
        if by
    ]
    if not rows:
        return
    insert = _insert(ZoneLevel)
    after = ZoneLevel.inside + sa.bindparam("by", type_=sa.Integer)
    changed = {"inside": sa.case((after > 0, after), else_=0)}
    upsert = insert.on_conflict_do_update(index_elements=["expo_id", "zone_id", "since"], set_=changed)
    _run(upsert, rows)
