"""Who holds or has a stand."""

from __future__ import annotations

import enum


class AllocationKind(enum.StrEnum):
    """A hold ends by itself; an assigned stand is the exhibitor's."""

    HOLD = "hold"
    ASSIGNED = "assigned"


class EndReason(enum.StrEnum):
    """Why a hold or an assignment has ended."""

    EXPIRED = "expired"
    RELEASED = "released"
    ASSIGNED = "assigned"
    MOVED = "moved"
    MERGED = "merged"
    REDUCED = "reduced"
    CANCELLED = "cancelled"
