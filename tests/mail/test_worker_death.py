"""F13: the worker is killed or frozen while it sends; each message leaves at most once, but for DATA → answer."""

import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.core.db import db, transaction
from exhibitions.mail import service
from exhibitions.mail.models import Mail
from exhibitions.mail.rules import State
from tests import processes
from tests.engines import both_engines
from tests.mail.smtp_server import Behaviour, smtp_server

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("own_templates")


def worker(
    url: str, folder: Path, port: int, *options: str
) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """A worker process; it is killed at the end if it still lives."""
    return processes.module("tests.mail.worker_process", url, folder, port, *options)


def write(count: int = 1) -> None:
    for n in range(count):
        with transaction():
            service.send("test.greet", f"p{n}@example.org", "en", {"visitor_id": n}, key="k", expo_id=None)


def mails() -> list[Mail]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Mail).execution_options(populate_existing=True)))


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise AssertionError("it did not come true in time")
        time.sleep(0.05)


def all_sent() -> bool:
    return {mail.state for mail in mails()} == {State.SENT}


@both_engines
def test_killed_before_the_text_it_arrives_exactly_once(app: Flask, database: str, tmp_path: Path) -> None:
    how = Behaviour(pause_at="RCPT")
    with app.app_context(), smtp_server(how) as port:
        write()
        with worker(database, tmp_path, port) as first:
            assert how.paused.wait(60)
            first.kill()
            first.wait()
        with worker(database, tmp_path, port):
            wait_until(all_sent)
        how.go_on.set()
        assert (len(how.accepted), mails()[0].doubts) == (1, 0)


@both_engines
def test_frozen_before_the_text_it_arrives_exactly_once(app: Flask, database: str, tmp_path: Path) -> None:
    """The frozen worker wakes in the middle of the conversation and must not go on with it."""
    how = Behaviour(pause_at="RCPT")
    with app.app_context(), smtp_server(how) as port:
        write()
        with worker(database, tmp_path, port) as frozen:
            assert how.paused.wait(60)
            frozen.send_signal(signal.SIGSTOP)
            with worker(database, tmp_path, port):
                wait_until(all_sent)
            how.go_on.set()
            frozen.send_signal(signal.SIGCONT)
            # It ends its conversation without the text, and lives on.
            wait_until(lambda: [c for c in how.commands if c in ("QUIT", "quit")] != [])
            time.sleep(1)
            assert frozen.poll() is None
        assert (len(how.accepted), mails()[0].doubts) == (1, 0)


def test_killed_between_text_and_answer_there_is_a_doubt(app: Flask, database: str, tmp_path: Path) -> None:
    """The one window that is allowed: the same Message-ID twice."""
    how = Behaviour(pause_at="END")
    with app.app_context(), smtp_server(how) as port:
        write()
        with worker(database, tmp_path, port) as first:
            assert how.paused.wait(60)
            first.kill()
            first.wait()
        how.go_on.set()
        with worker(database, tmp_path, port):
            wait_until(all_sent)
        assert (len(how.accepted), mails()[0].doubts) == (2, 1)
        assert len({message["Message-ID"] for message in how.messages()}) == 1


def test_a_batch_survives_kills(app: Flask, database: str, tmp_path: Path) -> None:
    """Nobody is left out, and nobody gets two unless the kill hit the window, which the row then says."""
    how = Behaviour()
    count = 40
    with app.app_context(), smtp_server(how) as port:
        write(count)
        for part in (1, 2, 3):
            with worker(database, tmp_path, port) as process:
                wait_until(lambda part=part: len(how.accepted) >= part * count // 5)  # type: ignore[misc]
                process.kill()
                process.wait()
        with worker(database, tmp_path, port):
            wait_until(all_sent)
        copies = Counter(message["To"] for message in how.messages())
        doubts = {mail.recipient: mail.doubts for mail in mails()}
        assert set(copies) == {f"p{n}@example.org" for n in range(count)}
        assert [to for to, number in copies.items() if number > 1 + doubts[to]] == []
        # Two lanes send at the same time, and there were three kills.
        assert sum(doubts.values()) <= 6
