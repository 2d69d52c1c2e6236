"""What an exhibitor has still to do for the awards of a fair, for its list of tasks (E4)."""

from __future__ import annotations

from datetime import date, datetime

from exhibitions.awards.queries import entries
from exhibitions.awards.rules.entering import is_over
from exhibitions.awards.rules.states import EntryState
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.rules.states import ADMITTED
from exhibitions.exhibitors.rules.tasks import Fact
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import local_day

TASK = "award"
_OUT = (EntryState.DRAFT, EntryState.WITHDRAWN, EntryState.REJECTED)


def award_facts(expo: Expo, exhibitor: Exhibitor, now: datetime) -> list[Fact]:
    """The award entry as a task while an award takes entries; what was returned is due when screening ends.

    `now` is by the fair's clock. Nobody has to enter anything: the task is late for nobody, it only goes.
    """
    if exhibitor.state not in ADMITTED:
        return []
    returned = [each for each in entries.returned(expo, exhibitor) if not is_over(each[1], now)]
    if returned:
        until = min((until for _entry, until in returned if until is not None), default=None)
        return [Fact(TASK, _day(expo, until), started=True)]
    open_now = entries.soonest_deadline(expo, now)
    if open_now is None:
        return []
    season, closes_at = open_now
    own = [each for each in entries.of_exhibitor(expo, exhibitor) if each.season_id == season.id]
    done = any(each.state not in _OUT for each in own)
    started = any(each.state is EntryState.DRAFT for each in own)
    return [Fact(TASK, _day(expo, closes_at), started=started, done=done)]


def _day(expo: Expo, moment: datetime | None) -> date | None:
    return local_day(moment, expo.timezone, expo.cutoff_hour) if moment is not None else None
