"""Where a fair stands at a moment: how long until it opens, which of its days it is, whether the doors are open."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from exhibitions.expos.rules.fair import local_day, span

Day = date


class OpenDay(Protocol):
    """A day on which visitors come, with its official hours in the fair's own zone."""

    date: Day
    official_from: time | None
    official_to: time | None


class Phase(enum.StrEnum):
    """Where a fair stands."""

    UNDATED = "undated"
    BEFORE = "before"
    TODAY_LATER = "today_later"
    OPEN = "open"
    BETWEEN = "between"
    OVER = "over"


@dataclass(frozen=True)
class Standing:
    """The phase of a fair and the figures that go with it.

    `days_left` counts from today to the next open day; `number` of `count` is the day that is meant (today's while
    it is not over, else the next one's); `day` is that day.
    """

    phase: Phase
    count: int = 0
    number: int = 0
    days_left: int = 0
    day: OpenDay | None = None


def standing(days: Sequence[OpenDay], now: datetime, zone: str, cutoff_hour: int = 0) -> Standing:
    """Where the fair with these open days (in order) stands at `now`; hours are half-open, [from, to)."""
    if not days:
        return Standing(Phase.UNDATED)
    today = local_day(now, zone, cutoff_hour)
    for number, day in enumerate(days, start=1):
        opens, closes = _hours(day, zone, cutoff_hour)
        if day.date < today or (day.date == today and now >= closes):
            continue
        left = (day.date - today).days
        phase = Phase.TODAY_LATER if now < opens else Phase.OPEN
        if left > 0:
            phase = Phase.BEFORE if number == 1 else Phase.BETWEEN
        return Standing(phase, len(days), number, left, day)
    return Standing(Phase.OVER, len(days), len(days), day=days[-1])


def _hours(day: OpenDay, zone: str, cutoff_hour: int) -> tuple[datetime, datetime]:
    """A day without hours is open all day."""
    return span(day.date, day.official_from or time(), day.official_to or time(), zone, cutoff_hour)


@dataclass(frozen=True)
class Course:
    """An edition as a course of days: its open days in order, at least one, in its own zone with its own cut-off hour."""

    days: Sequence[date]
    zone: str
    cutoff_hour: int = 0


def counterpart(now: datetime, here: Course, there: Course) -> datetime:
    """The moment at which the edition `there` stood as far as the edition `here` stands at `now` (ux.md O1).

    The same number of days before the opening, the same day of the fair by its number, the same number of days after the
    end, each at the same wall time. A day that `there` did not have is the last it had, over.
    """
    today = local_day(now, here.zone, here.cutoff_hour)
    wall = now.astimezone(ZoneInfo(here.zone)).replace(tzinfo=None) - datetime.combine(today, time())
    if today < here.days[0]:
        day = there.days[0] - (here.days[0] - today)
    elif today > here.days[-1]:
        day = there.days[-1] + (today - here.days[-1])
    else:
        number = sum(one <= today for one in here.days) - 1
        if number >= len(there.days):
            day, wall = there.days[-1] + timedelta(days=1), timedelta(hours=there.cutoff_hour)
        else:
            # Between two open days the fair stands still, as it did then.
            day = there.days[number] + (today - here.days[number])
    return (datetime.combine(day, time()) + wall).replace(tzinfo=ZoneInfo(there.zone)).astimezone(UTC)
