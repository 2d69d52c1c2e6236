"""What the whole application owes a hostile network, by the numbers of ASVS 5.0, where no room's own tests watch it."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from exhibitions.accounts.service import passwords
from exhibitions.app import create_app
from exhibitions.core.errors import Refused
from tests.conftest import settings_for
from tests.people import People

FAIR = "https://fair.example.org"


@pytest.fixture
def over_tls(sqlite: str, tmp_path: Path) -> FlaskClient:
    """A browser on an installation whose public address is https."""
    settings = dataclasses.replace(settings_for(sqlite, tmp_path), public_url=FAIR)
    return create_app(settings).test_client()


def cookies_of(answer: TestResponse) -> dict[str, str]:
    return {line.partition("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}


def test_cookies_over_tls_are_bound_to_this_host(over_tls: FlaskClient) -> None:
    """3.3.1 to 3.3.4: session, device and language."""
    page = over_tls.get("/sign-in?lang=en", base_url=FAIR)
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[0]
    form = {"email": "nobody@example.org", "password": "wrong", "csrf_token": token}
    tried = over_tls.post("/sign-in", base_url=FAIR, data=form, headers={"Referer": f"{FAIR}/sign-in"})
    assert tried.status_code == 422
    cookies = cookies_of(page) | cookies_of(tried)
    assert set(cookies) == {"__Host-session", "__Host-device", "__Host-lang"}
    for line in cookies.values():
        parts = {part.strip() for part in line.split(";")}
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
        assert "Domain" not in line


def test_tls_is_remembered_for_a_year(over_tls: FlaskClient) -> None:
    """3.4.1."""
    kept = over_tls.get("/sign-in", base_url=FAIR).headers["Strict-Transport-Security"]
    assert int(kept.partition("=")[2]) >= 31536000


def test_no_other_origin_is_let_in(client: FlaskClient) -> None:
    """3.4.2: no page, no call answers to CORS."""
    for path in ("/sign-in", "/api/v1/expos/x/scans"):
        for method in ("GET", "OPTIONS", "POST"):
            headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
            answer = client.open(path, method=method, headers=headers)
            assert [name for name, _ in answer.headers if name.startswith("Access-Control")] == []


def test_trace_is_refused(client: FlaskClient) -> None:
    """13.4.4."""
    assert client.open("/sign-in", method="TRACE").status_code == 405


@pytest.mark.parametrize(
    "path", ["/.git/config", "/static/.git/config", "/static/../.git/config", "/static/%2e%2e/wsgi.py"]
)
def test_nothing_beside_the_static_folder_is_served(client: FlaskClient, path: str) -> None:
    """13.4.1."""
    assert client.get(path).status_code == 404


def test_folders_are_not_listed(client: FlaskClient) -> None:
    """13.4.3."""
    assert {client.get(path).status_code for path in ("/static/", "/static/core/", "/static/core")} == {404}


def test_signing_out_clears_what_the_browser_keeps(people: People) -> None:
    """14.3.1: but not the storage, where a gate's phone has its queue."""
    assert people.dora.post("/sign-out").headers["Clear-Site-Data"] == '"cache"'


def test_who_is_throttled_is_told_when_to_come_back(client: FlaskClient) -> None:
    """2.4.1."""
    form = {"email": "nobody@example.org", "password": "wrong"}
    answers = [client.post("/sign-in", data=form) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 900
    assert "Retry-After" not in answers[0].headers


def events(text: str, name: str) -> list[dict[str, object]]:
    return [line for line in map(json.loads, text.splitlines()) if line.get("event") == name]


def test_failed_sign_ins_are_logged_by_number(
    people: People, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """16.3.1; P19: which account was meant is a number, the address typed stands nowhere."""
    client.post("/sign-in", data={"email": "nobody@example.org", "password": "wrong"})
    text = capsys.readouterr().err
    assert [line["user"] for line in events(text, "sign_in_failed")] == [None]
    assert "nobody" not in text


def test_a_refusal_says_who_and_what(people: People, capsys: pytest.CaptureFixture[str]) -> None:
    """16.3.2: the account and the endpoint; rows of the address by number."""
    answer = people.bob.get("/desk/people/1")
    line = events(capsys.readouterr().err, "refused")[-1]
    assert answer.status_code == line["status"]
    assert line["status"] in (403, 404)
    assert str(line["by"]).startswith("user ")
    assert line["rows"] == {"user_id": 1}


def test_passwords_of_the_installations_list_are_refused(app: Flask, tmp_path: Path) -> None:
    """6.2.4, 6.2.12: a list of breached passwords, without a network."""
    breached = tmp_path / "breached.txt"
    breached.write_text("moss-umbrella-9\nshort\n")
    passwords.configure(str(breached))
    try:
        with pytest.raises(Refused, match="password_common"):
            passwords.new_password_hash("Moss-Umbrella-9", "eva@example.org")
    finally:
        passwords.configure("")
    assert passwords.new_password_hash("Moss-Umbrella-9", "eva@example.org").startswith("$argon2id$")


def test_password_fields_hide_what_is_typed_and_let_managers_fill_them(
    people: People, client: FlaskClient
) -> None:
    """6.2.6, 6.2.7: no field of a password is shown; no script and no attribute hinders pasting."""
    for page in (people.dora.get("/me/password").text, client.get("/sign-in").text):
        fields = re.findall(r"<input[^>]*name=\"[a-z_]*password\"[^>]*>", page)
        assert fields
        assert [one for one in fields if 'type="password"' not in one or "readonly" in one] == []
        assert "onpaste" not in page
    scripts = "".join(path.read_text() for path in Path("static").glob("*/*.js"))
    assert not re.search(r"[\"'](paste|copy|contextmenu)[\"']", scripts)


def test_a_nul_in_a_form_is_no_fault(people: People) -> None:
    """1.3.3: the sign that PostgreSQL keeps in no text is left out before anything looks at it."""
    answer = people.alice.post("/me?lang=en", data={"name": "A\x00lice", "language": "en"})
    assert answer.status_code == 303
    assert 'value="Alice"' in people.alice.get("/me?lang=en").text
