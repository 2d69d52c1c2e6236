"""A result as a file to take away: a locked version as it was sealed, or a draft of what the tables say now."""

from __future__ import annotations

from collections.abc import Sequence

from exhibitions.awards.models import AwardEntry, AwardSeason, EntryEvent
from exhibitions.awards.queries import casework
from exhibitions.awards.queries.entry_notes import notes
from exhibitions.awards.rules import result_file
from exhibitions.awards.rules.entry_deeds import WITHDRAWAL_NOTED
from exhibitions.awards.rules.judging import Unjudgeable
from exhibitions.awards.rules.unnamed import unnamed
from exhibitions.awards.service import reading, turning
from exhibitions.awards.service.locking import drawn
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, NotFound


def sealed_of(season: AwardSeason, version: int | None = None) -> tuple[bytes, str]:
    """The sealed bytes and a name for them: of this version, of the one that stands, or a draft before the lock.

    Raises `NotFound` for a version that there is not, `Refused` for a draft that cannot be judged.
    """
    if version is None and not casework.is_locked(season):
        return _draft(season), f"award-{season.year}-draft"
    row = casework.result_of(season, version)
    if row is None:
        raise NotFound("no_version", N_("There is no such version of the result."))
    return reading.sealed_bytes(season, row), f"award-{season.year}-result-v{row.version}"


def _draft(season: AwardSeason) -> bytes:
    try:
        found, outcome = casework.judged(season)
    except Unjudgeable as error:
        raise error.problems[0].refusal from error
    return result_file.sealed(unnamed(found.file, drawn), outcome)


def note_download(season: AwardSeason, name: str, by: Actor) -> None:
    """Write down who fetched the result as a file."""
    turning.note(season, "result_downloaded", by, page=name)


def notes_of(entry: AwardEntry) -> Sequence[EntryEvent]:
    """What was noted about an entry after the lock."""
    return notes(entry, WITHDRAWAL_NOTED)
