"""Keeping files: bytes before rows, nothing half, nothing left over (F3)."""

import errno
import hashlib
import io
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit import queries as audit_queries
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import NotFound
from exhibitions.files import queries, service
from exhibitions.files.models import StoredFile
from exhibitions.files.rules import ORPHAN_AGE
from exhibitions.jobs import service as jobs
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from tests.engines import both_engines
from tests.jobs.failing import undone

ALICE = Actor("user", 7, "Alice")
FACTS = {"name": "list.csv", "content_type": "text/csv", "purpose": "test", "expo_id": None, "owner": ALICE}


def keep(content: object = b"abc", **how: object) -> StoredFile:
    with transaction():
        return service.store(content, **(FACTS | how))  # type: ignore[arg-type]


def on_disk(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "files").rglob("*") if path.is_file())


@both_engines
@pytest.mark.parametrize("content", [b"", b"abc", os.urandom(3 << 20)])
def test_what_was_stored_comes_back(app: Flask, tmp_path: Path, content: bytes) -> None:
    with app.app_context():
        for form in (content, io.BytesIO(content)):
            row = keep(form)
            assert (row.size, row.sha256) == (len(content), hashlib.sha256(content).hexdigest())
            with service.open_file(row) as file:
                assert file.read() == content
    assert len(on_disk(tmp_path)) == 2


def test_a_function_may_write_the_bytes_before_the_transaction(app: Flask) -> None:
    def fill(file: BinaryIO) -> None:
        file.write(b"one")
        file.write(b"two")

    with app.app_context():
        written = service.write(fill)
        row = keep(written)
        with service.open_file(row) as file:
            assert (row.size, file.read()) == (6, b"onetwo")


def test_a_row_that_is_rolled_back_leaves_bytes_that_are_swept_later(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        kept = keep()
        undone(lambda: service.store(b"lost", **FACTS))  # type: ignore[arg-type]
        assert len(on_disk(tmp_path)) == 2
        assert service.sweep(clock.now()) == 0
        assert service.sweep(clock.now() + ORPHAN_AGE + timedelta(minutes=1)) == 1
        assert on_disk(tmp_path) == [tmp_path / "files" / kept.path]


def test_a_deleted_file_is_gone_after_the_commit_and_not_before(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        number = keep().id
        undone(lambda: service.delete(db.session.get_one(StoredFile, number)))
        drain()
        assert len(on_disk(tmp_path)) == 1
        with transaction():
            service.delete(db.session.get_one(StoredFile, number))
        drain()
        assert on_disk(tmp_path) == []
        assert db.session.get(StoredFile, number) is None


@both_engines
def test_expired_files_are_dropped_and_counted(app: Flask, tmp_path: Path) -> None:
    """P6, P13: the second run drops nothing."""
    with app.app_context():
        keep(expires_at=clock.now() + timedelta(hours=24))
        lasting = keep()
        for moment, dropped in ((23, 0), (24.01, 1), (25, 0)):
            with transaction():
                assert service.expire(clock.now() + timedelta(hours=moment)) == dropped
            drain()
        assert on_disk(tmp_path) == [tmp_path / "files" / lasting.path]
        assert [e.after for e in audit_queries.entries(None)] == [{"files": 1}]


def test_many_expired_files_are_dropped_in_portions(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PORTION", 2)
    with app.app_context():
        for _ in range(5):
            keep(expires_at=clock.now())
        with transaction():
            job = jobs.enqueue("files.expire", "now", {})
        drain()
        assert db.session.query(StoredFile).count() == 0
        assert db.session.scalar(sa.select(Job.result).where(Job.id == job.id)) == {"files": 5}
        assert [entry.after for entry in audit_queries.entries(None)] == [{"files": n} for n in (1, 2, 2)]


def test_an_erased_persons_exports_go(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        keep()
        other = keep(owner=Actor("user", 8, "Bob"))
        with transaction():
            service.erase_person("user", 7)
        drain()
        assert on_disk(tmp_path) == [tmp_path / "files" / other.path]


def test_bytes_that_a_row_stands_for_are_never_removed(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        row = keep()
        service.remove_bytes(row.path)
        assert len(on_disk(tmp_path)) == 1


def test_a_file_that_the_disk_lost_is_said_in_words(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        row = keep()
        (tmp_path / "files" / row.path).unlink()
        with pytest.raises(NotFound) as refused:
            service.open_file(row)
        assert refused.value.code == "file_gone"


def test_a_full_disk_leaves_no_part_and_says_507(app: Flask, tmp_path: Path) -> None:
    """F3."""

    def fill(file: BinaryIO) -> None:
        file.write(b"some")
        raise OSError(errno.ENOSPC, "No space left on device")

    with app.app_context():
        with pytest.raises(service.DiskFull) as refused:
            service.write(fill)
        assert (refused.value.status, refused.value.code) == (507, "disk_full")
        assert on_disk(tmp_path) == []
        assert db.session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == 0


def test_a_really_full_disk(app: Flask, tmp_path: Path) -> None:
    """F3 with the kernel's own refusal: a limit on the size of files, which Linux answers while writing."""
    script = (
        "import errno, resource, signal, sys\n"
        "from pathlib import Path\n"
        "from exhibitions.files import service\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n"
        "service.configure(Path(sys.argv[1]))\n"
        "try:\n"
        "    service.write(bytes(2 << 20))\n"
        "except OSError as error:\n"
        "    assert error.errno == errno.EFBIG, error\n"
        "else:\n"
        "    raise SystemExit('it was written')\n"
    )
    subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "files")], check=True, cwd=Path(__file__).parents[2]
    )
    assert on_disk(tmp_path) == []


def test_other_troubles_of_the_disk_are_faults(app: Flask) -> None:
    def fill(file: BinaryIO) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with app.app_context(), pytest.raises(OSError, match="Input/output"):
        service.write(fill)


def test_the_owner_is_an_actor_with_a_number(app: Flask) -> None:
    with app.app_context():
        row = keep(owner=SYSTEM)
        assert service.owned(row, SYSTEM) is False
        assert service.owned(keep(), ALICE) is True
        assert service.owned(keep(), Actor("device", 7)) is False
