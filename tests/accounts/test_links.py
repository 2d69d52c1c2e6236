"""Invitations and lost passwords: links that work once, for a while, and tell nobody who has an account."""

from __future__ import annotations

import email
import email.policy
import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts import queries, service
from exhibitions.accounts.models import PersonalLink, SignIn, User
from exhibitions.accounts.queries.people import Wanted, people
from exhibitions.accounts.rules.people import INVITATION, NEW_PASSWORD, PersonState
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.signing import hash_link_token
from exhibitions.jobs import service as jobs
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from exhibitions.mail import service as mail
from exhibitions.mail.models import Mail
from tests.accounts.conftest import PASSWORD, Clock, code, set_up_app, sign_in
from tests.engines import both_engines

NEW = "another sentence entirely"


def link(app: Flask, email: str, kind: str) -> str:
    """The address of a fresh link of this person's."""
    with app.app_context(), transaction():
        user = queries.user_by_email(email) or service.create_user(email, "Ida", None)
        token = service.offer_link(user, kind, SYSTEM)
    return f"/sign-in/{kind}/{token}?lang=en"


def test_who_is_invited_chooses_a_password_and_is_in(app: Flask, client: FlaskClient) -> None:
    address = link(app, "ida@example.org", INVITATION)
    page = client.get(address).text
    assert "Welcome, Ida" in page
    assert "At least 8 characters" in page
    assert client.get("/doors").status_code == 303, "opening a link signs nobody in (ASVS 7.6.2)"
    short = client.post(address, data={"password": "short"})
    assert (short.status_code, short.text.count("A password has 8 to 128 characters.")) == (422, 2)
    assert client.post(address, data={"password": NEW}).location == "/doors"
    assert "Welcome, Ida" in client.get("/doors?lang=en").text
    assert sign_in(app.test_client(), "ida@example.org", NEW) == (303, "/doors")


def test_an_invitation_works_once_and_for_seven_days(app: Flask, client: FlaskClient, hours: Clock) -> None:
    """ASVS 6.4.1."""
    used = link(app, "ida@example.org", INVITATION)
    client.post(used, data={"password": NEW})
    for answer in (app.test_client().get(used), app.test_client().post(used, data={"password": PASSWORD})):
        assert (answer.status_code, "This link does not work any more" in answer.text) == (404, True)
    late = link(app, "otto@example.org", INVITATION)
    hours.pass_by(days=7)
    assert client.get(late).status_code == 404


def test_a_newer_link_closes_the_older_one_and_is_for_its_person_alone(app: Flask) -> None:
    first, other = link(app, "ida@example.org", INVITATION), link(app, "otto@example.org", INVITATION)
    second = link(app, "ida@example.org", INVITATION)
    assert [app.test_client().get(one).status_code for one in (first, other, second)] == [404, 200, 200]
    assert "otto@example.org" in app.test_client().get(other).text


@both_engines
def test_of_two_who_use_one_link_at_once_one_gets_it(app: Flask) -> None:
    token = link(app, "ida@example.org", INVITATION).split("/")[3].partition("?")[0]
    taken: list[int | None] = []

    def take() -> None:
        with app.app_context(), transaction():
            taken.append(service.take_link(INVITATION, token))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in taken if one is not None]) == 1


def test_tokens_are_long_and_stored_as_hashes(app: Flask) -> None:
    """192 bits, and only their hash in the database."""
    token = link(app, "ida@example.org", INVITATION).split("/")[3].partition("?")[0]
    assert len(token) == 32
    with app.app_context():
        stored = db.session.scalars(sa.select(PersonalLink.token_hash)).all()
    assert stored == [hash_link_token(token)]


def test_a_disabled_persons_links_open_nothing(app: Flask, client: FlaskClient) -> None:
    address = link(app, "ida@example.org", INVITATION)
    with app.app_context(), transaction():
        user = queries.user_by_email("ida@example.org")
        assert user is not None
        service.disable(user, SYSTEM)
    assert client.get(address).status_code == 404


def test_a_new_password_ends_every_other_session(app: Flask, client: FlaskClient, eva: str) -> None:
    """ASVS 6.4.3, 7.4.3."""
    sign_in(client, eva)
    other = app.test_client()
    assert other.post(link(app, eva, NEW_PASSWORD), data={"password": NEW}).location == "/doors"
    assert client.get("/doors").status_code == 303
    assert other.get("/doors").status_code == 200
    assert sign_in(app.test_client(), eva, PASSWORD)[0] == 422


def test_a_new_password_does_not_go_round_the_second_step(
    app: Flask, client: FlaskClient, eva: str, hours: Clock
) -> None:
    """ASVS 6.4.3."""
    sign_in(client, eva)
    secret, _codes = set_up_app(client, hours)
    hours.pass_by(minutes=1)
    other = app.test_client()
    answer = other.post(link(app, eva, NEW_PASSWORD), data={"password": NEW})
    assert answer.location == "/sign-in/second-step?next=/doors"
    assert other.get("/doors").status_code == 303
    done = other.post("/sign-in/second-step", data={"code": code(secret, hours.now)})
    assert done.location == "/doors"


@pytest.fixture
def sender(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail server is set up; letters are still written into the outbox folder."""
    monkeypatch.setattr(service.people, "has_sender", lambda: True)
    monkeypatch.setattr(service, "has_sender", lambda: True)


def letters(app: Flask) -> list[str]:
    """What was written to people, by the worker."""
    with app.app_context():
        drain()
        folder: Path = mail.account().outbox
    found = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in folder.glob("*.eml")
    ]
    return [one.get_content() for one in found]


def test_the_answer_is_the_same_for_known_and_unknown(app: Flask, eva: str, sender: None) -> None:
    """ASVS 6.3.8: same status, same way, same page; only the owner of the address learns more."""
    answers = []
    for address in (eva, "nobody@example.org"):
        browser = app.test_client()
        answer = browser.post("/sign-in/forgot?lang=en", data={"email": address})
        answers.append(
            (answer.status_code, answer.location, browser.get("/sign-in/forgot/sent?lang=en").text)
        )
    assert answers[0] == answers[1]
    with app.app_context():
        drain()
        assert [mail.recipient for mail in db.session.query(Mail)] == [eva]


def test_the_work_is_the_same_for_known_and_unknown(app: Flask, eva: str, sender: None) -> None:
    """ASVS 6.3.8: the same statements in the same order, so that the time tells nothing either."""
    asked: list[list[str]] = []
    with app.app_context():
        engine = db.engine

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        asked[-1].append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        for address in (eva, "nobody@example.org"):
            asked.append([])
            app.test_client().post("/sign-in/forgot?lang=en", data={"email": address})
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert asked[0] == asked[1]
    assert any(each.startswith("INSERT") for each in asked[0])


def test_a_link_is_never_made_from_the_host_header(app: Flask, eva: str, sender: None) -> None:
    """Indico CVE-2021-30185: the address in the letter is the installation's own."""
    asked = app.test_client().post("/sign-in/forgot", data={"email": eva}, headers={"Host": "127.0.0.1"})
    assert asked.status_code == 303
    evil = app.test_client().post("/sign-in/forgot", data={"email": eva}, headers={"Host": "evil.example"})
    assert evil.status_code == 400
    (text,) = letters(app)
    found = re.search(r"http\S+/sign-in/new-password/\S+", text)
    assert found is not None
    assert found[0].startswith(app.config["PUBLIC_URL"])
    path = found[0].removeprefix(app.config["PUBLIC_URL"])
    assert app.test_client().post(path, data={"password": NEW}).location == "/doors"


def test_asking_for_a_new_password_is_throttled_per_address(app: Flask, eva: str, sender: None) -> None:
    """Three letters an hour, known or not, whatever the browser."""
    for address in (eva, "nobody@example.org"):
        statuses = [
            app.test_client().post("/sign-in/forgot", data={"email": address}).status_code for _ in range(4)
        ]
        assert statuses == [303, 303, 303, 429]


def test_without_a_sender_the_page_says_who_can_help(client: FlaskClient, eva: str) -> None:
    assert "sends no mail" in client.get("/sign-in/forgot?lang=en").text


def test_a_letter_to_who_can_sign_in_meanwhile_is_withdrawn(app: Flask, eva: str, sender: None) -> None:
    with app.app_context(), transaction():
        user = queries.user_by_email(eva)
        assert user is not None
        service.send_link(user, INVITATION, SYSTEM, "en")
    assert letters(app) == []
    with app.app_context():
        assert [mail.state.value for mail in db.session.query(Mail)] == ["withdrawn"]


def test_an_invitation_by_letter(app: Flask, sender: None) -> None:
    with app.app_context(), transaction():
        service.send_link(service.create_user("ida@example.org", "Ida", None), INVITATION, SYSTEM, "zh")
    (text,) = letters(app)
    found = re.search(r"/sign-in/invitation/\S+", text)
    assert found is not None
    assert app.test_client().post(found[0], data={"password": NEW}).location == "/doors"


def test_p6_the_term_takes_sessions_and_links_but_not_what_the_list_of_people_tells_by(
    app: Flask, client: FlaskClient, eva: str, hours: Clock
) -> None:
    """Who was asked and never came stays "invited in vain", and of each person the session used last stays."""
    sign_in(client, eva)
    hours.pass_by(hours=1)
    sign_in(client, eva)
    link(app, eva, NEW_PASSWORD)
    with app.app_context():
        with transaction():
            ida = service.create_user("ida@example.org", "Ida", None)
            service.offer_link(ida, INVITATION, SYSTEM)
        hours.pass_by(days=400)
        (seen,) = [row.seen_at for row in people(Wanted(), hours.now).rows if row.user.email == eva]
        with transaction():
            before = hours.now - timedelta(days=180)
            assert (service.count_old(before), service.expire(before), service.count_old(before)) == (2, 2, 0)
        states = {row.user.email: (row.state, row.seen_at) for row in people(Wanted(), hours.now).rows}
        assert states["ida@example.org"] == (PersonState.LAPSED, None)
        assert states[eva] == (PersonState.ACTIVE, seen)


def test_p6_the_daily_sweep_leaves_to_the_term_what_people_held(
    app: Flask, client: FlaskClient, eva: str, hours: Clock
) -> None:
    """A longer term that was chosen holds; only challenges of passkeys are swept after a month."""
    sign_in(client, eva)
    sign_in(client, eva)
    link(app, eva, NEW_PASSWORD)
    client.post("/sign-in/passkey/options")
    hours.pass_by(days=400)
    with app.app_context():
        with transaction():
            number = jobs.enqueue("accounts.sweep", "test", {}).id
        drain()
        assert db.session.get_one(Job, number).result == {"links": 1}
        assert db.session.query(SignIn).count() == 2
        assert db.session.query(PersonalLink).count() == 1


def test_p18_the_links_of_an_erased_account_go_with_it(app: Flask, eva: str) -> None:
    link(app, eva, NEW_PASSWORD)
    with app.app_context():
        with transaction() as session:
            service.erase_person(session.query(User).one(), SYSTEM)
        assert db.session.query(PersonalLink).count() == 0


def test_a_link_is_printed_for_who_has_the_server_at_hand(app: Flask, eva: str) -> None:
    runner = app.test_cli_runner()
    printed = runner.invoke(args=["admin", "link", eva]).output.strip()
    assert printed.startswith(f"{app.config['PUBLIC_URL']}/sign-in/new-password/")
    path = printed.removeprefix(app.config["PUBLIC_URL"])
    assert app.test_client().post(path, data={"password": NEW}).location == "/doors"
    assert runner.invoke(args=["admin", "link", "nobody@example.org"]).exit_code == 1
