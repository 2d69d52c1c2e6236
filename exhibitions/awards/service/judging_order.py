"""A juror's order of a ranking round: kept as a draft from any page or device, checked, and sent (§3.4 step 13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exhibitions.awards.models import Ballot
from exhibitions.awards.queries import judging as queries
from exhibitions.awards.queries.judging import Place, Task
from exhibitions.awards.rules import order_entry, sheet_entry
from exhibitions.awards.rules.states import ASSIGNMENT_MOVES, AssignmentState, check_move
from exhibitions.awards.service.judging import check_declared, check_open, record
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, NotFound, Refused
from exhibitions.core.errors import Conflict as OutOfTurn

Places = Mapping[int, int]
"""The place of each entry of an order, by the number of the juror's assignment."""


class ChangedOrder(OutOfTurn):
    """The order is another one by now than the page showed."""

    def __init__(self) -> None:
        super().__init__(
            "order_changed",
            N_("The order was changed meanwhile, on another page or device. Please check it again."),
        )


@dataclass(frozen=True)
class Standing:
    """The order as it stands: its entries, whether something is still to be sent, and what was sent before."""

    tasks: Sequence[Task]
    order: Sequence[Sequence[str]]
    sent: Ballot | None

    @property
    def is_open(self) -> bool:
        """Whether an entry is not part of what was sent."""
        return any(task.is_open for task in self.tasks)

    @property
    def seen(self) -> str:
        """By what it is known that just this order was shown."""
        return order_entry.order_hash(self.order)

    @property
    def places(self) -> dict[int, int]:
        """The places, the best first."""
        by_number = {str(task.entry.number): task.assignment.id for task in self.tasks}
        return {by_number[number]: at for number, at in order_entry.places_of(self.order).items()}

    def order_of(self, places: Places) -> list[list[str]]:
        """The order that these places say."""
        number = {task.assignment.id: str(task.entry.number) for task in self.tasks}
        return order_entry.groups({number[each]: at for each, at in places.items()})


def standing(place: Place) -> Standing:
    """The order as it stands, with what is new at its end; without what the juror has recused from or may not judge."""
    return _standing(place, queries.queue(place), queries.barred)


def _standing_now(place: Place) -> Standing:
    return _standing(place, queries.queue(place), queries.barred_now)


def _standing(place: Place, tasks: Sequence[Task], ask: queries.Barring) -> Standing:
    barred = ask(place, [task.entry for task in tasks])
    mine = [task for task in tasks if (task.is_open or task.is_sent) and task.entry.id not in barred]
    ballots = queries.ballots(place)
    sent = next((each for each in reversed(ballots) if each.submitted_at is not None), None)
    known = ballots[-1].order if ballots else []
    return Standing(mine, order_entry.completed(known, [str(task.entry.number) for task in mine]), sent)


def save(place: Place, places: Places, move: tuple[int, int] | None = None) -> Standing:
    """Keep the places of a form as a draft; `move` moves one of them up (-1) or down (+1) besides.

    Raises a refusal when the round is closed, the order was sent, or these are not the entries of the order.
    """
    now = _writable(place)
    if places.keys() != now.places.keys():
        raise Refused("order", N_("The entries to be ordered have changed. Please look at the order again."))
    order = now.order_of(places)
    if move is not None and move[0] in places:
        number = next(str(task.entry.number) for task in now.tasks if task.assignment.id == move[0])
        order = order_entry.moved(order, number, move[1])
    _keep(place, now, order)
    return _standing_now(place)


def save_typed(place: Place, round_: str, seen: str, places: Places) -> Standing:
    """Take what a device made of the order that it was shown as `seen`. Places of entries that are gone are left out.

    Raises `ChangedOrder` when the order has become another one meanwhile and is not this one already; a refusal for a
    round that is over, and as `save`.
    """
    if round_ != place.round_code:
        raise NotFound("no_task", N_("This round is over."))
    now = _writable(place)
    known = {each: at for each, at in places.items() if each in now.places}
    numbers = [str(task.entry.number) for task in now.tasks]
    order = order_entry.completed(now.order_of(known), numbers)
    if seen != now.seen and order_entry.order_hash(order) != now.seen:
        raise ChangedOrder
    _keep(place, now, order)
    return _standing_now(place)


def send(place: Place, seen: str, by: Actor) -> Ballot:
    """Submit the order that was shown as `seen`: from now on it counts and is read only.

    Raises `ChangedOrder` when it is another one by now, and as `save`.
    """
    now = _writable(place)
    if seen != now.seen:
        raise ChangedOrder
    ballot = _keep(place, now, now.order)
    ballot.submitted_at = clock.now()
    for task in now.tasks:
        if task.is_open:
            check_move(ASSIGNMENT_MOVES, task.assignment.state, AssignmentState.SUBMITTED)
            task.assignment.state, task.assignment.changed_at = AssignmentState.SUBMITTED, clock.now()
    record("awards.order_sent", place, by, {"round": place.round_code})
    return ballot


def _writable(place: Place) -> Standing:
    """The order, locked, once everything says that the juror may still change it."""
    lock_named(f"awards.order:{place.juror.id}")
    queries.lock_queue(place)
    if not place.has_orders:
        raise OutOfTurn("marks_only", N_("In this round jurors give marks, and no order."))
    check_open(place)
    check_declared(place)
    now = _standing_now(place)
    if now.tasks and not now.is_open:
        raise sheet_entry.Sent("sent", N_("This order was sent and cannot be changed any more."))
    if not now.tasks:
        raise OutOfTurn("no_entries", N_("No entries are assigned to you yet."))
    return now


def _keep(place: Place, now: Standing, order: Sequence[Sequence[str]]) -> Ballot:
    """Write the draft. What was sent stays as it is among itself: its next version only adds what is new."""
    settled = {str(task.entry.number) for task in now.tasks if task.is_sent}
    sent = now.sent.order if now.sent is not None else []
    if order_entry.only(order, settled) != order_entry.only(sent, settled):
        raise OutOfTurn(
            "sent_part",
            N_("What you sent keeps its order: put only what is new in its place."),
        )
    ballots = queries.ballots(place)
    ballot = ballots[-1] if ballots else None
    if ballot is None or ballot.submitted_at is not None:
        ballot = Ballot(
            expo_id=place.season.expo_id,
            season_id=place.season.id,
            round=place.round_code,
            juror_id=place.juror.id,
            version=ballot.version + 1 if ballot is not None else 1,
        )
        db.session.add(ballot)
    ballot.order, ballot.changed_at = [list(group) for group in order], clock.now()
    db.session.flush()
    return ballot
