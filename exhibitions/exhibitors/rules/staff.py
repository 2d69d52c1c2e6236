"""People on stands and in the halls before and after the fair."""

from __future__ import annotations

import enum


class StaffKind(enum.StrEnum):
    """What kind of badge somebody of an exhibitor has; none of them is ever a visitor (V-2)."""

    STAFF = "staff"
    BUILD_UP = "build_up"
    SERVICE = "service"
