"""The set-up of a fair: its checklist, days with doors, gates, publishing."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from exhibitions.badges import queries as badges
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.core.web import go, tell
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo, ExpoDay
from exhibitions.expos.queries import planning
from exhibitions.portal import queries
from exhibitions.portal.forms import DAY_KINDS, DayForm, GateForm, day_form, shown_day
from exhibitions.portal.rules import navigation
from exhibitions.portal.rules.checklist import gaps, nine
from exhibitions.portal.service.publishing import publish as publish_fair
from exhibitions.portal.views.frame import address, blueprint, rights_here, ways
from exhibitions.portal.views.planning import opening_moved
from exhibitions.visitors import queries as visitors

SETUP = "/desk/<slug>/setup"


@blueprint.get(SETUP)
@require(Permission.EXPO_EDIT)
def setup(expo: Expo) -> str:
    return _setup_page(expo)


def _setup_page(expo: Expo, *, refused: bool = False) -> str:
    items, rights = queries.setup_checklist(expo), rights_here(expo)
    steps = {step: (way, address(way.endpoint, slug=expo.slug)) for step, way in navigation.SETUP.items()}
    return render_template(
        "portal/setup.html",
        expo=expo,
        lines=nine(items),
        steps=steps,
        gaps=gaps(items),
        counts=queries.setup_counts(expo),
        beside=[
            (way, address(way.endpoint, slug=expo.slug)) for way in ways(navigation.BESIDE, expo, rights)
        ],
        permit=queries.permit_stand(expo, visitors.count_alive(expo), planning.opening(expo)),
        may_publish=Permission.EXPO_PUBLISH in rights,
        preview_url=url_for("portal.fair", slug=expo.slug),
        refused=refused,
    )


@blueprint.post(f"{SETUP}/publish")
@require(Permission.EXPO_PUBLISH)
def publish(expo: Expo) -> Any:
    try:
        with transaction():
            publish_fair(expo, actor())
    except Refused:
        # The page itself names each gap with a link to it.
        return _setup_page(expo, refused=True), 422
    tell(_("The fair is published. Everybody can see its page now."))
    return go("portal.setup", slug=expo.slug)


@blueprint.route(f"{SETUP}/unpublish", methods=["GET", "POST"])
@require(Permission.EXPO_PUBLISH)
def unpublish(expo: Expo) -> Any:
    """Asked first: people have registered, and what it means for them is said."""
    if request.method == "GET":
        alive = visitors.count_alive(expo)
        return render_template("portal/unpublish.html", expo=expo, alive=alive)
    with transaction():
        expo_service.unpublish(expo, actor())
    tell(_("The fair is not public any more. Registrations and badges stay as they are."))
    return go("portal.setup", slug=expo.slug)


@blueprint.get(f"{SETUP}/days")
@require(Permission.EXPO_EDIT)
def days(expo: Expo) -> str:
    return render_template(
        "portal/days.html", expo=expo, days=expos.days_with_doors(expo), kinds=dict(DAY_KINDS)
    )


@blueprint.route(f"{SETUP}/days/new", methods=["GET", "POST"], defaults={"day_id": None})
@blueprint.route(f"{SETUP}/days/<int:day_id>", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def day(expo: Expo, day_id: int | None) -> Any:
    row = expos.day_of(expo, day_id) if day_id is not None else None
    if day_id is not None and row is None:
        abort(404)
    classes = badges.classes(expo)
    kind = day_form(classes, expo.cutoff_hour)
    form = kind(data=_shown_day(row, kind))
    if form.accepted():
        opening = planning.opening(expo)
        try:
            with form.saving(lambda: _shown_day(row, kind), ("day", day_id)):
                _save_day(expo, day_id, form)
        except Refused as refusal:
            form.refuse("date", refusal)
        else:
            tell(_("The day is saved."))
            opening_moved(expo, opening)
            return go("portal.days", slug=expo.slug)
    shown = render_template("portal/day.html", expo=expo, form=form, day=row, classes=classes)
    return shown, form.status


def _shown_day(row: ExpoDay | None, kind: type[DayForm]) -> dict[str, Any]:
    return shown_day(expos.day_facts(row), kind.keys) if row else {}


def _save_day(expo: Expo, day_id: int | None, form: DayForm) -> ExpoDay:
    saved = expo_service.save_day(expo, day_id, form.facts(), actor())
    if form.copy.data:
        expo_service.copy_doors(expo, saved.id, actor())
    return saved


@blueprint.post(f"{SETUP}/days/<int:day_id>/remove")
@require(Permission.EXPO_EDIT)
def remove_day(expo: Expo, day_id: int) -> Response:
    opening = planning.opening(expo)
    with transaction():
        expo_service.remove_day(expo, day_id, actor())
    tell(_("The day is removed."))
    opening_moved(expo, opening)
    return go("portal.days", slug=expo.slug)


@blueprint.get(f"{SETUP}/gates")
@require(Permission.EXPO_EDIT)
def gates(expo: Expo) -> str:
    names = {row.key: row for row in badges.classes(expo)}
    zones = {zone.id: zone for zone in expo.zones}
    return render_template("portal/gates.html", expo=expo, gates=expo.gates, zones=zones, classes=names)


@blueprint.route(f"{SETUP}/gates/new", methods=["GET", "POST"], defaults={"gate_id": None})
@blueprint.route(f"{SETUP}/gates/<int:gate_id>", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def gate(expo: Expo, gate_id: int | None) -> Any:
    row = expos.gate_of(expo, gate_id) if gate_id is not None else None
    if gate_id is not None and row is None:
        abort(404)
    form = GateForm(obj=expos.gate_facts(row)) if row else GateForm(data={"position": len(expo.gates)})
    form.offer(expo.zones, badges.classes(expo))
    if form.accepted():
        try:
            with form.saving(lambda: row and expos.gate_facts(row), ("gate", gate_id)):
                expo_service.save_gate(expo, gate_id, form.facts(), actor())
        except Refused as refusal:
            form.refuse("name_zh" if refusal.code == "name_missing" else "code", refusal)
        else:
            tell(_("The gate is saved."))
            return go("portal.gates", slug=expo.slug)
    return render_template("portal/gate.html", expo=expo, form=form, gate=row), form.status


@blueprint.post(f"{SETUP}/gates/<int:gate_id>/remove")
@require(Permission.EXPO_EDIT)
def remove_gate(expo: Expo, gate_id: int) -> Response:
    try:
        with transaction():
            expo_service.remove_gate(expo, gate_id, actor())
    except Conflict as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("portal.gate", slug=expo.slug, gate_id=gate_id)
    tell(_("The gate is removed."))
    return go("portal.gates", slug=expo.slug)
