"""Many entries that pass screening together: at once for some pages of them, as a job for thousands (ux.md §9)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exhibitions.awards.models import AwardEntry, AwardSeason
from exhibitions.awards.queries import entries as queries
from exhibitions.awards.rules.entering import check_screening
from exhibitions.awards.rules.entry_words import CHECKS
from exhibitions.awards.rules.states import EntryState
from exhibitions.awards.service.entry_moves import lock, lock_season
from exhibitions.awards.service.screening import accept
from exhibitions.core.actor import Actor
from exhibitions.core.errors import Refused
from exhibitions.files import service as files
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job

ACCEPT = "awards.accept_many"
AT_ONCE = 100
"""So many pass while the page waits, each with its letter; more are a job."""
SELECTION = "awards.selection"
"""The purpose of a file that holds the rows of the entries that were selected."""


@dataclass(frozen=True, slots=True)
class Done:
    """How many passed, and how many stay as they are; or the job that lets them pass."""

    passed: int = 0
    stayed: int = 0
    job: Job | None = None


def accept_many(season: AwardSeason, ids: Sequence[int], by: Actor) -> Done:
    """Let those of these rows pass that wait for it, or have it done in the background.

    The same wish while its job is open is a second click. Raises `Conflict` once judging has begun.
    """
    check_screening(season)
    if len(ids) <= AT_ONCE:
        return accept_now(season, queries.of_ids(season, ids), by)
    kept = files.keep_selection(SELECTION, season.expo_id, ids, by, {"season": season.id})
    same = hashlib.sha256(repr(sorted(ids)).encode()).hexdigest()[:32]
    key = f"{season.id}/{same}"
    return Done(job=jobs.enqueue(ACCEPT, key, {"file_id": kept}, expo_id=season.expo_id, actor=by))


def accept_now(season: AwardSeason, entries: Iterable[AwardEntry], by: Actor) -> Done:
    """Let them pass now; one that does not wait for screening, or has no category or name, stays as it is."""
    lock_season(season)
    passed = stayed = 0
    for entry in sorted(entries, key=lambda each: each.id):
        lock(entry)
        if _passes(season, entry, by):
            passed += 1
        else:
            stayed += 1
    return Done(passed, stayed)


def _passes(season: AwardSeason, entry: AwardEntry, by: Actor) -> bool:
    if entry.state is not EntryState.SUBMITTED:
        return False
    try:
        accept(season, entry, CHECKS, by)
    except Refused as refusal:
        if not refusal.code.startswith("entry_gap"):
            raise
        return False
    return True
