"""Who of an exhibitor was there: badges scanned, inspectors' ticks, arrivals (E-1, §1.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from exhibitions.badges.models import Badge, BadgeDay
from exhibitions.core.db import db
from exhibitions.exhibitors import queries
from exhibitions.exhibitors.models import Arrival, Presence, StaffBadge
from exhibitions.exhibitors.rules.presence import Evidence
from exhibitions.exhibitors.rules.staff import StaffKind
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import open_days, visitor_days

STAFF = "exhibitor_staff"
"""The kind of holder by which badges know an exhibitor's people."""
EMPTY_FROM = "stands_empty_from"
"""The word of the settings for the moment from which a stand that nobody has come to is empty, ISO in UTC."""
Who = tuple[int, int | None]
"""An exhibitor, or one of its co-exhibitors."""


@dataclass(frozen=True, slots=True)
class Tick:
    """The last thing that an inspector noted."""

    present: bool
    at: datetime
    photo_id: int | None
    note: str


def evidence(
    expo: Expo, exhibitor_ids: Collection[int] | None = None, *, noted: Mapping[Who, Tick] | None = None
) -> Mapping[Who, Evidence]:
    """What proves presence, by exhibitor (co-exhibitor None) and co-exhibitor; who has nothing is missing.

    Only staff badges prove, and only on days for visitors: who builds the stand up does not stand at it. `noted` is what
    `last_ticks` gave, where the caller has asked it already.
    """
    scanned: dict[Who, set[str]] = defaultdict(set)
    for exhibitor_id, co_id, day in db.session.execute(_scans(expo, exhibitor_ids)):
        scanned[exhibitor_id, co_id].add(day.isoformat())
    ticks: dict[Who, tuple[bool, bool]] = {}
    for exhibitor_id, co_id, with_photo in db.session.execute(_ticks(expo, exhibitor_ids)):
        _ticked, photographed = ticks.get((exhibitor_id, co_id), (False, False))
        ticks[exhibitor_id, co_id] = (True, photographed or bool(with_photo))
    last = last_ticks(expo) if noted is None else noted
    empty = {who for who, tick in last.items() if not tick.present}
    came: set[Who] = {(exhibitor_id, None) for exhibitor_id in arrived(expo)}
    return {
        who: Evidence(
            tuple(sorted(scanned.get(who, ()))), *ticks.get(who, (False, False)), who in came, who in empty
        )
        for who in {*scanned, *ticks, *came, *empty}
    }


def _scans(expo: Expo, exhibitor_ids: Collection[int] | None) -> sa.Select[int, int | None, datetime]:
    found = (
        sa.select(StaffBadge.exhibitor_id, StaffBadge.co_exhibitor_id, BadgeDay.day)
        .join(Badge, sa.and_(Badge.holder_kind == STAFF, Badge.holder_id == StaffBadge.id))
        .join(BadgeDay, BadgeDay.badge_id == Badge.id)
        .where(
            StaffBadge.expo_id == expo.id,
            Badge.expo_id == expo.id,
            StaffBadge.kind == StaffKind.STAFF,
            BadgeDay.day.in_(visitor_days(expo)),
        )
    )
    return found if exhibitor_ids is None else found.where(StaffBadge.exhibitor_id.in_(exhibitor_ids))  # type: ignore[return-value]


def _ticks(expo: Expo, exhibitor_ids: Collection[int] | None) -> sa.Select[int, int | None, bool]:
    found = sa.select(Presence.exhibitor_id, Presence.co_exhibitor_id, Presence.photo_id.is_not(None)).where(
        Presence.expo_id == expo.id, Presence.present.is_(True)
    )
    return found if exhibitor_ids is None else found.where(Presence.exhibitor_id.in_(exhibitor_ids))


def arrived(expo: Expo) -> frozenset[int]:
    """The exhibitors that the desk has registered."""
    return frozenset(db.session.scalars(sa.select(Arrival.exhibitor_id).where(Arrival.expo_id == expo.id)))


def arrival(expo: Expo, exhibitor_id: int) -> Arrival | None:
    """Who signed for the bag of an exhibitor, and when."""
    return db.session.scalar(
        sa.select(Arrival).where(Arrival.expo_id == expo.id, Arrival.exhibitor_id == exhibitor_id)
    )


def last_ticks(expo: Expo) -> dict[Who, Tick]:
    """The last thing that an inspector noted of each stand's exhibitor and co-exhibitor."""
    last = (
        sa.select(sa.func.max(Presence.id))
        .where(Presence.expo_id == expo.id)
        .group_by(Presence.exhibitor_id, Presence.co_exhibitor_id)
    )
    rows = db.session.scalars(sa.select(Presence).where(Presence.id.in_(last)))
    return {
        (row.exhibitor_id, row.co_exhibitor_id): Tick(row.present, row.at, row.photo_id, row.note)
        for row in rows
    }


def empty_from(expo: Expo) -> datetime | None:
    """From when on a stand that nobody has come to is empty: as the office says, else the opening of the first day.

    UTC; None for a fair without an open day.
    """
    settings = queries.settings(expo)
    said = settings.data.get(EMPTY_FROM) if settings else None
    if isinstance(said, str):
        return datetime.fromisoformat(said)
    first = next(iter(open_days(expo)), None)
    if first is None:
        return None
    hour = first.official_from or time(9)
    return datetime.combine(first.date, hour, ZoneInfo(expo.timezone))


def last_badge(expo: Expo, exhibitor_id: int) -> int:
    """The number of the exhibitor's youngest badge of the stand's staff, 0 for none: an earlier page knew an earlier one."""
    found = sa.select(sa.func.max(StaffBadge.id)).where(
        StaffBadge.expo_id == expo.id,
        StaffBadge.exhibitor_id == exhibitor_id,
        StaffBadge.kind == StaffKind.STAFF,
    )
    return db.session.scalar(found) or 0
