"""The own account: name, password, second step, passkeys, sessions."""

from __future__ import annotations

from typing import Any

import qrcode
import qrcode.image.svg
from flask import Response, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from exhibitions.accounts import queries, service
from exhibitions.accounts.forms import AboutMeForm, ChangePasswordForm, CodeForm, ConfirmForm
from exhibitions.accounts.models import User
from exhibitions.accounts.queries import people
from exhibitions.accounts.rules import PASSWORD_SHORTEST
from exhibitions.accounts.rules.codes import app_address, spaced
from exhibitions.accounts.service import passkeys
from exhibitions.accounts.service import second_step as steps
from exhibitions.accounts.views.base import blueprint, by_me, confirmed, me, passkey_place, session_here
from exhibitions.accounts.views.guessing import know_browser, throttle_confirmation
from exhibitions.core import clock
from exhibitions.core.access import forget_session, session_token, signed_in
from exhibitions.core.db import transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import language
from exhibitions.core.stale import Stale
from exhibitions.core.web import go, keep_answer, kept_answer, own_path, tell, throttle


@blueprint.route("/me", methods=["GET", "POST"])
@signed_in
def account() -> Any:
    user = me()
    form = AboutMeForm(data=_about(user))
    if form.accepted():
        try:
            with form.saving(lambda: _about(user), ("user", user.id, "accounts.user_renamed")):
                service.rename(user, form.name.data or "", form.language.data or "", by_me(user))
        except Stale as refusal:
            form.refuse("name", refusal)
        else:
            tell(_("Saved."))
            return go("accounts.account")
    return _account_page(form, user), form.status


def _about(user: User) -> dict[str, str]:
    return {"name": user.name, "language": user.language or language()}


def _account_page(form: AboutMeForm, user: User) -> str:
    secret = people.app_secret(user.id)
    return render_template(
        "accounts/account.html",
        form=form,
        user=user,
        has_app=secret is not None and secret.confirmed_at is not None,
        passkeys=people.passkeys_of(user.id),
        passkeys_fit=passkey_place().is_fit,
        codes_left=people.recovery_codes_left(user.id),
        sessions=people.live_sessions(user.id, clock.now()),
        session_here=session_here().id,
        needed=queries.administrators_need_two_steps(),
    )


@blueprint.route("/me/confirm", methods=["GET", "POST"])
@signed_in
def confirm() -> Any:
    """Once more the password, or a code where there is none, before the sign-in itself is changed."""
    user, form = me(), ConfirmForm()
    status = 200
    if form.accepted():
        try:
            throttle_confirmation()
            _prove(user, form)
        except Refused as refusal:
            form.refuse("password" if user.password_hash else "code", refusal)
            status = refusal.status
        else:
            return redirect(own_path(request.args.get("next")) or url_for("accounts.account"), 303)
    page = render_template(
        "accounts/confirm.html", form=form, user=user, has_step=queries.has_second_step(user.id)
    )
    return page, 422 if form.errors and status == 200 else status


def _prove(user: User, form: ConfirmForm) -> None:
    by_password = bool(user.password_hash)
    if by_password and not service.is_password_of(user, form.password.data or ""):
        raise Refused("password_wrong", N_("The password is not right."))
    with transaction():
        if not by_password:
            steps.take_code(user.id, form.code.data or "", clock.now())
        service.confirm_session(session_token())


@blueprint.route("/me/password", methods=["GET", "POST"])
@signed_in
def password() -> Any:
    user, form = me(), ChangePasswordForm()
    status = 200
    if form.accepted():
        try:
            throttle_confirmation()
            _change_password(user, form)
        except Refused as refusal:
            wrong = "old_password" if refusal.code in ("password_wrong", "too_many") else "password"
            form.refuse(wrong, refusal)
            status = refusal.status
        else:
            tell(_("Your password is changed. You are signed out everywhere else."))
            return go("accounts.account")
    page = render_template("accounts/password.html", form=form, user=user, least=PASSWORD_SHORTEST)
    return page, 422 if form.errors and status == 200 else status


def _change_password(user: User, form: ChangePasswordForm) -> None:
    if not service.is_password_of(user, form.old_password.data or ""):
        raise Refused("password_wrong", N_("The present password is not right."))
    hashed = service.new_password_hash(form.password.data or "", user.email)
    with transaction():
        service.choose_password(user, hashed, by_me(user), keep_session=session_token())
    know_browser(user)


@blueprint.post("/me/app/begin")
@signed_in
@confirmed
def begin_app() -> BaseResponse:
    with transaction():
        steps.begin_app(me().id)
    return go("accounts.app")


@blueprint.route("/me/app", methods=["GET", "POST"])
@signed_in
@confirmed
def app() -> Any:
    """The secret for the authenticator app as a QR picture and as text, and the first code of it."""
    user, form = me(), CodeForm()
    secret = steps.waiting_secret(user.id)
    if secret is None:
        return go("accounts.account")
    status = 200
    if form.accepted():
        try:
            throttle("app-set-up", str(user.id), "10 per 15 minutes")
            with transaction():
                fresh = steps.confirm_app(user, form.code.data or "", by_me(user))
        except Refused as refusal:
            form.refuse("code", refusal)
            status = refusal.status
        else:
            tell(_("Two-step sign-in is on."))
            return _show_codes(fresh)
    page = render_template(
        "accounts/app.html", form=form, secret=spaced(secret), picture=_picture(secret, user)
    )
    return page, 422 if form.errors and status == 200 else status


def _picture(secret: str, user: User) -> Markup:
    link = app_address(secret, user.email, passkey_place().host)
    drawn = qrcode.make(link, image_factory=qrcode.image.svg.SvgPathImage, box_size=12)
    return Markup(drawn.to_string(encoding="unicode"))  # noqa: S704 - written by qrcode, without any text.


@blueprint.post("/me/app/remove")
@signed_in
@confirmed
def remove_app() -> BaseResponse:
    user = me()
    with transaction():
        steps.remove_app(user.id, by_me(user))
    tell(_("The authenticator app is no longer asked for."))
    return go("accounts.account")


def _show_codes(fresh: list[str]) -> BaseResponse:
    if not fresh:
        return go("accounts.account")
    return go("accounts.recovery_codes", shown=keep_answer(fresh))


@blueprint.route("/me/recovery-codes", methods=["GET", "POST"])
@signed_in
@confirmed
def recovery_codes() -> Any:
    """Fresh codes are made by POST and shown once, on the browser that asked for them (ASVS 6.5.2)."""
    if request.method == "POST":
        user = me()
        with transaction():
            fresh = steps.new_recovery_codes(user.id, by_me(user))
        return _show_codes(fresh)
    codes = kept_answer(request.args.get("shown", ""), once=True)
    if not codes:
        return go("accounts.account")
    return render_template("accounts/recovery_codes.html", codes=codes)


@blueprint.post("/me/passkeys/options")
@signed_in
@confirmed
def passkey_creation_options() -> Response:
    user = me()
    throttle("passkey-creation", str(user.id), "30 per 15 minutes")
    with transaction():
        options = passkeys.creation_options(passkey_place(), user)
    return current_app.response_class(options, mimetype="application/json")


@blueprint.post("/me/passkeys")
@signed_in
@confirmed
def add_passkey() -> BaseResponse:
    user, here = me(), passkey_place()
    try:
        name = request.form.get("name", "").replace("\x00", "")
        with transaction():
            fresh = passkeys.register(here, user, request.form.get("credential", ""), name, by_me(user))
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("accounts.account")
    tell(_("The passkey is added."))
    return _show_codes(fresh)


@blueprint.post("/me/passkeys/<int:passkey_id>/remove")
@signed_in
@confirmed
def remove_passkey(passkey_id: int) -> BaseResponse:
    user = me()
    with transaction():
        passkeys.remove(user.id, passkey_id, by_me(user))
    tell(_("The passkey is removed."))
    return go("accounts.account")


@blueprint.post("/me/sessions/<int:session_id>/end")
@signed_in
def end_session(session_id: int) -> BaseResponse:
    user = me()
    with transaction():
        service.end_session_of(user.id, session_id, by_me(user))
    tell(_("The session is ended."))
    return go("accounts.account")


@blueprint.post("/me/sign-out-everywhere")
@signed_in
def sign_out_everywhere() -> BaseResponse:
    user = me()
    with transaction():
        service.sign_out_everywhere(user.id, by_me(user))
    forget_session()
    tell(_("You are signed out everywhere."))
    return go("accounts.sign_in")
