"""Signing in and out: throttles, sessions that end on the server, no open redirect, and the commands."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts import queries, service
from exhibitions.accounts.models import User
from exhibitions.accounts.rules import OrganisationRole
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.expos import queries as expos
from exhibitions.expos.rules import Role
from tests.factories import make_expo
from tests.people import People

PASSWORD = "correct horse battery"
WRONG = "The e-mail or the password is not right."


@pytest.fixture
def eva(app: Flask) -> str:
    """The address of a person who can sign in."""
    with app.app_context():
        hashed = service.new_password_hash(PASSWORD, "eva@example.org")
        with transaction():
            service.create_user("Eva@Example.org", "Eva", hashed)
    return "eva@example.org"


def sign_in(
    client: FlaskClient, email: str, password: str = PASSWORD, path: str = "/sign-in?lang=en"
) -> tuple[int, str]:
    answer = client.post(path, data={"email": email, "password": password})
    return answer.status_code, answer.location or answer.text


def test_a_person_signs_in_and_comes_to_the_doors(client: FlaskClient, eva: str) -> None:
    assert client.get("/doors").location == "/sign-in?next=/doors"
    assert sign_in(client, " EVA@example.org ") == (303, "/doors")
    assert "Welcome, Eva" in client.get("/doors?lang=en").text


@pytest.mark.parametrize(
    ("email", "password"), [("eva@example.org", "wrong"), ("nobody@example.org", PASSWORD)]
)
def test_a_wrong_sign_in_does_not_say_what_is_wrong(
    client: FlaskClient, eva: str, email: str, password: str
) -> None:
    status, page = sign_in(client, email, password)
    assert (status, page.count(WRONG)) == (422, 2)
    assert f'value="{email}"' in page
    assert password not in page


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("", PASSWORD, "Enter your e-mail address"),
        ("eva@example.org", "", "Enter your password"),
        ("x" * 255, PASSWORD, "At most 254 characters"),
        ("eva@example.org", "x" * 1001, "At most 1000 characters"),
    ],
)
def test_bad_input_is_answered_with_a_sentence(
    client: FlaskClient, eva: str, email: str, password: str, sentence: str
) -> None:
    status, page = sign_in(client, email, password)
    assert (status, page.count(sentence)) == (422, 2)


def test_ten_tries_are_for_one_browser_and_the_owner_elsewhere_is_not_locked_out(
    app: Flask, eva: str
) -> None:
    """ASVS 6.3: ten attempts in fifteen minutes from one browser; the right password is refused there then, too."""
    guesser = app.test_client()
    for _ in range(10):
        assert sign_in(guesser, eva, "wrong")[0] == 422
    status, page = sign_in(guesser, eva)
    assert (status, "That was tried too often." in page) == (429, True)
    assert sign_in(app.test_client(), eva)[0] == 303


def test_a_device_is_throttled_whatever_the_account(client: FlaskClient) -> None:
    for number in range(30):
        assert WRONG in sign_in(client, f"person{number}@example.org", "wrong")[1]
    assert "That was tried too often." in sign_in(client, "person31@example.org", "wrong")[1]


def test_a_copied_cookie_is_dead_after_sign_out(app: Flask, client: FlaskClient, eva: str) -> None:
    """ASVS 7.4.1: the session ends on the server."""
    sign_in(client, eva)
    cookie = client.get_cookie("session")
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("session", cookie.value)
    assert thief.get("/doors").status_code == 200
    assert client.post("/sign-out").location == "/sign-in"
    assert thief.get("/doors").status_code == 303
    assert client.get("/doors").status_code == 303


def test_every_sign_in_is_a_new_session(app: Flask, client: FlaskClient, eva: str) -> None:
    """Session fixation: what stood in the cookie before is not the session afterwards."""
    cookies = set()
    for _ in range(2):
        sign_in(client, eva)
        with client.session_transaction() as session:
            cookies.add(session["sign_in"])
    assert len(cookies) == 2


def test_a_disabled_account_is_out_at_the_next_click(app: Flask, client: FlaskClient, eva: str) -> None:
    sign_in(client, eva)
    with app.app_context(), transaction():
        user = queries.user_by_email(eva)
        assert user is not None
        user.disabled_at = clock.now()
    assert client.get("/doors").status_code == 303
    assert WRONG in sign_in(client, eva)[1]


@pytest.mark.parametrize(
    ("target", "where"),
    [
        ("/desk/8th/setup?a=b", "/desk/8th/setup?a=b"),
        ("https://evil.example", "/doors"),
        ("//evil.example", "/doors"),
        ("/\\evil.example", "/doors"),
        ("/a\\..\\evil.example", "/doors"),
        ("javascript:alert(1)", "/doors"),
        ("/\x0a/evil.example", "/doors"),
        ("\t//evil.example", "/doors"),
    ],
)
def test_next_leads_only_to_own_pages(client: FlaskClient, eva: str, target: str, where: str) -> None:
    answer = client.post("/sign-in", query_string={"next": target}, data={"email": eva, "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, where)


def test_signing_in_from_elsewhere_is_refused(app: Flask, client: FlaskClient, eva: str) -> None:
    """Login CSRF: without the page's own token nobody is signed in; with it, Eva is."""
    app.config["WTF_CSRF_ENABLED"] = True
    assert sign_in(client, eva)[0] == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token is not None
    data = {"email": eva, "password": PASSWORD, "csrf_token": token[1]}
    assert client.post("/sign-in", data=data).status_code == 303
    assert client.post("/sign-out").status_code == 400
    assert client.get("/doors").status_code == 200


def test_the_switch_of_language_keeps_the_address_typed(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"email": "eva@example.org", "password": "", "_lang": "zh"})
    assert (answer.status_code, 'value="eva@example.org"' in answer.text, "登录" in answer.text) == (
        200,
        True,
        True,
    )


def test_the_desk_has_a_button_to_sign_out(people: People) -> None:
    for path in ("/desk/8th/", "/doors"):
        assert 'action="/sign-out" method="post"' in people.bob.get(path).text
    assert people.bob.get("/sign-out", follow_redirects=True).status_code == 200


def test_a_password_is_kept_as_argon2id_with_the_parameters_of_owasp(app: Flask, eva: str) -> None:
    with app.app_context():
        user = queries.user_by_email(eva)
        assert user is not None
        assert (user.password_hash or "").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_administrator_is_made_by_a_command(app: Flask, client: FlaskClient) -> None:
    runner = app.test_cli_runner()
    made = runner.invoke(args=["admin", "create", "Root@Example.org", "--password", PASSWORD])
    assert (made.exit_code, made.output) == (0, "root@example.org is administrator.\n")
    assert sign_in(client, "root@example.org") == (303, "/doors")
    assert "Create your first fair" in client.get("/doors?lang=en").text
    with app.app_context():
        user = queries.user_by_email("root@example.org")
        assert user is not None
        assert queries.organisation_roles(user.id) == {OrganisationRole.ADMINISTRATOR}


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("root@example.org", "short", "A password has 8 to 128 characters."),
        ("root@example.org", "88888888", "This password is easy to guess. Choose another one."),
        ("no address", PASSWORD, "Enter an e-mail address like name@example.org"),
        ("eva@example.org", PASSWORD, "There is already an account with this address."),
    ],
)
def test_the_command_refuses_with_a_sentence(
    app: Flask, eva: str, email: str, password: str, sentence: str
) -> None:
    answer = app.test_cli_runner().invoke(args=["admin", "create", email, "--password", password])
    assert (answer.exit_code, answer.output) == (1, f"Error: {sentence}\n")
    with app.app_context():
        assert db.session.query(User).count() == 1


def test_the_commands_ask_for_what_they_are_not_told(app: Flask) -> None:
    with app.app_context():
        make_expo()
    runner = app.test_cli_runner()
    typed = f"new@example.org\n{PASSWORD}\n{PASSWORD}\n"
    made = runner.invoke(args=["users", "create", "--role", "organiser", "--expo", "8th"], input=typed)
    assert made.output.endswith("new@example.org is organiser of 8th.\n")
    typed = f"chief@example.org\n{PASSWORD}\n{PASSWORD}\n"
    made = runner.invoke(args=["admin", "create"], input=typed)
    assert made.output.endswith("chief@example.org is administrator.\n")
    assert PASSWORD not in made.output


def test_a_person_of_a_fair_is_made_by_a_command(app: Flask, eva: str) -> None:
    with app.app_context():
        make_expo()
    runner = app.test_cli_runner()
    new = ["users", "create", "gate@example.org", "--role", "gate", "--expo", "8th", "--password", PASSWORD]
    assert runner.invoke(args=new).output == "gate@example.org is gate of 8th.\n"
    known = ["users", "create", eva, "--role", "organiser", "--expo", "8th"]
    assert runner.invoke(args=known).output == "eva@example.org is organiser of 8th.\n"
    nowhere = runner.invoke(args=["users", "create", eva, "--role", "gate", "--expo", "nowhere"])
    assert (nowhere.exit_code, nowhere.output) == (1, "Error: There is no fair with the address nowhere.\n")
    assert runner.invoke(args=["users", "create", eva, "--role", "king", "--expo", "8th"]).exit_code == 2
    with app.app_context():
        expo, gate, organiser = (
            expos.expo_by_slug("8th"),
            *map(queries.user_by_email, ("gate@example.org", eva)),
        )
        assert expo is not None
        assert gate is not None
        assert organiser is not None
        assert list(expos.roles(expo, gate.id)) == [Role.GATE]
        assert list(expos.roles(expo, organiser.id)) == [Role.ORGANISER]
