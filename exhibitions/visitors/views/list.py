"""O6, first part: the registrations of a fair for its organiser: list, record, decisions, export."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, g, render_template, request, url_for
from flask_babel import gettext as _

from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges.rules import number
from exhibitions.core import asked
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.contact import masked_email, masked_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import language
from exhibitions.core.regions import region_name
from exhibitions.core.web import go, keep_answer, kept_answer, tell
from exhibitions.expos.models import Expo
from exhibitions.mail import queries as mail_queries
from exhibitions.mail import rules as mail_rules
from exhibitions.mail import service as mail
from exhibitions.mail.service import texting
from exhibitions.visitors import queries, service
from exhibitions.visitors.forms import listing
from exhibitions.visitors.forms.registration import CancelForm, DeskCorrectionForm
from exhibitions.visitors.queries import HOLDER, Row, groups
from exhibitions.visitors.queries import arranging as arranged
from exhibitions.visitors.queries.reminders import asking
from exhibitions.visitors.rules.columns_shown import COLUMNS
from exhibitions.visitors.rules.deeds import DEEDS
from exhibitions.visitors.rules.registration import ALIVE, SHOWN_STATES, ended_state, shown_state
from exhibitions.visitors.views import merging, words
from exhibitions.visitors.views.answers import asked_of
from exhibitions.visitors.views.base import blueprint

_UNMASKED, _RENEWED, _ALL_UNMASKED = "unmasked", "renewed", "all unmasked"
_MOST_HISTORY = 100
_MOST_COLLEAGUES = 20
# What happened to a person, or to one of the person's badges.


@blueprint.get("/desk/<slug>/visitors")
@require(Permission.VISITORS_VIEW)
def visitors(expo: Expo) -> str:
    filters = listing.wanted()
    found = queries.found(expo, filters, asked.page())
    look = kept_answer(request.args.get("look", ""))
    plain = set(look[1]) if isinstance(look, list) and look[:1] == [_ALL_UNMASKED] else set()
    return render_template(
        "visitors/list.html",
        expo=expo,
        found=found,
        rows=[shown(row, plain=row.registration.id in plain) for row in found.rows],
        filters=filters,
        options=words.options(expo),
        states_shown=SHOWN_STATES,
        words=words.STATES,
        rights=g.rights,
        query=listing.passed(),
        views=arranged.views(expo, actor()),
        kept=listing.address(),
        forgotten=asked.is_forgotten(),
        me=actor().id,
        columns=arranged.columns(actor()),
        all_columns=COLUMNS,
        asking=asking(expo),
        public_url=current_app.config["PUBLIC_URL"],
        imports_url=_imports_address(expo),
    )


@blueprint.post("/desk/<slug>/visitors/search")
@require(Permission.VISITORS_VIEW)
def search(expo: Expo) -> Any:
    return go("visitors.visitors", slug=expo.slug, s=asked.keep_text(request.form.get("q", "")))


@blueprint.post("/desk/<slug>/visitors/unmask")
@require(Permission.VISITORS_VIEW)
def unmask_page(expo: Expo) -> Any:
    """Numbers and addresses of a page of the list in full; each person is noted (B12, P12)."""
    found = queries.found(expo, listing.wanted(), asked.page())
    with transaction():
        for row in found.rows:
            service.unmask(expo, row.registration, actor())
    look = keep_answer([_ALL_UNMASKED, [row.registration.id for row in found.rows]])
    return go("visitors.visitors", slug=expo.slug, **(listing.passed() | {"look": look}))


@blueprint.get("/desk/<slug>/visitors/<int:registration_id>")
@require(Permission.VISITORS_VIEW)
def visitor(expo: Expo, registration_id: int) -> str:
    row = _row(expo, registration_id)
    # What was unmasked stands here for a while on this browser, under an address of its own; the new link once.
    word = request.args.get("look", "")
    look = kept_answer(word)
    kept = look if isinstance(look, list) else []
    token = kept_answer(word, once=True)[2] if kept[:2] == [_RENEWED, registration_id] else ""
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
        by_mail = row.registration.email and mail.account().server
        ended = _("The earlier links have ended. A new one is sent by e-mail.")
        tell(ended if by_mail else _("The earlier links have ended. A new one is sent by text message."))
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
            with form.saving(lambda: _typed(row), (HOLDER, registration_id, "visitors.corrected")):
                badge_class = form.classes[form.visitor_class.data]
                person = form.person_of(row.registration)
                service.correct(expo, row.registration, person, badge_class, actor())
        except Refused as refusal:
            form.refuse("email" if refusal.code == "email_taken" else "phone", refusal)
        else:
            tell(_("The details are changed. A printed badge can be printed again with the same code."))
            return go("visitors.visitor", slug=expo.slug, registration_id=registration_id)
    page = render_template("visitors/correct.html", expo=expo, form=form, each=shown(row))
    return page, form.status


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


def shown(row: Row, *, plain: bool = False) -> dict[str, Any]:
    """A registration as pages of the desk show it: number and address masked unless `plain` (B12)."""
    person = row.registration
    return {
        "row": row,
        "person": person,
        "state": shown_state(person.state, row.came),
        "ended": ended_state(person.state, row.came),
        "number": number.shown(row.badge.number) if row.badge else "",
        "phone": person.phone and (person.phone if plain else masked_phone(person.phone)),
        "email": person.email and (person.email if plain else masked_email(person.email)),
        "region": region_name(person.region, language()),
        "source": words.source(person.source, person.expo_id),
    }


def _record(expo: Expo, row: Row, *, plain: bool = False, token: str = "") -> str:
    """The record of a person; `token` is that of a new link to hand over."""
    subjects = [(HOLDER, row.registration.id)]
    subjects += [("badge", badge.id) for badge in queries.badges_of(expo, row.registration.id)]
    theirs = groups.members(expo, row.registration, size=_MOST_COLLEAGUES)
    entries = audit_queries.entries_about(expo.id, subjects, limit=_MOST_HISTORY)
    return render_template(
        "visitors/visitor.html",
        expo=expo,
        each=shown(row, plain=plain),
        plain=plain,
        link=token
        and current_app.config["PUBLIC_URL"] + url_for("my_badge.badge", slug=expo.slug, token=token),
        alive=row.registration.state in ALIVE and row.registration.erased_at is None,
        came_on=queries.days_of(expo, row.registration.id) if row.came else [],
        history=[(entry, _changed(entry)) for entry in audit.readable(entries)],
        consents=queries.consents(expo, row.registration),
        **asked_of(expo, row),
        people=[shown(each) for each in theirs.rows],
        more_people=theirs.total - len(theirs.rows),
        mails=mail_queries.newest_about(HOLDER, row.registration.id),
        bounced=row.registration.email and mail_queries.bounce_of(row.registration.email),
        dead_number=texting.can_text()
        and row.registration.phone
        and mail_queries.bounce_of(row.registration.phone),
        mail_rules=mail_rules,
        mail_titles=mail.titles,
        merges=merging.shown(expo, row.registration),
        doubles=queries.namesakes(expo, row.registration)
        if row.registration.state in ALIVE and row.registration.erased_at is None
        else [],
        rights=g.rights,
    )


def _changed(entry: audit.Readable) -> list[str]:
    """What an entry changed, by the names of the fields: their values may be what this reader sees masked."""
    return [str(_(DEEDS.fields[name])) for name in entry.before if name in DEEDS.fields]


def _row(expo: Expo, registration_id: int) -> Row:
    row = queries.registration_of(expo, registration_id)
    if row is None:
        abort(404)
    return row


def _imports_address(expo: Expo) -> str:
    """The page of imports, where the application has one."""
    known = "visitors.imports" in current_app.view_functions
    return url_for("visitors.imports", slug=expo.slug) if known else ""


def _typed(row: Row) -> dict[str, str]:
    person = row.registration
    return {
        "name": person.name,
        "company": person.company,
        "region": person.region,
        "visit_day": person.visit_day.isoformat() if person.visit_day else "",
        "visitor_class": row.badge_class.key,
    }
