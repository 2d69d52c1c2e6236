"""The pages of long work: a list, and a page for each piece that survives reload, restart and a second reader."""

from __future__ import annotations

from flask import Blueprint, abort, g, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from exhibitions.audit.rules import Fair
from exhibitions.core import clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.i18n import home_zone
from exhibitions.core.web import go, tell
from exhibitions.jobs import queries, service
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import State, steps_of, time_left

blueprint = Blueprint("jobs", __name__)


@blueprint.get("/desk/<slug>/jobs")
@require(Permission.EXPO_VIEW)
def jobs(expo: Fair) -> str:
    return _list(expo)


@blueprint.get("/desk/jobs")
@require(Permission.SYSTEM_MANAGE)
def organisation_jobs() -> str:
    return _list(None)


@blueprint.get("/desk/<slug>/jobs/<int:job_id>")
@require(Permission.EXPO_VIEW)
def job(expo: Fair, job_id: int) -> str:
    return _page(expo, _found(expo, job_id))


@blueprint.get("/desk/jobs/<int:job_id>")
@require(Permission.SYSTEM_MANAGE)
def organisation_job(job_id: int) -> str:
    return _page(None, _found(None, job_id))


@blueprint.post("/desk/<slug>/jobs/<int:job_id>/cancel")
@require(Permission.EXPO_VIEW)
def cancel(expo: Fair, job_id: int) -> Response:
    _cancel(expo, job_id)
    return go("jobs.job", slug=expo.slug, job_id=job_id)


@blueprint.post("/desk/jobs/<int:job_id>/cancel")
@require(Permission.SYSTEM_MANAGE)
def cancel_organisation(job_id: int) -> Response:
    _cancel(None, job_id)
    return go("jobs.organisation_job", job_id=job_id)


def address(expo: Fair | None, job_id: int, *, cancel: bool = False) -> str:
    """Where a job's page is, or where it is stopped."""
    if expo is None:
        return url_for("jobs.cancel_organisation" if cancel else "jobs.organisation_job", job_id=job_id)
    return url_for("jobs.cancel" if cancel else "jobs.job", slug=expo.slug, job_id=job_id)


def _found(expo: Fair | None, job_id: int) -> Job:
    found = queries.job_of(expo.id if expo else None, job_id)
    return abort(404) if found is None else found


def _cancel(expo: Fair | None, job_id: int) -> None:
    with transaction():
        service.cancel(_found(expo, job_id), actor())
    tell(_("The work is being stopped."))


def _list(expo: Fair | None) -> str:
    rows = [
        (row, address(expo, row.id), service.kind_of(row))
        for row in queries.newest(expo.id if expo else None)
    ]
    return render_template(
        "jobs/jobs.html", rows=rows, expo=expo, zone=expo.timezone if expo else home_zone()
    )


def _rights(expo: Fair | None) -> frozenset[str]:
    """What the reader may do here: at the fair, or in the organisation."""
    found: frozenset[str] = g.organisation_rights if expo is None else g.rights
    return found


def _page(expo: Fair | None, row: Job) -> str:
    kind = service.kind_of(row)
    left = time_left(row.step_started_at, row.done, row.total, clock.now())
    done = row.state == State.DONE
    return render_template(
        "jobs/job.html",
        job=row,
        title=kind.title if kind else service.UNKNOWN_TITLE,
        expo=expo,
        zone=expo.timezone if expo else home_zone(),
        steps=steps_of(kind.steps if kind else (), row.step, over=done),
        left=left.total_seconds() if left else None,
        cancel_url=address(expo, row.id, cancel=True) if service.may_cancel(row, actor()) else "",
        results=[(label, row.result[name]) for name, label in kind.labels.items() if name in row.result]
        if kind
        else [],
        links=[link for link in kind.links(row) if link.permission in _rights(expo)]
        if kind and kind.links and done
        else [],
    )
