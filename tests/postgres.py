"""A private PostgreSQL server for one test run, from the binaries on this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

_PLACES = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")


@cache
def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, the newest where there are several; None when there is none."""
    for place in _PLACES:
        found = sorted(Path(place).glob("*/bin/initdb"), key=lambda p: p.stat().st_mtime)
        if found:
            return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def available() -> bool:
    """Whether a server can be started here."""
    return binaries() is not None


def _as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root; the package's own user runs it then."""
    if os.geteuid() != 0:
        return command
    return ["runuser", "-u", "postgres", "--", *command]


@contextmanager
def server() -> Iterator[str]:
    """Start a server in a folder of its own on a free loopback port; yields its address; stops it and tidies up."""
    folder = binaries()
    if folder is None:
        raise RuntimeError("no PostgreSQL binaries on this machine")
    root = Path(tempfile.mkdtemp(prefix="pg-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))
    root.chmod(0o777)
    data = root / "data"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    subprocess.run(
        _as_postgres(
            [str(folder / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        ),
        check=True,
        capture_output=True,
    )
    # Durability is the product's business in operation; a throw-away server may be fast instead.
    options = f"-p {port} -k {root} -c listen_addresses=127.0.0.1 -c max_connections=200 -c fsync=off"
    control = [str(folder / "pg_ctl"), "-D", str(data), "-l", str(root / "log"), "-w"]
    subprocess.run(_as_postgres([*control, "-o", options, "start"]), check=True, capture_output=True)
    try:
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
    finally:
        subprocess.run(_as_postgres([*control, "-m", "immediate", "stop"]), check=True, capture_output=True)
        for _ in range(10):
            shutil.rmtree(root, ignore_errors=True)
            if not root.exists():
                break
            time.sleep(0.2)
