"""From the locked result to the public one: embargo, publication, and what entries then stand at (AW-39)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from exhibitions.awards.models import AwardSeason, Certificate
from exhibitions.awards.queries import casework, published
from exhibitions.awards.rules.states import EntryState, SeasonState
from exhibitions.awards.service import turning
from exhibitions.awards.service.outcomes import move_entry, write_event
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused

WITHDRAWAL = "withdrawal_noted"
"""The deed of a withdrawal in an entry's history that changed nothing of the result."""
# Kept with the certificate and read in both languages.
REPLACED = "结果经复核更正，本证书不再有效。The result was corrected after a review; this certificate is not valid any more."


def publish(season: AwardSeason, by: Actor) -> None:
    """Publish the locked result, or put it under embargo where `publish_at` is still to come.

    Raises `Conflict` when nothing is locked.
    """
    turning.hold(season)
    if season.publish_at is not None and season.publish_at > clock.now():
        turning.turn(season, SeasonState.EMBARGOED, by)
        turning.note(season, "embargoed", by, publish_at=season.publish_at)
        return
    _make_public(season, by)


def lift_embargo(season: AwardSeason, by: Actor) -> None:
    """Take the result out of its embargo again: it stays locked and is not published by itself."""
    turning.hold(season)
    turning.turn(season, SeasonState.LOCKED, by)
    turning.note(season, "embargo_lifted", by)


def set_moment(season: AwardSeason, publish_at: datetime | None, by: Actor) -> None:
    """Say when the result is published. Raises `Refused` once it is public."""
    turning.hold(season)
    if published.is_public(season, clock.now()):
        raise Refused("published", N_("The result is published already."))
    season.publish_at, season.changed_at = publish_at, clock.now()
    turning.note(season, "embargoed", by, publish_at=publish_at)


def publish_due(now: datetime) -> int:
    """Publish every result whose embargo is over; gives how many."""
    rows = published.due(now)
    for season in rows:
        turning.hold(season)
        if season.state is SeasonState.EMBARGOED:
            _make_public(season, SYSTEM)
    return len(rows)


def _make_public(season: AwardSeason, by: Actor) -> None:
    moment = season.publish_at if season.state is SeasonState.EMBARGOED else None
    turning.turn(season, SeasonState.PUBLISHED, by)
    if moment is not None:
        # The job comes up to a minute later; readers were let in at the moment itself.
        season.state_since = moment
    give_medals(season, by)
    turning.note(season, "published", by)


def give_medals(season: AwardSeason, by: Actor) -> None:
    """Let every entry stand at what the locked result gave it. Certificates of another medal are revoked."""
    result = casework.result_of(season)
    certificates = {
        row.entry_id: row
        for row in db.session.scalars(
            sa.select(Certificate).where(Certificate.season_id == season.id, Certificate.revoked_at.is_(None))
        )
    }
    for line in result.lines if result is not None else ():
        entry, held = line.entry, certificates.get(line.entry_id)
        if entry.state in _SETTLED:
            continue
        if held is not None and held.words["medal"] != line.medal:
            held.revoked_at, held.revoked_reason = clock.now(), REPLACED
            held = None
        if not line.medal:
            move_entry(entry, EntryState.NOT_AWARDED, by)
        else:
            move_entry(entry, EntryState.CERTIFICATE_ISSUED if held else EntryState.AWARDED, by)


_SETTLED = frozenset(
    {EntryState.REVOKED, EntryState.WITHDRAWN, EntryState.DISQUALIFIED, EntryState.REJECTED, EntryState.DRAFT}
) | {EntryState.SUBMITTED, EntryState.RETURNED}


def note_withdrawal(season: AwardSeason, number: str, text: str, by: Actor) -> None:
    """Note that an entry was withdrawn after the result was locked; the result stays as it is (AW-36)."""
    turning.hold(season)
    entry = casework.entry_numbered(season, number)
    if entry is None or not casework.is_locked(season):
        raise Refused("not_locked", N_("The result is not locked."))
    if not text.strip():
        raise Refused("withdrawal_text", N_("Say who withdraws the entry and why."))
    write_event(entry, WITHDRAWAL, by, text.strip())
    turning.note(season, "withdrawal_noted", by)
