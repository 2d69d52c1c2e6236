"""Rows of an exhibitor handed to another one, and brought back; for this room and those above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from exhibitions.core.db import db


def hand_over(table: Any, kept_id: int, gone_id: int, *only: sa.ColumnElement[bool]) -> list[int]:
    """Give the rows of the one (those alone that `only` lets through) to the other; their numbers of row."""
    mine = sa.select(table.id).where(table.exhibitor_id == gone_id, *only).order_by(table.id)
    ids = list(db.session.scalars(mine))
    db.session.execute(sa.update(table).where(table.id.in_(ids)).values(exhibitor_id=kept_id))
    return ids


def bring_back(table: Any, ids: Sequence[int], kept_id: int, gone_id: int) -> None:
    """Give rows back that are still with the one that was kept; what was removed meanwhile stays removed."""
    back = sa.update(table).where(table.id.in_(ids), table.exhibitor_id == kept_id)
    db.session.execute(back.values(exhibitor_id=gone_id))


def has_any(table: Any, exhibitor_id: int, *only: sa.ColumnElement[bool]) -> bool:
    """Whether the exhibitor has a row of this kind."""
    found = sa.select(table.id).where(table.exhibitor_id == exhibitor_id, *only).limit(1)
    return db.session.scalar(found) is not None
