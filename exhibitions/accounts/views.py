"""Signing in and out, and the answers for signed-in people and personal links."""

from __future__ import annotations

from typing import Any

import flask_login
from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from exhibitions.accounts import queries, service
from exhibitions.accounts.forms import SignInForm
from exhibitions.core import clock
from exhibitions.core.access import (
    Mark,
    Person,
    begin_session,
    forget_session,
    public,
    session_token,
    sign_in_first,
    signed_in_person,
)
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.kept import waits_at
from exhibitions.core.signing import hash_link_token
from exhibitions.core.web import device_key, go, own_path, tell, throttle

blueprint = Blueprint("accounts", __name__)


def install(app: Flask) -> None:
    manager = flask_login.LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_load)


def _load(user_id: str) -> Person | None:
    user = queries.user_of_session(hash_link_token(session_token()), clock.now())
    return (
        Person(user.id, user.name, user.display_size.value)
        if user is not None and str(user.id) == user_id
        else None
    )


def answer_signed_in(mark: Mark, view_args: dict[str, Any]) -> dict[str, Any]:
    if signed_in_person() is None:
        abort(sign_in_first())
    return view_args


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    form = SignInForm()
    target = own_path(request.args.get("next")) or url_for("portal.doors")
    status = 200
    if form.accepted():
        try:
            email, password = form.email.data or "", form.password.data or ""
            account = email.strip().lower()
            # Ten tries are for one browser: whoever guesses from elsewhere does not lock the owner out at once.
            throttle("sign-in-here", f"{account} {device_key()}", "10 per 15 minutes")
            throttle("sign-in-account", account, "60 per 15 minutes")
            throttle("sign-in-device", device_key(), "30 per 15 minutes")
            user = service.check_sign_in(email, password)
        except Refused as refusal:
            form.refuse("password", refusal)
            status = refusal.status
        else:
            with transaction():
                token = service.start_session(user)
            begin_session(Person(user.id, user.name), token)
            return _carry_on(target, form.kept.data or "")
    page = render_template("accounts/sign_in.html", form=form, address=request.full_path.rstrip("?"))
    return page, 422 if form.errors and status == 200 else status


def _carry_on(target: str, sealed: str) -> Any:
    """On to `target`. What was typed there before is sent along by a form that holds nothing else, least the password."""
    if not waits_at(target, sealed):
        return redirect(target, 303)
    return render_template("accounts/carry_on.html", target=target, sealed=sealed)


@blueprint.route("/sign-out", methods=["GET", "POST"])
@public
def sign_out() -> Any:
    """Opening the address signs nobody out: that is what the button is for."""
    if signed_in_person() is None:
        return go("accounts.sign_in")
    if request.method == "GET":
        return render_template("accounts/sign_out.html")
    with transaction():
        service.end_session(session_token())
    forget_session()
    tell(_("You are signed out."))
    return go("accounts.sign_in")
