"""Passwords: hashed slowly, compared in the same time for known and unknown people, chosen anew."""

from __future__ import annotations

import secrets
import threading
from itertools import islice
from pathlib import Path

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from exhibitions.accounts import queries
from exhibitions.accounts.models import User
from exhibitions.accounts.rules import PASSWORD_SHORTEST, check_password
from exhibitions.accounts.rules.people import INVITATION, NEW_PASSWORD
from exhibitions.accounts.service.links import revoke_links
from exhibitions.accounts.service.sessions import end_all_sessions
from exhibitions.audit import service as audit
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Refused

_log = structlog.get_logger("accounts")
_known: set[str] = set()
_MOST_KNOWN = 1_000_000
# OWASP's parameters for argon2id: 19 MiB, two passes, one lane; 27 ms a sign-in.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# More hashes at once than cores would only make everyone wait, and 16 threads would take 300 MiB.
_hashing = threading.BoundedSemaphore(4)
# Verified against when the account is unknown, so that the time of the answer tells nothing.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))


def configure(path: str) -> None:
    """Say which file holds further passwords to refuse, one a line; empty for none. Called once at start.

    Of a longer list the first million are taken (ASVS 6.2.4, 6.2.12).
    """
    _known.clear()
    if path:
        with Path(path).open(encoding="utf-8", errors="replace") as lines:
            long_enough = (line for line in map(str.strip, lines) if len(line) >= PASSWORD_SHORTEST)
            _known.update(line.lower() for line in islice(long_enough, _MOST_KNOWN))


def hash_password(password: str) -> str:
    """The argon2id hash of `password`; slow on purpose, never called inside a transaction."""
    with _hashing:
        return _HASHER.hash(password)


def new_password_hash(password: str, email: str) -> str:
    """Check a new password and hash it; raises `Refused` when it is too short, too long or too common."""
    check_password(password, email, _known)
    return hash_password(password)


def is_password_of(user: User | None, password: str) -> bool:
    """Whether this is the person's password; takes as long for nobody and for who has none."""
    usable = user is not None and user.password_hash is not None and user.disabled_at is None
    stored = user.password_hash if user is not None and usable else _NOBODY
    try:
        with _hashing:
            _HASHER.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return usable


def check_sign_in(email: str, password: str) -> User:
    """The person with this address and password; raises `Refused` without saying which of the two is wrong.

    Slow on purpose (argon2id), never called inside a transaction.
    """
    user = queries.user_by_email(email)
    if not is_password_of(user, password) or user is None:
        # By number: addresses never stand in the log (ASVS 16.3.1; P19).
        _log.info("sign_in_failed", user=user.id if user else None)
        raise Refused("sign_in_wrong", N_("The e-mail or the password is not right."))
    return user


def choose_password(user: User, password_hash: str, by: Actor, keep_session: str = "") -> None:
    """Give the person a new password. Every other session ends, and so does every link that could choose one.

    `keep_session` is the token of the session that stays, empty for none (ASVS 6.4.3, 7.4.3).
    """
    user.password_hash = password_hash
    end_all_sessions(user.id, but=keep_session)
    for kind in (INVITATION, NEW_PASSWORD):
        revoke_links(kind, user.id)
    audit.record("accounts.password_chosen", by, subject=("user", user.id))
