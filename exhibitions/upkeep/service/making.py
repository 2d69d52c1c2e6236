"""Making a backup while the server runs: the database at one moment, then the files, in one file that appears whole."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

import msgspec
from sqlalchemy.engine import Engine

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Busy
from exhibitions.core.signing import seal_by_passphrase
from exhibitions.core.version import VERSION
from exhibitions.upkeep.rules import archive
from exhibitions.upkeep.rules.archive import Manifest, Piece
from exhibitions.upkeep.service import copies
from exhibitions.upkeep.service.place import Place

COPYING = N_("Copying the database")
PACKING = N_("Packing the files")
Say = Callable[[str, int, int], None]
"""Is told the step (an English message id), how much of it is done, and how much there is."""
_LEVEL = 3
_MODE = 0o600


class NoRoom(Busy):
    """The disk has no room for a backup; nothing was left behind."""

    status = 507


def make(
    engine: Engine, place: Place, target: Path, passphrase: str = "", say: Say = lambda *_: None
) -> Manifest:
    """Write a backup to `target`, outside any transaction; with the installation's secret when there is a passphrase.

    It holds everything that was committed before the call. The file appears whole or not at all, and only its owner may
    read it. One is made at a time: a second call waits. Raises `NoRoom`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target.parent), _no_room_told():
        _ask_for_room(engine, place, target.parent)
        unfinished = target.with_name(f"{target.name}.part")
        try:
            with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_RDWR, _MODE), "w+b") as file:
                manifest = _write(engine, place, file, (target.parent, passphrase), say)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(target)
        finally:
            unfinished.unlink(missing_ok=True)
    return manifest


def record_made(manifest: Manifest, name: str, by: Actor) -> None:
    """Note inside the caller's transaction that a backup was made."""
    audit.record(
        "upkeep.backup_made",
        by,
        after={
            "backup": name,
            "rows": manifest.rows,
            "files": manifest.files,
            "with_keys": manifest.with_keys,
        },
    )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "backup.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _no_room_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise no_room() from error
        raise


def no_room() -> NoRoom:
    """The refusal when the disk has no room for a backup."""
    return NoRoom(
        "no_room_for_backup", N_("The disk has no room for a backup. Free some, then try again."), 10
    )


def _ask_for_room(engine: Engine, place: Place, folder: Path) -> None:
    """The copy of an SQLite file lies on the disk for a moment beside the backup, which is smaller than what it holds."""
    database = Path(str(engine.url.database)) if engine.dialect.name == "sqlite" else None
    size = database.stat().st_size if database and database.exists() else 0
    files = sum(path.stat().st_size for path in _files(place))
    if shutil.disk_usage(folder).free < size + size // 2 + files:
        raise no_room()


def _files(place: Place) -> list[Path]:
    """All whole files of the store; a name by chance without a row is taken along and swept up later."""
    return sorted(path for path in place.files.glob("??/??/*") if not path.name.endswith(".part"))


def _write(engine: Engine, place: Place, file: IO[bytes], extra: tuple[Path, str], say: Say) -> Manifest:
    folder, passphrase = extra
    made_at = clock.now().replace(microsecond=0)
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as packed,
        tempfile.TemporaryDirectory(prefix=".copy-", dir=folder) as scratch,
    ):
        say(COPYING, 0, 0)
        with copies.taken(engine, Path(scratch)) as copy:
            pieces = {name: _pack(packed, name, write) for name, write in copy.pieces.items()}
        pieces |= _pack_files(packed, place, say)
        if passphrase:
            sealed = seal_by_passphrase(passphrase, place.secret.encode(), archive.KEYS_PLACE)
            pieces[archive.KEYS] = _pack(packed, archive.KEYS, lambda out: out.write(sealed))
        manifest = Manifest(
            format=archive.FORMAT,
            version=VERSION,
            made_at=made_at,
            engine=engine.dialect.name,
            revision=copy.revision,
            tables=copy.tables,
            pieces=pieces,
            key_check=archive.key_check(place.secret),
        )
        packed.writestr(archive.MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def _pack_files(packed: zipfile.ZipFile, place: Place, say: Say) -> dict[str, Piece]:
    """The files after the database, never before: so every file that its rows name is there, unless it was deleted since."""
    files = _files(place)
    pieces = {}
    for number, path in enumerate(files):
        say(PACKING, number, len(files))
        name = f"files/{path.relative_to(place.files).as_posix()}"
        try:
            source = path.open("rb")
        except FileNotFoundError:
            continue
        with source:
            pieces[name] = _pack(packed, name, partial(shutil.copyfileobj, source))
    say(PACKING, len(files), len(files))
    return pieces


class _Hashing:
    """A file inside the archive that counts and hashes what is written to it."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, chunk: Any) -> int:
        """Write a chunk (bytes, or a buffer of them)."""
        self._hash.update(chunk)
        self._size += len(chunk)
        return self._out.write(chunk)

    def piece(self) -> Piece:
        """What was written."""
        return Piece(self._size, self._hash.hexdigest())


def _pack(packed: zipfile.ZipFile, name: str, write: Callable[[Any], object]) -> Piece:
    # Without a date each file of a backup would be of 1980, which some programs refuse.
    info = zipfile.ZipInfo(name, date_time=_local(clock.now()))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = _MODE << 16
    with packed.open(info, "w", force_zip64=True) as out:
        hashing = _Hashing(out)
        write(hashing)
    return hashing.piece()


def _local(moment: datetime) -> tuple[int, int, int, int, int, int]:
    return moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second
