"""Deciding about one registration with words for the person, what it agrees to, and the number of its paper."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries, service
from exhibitions.visitors.forms.form_setup import DecisionForm, ReadingForm
from exhibitions.visitors.queries import Row
from exhibitions.visitors.queries import form as form_queries
from exhibitions.visitors.service import consenting, identities
from exhibitions.visitors.views.base import blueprint

PERSON = "/desk/<slug>/visitors/<int:registration_id>"


@blueprint.route(f"{PERSON}/approve", methods=["GET", "POST"])
@require(Permission.VISITORS_EDIT)
def approve_one(expo: Expo, registration_id: int) -> Any:
    return _decide(expo, registration_id, refusing=False)


@blueprint.route(f"{PERSON}/refuse", methods=["GET", "POST"])
@require(Permission.VISITORS_EDIT)
def refuse_one(expo: Expo, registration_id: int) -> Any:
    return _decide(expo, registration_id, refusing=True)


def _decide(expo: Expo, registration_id: int, *, refusing: bool) -> Any:
    """Choose or write the words, then approve or refuse. Words that lie ready are in the person's own language."""
    row = _row(expo, registration_id)
    texts = form_queries.decision_texts(expo, refusing=refusing)
    form = DecisionForm(data={"message": _ready(row, texts)})
    if form.accepted():
        with transaction():
            decide = service.refuse if refusing else service.approve
            decide(expo, row.registration, actor(), form.message.data or "")
        tell(_("The registration is refused.") if refusing else _("The registration is approved."))
        return go("visitors.visitor", slug=expo.slug, registration_id=registration_id)
    page = render_template(
        "visitors/decide_one.html", expo=expo, row=row, form=form, texts=texts, refusing=refusing
    )
    return page, 422 if form.errors else 200


def _ready(row: Row, texts: Any) -> str:
    wanted = request.args.get("text", "")
    for each in texts:
        if str(each.id) == wanted:
            chinese = row.registration.language == "zh"
            return str(each.text_zh or each.text_en if chinese else each.text_en or each.text_zh)
    return ""


@blueprint.post(f"{PERSON}/agreements/<any(marketing, leads, photo, abroad):purpose>/withdraw")
@require(Permission.VISITORS_EDIT)
def withdraw_for(expo: Expo, registration_id: int, purpose: str) -> Any:
    """Take a consent back for somebody who asks at the desk or by phone."""
    row = _row(expo, registration_id)
    with transaction():
        consenting.withdraw(expo, row.registration, purpose, actor())
    tell(_("The consent is taken back."))
    return go("visitors.visitor", slug=expo.slug, registration_id=registration_id)


@blueprint.route(f"{PERSON}/identity", methods=["GET", "POST"])
@require(Permission.VISITORS_IDENTITY)
def identity(expo: Expo, registration_id: int) -> Any:
    """Read the number of a person's paper, with a reason; each reading is in the audit (P11)."""
    row = _row(expo, registration_id)
    kept = form_queries.identity_of(expo, registration_id)
    if kept is None:
        abort(404)
    form = ReadingForm()
    if form.accepted():
        try:
            with transaction():
                number = identities.reveal(expo, kept, actor(), form.reason.data or "")
        except Refused as refusal:
            form.refuse("reason", refusal)
        else:
            # Not in the session's cookie: the page of this one answer shows it, and is kept nowhere.
            return _identity_page(expo, row, form, number)
    return _identity_page(expo, row, form), 422 if form.errors else 200


def _identity_page(expo: Expo, row: Row, form: ReadingForm, number: str = "") -> str:
    return render_template("visitors/identity.html", expo=expo, row=row, form=form, number=number)


def _row(expo: Expo, registration_id: int) -> Row:
    row = queries.registration_of(expo, registration_id)
    if row is None:
        abort(404)
    return row
