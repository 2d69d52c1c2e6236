"""How money moves an exhibitor on and back: deposit paid, paid in full (spec §2.1)."""

from __future__ import annotations

from collections.abc import Sequence

from exhibitions.exhibitors.rules.states import State
from exhibitions.orders.rules.balance import Filled

DRIVEN = (State.CONTRACTED, State.DEPOSIT_PAID, State.PAID)
"""States that money alone decides between. Before the contract and from the arrival on, money changes no state."""


KEEPS = (State.ACCEPTED, *DRIVEN)
"""States in which the down payment makes a held stand the exhibitor's own, also before the contract is sealed (§2.2)."""


def keeps_stand(state: State, filled: Sequence[tuple[bool, Filled]], *, is_settled: bool) -> bool:
    """Whether what came is enough that the hold ends by itself no more: every deposit is full, or nothing is open."""
    return state in KEEPS and (is_settled or _deposits_full(filled))


def target(state: State, filled: Sequence[tuple[bool, Filled]], *, is_settled: bool) -> State | None:
    """The state that the money says, or None where the exhibitor stands there already or money does not decide.

    `filled` are the instalments, each with whether it is a deposit; `is_settled` says that nothing of the order is open.
    """
    if state not in DRIVEN:
        return None
    if is_settled:
        wanted = State.PAID
    elif _deposits_full(filled):
        wanted = State.DEPOSIT_PAID
    else:
        wanted = State.CONTRACTED
    return None if wanted is state else wanted


def _deposits_full(filled: Sequence[tuple[bool, Filled]]) -> bool:
    deposits = [each for is_deposit, each in filled if is_deposit]
    return bool(deposits) and all(each.is_full for each in deposits)
