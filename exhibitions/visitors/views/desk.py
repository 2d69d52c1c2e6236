"""G3, first part: the visitor desk. One box to find anybody, three fields to register, and a printed badge."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, abort, make_response, render_template, request
from flask_babel import gettext as _

from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import language
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries, service
from exhibitions.visitors.forms import listing
from exhibitions.visitors.forms.registration import WalkInForm
from exhibitions.visitors.queries import Filters, Row
from exhibitions.visitors.rules.registration import Channel
from exhibitions.visitors.views.base import blueprint
from exhibitions.visitors.views.list import shown

_MOST_SHOWN = 20
_SHEET = "90x130"


@blueprint.get("/desk/<slug>/visitor-desk")
@require(Permission.DESK_SERVE)
def visitor_desk(expo: Expo) -> str:
    return _page(expo, _walk_in(expo))


@blueprint.post("/desk/<slug>/visitor-desk/search")
@require(Permission.DESK_SERVE)
def desk_search(expo: Expo) -> Any:
    return go("visitors.visitor_desk", slug=expo.slug, s=listing.keep_text(request.form.get("q", "")))


@blueprint.post("/desk/<slug>/visitor-desk/register")
@require(Permission.DESK_SERVE)
def walk_in(expo: Expo) -> Any:
    form = _walk_in(expo)
    if form.accepted():
        person = service.Person(form.kept_name, phone=form.kept_phone, visit_day=_today(expo))
        entry = service.Entry(Channel.DESK, language())
        slug = expo.slug
        try:
            ready = service.prepare(expo, form.badge_class, person, entry)
            with transaction():
                registration = service.register(ready, actor())
        except Refused as refusal:
            form.refuse("phone", refusal)
            known = queries.alive_with(expo, form.kept_phone, None)
            return _page(expo, form, known.id if known else None), refusal.status
        return go("visitors.visitor_desk", slug=slug, one=registration.id)
    return _page(expo, form), 422 if form.errors else 200


@blueprint.post("/desk/<slug>/visitor-desk/<int:registration_id>/print")
@require(Permission.DESK_SERVE)
def print_badge(expo: Expo, registration_id: int) -> Response:
    """The badge as one page. A reprint keeps the code and is counted with its reason."""
    row = _row(expo, registration_id)
    badge = _printable(row)
    pdf = badges.pdf_of(expo, [badge], _SHEET)
    with transaction():
        reason = request.form.get("reason", "").replace("\x00", "")[:300]
        badges.count_print(expo, badge, reason, actor())
    response = make_response(pdf)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="badge.pdf"'
    return response


@blueprint.post("/desk/<slug>/visitor-desk/<int:registration_id>/replace")
@require(Permission.DESK_SERVE)
def replace_badge(expo: Expo, registration_id: int) -> Any:
    """Void a lost badge and give a new one; the reason is asked for."""
    row = _row(expo, registration_id)
    if row.badge is None:
        abort(404)
    try:
        with transaction():
            badges.replace(expo, row.badge, request.form.get("reason", "").replace("\x00", ""), actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("The old badge is void. Print the new one."))
    return go("visitors.visitor_desk", slug=expo.slug, one=registration_id)


def _page(expo: Expo, form: WalkInForm, known_id: int | None = None) -> str:
    text = listing.kept_text(request.args.get("s", ""))
    rows, total = _found(expo, text, known_id)
    return render_template(
        "visitors/desk.html", expo=expo, form=form, text=text, rows=[shown(row) for row in rows], total=total
    )


def _found(expo: Expo, text: str, known_id: int | None) -> tuple[list[Row], int]:
    """Whom the desk looks for: one person by id (just registered, or known by the number), or by the text."""
    one = request.args.get("one", "")
    if known_id is None and one.isascii() and one.isdigit() and len(one) < 19:
        known_id = int(one)
    if known_id is not None:
        row = queries.registration_of(expo, known_id)
        return ([row], 1) if row is not None else ([], 0)
    if not text:
        return [], 0
    found = queries.found(expo, Filters(text=text, order="name"), size=_MOST_SHOWN)
    return found.rows, found.total


def _walk_in(expo: Expo) -> WalkInForm:
    form = WalkInForm()
    form.offer(badge_queries.registrable_classes(expo))
    return form


def _today(expo: Expo) -> date | None:
    moment = queries.moment(expo)
    return moment.today if moment.today in moment.days else None


def _row(expo: Expo, registration_id: int) -> Row:
    row = queries.registration_of(expo, registration_id)
    if row is None:
        abort(404)
    return row


def _printable(row: Row) -> Badge:
    service.check_alive(row.registration)
    if row.badge is None:
        abort(404)
    return row.badge
