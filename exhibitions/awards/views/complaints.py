"""O12: complaints about a season, and the office's answer."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import abort, g, render_template
from flask_babel import gettext as _

from exhibitions.awards.forms.certificates import DecisionForm
from exhibitions.awards.models import AwardSeason, Complaint
from exhibitions.awards.queries import certificates as queries
from exhibitions.awards.rules.complaint_window import reference
from exhibitions.awards.rules.states import ComplaintState
from exhibitions.awards.service import complaints as service
from exhibitions.awards.service.complaints import SUBJECT
from exhibitions.awards.views.base import SEASON, blueprint, carried_out, season_or_404
from exhibitions.awards.views.result_words import page_words
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.contact import normal_email
from exhibitions.core.web import go
from exhibitions.expos.models import Expo

COMPLAINTS = f"{SEASON}/complaints"


@blueprint.get(COMPLAINTS)
@require(Permission.AWARDS_VIEW)
def complaints(expo: Expo, season_id: int) -> str:
    season = season_or_404(expo, season_id)
    return render_template(
        "awards/complaints.html",
        expo=expo,
        season=season,
        rows=queries.complaints(season),
        reference=partial(reference, season.year, season.id),
        **page_words(),
    )


@blueprint.get(f"{COMPLAINTS}/<int:complaint_number>")
@require(Permission.AWARDS_VIEW)
def complaint(expo: Expo, season_id: int, complaint_number: int) -> str:
    season, row = _complaint_or_404(expo, season_id, complaint_number)
    return _page(expo, season, row, DecisionForm())


def _complaint_or_404(expo: Expo, season_id: int, number: int) -> tuple[AwardSeason, Complaint]:
    season = season_or_404(expo, season_id)
    row = queries.complaint_of(season, number)
    if row is None:
        abort(404)
    return season, row


def _page(expo: Expo, season: AwardSeason, row: Complaint, form: DecisionForm) -> str:
    return render_template(
        "awards/complaint.html",
        expo=expo,
        season=season,
        row=row,
        number=reference(season.year, season.id, row.number),
        by_mail=normal_email(row.contact) is not None,
        form=form,
        rights=g.rights,
        **page_words(),
    )


@blueprint.post(f"{COMPLAINTS}/<int:complaint_number>")
@require(Permission.AWARDS_EDIT)
def decide_complaint(expo: Expo, season_id: int, complaint_number: int) -> Any:
    season, row = _complaint_or_404(expo, season_id, complaint_number)
    form = DecisionForm()
    if carried_out(
        form,
        "decision",
        lambda: service.decide(
            season, row, ComplaintState(form.state.data), form.decision.data or "", actor()
        ),
        _("The complaint is decided."),
        form.saving(lambda: {"decision": row.decision}, (SUBJECT, row.id)),
    ):
        return go("awards.complaint", slug=expo.slug, season_id=season.id, complaint_number=row.number)
    return _page(expo, season, row, form), form.status
