"""What a web process takes of the memory while a fair of 100,000 people is listed, searched and exported.

Measured of the real server: its resident memory (VmRSS) as the kernel tells it, the highest after each kind of request.
Four browsers ask at once, so that several threads and connections have their share.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.cookiejar import Cookie, CookieJar
from pathlib import Path

import flask_migrate

from bench import crowd
from bench.figures import Figure
from bench.people import COLUMNS, LIST, PAGES, SEARCHES
from bench.served import ROOT, free_port, wait_until_ready
from exhibitions.app import create_app
from exhibitions.core.db import db
from tests.factories import make_expo
from tests.people import make_people

_GOAL = 150
_AT_ONCE = 4
_HIDDEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def measure(short: bool) -> Iterator[Figure]:
    """The figures; a short run has five hundred people."""
    folder = Path(tempfile.mkdtemp(prefix="bench-memory-"))
    try:
        yield from _measured(folder, 500 if short else 100_000)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measured(folder: Path, people: int) -> Iterator[Figure]:
    kept = {n: v for n, v in os.environ.items() if n not in ("DATABASE_URL", "PUBLIC_URL", "PRODUCTION")}
    port = free_port()
    environ = kept | {"DATA_DIR": str(folder), "PORT": str(port)}
    cookie = _prepare(environ, people)
    base = f"http://127.0.0.1:{port}"
    with _serving(environ, folder, port) as process:
        browser = _Browser(base, cookie)
        browser.get(LIST)
        yield _figure("a web process, one page", process)
        queries = list(PAGES.values())
        _all_at_once([partial(browser.get, LIST + query) for query in queries * 2])
        yield _figure("a web process, lists and filters", process)
        _all_at_once([partial(browser.search, text) for text in SEARCHES.values()])
        yield _figure("a web process, searches", process)
        _all_at_once([lambda: browser.get(f"{LIST}/doubles")] * _AT_ONCE)
        yield _figure("a web process, doubles", process)
        _all_at_once([browser.export] * 2)
        yield _figure("a web process, two CSV exports at once", process)


def _figure(what: str, process: subprocess.Popen[bytes]) -> Figure:
    """The web process, a child of the supervisor: the one that takes most."""
    highest = max(_peak(child) for child in _children(process.pid))
    return Figure(what, "SQLite", highest, "MiB", limit=_GOAL, goal=_GOAL, least=True, note="VmHWM")


def _children(parent: int) -> list[int]:
    numbers = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [n for n in map(int, numbers) if b"web" in Path(f"/proc/{n}/cmdline").read_bytes().split(b"\0")]


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in status if line.startswith("VmHWM"))) / 1024


def _prepare(environ: dict[str, str], people: int) -> str:
    """A fair of so many people in the database of this environment; gives the session cookie of its organiser."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environ)
    try:
        app = create_app()
        with app.app_context():
            flask_migrate.upgrade()
            crowd.fill(make_expo(), people)
        alice = make_people(app).alice
        found = alice.get_cookie("session")
        with app.app_context():
            db.engine.dispose()
    finally:
        os.environ.clear()
        os.environ.update(before)
    if found is None:
        raise RuntimeError("nobody is signed in")
    return found.value


@contextmanager
def _serving(environ: dict[str, str], folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "serve.log").open("ab") as log:
        command = [sys.executable, "-m", "flask", "serve", "--host", "127.0.0.1", "--processes", "1"]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
    try:
        wait_until_ready(port, folder)
        yield process
    finally:
        process.terminate()
        process.wait(40)


class _Browser:
    """Asks as the signed-in organiser; each request with cookies of its own, as threads of one jar would mix them up."""

    def __init__(self, base: str, cookie: str) -> None:
        self._base, self._cookie = base, cookie

    def get(self, path: str) -> str:
        """The page at this address."""
        return self._open(self._new(), path, None)

    def search(self, text: str) -> None:
        """Search the list for a text and read what is found."""
        opener = self._new()
        token = self._token(opener, LIST)
        self._open(opener, f"{LIST}/search", {"csrf_token": token, "q": text})

    def export(self) -> None:
        """Take everybody out as CSV."""
        opener = self._new()
        token = self._token(opener, f"{LIST}/export")
        data = {"csrf_token": token, "reason": "bench", "format": "csv", "columns": COLUMNS}
        self._open(opener, f"{LIST}/export", data)

    def _new(self) -> urllib.request.OpenerDirector:
        jar = CookieJar()
        host, path = ("127.0.0.1", True, False), ("/", True)
        jar.set_cookie(
            Cookie(0, "session", self._cookie, None, False, *host, *path, False, None, True, None, None, {})
        )
        return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def _token(self, opener: urllib.request.OpenerDirector, path: str) -> str:
        found = _HIDDEN.search(self._open(opener, path, None))
        if found is None:
            raise RuntimeError(f"{path}: no form")
        return found[1]

    def _open(
        self, opener: urllib.request.OpenerDirector, path: str, data: Mapping[str, object] | None
    ) -> str:
        # Letters of an address that it may not have as they are: the filters name places in Han.
        address = self._base + urllib.parse.quote(path, safe="/?=&-,")
        body = urllib.parse.urlencode(data, doseq=True).encode() if data is not None else None
        with opener.open(address, body, timeout=60) as answer:
            return str(answer.read().decode())


def _all_at_once(work: list[Callable[[], object]]) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for done in [pool.submit(each) for each in work]:
            done.result()
