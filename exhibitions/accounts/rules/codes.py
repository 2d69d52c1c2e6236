"""The second step: codes of an authenticator app (RFC 6238) and recovery codes."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import pyotp

from exhibitions.core.signing import hash_link_token

STEP_SECONDS = 30
DRIFT_STEPS = 1
RECOVERY_CODES = 10
# Without letters and digits that are read for one another: 31 signs, 49 bits a code (ASVS 6.5.4).
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_RECOVERY_LENGTH = 10
_GROUP = 5


def new_secret() -> str:
    """160 random bits as the base32 text that apps read."""
    return pyotp.random_base32()


def app_address(secret: str, email: str, issuer: str) -> str:
    """The `otpauth://` address that an app reads from the QR picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def spaced(secret: str) -> str:
    """The secret in groups of four, for typing it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def matching_step(secret: str, typed: str, now: datetime, last_step: int) -> int | None:
    """The time step whose code was typed, one step early or late allowed; None when it is none of these.

    A step that is not after `last_step` has been used: a code is good once (ASVS 6.5.1). Blanks are overlooked.
    """
    code = "".join(typed.split())
    if not (code.isascii() and code.isdigit()):
        return None
    totp = pyotp.TOTP(secret)
    for drift in (0, -DRIFT_STEPS, DRIFT_STEPS):
        moment = now + timedelta(seconds=drift * STEP_SECONDS)
        if pyotp.utils.strings_equal(totp.at(moment), code):
            step = totp.timecode(moment)
            return step if step > last_step else None
    return None


def new_recovery_codes() -> list[str]:
    """Ten codes for the day on which the phone is lost, each good once."""
    return [_recovery_code() for _ in range(RECOVERY_CODES)]


def _recovery_code() -> str:
    signs = "".join(secrets.choice(_SIGNS) for _ in range(_RECOVERY_LENGTH))
    return f"{signs[:_GROUP]}-{signs[_GROUP:]}"


def hash_recovery_code(typed: str) -> str:
    """What is stored of a recovery code, however it was typed (capitals, blanks, no hyphen).

    A slow hash is not needed: 49 random bits, and guessing is throttled.
    """
    return hash_link_token("recovery " + "".join(c for c in typed.lower() if c.isalnum()))
