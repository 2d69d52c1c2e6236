"""How an edition goes on beside the one before it: the same figures at the same point of its course (ux.md O1, §10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import local_day
from exhibitions.expos.rules.calendar import Course, counterpart
from exhibitions.reports.queries.board import counted_days
from exhibitions.visitors.models import Registration

# Weeks before the opening at which registrations are compared; the last is the opening day itself.
_WEEKS = tuple(range(12, -1, -1))
_OVER_AND_DONE = 3600.0


@dataclass(frozen=True)
class Pace:
    """What the edition before had reached when it stood where this one stands now.

    `registrations` are all that were made until then, `visits` as counted by check-in.md; None where this edition or that
    one has no days yet, so that there is no such point.
    """

    edition: Expo
    registrations: int | None = None
    visits: int | None = None


def pace_of(before: Expo, expo: Expo) -> Pace:
    """The figures of the edition `before` when it stood where `expo` stands now, at most an hour old."""
    here, there = expos.course(expo), expos.course(before)
    if here is None or there is None:
        return Pace(before)
    moment = counterpart(expos.present(expo), here, there)
    return Pace(before, _made_until(before, [moment])[0], _visits_until(before, there, moment))


def _visits_until(expo: Expo, course: Course, moment: datetime) -> int:
    """Visits that had happened by `moment`, of the fair's own clock. Slips have no hour and count with their day's end."""
    day = local_day(moment, course.zone, course.cutoff_hour)
    found = counted_days(expo, _OVER_AND_DONE)
    whole = sum(counted.total.visits for one, counted in found.items() if one < day)
    begun = found[day].visits if day in found else []
    return whole + sum(visit.heads for visit in begun if visit.scan is not None and visit.scan.at <= moment)


@dataclass(frozen=True)
class Mark:
    """Registrations of both editions `weeks` before the opening; None for a mark that this one has not reached, or
    where there was no edition before."""

    weeks: int
    now: int | None
    before: int | None


def registrations_by_week(expo: Expo, before: Expo | None) -> list[Mark]:
    """All registrations made until each mark of the last twelve weeks before the opening, beside the edition `before`.

    Empty before the fair has days. A mark is the end of that day in the fair's own zone.
    """
    here = expos.course(expo)
    if here is None:
        return []
    ends = _ends(here)
    reached = sum(end - timedelta(days=1) <= expos.present(expo) for end in ends)
    now: list[int | None] = [*_made_until(expo, ends[:reached]), *[None] * (len(ends) - reached)]
    there = expos.course(before) if before is not None else None
    then: Sequence[int | None] = [None] * len(ends)
    if before is not None and there is not None:
        then = _made_until(before, _ends(there))
    return [Mark(*line) for line in zip(_WEEKS, now, then, strict=True)]


def _ends(course: Course) -> list[datetime]:
    """The moment at which each mark's day ends."""
    return [
        _midnight(course.days[0] - timedelta(weeks=weeks) + timedelta(days=1), course.zone)
        for weeks in _WEEKS
    ]


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _made_until(expo: Expo, moments: Sequence[datetime]) -> list[int]:
    """How many registrations had ever been made by each of the moments (in order, by the fair's own clock).

    One question of disjoint ranges, so that the index is read once from end to end.
    """
    if not moments:
        return []
    # Registrations are noted by the real clock, which differs from the fair's in a demo.
    shift = timedelta(seconds=expo.demo_shift_seconds or 0)
    edges = [None, *(moment - shift for moment in moments)]
    made = sa.select(sa.func.count()).select_from(Registration).where(Registration.expo_id == expo.id)
    parts = [
        made.where(
            Registration.created_at <= until, *([Registration.created_at > since] if since else [])
        ).scalar_subquery()
        for since, until in pairwise(edges)
    ]
    return list(accumulate(db.session.execute(sa.select(*parts)).one()))
