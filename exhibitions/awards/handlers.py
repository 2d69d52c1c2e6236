"""The jobs of awards: results whose embargo is over become public, and many entries pass screening together."""

from __future__ import annotations

from datetime import timedelta

from exhibitions.awards.models import AwardSeason
from exhibitions.awards.queries import entries as queries
from exhibitions.awards.queries.seasons import season_of
from exhibitions.awards.service import many, publishing_result
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import N_, NotFound
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.jobs import service as jobs
from exhibitions.jobs.rules import JobRun

PUBLISH = "awards.publish_due"
PORTION = 100


def register() -> None:
    """Enter the jobs of this room into the table of names."""
    jobs.register(
        PUBLISH,
        publish_due,
        title=N_("Publishing results of awards"),
        quick=True,
        every=timedelta(minutes=1),
    )
    jobs.register(
        many.ACCEPT,
        accept_many,
        title=N_("Letting many entries pass screening"),
        labels={
            "passed": N_("Passed screening"),
            "stayed": N_("Stayed as they are: they do not wait for it"),
        },
        cancellable=True,
    )


def publish_due(run: JobRun) -> dict[str, object]:
    with transaction():
        return {"seasons": publishing_result.publish_due(clock.now())}


def accept_many(run: JobRun) -> dict[str, object]:
    """Let those that were selected pass, a portion at a time; cut off, it begins again and finds the first ones passed."""
    kept = files.kept_selection(many.SELECTION, run.expo_id or 0, int(run.arguments["file_id"]))
    ids = kept["ids"]
    passed = stayed = 0
    for start in range(0, len(ids), PORTION):
        with run.transaction():
            season = _season(run, int(kept["season"]))
            done = many.accept_now(season, queries.of_ids(season, ids[start : start + PORTION]), run.actor)
        passed, stayed = passed + done.passed, stayed + done.stayed
        run.progress(min(start + PORTION, len(ids)), len(ids))
        db.session.expunge_all()
    return {"passed": passed, "stayed": stayed}


def _season(run: JobRun, season_id: int) -> AwardSeason:
    expo = db.session.get(Expo, run.expo_id)
    season = season_of(expo, season_id) if expo is not None else None
    if season is None:
        raise NotFound("season_gone", N_("This award is not there any more."))
    return season
