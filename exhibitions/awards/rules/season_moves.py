"""How a season moves: what each move is called, what it asks for, and what stands in its way (awards.md §3.3)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from exhibitions.awards.rules.states import LOCKED, SEASON_MOVES, SeasonState
from exhibitions.core.errors import N_, Conflict, Forbidden, Refused

_ORDER = list(SeasonState)

STATE_WORDS = {
    SeasonState.DRAFT: N_("Being prepared"),
    SeasonState.OPEN: N_("Open for entries"),
    SeasonState.SCREENING: N_("Screening"),
    SeasonState.JUDGING: N_("Judging"),
    SeasonState.SCORED: N_("Judging closed"),
    SeasonState.DELIBERATING: N_("Deliberation"),
    SeasonState.LOCKED: N_("Result locked"),
    SeasonState.EMBARGOED: N_("Under embargo"),
    SeasonState.PUBLISHED: N_("Result published"),
    SeasonState.CLOSED: N_("Season closed"),
}
MOVE_WORDS = {
    SeasonState.OPEN: N_("Open for entries"),
    SeasonState.SCREENING: N_("Close entries and screen"),
    SeasonState.JUDGING: N_("Open judging"),
    SeasonState.SCORED: N_("Close judging"),
    SeasonState.DELIBERATING: N_("Begin deliberation"),
    SeasonState.LOCKED: N_("Lock the result"),
    SeasonState.EMBARGOED: N_("Hold until publication"),
    SeasonState.PUBLISHED: N_("Publish the result"),
    SeasonState.CLOSED: N_("Close the season"),
}
"""What the next step forward is called."""
MEANING = {
    SeasonState.OPEN: N_("Exhibitors can enter products until the deadline, to the second."),
    SeasonState.SCREENING: N_("Nobody can enter any more. Entries are accepted, returned or refused."),
    SeasonState.JUDGING: N_(
        "The rules are frozen with a hash, and jurors can score. Later changes make a new version with a reason."
    ),
    SeasonState.SCORED: N_("No juror can send a sheet any more."),
    SeasonState.DELIBERATING: N_("The jury talks about the medals. Marks stay as they are."),
    SeasonState.LOCKED: N_("The result is written with its hash; sheets and decisions stay as they are."),
    SeasonState.EMBARGOED: N_("The result waits for the moment of its publication; nobody outside sees it."),
    SeasonState.PUBLISHED: N_("Everybody can read the result."),
    SeasonState.CLOSED: N_("The season is over."),
}


@dataclass(frozen=True)
class Standing:
    """What is known of a season that is to move; counts are of entries, as the office sees them."""

    state: SeasonState
    opens_at: datetime | None
    closes_at: datetime | None
    judging_closes_at: datetime | None
    categories: int
    accepted: int
    waiting: int
    unjudged: int
    problems: tuple[Refused, ...] = ()
    is_changed: bool = False
    """Whether rules that were frozen before are being changed."""


class Hindrance(NamedTuple):
    """What stands in the way of a move: the sentence, and which page mends it (`facts`, `rules`, `entries`)."""

    refusal: Refused
    page: str


def is_back(now: SeasonState, to: SeasonState) -> bool:
    """Whether a move takes back what was done."""
    return _ORDER.index(to) < _ORDER.index(now)


def onward(now: SeasonState, publish_at: datetime | None, moment: datetime) -> SeasonState | None:
    """The next step forward; a locked result is held until its moment of publication, which then publishes it by itself.

    None where nothing is to be done: under embargo, and after the last.
    """
    if now is SeasonState.EMBARGOED:
        return None
    if now is SeasonState.LOCKED:
        early = publish_at is not None and moment < publish_at
        return SeasonState.EMBARGOED if early else SeasonState.PUBLISHED
    return next((to for to in _ORDER if to in SEASON_MOVES[now] and not is_back(now, to)), None)


def backward(now: SeasonState) -> SeasonState | None:
    """The step back that may be taken; None from the first."""
    return next((to for to in _ORDER if to in SEASON_MOVES[now] and is_back(now, to)), None)


def is_of_deliberation(now: SeasonState, to: SeasonState) -> bool:
    """Whether a move is a deed of the result, done where the jury deliberates (J3): every one from the lock on.

    There the lock writes the file, publication gives the medals, and two people open a locked result again, with a note
    for everybody once it was public. To close the season changes nothing of the result.
    """
    return to is not SeasonState.CLOSED and (now in LOCKED or to in LOCKED)


def check_here(now: SeasonState, to: SeasonState) -> None:
    """Refuse a move of the result where seasons are moved."""
    if is_of_deliberation(now, to):
        raise Conflict(
            "of_deliberation",
            N_("The result is locked, published and opened again on the page of the deliberation."),
        )


def of_result(now: SeasonState, to: SeasonState) -> bool:
    """Whether a move is for those alone who may see the result before it is public (AW-39, P22)."""
    return now in LOCKED or to in LOCKED or SeasonState.DELIBERATING in (now, to)


def check_right(now: SeasonState, to: SeasonState, *, sees_results: bool) -> None:
    """Refuse a move of the result to who may not see it."""
    if of_result(now, to) and not sees_results:
        raise Forbidden("result_only", N_("Only the award office and administrators can do this."))


def hindrances(standing: Standing, to: SeasonState, moment: datetime) -> Iterator[Hindrance]:
    """What keeps the season from moving there now; empty when it may."""
    if is_back(standing.state, to):
        return
    if to is SeasonState.OPEN:
        yield from (Hindrance(each, "facts") for each in _dates(standing, moment))
        if not standing.categories:
            yield Hindrance(Refused("no_category", N_("There is no category yet.")), "rules")
    if to is SeasonState.JUDGING:
        yield from _before_judging(standing, moment)


def _before_judging(standing: Standing, moment: datetime) -> Iterator[Hindrance]:
    yield from (Hindrance(each, "rules") for each in standing.problems)
    if standing.is_changed:
        words = N_("The frozen rules were changed: put the changes in force with a reason, or give them up.")
        yield Hindrance(Refused("rules_changed", words), "rules")
    if not standing.accepted:
        yield Hindrance(Refused("no_entry", N_("No entry is accepted yet.")), "entries")
    if standing.judging_closes_at is not None and standing.judging_closes_at <= moment:
        yield Hindrance(
            Refused("judging_over", N_("The end of judging is past. Choose a later one.")), "facts"
        )


def _dates(standing: Standing, moment: datetime) -> Iterator[Refused]:
    if standing.opens_at is None or standing.closes_at is None:
        yield Refused("no_dates", N_("Say from when until when products can be entered."))
    elif standing.closes_at <= moment:
        yield Refused("deadline_past", N_("The deadline for entries is past. Choose a later one."))


def cautions(standing: Standing, to: SeasonState) -> Iterator[Refused]:
    """What may be gone over, and should be known before."""
    if to is SeasonState.JUDGING and standing.waiting:
        yield Refused(
            "unscreened",
            N_("%(count)s entries are not decided in screening; no juror gets them."),
            count=standing.waiting,
        )
    if to is SeasonState.SCORED and standing.unjudged:
        yield Refused(
            "unjudged",
            N_("%(count)s sheets are not sent. An entry below the quorum gets no medal."),
            count=standing.unjudged,
        )


def check_dates(dates: dict[str, datetime | None]) -> None:
    """Refuse dates out of their order; `dates` are in the order of a season's life, those left out are None."""
    known = [(name, moment) for name, moment in dates.items() if moment is not None]
    for (_, earlier), (name, later) in itertools.pairwise(known):
        if later < earlier:
            raise Refused(f"order.{name}", N_("This must not be earlier than the date before it."))
