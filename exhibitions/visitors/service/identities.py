"""Numbers of identity papers under an order of the police: sealed, read only with a reason, erased on time (P4, P11)."""

from __future__ import annotations

from datetime import datetime

from exhibitions.audit import service as audit
from exhibitions.core import clock, signing
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import local_day
from exhibitions.visitors.models import Consent, Identity, Registration, VisitorForm
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.queries import form as queries
from exhibitions.visitors.rules.consents import Purpose
from exhibitions.visitors.rules.identity import KEY, IdentityKind, is_due, masked_identity
from exhibitions.visitors.rules.registration import Channel
from exhibitions.visitors.service.consenting import add_consent
from exhibitions.visitors.service.registering import Registered

_PURPOSE = "identity numbers v{}"
_PORTION = 500
_settings: dict[int, bytes] = {}


def configure(secret: str) -> None:
    """Say the installation's secret, from which the keys of the numbers are derived. Called once at start."""
    _settings[KEY] = signing.derive_key(secret, _PURPOSE.format(KEY))


def keep(
    expo: Expo, registration: Registration | Registered, kind: IdentityKind, number: str, channel: Channel
) -> None:
    """Seal the number of a person's paper, with the separate consent to it (P2).

    Raises `Refused` where no order of the police demands it: then no number is stored at all (P4).
    """
    if queries.form_of(expo).order is None:
        raise Refused("identity_not_asked", N_("This fair does not ask for identity papers."))
    db.session.add(
        Identity(
            expo_id=expo.id,
            registration_id=registration.id,
            kind=kind,
            key_number=KEY,
            sealed=signing.seal(_settings[KEY], number.encode(), _place(registration.id)),
            stored_at=clock.now(),
        )
    )
    add_consent(expo.id, registration.id, Purpose.IDENTITY, 1, registration.language, channel)


def masked(identity: Identity) -> str:
    """The number for those who need not know it; stars alone where the stored bytes were altered."""
    try:
        return masked_identity(_opened(identity))
    except Conflict:
        return masked_identity("")


def reveal(expo: Expo, identity: Identity, by: Actor, reason: str) -> str:
    """The full number, for somebody who says why; the reading is noted (P11, P12).

    Raises `Refused("reason_missing")` without a reason and `Conflict("identity_broken")` when the stored bytes were
    altered.
    """
    if not reason.strip():
        raise Refused("reason_missing", N_("Say why you need the number"))
    number = _opened(identity)
    audit.record(
        "visitors.identity_read",
        by,
        expo_id=expo.id,
        subject=(HOLDER, identity.registration_id),
        reason=reason.strip()[:300],
    )
    return number


def withdraw(expo: Expo, registration: Registration, by: Actor) -> bool:
    """Take back the consent to the number: it is erased at once. False when none was kept."""
    identity = queries.identity_of(expo, registration.id)
    if identity is None:
        return False
    forget(registration.id)
    audit.record(
        "visitors.consent_withdrawn",
        by,
        expo_id=expo.id,
        subject=(HOLDER, registration.id),
        after={"purpose": [Purpose.IDENTITY.value]},
    )
    return True


def forget(registration_id: int) -> None:
    """Erase the number of a person's paper and end the consent to it."""
    db.session.query(Identity).filter(Identity.registration_id == registration_id).delete()
    db.session.query(Consent).filter(
        Consent.registration_id == registration_id,
        Consent.purpose == Purpose.IDENTITY.value,
        Consent.withdrawn_at.is_(None),
    ).update({Consent.withdrawn_at: clock.now()})


def expire(now: datetime) -> int:
    """Erase a portion of the numbers whose time is over at `now` (UTC); gives how many, 0 when none is left.

    The time is the number of days that the order's settings say after the fair's last open day, by the fair's own days.
    """
    for expo in queries.fairs_with_identities():
        row = db.session.get(VisitorForm, expo.id)
        days = row.identity_days if row is not None else 0
        open_days = expo_queries.visitor_days(expo)
        today = local_day(now, expo.timezone, expo.cutoff_hour)
        if not is_due(today, open_days[-1] if open_days else None, days):
            continue
        ids = [
            number
            for (number,) in db.session.query(Identity.id).filter(Identity.expo_id == expo.id).limit(_PORTION)
        ]
        db.session.query(Identity).filter(Identity.id.in_(ids)).delete(synchronize_session=False)
        audit.record("visitors.identities_expired", SYSTEM, expo_id=expo.id, after={"rows": len(ids)})
        return len(ids)
    return 0


def _opened(identity: Identity) -> str:
    key = _settings.get(identity.key_number, b"\0" * 32)
    try:
        return signing.unseal(key, identity.sealed, _place(identity.registration_id)).decode()
    except signing.SealBrokenError:
        raise Conflict(
            "identity_broken",
            N_("The stored number of the paper is damaged and cannot be read. Ask for the paper again."),
        ) from None


def _place(registration_id: int) -> bytes:
    return f"identities/{registration_id}/number".encode()
