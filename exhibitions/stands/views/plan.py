"""O3: the plan of each hall as it is now, its findings and its table; what stands and shapes are is changed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from exhibitions.core import clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import language
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.stands.forms.plan import HallForm, ShapeForm, StandForm, take_drawn
from exhibitions.stands.models import HallPlan, Shape, Stand
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules import picture
from exhibitions.stands.rules.background import metres
from exhibitions.stands.rules.checks import FINDING_WORDS, Finding, Found
from exhibitions.stands.rules.geometry import square_metres
from exhibitions.stands.rules.plan import KIND_WORDS, normal_number, number_after, search_key
from exhibitions.stands.service import drawing, recording
from exhibitions.stands.views.base import blueprint
from exhibitions.stands.views.on_plan import background, beside, drawn

PLAN = "/desk/<slug>/floor-plan"
ROWS = 100
MOST_NUMBERS = 200
"""Stands that are chosen at once."""
_FIELD_OF = {
    "number_invalid": "number",
    "number_taken": "number",
    "number_published": "number",
    "outside": "x",
    "floor_kept": "x",
    "corners_invalid": "corners",
    "polygon_broken": "corners",
    "stand_sold": "sure",
    "hall_unmeasured": "hall",
}


@blueprint.get(PLAN)
@require(Permission.EXHIBITORS_VIEW)
def floor_plan(expo: Expo) -> str:
    plans = queries.hall_plans(expo)
    plan = chosen(plans, request.args.get("hall", ""))
    rows, shapes = queries.stands(expo), queries.shapes(expo)
    held = queries.live(expo, clock.now())
    return render_template(
        "stands/plan.html",
        expo=expo,
        rights=g.rights,
        plans=plans,
        plan=plan,
        areas={row.number: metres(row.area // 10) for row in rows},
        holders={row.number: queries.holder_name(held[row.id], language()) for row in rows if row.id in held},
        states=queries.states(rows, held),
        total=sums(rows, queries.states(rows, held)),
        last_deed=next(iter(queries.deeds(expo, 1)), None),
        deed_words=recording.DEED_WORDS,
        kind_words=KIND_WORDS,
        published=queries.published(expo),
        wanted=request.args.get("stand", ""),
        **_wrong(drawing.findings_in(plans, rows, shapes)),
        **(_hall(expo, plan, rows, shapes) if plan else {}),
    )


def _hall(expo: Expo, plan: HallPlan, stands: Sequence[Stand], shapes: Sequence[Shape]) -> dict[str, object]:
    """What the page shows of the chosen hall: its drawing, its shapes, and a portion of its table."""
    rows = [row for row in stands if row.hall_id == plan.hall_id]
    lying = [shape for shape in shapes if shape.hall_id == plan.hall_id]
    page = max(request.args.get("page", 1, type=int), 1)
    return {
        "drawing": drawn(plan, rows, lying),
        "background": background(expo, plan),
        "size": (metres(plan.width), metres(plan.depth)),
        "rows": rows[(page - 1) * ROWS : page * ROWS],
        "count": len(rows),
        "page": page,
        "last": max(1, -(-len(rows) // ROWS)),
        "shapes": lying,
    }


def _wrong(found: Sequence[tuple[str, Found, list[int]]]) -> dict[str, object]:
    return {
        "findings": [(hall, sentence(one), one) for hall, one, _ids in found][:ROWS],
        "finding_count": len(found),
        "blocking": len(drawing.blocking(found)),
    }


def chosen(plans: Sequence[HallPlan], code: str) -> HallPlan | None:
    """The hall that the address asks for, else the first."""
    return next((plan for plan in plans if plan.hall.code == code), plans[0] if plans else None)


def sums(rows: Sequence[Stand], states: dict[str, picture.StandState]) -> dict[str, tuple[int, str]]:
    """How many stands there are in each state, and their m²."""
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        for key in ("all", states[row.number].value):
            count, area = found.get(key, (0, 0))
            found[key] = count + 1, area + row.area
    return {
        key: (count, f"{square_metres(area * 100).normalize():,f}") for key, (count, area) in found.items()
    }


def sentence(found: Found) -> str:
    """A finding in words, with its measure and its limit."""
    value, limit = found.value, found.limit
    if found.finding is Finding.GANGWAY:
        shown = metres(int(value or 0)), metres(limit or 0)
    elif isinstance(value, str):
        shown = value, ""
    else:
        shown = str(square_metres(int(value or 0))), str(square_metres(limit or 0))
    words = {"number": found.number, "other": found.other, "value": shown[0], "limit": shown[1]}
    return str(_(FINDING_WORDS[found.finding], **words))


@blueprint.post(f"{PLAN}/undo")
@require(Permission.STANDS_EDIT)
def undo_plan(expo: Expo) -> Response:
    with transaction():
        done = recording.undo(expo, request.form.get("change", 0, type=int), actor())
    tell(_("Undone: %(deed)s", deed=_(recording.DEED_WORDS[done.deed])))
    return go("stands.floor_plan", slug=expo.slug)


@blueprint.route(f"{PLAN}/halls/<int:hall_id>", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def plan_hall(expo: Expo, hall_id: int) -> Any:
    hall = next((one for one in expo.halls if one.id == hall_id), None)
    if hall is None:
        abort(404)
    plan = queries.plan_of(expo, hall_id)
    form = HallForm(data=HallForm.shown(plan) if plan else {})
    if form.accepted():
        try:
            with form.saving(
                lambda: HallForm.shown(plan) if plan else None, ("hall_plan", plan.id if plan else None)
            ):
                drawing.measure_hall(expo, hall_id, form.facts(), actor())
        except Refused as refusal:
            form.refuse("width", refusal)
        else:
            tell(_("The hall is measured."))
            return go("stands.floor_plan", slug=expo.slug, hall=hall.code)
    picture_of = queries.background(expo, plan) if plan else None
    page = render_template(
        "stands/plan_hall.html", expo=expo, form=form, hall=hall, plan=plan, picture=picture_of
    )
    return page, form.status


@blueprint.route(f"{PLAN}/stands/new", methods=["GET", "POST"], defaults={"stand_number": None})
@blueprint.route(f"{PLAN}/stands/<stand_number>", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def plan_stand(expo: Expo, stand_number: str | None) -> Any:
    stand = one_stand(expo, stand_number) if stand_number is not None else None
    plans = queries.hall_plans(expo)
    form = StandForm(data=StandForm.shown(stand) if stand else _first(expo))
    form.offer_all(expo, plans, stand.open_sides if stand else None)
    if form.accepted():
        try:
            _save(expo, form, stand)
        except Refused as refusal:
            form.refuse(_FIELD_OF.get(refusal.code, "number"), refusal)
        else:
            tell(_("The stand is saved."))
            return _back(plans, form, expo)
    take_drawn(form, request.args, queries.corners(stand.polygon) if stand else ())
    here = next((plan for plan in plans if str(plan.hall_id) == form.hall.data), plans[0] if plans else None)
    return render_template(
        "stands/plan_stand.html",
        expo=expo,
        form=form,
        stand=stand,
        parts=queries.parts_of(expo, stand) if stand else [],
        **beside(expo, here, stand),
    ), form.status


def _first(expo: Expo) -> dict[str, object]:
    """What the form of a new stand begins with: its hall, or what it has in common with the one drawn last."""
    like = queries.stands_named(expo, [normal_number(request.args.get("like", ""))])
    if not like:
        return {"hall": request.args.get("hall_id", "")}
    shown = StandForm.shown(like[0])
    begun = {name: shown[name] for name in ("hall", "kind", "zone", "price_class", "for_sale")}
    return begun | {"number": number_after(like[0].number, queries.numbers(expo))}


def _save(expo: Expo, form: StandForm, stand: Stand | None) -> None:
    if stand is None:
        with transaction():
            drawing.draw_stand(expo, form.facts(), actor())
        return
    with form.saving(lambda: StandForm.shown(stand), ("stand", stand.id)):
        drawing.change_stand(expo, stand, form.facts(), actor(), sure=form.sure.data)


def _back(plans: Sequence[HallPlan], form: StandForm, expo: Expo) -> Response:
    number = form.facts().number
    if request.form.get("then") == "next":
        return go("stands.plan_stand", slug=expo.slug, like=number)
    code = next((plan.hall.code for plan in plans if str(plan.hall_id) == form.hall.data), "")
    return go("stands.floor_plan", slug=expo.slug, hall=code, stand=number)


def one_stand(expo: Expo, number: str) -> Stand:
    """The stand of the address that is on the plan; 404 where there is none."""
    found = queries.stands_named(expo, [number])
    if not found:
        abort(404)
    return found[0]


@blueprint.route(
    f"{PLAN}/halls/<int:hall_id>/shapes/new", methods=["GET", "POST"], defaults={"shape_id": None}
)
@blueprint.route(f"{PLAN}/halls/<int:hall_id>/shapes/<int:shape_id>", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def plan_shape(expo: Expo, hall_id: int, shape_id: int | None) -> Any:
    plan = queries.plan_of(expo, hall_id)
    shape = queries.shape(expo, shape_id) if shape_id is not None else None
    if plan is None or (shape_id is not None and (shape is None or shape.hall_id != hall_id)):
        abort(404)
    form = ShapeForm(data=ShapeForm.shown(shape) if shape else {})
    form.offer()
    if form.accepted():
        try:
            with form.saving(lambda: ShapeForm.shown(shape) if shape else None, ("shape", shape_id)):
                drawing.save_shape(expo, shape, form.facts(hall_id), actor())
        except Refused as refusal:
            form.refuse("corners" if form.corners.data else "width", refusal)
        else:
            tell(_("The plan is saved."))
            return go("stands.floor_plan", slug=expo.slug, hall=plan.hall.code)
    take_drawn(form, request.args)
    page = render_template("stands/plan_shape.html", expo=expo, form=form, shape=shape, **beside(expo, plan))
    return page, form.status


@blueprint.post(f"{PLAN}/halls/<int:hall_id>/shapes/<int:shape_id>/remove")
@require(Permission.STANDS_EDIT)
def remove_shape(expo: Expo, hall_id: int, shape_id: int) -> Response:
    shape = _shape(expo, hall_id, shape_id)
    plan = queries.plan_of(expo, hall_id)
    with transaction():
        drawing.remove_shape(expo, shape, actor())
    tell(_("It is taken off the plan."))
    return go("stands.floor_plan", slug=expo.slug, hall=plan.hall.code if plan else None)


def _shape(expo: Expo, hall_id: int, shape_id: int) -> Shape:
    shape = queries.shape(expo, shape_id)
    if shape is None or shape.hall_id != hall_id:
        abort(404)
    return shape


@blueprint.post(f"{PLAN}/stands/<stand_number>/remove")
@require(Permission.STANDS_EDIT)
def remove_stand(expo: Expo, stand_number: str) -> Response:
    stand = one_stand(expo, stand_number)
    with transaction():
        drawing.remove_stands(expo, [stand.number], actor())
    tell(ngettext("%(num)s stand is taken off.", "%(num)s stands are taken off.", 1))
    return go("stands.floor_plan", slug=expo.slug)


def found_number(expo: Expo, text: str) -> str:
    """The number of the stand that somebody means by `text`, "" where there is none."""
    key = search_key(text)
    return (
        next((row.number for row in queries.stands(expo) if search_key(row.number) == key), "") if key else ""
    )
