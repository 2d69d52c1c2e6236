"""The life of a season: on, when nothing stands in its way, and back, with a reason and where needed two signatures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.awards.models import AwardSeason, JudgingRound, MoveRequest, SeasonEvent
from exhibitions.awards.queries import seasons as queries
from exhibitions.awards.rules import season_moves
from exhibitions.awards.rules.states import SEASON_MOVES, SeasonState, check_move
from exhibitions.awards.service.setting_up import SUBJECT, freeze
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, Conflict, Forbidden, Refused
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import present


@dataclass(frozen=True)
class Words:
    """What is said with a move: a reason for the office, a note for everybody."""

    reason: str = ""
    note: str = ""


def move(
    expo: Expo, season: AwardSeason, to: SeasonState, by: Actor, words: Words = Words(), *, sees_results: bool
) -> bool:
    """Move the season, or ask for the second signature where one is needed; whether it has moved.

    Raises `Refused` with what stands in the way or is missing, `Forbidden` for a move of the result by who may not see
    it, `Conflict` when somebody has moved it meanwhile. The result itself is locked by its own deed, never here.
    """
    lock(season)
    check_move(SEASON_MOVES, season.state, to)
    season_moves.check_right(season.state, to, sees_results=sees_results)
    if to is SeasonState.LOCKED and not season_moves.is_back(season.state, to):
        raise Conflict("lock_elsewhere", N_("The result is locked on its own page, with its signatories."))
    _check_words(season.state, to, words)
    _check_way(expo, season, to)
    if season_moves.needs(season.state, to).second:
        _ask(season, to, by, words)
        return False
    step(season, to, by, words)
    return True


def confirm(expo: Expo, season: AwardSeason, by: Actor, *, sees_results: bool) -> None:
    """Sign the step back that another administrator asked for, which carries it out."""
    lock(season)
    request = _request(season)
    season_moves.check_right(season.state, request.state_after, sees_results=sees_results)
    if by.kind != "user" or by.id == request.user_id:
        raise Forbidden("second_person", N_("The second signature must be another administrator's."))
    if request.state_before is not season.state:
        raise Conflict("out_of_turn", N_("That is no longer possible: somebody changed it meanwhile."))
    words = Words(request.reason, request.public_note)
    first, to = request.user_id, request.state_after
    db.session.delete(request)
    step(season, to, Actor("user", first), words, second=by)


def drop(season: AwardSeason, by: Actor) -> None:
    """Give up a step back that waits for its second signature."""
    lock(season)
    request = _request(season)
    db.session.delete(request)
    _record(season, "awards.move_dropped", by, {"state": request.state_after}, request.reason)


def step(
    season: AwardSeason, to: SeasonState, by: Actor, words: Words = Words(), *, second: Actor | None = None
) -> None:
    """Carry a move out: the state, its event, and what begins and ends with it.

    Judging freezes the rules as version 1 where they are not frozen yet, and opens the first round;
    the end of judging closes every round. Who else moves a season (the deed that locks a result) ends here too.
    """
    check_move(SEASON_MOVES, season.state, to)
    before, now = season.state, clock.now()
    if to is SeasonState.JUDGING:
        _open_judging(season, by, now)
    elif to is SeasonState.SCORED and before is SeasonState.JUDGING:
        _close_rounds(season, now)
    db.session.execute(sa.delete(MoveRequest).where(MoveRequest.season_id == season.id))
    season.state, season.state_since, season.changed_at = to, now, now
    db.session.add(
        SeasonEvent(
            expo_id=season.expo_id,
            season_id=season.id,
            at=now,
            user_id=by.id if by.kind == "user" else None,
            second_user_id=second.id if second else None,
            state_before=before,
            state_after=to,
            reason=words.reason,
            public_note=words.note,
        )
    )
    told: dict[str, object] = {"state": to} | ({"public_note": words.note} if words.note else {})
    _record(season, "awards.season_moved", second or by, told, words.reason, {"state": before})


def lock(season: AwardSeason) -> None:
    """One deed of a season at a time; what is asked afterwards is read anew."""
    lock_named(f"award season:{season.id}")
    db.session.flush()
    db.session.refresh(season)


def _check_words(now: SeasonState, to: SeasonState, words: Words) -> None:
    wanted = season_moves.needs(now, to)
    if wanted.reason and not words.reason.strip():
        raise Refused("reason", N_("Say why the season goes back."))
    if wanted.note and not words.note.strip():
        raise Refused("public_note", N_("Write the note that everybody reads: the result was public."))


def _check_way(expo: Expo, season: AwardSeason, to: SeasonState) -> None:
    standing = queries.standing(season, queries.known(season), queries.progress(season))
    for hindrance in season_moves.hindrances(standing, to, present(expo)):
        raise hindrance.refusal


def _ask(season: AwardSeason, to: SeasonState, by: Actor, words: Words) -> None:
    if queries.move_request(season) is not None:
        raise Conflict("asked_already", N_("A step back waits for its second signature already."))
    db.session.add(
        MoveRequest(
            expo_id=season.expo_id,
            season_id=season.id,
            at=clock.now(),
            user_id=by.id,
            state_before=season.state,
            state_after=to,
            reason=words.reason,
            public_note=words.note,
        )
    )
    db.session.flush()
    _record(season, "awards.move_asked", by, {"state": to}, words.reason)


def _request(season: AwardSeason) -> MoveRequest:
    found = queries.move_request(season)
    if found is None:
        raise Conflict("no_request", N_("Nothing waits for a second signature any more."))
    return found[0]


def _open_judging(season: AwardSeason, by: Actor, now: datetime) -> None:
    if queries.frozen(season) is None:
        freeze(season, "", by)
    rounds = db.session.scalars(
        sa.select(JudgingRound).where(JudgingRound.season_id == season.id).order_by(JudgingRound.opened_at)
    ).all()
    if rounds:
        rounds[-1].closed_at = None
        rounds[-1].closes_at = season.judging_closes_at
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


def _record(
    season: AwardSeason,
    action: str,
    by: Actor,
    after: dict[str, object],
    reason: str = "",
    before: dict[str, object] | None = None,
) -> None:
    db.session.flush()
    audit.record(
        action,
        by,
        expo_id=season.expo_id,
        subject=(SUBJECT, season.id),
        before=before,
        after=after,
        reason=reason,
    )
