"""Asking for many values and storing many rows at once, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection, Dialect


def among(dialect: str, column: Any, name: str) -> sa.ColumnElement[bool]:
    """Whether `column` is one of the values of the parameter `name`, a list, in a statement for this engine.

    PostgreSQL takes an array: the statement is the same for any number of values, and is planned once. SQLite takes a
    parameter a value; it would read an array by a join that it plans without knowing its length.
    """
    if dialect == "postgresql":
        return column == sa.any_(sa.bindparam(name, type_=postgresql.ARRAY(column.type)))  # type: ignore[no-any-return]
    return column.in_(sa.bindparam(name, expanding=True))  # type: ignore[no-any-return]


class NewRows:
    """Puts many rows into a table in one statement, leaving out those that a unique constraint knows already.

    `columns` are all that the rows have. With `adds` nothing is left out: where a row with the same `key` is there, its
    columns of these names grow by what the new one has. No key may then come twice in one call.
    """

    def __init__(
        self, table: sa.Table, columns: Sequence[str], *, key: Sequence[str] = (), adds: Sequence[str] = ()
    ) -> None:
        self._table = table
        self.columns = tuple(columns)
        self._names = ", ".join(columns)
        # Only SQLite needs them, and all connections to it write alike.
        self._writers: list[tuple[int, Callable[[Any], Any]]] | None = None
        added = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in adds)
        self._known = f"({', '.join(key)}) DO UPDATE SET {added}" if adds else "DO NOTHING"

    def statement(self, source: str) -> str:
        """The statement that puts in what `source`, a select or a list of values, gives."""
        return f"INSERT INTO {self._table.name} ({self._names}) {source} ON CONFLICT {self._known}"

    def from_json(self) -> str:
        """The same for PostgreSQL, of a parameter that is a list of objects in JSON."""
        source = f"SELECT {self._names} FROM json_populate_recordset(NULL::{self._table.name}, %s)"  # noqa: S608
        return self.statement(source)

    def insert(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> int:
        """Insert rows, each with its values in the order of the columns; returns how many were new or have grown."""
        return insert_together(connection, [(self, rows)])[0]

    def insert_singly(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> int:
        """The same for SQLite, which takes the rows one after the other in one call of its driver."""
        marks = ", ".join("?" * len(self.columns))
        writers = self._writers_for(connection.dialect)
        values = []
        for row in rows:
            cells = list(row)
            for place, write in writers:
                cells[place] = write(cells[place])
            values.append(tuple(cells))
        return connection.exec_driver_sql(self.statement(f"VALUES ({marks})"), values).rowcount

    def _writers_for(self, dialect: Dialect) -> list[tuple[int, Callable[[Any], Any]]]:
        """What turns values into what the driver takes, by their place; most values are that already."""
        if self._writers is None:
            writers = (_writer(self._table.c[name].type, dialect) for name in self.columns)
            self._writers = [(place, write) for place, write in enumerate(writers) if write is not None]
        return self._writers


def _writer(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """How SQLite is given values of this kind; None where it takes them as they are."""
    if isinstance(kind, sa.Boolean):
        return None
    return kind.dialect_impl(dialect).bind_processor(dialect)


def insert_together(
    connection: Connection, parts: Sequence[tuple[NewRows, Sequence[Sequence[Any]]]]
) -> list[int]:
    """Insert the rows of several tables, in this order; returns for each how many were new or have grown.

    PostgreSQL gets them all in one statement, because a gate waits for every answer of the server; and as JSON, because
    thirty parameters a row cost more than storing the row.
    """
    counts = [0] * len(parts)
    filled = [(place, part, rows) for place, (part, rows) in enumerate(parts) if rows]
    if connection.dialect.name != "postgresql":
        for place, part, rows in filled:
            counts[place] = part.insert_singly(connection, rows)
        return counts
    if not filled:
        return counts
    texts = tuple(
        msgspec.json.encode(
            [dict(zip(part.columns, map(_as_json, row), strict=True)) for row in rows]
        ).decode()
        for _, part, rows in filled
    )
    found = connection.exec_driver_sql(_in_one_statement(tuple(part for _, part, _ in filled)), texts).one()
    for (place, _, _), count in zip(filled, found, strict=True):
        counts[place] = count
    return counts


@lru_cache(maxsize=64)
def _in_one_statement(parts: tuple[NewRows, ...]) -> str:
    """One WITH of all parts. In which order they are done is PostgreSQL's affair: whoever hands in rows of several tables
    holds locks already that keep two groups from waiting for each other.
    """
    done = ", ".join(f"part{n} AS ({part.from_json()} RETURNING 1)" for n, part in enumerate(parts))
    counted = ", ".join(f"(SELECT count(*) FROM part{n})" for n in range(len(parts)))  # noqa: S608
    return f"WITH {done} SELECT {counted}"


def _as_json(value: Any) -> Any:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value
