"""A large fair in the tables of the first release, by bulk inserts: what an update finds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

_PORTION = 20_000
_AT = dt.datetime(2026, 8, 19, 2, 0, tzinfo=dt.UTC)
# What a migration reads must mean something; everything else may be any value of its type.
_KNOWN: dict[str, dict[str, Any]] = {
    "expos": {"slug": "8th", "timezone": "Asia/Shanghai", "edition": 8},
    "registrations": {"channel": "online", "state": "registered", "language": "zh"},
    "badges": {"state": "active", "holder_kind": "visitor"},
    "scans": {"direction": "in", "verdict": "first_today", "kind": "badge"},
}
_PARENTS = ("series", "expos", "badge_classes", "halls", "zones", "gates", "devices")


def fill(connection: Connection, people: int) -> dict[str, int]:
    """One fair, and as many registrations, badges and scans as `people`; gives the rows of each table that has any."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    for name in _PARENTS:
        _insert(connection, metadata.tables[name], 1)
    for name in ("badges", "registrations", "scans"):
        _insert(connection, metadata.tables[name], people)
    return dict.fromkeys(_PARENTS, 1) | dict.fromkeys(("badges", "registrations", "scans"), people)


def _insert(connection: Connection, table: sa.Table, count: int) -> None:
    needed = [
        column for column in table.columns if not column.nullable or column.name in _KNOWN.get(table.name, {})
    ]
    for start in range(1, count + 1, _PORTION):
        rows = [
            {column.name: _value(table, column, n) for column in needed}
            for n in range(start, min(start + _PORTION, count + 1))
        ]
        connection.execute(table.insert(), rows)


def _value(table: sa.Table, column: sa.Column[Any], n: int) -> object:
    known = _KNOWN.get(table.name, {})
    if column.name in known:
        return known[column.name]
    if column.foreign_keys:
        return 1
    return _of_type(column, n)


def _of_type(column: sa.Column[Any], n: int) -> object:
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.Integer):
        return n
    if isinstance(kind, sa.DateTime):
        return _AT
    if isinstance(kind, sa.Date):
        return _AT.date()
    if isinstance(kind, sa.Time):
        return _AT.time()
    if isinstance(kind, sa.JSON):
        return {}
    if isinstance(kind, sa.LargeBinary):
        return n.to_bytes(8, "big")
    return f"{n:x}" if not isinstance(kind, sa.String) or kind.length is None else f"{n:x}"[: kind.length]
