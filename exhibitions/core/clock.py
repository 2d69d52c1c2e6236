"""The only place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment as an aware UTC datetime."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    """The calendar day that it is now in the named IANA zone."""
    return datetime.now(ZoneInfo(zone)).date()
