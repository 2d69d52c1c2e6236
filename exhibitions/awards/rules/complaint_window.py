"""How long a published result may be contested (公示期), and how a complaint is called."""

from __future__ import annotations

from datetime import datetime, timedelta

USUAL_DAYS = 15
MOST_DAYS = 180


def ends_at(published: datetime, days: int) -> datetime:
    """Until when complaints are taken, to the second."""
    return published + timedelta(days=days)


def is_open(published: datetime, days: int, now: datetime) -> bool:
    """Whether complaints are taken."""
    return published <= now < ends_at(published, days)


def reference(year: int, season_id: int, number: int) -> str:
    """What who complained keeps and the office finds it by; no two are equal, also of two seasons in one year."""
    return f"{year}-{season_id}-{number}"
