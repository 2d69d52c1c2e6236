"""The one thing to do next, which the desk shows first (ux.md O1)."""

from __future__ import annotations

import enum


class Urgent(enum.StrEnum):
    """The most urgent task of a fair."""

    FILL_GAPS = "fill_gaps"
    PUBLISH = "publish"
    SHARE = "share"
    SILENT_DEVICES = "silent_devices"
    REVIEW = "review"
    NOTHING = "nothing"


def most_urgent(gaps: int, is_published: bool, is_taking: bool, registrations: int) -> Urgent:
    """What to do next: close the gaps, publish, bring the first people in; nothing when all goes its way."""
    if not is_published:
        return Urgent.FILL_GAPS if gaps else Urgent.PUBLISH
    return Urgent.SHARE if is_taking and registrations == 0 else Urgent.NOTHING


def due_on_an_open_day(silent_devices: int, in_review: int) -> list[Urgent]:
    """What waits for somebody while the doors are open, the most urgent first."""
    due = [(Urgent.SILENT_DEVICES, silent_devices), (Urgent.REVIEW, in_review)]
    return [task for task, count in due if count]
