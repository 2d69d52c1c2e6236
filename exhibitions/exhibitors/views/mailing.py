"""Messages to many companies: written, seen with a real record, tried out, sent or planned, stopped; and leaving them (P20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, current_app, g, render_template, request, url_for
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from exhibitions.accounts import service as accounts
from exhibitions.core.access import Permission, actor, personal_link, require
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import format_span, language
from exhibitions.core.web import go, passed, tell
from exhibitions.exhibitors import queries as people
from exhibitions.exhibitors.forms.mailing import CompanyMailingForm
from exhibitions.exhibitors.models import ExhibitorMailing
from exhibitions.exhibitors.queries import mailing as queries
from exhibitions.exhibitors.queries.mailing import Reached
from exhibitions.exhibitors.rules import mailing as rules
from exhibitions.exhibitors.service import mailing as service
from exhibitions.exhibitors.service.moving import SUBJECT
from exhibitions.exhibitors.views.base import blueprint
from exhibitions.exhibitors.views.list import LIST, PASSED, ticked
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.mail import queries as mail_queries
from exhibitions.mail import rules as mail_rules
from exhibitions.mail import service as mail
from exhibitions.mail.forms import SendForm
from exhibitions.mail.rules import Message
from exhibitions.mail.rules.many import STATE_TEXTS, Purpose, State, words_in
from exhibitions.mail.rules.texts import Words, fill, message_of, wechat_text

Arguments = Mapping[str, int | str]
LEAVE = "recruiting_leave"
_MANY = f"{LIST}/messages"
_ONE = f"{_MANY}/<int:mailing_id>"
_FIELDS = ("subject_zh", "body_zh", "subject_en", "body_en")
# Mail programs leave a list by a POST of their own; its address is the secret (RFC 8058).
leaving = Blueprint("recruiting", __name__)


def register() -> None:
    """Enter the letters to many companies into the tables of names."""
    mail.register(rules.MAILING, to_company, N_("Message to companies"), _mint)
    mail.register(rules.MAILING_TEST, to_its_writer, N_("Test of a message to companies"))
    mail.own_titles[rules.MAILING] = _titles
    mail.namers[SUBJECT] = queries.names


def to_company(arguments: Arguments, lang: str) -> Message:
    """The message as one company reads it; refused to who has left invitations meanwhile."""
    expo = db.session.get_one(Expo, int(arguments["expo_id"]))
    found = queries.mailing_of(expo, int(arguments["mailing_id"]))
    company = _reached(expo, arguments)
    if found is None or company is None:
        raise Refused("exhibitor_gone", N_("This exhibitor is not there any more."))
    is_marketing = found.purpose is Purpose.MARKETING
    if is_marketing and company.email and queries.has_left(company.email):
        raise Refused("unsubscribed", N_("This address wants no more invitations."))
    token = str(arguments.get("token", "")) or _minted(company)
    leave = ""
    if is_marketing and company.email and not arguments.get("token"):
        with transaction():
            word = accounts.mint_link(LEAVE, _recipient(company), expo_id=expo.id)
        leave = _absolute("recruiting.no_invitations", expo, token=word)
    return _filled(found, values_of(expo, company, token, lang), lang, leave)


def _reached(expo: Expo, arguments: Arguments) -> Reached | None:
    """Whom the message was put into the outbox for; None when that one is gone or has another address by now."""
    person_id, contact_id = int(arguments.get("person_id", 0)), int(arguments.get("contact_id", 0))
    company = queries.reached_as(expo, int(arguments["exhibitor_id"]), person_id, contact_id)
    if company is None or service.trace_of(company.email) != arguments.get("address"):
        return None
    return company


def _recipient(company: Reached) -> int:
    """Whose word counts when the link out of an invitation is opened (`queries.address_of` reads it)."""
    return company.person_id or -(company.contact_id or 0)


def to_its_writer(arguments: Arguments, lang: str) -> Message:
    """The message as its writer tries it out, with links that open nothing."""
    expo = db.session.get_one(Expo, int(arguments["expo_id"]))
    found = queries.mailing_of(expo, int(arguments["mailing_id"]))
    if found is None:
        raise Refused("mailing_gone", N_("This message is not there any more."))
    message = _filled(found, values_of(expo, _first(expo, found), "…", lang), lang)
    return Message(_("[Test] %(subject)s", subject=message.subject), message.text)


def values_of(expo: Expo, company: Reached | None, token: str, lang: str) -> dict[str, str]:
    """What is filled in; without a token the company's own link is only hinted at."""
    days = expo_queries.visitor_days(expo)
    register_row = company.exhibitor.company if company else None
    own = company is not None and company.person_id is not None
    return {
        "name": company.name if company else "",
        "company": _in(lang, register_row.name_zh, register_row.name_en) if register_row else "",
        "fair": _in(lang, expo.name_zh, expo.name_en),
        "days": " ".join(format_span(days[0], days[-1])) if days else "",
        "venue": _in(lang, expo.venue_zh, expo.venue_en),
        "hotline": expo.hotline,
        "page": _absolute("portal.exhibitor_home", expo, token=token or "…")
        if own
        else _absolute("exhibitors.exhibit", expo),
    }


def _filled(found: ExhibitorMailing, values: Mapping[str, str], lang: str, leave: str = "") -> Message:
    words = words_in(service.words_of(found), lang)
    if leave:
        words = Words(words.subject, words.body + "\n\n" + _("No more invitations like this: {leave}"))
        values = {**values, "leave": leave}
    return message_of(words, values, leave)


def _absolute(endpoint: str, expo: Expo, token: str = "") -> str:
    path = url_for(endpoint, slug=expo.slug, token=token) if token else url_for(endpoint, slug=expo.slug)
    return str(current_app.config["PUBLIC_URL"]) + path


def _in(lang: str, zh: str, en: str) -> str:
    return (zh or en) if lang == "zh" else (en or zh)


def _minted(company: Reached) -> str:
    if company.person_id is None:
        return ""
    with transaction():
        return accounts.mint_link(people.LINK, company.person_id, expo_id=company.exhibitor.expo_id)


def _mint(arguments: Arguments) -> str:
    expo = db.session.get_one(Expo, int(arguments["expo_id"]))
    company = _reached(expo, arguments)
    if company is None or company.person_id is None:
        return ""
    return accounts.mint_link(people.LINK, company.person_id, expo_id=expo.id)


def _titles(expo_id: int, arguments: Sequence[Arguments]) -> list[str]:
    expo = db.session.get_one(Expo, expo_id)
    titles: dict[int, str] = {}
    for number in {int(each["mailing_id"]) for each in arguments}:
        found = queries.mailing_of(expo, number)
        titles[number] = _title(expo, found) if found else ""
    return [titles[int(each["mailing_id"])] for each in arguments]


@blueprint.get(_MANY)
@require(Permission.MESSAGES_SEND)
def company_mailings(expo: Expo) -> str:
    rows = [(row, _title(expo, row)) for row in queries.mailings(expo)]
    return render_template("exhibitors/mailings.html", expo=expo, rows=rows, **_look())


@blueprint.post(f"{_MANY}/start")
@require(Permission.MESSAGES_SEND)
def start_company_mailing(expo: Expo) -> Any:
    """A message to the companies that are ticked in the list, or to all that its filters let through."""
    try:
        with transaction():
            found = service.begin(expo, [row.id for row in ticked(expo)], actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("exhibitors.exhibitors", slug=expo.slug, **passed(PASSED))
    return go("exhibitors.write_company_mailing", slug=expo.slug, mailing_id=found.id)


@blueprint.get(_ONE)
@require(Permission.MESSAGES_SEND)
def company_mailing(expo: Expo, mailing_id: int) -> str:
    return _page(expo, _mailing(expo, mailing_id), SendForm())


@blueprint.route(f"{_ONE}/edit", methods=["GET", "POST"])
@require(Permission.MESSAGES_SEND)
def write_company_mailing(expo: Expo, mailing_id: int) -> Any:
    found = _mailing(expo, mailing_id)
    if found.state is not State.DRAFT:
        return go("exhibitors.company_mailing", slug=expo.slug, mailing_id=mailing_id)
    form = CompanyMailingForm(data=_shown(found))
    if form.accepted():
        try:
            with form.saving(lambda: _shown(found), ("exhibitor_mailing", found.id)):
                service.write(expo, found, Purpose(form.purpose.data), form.words, actor())
        except Refused as refusal:
            form.refuse(form.at_fault(refusal), refusal)
        else:
            return go("exhibitors.company_mailing", slug=expo.slug, mailing_id=mailing_id)
    page = render_template(
        "exhibitors/write_mailing.html",
        expo=expo,
        mailing=found,
        form=form,
        places=list(rules.PLACE_WORDS.items()),
    )
    return page, form.status


@blueprint.post(f"{_ONE}/test")
@require(Permission.MESSAGES_SEND)
def try_company_mailing(expo: Expo, mailing_id: int) -> Any:
    found = _mailing(expo, mailing_id)
    with transaction():
        address = service.try_out(expo, found, language(), actor())
    if not mail.account().server:
        tell(_("No sender is set up, so nothing was sent. Read the message below."), "warning")
    elif address:
        tell(_("The test is on its way to %(address)s.", address=address))
    return go("exhibitors.company_mailing", slug=expo.slug, mailing_id=mailing_id)


@blueprint.post(f"{_ONE}/send")
@require(Permission.MESSAGES_SEND)
def send_company_mailing(expo: Expo, mailing_id: int) -> Any:
    found = _mailing(expo, mailing_id)
    form = SendForm()
    if not form.accepted():
        return _page(expo, found, form), 422 if form.errors else 200
    try:
        with transaction():
            service.send(expo, found, form.moment(expo.timezone), actor())
    except Refused as refusal:
        form.refuse("send_at", refusal)
        return _page(expo, found, form), refusal.status
    return go("exhibitors.company_mailing", slug=expo.slug, mailing_id=mailing_id)


@blueprint.post(f"{_ONE}/stop")
@require(Permission.MESSAGES_SEND)
def stop_company_mailing(expo: Expo, mailing_id: int) -> Any:
    found = _mailing(expo, mailing_id)
    with transaction():
        held = service.stop(expo, found, actor())
    tell(
        ngettext("Stopped. %(num)s message was held back.", "Stopped. %(num)s messages were held back.", held)
    )
    return go("exhibitors.company_mailing", slug=expo.slug, mailing_id=mailing_id)


@blueprint.post(f"{_ONE}/remove")
@require(Permission.MESSAGES_SEND)
def remove_company_mailing(expo: Expo, mailing_id: int) -> Any:
    found = _mailing(expo, mailing_id)
    with transaction():
        service.remove(expo, found, actor())
    tell(_("The draft is thrown away."))
    return go("exhibitors.company_mailings", slug=expo.slug)


@leaving.get("/<slug>/no-invitations/<token>")
@personal_link(LEAVE)
def no_invitations(expo: Expo, subject_id: int) -> str:
    """Programs that look at links before people do open this page: it changes nothing."""
    return _leaving_page(expo, subject_id)


@leaving.post("/<slug>/no-invitations/<token>")
@personal_link(LEAVE)
def leave_invitations(expo: Expo, subject_id: int) -> str:
    address = _address(expo, subject_id)
    with transaction():
        (service.join if request.form.get("again") else service.leave)(address, actor())
    return _leaving_page(expo, subject_id)


def _leaving_page(expo: Expo, recipient: int) -> str:
    left = queries.has_left(_address(expo, recipient))
    return render_template("exhibitors/no_invitations.html", expo=expo, left=left)


def _address(expo: Expo, recipient: int) -> str:
    address = queries.address_of(expo, recipient)
    if address is None:
        abort(404)
    return address


def _page(expo: Expo, found: ExhibitorMailing, form: SendForm) -> str:
    is_draft = found.state is State.DRAFT
    batch = service.batch_of(found)
    people = queries.reached(expo, found.chosen, 0, len(found.chosen) if is_draft else 1)
    return render_template(
        "exhibitors/mailing.html",
        expo=expo,
        mailing=found,
        form=form,
        title=_title(expo, found),
        reach=queries.reach_of(people, found.purpose) if is_draft else None,
        counts=found.counts,
        previews=_previews(expo, found, next(iter(people), None)),
        batch=batch,
        outbox=[] if is_draft else mail_rules.outcome(mail_queries.states_of(expo.id, batch)),
        has_sender=bool(mail.account().server),
        rights=g.rights,
        **_look(),
    )


def _title(expo: Expo, found: ExhibitorMailing) -> str:
    words = words_in(service.words_of(found), language())
    return fill(words.subject, values_of(expo, None, "", language()))


def _previews(expo: Expo, found: ExhibitorMailing, first: Reached | None) -> list[tuple[str, str, str, int]]:
    """The message with the first company that gets it, in both languages."""
    previews = []
    for lang in ("zh", "en"):
        with force_locale(lang):
            leave = _("(a link of the company's own)") if found.purpose is Purpose.MARKETING else ""
            message = _filled(found, values_of(expo, first, "…", lang), lang, leave)
            previews.append((lang, wechat_text(message), "", 0))
    return previews


def _first(expo: Expo, found: ExhibitorMailing) -> Reached | None:
    return next(iter(queries.reached(expo, found.chosen, 0, 1)), None)


def _shown(found: ExhibitorMailing) -> dict[str, Any]:
    return {name: getattr(found, name) for name in _FIELDS} | {"purpose": found.purpose.value}


def _look() -> dict[str, Any]:
    return {"states_of": STATE_TEXTS, "purposes": rules.PURPOSE_TEXTS}


def _mailing(expo: Expo, mailing_id: int) -> ExhibitorMailing:
    found = queries.mailing_of(expo, mailing_id)
    if found is None:
        abort(404)
    return found


__all__ = ["leaving", "register"]
