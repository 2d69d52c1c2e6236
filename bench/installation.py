"""An installation of its own: a fair in a folder, the real server on it, and gates that scan."""

from __future__ import annotations

import csv
import http.client
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from bench.recount import faults
from exhibitions.app import create_app
from exhibitions.config import Settings
from exhibitions.core import clock
from exhibitions.core.db import db
from tests.factories import make_expo

ROOT = Path(__file__).resolve().parents[1]
SLUG = "8th"
PEOPLE = 400


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """A fair in a folder of its own and the server on it. `refusals` are the answers other than 200 and 503.

    Without `database_url` the data lie in an SQLite file in the folder.
    """

    folder: Path
    database_url: str = ""
    port: int = field(default_factory=free_port)
    codes: list[str] = field(default_factory=list)
    token: str = ""
    gate: int = 0
    process: subprocess.Popen[bytes] | None = None
    refusals: list[int] = field(default_factory=list)
    retry_after: list[int] = field(default_factory=list)
    scanned: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.database_url = self.database_url or f"sqlite:///{self.database}"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / "exhibitions.db"

    @property
    def _environ(self) -> dict[str, str]:
        kept = {n: v for n, v in os.environ.items() if n not in ("PUBLIC_URL", "PRODUCTION", "SECRET_KEY")}
        own = {"DATA_DIR": str(self.folder), "PORT": str(self.port), "DATABASE_URL": self.database_url}
        return kept | own

    def flask(self, *arguments: str) -> str:
        """Run a command of the product and return what it prints."""
        command = [sys.executable, "-m", "flask", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environ, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"flask {' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout

    def app(self) -> Flask:
        """The product on this installation's data, in this process."""
        return create_app(Settings.from_env(self._environ))

    def prepare(self) -> None:
        """Make the fair, its people and a paired device, by the commands that an organiser has."""
        app = self.app()
        with app.app_context():
            flask_migrate.upgrade()
            make_expo(SLUG)
        people = self.folder / "people.csv"
        with people.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["Name", "Phone"])
            writer.writerows([f"Visitor {n}", f"138{n:08d}"] for n in range(PEOPLE))
        _command(app, "import", "visitors", "--expo", SLUG, str(people))
        exported = json.loads(
            _command(app, "export", "visitors", "--expo", SLUG, "--format", "json", "--codes")
        )
        self.codes = [person["code"] for person in exported]
        paired = json.loads(_command(app, "gates", "pair", "--expo", SLUG, "--gate", "A", "--json"))
        self.token, self.gate = paired["token"], paired["gate"]["id"]
        with app.app_context():
            db.session.remove()
            db.engine.dispose()

    def start(self) -> None:
        """Start the server and wait until it is ready."""
        log = (self.folder / "serve.log").open("ab")
        command = [sys.executable, "-m", "flask", "serve", "--host", "127.0.0.1"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self._environ, stdout=log, stderr=log)
        log.close()
        # Orphans of a killed parent still answer for a moment, so the new parent's own children are waited for.
        if not until(lambda: len(self.children()) > 2 and self.is_ready(), 60):
            raise RuntimeError((self.folder / "serve.log").read_text()[-2000:])

    def is_ready(self) -> bool:
        """Whether /readyz says so."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=3)) as connection:
            try:
                connection.request("GET", "/readyz")
                return connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False

    def stop(self) -> None:
        """Stop the server as an operator does."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)

    def signal(self, number: int) -> None:
        """Send a signal to the parent."""
        if self.process:
            self.process.send_signal(number)

    def children(self, kind: str = "") -> list[int]:
        """The processes of the server, without the parent; of one kind ("web", "jobs") or of every."""
        return [] if self.process is None else children_of(self.process.pid, kind)

    def send(self, connection: http.client.HTTPConnection, call_id: str) -> int:
        """Scan a badge; the call's id is the scan's. A second attempt tells the same scan, at the same time."""
        now = clock.now().isoformat()
        item = {
            "scan_id": str(uuid.UUID(call_id)),
            "kind": "badge",
            "code": self.codes[uuid.UUID(call_id).int % len(self.codes)],
            "gate": self.gate,
            "direction": "in",
            "heads": 1,
            "scanned_at": self.scanned.setdefault(call_id, now),
            "verdict": None,
        }
        body = json.dumps({"sent_at": now, "device": {"battery": None, "queue": 0}, "scans": [item]})
        headers = {"Authorization": f"Device {self.token}", "Content-Type": "application/json"}
        connection.request("POST", f"/api/v1/expos/{SLUG}/scans", body, headers)
        response = connection.getresponse()
        answer = response.read()
        if response.status == 503:
            self.retry_after.append(int(response.headers.get("Retry-After", "9999")))
        elif response.status != 200:
            self.refusals.append(response.status)
        elif json.loads(answer)["results"][0]["status"] not in ("stored", "known", "review"):
            self.refusals.append(200)
        return response.status

    def stored(self) -> list[str]:
        """The ids of all scans in the database."""
        engine = sa.create_engine(self.database_url)
        with engine.connect() as connection:
            rows = connection.execute(sa.text("SELECT scan_id FROM scans")).scalars().all()
        engine.dispose()
        return [uuid.UUID(row).hex for row in rows]

    def faults_of_content(self) -> list[str]:
        """I3 to I5 and I7: what is wrong inside the database, in words."""
        app = self.app()
        with app.app_context():
            found = faults()
            db.session.remove()
            db.engine.dispose()
        return found


def _command(app: Flask, *arguments: str) -> str:
    """What a command of the product prints, run in this process: another one would load the whole product first."""
    done = app.test_cli_runner().invoke(args=arguments)
    if done.exit_code:
        raise RuntimeError(f"flask {' '.join(arguments)}: {done.output[-2000:]}")
    return str(done.stdout)


def commandline(pid: int) -> str:
    """How a process was started; empty for one that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def children_of(pid: int, kind: str = "") -> list[int]:
    """The living children of a server's parent; of one kind ("web", "jobs") or of every."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(child) for child in found if f" {kind} " in commandline(int(child)) or not kind]


def until(true: Callable[[], object], seconds: float = 60.0) -> bool:
    """Wait until `true()`; False when that takes longer."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return False
