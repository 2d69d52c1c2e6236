"""The president lets a juror work again on what was sent: a sheet or an order (awards.md §3.3: reopened, logged)."""

from __future__ import annotations

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.awards.models import Assignment, AwardSeason, Ballot, Sheet
from exhibitions.awards.queries import jury
from exhibitions.awards.rules.states import ASSIGNMENT_MOVES, AssignmentState, check_move
from exhibitions.awards.service.jurors import SUBJECT, check_not_locked, lock
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.expos.models import Expo


def reopen(expo: Expo, season: AwardSeason, place: Assignment, reason: str, by: Actor) -> Sheet | Ballot:
    """Open a sent sheet, or the order of a ranking round with all its places, as a new version with the same content.

    The old version is kept, and counts until the new is sent. Raises `Refused` without a reason, `Conflict` once the result
    is locked (AW-33), while the round takes nothing, and when nothing was sent.
    """
    lock(season)
    check_not_locked(season)
    db.session.refresh(place, with_for_update={"of": Assignment})
    if not reason.strip():
        raise Refused("reopen_reason", N_("Say why the sheet is opened again"))
    if not jury.takes_sheets(season, jury.rounds(season).get(place.round)):
        raise Conflict("round_closed_reopen", N_("The round is closed. Open it again first."))
    if place.state is not AssignmentState.SUBMITTED:
        raise _not_sent()
    opened = _order(season, place) if jury.is_ranking(season, place.round) else _sheet(place, reason)
    db.session.flush()
    # Neither a mark nor its hash stands here: who reads the trail may not read marks (P22), and a hash of few marks is
    # soon found by trying all.
    audit.record(
        "awards.sheet_reopened",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, place.juror_id),
        after={"entry": place.entry.number, "round": place.round, "version": opened.version},
        reason=reason,
    )
    return opened


def _not_sent() -> Conflict:
    return Conflict("not_sent", N_("This score was not sent."))


def _sheet(place: Assignment, reason: str) -> Sheet:
    if not place.sheets:
        raise _not_sent()
    before = place.sheets[-1]
    sheet = Sheet(
        expo_id=place.expo_id,
        assignment_id=place.id,
        version=before.version + 1,
        marks=dict(before.marks),
        moments=dict(before.moments),
        eliminated=before.eliminated,
        comment=before.comment,
        note=before.note,
        reason=reason,
        changed_at=clock.now(),
    )
    db.session.add(sheet)
    _open(place)
    return sheet


def _order(season: AwardSeason, place: Assignment) -> Ballot:
    """An order is one thing: it opens with every entry on it."""
    lock_named(f"awards.order:{place.juror_id}")
    before = jury.newest_ballot(season, place.round, place.juror_id)
    if before is None:
        raise _not_sent()
    ballot = Ballot(
        expo_id=place.expo_id,
        season_id=season.id,
        round=place.round,
        juror_id=place.juror_id,
        version=before.version + 1,
        order=[list(group) for group in before.order],
        changed_at=clock.now(),
    )
    db.session.add(ballot)
    mine = sa.select(Assignment).where(
        Assignment.season_id == season.id,
        Assignment.round == place.round,
        Assignment.juror_id == place.juror_id,
        Assignment.state == AssignmentState.SUBMITTED,
    )
    for each in db.session.scalars(mine.order_by(Assignment.id).with_for_update()):
        _open(each)
    return ballot


def _open(place: Assignment) -> None:
    check_move(ASSIGNMENT_MOVES, place.state, AssignmentState.IN_PROGRESS)
    place.state, place.changed_at = AssignmentState.IN_PROGRESS, clock.now()
