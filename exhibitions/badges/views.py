"""O8: choosing badges, checking what cannot be printed, printing them, and the classes of a fair."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, abort, g, render_template, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from exhibitions.badges import queries, service
from exhibitions.badges.forms import ORDERS, PAGES, PRINTED, Choice, ClassForm, ReserveForm
from exhibitions.badges.models import BadgeClass
from exhibitions.badges.rules import number
from exhibitions.badges.service import printing
from exhibitions.badges.service.issuing import MOST_RESERVES
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import local
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo

blueprint = Blueprint("badges", __name__)
BADGES = "/desk/<slug>/badges"
_PDF = "application/pdf"


@blueprint.get(BADGES)
@require(Permission.BADGES_PRINT)
def badges(expo: Expo) -> str:
    choice, classes = Choice(request.args), queries.classes(expo)
    # Reading every text takes a while: only who asks for it, or is about to print, waits for that.
    checked = service.check(expo, choice.wanted(), choice.page) if "check" in request.args else None
    return render_template(
        "badges/badges.html",
        expo=expo,
        choice=choice,
        checked=checked,
        count=queries.count_to_print(expo, choice.wanted()),
        filters=_filters(classes, choice),
        classes=classes,
        counts=queries.badges_by_class(expo),
        runs=queries.print_runs(expo),
        reserve=_reserve_form(classes),
        most_reserves=MOST_RESERVES,
        may_edit=Permission.EXPO_EDIT in g.rights,
    )


@blueprint.post(f"{BADGES}/print")
@require(Permission.BADGES_PRINT)
def start(expo: Expo) -> AnyResponse:
    """Characters that would be printed as 〓 are shown first; who has seen them may print all the same."""
    choice = Choice(request.form)
    try:
        plan = service.plan_run(expo, choice.wanted(), choice.page, choice.sort)
        if "seen" not in request.form and service.check(expo, choice.wanted(), choice.page).missing:
            return go("badges.badges", slug=expo.slug, check="1", **choice.address())
        with transaction():
            _run, job = service.start_run(expo, plan, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("badges.badges", slug=expo.slug, **choice.address())
    return go("jobs.job", slug=expo.slug, job_id=job.id)


@blueprint.get(f"{BADGES}/sample.pdf")
@require(Permission.BADGES_PRINT)
def sample(expo: Expo) -> Response:
    choice = Choice(request.args)
    return _pdf(service.sample(expo, choice.wanted(), choice.page), "sample.pdf")


@blueprint.get(f"{BADGES}/runs/<int:run_id>")
@require(Permission.BADGES_PRINT)
def print_run(expo: Expo, run_id: int) -> str:
    return render_template(
        "badges/run.html",
        expo=expo,
        run=printing.run_of(expo, run_id),
        pages=dict(PAGES),
        orders=dict(ORDERS),
    )


@blueprint.post(f"{BADGES}/<int:badge_id>/print")
@require(Permission.BADGES_PRINT)
def print_one(expo: Expo, badge_id: int) -> Response:
    badge = queries.badge_of(expo, badge_id)
    if badge is None:
        abort(404)
    page = Choice({"page-size": request.form.get("page-size", "90x130")}).page
    content = service.pdf_of(expo, [badge], page)
    with transaction():
        service.count_print(expo, badge, request.form.get("reason", "").strip()[:300], actor())
    return _pdf(content, f"{number.with_check(badge.number)}.pdf")


@blueprint.post(f"{BADGES}/reserves")
@require(Permission.BADGES_PRINT)
def reserves(expo: Expo) -> Any:
    form = _reserve_form(queries.classes(expo))
    badge_class = queries.class_by_key(expo, form.badge_class.data or "")
    if not form.accepted() or badge_class is None:
        why = " ".join(str(error) for errors in form.errors.values() for error in errors)
        tell(_("No reserve badges were made. %(why)s", why=why), "error")
        return go("badges.badges", slug=expo.slug)
    with transaction():
        made = service.issue_reserves(expo, badge_class, form.count.data or 0, actor())
    tell(_("%(count)s reserve badges were made. Print them below.", count=len(made)))
    return go("badges.badges", slug=expo.slug, printed="reserve", **{"class": badge_class.key})


@blueprint.route(f"{BADGES}/classes/new", methods=["GET", "POST"], defaults={"class_id": None})
@blueprint.route(f"{BADGES}/classes/<int:class_id>", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def badge_class(expo: Expo, class_id: int | None) -> Any:
    row = queries.class_of(expo, class_id) if class_id is not None else None
    if class_id is not None and row is None:
        abort(404)
    form = ClassForm(data=ClassForm.shown(row) if row else _next_class(expo))
    if form.accepted():
        try:
            with transaction():
                service.save_class(expo, row, form.facts(), actor())
        except Refused as refusal:
            form.refuse(
                {"class_nameless": "name_zh", "class_in_use": "number"}.get(refusal.code, "key"), refusal
            )
        else:
            tell(_("The badge class is saved."))
            return go("badges.badges", slug=expo.slug)
    return render_template("badges/class.html", expo=expo, form=form, row=row), 422 if form.errors else 200


def _next_class(expo: Expo) -> dict[str, int]:
    numbers = [found.number for found in queries.classes(expo)]
    return {"number": max(numbers, default=0) + 1, "position": len(numbers) + 1}


def _reserve_form(classes: Sequence[BadgeClass]) -> ReserveForm:
    form = ReserveForm()
    form.offer([(found.key, local(found, "name")) for found in classes])
    return form


def _filters(classes: Sequence[BadgeClass], choice: Choice) -> list[dict[str, Any]]:
    options: list[tuple[str, Any]] = [("", _("All classes"))]
    options += [(found.key, local(found, "name")) for found in classes]
    return [
        {"name": "class", "label": _("Class"), "options": options, "value": choice.class_key},
        {"name": "printed", "label": _("Printed"), "options": PRINTED, "value": choice.printed},
        {"name": "sort", "label": _("Sorted by"), "options": ORDERS, "value": choice.sort},
        {"name": "page-size", "label": _("Page"), "options": PAGES, "value": choice.page},
    ]


def _pdf(content: bytes, name: str) -> Response:
    return send_file(BytesIO(content), mimetype=_PDF, as_attachment=True, download_name=name, max_age=0)
