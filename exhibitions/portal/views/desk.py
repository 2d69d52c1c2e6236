"""After signing in: the doors to one's work, and the desk of a fair."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from exhibitions.accounts import queries as people
from exhibitions.accounts import service as accounts
from exhibitions.accounts.rules import DisplaySize
from exhibitions.audit import queries as audit
from exhibitions.audit.service import readable
from exhibitions.core.access import Permission, actor, require, signed_in, signed_in_person
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import local
from exhibitions.core.web import go, own_path, tell
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import rights_in
from exhibitions.expos.rules.calendar import Phase, standing
from exhibitions.portal import queries
from exhibitions.portal.forms import NewFairForm
from exhibitions.portal.rules.checklist import gaps
from exhibitions.portal.rules.navigation import DOORS
from exhibitions.portal.rules.urgency import due_on_an_open_day, most_urgent
from exhibitions.portal.service.creation import create_fair
from exhibitions.portal.views.frame import (
    address,
    blueprint,
    organisation_rights_here,
    organisation_ways,
    rights_here,
    ways,
)
from exhibitions.reports.queries.board import board
from exhibitions.reports.queries.pace import pace_of, registrations_by_week
from exhibitions.visitors.rules.registration import OpenState

_EVENTS = 6


@blueprint.get("/desk")
@signed_in
def desk_index() -> Response:
    return go("portal.doors")


@blueprint.get("/doors")
@signed_in
def doors() -> str:
    person = signed_in_person()
    number = person.id if person is not None else 0
    organisation_rights = organisation_rights_here()
    found = queries.fairs_of(number, organisation_rights)
    rights = rights_in(found, number, organisation_rights)
    return render_template(
        "portal/doors.html",
        fairs=[(expo, ways(DOORS, expo, rights[expo.id])) for expo in found],
        may_create=Permission.EXPO_CREATE in organisation_rights,
        organisation_ways=organisation_ways(),
    )


@blueprint.get("/desk/<slug>/")
@require(Permission.EXPO_VIEW)
def desk(expo: Expo) -> str:
    rights = rights_here(expo)
    facts = _standing(expo) | _beside_the_edition_before(expo, rights)
    return render_template(
        "portal/desk.html",
        expo=expo,
        **facts,
        events=readable(audit.entries(expo.id, limit=_EVENTS)) if Permission.EXPO_EDIT in rights else [],
        may_edit=Permission.EXPO_EDIT in rights,
        may_see_figures=Permission.FIGURES_VIEW in rights,
        visitors_url=_list_url("visitors.visitors", Permission.VISITORS_VIEW, expo),
        gates_url=_list_url("portal.gates", Permission.EXPO_EDIT, expo),
        devices_url=_list_url("gates.gates", Permission.GATES_MANAGE, expo),
        fair_url=url_for("portal.fair", slug=expo.slug, _external=True),
    )


def _standing(expo: Expo) -> dict[str, Any]:
    """Where the fair stands, its figures, and what is to be done next."""
    now = expos.present(expo)
    missing = gaps(queries.setup_checklist(expo))
    figures = queries.figures(expo)
    days, loads = expos.open_days(expo), queries.today_line(expo)
    stands = standing(days, now, expo.timezone, expo.cutoff_hour)
    counted = board(expo) if stands.phase not in (Phase.UNDATED, Phase.BEFORE) else None
    today = counted if stands.phase is Phase.OPEN else None
    is_taking = queries.registration_state(expo, now) is OpenState.OPEN
    return {
        "standing": stands,
        "counted": counted,
        "today": today,
        "due": due_on_an_open_day(figures.silent, today.review) if today else [],
        "figures": figures,
        "missing": missing,
        "loads": loads,
        "late": [load for load in loads if load.late],
        "people": people.names_of({load.user_id for load in loads}),
        "permit": queries.permit_stand(expo, figures.alive, days[0].date if days else None),
        "urgent": most_urgent(len(missing), expo.published_at is not None, is_taking, figures.alive).value,
    }


def _beside_the_edition_before(expo: Expo, rights: frozenset[str]) -> dict[str, Any]:
    """What the edition before had reached, for who may see figures."""
    if Permission.FIGURES_VIEW not in rights:
        return {"pace": None, "weeks": []}
    before = expos.previous_edition(expo)
    pace = pace_of(before, expo) if before is not None else None
    return {"pace": pace, "weeks": registrations_by_week(expo, before)}


@blueprint.post("/desk/account/display")
@signed_in
def display() -> Response:
    """Keep how large the reader wants the desk, and go back to where that was chosen."""
    person, wanted = signed_in_person(), request.form.get("size", "")
    if person is None or wanted not in list(DisplaySize):
        abort(400)
    with transaction():
        accounts.show_desk(person.id, DisplaySize(wanted))
    return redirect(own_path(request.form.get("back")) or url_for("portal.doors"), 303)


def _list_url(endpoint: str, right: Permission, expo: Expo) -> str:
    return address(endpoint, slug=expo.slug) if right in rights_here(expo) else ""


@blueprint.route("/desk/new", methods=["GET", "POST"])
@require(Permission.EXPO_CREATE)
def new_fair() -> Any:
    form = NewFairForm(data={"timezone": "Asia/Shanghai", "edition": 1})
    form.offer(expos.all_series())
    by = actor()
    if form.accepted():
        try:
            with transaction():
                expo = create_fair(form.new_fair(), by, by.id or 0)
        except Refused as refusal:
            form.refuse(_FIELD_OF.get(refusal.code, "name_zh"), refusal)
        else:
            tell(_("%(name)s is made. Complete it, then publish.", name=str(local(expo, "name"))))
            return go("portal.setup", slug=expo.slug)
    return render_template("portal/new_fair.html", form=form), 422 if form.errors else 200


_FIELD_OF = {
    "slug_form": "slug",
    "slug_reserved": "slug",
    "slug_taken": "slug",
    "edition_taken": "edition",
    "series_unknown": "series",
    "timezone_unknown": "timezone",
    "dates_order": "last",
    "dates_long": "last",
    "day_range": "first",
}
