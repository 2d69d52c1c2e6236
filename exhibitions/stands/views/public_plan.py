"""V5: the published plan for everybody, as a drawing and as a table, with exhibitors once their directory is public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, abort, current_app, render_template, request, url_for
from flask_babel import gettext as _

from exhibitions.core import clock
from exhibitions.core.access import Permission, public, require
from exhibitions.core.i18n import format_datetime, language, local
from exhibitions.expos.models import Expo
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules import picture
from exhibitions.stands.rules.background import metres
from exhibitions.stands.rules.picture import STATE_WORDS, StandState
from exhibitions.stands.rules.plan import order_of, search_key
from exhibitions.stands.service import versions
from exhibitions.stands.service.paper import Floor, Words, plan_pdf
from exhibitions.stands.views.base import blueprint
from exhibitions.stands.views.plan import PLAN

_PUBLIC_STATES = (StandState.FREE, StandState.TAKEN, StandState.CLOSED)
_DESK_STATES = (StandState.FREE, StandState.HOLD, StandState.CONTRACTED, StandState.PAID, StandState.CLOSED)


@blueprint.get("/<slug>/exhibitors-and-map")
@blueprint.get("/<slug>/floor-plan")
@public
def exhibitors_and_map(expo: Expo) -> Any:
    version = queries.published(expo)
    halls = versions.halls_of(version, language()) if version else []
    names = queries.shown_exhibitors(expo, clock.now())
    asked = request.args.get("stand", "").strip()[:40]
    wanted = _wanted(halls, asked, names)
    code = wanted["hall"] if wanted else request.args.get("hall")
    here = next((hall for hall in halls if hall[0].code == code), halls[0] if halls else None)
    return render_template(
        "stands/exhibitors_and_map.html",
        expo=expo,
        version=version,
        halls=halls,
        here=here,
        states=public_states(expo, halls),
        shown=_PUBLIC_STATES,
        asked=asked,
        wanted=wanted,
        zones={zone.code: local(zone, "name") for zone in expo.zones},
        directory_url=_address("portal.directory", slug=expo.slug),
        **(_hall(expo, here, names) if here else {}),
    )


def _hall(expo: Expo, hall: versions.SavedHall, names: Mapping[int, queries.Shown]) -> dict[str, object]:
    """What the page shows of the chosen hall: its drawing, and its stands with who may be named there."""
    size, _name, stands, shapes, facts = hall
    named = {stand["number"]: names[stand["id"]] for stand in facts if stand["id"] in names}
    entries = {
        number: _address("portal.directory_entry", slug=expo.slug, number=shown.entry)
        for number, shown in named.items()
    }
    return {
        "drawing": picture.draw(size, stands, shapes),
        "areas": {stand["number"]: metres(stand["area"] // 10) for stand in facts},
        "facts_here": sorted(facts, key=lambda stand: order_of(stand["number"])),
        "names": {number: shown.name(language()) for number, shown in named.items()},
        "entries": entries,
    }


def _address(endpoint: str, **words: Any) -> str:
    """The address of a page of a higher room, "" where there is no such page."""
    return url_for(endpoint, **words) if endpoint in current_app.view_functions else ""


def _wanted(
    halls: Sequence[versions.SavedHall], asked: str, names: Mapping[int, queries.Shown]
) -> dict[str, Any] | None:
    """The stand that is meant by what was typed: its number, else the first of an exhibitor whose name has it."""
    key, part = search_key(asked), asked.casefold()
    stands = [stand for hall in halls for stand in hall[4]]
    found = next((stand for stand in stands if key and search_key(stand["number"]) == key), None)
    if found or not part:
        return found
    said = {number: f"{shown.name_zh}\n{shown.name_en}".casefold() for number, shown in names.items()}
    return next((stand for stand in stands if part in said.get(stand["id"], "")), None)


def public_states(expo: Expo, halls: Sequence[versions.SavedHall]) -> dict[str, StandState]:
    """What everybody may know of each stand of the published plan: free, taken or not for sale."""
    held = queries.live(expo, clock.now())
    found: dict[str, StandState] = {}
    for hall in halls:
        for stand in hall[4]:
            free = StandState.FREE if stand["on_sale"] else StandState.CLOSED
            found[stand["number"]] = StandState.TAKEN if stand["id"] in held else free
    return found


@blueprint.get("/<slug>/floor-plan.pdf")
@public
def public_plan_pdf(expo: Expo) -> Response:
    version = queries.published(expo)
    if version is None:
        abort(404)
    halls = versions.halls_of(version, language())
    floors = [Floor(size, name, stands, shapes) for size, name, stands, shapes, _facts in halls]
    foot = _("Version %(number)s", number=version.version)
    return _paper(expo, floors, public_states(expo, halls), foot, _PUBLIC_STATES)


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
        f"{foot} · {format_datetime(clock.now(), expo.timezone)}",
        _("Scale") + " 1:%(n)s",
        _("Page %(page)s of %(pages)s", page="%(page)s", pages="%(pages)s"),
        {state: _(STATE_WORDS[state]) for state in shown},
    )
    answer = Response(plan_pdf(floors, states, words), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="floor-plan-{expo.slug}.pdf"'
    return answer
