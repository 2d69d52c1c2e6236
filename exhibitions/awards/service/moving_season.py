"""The life of a season up to its deliberation: on, when nothing stands in its way, and back, with a reason.

From the lock on a season moves by the deeds of its result (`locking`, `publishing_result`). Either way `turning` writes.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.awards.models import AwardSeason, JudgingRound
from exhibitions.awards.queries import seasons as queries
from exhibitions.awards.rules import season_moves
from exhibitions.awards.rules.states import SEASON_MOVES, SeasonState, check_move
from exhibitions.awards.service import tabled, turning
from exhibitions.awards.service.setting_up import SUBJECT, freeze
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import present


def move(
    expo: Expo, season: AwardSeason, to: SeasonState, by: Actor, reason: str = "", *, sees_results: bool
) -> None:
    """Move the season.

    Raises `Refused` with what stands in the way or is missing, `Forbidden` for a move of the result by who may not see
    it, `Conflict` when somebody has moved it meanwhile, and for what is a deed of the deliberation.
    """
    turning.hold(season)
    check_move(SEASON_MOVES, season.state, to)
    season_moves.check_here(season.state, to)
    season_moves.check_right(season.state, to, sees_results=sees_results)
    if season_moves.is_back(season.state, to) and not reason.strip():
        raise Refused("reason", N_("Say why the season goes back."))
    _check_way(expo, season, to)
    step(season, to, by, reason.strip())


def step(season: AwardSeason, to: SeasonState, by: Actor, reason: str = "") -> None:
    """Carry a move out that nothing stands in the way of, with what begins and ends with it.

    Judging freezes the rules as version 1 where they are not frozen yet, and opens the first round, or the last one again
    with its entries back on the table. The end of judging closes every round, and what was presented is judged.
    """
    season_moves.check_here(season.state, to)
    before = season.state
    turning.turn(season, to, by, reason=reason)
    if to is SeasonState.JUDGING:
        _open_judging(season, by, clock.now())
    if (before, to) == (SeasonState.SCORED, SeasonState.JUDGING):
        tabled.open_judging_again(season, by)
    if (before, to) == (SeasonState.JUDGING, SeasonState.SCORED):
        _close_rounds(season, clock.now())
        tabled.end_judging(season, by)
    db.session.flush()
    audit.record(
        "awards.season_moved",
        by,
        expo_id=season.expo_id,
        subject=(SUBJECT, season.id),
        before={"state": before},
        after={"state": to},
        reason=reason,
    )


def _check_way(expo: Expo, season: AwardSeason, to: SeasonState) -> None:
    standing = queries.standing(season, queries.known(season), queries.progress(season))
    for hindrance in season_moves.hindrances(standing, to, present(expo)):
        raise hindrance.refusal


def _open_judging(season: AwardSeason, by: Actor, now: datetime) -> None:
    if queries.frozen(season) is None:
        freeze(season, "", by)
    rounds = db.session.scalars(
        sa.select(JudgingRound).where(JudgingRound.season_id == season.id).order_by(JudgingRound.opened_at)
    ).all()
    if rounds:
        rounds[-1].closed_at = None
        # An end that is over would open a round that takes nothing: then somebody closes it.
        ends = season.judging_closes_at
        rounds[-1].closes_at = ends if ends is not None and ends > now else None
        return
    db.session.add(
        JudgingRound(
            expo_id=season.expo_id,
            season_id=season.id,
            round=queries.in_force(season).common.rounds[0].round,
            opened_at=now,
            closes_at=season.judging_closes_at,
        )
    )


def _close_rounds(season: AwardSeason, now: datetime) -> None:
    db.session.execute(
        sa.update(JudgingRound)
        .where(JudgingRound.season_id == season.id, JudgingRound.closed_at.is_(None))
        .values(closed_at=now)
    )
