"""Named questions about the outbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.mail.models import Bounce, Mail, MailText
from exhibitions.mail.rules import BOXES, UNTOLD, State

_UNDER_WAY = (State.WAITING, State.SENDING)
PORTION = 1000
_STRANDED_AFTER = timedelta(minutes=15)


def mail_of(expo_id: int | None, mail_id: int) -> Mail | None:
    """The message of this number in the fair, or (None) among those that belong to no fair."""
    return db.session.scalar(
        sa.select(Mail).where(Mail.expo_id.is_not_distinct_from(expo_id), Mail.id == mail_id)
    )


def newest(
    expo_id: int | None, box: str, batch: str = "", *, offset: int = 0, limit: int = 50
) -> Sequence[Mail]:
    """The messages of a box of `rules.BOXES`, of one batch where it is said, the newest first."""
    found = sa.select(Mail).where(*_in_box(expo_id, box, batch))
    return db.session.scalars(found.order_by(Mail.id.desc()).offset(offset).limit(limit)).all()


def counts(expo_id: int | None, batch: str = "") -> dict[str, int]:
    """How many messages are in each box of `rules.BOXES`."""
    asked = [
        sa.func.count(sa.case((sa.and_(*_in_box(None, box, "")[1:]), Mail.id))).label(box) for box in BOXES
    ]
    row = db.session.execute(sa.select(*asked).where(*_scope(expo_id, batch))).one()
    return dict(zip(BOXES, row, strict=True))


def states_of(expo_id: int, batch: str) -> dict[State, int]:
    """How many messages of a batch are in each state."""
    counted = sa.select(Mail.state, sa.func.count()).where(*_scope(expo_id, batch)).group_by(Mail.state)
    return dict(db.session.execute(counted).all())


def chosen(expo_id: int | None, numbers: Collection[int]) -> Sequence[Mail]:
    """Those of these messages that are this fair's, at most a portion of them."""
    found = sa.select(Mail).where(Mail.expo_id.is_not_distinct_from(expo_id), Mail.id.in_(list(numbers)))
    return db.session.scalars(found.order_by(Mail.id).limit(PORTION)).all()


def by_message_ids(
    expo_id: int | None, message_ids: Collection[str], *, everywhere: bool = False
) -> Sequence[Mail]:
    """The messages with these Message-IDs: of one fair, or of all. They are asked for by portions."""
    wanted = list(dict.fromkeys(message_ids))
    found: list[Mail] = []
    for start in range(0, len(wanted), PORTION):
        some = sa.select(Mail).where(Mail.message_id.in_(wanted[start : start + PORTION]))
        if not everywhere:
            some = some.where(Mail.expo_id.is_not_distinct_from(expo_id))
        found += db.session.scalars(some.order_by(Mail.id))
    return found


def bounce_of(address: str) -> Bounce | None:
    """What is known against an address; None when messages may go there."""
    return db.session.scalar(sa.select(Bounce).where(Bounce.address == address.lower()))


def count_texts(phone: str, since: datetime) -> int:
    """How many text messages were meant for this number since this moment, in all fairs."""
    return _count(Mail.recipient == phone, Mail.by_sms.is_(True), Mail.created_at >= since)


def text_of(expo_id: int, kind: str) -> MailText | None:
    """The fair's own words for a kind of message."""
    return db.session.scalar(sa.select(MailText).where(MailText.expo_id == expo_id, MailText.kind == kind))


def own_texts(expo_id: int) -> dict[str, MailText]:
    """All words of the fair's own, by kind of message."""
    rows = db.session.scalars(sa.select(MailText).where(MailText.expo_id == expo_id).limit(PORTION))
    return {row.kind: row for row in rows}


def newest_about(kind: str, subject_id: int, most: int = 20) -> Sequence[Mail]:
    """The newest messages because of this subject (`visitor`, 7), the newest first."""
    found = sa.select(Mail).where(Mail.subject_kind == kind, Mail.subject_id == subject_id)
    return db.session.scalars(found.order_by(Mail.id.desc()).limit(most)).all()


def about(kind: str, subject_id: int) -> list[Mail]:
    """Every message that was written because of this subject (`visitor`, 7), the oldest first."""
    found = sa.select(Mail).where(Mail.subject_kind == kind, Mail.subject_id == subject_id)
    return list(db.session.scalars(found.order_by(Mail.id)))


def to_address(expo_id: int, address: str) -> list[Mail]:
    """Every message of a fair to this address, in whatever case it was written."""
    found = sa.select(Mail).where(Mail.expo_id == expo_id, sa.func.lower(Mail.recipient) == address.lower())
    return list(db.session.scalars(found.order_by(Mail.id)))


def finished(before: datetime) -> int:
    """How many messages there are whose story ended before this moment."""
    return db.session.scalar(sa.select(sa.func.count(Mail.id)).where(Mail.finished_at < before)) or 0


def stranded(now: datetime) -> list[Mail]:
    """Messages under way that should have been tried a good while ago: their job was lost."""
    due = sa.func.coalesce(Mail.next_try_at, Mail.created_at)
    late = sa.bindparam("late", now - _STRANDED_AFTER, Mail.created_at.type)
    return list(
        db.session.scalars(sa.select(Mail).where(Mail.state.in_(_UNDER_WAY), due < late).limit(PORTION))
    )


def count_late(now: datetime, *, by_sms: bool = False) -> int:
    """How many mails (or text messages) under way should have been tried a good while ago."""
    due = sa.func.coalesce(Mail.next_try_at, Mail.created_at)
    late = sa.bindparam("late", now - _STRANDED_AFTER, Mail.created_at.type)
    return _count(Mail.state.in_(_UNDER_WAY), due < late, Mail.by_sms.is_(by_sms))


def count_given_up(since: datetime, *, by_sms: bool = False) -> int:
    """How many mails (or text messages) were given up since this moment."""
    return _count(Mail.state == State.FAILED, Mail.finished_at >= since, Mail.by_sms.is_(by_sms))


def count_under_way(*, by_sms: bool = False) -> int:
    """How many mails (or text messages) have yet to leave."""
    return _count(Mail.state.in_(_UNDER_WAY), Mail.by_sms.is_(by_sms))


def _count(*conditions: sa.ColumnElement[bool]) -> int:
    return db.session.scalar(sa.select(sa.func.count(Mail.id)).where(*conditions)) or 0


def finished_before(moment: datetime) -> list[Mail]:
    """Messages whose story ended before this moment, at most a portion of them."""
    return list(db.session.scalars(sa.select(Mail).where(Mail.finished_at < moment).limit(PORTION)))


def _scope(expo_id: int | None, batch: str) -> list[sa.ColumnElement[bool]]:
    scope: list[sa.ColumnElement[bool]] = [Mail.expo_id.is_not_distinct_from(expo_id)]
    return [*scope, Mail.batch == batch] if batch else scope


def _in_box(expo_id: int | None, box: str, batch: str) -> list[sa.ColumnElement[bool]]:
    scope, inside = _scope(expo_id, batch), Mail.state.in_(BOXES[box])
    if box != UNTOLD:
        return [*scope, inside]
    return [
        *scope,
        Mail.told_at.is_(None),
        sa.or_(inside, sa.and_(Mail.state == State.SENT, Mail.in_folder)),
    ]
