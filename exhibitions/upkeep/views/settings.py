"""A2: who the organiser is, and the backups: make one, test one, fetch one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response as Answer
from flask import render_template, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from exhibitions.core import clock
from exhibitions.core.access import Permission, actor, public, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import NotFound, Refused
from exhibitions.core.web import go, tell
from exhibitions.files import service as files
from exhibitions.jobs import service as jobs
from exhibitions.organisation import queries as organisations
from exhibitions.organisation import rules
from exhibitions.organisation import service as organisation_service
from exhibitions.organisation.models import Organisation
from exhibitions.upkeep.forms import OrganisationForm
from exhibitions.upkeep.rules.health import Tone, backup_check
from exhibitions.upkeep.service import keeping
from exhibitions.upkeep.service.place import here
from exhibitions.upkeep.views.base import blueprint

SETTINGS = "/desk/settings"


@blueprint.get(SETTINGS)
@require(Permission.SYSTEM_MANAGE)
def settings() -> str:
    row, place = organisations.organisation(), here()
    backups = keeping.kept(place)
    newest = next((one for one in backups if one.good), None)
    return render_template(
        "upkeep/settings.html",
        organisation=row,
        zone=organisation_service.facts_of(row).timezone,
        backups=backups,
        check=backup_check(clock.now(), newest.made_at if newest else None, keeping.last_proof(backups)),
        good=Tone.GOOD,
        keys_at=next((one.made_at for one in backups if one.manifest and one.manifest.with_keys), None),
        days=place.days,
        folder=place.folder.name,
    )


@blueprint.route(f"{SETTINGS}/organisation", methods=["GET", "POST"])
@require(Permission.SYSTEM_MANAGE)
def organisation() -> Any:
    row = organisations.organisation()
    form = OrganisationForm(data=_typed(row))
    if form.accepted():
        try:
            _save(form)
        except Refused as refusal:
            form.refuse(_FIELD_OF.get(refusal.code, "name_zh"), refusal)
        else:
            tell(_("Saved."))
            return go("upkeep.settings")
    return render_template("upkeep/organisation.html", form=form, organisation=row), form.status


def _typed(row: Organisation | None) -> dict[str, str]:
    return asdict(organisation_service.facts_of(row))


_FIELD_OF = {
    "timezone_unknown": "timezone",
    "logo_large": "logo",
    "logo_pixels": "logo",
    "logo_unreadable": "logo",
}


def _save(form: OrganisationForm) -> None:
    given = form.picture()
    kept = files.write(rules.drawn_anew(given)) if given is not None else None
    with form.saving(lambda: _typed(organisations.organisation())):
        row = organisation_service.save(form.facts(), actor())
        if kept is not None:
            organisation_service.set_logo(row, kept, actor())


@blueprint.get("/logo.png")
@public
def logo() -> Answer:
    """The organiser's logo; it stands on public pages, so that everybody may fetch it."""
    row = organisations.logo()
    if row is None:
        raise NotFound("no_logo", "There is nothing at this address.")
    answer = send_file(files.open_file(row), "image/png", conditional=False, etag=False)
    answer.headers["Content-Length"] = str(row.size)
    answer.headers["Cache-Control"] = "public, max-age=600"
    return answer


@blueprint.post(f"{SETTINGS}/backups")
@require(Permission.SYSTEM_MANAGE)
def back_up() -> Response:
    with transaction():
        job = jobs.enqueue(keeping.BACKUP, "now", {}, actor=actor())
    return go("jobs.organisation_job", job_id=job.id)


@blueprint.post(f"{SETTINGS}/backups/<key>/test")
@require(Permission.SYSTEM_MANAGE)
def test_backup(key: str) -> Response:
    found = keeping.backup_of(here(), key)
    with transaction():
        job = jobs.enqueue(keeping.PROVE, found.key, {"backup": found.key}, actor=actor())
    return go("jobs.organisation_job", job_id=job.id)


@blueprint.post(f"{SETTINGS}/backups/<key>/file")
@require(Permission.SYSTEM_MANAGE)
def fetch_backup(key: str) -> Answer:
    """By POST, because whoever takes all data away is written down."""
    found = keeping.backup_of(here(), key)
    with transaction():
        keeping.record_fetched(found, actor())
    return send_file(
        found.path,
        "application/zip",
        as_attachment=True,
        download_name=found.path.name,
        conditional=False,
        etag=False,
    )
