"""V2 and V4: registering to visit, finding the badge again, and what happens with personal data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from exhibitions.badges import queries as badge_queries
from exhibitions.badges.queries import Offered
from exhibitions.badges.rules.classes import Audience
from exhibitions.core.access import actor, public
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import language
from exhibitions.core.web import TooMany, device_key, go, throttle
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import local_day
from exhibitions.mail import service as mail
from exhibitions.mail.service import texting
from exhibitions.visitors import queries, service
from exhibitions.visitors.forms import steps
from exhibitions.visitors.forms.registration import ContactForm, RegistrationForm
from exhibitions.visitors.models import InvitationSource
from exhibitions.visitors.queries import form as form_queries
from exhibitions.visitors.rules.consents import IDENTITY_TEXT, NAMES
from exhibitions.visitors.rules.group_list import MOST_IN_GROUP
from exhibitions.visitors.rules.notice import Facts, lines
from exhibitions.visitors.rules.registration import Channel, Moment, OpenState, source_word
from exhibitions.visitors.service import consenting, identities, invitations, notices
from exhibitions.visitors.views.base import blueprint

# A hall shares one network address, and a kiosk registers many people: the limits are for machines.
_OF_A_PHONE = "20 per hour"
_OF_A_DEVICE = "300 per minute"
_KNOWN_OF_A_DEVICE = "20 per hour"
_TEXTS_OF_A_NETWORK = "300 per hour"
PRESS = "press"
"""The word of the address at which the press registers, whatever the key of its class."""
_TAKEN = ("phone_taken", "email_taken")


@blueprint.route("/<slug>/register", methods=["GET", "POST"])
@public
def register(expo: Expo) -> Any:
    return _register_page(expo, badge_queries.registrable_classes(expo))


@blueprint.route("/<slug>/register/<key>", methods=["GET", "POST"])
@public
def register_as(expo: Expo, key: str) -> Any:
    """The form of a class that has one of its own: the press at /register/press, any class by its key."""
    own = [each for each in form_queries.form_of(expo).own if key in _words_of(each)]
    if not own:
        abort(404)
    return _register_page(expo, own[:1])


def _words_of(offered: Offered) -> tuple[str, ...]:
    return (offered.key, PRESS) if offered.audience is Audience.MEDIA else (offered.key,)


def _register_page(expo: Expo, classes: Sequence[Offered]) -> Any:
    moment = queries.moment(expo)
    on_site = _at_the_poster(expo, moment)
    state = service.standing(expo, moment, on_site=on_site)
    if state is not OpenState.OPEN:
        return render_template("visitors/not_open.html", expo=expo, state=state.value), _status_of(state)
    asked = form_queries.form_of(expo)
    form = RegistrationForm()
    form.offer(expo, classes, moment, on_site=on_site, asked=asked)
    if not form.accepted() and not (steps.shown_step() and form.audience and not form.errors):
        return _form_page(expo, form), 422 if form.errors else 200
    behind = steps.Steps(asked, form.visitor_class.data, on_site=on_site)
    following = behind.next()
    if following:
        return _step_page(expo, form, behind, following)
    try:
        return _register(expo, form, moment, behind)
    except Refused as refusal:
        form.refuse(form.contact.name, refusal)
        return _form_page(expo, form, taken=refusal.code in _TAKEN), refusal.status


def _form_page(expo: Expo, form: RegistrationForm, *, taken: bool = False) -> str:
    asked = form_queries.form_of(expo)
    return render_template(
        "visitors/register.html",
        expo=expo,
        form=form,
        invited_by=_invited(expo)[1],
        known_day=_known_day(expo, form) if taken else None,
        carried=steps.carried(None),
        as_group=_as_group(form),
        most_in_group=MOST_IN_GROUP,
        own=[] if form.on_site else [each for each in asked.own if each.key not in form.classes],
    )


def _as_group(form: RegistrationForm) -> bool:
    """Whether the page was opened by who registers a group, whose names are asked for next."""
    return request.args.get("group") == "1" and not form.on_site


def _invited(expo: Expo) -> tuple[str, InvitationSource | None]:
    """The word of the link by which the page was opened, as it is kept, and who invites by it."""
    return invitations.invited_by(expo, source_word(request.args.get("from")))


def _step_page(expo: Expo, form: RegistrationForm, behind: steps.Steps, name: str) -> Any:
    """One of the pages behind the first, with what was sent before carried along."""
    step: Any = behind.questions if name == "questions" else behind.identity
    page = render_template(
        f"visitors/register_{name}.html",
        expo=expo,
        form=step,
        carried=steps.carried(step),
        last=name == "identity" or behind.identity is None,
        order=form_queries.form_of(expo).order,
        text=steps.words(*IDENTITY_TEXT),
    )
    return page, 422 if step.errors else 200


def _known_day(expo: Expo, form: RegistrationForm) -> date | None:
    """The day on which this number or address was registered: all that is told about the other registration."""
    known = queries.alive_with(expo, form.kept_phone, form.kept_email)
    return local_day(known.created_at, expo.timezone, 0) if known is not None else None


def _status_of(state: OpenState) -> int:
    """A page that says why not is an answer; a form that was sent and not taken is a conflict."""
    return 409 if request.method == "POST" and state is not OpenState.OPEN else 200


def _at_the_poster(expo: Expo, moment: Moment) -> bool:
    """Whether the page was opened from the poster of a gate on a day of the fair."""
    code = request.args.get("at", "")
    return bool(code) and moment.today in moment.days and expo_queries.gate_by_name(expo, code) is not None


def _register(expo: Expo, form: RegistrationForm, moment: Moment, behind: steps.Steps) -> Response:
    person, identity = form.person, behind.identity
    throttle("register", f"{expo.id} {person.phone or person.email}", _OF_A_PHONE)
    throttle("register-device", device_key(), _OF_A_DEVICE)
    entry = service.Entry(
        channel=Channel.POSTER if form.on_site else Channel.ONLINE,
        language=language(),
        source=_invited(expo)[0],
        form_key=form.form_key.data or "",
        held=identity is not None and identity.at_the_desk,
    )
    ready = service.prepare(expo, form.badge_class, person, entry, moment)
    # Read now: the transaction forgets all rows, and reading the fair again afterwards would be for its name alone.
    as_group = _as_group(form)
    slug, more = expo.slug, not form.on_site and form.asked.has_more(form.badge_class.key)
    may_text = _may_text()
    try:
        with transaction():
            registered = service.register(ready, actor())
            if behind.answers:
                consenting.answer(expo, registered, behind.answers, actor())
            if identity is not None and not identity.at_the_desk:
                identities.keep(expo, registered, identity.kind, identity.kept_number, entry.channel)
            service.send_link(registered, text=may_text)
            token = service.new_link(registered)
    except Refused as refusal:
        if refusal.code not in _TAKEN:
            raise
        again = _same_form(expo, form)
        if again is None:
            throttle("register-known", device_key(), _KNOWN_OF_A_DEVICE)
            raise
        token = again
    if as_group:
        return go("my_badge.colleagues", slug=slug, token=token)
    return go("my_badge.more" if more else "my_badge.badge", slug=slug, token=token)


def _may_text() -> bool:
    """Whether the link may go as a text message: each is paid for, so a network that registers machines gets no more of
    them. The badge is on the page all the same.
    """
    if not texting.can_text():
        return False
    try:
        throttle("register-network", request.remote_addr or "", _TEXTS_OF_A_NETWORK)
    except TooMany:
        g.pop("retry_after", None)
        return False
    return True


def _same_form(expo: Expo, form: RegistrationForm) -> str | None:
    """A link for a form that was sent twice (double click, reload, back): its badge is there already."""
    with transaction():
        registration = service.sent_before(expo, form.person, form.form_key.data or "")
        return None if registration is None else service.new_link(registration)


@blueprint.route("/<slug>/find-badge", methods=["GET", "POST"])
@public
def find(expo: Expo) -> Any:
    form = ContactForm()
    if form.accepted():
        asked = form.kept_phone or form.kept_email
        try:
            throttle("find-badge", f"{expo.id} {asked}", "5 per hour")
            throttle("find-badge-device", device_key(), "30 per hour")
            if form.kept_phone and texting.can_text():
                throttle("find-badge-network", request.remote_addr or "", _TEXTS_OF_A_NETWORK)
        except Refused as refusal:
            form.refuse("contact", refusal)
            return _find_page(expo, form), refusal.status
        with transaction():
            service.send_again(expo, form.kept_phone, form.kept_email, actor())
        return go("visitors.link_sent", slug=expo.slug)
    return _find_page(expo, form), 422 if form.errors else 200


def _find_page(expo: Expo, form: ContactForm) -> str:
    return render_template("visitors/find.html", expo=expo, form=form, is_over=expo_queries.is_over(expo))


@blueprint.get("/<slug>/find-badge/sent")
@public
def link_sent(expo: Expo) -> str:
    can_send, can_text = bool(mail.account().server), texting.can_text()
    return render_template("visitors/link_sent.html", expo=expo, can_send=can_send, can_text=can_text)


@blueprint.get("/<slug>/privacy")
@public
def privacy(expo: Expo) -> str:
    version, facts = notices.current(expo)
    return _notice_page(expo, version, facts)


@blueprint.get("/<slug>/privacy/<int:version>")
@public
def privacy_version(expo: Expo, version: int) -> str:
    """An earlier version of the notice, as it was told then (P3)."""
    notice = form_queries.notice_of(expo, version)
    if notice is None:
        abort(404)
    return _notice_page(expo, version, notice.facts)


def _notice_page(expo: Expo, version: int, facts: Facts) -> str:
    return render_template(
        "visitors/privacy.html",
        expo=expo,
        title=_("Privacy notice"),
        version=version,
        facts=facts,
        lines=lines(facts),
        versions=[each for each in form_queries.notices(expo) if each.version != version],
        purposes=NAMES,
        words=steps.words,
    )
