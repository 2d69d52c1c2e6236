"""V3: the voluntary minute after the badge, and what a person agrees to, changed by one click (P1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from exhibitions.core.access import actor, personal_link
from exhibitions.core.db import transaction
from exhibitions.core.i18n import language
from exhibitions.core.stale import Stale
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries, service
from exhibitions.visitors.forms.steps import answered, questions_form, words
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import Row
from exhibitions.visitors.queries import form as form_queries
from exhibitions.visitors.rules.consents import NAMES, Purpose, standing
from exhibitions.visitors.rules.registration import ALIVE
from exhibitions.visitors.service import consenting, identities
from exhibitions.visitors.views.base import my_badge


@my_badge.route("/<slug>/badge/<token>/more", methods=["GET", "POST"])
@personal_link(service.LINK)
def more(expo: Expo, subject_id: int) -> Any:
    row, asked = _mine(expo, subject_id), form_queries.form_of(expo)
    person = row.registration
    if person.state not in ALIVE or not asked.has_more(row.badge_class.key):
        return go("my_badge.badge", slug=expo.slug, token=_token())
    questions = asked.questions_for(row.badge_class.key, needed=False)
    form = questions_form(questions, _given(expo, person))
    agreed = standing(queries.consents(expo, person))
    if form.accepted():
        try:
            with form.saving(lambda: answered(questions, _given(expo, person))):
                consenting.answer(expo, person, form.answers, actor())
                wanted = set(request.form.getlist("agree")) - agreed
                consenting.agree(expo, person, wanted, actor(), language=language())
        except Stale as refusal:
            form.refuse("", refusal)
        else:
            return go("my_badge.badge", slug=expo.slug, token=_token())
    ticked = request.form.getlist("agree") if request.form else []
    page = render_template(
        "visitors/more.html",
        expo=expo,
        form=form,
        person=person,
        offered=[each for each in asked.consents if each.purpose not in agreed],
        ticked=ticked,
        words=words,
        token=_token(),
    )
    return page, form.status


def _given(expo: Expo, person: Registration) -> Mapping[int, Sequence[str]]:
    return form_queries.answers_of(expo, [person.id]).get(person.id, {})


@my_badge.post("/<slug>/badge/<token>/agreements/<any(marketing, leads, photo, abroad, identity):purpose>")
@personal_link(service.LINK)
def agreement(expo: Expo, subject_id: int, purpose: str) -> Any:
    """Agree, or take it back: one click each."""
    person, agreeing = _mine(expo, subject_id).registration, request.form.get("agree") == "yes"
    with transaction():
        if purpose == Purpose.IDENTITY:
            identities.withdraw(expo, person, actor())
        elif agreeing:
            consenting.agree(expo, person, [purpose], actor(), language=language())
        else:
            consenting.withdraw(expo, person, purpose, actor())
    tell(_("You agree to this now.") if agreeing else _("You do not agree to this any more."))
    return go("my_badge.badge", slug=expo.slug, token=_token(), _anchor="agreements")


def agreements(expo: Expo, row: Row) -> dict[str, Any]:
    """What the badge page shows of a person's consents, and whether there is something left to ask."""
    person, asked = row.registration, form_queries.form_of(expo)
    agreed = standing(queries.consents(expo, person))
    shown = [
        each for each in form_queries.consents_in_force(expo) if each.zh or each.en or each.purpose in agreed
    ]
    identity = form_queries.identity_of(expo, person.id)
    chinese = language() == "zh"
    waiting = asked.waiting.get(row.badge_class.id, ("", ""))
    return {
        "agreed_rows": [
            {
                "name": NAMES[each.purpose],
                "text": words(each.zh, each.en),
                "agreed": each.purpose in agreed,
                "url": url_for(
                    "my_badge.agreement", slug=expo.slug, token=_token(), purpose=each.purpose.value
                ),
            }
            for each in shown
            if person.state in ALIVE or each.purpose in agreed
        ],
        "identity_mask": identities.masked(identity) if identity is not None else "",
        "waiting_words": waiting[0] or waiting[1] if chinese else waiting[1] or waiting[0],
        "has_more": _unanswered(expo, person, row),
    }


def _unanswered(expo: Expo, person: Registration, row: Row) -> bool:
    asked = form_queries.form_of(expo).questions_for(row.badge_class.key, needed=False)
    return bool(asked) and not form_queries.answers_of(expo, [person.id]).get(person.id)


def _token() -> str:
    """The secret of the address that was asked for; the access mark has taken it out of the arguments."""
    return request.path.split("/")[3]


def _mine(expo: Expo, subject_id: int) -> Row:
    row = queries.registration_of(expo, subject_id)
    if row is None or not row.registration.name:
        abort(404)
    return row
