"""Messages that came back: reports of servers (RFC 3464), pasted or as files, marked and listed (P20, F14)."""

import io

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.jobs.commands.running import drain
from exhibitions.mail import queries, service
from exhibitions.mail.models import Bounce, Mail
from exhibitions.mail.rules import Problem, State
from exhibitions.mail.rules.bounces import Returned, read_returned
from exhibitions.mail.service.bounces import Taken, take_back
from tests.factories import make_expo
from tests.mail.smtp_server import Behaviour, smtp_server
from tests.mail.test_outbox import Use
from tests.mail.test_pages import text, write
from tests.people import People

pytestmark = pytest.mark.usefixtures("own_templates")
OURS = f"<{'a1' * 16}@localhost>"


_REPORT = """From: MAILER-DAEMON@mx.example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

This is the mail system. I'm sorry to have to inform you that 1.5.1.1 is no status.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; canary@example.org
Action: {action}
Status: {status}

--b1
Content-Type: {headers}

Message-ID: {message_id}
Subject: x

--b1--
"""


def report(
    message_id: str, action: str = "failed", status: str = "5.1.1", headers: str = "text/rfc822-headers"
) -> bytes:
    """What a mail server sends back."""
    return _REPORT.format(message_id=message_id, action=action, status=status, headers=headers).encode()


@pytest.mark.parametrize(
    ("action", "status", "permanent"),
    [
        ("failed", "5.1.1", True),
        ("Failed", "5.7.1 (blocked)", True),
        ("failed", "5.2.2", False),
        ("delayed", "4.4.1", False),
        ("delivered", "2.0.0", False),
    ],
)
def test_a_report_says_whose_message_and_whether_for_good(action: str, status: str, permanent: bool) -> None:
    for headers in ("text/rfc822-headers", "message/rfc822"):
        assert read_returned(report(OURS, action, status, headers)) == [Returned(OURS, permanent)]


def test_a_report_without_fields_is_read_by_its_words() -> None:
    said = f"550 5.1.1 <canary@example.org>: user unknown\n\nMessage-ID: {OURS}\n"
    assert read_returned(said.encode()) == [Returned(OURS, permanent=True)]
    assert read_returned(f"452 4.2.2 mailbox full {OURS}".encode()) == [Returned(OURS, permanent=False)]


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\x00nonsense", b"Message-ID: <abc@example.org>", b"From: x\n\n5.1.1"]
)
def test_what_is_no_message_of_ours_says_nothing(raw: bytes) -> None:
    assert read_returned(raw) == []


@pytest.mark.parametrize("depth", [300, 10_000])
def test_f17_a_nest_of_thousands_of_parts_has_an_end(depth: int) -> None:
    raw = (
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
        + OURS.encode()
    )
    assert read_returned(raw) == [Returned(OURS, permanent=False)]


def paste(people: People, raw: bytes) -> str:
    answer = people.alice.post("/desk/8th/mail/returned?lang=en", data={"pasted": raw.decode()})
    assert (answer.status_code, answer.location) == (303, "/desk/8th/mail?box=failed")
    return text(people.alice, "/desk/8th/mail?box=failed")


def number_of(app: Flask, mail_id: int) -> str:
    with app.app_context():
        return db.session.get_one(Mail, mail_id).message_id


def test_a_pasted_report_marks_the_message_and_the_address(app: Flask, people: People) -> None:
    mail_id = write(app, state=State.SENT)
    page = paste(people, report(number_of(app, mail_id)))
    assert "1 message is marked." in page
    assert "It came back: the address does not take messages." in page
    with app.app_context():
        assert db.session.get_one(Mail, mail_id).state is State.BOUNCED
        assert [row.address for row in db.session.scalars(sa.select(Bounce))] == ["canary@example.org"]
    assert "1 message is marked." in paste(people, report(number_of(app, mail_id)))


def test_files_are_read_too_and_a_delay_changes_nothing(app: Flask, people: People) -> None:
    mail_id = write(app, state=State.SENT)
    late = report(number_of(app, mail_id), "delayed", "4.4.1")
    files = [(io.BytesIO(late), "late.eml"), (io.BytesIO(report(OURS)), "strange.eml")]
    answer = people.alice.post(
        "/desk/8th/mail/returned?lang=en", data={"files": files}, content_type="multipart/form-data"
    )
    assert answer.status_code == 303
    assert "only that the mail is late" in text(people.alice, "/desk/8th/mail")
    with app.app_context():
        assert db.session.get_one(Mail, mail_id).state is State.SENT
    assert "The others are no messages of this fair." in paste(people, report(OURS))


def test_more_reports_than_a_portion_are_all_found(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PORTION", 2)
    numbers = [number_of(app, write(app, recipient=f"c{n}@example.org")) for n in range(5)]
    with app.app_context(), transaction():
        returned = [Returned(number, permanent=True) for number in [*numbers, numbers[0], OURS]]
        assert take_back(returned, SYSTEM, 1) == Taken(marked=5, unknown=1)


def test_a_message_of_another_fair_is_not_touched(app: Flask, people: People) -> None:
    with app.app_context():
        make_expo("9th", 9)
    mail_id = write(app, slug="9th", state=State.SENT)
    paste(people, report(number_of(app, mail_id)))
    with app.app_context():
        assert db.session.get_one(Mail, mail_id).state is State.SENT


def test_nothing_at_all_is_asked_for(people: People) -> None:
    answer = people.alice.post("/desk/8th/mail/returned?lang=en", data={"pasted": " "})
    assert answer.status_code == 422
    assert "Choose a file or paste the source of a message" in answer.text
    assert people.bob.get("/desk/8th/mail/returned").status_code == 403


def test_the_command_marks_those_of_all_fairs(
    app: Flask, people: People, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("eml") / "back.eml"
    file.write_bytes(report(number_of(app, write(app, slug=None, state=State.SENT))))
    result = app.test_cli_runner().invoke(args=["mail", "returned", str(file)])
    assert result.output == "1 marked, 0 only late, 0 unknown.\n"


def test_a_server_that_refuses_a_recipient_for_good_marks_the_address(app: Flask, use_server: Use) -> None:
    how = Behaviour(answers={"RCPT": "550 5.1.1 unknown"})
    with smtp_server(how) as port, app.app_context():
        use_server(port)
        with transaction():
            service.send("test.greet", "Gone@Example.org", "zh", {"visitor_id": 1}, key="k", expo_id=None)
        drain()
        assert queries.bounce_of("gone@example.org") is not None
        assert db.session.scalars(sa.select(Mail)).one().problem == Problem.RECIPIENT_REFUSED


def test_erasing_a_person_forgets_the_address(app: Flask, people: People) -> None:
    mail_id = write(app, subject_kind="visitor", subject_id=5, state=State.SENT)
    paste(people, report(number_of(app, mail_id)))
    with app.app_context(), transaction():
        service.erase_person("visitor", 5)
        assert queries.bounce_of("canary@example.org") is None


def test_no_address_at_all_is_no_error_but_nonsense_is(app: Flask) -> None:
    with app.app_context():
        with transaction():
            assert service.send("test.greet", "", "zh", {}, key="a", expo_id=None)
            assert not service.send("test.greet", "", "zh", {}, key="a", expo_id=None)
        with pytest.raises(Refused), transaction():
            service.send("test.greet", " ", "zh", {}, key="b", expo_id=None)
