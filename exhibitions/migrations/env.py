"""How migrations meet the database: through the application's engine, with a lock time-out, one transaction each."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context

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


def _run() -> None:
    with db.engine.connect().execution_options(write=True) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET lock_timeout = '5s'")
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.commit()
        if connection.dialect.name == "sqlite":
            # SQLite changes a column by copying its table; with foreign keys on, dropping the old one would cascade.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
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
        if connection.dialect.name == "sqlite":
            connection.commit()
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


_run()
