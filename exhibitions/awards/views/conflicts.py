"""O12, interests of jurors: found, declared, objected; decided with a reason (AW-34)."""

from __future__ import annotations

from typing import Any

from flask import abort, g, render_template
from flask_babel import gettext as _
from markupsafe import escape

from exhibitions.awards.forms.jury import ConflictForm, DecisionForm
from exhibitions.awards.models import AwardEntry, AwardSeason
from exhibitions.awards.queries import conflicts as queries
from exhibitions.awards.queries import jury
from exhibitions.awards.service import conflicts as service
from exhibitions.awards.views import jury_words as words
from exhibitions.awards.views.base import SEASON, blueprint, season_or_404
from exhibitions.awards.views.jury import juror_or_404
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import local
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo

CONFLICTS = f"{SEASON}/jury/interests"
_FIELDS = {
    "conflict_about": "entry",
    "conflict_kind": "kind",
    "conflict_decision": "decision",
    "award_office_only": "decision",
    "result_locked": "decision",
}


@blueprint.get(CONFLICTS)
@require(Permission.AWARDS_VIEW)
def conflicts(expo: Expo, season_id: int) -> str:
    season = season_or_404(expo, season_id)
    return render_template(
        "awards/conflicts.html",
        expo=expo,
        season=season,
        rows=queries.conflicts(season),
        anybody=jury.jurors(season),
        day=jury.judging_day(expo, season),
        words=words,
        rights=g.rights,
    )


@blueprint.post(f"{CONFLICTS}/search")
@require(Permission.AWARDS_EDIT)
def find_conflicts(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    try:
        with transaction():
            found = service.search(expo, season, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("Compared: %(new)s new, %(gone)s that hold no more.", new=found.new, gone=found.gone))
    return go("awards.conflicts", slug=expo.slug, season_id=season.id)


@blueprint.route(f"{CONFLICTS}/new", methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def new_conflict(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    entries = jury.entries_to_judge(season)
    form = ConflictForm().offer(jury.jurors(season), [(str(row.number), _named(row)) for row in entries])
    if form.accepted():
        try:
            with transaction():
                _note(expo, season, form, {str(row.number): row for row in entries})
        except Refused as refusal:
            form.refuse(_FIELDS.get(refusal.code, "reason"), refusal)
        else:
            tell(_("The interest is noted. Until it is decided the juror is given none of these entries."))
            return go("awards.conflicts", slug=expo.slug, season_id=season.id)
    return render_template("awards/conflict_new.html", expo=expo, season=season, form=form), form.status


def _named(row: AwardEntry) -> str:
    """As a choice shows it: plain, without the mark that a page gives to another language."""
    product, company = (str(escape(local(row, name)).striptags()) for name in ("product", "company"))
    return f"{row.number} {product} ({company})"


def _note(expo: Expo, season: AwardSeason, form: ConflictForm, entries: dict[str, AwardEntry]) -> None:
    juror = juror_or_404(season, form.juror.data or 0)
    entry = entries.get(form.entry.data or "")
    service.note(expo, season, juror, entry=entry, by=actor(), **form.wanted())


@blueprint.route(f"{CONFLICTS}/<int:conflict_id>", methods=["GET", "POST"])
@require(Permission.AWARDS_EDIT)
def conflict(expo: Expo, season_id: int, conflict_id: int) -> Any:
    season = season_or_404(expo, season_id)
    row = queries.conflict_of(season, conflict_id) or abort(404)
    form, is_office = DecisionForm(), Permission.AWARDS_RESULTS in g.rights
    if form.accepted():
        try:
            with transaction():
                decision, reason = form.chosen(), form.reason.data or ""
                service.decide(
                    expo, season, row.conflict, decision, reason, is_award_office=is_office, by=actor()
                )
        except Refused as refusal:
            form.refuse(_FIELDS.get(refusal.code, "reason"), refusal)
        else:
            tell(_("Decided. The reason is kept."))
            return go("awards.conflicts", slug=expo.slug, season_id=season.id)
    page = render_template(
        "awards/conflict.html",
        expo=expo,
        season=season,
        row=row,
        form=form,
        words=words,
        office_only=service.needs_award_office(row.conflict) and not is_office,
    )
    return page, form.status
