"""A3: how long each kind of personal data is kept, what is due now, and ending it (P6)."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.stale import Stale
from exhibitions.core.web import go, tell
from exhibitions.jobs import service as jobs
from exhibitions.portal.forms import RunForm, TermsForm
from exhibitions.portal.rules.retention import FIXED, TERMS
from exhibitions.portal.service import retention as service
from exhibitions.portal.views.frame import blueprint


@blueprint.route("/desk/privacy/retention", methods=["GET", "POST"])
@require(Permission.PRIVACY_MANAGE)
def retention() -> Any:
    lines = service.lines()
    form = TermsForm(data={line.kind.value: line.months for line in lines})
    if form.accepted():
        try:
            with form.saving(lambda: {kind.value: months for kind, months in service.months().items()}):
                service.save_terms(form.months(), actor())
        except Stale as refusal:
            form.refuse("visitors", refusal)
        else:
            tell(_("The terms are saved."))
            return go("portal.retention")
    return _page(lines, form, RunForm(formdata=None)), form.status


@blueprint.post("/desk/privacy/retention/run")
@require(Permission.PRIVACY_MANAGE)
def run_retention() -> Any:
    lines = service.lines()
    form = RunForm()
    form.expect(sum(line.due for line in lines))
    if not form.accepted():
        terms = TermsForm(formdata=None, data={line.kind.value: line.months for line in lines})
        return _page(lines, terms, form), 422
    with transaction():
        job = jobs.enqueue(service.RUN, "by hand", {}, actor=actor())
    return go("jobs.organisation_job", job_id=job.id)


def _page(lines: list[service.Line], form: TermsForm, run_form: RunForm) -> str:
    return render_template(
        "portal/retention.html",
        expo=None,
        lines=[(line, TERMS[line.kind]) for line in lines],
        fixed=FIXED,
        exempt=service.exempt(),
        form=form,
        run_form=run_form,
        due=sum(line.due for line in lines),
    )
