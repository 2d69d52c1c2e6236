"""Alice owns, Bob helps, Charlie is nobody, Dora administers."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts import service as accounts
from exhibitions.accounts.models import User
from exhibitions.accounts.rules import OrganisationRole
from exhibitions.core.db import transaction
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.rules import Role


@dataclass
class People:
    """Browsers that people are signed in on, for the fair "8th"."""

    alice: FlaskClient
    bob: FlaskClient
    charlie: FlaskClient
    dora: FlaskClient
    nobody: FlaskClient


def sign_in(app: Flask, email: str) -> FlaskClient:
    """A browser on which the person with this address is signed in, by a real session on the server."""
    client = app.test_client()
    with app.app_context(), transaction() as session:
        user = session.query(User).filter_by(email=email).one()
        token = accounts.start_session(user)
        number = user.id
    with client.session_transaction() as cookie:
        cookie["sign_in"] = token
        cookie["_user_id"] = str(number)
    return client


def make_people(app: Flask) -> People:
    """The four people and their browsers; the fair "8th" must exist."""
    with app.app_context(), transaction():
        expo = expos.expo_by_slug("8th")
        assert expo is not None
        for name, role in (("alice", Role.ORGANISER), ("bob", Role.DESK), ("charlie", None)):
            user = accounts.create_user(f"{name}@example.org", name.title(), None)
            if role is not None:
                expo_service.grant_role(expo, user.id, role)
        dora = accounts.create_user("dora@example.org", "Dora", None)
        accounts.grant_organisation_role(dora, OrganisationRole.ADMINISTRATOR)
    alice, bob, charlie, dora_browser = (
        sign_in(app, f"{name}@example.org") for name in ("alice", "bob", "charlie", "dora")
    )
    return People(alice, bob, charlie, dora_browser, app.test_client())
