"""The threads between the office and its exhibitors; the fair is the first argument."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor, ExhibitorMessage
from exhibitions.expos.models import Expo

MOST = 200


def thread(expo: Expo, exhibitor_id: int) -> Sequence[ExhibitorMessage]:
    """The last 200 messages of an exhibitor, the youngest first."""
    return db.session.scalars(
        sa.select(ExhibitorMessage)
        .where(ExhibitorMessage.expo_id == expo.id, ExhibitorMessage.exhibitor_id == exhibitor_id)
        .order_by(ExhibitorMessage.id.desc())
        .limit(MOST)
    ).all()


def last(expo: Expo, exhibitor_id: int) -> ExhibitorMessage | None:
    """The youngest message of an exhibitor."""
    return db.session.scalar(
        sa.select(ExhibitorMessage)
        .where(ExhibitorMessage.expo_id == expo.id, ExhibitorMessage.exhibitor_id == exhibitor_id)
        .order_by(ExhibitorMessage.id.desc())
        .limit(1)
    )


def last_of_side(expo: Expo, exhibitor_id: int, *, from_office: bool) -> ExhibitorMessage | None:
    """The youngest message of one side."""
    return db.session.scalar(
        sa.select(ExhibitorMessage)
        .where(
            ExhibitorMessage.expo_id == expo.id,
            ExhibitorMessage.exhibitor_id == exhibitor_id,
            ExhibitorMessage.from_office.is_(from_office),
        )
        .order_by(ExhibitorMessage.id.desc())
        .limit(1)
    )


def message(expo: Expo, message_id: int) -> ExhibitorMessage | None:
    """A message of this fair."""
    return db.session.scalar(
        sa.select(ExhibitorMessage).where(
            ExhibitorMessage.expo_id == expo.id, ExhibitorMessage.id == message_id
        )
    )


def unread(expo: Expo) -> Sequence[tuple[Exhibitor, int]]:
    """Exhibitors with messages that the office has not seen, with how many, the longest waiting first; at most 200."""
    count = sa.func.count(ExhibitorMessage.id)
    found = (
        sa.select(Exhibitor, count)
        .join(ExhibitorMessage, ExhibitorMessage.exhibitor_id == Exhibitor.id)
        .where(
            ExhibitorMessage.expo_id == expo.id,
            ExhibitorMessage.from_office.is_(False),
            ExhibitorMessage.read_at.is_(None),
        )
        .options(selectinload(Exhibitor.company))
        .group_by(Exhibitor.id)
        .order_by(sa.func.min(ExhibitorMessage.id))
        .limit(MOST)
    )
    return [(exhibitor, int(number)) for exhibitor, number in db.session.execute(found)]
