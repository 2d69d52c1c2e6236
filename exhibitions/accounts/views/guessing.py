"""How often somebody may try to sign in: counted so that no stranger uses up the attempts of an account's owner.

A browser on which the person has signed in before has attempts of its own. All others share some by browser, by
network and, slowly, by account; who has used up those still comes in by a passkey or by a link (docs/accounts.md).
"""

from __future__ import annotations

from flask import Response, after_this_request, current_app, request

from exhibitions.accounts import queries
from exhibitions.accounts.models import User
from exhibitions.accounts.rules.known import known_name, network_of, with_mark
from exhibitions.accounts.views.base import session_here
from exhibitions.core.errors import N_
from exhibitions.core.signing import derive_key
from exhibitions.core.web import TooMany, device_key, throttle

_YEAR = 365 * 86400
_PURPOSE = "known browsers v1"
_HELD = N_(
    "That was tried too often. Please wait, or have a link sent to you by “Password forgotten?”: it opens at once. "
    "A browser on which you have signed in before is not held up by others."
)


def throttle_sign_in(address: str) -> None:
    """Count an attempt to sign in with this address, known or not; raises `TooMany`."""
    account = address.strip().lower()
    user = queries.user_by_email(account)
    try:
        if not _is_counted_apart("sign-in-known", user):
            throttle("sign-in-device", device_key(), "30 per 15 minutes")
            throttle("sign-in-network", _network(), "300 per 15 minutes")
            throttle("sign-in-here", f"{account} {device_key()}", "10 per 15 minutes")
            throttle("sign-in-near", f"{account} {_network()}", "30 per hour")
            throttle("sign-in-account", account, "120 per hour")
    except TooMany as refusal:
        raise TooMany(refusal.code, _HELD) from refusal


def throttle_second_step(user: User) -> None:
    """Count a code for the second step of who has typed the right password; raises `TooMany`."""
    if not _is_counted_apart("second-step-known", user):
        throttle("second-step", str(user.id), "10 per 15 minutes")
        throttle("second-step-day", str(user.id), "40 per day")


def throttle_confirmation() -> None:
    """Count a password or code typed once more on this session, which nobody else can use up; raises `TooMany`."""
    throttle("confirm", str(session_here().id), "10 per 15 minutes")


def throttle_forgotten(address: str) -> None:
    """Count a wish for a link to this address, known or not; raises `TooMany`. Others' wishes send the owner links, too."""
    if not _is_counted_apart("forgot-known", queries.user_by_email(address), "3 per hour"):
        throttle("forgot", device_key(), "10 per hour")
        throttle("forgot-near", f"{address} {_network()}", "3 per hour")
        throttle("forgot-address", address, "6 per hour")


def _is_counted_apart(what: str, user: User | None, limit: str = "10 per 15 minutes") -> bool:
    """Whether this is a browser of the person's, whose own attempts have then been counted."""
    # Asked for nobody as well, so that it takes as long.
    number, since = (user.id, user.browsers_forgotten) if user is not None else (0, 0)
    name = known_name(_key(), request.cookies.get(_cookie(), ""), number, since)
    if user is None or not name:
        return False
    throttle(what, f"{number} {name}", limit)
    return True


def know_browser(user: User) -> None:
    """Let this browser keep that the person has signed in on it; only after every step that is asked of them."""
    kept = with_mark(_key(), request.cookies.get(_cookie(), ""), user.id, user.browsers_forgotten)

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            _cookie(),
            kept,
            max_age=_YEAR,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
        return response


def _network() -> str:
    return network_of(request.remote_addr or "")


def _cookie() -> str:
    return f"{current_app.config.get('COOKIE_PREFIX', '')}known"


def _key() -> bytes:
    return derive_key(current_app.config["SECRET_KEY"], _PURPOSE)
