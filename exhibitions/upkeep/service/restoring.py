"""Checking a backup, and bringing one back into an empty place."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy.engine import Engine

from exhibitions.core import clock
from exhibitions.core.db import write_connection
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.signing import SealBrokenError, unseal_by_passphrase
from exhibitions.upkeep.rules import archive
from exhibitions.upkeep.rules.archive import Manifest, Piece, damaged, differences
from exhibitions.upkeep.service import copies
from exhibitions.upkeep.service.place import Place

_CHUNK = 1 << 20
Migrate = Callable[[str], object]
"""Brings the tables to the revision that it is given (`head` for the newest)."""


class Backup:
    """An opened backup: its list of contents, and its pieces, each checked against the list while it is read."""

    def __init__(self, packed: zipfile.ZipFile, manifest: Manifest) -> None:
        self._packed = packed
        self.manifest = manifest

    def write(self, name: str, out: IO[bytes]) -> None:
        """Write a piece to `out`. Raises `Refused("backup_damaged")` when it is not what the list says."""
        for chunk in self._chunks(name):
            out.write(chunk)

    def check(self) -> None:
        """Read everything. Raises `Refused("backup_damaged")` for the first piece that is not as it was."""
        for name in self.manifest.pieces:
            for _ in self._chunks(name):
                pass

    def _chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a piece; never more than the list says, whatever the archive claims."""
        wanted, digest, size = self.manifest.pieces[name], hashlib.sha256(), 0
        try:
            with self._packed.open(name) as source:
                while chunk := source.read(_CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    if size > wanted.size:
                        break
                    yield chunk
        except (zipfile.BadZipFile, KeyError, EOFError, OSError) as error:
            raise damaged(name) from error
        if Piece(size, digest.hexdigest()) != wanted:
            raise damaged(name)


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """A backup to read. Raises `Refused` for a file that is none, or that this release cannot read."""
    try:
        with zipfile.ZipFile(path) as packed:
            yield Backup(packed, archive.read_manifest(packed.read(archive.MANIFEST)))
    except (zipfile.BadZipFile, KeyError, FileNotFoundError) as error:
        raise Refused(
            "no_backup", N_("This file is no backup, or it was cut off: %(name)s."), name=path.name
        ) from error


def check(path: Path) -> Manifest:
    """Read a whole backup, and open its copy of an SQLite database. Raises `Refused` with what is wrong."""
    with opened(path) as backup:
        backup.check()
        manifest = backup.manifest
        if manifest.engine == "sqlite":
            with tempfile.TemporaryDirectory() as scratch:
                file = Path(scratch) / archive.DATABASE
                with file.open("wb") as out:
                    backup.write(archive.DATABASE, out)
                _compare(manifest.tables, _counted(file))
    return manifest


def _counted(file: Path) -> dict[str, int]:
    try:
        return copies.counted_in_file(file)[1]
    except sqlite3.DatabaseError as error:
        raise damaged(archive.DATABASE) from error


def _compare(wanted: dict[str, int], found: dict[str, int]) -> None:
    wrong = differences(wanted, found)
    if wrong:
        raise Refused(
            "backup_counts", N_("Rows are missing or too many: %(tables)s."), tables="; ".join(wrong[:10])
        )


@dataclass(frozen=True)
class Restored:
    """What came back. `keys` tells whether the secret that stands in this place is that of the backup."""

    manifest: Manifest
    keys: bool
    secret_written: bool


def restore(
    path: Path, engine: Engine, place: Place, migrate: Migrate, *, passphrase: str = "", replace: bool = False
) -> Restored:
    """Bring a backup into this place, check that every row is back, then bring older tables to this release.

    What stood here is refused to be overwritten (`Conflict`); with `replace` an SQLite file, files and key are put aside under
    the name `….before-DATE`, and the tables of PostgreSQL are dropped. The server must not run.
    """
    with opened(path) as backup:
        manifest = backup.manifest
        if manifest.engine != engine.dialect.name:
            raise Refused(
                "other_engine",
                N_("This backup is of %(engine)s. Restore it into a place with that database."),
                engine={"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(manifest.engine, manifest.engine),
            )
        if not replace:
            refuse_if_filled(engine, place)
        backup.check()
        secret = _secret(backup, passphrase)
        stamp = f"{clock.now():%Y%m%d-%H%M%S}"
        if engine.dialect.name == "sqlite":
            _restore_sqlite(backup, engine, stamp)
        else:
            _restore_postgresql(backup, engine, migrate)
        _restore_files(backup, place, stamp)
    _compare(manifest.tables, _now(engine))
    migrate("head")
    written = secret is not None and secret != place.secret and _write_secret(place, secret, stamp)
    return Restored(manifest, archive.key_check(secret or place.secret) == manifest.key_check, written)


def refuse_if_filled(engine: Engine, place: Place) -> None:
    """Raises `Conflict` unless the database has no row and the store of files no file."""
    if any(_now(engine).values()) or any(place.files.glob("??/??/*")):
        raise Conflict(
            "place_not_empty",
            N_("This place is not empty. Restore into an empty one, or say that it shall be replaced."),
        )


def _now(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return copies.counted(connection)


def _secret(backup: Backup, passphrase: str) -> str | None:
    if not passphrase or not backup.manifest.with_keys:
        return None
    with tempfile.TemporaryFile() as file:
        backup.write(archive.KEYS, file)
        file.seek(0)
        try:
            return unseal_by_passphrase(passphrase, file.read(), archive.KEYS_PLACE).decode()
        except SealBrokenError as error:
            raise Refused("passphrase_wrong", N_("The passphrase is not that of this backup.")) from error


def _restore_sqlite(backup: Backup, engine: Engine, stamp: str) -> None:
    database = Path(str(engine.url.database))
    fresh = database.with_name(f"{database.name}.restoring")
    with fresh.open("wb") as out:
        backup.write(archive.DATABASE, out)
        out.flush()
        os.fsync(out.fileno())
    _compare(backup.manifest.tables, _counted(fresh))
    engine.dispose()
    for rest in ("-wal", "-shm", ""):
        # What was not yet in the main file is in the log beside it: both are put aside, or neither would be whole.
        with contextlib.suppress(FileNotFoundError):
            old = database.with_name(database.name + rest)
            old.rename(database.with_name(f"{database.name}.before-{stamp}{rest}"))
    fresh.rename(database)


def _restore_postgresql(backup: Backup, engine: Engine, migrate: Migrate) -> None:
    with write_connection(engine) as connection:
        metadata = copies.reflected(connection)
        for table in reversed(metadata.sorted_tables):
            connection.exec_driver_sql(f'DROP TABLE "{table.name}" CASCADE')
    migrate(backup.manifest.revision)
    with write_connection(engine) as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        for table in copies.reflected(connection).sorted_tables:
            name = f"tables/{table.name}.copy"
            if name in backup.manifest.pieces:
                with tempfile.TemporaryFile() as file:
                    backup.write(name, file)
                    file.seek(0)
                    copies.copy_in(connection, table, file)


def _restore_files(backup: Backup, place: Place, stamp: str) -> None:
    if any(place.files.glob("??/??/*")):
        place.files.rename(place.files.with_name(f"files.before-{stamp}"))
    for name in backup.manifest.pieces:
        if name.startswith("files/"):
            target = place.data_dir / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as out:
                backup.write(name, out)
    place.files.mkdir(parents=True, exist_ok=True)


def _write_secret(place: Place, secret: str, stamp: str) -> bool:
    key = place.data_dir / "secret.key"
    if key.exists():
        shutil.copy2(key, key.with_name(f"secret.key.before-{stamp}"))
    fresh = key.with_name("secret.key.restoring")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as out:
        out.write(secret)
        os.fsync(out.fileno())
    fresh.rename(key)
    return True
