"""Named questions about who asks to be told when registration opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import Reminder


class Asking(NamedTuple):
    """How many left an e-mail address, and how many a phone number."""

    by_email: int
    by_phone: int


def asking(expo: Expo) -> Asking:
    """How many wait to be told that this fair's registration opens."""
    counted = sa.select(sa.func.count(Reminder.email), sa.func.count(Reminder.phone))
    emails, phones = db.session.execute(counted.where(Reminder.expo_id == expo.id)).one()
    return Asking(emails, phones)


def fairs_with_reminders() -> Sequence[Expo]:
    """The fairs that somebody wants to be told of."""
    waiting = sa.select(Reminder.expo_id).distinct()
    return db.session.scalars(sa.select(Expo).where(Expo.id.in_(waiting)).order_by(Expo.id)).all()
