"""Invitations and lost passwords: a link by which a person chooses a password."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from exhibitions.accounts import queries, service
from exhibitions.accounts.forms import ForgotForm, NewPasswordForm
from exhibitions.accounts.rules import PASSWORD_SHORTEST
from exhibitions.accounts.rules.people import INVITATION, NEW_PASSWORD
from exhibitions.accounts.views.base import blueprint, by_me
from exhibitions.accounts.views.entry import after_password
from exhibitions.accounts.views.guessing import throttle_forgotten
from exhibitions.core.access import personal_link, public
from exhibitions.core.db import transaction
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.i18n import language
from exhibitions.core.web import TooMany, go, tell


@blueprint.errorhandler(404)
def link_over(error: NotFound) -> Any:
    """A link that opens nothing (any more) says so and leads on."""
    if request.endpoint not in ("accounts.invitation", "accounts.new_password"):
        return error
    return render_template("accounts/link_over.html", invited="invitation" in request.path), 404


@blueprint.route("/sign-in/forgot", methods=["GET", "POST"])
@public
def forgot() -> Any:
    """The answer is the same for every address, known or not (ASVS 6.3.8); so is what it costs."""
    form = ForgotForm()
    if form.accepted():
        address = (form.email.data or "").strip().lower()
        try:
            throttle_forgotten(address)
        except TooMany as refusal:
            form.refuse("email", refusal)
            return _forgot_page(form), refusal.status
        with transaction():
            service.ask_for_new_password(address, language())
        return go("accounts.forgot_sent")
    return _forgot_page(form), 422 if form.errors else 200


def _forgot_page(form: ForgotForm) -> str:
    return render_template("accounts/forgot.html", form=form, has_sender=service.has_sender())


@blueprint.get("/sign-in/forgot/sent")
@public
def forgot_sent() -> str:
    return render_template("accounts/forgot_sent.html")


@blueprint.route("/sign-in/invitation/<token>", methods=["GET", "POST"])
@personal_link(INVITATION)
def invitation(subject_id: int) -> Any:
    return _choose(subject_id, INVITATION)


@blueprint.route("/sign-in/new-password/<token>", methods=["GET", "POST"])
@personal_link(NEW_PASSWORD)
def new_password(subject_id: int) -> Any:
    return _choose(subject_id, NEW_PASSWORD)


def _choose(user_id: int, kind: str) -> Any:
    """Opening the link signs nobody in (ASVS 7.6.2); the password does, and where there is a second step, it is asked."""
    user = queries.user_by_id(user_id)
    if user is None or user.disabled_at is not None:
        raise NotFound
    form = NewPasswordForm()
    if form.accepted():
        try:
            hashed = service.new_password_hash(form.password.data or "", user.email)
            with transaction():
                if service.take_link(kind, _token()) != user.id:
                    raise Conflict("link_used", N_("This link was used a moment ago."))
                service.choose_password(user, hashed, by_me(user))
        except Refused as refusal:
            form.refuse("password", refusal)
        else:
            tell(_("Your password is chosen."))
            return after_password(user)
    page = render_template(
        "accounts/choose_password.html", form=form, user=user, kind=kind, least=PASSWORD_SHORTEST
    )
    return page, 422 if form.errors else 200


def _token() -> str:
    # What opened the page; the mark has taken it out of the view's arguments.
    return request.path.rsplit("/", 1)[-1]
