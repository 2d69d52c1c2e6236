"""Which entries were on the table: what the N of the cap and the statutory summary count (awards.md §3.4 step 8)."""

from __future__ import annotations

from dataclasses import dataclass

from exhibitions.awards.rules.case import EntryState as Presented
from exhibitions.awards.rules.states import EntryState

_NEVER = frozenset({EntryState.DRAFT, EntryState.SUBMITTED, EntryState.RETURNED, EntryState.REJECTED})
# Who lost the award afterwards takes no part in a result that is locked anew, and was presented all the same.
_SENT_OFF = frozenset({EntryState.DISQUALIFIED, EntryState.REVOKED})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the state of an entry alone does not say: whether a juror was given it, whether its sample came."""

    is_judged: bool
    had_sample: bool


def presented_as(state: EntryState, facts: Facts) -> Presented:
    """How an entry counts: accepted alone is not presented, received or judged is, also when it is withdrawn afterwards."""
    if state in _NEVER:
        return Presented.NOT_PRESENTED
    if state in _SENT_OFF:
        return Presented.DISQUALIFIED
    was_there = facts.is_judged or facts.had_sample
    if state is EntryState.WITHDRAWN:
        return Presented.WITHDRAWN if was_there else Presented.NOT_PRESENTED
    if state is EntryState.SCREENED_OK and not was_there:
        return Presented.NOT_PRESENTED
    return Presented.PRESENTED
