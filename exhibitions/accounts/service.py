"""What happens to accounts: making them, signing in and out, giving out personal links."""

from __future__ import annotations

import secrets
import threading
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from exhibitions.accounts import queries
from exhibitions.accounts.models import OrganisationMembership, PersonalLink, SignIn, User
from exhibitions.accounts.rules import DisplaySize, OrganisationRole, check_password, session_ends
from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.signing import hash_link_token, new_link_token

# OWASP's parameters for argon2id: 19 MiB, two passes, one lane; 27 ms a sign-in.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# More hashes at once than cores would only make everyone wait, and 16 threads would take 300 MiB.
_hashing = threading.BoundedSemaphore(4)
# Verified against when the account is unknown, so that the time of the answer tells nothing.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
_ADD_LINK = sa.insert(cast(sa.Table, PersonalLink.__table__))


def hash_password(password: str) -> str:
    """The argon2id hash of `password`; slow on purpose, never called inside a transaction."""
    with _hashing:
        return _HASHER.hash(password)


def check_sign_in(email: str, password: str) -> User:
    """The person with this address and password; raises `Refused` without saying which of the two is wrong.

    Slow on purpose (argon2id), never called inside a transaction.
    """
    user = queries.user_by_email(email)
    usable = user is not None and user.password_hash is not None and user.disabled_at is None
    stored = user.password_hash if user is not None and usable else _NOBODY
    try:
        with _hashing:
            _HASHER.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        usable = False
    if user is None or not usable:
        raise Refused("sign_in_wrong", N_("The e-mail or the password is not right."))
    return user


def start_session(user: User) -> str:
    """Start a session and give its token, which is stored only as a hash."""
    now = clock.now()
    token = new_link_token()
    row = SignIn(
        user_id=user.id, token_hash=hash_link_token(token), created_at=now, expires_at=session_ends(now)
    )
    db.session.add(row)
    audit.record("accounts.signed_in", Actor("user", user.id, user.name), subject=("user", user.id))
    return token


def end_session(token: str) -> None:
    """End the session of `token` on the server; a copy of its cookie is worth nothing from then on."""
    ended = sa.update(SignIn).where(SignIn.token_hash == hash_link_token(token), SignIn.ended_at.is_(None))
    db.session.execute(ended.values(ended_at=clock.now()))


def end_all_sessions(user_id: int) -> None:
    """End every session of a person."""
    ended = sa.update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    db.session.execute(ended.values(ended_at=clock.now()))


def show_desk(user_id: int, size: DisplaySize) -> None:
    """Show the desk to this person in `size` from the next page on, on whatever machine they sign in."""
    db.session.execute(sa.update(User).where(User.id == user_id).values(display_size=size))


def create_user(email: str, name: str, password_hash: str | None, by: Actor = SYSTEM) -> User:
    """Make an account; raises `Conflict` when the address has one already, `Refused` when it is no address."""
    address = email.strip().lower()
    if address.count("@") != 1 or not 3 <= len(address) <= 254 or any(c.isspace() for c in address):
        raise Refused("email_invalid", N_("Enter an e-mail address like name@example.org"))
    if queries.user_by_email(address) is not None:
        raise Conflict("email_taken", N_("There is already an account with this address."))
    user = User(
        email=address, name=name.strip()[:100] or address, password_hash=password_hash, created_at=clock.now()
    )
    db.session.add(user)
    db.session.flush()
    audit.record(
        "accounts.user_created",
        by,
        subject=("user", user.id),
        after={"email": address},
        personal=frozenset({"email"}),
    )
    return user


def new_password_hash(password: str, email: str) -> str:
    """Check a new password and hash it; raises `Refused` when it is too short, too long or too common."""
    check_password(password, email)
    return hash_password(password)


def grant_organisation_role(user: User, role: OrganisationRole, by: Actor = SYSTEM) -> None:
    """Give a person a role in the organisation; giving it twice changes nothing."""
    if role not in queries.organisation_roles(user.id):
        db.session.add(OrganisationMembership(user_id=user.id, role=role))
        audit.record("accounts.role_granted", by, subject=("user", user.id), after={"role": role.value})


def mint_link(
    kind: str, subject_id: int, *, expo_id: int | None = None, expires_at: datetime | None = None
) -> str:
    """A new personal link to one thing; gives its token (192 random bits), which is stored only as a hash.

    A thing may have several live links: each message that is sent carries its own.
    """
    token = new_link_token()
    link = {
        "token_hash": hash_link_token(token),
        "kind": kind,
        "expo_id": expo_id,
        "subject_id": subject_id,
        "created_at": clock.now(),
        "expires_at": expires_at,
    }
    # Not by the session: a link is never read again by who gives it out.
    db.session.connection().execute(_ADD_LINK, link)
    return token


def revoke_links(kind: str, subject_id: int) -> None:
    """Close every live link of this kind to the thing."""
    live = sa.update(PersonalLink).where(
        PersonalLink.kind == kind, PersonalLink.subject_id == subject_id, PersonalLink.revoked_at.is_(None)
    )
    db.session.execute(live.values(revoked_at=clock.now()))


def erase_person(user: User, by: Actor) -> None:
    """Erase a person who had an account: name, address, password, sessions and roles of the organisation go.

    The row stays without a word, disabled, so that what it is named in holds; the audit says "erased person #id" (P18).
    A second time changes nothing.
    """
    address = f"erased-{user.id}@erased.invalid"
    if user.email == address:
        return
    audit.record("accounts.user_erased", by, subject=("user", user.id))
    user.email, user.name, user.password_hash = address, "", None
    user.disabled_at = user.disabled_at or clock.now()
    for table in (SignIn, OrganisationMembership):
        gone = sa.delete(table).where(table.user_id == user.id)
        db.session.execute(gone, execution_options={"synchronize_session": False})
    audit.erase_person_key("user", user.id)
    db.session.flush()


def count_old(before: datetime) -> int:
    """How many sessions and personal links ended before this moment and are still kept."""
    return sum(
        db.session.scalar(sa.select(sa.func.count()).select_from(table).where(ended)) or 0
        for table, ended in _old(before)
    )


def expire(before: datetime) -> int:
    """Forget the sessions and personal links that ended before this moment; gives their number."""
    gone = 0
    for table, ended in _old(before):
        ids = sa.delete(table).where(ended).returning(table.id)
        gone += len(db.session.execute(ids, execution_options={"synchronize_session": False}).all())
    return gone


def _old(before: datetime) -> list[tuple[type[SignIn] | type[PersonalLink], sa.ColumnElement[bool]]]:
    return [
        (SignIn, sa.or_(SignIn.ended_at < before, SignIn.expires_at < before)),
        (PersonalLink, sa.or_(PersonalLink.revoked_at < before, PersonalLink.expires_at < before)),
    ]
