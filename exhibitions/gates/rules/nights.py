"""The hours of passes, night by night: in them, and only in them, a kind of pass admits (exhibitors-stands.md §2.5).

They stand in the place of the doors of question 8 (check-in.md) for the classes that have them. A window goes over midnight
where it does not end later than it begins; it belongs to the day on which it begins, so the last one ends on the day
after. The scanner judges by the same moments while it has no network: static/gates/nights.js, proven by the same
tests/gates/night_cases.json.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from exhibitions.expos.rules import at
from exhibitions.gates.rules.timing import Interval

MOST = 100
"""So many nights are kept of a pass; no build-up lasts longer."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when a pass admits, on the windows that begin from `first` to `last`, both within.

    Without them it is good for the windows that begin on the fair's own days.
    """

    start: time
    end: time
    first: date | None = None
    last: date | None = None


class Where(enum.StrEnum):
    """Where a moment lies: within a window, on a day of the windows but not in one, or on no such day."""

    WITHIN = "within"
    HOURS = "outside_hours"
    DAY = "wrong_day"


def windows(hours: Hours, days: Iterable[date], zone: str) -> tuple[Interval, ...]:
    """The windows as moments (UTC), the earliest first; none for a fair without days where `hours` names none.

    Where the clocks show an hour twice, a window begins with the first and ends with the last: nobody is refused
    because of the ambiguity (F19).
    """
    known = sorted(days)
    first = hours.first or (known[0] if known else None)
    last = hours.last or (known[-1] if known else None)
    if first is None or last is None:
        return ()
    count = min(MOST, (last - first).days + 1)
    over = _ONE_DAY if hours.end <= hours.start else timedelta(0)
    begins = [first + _ONE_DAY * place for place in range(count)]
    return tuple(
        Interval(
            at(day, hours.start, zone).astimezone(UTC),
            at(day + over, hours.end, zone).replace(fold=1).astimezone(UTC),
        )
        for day in begins
    )


def place_of(moment: datetime, found: Sequence[Interval], zone: str) -> tuple[Where, Interval | None]:
    """Where `moment` lies, and the window that is meant: the one it is in, the next one, or on its last day the last.

    Half-open: at 18:00 sharp a window of 18:00 to 10:00 has begun, at 10:00 sharp it is over.
    """
    following = next((one for one in found if moment < one.end), None)
    meant = following or (found[-1] if found else None)
    if meant is None:
        return Where.DAY, None
    if moment in meant:
        return Where.WITHIN, meant
    if following is None:
        # Once the next would have begun, "18:00–10:00" would be no answer.
        is_near = _local(moment, zone) == _local(meant.end, zone) and moment < meant.start + _ONE_DAY
    else:
        is_near = meant is not found[0] or _local(moment, zone) == _local(meant.start, zone)
    return (Where.HOURS, meant) if is_near else (Where.DAY, None)


def _local(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
