"""What tests of a jury's seats do and ask over and over."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from exhibitions.audit.models import Entry
from exhibitions.awards.models import AwardSeason, Juror
from exhibitions.awards.queries import assigning as drawing
from exhibitions.awards.queries import jury
from exhibitions.awards.service import assigning
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo
from tests.awards.making import ROUND

BY = Actor("user", None, "Alice")


def juror(season: AwardSeason, code: str) -> Juror:
    return next(each for each in jury.jurors(season, left=True) if each.code == code)


def entry(season: AwardSeason, number: str) -> Any:
    return next(each for each in jury.entries_to_judge(season) if each.number == number)


def draw(expo: Expo, season: AwardSeason, *, anew: bool = False, seed: str = "seed") -> int:
    mark = drawing.preview(expo, season, ROUND, seed, anew=anew).mark
    with transaction():
        return assigning.apply(expo, season, ROUND, seed, mark, anew=anew, by=BY)


def queues(season: AwardSeason) -> dict[str, list[str]]:
    db.session.expire_all()
    codes = {each.id: each.code for each in jury.jurors(season, left=True)}
    found: dict[str, list[str]] = {}
    for place in jury.assignments(season, ROUND):
        if place.state not in jury.GONE:
            found.setdefault(codes[place.juror_id], []).append(str(place.entry.number))
    return found


def deeds() -> list[str]:
    return list(db.session.scalars(sa.select(Entry.action).order_by(Entry.id)))
