"""The sample of an entry: received and where it is kept, given back."""

from __future__ import annotations

from exhibitions.awards.models import AwardEntry
from exhibitions.awards.rules import entry_deeds as deeds
from exhibitions.awards.rules.states import EntryState
from exhibitions.awards.service.entry_moves import lock, move, note
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Conflict


def receive(entry: AwardEntry, place: str, by: Actor) -> None:
    """Note that the sample came, and where it is kept; asked again it is only kept elsewhere.

    Raises `Conflict` for an entry that has not passed screening.
    """
    lock(entry)
    if entry.state is EntryState.SCREENED_OK:
        entry.sample_received_at = clock.now()
        entry.sample_place, entry.sample_returned_at = place.strip(), None
        move(entry, EntryState.SAMPLE_RECEIVED, deeds.SAMPLE_RECEIVED, by, sample_place=entry.sample_place)
        return
    _check_there(entry)
    entry.sample_place = place.strip()
    note(entry, deeds.SAMPLE_RECEIVED, by, facts={"sample_place": entry.sample_place})


def give_back(entry: AwardEntry, by: Actor) -> None:
    """Note that the sample went back. Raises `Conflict` where none is here."""
    lock(entry)
    _check_there(entry)
    entry.sample_returned_at = clock.now()
    note(entry, deeds.SAMPLE_RETURNED, by)


def _check_there(entry: AwardEntry) -> None:
    if entry.sample_received_at is None or entry.sample_returned_at is not None:
        raise Conflict("no_sample", N_("No sample of this entry is here."))
