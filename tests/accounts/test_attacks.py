"""Somebody hostile at the pages of accounts: what is used twice, taken from others, or sent from elsewhere."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts import queries, service
from exhibitions.accounts.rules.people import INVITATION, NEW_PASSWORD
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import transaction
from tests.accounts.conftest import PASSWORD, Clock, code, set_up_app, sign_in
from tests.people import People

SECOND = "/sign-in/second-step?lang=en"


def user_number(app: Flask, email: str) -> int:
    with app.app_context():
        user = queries.user_by_email(email)
        assert user is not None
        return user.id


def link(app: Flask, email: str, kind: str) -> str:
    with app.app_context(), transaction():
        user = queries.user_by_email(email)
        assert user is not None
        return service.offer_link(user, kind, SYSTEM)


def test_the_code_that_set_the_app_up_signs_nobody_in(
    app: Flask, client: FlaskClient, eva: str, hours: Clock
) -> None:
    """6.5.1: seen over a shoulder while the app was set up, it is used already."""
    sign_in(client, eva)
    secret, _codes = set_up_app(client, hours)
    thief = app.test_client()
    sign_in(thief, eva)
    assert thief.post(SECOND, data={"code": code(secret, hours.now)}).status_code == 422
    assert thief.get("/doors").status_code == 303


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_step_leads_away(app: Flask, client: FlaskClient, eva: str, hours: Clock, target: str) -> None:
    """`next` of the second step, of confirming and of the passkey is a path of ours."""
    sign_in(client, eva)
    asked = client.post("/me/confirm", query_string={"next": target}, data={"password": PASSWORD})
    assert asked.location == "/me"
    secret, _codes = set_up_app(client, hours)
    client.post("/sign-out")
    hours.pass_by(minutes=1)
    first = client.post("/sign-in", query_string={"next": target}, data={"email": eva, "password": PASSWORD})
    assert first.location == "/sign-in/second-step?next=/doors"
    key = client.post("/sign-in/passkey", query_string={"next": target}, data={"credential": "{}"})
    assert key.location.startswith("/sign-in")
    assert "evil" not in key.location
    done = client.post(
        "/sign-in/second-step", query_string={"next": target}, data={"code": code(secret, hours.now)}
    )
    assert done.location == "/doors"


def test_a_planted_session_is_not_the_one_of_who_signs_in(app: Flask, client: FlaskClient, eva: str) -> None:
    """7.2.4, fixation: what an attacker put into the browser is neither kept nor becomes a session."""
    attacker = app.test_client()
    attacker.get("/sign-in")
    with attacker.session_transaction() as session:
        session["sign_in"] = "planted"
        session["answers"] = {"word": [0, "planted"]}
    planted = attacker.get_cookie("session")
    assert planted is not None
    client.set_cookie("session", planted.value)
    sign_in(client, eva)
    with client.session_transaction() as session:
        assert (session["sign_in"] != "planted", "answers" in session) == (True, False)
    assert attacker.get("/doors").status_code == 303


def test_another_number_in_the_cookie_is_nobody(
    app: Flask, client: FlaskClient, eva: str, people: People
) -> None:
    """7.2.1: the row says whose session it is; a number beside another's token opens nothing."""
    sign_in(client, eva)
    dora = user_number(app, "dora@example.org")
    with client.session_transaction() as session:
        session["_user_id"] = str(dora)
    assert client.get("/desk/people").status_code == 303


@pytest.mark.parametrize("kind", [INVITATION, NEW_PASSWORD])
def test_a_used_link_and_one_of_another_kind_open_nothing(app: Flask, eva: str, kind: str) -> None:
    """6.4.1: not twice, not as the other kind, not after the password was chosen another way."""
    path, other = {
        INVITATION: ("invitation", "new-password"),
        NEW_PASSWORD: ("new-password", "invitation"),
    }[kind]
    token, later = link(app, eva, kind), ""
    form = {"password": "another sentence"}
    assert app.test_client().post(f"/sign-in/{other}/{token}", data=form).status_code == 404
    later = link(app, eva, NEW_PASSWORD if kind == INVITATION else INVITATION)
    assert app.test_client().post(f"/sign-in/{path}/{token}", data=form).status_code == 303
    for again in (f"{path}/{token}", f"{other}/{later}"):
        assert app.test_client().post(f"/sign-in/{again}", data=form).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/me/app/begin",
        "/me/app/remove",
        "/me/app",
        "/me/recovery-codes",
        "/me/passkeys",
        "/me/passkeys/options",
        "/me/passkeys/1/remove",
        "/me/sessions/1/end",
        "/me/sign-out-everywhere",
        "/sign-out",
        "/sign-in/forgot",
        "/sign-in/second-step",
        "/sign-in/passkey",
    ],
)
def test_forms_of_another_site_do_nothing(app: Flask, client: FlaskClient, eva: str, path: str) -> None:
    """3.5.1: without the token of a page of ours, nothing of the account changes."""
    sign_in(client, eva)
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post(path, headers={"Origin": "https://evil.example"}).status_code == 400
    assert client.get("/doors").status_code == 200


@pytest.mark.parametrize(
    "way",
    ["roles", "fair-roles", "link", "disable", "enable", "erase", "sign-out", "reset-second-step"],
)
def test_only_administrators_do_anything_to_an_account(
    app: Flask, client: FlaskClient, eva: str, people: People, way: str
) -> None:
    """8.2.1: an organiser and a desk get 403, nobody is sent to sign in; a number that is nobody's is 404."""
    number = user_number(app, eva)
    for browser in (people.alice, people.bob, people.charlie):
        assert browser.post(f"/desk/people/{number}/{way}").status_code == 403
    assert people.nobody.post(f"/desk/people/{number}/{way}", data={"x": "1"}).status_code == 401
    assert people.dora.post(f"/desk/people/{2**62}/{way}").status_code == 404


def test_where_another_signed_out_everywhere_a_copied_cookie_is_dead(
    app: Flask, client: FlaskClient, eva: str, people: People
) -> None:
    """7.4.5: the session, its copy, and the mark of a known browser (test_guessing.py) end together."""
    sign_in(client, eva)
    cookie = client.get_cookie("session")
    assert cookie is not None
    copy = app.test_client()
    copy.set_cookie("session", cookie.value)
    assert people.dora.post(f"/desk/people/{user_number(app, eva)}/sign-out").status_code == 303
    assert [browser.get("/doors").status_code for browser in (client, copy)] == [303, 303]
