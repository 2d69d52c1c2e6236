"""What runs in the processes that `flask serve` keeps: one web process, or the worker of the jobs.

    python -m exhibitions.cli.child APP web THREADS SOCKET CERT KEY BEATS
    python -m exhibitions.cli.child APP jobs BEATS

APP names the application as `flask --app` does (empty: wsgi.py); SOCKET and BEATS are numbers of inherited descriptors; CERT and KEY may be empty.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask.cli import ScriptInfo
from granian._granian import SocketHolder
from granian.constants import HTTPModes, Loops, RuntimeModes, TaskImpl
from granian.http import HTTP1Settings
from granian.server.mp import MPServer

from exhibitions.cli.supervisor import BACKLOG
from exhibitions.core.garbage import settle

BEAT_SECONDS = 0.5
STUCK_SECONDS = 60.0
ORPHAN_SECONDS = 5.0
# Connections, not requests: one that is kept alive counts, so this must be far above the number of threads.
MOST_CONNECTIONS = 4096


class Door:
    """The application behind two duties of a process that is replaced: to know when it hangs, and to drain.

    While it drains every answer asks the client to open a new connection, which the successor accepts:
    so no client meets a connection that closes under its next request.
    """

    def __init__(self, application: WSGIApplication, threads: int) -> None:
        self._application = application
        self._threads = threads
        self._since: dict[int, float] = {}
        self.draining = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        thread = threading.get_ident()
        self._since[thread] = time.monotonic()
        try:
            return self._application(
                environ, self._parting(start_response) if self.draining else start_response
            )
        finally:
            del self._since[thread]

    @staticmethod
    def _parting(start_response: StartResponse) -> StartResponse:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, [*headers, ("Connection", "close")], exc_info)

        return start

    def stuck(self) -> bool:
        """Whether every thread has been busy with one and the same request for STUCK_SECONDS."""
        starts = list(self._since.values())
        return len(starts) >= self._threads and time.monotonic() - max(starts) > STUCK_SECONDS


def beat(descriptor: int, stuck: Callable[[], bool]) -> None:
    """Tell the parent twice a second that this process lives; stop the process when nobody listens any more."""
    os.set_inheritable(descriptor, False)

    def work() -> None:
        try:
            while True:
                if not stuck():
                    os.write(descriptor, b".")
                time.sleep(BEAT_SECONDS)
        except BrokenPipeError:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(ORPHAN_SECONDS)
            os._exit(1)

    threading.Thread(target=work, name="heartbeat", daemon=True).start()


def serve(target: str, threads: int, descriptor: int, tls: tuple[str, str], beats: int) -> None:
    """Answer requests from the inherited listening socket until SIGTERM, then finish what is in work."""
    os.set_inheritable(descriptor, False)
    door = Door(ScriptInfo(app_import_path=target or None).load_app(), threads)
    settle()

    def drain(_number: int, _frame: FrameType | None) -> None:
        door.draining = True

    signal.signal(signal.SIGUSR1, drain)
    certificate, key = tls

    def ready() -> Door:
        beat(beats, door.stuck)
        return door

    # granian's own parent has no heartbeat, and a socket that dies with its process, so that connections are reset when
    # one is replaced (docs/decisions/0002). Its worker is used without that parent.
    MPServer._spawn_wsgi_worker(
        1,
        None,
        ready,
        ((None, SocketHolder(descriptor, False, BACKLOG)), None),  # type: ignore[call-arg]
        None,
        Loops.asyncio,
        True,
        "warning",
        None,
        (),
        RuntimeModes.mt,
        1,
        threads,
        threads,
        60,
        MOST_CONNECTIONS,
        TaskImpl.asyncio,
        HTTPModes.auto if certificate else HTTPModes.http1,
        HTTP1Settings(),
        None,
        False,
        None,
        None,
        (bool(certificate), certificate or None, key or None, None, "tls1.2", None, [], False),
        {"url_path_prefix": None},
        (None, None),
    )


def work(target: str, beats: int) -> None:
    """Run `flask jobs work`, which ends by SIGTERM."""
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    info = ScriptInfo(app_import_path=target or None)
    app = info.load_app()
    settle()
    beat(beats, lambda: False)
    app.cli.main(args=["jobs", "work"], prog_name="flask", obj=info)


def main(arguments: list[str]) -> None:
    """Start the kind of process that the command line asks for."""
    target, kind, *rest = arguments
    if kind == "web":
        threads, descriptor, certificate, key, beats = rest
        serve(target, int(threads), int(descriptor), (certificate, key), int(beats))
    else:
        work(target, int(rest[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
