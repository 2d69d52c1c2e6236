"""The classes of a fair, and what is printed on each, seen before it is saved."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from exhibitions.badges import queries, service
from exhibitions.badges.forms.classes import ClassForm, DesignForm
from exhibitions.badges.models import BadgeClass
from exhibitions.badges.rules import layout
from exhibitions.badges.rules.templates import Band, check_fields
from exhibitions.badges.views.base import BADGES, blueprint
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo

_FIELD_OF = {"class_nameless": "name_zh", "class_in_use": "number"}


@blueprint.route(f"{BADGES}/classes/new", methods=["GET", "POST"], defaults={"class_id": None})
@blueprint.route(f"{BADGES}/classes/<int:class_id>", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def badge_class(expo: Expo, class_id: int | None) -> Any:
    row = _class(expo, class_id) if class_id is not None else None
    form = ClassForm(data=ClassForm.shown(row) if row else _next_class(expo))
    if form.accepted():
        try:
            with form.saving(lambda: row and ClassForm.shown(row), ("badge_class", class_id)):
                facts = form.facts(service.facts_of(row) if row else None)
                service.save_class(expo, row, facts, actor())
        except Refused as refusal:
            form.refuse(_FIELD_OF.get(refusal.code, "key"), refusal)
        else:
            tell(_("The badge class is saved."))
            return go("badges.badges", slug=expo.slug)
    return render_template("badges/class.html", expo=expo, form=form, row=row), form.status


@blueprint.route(f"{BADGES}/classes/<int:class_id>/design", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def design(expo: Expo, class_id: int) -> Any:
    """What is printed on a class. By GET a design stands in the address and is only shown."""
    row = _class(expo, class_id)
    asked = request.args if request.method == "GET" and "sheet" in request.args else None
    form = DesignForm(*([asked] if asked else []), data=_kept(row))
    if form.accepted():
        try:
            with form.saving(lambda: _kept(row), ("badge_class", class_id)):
                band = Band(form.band.data)
                service.save_design(expo, row, form.sheet.data, form.fields.data or [], band, actor())
        except Refused as refusal:
            form.refuse("fields", refusal)
        else:
            tell(_("What is printed on this class is saved."))
            return go("badges.badges", slug=expo.slug)
    return render_template(
        "badges/design.html", expo=expo, form=form, row=row, shown=_shown(form)
    ), form.status


def _kept(row: BadgeClass) -> dict[str, Any]:
    return {"sheet": row.sheet, "fields": row.fields, "band": row.band.value}


@blueprint.get(f"{BADGES}/classes/<int:class_id>/preview.png")
@require(Permission.EXPO_EDIT)
def preview(expo: Expo, class_id: int) -> Response:
    """Up to four badges with the longest texts of the class, in the design of the address; kept nowhere."""
    row = _class(expo, class_id)
    sheet = request.args.get("sheet", row.sheet)
    try:
        fields = check_fields(request.args.getlist("fields") or row.fields)
        band = Band(request.args.get("band", row.band.value))
        content = service.preview(expo, row, sheet, layout.Design(fields, band))
    except ValueError:
        abort(404)
    response = make_response(content)
    response.headers["Content-Type"] = "image/png"
    response.headers["Cache-Control"] = "no-store"
    return response


def _shown(form: DesignForm) -> MultiDict[str, str]:
    """The design of the form as the words of the preview's address."""
    words = [("fields", field) for field in form.fields.data or []]
    return MultiDict([("sheet", form.sheet.data or ""), ("band", form.band.data or ""), *words])


def _class(expo: Expo, class_id: int) -> BadgeClass:
    row = queries.class_of(expo, class_id)
    if row is None:
        abort(404)
    return row


def _next_class(expo: Expo) -> dict[str, int]:
    numbers = [found.number for found in queries.classes(expo)]
    return {"number": max(numbers, default=0) + 1, "position": len(numbers) + 1}
