"""The one door through which an entry's state changes, and its history."""

from __future__ import annotations

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.awards.models import AwardEntry, AwardSeason, EntryEvent
from exhibitions.awards.rules.entry_deeds import RESULT, SUBJECT
from exhibitions.awards.rules.states import ENTRY_MOVES, EntryState, check_move
from exhibitions.awards.service import turning
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound


def lock(entry: AwardEntry) -> None:
    """Of two who change an entry at once the second goes on from what the first left; its season is held before it."""
    (number,) = sa.inspect(entry).identity or (0,)
    season_id = db.session.scalar(sa.select(AwardEntry.season_id).where(AwardEntry.id == number))
    season = db.session.get(AwardSeason, season_id) if season_id is not None else None
    if season is not None:
        turning.hold(season)
    locked = sa.select(AwardEntry).where(AwardEntry.id == number)
    locked = locked.with_for_update(of=AwardEntry, key_share=True)
    if db.session.scalar(locked.execution_options(populate_existing=True)) is None:
        raise NotFound("entry_gone", N_("This entry is not there any more."))


def lock_season(season: AwardSeason) -> None:
    """Let one at a time enter products in a season: the limit of a company and the free blind codes hang on the others."""
    turning.hold(season)


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
    db.session.flush()
    event = _event(entry, deed, by, text, before)
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
    before = _turn(entry, to)
    return note(entry, deed, by, text=text, before=before, facts=dict(facts))


def follow(entry: AwardEntry, to: EntryState, by: Actor, *, text: str = "", deed: str = RESULT) -> None:
    """Let an entry of a held season follow what was done to the season; where it stands already nothing is written.

    The audit holds that deed alone: it must not tell who won what (P22). Raises `Conflict` as `move` does.
    """
    if entry.state is not to:
        before = _turn(entry, to)
        _event(entry, deed, by, text, before)


def _turn(entry: AwardEntry, to: EntryState) -> EntryState:
    check_move(ENTRY_MOVES, entry.state, to)
    before, entry.state = entry.state, to
    entry.state_since = clock.now()
    return before


def _event(entry: AwardEntry, deed: str, by: Actor, text: str, before: EntryState | None) -> EntryEvent:
    entry.changed_at = now = clock.now()
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
    return event
