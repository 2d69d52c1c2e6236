"""The state that a group of scans is decided on, read with few statements and written back with few.

Between reading and writing everything happens in memory, in the order of the scans' corrected times. The store is the
last judge: a row that another process has written meanwhile raises `Collision`, and the group is done anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, Protocol, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from exhibitions.badges.models import BadgeDay
from exhibitions.core.bulk import NewRows, insert_together
from exhibitions.gates.models import Annulment, GateMinute, Scan, ZoneLevel
from exhibitions.gates.queries import scans as queries
from exhibitions.gates.queries.scans import BadgeRow, StoredScan
from exhibitions.gates.rules.presence import IN, Movement, presence_at
from exhibitions.gates.rules.setup import Setup


class Collision(Exception):
    """One of the scans is stored already, or the badge's day is: the group must be decided anew, and look first."""


class ScanRow(NamedTuple):
    """A scan as it is stored, column by column."""

    expo_id: int
    scan_id: str
    device_id: int
    gate_id: int
    badge_id: int | None
    kind: str
    code: str | None
    content: bytes
    direction: str
    heads: int
    scanned_at: datetime
    received_at: datetime
    corrected_at: datetime
    offset_ms: int | None
    day: date
    device_verdict: str | None
    verdict: str
    admitted: bool
    reason: str | None
    first_at: datetime | None
    first_gate_id: int | None
    operator: str | None
    overridden: bool
    override_reason: str | None
    override_by: str | None
    rehearsal_as_of: datetime | None
    review: str | None
    accepted: bool | None = None
    annulled_at: datetime | None = None

    @property
    def stored(self) -> StoredScan:
        """The same as one that was stored before is read."""
        return StoredScan._make(getattr(self, name) for name in StoredScan._fields)


class Counted(Protocol):
    """What a scan adds to its gate's minute."""

    @property
    def corrected_at(self) -> datetime: ...  # noqa: D102
    @property
    def gate_id(self) -> int: ...  # noqa: D102
    @property
    def direction(self) -> str: ...  # noqa: D102
    @property
    def verdict(self) -> str: ...  # noqa: D102
    @property
    def admitted(self) -> bool: ...  # noqa: D102
    @property
    def heads(self) -> int: ...  # noqa: D102


_NEW_SCANS = NewRows(cast(sa.Table, Scan.__table__), ScanRow._fields)
_NEW_DAYS = NewRows(
    cast(sa.Table, BadgeDay.__table__), ("expo_id", "badge_id", "day", "first_at", "first_gate_id")
)
_MINUTE = ("expo_id", "gate_id", "minute", "direction", "verdict", "admitted")
_MORE_IN_MINUTE = NewRows(
    cast(sa.Table, GateMinute.__table__), (*_MINUTE, "scans", "heads"), key=_MINUTE, adds=("scans", "heads")
)
_LEVEL = ("expo_id", "zone_id", "since")
_LEVEL_ROWS = NewRows(cast(sa.Table, ZoneLevel.__table__), (*_LEVEL, "inside"))
_MORE_INSIDE = NewRows(cast(sa.Table, ZoneLevel.__table__), (*_LEVEL, "inside"), key=_LEVEL, adds=("inside",))


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
    connection: Connection
    # Whether it was looked up which of the scans are stored already; if not, storing them will tell.
    looked: bool
    badges: dict[int, BadgeRow] = field(default_factory=dict)
    badges_by_id: dict[int, BadgeRow] = field(default_factory=dict)
    stored: dict[str, StoredScan] = field(default_factory=dict)
    undone: dict[str, str] = field(default_factory=dict)
    states: defaultdict[tuple[int, date, bool], BadgeDayState] = field(
        default_factory=lambda: defaultdict(BadgeDayState)
    )
    levels: dict[tuple[int, datetime], int] = field(default_factory=dict)
    # What is written at the end.
    new_rows: dict[str, ScanRow] = field(default_factory=dict)
    new_undos: list[dict[str, Any]] = field(default_factory=list)
    undone_rows: list[dict[str, Any]] = field(default_factory=list)
    minutes: Counter[tuple[int, datetime, str, str, bool]] = field(default_factory=Counter)
    minute_heads: Counter[tuple[int, datetime, str, str, bool]] = field(default_factory=Counter)
    level_changes: Counter[tuple[int, datetime]] = field(default_factory=Counter)

    def state(self, badge_id: int, day: date, rehearsed: bool) -> BadgeDayState:
        """The badge's day; a rehearsal has a world of its own."""
        return self.states[badge_id, day, rehearsed]

    def known(self, scan_id: str) -> StoredScan | None:
        """The scan with this id that was stored before or is decided in this group already."""
        pending = self.new_rows.get(scan_id)
        return self.stored.get(scan_id) if pending is None else pending.stored

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

    def tally(self, row: Counted, sign: int = 1) -> None:
        """Count a scan in its gate's minute, or take it out again."""
        minute = row.corrected_at.replace(second=0, microsecond=0)
        place = (row.gate_id, minute, row.direction, row.verdict, row.admitted)
        self.minutes[place] += sign
        self.minute_heads[place] += sign * row.heads

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
            self.levels[place] += by


def load(connection: Connection, setup: Setup, wanted: Wanted, *, look: bool = True) -> Ledger:
    """Read what a group of scans is decided on. Badges come first, and on PostgreSQL they stay locked: what is read
    after them cannot change before the group is written.

    With `look` off the scans are taken to be new, as nearly all are, and storing them proves it.
    """
    ledger = Ledger(setup, connection, looked=look or bool(wanted.undo_ids))
    expo_id = setup.expo_id
    numbers = wanted.numbers | _numbers_of(connection, expo_id, wanted.undone_ids)
    ledger.badges = queries.badges_by_number(connection, expo_id, numbers)
    if ledger.looked:
        ledger.stored = queries.stored_scans(connection, expo_id, wanted.scan_ids | wanted.undone_ids)
    if wanted.undo_ids:
        ledger.undone = queries.undone_by(connection, expo_id, wanted.undo_ids | wanted.scan_ids)
    ledger.badges_by_id = {badge.id: badge for badge in ledger.badges.values()}
    strangers = {
        s.badge_id for s in ledger.stored.values() if s.badge_id is not None
    } - ledger.badges_by_id.keys()
    ledger.badges_by_id |= queries.badges_by_id(connection, expo_id, strangers)
    days = wanted.days | {s.day for s in ledger.stored.values() if s.scan_id in wanted.undone_ids}
    _load_states(ledger, list(ledger.badges_by_id), days, wanted.rehearsed)
    _load_levels(ledger, wanted.periods)
    return ledger


def _numbers_of(connection: Connection, expo_id: int, scan_ids: Collection[str]) -> set[int]:
    """The numbers of the badges that scans to be undone are of, so that one statement locks them all in order."""
    if not scan_ids:
        return set()
    stored = queries.stored_scans(connection, expo_id, scan_ids).values()
    badge_ids = {scan.badge_id for scan in stored if scan.badge_id is not None}
    return {badge.number for badge in queries.badges_by_id(connection, expo_id, badge_ids).values()}


def _load_states(ledger: Ledger, badge_ids: list[int], days: set[date], rehearsed: bool) -> None:
    expo_id, gates, connection = ledger.setup.expo_id, ledger.setup.gates, ledger.connection
    firsts, moved = queries.days_of(connection, expo_id, badge_ids, days)
    for (badge_id, day), first in firsts.items():
        state = ledger.state(badge_id, day, False)
        state.first = state.stored_first = first
    found = [(False, moved)]
    if rehearsed:
        found.append((True, queries.rehearsed_movements(connection, expo_id, badge_ids, days)))
    for world, rows in found:
        for row in rows:
            zone = gates[row.gate_id].zone_id
            movement = Movement(row.corrected_at, row.scan_id, row.direction, zone, row.gate_id, row.heads)
            ledger.state(row.badge_id, row.day, world).movements.append(movement)


def _load_levels(ledger: Ledger, periods: set[datetime]) -> None:
    zones = ledger.setup.limited_zones
    if not zones or not periods:
        return
    # The rows must be there to be held: two entries into the last place never look at the same number.
    empty = [(ledger.setup.expo_id, zone, since, 0) for zone in zones for since in sorted(periods)]
    _LEVEL_ROWS.insert(ledger.connection, empty)
    ledger.levels = queries.zone_levels(ledger.connection, ledger.setup.expo_id, zones, periods)


@dataclass(frozen=True)
class _Changes:
    """The statements that write, built once an engine."""

    undos: Any
    undone: Any
    first_moved: Any
    first_gone: Any


@cache
def _changes_of(dialect: str) -> _Changes:
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    place = sa.and_(
        BadgeDay.expo_id == sa.bindparam("of_expo"),
        BadgeDay.badge_id == sa.bindparam("of_badge"),
        BadgeDay.day == sa.bindparam("of_day"),
    )
    return _Changes(
        undos=insert(Annulment.__table__).on_conflict_do_nothing(),
        undone=sa.update(Scan)
        .where(Scan.expo_id == sa.bindparam("of_expo"), Scan.scan_id == sa.bindparam("undone"))
        .values(annulled_at=sa.bindparam("moment")),
        first_moved=sa.update(BadgeDay)
        .where(place)
        .values(first_at=sa.bindparam("at"), first_gate_id=sa.bindparam("gate")),
        first_gone=sa.delete(BadgeDay).where(place),
    )


def _changes(ledger: Ledger) -> _Changes:
    return _changes_of(ledger.connection.dialect.name)


def _run(ledger: Ledger, statement: Any, rows: Sequence[Mapping[str, Any]]) -> int:
    """Execute a change for each of the rows, if there are any, and say how many it has made or touched."""
    if not rows:
        return 0
    options = {"preserve_rowcount": True}
    return ledger.connection.execute(statement, rows, execution_options=options).rowcount


def write(ledger: Ledger) -> None:
    """Write what the group has changed; raises `Collision` when another process was quicker with one of its rows."""
    changes = _changes(ledger)
    if _run(ledger, changes.undos, ledger.new_undos) != len(ledger.new_undos):
        raise Collision
    _run(ledger, changes.undone, ledger.undone_rows)
    scans, days = list(ledger.new_rows.values()), _write_first_entries(ledger)
    parts = (
        (_NEW_SCANS, scans),
        (_NEW_DAYS, days),
        (_MORE_IN_MINUTE, _minute_rows(ledger)),
        (_MORE_INSIDE, _level_rows(ledger)),
    )
    # The unique rows of the scan's id and of the badge's day are the last judges of what was stored and who was first.
    if insert_together(ledger.connection, parts)[:2] != [len(scans), len(days)]:
        raise Collision


def _write_first_entries(ledger: Ledger) -> list[tuple[Any, ...]]:
    """Move or remove the first entries that have changed; returns the rows of those that are new."""
    expo_id, changes = ledger.setup.expo_id, _changes(ledger)
    fresh: list[tuple[Any, ...]] = []
    for (badge_id, day, rehearsed), state in sorted(ledger.states.items(), key=lambda item: item[0]):
        if rehearsed or state.first == state.stored_first:
            continue
        place = {"of_expo": expo_id, "of_badge": badge_id, "of_day": day}
        if state.first is None:
            _run(ledger, changes.first_gone, [place])
            continue
        at, gate = state.first
        if state.stored_first is not None:
            _run(ledger, changes.first_moved, [place | {"at": at, "gate": gate}])
            continue
        fresh.append((expo_id, badge_id, day, at, gate))
    return fresh


def _minute_rows(ledger: Ledger) -> list[tuple[Any, ...]]:
    return [
        (ledger.setup.expo_id, *place, scans, ledger.minute_heads[place])
        for place, scans in sorted(ledger.minutes.items())
        if scans or ledger.minute_heads[place]
    ]


def _level_rows(ledger: Ledger) -> list[tuple[Any, ...]]:
    return [
        (ledger.setup.expo_id, zone_id, since, by)
        for (zone_id, since), by in sorted(ledger.level_changes.items())
        if by
    ]
