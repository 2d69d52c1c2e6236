"""Named questions about the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.mail.models import Mail
from exhibitions.mail.rules import State

_UNDER_WAY = (State.WAITING, State.SENDING)
PORTION = 1000
_STRANDED_AFTER = timedelta(minutes=15)


def mail_of(expo_id: int | None, mail_id: int) -> Mail | None:
    """The message of this number in the fair, or (None) among those that belong to no fair."""
    return db.session.scalar(
        sa.select(Mail).where(Mail.expo_id.is_not_distinct_from(expo_id), Mail.id == mail_id)
    )


def mail_to(key: str, recipient: str) -> Mail | None:
    """The message of this key to this recipient."""
    return db.session.scalar(sa.select(Mail).where(Mail.key == key, Mail.recipient == recipient))


def newest(expo_id: int | None, states: frozenset[State], *, offset: int = 0, limit: int = 50) -> list[Mail]:
    """The messages in these states, the newest first."""
    found = sa.select(Mail).where(*_in_states(expo_id, states))
    return list(db.session.scalars(found.order_by(Mail.id.desc()).offset(offset).limit(limit)))


def count(expo_id: int | None, states: frozenset[State]) -> int:
    """How many messages are in these states."""
    return db.session.scalar(sa.select(sa.func.count(Mail.id)).where(*_in_states(expo_id, states))) or 0


def about(kind: str, subject_id: int) -> list[Mail]:
    """Every message that was written because of this subject (`visitor`, 7), the oldest first."""
    found = sa.select(Mail).where(Mail.subject_kind == kind, Mail.subject_id == subject_id)
    return list(db.session.scalars(found.order_by(Mail.id)))


def stranded(now: datetime) -> list[Mail]:
    """Messages under way that should have been tried a good while ago: their job was lost."""
    due = sa.func.coalesce(Mail.next_try_at, Mail.created_at)
    late = sa.bindparam("late", now - _STRANDED_AFTER, Mail.created_at.type)
    return list(
        db.session.scalars(sa.select(Mail).where(Mail.state.in_(_UNDER_WAY), due < late).limit(PORTION))
    )


def finished_before(moment: datetime) -> list[Mail]:
    """Messages whose story ended before this moment, at most a portion of them."""
    return list(db.session.scalars(sa.select(Mail).where(Mail.finished_at < moment).limit(PORTION)))


def _in_states(expo_id: int | None, states: frozenset[State]) -> list[sa.ColumnElement[bool]]:
    return [Mail.expo_id.is_not_distinct_from(expo_id), Mail.state.in_(states)]
