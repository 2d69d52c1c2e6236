"""Who is inside, and for how long: scans replayed by corrected time (check-in.md, Counting).

Where exits are not scanned, both are estimates, and whoever shows them says so.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from exhibitions.gates.rules.counting import CLICKER, Scan, Setting, State, by_frame, in_order
from exhibitions.gates.rules.presence import OUT
from exhibitions.gates.rules.timing import Frame


class Level(NamedTuple):
    """How many are inside a zone from `at` on."""

    at: datetime
    inside: int


class Stay(NamedTuple):
    """A badge's time in a zone. `estimated`: no exit was scanned, closing time stands for it."""

    badge: Hashable
    day: date
    zone: int
    start: datetime
    end: datetime
    estimated: bool


class _Step(NamedTuple):
    zone: int
    at: datetime
    inside: int


def curve(scans: Iterable[Scan], setting: Setting) -> dict[int, list[Level]]:
    """The occupancy of each zone as a staircase: ins minus outs, never below 0, reset at closing and at the day's border.

    A second entry without an exit changes nothing, an entry in another zone is an exit from the first, and an exit of
    a badge that is not inside changes nothing.
    """
    levels: dict[int, list[Level]] = {}
    for step in _replay(scans, setting):
        levels.setdefault(step.zone, []).append(Level(step.at, step.inside))
    return levels


def stays(scans: Iterable[Scan], setting: Setting) -> list[Stay]:
    """Ins paired with outs; an open stay ends at closing time and is marked estimated."""
    found: list[Stay] = []
    inside: dict[Hashable, tuple[int, datetime, Frame]] = {}
    for frame, scan in by_frame(_counted(scans), setting.calendar):
        if scan.badge not in setting.badges:
            continue
        open_stay = inside.get(scan.badge)
        if open_stay is not None and scan.at >= _closing(open_stay):
            found.append(_estimated(scan.badge, inside.pop(scan.badge)))
            open_stay = None
        zone = setting.gates[scan.gate].zone
        if open_stay is not None and (scan.direction == OUT or open_stay[0] != zone):
            found.append(
                Stay(scan.badge, open_stay[2].day, open_stay[0], open_stay[1], scan.at, estimated=False)
            )
            del inside[scan.badge]
        if scan.direction != OUT and scan.badge not in inside:
            inside[scan.badge] = (zone, scan.at, frame)
    found.extend(_estimated(badge, left) for badge, left in inside.items())
    return sorted(found, key=lambda stay: (stay.start, str(stay.badge)))


def _closing(open_stay: tuple[int, datetime, Frame]) -> datetime:
    _, since, frame = open_stay
    if frame.official is not None and since < frame.official.end:
        return frame.official.end
    return frame.ends


def _estimated(badge: Hashable, open_stay: tuple[int, datetime, Frame]) -> Stay:
    zone, since, frame = open_stay
    return Stay(badge, frame.day, zone, since, _closing(open_stay), estimated=True)


def _counted(scans: Iterable[Scan]) -> list[Scan]:
    return [scan for scan in in_order(scans) if scan.state == State.COUNTS and scan.admitted]


class _Zones:
    """Where every badge is and how full every zone is, since the last reset."""

    def __init__(self) -> None:
        self.period: datetime | None = None
        # Ins minus outs. It may fall below nothing when people are clicked out who were never counted in; only what is
        # shown stops at 0, so that the order in which scans arrive changes nothing.
        self.balance: dict[int, int] = {}
        self.where: dict[Hashable, tuple[int, int]] = {}

    def reset(self, period: datetime) -> Iterator[_Step]:
        if self.period is not None:
            for zone, balance in self.balance.items():
                if balance > 0:
                    yield _Step(zone, period, 0)
        self.period, self.balance, self.where = period, {}, {}

    def change(self, at: datetime, zone: int, by: int) -> _Step:
        self.balance[zone] = self.balance.get(zone, 0) + by
        return _Step(zone, at, max(0, self.balance[zone]))

    def move(self, scan: Scan, zone: int, known: bool) -> Iterator[_Step]:
        if scan.kind == CLICKER or not known:
            # Nobody knows who that was: an entry adds its heads, an exit takes away only by a click.
            if scan.kind == CLICKER or scan.direction != OUT:
                yield self.change(scan.at, zone, -scan.heads if scan.direction == OUT else scan.heads)
            return
        before = self.where.get(scan.badge)
        if before is not None and (scan.direction == OUT or before[0] != zone):
            del self.where[scan.badge]
            yield self.change(scan.at, before[0], -before[1])
        if scan.direction != OUT and scan.badge not in self.where:
            self.where[scan.badge] = (zone, scan.heads)
            yield self.change(scan.at, zone, scan.heads)


def _replay(scans: Iterable[Scan], setting: Setting) -> Iterator[_Step]:
    zones = _Zones()
    for frame, scan in by_frame(_counted(scans), setting.calendar):
        period = frame.period_start(scan.at)
        if period != zones.period:
            # The first reset after the last scan is the one that emptied the zones.
            yield from zones.reset(_first_reset(zones.period, period, setting))
            zones.period = period
        yield from zones.move(scan, setting.gates[scan.gate].zone, scan.badge in setting.badges)


def _first_reset(last: datetime | None, period: datetime, setting: Setting) -> datetime:
    if last is None:
        return period
    frame = setting.calendar.frame(setting.calendar.day_of(last))
    if frame.official is not None and last < frame.official.end:
        return frame.official.end
    return frame.ends
