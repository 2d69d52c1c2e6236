"""V5: the published plan for everybody, as a drawing and as a table, with exhibitors once their directory is public."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from exhibitions.core import asked, clock
from exhibitions.core.access import Permission, public, require
from exhibitions.core.i18n import format_datetime, language, local
from exhibitions.core.web import go
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules.picture import STATE_WORDS, StandState
from exhibitions.stands.service import versions
from exhibitions.stands.service.paper import Floor, Words, plan_pdf
from exhibitions.stands.service.public_plan import (
    PUBLIC_STATES,
    map_shown,
    number_asked_for,
    numbers_asked_for,
    public_states,
)
from exhibitions.stands.views.base import blueprint
from exhibitions.stands.views.plan import PLAN

_LONGEST = 40
_DESK_STATES = (StandState.FREE, StandState.HOLD, StandState.CONTRACTED, StandState.PAID, StandState.CLOSED)


@blueprint.get("/<slug>/floor-plan")
@blueprint.get("/<slug>/exhibitors-and-map")
@public
def exhibitors_and_map(expo: Expo) -> Any:
    directory = "portal.directory"
    is_there = directory in current_app.view_functions
    args = request.args
    return render_template(
        "stands/exhibitors_and_map.html",
        expo=expo,
        asked=_asked(),
        zones={zone.code: local(zone, "name") for zone in expo.zones},
        directory_url=url_for(directory, slug=expo.slug) if is_there else "",
        **map_shown(expo, language(), asked=_asked(), hall=args.get("hall", ""), view=args.get("view", "")),
    )


def _asked() -> str:
    """What is looked for: the stand of the address, or the words that this browser has sent before."""
    word = request.args.get("stand", "") or asked.kept_text(asked.word("s"))
    return word.strip()[:_LONGEST]


def _typed() -> str:
    return request.form.get("stand", "").strip()[:_LONGEST]


@blueprint.post("/<slug>/exhibitors-and-map/search")
@public
def search_map(expo: Expo) -> Any:
    """To the page that shows what was typed. A stand's number stands in the address and can be sent on; words do not."""
    typed = _typed()
    number = number_asked_for(expo, typed)
    kept = None if number else asked.keep_text(typed)
    return go("stands.exhibitors_and_map", slug=expo.slug, stand=number, s=kept)


@blueprint.post("/<slug>/exhibitors-and-map/found")
@public
def found_on_map(expo: Expo) -> Response:
    """The numbers of the stands that are meant by what was typed, for the map while somebody types."""
    return jsonify(numbers_asked_for(expo, _typed()))


@blueprint.get("/<slug>/floor-plan.pdf")
@public
def public_plan_pdf(expo: Expo) -> Response:
    version = queries.published(expo)
    if version is None:
        abort(404)
    halls = versions.halls_of(version, language())
    floors = [Floor(size, name, stands, shapes) for size, name, stands, shapes, _facts in halls]
    foot = _("Version %(number)s", number=version.version)
    return _paper(expo, floors, public_states(expo, halls), foot, PUBLIC_STATES)


@blueprint.get(f"{PLAN}.pdf")
@require(Permission.EXHIBITORS_VIEW)
def plan_paper(expo: Expo) -> Response:
    rows, shapes = queries.stands(expo), queries.shapes(expo)
    floors = [
        Floor(
            queries.size_of(plan),
            str(local(plan.hall, "name")),
            [queries.lying(row) for row in rows if row.hall_id == plan.hall_id],
            [queries.lying_shape(shape, language()) for shape in shapes if shape.hall_id == plan.hall_id],
        )
        for plan in queries.hall_plans(expo)
    ]
    if not floors:
        abort(404)
    states = queries.states(rows, queries.live(expo, clock.now()))
    return _paper(expo, floors, states, _("Draft"), _DESK_STATES)


def _paper(
    expo: Expo, floors: list[Floor], states: dict[str, StandState], foot: str, shown: tuple[StandState, ...]
) -> Response:
    words = Words(
        str(local(expo, "name")),
        f"{foot} · {format_datetime(expo_queries.present(expo), expo.timezone)}",
        _("Scale") + " 1:%(n)s",
        _("Page %(page)s of %(pages)s", page="%(page)s", pages="%(pages)s"),
        {state: _(STATE_WORDS[state]) for state in shown},
    )
    answer = Response(plan_pdf(floors, states, words), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="floor-plan-{expo.slug}.pdf"'
    return answer
