"""The rules of a fair; the names that other rooms ask for most are offered here."""

from __future__ import annotations

from exhibitions.expos.rules.fair import (
    RESERVED_SLUGS,
    AntiPassback,
    DayKind,
    FullPolicy,
    UnitRole,
    at,
    check_hours,
    check_slug,
    local_day,
    span,
)
from exhibitions.expos.rules.roles import RIGHTS, Role

__all__ = [
    "RESERVED_SLUGS",
    "RIGHTS",
    "AntiPassback",
    "DayKind",
    "FullPolicy",
    "Role",
    "UnitRole",
    "at",
    "check_hours",
    "check_slug",
    "local_day",
    "span",
]
