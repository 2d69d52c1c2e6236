"""The one door for writing (design.md §3)."""

import threading
import time

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.accounts import service as accounts
from exhibitions.accounts.models import User
from exhibitions.core import db as core_db
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Busy
from tests.engines import both_engines


@both_engines
def test_what_is_inside_is_kept_on_leaving(app: Flask) -> None:
    with app.app_context(), transaction():
        accounts.create_user("a@example.org", "A", None)
    with app.app_context():
        assert db.session.scalars(sa.select(User.email)).all() == ["a@example.org"]


@both_engines
def test_an_error_rolls_everything_back(app: Flask) -> None:
    def fail_half_way() -> None:
        with transaction():
            accounts.create_user("a@example.org", "A", None)
            raise ZeroDivisionError

    with app.app_context():
        with pytest.raises(ZeroDivisionError):
            fail_half_way()
        assert db.session.scalars(sa.select(User.email)).all() == []


def test_it_refuses_to_nest(app: Flask) -> None:
    with app.app_context(), transaction(), pytest.raises(RuntimeError, match="nest"), transaction():
        pass


def test_a_change_outside_is_refused(app: Flask) -> None:
    with app.app_context():
        db.session.add(User(email="a@example.org", name="A"))
        with pytest.raises(RuntimeError, match="outside"):
            db.session.flush()


@both_engines
def test_rows_that_were_read_before_are_read_anew(app: Flask) -> None:
    """A decision is never taken on what was true before the turn to write came."""
    with app.app_context(), transaction():
        accounts.create_user("a@example.org", "old", None)
    with app.app_context():
        user = db.session.scalars(sa.select(User)).one()
        assert user.name == "old"

        def rename() -> None:
            with app.app_context(), transaction() as session:
                session.execute(sa.update(User).values(name="new"))

        other = threading.Thread(target=rename)
        other.start()
        other.join()
        with transaction():
            assert user.name == "new"


@both_engines
def test_32_threads_lose_no_count(app: Flask) -> None:
    """Read, add, write in 32 threads: SQLite's queue and PostgreSQL's row lock leave every step in."""
    with app.app_context(), transaction():
        accounts.create_user("a@example.org", "0", None)

    def add() -> None:
        with app.app_context(), transaction() as session:
            user = session.scalars(sa.select(User).with_for_update()).one()
            user.name = str(int(user.name) + 1)

    threads = [threading.Thread(target=add) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert db.session.scalars(sa.select(User.name)).one() == "32"


def test_a_database_that_another_program_locks_is_busy_and_recovers(app: Flask, sqlite: str) -> None:
    """F4: a sentence and no half change while it is locked, at work again afterwards."""
    with app.app_context():
        other = sa.create_engine(db.engine.url)
        with other.connect() as connection:
            connection.commit()
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("PRAGMA busy_timeout=100")
            raw.execute("BEGIN EXCLUSIVE")
            started = time.monotonic()
            with pytest.raises(Busy), transaction():
                pass
            assert time.monotonic() - started < 25
            raw.execute("ROLLBACK")
        other.dispose()
        with transaction():
            accounts.create_user("a@example.org", "A", None)
        assert db.session.scalars(sa.select(User.email)).all() == ["a@example.org"]


def test_reading_is_not_ended_in_the_middle_of_writing(app: Flask) -> None:
    with app.app_context():
        core_db.end_reading()
        with transaction(), pytest.raises(RuntimeError, match="end_reading"):
            core_db.end_reading()


@both_engines
def test_f6_a_connection_that_died_while_idle_is_replaced(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only connections that rested are asked whether they live; here every one has."""
    monkeypatch.setattr(core_db, "_TRUSTED_SECONDS", -1.0)
    with app.app_context():
        with db.engine.connect() as connection:
            before = connection.connection.driver_connection
        assert before is not None
        if db.engine.dialect.name == "postgresql":
            # Kept in no pool, so that it is closed with this block.
            engine = sa.create_engine(db.engine.url, poolclass=sa.NullPool)
            with engine.connect() as other:
                other.exec_driver_sql(f"SELECT pg_terminate_backend({before.info.backend_pid})")
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1
            lives_on = connection.connection.driver_connection is before
        assert lives_on == (db.engine.dialect.name == "sqlite")
