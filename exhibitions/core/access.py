"""Who may enter: closed unless marked.

Every view carries exactly one mark. Before a request reaches its view, `enforce` finds the mark and asks the room
that answers for its kind; the answer is what the view is given in place of the words of the address (a fair instead
of its slug, a device instead of its token), so that a row outside the asker's scope is never loaded.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import flask_login
from flask import Flask, abort, current_app, g, request, session
from werkzeug.wrappers import Response

from exhibitions.core import kept
from exhibitions.core.actor import Actor


class Permission(enum.StrEnum):
    """A right. Which role has which right is said in accounts.rules (organisation) and expos.rules (fair)."""

    EXPO_VIEW = "expo.view"
    EXPO_EDIT = "expo.edit"
    EXPO_PUBLISH = "expo.publish"
    EXPO_PEOPLE = "expo.people"
    VISITORS_VIEW = "visitors.view"
    VISITORS_EDIT = "visitors.edit"
    VISITORS_IMPORT = "visitors.import"
    VISITORS_EXPORT = "visitors.export"
    VISITORS_IDENTITY = "visitors.identity"
    BADGES_PRINT = "badges.print"
    MESSAGES_SEND = "messages.send"
    GATES_MANAGE = "gates.manage"
    DESK_SERVE = "desk.serve"
    FIGURES_VIEW = "figures.view"
    EXHIBITORS_VIEW = "exhibitors.view"
    EXHIBITORS_EDIT = "exhibitors.edit"
    EXHIBITOR_DESK = "exhibitors.desk"
    STANDS_EDIT = "stands.edit"
    PRICES_EDIT = "prices.edit"
    ORDERS_VIEW = "orders.view"
    ORDERS_EDIT = "orders.edit"
    MONEY_BOOK = "orders.book"
    AWARDS_VIEW = "awards.view"
    AWARDS_EDIT = "awards.edit"
    AWARDS_RESULTS = "awards.results"
    COMPANIES_VIEW = "organisation.companies-view"
    COMPANIES_EDIT = "organisation.companies-edit"
    EXPO_CREATE = "organisation.expo-create"
    PEOPLE_MANAGE = "organisation.people"
    PRIVACY_MANAGE = "organisation.privacy"
    SYSTEM_MANAGE = "organisation.system"


class Kind(enum.StrEnum):
    """The five ways to be let in."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    PERMISSION = "permission"
    DEVICE = "device"
    PERSONAL_LINK = "personal_link"


@dataclass(frozen=True)
class Mark:
    """What a view demands: its kind and, for two of them, which right or which kind of link or device call."""

    kind: Kind
    permission: Permission | None = None
    what: str = ""


class Answer(Protocol):
    """A room's answer for one kind of mark: it returns the changed view arguments, or aborts."""

    def __call__(self, mark: Mark, view_args: dict[str, Any]) -> dict[str, Any]:
        """Answer for one request."""
        ...


View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE = "access_mark"


def _marked(mark: Mark) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        if hasattr(view, _ATTRIBUTE):
            raise TypeError(f"{view.__name__} carries two access marks")
        setattr(view, _ATTRIBUTE, mark)
        return view

    return decorate


def public(view: View) -> View:
    """Anybody may enter. A `slug` in the address gives the view a published `expo`, and 404 otherwise."""
    return _marked(Mark(Kind.PUBLIC))(view)


def signed_in(view: View) -> View:
    """Anybody with an account may enter."""
    return _marked(Mark(Kind.SIGNED_IN))(view)


def require(permission: Permission) -> Callable[[View], View]:
    """Only who holds the right, in the fair of the address where there is one: 404 to strangers, 403 to others.

    A `slug` in the address gives the view the `expo`, published or not.
    """
    return _marked(Mark(Kind.PERMISSION, permission=permission))


def device(what: str) -> Callable[[View], View]:
    """Only a paired gate device, for the call named `what`; gives the view its `device` (and `expo`)."""
    return _marked(Mark(Kind.DEVICE, what=what))


def personal_link(what: str) -> Callable[[View], View]:
    """Only the holder of a live link of kind `what`; `token` in the address becomes the `subject_id` it opens.

    A `slug` in the address gives the view the `expo`.
    """
    return _marked(Mark(Kind.PERSONAL_LINK, what=what))


def mark_of(view: Callable[..., Any]) -> Mark | None:
    """The mark that a view carries, if any."""
    return getattr(view, _ATTRIBUTE, None)


def install(app: Flask, answers: dict[Kind, Answer]) -> None:
    """Put the guard before every request of `app`; `answers` says which room answers for which kind."""
    app.extensions["access_answers"] = answers
    app.before_request(enforce)


def enforce() -> None:
    """Let the request pass to its view, or end it. A view without a mark is closed to everyone."""
    if request.endpoint is None:
        return
    mark = mark_of(current_app.view_functions[request.endpoint])
    if mark is None:
        abort(404)
    answer = current_app.extensions["access_answers"][mark.kind]
    request.view_args = answer(mark, dict(request.view_args or {}))
    kept.say_why()


class Person:
    """Who is signed in on this browser, in the members that Flask-Login asks for."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, user_id: int, name: str, display_size: str = "") -> None:
        self.id = user_id
        self.name = name
        # How large the desk is shown to this person; empty for the usual size.
        self.display_size = display_size

    def get_id(self) -> str:
        """The account's number as Flask-Login keeps it in the cookie."""
        return str(self.id)


_SESSION_TOKEN = "sign_in"  # noqa: S105 - the name of the cookie's field, not a secret.


def session_token() -> str:
    """The random token of this browser's session, or an empty text; the server knows whether it still lives."""
    return str(session.get(_SESSION_TOKEN, ""))


def begin_session(person: Person, token: str) -> None:
    """Sign a person in on this browser; whatever another person left in its session is dropped."""
    session.clear()
    # A form of the same answer gets a token of the new session.
    g.pop("csrf_token", None)
    session[_SESSION_TOKEN] = token
    flask_login.login_user(person)


def forget_session() -> None:
    """Sign this browser out; the row of the session is ended by accounts."""
    flask_login.logout_user()
    session.clear()


def signed_in_person() -> Person | None:
    """Who is signed in on this browser; the request acts as that person from then on."""
    person = flask_login.current_user
    if not person.is_authenticated:
        return None
    g.actor = Actor("user", person.id, person.name)
    found: Person = person._get_current_object()
    return found


def sign_in_first() -> Response:
    """Send the asker to the sign-in page and back to this page afterwards, with what was typed here."""
    return kept.sign_in_first()


def actor() -> Actor:
    """Who is asking, as the room that let them in has said; nobody is `Actor("public")`."""
    found: Actor = g.get("actor") or Actor("public")
    return found
