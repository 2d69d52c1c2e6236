"""The job of a print run: drawn part by part, going on behind the parts that are kept already."""

from __future__ import annotations

from datetime import timedelta

from flask import url_for

from exhibitions.audit.queries import erasures_of
from exhibitions.badges import queries
from exhibitions.badges.service import drawing_pool, printing
from exhibitions.core import clock
from exhibitions.core.access import Permission
from exhibitions.core.db import db
from exhibitions.core.errors import N_
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import JobRun

DRAWING = N_("Drawing badges")


def register() -> None:
    """Enter the jobs of this room into the table of names."""
    jobs.register(
        printing.PRINT,
        print_run,
        title=N_("Printing badges"),
        cancellable=True,
        steps=(DRAWING,),
        labels={"badges": N_("Badges"), "files": N_("Files"), "looks": N_("Badges to look at")},
        links=_links,
    )
    jobs.register(
        "badges.expire", expire, title=N_("Forgetting old print runs"), quick=True, every=timedelta(hours=6)
    )


def print_run(run: JobRun) -> dict[str, object]:
    expo = queries.fair(run.expo_id or 0)
    number = int(run.arguments["run"])
    run.step(DRAWING)
    with drawing_pool.pool() as pool:
        while _draw_next(run, expo, number, pool):
            pass
    done = printing.run_of(expo, number)
    return {"badges": len(done.badge_ids), "files": len(done.parts), "looks": len(done.looks), "run": number}


def _draw_next(run: JobRun, expo: Expo, number: int, pool: drawing_pool.Pool) -> bool:
    """Draw and keep what comes next: parts on all cores as long as there are several, then the last by itself.

    Parts during whose drawing somebody was erased are drawn anew.
    """
    before = erasures_of(expo.id)
    parts = printing.next_parts(expo, printing.run_of(expo, number), pool.size)
    last = None if parts else printing.next_part(expo, printing.run_of(expo, number))
    if last is None and not parts:
        return False
    # Drawing takes seconds, and an open reading would keep the database from tidying up.
    db.session.rollback()
    if last is not None:
        parts, drawn = [last], [printing.draw_part(last, run.progress)]
    else:
        drawn = printing.draw_parts(parts, pool, run.progress)
    # All or none: a run that is cut off goes on behind what is kept, and the order of the files is that of the badges.
    with run.transaction():
        kept = files.unerased_since(expo.id, before)
        for part, one in zip(parts, drawn, strict=True) if kept else ():
            printing.keep_part(expo, printing.run_of(expo, number), part, one, run.actor)
    for written, _looks in () if kept else drawn:
        files.remove_bytes(written.path)
    return True


def expire(run: JobRun) -> dict[str, object]:
    with run.transaction():
        return {"runs": printing.expire(clock.now())}


def _links(job: Job) -> list[jobs.Link]:
    expo = queries.fair(job.expo_id or 0)
    address = url_for("badges.print_run", slug=expo.slug, run_id=job.result["run"])
    return [jobs.Link(N_("Open the printed badges"), address, Permission.BADGES_PRINT)]
