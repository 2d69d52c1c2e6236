"""What is asked of the database meanwhile: how tests hold that a page asks as much for many things as for few."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from flask import Flask

from exhibitions.core.db import db


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The SELECTs of a block, each with its values."""
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append(f"{statement} {values}")

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
