"""From the locked result to the public one: embargo, publication, and what entries then stand at (AW-39)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from exhibitions.awards.models import AwardResult, AwardSeason, Certificate, ResultLine
from exhibitions.awards.queries import casework, published
from exhibitions.awards.rules.entry_deeds import WITHDRAWAL_NOTED
from exhibitions.awards.rules.states import EntryState, SeasonState
from exhibitions.awards.service import turning
from exhibitions.awards.service.entry_moves import follow, note
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused

# Kept with the certificate as it stands here, and read in the reader's language.
REPLACED = N_("The result was corrected after a review; this certificate is not valid any more.")


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


def lift_embargo(season: AwardSeason, reason: str, by: Actor) -> None:
    """Take the result out of its embargo again: it stays locked and is not published by itself.

    Raises `Refused` without a reason, and once it is public.
    """
    turning.hold(season)
    _check_not_public(season)
    if not reason.strip():
        raise Refused("lift_reason", N_("Say why the embargo is lifted."))
    turning.turn(season, SeasonState.LOCKED, by, reason=reason.strip())
    turning.note(season, "embargo_lifted", by, reason=reason.strip())


def set_moment(season: AwardSeason, publish_at: datetime | None, by: Actor) -> None:
    """Say when the result is published. Raises `Refused` once it is public, and for no moment under embargo."""
    turning.hold(season)
    _check_not_public(season)
    if publish_at is None and season.state is SeasonState.EMBARGOED:
        raise Refused(
            "embargo_moment", N_("The result is under embargo: choose the moment, or lift the embargo.")
        )
    season.publish_at, season.changed_at = publish_at, clock.now()
    turning.note(season, "embargoed", by, publish_at=publish_at)


def _check_not_public(season: AwardSeason) -> None:
    if published.is_public(season, clock.now()):
        raise Refused("published", N_("The result is published already."))


def publish_due(now: datetime) -> int:
    """Publish every result whose embargo is over; gives how many."""
    done = 0
    for season in published.due(now):
        turning.hold(season)
        if season.state is SeasonState.EMBARGOED and published.is_public(season, now):
            _make_public(season, SYSTEM)
            done += 1
    return done


def publish_if_due(season: AwardSeason) -> None:
    """Publish a held season whose moment has come and whom the job has not reached, before anything else is done to it."""
    if season.state is SeasonState.EMBARGOED and published.is_public(season, clock.now()):
        _make_public(season, SYSTEM)


def _make_public(season: AwardSeason, by: Actor) -> None:
    moment = season.publish_at if season.state is SeasonState.EMBARGOED else None
    turning.turn(season, SeasonState.PUBLISHED, by)
    if moment is not None:
        # The job comes up to a minute later; readers were let in at the moment itself.
        season.state_since = moment
    give_medals(season, by)
    turning.note(season, "published", by)


def give_medals(season: AwardSeason, by: Actor) -> None:
    """Let every judged entry stand at what the locked result gave it; who was never on the table stays as it is.

    Certificates of another medal are revoked, whatever became of their entries.
    """
    result = casework.result_of(season)
    lines = _lines(result) if result is not None else ()
    held = _good_certificates(season, {line.entry_id: line.medal for line in lines})
    for line in lines:
        if line.entry.state is EntryState.JUDGED:
            follow(line.entry, _given(line, has_certificate=line.entry_id in held), by)


def _lines(result: AwardResult) -> Sequence[ResultLine]:
    found = sa.select(ResultLine).where(ResultLine.result_id == result.id)
    return db.session.scalars(found.options(joinedload(ResultLine.entry)).order_by(ResultLine.position)).all()


def _good_certificates(season: AwardSeason, medals: Mapping[int, str]) -> set[int]:
    """The entries whose certificate says what the result says; every other certificate is revoked."""
    rows = db.session.scalars(
        sa.select(Certificate).where(Certificate.season_id == season.id, Certificate.revoked_at.is_(None))
    )
    good = set()
    for row in rows:
        if row.words["medal"] == medals.get(row.entry_id, ""):
            good.add(row.entry_id)
        else:
            row.revoked_at, row.revoked_reason = clock.now(), REPLACED
    return good


def _given(line: ResultLine, *, has_certificate: bool) -> EntryState:
    if not line.medal:
        return EntryState.NOT_AWARDED
    return EntryState.CERTIFICATE_ISSUED if has_certificate else EntryState.AWARDED


def note_withdrawal(season: AwardSeason, number: str, text: str, by: Actor) -> None:
    """Note that an entry was withdrawn after the result was locked; the result stays as it is (AW-36)."""
    turning.hold(season)
    entry = casework.entry_numbered(season, number)
    if entry is None or not casework.is_locked(season):
        raise Refused("not_locked", N_("The result is not locked."))
    if not text.strip():
        raise Refused("withdrawal_text", N_("Say who withdraws the entry and why."))
    note(entry, WITHDRAWAL_NOTED, by, text=text.strip())
