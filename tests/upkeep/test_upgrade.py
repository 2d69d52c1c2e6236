"""From the first release to this one with a large fair; killed half-way it is undone or goes on (F22, I7)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from exhibitions.upkeep.service import copies
from tests.engines import both_engines
from tests.upkeep.old_fair import fill

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 80_000
KILLS = 6

pytestmark = both_engines


@pytest.fixture
def empty(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without a table."""
    if database.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'old.db'}"
    engine = sa.create_engine(database)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return database


def command(url: str, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    env = {**os.environ, "DATABASE_URL": url, "DATA_DIR": str(folder / "data"), "PUBLIC_URL": ""}
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "db", *arguments],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(url: str, folder: Path, *arguments: str) -> float:
    began = time.monotonic()
    process = command(url, folder, *arguments)
    said, _ = process.communicate(timeout=540)
    assert process.returncode == 0, said
    return time.monotonic() - began


def counted(url: str) -> dict[str, int]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = copies.counted(connection)
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
    engine.dispose()
    return found


def old_fair(url: str, folder: Path, people: int) -> dict[str, int]:
    run(url, folder, "upgrade", "0001")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        made = fill(connection, people)
    engine.dispose()
    return made


def kept(url: str, made: dict[str, int]) -> dict[str, int]:
    """Of what was there before: how much is there now."""
    found = counted(url)
    return {name: found[name] for name in made}


def test_eighty_thousand_visitors_come_along(
    empty: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """How long it took is told (--junitxml), not judged."""
    made = old_fair(empty, tmp_path, PEOPLE)
    seconds = run(empty, tmp_path, "upgrade")
    record_property("seconds_to_upgrade", seconds)
    assert kept(empty, made) == made
    run(empty, tmp_path, "check")


def test_a_killed_migration_is_undone_or_goes_on(empty: str, tmp_path: Path) -> None:
    """kill -9 at moments spread over the whole of it: each time every row is there, and the next one gets further."""
    made = old_fair(empty, tmp_path, 2_000)
    seconds = run(empty, tmp_path, "upgrade")
    run(empty, tmp_path, "downgrade", "0001")
    for number in range(KILLS):
        process = command(empty, tmp_path, "upgrade")
        time.sleep(seconds * (0.4 + 0.6 * number / KILLS))
        process.kill()
        process.communicate()
        assert kept(empty, made) == made
    run(empty, tmp_path, "upgrade")
    assert kept(empty, made) == made
    run(empty, tmp_path, "check")
