"""The ceremonies of WebAuthn, with a passkey in software: registering, second step, alone, and every refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts import queries
from exhibitions.accounts.models import Passkey
from exhibitions.accounts.service import passkeys
from exhibitions.accounts.service.passkeys import Place
from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from tests.accounts.authenticator import Authenticator
from tests.accounts.conftest import Clock, sign_in

REFUSED = "The passkey was not accepted. Please try again."


def options(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = client.post(path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.text)
    return found


def register(client: FlaskClient, key: Authenticator) -> str:
    data = {"credential": key.create(options(client, "/me/passkeys/options")), "name": "This phone"}
    return client.post("/me/passkeys?lang=en", data=data, follow_redirects=True).text


def use(client: FlaskClient, credential: str) -> tuple[int, str]:
    answer = client.post("/sign-in/passkey?lang=en&next=/doors", data={"credential": credential})
    return answer.status_code, answer.location


@pytest.fixture
def key(client: FlaskClient, eva: str) -> Authenticator:
    """Eva's passkey; she is signed out again."""
    key = Authenticator()
    sign_in(client, eva)
    page = register(client, key)
    assert page.count('<li class="code">') == 10
    assert "This phone" in client.get("/me?lang=en").text
    client.post("/sign-out")
    return key


def test_a_passkey_is_the_second_step(client: FlaskClient, eva: str, key: Authenticator) -> None:
    """The device need not know its owner: the password was typed."""
    key.verifies = False
    assert sign_in(client, eva)[1] == "/sign-in/second-step?next=/doors"
    asked = options(client, "/sign-in/passkey/options")
    assert len(asked["allowCredentials"]) == 1
    assert use(client, key.get(asked)) == (303, "/doors")
    assert client.get("/doors").status_code == 200


def test_p18_the_audit_seals_what_a_passkey_is_called(
    app: Flask, client: FlaskClient, eva: str, key: Authenticator
) -> None:
    """Added and removed: the name goes with the person's key."""
    with app.app_context():
        row = db.session.scalars(sa.select(Passkey)).one()
        with transaction():
            passkeys.remove(row.user_id, row.id, SYSTEM)
        entries = audit_queries.entries(None, audit_queries.Wanted(action="accounts."))
        kept = [entry for entry in entries if entry.action.startswith("accounts.passkey_")]
        assert len(kept) == 2
        assert "This phone" not in repr([(entry.before, entry.after) for entry in kept])
        assert repr([(each.before, each.after) for each in audit.readable(kept)]).count("This phone") == 2


def test_a_passkey_that_knows_its_owner_signs_in_alone(
    client: FlaskClient, eva: str, key: Authenticator
) -> None:
    asked = options(client, "/sign-in/passkey/options")
    assert (asked["userVerification"], asked.get("allowCredentials", [])) == ("required", [])
    assert use(client, key.get(asked)) == (303, "/doors")


def test_a_passkey_that_does_not_know_its_owner_does_not(
    client: FlaskClient, eva: str, key: Authenticator
) -> None:
    key.verifies = False
    credential = key.get(options(client, "/sign-in/passkey/options"))
    assert use(client, credential) == (303, "/sign-in?next=/doors")
    assert REFUSED in client.get("/sign-in?lang=en").text
    assert client.get("/doors").status_code == 303


def test_an_answer_is_good_once_and_for_five_minutes(
    app: Flask, client: FlaskClient, eva: str, key: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replay: the challenge is used up by the server, whatever the counter says."""
    asked = options(client, "/sign-in/passkey/options")
    credential = key.get(asked)
    assert use(client, credential)[1] == "/doors"
    assert use(app.test_client(), credential)[1] == "/sign-in?next=/doors"
    assert use(app.test_client(), key.get(asked))[1] == "/sign-in?next=/doors"
    invented = key.get({**asked, "challenge": "aW52ZW50ZWQ"})
    assert use(app.test_client(), invented)[1] == "/sign-in?next=/doors"


def test_a_challenge_is_good_for_five_minutes(client: FlaskClient, eva: str, hours: Clock) -> None:
    sign_in(client, eva)
    key = Authenticator()
    register(client, key)
    client.post("/sign-out")
    credential = key.get(options(client, "/sign-in/passkey/options"))
    hours.pass_by(minutes=5)
    assert use(client, credential)[1] == "/sign-in?next=/doors"


def test_a_page_elsewhere_gets_nothing(client: FlaskClient, eva: str, key: Authenticator) -> None:
    """Phishing: the origin that asked is signed, and the place's name is too."""
    key.origin = "https://localhost.evil.example"
    assert use(client, key.get(options(client, "/sign-in/passkey/options")))[1] == "/sign-in?next=/doors"
    key.origin = "http://localhost"
    asked = options(client, "/sign-in/passkey/options") | {"rpId": "evil.example"}
    assert use(client, key.get(asked))[1] == "/sign-in?next=/doors"


def test_a_copied_key_is_noticed_by_its_counter(client: FlaskClient, eva: str, key: Authenticator) -> None:
    key.counter = 7
    assert use(client, key.get(options(client, "/sign-in/passkey/options")))[1] == "/doors"
    client.post("/sign-out")
    key.counter = 3
    assert use(client, key.get(options(client, "/sign-in/passkey/options")))[1] == "/sign-in?next=/doors"


def test_another_persons_passkey_is_no_second_step(
    app: Flask, client: FlaskClient, eva: str, key: Authenticator
) -> None:
    """ASVS 6.6.2: the answer to a challenge that was given to nobody does not end Eva's sign-in either."""
    thief = app.test_client()
    nobodys = key.get(options(thief, "/sign-in/passkey/options"))
    sign_in(client, eva)
    assert use(client, nobodys)[1] == "/sign-in/second-step?next=/doors"


@pytest.mark.parametrize(
    "credential", ["", "{}", "[]", "null", '{"response": {"clientDataJSON": "%%"}}', "{" * 900]
)
def test_rubbish_is_refused_with_a_sentence(client: FlaskClient, eva: str, credential: str) -> None:
    assert use(client, credential) == (303, "/sign-in?next=/doors")
    sign_in(client, eva)
    answer = client.post("/me/passkeys?lang=en", data={"credential": credential}, follow_redirects=True)
    assert (answer.status_code, REFUSED in answer.text) == (200, True)


def test_the_same_passkey_is_added_once_and_removed_by_its_owner_only(
    app: Flask, client: FlaskClient, eva: str
) -> None:
    key = Authenticator()
    sign_in(client, eva)
    register(client, key)
    assert "This passkey is known already." in register(client, key)
    with app.app_context():
        row = db.session.query(Passkey).one()
        assert queries.has_second_step(row.user_id)
        number = row.id
    assert client.post(f"/me/passkeys/{number + 1}/remove").status_code == 404
    assert client.post(f"/me/passkeys/{number}/remove").status_code == 303
    client.post("/sign-out")
    assert sign_in(client, eva) == (303, "/doors")


@pytest.mark.parametrize(
    ("origin", "fit"),
    [
        ("https://fair.example.org", True),
        ("http://localhost:8000", True),
        ("http://fair.example.org", False),
        ("https://10.0.0.5", False),
        ("https://[::1]", False),
    ],
)
def test_browsers_offer_passkeys_to_names_with_https(origin: str, fit: bool) -> None:
    assert Place(origin, "Desk").is_fit is fit
