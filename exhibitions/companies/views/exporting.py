"""P13: taking companies out of the register, with a reason; the file is made while it is sent and stays nowhere."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from exhibitions.companies.forms import listing
from exhibitions.companies.queries import listing as queries
from exhibitions.companies.rules.exporting import HEADINGS
from exhibitions.companies.service import exporting as service
from exhibitions.companies.views.base import blueprint, today
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import end_reading, transaction
from exhibitions.core.i18n import language
from exhibitions.core.tables import as_csv, as_xlsx


@blueprint.route("/desk/companies/export", methods=["GET", "POST"])
@require(Permission.COMPANIES_EDIT)
def export() -> Any:
    filters, form = listing.wanted(), listing.ExportForm()
    ids = queries.ids_of(filters, today())
    if not form.accepted():
        page = render_template("companies/export.html", total=len(ids), form=form, query=listing.passed())
        return page, 422 if form.errors else 200
    chosen = form.columns.data or []
    with transaction():
        service.record(len(ids), chosen, actor(), form.reason.data or "")
    end_reading()
    rows = service.sheet(ids, chosen, language(), _)
    return (
        as_xlsx(_("companies"), _("companies"), rows, [18] * len(HEADINGS))
        if request.form.get("format") == "xlsx"
        else as_csv(_("companies"), rows)
    )
