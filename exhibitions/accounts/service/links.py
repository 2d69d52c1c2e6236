"""Personal links: given out, used once where they are for once, revoked, and forgotten when they are long over."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import sqlalchemy as sa

from exhibitions.accounts.models import PersonalLink
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.core.signing import hash_link_token, new_link_token

_ADD_LINK = sa.insert(cast(sa.Table, PersonalLink.__table__))


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


def take_link(kind: str, token: str) -> int | None:
    """Use up a link that is good once and give what it opens; None when it is used, over or invented.

    Of two who come at once with the same link, one gets it (ASVS 6.4.1).
    """
    now = clock.now()
    live = sa.update(PersonalLink).where(
        PersonalLink.kind == kind,
        PersonalLink.token_hash == hash_link_token(token),
        PersonalLink.revoked_at.is_(None),
        PersonalLink.expires_at > now,
    )
    taken = db.session.execute(live.values(revoked_at=now).returning(PersonalLink.subject_id))
    return taken.scalar()


def revoke_links(kind: str, subject_id: int, *, but: str = "") -> None:
    """Close every live link of this kind to the thing, except the one with the token `but`."""
    live = sa.update(PersonalLink).where(
        PersonalLink.kind == kind, PersonalLink.subject_id == subject_id, PersonalLink.revoked_at.is_(None)
    )
    if but:
        live = live.where(PersonalLink.token_hash != hash_link_token(but))
    db.session.execute(live.values(revoked_at=clock.now()))


def forget_links(kinds: tuple[str, ...], before: datetime) -> int:
    """Forget the links of these kinds that were over before this moment; gives their number."""
    old = sa.delete(PersonalLink).where(PersonalLink.kind.in_(kinds), PersonalLink.expires_at < before)
    return len(db.session.scalars(old.returning(PersonalLink.id)).all())
