"""Questions about printers, stock, replaced badges, and the longest names of a fair."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
import sqlalchemy.orm

from exhibitions.badges.models import (
    Badge,
    BadgeClass,
    Expected,
    Printer,
    PrinterChoice,
    Replacement,
    SheetsPrinted,
    StockMove,
)
from exhibitions.badges.rules.stock import Level, Move
from exhibitions.core.db import db
from exhibitions.expos.models import Expo

MOST_PRINTERS = 50
MOST_MOVES = 50
MOST_REPLACEMENTS = 500
_LONGEST_LOOKED_AT = 20


class Longest(NamedTuple):
    """The texts of a badge that may be among the longest of its class."""

    name: str
    company: str
    title: str
    region: str
    planned_day: date | None


class Replaced(NamedTuple):
    """A replaced badge with its holder's name, the numbers before and after, and what was taken for it."""

    row: Replacement
    name: str
    number: int
    fresh: int


def printers(expo: Expo) -> Sequence[Printer]:
    """The printers of the fair by name."""
    found = sa.select(Printer).where(Printer.expo_id == expo.id).order_by(Printer.name)
    return db.session.scalars(found.limit(MOST_PRINTERS)).all()


def printer_of(expo: Expo, printer_id: int) -> Printer | None:
    """The printer with this id, if it is this fair's."""
    return db.session.scalar(sa.select(Printer).where(Printer.expo_id == expo.id, Printer.id == printer_id))


def chosen_printer(expo: Expo, user_id: int | None) -> Printer | None:
    """The printer at which this person works."""
    if user_id is None:
        return None
    found = (
        sa.select(Printer)
        .join(PrinterChoice, PrinterChoice.printer_id == Printer.id)
        .where(PrinterChoice.expo_id == expo.id, PrinterChoice.user_id == user_id)
    )
    return db.session.scalar(found)


def longest(expo: Expo, badge_class: BadgeClass) -> list[Longest]:
    """The badges of a class with the most characters in name or company: forty at most."""
    texts = sa.select(Badge.name, Badge.company, Badge.title, Badge.region, Badge.planned_day).where(
        Badge.expo_id == expo.id,
        Badge.class_id == badge_class.id,
        Badge.cancelled_at.is_(None),
        Badge.voided_at.is_(None),
        Badge.name != "",
    )
    found: dict[Longest, None] = {}
    for column in (Badge.name, Badge.company):
        rows = texts.order_by(sa.func.length(column).desc()).limit(_LONGEST_LOOKED_AT)
        found |= {Longest._make(row): None for row in db.session.execute(rows)}
    return list(found)


def levels(expo: Expo) -> dict[str, Level]:
    """What came, went, was spoilt and was printed of each kind of stock of the fair."""
    moved = (
        sa.select(StockMove.item, StockMove.kind, sa.func.sum(StockMove.count))
        .where(StockMove.expo_id == expo.id)
        .group_by(StockMove.item, StockMove.kind)
    )
    sums = {(item, kind): int(count) for item, kind, count in db.session.execute(moved)}
    printed_pages = (
        sa.select(SheetsPrinted.sheet, sa.func.sum(SheetsPrinted.count))
        .where(SheetsPrinted.expo_id == expo.id)
        .group_by(SheetsPrinted.sheet)
    )
    printed = {sheet: int(count) for sheet, count in db.session.execute(printed_pages)}
    items = {item for item, _ in sums} | printed.keys()
    return {
        item: Level(
            sums.get((item, Move.IN), 0),
            sums.get((item, Move.OUT), 0),
            sums.get((item, Move.SPOILT), 0),
            printed.get(item, 0),
        )
        for item in items
    }


def moves(expo: Expo) -> Sequence[StockMove]:
    """The youngest fifty moves of stock."""
    found = sa.select(StockMove).where(StockMove.expo_id == expo.id)
    return db.session.scalars(found.order_by(StockMove.id.desc()).limit(MOST_MOVES)).all()


def expected(expo: Expo) -> Expected | None:
    """What the organiser expects of the desk; None as long as nobody has said."""
    return db.session.scalar(sa.select(Expected).where(Expected.expo_id == expo.id))


def badge_counts(expo: Expo) -> tuple[int, int]:
    """How many live badges have a holder, and how many of those are printed."""
    counted = sa.select(
        sa.func.count(), sa.func.coalesce(sa.func.sum(sa.case((Badge.prints > 0, 1), else_=0)), 0)
    ).where(
        Badge.expo_id == expo.id,
        Badge.cancelled_at.is_(None),
        Badge.voided_at.is_(None),
        Badge.holder_id.is_not(None),
    )
    held, printed = db.session.execute(counted).one()
    return held, int(printed)


def replaced(expo: Expo) -> list[Replaced]:
    """The youngest five hundred replaced badges."""
    fresh = sa.orm.aliased(Badge)
    found = (
        sa.select(Replacement, fresh.name, Badge.number, fresh.number)
        .join(Badge, Badge.id == Replacement.badge_id)
        .join(fresh, fresh.id == Replacement.fresh_id)
        .where(Replacement.expo_id == expo.id)
    )
    rows = db.session.execute(found.order_by(Replacement.id.desc()).limit(MOST_REPLACEMENTS))
    return [Replaced._make(row) for row in rows]


def taken(expo: Expo) -> tuple[int, int]:
    """All fees and all deposits that were taken for lost badges, in minor units."""
    sums = sa.select(
        sa.func.coalesce(sa.func.sum(Replacement.fee_minor), 0),
        sa.func.coalesce(sa.func.sum(Replacement.deposit_minor), 0),
    ).where(Replacement.expo_id == expo.id)
    fees, deposits = db.session.execute(sums).one()
    return int(fees), int(deposits)
