"""The one door through which an exhibitor's state changes, whoever brings it about, and its history."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, NotFound
from exhibitions.exhibitors.models import Exhibitor, ExhibitorEvent
from exhibitions.exhibitors.queries import history
from exhibitions.exhibitors.rules import states
from exhibitions.exhibitors.rules.states import Mover, State
from exhibitions.exhibitors.service import staff

SUBJECT = "exhibitor"
MOVED, CANCELLED, REDUCED, RESTORED = "moved", "cancelled", "reduced", "restored"


def lock(exhibitor: Exhibitor) -> None:
    """Of two who change an exhibitor at once the second goes on from what the first left. Raises `NotFound` when it is gone."""
    (number,) = sa.inspect(exhibitor).identity or (0,)
    locked = sa.select(Exhibitor).where(Exhibitor.id == number).with_for_update()
    if db.session.scalar(locked.execution_options(populate_existing=True)) is None:
        raise NotFound("exhibitor_gone", N_("This exhibitor is not there any more."))


def move(
    exhibitor: Exhibitor, to: State, mover: Mover, by: Actor, *, text: str = "", fee: int | None = None
) -> ExhibitorEvent:
    """Bring an exhibitor into the state `to`, inside the caller's transaction, and note it in its history.

    `mover` is in which part `by` acts (states.MOVES says who may what). `text` is what is said to or about the company,
    `fee` in minor units what calling off costs. Raises `Conflict` (code `already` where it stands there), `Forbidden`.
    """
    lock(exhibitor)
    states.check_move(exhibitor.state, to, mover)
    if fee is not None:
        states.check_fee(fee)
    return _enter(exhibitor, to, by, CANCELLED if to is State.CANCELLED else MOVED, text, fee)


def restore(
    exhibitor: Exhibitor, by: Actor, text: str = "", *, is_ordered_anew: bool = False
) -> ExhibitorEvent:
    """Withdraw a cancellation: the exhibitor is again where it was called off. Raises `Conflict` when it was not.

    Who has to order anew comes back as admitted at the most. The badges that ended with it are good again.
    """
    lock(exhibitor)
    ended_at = exhibitor.state_since
    called_off = history.last_of(exhibitor, CANCELLED)
    if exhibitor.state is not State.CANCELLED or called_off is None or called_off.state_before is None:
        raise Conflict("not_cancelled", N_("This exhibitor was not called off"))
    to = states.back_to(called_off.state_before, is_ordered_anew=is_ordered_anew)
    states.check_move(State.CANCELLED, to, Mover.OFFICE)
    event = _enter(exhibitor, to, by, RESTORED, text, None)
    staff.give_back(exhibitor, ended_at)
    return event


def reduce(  # noqa: PLR0913 - an agreed reduction has these facts, all by name.
    exhibitor: Exhibitor,
    *,
    before: int,
    after: int,
    fee: int,
    on: date,
    opens: date,
    by: Actor,
    text: str = "",
) -> ExhibitorEvent:
    """Note that the stand shrinks from `before` to `after` cm² for a fee in minor units; the state stays. Raises `Refused`.

    What it means for stand and order is theirs.
    """
    lock(exhibitor)
    states.check_reduction(before, after, fee, on, opens)
    said = f"{before} → {after} cm²" + (f"\n{text}" if text else "")
    return _note(exhibitor, exhibitor.state, exhibitor.state, by, REDUCED, said, fee)


def _enter(
    exhibitor: Exhibitor, to: State, by: Actor, deed: str, text: str, fee: int | None
) -> ExhibitorEvent:
    before, exhibitor.state = exhibitor.state, to
    exhibitor.state_since = exhibitor.changed_at = clock.now()
    if to is State.CANCELLED:
        # Who takes no part any more comes in no more: not before the moment, and not one badge less (§2.5).
        staff.end_all(exhibitor, exhibitor.state_since)
    return _note(exhibitor, before, to, by, deed, text, fee)


def _note(  # noqa: PLR0913 - a line of the history has these facts.
    exhibitor: Exhibitor, before: State, to: State, by: Actor, deed: str, text: str, fee: int | None
) -> ExhibitorEvent:
    event = ExhibitorEvent(
        expo_id=exhibitor.expo_id,
        exhibitor_id=exhibitor.id,
        at=clock.now(),
        actor_kind=by.kind,
        actor_id=by.id,
        deed=deed,
        state_before=before,
        state_after=to,
        text=text,
        fee=fee,
    )
    db.session.add(event)
    db.session.flush()
    audit.record(
        f"exhibitors.{deed}",
        by,
        expo_id=exhibitor.expo_id,
        subject=(SUBJECT, exhibitor.id),
        before={"state": before},
        after={"state": to, **({"fee": fee} if fee is not None else {})},
        reason=text,
    )
    return event
