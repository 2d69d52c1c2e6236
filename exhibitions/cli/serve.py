"""`flask serve`: one command that brings the database up to date and keeps web processes and the job worker alive."""

from __future__ import annotations

import fcntl
import io
import os
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import flask_migrate
import qrcode
import sqlalchemy as sa
from flask import current_app
from flask.cli import ScriptInfo, with_appcontext

from exhibitions.cli.private import close, write_privately
from exhibitions.cli.supervisor import BACKLOG, Role, Supervisor, python_module
from exhibitions.config import Settings
from exhibitions.core import metrics
from exhibitions.core.db import db
from exhibitions.portal.service.demo import making, samples
from exhibitions.upkeep.service.place import in_service

ROOT = Path(__file__).resolve().parents[2]
_CHILD = "exhibitions.cli.child"
PORT_WAIT_SECONDS = 15.0
# Any number will do, as long as every node asks for the same one.
_ADVISORY_LOCK = 20160819


def migrate(settings: Settings) -> None:
    """Bring the database to the newest version. Of several starts at once, on one machine or on many nodes
    before one PostgreSQL, one does the work and the others wait for it."""
    with (settings.data_dir / "migrate.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _node_lock():
            flask_migrate.upgrade()


@contextmanager
def _node_lock() -> Iterator[None]:
    if db.engine.dialect.name != "postgresql":
        yield
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.select(sa.func.pg_advisory_lock(_ADVISORY_LOCK)))
        yield
        connection.execute(sa.select(sa.func.pg_advisory_unlock(_ADVISORY_LOCK)))


def listen(host: str, port: int, count: int = 1) -> list[socket.socket]:
    """Listening sockets on one port, one for each web process; the system spreads connections evenly over them.

    The parent owns them: connections to a process that died wait for its successor and are not lost. Right after a
    parent was killed its children may hold the port for some seconds more: they are waited for.
    """
    deadline = time.monotonic() + PORT_WAIT_SECONDS
    while True:
        try:
            # Alone first: who shares a port is asked nothing, so another server on it would go unnoticed.
            with _bound(host, port, shared=False) as alone:
                real = alone.getsockname()[1]
            listeners = [_bound(host, real, shared=True) for _ in range(count)]
        except OSError as error:
            if time.monotonic() > deadline:
                raise click.ClickException(f"{host}:{port} cannot be used: {error.strerror}.") from error
            time.sleep(0.25)
            continue
        for listener in listeners:
            listener.listen(BACKLOG)
            listener.setblocking(False)
        return listeners


def _bound(host: str, port: int, *, shared: bool) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Accepted connections inherit it; without it small answers wait 40 ms for the client's acknowledgement.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if shared:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def lan_addresses() -> list[str]:
    """The addresses under which other devices in the same network reach this machine."""
    found = set()
    # Connecting a datagram socket sends nothing; it only makes the system choose the outgoing address.
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET, "10.255.255.255")):
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((far, 9))
            except OSError:
                continue
            found.add(str(probe.getsockname()[0]))
    return sorted(address for address in found if not address.startswith(("127.", "0.")))


def qr_text(address: str) -> str:
    """A QR code of `address` made of block characters, light on dark as terminals are."""
    code = qrcode.QRCode(border=2)
    code.add_data(address)
    out = io.StringIO()
    code.print_ascii(out=out, invert=True)
    return out.getvalue()


def child_environment(settings: Settings, port: int, scheme: str, processes: int = 1) -> dict[str, str]:
    """The environment of the child processes: the parent's, with what its options and the network decide."""
    environ = {**os.environ, "PORT": str(port), "PYTHONUNBUFFERED": "1", "WEB_PROCESSES": str(processes)}
    if not os.environ.get("PUBLIC_URL"):
        environ["PUBLIC_URL"] = f"{scheme}://localhost:{port}"
        environ["ALLOWED_HOSTS"] = ",".join([*settings.allowed_hosts, *lan_addresses()])
    return environ


def _figures_folder() -> TemporaryDirectory[str]:
    """Where the processes keep their figures, in memory where there is such a place: these files are mapped, and
    a process that writes into a mapped file on a full disk is killed by the system (F3)."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder inside has a random name and is ours alone.
    place = memory if os.access(memory, os.W_OK) else None
    return TemporaryDirectory(prefix="exhibitions-figures-", dir=place)


def _check_certificate(cert: str | None, key: str | None) -> None:
    if bool(cert) != bool(key):
        raise click.UsageError("--cert and --key belong together.")
    if not (cert and key):
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        raise click.ClickException(f"The certificate or its key cannot be used: {error}.") from error


def doors(settings: Settings, base: str) -> list[str]:
    """The line that says where the demo is entered; none in production, and none without a demo."""
    if settings.production or samples.demo_fairs() is None:
        return []
    return [f"Demo: {base}demo, one click for each role: {', '.join(door[0] for door in making.DOORS)}"]


def _announce(base: str, public: str, demo: list[str]) -> None:
    lines = [f"\nReady: {base.format(host='localhost')}", *demo]
    if public:
        lines.append(f"Public address: {public}")
    for address in lan_addresses():
        lines.append(f"In this network: {base.format(host=address)}")
        if _shows_blocks():
            lines.append(qr_text(base.format(host=address)))
    # In one piece, because the children write their log to the same terminal.
    click.echo("\n".join(lines))
    sys.stdout.flush()


def _shows_blocks() -> bool:
    try:
        "█".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


@click.command("serve")
@click.option("--host", default="0.0.0.0", show_default=True, help="Address to listen on.")  # noqa: S104  gates are other devices
@click.option("--port", type=click.IntRange(0, 65535), help="Port; the setting PORT when not given.")
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True, help="Web processes.")
@click.option(
    "--threads", type=click.IntRange(1, 256), default=16, show_default=True, help="Threads of each."
)
@click.option("--cert", type=click.Path(exists=True, resolve_path=True), help="TLS certificate, PEM.")
@click.option("--key", type=click.Path(exists=True, resolve_path=True), help="Its key, PEM (PKCS #8).")
@with_appcontext
def serve(
    host: str, port: int | None, processes: int, threads: int, cert: str | None, key: str | None
) -> None:
    """Migrate the database, then run the web processes and the job worker until told to stop."""
    settings: Settings = current_app.config["SETTINGS"]
    _check_certificate(cert, key)
    # Whichever application was named: the children inherit it.
    write_privately()
    close(settings.data_dir, settings.database_url)
    # Held until the end of the process, also by kill -9: nothing is restored under a running server.
    click.get_current_context().with_resource(in_service(settings.data_dir))
    listeners = listen(host, settings.port if port is None else port, processes)
    real_port = listeners[0].getsockname()[1]
    migrate(settings)
    scheme = "https" if cert else "http"
    target = click.get_current_context().ensure_object(ScriptInfo).app_import_path or ""
    roles = []
    for number, listener in enumerate(listeners, 1):
        words = (target, "web", str(threads), str(listener.fileno()), cert or "", key or "")
        roles.append(Role(f"web process {number}", python_module(_CHILD, *words), (listener.fileno(),)))
    roles.append(Role("job worker", python_module(_CHILD, target, "jobs")))
    environ = child_environment(settings, real_port, scheme, processes)
    environ[metrics.FOLDER] = click.get_current_context().with_resource(_figures_folder())
    supervisor = Supervisor(roles, environ, ROOT, _say)
    base = f"{scheme}://{{host}}:{real_port}/"
    demo = doors(settings, base.format(host="localhost"))
    # The parent must keep no connection: it outlives restarts of the database and of its own children.
    db.session.remove()
    db.engine.dispose()
    sys.exit(supervisor.run(lambda: _announce(base, os.environ.get("PUBLIC_URL", ""), demo)))


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)
