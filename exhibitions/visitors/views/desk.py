"""G3, first part: the visitor desk. One box to find anybody, three fields to register, and a printed badge."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from flask import abort, make_response, render_template, request
from flask_babel import gettext as _

from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge
from exhibitions.badges.queries import paper
from exhibitions.badges.rules.number import shown as shown_number
from exhibitions.core import asked
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import language
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries, service
from exhibitions.visitors.forms.registration import ReserveForm, WalkInForm
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
    return go("visitors.visitor_desk", slug=expo.slug, s=asked.keep_text(request.form.get("q", "")))


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
def print_badge(expo: Expo, registration_id: int) -> Any:
    """The badge as one page, for the printer that this person works at. A reprint keeps the code and is counted with its reason."""
    row = _row(expo, registration_id)
    badge = _printable(row)
    printer = paper.chosen_printer(expo, actor().id)
    sheet = printer.sheet if printer else _SHEET
    pdf = badges.pdf_of(expo, [badge], sheet, badges.placement_of(printer))
    reason = request.form.get("reason", "").replace("\x00", "")[:300]
    try:
        with transaction():
            badges.count_print(expo, badge, reason, actor(), sheet)
    except Refused:
        # Printed meanwhile, here or elsewhere; the page that comes offers a reprint.
        tell(_("This badge has just been printed. Print it again only if the paper is lost."), "error")
        return go("visitors.visitor_desk", slug=expo.slug, one=registration_id)
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


@blueprint.post("/desk/<slug>/visitor-desk/reserve")
@require(Permission.DESK_SERVE)
def give_reserve(expo: Expo) -> Any:
    """Hand out a reserve badge and bind it, if it is said to whom; later the same form binds it."""
    form = ReserveForm()
    if not form.accepted():
        return _page(expo, _walk_in(expo), reserve_form=form), 422 if form.errors else 200
    try:
        with transaction():
            person = form.person(_today(expo))
            given = service.give_reserve(expo, form.code.data or "", person, language(), actor())
    except Refused as refusal:
        form.refuse(_RESERVE_FIELDS.get(refusal.code, "code"), refusal)
        return _page(expo, _walk_in(expo), reserve_form=form), refusal.status
    return _given(expo, given)


@blueprint.post("/desk/<slug>/visitor-desk/<int:registration_id>/reserve")
@require(Permission.DESK_SERVE)
def bind_reserve(expo: Expo, registration_id: int) -> Any:
    """Bind a reserve badge to a person that the desk has found."""
    row = _row(expo, registration_id)
    try:
        with transaction():
            given = service.bind_reserve(expo, request.form.get("code", ""), row.registration, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("visitors.visitor_desk", slug=expo.slug, one=registration_id)
    return _given(expo, given)


_RESERVE_FIELDS = {"reserve_nameless": "name", "reserve_other_name": "name", "phone_taken": "phone"}


def _given(expo: Expo, given: service.Given) -> Any:
    number = shown_number(given.badge.number)
    if given.registration is None:
        tell(_("Reserve badge %(number)s is handed out. Name its holder below, now or later.", number=number))
        return go("visitors.visitor_desk", slug=expo.slug, reserve=given.badge.id)
    name = given.registration.name
    tell(_("Reserve badge %(number)s belongs to %(name)s. It is their only badge.", number=number, name=name))
    return go("visitors.visitor_desk", slug=expo.slug, one=given.registration.id)


def _page(
    expo: Expo, form: WalkInForm, known_id: int | None = None, reserve_form: ReserveForm | None = None
) -> str:
    text = asked.kept_text(request.args.get("s", ""))
    rows, total = _found(expo, text, known_id)
    reserve = _unbound_reserve(expo, text)
    return render_template(
        "visitors/desk.html",
        expo=expo,
        form=form,
        reserve_form=reserve_form or _reserve_form(reserve),
        reserve=reserve,
        text=text,
        rows=[shown(row) for row in rows],
        total=total,
    )


def _reserve_form(reserve: dict[str, Any] | None) -> ReserveForm:
    # Never what another form on the page has sent.
    return ReserveForm(formdata=None, data={"code": reserve["number"]} if reserve else {})


def _unbound_reserve(expo: Expo, text: str) -> dict[str, Any] | None:
    """The reserve badge that was just handed out or looked for, while it is nobody's, and who handed it out."""
    one = request.args.get("reserve", "")
    badge = badge_queries.badge_of(expo, int(one)) if _is_id(one) else None
    if badge is None and text:
        with suppress(Refused):
            badge = service.reserve_badge(expo, text)
    if badge is None or not badge.reserve or badge.holder_id is not None:
        return None
    entry = badge_queries.handing_out(expo, badge)
    by = next(iter(audit.readable([entry])), None) if entry else None
    return {"badge": badge, "number": shown_number(badge.number), "by": by}


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _found(expo: Expo, text: str, known_id: int | None) -> tuple[list[Row], int]:
    """Whom the desk looks for: one person by id (just registered, or known by the number), or by the text."""
    one = request.args.get("one", "")
    if known_id is None and _is_id(one):
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
