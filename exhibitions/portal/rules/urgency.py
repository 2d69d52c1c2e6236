"""The one thing to do next, which the desk shows first (ux.md O1)."""

from __future__ import annotations

import enum


class Urgent(enum.StrEnum):
    """The most urgent task of a fair."""

    FILL_GAPS = "fill_gaps"
    PUBLISH = "publish"
    SHARE = "share"
    NOTHING = "nothing"


def most_urgent(gaps: int, is_published: bool, is_taking: bool, registrations: int) -> Urgent:
    """What to do next: close the gaps, publish, bring the first people in; nothing when all goes its way."""
    if not is_published:
        return Urgent.FILL_GAPS if gaps else Urgent.PUBLISH
    return Urgent.SHARE if is_taking and registrations == 0 else Urgent.NOTHING
