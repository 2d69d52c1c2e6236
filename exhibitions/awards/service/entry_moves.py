"""The one door through which an entry's state changes, and its history."""

from __future__ import annotations

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.awards.models import AwardEntry, AwardSeason, EntryEvent
from exhibitions.awards.rules.entry_deeds import SUBJECT
from exhibitions.awards.rules.states import ENTRY_MOVES, EntryState, check_move
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, NotFound


def lock(entry: AwardEntry) -> None:
    """Of two who change an entry at once the second goes on from what the first left."""
    (number,) = sa.inspect(entry).identity or (0,)
    locked = sa.select(AwardEntry).where(AwardEntry.id == number).with_for_update(of=AwardEntry)
    if db.session.scalar(locked.execution_options(populate_existing=True)) is None:
        raise NotFound("entry_gone", N_("This entry is not there any more."))


def lock_season(season: AwardSeason) -> None:
    """Let one at a time enter products in a season: the limit of a company and the free blind codes hang on the others."""
    lock_named(f"award entries of {season.id}")


def note(
    entry: AwardEntry,
    deed: str,
    by: Actor,
    *,
    text: str = "",
    before: EntryState | None = None,
    facts: dict[str, object] | None = None,
) -> EntryEvent:
    """Write into the entry's history and the audit what was done; `before` is the state that it left, if it moved."""
    now = clock.now()
    entry.changed_at = now
    db.session.flush()
    event = EntryEvent(
        expo_id=entry.expo_id,
        entry_id=entry.id,
        at=now,
        actor_kind=by.kind,
        actor_id=by.id,
        deed=deed,
        state_before=before,
        state_after=None if before is None else entry.state,
        text=text,
    )
    db.session.add(event)
    audit.record(
        f"awards.entry_{deed}",
        by,
        expo_id=entry.expo_id,
        subject=(SUBJECT, entry.id),
        after={"number": entry.number or "", **(facts or {})},
        reason=text,
    )
    db.session.flush()
    return event


def move(
    entry: AwardEntry, to: EntryState, deed: str, by: Actor, *, text: str = "", **facts: object
) -> EntryEvent:
    """Bring a locked entry into the state `to` and note it. Raises `Conflict` for a move that nobody may make."""
    check_move(ENTRY_MOVES, entry.state, to)
    before, entry.state = entry.state, to
    entry.state_since = clock.now()
    return note(entry, deed, by, text=text, before=before, facts=dict(facts))
