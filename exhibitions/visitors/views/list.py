"""O6, first part: the registrations of a fair for its organiser: list, record, decisions, export."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import (
    Response,
    abort,
    current_app,
    g,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_pgettext, ngettext

from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges.rules import number
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.forms import typed_number
from exhibitions.core.i18n import format_date, language, local
from exhibitions.core.sheets.writing import Value, csv_chunks, write_xlsx
from exhibitions.core.web import go, keep_answer, kept_answer, tell
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.mail import queries as mail_queries
from exhibitions.mail import rules as mail_rules
from exhibitions.mail import service as mail
from exhibitions.visitors import queries, service
from exhibitions.visitors.forms import listing
from exhibitions.visitors.forms.registration import CancelForm, DeskCorrectionForm
from exhibitions.visitors.queries import HOLDER, Row
from exhibitions.visitors.queries.reminders import asking
from exhibitions.visitors.rules.contact import masked_email, masked_phone
from exhibitions.visitors.rules.exporting import HEADINGS
from exhibitions.visitors.rules.regions import region_name
from exhibitions.visitors.rules.registration import (
    ALIVE,
    SHOWN_STATES,
    SOURCE_TEXTS,
    shown_state,
    source_text,
)
from exhibitions.visitors.views.base import blueprint

_UNMASKED, _RENEWED = "unmasked", "renewed"
_WIDTHS = {
    "number": 14,
    "name": 16,
    "company": 30,
    "phone": 18,
    "email": 28,
    "class": 14,
    "region": 12,
    "visit_day": 12,
    "state": 12,
    "source": 14,
    "registered": 22,
}
_STATES = {
    "waiting": lazy_pgettext("registration", "Waiting"),
    "registered": lazy_pgettext("registration", "Registered"),
    "visited": lazy_pgettext("registration", "Visited"),
    "cancelled": lazy_pgettext("registration", "Cancelled"),
    "refused": lazy_pgettext("registration", "Refused"),
}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/desk/<slug>/visitors")
@require(Permission.VISITORS_VIEW)
def visitors(expo: Expo) -> str:
    filters = listing.wanted()
    found = queries.found(expo, filters, listing.page())
    return render_template(
        "visitors/list.html",
        expo=expo,
        found=found,
        rows=[shown(row) for row in found.rows],
        filters=filters,
        options=_options(expo),
        states_shown=SHOWN_STATES,
        words=_STATES,
        rights=g.rights,
        asking=asking(expo),
        public_url=current_app.config["PUBLIC_URL"],
        imports_url=_imports_address(expo),
    )


@blueprint.post("/desk/<slug>/visitors/search")
@require(Permission.VISITORS_VIEW)
def search(expo: Expo) -> Any:
    return go("visitors.visitors", slug=expo.slug, s=listing.keep_text(request.form.get("q", "")))


@blueprint.post("/desk/<slug>/visitors/decide")
@require(Permission.VISITORS_EDIT)
def decide(expo: Expo) -> Any:
    """Approve or refuse what is selected; refusing asks for the number to be typed first."""
    ids = _selected(expo)
    approving = request.form.get("decision") == "approve"
    if not approving and typed_number(request.form.get("confirm", "")) != len(ids):
        wrong = "confirm" in request.form
        page = render_template("visitors/refuse_many.html", expo=expo, ids=ids, wrong=wrong)
        return page, 422 if wrong else 200
    with transaction():
        waiting = queries.waiting_of(expo, ids)
        for registration in waiting:
            (service.approve if approving else service.refuse)(expo, registration, actor())
    done = len(waiting)
    if approving:
        tell(ngettext("%(num)s registration approved.", "%(num)s registrations approved.", done))
    else:
        tell(ngettext("%(num)s registration refused.", "%(num)s registrations refused.", done))
    return go("visitors.visitors", slug=expo.slug)


@blueprint.get("/desk/<slug>/visitors/<int:registration_id>")
@require(Permission.VISITORS_VIEW)
def visitor(expo: Expo, registration_id: int) -> str:
    row = _row(expo, registration_id)
    # What was unmasked and the new link stand here for a while on this browser, under an address of their own.
    look = kept_answer(request.args.get("look", ""))
    kept = look if isinstance(look, list) else []
    token = kept[2] if kept[:2] == [_RENEWED, registration_id] else ""
    return _record(expo, row, plain=kept == [_UNMASKED, registration_id], token=token)


@blueprint.post("/desk/<slug>/visitors/<int:registration_id>/unmask")
@require(Permission.VISITORS_VIEW)
def unmask(expo: Expo, registration_id: int) -> Any:
    row = _row(expo, registration_id)
    with transaction():
        service.unmask(expo, row.registration, actor())
    look = keep_answer([_UNMASKED, registration_id])
    return go("visitors.visitor", slug=expo.slug, registration_id=registration_id, look=look)


@blueprint.post("/desk/<slug>/visitors/<int:registration_id>/link")
@require(Permission.VISITORS_EDIT)
def renew_link(expo: Expo, registration_id: int) -> Any:
    row = _row(expo, registration_id)
    with transaction():
        token = service.renew_link(expo, row.registration, actor())
    if token is None:
        tell(_("The earlier links have ended. A new one is sent by e-mail."))
        return go("visitors.visitor", slug=expo.slug, registration_id=registration_id)
    look = keep_answer([_RENEWED, registration_id, token])
    return go("visitors.visitor", slug=expo.slug, registration_id=registration_id, look=look)


@blueprint.route("/desk/<slug>/visitors/<int:registration_id>/correct", methods=["GET", "POST"])
@require(Permission.VISITORS_EDIT)
def correct(expo: Expo, registration_id: int) -> Any:
    row = _row(expo, registration_id)
    service.check_alive(row.registration)
    form = DeskCorrectionForm(data=_typed(row))
    form.prepare(expo, queries.moment(expo).days)
    form.offer(badge_queries.classes(expo))
    if form.accepted():
        try:
            with transaction():
                badge_class = form.classes[form.visitor_class.data]
                person = form.person_of(row.registration)
                service.correct(expo, row.registration, person, badge_class, actor())
        except Refused as refusal:
            form.refuse("email" if refusal.code == "email_taken" else "phone", refusal)
        else:
            tell(_("The details are changed. A printed badge can be printed again with the same code."))
            return go("visitors.visitor", slug=expo.slug, registration_id=registration_id)
    page = render_template("visitors/correct.html", expo=expo, form=form, each=shown(row))
    return page, 422 if form.errors else 200


@blueprint.route("/desk/<slug>/visitors/<int:registration_id>/cancel", methods=["GET", "POST"])
@require(Permission.VISITORS_EDIT)
def cancel_visitor(expo: Expo, registration_id: int) -> Any:
    row = _row(expo, registration_id)
    form = CancelForm()
    people = queries.colleagues(expo, row.registration, alive=True)
    if form.accepted():
        reason = (form.reason.data or "")[:300]
        with transaction():
            service.cancel(expo, row.registration, actor(), reason, with_colleagues=form.with_colleagues)
        if form.with_colleagues:
            tell(
                _(
                    "The registration and those of the colleagues are cancelled; no badge opens a gate any more."
                )
            )
        else:
            tell(_("The registration is cancelled; its badge opens no gate any more."))
        return go("visitors.visitor", slug=expo.slug, registration_id=registration_id)
    page = render_template("visitors/cancel_at_desk.html", expo=expo, row=row, form=form, people=people)
    return page, 422 if form.errors else 200


@blueprint.post("/desk/<slug>/visitors/<int:registration_id>/decide")
@require(Permission.VISITORS_EDIT)
def decide_one(expo: Expo, registration_id: int) -> Any:
    row = _row(expo, registration_id)
    approving = request.form.get("decision") == "approve"
    with transaction():
        (service.approve if approving else service.refuse)(expo, row.registration, actor())
    tell(_("The registration is approved.") if approving else _("The registration is refused."))
    return go("visitors.visitor", slug=expo.slug, registration_id=registration_id)


@blueprint.route("/desk/<slug>/visitors/export", methods=["GET", "POST"])
@require(Permission.VISITORS_EXPORT)
def export(expo: Expo) -> Any:
    filters = listing.wanted()
    total = queries.found(expo, filters, size=1).total
    form = listing.ExportForm()
    if not form.accepted():
        page = render_template("visitors/export.html", expo=expo, total=total, form=form)
        return page, 422 if form.errors else 200
    chosen = form.columns.data or []
    with transaction():
        service.record(expo, total, chosen, actor(), form.reason.data or "")
    rows = _sheet(expo, filters, chosen)
    if request.form.get("format") == "xlsx":
        return _xlsx(expo, rows, [_WIDTHS[name] for name in chosen])
    response = Response(stream_with_context(csv_chunks(rows)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="visitors-{expo.slug}.csv"'
    return response


def shown(row: Row, *, plain: bool = False) -> dict[str, Any]:
    """A registration as pages of the desk show it: number and address masked unless `plain` (B12)."""
    person = row.registration
    return {
        "row": row,
        "person": person,
        "state": shown_state(person.state, row.came),
        "number": number.shown(row.badge.number) if row.badge else "",
        "phone": person.phone and (person.phone if plain else masked_phone(person.phone)),
        "email": person.email and (person.email if plain else masked_email(person.email)),
        "region": region_name(person.region, language()),
    }


def _record(expo: Expo, row: Row, *, plain: bool = False, token: str = "") -> str:
    """The record of a person; `token` is that of a new link to hand over."""
    subject = (HOLDER, row.registration.id)
    history = audit.readable(audit_queries.entries(expo.id, audit_queries.Wanted(subject=subject)))
    return render_template(
        "visitors/visitor.html",
        expo=expo,
        each=shown(row, plain=plain),
        plain=plain,
        link=token
        and current_app.config["PUBLIC_URL"] + url_for("my_badge.badge", slug=expo.slug, token=token),
        alive=row.registration.state in ALIVE,
        history=history,
        consents=queries.consents(expo, row.registration),
        people=[shown(each) for each in queries.colleagues(expo, row.registration)],
        mails=mail_queries.newest_about(HOLDER, row.registration.id),
        bounced=row.registration.email and mail_queries.bounce_of(row.registration.email),
        mail_rules=mail_rules,
        mail_titles=mail.titles,
        rights=g.rights,
    )


def _row(expo: Expo, registration_id: int) -> Row:
    row = queries.registration_of(expo, registration_id)
    if row is None:
        abort(404)
    return row


def _imports_address(expo: Expo) -> str:
    """The page of imports, where the application has one."""
    known = "visitors.imports" in current_app.view_functions
    return url_for("visitors.imports", slug=expo.slug) if known else ""


def _options(expo: Expo) -> dict[str, list[tuple[str, str]]]:
    """What each filter of the list offers."""
    return {
        "class": [(each.key, local(each, "name")) for each in badge_queries.classes(expo)],
        "region": [(key, region_name(key, language())) for key in queries.regions(expo)],
        "source": [(word, _source(word)) for word in queries.sources(expo)],
        "day": [(day.date.isoformat(), format_date(day.date)) for day in expo_queries.open_days(expo)],
    }


def _source(word: str) -> str:
    """A source in the reader's language, as far as it is known."""
    text, number = source_text(word)
    return f"{_(text)} {number}".strip() if text in SOURCE_TEXTS.values() else text


def _selected(expo: Expo) -> list[int]:
    if request.form.get("all"):
        return queries.waiting_ids(expo, listing.wanted())
    texts = request.form.getlist("id")[:5000]
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]


def _typed(row: Row) -> dict[str, str]:
    person = row.registration
    return {
        "name": person.name,
        "company": person.company,
        "region": person.region,
        "visit_day": person.visit_day.isoformat() if person.visit_day else "",
        "visitor_class": row.badge_class.key,
    }


def _sheet(expo: Expo, filters: queries.Filters, columns: Sequence[str]) -> Iterator[list[Value]]:
    """These columns of the rows of an export as people read them, the headings first.

    Times are those of the fair, to the minute.
    """
    zone = ZoneInfo(expo.timezone)
    yield [_(HEADINGS[name]) for name in columns]
    for row in queries.export_rows(expo, filters):
        person = row.registration
        fields: dict[str, Value] = {
            **service.exported(expo, row, codes=False),
            "state": str(_STATES[shown_state(person.state, row.came)]),
            "class": str(local(row.badge_class, "name")),
            "region": region_name(person.region, language()),
            "visit_day": person.visit_day,
            "source": _source(person.source),
            "registered": person.created_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        }
        yield [fields[name] for name in columns]


def _xlsx(expo: Expo, rows: Iterator[list[Value]], widths: list[int]) -> Response:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "visitors.xlsx"
        write_xlsx(path, _("Visitors"), rows, widths)
        response = Response(path.read_bytes(), content_type=_XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="visitors-{expo.slug}.xlsx"'
    return response
