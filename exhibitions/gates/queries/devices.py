"""Named questions about gate devices; the fair is the first argument."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from exhibitions.core import bulk
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.gates.models import Device, Pairing
from exhibitions.gates.rules import timing

PAGE = 200


def devices(expo: Expo, now: datetime, page: int = 1) -> Sequence[Device]:
    """The devices of the fair, those that may scan before the ended ones, then the youngest first; 200 a page."""
    found = sa.select(Device).where(Device.expo_id == expo.id)
    found = found.order_by(sa.case((_may_scan(now), 0), else_=1), Device.id.desc())
    return db.session.scalars(found.offset((page - 1) * PAGE).limit(PAGE)).all()


def count_devices(expo: Expo) -> int:
    """How many devices were ever paired with the fair."""
    return db.session.scalar(sa.select(sa.func.count(Device.id)).where(Device.expo_id == expo.id)) or 0


class Phones(NamedTuple):
    """How many devices may scan, and how many of them are silent."""

    live: int
    silent: int


def count_live(expo: Expo, now: datetime) -> Phones:
    """How many devices may scan at `now`, and how many of those have not spoken for five minutes (`timing.is_silent`)."""
    silent = sa.or_(Device.seen_at.is_(None), Device.seen_at < now - timing.SILENT_AFTER)
    counted = sa.select(sa.func.count(), sa.func.count(sa.case((silent, 1))))
    found = counted.select_from(Device).where(Device.expo_id == expo.id, _may_scan(now))
    return Phones._make(db.session.execute(found).one())


def count_live_of(expo_ids: Collection[int], now: datetime) -> Phones:
    """The same of several fairs together."""
    silent = sa.or_(Device.seen_at.is_(None), Device.seen_at < now - timing.SILENT_AFTER)
    counted = sa.select(sa.func.count(), sa.func.count(sa.case((silent, 1))))
    found = counted.select_from(Device).where(Device.expo_id.in_(expo_ids), _may_scan(now))
    return Phones._make(db.session.execute(found).one())


class DeviceCounts(NamedTuple):
    """The devices of one fair: how many may scan, and how many were ended or are over."""

    live: int
    ended: int


def counts_by_fair(now: datetime) -> dict[int, DeviceCounts]:
    """How many devices of each fair may scan at `now` and how many may not any more, by the fair's number."""
    counted = sa.select(
        Device.expo_id,
        sa.func.count(sa.case((_may_scan(now), 1))),
        sa.func.count(sa.case((sa.not_(_may_scan(now)), 1))),
    ).group_by(Device.expo_id)
    return {row[0]: DeviceCounts(row[1], row[2]) for row in db.session.execute(counted)}


def devices_by_id(expo: Expo, device_ids: Collection[int]) -> dict[int, Device]:
    """Those of these devices that are this fair's, by id; for a page of scans."""
    found = sa.select(Device).where(Device.expo_id == expo.id, Device.id.in_(set(device_ids)))
    return {device.id: device for device in db.session.scalars(found)}


def _may_scan(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(Device.revoked_at.is_(None), Device.expires_at > now)


def device_of(expo: Expo, device_id: int) -> Device | None:
    """The device with this number, if it is this fair's."""
    return db.session.scalar(sa.select(Device).where(Device.expo_id == expo.id, Device.id == device_id))


def pairing_of(expo: Expo, token_hash: str) -> Pairing | None:
    """The pairing link with this hash, also one that is over."""
    return db.session.scalar(
        sa.select(Pairing).where(Pairing.expo_id == expo.id, Pairing.token_hash == token_hash)
    )


def live_pairing(expo: Expo, token_hash: str, now: datetime) -> Pairing | None:
    """The pairing link with this hash that nobody has used and that has not ended."""
    found = sa.select(Pairing).where(
        Pairing.expo_id == expo.id,
        Pairing.token_hash == token_hash,
        Pairing.used_at.is_(None),
        Pairing.expires_at > now,
    )
    return db.session.scalar(found)


def devices_with_wrong_clocks(expo: Expo, beyond: timedelta = timing.OFFSET_WARNED) -> Sequence[Device]:
    """The devices whose clock was further off than `beyond` when they last spoke, the worst first, at most a page (F9)."""
    milliseconds = beyond // timedelta(milliseconds=1)
    off = sa.func.abs(Device.offset_ms)
    found = sa.select(Device).where(Device.expo_id == expo.id, off > milliseconds)
    return db.session.scalars(found.order_by(off.desc()).limit(PAGE)).all()


class TicketRow(NamedTuple):
    """A device with its fair's address and set-up version, as an upload needs it."""

    token_hash: str
    id: int
    expo_id: int
    gate_ids: list[int]
    may_override: bool
    expires_at: datetime
    revoked_at: datetime | None
    seen_at: datetime | None
    uploaded_at: datetime | None
    offset_ms: int | None
    drained: bool
    battery: int | None
    slug: str
    setup_version: int


@cache
def _tickets(dialect: str) -> sa.Select[*tuple[Any, ...]]:
    columns = (getattr(Device, name) for name in TicketRow._fields[:-2])
    return (
        sa.select(*columns, Expo.slug, Expo.setup_version)
        .join(Expo, Expo.id == Device.expo_id)
        .where(bulk.among(dialect, Device.token_hash, "token_hashes"))
    )


def tickets(connection: Connection, token_hashes: Collection[str]) -> dict[str, TicketRow]:
    """The devices with these tokens, by the hash of the token; those that nobody has are left out."""
    rows = connection.execute(_tickets(connection.dialect.name), {"token_hashes": list(token_hashes)})
    return {row[0]: TicketRow._make(row) for row in rows}
