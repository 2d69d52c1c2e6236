"""O6, P13: taking people out of the list, with a reason: CSV at once, XLSX by a job whose file lives for a day."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, stream_with_context

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import end_reading, transaction
from exhibitions.core.i18n import language
from exhibitions.core.sheets.writing import csv_chunks
from exhibitions.core.web import go
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries, service
from exhibitions.visitors.forms import listing
from exhibitions.visitors.queries.form import all_questions
from exhibitions.visitors.service import exporting
from exhibitions.visitors.views import words
from exhibitions.visitors.views.base import blueprint


@blueprint.route("/desk/<slug>/visitors/export", methods=["GET", "POST"])
@require(Permission.VISITORS_EXPORT)
def export(expo: Expo) -> Any:
    filters = listing.wanted()
    form = listing.ExportForm()
    form.offer(all_questions(expo))
    if not form.accepted():
        total = queries.count(expo, filters)
        page = render_template(
            "visitors/export.html",
            expo=expo,
            total=total,
            form=form,
            import_id=filters.import_id,
            query=listing.passed(),
        )
        return page, 422 if form.errors else 200
    chosen, ids, slug = form.columns.data or [], queries.ids_of(expo, filters), expo.slug
    with transaction():
        service.record(expo, len(ids), chosen, actor(), form.reason.data or "")
        job = None
        if request.form.get("format") == "xlsx":
            job = exporting.ask(expo, ids, chosen, language(), actor())
    if job is not None:
        return go("jobs.job", slug=slug, job_id=job.id)
    end_reading()
    rows = words.sheet(expo, ids, chosen)
    response = Response(stream_with_context(csv_chunks(rows)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="visitors-{slug}.csv"'
    return response
