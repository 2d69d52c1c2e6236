"""The blueprint of this room, who is signed in, and what they must confirm first."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

import flask_login
from flask import Blueprint, Flask, Response, abort, current_app, g, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from exhibitions.accounts import queries, service
from exhibitions.accounts.models import User
from exhibitions.accounts.rules.sessions import is_confirmed, is_due
from exhibitions.accounts.service.passkeys import Place
from exhibitions.core import clock
from exhibitions.core.access import Mark, Person, session_token, sign_in_first, signed_in_person
from exhibitions.core.actor import Actor
from exhibitions.core.db import transaction
from exhibitions.core.errors import Busy
from exhibitions.core.signing import hash_link_token
from exhibitions.core.web import go

blueprint = Blueprint("accounts", __name__)
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Here:
    """The session of this request."""

    id: int
    token_hash: str
    used_at: datetime
    confirmed_at: datetime


def install(app: Flask) -> None:
    manager = flask_login.LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_load)
    app.after_request(_note_use)


def _load(user_id: str) -> Person | None:
    found = queries.session_of(hash_link_token(session_token()), clock.now())
    if found is None or str(found[0].id) != user_id:
        return None
    user, row = found
    g.session_here = Here(row.id, row.token_hash, row.used_at, row.confirmed_at)
    return Person(user.id, user.name, user.display_size.value)


def _note_use(response: Response) -> Response:
    """Looking at pages changes nothing but this, every five minutes; a busy database is left alone."""
    here: Here | None = g.get("session_here")
    if here is not None and is_due(here.used_at, clock.now()):
        with suppress(Busy, SQLAlchemyError), transaction():
            service.note_use(here.token_hash)
    return response


def answer_signed_in(mark: Mark, view_args: dict[str, Any]) -> dict[str, Any]:
    if signed_in_person() is None:
        abort(sign_in_first())
    return view_args


def session_here() -> Here:
    """The session of this request, for views of who is signed in."""
    found: Here = g.session_here
    return found


def me() -> User:
    """Who is signed in, for views of who is signed in."""
    person = signed_in_person()
    user = queries.user_by_id(person.id) if person is not None else None
    if user is None:
        abort(404)
    return user


def by_me(user: User) -> Actor:
    """The person as the doer of what they change about themselves."""
    return Actor("user", user.id, user.name)


def passkey_place() -> Place:
    """Where passkeys of this installation are good, by its public address alone."""
    return Place(str(current_app.config["PUBLIC_URL"]), _("Organiser's desk"))


def confirmed(view: View) -> View:
    """Let only in who signed in or confirmed within a quarter of an hour (ASVS 7.5.1); others confirm first."""

    @wraps(view)
    def asked(*arguments: Any, **values: Any) -> Any:
        if is_confirmed(session_here().confirmed_at, clock.now()):
            return view(*arguments, **values)
        target = request.path if request.method == "GET" else url_for("accounts.account")
        return go("accounts.confirm", next=target)

    return asked  # type: ignore[return-value]
