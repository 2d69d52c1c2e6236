"""Orders as pages show them: lines and sums in whole units, instalments, which contracts wait for their stamped copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from exhibitions.core.db import db
from exhibitions.core.money import from_minor
from exhibitions.core.paging import Part, part
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.orders.models import Invoice, Order, Supplement
from exhibitions.orders.queries.papers import owes_copy
from exhibitions.orders.rules.states import BINDING
from exhibitions.stands.rules.price_words import Said

PAGE = 50
MOST_PRINTED = 100
"""So many contracts are drawn at once; of more one says which hundred."""
MOST_VERSIONS = 20


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line in whole units of its currency."""

    stand: str
    name: Said
    reason: Said
    net: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of an order in whole units."""

    net: Decimal
    tax: Decimal
    total: Decimal


def lines_of(order: Order) -> list[ShownLine]:
    """The lines of an order in their order."""
    currency = order.currency
    return [
        ShownLine(
            "",
            Said(line.text_zh or line.text_en, line.text_en or line.text_zh),
            Said(line.reason_zh or line.reason_en, line.reason_en or line.reason_zh),
            from_minor(line.amount, currency),
            from_minor(line.tax, currency),
            from_minor(line.amount + line.tax, currency),
        )
        for line in order.lines
    ]


def sums_of(order: Order) -> Sums:
    """What the row says; a test holds that it is the sum of the lines."""
    return Sums(*(from_minor(each, order.currency) for each in (order.net, order.tax, order.total)))


def invoice_of(expo: Expo, order: Order) -> Invoice | None:
    """The invoice that was asked for with the order."""
    found = sa.select(Invoice).where(Invoice.expo_id == expo.id, Invoice.order_id == order.id)
    return db.session.scalar(found.order_by(Invoice.id).limit(1))


def replaced_by(expo: Expo, order: Order) -> Order | None:
    """The order that came in its place."""
    if order.replaced_by_id is None:
        return None
    return db.session.scalar(
        sa.select(Order).where(Order.expo_id == expo.id, Order.id == order.replaced_by_id)
    )


def replaces(expo: Expo, order: Order) -> Sequence[Order]:
    """The orders in whose place this one came, the youngest first."""
    base = order.number.partition("-")[0]
    found = sa.select(Order).where(
        Order.expo_id == expo.id,
        Order.exhibitor_id == order.exhibitor_id,
        Order.id < order.id,
        sa.or_(Order.number == base, Order.number.like(f"{base}-%")),
    )
    return db.session.scalars(found.order_by(Order.id.desc()).limit(MOST_VERSIONS)).all()


def _binding(expo: Expo, owed: bool) -> sa.Select[Order]:
    found = sa.select(Order).where(
        Order.expo_id == expo.id, Order.replaced_by_id.is_(None), Order.state.in_(BINDING)
    )
    return found.where(owes_copy()) if owed else found


def contracts(expo: Expo, page: int, *, owed: bool) -> Part[Order]:
    """The contracts of a fair by number; with `owed` those of which a stamped copy has not come back: theirs, or a supplement's."""
    wanted = _binding(expo, owed)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0
    whole = wanted.options(
        joinedload(Order.exhibitor).joinedload(Exhibitor.company), selectinload(Order.supplements)
    ).order_by(Order.number)

    def load(skipped: int) -> Sequence[Order]:
        return db.session.scalars(whole.offset(skipped).limit(PAGE)).all()

    return part(total, page, PAGE, load)


def to_print(expo: Expo, numbers: Sequence[str], *, owed: bool, portion: int = 1) -> Sequence[Order]:
    """These contracts with all that is printed, by number; when none is named, the portion (from 1) of a hundred of all."""
    wanted = _binding(expo, owed)
    if numbers:
        wanted = wanted.where(Order.number.in_(list(numbers)[:MOST_PRINTED]))
    skipped = 0 if numbers else (portion - 1) * MOST_PRINTED
    whole = wanted.options(
        joinedload(Order.exhibitor).joinedload(Exhibitor.company),
        selectinload(Order.lines),
        selectinload(Order.instalments),
        selectinload(Order.supplements).joinedload(Supplement.contract_order),
    )
    return db.session.scalars(whole.order_by(Order.number).offset(skipped).limit(MOST_PRINTED)).all()
