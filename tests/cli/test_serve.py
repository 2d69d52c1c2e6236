"""`flask serve` as it is started: real processes, real signals (F1, F15, F23)."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.burst import Burst, Verdict, judge
from bench.installation import children_of, commandline, free_port, until

ROOT = Path(__file__).resolve().parents[2]
STAND_IN = "tests.cli.stand_in:application"

pytestmark = pytest.mark.enable_socket


def command(*arguments: str, app: str = STAND_IN) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", app, *arguments]


class Server:
    """A started `flask serve`; `log` is what it has said."""

    def __init__(self, data: Path, port: int, app: str = STAND_IN) -> None:
        self.data, self.port = data, port
        self._log = data / f"serve-{port}.log"
        data.mkdir(parents=True, exist_ok=True)
        environ = {
            name: value for name, value in os.environ.items() if name not in ("PUBLIC_URL", "DATABASE_URL")
        }
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                command("serve", "--host", "127.0.0.1", app=app),
                env={**environ, "DATA_DIR": str(data), "PORT": str(port), "PRODUCTION": "0"},
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def log(self) -> str:
        return self._log.read_text()

    def ready(self) -> bool:
        until(lambda: "Ready:" in self.log or self.process.poll() is not None)
        self.first = self.children() + self.children("jobs")
        return "Ready:" in self.log

    def children(self, kind: str = "web") -> list[int]:
        return children_of(self.process.pid, kind)

    def whole(self, without: list[int]) -> bool:
        """Whether both web processes and the worker serve, none of them one of `without`."""
        family = set(self.children() + self.children("jobs"))
        ready = {pid for pid in family if pid in self.first or f"({pid}) is ready." in self.log}
        return len(ready) == len(family) == 3 and not ready & set(without)

    def send(self, connection: http.client.HTTPConnection, call_id: str) -> int:
        connection.request("GET", f"/test/write?id={call_id}")
        response = connection.getresponse()
        response.read()
        return response.status

    def burst(self) -> Burst:
        return Burst("127.0.0.1", self.port, self.send, clients=4, rate=40)

    def judge(self, burst: Burst) -> Verdict:
        return judge(burst.stop(), [path.name for path in (self.data / "stored").iterdir()])

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(60)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("data"), free_port())
    assert server.ready(), server.log
    yield server
    assert server.stop() == 0
    assert is_free(server.port)


def test_the_addresses_are_printed(server: Server) -> None:
    assert f"Ready: http://localhost:{server.port}/" in server.log


def test_a_killed_web_process_costs_a_retry_at_most(server: Server) -> None:
    """F1: I1, I3, and the process is there again."""
    before = server.children()
    with server.burst() as burst:
        time.sleep(0.5)
        os.kill(before[0], signal.SIGKILL)
        assert until(lambda: server.whole(without=before[:1]))
        verdict = server.judge(burst)
    assert verdict.sound, verdict
    assert verdict.failed <= max(4, verdict.calls // 50), verdict


def test_a_killed_job_worker_comes_back(server: Server) -> None:
    """F13: the worker's lease is another's business; that there is a worker is the parent's."""
    before = server.children("jobs")
    os.kill(before[0], signal.SIGKILL)
    assert until(lambda: server.whole(without=before))


def test_a_frozen_web_process_is_killed_and_others_serve(server: Server) -> None:
    """F15."""
    frozen = server.children()[0]
    os.kill(frozen, signal.SIGSTOP)
    with server.burst() as burst:
        assert until(lambda: server.whole(without=[frozen]))
        verdict = server.judge(burst)
    assert verdict.sound, verdict
    assert "does not answer and is killed" in server.log


def test_a_rolling_restart_fails_no_request(server: Server) -> None:
    """F23, with clients that keep their connections and would notice one that closes under them."""
    before = server.children() + server.children("jobs")
    with server.burst() as burst:
        time.sleep(0.3)
        server.process.send_signal(signal.SIGHUP)
        assert until(lambda: "All processes were replaced." in server.log)
        assert until(lambda: not any(commandline(pid) for pid in before))
        verdict = server.judge(burst)
    assert verdict.sound, verdict
    assert verdict.failed == 0, verdict
    assert server.whole(without=before)


def test_the_end_of_a_server(tmp_path: Path) -> None:
    """Two starts on one folder do not race; a stop waits for what is in work; a killed parent (F1) leaves nobody."""
    stopped, killed = (Server(tmp_path, free_port()) for _ in range(2))
    assert [stopped.ready(), killed.ready()] == [True, True], stopped.log + killed.log
    answers: list[bytes] = []

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", stopped.port, timeout=10)
        connection.request("GET", "/test/slow?s=1.5")
        answers.append(connection.getresponse().read())

    thread = threading.Thread(target=ask)
    thread.start()
    killed.process.kill()
    killed.process.wait()
    time.sleep(0.5)
    assert stopped.stop() == 0
    thread.join()
    assert answers == [b"late"]
    assert until(lambda: not any(commandline(pid) for pid in killed.first))
    assert is_free(killed.port)


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = Server(tmp_path, port)
        assert server.process.wait(60) == 1
    assert f"Error: 127.0.0.1:{port} cannot be used: Address already in use." in server.log
