"""How migrations meet the database: through the application's engine, with a lock time-out, one transaction each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import context
from sqlalchemy.engine import Connection

from exhibitions.core.db import BigId, UtcDateTime, db


def _render(kind: str, item: Any, autogen: Any) -> Any:
    """Write our own column types as the plain types that they stand for, so that old migrations never import us."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and item is BigId:
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


def _compare_type(_: Any, __: Any, inspected: Any, wanted: Any, ___: Any) -> bool | None:
    if isinstance(wanted, sa.Enum) and isinstance(inspected, sa.String):
        return bool(inspected.length != wanted.length)
    if isinstance(wanted, UtcDateTime | sa.BigInteger | sa.LargeBinary):
        return False
    return None


@contextmanager
def _unwatched(connection: Connection) -> Iterator[None]:
    """SQLite changes a column by copying its table; with foreign keys on, dropping the old one deletes what refers to it.

    The switch works outside a transaction only (inside it SQLite ignores it silently), hence the driver's own connection.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        wrong = raw.execute("PRAGMA foreign_key_check").fetchmany(5)
        if wrong:
            raise RuntimeError(f"rows refer to what is not there: {wrong}")
    finally:
        if raw.in_transaction:
            raw.rollback()
        raw.execute("PRAGMA foreign_keys=ON")


def _run() -> None:
    with db.engine.connect().execution_options(write=True) as connection, _unwatched(connection):
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET lock_timeout = '5s'")
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            render_item=_render,
            compare_type=_compare_type,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


_run()
