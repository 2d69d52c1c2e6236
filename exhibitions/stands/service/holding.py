"""Holding a stand and letting it go. One live row a stand: the unique index is the last judge, and this expects it to fire.

Who takes a stand locks first the exhibitor, then the stands by their numbers of row, so that two takers never wait for each
other. Whether a hold has expired is asked in the same transaction, by the clock after the lock: a request at the very
moment of its end wins.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.rules.states import BEFORE_ORDER, Mover, State
from exhibitions.exhibitors.service.moving import SUBJECT, lock, move
from exhibitions.expos.models import Expo
from exhibitions.jobs import service as jobs
from exhibitions.stands.models import Allocation, Stand
from exhibitions.stands.queries import holding as queries
from exhibitions.stands.rules.allocation import (
    AllocationKind,
    Asking,
    Bar,
    EndReason,
    bar_to_hold,
    extended,
    has_expired,
    hold_until,
    refuse_barred,
)
from exhibitions.stands.rules.nearest import Likeness, likeness

HOLDERS = BEFORE_ORDER
"""In which states an exhibitor's own people may hold a stand or let one go: admitted, and bound by no order yet.

What an order names stays as it is until the office changes it: its price is for these stands and no other.
"""
_A_MOMENT = timedelta(minutes=10)
_GOES_ON = frozenset({EndReason.ASSIGNED, EndReason.MERGED})
"""Why a row ends whose stand stays the exhibitor's, with the area that was agreed."""
TELL = "stands.hold_ended"
"""The job that tells a holder of a hold that its time ended."""


def hold(
    expo: Expo,
    exhibitor: Exhibitor,
    stand_id: int,
    by: Actor,
    *,
    person: ExhibitorPerson | None = None,
    until: datetime | None = None,
) -> Allocation:
    """Hold a stand for an exhibitor: by one of its people by the rules of the fair, or by the office (no `person`).

    A second click finds the hold of the first. Raises `Taken` when somebody was quicker (`told` names the nearest free stand),
    `Refused` for who may not hold (any more) or a stand that is not for sale, `NotFound` for another fair's stand.
    `until` is the office's own end, else the length of the fair's set-up counts.
    """
    lock(exhibitor)
    stand = locked(expo, [stand_id])[0]
    now = clock.now()
    found = current(stand, now)
    if found is not None and found.exhibitor_id == exhibitor.id:
        return found
    if found is not None:
        raise Taken(stand, found.since)
    if person is not None:
        refuse_barred(bar(expo, exhibitor, now))
    if not stand.for_sale:
        raise Refused("not_for_sale", N_("%(number)s is not for sale"), number=stand.number)
    if person is not None and stand.is_faulty:
        raise Refused(
            "stand_faulty",
            N_("%(number)s cannot be chosen now: the organiser is changing the plan there"),
            number=stand.number,
        )
    choosing = queries.choosing(expo)
    until = until or hold_until(now, choosing.length, expo.timezone, choosing.calendar)
    if until <= now:
        raise Refused("until_past", N_("The end of the hold must lie ahead"))
    row = add(expo, exhibitor, stand, AllocationKind.HOLD, by, now, until=until, person=person)
    _record("stands.held", by, row, stand, until=until)
    return row


def bar(expo: Expo, exhibitor: Exhibitor, now: datetime) -> Bar | None:
    """Why the exhibitor's people may not hold a further stand at `now`; None where they may."""
    choosing = queries.choosing(expo)
    live = len(queries.of_exhibitor(expo, exhibitor, now))
    asking = Asking(
        exhibitor.state in HOLDERS, live, choosing.limit, choosing.who, choosing.opens_at, choosing.closes_at
    )
    return bar_to_hold(asking, now)


def locked(expo: Expo, stand_ids: Iterable[int]) -> list[Stand]:
    """The stands of this fair by these numbers of row, locked; raises `NotFound` when one is not on its plan."""
    wanted = set(stand_ids)
    found = sa.select(Stand).where(Stand.expo_id == expo.id, Stand.id.in_(wanted), Stand.retired_at.is_(None))
    fresh = found.order_by(Stand.id).with_for_update(of=Stand).execution_options(populate_existing=True)
    rows = list(db.session.scalars(fresh))
    if len(rows) < len(wanted):
        raise NotFound("stand_gone", N_("This stand is not on the plan any more"))
    return rows


def lock_stands(stand_ids: Iterable[int]) -> None:
    """Lock stands of any fair that are there, in the order in which all lock them."""
    found = sa.select(Stand.id).where(Stand.id.in_(set(stand_ids))).order_by(Stand.id)
    db.session.execute(found.with_for_update(of=Stand))


def current(stand: Stand, now: datetime) -> Allocation | None:
    """Who has the locked stand at `now`; a hold whose time is over is ended on the way."""
    live = sa.select(Allocation).where(Allocation.stand_id == stand.id, Allocation.ended_at.is_(None))
    found = db.session.scalar(live.execution_options(populate_existing=True))
    if found is not None and has_expired(found, now):
        _expire(found, stand)
        return None
    return found


def _expire(row: Allocation, stand: Stand) -> None:
    # It ended when its time was over, whenever somebody comes to write that down.
    end(row, EndReason.EXPIRED, row.until or clock.now())
    _record("stands.expired", SYSTEM, row, stand)
    tell_later(row)


def tell_later(row: Allocation) -> None:
    """See to it that the exhibitor is told that this hold is over."""
    jobs.enqueue(TELL, f"hold-{row.id}", {"allocation_id": row.id}, expo_id=row.expo_id)


def add(  # noqa: PLR0913 - a row has these facts, the last two by name.
    expo: Expo,
    exhibitor: Exhibitor,
    stand: Stand,
    kind: AllocationKind,
    by: Actor,
    now: datetime,
    *,
    until: datetime | None = None,
    person: ExhibitorPerson | None = None,
) -> Allocation:
    """Write that the exhibitor has the stand from `now` on; raises `Conflict` when the index says that somebody does."""
    row = Allocation(
        expo_id=expo.id,
        stand_id=stand.id,
        exhibitor_id=exhibitor.id,
        kind=kind,
        since=now,
        until=until,
        user_id=by.id if by.kind == "user" else None,
        person_id=person.id if person is not None else None,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        raise Taken(stand) from error
    return row


def end(row: Allocation, reason: EndReason, at: datetime) -> None:
    """Write that somebody's hold or assignment is over.

    What was agreed about the stand's area with this exhibitor ends with it, unless it goes on in another row.
    """
    row.ended_at, row.end_reason = at, reason
    if row.area_before is not None and reason not in _GOES_ON:
        stand = row.stand
        stand.contracted_area = None if row.area_before == stand.area else row.area_before
    db.session.flush()


class Taken(Conflict):
    """Somebody was quicker. Raised while others wait for their turn to write, so it names the taken stand alone.

    `since` is from when on somebody has it, None for this very moment.
    """

    def __init__(self, stand: Stand, since: datetime | None = None) -> None:
        self.is_fresh = since is None or clock.now() - since < _A_MOMENT
        message = N_("%(number)s was taken a moment ago") if self.is_fresh else N_("%(number)s is taken")
        super().__init__("stand_taken", message, number=stand.number)
        self.stand_id = stand.id


def refuse_taken(expo: Expo, exhibitor: Exhibitor, stand: Stand) -> None:
    """Tell who comes late without waiting for a turn to write; `hold` asks again with the stand locked."""
    found = queries.holder_of(stand, clock.now())
    if found is not None and found.exhibitor_id != exhibitor.id:
        raise Taken(stand, found.since)


_NONE_FREE = {
    True: N_("%(number)s was taken a moment ago, and no other stand is free. Please ask the organiser"),
    False: N_("%(number)s is taken, and no other stand is free. Please ask the organiser"),
}
_SAME_FREE = {
    True: N_("%(number)s was taken a moment ago. %(other)s is free and the same size"),
    False: N_("%(number)s is taken. %(other)s is free and the same size"),
}
_NEAREST_FREE = {
    True: N_("%(number)s was taken a moment ago. The nearest free one is %(other)s (%(area)s m²)"),
    False: N_("%(number)s is taken. The nearest free one is %(other)s (%(area)s m²)"),
}


def told(expo: Expo, refusal: Taken) -> Conflict:
    """What to say to who comes second: the nearest free stand, and whether it is the same size. Outside a transaction."""
    stand = queries.stand_of(expo, refusal.stand_id)
    offers = queries.nearest_free(expo, stand, clock.now(), most=1) if stand is not None else ()
    if stand is None or not offers:
        return Conflict("stand_taken", _NONE_FREE[refusal.is_fresh], **refusal.params)
    best = offers[0]
    is_same = likeness(queries.as_shown(stand).place, best) is Likeness.SAME
    message = (_SAME_FREE if is_same else _NEAREST_FREE)[refusal.is_fresh]
    area = f"{best.square_metres:f}"
    return Conflict("stand_taken", message, **refusal.params, other=best.number, area=area)


def release(expo: Expo, allocation_id: int, by: Actor, *, only_of: Exhibitor | None = None) -> Allocation:
    """Let a hold go. `only_of` lets an exhibitor release its own holds and nothing else, and no assignment.

    Raises `NotFound` for what is another's or over already, `Refused("ordered")` for an exhibitor that has ordered it.
    """
    row = queries.allocation_of(expo, allocation_id)
    own = row is not None and (only_of is None or row.exhibitor_id == only_of.id)
    if row is None or not own:
        raise NotFound("hold_gone", N_("This hold is over"))
    if row.kind is not AllocationKind.HOLD:
        raise Refused("assigned", N_("This stand is assigned. Only the organiser can take it back"))
    if only_of is not None:
        lock(only_of)
        if only_of.state not in HOLDERS:
            raise Refused("ordered", N_("You have ordered this stand. Only the organiser can take it back"))
    stand = locked(expo, [row.stand_id])[0]
    found = current(stand, clock.now())
    if found is None or found.id != row.id:
        return row
    end(row, EndReason.RELEASED, clock.now())
    _record("stands.released", by, row, stand)
    return row


def extend(expo: Expo, allocation_id: int, by: Actor, *, until: datetime | None = None) -> Allocation:
    """Give a live hold its length anew from now on, or an end of the office's own; it never gets shorter by the former.

    Raises `Conflict` when it has expired meanwhile: the stand is free then, and may be somebody else's.
    """
    row = queries.allocation_of(expo, allocation_id)
    if row is None or row.kind is not AllocationKind.HOLD:
        raise NotFound("hold_gone", N_("This hold is over"))
    stand = locked(expo, [row.stand_id])[0]
    now = clock.now()
    found = current(stand, now)
    if found is None or found.id != row.id:
        raise Conflict("hold_over", N_("The hold of %(number)s is over. Hold it anew"), number=stand.number)
    choosing = queries.choosing(expo)
    before = row.until
    new = until or extended(before or now, now, choosing.length, expo.timezone, choosing.calendar)
    if new <= now:
        raise Refused("until_past", N_("The end of the hold must lie ahead"))
    row.until = new
    db.session.flush()
    _record("stands.extended", by, row, stand, before=before, until=new)
    return row


def prolong_for_order(expo: Expo, exhibitor: Exhibitor, by: Actor) -> list[Allocation]:
    """With a confirmed order the exhibitor's holds last as long as the down payment may take (§2.2)."""
    lock(exhibitor)
    now, choosing = clock.now(), queries.choosing(expo)
    rows = [
        row
        for row in queries.of_exhibitor(expo, exhibitor, now)
        if row.kind is AllocationKind.HOLD and row.until is not None
    ]
    for row in rows:
        before = row.until or now
        row.until = extended(before, now, choosing.order_length, expo.timezone, choosing.calendar)
        db.session.flush()
        _record("stands.extended", by, row, row.stand, before=before, until=row.until)
    return rows


def end_expired(limit: int = 100) -> int:
    """End holds whose time is over, the oldest first, and see to it that their holders are told; says how many.

    A late round changes nothing for who asks meanwhile: an expired hold is read as free from its end on.
    """
    now, done = clock.now(), 0
    # In the order in which who moves several stands locks them.
    for row in sorted(queries.expired(now, limit), key=lambda each: each.stand_id):
        locks = sa.select(Stand).where(Stand.id == row.stand_id).with_for_update(of=Stand)
        stand = db.session.scalars(locks.execution_options(populate_existing=True)).one()
        # Somebody may have ended or extended it between the question and the lock.
        db.session.refresh(row)
        if row.ended_at is None and has_expired(row, now):
            _expire(row, stand)
            done += 1
    return done


def after_the_end(allocation_id: int) -> Allocation | None:
    """What follows from a hold that its time ended, or that the office ended for somebody else: who has no stand left
    stands where it was before the offer.

    Gives the hold while it is the last thing that happened to its exhibitor's stands, so that it makes sense to tell.
    """
    row = db.session.get(Allocation, allocation_id)
    if row is None or row.end_reason not in {EndReason.EXPIRED, EndReason.REPLACED}:
        return None
    expo, exhibitor = db.session.get_one(Expo, row.expo_id), db.session.get_one(Exhibitor, row.exhibitor_id)
    without_stand(expo, exhibitor, SYSTEM)
    return None if queries.of_exhibitor(expo, exhibitor, clock.now()) else row


def without_stand(expo: Expo, exhibitor: Exhibitor, by: Actor) -> None:
    """Who was offered a stand, or had accepted one, and has none left, is admitted and may choose again (§2.2)."""
    lock(exhibitor)
    if exhibitor.state not in {State.OFFERED, State.ACCEPTED}:
        return
    if not queries.of_exhibitor(expo, exhibitor, clock.now()):
        move(exhibitor, State.ADMITTED, Mover.OFFICE, by)


def _record(action: str, by: Actor, row: Allocation, stand: Stand, **moments: datetime | None) -> None:
    """The audit of an exhibitor tells which stand, and until when."""
    after: dict[str, object] = {"stand": stand.number}
    if moments.get("until") is not None:
        after["until"] = moments["until"]
    before: dict[str, object] | None = {"until": moments["before"]} if moments.get("before") else None
    audit.record(
        action,
        by,
        expo_id=row.expo_id,
        subject=(SUBJECT, row.exhibitor_id),
        before=before,
        after=after,
    )
