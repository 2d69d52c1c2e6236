"""What a decision needs from the store: few questions for many scans at once, as plain rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from exhibitions.badges.models import Badge, BadgeDay
from exhibitions.core.db import db
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
    offline: bool


def stored_scans(expo_id: int, scan_ids: Collection[str]) -> dict[str, StoredScan]:
    """Those of these scans that are stored, by their id."""
    columns = [getattr(Scan, name) for name in StoredScan._fields]
    found = sa.select(*columns).where(Scan.expo_id == expo_id, Scan.scan_id.in_(scan_ids))
    return {row.scan_id: StoredScan._make(row) for row in _ask(found)}


def undone_by(expo_id: int, undo_ids: Collection[str]) -> dict[str, str]:
    """Of these undo ids the stored ones, each with the scan that it undid."""
    if not undo_ids:
        return {}
    found = sa.select(Annulment.undo_id, Annulment.scan_id).where(
        Annulment.expo_id == expo_id, Annulment.undo_id.in_(undo_ids)
    )
    return dict(map(tuple, _ask(found)))


def badges_by_number(expo_id: int, numbers: Collection[int], lock: bool = False) -> dict[int, BadgeRow]:
    """The fair's badges with these nine-digit numbers.

    With `lock` their rows are held until the transaction ends, in the order of their numbers: two decisions about one
    badge never run side by side. (SQLite has one writer anyway.)
    """
    if not numbers:
        return {}
    found = _badge_rows().where(Badge.expo_id == expo_id, Badge.number.in_(numbers)).order_by(Badge.number)
    if lock:
        found = found.with_for_update(of=Badge, key_share=True)
    return {row.number: BadgeRow._make(row) for row in _ask(found)}


def badges_by_id(expo_id: int, badge_ids: Collection[int]) -> dict[int, BadgeRow]:
    """The fair's badges with these ids."""
    if not badge_ids:
        return {}
    found = _badge_rows().where(Badge.expo_id == expo_id, Badge.id.in_(badge_ids))
    return {row.id: BadgeRow._make(row) for row in _ask(found)}


def _ask(question: sa.Executable) -> Iterable[Any]:
    # Rows, not objects: the session's bookkeeping costs more than the question.
    return db.session.connection().execute(question)


def _badge_rows() -> sa.Select[Any]:
    own = [getattr(Badge, name) for name in BadgeRow._fields[:-1]]
    replacement = sa.select(_Replacement.number).where(_Replacement.id == Badge.replaced_by_id)
    return sa.select(*own, replacement.scalar_subquery())


def movements(
    expo_id: int, badge_ids: Collection[int], days: Collection[date], rehearsed: bool
) -> list[MovementRow]:
    """The movements of these badges on these days that count, or the rehearsed ones."""
    if not badge_ids:
        return []
    counts = sa.and_(Scan.admitted, Scan.rehearsal_as_of.is_not(None)) if rehearsed else COUNTS
    found = sa.select(
        Scan.badge_id,
        Scan.day,
        Scan.corrected_at,
        Scan.scan_id,
        Scan.direction,
        Scan.gate_id,
        Scan.heads,
        Scan.device_verdict.is_not(None),
    ).where(Scan.expo_id == expo_id, Scan.badge_id.in_(badge_ids), Scan.day.in_(days), counts)
    return [MovementRow._make(row) for row in _ask(found)]


def first_entries(
    expo_id: int, badge_ids: Collection[int], days: Collection[date]
) -> dict[tuple[int, date], tuple[datetime, int]]:
    """When and at which gate these badges were first in on these days: the rows that judge `first_today`."""
    if not badge_ids:
        return {}
    found = sa.select(BadgeDay.badge_id, BadgeDay.day, BadgeDay.first_at, BadgeDay.first_gate_id).where(
        BadgeDay.expo_id == expo_id, BadgeDay.badge_id.in_(badge_ids), BadgeDay.day.in_(days)
    )
    return {(badge_id, day): (at, gate_id) for badge_id, day, at, gate_id in _ask(found)}


def zone_levels(
    expo_id: int, zone_ids: Collection[int], since: Collection[datetime]
) -> dict[tuple[int, datetime], int]:
    """How many are inside these zones since these resets, held until the transaction ends."""
    found = (
        sa.select(ZoneLevel.zone_id, ZoneLevel.since, ZoneLevel.inside)
        .where(ZoneLevel.expo_id == expo_id, ZoneLevel.zone_id.in_(zone_ids), ZoneLevel.since.in_(since))
        .order_by(ZoneLevel.zone_id, ZoneLevel.since)
        .with_for_update()
    )
    return {(zone_id, start): inside for zone_id, start, inside in _ask(found)}
