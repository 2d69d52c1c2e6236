"""A consistent copy of the database at one moment while others write, and its way back.

SQLite: the online backup in one step, which reads one snapshot and keeps no writer waiting. PostgreSQL: every table by
COPY in one REPEATABLE READ transaction, because `pg_dump` must not be older than the server and is often not there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from exhibitions.upkeep.rules.archive import DATABASE

_REVISION = "alembic_version"
_CHUNK = 1 << 20
Reader = Callable[[BinaryIO], None]
"""Writes one piece of the copy into the file that it is given."""


class Copy:
    """The database as it was at one moment: its revision, the rows of each table, and its pieces by name."""

    def __init__(self, revision: str, tables: dict[str, int], pieces: dict[str, Reader]) -> None:
        self.revision = revision
        self.tables = tables
        self.pieces = pieces


@contextmanager
def taken(engine: Engine, folder: Path) -> Iterator[Copy]:
    """The copy of a running database; `folder` has room for it while the context is open."""
    with _sqlite(engine, folder) if engine.dialect.name == "sqlite" else _postgresql(engine) as copy:
        yield copy


@contextmanager
def _sqlite(engine: Engine, folder: Path) -> Iterator[Copy]:
    path = folder / DATABASE
    with (
        closing(sqlite3.connect(str(engine.url.database))) as source,
        closing(sqlite3.connect(path)) as target,
    ):
        source.backup(target, pages=-1)
        # Alone in its file, without a write-ahead log beside it.
        target.execute("PRAGMA journal_mode=DELETE")
    revision, tables = counted_in_file(path)
    yield Copy(revision, tables, {DATABASE: _bytes_of(path)})
    path.unlink()


def _bytes_of(path: Path) -> Reader:
    def write(out: BinaryIO) -> None:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                out.write(chunk)

    return write


def counted_in_file(path: Path) -> tuple[str, dict[str, int]]:
    """Revision and rows of each table of an SQLite file that nobody else uses.

    Raises `sqlite3.DatabaseError` when the file is none or its pages do not fit together.
    """
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchall()
        if found != [("ok",)]:
            raise sqlite3.DatabaseError(str(found[0][0]))
        names = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        tables = [str(name) for (name,) in names]
        counts = {
            name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608 - names of the schema
            for name in sorted(tables)
        }
        return _revision(lambda text: connection.execute(text).fetchone(), counts), counts


def _revision(ask: Callable[[str], Any], tables: dict[str, int]) -> str:
    """The revision of the tables; the line of it is no row that is compared, since updating may change it."""
    row = ask(f"SELECT version_num FROM {_REVISION}") if tables.pop(_REVISION, 0) else None  # noqa: S608
    return str(row[0]) if row else ""


@contextmanager
def _postgresql(engine: Engine) -> Iterator[Copy]:
    with (
        engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
        connection.begin(),
    ):
        for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.exec_driver_sql(f"SET LOCAL {name} = 0")
        metadata = reflected(connection)
        tables = counted(connection)
        revision = _revision(
            lambda text: connection.exec_driver_sql(text).fetchone(), dict(counted_all(connection))
        )
        pieces = {
            f"tables/{table.name}.copy": _copy_out(connection, table)
            for table in metadata.sorted_tables
            if table.name != _REVISION
        }
        yield Copy(revision, tables, pieces)


def _columns(table: sa.Table) -> str:
    # By name: a table that was changed by migrations has its columns in another order than one that was restored.
    names = sorted(column.name for column in table.columns if column.computed is None)
    return ", ".join(f'"{name}"' for name in names)


def _copy_out(connection: Connection, table: sa.Table) -> Reader:
    def write(out: BinaryIO) -> None:
        raw: Any = connection.connection.driver_connection
        with (
            raw.cursor() as cursor,
            cursor.copy(f'COPY "{table.name}" ({_columns(table)}) TO STDOUT') as rows,
        ):
            for chunk in rows:
                out.write(chunk)

    return write


def copy_in(connection: Connection, table: sa.Table, source: BinaryIO) -> None:
    """Fill an empty table of PostgreSQL, and let its next number follow the highest that came."""
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor:
        with cursor.copy(f'COPY "{table.name}" ({_columns(table)}) FROM STDIN') as rows:
            while chunk := source.read(_CHUNK):
                rows.write(chunk)
        for column in table.primary_key.columns:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", (f'"{table.name}"', column.name))
            if cursor.fetchone()[0] is not None:
                cursor.execute(
                    f'SELECT setval(pg_get_serial_sequence(%s, %s), coalesce(max("{column.name}"), 0) + 1, false)'  # noqa: S608
                    f' FROM "{table.name}"',
                    (f'"{table.name}"', column.name),
                )


def reflected(connection: Connection) -> sa.MetaData:
    """The tables that there are, in the order in which they can be filled."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return metadata


def counted_all(connection: Connection) -> Iterator[tuple[str, int]]:
    """Each table that there is, with its rows."""
    for name in sorted(sa.inspect(connection).get_table_names()):
        yield name, connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0


def counted(connection: Connection) -> dict[str, int]:
    """The rows of each table, without the line that names the revision."""
    return {name: rows for name, rows in counted_all(connection) if name != _REVISION}
