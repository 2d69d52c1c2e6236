"""The end of what banks and exhibitors sent about money: statements, proofs of payment, who receives invoices, and the
scans of stamped contracts (P6).

What was booked stays: a payment has its own amount, day and payer, and the law on accounts keeps it.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.files import queries as file_queries
from exhibitions.files import service as files
from exhibitions.files.models import StoredFile
from exhibitions.orders.models import Invoice, Order, Slip, Statement, StatementRow, Supplement
from exhibitions.orders.service.supplementing import SCAN

_PORTION = 500
_WORDS = ("payer", "account", "text", "serial")
_TOLD = sa.or_(*(getattr(StatementRow, name) != "" for name in _WORDS))
_ASIDE = sa.and_(_TOLD, StatementRow.ignored_at.is_not(None))
_IS_SCAN = StoredFile.purpose == SCAN
_RECEIVED = sa.or_(
    Invoice.receiver != "", Invoice.receiver_phone.is_not(None), Invoice.receiver_email.is_not(None)
)


def told_aside(expo: Expo) -> int:
    """How many rows of bank statements were put aside and still say who paid: nobody of this fair."""
    return _count(expo, StatementRow, _ASIDE)


def expire_aside(expo: Expo) -> int:
    """Empty a portion of the rows that were put aside; gives their number. Read again, each is still known."""
    return _empty(expo, _ASIDE)


def told(expo: Expo) -> int:
    """How many rows and files of bank statements, proofs of payment and receivers of invoices there still are."""
    files_of = ((Statement, Statement.file_id.is_not(None)), (Slip, Slip.file_id.is_not(None)))
    kinds = (*files_of, (StatementRow, _TOLD), (Invoice, _RECEIVED))
    return sum(_count(expo, table, still) for table, still in kinds)


def expire(expo: Expo) -> int:
    """End a portion of these; gives their number, 0 when none is left."""
    return _files(expo, Statement) or _files(expo, Slip) or _empty(expo, _TOLD) or _receivers(expo)


def stamped_scans(expo: Expo) -> int:
    """How many scans of stamped contracts and supplements there still are, with those that a newer one has replaced."""
    found = sa.select(sa.func.count(StoredFile.id)).where(_IS_SCAN, StoredFile.expo_id == expo.id)
    return db.session.scalar(found) or 0


def expire_stamped(expo: Expo) -> int:
    """Delete a portion of these scans; gives their number. The order keeps when its copy came back and who said so."""
    found = sa.select(StoredFile).where(_IS_SCAN, StoredFile.expo_id == expo.id)
    rows = db.session.scalars(found.order_by(StoredFile.id).limit(_PORTION)).all()
    ids = [row.id for row in rows]
    for table in (Order, Supplement):
        db.session.execute(
            sa.update(table)
            .where(table.expo_id == expo.id, table.stamped_id.in_(ids))
            .values(stamped_id=None)
            .execution_options(synchronize_session="fetch")
        )
    for row in rows:
        files.delete(row)
    return len(rows)


def _files(expo: Expo, table: type[Statement] | type[Slip]) -> int:
    found: Any = sa.select(table).where(table.expo_id == expo.id, table.file_id.is_not(None))
    rows = db.session.scalars(found.order_by(table.id).limit(_PORTION)).all()
    for row in rows:
        file_id, row.file_id = row.file_id, None
        stored = file_queries.file_of(expo.id, file_id)
        if stored is not None:
            files.delete(stored)
    return len(rows)


def _empty(expo: Expo, still: sa.ColumnElement[bool]) -> int:
    found = sa.select(StatementRow).where(StatementRow.expo_id == expo.id, still)
    rows = db.session.scalars(found.order_by(StatementRow.id).limit(_PORTION)).all()
    for row in rows:
        row.payer = row.account = row.text = row.serial = ""
    return len(rows)


def _receivers(expo: Expo) -> int:
    found = sa.select(Invoice).where(Invoice.expo_id == expo.id, _RECEIVED)
    rows = db.session.scalars(found.order_by(Invoice.id).limit(_PORTION)).all()
    for row in rows:
        row.receiver, row.receiver_phone, row.receiver_email = "", None, None
    return len(rows)


def _count(expo: Expo, table: Any, still: sa.ColumnElement[bool]) -> int:
    return db.session.scalar(sa.select(sa.func.count(table.id)).where(table.expo_id == expo.id, still)) or 0
