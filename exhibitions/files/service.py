"""Keeping files: the bytes are safe on the disk before the row that names them is committed.

A file that no row names does no harm and is swept away later; a row without its file would be a broken promise.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import sqlalchemy as sa

from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Busy, NotFound, Refused
from exhibitions.files import queries, rules
from exhibitions.files.models import StoredFile
from exhibitions.jobs import service as jobs
from exhibitions.jobs.rules import JobRun

REMOVE = "files.remove"
_CHUNK = 1 << 20
_settings: dict[str, Path] = {}
T = TypeVar("T")


class DiskFull(Busy):
    """There is no room left for a file; nothing was saved."""

    status = 507


class Gone(Refused):
    """The file's time is over."""

    status = 410


@dataclass(frozen=True)
class Bytes:
    """What was written to the disk and waits for its row."""

    path: str
    size: int
    sha256: str


def configure(root: Path) -> None:
    """Say in which folder files are kept. Called once at start."""
    root.mkdir(parents=True, exist_ok=True)
    _settings["root"] = root


def write(content: bytes | BinaryIO | Callable[[BinaryIO], object]) -> Bytes:
    """Put bytes safely on the disk, outside a transaction when they are many; give the result to `store`.

    `content` is the bytes, an open binary file, or a function that writes into the file it is given. Raises
    `DiskFull`, leaving nothing behind.
    """
    path = rules.new_path()
    with _room_for(path) as target:
        partial = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
        try:
            with partial.open("xb") as file:
                _fill(file, content)
                file.flush()
                os.fsync(file.fileno())
            size, digest = _measure(partial)
            partial.rename(target)
        finally:
            partial.unlink(missing_ok=True)
        _sync_folder(target.parent)
    return Bytes(path, size, digest)


def store(  # noqa: PLR0913 - all by name; a file has this many independent facts.
    content: bytes | BinaryIO | Bytes,
    *,
    name: str,
    content_type: str,
    purpose: str,
    expo_id: int | None,
    owner: Actor,
    expires_at: datetime | None = None,
) -> StoredFile:
    """Keep a file inside the caller's transaction and give its row (flushed, with its id).

    `name` is cleaned for the reader's disk; `content_type` becomes plain bytes when it is not on the list of
    `rules.CONTENT_TYPES`; `owner` may always fetch it; from `expires_at` (UTC) on nobody may. Raises `DiskFull`.
    """
    kept = content if isinstance(content, Bytes) else write(content)
    row = StoredFile(
        expo_id=expo_id,
        path=kept.path,
        name=rules.clean_name(name),
        content_type=rules.checked_type(content_type),
        purpose=purpose,
        size=kept.size,
        sha256=kept.sha256,
        owner_kind=owner.kind,
        owner_id=owner.id,
        created_at=clock.now(),
        expires_at=expires_at,
    )
    db.session.add(row)
    db.session.flush()
    return row


def owned(row: StoredFile, by: Actor) -> bool:
    """Whether this actor made the file."""
    return by.id is not None and (row.owner_kind, row.owner_id) == (by.kind, by.id)


def check_alive(row: StoredFile, now: datetime) -> None:
    """Raises `Gone` when the file's time is over at `now`."""
    if rules.expired(row.expires_at, now):
        raise Gone("file_expired", N_("This file has expired. Make it again."))


def open_file(row: StoredFile) -> BinaryIO:
    """The bytes of a file, open for reading. Raises `NotFound` when the disk has lost them."""
    try:
        return (_settings["root"] / row.path).open("rb")
    except FileNotFoundError as error:
        raise NotFound("file_gone", N_("The file is not there any more.")) from error


def delete(row: StoredFile) -> None:
    """Drop a file inside the caller's transaction; its bytes go as soon as that is committed."""
    jobs.enqueue(REMOVE, row.path, {"path": row.path})
    db.session.delete(row)


def record_download(row: StoredFile, by: Actor) -> None:
    """Note who fetched which file (security-privacy.md P12)."""
    audit.record(
        "files.downloaded",
        by,
        expo_id=row.expo_id,
        subject=("file", row.id),
        after={"name": row.name, "purpose": row.purpose, "size": row.size},
    )


def expire(now: datetime) -> int:
    """Drop a portion of the files whose time is over; gives their number, 0 when none is left."""
    rows = queries.expired(now)
    for row in rows:
        delete(row)
    if rows:
        audit.record("files.expired", SYSTEM, after={"files": len(rows)})
    return len(rows)


def erase_person(kind: str, person_id: int) -> None:
    """Drop every file that this actor made (exports hold other people's data under the maker's name)."""
    for row in queries.owned_by(kind, person_id):
        delete(row)


def end_lists(expo_id: int, purposes: Collection[str]) -> int:
    """End the files of a fair that list persons: from now on they have expired, and their bytes go (P9).

    Gives how many there were. They are to be made again, without who was erased.
    """
    hold_lists(expo_id)
    rows = queries.of_purposes(expo_id, purposes)
    for row in rows:
        if not rules.expired(row.expires_at, clock.now()):
            row.expires_at = clock.now()
        jobs.enqueue(REMOVE, row.path, {"path": row.path, "expired": 1})
    return len(rows)


def hold_lists(expo_id: int) -> None:
    """Wait until who keeps a list of the fair's people, or erases one of them, is done; then nobody else does either."""
    fair = sa.table("expos", sa.column("id"))
    held = sa.select(fair.c.id).where(fair.c.id == expo_id)
    # Registrations that come meanwhile refer to the fair and need not wait.
    db.session.execute(held.with_for_update(key_share=True))


def make_list(run: JobRun, expo_id: int, write: Callable[[], Bytes], keep: Callable[[Bytes], T]) -> T:
    """Write a list of persons of a fair, then keep it in one transaction of the job; gives what `keep` gives.

    No list is kept that names who was erased meanwhile (P9): when somebody of the fair was erased after `write` began to
    read, its bytes go and it is written anew.
    """
    while True:
        before = audit_queries.erasures_of(expo_id)
        written = write()
        with run.transaction():
            if unerased_since(expo_id, before):
                return keep(written)
        remove_bytes(written.path)


def keep_selection(
    purpose: str, expo_id: int, ids: Sequence[int | str], by: Actor, more: Mapping[str, Any]
) -> int:
    """Keep what was selected, and what a job must know besides, in a file of a day; gives its number of row.

    A job's arguments hold no such lists.
    """
    stored = store(
        json.dumps({"ids": list(ids), **more}, ensure_ascii=False).encode(),
        name="selection.json",
        content_type="application/json",
        purpose=purpose,
        expo_id=expo_id,
        owner=by,
        expires_at=clock.now() + rules.EXPORT_LIFE,
    )
    return stored.id


def kept_selection(purpose: str, expo_id: int, file_id: int) -> dict[str, Any]:
    """What `keep_selection` kept. Raises `NotFound` when its day is over."""
    stored = queries.file_of(expo_id, file_id)
    if stored is None or stored.purpose != purpose:
        raise NotFound("selection_gone", N_("Who was selected is not known any more. Select them again."))
    with open_file(stored) as stream:
        found: dict[str, Any] = json.load(stream)
        return found


def unerased_since(expo_id: int, before: audit_queries.Erasures) -> bool:
    """Whether nobody of the fair was erased since then; until the end of the transaction nobody is, either."""
    hold_lists(expo_id)
    return audit_queries.erasures_of(expo_id) == before


def remove_bytes(path: str, *, expired: bool = False) -> None:
    """Take the bytes at `path` off the disk unless a row stands for them; that they are gone already is no error.

    With `expired` also those of a row whose time is over, which then says so until it is dropped.
    """
    if expired or not queries.known_paths([path]):
        (_settings["root"] / path).unlink(missing_ok=True)


def sweep(now: datetime) -> int:
    """Take away files and left-over parts that no row stands for and no open transaction can; gives their number.

    Reads the table and writes only to the disk.
    """
    count = 0
    for folder, old in _old_files(now):
        known = queries.known_paths([f"{folder}/{path.name}" for path in old])
        for path in old:
            if f"{folder}/{path.name}" not in known:
                path.unlink(missing_ok=True)
                count += 1
    return count


def _old_files(now: datetime) -> Iterator[tuple[str, list[Path]]]:
    root = _settings["root"]
    oldest = (now - rules.ORPHAN_AGE).timestamp()
    for folder in sorted(root.glob("??/??")):
        old = [path for path in folder.iterdir() if path.stat().st_mtime < oldest]
        if old:
            yield folder.relative_to(root).as_posix(), old


@contextmanager
def _room_for(path: str) -> Iterator[Path]:
    target = _settings["root"] / path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield target
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                "disk_full",
                N_("The server's disk is full. Nothing was saved. Please call the organiser."),
                10,
            ) from error
        raise


def _fill(file: BinaryIO, content: bytes | BinaryIO | Callable[[BinaryIO], object]) -> None:
    if callable(content):
        content(file)
        return
    source = BytesIO(content) if isinstance(content, bytes) else content
    while chunk := source.read(_CHUNK):
        file.write(chunk)


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
