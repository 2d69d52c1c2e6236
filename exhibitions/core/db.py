"""The database: one handle, one way to write.

SQLite writes pass a fair queue (first come, first served, between threads and between processes), because SQLite's
own busy handler lets one writer starve the others for seconds. PostgreSQL queues by itself.
"""

from __future__ import annotations

import enum
import fcntl
import hashlib
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.types import TypeDecorator

from exhibitions.core.errors import N_, Busy

QUEUE_SECONDS = 10.0
SQLITE_BUSY_MS = 5000
_TRUSTED_SECONDS = 2.0

_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The common ancestor of all tables; names every constraint, so that migrations can drop it again."""

    metadata = sa.MetaData(naming_convention=_CONVENTION)


class Database(SQLAlchemy):
    """Flask-SQLAlchemy with sessions that keep loaded values after a commit."""

    def __init__(self) -> None:
        super().__init__(model_class=Base, session_options={"expire_on_commit": False})


db = Database()

# What tables derive from. Type checkers are told of the plain base, because the real one is made at run time.
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

# SQLite gives automatic numbers only to a plain INTEGER primary key.
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on both engines; a naive one is refused on its way in."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into UTC."""
        return None if value is None else _utc(value)

    def bind_processor(self, dialect: Dialect) -> Any:
        """Write SQLite's text at once: a scan has four moments, and turning each twice took a fifth of storing it."""
        return _sqlite_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC datetime."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a datetime without a zone may not be stored")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _sqlite_text(moment: datetime | None) -> str | None:
    """A moment as SQLAlchemy's own type for SQLite writes it, which stores no zone."""
    return None if moment is None else _utc(moment).isoformat(" ", "microseconds")[:26]


E = TypeVar("E", bound=enum.Enum)


def enum_type(kind: type[E]) -> sa.Enum:
    """A short text column that holds the values (not the names) of `kind`."""
    return sa.Enum(
        kind, native_enum=False, length=32, values_callable=lambda members: [m.value for m in members]
    )


class _FairLock:
    """A lock that is handed over in the order of asking."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False

    def acquire(self, timeout: float) -> bool:
        with self._guard:
            if not self._held:
                self._held = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(timeout):
            return True
        with self._guard:
            if turn.is_set():
                # The turn came between the end of waiting and here: it is ours.
                return True
            self._waiting.remove(turn)
            return False

    def release(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


class WriteQueue:
    """The queue of writers of one SQLite file: a fair lock in the process, `flock` between processes."""

    def __init__(self, side_file: Path | None) -> None:
        self._lock = _FairLock()
        self._side_file = side_file

    @contextmanager
    def turn(self, timeout: float = QUEUE_SECONDS) -> Iterator[None]:
        """Hold the right to write; raises `Busy` when it does not come within `timeout` seconds."""
        if not self._lock.acquire(timeout):
            raise busy()
        try:
            if self._side_file is None:
                yield
                return
            with self._side_file.open("wb") as side:
                fcntl.flock(side, fcntl.LOCK_EX)
                yield
        finally:
            self._lock.release()


class _NoQueue(WriteQueue):
    """PostgreSQL lets writers in by itself."""

    @contextmanager
    def turn(self, timeout: float = QUEUE_SECONDS) -> Iterator[None]:
        yield


_queues: dict[str, WriteQueue] = {}
_queues_guard = threading.Lock()


def write_queue(engine: Engine) -> WriteQueue:
    """The one queue of writers for the database of `engine`."""
    key = engine.url.render_as_string(hide_password=True)
    with _queues_guard:
        if key not in _queues:
            if engine.dialect.name != "sqlite":
                _queues[key] = _NoQueue(None)
            else:
                name = engine.url.database
                memory = not name or name == ":memory:"
                _queues[key] = WriteQueue(None if memory else Path(f"{name}-queue"))
        return _queues[key]


def busy() -> Busy:
    """The answer to a writer whose turn did not come in time."""
    return Busy("database_busy", N_("The server is busy. Nothing was saved. Please try again in a moment."))


class Trouble(enum.Enum):
    """What an error of the database means for who asked."""

    BUSY = "busy"
    DISK_FULL = "disk_full"
    FAULT = "fault"


# SQLSTATEs that another try may well get past: serialization and deadlock, a lock or a statement that took too long, a
# server that is going down or coming up, too many connections. Class 08 are broken connections.
_PASSING = frozenset({"40001", "40P01", "55P03", "57014", "57P01", "57P02", "57P03", "53300", "25P03"})


def trouble_of(error: DBAPIError) -> Trouble:
    """Whether another try may help, by PostgreSQL's code (its words are in the server's language) or SQLite's words."""
    if error.connection_invalidated:
        return Trouble.BUSY
    state: str | None = getattr(error.orig, "sqlstate", None)
    if state is not None:
        if state == "53100":
            return Trouble.DISK_FULL
        return Trouble.BUSY if state in _PASSING or state.startswith("08") else Trouble.FAULT
    if not isinstance(error.orig, sqlite3.Error):
        # PostgreSQL could not be reached at all: there is no code then.
        return Trouble.BUSY if isinstance(error, OperationalError) else Trouble.FAULT
    name = getattr(error.orig, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Trouble.BUSY
    return Trouble.DISK_FULL if name.startswith("SQLITE_FULL") else Trouble.FAULT


@contextmanager
def transaction() -> Iterator[Session]:
    """The one door for writing: commits on leaving, rolls back on any error, refuses to nest.

    Opened at the edge (view, handler, command, API resource), never in a service. Rows that were read before
    are read anew, so that a decision is never taken on what was true before the turn to write came. Raises `Busy`
    when the database stays locked.
    """
    session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("transaction() does not nest")
    # Ending the read transaction first: a reader that turns writer is refused by SQLite whatever the timeout.
    session.commit()
    session.expire_all()
    with write_queue(db.engine).turn():
        session.info["writing"] = True
        try:
            _begin(session)
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info["writing"] = False


def lock_named(name: str) -> None:
    """Let one transaction at a time go on that names this, until it ends. SQLite writes one at a time anyhow."""
    if db.engine.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def end_reading() -> None:
    """Let go of the view of the database that reading has opened, before something that takes long.

    Refuses inside `transaction()`, where it would commit half of what is being done.
    """
    session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("end_reading() inside transaction()")
    session.commit()


def tidy_file(engine: Engine) -> None:
    """Write SQLite's journal into the file and empty it: what was erased stands in neither any more (P9).

    While somebody reads an older view it stays until a later time; PostgreSQL tidies up by itself.
    """
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        # Past the engine's events: a checkpoint is refused inside a transaction.
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        raw.close()


def _begin(session: Session) -> None:
    try:
        session.connection(execution_options={"write": True})
    except OperationalError as error:
        if trouble_of(error) is Trouble.BUSY:
            raise busy() from error
        raise


@contextmanager
def write_connection(engine: Engine) -> Iterator[Connection]:
    """A Core connection inside a write transaction, for the few paths that do not use the session.

    Same promises as `transaction()`.
    """
    with write_queue(engine).turn(), engine.connect() as plain:
        connection = plain.execution_options(write=True)
        try:
            begun = connection.begin()
        except OperationalError as error:
            if trouble_of(error) is Trouble.BUSY:
                raise busy() from error
            raise
        with begun:
            yield connection


@event.listens_for(Session, "before_flush")
def _no_write_outside_a_transaction(session: Session, *_: Any) -> None:
    changed = session.new or session.deleted or any(session.is_modified(row) for row in session.dirty)
    if changed and not session.info.get("writing"):
        raise RuntimeError("a row was changed outside transaction()")


def engine_options(url: str, pool_size: int) -> dict[str, Any]:
    """SQLAlchemy engine options for `url` with a pool of `pool_size` connections (one a thread).

    PostgreSQL gets the time-outs of spec/faults.md F5 (connect 3 s, statement 10 s) and ends transactions that idle.
    """
    if url.startswith("sqlite"):
        options: dict[str, Any] = {
            "hide_parameters": True,
            "connect_args": {"timeout": SQLITE_BUSY_MS / 1000},
        }
        if ":memory:" not in url:
            options |= {"pool_size": pool_size, "max_overflow": 4}
        return options
    settings = "-c statement_timeout=10000 -c idle_in_transaction_session_timeout=20000 -c lock_timeout=8000"
    # What the address itself says (a schema to search) comes last and wins.
    settings = f"{settings} {sa.make_url(url).query.get('options', '')}".rstrip()
    return {
        "hide_parameters": True,
        "pool_size": pool_size,
        "max_overflow": 4,
        "pool_timeout": 10,
        "connect_args": {"connect_timeout": 3, "options": settings},
    }


@event.listens_for(Pool, "checkin")
def _note_use(_: Any, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()


@event.listens_for(Pool, "checkout")
def _ask_an_idle_one(dbapi: Any, record: ConnectionPoolEntry, _: Any) -> None:
    """Make sure that a connection still lives which nobody has used for a while (F6).

    One that was in use a moment ago is not asked: at a gate the question would cost as much as an answer, and what
    breaks just then is tried again or told as busy.
    """
    if type(dbapi).__module__.startswith("sqlite3"):
        return
    if time.monotonic() - record.info.get("used", 0.0) < _TRUSTED_SECONDS:
        return
    try:
        with dbapi.cursor() as cursor:
            cursor.execute("SELECT 1")
        dbapi.rollback()
    except dbapi.Error as error:
        raise DisconnectionError from error


@event.listens_for(Engine, "connect")
def _prepare_sqlite(dbapi: Any, _: ConnectionPoolEntry) -> None:
    if not type(dbapi).__module__.startswith("sqlite3"):
        return
    # The driver may not open transactions by itself: `_begin_sqlite` says which kind is wanted.
    dbapi.isolation_level = None
    cursor = dbapi.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_MS}",
        "cache_size=-32768",
        "temp_store=MEMORY",
        "journal_size_limit=33554432",
        # What is erased must be gone from the file as well (P9), not only from what questions find.
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
