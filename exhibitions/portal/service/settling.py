"""Settling a fair's exhibitors once it is over: who is on site and owes nothing is closed; taken back while nothing followed.

A few at once, hundreds by a job, a portion at a time: each portion looks anew at what is still open (ux.md §9).
"""

from __future__ import annotations

from dataclasses import dataclass

from exhibitions.core.actor import Actor
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.rules.states import Mover, State
from exhibitions.exhibitors.service import moving
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job
from exhibitions.orders.service import booking
from exhibitions.portal.rules.settling import Account, Point, check_time
from exhibitions.reports.queries import settling as queries

SETTLE, UNSETTLE = "portal.settle", "portal.unsettle"
AT_ONCE = 100
"""So many are settled while the page waits; more are a job."""


@dataclass(frozen=True, slots=True)
class Open:
    """An exhibitor on site that stays there, and why."""

    exhibitor: Exhibitor
    points: list[Point]


@dataclass(frozen=True, slots=True)
class Overview:
    """Who can be settled, who stays with what is open, who is settled, and of these who stays so because something followed."""

    ready: list[Exhibitor]
    stay: list[Open]
    settled: list[Exhibitor]
    followed: list[Exhibitor]

    @property
    def back(self) -> list[Exhibitor]:
        """Whose settling can be taken back."""
        return [each for each in self.settled if each not in self.followed]


@dataclass(frozen=True, slots=True)
class Done:
    """How many were moved, or the job that moves them."""

    count: int = 0
    job: Job | None = None


def overview(expo: Expo) -> Overview:
    """Where the exhibitors of a fair stand after it."""
    stay, ready = [], []
    for each in queries.on_site(expo):
        points = Account(each.open_minor, each.credit_minor, each.held_minor, each.days_missing).points
        if points:
            stay.append(Open(each.exhibitor, points))
        else:
            ready.append(each.exhibitor)
    settled, since = queries.in_state(expo, State.CLOSED), queries.followed(expo)
    return Overview(ready, stay, settled, [each for each in settled if each.id in since])


def settle(expo: Expo, by: Actor) -> Done:
    """Close everybody on site with whom nothing is open. Raises `Conflict` while the fair runs. A second click is none."""
    return _begin(expo, SETTLE, by)


def unsettle(expo: Expo, by: Actor) -> Done:
    """Take it back for everybody with whom nothing went on since."""
    return _begin(expo, UNSETTLE, by)


def waiting(expo: Expo, way: str) -> int:
    """How many are to be moved this way now."""
    return len(_wanted(expo, way))


def move_some(expo: Expo, way: str, most: int, by: Actor) -> int:
    """Move at most so many, inside the caller's transaction; gives their number, 0 when there is nothing (more) to do."""
    check_time(is_over=expos.is_over(expo))
    # Nobody books meanwhile: what is open is asked behind the lock.
    booking.take_turn(expo)
    wanted = _wanted(expo, way)[:most]
    to = State.CLOSED if way == SETTLE else State.ON_SITE
    for exhibitor in sorted(wanted, key=lambda each: each.id):
        moving.move(exhibitor, to, Mover.OFFICE, by)
    return len(wanted)


def _begin(expo: Expo, way: str, by: Actor) -> Done:
    check_time(is_over=expos.is_over(expo))
    if waiting(expo, way) > AT_ONCE:
        return Done(job=jobs.enqueue(way, str(expo.id), {}, expo_id=expo.id, actor=by))
    return Done(move_some(expo, way, AT_ONCE, by))


def _wanted(expo: Expo, way: str) -> list[Exhibitor]:
    found = overview(expo)
    return found.ready if way == SETTLE else found.back
