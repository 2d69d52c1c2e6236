"""The second step by an authenticator app, and the codes for the day on which it is lost."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
import structlog

from exhibitions.accounts import queries
from exhibitions.accounts.models import AppSecret, Passkey, RecoveryCode, User
from exhibitions.accounts.queries import people
from exhibitions.accounts.rules import codes
from exhibitions.audit import service as audit
from exhibitions.core import clock, signing
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused

_log = structlog.get_logger("accounts")
_KEY_NUMBER = 1
_PURPOSE = "authenticator secrets v1"
_settings: dict[str, bytes] = {}


def configure(secret: str) -> None:
    """Say the installation's secret, from which the key of the sealed secrets is derived. Called once at start."""
    _settings["key"] = signing.derive_key(secret, _PURPOSE)


def begin_app(user_id: int) -> None:
    """Make a new secret for the person's app, unless one waits to be confirmed or is in use."""
    if people.app_secret(user_id) is None:
        sealed = signing.seal(_settings["key"], codes.new_secret().encode(), _place(user_id, _KEY_NUMBER))
        row = AppSecret(
            user_id=user_id,
            key_number=_KEY_NUMBER,
            sealed_secret=sealed,
            last_step=0,
            created_at=clock.now(),
        )
        db.session.add(row)
        db.session.flush()


def waiting_secret(user_id: int) -> str | None:
    """The secret that waits to be confirmed, for the page that shows it; None when none does."""
    row = people.app_secret(user_id)
    return _opened(row) if row is not None and row.confirmed_at is None else None


def confirm_app(user: User, typed: str, by: Actor) -> list[str]:
    """Take the first code of the app: from now on it is asked for. Gives recovery codes, unless there are some already.

    Raises `Refused` for a wrong code.
    """
    row = people.app_secret(user.id)
    step = codes.matching_step(_opened(row), typed, clock.now(), row.last_step) if row else None
    if row is None or step is None:
        raise _wrong()
    row.last_step, row.confirmed_at = step, clock.now()
    audit.record("accounts.app_added", by, subject=("user", user.id))
    return first_recovery_codes(user.id)


def take_code(user_id: int, typed: str, now: datetime) -> None:
    """Take a code of the person's app or a recovery code, each good once; raises `Refused` for anything else.

    Of two who come at once with the same code, one gets in: the row itself is the judge.
    """
    row = people.app_secret(user_id)
    if row is not None and row.confirmed_at is not None:
        step = codes.matching_step(_opened(row), typed, now, row.last_step)
        if step is not None and _advance(user_id, step):
            return
    spent = sa.update(RecoveryCode).where(
        RecoveryCode.user_id == user_id,
        RecoveryCode.code_hash == codes.hash_recovery_code(typed),
        RecoveryCode.used_at.is_(None),
    )
    if not db.session.scalars(spent.values(used_at=now).returning(RecoveryCode.id)).all():
        _log.info("second_step_failed", user=user_id)
        raise _wrong()
    audit.record("accounts.recovery_code_used", Actor("user", user_id), subject=("user", user_id))


def _advance(user_id: int, step: int) -> bool:
    later = sa.update(AppSecret).where(AppSecret.user_id == user_id, AppSecret.last_step < step)
    return bool(db.session.scalars(later.values(last_step=step).returning(AppSecret.user_id)).all())


def first_recovery_codes(user_id: int) -> list[str]:
    """Recovery codes for who has none; an empty list for who has some, because they are shown once."""
    return [] if people.recovery_codes_left(user_id) else _new_codes(user_id)


def new_recovery_codes(user_id: int, by: Actor) -> list[str]:
    """Ten fresh codes, shown once; the old ones are good for nothing from now on. `Refused` without a second step."""
    if not queries.has_second_step(user_id):
        raise Refused("no_second_step", N_("Set up two-step sign-in for yourself first."))
    audit.record("accounts.recovery_codes_made", by, subject=("user", user_id))
    return _new_codes(user_id)


def _new_codes(user_id: int) -> list[str]:
    fresh = codes.new_recovery_codes()
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    rows = [{"user_id": user_id, "code_hash": codes.hash_recovery_code(code)} for code in fresh]
    db.session.execute(sa.insert(RecoveryCode), rows)
    return fresh


def remove_app(user_id: int, by: Actor) -> None:
    """Sign in without the app from now on."""
    db.session.execute(sa.delete(AppSecret).where(AppSecret.user_id == user_id))
    audit.record("accounts.second_step_removed", by, subject=("user", user_id))
    forget_codes_without_step(user_id)


def forget_codes_without_step(user_id: int) -> None:
    """Recovery codes stand for a second step; without one they go."""
    if not queries.has_second_step(user_id):
        db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def reset(user: User, by: Actor) -> None:
    """Take app, passkeys and recovery codes from a person who has lost them; the password alone signs in then.

    Another administrator does it, never the person (ASVS 6.4.4); raises `Refused` for oneself.
    """
    if by.id == user.id:
        raise Refused("own_reset", N_("Another administrator must do this for you."))
    for table in (AppSecret, Passkey, RecoveryCode):
        db.session.execute(sa.delete(table).where(table.user_id == user.id))
    audit.record("accounts.second_step_reset", by, subject=("user", user.id))


def _wrong() -> Refused:
    return Refused("code_wrong", N_("This code is not right, or it was used already."))


def _opened(row: AppSecret) -> str:
    return signing.unseal(_settings["key"], row.sealed_secret, _place(row.user_id, row.key_number)).decode()


def _place(user_id: int, key_number: int) -> bytes:
    return f"app_secrets/{user_id}/sealed_secret/{key_number}".encode()
