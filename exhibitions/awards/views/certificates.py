"""O12: certificates: their words, issuing, printing, and taking an award away."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, current_app, render_template, request, send_file
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.awards.forms.certificates import CertificateForm, filled
from exhibitions.awards.forms.deliberation import TextForm
from exhibitions.awards.models import AwardSeason
from exhibitions.awards.queries.casework import is_locked
from exhibitions.awards.queries.certificates import certificates as rows_of
from exhibitions.awards.service import certificates as service
from exhibitions.awards.service import reading, revoking
from exhibitions.awards.service.turning import SUBJECT
from exhibitions.awards.views.base import SEASON, blueprint, carried_out, pressed, season_or_404
from exhibitions.awards.views.reading import note_reading
from exhibitions.awards.views.result import RESULT, line_or_404, why_page
from exhibitions.awards.views.result_words import page_words
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.web import go
from exhibitions.expos.models import Expo

CERTIFICATES = f"{SEASON}/certificates"


@blueprint.get(CERTIFICATES)
@require(Permission.AWARDS_RESULTS)
def certificates(expo: Expo, season_id: int) -> str:
    season = season_or_404(expo, season_id)
    return _page(expo, season, CertificateForm(data=filled(season.certificate)))


def _page(expo: Expo, season: AwardSeason, form: CertificateForm) -> str:
    """The certificates with their words. Whoever gets the page has read who won."""
    note_reading(season, "certificates")
    rows = rows_of(season)
    return render_template(
        "awards/certificates.html",
        expo=expo,
        season=season,
        rows=rows,
        overtaken=service.overtaken(season, rows),
        unprintable=service.unprintable(rows),
        is_locked=is_locked(season),
        form=form,
        **page_words(),
    )


@blueprint.post(CERTIFICATES)
@require(Permission.AWARDS_RESULTS)
def save_certificate_words(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    form = CertificateForm(data=filled(season.certificate))
    if carried_out(
        form,
        "title_zh",
        lambda: service.save_words(season, form.words, actor()),
        _("Saved. Certificates that were issued keep their words."),
        form.saving(lambda: filled(season.certificate), (SUBJECT, season.id)),
    ):
        return go("awards.certificates", slug=expo.slug, season_id=season.id)
    return _page(expo, season, form), form.status


@blueprint.post(f"{CERTIFICATES}/issue")
@require(Permission.AWARDS_RESULTS)
def issue_certificates(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    pressed(
        lambda: service.issue(expo, season, actor()),
        lambda number: ngettext("%(num)s certificate issued.", "%(num)s certificates issued.", number),
    )
    return go("awards.certificates", slug=expo.slug, season_id=season.id)


@blueprint.get(f"{CERTIFICATES}.pdf")
@require(Permission.AWARDS_RESULTS)
def certificates_pdf(expo: Expo, season_id: int) -> Response:
    season = season_or_404(expo, season_id)
    rows = service.to_print(season, request.args.get("serial", "")[:40])
    drawn = service.draw(rows, current_app.config["PUBLIC_URL"], f"{season.name_zh} {season.year}")
    with transaction():
        service.note_printing(season, rows, actor())
    name = f"certificates-{expo.slug}-{season.year}.pdf"
    return send_file(BytesIO(drawn), "application/pdf", download_name=name, max_age=0)


@blueprint.post(f"{RESULT}/<number>/revoke")
@require(Permission.AWARDS_RESULTS)
def revoke(expo: Expo, season_id: int, number: str) -> Any:
    season = season_or_404(expo, season_id)
    line_or_404(reading.result_now(season), number)
    form = TextForm(prefix="revoke-")
    if carried_out(
        form,
        "text",
        lambda: revoking.revoke(season, number, form.text.data or "", actor()),
        _("The award is revoked; the certificate's page says so."),
    ):
        return go("awards.why", slug=expo.slug, season_id=season.id, number=number)
    return why_page(expo, season, number, revocation=form), form.status
