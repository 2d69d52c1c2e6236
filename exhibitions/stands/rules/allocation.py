"""Who has a stand and for how long: holds that end by themselves, assignments that stay (exhibitors-stands.md §3).

A hold lasts from its beginning up to `until`, which does not belong to it: one that expires at 12:00:00 loses against a
request at 12:00:00.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from exhibitions.core.errors import N_, Refused
from exhibitions.stands.rules.working_days import WorkingCalendar, end_of_day, nth_working_day


class AllocationKind(enum.StrEnum):
    """How firmly a stand is somebody's."""

    HOLD = "hold"
    ASSIGNED = "assigned"


class EndReason(enum.StrEnum):
    """Why somebody's hold of a stand, or the assignment, is over."""

    EXPIRED = "expired"
    RELEASED = "released"
    REPLACED = "replaced"
    ASSIGNED = "assigned"
    CANCELLED = "cancelled"
    MERGED = "merged"
    MOVED = "moved"
    REDUCED = "reduced"


class HoldUnit(enum.StrEnum):
    """In what the length of a hold is counted."""

    MINUTES = "minutes"
    DAYS = "days"
    WORKING_DAYS = "working_days"


class WhoChooses(enum.StrEnum):
    """Whether exhibitors hold a stand themselves, give wishes to the office, or may do neither."""

    EXHIBITOR = "exhibitor"
    OFFICE = "office"
    CLOSED = "closed"


LONGEST = {HoldUnit.MINUTES: 10_080, HoldUnit.DAYS: 90, HoldUnit.WORKING_DAYS: 60}
"""The longest hold in each unit: a week in minutes, three months in days."""


@dataclass(frozen=True)
class HoldLength:
    """How long a hold lasts: from 1 to the longest of its unit."""

    amount: int
    unit: HoldUnit

    def __post_init__(self) -> None:
        if not 1 <= self.amount <= LONGEST[self.unit]:
            raise Refused(
                "hold_length",
                N_("Enter how long a hold lasts: a number from 1 to %(longest)s"),
                longest=LONGEST[self.unit],
            )


class Held(Protocol):
    """What is asked of a row of an allocation."""

    kind: AllocationKind
    until: datetime | None
    ended_at: datetime | None


def is_live(held: Held, now: datetime) -> bool:
    """Whether it counts at `now`, also where nobody has come to end an expired one yet."""
    return held.ended_at is None and not has_expired(held, now)


def has_expired(held: Held, now: datetime) -> bool:
    """Whether a hold's time is over at `now`: at the very moment of its end it is. Assignments never expire."""
    return held.kind is AllocationKind.HOLD and held.until is not None and now >= held.until


def hold_until(now: datetime, length: HoldLength, zone: str, calendar: WorkingCalendar) -> datetime:
    """When a hold that begins at `now` ends, in UTC.

    Minutes are rounded up to the full minute, so that the time on the page is the time that counts. Days and working
    days begin after the day of the hold in the fair's zone, and the hold ends when the last of them is over.
    """
    if length.unit is HoldUnit.MINUTES:
        end = now + timedelta(minutes=length.amount)
        full = end.replace(second=0, microsecond=0)
        return full if full == end else full + timedelta(minutes=1)
    today = now.astimezone(ZoneInfo(zone)).date()
    if length.unit is HoldUnit.DAYS:
        return end_of_day(today + timedelta(days=length.amount), zone)
    return end_of_day(nth_working_day(today, length.amount, calendar), zone)


def extended(
    held_until: datetime, now: datetime, length: HoldLength, zone: str, calendar: WorkingCalendar
) -> datetime:
    """The new end of a hold that is given a length anew at `now`; never earlier than it was."""
    return max(held_until, hold_until(now, length, zone, calendar))


def is_end_of_day(until: datetime, zone: str) -> bool:
    """Whether a hold lasts to the end of a day, so that the page says the day and not 00:00 of the next."""
    local = until.astimezone(ZoneInfo(zone))
    return (local - timedelta(microseconds=1)).date() != local.date()


def last_moment(until: datetime) -> datetime:
    """A moment of the last day of a hold, for saying which day that is."""
    return until - timedelta(microseconds=1)


class Bar(enum.StrEnum):
    """Why an exhibitor may not hold a stand now."""

    NOT_OPEN = "not_open"
    NOT_ADMITTED = "not_admitted"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class Asking:
    """What is known of an exhibitor who would hold one more stand. `live` counts own holds and assigned stands."""

    admitted: bool
    live: int
    limit: int
    who_chooses: WhoChooses = WhoChooses.EXHIBITOR
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def bar_to_hold(asking: Asking, now: datetime) -> Bar | None:
    """Why the exhibitor may not hold a stand at `now`, None where it may. Choosing is open from `opens_at` on and no
    more at `closes_at`; a limit of n holds refuses the one after the n-th."""
    early = asking.opens_at is not None and now < asking.opens_at
    late = asking.closes_at is not None and now >= asking.closes_at
    if asking.who_chooses is not WhoChooses.EXHIBITOR or early or late:
        return Bar.NOT_OPEN
    if not asking.admitted:
        return Bar.NOT_ADMITTED
    return Bar.TOO_MANY if asking.live >= asking.limit else None


_BARRED = {
    Bar.NOT_OPEN: N_("Choosing a stand is not open now. Please ask the organiser"),
    Bar.NOT_ADMITTED: N_("You can choose a stand once your application is admitted"),
    Bar.TOO_MANY: N_("You already have as many stands as you may hold. Release one first"),
}


def refuse_barred(bar: Bar | None) -> None:
    """Raise `Refused` with the sentence of `bar`; nothing where there is none."""
    if bar is not None:
        raise Refused(bar.value, _BARRED[bar])
