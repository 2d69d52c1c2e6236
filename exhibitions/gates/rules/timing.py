"""When a scan happened: clocks of devices, days of the fair, hours of its doors.

Moments are aware datetimes; days and hours are the fair's own, whatever the server's zone is (F19).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from exhibitions.expos.rules import local_day, span

# What a request needs on a hall's mobile network looks like an offset; only more than that is one.
NETWORK_DELAY = timedelta(seconds=5)
CLOCK_MOVED = timedelta(minutes=2)
FUTURE_TOLERANCE = timedelta(minutes=2)
OFFSET_WARNED = timedelta(minutes=5)
OFFSET_LISTED = timedelta(hours=24)
UNDO_WITHIN = timedelta(minutes=15)
LATE_AFTER = timedelta(minutes=2)
SILENT_AFTER = timedelta(minutes=5)
"""A device that has not spoken for so long is looked after (ux.md O9)."""

CLOCK_UNKNOWN = "clock_unknown"
IN_FUTURE = "in_future"
BEFORE_BUILD_UP = "before_build_up"

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """The moments from `start` up to but not including `end`."""

    start: datetime
    end: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Frame:
    """One local day as moments. `official` are the visitor hours of statistics, None when there are none."""

    day: date
    starts: datetime
    ends: datetime
    official: Interval | None

    def period_start(self, moment: datetime) -> datetime:
        """Since when occupancy and anti-passback count at `moment`: they are reset at the day's border and at closing."""
        if self.official is not None and moment >= self.official.end:
            return self.official.end
        return self.starts


@dataclass(frozen=True, slots=True)
class Calendar:
    """The fair's days. `hours` holds every day of the fair, with its official visitor hours or None.

    A day begins at local midnight, or at `cutoff_hour` where the fair has one: a scan at 02:00 of a fair with cut-off 4
    belongs to the day before.
    """

    zone: str
    cutoff_hour: int
    hours: dict[date, tuple[time, time] | None]
    _frames: dict[date, Frame] = field(default_factory=dict, compare=False, repr=False)

    def day_of(self, moment: datetime) -> date:
        """The fair's day that `moment` belongs to."""
        return local_day(moment, self.zone, self.cutoff_hour)

    def frame(self, day: date) -> Frame:
        """The day as moments, 23 to 25 hours long where the clocks change; any day may be asked for."""
        known = self._frames.get(day)
        if known is None:
            official = self.hours.get(day)
            known = self._frames[day] = Frame(
                day=day,
                starts=self._border(day),
                ends=self._border(day + _ONE_DAY),
                official=None if official is None else self.span(day, *official),
            )
        return known

    def span(self, day: date, opens: time, closes: time) -> Interval:
        """The hours from `opens` to `closes` of a day, as the fair's days go (expos.rules.span)."""
        start, end = span(day, opens, closes, self.zone, self.cutoff_hour)
        return Interval(start.astimezone(UTC), end.astimezone(UTC))

    def moment_after(self, start: datetime, hour: time) -> datetime:
        """The first moment after `start` at which the fair's clocks show `hour`."""
        day = start.astimezone(ZoneInfo(self.zone)).date()
        found = self._moment(day, hour, fold=1)
        return found if found > start else self._moment(day + _ONE_DAY, hour, fold=1)

    def begins(self) -> datetime | None:
        """When build-up begins: the start of the first day, None for a fair without days."""
        return self._border(min(self.hours)) if self.hours else None

    def hour_of(self, moment: datetime) -> str:
        """The two digits of the local hour; both hours that a clock shows twice share one name."""
        return f"{moment.astimezone(ZoneInfo(self.zone)).hour:02d}"

    def shown(self, moment: datetime) -> str:
        """The local time as people at the gate read it, HH:MM."""
        return f"{moment.astimezone(ZoneInfo(self.zone)):%H:%M}"

    def shown_with_date(self, moment: datetime) -> str:
        """The local date and time, YYYY-MM-DD HH:MM."""
        return f"{moment.astimezone(ZoneInfo(self.zone)):%Y-%m-%d %H:%M}"

    def _border(self, day: date) -> datetime:
        return self._moment(day, time(self.cutoff_hour), fold=0)

    def _moment(self, day: date, hour: time, fold: int) -> datetime:
        return datetime.combine(day, hour, tzinfo=ZoneInfo(self.zone)).replace(fold=fold).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Contact:
    """The last upload of a device: when, with which clock offset, and whether its queue was empty after it."""

    at: datetime
    offset: timedelta | None
    drained: bool


def measured_offset(sent_at: datetime, received_at: datetime) -> timedelta:
    """Device clock minus server clock, in whole seconds, zero within what the network's delay explains.

    Delay and cut fractions only make a request seem sent earlier than it was, so the fraction of a second is
    rounded towards the later device clock. A scan at 16:59:59.999 by a right clock stays before closing time.
    """
    ahead = sent_at - received_at
    if abs(ahead) < NETWORK_DELAY:
        return timedelta(0)
    return timedelta(seconds=-((-ahead) // timedelta(seconds=1)))


def offset_is_known(
    scanned_at: datetime, offset: timedelta | None, now: datetime, last: Contact | None
) -> bool:
    """Whether `offset`, measured with this upload, held when the scan was made (check-in.md, Time).

    It does not when `sent_at` was missing, nor when the clock moved by more than two minutes within one queue: between
    two uploads of the same queue, or between the upload that emptied the last queue and this one, if the scan may as
    well have been made before the move.
    """
    if offset is None:
        return False
    if last is None or last.offset is None or abs(offset - last.offset) <= CLOCK_MOVED:
        return True
    return last.drained and not last.at <= scanned_at - last.offset <= now


def moved_within_queue(offset: timedelta, last: Contact | None) -> bool:
    """Whether the clock has moved since an upload that left scans waiting on the device."""
    if last is None or last.offset is None or last.drained:
        return False
    return abs(offset - last.offset) > CLOCK_MOVED


def review_reason(corrected_at: datetime, received_at: datetime, begins: datetime | None) -> str | None:
    """Why a scan with a known offset waits for the chief's decision all the same, or None."""
    if corrected_at - received_at > FUTURE_TOLERANCE:
        return IN_FUTURE
    if begins is not None and corrected_at < begins:
        return BEFORE_BUILD_UP
    return None


def may_annul(admitted_at: datetime, undone_at: datetime) -> bool:
    """Whether an undo comes in time: within fifteen minutes after the scan, both by the same device's clock."""
    return timedelta(0) <= undone_at - admitted_at <= UNDO_WITHIN


class Heard(enum.StrEnum):
    """How lately a device that may scan has spoken: amber after two minutes, red after five or when it never did."""

    LATELY = "lately"
    LATE = "late"
    SILENT = "silent"


def heard(seen_at: datetime | None, now: datetime) -> Heard:
    """How lately the device has spoken at `now` (ux.md O9). It means something only while the fair is open."""
    if seen_at is None or now - seen_at > SILENT_AFTER:
        return Heard.SILENT
    return Heard.LATE if now - seen_at > LATE_AFTER else Heard.LATELY


def is_silent(seen_at: datetime | None, now: datetime) -> bool:
    """Whether a device that may scan has to be looked after, because it never spoke or not for five minutes."""
    return heard(seen_at, now) is Heard.SILENT
