"""The outbox on screen: what was given up and why (F14), masked (B12), to those who may."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.audit import queries as audit_queries
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo
from exhibitions.jobs.commands.running import drain
from exhibitions.mail import service
from exhibitions.mail.models import Mail
from exhibitions.mail.rules import Problem, State
from tests.factories import make_expo
from tests.people import People

pytestmark = pytest.mark.usefixtures("own_templates")


def write(
    app: Flask, *, slug: str | None = "8th", recipient: str = "canary@example.org", **values: object
) -> int:
    with app.app_context(), transaction() as session:
        expo_id = session.scalar(sa.select(Expo.id).where(Expo.slug == slug))
        service.send("test.greet", recipient, "zh", {"visitor_id": 1}, key=f"{slug}", expo_id=expo_id)
        row = session.scalars(sa.select(Mail).order_by(Mail.id.desc()).limit(1)).one()
        for name, value in values.items():
            setattr(row, name, value)
        return row.id


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


def test_who_sees_the_outbox(app: Flask, people: People) -> None:
    answers = [
        who.get("/desk/8th/mail").status_code
        for who in (people.alice, people.bob, people.charlie, people.nobody)
    ]
    assert answers == [200, 200, 404, 303]
    answers = [who.get("/desk/mail").status_code for who in (people.dora, people.alice, people.nobody)]
    assert answers == [200, 403, 303]


def test_what_was_given_up_is_listed_with_its_reason_and_masked(app: Flask, people: People) -> None:
    number = write(app, state=State.FAILED, problem=Problem.LOGIN.value, attempts=9)
    page = text(people.bob, "/desk/8th/mail")
    assert "The mail server did not accept the user name or the password." in page
    assert "c***@example.org" in page
    assert "canary@" not in page
    assert f'action="/desk/8th/mail/{number}/again"' in page


@pytest.mark.parametrize("problem", list(Problem))
def test_every_problem_has_words(app: Flask, people: People, problem: Problem) -> None:
    write(app, state=State.FAILED, problem=problem.value)
    assert "The message was not needed any more." not in text(people.bob, "/desk/8th/mail")


def test_sending_again(app: Flask, people: People) -> None:
    number = write(app, state=State.FAILED, problem=Problem.BUSY.value, attempts=9)
    path = f"/desk/8th/mail/{number}/again"
    assert [who.post(path).status_code for who in (people.charlie, people.nobody)] == [404, 303]
    answer = people.bob.post(path)
    assert (answer.status_code, answer.location) == (303, "/desk/8th/mail?box=failed")
    assert people.bob.post(path).status_code == 409
    with app.app_context():
        drain()
        assert db.session.get_one(Mail, number).state == State.SENT
        assert [e.action for e in audit_queries.entries(None, audit_queries.Wanted(action="mail."))] == [
            "mail.tried_again"
        ]


def test_a_message_of_another_fair_does_not_exist_here(app: Flask, people: People) -> None:
    with app.app_context():
        make_expo("9th", 9)
    number = write(app, slug="9th", state=State.FAILED)
    assert people.alice.post(f"/desk/8th/mail/{number}/again").status_code == 404
    assert people.dora.post(f"/desk/mail/{number}/again").status_code == 404
    assert "c***" not in text(people.alice, "/desk/8th/mail")


def test_messages_of_the_organisation(app: Flask, people: People) -> None:
    number = write(app, slug=None, state=State.FAILED)
    assert f'action="/desk/mail/{number}/again"' in text(people.dora, "/desk/mail")
    assert people.alice.post(f"/desk/mail/{number}/again").status_code == 403
    assert people.dora.post(f"/desk/mail/{number}/again").status_code == 303


def test_boxes_and_their_empty_words(app: Flask, people: People) -> None:
    assert "No message was given up" in text(people.bob, "/desk/8th/mail")
    assert "No messages here" in text(people.bob, "/desk/8th/mail?box=sent")
    assert people.bob.get("/desk/8th/mail?box=nonsense").status_code == 404
    assert "No messages here" in text(people.bob, "/desk/8th/mail?box=waiting&page=99999999999999999999")
    write(app)
    write(app, recipient="withdrawn@example.org", state=State.WITHDRAWN, problem="cancelled")
    assert "c***@example.org" in text(people.bob, "/desk/8th/mail?box=waiting")
    assert "The message was not needed any more." in text(people.bob, "/desk/8th/mail?box=sent&page=-3")


def test_it_opens_on_what_needs_people_first(app: Flask, people: People) -> None:
    """Given up, then waiting, then sent; an empty list is opened only where there is nothing at all."""
    open_tab = r'href="[^"]*box=(\w+)" aria-current="page"'
    opened = []
    for state in (None, State.SENT, State.WAITING, State.FAILED):
        if state is not None:
            write(app, recipient=f"{state.value}@example.org", state=state)
        opened += re.findall(open_tab, text(people.bob, "/desk/8th/mail"))
    assert opened == ["failed", "sent", "waiting", "failed"]


def test_it_is_chinese_throughout(app: Flask, people: People) -> None:
    write(app, state=State.FAILED, problem=Problem.TIMEOUT.value)
    page = people.bob.get("/desk/8th/mail", headers={"Accept-Language": "zh"}).text.partition("<main")[2]
    assert "邮件服务器未及时响应。" in page
    assert "重新发送" in page
    for word in ("Messages", "Recipient", "Given", "Attempts"):
        assert word not in page
