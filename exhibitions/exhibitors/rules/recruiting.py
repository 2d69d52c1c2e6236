"""Recruiting 招展: the stages of a list and a board, next steps that are late, and who has been standing still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors.rules.states import RECRUITING, Stage, State, stage_of

STUCK = timedelta(days=14)
"""How long somebody may stand in a stage before the board says so (ux.md §10)."""
MOVING = frozenset({Stage.PROSPECT, Stage.CONTACTED, Stage.INTERESTED, Stage.APPLIED})
"""The stages in which the next step is the office's or soon will be."""
BY_HAND = tuple(state for state in State if state in RECRUITING)
"""Where the office puts a company by its own word; every other state comes from what happened (states.MOVES)."""
LONGEST_STEP = 300
LONGEST_TALK = 5_000
WAYS = {
    "phone": N_("Telephone"),
    "wechat": N_("WeChat"),
    "mail": N_("E-mail"),
    "visit": N_("Visit in person"),
    "fair": N_("At another fair"),
}
"""By what a company was talked to, as English message ids."""


@dataclass(frozen=True)
class NextStep:
    """What is to be done next with a company, by the end of which day of the fair's zone, by which colleague."""

    text: str = ""
    on: date | None = None
    user_id: int | None = None


@dataclass(frozen=True)
class Talk:
    """A talk with a company: when, by which way, with whom, what came of it, and what comes next."""

    at: datetime
    way: str
    with_whom: str
    text: str
    next_step: NextStep | None = None


def is_stuck(state: State, since: datetime, now: datetime) -> bool:
    """Whether a company has stood in a moving stage for more than 14 days; exactly 14 days are not too long."""
    return stage_of(state) in MOVING and now - since > STUCK


def is_late(next_on: date | None, today: date) -> bool:
    """Whether the day of a next step is over; the day itself is not."""
    return next_on is not None and next_on < today


def check_talk(talk: Talk, now: datetime) -> None:
    """Refuse a talk without words, by an unknown way, or one that has not taken place yet."""
    if not talk.text:
        raise Refused("talk_empty", N_("Write down what was said."))
    if talk.way not in WAYS:
        raise Refused("way_unknown", N_("Choose how you talked."))
    # Clocks of two machines differ by seconds; a day of tomorrow is a slip.
    if talk.at > now + timedelta(minutes=5):
        raise Refused("talk_ahead", N_("This talk lies in the future. Plan it as the next step."))


def state_after_talk(state: State) -> State:
    """A prospect that was talked to is contacted; whoever is further stays where it is."""
    return State.CONTACTED if state is State.PROSPECT else state
