"""How long a published result may be contested (公示期)."""

from __future__ import annotations

from datetime import datetime, timedelta

OPEN_FOR = timedelta(days=15)


def ends_at(published: datetime) -> datetime:
    """Until when complaints are taken, to the second."""
    return published + OPEN_FOR


def is_open(published: datetime, now: datetime) -> bool:
    """Whether complaints are taken."""
    return published <= now < ends_at(published)
