"""Questions about the deliberation of a season."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from exhibitions.awards.models import AwardResult, AwardSeason, Decision, Deliberation, Juror, Panel
from exhibitions.awards.rules.states import DecisionKind
from exhibitions.core.db import db


def deliberation_of(season: AwardSeason) -> Deliberation | None:
    """The minute of the season, once somebody wrote it."""
    return db.session.scalar(sa.select(Deliberation).where(Deliberation.season_id == season.id))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the product's own in the minute (AW-33): a version was locked, with its hash, or opened again by `names`."""

    at: datetime
    version: int
    hash: str = ""
    names: tuple[str, ...] = ()
    reason: str = ""


def lines_of(season: AwardSeason) -> list[Line]:
    """When the result was locked and opened again, from what was done: nobody can write it over."""
    results = db.session.scalars(
        sa.select(AwardResult).where(AwardResult.season_id == season.id).order_by(AwardResult.version)
    ).all()
    replaced = [row for row in results if row.replaced_at is not None]
    # Every reopening that was signed replaced one version, in their order.
    opened = [
        Line(
            row.replaced_at,
            row.version,
            names=tuple(str(each["name"]) for each in said.signed) if said is not None else (),
            reason=said.reason if said is not None else "",
        )
        for row, said in itertools.zip_longest(replaced, reopenings(season)[: len(replaced)])
        if row.replaced_at is not None
    ]
    locked = [Line(row.locked_at, row.version, hash=row.hash) for row in results]
    return sorted([*locked, *opened], key=lambda line: (line.at, line.version, not line.hash))


def reopenings(season: AwardSeason) -> Sequence[Decision]:
    """The reopenings that two people signed, in their order; who they were is forgotten at the end of the term (P9)."""
    found = sa.select(Decision).where(
        Decision.season_id == season.id,
        Decision.kind == DecisionKind.REOPENING,
        Decision.taken_back_at.is_(None),
    )
    rows = db.session.scalars(found.order_by(Decision.id)).all()
    return [row for row in rows if len(row.signed) != 1]


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
