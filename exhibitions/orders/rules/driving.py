"""How money moves an exhibitor on and back: deposit paid, paid in full (spec §2.1)."""

from __future__ import annotations

from collections.abc import Sequence

from exhibitions.exhibitors.rules.states import State
from exhibitions.orders.rules.balance import Filled

DRIVEN = (State.CONTRACTED, State.DEPOSIT_PAID, State.PAID)
"""States that money alone decides between. Before the contract and from the arrival on, money changes no state."""


def target(state: State, filled: Sequence[tuple[bool, Filled]], *, is_settled: bool) -> State | None:
    """The state that the money says, or None where the exhibitor stands there already or money does not decide.

    `filled` are the instalments, each with whether it is a deposit; `is_settled` says that nothing of the order is open.
    """
    if state not in DRIVEN:
        return None
    deposits = [each for is_deposit, each in filled if is_deposit]
    if is_settled:
        wanted = State.PAID
    elif deposits and all(each.is_full for each in deposits):
        wanted = State.DEPOSIT_PAID
    else:
        wanted = State.CONTRACTED
    return None if wanted is state else wanted
