"""What the office does with stands: assign, move, exchange, take back; and what money and cancellation bring about.

Everything that changes who has what after the freeze fills the list of what is false (`swapping`). Locks are taken in one
order: exhibitors by number of row, then stands by number of row (docs/architecture.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.rules.states import ADMITTED, UNDER_CONTRACT, Mover, State
from exhibitions.exhibitors.service import moving
from exhibitions.exhibitors.service.moving import SUBJECT, lock
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation, Stand
from exhibitions.stands.queries import holding as queries
from exhibitions.stands.rules.allocation import AllocationKind, EndReason
from exhibitions.stands.rules.swaps import Made
from exhibitions.stands.service import telling
from exhibitions.stands.service.holding import (
    Taken,
    add,
    current,
    end,
    lock_stands,
    locked,
    tell_later,
    without_stand,
)
from exhibitions.stands.service.swapping import listing_what_gets_false


@dataclass(frozen=True)
class Room:
    """A room above that keeps papers of who has which stand: it locks its own before exhibitors and stands are locked, and
    follows a move of an exhibitor to other stands, named by the numbers of those before."""

    lock: Callable[[Expo, Sequence[Exhibitor]], object]
    follow: Callable[[Expo, Exhibitor, Mapping[str, Stand], Actor], object]


ROOMS: list[Room] = []
"""Filled by the composition root."""


def assign(
    expo: Expo, exhibitor: Exhibitor, stand_id: int, by: Actor, *, instead: bool = False
) -> tuple[Allocation, Allocation | None]:
    """Make the stand the exhibitor's; its own hold of it becomes the assignment, and a second click changes nothing.

    Gives the assignment and the other's hold that was ended for it, which `instead` allows; the other is told, and may
    choose again. Raises `Conflict` when it is another's, `Refused` for who is not admitted, `NotFound` for another fair's
    stand.
    """
    other = _other(expo, exhibitor, stand_id) if instead else None
    _locked_exhibitors([exhibitor, *([other] if other is not None else [])])
    if exhibitor.state not in ADMITTED:
        raise Refused("not_admitted", N_("Only an admitted exhibitor gets a stand"))
    stand = locked(expo, [stand_id])[0]
    now = clock.now()
    found, replaced, kept = current(stand, now), None, None
    if found is not None and found.exhibitor_id == exhibitor.id:
        if found.kind is AllocationKind.ASSIGNED:
            return found, None
        end(found, EndReason.ASSIGNED, now)
        kept = found.area_before
    elif found is not None:
        replaced = _end_for_another(found, other, stand, by)
    with listing_what_gets_false(expo, [exhibitor], by, now):
        row = add(expo, exhibitor, stand, AllocationKind.ASSIGNED, by, now)
        row.area_before = kept
    record("stands.assigned", by, row, stand)
    if other is not None and replaced is not None:
        without_stand(expo, other, by)
    if exhibitor.state is State.ADMITTED:
        moving.move(exhibitor, State.OFFERED, Mover.OFFICE, by)
    return row, replaced


def _end_for_another(found: Allocation, other: Exhibitor | None, stand: Stand, by: Actor) -> Allocation:
    """End the hold of `other`, who is told; raises `Conflict` for what is assigned, or held by anybody else."""
    if found.kind is AllocationKind.ASSIGNED:
        raise Conflict("stand_sold", N_("%(number)s is assigned to somebody else"), number=stand.number)
    if other is None or found.exhibitor_id != other.id:
        raise Conflict("stand_held", N_("%(number)s is held for somebody else"), number=stand.number)
    end(found, EndReason.REPLACED, clock.now())
    record("stands.replaced", by, found, stand)
    tell_later(found)
    return found


def _other(expo: Expo, exhibitor: Exhibitor, stand_id: int) -> Exhibitor | None:
    """Who else has the stand, asked before anybody is locked."""
    stand = queries.stand_of(expo, stand_id)
    found = queries.holder_of(stand, clock.now()) if stand is not None else None
    return found.exhibitor if found is not None and found.exhibitor_id != exhibitor.id else None


def move(expo: Expo, allocation_id: int, stand_id: int, by: Actor) -> Allocation:
    """Give the holder another free stand in place of this one, held or assigned as it was; it is told so by letter.

    One that it holds already, because it was offered to it, is as good as free. Raises `Taken` when the new one is
    somebody else's, `NotFound` for what is over, and `Done` for a second click: nothing is done twice.
    """
    check_not_done(expo, (allocation_id, stand_id))
    _lock_above(expo, [allocation_id])
    row, exhibitor = _live(expo, allocation_id)
    if row.stand_id == stand_id:
        raise Refused("same_stand", N_("Choose another stand than the one it is now"))
    # The first click may have been carried out while this one waited.
    check_not_done(expo, (allocation_id, stand_id))
    stands = {stand.id: stand for stand in locked(expo, [row.stand_id, stand_id])}
    now = clock.now()
    here, there = stands[row.stand_id], stands[stand_id]
    _check_still(row, here)
    offered = current(there, now)
    if offered is not None and (
        offered.exhibitor_id != exhibitor.id or offered.kind is not AllocationKind.HOLD
    ):
        raise Taken(there)
    with listing_what_gets_false(expo, [exhibitor], by, now):
        end(row, EndReason.MOVED, now)
        if offered is not None:
            end(offered, EndReason.ASSIGNED, now)
        new = add(expo, exhibitor, there, row.kind, by, now, until=row.until)
    record("stands.moved", by, new, there, before={"stand": here.number})
    telling.tell_moved(new, row)
    _follow(expo, exhibitor, {here.number: there}, by)
    return new


def exchange(expo: Expo, one_id: int, other_id: int, by: Actor) -> tuple[Allocation, Allocation]:
    """Let two exhibitors exchange their stands in one step: nobody else can come in between.

    Each keeps how firmly it had its stand, and until when, and is told by letter. Raises `NotFound` when one of them is over, and `Done` for
    a second click.
    """
    _check_not_exchanged(expo, one_id, other_id)
    _lock_above(expo, (one_id, other_id))
    one, other = _rows(expo, (one_id, other_id))
    if one.exhibitor_id == other.exhibitor_id:
        raise Refused("same_exhibitor", N_("Both stands are this exhibitor's. Choose another's"))
    exhibitors = _locked_exhibitors([one.exhibitor, other.exhibitor])
    _check_not_exchanged(expo, one_id, other_id)
    stands = {stand.id: stand for stand in locked(expo, [one.stand_id, other.stand_id])}
    now = clock.now()
    for row in (one, other):
        _check_still(row, stands[row.stand_id])
    with listing_what_gets_false(expo, exhibitors, by, now):
        end(one, EndReason.MOVED, now)
        end(other, EndReason.MOVED, now)
        made = [
            add(expo, row.exhibitor, stands[to.stand_id], row.kind, by, now, until=row.until)
            for row, to in ((one, other), (other, one))
        ]
    for new, old in zip(made, (one, other), strict=True):
        record("stands.moved", by, new, stands[new.stand_id], before={"stand": stands[old.stand_id].number})
        telling.tell_moved(new, old)
        _follow(expo, new.exhibitor, {stands[old.stand_id].number: stands[new.stand_id]}, by)
    return made[0], made[1]


class Done(Conflict):
    """The move was made before, by a first click; `row` is the place that it gave."""

    def __init__(self, row: Allocation) -> None:
        super().__init__(
            "moved_already", N_("This is done already. The stand is %(number)s now."), number=row.stand.number
        )
        self.row = row


def check_not_done(expo: Expo, *moves: tuple[int, int]) -> None:
    """Raises `Done` where the office has made these moves, each from an allocation to a stand, by numbers of row."""
    there = [_moved_to(expo, allocation_id, stand_id) for allocation_id, stand_id in moves]
    if there[0] is not None and all(there):
        raise Done(there[0])


def _moved_to(expo: Expo, allocation_id: int, stand_id: int) -> Allocation | None:
    row = queries.moved_from(expo, allocation_id)
    theirs = queries.of_exhibitor(expo, row.exhibitor, clock.now()) if row is not None else []
    return next((each for each in theirs if each.stand_id == stand_id), None)


def _check_not_exchanged(expo: Expo, one_id: int, other_id: int) -> None:
    one, other = queries.moved_from(expo, one_id), queries.moved_from(expo, other_id)
    if one is not None and other is not None:
        check_not_done(expo, (one_id, other.stand_id), (other_id, one.stand_id))


def _lock_above(expo: Expo, ids: Iterable[int]) -> None:
    exhibitors = [row.exhibitor for row in _rows(expo, ids)]
    for room in ROOMS:
        room.lock(expo, exhibitors)


def _follow(expo: Expo, exhibitor: Exhibitor, moved: Mapping[str, Stand], by: Actor) -> None:
    for room in ROOMS:
        room.follow(expo, exhibitor, moved, by)


def take_back(expo: Expo, allocation_id: int, by: Actor, reason: str = "") -> Allocation:
    """The office frees a stand, held or assigned. Who is under contract is moved, or the contract is called off first.

    Raises `Refused` for one under contract, `NotFound` for what is over.
    """
    row, exhibitor = _live(expo, allocation_id)
    if row.kind is AllocationKind.ASSIGNED and exhibitor.state in UNDER_CONTRACT:
        raise Refused(
            "under_contract", N_("This exhibitor is under contract. Move it, or call the contract off first")
        )
    stand = locked(expo, [row.stand_id])[0]
    _check_still(row, stand)
    now = clock.now()
    with listing_what_gets_false(expo, [exhibitor], by, now):
        end(row, EndReason.RELEASED, now)
    record("stands.released", by, row, stand, reason=reason)
    without_stand(expo, exhibitor, by)
    return row


def keep(expo: Expo, exhibitor: Exhibitor, by: Actor) -> list[Allocation]:
    """The down payment has come: what the exhibitor holds at this moment becomes its own. For the room of money.

    A hold that lapsed before the payment is not brought back (day 6 without payment, §2.2): the list is empty then.
    """
    lock(exhibitor)
    held = [row.stand_id for row in queries.of_exhibitor(expo, exhibitor, clock.now())]
    return [assign(expo, exhibitor, stand.id, by)[0] for stand in locked(expo, held)]


def give_up(
    expo: Expo,
    exhibitor: Exhibitor,
    by: Actor,
    *,
    reason: EndReason = EndReason.CANCELLED,
    only: Collection[int] | None = None,
    also: Sequence[Made] = (),
) -> list[Allocation]:
    """All that the exhibitor holds or has is over: cancelled, or some of it (`only`, stands by number of row) reduced.

    `also` is what a room above has made that may be false by it.
    """
    lock(exhibitor)
    now = clock.now()
    ended = []
    rows = [row for row in queries.of_exhibitor(expo, exhibitor, now) if only is None or row.stand_id in only]
    stands = {stand.id: stand for stand in locked(expo, [row.stand_id for row in rows])}
    with listing_what_gets_false(expo, [exhibitor], by, now, also=also):
        for row in rows:
            found = current(stands[row.stand_id], now)
            if found is not None and found.id == row.id:
                end(row, reason, now)
                record("stands.given_up", by, row, stands[row.stand_id])
                ended.append(row)
    return ended


def free_called_off(most: int = 100) -> int:
    """Free what exhibitors hold or have whose part was called off without an order, a portion; gives the stands freed."""
    found = queries.called_off(clock.now(), most)
    _locked_exhibitors([exhibitor for _expo, exhibitor in found])
    lock_stands(queries.stands_had(exhibitor.id for _expo, exhibitor in found))
    return sum(len(give_up(expo, exhibitor, SYSTEM)) for expo, exhibitor in found)


def _rows(expo: Expo, ids: Iterable[int]) -> list[Allocation]:
    rows = [queries.allocation_of(expo, each) for each in ids]
    if not all(rows):
        raise NotFound("hold_gone", N_("This hold is over"))
    return [row for row in rows if row is not None]


def _live(expo: Expo, allocation_id: int) -> tuple[Allocation, Exhibitor]:
    row = _rows(expo, [allocation_id])[0]
    return row, _locked_exhibitors([row.exhibitor])[0]


def lock_all(expo: Expo, exhibitors: Iterable[Exhibitor], stand_ids: Iterable[int]) -> None:
    """Lock all that a deed about several exhibitors will touch, before its first step: else two such deeds wait for
    each other. Raises `NotFound` for what is gone."""
    _locked_exhibitors(exhibitors)
    locked(expo, stand_ids)


def _locked_exhibitors(exhibitors: Iterable[Exhibitor]) -> list[Exhibitor]:
    wanted = sorted(exhibitors, key=lambda each: each.id)
    for each in wanted:
        lock(each)
    return wanted


def _check_still(row: Allocation, stand: Stand) -> None:
    """That the row still counts once its stand is locked: it may have been ended, or have expired, while we waited."""
    found = current(stand, clock.now())
    if found is None or found.id != row.id:
        raise Conflict("hold_over", N_("The hold of %(number)s is over. Hold it anew"), number=stand.number)


def record(
    action: str,
    by: Actor,
    row: Allocation,
    stand: Stand,
    *,
    before: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    """The audit of an exhibitor tells what became of a stand."""
    audit.record(
        action,
        by,
        expo_id=row.expo_id,
        subject=(SUBJECT, row.exhibitor_id),
        before=before,
        after={"stand": stand.number},
        reason=reason,
    )
