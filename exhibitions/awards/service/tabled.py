"""Entries on the jury's table: judged when judging ends, back on the table when it opens again (awards.md §3.3)."""

from __future__ import annotations

from exhibitions.awards.models import AwardEntry, AwardSeason
from exhibitions.awards.queries import casework
from exhibitions.awards.rules import entry_deeds as deeds
from exhibitions.awards.rules.case import EntryState as Presented
from exhibitions.awards.rules.entering import LONGEST_REASON, check_unlocked
from exhibitions.awards.rules.states import EntryState, SeasonState
from exhibitions.awards.service.entry_moves import follow, lock, move
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Conflict, Refused

_ON_TABLE = frozenset({EntryState.SCREENED_OK, EntryState.SAMPLE_RECEIVED})
_OVER = frozenset({SeasonState.SCORED, SeasonState.DELIBERATING})


def end_judging(season: AwardSeason, by: Actor) -> None:
    """Let every entry that was presented be a judged one. Who was never on the table stays as accepted as before.

    It tells nothing about medals: with marks or without, above or below a bound, all of them are judged now.
    """
    found = casework.case_of(season)
    for entry in found.file.entries:
        row = found.rows[entry.entry]
        if entry.state is Presented.PRESENTED and row.state in _ON_TABLE:
            follow(row, EntryState.JUDGED, by, deed=deeds.JUDGED)


def open_judging_again(season: AwardSeason, by: Actor) -> None:
    """Put the judged entries back on the table, each where it was: its sample received, or passed by screening."""
    for row in casework.rows_of(season).values():
        if row.state is EntryState.JUDGED:
            follow(row, _place(row), by, deed=deeds.JUDGED_AGAIN)


def reinstate(season: AwardSeason, entry: AwardEntry, reason: str, by: Actor) -> None:
    """Undo a disqualification that was a mistake: the entry is on the table as before, and judged where judging is over.

    Raises `Conflict` once the result is locked and for any other entry, `Refused` without a reason.
    """
    lock(entry)
    check_unlocked(season)
    text = reason.strip()[:LONGEST_REASON]
    if not text:
        raise Refused("reason_missing", N_("Say why the entry comes back"))
    if entry.state is not EntryState.DISQUALIFIED:
        raise Conflict("not_disqualified", N_("This entry is not disqualified."))
    move(entry, _place(entry), deeds.REINSTATED, by, text=text)
    if season.state in _OVER:
        end_judging(season, by)


def _place(entry: AwardEntry) -> EntryState:
    return EntryState.SAMPLE_RECEIVED if entry.sample_received_at is not None else EntryState.SCREENED_OK
