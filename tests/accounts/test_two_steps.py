"""Two-step sign-in by an authenticator app: codes once, throttled, recovery codes, and another administrator's reset."""

from __future__ import annotations

import re
import threading

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts import queries, service
from exhibitions.accounts.models import AppSecret, RecoveryCode
from exhibitions.accounts.rules import OrganisationRole
from exhibitions.accounts.service import second_step
from exhibitions.core import clock, signing
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from tests.accounts.conftest import PASSWORD, Clock, code, set_up_app, sign_in
from tests.engines import both_engines

WRONG = "This code is not right, or it was used already."
SECOND = "/sign-in/second-step?lang=en&next=/doors"


@pytest.fixture
def secret(client: FlaskClient, eva: str, hours: Clock) -> str:
    """The secret of Eva's app, on a browser on which nobody is signed in afterwards."""
    sign_in(client, eva)
    found, codes = set_up_app(client, hours)
    assert len(codes) == 10
    client.post("/sign-out")
    hours.pass_by(minutes=1)
    return found


def test_the_password_alone_no_longer_opens_anything(
    client: FlaskClient, eva: str, secret: str, hours: Clock
) -> None:
    assert sign_in(client, eva) == (303, "/sign-in/second-step?next=/doors")
    assert client.get("/doors").status_code == 303
    assert client.post(SECOND, data={"code": code(secret, hours.now)}).location == "/doors"
    assert client.get("/doors").status_code == 200


def test_a_code_is_good_once_and_a_step_early_or_late(
    app: Flask, client: FlaskClient, eva: str, secret: str, hours: Clock
) -> None:
    """ASVS 6.5.1: the same code does not open a second session, although its half minute is not over."""
    typed = code(secret, hours.now)
    hours.pass_by(seconds=30)
    sign_in(client, eva)
    assert client.post(SECOND, data={"code": f" {typed[:3]} {typed[3:]}"}).status_code == 303
    other = app.test_client()
    sign_in(other, eva)
    answer = other.post(SECOND, data={"code": typed})
    assert (answer.status_code, answer.text.count(WRONG)) == (422, 2)
    assert other.post(SECOND, data={"code": code(secret, hours.now)}).status_code == 303


def test_guessing_codes_is_throttled_by_account(app: Flask, eva: str, secret: str, hours: Clock) -> None:
    """ASVS 6.6.3: ten in a quarter of an hour, whatever the browser."""
    browsers = [app.test_client() for _ in range(11)]
    for browser in browsers:
        sign_in(browser, eva)
    answers = [browser.post(SECOND, data={"code": "000000"}).status_code for browser in browsers]
    assert answers == [422] * 10 + [429]
    assert browsers[0].post(SECOND, data={"code": code(secret, hours.now)}).status_code == 429


def test_the_second_step_is_owed_for_ten_minutes(
    client: FlaskClient, eva: str, secret: str, hours: Clock
) -> None:
    """ASVS 6.5.5, 6.6.2: the code belongs to a password typed here a moment ago."""
    assert client.get(SECOND).location == "/sign-in?next=/doors"
    sign_in(client, eva)
    hours.pass_by(minutes=10)
    assert client.post(SECOND, data={"code": code(secret, hours.now)}).location == "/sign-in?next=/doors"


def test_a_second_step_begun_with_the_old_password_does_not_end_after_it(
    app: Flask, client: FlaskClient, eva: str, secret: str, hours: Clock
) -> None:
    sign_in(client, eva)
    with app.app_context():
        user = queries.user_by_email(eva)
        assert user is not None
        hashed = service.new_password_hash("another sentence entirely", eva)
        with transaction():
            service.choose_password(user, hashed, Actor("user", user.id))
    assert client.post(SECOND, data={"code": code(secret, hours.now)}).location == "/sign-in?next=/doors"


def test_a_recovery_code_is_good_once(client: FlaskClient, eva: str, hours: Clock, app: Flask) -> None:
    sign_in(client, eva)
    _secret, codes = set_up_app(client, hours)
    for typed, status in ((codes[0].upper(), 303), (codes[0], 422), (codes[1].replace("-", " "), 303)):
        browser = app.test_client()
        sign_in(browser, eva)
        assert browser.post(SECOND, data={"code": typed}).status_code == status
    assert "8 codes are left." in client.get("/me?lang=en").text


def test_recovery_codes_are_shown_once_and_new_ones_end_the_old(
    client: FlaskClient, eva: str, hours: Clock, app: Flask
) -> None:
    sign_in(client, eva)
    _secret, codes = set_up_app(client, hours)
    assert client.get("/me/recovery-codes").status_code == 303
    fresh = client.post("/me/recovery-codes", follow_redirects=True).text
    assert not any(one in fresh for one in codes)
    browser = app.test_client()
    sign_in(browser, eva)
    assert browser.post(SECOND, data={"code": codes[0]}).status_code == 422


def test_nothing_in_the_database_is_a_secret_or_a_code(
    app: Flask, client: FlaskClient, eva: str, hours: Clock
) -> None:
    """ASVS 6.5.2: the secret is sealed to its row and key number; codes are hashes."""
    sign_in(client, eva)
    secret, codes = set_up_app(client, hours)
    with app.app_context():
        row = db.session.scalars(sa.select(AppSecret)).one()
        assert secret.encode() not in row.sealed_secret
        assert row.key_number == 1
        stored = db.session.scalars(sa.select(RecoveryCode.code_hash)).all()
        assert not {*codes, *(one.replace("-", "") for one in codes)} & set(stored)
        with transaction():
            row.key_number = 2
        with pytest.raises(signing.SealBrokenError):
            second_step.take_code(row.user_id, code(secret, hours.now), hours.now)


@both_engines
def test_of_two_who_come_with_one_code_one_gets_in(app: Flask, eva: str) -> None:
    """The row is the judge: eight threads with the same recovery code."""
    with app.app_context():
        user = queries.user_by_email(eva)
        assert user is not None
        number = user.id
        with transaction():
            codes = second_step.first_recovery_codes(number)
    taken: list[bool] = []

    def take() -> None:
        with app.app_context():
            try:
                with transaction():
                    second_step.take_code(number, codes[0], clock.now())
                taken.append(True)
            except Refused:
                taken.append(False)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]


def test_changing_the_way_to_sign_in_asks_again_after_a_quarter_of_an_hour(
    client: FlaskClient, eva: str, hours: Clock
) -> None:
    """ASVS 7.5.1."""
    sign_in(client, eva)
    hours.pass_by(minutes=15)
    for path in (
        "/me/app/begin",
        "/me/app/remove",
        "/me/recovery-codes",
        "/me/passkeys/options",
        "/me/passkeys",
    ):
        assert client.post(path).location == "/me/confirm?next=/me", path
    wrong = client.post("/me/confirm?lang=en&next=/me", data={"password": "wrong"})
    assert (wrong.status_code, wrong.text.count("The password is not right.")) == (422, 2)
    assert client.post("/me/confirm?next=//evil.example", data={"password": PASSWORD}).location == "/me"
    assert client.post("/me/app/begin").location == "/me/app"


def test_a_wrong_first_code_switches_nothing_on(client: FlaskClient, eva: str, hours: Clock) -> None:
    sign_in(client, eva)
    client.post("/me/app/begin")
    answer = client.post("/me/app?lang=en", data={"code": "000000"})
    assert (answer.status_code, answer.text.count(WRONG)) == (422, 2)
    client.post("/sign-out")
    assert sign_in(client, eva) == (303, "/doors")


def test_the_app_is_removed_and_its_recovery_codes_with_it(
    app: Flask, client: FlaskClient, eva: str, hours: Clock
) -> None:
    sign_in(client, eva)
    set_up_app(client, hours)
    assert client.post("/me/app/remove").status_code == 303
    with app.app_context():
        assert db.session.query(RecoveryCode).count() == 0
    assert client.post("/me/recovery-codes?lang=en").status_code == 422


@pytest.fixture
def chiefs(app: Flask) -> tuple[int, int]:
    """Two administrators."""
    with app.app_context(), transaction():
        made = [service.create_user(f"{name}@example.org", name, None) for name in ("dora", "fritz")]
        for one in made:
            service.grant_organisation_role(one, OrganisationRole.ADMINISTRATOR)
        return made[0].id, made[1].id


def test_where_two_steps_are_demanded_an_administrator_without_finds_nothing(
    app: Flask, client: FlaskClient, eva: str, hours: Clock
) -> None:
    """ASVS 6.3.3, 6.3.4: the right itself is gone, so every page and command is shut alike."""
    with app.app_context(), transaction():
        user = queries.user_by_email(eva)
        assert user is not None
        service.grant_organisation_role(user, OrganisationRole.ADMINISTRATOR)
    sign_in(client, eva)
    answer = client.post("/desk/people/two-steps", data={"wanted": "1"}, follow_redirects=True)
    assert client.get("/desk/people").status_code == 200, "who has no second step cannot demand it"
    assert "two-step" in answer.text.lower() or "两步" in answer.text
    set_up_app(client, hours)
    assert client.post("/desk/people/two-steps", data={"wanted": "1"}).location == "/desk/people"
    assert client.get("/desk/people").status_code == 200
    client.post("/me/app/remove")
    assert client.get("/desk/people").status_code == 403
    assert "demands two steps" in client.get("/me?lang=en").text


def test_only_another_administrator_resets_a_second_step(app: Flask, chiefs: tuple[int, int]) -> None:
    with app.app_context():
        dora, fritz = (queries.user_by_id(number) for number in chiefs)
        assert dora is not None
        assert fritz is not None
        with transaction():
            second_step.begin_app(dora.id)
            db.session.get_one(AppSecret, dora.id).confirmed_at = dora.created_at
        with pytest.raises(Refused, match="own_reset"), transaction():
            second_step.reset(dora, Actor("user", dora.id, "Dora"))
        assert queries.has_second_step(dora.id)
        with transaction():
            second_step.reset(dora, Actor("user", fritz.id, "Fritz"))
        assert not queries.has_second_step(dora.id)


def test_what_was_typed_before_signing_in_survives_the_second_step(
    app: Flask, client: FlaskClient, eva: str, secret: str, hours: Clock
) -> None:
    """B7 with two steps: the sealed typing goes through the second form, and no password with it."""
    app.config["WTF_CSRF_ENABLED"] = False
    asked = client.post("/me/password?x=1", data={"name": "typed by hand"})
    sealed = re.search(r'name="kept"[^>]*value="([^"]+)"', asked.text) or re.search(
        r'value="([^"]+)"[^>]*name="kept"', asked.text
    )
    assert sealed is not None
    path = "/sign-in?next=/me/password%3Fx%3D1"
    page = client.post(path, data={"email": eva, "password": PASSWORD, "kept": sealed[1]}).text
    assert 'name="typed"' in page
    assert PASSWORD not in page
    typed = re.search(r'name="typed"[^>]*value="([^"]+)"', page)
    assert typed is not None
    done = client.post(
        "/sign-in/second-step?next=/me/password%3Fx%3D1",
        data={"code": code(secret, hours.now), "typed": typed[1]},
    )
    assert (done.status_code, 'action="/me/password?x=1"' in done.text) == (200, True)
