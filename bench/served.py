"""A fair with many badges behind the real server, on SQLite or on a durable PostgreSQL of its own, and its load."""

from __future__ import annotations

import os
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError

import flask_migrate
import sqlalchemy as sa

from exhibitions.app import create_app
from exhibitions.badges.models import Badge, BadgeClass, SigningKey
from exhibitions.badges.rules import token
from exhibitions.core import clock, signing
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo, Gate
from exhibitions.gates.service import pairing
from tests import postgres
from tests.factories import make_expo

ROOT = Path(__file__).resolve().parents[1]
SLUG = "8th"
_KEY = bytes(range(32))
_KEY_NUMBER = 31


@dataclass
class Served:
    """A running server, the codes of its badges, and devices as (token, gate). `day` is a past day of the fair."""

    port: int
    folder: Path
    environ: dict[str, str]
    codes: list[str]
    devices: list[tuple[str, int]]
    day: datetime


@dataclass(frozen=True)
class Load:
    """What a load gave: requests a second, and their times in milliseconds, sorted. `refused` were not answered 200."""

    rate: float
    times: list[float]
    refused: int

    def percentile(self, share: float) -> float:
        """The time within which this share of the requests was answered."""
        return self.times[min(len(self.times) - 1, int(len(self.times) * share))]


@contextmanager
def durable_postgres() -> Iterator[str]:
    """A PostgreSQL server that syncs every commit, in a folder of its own; yields its address."""
    binaries = postgres.binaries()
    if binaries is None:
        raise RuntimeError("no PostgreSQL binaries on this machine")
    root = Path(tempfile.mkdtemp(prefix="pg-bench-"))
    root.chmod(0o777)
    port = free_port()
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    control = [
        *as_postgres,
        str(binaries / "pg_ctl"),
        "-D",
        str(root / "data"),
        "-l",
        str(root / "log"),
        "-w",
    ]
    make = [
        *as_postgres,
        str(binaries / "initdb"),
        "-D",
        str(root / "data"),
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
    ]
    subprocess.run(make, check=True, capture_output=True)
    options = f"-p {port} -k {root} -c listen_addresses=127.0.0.1 -c max_connections=200"
    subprocess.run([*control, "-o", options, "start"], check=True, capture_output=True)
    try:
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True)
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def served(badges: int, devices: int, database_url: str = "", processes: int = 2) -> Iterator[Served]:
    """A server with a fair of so many badges and paired devices; stopped and tidied up afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    kept = {n: v for n, v in os.environ.items() if n not in ("DATABASE_URL", "PUBLIC_URL", "PRODUCTION")}
    environ = kept | {"DATA_DIR": str(folder), "PORT": str(free_port())}
    if database_url:
        environ["DATABASE_URL"] = database_url
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environ)
    try:
        place = _prepare(folder, environ, badges, devices)
    finally:
        os.environ.clear()
        os.environ.update(before)
    with (folder / "serve.log").open("ab") as log:
        command = [
            sys.executable,
            "-m",
            "flask",
            "serve",
            "--host",
            "127.0.0.1",
            "--processes",
            str(processes),
        ]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
    try:
        wait_until_ready(place.port, place.folder)
        yield place
    finally:
        process.terminate()
        process.wait(40)
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _prepare(folder: Path, environ: dict[str, str], badges: int, devices: int) -> Served:
    app = create_app()
    with app.app_context():
        flask_migrate.upgrade()
        today = clock.today("Asia/Shanghai")
        expo_id = make_expo(SLUG, start=today - timedelta(days=3))
        codes = _make_badges(expo_id, badges)
        with transaction():
            expo = db.session.get_one(Expo, expo_id)
            gates = db.session.scalars(sa.select(Gate).where(Gate.code.in_(("A", "B")))).all()
            chosen = [gates[n % 2] for n in range(devices)]
            tokens = [(pairing.pair(expo, pairing.Rights([gate]))[1], gate.id) for gate in chosen]
        db.session.remove()
        db.engine.dispose()
    day = datetime.combine(today - timedelta(days=1), datetime.min.time(), UTC) + timedelta(
        hours=1, minutes=5
    )
    return Served(int(environ["PORT"]), folder, environ, codes, tokens, day)


def _make_badges(expo_id: int, count: int) -> list[str]:
    """Badges with true codes, written in bulk: issuing them is measured elsewhere."""
    with transaction() as session:
        fair = session.get_one(Expo, expo_id).code
        public = signing.public_key_of(_KEY)
        session.add(
            SigningKey(number=_KEY_NUMBER, public_key=public, private_key=b"", created_at=clock.now())
        )
        class_id = session.scalars(sa.select(BadgeClass.id).where(BadgeClass.key == "trade")).one()
        rows, codes = [], []
        for serial in range(count):
            claims = token.Claims(_KEY_NUMBER, fair, 300_000_000 + serial, 1, 0, 0, serial)
            signature, code = token.issue(claims, lambda message: signing.sign(_KEY, message))
            codes.append(code)
            rows.append(
                {
                    "expo_id": expo_id,
                    "class_id": class_id,
                    "class_number": 1,
                    "number": claims.badge,
                    "holder_kind": "visitor",
                    "holder_id": serial + 1,
                    "name": f"观众{serial}",
                    "issue": serial,
                    "key_number": _KEY_NUMBER,
                    "signature": signature,
                    "issued_at": clock.now(),
                }
            )
        session.execute(sa.insert(Badge), rows)
    return codes


def wait_until_ready(port: int, folder: Path) -> None:
    """Wait until the server at this port answers; raises RuntimeError with the end of its log in `folder` when it does not."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=3) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError((folder / "serve.log").read_text()[-2000:])


class _Line:
    """One keep-alive connection: a request in flight, and what has come back of its answer."""

    def __init__(self, port: int, number: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.number = number
        self.begun = 0.0
        self.received = b""

    def send(self, request: bytes) -> None:
        self.received = b""
        self.begun = time.perf_counter()
        self.socket.sendall(request)

    def status(self) -> int | None:
        """The status once the whole answer is here. Raises RuntimeError when the server has hung up instead."""
        came = self.socket.recv(1 << 20)
        if not came:
            raise RuntimeError("the server closed a connection without an answer")
        self.received += came
        head, blank, body = self.received.partition(b"\r\n\r\n")
        if not blank:
            return None
        length = next(
            int(v)
            for n, _, v in (x.partition(b":") for x in head.split(b"\r\n"))
            if n.lower() == b"content-length"
        )
        return int(head.split(b" ", 2)[1]) if len(body) >= length else None


def drive(port: int, lines: int, seconds: float, request: Callable[[int], bytes]) -> Load:
    """Keep `lines` connections busy for so long, and until the first answer; `request` makes the next request of a connection."""
    selector = selectors.DefaultSelector()
    times: list[float] = []
    refused = 0
    for number in range(lines):
        line = _Line(port, number)
        selector.register(line.socket, selectors.EVENT_READ, line)
        line.send(request(number))
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds or not times:
        for key, _ in selector.select(timeout=30):
            one: _Line = key.data
            status = one.status()
            if status is None:
                continue
            times.append((time.perf_counter() - one.begun) * 1000)
            refused += status != 200
            one.send(request(one.number))
    spent = time.perf_counter() - begun
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    return Load(len(times) / spent, sorted(times), refused)
