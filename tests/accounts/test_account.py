"""The own account: password, sessions that idle, end and are ended, and what others may not do."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts import queries
from exhibitions.accounts.models import SignIn
from exhibitions.core.db import db
from tests.accounts.conftest import PASSWORD, Clock, sign_in
from tests.people import People

NEW = "another sentence entirely"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1"
)


def test_the_password_is_changed_with_the_old_one(app: Flask, client: FlaskClient, eva: str) -> None:
    """ASVS 6.2.2, 6.2.3, 7.4.3: other browsers are out, this one stays."""
    other = app.test_client()
    sign_in(client, eva)
    sign_in(other, eva)
    wrong = client.post("/me/password?lang=en", data={"old_password": "wrong", "password": NEW})
    assert (wrong.status_code, wrong.text.count("The present password is not right.")) == (422, 2)
    weak = client.post("/me/password?lang=en", data={"old_password": PASSWORD, "password": "exhibition2026"})
    assert (weak.status_code, "easy to guess" in weak.text) == (422, True)
    assert other.get("/doors").status_code == 200
    right = client.post("/me/password", data={"old_password": PASSWORD, "password": NEW})
    assert right.location == "/me"
    assert client.get("/doors").status_code == 200
    assert other.get("/doors").status_code == 303
    assert sign_in(app.test_client(), eva, NEW)[0] == 303


def test_guessing_the_old_password_is_throttled(client: FlaskClient, eva: str) -> None:
    sign_in(client, eva)
    data = {"old_password": "wrong", "password": NEW}
    statuses = [client.post("/me/password", data=data).status_code for _ in range(11)]
    assert (statuses[:10], statuses[10]) == ([422] * 10, 429)


def test_a_password_is_taken_exactly(app: Flask, client: FlaskClient, eva: str) -> None:
    """ASVS 6.2.8: blanks, capitals and what comes after the 72nd byte count."""
    sign_in(client, eva)
    exact = "Ä " + "long words " * 8
    client.post("/me/password", data={"old_password": PASSWORD, "password": exact})
    for other in (exact.strip(), exact.lower(), exact[:72], exact + "x"):
        assert sign_in(app.test_client(), eva, other)[0] == 422
    assert sign_in(app.test_client(), eva, exact)[0] == 303


def test_a_session_idles_out_after_two_hours(client: FlaskClient, eva: str, hours: Clock) -> None:
    """ASVS 7.3.1; use within that time keeps it, written down every five minutes at most."""
    sign_in(client, eva)
    for _ in range(3):
        hours.pass_by(minutes=119)
        assert client.get("/doors").status_code == 200
    hours.pass_by(minutes=120)
    assert client.get("/doors").status_code == 303


def test_a_session_ends_after_twelve_hours_however_busy(client: FlaskClient, eva: str, hours: Clock) -> None:
    """ASVS 7.3.2."""
    sign_in(client, eva)
    for _ in range(11):
        hours.pass_by(hours=1)
        assert client.get("/doors").status_code == 200
    hours.pass_by(hours=1)
    assert client.get("/doors").status_code == 303


def test_looking_at_pages_writes_every_five_minutes_only(
    app: Flask, client: FlaskClient, eva: str, hours: Clock
) -> None:
    sign_in(client, eva)
    noted = []
    for _ in range(4):
        hours.pass_by(minutes=2)
        client.get("/doors")
        with app.app_context():
            noted.append(db.session.scalars(sa.select(SignIn.used_at)).one())
    assert [moment == noted[0] for moment in noted] == [True, True, False, False]


def test_sessions_are_listed_in_words_and_ended_one_by_one(app: Flask, client: FlaskClient, eva: str) -> None:
    """ASVS 7.5.2."""
    sign_in(client, eva)
    phone = app.test_client()
    phone.post("/sign-in", data={"email": eva, "password": PASSWORD}, headers={"User-Agent": PHONE})
    page = client.get("/me?lang=en").text
    assert page.count("Safari · iPhone") == 1
    assert page.count("this one") == 1
    (number,) = re.findall(r"/me/sessions/(\d+)/end", page)
    assert client.post(f"/me/sessions/{number}/end").status_code == 303
    assert phone.get("/doors").status_code == 303
    assert client.post(f"/me/sessions/{number}/end").status_code == 404
    assert client.get("/doors").status_code == 200


def test_another_persons_session_cannot_be_ended(
    app: Flask, client: FlaskClient, eva: str, people: People
) -> None:
    sign_in(client, eva)
    with app.app_context():
        user = queries.user_by_email("alice@example.org")
        assert user is not None
        number = db.session.scalars(sa.select(SignIn.id).where(SignIn.user_id == user.id)).first()
    assert client.post(f"/me/sessions/{number}/end").status_code == 404
    assert people.alice.get("/desk/8th/").status_code == 200


def test_signing_out_everywhere(app: Flask, client: FlaskClient, eva: str) -> None:
    others = [app.test_client() for _ in range(2)]
    for browser in (client, *others):
        sign_in(browser, eva)
    assert client.post("/me/sign-out-everywhere").location == "/sign-in"
    assert [browser.get("/doors").status_code for browser in (client, *others)] == [303, 303, 303]


def test_name_and_language_are_ones_own(client: FlaskClient, eva: str, app: Flask) -> None:
    sign_in(client, eva)
    assert client.post("/me", data={"name": " 王伊娃 ", "language": "zh"}).status_code == 303
    assert "王伊娃" in client.get("/doors").text
    with app.app_context():
        user = queries.user_by_email(eva)
        assert user is not None
        assert (user.name, user.language) == ("王伊娃", "zh")


def test_every_page_of_the_desk_leads_to_the_account(people: People) -> None:
    for path in ("/desk/8th/", "/doors", "/me"):
        assert 'href="/me"' in people.bob.get(path).text or path == "/me", path


@pytest.mark.parametrize("path", ["/me", "/me/password", "/me/confirm"])
def test_the_own_pages_want_a_signature_of_this_site(
    app: Flask, client: FlaskClient, eva: str, path: str
) -> None:
    """CSRF on what changes the account."""
    sign_in(client, eva)
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post(
        path, data={"name": "x", "language": "en"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 400
