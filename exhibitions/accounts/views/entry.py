"""Signing in and out: password, second step, passkey."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from exhibitions.accounts import queries, service
from exhibitions.accounts.forms import SecondStepForm, SignInForm
from exhibitions.accounts.models import User
from exhibitions.accounts.queries.people import passkeys_of
from exhibitions.accounts.rules.sessions import PENDING_LENGTH, device_words
from exhibitions.accounts.service import passkeys
from exhibitions.accounts.service import second_step as steps
from exhibitions.accounts.views.base import blueprint, passkey_place
from exhibitions.accounts.views.guessing import know_browser, throttle_second_step, throttle_sign_in
from exhibitions.core import clock
from exhibitions.core.access import (
    Person,
    begin_session,
    forget_session,
    public,
    session_token,
    signed_in_person,
)
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.kept import waits_at
from exhibitions.core.signing import hash_link_token
from exhibitions.core.web import device_key, go, own_path, tell, throttle

_PENDING = "second_step"


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    form = SignInForm()
    status = 200
    if form.accepted():
        try:
            email, password = form.email.data or "", form.password.data or ""
            throttle_sign_in(email)
            user = service.check_sign_in(email, password)
        except Refused as refusal:
            form.refuse("password", refusal)
            status = refusal.status
        else:
            return after_password(user, form.kept.data or "")
    page = render_template(
        "accounts/sign_in.html",
        form=form,
        address=request.full_path.rstrip("?"),
        target=target(),
        passkeys=passkey_place().is_fit,
    )
    return page, 422 if form.errors and status == 200 else status


def target() -> str:
    """Where the person wants to go: a path of ours only."""
    return own_path(request.args.get("next")) or url_for("portal.doors")


def after_password(user: User, typed: str = "") -> Any:
    """The password was right: in, or on to the second step. `typed` is what was typed before signing in."""
    if not queries.has_second_step(user.id):
        return enter(user, typed)
    session.clear()
    session[_PENDING] = [user.id, int(clock.now().timestamp()), _print_of(user)]
    if waits_at(target(), typed):
        form = SecondStepForm(formdata=None)
        form.typed.data = typed
        return _second_step_page(form, user)
    return redirect(url_for("accounts.second_step", next=target()), 303)


def _print_of(user: User) -> str:
    # A second step that began before the password was changed does not end after it.
    return hash_link_token(user.password_hash or "")[:16]


def _pending() -> User | None:
    """Who has typed their password on this browser within ten minutes and owes the second step."""
    number, at, mark = session.get(_PENDING, (0, 0, ""))
    user = (
        queries.user_by_id(number) if clock.now().timestamp() - at < PENDING_LENGTH.total_seconds() else None
    )
    return user if user is not None and user.disabled_at is None and _print_of(user) == mark else None


@blueprint.route("/sign-in/second-step", methods=["GET", "POST"])
@public
def second_step() -> Any:
    user, form = _pending(), SecondStepForm()
    if user is None:
        return redirect(url_for("accounts.sign_in", next=target()), 303)
    status = 200
    if form.accepted():
        try:
            throttle_second_step(user)
            with transaction():
                steps.take_code(user.id, form.code.data or "", clock.now())
        except Refused as refusal:
            form.refuse("code", refusal)
            status = refusal.status
        else:
            return enter(user, form.typed.data or "")
    return _second_step_page(form, user), 422 if form.errors and status == 200 else status


def _second_step_page(form: SecondStepForm, user: User) -> str:
    return render_template(
        "accounts/second_step.html",
        form=form,
        target=target(),
        passkeys=passkey_place().is_fit and bool(passkeys_of(user.id)),
    )


@blueprint.post("/sign-in/passkey/options")
@public
def passkey_options() -> Response:
    """A challenge for the browser: for the person who owes a second step, else for whoever holds a passkey."""
    throttle("passkey", device_key(), "30 per 15 minutes")
    user = _pending()
    with transaction():
        options = passkeys.request_options(passkey_place(), user.id if user else passkeys.NOBODY)
    return Response(options, mimetype="application/json")


@blueprint.post("/sign-in/passkey")
@public
def use_passkey() -> Any:
    user = _pending()
    try:
        throttle("passkey", device_key(), "30 per 15 minutes")
        with transaction():
            credential = request.form.get("credential", "")
            user = passkeys.take(passkey_place(), credential, user.id if user else passkeys.NOBODY)
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return redirect(url_for("accounts.second_step" if user else "accounts.sign_in", next=target()), 303)
    return enter(user)


def enter(user: User, typed: str = "") -> Any:
    """Begin the session. What was typed before goes on to its page by a form that holds nothing else, least the password."""
    with transaction():
        token = service.start_session(user, device_words(request.headers.get("User-Agent", "")))
    begin_session(Person(user.id, user.name), token)
    know_browser(user)
    where = target()
    if not waits_at(where, typed):
        return redirect(where, 303)
    return render_template("accounts/carry_on.html", target=where, sealed=typed)


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
    answer = go("accounts.sign_in")
    # Pages are not kept anyway; this also takes those that "Back" would show. Never "storage": a gate's phone has its
    # queue there (ASVS 14.3.1).
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer
