"""The keys that badges are signed with: made, kept encrypted, changed, and shown in their public half."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import IntegrityError

from exhibitions.audit import service as audit
from exhibitions.badges import queries
from exhibitions.badges.models import SigningKey
from exhibitions.badges.queries import KeyInForce
from exhibitions.badges.rules import token
from exhibitions.core import clock, signing
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused

Signer = tuple[int, Callable[[bytes], bytes]]

_PURPOSE = "badge signing keys v1"
_settings: dict[str, bytes] = {}


def configure(secret: str) -> None:
    """Say the installation's secret, from which the key of the private keys is derived. Called once at start."""
    _settings["key"] = signing.derive_key(secret, _PURPOSE)


def signer() -> Signer:
    """The number of the key in force and a function that signs with it; the first key is made when there is none."""
    return _signer(queries.key_in_force() or _first_key())


def signer_in_force() -> Signer | None:
    """Like `signer`, outside a transaction too: None as long as the installation has no key."""
    key = queries.key_in_force()
    return None if key is None else _signer(key)


def _signer(key: KeyInForce | SigningKey) -> Signer:
    private = signing.unseal(_settings["key"], key.private_key, _place(key.number))
    return key.number, lambda message: signing.sign(private, message)


def rotate(by: Actor = SYSTEM, reason: str = "") -> SigningKey:
    """Sign with a new key from now on. Codes of the old one stay valid: its public half is still known.

    Raises `Refused("keys_used_up")` when all 32 key numbers of the token have been used.
    """
    now = clock.now()
    number = queries.highest_key_number() + 1
    if number not in token.KEY_NUMBERS:
        raise Refused("keys_used_up", N_("All 32 key numbers have been used. No further key can be made."))
    for key in queries.keys_in_force():
        key.retired_at = now
    key = _make_key(number)
    audit.record("badges.key_rotated", by, subject=("signing_key", number), reason=reason)
    return key


def _first_key() -> SigningKey:
    try:
        with db.session.begin_nested():
            return _make_key(0)
    except IntegrityError:
        # Another process was quicker with the very first badge: its key is the one.
        return queries.keys_in_force()[-1]


def _make_key(number: int) -> SigningKey:
    private = signing.new_private_key()
    key = SigningKey(
        number=number,
        public_key=signing.public_key_of(private),
        private_key=signing.seal(_settings["key"], private, _place(number)),
        created_at=clock.now(),
    )
    db.session.add(key)
    db.session.flush()
    return key


def _place(number: int) -> bytes:
    return f"signing_keys/{number}/private_key".encode()
