"""O6: saved views as tabs of the list, and the columns that a person wants to see."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask_babel import gettext as _

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.visitors.forms import listing
from exhibitions.visitors.queries import arranging as queries
from exhibitions.visitors.service import arranging as service
from exhibitions.visitors.views.base import blueprint


@blueprint.post("/desk/<slug>/visitors/views")
@require(Permission.VISITORS_VIEW)
def save_view(expo: Expo) -> Any:
    query = listing.address()
    try:
        with transaction():
            shared = request.form.get("shared") == "1"
            service.save_view(expo, request.form.get("name", ""), query, actor(), shared=shared)
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("The view is saved. It stands above the list."))
    return go("visitors.visitors", slug=expo.slug, **query)


@blueprint.post("/desk/<slug>/visitors/views/<int:view_id>/remove")
@require(Permission.VISITORS_VIEW)
def remove_view(expo: Expo, view_id: int) -> Any:
    view = queries.view_of(expo, view_id, actor())
    if view is None:
        abort(404)
    with transaction():
        service.remove_view(expo, view, actor())
    tell(_("The view is removed."))
    return go("visitors.visitors", slug=expo.slug)


@blueprint.post("/desk/<slug>/visitors/columns")
@require(Permission.VISITORS_VIEW)
def choose_columns(expo: Expo) -> Any:
    with transaction():
        service.choose_columns(request.form.getlist("columns"), actor())
    return go("visitors.visitors", slug=expo.slug, **listing.passed())
