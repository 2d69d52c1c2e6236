"""The pages on which an organiser sets up what this room keeps by itself: facts, units, halls, zones."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.core.web import go, tell
from exhibitions.expos import queries, service
from exhibitions.expos.forms.facts import FactsForm, RegistrationForm
from exhibitions.expos.forms.places import (
    FULL_POLICIES,
    UNIT_ROLES,
    HallForm,
    PastedUnitsForm,
    UnitForm,
    ZoneForm,
)
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import UnitRole
from exhibitions.expos.rules.units import in_print_order

blueprint = Blueprint("expos", __name__)
SETUP = "/desk/<slug>/setup"


@blueprint.route(f"{SETUP}/facts", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def facts(expo: Expo) -> Any:
    form = FactsForm(data=FactsForm.shown(expo))
    if form.accepted():
        try:
            with form.saving(lambda: FactsForm.shown(expo), ("expo", expo.id, "expos.facts_changed")):
                service.change_facts(expo, form.facts(queries.fair_facts(expo)), actor())
                service.rename_series(expo, form.series(), actor())
        except Refused as refusal:
            form.refuse(_FIELD_OF.get(refusal.code, "name_zh"), refusal)
        else:
            tell(_("The facts are saved."))
            return go("portal.setup", slug=expo.slug)
    return render_template("expos/facts.html", expo=expo, form=form), form.status


@blueprint.route(f"{SETUP}/registration", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def registration(expo: Expo) -> Any:
    form = RegistrationForm(data=_registration(expo))
    if form.accepted():
        try:
            with form.saving(lambda: _registration(expo), ("expo", expo.id, "expos.facts_changed")):
                service.change_facts(expo, form.facts(queries.fair_facts(expo)), actor())
        except Refused as refusal:
            form.refuse(_FIELD_OF.get(refusal.code, "registration_opens_at"), refusal)
        else:
            tell(_("The registration is saved."))
            return go("portal.setup", slug=expo.slug)
    return render_template("expos/registration.html", expo=expo, form=form), form.status


def _registration(expo: Expo) -> dict[str, object]:
    return RegistrationForm.shown(queries.fair_facts(expo))


_FIELD_OF = {
    "edition_taken": "edition",
    "timezone_unknown": "timezone",
    "registration_order": "registration_closes_at",
    "name_missing": "name_zh",
    "consent_missing": "consent_zh",
    "venue_missing": "venue_zh",
    "cutoff_hours": "cutoff_hour",
    "series_nameless": "series_name_zh",
}


@blueprint.get(f"{SETUP}/units")
@require(Permission.EXPO_EDIT)
def units(expo: Expo) -> str:
    rows = in_print_order(expo.units)
    grouped = [(label, [row for row in rows if row.role.value == role]) for role, label in UNIT_ROLES]
    return render_template(
        "expos/units.html", expo=expo, groups=[each for each in grouped if each[1]], count=len(rows)
    )


@blueprint.route(f"{SETUP}/units/new", methods=["GET", "POST"], defaults={"unit_id": None})
@blueprint.route(f"{SETUP}/units/<int:unit_id>", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def unit(expo: Expo, unit_id: int | None) -> Any:
    row = queries.unit_of(expo, unit_id) if unit_id is not None else None
    if unit_id is not None and row is None:
        abort(404)
    form = UnitForm(obj=row) if row else UnitForm(data={"position": len(expo.units)})
    if form.accepted():
        try:
            with form.saving(lambda: row, ("unit", unit_id)):
                service.save_unit(expo, unit_id, form.facts(), actor())
        except Refused as refusal:
            form.refuse("name_zh", refusal)
        else:
            tell(_("The unit is saved."))
            return go("expos.units", slug=expo.slug)
    return render_template("expos/unit.html", expo=expo, form=form, unit=row), form.status


@blueprint.post(f"{SETUP}/units/<int:unit_id>/remove")
@require(Permission.EXPO_EDIT)
def remove_unit(expo: Expo, unit_id: int) -> Response:
    with transaction():
        service.remove_unit(expo, unit_id, actor())
    tell(_("The unit is removed."))
    return go("expos.units", slug=expo.slug)


@blueprint.post(f"{SETUP}/units/<int:unit_id>/<any(up, down):way>")
@require(Permission.EXPO_EDIT)
def move_unit(expo: Expo, unit_id: int, way: str) -> Response:
    with transaction():
        service.move_unit(expo, unit_id, -1 if way == "up" else 1, actor())
    return go("expos.units", slug=expo.slug, _anchor=f"unit-{unit_id}")


@blueprint.route(f"{SETUP}/units/paste", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def paste_units(expo: Expo) -> Any:
    form = PastedUnitsForm()
    if form.accepted():
        try:
            with transaction():
                new, known = service.add_units(expo, form.lines.data, UnitRole(form.role.data), actor())
        except Refused as refusal:
            form.refuse("lines", refusal)
        else:
            tell(ngettext("%(num)s unit is added.", "%(num)s units are added.", new))
            if known:
                tell(ngettext("%(num)s was there already.", "%(num)s were there already.", known), "warning")
            return go("expos.units", slug=expo.slug)
    page = render_template("expos/units_paste.html", expo=expo, form=form)
    return page, 422 if form.errors else 200


@blueprint.get(f"{SETUP}/halls")
@require(Permission.EXPO_EDIT)
def halls(expo: Expo) -> str:
    return render_template("expos/halls.html", expo=expo, halls=expo.halls, zones=expo.zones)


@blueprint.route(f"{SETUP}/halls/new", methods=["GET", "POST"], defaults={"hall_id": None})
@blueprint.route(f"{SETUP}/halls/<int:hall_id>", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def hall(expo: Expo, hall_id: int | None) -> Any:
    row = queries.hall_of(expo, hall_id) if hall_id is not None else None
    if hall_id is not None and row is None:
        abort(404)
    form = HallForm(obj=row) if row else HallForm(data={"position": len(expo.halls)})
    if form.accepted():
        try:
            with form.saving(lambda: row, ("hall", hall_id)):
                service.save_hall(expo, hall_id, form.facts(), actor())
        except Refused as refusal:
            form.refuse("name_zh" if refusal.code == "name_missing" else "code", refusal)
        else:
            tell(_("The hall is saved."))
            return go("expos.halls", slug=expo.slug)
    return render_template("expos/hall.html", expo=expo, form=form, hall=row), form.status


@blueprint.post(f"{SETUP}/halls/<int:hall_id>/remove")
@require(Permission.EXPO_EDIT)
def remove_hall(expo: Expo, hall_id: int) -> Response:
    with transaction():
        service.remove_hall(expo, hall_id, actor())
    tell(_("The hall is removed. Its zones stay."))
    return go("expos.halls", slug=expo.slug)


@blueprint.get(f"{SETUP}/zones")
@require(Permission.EXPO_EDIT)
def zones(expo: Expo) -> str:
    names = {hall.id: hall for hall in expo.halls}
    return render_template(
        "expos/zones.html", expo=expo, zones=expo.zones, halls=names, policies=dict(FULL_POLICIES)
    )


@blueprint.route(f"{SETUP}/zones/new", methods=["GET", "POST"], defaults={"zone_id": None})
@blueprint.route(f"{SETUP}/zones/<int:zone_id>", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def zone(expo: Expo, zone_id: int | None) -> Any:
    row = queries.zone_of(expo, zone_id) if zone_id is not None else None
    if zone_id is not None and row is None:
        abort(404)
    form = (
        ZoneForm(obj=queries.zone_facts(expo, row)) if row else ZoneForm(data={"position": len(expo.zones)})
    )
    form.offer(expo.halls)
    if form.accepted():
        try:
            with form.saving(lambda: row and queries.zone_facts(expo, row), ("zone", zone_id)):
                service.save_zone(expo, zone_id, form.facts(), actor())
        except Refused as refusal:
            form.refuse("name_zh" if refusal.code == "name_missing" else "code", refusal)
        else:
            tell(_("The zone is saved."))
            return go("expos.zones", slug=expo.slug)
    return render_template("expos/zone.html", expo=expo, form=form, zone=row), form.status


@blueprint.post(f"{SETUP}/zones/<int:zone_id>/remove")
@require(Permission.EXPO_EDIT)
def remove_zone(expo: Expo, zone_id: int) -> Response:
    try:
        with transaction():
            service.remove_zone(expo, zone_id, actor())
    except Conflict as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("expos.zone", slug=expo.slug, zone_id=zone_id)
    tell(_("The zone is removed."))
    return go("expos.zones", slug=expo.slug)
