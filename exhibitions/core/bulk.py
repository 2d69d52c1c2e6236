"""Asking for many values and storing many rows at once, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection, Dialect

from exhibitions.core.db import UtcDateTime


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

    `columns` are all that the rows have. SQLite takes the rows one after the other in one call of its driver;
    PostgreSQL takes them as one JSON text, because thirty parameters a row cost more than storing the row.
    """

    def __init__(self, table: sa.Table, columns: Sequence[str]) -> None:
        self._table = table
        self._columns = tuple(columns)
        self._names = ", ".join(columns)

    def insert(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> int:
        """Insert rows, each with its values in the order of the columns; returns how many were new."""
        if not rows:
            return 0
        if connection.dialect.name == "postgresql":
            return self._insert_json(connection, rows)
        marks = ", ".join("?" * len(self._columns))
        statement = f"INSERT INTO {self._table.name} ({self._names}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608
        writers = self._writers(connection.dialect)
        values = [tuple(v if w is None else w(v) for v, w in zip(row, writers, strict=True)) for row in rows]
        return connection.exec_driver_sql(statement, values).rowcount

    def _insert_json(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> int:
        statement = (
            f"INSERT INTO {self._table.name} ({self._names}) SELECT {self._names}"  # noqa: S608
            f" FROM json_populate_recordset(NULL::{self._table.name}, %s) ON CONFLICT DO NOTHING"
        )
        values = [dict(zip(self._columns, map(_as_json, row), strict=True)) for row in rows]
        return connection.exec_driver_sql(statement, (msgspec.json.encode(values).decode(),)).rowcount

    @lru_cache(maxsize=4)  # noqa: B019 - the few instances live as long as the process.
    def _writers(self, dialect: Dialect) -> list[Callable[[Any], Any] | None]:
        return [_writer(self._table.c[name].type, dialect) for name in self._columns]


def _writer(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """How SQLite is given values of this kind; None where it takes them as they are."""
    if isinstance(kind, UtcDateTime):
        return _as_text
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _as_text(moment: datetime | None) -> str | None:
    """A moment as `UtcDateTime` stores it on SQLite, at a tenth of what that takes: a scan has four of them."""
    if moment is None:
        return None
    if moment.tzinfo is not UTC:
        if moment.tzinfo is None:
            raise ValueError("a datetime without a zone may not be stored")
        moment = moment.astimezone(UTC)
    return moment.isoformat(" ", "microseconds")[:26]


def _as_json(value: Any) -> Any:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value
