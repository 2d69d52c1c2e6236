"""Phones become gate devices, and stop being it (check-in.md, Devices)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound, Refused
from exhibitions.core.signing import hash_link_token, new_link_token
from exhibitions.expos.models import Expo, Gate
from exhibitions.gates.models import Device, Pairing
from exhibitions.gates.queries import devices as queries
from exhibitions.gates.queries.devices import TicketRow
from exhibitions.gates.queries.fair import load_setup
from exhibitions.gates.rules.timing import Contact
from exhibitions.gates.service.uploads import Caller, DeviceTicket

# A link that hangs at the staff's door is used on the day it was made.
LINK_LIVES = timedelta(hours=24)
_UNDATED_FAIR = timedelta(days=30)
_MOST_MET = 10_000
_NOTED_EVERY = timedelta(seconds=30)
_met: set[Caller] = set()


class Unauthorised(Refused):
    """The device is not paired, or not any more. Its queue stays on it and is handed in after pairing again."""

    status = 401


@dataclass(frozen=True)
class Rights:
    """What a device may do: its gates, the first being the one it stands at, and overriding."""

    gates: Sequence[Gate]
    name: str = ""
    may_override: bool = True


def offer_pairing(expo: Expo, rights: Rights, by: Actor = SYSTEM) -> str:
    """Make a link that pairs one phone, once, within 24 hours; returns its token, which is not stored."""
    token = new_link_token()
    now = clock.now()
    db.session.add(
        Pairing(
            expo_id=expo.id,
            gate_ids=[gate.id for gate in rights.gates],
            name=rights.name,
            may_override=rights.may_override,
            token_hash=hash_link_token(token),
            created_at=now,
            expires_at=min(now + LINK_LIVES, max(fair_ends(expo), now)),
        )
    )
    audit.record(
        "gates.pairing_offered", by, expo_id=expo.id, after={"gates": [g.code for g in rights.gates]}
    )
    return token


def accept_pairing(expo: Expo, token: str, offset: timedelta | None = None) -> tuple[Device, str]:
    """Use a pairing link: the new device and its token. `offset` is the phone's clock ahead of ours, as measured.

    Raises `NotFound` when the link is unknown, used, or too old.
    """
    now = clock.now()
    link = queries.live_pairing(expo, hash_link_token(token), now)
    if link is None:
        raise NotFound(
            "pairing_unknown",
            N_(
                "This pairing code was used already or has ended. Ask the organiser or the gate chief for a new one."
            ),
        )
    link.used_at = now
    return _new_device(expo, link.gate_ids, link.name, link.may_override, offset)


def pair(expo: Expo, rights: Rights, by: Actor = SYSTEM) -> tuple[Device, str]:
    """Make a device at once, without a link: it and its token, which is stored as a hash only."""
    made = _new_device(expo, [gate.id for gate in rights.gates], rights.name, rights.may_override, None)
    audit.record("gates.paired", by, expo_id=expo.id, subject=("device", made[0].id))
    return made


def _new_device(
    expo: Expo, gate_ids: Sequence[int], name: str, may_override: bool, offset: timedelta | None
) -> tuple[Device, str]:
    if not gate_ids:
        raise Refused("no_gate", N_("Choose the gate that the device stands at."))
    token = new_link_token()
    now = clock.now()
    device = Device(
        expo_id=expo.id,
        gate_ids=list(gate_ids),
        name=name,
        may_override=may_override,
        token_hash=hash_link_token(token),
        paired_at=now,
        expires_at=fair_ends(expo),
        seen_at=None if offset is None else now,
        uploaded_at=None if offset is None else now,
        offset_ms=None if offset is None else offset // timedelta(milliseconds=1),
    )
    db.session.add(device)
    db.session.flush()
    return device, token


def fair_ends(expo: Expo) -> datetime:
    """When devices of this fair end by themselves: with its last day. A fair without days gives them 30 days."""
    return load_setup(expo.id).ends() or clock.now() + _UNDATED_FAIR


def revoke(device: Device, by: Actor = SYSTEM, reason: str = "") -> None:
    """End a device's right to scan and sync, from its next request on; revoking twice changes nothing."""
    if device.revoked_at is not None:
        return
    device.revoked_at = clock.now()
    audit.record("gates.revoked", by, expo_id=device.expo_id, subject=("device", device.id), reason=reason)


def is_due(row: TicketRow, now: datetime) -> bool:
    """Whether a sign of life of this phone is worth a write: the board tells two minutes from five."""
    return row.seen_at is None or now - row.seen_at >= _NOTED_EVERY


def hear(device_id: int, now: datetime) -> None:
    """Note that the phone has spoken, inside the caller's transaction; what is known of its clock stays as it is."""
    db.session.execute(sa.update(Device).where(Device.id == device_id).values(seen_at=now))


def recognise(caller: Caller) -> None:
    """Raise `Unauthorised` for a token that no device of this fair has, before anything of the request is read.

    A device that this process has met is asked for no more here: its row is read, and its right judged, together with
    what its scans are decided on (`ticket_of`). So the gate costs no question of its own, and no answer is ever old.
    """
    if caller in _met:
        return
    with db.engine.connect() as connection:
        ticket_of(caller, queries.tickets(connection, [caller.token_hash]))
    if len(_met) >= _MOST_MET:
        _met.clear()
    _met.add(caller)


def ticket_of(caller: Caller, rows: Mapping[str, TicketRow]) -> DeviceTicket:
    """The device of the caller, of the rows by their token's hash.

    Raises `Unauthorised` when there is none in this fair or it was revoked. A device that ended with its fair is still
    let in: it may hand in scans made before its end.
    """
    row = rows.get(caller.token_hash)
    if row is None or row.slug != caller.slug or row.revoked_at is not None:
        raise Unauthorised(
            "device_unknown", N_("This device is not paired, or its pairing was ended. Pair it again.")
        )
    last = None
    if row.uploaded_at is not None:
        offset = None if row.offset_ms is None else timedelta(milliseconds=row.offset_ms)
        last = Contact(row.uploaded_at, offset, row.drained)
    return DeviceTicket(
        id=row.id,
        expo_id=row.expo_id,
        setup_version=row.setup_version,
        gate_ids=frozenset(row.gate_ids),
        may_override=row.may_override,
        expires_at=row.expires_at,
        last=last,
        battery=row.battery,
    )
