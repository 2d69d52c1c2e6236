"""A bank's statement is read, matched and booked: what is beyond doubt by one click, the rest by hand, nothing twice (O5)."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.sheets.reading import open_table
from exhibitions.core.sheets.table import Unreadable
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.orders.models import Order, Payment, Statement, StatementRow
from exhibitions.orders.queries import statements as queries
from exhibitions.orders.rules import statement as rules
from exhibitions.orders.rules.matching import BOOKABLE, Verdict
from exhibitions.orders.rules.statement import Fault, Line
from exhibitions.orders.rules.states import PaymentKind
from exhibitions.orders.service import booking

SUBJECT = "statement"
PURPOSE = "orders.statement"
AT_ONCE = 500
"""So many rows are booked by one click; the rest by the next."""
_MOST_FAULTS = 50


@dataclass
class Read:
    """What a file says: rows of money that came in with their fingerprints, how many went out, what is not readable."""

    lines: list[tuple[Line, str]] = field(default_factory=list)
    out: int = 0
    faults: list[tuple[int, Fault]] = field(default_factory=list)


def read(content: BinaryIO, currency: str) -> Read:
    """Understand a statement, outside of any transaction: CSV or a workbook, in any usual encoding.

    Raises Unreadable where it is no table, and Refused where it has no columns of day and money, or too many rows.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statement"
        with path.open("wb") as file:
            while piece := content.read(1 << 20):
                file.write(piece)
        table = open_table(path, rules.known_columns)
        columns = rules.columns_of(table.heading)
        if table.guess.heading_row is None or not rules.can_be_read(columns):
            raise Refused(
                "no_bank_columns",
                N_("No columns of a bank statement were found. It needs the day and the money that came in."),
            )
        found = Read()
        lines: list[Line] = []
        currency = rules.currency_of(table.heading) or currency
        for row in table.rows():
            if rules.is_no_row(row.cells, columns):
                continue
            line = rules.read(row.number, row.cells, columns, currency)
            if isinstance(line, Fault):
                found.faults.append((row.number, line))
            elif line.amount <= 0:
                found.out += 1
            else:
                lines.append(line)
            if len(lines) > queries.MOST_ROWS:
                raise Refused(
                    "statement_long", N_("This statement has more than 5,000 rows. Split it by months.")
                )
    found.lines = rules.numbered(lines)
    return found


def keep(expo: Expo, found: Read, stored: files.Bytes, name: str, by: Actor) -> Statement:
    """Keep what a statement says that was not read before; nothing is booked by it."""
    booking.take_turn(expo)
    known = queries.known(expo, [digest for _, digest in found.lines])
    fresh = {digest: line for line, digest in found.lines if digest not in known}
    file = files.store(
        stored, name=name, content_type="application/octet-stream", purpose=PURPOSE, expo_id=expo.id, owner=by
    )
    row = Statement(
        expo_id=expo.id,
        name=file.name[:150],
        counts={
            "known": len(found.lines) - len(fresh),
            "out": found.out,
            "unread": len(found.faults),
            "faults": [[number, fault.value] for number, fault in found.faults[:_MOST_FAULTS]],
        },
        file_id=file.id,
        user_id=by.id if by.kind == "user" else None,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    db.session.add_all(_kept(expo, row, line, digest) for digest, line in fresh.items())
    audit.record(
        "orders.statement_read",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, row.id),
        after={"rows": len(fresh), "known": len(found.lines) - len(fresh)},
    )
    db.session.flush()
    return row


def _kept(expo: Expo, statement: Statement, line: Line, digest: str) -> StatementRow:
    return StatementRow(
        expo_id=expo.id,
        statement_id=statement.id,
        row=line.number,
        day=line.day,
        amount=line.amount,
        currency=line.currency,
        payer=line.payer[:200],
        account=line.account[:64],
        text=line.note[:500],
        serial=line.serial[:100],
        digest=digest,
    )


def book_fitting(expo: Expo, statement: Statement, by: Actor) -> int:
    """Book the rows that fit one order to the cent, at most 500; gives how many.

    Each is judged again when its turn comes: of two rows for the same instalment only the first fits.
    """
    booking.take_turn(expo)
    count = 0
    book = queries.book(expo)
    wanted = [
        row for row in queries.waiting_rows(expo, statement) if book.match(row).verdict is Verdict.EXACT
    ]
    touched: set[int] = set()
    for row in wanted[:AT_ONCE]:
        found = book.match(row)
        if found.orders[0] in touched:
            book = queries.book(expo)
            touched.clear()
            found = book.match(row)
        if found.verdict is Verdict.EXACT:
            _book(expo, row, db.session.get_one(Order, found.orders[0]), found.verdict.value, by)
            touched.add(found.orders[0])
            count += 1
    return count


def assign(expo: Expo, row: StatementRow, order: Order | None, by: Actor) -> Payment:
    """Book a row to the order that a person says; raises `Refused` for none, another currency, or a row that is done."""
    booking.take_turn(expo)
    db.session.refresh(row)
    _check_waits(row)
    if order is None:
        raise Refused("no_such_order", N_("No order of this fair has this reference."))
    if order.currency != row.currency:
        raise Refused("other_currency", N_("The order is in another currency than the transfer."))
    found = queries.book(expo).match(row)
    by_itself = found.verdict in BOOKABLE and found.orders == (order.id,)
    return _book(expo, row, order, found.verdict.value if by_itself else "hand", by)


def put_aside(expo: Expo, row: StatementRow, by: Actor) -> None:
    """Say that a row is no payment for this fair; it stays in the list and can be booked no more, until taken up again.

    Said twice, nothing more happens.
    """
    booking.take_turn(expo)
    db.session.refresh(row)
    if row.ignored_at is not None:
        return
    _check_waits(row)
    row.ignored_at = clock.now()
    audit.record(
        "orders.row_put_aside",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, row.statement_id),
        after={"row": row.row},
    )


def take_up(expo: Expo, row: StatementRow, by: Actor) -> None:
    """A row that was put aside waits again."""
    booking.take_turn(expo)
    db.session.refresh(row)
    if row.ignored_at is not None:
        row.ignored_at = None
        audit.record(
            "orders.row_taken_up",
            by,
            expo_id=expo.id,
            subject=(SUBJECT, row.statement_id),
            after={"row": row.row},
        )


def _check_waits(row: StatementRow) -> None:
    if row.booked_at is not None:
        raise Conflict("row_booked", N_("This row is booked already."))
    if row.ignored_at is not None:
        raise Conflict("row_aside", N_("This row was put aside."))


def _book(expo: Expo, row: StatementRow, order: Order, how: str, by: Actor) -> Payment:
    came = booking.Incoming(
        kind=PaymentKind.TRANSFER,
        amount=row.amount,
        day=row.day,
        payer=row.payer,
        note=row.text,
        row_id=row.id,
    )
    payment = booking.book(expo, order, came, by, moves_day=True)
    row.order_id, row.match, row.booked_at = order.id, how, clock.now()
    return payment


__all__ = ["Unreadable", "assign", "book_fitting", "keep", "put_aside", "read", "take_up"]
