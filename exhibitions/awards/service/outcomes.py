"""A move of an entry that follows from the result, with the line of it in the entry's history."""

from __future__ import annotations

from exhibitions.awards.models import AwardEntry, EntryEvent
from exhibitions.awards.rules.states import EntryState
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db


def move_entry(entry: AwardEntry, to: EntryState, by: Actor, text: str = "", deed: str = "result") -> None:
    """Move the entry; where it stands already nothing is written."""
    if entry.state is to:
        return
    write_event(entry, deed, by, text, after=to)
    entry.state = to
    entry.state_since = entry.changed_at = clock.now()


def write_event(
    entry: AwardEntry, deed: str, by: Actor, text: str = "", after: EntryState | None = None
) -> None:
    """Note something about the entry, with the move where there is one."""
    db.session.add(
        EntryEvent(
            expo_id=entry.expo_id,
            entry_id=entry.id,
            at=clock.now(),
            actor_kind=by.kind,
            actor_id=by.id,
            deed=deed,
            state_before=entry.state if after is not None else None,
            state_after=after,
            text=text,
        )
    )
