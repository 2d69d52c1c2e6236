"""Where a fair stands at a moment: how long until it opens, which of its days it is, whether the doors are open."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol

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
