"""Where this installation keeps what, as far as backups go."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from exhibitions.core.errors import N_, Conflict

_settings: dict[str, Place] = {}


@dataclass(frozen=True)
class Place:
    """The folders of an installation, its secret, and for how many days a backup is kept.

    `passphrase_file` lets the nightly backup take the secret with it, sealed; empty: it goes without.
    """

    data_dir: Path
    folder: Path
    secret: str
    days: int = 14
    passphrase_file: str = ""

    @property
    def files(self) -> Path:
        """Where uploaded and made files lie."""
        return self.data_dir / "files"


def configure(place: Place) -> None:
    """Say where everything lies. Called once at start."""
    _settings["place"] = place


def here() -> Place:
    """This installation's place."""
    return _settings["place"]


@contextmanager
def in_service(data_dir: Path) -> Iterator[None]:
    """Held by a server as long as it runs on this folder; many may."""
    with (data_dir / "serve.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@contextmanager
def out_of_service(data_dir: Path) -> Iterator[None]:
    """No server runs on this folder, and none starts meanwhile. Raises `Conflict` when one runs."""
    with (data_dir / "serve.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(
                "server_runs", N_("The server is running on this place. Stop it first, then restore.")
            ) from error
        yield
