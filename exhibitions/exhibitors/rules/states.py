"""Where a company stands with one edition: its states, the moves between them, and who may make each (spec §2.1)."""

from __future__ import annotations

import enum
from datetime import date

from exhibitions.core.errors import N_, Conflict, Forbidden, Refused


class State(enum.StrEnum):
    """How far a company has come with one edition, from the first name on a list to the settled account."""

    PROSPECT = "prospect"
    CONTACTED = "contacted"
    INTERESTED = "interested"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHECKED = "checked"
    QUESTIONED = "questioned"
    ADMITTED = "admitted"
    WAIT_LISTED = "wait_listed"
    REFUSED = "refused"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    CONTRACTED = "contracted"
    DEPOSIT_PAID = "deposit_paid"
    PAID = "paid"
    ON_SITE = "on_site"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    NOT_THIS_EDITION = "not_this_edition"


class Stage(enum.StrEnum):
    """The words of ux.md §6 under which states are shown and filtered, in their order."""

    PROSPECT = "prospect"
    CONTACTED = "contacted"
    INTERESTED = "interested"
    APPLIED = "applied"
    CONTRACTED = "contracted"
    PAID = "paid"
    ON_SITE = "on_site"
    NOT_THIS_EDITION = "not_this_edition"


class Mover(enum.StrEnum):
    """Who brings a state about: the office, the exhibitor itself, who books money, the exhibitor desk on site."""

    OFFICE = "office"
    EXHIBITOR = "exhibitor"
    MONEY = "money"
    DESK = "desk"


RECRUITING = frozenset({State.PROSPECT, State.CONTACTED, State.INTERESTED, State.NOT_THIS_EDITION})
"""Before an application is begun: the office moves freely among these."""
APPLYING = frozenset({State.DRAFT, State.SUBMITTED, State.QUESTIONED, State.CHECKED, State.WAIT_LISTED})
"""An application that is not decided for good."""
WRITABLE = frozenset({State.DRAFT, State.QUESTIONED})
"""The exhibitor may change its answers: they are not sent yet, or a question has come back."""
CANCELLABLE = frozenset(
    {
        State.SUBMITTED,
        State.QUESTIONED,
        State.CHECKED,
        State.WAIT_LISTED,
        State.ADMITTED,
        State.OFFERED,
        State.ACCEPTED,
        State.CONTRACTED,
        State.DEPOSIT_PAID,
        State.PAID,
    }
)
"""An offer that binds and can still be called off; who has arrived can no longer."""
ADMITTED = frozenset(
    {
        State.ADMITTED,
        State.OFFERED,
        State.ACCEPTED,
        State.CONTRACTED,
        State.DEPOSIT_PAID,
        State.PAID,
        State.ON_SITE,
        State.CLOSED,
    }
)
"""The organiser has accepted the company (E-1), whatever became of its stand since."""
BEFORE_ORDER = frozenset({State.ADMITTED, State.OFFERED})
"""Admitted, and bound by no order (any more): may choose a stand."""
UNDER_CONTRACT = frozenset({State.CONTRACTED, State.DEPOSIT_PAID, State.PAID, State.ON_SITE, State.CLOSED})
"""Contracts directly with the organiser, paid or not (E-2, SP-1)."""

_OFFICE = frozenset({Mover.OFFICE})
_EXHIBITOR = frozenset({Mover.OFFICE, Mover.EXHIBITOR})
_CONTRACT = frozenset({Mover.OFFICE, Mover.MONEY})
_MONEY = frozenset({Mover.MONEY})
_DESK = frozenset({Mover.DESK})

MOVES: dict[tuple[State, State], frozenset[Mover]] = {
    **{(one, other): _OFFICE for one in RECRUITING for other in RECRUITING if one is not other},
    **{(one, State.DRAFT): _EXHIBITOR for one in RECRUITING},
    (State.DRAFT, State.NOT_THIS_EDITION): _EXHIBITOR,
    (State.DRAFT, State.SUBMITTED): _EXHIBITOR,
    (State.SUBMITTED, State.CHECKED): _OFFICE,
    (State.SUBMITTED, State.QUESTIONED): _OFFICE,
    (State.CHECKED, State.QUESTIONED): _OFFICE,
    (State.QUESTIONED, State.SUBMITTED): _EXHIBITOR,
    (State.CHECKED, State.ADMITTED): _OFFICE,
    (State.CHECKED, State.WAIT_LISTED): _OFFICE,
    (State.CHECKED, State.REFUSED): _OFFICE,
    (State.WAIT_LISTED, State.ADMITTED): _OFFICE,
    (State.WAIT_LISTED, State.REFUSED): _OFFICE,
    (State.ADMITTED, State.OFFERED): _OFFICE,
    (State.OFFERED, State.ACCEPTED): _EXHIBITOR,
    (State.ACCEPTED, State.CONTRACTED): _CONTRACT,
    (State.CONTRACTED, State.DEPOSIT_PAID): _MONEY,
    # Inside the last months one invoice of 100 % is written: there is no deposit to pay first (§2.2).
    (State.CONTRACTED, State.PAID): _MONEY,
    (State.DEPOSIT_PAID, State.PAID): _MONEY,
    (State.PAID, State.ON_SITE): _DESK,
    # Nothing that was due is open: what was ordered last is payable later and holds nobody up at the gate.
    (State.DEPOSIT_PAID, State.ON_SITE): _DESK,
    (State.CONTRACTED, State.ON_SITE): _DESK,
    (State.ON_SITE, State.CLOSED): _OFFICE,
    **{(one, State.CANCELLED): _OFFICE for one in CANCELLABLE},
}
"""The ways forward, and who may go them. A binding offer is called off by the office alone, with its fee."""

CORRECTIONS: dict[tuple[State, State], frozenset[Mover]] = {
    # The offer was declined, or the hold behind it lapsed (day 6 without payment, §2.2).
    (State.OFFERED, State.ADMITTED): _EXHIBITOR,
    (State.ACCEPTED, State.ADMITTED): _OFFICE,
    # A payment was booked to the wrong company, or paid back.
    (State.DEPOSIT_PAID, State.CONTRACTED): _MONEY,
    (State.PAID, State.DEPOSIT_PAID): _MONEY,
    (State.PAID, State.CONTRACTED): _MONEY,
    # The desk took one company for another.
    **{(State.ON_SITE, one): _DESK for one in (State.CONTRACTED, State.DEPOSIT_PAID, State.PAID)},
    # The settling of an edition is taken back, as long as nothing followed it.
    (State.CLOSED, State.ON_SITE): _OFFICE,
    # A cancellation is withdrawn (statistics case 8): back to where it was called off.
    **{(State.CANCELLED, one): _OFFICE for one in CANCELLABLE},
}
"""The ways back, on which a deed is taken back. The history keeps both."""

_STAGES = {
    State.PROSPECT: Stage.PROSPECT,
    State.CONTACTED: Stage.CONTACTED,
    State.INTERESTED: Stage.INTERESTED,
    State.DRAFT: Stage.INTERESTED,
    State.SUBMITTED: Stage.APPLIED,
    State.QUESTIONED: Stage.APPLIED,
    State.CHECKED: Stage.APPLIED,
    State.WAIT_LISTED: Stage.APPLIED,
    State.ADMITTED: Stage.APPLIED,
    State.OFFERED: Stage.APPLIED,
    State.ACCEPTED: Stage.APPLIED,
    State.CONTRACTED: Stage.CONTRACTED,
    State.DEPOSIT_PAID: Stage.CONTRACTED,
    State.PAID: Stage.PAID,
    State.ON_SITE: Stage.ON_SITE,
    State.CLOSED: Stage.ON_SITE,
    State.REFUSED: Stage.NOT_THIS_EDITION,
    State.CANCELLED: Stage.NOT_THIS_EDITION,
    State.NOT_THIS_EDITION: Stage.NOT_THIS_EDITION,
}

STAGE_WORDS = {
    Stage.PROSPECT: N_("Prospect"),
    Stage.CONTACTED: N_("Contacted"),
    Stage.INTERESTED: N_("Interested"),
    Stage.APPLIED: N_("Applied"),
    Stage.CONTRACTED: N_("Contracted"),
    Stage.PAID: N_("Paid in full"),
    Stage.ON_SITE: N_("Arrived on site"),
    Stage.NOT_THIS_EDITION: N_("Not this edition"),
}
STATE_WORDS = {
    State.PROSPECT: STAGE_WORDS[Stage.PROSPECT],
    State.CONTACTED: STAGE_WORDS[Stage.CONTACTED],
    State.INTERESTED: STAGE_WORDS[Stage.INTERESTED],
    State.DRAFT: N_("Application begun"),
    State.SUBMITTED: N_("Application sent"),
    State.QUESTIONED: N_("Question sent back"),
    State.CHECKED: N_("Application checked"),
    State.ADMITTED: N_("Admitted"),
    State.WAIT_LISTED: N_("Wait-listed"),
    State.REFUSED: N_("Not admitted"),
    State.OFFERED: N_("Stand offered"),
    State.ACCEPTED: N_("Stand accepted"),
    State.CONTRACTED: STAGE_WORDS[Stage.CONTRACTED],
    State.DEPOSIT_PAID: N_("Down payment received"),
    State.PAID: STAGE_WORDS[Stage.PAID],
    State.ON_SITE: STAGE_WORDS[Stage.ON_SITE],
    State.CLOSED: N_("Settled"),
    State.CANCELLED: N_("Called off"),
    State.NOT_THIS_EDITION: STAGE_WORDS[Stage.NOT_THIS_EDITION],
}
"""What each state is called on its own page (English message ids); lists use the word of its stage."""


def stage_of(state: State) -> Stage:
    """The word of ux.md §6 under which a state is counted and filtered."""
    return _STAGES[state]


def states_of(stage: Stage) -> tuple[State, ...]:
    """The states that a filter by this stage finds, in their order."""
    return tuple(state for state in State if _STAGES[state] is stage)


def movers(state: State, to: State) -> frozenset[Mover]:
    """Who may bring this move about; nobody where the table has no such move."""
    return MOVES.get((state, to)) or CORRECTIONS.get((state, to)) or frozenset()


def next_states(state: State, by: Mover) -> tuple[State, ...]:
    """Where `by` may take it from here, ways back included, in the order of the states."""
    return tuple(to for to in State if by in movers(state, to))


def check_move(state: State, to: State, by: Mover | None = None) -> None:
    """Raise unless the table has the move, and `by` (None: whoever) may make it.

    `Conflict` with the code `already` where it stands there already, so that a second click can be told from a fault.
    """
    if state is to:
        raise Conflict("already", N_("This has already been done"))
    allowed = movers(state, to)
    if not allowed:
        raise Conflict("no_such_move", N_("This step is not possible from where the application stands"))
    if by is not None and by not in allowed:
        raise Forbidden("not_your_move", N_("This step is taken by somebody else"))


def back_to(before: State, *, is_ordered_anew: bool) -> State:
    """Where a withdrawn cancellation leads: to the state in which it was called off, and to no other.

    Who has to order anew, because the order was called off with it, is admitted and may choose a stand.
    """
    return State.ADMITTED if is_ordered_anew and before in ADMITTED else before


def check_reduction(before: int, after: int, fee: int, on: date, opens: date) -> None:
    """A stand may shrink: from `before` to `after` cm², for a fee in minor units, up to the day before opening.

    It is an event with a date and a fee, no state; nothing at all left is a cancellation. Raises `Refused`.
    """
    if not 0 < after < before:
        raise Refused("no_reduction", N_("Enter an area that is smaller than now and more than nothing"))
    check_fee(fee)
    if on >= opens:
        raise Refused("reduced_late", N_("The fair has opened: the area can no longer be reduced"))


def check_fee(fee: int) -> None:
    """A fee for calling off or reducing is nothing or more, in minor units; raises `Refused`."""
    if fee < 0:
        raise Refused("fee_negative", N_("A fee cannot be less than nothing"))
