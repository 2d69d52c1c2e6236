"""The guests of honour of a fair: where an invitation stands, and what is kept of a guest."""

from __future__ import annotations

import enum


class GuestState(enum.StrEnum):
    """What a guest has answered. That a guest has arrived is read from the badge's days, never set."""

    INVITED = "invited"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
