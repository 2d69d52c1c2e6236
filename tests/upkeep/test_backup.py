"""Backup and restore: the same counts elsewhere, keys only by passphrase, nothing overwritten (F22, I1, I7)."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit import queries as audit
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.files import service as files
from exhibitions.upkeep.rules import archive
from exhibitions.upkeep.service import copies, making, restoring
from exhibitions.upkeep.service.place import here, in_service
from tests.conftest import SECRET
from tests.engines import both_engines
from tests.factories import make_expo
from tests.gates.fair import make_gate_fair

ROOT = Path(__file__).resolve().parents[2]
WORDS = "three calm herons on a wall"


@pytest.fixture
def filled(app: Flask) -> Iterator[None]:
    """A fair with a badge of a person and a stored file, at a known revision."""
    fair = make_gate_fair(app)
    fair.badge()
    with app.app_context():
        flask_migrate.stamp()
        with transaction():
            files.store(
                b"one", name="a.txt", content_type="text/plain", purpose="x", expo_id=None, owner=SYSTEM
            )
        yield


def elsewhere(tmp_path: Path, database: str = "", secret: str = "") -> dict[str, str]:
    """The environment of an empty second machine."""
    gone = ("DATABASE_URL", "SECRET_KEY", "PUBLIC_URL", "PRODUCTION", "BACKUP_PASSPHRASE")
    env = {name: value for name, value in os.environ.items() if name not in gone}
    env["DATA_DIR"] = str(tmp_path / "second")
    return env | ({"DATABASE_URL": database} if database else {}) | ({"SECRET_KEY": secret} if secret else {})


def flask(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def counts() -> dict[str, int]:
    with db.engine.connect() as connection:
        return copies.counted(connection)


def empty_twin(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of the same kind."""
    if database.startswith("sqlite"):
        return ""
    url = sa.make_url(database)
    name = f"{url.database}_twin"
    engine = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')

    def drop() -> None:
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        engine.dispose()

    request.addfinalizer(drop)
    return url.set(database=name).render_as_string(hide_password=False)


@both_engines
def test_a_backup_comes_back_on_a_second_machine_with_the_same_counts(
    filled: None, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A2: the file restores to the same counts; the rows are those, the next number is free, old ones are kept out."""
    path = tmp_path / "one.zip"
    before = counts()
    manifest = making.make(db.engine, here(), path, WORDS)
    assert (manifest.tables, manifest.files, manifest.with_keys) == (before, 1, True)
    assert path.stat().st_mode & 0o777 == 0o600

    env = elsewhere(tmp_path, empty_twin(database, request, tmp_path)) | {"BACKUP_PASSPHRASE": WORDS}
    done = flask(env, "backup", "restore", str(path))
    assert done.returncode == 0, done.stderr
    assert f"{manifest.rows:,} rows" in done.stdout
    assert "The keys are those of the backup" in done.stdout
    second = tmp_path / "second"
    assert (second / "secret.key").read_text() == SECRET
    assert (second / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [one.read_bytes() for one in (second / "files").glob("??/??/*")] == [b"one"]
    # A key can be made and a badge signed: numbers go on, and the secret opens what it sealed.
    rotated = flask(env, "badges", "rotate-key")
    assert rotated.returncode == 0, rotated.stderr
    again = flask(env, "backup", "restore", str(path))
    assert (again.returncode, "This place is not empty" in again.stderr) == (1, True)
    replaced = flask(env, "backup", "restore", "--replace", str(path))
    assert replaced.returncode == 0, replaced.stderr


def test_without_keys_the_secret_stays_at_home_and_is_missed(filled: None, tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    making.make(db.engine, here(), path)
    with zipfile.ZipFile(path) as packed:
        held = b"".join(packed.read(name) for name in packed.namelist())
    assert SECRET.encode() not in held
    env = elsewhere(tmp_path)
    done = flask(env, "backup", "restore", str(path))
    assert done.returncode == 0, done.stderr
    assert "no badge can be signed before `flask badges rotate-key`" in done.stdout
    assert flask(env, "badges", "rotate-key").returncode == 0
    # Who has the secret of the first machine in the environment needs no passphrase.
    other = elsewhere(tmp_path, secret=SECRET) | {"DATA_DIR": str(tmp_path / "third")}
    assert "The keys are those of the backup" in flask(other, "backup", "restore", str(path)).stdout


def test_a_wrong_passphrase_restores_nothing(filled: None, tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    making.make(db.engine, here(), path, WORDS)
    env = elsewhere(tmp_path) | {"BACKUP_PASSPHRASE": "another one of length"}
    done = flask(env, "backup", "restore", str(path))
    assert (done.returncode, "not that of this backup" in done.stderr) == (1, True)
    assert list((tmp_path / "second" / "files").glob("??/??/*")) == []
    assert flask(elsewhere(tmp_path), "backup", "restore", str(path)).returncode == 0


def test_nothing_is_restored_under_a_running_server(filled: None, tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    making.make(db.engine, here(), path)
    (tmp_path / "second").mkdir()
    with in_service(tmp_path / "second"):
        done = flask(elsewhere(tmp_path), "backup", "restore", str(path))
    assert (done.returncode, "The server is running" in done.stderr) == (1, True)


def spoil(path: Path, name: str, content: bytes | None) -> None:
    """The backup with one piece changed, or (None) without it."""
    with zipfile.ZipFile(path) as packed:
        held = {one: packed.read(one) for one in packed.namelist()}
    held.pop(name)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for one, text in (held | ({} if content is None else {name: content})).items():
            packed.writestr(one, text)


@pytest.mark.parametrize("content", [None, b"", b"x" * 4096])
def test_a_damaged_backup_is_refused_before_anything_is_touched(
    filled: None, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "one.zip"
    making.make(db.engine, here(), path)
    spoil(path, archive.DATABASE, content)
    with pytest.raises(Refused) as refusal:
        restoring.check(path)
    assert refusal.value.code == "backup_damaged"
    place = tmp_path / "here.db"
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("CREATE TABLE kept (x)")
    engine = sa.create_engine(f"sqlite:///{place}")
    with pytest.raises(Refused):
        restoring.restore(path, engine, here(), lambda _: None, replace=True)
    engine.dispose()
    with closing(sqlite3.connect(place)) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("kept",)]


def test_what_is_no_backup_is_told_in_words(filled: None, tmp_path: Path) -> None:
    path = tmp_path / "one.zip"
    path.write_bytes(b"PK")
    done = flask(elsewhere(tmp_path), "backup", "restore", str(path))
    assert (done.returncode, "is no backup" in done.stderr) == (1, True)
    making.make(db.engine, here(), path)
    with zipfile.ZipFile(path) as packed:
        manifest = json.loads(packed.read(archive.MANIFEST))
    for change, code in (
        ({"format": 2}, "backup_newer"),
        ({"pieces": {"../../etc/passwd": {"size": 1, "sha256": ""}}}, "backup_damaged"),
        ({"tables": {"users": 99}}, "backup_counts"),
        ({"pieces": "none"}, "backup_damaged"),
    ):
        making.make(db.engine, here(), path)
        spoil(path, archive.MANIFEST, json.dumps({**manifest, **change}).encode())
        with pytest.raises(Refused) as refusal:
            restoring.check(path)
        assert refusal.value.code == code


def test_a_full_disk_leaves_nothing_behind(
    filled: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F3: said in words, no partial file left."""
    folder = tmp_path / "b"
    full = OSError(28, "No space left on device")
    monkeypatch.setattr(making, "_pack_files", lambda *_: (_ for _ in ()).throw(full))
    with pytest.raises(making.NoRoom):
        making.make(db.engine, here(), folder / "one.zip")
    assert [path.name for path in folder.iterdir()] == ["backup.lock"]
    none = shutil._ntuple_diskusage(1, 1, 0)
    monkeypatch.setattr("shutil.disk_usage", lambda _: none)
    with pytest.raises(making.NoRoom):
        making.make(db.engine, here(), folder / "one.zip")
    assert [path.name for path in folder.iterdir()] == ["backup.lock"]


def test_the_command_makes_lists_and_checks(app: Flask, filled: None) -> None:
    run = app.test_cli_runner().invoke
    made = run(args=["backup", "create"])
    assert made.exit_code == 0, made.output
    path = made.output.split(":")[0]
    assert f"{path}\t" in run(args=["backup", "list"]).output
    checked = run(args=["backup", "check", path])
    assert checked.output.startswith("The backup is whole:"), checked.output
    assert run(args=["backup", "create", path]).exit_code == 1
    short = run(args=["backup", "create", f"{path}2", "--with-keys"], input="short\nshort\n")
    assert "at least 12 characters" in short.output
    assert audit.entries(None)[0].action == "upkeep.backup_made"


def test_rows_written_meanwhile_are_not_half_in(app: Flask, filled: None, tmp_path: Path) -> None:
    """I1, I6: the copy is one moment; a transaction that is open is not in it, and is not kept waiting."""
    make_expo("9th", 9)
    with transaction() as session:
        session.execute(sa.text("UPDATE expos SET edition = edition + 100"))
        manifest = making.make(db.engine, here(), tmp_path / "one.zip")
    assert manifest.tables["expos"] == 2
    with restoring.opened(tmp_path / "one.zip") as backup, (tmp_path / "x.db").open("wb") as out:
        backup.write(archive.DATABASE, out)
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        assert connection.execute("SELECT max(edition) FROM expos").fetchone() == (9,)
