"""Named questions about gate devices; the fair is the first argument."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.gates.models import Device, Pairing
from exhibitions.gates.rules import timing


def devices(expo: Expo) -> Sequence[Device]:
    """All devices of the fair, the youngest pairing first."""
    return db.session.scalars(
        sa.select(Device).where(Device.expo_id == expo.id).order_by(Device.id.desc())
    ).all()


def device_of(expo: Expo, device_id: int) -> Device | None:
    """The device with this number, if it is this fair's."""
    return db.session.scalar(sa.select(Device).where(Device.expo_id == expo.id, Device.id == device_id))


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
    """The devices whose clock was further off than `beyond` when they last spoke, the worst first (F9)."""
    milliseconds = beyond // timedelta(milliseconds=1)
    off = sa.func.abs(Device.offset_ms)
    found = sa.select(Device).where(Device.expo_id == expo.id, off > milliseconds)
    return db.session.scalars(found.order_by(off.desc())).all()


_TICKET = (
    sa.select(
        Device.id,
        Device.expo_id,
        Device.gate_ids,
        Device.may_override,
        Device.expires_at,
        Device.revoked_at,
        Device.seen_at,
        Device.offset_ms,
        Device.drained,
        Device.battery,
        Expo.slug,
        Expo.setup_version,
    )
    .join(Expo, Expo.id == Device.expo_id)
    .where(Device.token_hash == sa.bindparam("token_hash"))
)


def ticket_row(token_hash: str) -> sa.Row[*tuple[Any, ...]] | None:
    """The device with this token and its fair's address and set-up version, as one plain row.

    It is asked on a connection of its own, which goes back at once: the request may queue for its commit afterwards.
    """
    with db.engine.connect() as connection:
        return connection.execute(_TICKET, {"token_hash": token_hash}).first()
