"""What a decision needs from the store: few questions for many scans at once, as plain rows.

The questions are built once: at a gate, putting a statement together costs more than the database takes to answer it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from exhibitions.badges.models import Badge, BadgeDay
from exhibitions.core import bulk
from exhibitions.gates.models import Annulment, Scan, ZoneLevel

# What counts: admitted, not undone, not rehearsed, and not waiting for or refused by the chief (check-in.md).
COUNTS = sa.and_(
    Scan.admitted,
    Scan.annulled_at.is_(None),
    Scan.rehearsal_as_of.is_(None),
    sa.or_(Scan.review.is_(None), Scan.accepted.is_(True)),
)
_Replacement = aliased(Badge)


class StoredScan(NamedTuple):
    """A stored scan, as far as answering again and undoing need it."""

    scan_id: str
    device_id: int
    gate_id: int
    badge_id: int | None
    content: bytes
    direction: str
    heads: int
    scanned_at: datetime
    corrected_at: datetime
    day: date
    verdict: str
    admitted: bool
    reason: str | None
    first_at: datetime | None
    first_gate_id: int | None
    rehearsal_as_of: datetime | None
    review: str | None
    accepted: bool | None
    annulled_at: datetime | None


class BadgeRow(NamedTuple):
    """A badge with what a gate needs of it; `replaced_by` is the number of the badge that stands in its place."""

    id: int
    number: int
    class_id: int
    name: str
    company: str
    heads: int
    planned_day: date | None
    class_number: int
    first_day: int
    days: int
    issue: int
    key_number: int
    signature: bytes
    approved_at: datetime | None
    paid_at: datetime | None
    cancelled_at: datetime | None
    voided_at: datetime | None
    replaced_by: int | None


class MovementRow(NamedTuple):
    """An admitted entry or exit that counts; a rehearsed one in the rehearsal's own world."""

    badge_id: int
    day: date
    corrected_at: datetime
    scan_id: str
    direction: str
    gate_id: int
    heads: int


# Where a movement has its direction, this marks the row that says who was first.
_FIRST = "first"
_EXPO: sa.BindParameter[int] = sa.bindparam("expo_id", type_=sa.BigInteger)


@dataclass(frozen=True)
class _Questions:
    """The statements that read, built once an engine."""

    stored: sa.Select[*tuple[Any, ...]]
    undone: sa.Select[*tuple[Any, ...]]
    by_number: sa.Select[*tuple[Any, ...]]
    by_id: sa.Select[*tuple[Any, ...]]
    days_of: sa.CompoundSelect[*tuple[Any, ...]]
    rehearsed: sa.Select[*tuple[Any, ...]]
    levels: sa.Select[*tuple[Any, ...]]


@cache
def _questions(dialect: str) -> _Questions:
    def among(column: Any, name: str) -> sa.ColumnElement[bool]:
        return bulk.among(dialect, column, name)

    badges = sa.select(
        *(getattr(Badge, name) for name in BadgeRow._fields[:-1]),
        sa.select(_Replacement.number).where(_Replacement.id == Badge.replaced_by_id).scalar_subquery(),
    ).where(Badge.expo_id == _EXPO)
    movements = sa.select(*(getattr(Scan, name) for name in MovementRow._fields)).where(
        Scan.expo_id == _EXPO, among(Scan.badge_id, "badge_ids"), among(Scan.day, "days")
    )
    firsts: sa.Select[*tuple[Any, ...]] = sa.select(
        BadgeDay.badge_id,
        BadgeDay.day,
        BadgeDay.first_at,
        sa.literal_column("''"),
        sa.literal_column(f"'{_FIRST}'"),
        BadgeDay.first_gate_id,
        sa.literal_column("0"),
    ).where(BadgeDay.expo_id == _EXPO, among(BadgeDay.badge_id, "badge_ids"), among(BadgeDay.day, "days"))
    levels = sa.select(ZoneLevel.zone_id, ZoneLevel.since, ZoneLevel.inside)
    return _Questions(
        stored=sa.select(*(getattr(Scan, name) for name in StoredScan._fields)).where(
            Scan.expo_id == _EXPO, among(Scan.scan_id, "scan_ids")
        ),
        undone=sa.select(Annulment.undo_id, Annulment.scan_id).where(
            Annulment.expo_id == _EXPO, among(Annulment.undo_id, "undo_ids")
        ),
        # SQLite has one writer anyway and knows no such lock; its dialect leaves the words out.
        by_number=badges.where(among(Badge.number, "numbers"))
        .order_by(Badge.number)
        .with_for_update(of=Badge, key_share=True),
        by_id=badges.where(among(Badge.id, "badge_ids")),
        days_of=movements.where(COUNTS).union_all(firsts),
        rehearsed=movements.where(Scan.admitted, Scan.rehearsal_as_of.is_not(None)),
        levels=levels.where(
            ZoneLevel.expo_id == _EXPO, among(ZoneLevel.zone_id, "zone_ids"), among(ZoneLevel.since, "since")
        )
        .order_by(ZoneLevel.zone_id, ZoneLevel.since)
        .with_for_update(),
    )


def _ask(connection: Connection, question: str, **facts: Any) -> Any:
    return connection.execute(getattr(_questions(connection.dialect.name), question), facts)


def stored_scans(connection: Connection, expo_id: int, scan_ids: Collection[str]) -> dict[str, StoredScan]:
    """Those of these scans that are stored, by their id."""
    rows = _ask(connection, "stored", expo_id=expo_id, scan_ids=list(scan_ids))
    return {row[0]: StoredScan._make(row) for row in rows}


def undone_by(connection: Connection, expo_id: int, undo_ids: Collection[str]) -> dict[str, str]:
    """Of these undo ids the stored ones, each with the scan that it undid."""
    if not undo_ids:
        return {}
    rows = _ask(connection, "undone", expo_id=expo_id, undo_ids=list(undo_ids))
    return {row[0]: row[1] for row in rows}


def badges_by_number(connection: Connection, expo_id: int, numbers: Collection[int]) -> dict[int, BadgeRow]:
    """The fair's badges with these nine-digit numbers.

    On PostgreSQL their rows are held until the transaction ends, in the order of their numbers: two decisions about one
    badge never run side by side. (SQLite has one writer anyway.)
    """
    if not numbers:
        return {}
    rows = _ask(connection, "by_number", expo_id=expo_id, numbers=list(numbers))
    return {row[1]: BadgeRow._make(row) for row in rows}


def badges_by_id(connection: Connection, expo_id: int, badge_ids: Collection[int]) -> dict[int, BadgeRow]:
    """The fair's badges with these ids."""
    if not badge_ids:
        return {}
    rows = _ask(connection, "by_id", expo_id=expo_id, badge_ids=list(badge_ids))
    return {row[0]: BadgeRow._make(row) for row in rows}


def days_of(
    connection: Connection, expo_id: int, badge_ids: Collection[int], days: Collection[date]
) -> tuple[dict[tuple[int, date], tuple[datetime, int]], list[MovementRow]]:
    """When and at which gate these badges were first in on these days (the rows that judge `first_today`), and their
    movements of these days that count: in one question, because a gate waits for the answer.
    """
    if not badge_ids:
        return {}, []
    firsts: dict[tuple[int, date], tuple[datetime, int]] = {}
    moved: list[MovementRow] = []
    for row in _ask(connection, "days_of", expo_id=expo_id, badge_ids=list(badge_ids), days=list(days)):
        found = MovementRow._make(row)
        if found.direction == _FIRST:
            firsts[found.badge_id, found.day] = found.corrected_at, found.gate_id
        else:
            moved.append(found)
    return firsts, moved


def rehearsed_movements(
    connection: Connection, expo_id: int, badge_ids: Collection[int], days: Collection[date]
) -> list[MovementRow]:
    """The rehearsed movements of these badges on these days."""
    if not badge_ids:
        return []
    rows = _ask(connection, "rehearsed", expo_id=expo_id, badge_ids=list(badge_ids), days=list(days))
    return [MovementRow._make(row) for row in rows]


def zone_levels(
    connection: Connection, expo_id: int, zone_ids: Collection[int], since: Collection[datetime]
) -> dict[tuple[int, datetime], int]:
    """How many are inside these zones since these resets, held until the transaction ends."""
    rows = _ask(connection, "levels", expo_id=expo_id, zone_ids=list(zone_ids), since=list(since))
    return {(row[0], row[1]): row[2] for row in rows}
