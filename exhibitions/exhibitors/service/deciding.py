"""What the office does with an application: a question back, checked, admitted, on the waiting list, refused, called off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors.models import Exhibitor, ExhibitorEvent
from exhibitions.exhibitors.rules import letters
from exhibitions.exhibitors.rules.states import Mover, State
from exhibitions.exhibitors.rules.typed import checked_lines
from exhibitions.exhibitors.service import telling
from exhibitions.exhibitors.service.moving import move, restore

MOST_AT_ONCE = 200
"""So many applications may be decided in one go."""


@dataclass(frozen=True)
class Room:
    """What a room above says of an exhibitor: whether an order binds it, and whether its order was called off."""

    binds: Callable[[Exhibitor], bool]
    called_off: Callable[[Exhibitor], bool]


ROOMS: list[Room] = []
"""Filled by the composition root."""


def ask(exhibitor: Exhibitor, text: str, by: Actor) -> None:
    """Send a question back: the exhibitor sees it, changes its answers and sends again. Raises `Refused` without words."""
    question = checked_lines(text)
    if not question:
        raise Refused("question_missing", N_("Write what you want to know"))
    event = move(exhibitor, State.QUESTIONED, Mover.OFFICE, by, text=question)
    exhibitor.question = question
    telling.tell_owners(exhibitor, letters.QUESTION, event.id)


def check(exhibitor: Exhibitor, by: Actor) -> None:
    """Note that an application is complete and right; it can be decided then."""
    move(exhibitor, State.CHECKED, Mover.OFFICE, by)


def decide(exhibitor: Exhibitor, to: State, text: str, by: Actor) -> ExhibitorEvent:
    """Admit, put on the waiting list or refuse, with a letter that has `text` in it. Raises `Refused`, `Conflict`."""
    if to not in letters.DECIDED:
        raise Refused("no_decision", N_("Choose a decision"))
    event = move(exhibitor, to, Mover.OFFICE, by, text=checked_lines(text))
    exhibitor.decided_at = clock.now()
    telling.tell_owners(exhibitor, letters.DECIDED[to], event.id)
    return event


def admit_many(exhibitors: Sequence[Exhibitor], text: str, by: Actor) -> tuple[int, int]:
    """Admit those of them that are checked or wait; gives how many, and how many stood otherwise and stay as they are."""
    ready = [each for each in exhibitors if each.state in (State.CHECKED, State.WAIT_LISTED)]
    if len(ready) > MOST_AT_ONCE:
        raise Refused("many_at_once", N_("At most %(most)s at once"), most=MOST_AT_ONCE)
    for exhibitor in ready:
        decide(exhibitor, State.ADMITTED, text, by)
    return len(ready), len(exhibitors) - len(ready)


def call_off(exhibitor: Exhibitor, text: str, fee: int, by: Actor) -> None:
    """Call an exhibitor's part off, for a fee in minor units of the fair's currency. Needs a reason. Raises `Refused`.

    Where an order binds it, the order is called off, which frees the stand, counts the fee and comes back here.
    """
    if any(room.binds(exhibitor) for room in ROOMS):
        raise Refused(
            "has_order",
            N_("An order binds this exhibitor. Call the order off: that calls the exhibitor off too."),
        )
    reason = checked_lines(text)
    if not reason:
        raise Refused("reason_missing", N_("Write why"))
    move(exhibitor, State.CANCELLED, Mover.OFFICE, by, text=reason, fee=fee)


def call_on(exhibitor: Exhibitor, by: Actor) -> ExhibitorEvent:
    """Withdraw a cancellation: the exhibitor is again where it was called off, or admitted where its order was called off.

    An order that was called off and the stand with it are over for good. Raises `Conflict` when it was not called off.
    """
    return restore(exhibitor, by, is_ordered_anew=any(room.called_off(exhibitor) for room in ROOMS))
