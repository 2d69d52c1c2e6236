"""What everybody sees of awards: winners, the published file, certificates verified, complaints."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from io import BytesIO
from typing import Any

from flask import Response, abort, render_template, request, send_file

from exhibitions.awards.forms.certificates import ComplaintForm
from exhibitions.awards.queries import published
from exhibitions.awards.rules.certificate_words import read_code
from exhibitions.awards.rules.complaint_window import reference
from exhibitions.awards.service import bundle, complaints, reading, showing_winners, verifying
from exhibitions.awards.service.showing_winners import Listed
from exhibitions.awards.views.base import blueprint, carried_out
from exhibitions.awards.views.result_words import Words, revoked_reason
from exhibitions.core.access import actor, public
from exhibitions.core.i18n import language, local
from exhibitions.core.web import device_key, go, throttle
from exhibitions.expos.models import Expo

WINNERS = "/<slug>/awards"


@blueprint.get(WINNERS)
@public
def winners(expo: Expo) -> Any:
    seasons = published.public_seasons(expo)
    listed = showing_winners.winners_page(
        expo, seasons, {name: request.args.get(name, "")[:100] for name in showing_winners.FILTERS}
    )
    words = {season.id: Words(listed.files[season.id]) for season in seasons}
    return render_template(
        "awards/winners.html",
        expo=expo,
        seasons=seasons,
        listed=listed,
        words=words,
        called=partial(_called, words, listed),
        open=published.open_seasons(expo),
        reviewed=published.reviewed_notes(expo),
        revoked=published.revoked(seasons),
        complains={
            season.id: complaints.taken_until(season) for season in seasons if complaints.takes(season)
        },
    )


def _called(words: Mapping[int, Words], listed: Listed, name: str, value: str) -> str:
    """How a value to narrow by is called: seasons may have given one code different names, then each of them."""
    return " / ".join(dict.fromkeys(words[each].fact(name, value) for each in listed.where[name, value]))


@blueprint.get(f"{WINNERS}/<int:season_id>/results.zip")
@public
def winners_zip(expo: Expo, season_id: int) -> Response:
    """The result file of a published season, for anybody to recompute."""
    season = next((each for each in published.public_seasons(expo) if each.id == season_id), None)
    if season is None:
        abort(404)
    row = reading.locked_row(season)
    content = bundle.bundle(reading.sealed_bytes(season, row))
    name = f"award-{expo.slug}-{season.year}-v{row.version}.zip"
    return send_file(BytesIO(content), "application/zip", as_attachment=True, download_name=name, max_age=0)


@blueprint.get("/certificates/<code>")
@public
def certificate(code: str) -> Any:
    throttle("awards.certificate", device_key(), "60/minute")
    verdict = verifying.verify(read_code(code))
    page = render_template("awards/certificate.html", verdict=verdict, revoked_reason=revoked_reason)
    return page, 200 if verdict.is_known else 404


@blueprint.route(f"{WINNERS}/complain", methods=["GET", "POST"])
@public
def complain(expo: Expo) -> Any:
    seasons = [season for season in published.public_seasons(expo) if complaints.takes(season)]
    if not seasons:
        return render_template("awards/complain_over.html", expo=expo), 404
    form = ComplaintForm(number=request.args.get("entry", "")[:16])
    form.offer([(season.id, str(local(season, "name"))) for season in seasons])
    received: list[str] = []

    def receive() -> None:
        throttle("awards.complain", device_key(), "5/hour")
        season = next(each for each in seasons if each.id == form.season.data)
        said = (form.from_name.data or "", form.contact.data or "", form.text.data or "")
        row = complaints.receive(season, *said, form.number.data or "", actor(), _letter_language())
        received.append(reference(season.year, season.id, row.number))

    if carried_out(form, lambda refusal: "number" if refusal.code == "entry_unknown" else "text", receive):
        return go("awards.complained", slug=expo.slug, number=received[0])
    return render_template("awards/complain.html", expo=expo, form=form), form.status


def _letter_language() -> str:
    """Letters are written in Chinese and English."""
    return "zh" if language() == "zh" else "en"


@blueprint.get(f"{WINNERS}/complained/<number>")
@public
def complained(expo: Expo, number: str) -> str:
    return render_template("awards/complained.html", expo=expo, number=number[:30])
