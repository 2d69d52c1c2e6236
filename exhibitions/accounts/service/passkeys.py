"""Passkeys (WebAuthn): registered, and used as the second step or, where the device knows its owner, as both."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import bytes_to_base64url, options_to_json, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from exhibitions.accounts.models import Passkey, User
from exhibitions.accounts.queries import people, user_by_id
from exhibitions.accounts.rules.people import CHALLENGE
from exhibitions.accounts.rules.sessions import CHALLENGE_LENGTH
from exhibitions.accounts.service.links import mint_link, take_link
from exhibitions.accounts.service.second_step import first_recovery_codes, forget_codes_without_step
from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound, Refused

NOBODY = 0
# People call a passkey after themselves: "Eva's telephone".
_PERSONAL = frozenset({"name"})


@dataclass(frozen=True)
class Place:
    """Where passkeys of this installation are good: its public address, and what browsers call it."""

    origin: str
    name: str

    @property
    def host(self) -> str:
        """The name that a passkey is bound to."""
        return urlsplit(self.origin).hostname or ""

    @property
    def is_fit(self) -> bool:
        """Whether browsers offer passkeys here: a name with https, or this very machine."""
        secure = self.origin.startswith("https://") or self.host == "localhost"
        return secure and not self.host.replace(".", "").isdigit() and ":" not in self.host


def creation_options(place: Place, user: User) -> str:
    """What the browser needs to make a passkey, as JSON; its challenge is good once, for five minutes."""
    options = webauthn.generate_registration_options(
        rp_id=place.host,
        rp_name=place.name,
        user_id=f"user-{user.id}".encode(),
        user_name=user.email,
        user_display_name=user.name,
        challenge=_challenge(user.id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_descriptors(user.id),
    )
    return options_to_json(options)


def register(place: Place, user: User, credential: str, name: str, by: Actor) -> list[str]:
    """Keep a passkey that the browser has made; gives recovery codes, unless the person has some already.

    Raises `Refused` when it does not answer a challenge of this person's, or there are twenty already.
    """
    if len(people.passkeys_of(user.id)) >= people.MOST_PASSKEYS:
        raise Refused("passkeys_many", N_("There are 20 passkeys already. Remove one first."))
    challenge = _answered(credential, user.id)
    try:
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
        )
    except (WebAuthnException, ValueError) as error:
        raise _not_right() from error
    name = name.strip()[:60]
    known = bytes_to_base64url(found.credential_id)
    if people.passkey_by_credential(known) is not None:
        raise Refused("passkey_known", N_("This passkey is known already."))
    row = Passkey(
        user_id=user.id,
        credential_id=known,
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        name=name,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        "accounts.passkey_added", by, subject=("user", user.id), after={"name": name}, personal=_PERSONAL
    )
    return first_recovery_codes(user.id)


def request_options(place: Place, user_id: int = NOBODY) -> str:
    """What the browser needs to ask for a passkey, as JSON: one of this person's, or of whoever holds one (NOBODY).

    Who has typed no password must be known by the device itself: fingerprint, face or its own code.
    """
    verification = UserVerificationRequirement.PREFERRED if user_id else UserVerificationRequirement.REQUIRED
    options = webauthn.generate_authentication_options(
        rp_id=place.host,
        challenge=_challenge(user_id),
        allow_credentials=_descriptors(user_id) if user_id else None,
        user_verification=verification,
    )
    return options_to_json(options)


def take(place: Place, credential: str, user_id: int = NOBODY) -> User:
    """Whose passkey has answered our challenge; raises `Refused` for any other answer, also for the same one again.

    A counter that goes back is a copied key, and refused. With `user_id` it must be that person's.
    """
    challenge = _answered(credential, user_id)
    try:
        named = parse_authentication_credential_json(credential).id
        row = people.passkey_by_credential(named)
        if row is None:
            raise _not_right()
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=user_id == NOBODY,
        )
    except (WebAuthnException, ValueError) as error:
        raise _not_right() from error
    user = user_by_id(row.user_id)
    if user is None or user.disabled_at is not None or user_id not in (NOBODY, user.id):
        raise _not_right()
    row.sign_count, row.used_at = found.new_sign_count, clock.now()
    return user


def remove(user_id: int, passkey_id: int, by: Actor) -> None:
    """Take a passkey of the person away; raises `NotFound` when it is nobody's or another person's."""
    row = people.passkey_of(user_id, passkey_id)
    if row is None:
        raise NotFound("passkey_unknown", N_("This passkey is not there any more."))
    db.session.delete(row)
    db.session.flush()
    audit.record(
        "accounts.passkey_removed",
        by,
        subject=("user", user_id),
        before={"name": row.name},
        personal=_PERSONAL,
    )
    forget_codes_without_step(user_id)


def _descriptors(user_id: int) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(row.credential_id))
        for row in people.passkeys_of(user_id)
    ]


def _challenge(user_id: int) -> bytes:
    return mint_link(CHALLENGE, user_id, expires_at=clock.now() + CHALLENGE_LENGTH).encode()


def _answered(credential: str, user_id: int) -> bytes:
    """The challenge that this answer names, used up; it must have been given to this person (or to nobody)."""
    try:
        said = json.loads(credential)["response"]["clientDataJSON"]
        challenge = webauthn.base64url_to_bytes(json.loads(webauthn.base64url_to_bytes(said))["challenge"])
        owner = take_link(CHALLENGE, challenge.decode())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _not_right() from error
    if owner != user_id:
        raise _not_right()
    return challenge


def _not_right() -> Refused:
    return Refused("passkey_wrong", N_("The passkey was not accepted. Please try again."))
