"""Messages to many: written, seen with the first real record, tried out, sent or planned, stopped (O6, P20)."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, g, render_template, request
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from exhibitions.badges import queries as badge_queries
from exhibitions.core import asked
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.contact import masked_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import format_date, language, local
from exhibitions.core.regions import in_order, region_name
from exhibitions.core.web import go, tell
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.mail import queries as mail_queries
from exhibitions.mail import rules as mail_rules
from exhibitions.mail import service as mail
from exhibitions.mail.forms import SendForm
from exhibitions.mail.rules.texting import parts_of_preview
from exhibitions.mail.rules.texts import PLACES, fill, wechat_text
from exhibitions.mail.service import texting
from exhibitions.visitors import queries as people
from exhibitions.visitors.forms import listing
from exhibitions.visitors.forms.mailing import NARROWED, MailingForm, ReminderForm
from exhibitions.visitors.models import Mailing
from exhibitions.visitors.queries import mailing as queries
from exhibitions.visitors.rules import mailing as rules
from exhibitions.visitors.rules.mailing import Purpose, State
from exhibitions.visitors.service import mailing as service
from exhibitions.visitors.service import telling
from exhibitions.visitors.views import letters
from exhibitions.visitors.views.base import blueprint
from exhibitions.visitors.views.words import STATES
from exhibitions.visitors.views.words import source as source_name

_PAGE = 50
_FIELDS = ("subject_zh", "body_zh", "short_zh", "subject_en", "body_en", "short_en")


@blueprint.get("/desk/<slug>/mail/many")
@require(Permission.MESSAGES_SEND)
def mailings(expo: Expo) -> str:
    reminder = queries.reminder_of(expo)
    form = _reminder_form(days_before=reminder.days_before if reminder else 0)
    return render_template(
        "visitors/mailings.html",
        expo=expo,
        rows=[(row, _title(expo, row)) for row in queries.mailings(expo)],
        form=form,
        rules=rules,
        **_look(),
    )


@blueprint.post("/desk/<slug>/mail/many/reminder")
@require(Permission.MESSAGES_SEND)
def reminder(expo: Expo) -> Any:
    form = _reminder_form()
    if not form.accepted():
        abort(422)
    with transaction():
        telling.set_reminder(expo, form.days_before.data, actor())
    tell(_("The reminder is set.") if form.days_before.data else _("Nobody is reminded any more."))
    return go("visitors.mailings", slug=expo.slug)


@blueprint.route("/desk/<slug>/mail/many/new", methods=["GET", "POST"])
@require(Permission.MESSAGES_SEND)
def new_mailing(expo: Expo) -> Any:
    filters = listing.wanted()
    data = {
        "class_key": filters.class_key,
        "state": filters.state,
        "day": filters.day.isoformat() if filters.day else "",
        "region": filters.region,
        "source": filters.source,
    }
    return _write(expo, None, MailingForm(data=data))


@blueprint.post("/desk/<slug>/mail/many/start")
@require(Permission.MESSAGES_SEND)
def start_mailing(expo: Expo) -> Any:
    """A message to those who were picked in the list of registrations, or to all whom its address shows.

    What a message can keep as a filter stays one, for whoever registers later is meant as well; people who were searched
    for, or found by anything else, are picked by name, and never become everybody.
    """
    everybody, filters = bool(request.form.get("all")), listing.wanted()
    if everybody and queries.keeps(filters):
        return go("visitors.new_mailing", slug=expo.slug, **listing.passed())
    texts = request.form.getlist("id")[: rules.MOST_CHOSEN]
    ids = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]
    try:
        with transaction():
            picked = people.ids_of(expo, filters) if everybody else ids
            found = service.begin(expo, picked, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("visitors.visitors", slug=expo.slug, **listing.passed())
    return go("visitors.edit_mailing", slug=expo.slug, mailing_id=found.id)


@blueprint.get("/desk/<slug>/mail/many/<int:mailing_id>")
@require(Permission.MESSAGES_SEND)
def mailing(expo: Expo, mailing_id: int) -> str:
    return _page(expo, _mailing(expo, mailing_id), SendForm())


@blueprint.route("/desk/<slug>/mail/many/<int:mailing_id>/edit", methods=["GET", "POST"])
@require(Permission.MESSAGES_SEND)
def edit_mailing(expo: Expo, mailing_id: int) -> Any:
    found = _mailing(expo, mailing_id)
    if found.state is not State.DRAFT:
        return go("visitors.mailing", slug=expo.slug, mailing_id=mailing_id)
    return _write(expo, found, MailingForm(data=_shown(found)))


def _shown(found: Mailing) -> dict[str, Any]:
    """A draft as the form shows it."""
    words = {name: getattr(found, name) for name in _FIELDS}
    return {**found.chosen, **words, "purpose": found.purpose}


@blueprint.get("/desk/<slug>/mail/many/<int:mailing_id>/without-address")
@require(Permission.MESSAGES_SEND)
def without_address(expo: Expo, mailing_id: int) -> str:
    """Who is named because no mail reaches them."""
    found = _mailing(expo, mailing_id)
    purpose = Purpose(found.purpose)
    ways = service.ways_of(found)
    reach = queries.reach(expo, found.chosen, purpose, ways)
    total = reach.no_address + reach.bounced
    last = max(1, -(-total // _PAGE))
    page = min(asked.page(), last)
    rows = queries.without_address(expo, found.chosen, purpose, ways, offset=(page - 1) * _PAGE, limit=_PAGE)
    return render_template(
        "visitors/without_address.html",
        expo=expo,
        mailing=found,
        rows=[(row, masked_phone(row.phone) if row.phone else "") for row in rows],
        total=total,
        page=page,
        last=last,
    )


@blueprint.post("/desk/<slug>/mail/many/<int:mailing_id>/test")
@require(Permission.MESSAGES_SEND)
def try_mailing(expo: Expo, mailing_id: int) -> Any:
    found = _mailing(expo, mailing_id)
    with transaction():
        address = service.try_out(expo, found, language(), actor())
    if not mail.account().server:
        tell(_("No sender is set up, so nothing was sent. Read the message below."), "warning")
    elif address:
        tell(_("The test is on its way to %(address)s.", address=address))
    return go("visitors.mailing", slug=expo.slug, mailing_id=mailing_id)


@blueprint.post("/desk/<slug>/mail/many/<int:mailing_id>/send")
@require(Permission.MESSAGES_SEND)
def send_mailing(expo: Expo, mailing_id: int) -> Any:
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
    return go("visitors.mailing", slug=expo.slug, mailing_id=mailing_id)


@blueprint.post("/desk/<slug>/mail/many/<int:mailing_id>/stop")
@require(Permission.MESSAGES_SEND)
def stop_mailing(expo: Expo, mailing_id: int) -> Any:
    found = _mailing(expo, mailing_id)
    with transaction():
        held = service.stop(expo, found, actor())
    tell(
        ngettext("Stopped. %(num)s message was held back.", "Stopped. %(num)s messages were held back.", held)
    )
    return go("visitors.mailing", slug=expo.slug, mailing_id=mailing_id)


@blueprint.post("/desk/<slug>/mail/many/<int:mailing_id>/remove")
@require(Permission.MESSAGES_SEND)
def remove_mailing(expo: Expo, mailing_id: int) -> Any:
    found = _mailing(expo, mailing_id)
    with transaction():
        service.remove(expo, found, actor())
    tell(_("The draft is thrown away."))
    return go("visitors.mailings", slug=expo.slug)


def _write(expo: Expo, found: Mailing | None, form: MailingForm) -> Any:
    form.offer(_offered(expo, form))
    if not texting.can_text():
        form.without_short()
    picked = len(found.chosen.get("ids", ())) if found else 0
    if form.accepted():
        chosen = found.chosen if found and picked else form.chosen
        try:
            with form.saving(lambda: found and _shown(found), ("mailing", found.id if found else None)):
                saved = service.write(expo, found, Purpose(form.purpose.data), form.words, chosen, actor())
        except Refused as refusal:
            form.refuse(form.at_fault(refusal), refusal)
        else:
            return go("visitors.mailing", slug=expo.slug, mailing_id=saved.id)
    places = [(name, PLACES[name]) for name in rules.PLACES]
    page = render_template(
        "visitors/write_mailing.html", expo=expo, mailing=found, form=form, picked=picked, places=places
    )
    return page, form.status


def _page(expo: Expo, found: Mailing, form: SendForm) -> str:
    purpose = Purpose(found.purpose)
    is_draft = found.state is State.DRAFT
    reach = queries.reach(expo, found.chosen, purpose, service.ways_of(found)) if is_draft else None
    batch = service.batch_of(found)
    return render_template(
        "visitors/mailing.html",
        expo=expo,
        mailing=found,
        form=form,
        title=_title(expo, found),
        reach=reach,
        counts=found.counts,
        to_whom=_to_whom(expo, found),
        previews=_previews(expo, found, purpose),
        batch=batch,
        outbox=[] if is_draft else mail_rules.outcome(mail_queries.states_of(expo.id, batch)),
        rights=g.rights,
        rules=rules,
        has_sender=bool(mail.account().server) or service.ways_of(found).text,
        **_look(),
    )


def _title(expo: Expo, found: Mailing) -> str:
    """The subject as it is read, in the reader's language."""
    words = rules.words_in(service.words_of(found), language())
    return fill(words.subject, letters.fair_values(expo, language()))


def _previews(expo: Expo, found: Mailing, purpose: Purpose) -> list[tuple[str, str, str, int]]:
    """The message with the first of those who get it, in both languages; and as a text message, with its parts."""
    first = queries.next_people(expo, found.chosen, purpose, 0, 1)
    row = people.registration_of(expo, first[0].id) if first else None
    values = letters.in_both(expo, row)
    previews = []
    for lang in ("zh", "en"):
        with force_locale(lang):
            leave = _("(a link of the person's own)") if purpose is Purpose.MARKETING else ""
            message = letters.many(found, values[lang], lang, leave)
            # Paid for by its length: with the address in full, as it will be.
            short = letters.many(found, values[lang], lang, leave and letters.leave_hint(expo)).short
        previews.append((lang, wechat_text(message), short, parts_of_preview(short)))
    return previews


def _to_whom(expo: Expo, found: Mailing) -> list[str]:
    """The choice in words; nothing for all."""
    picked = len(found.chosen.get("ids", ()))
    if picked:
        return [ngettext("%(num)s person picked one by one", "%(num)s people picked one by one", picked)]
    return [_named(expo, name, str(value)) for name, value in found.chosen.items() if name in NARROWED]


def _named(expo: Expo, name: str, value: str) -> str:
    """A filter of a message in the reader's words, also when nobody stands under it any more."""
    if name == "class_key":
        found = badge_queries.class_by_key(expo, value)
        return str(local(found, "name")) if found is not None else value
    if name == "day":
        return format_date(date.fromisoformat(value))
    if name == "region":
        return region_name(value, language()) if value != "-" else _("Unknown")
    return str(STATES.get(value, value)) if name == "state" else source_name(value, expo.id)


def _offered(expo: Expo, form: MailingForm) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers; one that is chosen stays, for without it the message would go to everybody."""
    options = _options(expo)
    for name, pairs in options.items():
        value = form[name].object_data
        if value and value not in dict(pairs):
            pairs.append((value, _named(expo, name, value)))
    return options


def _options(expo: Expo) -> dict[str, list[tuple[str, str]]]:
    days = expo_queries.visitor_days(expo)
    return {
        "class_key": [(each.key, str(local(each, "name"))) for each in badge_queries.classes(expo)],
        "state": [(word, str(STATES[word])) for word in ("waiting", "registered", "visited")],
        "day": [(day.isoformat(), format_date(day)) for day in days],
        "region": [(key, region_name(key, language())) for key in in_order(people.regions(expo), language())]
        + [("-", _("Unknown"))],
        "source": [(word, source_name(word, expo.id)) for word in people.sources(expo)],
    }


def _look() -> dict[str, Any]:
    return {"states_of": rules.STATE_TEXTS, "purposes": rules.PURPOSE_TEXTS}


def _reminder_form(**data: int) -> ReminderForm:
    form = ReminderForm(data=data or None)
    form.offer(lambda days: ngettext("%(num)s day before", "%(num)s days before", days))
    return form


def _mailing(expo: Expo, mailing_id: int) -> Mailing:
    found = queries.mailing_of(expo, mailing_id)
    if found is None:
        abort(404)
    return found
