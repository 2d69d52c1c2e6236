"""The president lets a juror work again on a sheet that was sent (awards.md §3.3: reopened, logged)."""

from __future__ import annotations

from exhibitions.audit import service as audit
from exhibitions.awards.models import Assignment, AwardSeason, Sheet
from exhibitions.awards.queries import jury
from exhibitions.awards.rules.states import ASSIGNMENT_MOVES, AssignmentState, check_move
from exhibitions.awards.service.jurors import SUBJECT, check_not_locked, lock
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.expos.models import Expo


def reopen(expo: Expo, season: AwardSeason, place: Assignment, reason: str, by: Actor) -> Sheet:
    """Open a sent sheet as a new version with the same marks; the old one is kept, and counts until the new is sent.

    Raises `Refused` without a reason, `Conflict` once the result is locked (AW-33), while the round is closed, and when the
    sheet was not sent.
    """
    lock(season)
    check_not_locked(season)
    db.session.refresh(place, with_for_update={"of": Assignment})
    if not reason.strip():
        raise Refused("reopen_reason", N_("Say why the sheet is opened again"))
    row = jury.rounds(season).get(place.round)
    if row is None or row.closed_at is not None:
        raise Conflict("round_closed_reopen", N_("The round is closed. Open it again first."))
    if place.state is not AssignmentState.SUBMITTED:
        raise Conflict("not_sent", N_("This score was not sent."))
    check_move(ASSIGNMENT_MOVES, place.state, AssignmentState.IN_PROGRESS)
    now, before = clock.now(), place.sheets[-1]
    sheet = Sheet(
        expo_id=expo.id,
        assignment_id=place.id,
        version=before.version + 1,
        marks=dict(before.marks),
        moments=dict(before.moments),
        eliminated=before.eliminated,
        comment=before.comment,
        note=before.note,
        reason=reason,
        changed_at=now,
    )
    db.session.add(sheet)
    place.state, place.changed_at = AssignmentState.IN_PROGRESS, now
    db.session.flush()
    # No mark stands here: who reads the trail may not read marks (P22).
    audit.record(
        "awards.sheet_reopened",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, place.juror_id),
        after={
            "entry": place.entry.number,
            "round": place.round,
            "version": sheet.version,
            "hash": before.hash,
        },
        reason=reason,
    )
    return sheet
