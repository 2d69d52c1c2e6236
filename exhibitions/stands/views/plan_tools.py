"""O3's tools: rows, tables, many stands at once, merging and splitting, the picture under a hall, versions, paper."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, abort, render_template, request, send_file
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.core import clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.forms import SelectChoice
from exhibitions.core.i18n import language
from exhibitions.core.sheets.writing import write_xlsx
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.stands.forms.plan import PictureForm, ScaleForm, mm_of
from exhibitions.stands.forms.plan_tools import (
    ManyForm,
    MergeForm,
    RowForm,
    SplitForm,
    TableForm,
    VersionForm,
)
from exhibitions.stands.models import HallPlan, Stand
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules import picture
from exhibitions.stands.rules.background import Unit, metres
from exhibitions.stands.rules.geometry import box_of
from exhibitions.stands.rules.snapshot import FIELD_WORDS
from exhibitions.stands.service import drawing, importing, merging, underlay, versions
from exhibitions.stands.service.importing import Verdict
from exhibitions.stands.views.base import blueprint
from exhibitions.stands.views.plan import MOST_NUMBERS, PLAN, one_stand, sentence

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ROW_FIELDS = {
    "row_count": "count",
    "row_size": "width",
    "row_step": "step",
    "row_numbers": "step",
    "number_invalid": "prefix",
}
_SPLIT_FIELDS = {
    "split_numbers": "numbers",
    "number_taken": "numbers",
    "stand_sold": "stay",
    "stay_unknown": "stay",
}
_NUMBERS = {
    "number_taken": "start",
    "hall_unmeasured": "x",
    "outside": "x",
    "floor_taken": "x",
    "floor_kept": "x",
}


def _plan_or_404(expo: Expo, hall_id: int) -> HallPlan:
    plan = queries.plan_of(expo, hall_id)
    if plan is None:
        abort(404)
    return plan


@blueprint.route(f"{PLAN}/halls/<int:hall_id>/row", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def plan_row(expo: Expo, hall_id: int) -> Any:
    plan = _plan_or_404(expo, hall_id)
    form = RowForm(data={"width": "3", "depth": "3", "gap": "3"})
    form.offer(expo)
    if form.accepted():
        try:
            with transaction():
                laid = drawing.lay_row(expo, hall_id, form.row(), form.like(hall_id), actor())
        except Refused as refusal:
            form.refuse((_ROW_FIELDS | _NUMBERS).get(refusal.code, "x"), refusal)
        else:
            tell(ngettext("%(num)s stand is drawn.", "%(num)s stands are drawn.", len(laid)))
            return go("stands.floor_plan", slug=expo.slug, hall=plan.hall.code)
    return render_template("stands/plan_row.html", expo=expo, form=form, plan=plan), form.status


@blueprint.route(f"{PLAN}/halls/<int:hall_id>/picture", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def plan_picture(expo: Expo, hall_id: int) -> Any:
    plan = _plan_or_404(expo, hall_id)
    form = PictureForm()
    if form.accepted():
        try:
            drawn = underlay.prepare(form.file.data.stream.read(underlay.MOST_BYTES + 1))
            with transaction():
                underlay.lay_under(expo, plan, drawn, actor())
        except Refused as refusal:
            form.refuse("file", refusal)
        else:
            tell(_("The picture lies under the plan. Now say its scale."))
            return go("stands.plan_scale", slug=expo.slug, hall_id=hall_id)
    return render_template("stands/plan_picture.html", expo=expo, form=form, plan=plan), form.status


@blueprint.route(f"{PLAN}/halls/<int:hall_id>/scale", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def plan_scale(expo: Expo, hall_id: int) -> Any:
    plan = _plan_or_404(expo, hall_id)
    found = queries.background(expo, plan)
    if found is None:
        abort(404)
    width, height = found.size
    start = {"ax": 0, "ay": 0, "bx": width, "by": 0, "distance": metres(plan.width), "at_x": "0", "at_y": "0"}
    form = ScaleForm(data=start)
    if form.accepted():
        try:
            with transaction():
                one, two = (form.ax.data, form.ay.data), (form.bx.data, form.by.data)
                at = mm_of(form.at_x), mm_of(form.at_y)
                underlay.set_scale(expo, plan, one, two, mm_of(form.distance), at, actor())
        except Refused as refusal:
            form.refuse("distance", refusal)
        else:
            tell(_("The scale is set."))
            return go("stands.floor_plan", slug=expo.slug, hall=plan.hall.code)
    return render_template(
        "stands/plan_scale.html", expo=expo, form=form, plan=plan, width=width, height=height
    ), form.status


@blueprint.post(f"{PLAN}/halls/<int:hall_id>/picture/remove")
@require(Permission.STANDS_EDIT)
def remove_picture(expo: Expo, hall_id: int) -> Any:
    plan = _plan_or_404(expo, hall_id)
    with transaction():
        underlay.take_away(expo, plan, actor())
    tell(_("The picture is taken away."))
    return go("stands.floor_plan", slug=expo.slug, hall=plan.hall.code)


@blueprint.get(f"{PLAN}/halls/<int:hall_id>/picture.png")
@require(Permission.EXHIBITORS_VIEW)
def plan_picture_file(expo: Expo, hall_id: int) -> Response:
    found = queries.background(expo, _plan_or_404(expo, hall_id))
    if found is None:
        abort(404)
    answer = send_file(files.open_file(found.file), mimetype="image/png")
    answer.headers["Cache-Control"] = "private, max-age=600"
    return answer


@blueprint.route(f"{PLAN}/import", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def plan_import(expo: Expo) -> Any:
    form = TableForm()
    form.offer()
    checked = None
    if form.accepted():
        try:
            with importing.opened(form.content) as table:
                checked = importing.check(expo, table, Unit(form.unit.data))
                form.pasted.data = importing.as_text(table)
            if request.form.get("deed") == "draw":
                return _import(expo, form, checked)
        except Refused as refusal:
            form.refuse("sure" if refusal.code == "stand_sold" else "file", refusal)
    page = render_template(
        "stands/plan_import.html",
        expo=expo,
        form=form,
        checked=checked,
        plans=queries.hall_plans(expo),
        fields=FIELD_WORDS,
        sentences=[sentence(one) for one in checked.findings] if checked else [],
    )
    return page, form.status


def _import(expo: Expo, form: TableForm, checked: importing.Checked) -> Any:
    with transaction():
        done = importing.draw_checked(expo, checked, actor(), sure=form.sure.data)
    count = done.counts[Verdict.NEW] + done.counts[Verdict.CHANGED]
    tell(ngettext("%(num)s stand is drawn.", "%(num)s stands are drawn.", count))
    return go("stands.floor_plan", slug=expo.slug)


@blueprint.get(f"{PLAN}/import/template")
@require(Permission.STANDS_EDIT)
def plan_import_template(expo: Expo) -> Response:
    out = BytesIO()
    write_xlsx(out, _("Stands"), importing.template_rows(expo, _), [12] * 11)
    out.seek(0)
    name = _("stands")
    return send_file(out, mimetype=_XLSX, as_attachment=True, download_name=f"{name}.xlsx", max_age=0)


@blueprint.post(f"{PLAN}/chosen")
@require(Permission.STANDS_EDIT)
def plan_chosen(expo: Expo) -> Any:
    numbers = request.form.getlist("id")
    if request.form.get("all"):
        plan = queries.hall_plan(expo, request.args.get("hall", ""))
        numbers = [row.number for row in queries.stands(expo, plan.hall_id)] if plan else []
    if not numbers:
        tell(_("Select stands first."), "warning")
        return go("stands.floor_plan", slug=expo.slug, hall=request.args.get("hall"))
    if len(numbers) > MOST_NUMBERS:
        tell(_("At most %(most)s stands at once. Select fewer.", most=MOST_NUMBERS), "warning")
        return go("stands.floor_plan", slug=expo.slug, hall=request.args.get("hall"))
    page = {"merge": "stands.plan_merge", "remove": "stands.plan_remove"}.get(
        request.form.get("decision", ""), "stands.plan_many"
    )
    return go(page, slug=expo.slug, stand_numbers=",".join(numbers))


def _chosen(expo: Expo, stand_numbers: str) -> list[Stand]:
    numbers = stand_numbers.split(",")
    rows = queries.stands_named(expo, numbers[:MOST_NUMBERS])
    if not rows or len(numbers) > MOST_NUMBERS:
        abort(404)
    return rows


@blueprint.route(f"{PLAN}/many/<stand_numbers>", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def plan_many(expo: Expo, stand_numbers: str) -> Any:
    rows = _chosen(expo, stand_numbers)
    form = ManyForm()
    form.offer(expo)
    if form.accepted():
        try:
            with transaction():
                count = drawing.change_many(
                    expo, [row.number for row in rows], form.values(), actor(), sure=form.sure.data
                )
        except Refused as refusal:
            form.refuse("sure", refusal)
        else:
            tell(ngettext("%(num)s stand is changed.", "%(num)s stands are changed.", count))
            return go("stands.floor_plan", slug=expo.slug, hall=rows[0].hall.code)
    return render_template("stands/plan_many.html", expo=expo, form=form, rows=rows), form.status


@blueprint.route(f"{PLAN}/remove/<stand_numbers>", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def plan_remove(expo: Expo, stand_numbers: str) -> Any:
    rows = _chosen(expo, stand_numbers)
    errors: list[str] = []
    if request.method == "POST":
        if request.form.get("confirm", "").strip() != str(len(rows)):
            errors = [_("Type %(number)s to go on", number=len(rows))]
        else:
            with transaction():
                count = drawing.remove_stands(expo, [row.number for row in rows], actor())
            tell(ngettext("%(num)s stand is taken off.", "%(num)s stands are taken off.", count))
            return go("stands.floor_plan", slug=expo.slug, hall=rows[0].hall.code)
    page = render_template("stands/plan_remove.html", expo=expo, rows=rows, errors=errors)
    return page, 422 if errors else 200


@blueprint.route(f"{PLAN}/merge/<stand_numbers>", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def plan_merge(expo: Expo, stand_numbers: str) -> Any:
    rows = _chosen(expo, stand_numbers)
    form = MergeForm()
    form.surviving.choices = [SelectChoice(row.number, row.number) for row in rows]
    if form.accepted():
        try:
            with transaction():
                whole = merging.merge(expo, [row.number for row in rows], form.surviving.data, actor())
        except Refused as refusal:
            form.refuse("surviving", refusal)
        else:
            tell(_("%(number)s has %(area)s m² now.", number=whole.number, area=metres(whole.area // 10)))
            return go("stands.floor_plan", slug=expo.slug, hall=rows[0].hall.code, stand=whole.number)
    total = metres(sum(row.area for row in rows) // 10)
    return render_template(
        "stands/plan_merge.html", expo=expo, form=form, rows=rows, total=total
    ), form.status


@blueprint.route(f"{PLAN}/stands/<stand_number>/split", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def plan_split(expo: Expo, stand_number: str) -> Any:
    stand = one_stand(expo, stand_number)
    held = queries.live(expo, clock.now()).get(stand.id)
    form = SplitForm(data=_split_as_before(expo, stand))
    if form.accepted():
        try:
            with transaction():
                widths, numbers, stay = form.parts()
                rows = merging.split(expo, stand, widths, numbers, stay, actor())
        except Refused as refusal:
            form.refuse(_SPLIT_FIELDS.get(refusal.code, "widths"), refusal)
        else:
            tell(ngettext("%(num)s stand has come of it.", "%(num)s stands have come of it.", len(rows)))
            return go("stands.floor_plan", slug=expo.slug, hall=stand.hall.code, stand=stand.number)
    holder = queries.holder_name(held, language()) if held else ""
    page = render_template("stands/plan_split.html", expo=expo, form=form, stand=stand, holder=holder)
    return page, form.status


def _split_as_before(expo: Expo, stand: Stand) -> dict[str, str]:
    """In two halves, or, of a merged stand, in as many equal parts as it was made of, under their old numbers."""
    numbers = sorted([stand.number, *(part.number for part in queries.parts_of(expo, stand))])
    left, top, right, bottom = box_of(queries.corners(stand.polygon))
    each = max(right - left, bottom - top) // max(len(numbers), 2)
    widths = ", ".join([metres(each)] * max(len(numbers), 2))
    # Who has the whole keeps all of it until somebody says otherwise.
    return {"widths": widths, "numbers": ", ".join(numbers), "stay": ", ".join(numbers)}


@blueprint.route(f"{PLAN}/versions", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def plan_versions(expo: Expo) -> Any:
    form = VersionForm()
    if form.accepted():
        publish = request.form.get("deed") == "publish"
        try:
            with transaction():
                done = versions.save(expo, form.note.data, actor(), publish=publish)
        except Refused as refusal:
            form.refuse("note", refusal)
        else:
            words = _("Version %(number)s is public now.") if publish else _("Version %(number)s is saved.")
            tell(words % {"number": done.version})
            return go("stands.plan_versions", slug=expo.slug)
    page = render_template(
        "stands/plan_versions.html",
        expo=expo,
        form=form,
        rows=queries.versions(expo),
        published=queries.published(expo),
    )
    return page, form.status


@blueprint.get(f"{PLAN}/versions/<int:plan_version>")
@require(Permission.EXHIBITORS_VIEW)
def plan_version(expo: Expo, plan_version: int) -> str:
    row = queries.version(expo, plan_version)
    other = request.args.get("with", type=int)
    against = queries.version(expo, other) if other is not None else None
    if row is None or (other is not None and against is None):
        abort(404)
    text = against.snapshot if against else versions.text_now(expo)
    halls = versions.halls_of(row, language())
    return render_template(
        "stands/plan_version.html",
        expo=expo,
        version=row,
        against=against,
        halls=halls,
        drawings=[picture.draw(size, stands, shapes) for size, _name, stands, shapes, _facts in halls],
        changes=versions.changes_since(row, text),
        rows=queries.versions(expo),
        fields=FIELD_WORDS,
    )
