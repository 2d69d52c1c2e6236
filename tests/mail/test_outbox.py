"""The outbox: what is kept, what leaves, and how often (F13, F14)."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.jobs import queries as job_queries
from exhibitions.jobs import service as jobs
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from exhibitions.mail import queries, service
from exhibitions.mail.models import Bounce, Mail
from exhibitions.mail.rules import ATTEMPTS, Message, Problem, State
from tests.engines import both_engines
from tests.jobs.failing import undone
from tests.mail.smtp_server import Behaviour, smtp_server
from tests.visitors.registering import at_once

pytestmark = pytest.mark.usefixtures("own_templates")
CANARY = "canary@example.org"
Use = Callable[..., None]


def write(recipient: str = CANARY, key: str = "k1", **how: object) -> None:
    with transaction():
        service.send("test.greet", recipient, "zh", {"visitor_id": 12}, key=key, expo_id=None, **how)  # type: ignore[arg-type]


def mail() -> Mail:
    db.session.rollback()
    return db.session.scalars(sa.select(Mail).execution_options(populate_existing=True)).one()


def hurry() -> None:
    """Let the waiting time of all jobs be over."""
    with transaction() as session:
        session.execute(sa.update(Job).values(run_after=clock.now()))


def eml(folder: Path) -> list[Path]:
    return sorted((folder / "outbox").glob("*"))


@both_engines
def test_without_a_server_the_message_is_a_file(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        write()
        assert eml(tmp_path) == []
        drain()
        assert mail().state == State.SENT
        (path,) = eml(tmp_path)
        assert path.suffix == ".eml"
        assert f"To: {CANARY}" in path.read_text()


@both_engines
def test_it_is_rendered_at_sending_in_the_recipients_language(app: Flask, use_server: Use) -> None:
    how = Behaviour()
    with app.app_context(), smtp_server(how) as port:
        use_server(port)
        write()
        drain()
        (message,) = how.messages()
        assert message.get_content() == "{'visitor_id': 12} zh zh\r\n.hidden\r\n"
        assert how.accepted[0][:2] == ("FROM:<fair@localhost>", [f"TO:<{CANARY}>"])


def test_nothing_of_the_message_is_stored_but_ids(app: Flask) -> None:
    """P19: jobs name nobody; links and words are not kept."""
    with app.app_context():
        write()
        job = job_queries.open_jobs()[0]
        assert (job.name, job.arguments, job.key) == (service.SEND, {"mail_id": mail().id}, str(mail().id))
        assert json.dumps(mail().arguments) == '{"visitor_id": 12}'


def test_it_belongs_to_its_transaction(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        undone(lambda: service.send("test.greet", CANARY, "zh", {}, key="k", expo_id=None))
        drain()
        assert eml(tmp_path) == []


@both_engines
def test_the_same_key_to_the_same_recipient_is_one_message(app: Flask, tmp_path: Path) -> None:
    """F13: at most once a recipient and id."""
    with app.app_context():
        for _ in range(2):
            write()
            drain()
        write(key="k2")
        write("other@example.org")
        drain()
        assert len(eml(tmp_path)) == 3


@both_engines
def test_the_same_message_at_the_same_moment_is_one(app: Flask) -> None:
    """A double click on "find my badge", and two letters back from one address: no error, one row each."""

    def twice(_: int) -> bool:
        with app.app_context(), transaction():
            service.note_bounce(CANARY, Problem.BOUNCED)
            return service.send("test.greet", CANARY, "zh", {"visitor_id": 12}, key="k1", expo_id=None)

    assert sorted(at_once(twice, 8)) == [False] * 7 + [True]
    with app.app_context():
        assert mail().state is State.WAITING
        assert db.session.query(Bounce).count() == 1
        assert db.session.query(Job).filter_by(name=service.SEND).count() == 1


def test_an_address_that_is_none_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(Refused, match="email_invalid"):
        write("a@example.org,b@example.org")


def test_each_recipient_gets_a_message_of_its_own(app: Flask, use_server: Use) -> None:
    """P20."""
    how = Behaviour()
    with app.app_context(), smtp_server(how) as port:
        use_server(port)
        for name in "abc":
            write(f"{name}@example.org")
        drain()
        assert [m["To"] for m in how.messages()] == ["a@example.org", "b@example.org", "c@example.org"]
        assert [len(recipients) for _, recipients, _ in how.accepted] == [1, 1, 1]


def test_an_international_domain_is_sent_in_ascii(app: Flask, use_server: Use) -> None:
    how = Behaviour()
    with app.app_context(), smtp_server(how) as port:
        use_server(port)
        write("min@博览会.example")
        drain()
        assert how.accepted[0][1] == ["TO:<min@xn--6oq76hm95d.example>"]


TROUBLES = [
    (Behaviour(hang_at="CONNECT"), Problem.TIMEOUT),
    (Behaviour(hang_at="RCPT"), Problem.TIMEOUT),
    (Behaviour(drop_at="CONNECT"), Problem.UNREACHABLE),
    (Behaviour(drop_at="MAIL"), Problem.UNREACHABLE),
    (Behaviour(drop_at="DATA"), Problem.UNREACHABLE),
    (Behaviour(answers={"CONNECT": "421 too busy"}), Problem.BUSY),
    (Behaviour(answers={"RCPT": "450 greylisted"}), Problem.BUSY),
    (Behaviour(answers={"DATA": "451 later"}), Problem.BUSY),
    (Behaviour(answers={"END": "452 no room"}), Problem.BUSY),
    (Behaviour(drip_at="RCPT", answers={"RCPT": "250 " + "o" * 60}), Problem.UNREACHABLE),
]


@pytest.mark.parametrize(
    ("how", "problem"), TROUBLES, ids=lambda v: v.value if isinstance(v, Problem) else ""
)
def test_trouble_that_may_pass_is_tried_again(
    app: Flask, use_server: Use, how: Behaviour, problem: Problem
) -> None:
    """F14: hang, greylist, slow, drop."""
    with app.app_context(), smtp_server(how) as port:
        use_server(port)
        write()
        before = clock.now()
        drain()
        assert (clock.now() - before).total_seconds() < 6
        row = mail()
        assert (row.state, row.problem, row.attempts) == (State.WAITING, problem, 1)
        assert row.next_try_at is not None
        assert timedelta(seconds=59) < row.next_try_at - before < timedelta(seconds=70)
        assert job_queries.open_jobs()[0].run_after >= row.next_try_at - timedelta(seconds=1)
        assert how.accepted == []
        how.hang_at = how.drop_at = how.drip_at = ""
        how.answers.clear()
        hurry()
        drain()
        assert (mail().state, mail().problem) == (State.SENT, "")
        assert len(how.accepted) == 1


def test_no_server_there(app: Flask, use_server: Use) -> None:
    """F14: refuse."""
    with smtp_server(Behaviour()) as port:
        pass
    with app.app_context():
        use_server(port)
        write()
        drain()
        assert (mail().state, mail().problem) == (State.WAITING, Problem.UNREACHABLE)


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("MAIL", Problem.SENDER_REFUSED),
        ("RCPT", Problem.RECIPIENT_REFUSED),
        ("DATA", Problem.MESSAGE_REFUSED),
        ("END", Problem.MESSAGE_REFUSED),
    ],
)
def test_a_permanent_refusal_is_not_tried_again(
    app: Flask, use_server: Use, command: str, problem: Problem
) -> None:
    """F14."""
    how = Behaviour(answers={command: "550 never"})
    with app.app_context(), smtp_server(how) as port:
        use_server(port)
        write()
        drain()
        row = mail()
        assert (row.state, row.problem, row.attempts) == (State.FAILED, problem, 1)
        assert job_queries.open_jobs() == []


@both_engines
def test_it_is_given_up_after_nine_attempts_and_can_be_sent_again(app: Flask, use_server: Use) -> None:
    how = Behaviour(answers={"RCPT": "450 later"})
    with app.app_context(), smtp_server(how) as port:
        use_server(port)
        write()
        for attempt in range(1, ATTEMPTS + 1):
            hurry()
            assert drain() == 1
            assert mail().attempts == attempt
        assert (mail().state, mail().problem) == (State.FAILED, Problem.BUSY)
        assert drain() == 0
        assert queries.counts(None)["failed"] == 1
        how.answers.clear()
        with transaction():
            service.try_again(mail_row(), SYSTEM)
        drain()
        assert mail().state == State.SENT
        with pytest.raises(Conflict), transaction():
            service.try_again(mail_row(), SYSTEM)


def mail_row() -> Mail:
    return db.session.scalars(sa.select(Mail)).one()


def test_a_text_without_an_answer_goes_out_once_more_and_not_for_ever(app: Flask, use_server: Use) -> None:
    """F14 drop after data: the doubt is bounded, and both copies carry the same Message-ID."""
    how = Behaviour(drop_at="END")
    with app.app_context(), smtp_server(how) as port:
        use_server(port)
        write()
        drain()
        assert (mail().state, mail().problem) == (State.SENDING, Problem.DROPPED)
        hurry()
        drain()
        hurry()
        drain()
        assert (mail().state, mail().problem) == (State.FAILED, Problem.DROPPED)
        assert len({m["Message-ID"] for m in how.messages()}) == 1
        assert len(how.accepted) == 2


def test_a_text_without_an_answer_that_arrives_the_second_time_is_sent(app: Flask, use_server: Use) -> None:
    how = Behaviour(hang_at="END")
    with app.app_context(), smtp_server(how) as port:
        use_server(port)
        write()
        drain()
        how.hang_at = ""
        hurry()
        drain()
        assert (mail().state, mail().doubts) == (State.SENT, 1)


def test_a_login_that_fails_is_said_and_tried_again(app: Flask, use_server: Use) -> None:
    """A2: the wrong password of a sender is said in words."""
    how = Behaviour(extensions=("AUTH PLAIN",), answers={"AUTH": "535 wrong"})
    with app.app_context(), smtp_server(how) as port:
        use_server(port, username="fair", password="wrong")
        write()
        drain()
        assert (mail().state, mail().problem) == (State.WAITING, Problem.LOGIN)
        how.answers["AUTH"] = "235 welcome"
        hurry()
        drain()
        assert mail().state == State.SENT


def test_without_encryption_nothing_is_sent_when_it_is_demanded(app: Flask, use_server: Use) -> None:
    how = Behaviour()
    with app.app_context(), smtp_server(how) as port:
        use_server(port, security="starttls")
        write()
        drain()
        assert (mail().state, mail().problem) == (State.WAITING, Problem.ENCRYPTION)
        use_server(port, security="tls")
        hurry()
        drain()
        assert mail().state == State.WAITING
        assert mail().problem in (Problem.ENCRYPTION, Problem.TIMEOUT)
        assert how.accepted == []


def test_a_message_that_has_lost_its_sense_is_withdrawn(app: Flask, tmp_path: Path) -> None:
    def cancelled(arguments: Mapping[str, int | str], lang: str) -> Message:
        raise Refused("cancelled", "The registration was cancelled.")

    service.register("test.greet", cancelled)
    with app.app_context():
        write()
        drain()
        assert (mail().state, mail().problem) == (State.WITHDRAWN, "cancelled")
        assert eml(tmp_path) == []


def test_a_renderer_that_breaks_costs_an_attempt_and_is_logged(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    service.register("test.greet", lambda arguments, lang: Message("", str(1 / 0)))
    with app.app_context():
        write()
        drain()
        assert (mail().state, mail().problem, mail().attempts) == (State.WAITING, Problem.FAULT, 1)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["template"] for line in lines if line["event"] == "renderer"] == ["test.greet"]


def test_an_outbox_that_cannot_be_written_is_tried_again(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be")
    with app.app_context():
        write()
        drain()
        assert (mail().state, mail().problem) == (State.WAITING, Problem.DISK)
        (tmp_path / "outbox").unlink()
        hurry()
        drain()
        # No doubt is left by a file that was not written.
        assert (mail().state, mail().doubts) == (State.SENT, 0)


@both_engines
def test_a_message_whose_job_was_lost_is_taken_up(app: Flask) -> None:
    with app.app_context():
        write()
        with transaction() as session:
            session.execute(sa.delete(Job))
        with transaction():
            assert service.rescue(clock.now()) == 0
        with transaction():
            assert service.rescue(clock.now() + timedelta(minutes=16)) == 1
        drain()
        assert mail().state == State.SENT


@both_engines
def test_erasing_a_person_empties_the_outbox_of_them(app: Flask, tmp_path: Path) -> None:
    """P9: rows, arguments and written files."""
    with app.app_context():
        write(subject=("visitor", 12))
        drain()
        write(key="k2", subject=("visitor", 12))
        write("other@example.org", subject=("visitor", 13))
        exported = service.export_person("visitor", 12)
        assert [(e["recipient"], e["state"]) for e in exported] == [(CANARY, "sent"), (CANARY, "waiting")]
        with transaction():
            service.erase_person("visitor", 12)
        drain()
        assert [path.read_text().count(CANARY) for path in eml(tmp_path)] == [0]
        rows = db.session.scalars(sa.select(Mail).order_by(Mail.id)).all()
        assert [(r.recipient, r.arguments, r.state) for r in rows[:2]] == [
            (f"erased-{rows[0].id}", {}, State.SENT),
            (f"erased-{rows[1].id}", {}, State.WITHDRAWN),
        ]
        assert (rows[2].recipient, rows[2].state) == ("other@example.org", State.SENT)


def test_many_old_messages_are_forgotten_in_portions(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PORTION", 2)
    with app.app_context():
        for number in range(5):
            write(key=f"a letter {number}")
        drain()
        with transaction() as session:
            session.execute(sa.update(Mail).values(finished_at=clock.now() - timedelta(days=366)))
            job = jobs.enqueue("mail.expire", "now", {})
        drain()
        assert db.session.query(Mail).count() == 0
        assert db.session.scalar(sa.select(Job.result).where(Job.id == job.id)) == {"messages": 5}


def test_old_messages_are_forgotten_with_their_files(app: Flask, tmp_path: Path) -> None:
    """P6: the second run deletes nothing."""
    with app.app_context():
        write()
        drain()
        for days, gone in ((0, 0), (366, 1), (366, 0)):
            with transaction():
                assert service.expire(clock.now() + timedelta(days=days) - timedelta(days=365)) == gone
        drain()
        assert eml(tmp_path) == []
