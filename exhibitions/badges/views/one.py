"""One badge: its prints and what happened to it; reprint and replace are two acts."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.badges import queries, service
from exhibitions.badges.forms.choosing import PAGES
from exhibitions.badges.forms.paper import ReplaceForm
from exhibitions.badges.models import Badge
from exhibitions.badges.queries import paper
from exhibitions.badges.rules import deeds, number
from exhibitions.badges.views.base import BADGES, blueprint, pdf
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo

_MOST_ENTRIES = 50


@blueprint.get(f"{BADGES}/<int:badge_id>")
@require(Permission.BADGES_PRINT)
def badge(expo: Expo, badge_id: int) -> str:
    return _page(expo, _badge(expo, badge_id), ReplaceForm())


@blueprint.post(f"{BADGES}/<int:badge_id>/print")
@require(Permission.BADGES_PRINT)
def print_one(expo: Expo, badge_id: int) -> AnyResponse:
    """The badge as one page at the own printer. A reprint keeps the code and asks why."""
    row = _badge(expo, badge_id)
    reason = request.form.get("reason", "").replace("\x00", "").strip()[:300]
    if row.prints and not reason:
        tell(_("Say why it is printed again."), "error")
        return go("badges.badge", slug=expo.slug, badge_id=row.id)
    if row.voided_at or row.cancelled_at:
        tell(_("This badge is not valid any more and is not printed."), "error")
        return go("badges.badge", slug=expo.slug, badge_id=row.id)
    try:
        return _printed(expo, row, reason)
    except Refused as refusal:
        # Somebody else has printed it while this one was being drawn.
        tell(_(refusal.message, **refusal.params), "error")
        return go("badges.badge", slug=expo.slug, badge_id=row.id)


def _printed(expo: Expo, row: Badge, reason: str) -> Response:
    printer = paper.chosen_printer(expo, actor().id)
    asked = request.form.get("page-size", "")
    own = printer.sheet if printer else row.badge_class.sheet
    sheet = asked if asked in dict(PAGES) else own
    placed = service.placement_of(printer if printer and printer.sheet == sheet else None)
    content = service.pdf_of(expo, [row], sheet, placed)
    with transaction():
        service.count_print(expo, row, reason, actor(), sheet)
    return pdf(content, f"{number.with_check(row.number)}.pdf")


@blueprint.post(f"{BADGES}/<int:badge_id>/replace")
@require(Permission.BADGES_PRINT)
def replace(expo: Expo, badge_id: int) -> Any:
    """A lost badge is void from now on; its holder gets another code. Why, and what was taken for it, is noted."""
    row, form = _badge(expo, badge_id), ReplaceForm()
    if form.accepted():
        try:
            with transaction():
                fresh = service.replace(expo, row, form.reason.data or "", actor(), form.taken())
        except Refused as refusal:
            form.refuse("reason", refusal)
        else:
            tell(_("The old badge is void. Print the new one."))
            return go("badges.badge", slug=expo.slug, badge_id=fresh.id)
    return _page(expo, row, form), 422 if form.errors else 200


@blueprint.get(f"{BADGES}/replaced")
@require(Permission.BADGES_PRINT)
def replaced(expo: Expo) -> str:
    """Lost badges with what was taken for each, and the sums."""
    return render_template(
        "badges/replaced.html",
        expo=expo,
        rows=paper.replaced(expo),
        taken=paper.taken(expo),
        shown=number.shown,
    )


def _page(expo: Expo, row: Badge, form: ReplaceForm) -> str:
    wanted = audit_queries.Wanted(subject=("badge", row.id))
    entries = audit_queries.entries(expo.id, wanted, limit=_MOST_ENTRIES)
    return render_template(
        "badges/badge.html",
        expo=expo,
        row=row,
        number=number.shown(row.number),
        form=form,
        pages=PAGES,
        printer=paper.chosen_printer(expo, actor().id),
        entries=audit.readable(entries),
        deeds=deeds.DEEDS.actions,
        fresh=queries.badge_of(expo, row.replaced_by_id) if row.replaced_by_id else None,
    )


def _badge(expo: Expo, badge_id: int) -> Badge:
    row = queries.badge_of(expo, badge_id)
    if row is None:
        abort(404)
    return row
