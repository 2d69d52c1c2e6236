"""Two entries of one company on a fair's list: which of them can stay (demand 1, O4).

The further one stays, because what it has come to (an order, a stand, an application that was sent) counts on; where both
have come equally far, people choose. What binds both is taken off one of them first, by its own deed: the program calls
nothing off by the way.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.exhibitors.rules.states import ADMITTED, APPLYING, UNDER_CONTRACT, State


class Reached(enum.IntEnum):
    """How far an entry has come."""

    LISTED = 0
    OVER = 1
    BEGUN = 2
    APPLIED = 3
    BOUND = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """What is judged of an entry: its state, whether an order of it stands, whether it holds or has a stand."""

    state: State
    has_order: bool = False
    has_stand: bool = False

    @property
    def is_ordered(self) -> bool:
        """Whether it contracts with the organiser."""
        return self.has_order or self.state in UNDER_CONTRACT

    @property
    def reached(self) -> Reached:
        """How far it has come."""
        if self.is_ordered or self.has_stand:
            return Reached.BOUND
        if self.state is State.DRAFT:
            return Reached.BEGUN
        if self.state in APPLYING | ADMITTED:
            return Reached.APPLIED
        return Reached.OVER if self.state in (State.REFUSED, State.CANCELLED) else Reached.LISTED


def check(kept: Entry, gone: Entry) -> None:
    """Raise `Conflict` where both are bound, with what to do first, and `Refused` where the other one must stay."""
    if kept.is_ordered and gone.is_ordered:
        raise Conflict(
            "both_ordered",
            N_("Both entries have an order. Call the order of one of them off first; that one can end then."),
        )
    if kept.has_stand and gone.has_stand:
        raise Conflict(
            "both_on_stands",
            N_("Both entries have a stand. Take the stand of the one that is to end back first."),
        )
    if kept.reached is gone.reached is Reached.BOUND:
        raise Conflict(
            "order_and_stand",
            N_(
                "One entry has an order, the other one a stand. Take that stand back, or call the order off, first."
            ),
        )
    if gone.reached > kept.reached:
        raise Refused("other_is_further", N_("The other entry has come further. Keep that one."))


def usual(one: Entry, other: Entry) -> bool:
    """Whether the first of two is the one that is usually kept: the further one, else the first."""
    return one.reached >= other.reached


def missing(kept: Mapping[str, Any], gone: Mapping[str, Any]) -> list[str]:
    """The names under which the one that ends says something and the one that stays says nothing."""
    return [name for name, value in gone.items() if value and not kept.get(name)]


def with_note(kept: str, gone: str) -> str:
    """The notes of both, the one that ends below."""
    return "\n".join(filter(None, (kept, gone)))


def without_note(now: str, gone: str) -> str:
    """The note that is left when they are parted: what was written meanwhile stays."""
    if not gone or not now.endswith(gone):
        return now
    return now.removesuffix(gone).removesuffix("\n")
