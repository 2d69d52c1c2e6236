"""Bank statements and what became of their rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.core.sameness import same_key
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Invoice, Payment, Statement, StatementRow
from exhibitions.orders.queries import listing
from exhibitions.orders.queries.listing import Row
from exhibitions.orders.rules.matching import Candidate, Match, match
from exhibitions.orders.rules.statement import Line
from exhibitions.orders.rules.states import OrderState

MOST_ROWS = 5_000
MOST_STATEMENTS = 100
PAGE = 100


@dataclass(frozen=True)
class Book:
    """The orders of a fair as a statement is matched against them."""

    by_id: Mapping[int, Row]
    by_reference: Mapping[str, Candidate]
    by_name: Mapping[str, Sequence[Candidate]]

    def match(self, row: StatementRow) -> Match:
        """The verdict on a row as things stand now."""
        return match(line_of(row), self.by_reference, self.by_name)


def line_of(row: StatementRow) -> Line:
    """A kept row as the rules read it."""
    return Line(row.row, row.day, row.amount, row.currency, row.payer, row.account, row.text, row.serial)


def book(expo: Expo) -> Book:
    """The orders of the fair with what is open of each, and the names that may have paid: company and invoice."""
    titles: dict[int, list[str]] = {}
    named = sa.select(Invoice.order_id, Invoice.title).where(Invoice.expo_id == expo.id, Invoice.title != "")
    for order_id, title in db.session.execute(named):
        titles.setdefault(order_id, []).append(title)
    rows = listing.rows(expo)
    found = [_candidate(row, titles.get(row.order.id, [])) for row in rows]
    by_name: dict[str, list[Candidate]] = {}
    for each in found:
        for key in {same_key(name) for name in each.names}:
            by_name.setdefault(key, []).append(each)
    return Book({row.order.id: row for row in rows}, {each.reference: each for each in found}, by_name)


def _candidate(row: Row, titles: Sequence[str]) -> Candidate:
    now = row.money.balance
    asked = row.money.next
    names = (row.company.name_zh, row.company.name_en) if row.company else ()
    return Candidate(
        id=row.order.id,
        reference=row.order.reference,
        currency=row.order.currency,
        open=now.open,
        next_amounts=(asked.open,) if asked else (),
        names=tuple(name for name in (*names, *titles) if name),
        cancelled=row.order.state is OrderState.CANCELLED,
    )


def statements(expo: Expo) -> list[tuple[Statement, int, int]]:
    """The newest statements of the fair, each with how many rows it brought and how many of them wait."""
    waits = sa.case(
        (sa.and_(StatementRow.booked_at.is_(None), StatementRow.ignored_at.is_(None)), 1), else_=0
    )
    wanted = (
        sa.select(Statement, sa.func.count(StatementRow.id), sa.func.coalesce(sa.func.sum(waits), 0))
        .outerjoin(StatementRow, StatementRow.statement_id == Statement.id)
        .where(Statement.expo_id == expo.id)
        .group_by(Statement.id)
        .order_by(Statement.id.desc())
        .limit(MOST_STATEMENTS)
    )
    return [(row, int(count), int(waiting)) for row, count, waiting in db.session.execute(wanted)]


def statement(expo: Expo, statement_id: int) -> Statement | None:
    """A statement of this fair."""
    found = sa.select(Statement).where(Statement.expo_id == expo.id, Statement.id == statement_id)
    return db.session.scalar(found)


def rows_of(expo: Expo, statement: Statement) -> list[StatementRow]:
    """The rows that a statement brought, as they stood in it."""
    found = sa.select(StatementRow).where(
        StatementRow.expo_id == expo.id, StatementRow.statement_id == statement.id
    )
    return list(db.session.scalars(found.order_by(StatementRow.row, StatementRow.id).limit(MOST_ROWS)))


def waiting_rows(expo: Expo, statement: Statement) -> list[StatementRow]:
    """Those of its rows that are neither booked nor put aside."""
    return [row for row in rows_of(expo, statement) if row.booked_at is None and row.ignored_at is None]


def known(expo: Expo, digests: Collection[str]) -> frozenset[str]:
    """Which of these rows the fair has read before."""
    wanted = sa.select(StatementRow.digest).where(
        StatementRow.expo_id == expo.id, StatementRow.digest.in_(digests)
    )
    return frozenset(db.session.scalars(wanted))


def payments_of(expo: Expo, rows: Sequence[StatementRow]) -> dict[int, Payment]:
    """By row, the payment that was booked from it."""
    ids = [row.id for row in rows if row.booked_at]
    wanted = sa.select(Payment).where(Payment.expo_id == expo.id, Payment.statement_row_id.in_(ids))
    return {row.statement_row_id: row for row in db.session.scalars(wanted) if row.statement_row_id}
