"""Taking an award away: the entry, its certificate's page and every list tell the truth from then on."""

from __future__ import annotations

from exhibitions.awards.models import AwardSeason
from exhibitions.awards.queries import casework, published
from exhibitions.awards.queries.certificates import certificates
from exhibitions.awards.rules import entry_deeds as deeds
from exhibitions.awards.rules.states import EntryState
from exhibitions.awards.service import publishing_result, reading, turning
from exhibitions.awards.service.entry_moves import follow
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Conflict, Refused


def revoke(season: AwardSeason, number: str, reason: str, by: Actor) -> None:
    """Revoke the award of an entry with its certificates. The locked result stays as the file that it is.

    Raises `Refused` without a reason or for an entry without a medal, `Conflict` when it is revoked already, and before
    the result is public: there is nothing to take away in public, and the state of the entry would tell that it won (P22).
    """
    turning.hold(season)
    if not published.is_public(season, clock.now()):
        raise Conflict(
            "revoke_unpublished",
            N_("The result is not public: there is no award to revoke. Reopen it and disqualify the entry."),
        )
    publishing_result.publish_if_due(season)
    _file, outcome, _row = reading.locked_result(season)
    if not reason.strip():
        raise Refused("revoke_reason", N_("Say why the award is revoked; the certificate's page says it."))
    entry = casework.entry_numbered(season, number)
    line = next((line for line in outcome.lines if line.entry == number), None)
    if entry is None or line is None or line.medal is None:
        raise Refused("no_medal", N_("Entry %(entry)s has no medal."), entry=number)
    if entry.state is EntryState.REVOKED:
        raise Conflict("revoked_already", N_("That award is revoked already."))
    for row in certificates(season):
        if row.entry_id == entry.id and row.revoked_at is None:
            row.revoked_at, row.revoked_reason = clock.now(), reason.strip()
    entry.reason = reason.strip()
    follow(entry, EntryState.REVOKED, by, text=reason.strip(), deed=deeds.REVOKED)
    turning.note(season, "revoked", by)
