"""P13: taking companies out of the register, with a reason; the file is made while it is sent and stays nowhere."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Response, render_template, request, send_file, stream_with_context
from flask_babel import gettext as _

from exhibitions.companies.forms import listing
from exhibitions.companies.queries import listing as queries
from exhibitions.companies.rules.exporting import HEADINGS
from exhibitions.companies.service import exporting as service
from exhibitions.companies.views.base import blueprint, today
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import end_reading, transaction
from exhibitions.core.i18n import language
from exhibitions.core.sheets.writing import Value, csv_chunks, write_xlsx


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
        as_xlsx(_("companies"), rows, len(HEADINGS))
        if request.form.get("format") == "xlsx"
        else as_csv(_("companies"), rows)
    )


def as_csv(name: str, rows: Iterable[Sequence[Value]]) -> Response:
    """The rows as a download `name`.csv that Excel reads, sent while they are made."""
    answer = Response(stream_with_context(csv_chunks(rows)), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    return answer


def as_xlsx(name: str, rows: Iterable[Sequence[Value]], columns: int) -> Response:
    """The rows as a download `name`.xlsx."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        write_xlsx(path, name, rows, [18] * columns)
        content = BytesIO(path.read_bytes())
    return send_file(
        content, mimetype=service.XLSX, as_attachment=True, download_name=f"{name}.xlsx", max_age=0
    )
