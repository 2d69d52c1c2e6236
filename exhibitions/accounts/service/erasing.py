"""The end of an account, of sessions and of links: what goes, and what stays without a name (P6, P18)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from exhibitions.accounts.models import (
    AppSecret,
    OrganisationMembership,
    Passkey,
    PersonalLink,
    RecoveryCode,
    SignIn,
    User,
)
from exhibitions.accounts.rules.people import ERASED_HOST, INVITATION, NEW_PASSWORD
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
    links = sa.delete(PersonalLink).where(
        PersonalLink.kind.in_((INVITATION, NEW_PASSWORD)), PersonalLink.subject_id == user.id
    )
    db.session.execute(links, execution_options={"synchronize_session": False})
    audit.erase_person_key("user", user.id)
    db.session.flush()


def count_old(before: datetime) -> int:
    """How many sessions and personal links `expire` would forget: those that ended before this moment."""
    return sum(
        db.session.scalar(sa.select(sa.func.count()).select_from(table).where(ended)) or 0
        for table, ended in _old(before)
    )


def expire(before: datetime) -> int:
    """Forget the sessions and personal links that ended before this moment; gives their number.

    A person's session that was used last stays, it is "last seen"; so do invitations, which say that somebody was asked
    and never came. Both go with the account.
    """
    gone = 0
    for table, ended in _old(before):
        ids = sa.delete(table).where(ended).returning(table.id)
        gone += len(db.session.execute(ids, execution_options={"synchronize_session": False}).all())
    return gone


def _old(before: datetime) -> list[tuple[type[SignIn] | type[PersonalLink], sa.ColumnElement[bool]]]:
    later = aliased(SignIn)
    is_not_last = sa.exists().where(
        later.user_id == SignIn.user_id,
        sa.or_(
            later.used_at > SignIn.used_at, sa.and_(later.used_at == SignIn.used_at, later.id > SignIn.id)
        ),
    )
    session_over = sa.or_(SignIn.ended_at < before, SignIn.expires_at < before)
    link_over = sa.or_(PersonalLink.revoked_at < before, PersonalLink.expires_at < before)
    return [
        (SignIn, sa.and_(session_over, is_not_last)),
        (PersonalLink, sa.and_(link_over, PersonalLink.kind != INVITATION)),
    ]
