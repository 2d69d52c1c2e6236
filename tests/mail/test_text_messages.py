"""Text messages: a provider as a plug-in, and what becomes of a message whatever it answers (F13, F14, P19, P20)."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from exhibitions.mail import queries, service
from exhibitions.mail.handlers import texting as handing
from exhibitions.mail.models import Bounce, Mail
from exhibitions.mail.rules import ATTEMPTS, Message, Problem, State
from exhibitions.mail.rules.texting import MOST_A_DAY, MOST_PARTS, TextSender, TryLater
from exhibitions.mail.service import texting
from tests import processes
from tests.engines import both_engines
from tests.mail.provider import Provider, breaks, dawdle, hang, later, refuse

pytestmark = pytest.mark.usefixtures("own_templates")
ROOT = Path(__file__).resolve().parents[2]
CANARY = "+8613900007777"


@pytest.fixture
def provider(app: Flask) -> Iterator[Provider]:
    found = Provider()
    texting.configure(found)
    yield found
    texting.configure(None)


def write(phone: str = CANARY, key: str = "k1", recipient: str = "") -> None:
    with transaction():
        service.send("test.greet", recipient, "zh", {"visitor_id": 12}, key=key, expo_id=None, phone=phone)


def mail() -> Mail:
    db.session.rollback()
    return db.session.scalars(sa.select(Mail).execution_options(populate_existing=True)).one()


def hurry() -> None:
    with transaction() as session:
        session.execute(sa.update(Job).values(run_after=clock.now()))


@both_engines
def test_who_has_a_number_alone_gets_a_text_message_once(app: Flask, provider: Provider) -> None:
    """F13: at most once a recipient and id; P20: one recipient each."""
    with app.app_context():
        for _ in range(2):
            write()
            drain()
        phone, text, message_id = provider.taken[0]
        assert len(provider.taken) == 1
        assert (phone, text) == (CANARY, "Your badge: https://fair.example.org/b/1")
        assert message_id == mail().message_id[1:33]
        found = mail()
        assert (found.state, found.by_sms, found.parts, found.in_folder) == (State.SENT, True, 1, False)


def test_without_a_sender_people_are_told_as_before(app: Flask) -> None:
    with app.app_context():
        write()
        drain()
        assert (mail().state, mail().recipient, mail().by_sms) == (State.NO_ADDRESS, "", False)


def test_an_address_comes_first_where_mail_leaves(
    app: Flask, provider: Provider, use_server: Callable[..., None]
) -> None:
    """A person with both gets mail; where no mail leaves at all, a text message."""
    with app.app_context():
        write(recipient="a@example.org", key="folder")
        use_server(9)
        write(recipient="a@example.org", key="server")
        rows = {row.key: row for row in db.session.scalars(sa.select(Mail))}
        assert (rows["folder"].recipient, rows["folder"].by_sms) == (CANARY, True)
        assert (rows["server"].recipient, rows["server"].by_sms) == ("a@example.org", False)


@pytest.mark.parametrize(
    ("why", "problem"), [("number", Problem.NUMBER_REFUSED), ("text", Problem.TEXT_REFUSED)]
)
def test_refused_for_good_it_is_given_up_at_once(
    app: Flask, provider: Provider, why: str, problem: Problem
) -> None:
    with app.app_context():
        provider.answers.append(refuse(why))
        write()
        drain()
        hurry()
        drain()
        assert (mail().state, mail().problem, provider.asked) == (State.FAILED, problem, 1)
        # A dead number is asked no more: its next message waits to be told.
        write(key="k2")
        newest = db.session.scalars(sa.select(Mail).order_by(Mail.id.desc()).limit(1)).one()
        assert newest.state is (State.NO_ADDRESS if why == "number" else State.WAITING)
        assert queries.counts(None)["untold"] == (2 if why == "number" else 1)


@pytest.mark.parametrize(
    ("why", "problem"),
    [
        ("busy", Problem.PROVIDER_BUSY),
        ("access", Problem.ACCESS),
        ("credit", Problem.CREDIT),
        ("unreachable", Problem.PROVIDER_AWAY),
    ],
)
def test_later_it_waits_and_goes(app: Flask, provider: Provider, why: str, problem: Problem) -> None:
    with app.app_context():
        provider.answers.append(later(why))
        write()
        drain()
        assert (mail().state, mail().problem, mail().doubts) == (State.WAITING, problem, 0)
        assert mail().next_try_at is not None
        hurry()
        drain()
        assert (mail().state, mail().problem, len(provider.taken)) == (State.SENT, "", 1)


def test_it_is_given_up_after_the_last_attempt_and_may_be_sent_again(app: Flask, provider: Provider) -> None:
    with app.app_context():
        provider.answers += [later()] * ATTEMPTS
        write()
        for _ in range(ATTEMPTS + 2):
            drain()
            hurry()
        assert (mail().state, mail().attempts, provider.asked) == (State.FAILED, ATTEMPTS, ATTEMPTS)
        with transaction():
            service.try_again(db.session.scalars(sa.select(Mail)).one(), SYSTEM)
        drain()
        assert mail().state is State.SENT


@both_engines
def test_who_hangs_is_left_after_a_time_and_nobody_gets_two(
    app: Flask, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows whether it left: people decide (F13)."""
    monkeypatch.setattr(handing, "PATIENCE", 0.2)
    free = threading.Event()
    with app.app_context():
        provider.answers.append(hang(free))
        write()
        drain()
        assert (mail().state, mail().problem, mail().doubts) == (State.FAILED, Problem.NO_ANSWER, 1)
        free.set()
        hurry()
        drain()
        assert provider.asked == 1


def test_with_too_many_that_hang_nobody_is_asked(
    app: Flask, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing, "PATIENCE", 0.1)
    free = threading.Event()
    with app.app_context():
        provider.answers += [hang(free)] * 4
        for n in range(5):
            write(f"+861390000000{n}")
        drain()
        states = [row.problem for row in db.session.scalars(sa.select(Mail).order_by(Mail.id))]
        assert sorted(states) == sorted([Problem.NO_ANSWER] * 4 + [Problem.PROVIDER_BUSY])
        free.set()
        until = time.monotonic() + 10
        while len(provider.taken) < 4 and time.monotonic() < until:
            time.sleep(0.02)
        hurry()
        drain()
        assert len(provider.taken) == 5


def test_slow_is_no_trouble(app: Flask, provider: Provider) -> None:
    with app.app_context():
        provider.answers.append(dawdle(0.3))
        write()
        drain()
        assert mail().state is State.SENT


@pytest.mark.parametrize("error", [RuntimeError(f"no luck with {CANARY}"), SystemExit(1), KeyError("x")])
def test_in_doubt_people_decide(
    app: Flask, provider: Provider, error: BaseException, capfd: pytest.CaptureFixture[str]
) -> None:
    """P19: not even what a plug-in says is in the log."""
    with app.app_context():
        provider.answers.append(breaks(error))
        write()
        drain()
        assert (mail().state, mail().problem) == (State.FAILED, Problem.BROKEN)
        assert provider.asked == 1
    out, err = capfd.readouterr()
    assert CANARY[-8:] not in out + err
    assert "fair.example.org/b" not in out + err


def test_in_doubt_it_goes_once_more_where_repeats_are_dropped(app: Flask, provider: Provider) -> None:
    with app.app_context():
        provider.drops_repeats = True
        provider.answers += [breaks(RuntimeError())]
        write()
        drain()
        assert mail().state is State.SENDING
        hurry()
        drain()
        assert (mail().state, mail().doubts, provider.asked) == (State.SENT, 1, 2)


def test_a_sender_that_is_gone_leaves_it_to_people(app: Flask, provider: Provider) -> None:
    with app.app_context():
        write()
        texting.configure(None)
        drain()
        assert (mail().state, mail().problem) == (State.FAILED, Problem.NO_SENDER)


@pytest.mark.parametrize("short", ["", "长" * (67 * MOST_PARTS + 1)])
def test_no_words_or_far_too_many_are_not_handed_over(app: Flask, provider: Provider, short: str) -> None:
    with app.app_context():
        service.register("test.greet", lambda *_: Message("s", "t", short=short))
        write()
        drain()
        assert (mail().state, mail().problem, provider.asked) == (State.FAILED, Problem.TEXT_REFUSED, 0)


def test_a_number_has_its_share_of_a_day(app: Flask, provider: Provider) -> None:
    """However it is asked for, nobody's phone is flooded at the fair's expense."""
    with app.app_context():
        for n in range(MOST_A_DAY + 1):
            write(key=f"k{n}")
        states = [row.state for row in db.session.scalars(sa.select(Mail).order_by(Mail.id))]
        assert states == [State.WAITING] * MOST_A_DAY + [State.NO_ADDRESS]


def test_erasing_takes_the_number_out(app: Flask, provider: Provider) -> None:
    """P9."""
    with app.app_context():
        provider.answers.append(refuse())
        with transaction():
            service.send(
                "test.greet", "", "zh", {}, key="k", expo_id=None, phone=CANARY, subject=("visitor", 3)
            )
        drain()
        with transaction():
            service.erase_person("visitor", 3)
        assert mail().recipient == f"erased-{mail().id}"
        assert db.session.query(Bounce).count() == 0


def test_the_sandbox_writes_files_and_everybody_is_still_to_be_told(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        texting.configure(handing.load("sandbox", tmp_path / "outbox"))
        try:
            write()
            drain()
            (path,) = (tmp_path / "outbox").glob("*")
            assert path.suffix == ".txt"
            assert path.read_text().startswith(f"{CANARY}\n\nYour badge")
            assert (mail().state, mail().in_folder) == (State.SENT, True)
            assert queries.counts(None)["untold"] == 1
            with transaction():
                service.expire(clock.now())
            drain()
            assert not path.exists()
        finally:
            texting.configure(None)


def test_the_sandbox_says_when_the_disk_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    sandbox = handing.Sandbox(tmp_path / "outbox")
    with pytest.raises(TryLater):
        sandbox.send(CANARY, "x", "a" * 32)


def test_a_setting_names_a_plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert handing.load("", tmp_path) is None
    found = handing.load("tests.mail.provider:make", tmp_path)
    assert isinstance(found, TextSender)
    offered = SimpleNamespace(load=lambda: Provider)
    monkeypatch.setattr(handing, "entry_points", lambda **how: [offered] if how["name"] == "fake" else [])
    assert isinstance(handing.load("fake", tmp_path), Provider)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nobody-offers-this", "no installed package offers it"),
        ("no.such.module:make", "No module named"),
        ("tests.mail.provider:nothing", "nothing"),
        ("tests.mail.provider:without_key", "FAKE_KEY"),
        ("tests.mail.provider:no_sender", "is no sender"),
    ],
)
def test_a_wrong_plug_in_is_said_at_the_start(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        handing.load(name, tmp_path)


def worker(url: str, folder: Path, repeats: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return processes.module("tests.mail.text_worker", url, folder, repeats)


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not true():
        if time.monotonic() > until:
            raise AssertionError("it did not come true in time")
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("repeats", "asked", "state"), [("once", 1, State.FAILED), ("repeats", 2, State.SENT)]
)
@both_engines
def test_a_killed_worker_sends_nobody_two(
    app: Flask, database: str, tmp_path: Path, repeats: str, asked: int, state: State
) -> None:
    """F13: killed while the provider had the message, a second worker hands it over again only where that is safe."""
    taken, pause = tmp_path / "taken", tmp_path / "pause"
    pause.touch()
    with app.app_context():
        texting.configure(Provider())
        write()
        texting.configure(None)
        with worker(database, tmp_path, repeats) as first:
            wait_until(taken.exists)
            first.kill()
            first.wait()
        pause.unlink()
        with worker(database, tmp_path, repeats):
            wait_until(lambda: mail().state is state)
        lines = taken.read_text().split("\n")[:-1]
        assert (len(lines), len(set(lines))) == (asked, 1)
