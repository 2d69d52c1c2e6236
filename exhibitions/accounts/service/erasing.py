"""The end of an account, of sessions and of links: what goes, and what stays without a name (P6, P18)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from exhibitions.accounts.models import (
    AppSecret,
    OrganisationMembership,
    Passkey,
    PersonalLink,
    RecoveryCode,
    SignIn,
    User,
)
from exhibitions.accounts.rules.people import ERASED_HOST
from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db


def erase_person(user: User, by: Actor) -> None:
    """Erase a person who had an account: name, address, password, second step, sessions and roles of the organisation go.

    The row stays without a word, disabled, so that what it is named in holds; the audit says "erased person #id" (P18).
    A second time changes nothing.
    """
    address = f"erased-{user.id}@{ERASED_HOST}"
    if user.email == address:
        return
    audit.record("accounts.user_erased", by, subject=("user", user.id))
    user.email, user.name, user.password_hash = address, "", None
    user.disabled_at = user.disabled_at or clock.now()
    for table in (SignIn, OrganisationMembership, AppSecret, RecoveryCode, Passkey):
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
