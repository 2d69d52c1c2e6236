"""Questions about the deliberation of a season."""

from __future__ import annotations

import sqlalchemy as sa

from exhibitions.awards.models import AwardSeason, Deliberation, Juror, Panel
from exhibitions.core.db import db


def deliberation_of(season: AwardSeason) -> Deliberation | None:
    """The minute of the season, once somebody wrote it."""
    return db.session.scalar(sa.select(Deliberation).where(Deliberation.season_id == season.id))


def president_of(season: AwardSeason) -> str:
    """Who presides over the jury of the season; empty where panels have several presidents or none."""
    found = db.session.scalars(
        sa.select(Juror.name)
        .join(Panel, Panel.president_id == Juror.id)
        .where(Panel.season_id == season.id)
        .distinct()
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else ""
