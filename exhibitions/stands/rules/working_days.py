"""Days on which an office works: weekends, closed days and make-up workdays 调休, as data of each fair."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from exhibitions.core.errors import N_, Refused

SATURDAY, SUNDAY = 5, 6
_ONE_DAY = timedelta(days=1)
_LONGEST_SPAN = 366
_SEARCHED = 3_660
"""So many days are looked through for a working day: a calendar in which everything is closed ends in a sentence."""


@dataclass(frozen=True)
class WorkingCalendar:
    """When an office works. A day of `worked` counts whatever weekday it is, one of `closed` never does."""

    closed: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    weekend: frozenset[int] = field(default=frozenset({SATURDAY, SUNDAY}))

    def works_on(self, day: date) -> bool:
        """Whether the office works on `day`."""
        if day in self.worked:
            return True
        return day not in self.closed and day.weekday() not in self.weekend


def calendar_of(closed: Iterable[date], worked: Iterable[date]) -> WorkingCalendar:
    """The calendar of these exceptions, with Saturday and Sunday off; raises `Refused` where a day is both."""
    calendar = WorkingCalendar(frozenset(closed), frozenset(worked))
    if both := calendar.closed & calendar.worked:
        raise Refused(
            "day_is_both",
            N_("%(day)s is both a closed day and a workday. Keep one of the two"),
            day=min(both).isoformat(),
        )
    return calendar


def nth_working_day(after: date, number: int, calendar: WorkingCalendar) -> date:
    """The `number`-th working day after `after`, which does not count itself. Raises `ValueError` below 1."""
    if number < 1:
        raise ValueError("the first working day is number 1")
    day, left = after, number
    for _ in range(_SEARCHED):
        day += _ONE_DAY
        left -= calendar.works_on(day)
        if not left:
            return day
    raise Refused(
        "no_working_day", N_("The calendar of working days leaves none to count. Check its closed days")
    )


def working_days_between(start: date, end: date, calendar: WorkingCalendar) -> int:
    """How many working days lie after `start`, up to `end` and with it; none where `end` is not later."""
    days = range(1, (end - start).days + 1)
    return sum(calendar.works_on(start + timedelta(days=number)) for number in days)


def end_of_day(day: date, zone: str) -> datetime:
    """The first moment that is not `day` any more in the named zone, in UTC: what ends with a day has ended then."""
    return datetime.combine(day + _ONE_DAY, time.min, ZoneInfo(zone)).astimezone(UTC)


_NUMBERS = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_SPAN = re.compile(rf"{_NUMBERS}(?:\s*(?:~|-|–|—|to|至|到)\s*{_NUMBERS})?", re.IGNORECASE)
_APART = re.compile(r"[\n\r,;，；、]+")


def read_days(text: str) -> frozenset[date]:
    """Days typed one by one or as spans, apart by commas or lines: `2026-10-01 – 2026-10-07, 2026年10月10日`.

    Full-width digits and marks are read as well. Raises `Refused` naming what is no day.
    """
    days: set[date] = set()
    for part in _APART.split(unicodedata.normalize("NFKC", text)):
        if part.strip():
            days |= _days_of(part.strip())
    return frozenset(days)


def _days_of(part: str) -> set[date]:
    wrong = Refused("no_day", N_('"%(text)s" is no day. Write it like 2026-10-01'), text=part[:40])
    found = _SPAN.fullmatch(part)
    if found is None:
        raise wrong
    try:
        first = date(*(int(number) for number in found.groups()[:3]))
        last = date(*(int(number) for number in found.groups()[3:])) if found.group(4) else first
    except ValueError:
        raise wrong from None
    if not 0 <= (last - first).days < _LONGEST_SPAN:
        raise wrong
    return {first + timedelta(days=number) for number in range((last - first).days + 1)}


def write_days(days: Iterable[date]) -> str:
    """The days as `read_days` reads them, one span of neighbours a line."""
    lines: list[list[date]] = []
    for day in sorted(days):
        if lines and day - lines[-1][-1] == _ONE_DAY:
            lines[-1].append(day)
        else:
            lines.append([day])
    return "\n".join(f"{line[0]}" if len(line) == 1 else f"{line[0]} – {line[-1]}" for line in lines)
