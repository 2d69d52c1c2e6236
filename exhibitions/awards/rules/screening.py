"""What the office can do with an entry where it stands now, while the season stands where it stands."""

from __future__ import annotations

import enum

from exhibitions.awards.rules.entering import SCREENING
from exhibitions.awards.rules.states import (
    ENTRY_MOVES,
    JUDGEABLE,
    LOCKED,
    EntryState,
    SeasonState,
)


class Deed(enum.StrEnum):
    """What can be done on the page of an entry."""

    ACCEPT = "accept"
    RETURN = "return"
    REJECT = "reject"
    ANSWER = "answer"
    REOPEN = "reopen"
    MOVE = "move"
    RECEIVE = "receive"
    GIVE_BACK = "give_back"
    DISQUALIFY = "disqualify"
    REINSTATE = "reinstate"
    WITHDRAW = "withdraw"


_MOVES = {
    Deed.ACCEPT: EntryState.SCREENED_OK,
    Deed.RETURN: EntryState.RETURNED,
    Deed.REJECT: EntryState.REJECTED,
}
_WAITING = frozenset({EntryState.SUBMITTED, EntryState.RETURNED})
_IN = frozenset(EntryState) - {EntryState.DRAFT, EntryState.REJECTED, EntryState.WITHDRAWN}
_MOVABLE = frozenset({EntryState.SUBMITTED, EntryState.RETURNED, EntryState.REJECTED}) | JUDGEABLE


def possible(state: EntryState, season: SeasonState, *, has_sample: bool) -> frozenset[Deed]:
    """The deeds that are open; `has_sample` when its sample is in the house."""
    found = _screening(state) if season in SCREENING else set()
    if state is EntryState.SCREENED_OK or has_sample:
        found.add(Deed.RECEIVE)
    if has_sample:
        found.add(Deed.GIVE_BACK)
    if season not in LOCKED and EntryState.DISQUALIFIED in ENTRY_MOVES[state]:
        found.add(Deed.DISQUALIFY)
    if season not in LOCKED and state is EntryState.DISQUALIFIED:
        found.add(Deed.REINSTATE)
    if EntryState.WITHDRAWN in ENTRY_MOVES[state] or (season in LOCKED and state in _IN):
        found.add(Deed.WITHDRAW)
    return frozenset(found)


def _screening(state: EntryState) -> set[Deed]:
    found: set[Deed] = set()
    if state in _WAITING:
        found |= {deed for deed, to in _MOVES.items() if to in ENTRY_MOVES[state]}
    if state is EntryState.RETURNED:
        found.add(Deed.ANSWER)
    if state in (EntryState.SCREENED_OK, EntryState.REJECTED):
        found.add(Deed.REOPEN)
    if state in _MOVABLE:
        found.add(Deed.MOVE)
    return found
