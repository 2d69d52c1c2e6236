"""One move of a season in the course of its result: checked, written down, and never made twice at once."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.awards.models import AwardSeason, SeasonEvent
from exhibitions.awards.rules.states import SEASON_MOVES, SeasonState, check_move
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db

SUBJECT = "award_result"


def hold(season: AwardSeason) -> None:
    """Wait until who decides about this season's result is done, and read it anew."""
    db.session.execute(sa.select(AwardSeason.id).where(AwardSeason.id == season.id).with_for_update())
    db.session.refresh(season)


def turn(
    season: AwardSeason,
    to: SeasonState,
    by: Actor,
    *,
    second_id: int | None = None,
    reason: str = "",
    public_note: str = "",
) -> None:
    """Move the season. Raises `Conflict` when it stands where that move does not begin."""
    check_move(SEASON_MOVES, season.state, to)
    db.session.add(
        SeasonEvent(
            expo_id=season.expo_id,
            season_id=season.id,
            at=clock.now(),
            user_id=user_of(by),
            second_user_id=second_id,
            state_before=season.state,
            state_after=to,
            reason=reason,
            public_note=public_note,
        )
    )
    season.state = to
    season.state_since = season.changed_at = clock.now()


def note(season: AwardSeason, action: str, by: Actor, **after: Any) -> None:
    """Write down what was done to the season's result."""
    audit.record(
        f"awards.{action}", by, expo_id=season.expo_id, subject=(SUBJECT, season.id), after=after or None
    )


def user_of(by: Actor) -> int | None:
    """The account of who does it, if it is a person of the office."""
    return by.id if by.kind == "user" else None


def signature(by: Actor) -> dict[str, Any]:
    """Who signs, as it is kept with what was signed."""
    return {"user_id": user_of(by), "name": by.name, "at": clock.now().isoformat(timespec="seconds")}
