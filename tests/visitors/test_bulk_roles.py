"""O6: done to many is open to who may do it to one, and to nobody else (docs/access.md)."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts import service as accounts
from exhibitions.core.access import Permission
from exhibitions.core.db import db, transaction
from exhibitions.expos import service as expo_service
from exhibitions.expos.rules import RIGHTS, Role
from exhibitions.visitors.models import Registration
from exhibitions.visitors.rules.registration import State
from tests.factories import make_expo
from tests.people import People, sign_in
from tests.visitors.registering import fair, register

LIST = "/desk/8th/visitors"
# What is done to many, the right to it, and the address at which it is done to one by the same right.
DEEDS = (
    ("approve", Permission.VISITORS_EDIT, "POST", f"{LIST}/1/approve"),
    ("refuse", Permission.VISITORS_EDIT, "POST", f"{LIST}/1/refuse"),
    ("cancel", Permission.VISITORS_EDIT, "GET", f"{LIST}/1/cancel"),
    ("class", Permission.VISITORS_EDIT, "GET", f"{LIST}/1/correct"),
    ("print", Permission.BADGES_PRINT, "GET", "/desk/8th/badges/1"),
    ("export", Permission.VISITORS_EXPORT, "GET", f"{LIST}/export"),
    ("message", Permission.MESSAGES_SEND, "GET", "/desk/8th/mail/many"),
)
TYPED = {"confirm": "1", "class_key": "trade"}


def browser_of(app: Flask, role: Role) -> FlaskClient:
    with app.app_context(), transaction():
        user = accounts.create_user(f"{role.value}@example.org", role.value, None)
        expo_service.grant_role(fair(), user.id, role)
    return sign_in(app, f"{role.value}@example.org")


def state_of(app: Flask) -> State:
    with app.app_context():
        return db.session.query(Registration).one().state


@pytest.mark.parametrize("role", list(Role))
def test_each_role_does_to_many_what_it_may_do_to_one(
    app: Flask, client: FlaskClient, people: People, role: Role
) -> None:
    register(client)
    browser = browser_of(app, role)
    for deed, right, method, one in DEEDS:
        may = right.value in RIGHTS[role]
        single = browser.open(one, method=method).status_code
        many = browser.post(f"{LIST}/decide", data={"id": "1", "decision": deed, **TYPED}).status_code
        assert (single != 403, many != 403) == (may, may), (role, deed, single, many)
        everybody = {"all": "1", "decision": deed, **TYPED}
        status = browser.post(f"{LIST}/decide", data=everybody).status_code
        assert (status != 403) == may, (role, deed, status)
    may_change = Permission.VISITORS_EDIT.value in RIGHTS[role]
    assert (state_of(app) is State.REGISTERED) != may_change, "refused, nothing has changed"


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.DESK])
def test_the_bar_offers_what_the_role_may_do(
    app: Flask, people: People, client: FlaskClient, role: Role
) -> None:
    register(client)
    page = browser_of(app, role).get(LIST).text
    offered = set(re.findall(r'name="decision"\s+value="(\w+)"', page))
    may = {deed for deed, right, _, _ in DEEDS if right.value in RIGHTS[role]}
    assert offered <= may
    assert may - offered <= {"approve", "refuse"}, "those two are offered where somebody waits"


@pytest.mark.parametrize("deed", [deed for deed, *_ in DEEDS])
def test_strangers_and_people_of_another_fair_do_nothing(
    app: Flask, client: FlaskClient, people: People, deed: str
) -> None:
    register(client)
    form = {"id": "1", "decision": deed, **TYPED}
    assert people.charlie.post(f"{LIST}/decide", data=form).status_code == 404
    assert people.nobody.post(f"{LIST}/decide", data=form).status_code == 401
    with app.app_context():
        make_expo("9th", 9)
    assert people.alice.post("/desk/9th/visitors/decide", data=form).status_code == 404
    assert state_of(app) is State.REGISTERED
