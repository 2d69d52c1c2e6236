"""V1 before the opening: who leaves a number or an address is told once; the office fetches the numbers."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template
from flask_babel import gettext as _

from exhibitions.core.access import Permission, actor, public, require
from exhibitions.core.asked import ReasonForm
from exhibitions.core.contact import written_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import language
from exhibitions.core.sheets.writing import csv_chunks
from exhibitions.core.web import device_key, go, tell, throttle
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries, service
from exhibitions.visitors.forms.registration import ContactForm
from exhibitions.visitors.queries.reminders import asking
from exhibitions.visitors.rules.registration import OpenState
from exhibitions.visitors.service import reminders
from exhibitions.visitors.views.base import blueprint


@blueprint.route("/<slug>/remind-me", methods=["GET", "POST"])
@public
def remind(expo: Expo) -> Any:
    if service.standing(expo, queries.moment(expo)) is not OpenState.NOT_YET:
        return go("visitors.register", slug=expo.slug)
    form = ContactForm()
    status = 200
    if form.accepted():
        try:
            throttle("remind", f"{expo.id} {form.kept_phone or form.kept_email}", "5 per hour")
            throttle("remind-device", device_key(), "30 per hour")
            with transaction():
                reminders.ask(expo, form.kept_phone, form.kept_email, language())
        except Refused as refusal:
            form.refuse("contact", refusal)
            status = refusal.status
        else:
            tell(_("Noted. We tell you once, when registration opens."))
            return go("portal.fair", slug=expo.slug)
    page = render_template("visitors/remind.html", expo=expo, form=form)
    return page, 422 if form.errors and status == 200 else status


@blueprint.route("/desk/<slug>/visitors/reminders", methods=["GET", "POST"])
@require(Permission.VISITORS_EXPORT)
def waiting(expo: Expo) -> Any:
    form = ReasonForm()
    if not form.accepted():
        page = render_template("visitors/reminders.html", expo=expo, form=form, asking=asking(expo))
        return page, 422 if form.errors else 200
    with transaction():
        rows = list(reminders.take_numbers(expo, actor(), form.reason.data or ""))
    heading = [_("Mobile number"), _("Language"), _("Asked at")]
    table = (
        [written_phone(phone), lang, asked_at.strftime("%Y-%m-%dT%H:%M:%SZ")]
        for phone, lang, asked_at in rows
    )
    answer = Response(b"".join(csv_chunks([heading, *table])), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="reminders-{expo.slug}.csv"'
    return answer
