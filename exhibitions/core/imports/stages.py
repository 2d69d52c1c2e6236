"""Where an import stands, and what may be done with it then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

LIFE = timedelta(hours=24)
"""How long an import can be undone and its file is kept."""

UPLOADED, CHECKED, RUNNING, DONE, UNDOING, UNDONE, REFUSED = (
    "uploaded",
    "checked",
    "running",
    "done",
    "undoing",
    "undone",
    "refused",
)
OPEN_STATES = frozenset({UPLOADED, CHECKED, REFUSED})
"""States in which guesses may be corrected and the import may be started."""

CHANGE, LEAVE = "change", "leave"
"""What becomes of those whom the list names and who are known already."""


class Staged(Protocol):
    """An import as far as its stage goes."""

    @property
    def state(self) -> str:
        """One of the states of this module."""

    @property
    def finished_at(self) -> datetime | None:
        """When everything was brought in."""


def can_undo(row: Staged, now: datetime) -> bool:
    """Whether the import can still be taken back at `now`."""
    return row.state == DONE and row.finished_at is not None and now < row.finished_at + LIFE
