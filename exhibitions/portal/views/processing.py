"""A3: the record of processing activities of a fair, to print and as a file (P17)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from flask import Response, render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.core.access import Permission, require
from exhibitions.core.sheets.writing import Value, csv_chunks
from exhibitions.expos.models import Expo
from exhibitions.portal.rules.processing import MEASURES, RISKS, Activity
from exhibitions.portal.service import processing as service
from exhibitions.portal.views.frame import blueprint


@blueprint.get("/desk/<slug>/processing")
@require(Permission.EXPO_EDIT)
def processing(expo: Expo) -> str:
    return render_template(
        "portal/processing.html",
        expo=expo,
        record=service.record_of(expo),
        term=partial(_term, service.months()),
        measures=MEASURES,
        risks=RISKS,
    )


@blueprint.get("/desk/<slug>/processing.csv")
@require(Permission.EXPO_EDIT)
def processing_file(expo: Expo) -> Response:
    response = Response(b"".join(csv_chunks(_rows(expo))), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="processing-{expo.slug}.csv"'
    return response


def _rows(expo: Expo) -> Iterator[list[Value]]:
    months = service.months()
    yield [_("Purpose"), _("Ground"), _("Field"), _("Who receives it"), _("How long")]
    for line in service.record_of(expo).lines:
        for field in line.fields:
            yield [_(line.purpose), _(line.ground), _(field), _(line.recipients), _term(months, line)]


def _term(months: Mapping[str, int], line: Activity) -> str:
    """How long the data of a line is kept, in the reader's language."""
    if line.term not in months:
        return str(_(line.term))
    return str(ngettext("%(num)s month", "%(num)s months", months[line.term]))
