"""The public page of who wants to exhibit, the first page of an application, and the ways back to one (E1)."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from exhibitions.core.access import actor, public
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import language
from exhibitions.core.web import device_key, go, kept_answer, throttle
from exhibitions.exhibitors import queries
from exhibitions.exhibitors.forms.applying import CompanyForm, FindForm
from exhibitions.exhibitors.rules.application import CompanyBlock, OpenState, Step
from exhibitions.exhibitors.rules.centre import chooses_stand
from exhibitions.exhibitors.service import applying as service
from exhibitions.exhibitors.service import telling
from exhibitions.exhibitors.views.applying import KNOWN, STEPS, known_page
from exhibitions.exhibitors.views.base import blueprint
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail
from exhibitions.mail.service import texting

_PERSONAL = ("exhibitor", "co-exhibitor")
_TAKES = (OpenState.OPEN, OpenState.CLOSED)


@blueprint.errorhandler(404)
def wrong_link(error: NotFound) -> Any:
    """A personal link that opens nothing (any more) leads to where it is found again."""
    words = request.path.split("/")
    expo = (request.view_args or {}).get("expo") or expo_queries.expo_by_slug(words[1])
    if len(words) < 4 or words[2] not in _PERSONAL or expo is None or expo.published_at is None:
        return error
    return render_template("exhibitors/wrong_link.html", expo=expo), 404


@blueprint.get("/<slug>/exhibit")
@public
def exhibit(expo: Expo) -> str:
    days, rules = expo_queries.visitor_days(expo), queries.settings(expo)
    return render_template(
        "exhibitors/exhibit.html",
        expo=expo,
        days=days,
        state=service.standing(expo).value,
        settings=rules,
        chooses_stand=rules is not None and chooses_stand(rules.data),
        next_fair=expo_queries.next_edition(expo) if expo_queries.is_over(expo) else None,
    )


@blueprint.route("/<slug>/exhibit/apply", methods=["GET", "POST"])
@public
def apply(expo: Expo) -> Any:
    state = service.standing(expo)
    if state not in _TAKES:
        return go("exhibitors.exhibit", slug=expo.slug)
    form = CompanyForm()
    if form.accepted():
        try:
            throttle("apply", device_key(), "30 per hour")
            return _begun(expo, form)
        except Refused as refusal:
            if refusal.code == "known":
                return known_page(expo, form.kept["credit_code"])
            form.refuse("credit_code", refusal)
    page = render_template(
        "exhibitors/apply_company.html",
        expo=expo,
        form=form,
        step=Step.COMPANY,
        steps=STEPS,
        is_new=True,
        back_to_check=False,
        token="",
        state=state.value,
    )
    return page, form.status


def _begun(expo: Expo, form: CompanyForm) -> Any:
    slug = expo.slug
    with transaction():
        person = service.begin(
            expo, form.block(CompanyBlock()), form.form_key.data or "", language(), actor()
        )
        token = telling.new_link(person)
    return go("exhibitors.apply_details", slug=slug, token=token)


@blueprint.get("/<slug>/exhibit/known/<word>")
@public
def known(expo: Expo, word: str) -> str:
    _code(word)
    return render_template("exhibitors/exhibit_known.html", expo=expo, word=word)


@blueprint.post("/<slug>/exhibit/known/<word>")
@public
def continue_known(expo: Expo, word: str) -> Any:
    """The link goes to whom the register knows; the page says the same whoever that is."""
    code = _code(word)
    throttle("known-company", f"{expo.id} {code}", "3 per hour")
    throttle("known-company-device", device_key(), "10 per hour")
    with transaction():
        service.continue_known(expo, code, language(), actor())
    return go("exhibitors.link_sent", slug=expo.slug)


def _code(word: str) -> str:
    kept = kept_answer(word)
    if not isinstance(kept, list) or kept[:1] != [KNOWN]:
        abort(404)
    return str(kept[1])


@blueprint.route("/<slug>/exhibit/find", methods=["GET", "POST"])
@public
def find_application(expo: Expo) -> Any:
    form = FindForm()
    if form.accepted():
        try:
            throttle("find-application", f"{expo.id} {form.kept_phone or form.kept_email}", "5 per hour")
            throttle("find-application-device", device_key(), "30 per hour")
        except Refused as refusal:
            form.refuse("contact", refusal)
            return render_template("exhibitors/exhibit_find.html", expo=expo, form=form), refusal.status
        with transaction():
            service.send_again(expo, form.kept_phone, form.kept_email, actor())
        return go("exhibitors.link_sent", slug=expo.slug)
    page = render_template("exhibitors/exhibit_find.html", expo=expo, form=form)
    return page, 422 if form.errors else 200


@blueprint.get("/<slug>/exhibit/find/sent")
@public
def link_sent(expo: Expo) -> str:
    can_send = bool(mail.account().server) or texting.can_text()
    return render_template(
        "exhibitors/exhibit_sent.html", expo=expo, can_send=can_send, title=_("Look for the link")
    )
