"""Eva, who can sign in, and what her browser and her phone do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts import service
from exhibitions.core import clock
from exhibitions.core.db import transaction

PASSWORD = "correct horse battery"


@pytest.fixture
def eva(app: Flask) -> str:
    """The address of a person who can sign in."""
    with app.app_context():
        hashed = service.new_password_hash(PASSWORD, "eva@example.org")
        with transaction():
            service.create_user("Eva@Example.org", "Eva", hashed)
    return "eva@example.org"


@dataclass
class Clock:
    """The product's clock in a test's hands."""

    now: datetime = datetime(2026, 8, 19, 9, tzinfo=UTC)

    def pass_by(self, **length: float) -> datetime:
        self.now += timedelta(**length)
        return self.now


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands still until the test moves it."""
    hands = Clock()
    monkeypatch.setattr(clock, "now", lambda: hands.now)
    return hands


SignIn = Callable[..., tuple[int, str]]


def sign_in(
    client: FlaskClient, email: str, password: str = PASSWORD, path: str = "/sign-in?lang=en"
) -> tuple[int, str]:
    """The status of the answer, and where it leads to (or what it says)."""
    answer = client.post(path, data={"email": email, "password": password})
    return answer.status_code, answer.location or answer.text


def set_up_app(client: FlaskClient, hands: Clock) -> tuple[str, list[str]]:
    """Let the person who is signed in set up an authenticator app; gives its secret and the recovery codes."""
    assert client.post("/me/app/begin").status_code == 303
    page = client.get("/me/app?lang=en").text
    found = re.search(r'data-copy="([A-Z2-7 ]+)"', page)
    assert found is not None
    secret = found[1].replace(" ", "")
    answer = client.post("/me/app", data={"code": code(secret, hands.now)}, follow_redirects=True)
    codes = re.findall(r'<li class="code">([a-z0-9]{5}-[a-z0-9]{5})</li>', answer.text)
    return secret, codes


def code(secret: str, now: datetime) -> str:
    """What the app shows at this moment."""
    return pyotp.TOTP(secret).at(now)
