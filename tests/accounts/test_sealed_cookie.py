"""The session's cookie is sealed: nobody but the server reads or changes it, and secrets in it are shown once."""

from __future__ import annotations

import base64
import time
import zlib

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import BadSignature, URLSafeTimedSerializer

from exhibitions.core.sealed_cookie import Sealer
from tests.accounts.conftest import Clock, set_up_app, sign_in
from tests.conftest import SECRET
from tests.people import People


def readable(client: FlaskClient) -> bytes:
    """All that somebody without the key makes of the cookie of this browser."""
    cookie = client.get_cookie("session")
    assert cookie is not None
    text = cookie.value
    found = text.encode()
    for part in (text, *text.split(".")):
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        found += raw
        try:
            found += zlib.decompress(raw)
        except zlib.error:
            continue
    return found


def test_a_session_goes_there_and_back() -> None:
    sealer = Sealer(SECRET)
    session = {"a": 1, "b": ("tuple", "张伟"), "_flashes": [("success", "Saved.")]}
    assert sealer.loads(sealer.dumps(session)) == session
    assert sealer.dumps(session) != sealer.dumps(session)


def test_what_was_changed_or_comes_from_elsewhere_is_refused() -> None:
    sealer = Sealer(SECRET)
    text = sealer.dumps({"a": 1})
    for wrong in (
        "",
        "x",
        "é",
        "!" * 80,
        text[:-2],
        text[:20] + ("A" if text[20] != "A" else "B") + text[21:],
        Sealer("another secret").dumps({"a": 1}),
        URLSafeTimedSerializer(SECRET).dumps({"a": 1}),
    ):
        with pytest.raises(BadSignature):
            sealer.loads(wrong)


def test_an_old_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sealer = Sealer(SECRET)
    text = sealer.dumps({"a": 1})
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 61)
    assert sealer.loads(text, max_age=62) == {"a": 1}
    with pytest.raises(BadSignature):
        sealer.loads(text, max_age=59)


def test_a_cookie_of_before_is_an_empty_session(client: FlaskClient) -> None:
    """Cookies that were signed by an earlier release end the session, and nothing fails."""
    client.set_cookie("session", URLSafeTimedSerializer(SECRET).dumps({"sign_in": "x"}))
    assert client.get("/doors").status_code == 303


def test_recovery_codes_stand_in_no_cookie_that_can_be_read_and_are_shown_once(
    app: Flask, client: FlaskClient, eva: str, hours: Clock
) -> None:
    sign_in(client, eva)
    _secret, _codes = set_up_app(client, hours)
    asked = client.post("/me/recovery-codes")
    with client.session_transaction() as session:
        codes = next(iter(session["answers"].values()))[1]
    assert len(codes) == 10
    held = readable(client)
    assert [one for one in codes if one.encode() in held] == []
    assert b"sign_in" not in held
    first = client.get(asked.location)
    assert [one in first.text for one in codes] == [True] * 10
    assert client.get(asked.location).location == "/me", "once only"
    with client.session_transaction() as session:
        assert not session["answers"]


def test_links_to_hand_over_are_shown_once(people: People) -> None:
    """A person's link for a password, a visitor's new link, a preview and a calendar of one's own."""
    invited = people.dora.post(
        "/desk/people/invite",
        data={"email": "new@example.org", "name": "New", "organisation_roles": "secretary", "way": "link"},
    )
    preview = people.alice.post("/desk/8th/setup/previews", data={"name": "Press", "days": "3"})
    calendar = people.alice.post("/desk/8th/tasks/calendar", data={"scope": "mine"})
    for browser, answer, sign in (
        (people.dora, invited, "/sign-in/invitation/"),
        (people.alice, preview, "/8th/preview/"),
        (people.alice, calendar, "/8th/calendar/"),
    ):
        assert answer.status_code == 303, sign
        assert sign.encode() not in readable(browser)
        assert sign in browser.get(answer.location).text, sign
        assert sign not in browser.get(answer.location).text, sign
