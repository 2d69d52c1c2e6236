"""How a season moves, whoever moves it: one lock that every deed takes first, and one writer of its history."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from exhibitions.audit import service as audit
from exhibitions.awards.models import AwardSeason, SeasonEvent
from exhibitions.awards.rules.states import SEASON_MOVES, SeasonState, check_move
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db

SUBJECT = "award_result"
_HELD = "award_seasons_held"


def hold(season: AwardSeason) -> None:
    """Wait until who changes anything of this season is done, and read everything anew. The one lock of a season.

    Every deed on the season, its rules, entries, jurors, assignments or result takes it first, and rows of entries and
    assignments only afterwards, so that no two wait for each other. A juror who marks a sheet does not take it: the jury
    must not queue. Its key stays free for rows that only point at the season, theirs among them.
    """
    session, (number,) = db.session(), sa.inspect(season).identity or (0,)
    if number in _held(session):
        return
    session.flush()
    session.execute(sa.select(AwardSeason.id).where(AwardSeason.id == number).with_for_update(key_share=True))
    session.expire_all()
    _held(session).add(number)


def _held(session: Session) -> set[int]:
    """The seasons that the transaction of the moment holds already, until it ends."""
    now = session.get_transaction()
    before, numbers = session.info.get(_HELD, (None, set[int]()))
    if now is None or before is not now:
        numbers = set[int]()
        session.info[_HELD] = (now, numbers)
    found: set[int] = numbers
    return found


def turn(
    season: AwardSeason,
    to: SeasonState,
    by: Actor,
    *,
    second_id: int | None = None,
    reason: str = "",
    public_note: str = "",
) -> None:
    """Move the season, which is held, and write it into its history; what else the move means is its deed's matter.

    Raises `Conflict` when the season stands where that move does not begin.
    """
    check_move(SEASON_MOVES, season.state, to)
    now = clock.now()
    db.session.add(
        SeasonEvent(
            expo_id=season.expo_id,
            season_id=season.id,
            at=now,
            user_id=user_of(by),
            second_user_id=second_id,
            state_before=season.state,
            state_after=to,
            reason=reason,
            public_note=public_note,
        )
    )
    season.state = to
    season.state_since = season.changed_at = now
    db.session.flush()


def note(season: AwardSeason, action: str, by: Actor, *, reason: str = "", **after: Any) -> None:
    """Write down what was done to the season's result."""
    audit.record(
        f"awards.{action}",
        by,
        expo_id=season.expo_id,
        subject=(SUBJECT, season.id),
        after=after or None,
        reason=reason,
    )


def user_of(by: Actor) -> int | None:
    """The account of who does it, if it is a person of the office."""
    return by.id if by.kind == "user" else None


def signature(by: Actor) -> dict[str, Any]:
    """Who signs, as it is kept with what was signed."""
    return {"user_id": user_of(by), "name": by.name, "at": clock.now().isoformat(timespec="seconds")}
