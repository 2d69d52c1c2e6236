"""A2: the sender's state, and a test that says wrong host, wrong password and refused addresses in words."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from exhibitions.audit.models import Entry
from exhibitions.core.db import db
from exhibitions.mail import service as mail
from tests.mail.smtp_server import Behaviour, smtp_server
from tests.people import People

SENDER = "/desk/mail/sender"


@pytest.fixture
def account(app: Flask) -> Iterator[mail.Account]:
    before = mail.account()
    yield before
    mail.configure(before)


def tried(people: People) -> str:
    return people.dora.post(f"{SENDER}/test?lang=en", follow_redirects=True).text


def test_without_a_sender_the_page_says_how_everything_works(people: People, account: mail.Account) -> None:
    page = people.dora.get(f"{SENDER}?lang=en").text
    assert "Not set up" in page
    assert "words to copy into WeChat" in page
    assert "nothing was sent" in tried(people)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (Behaviour(), "The mail server has taken the test to dora@example.org"),
        (
            Behaviour(answers={"AUTH": "535 5.7.8 bad"}, extensions=("AUTH PLAIN",)),
            "did not accept the user name or the password",
        ),
        (Behaviour(answers={"MAIL": "553 not yours"}), "refused the sender&#39;s address"),
        (Behaviour(answers={"RCPT": "550 no"}), "refused the recipient&#39;s address"),
        (Behaviour(answers={"RCPT": "450 greylisted"}), "asked to come back later"),
        (Behaviour(answers={"END": "554 spam"}), "refused the message"),
        (Behaviour(drop_at="END"), "may have arrived"),
    ],
)
def test_the_test_says_in_words_what_the_server_said(
    app: Flask, people: People, account: mail.Account, how: Behaviour, said: str
) -> None:
    login = "x" if how.extensions else ""
    with smtp_server(how) as port:
        server = replace(
            account, server="127.0.0.1", port=port, security="none", username=login, password=login
        )
        mail.configure(server)
        assert said in tried(people)
        assert "127.0.0.1" in people.dora.get(SENDER).text
    with app.app_context():
        entry = db.session.query(Entry).filter_by(action="mail.tested").one()
        assert entry.after is not None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"server": "no-such-host.invalid"}, "No mail server has this name"),
        ({"server": "127.0.0.1", "port": 1}, "cannot be reached"),
    ],
)
def test_a_wrong_host_or_port_is_said(
    people: People, account: mail.Account, changes: dict[str, object], said: str
) -> None:
    mail.configure(replace(account, security="none", **changes))  # type: ignore[arg-type]
    assert said in tried(people)


def test_the_password_is_never_shown(people: People, account: mail.Account) -> None:
    mail.configure(replace(account, server="127.0.0.1", username="fair", password="canary-password"))
    page = people.dora.get(SENDER).text
    assert "fair" in page
    assert "canary-password" not in page


def test_it_cannot_be_used_to_knock_without_end(people: People, account: mail.Account) -> None:
    codes = [people.dora.post(f"{SENDER}/test").status_code for _ in range(11)]
    assert codes == [303] * 10 + [429]


def test_only_the_administrator(people: People, account: mail.Account) -> None:
    assert people.alice.get(SENDER).status_code == 403
    assert people.alice.post(f"{SENDER}/test").status_code == 403
    assert people.nobody.get(SENDER).status_code == 303
