"""Guessing is held, and nobody who knows an address locks its owner out (ASVS 6.3.1; OWASP: device cookies)."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts import queries, service
from exhibitions.accounts.models import User
from exhibitions.accounts.rules import known
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import transaction
from tests.accounts.conftest import PASSWORD, Clock, code, set_up_app, sign_in

KEY = b"k" * 32
HELD = "That was tried too often."
SECOND = "/sign-in/second-step?lang=en&next=/doors"


class Networks:
    """Strangers without cookies, each from a network of its own."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._tries = 0

    def guess(self, email: str, times: int) -> list[int]:
        """Wrong passwords, thirty from each network, every one on a browser of its own; gives the statuses."""
        return [self._once(email) for _ in range(times)]

    def _once(self, email: str) -> int:
        address = f"203.0.113.{self._tries // 30}"
        self._tries += 1
        form = {"email": email, "password": "wrong"}
        return (
            self._app.test_client()
            .post("/sign-in", data=form, environ_base={"REMOTE_ADDR": address})
            .status_code
        )


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong passwords are known without the slow hash, so that a test may try hundreds."""
    monkeypatch.setattr(
        service.passwords, "is_password_of", lambda user, typed: user is not None and typed == PASSWORD
    )


def user_of(email: str) -> User:
    found = queries.user_by_email(email)
    assert found is not None
    return found


@pytest.mark.parametrize("email", ["eva@example.org", "nobody@example.org"])
def test_guessing_from_one_network_ends_and_others_are_not_held_up(
    app: Flask, eva: str, cheap: None, email: str
) -> None:
    """Known or not, the same number of tries and the same words."""
    stranger = {"REMOTE_ADDR": "203.0.113.9"}
    form = {"email": email, "password": "wrong"}

    def guess(times: int) -> list[int]:
        return [
            app.test_client().post("/sign-in", data=form, environ_base=stranger).status_code
            for _ in range(times)
        ]

    assert guess(31) == [422] * 30 + [429]
    held = app.test_client().post("/sign-in?lang=en", data=form, environ_base=stranger)
    assert (held.text.count(HELD), "have a link sent to you" in held.text) == (2, True)
    expected = (303, "/doors") if email == eva else (422,)
    assert sign_in(app.test_client(), email)[: len(expected)] == expected, "from another network"


def test_an_account_is_held_for_strangers_and_its_owner_comes_in(
    app: Flask, client: FlaskClient, eva: str, cheap: None
) -> None:
    """120 in an hour, however many networks: the end for unknown browsers, not for one that Eva has used."""
    assert sign_in(client, eva)[0] == 303
    client.post("/sign-out")
    # The sign-in on a browser that was new then was the first of them.
    assert Networks(app).guess(eva, 120) == [422] * 119 + [429]
    assert sign_in(app.test_client(), eva)[0] == 429, "a browser on which Eva never was"
    assert sign_in(client, eva) == (303, "/doors")


def test_the_shared_limit_holds_for_unknown_accounts_alike(app: Flask, eva: str, cheap: None) -> None:
    assert Networks(app).guess("nobody@example.org", 121) == [422] * 120 + [429]


def test_a_known_browser_guesses_no_longer_than_others(client: FlaskClient, eva: str, cheap: None) -> None:
    """Who takes the laptop has ten tries in a quarter of an hour, too."""
    sign_in(client, eva)
    client.post("/sign-out")
    assert [sign_in(client, eva, "wrong")[0] for _ in range(11)] == [422] * 10 + [429]
    assert sign_in(client, eva)[0] == 429


def test_a_browser_is_known_for_its_own_person_only(app: Flask, eva: str, cheap: None) -> None:
    """An account of one's own gives no tries at another's."""
    with app.app_context(), transaction():
        service.create_user("max@example.org", "Max", service.hash_password(PASSWORD))
    browser = app.test_client()
    assert sign_in(browser, "max@example.org")[0] == 303
    browser.post("/sign-out")
    Networks(app).guess(eva, 120)
    assert sign_in(browser, eva)[0] == 429
    assert sign_in(browser, "max@example.org")[0] == 303


def test_several_people_are_known_on_one_browser(app: Flask, eva: str, cheap: None) -> None:
    with app.app_context(), transaction():
        service.create_user("max@example.org", "Max", service.hash_password(PASSWORD))
    desk = app.test_client()
    for email in (eva, "max@example.org"):
        assert sign_in(desk, email)[0] == 303
        desk.post("/sign-out")
    for email in (eva, "max@example.org"):
        Networks(app).guess(email, 120)
        assert sign_in(desk, email)[0] == 303
        desk.post("/sign-out")


@pytest.mark.parametrize("deed", ["everywhere", "administrator", "password", "link", "disabled"])
def test_browsers_are_forgotten_when_all_sessions_end(
    app: Flask, client: FlaskClient, eva: str, cheap: None, deed: str
) -> None:
    """What is left on a lost laptop is worth nothing after signing out everywhere, a new password, being shut out."""
    laptop = app.test_client()
    sign_in(laptop, eva)
    sign_in(client, eva)
    if deed == "everywhere":
        client.post("/me/sign-out-everywhere")
    elif deed == "password":
        client.post("/me/password", data={"old_password": PASSWORD, "password": "another sentence"})
    else:
        with app.app_context(), transaction():
            user = user_of(eva)
            if deed == "administrator":
                service.sign_out_everywhere(user.id, SYSTEM)
            elif deed == "link":
                service.choose_password(user, service.hash_password("another sentence"), SYSTEM)
            else:
                service.disable(user, SYSTEM)
                service.enable(user, SYSTEM)
    Networks(app).guess(eva, 120)
    assert sign_in(laptop, eva)[0] == 429
    stays = sign_in(client, eva)[0]
    assert stays == (303 if deed == "password" else 429), "the browser at hand stays known"


def test_a_held_account_is_opened_by_a_link(app: Flask, eva: str, cheap: None) -> None:
    """The link chooses a password, signs in, and makes the browser a known one."""
    Networks(app).guess(eva, 120)
    with app.app_context(), transaction():
        token = service.offer_link(user_of(eva), "new-password", SYSTEM)
    browser = app.test_client()
    chosen = browser.post(f"/sign-in/new-password/{token}", data={"password": PASSWORD})
    assert (chosen.status_code, browser.get("/doors").status_code) == (303, 200)
    browser.post("/sign-out")
    assert sign_in(browser, eva)[0] == 303
    assert sign_in(app.test_client(), eva)[0] == 429


def test_strangers_wishes_for_links_do_not_use_up_the_owners(
    app: Flask, client: FlaskClient, eva: str
) -> None:
    sign_in(client, eva)
    client.post("/sign-out")
    answers = []
    for number in range(4):
        for _ in range(4):
            stranger = {"REMOTE_ADDR": f"203.0.113.{number}"}
            form = {"email": eva}
            answers.append(
                app.test_client().post("/sign-in/forgot", data=form, environ_base=stranger).status_code
            )
    assert answers == [303] * 3 + [429] + [303] * 3 + [429] * 9, "three a network, six in all"
    assert client.post("/sign-in/forgot", data={"email": eva}).status_code == 303


def test_who_has_the_password_does_not_use_up_the_owners_codes(
    app: Flask, client: FlaskClient, eva: str, hours: Clock
) -> None:
    sign_in(client, eva)
    secret, _codes = set_up_app(client, hours)
    client.post("/sign-out")
    hours.pass_by(minutes=1)
    thief = app.test_client()
    sign_in(thief, eva)
    assert [thief.post(SECOND, data={"code": "000000"}).status_code for _ in range(11)] == [422] * 10 + [429]
    sign_in(client, eva)
    assert client.post(SECOND, data={"code": code(secret, hours.now)}).status_code == 303


def test_the_password_alone_makes_no_browser_known(
    app: Flask, client: FlaskClient, eva: str, hours: Clock
) -> None:
    sign_in(client, eva)
    set_up_app(client, hours)
    half = app.test_client()
    assert sign_in(half, eva)[1].startswith("/sign-in/second-step")
    assert half.get_cookie("known") is None
    assert client.get_cookie("known") is not None


def test_the_own_account_is_confirmed_while_strangers_guess(
    app: Flask, client: FlaskClient, eva: str, cheap: None
) -> None:
    sign_in(client, eva)
    Networks(app).guess(eva, 121)
    assert client.post("/me/confirm", data={"password": PASSWORD}).status_code == 303


def test_the_mark_names_nobody_and_is_bound_to_person_and_key() -> None:
    kept = known.with_mark(KEY, "", 7, 0)
    name = known.known_name(KEY, kept, 7, 0)
    assert kept.startswith(name)
    assert len(name) == 16
    assert known.known_name(KEY, kept, 8, 0) == ""
    assert known.known_name(KEY, kept, 7, 1) == ""
    assert known.known_name(b"x" * 32, kept, 7, 0) == ""
    assert known.known_name(KEY, kept[:-1] + ("A" if kept[-1] != "A" else "B"), 7, 0) == ""


@pytest.mark.parametrize("kept", ["", ".", "x" * 59, "é" * 59, "a.b.c", "x" * 5000])
def test_whatever_the_browser_brings_is_read(kept: str) -> None:
    assert known.known_name(KEY, kept, 7, 0) == ""
    assert known.known_name(KEY, known.with_mark(KEY, kept, 7, 0), 7, 0) != ""


def test_eight_people_are_kept_and_a_second_mark_takes_the_place_of_the_first() -> None:
    kept = ""
    for user_id in range(1, 10):
        kept = known.with_mark(KEY, kept, user_id, 0)
    assert [bool(known.known_name(KEY, kept, user_id, 0)) for user_id in range(1, 10)] == [False] + [True] * 8
    first = known.known_name(KEY, kept, 9, 0)
    kept = known.with_mark(KEY, kept, 9, 0)
    assert known.known_name(KEY, kept, 9, 0) != first
    assert (kept.count(".") + 1, first in kept) == (8, False)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9/32"),
        ("::ffff:203.0.113.9", "203.0.113.9/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "-"),
        ("unix:", "-"),
    ],
)
def test_networks(address: str, network: str) -> None:
    assert known.network_of(address) == network
