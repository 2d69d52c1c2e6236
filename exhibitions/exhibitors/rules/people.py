"""Who acts for an exhibitor, and what each may do."""

from __future__ import annotations

import enum


class PersonRole(enum.StrEnum):
    """A user's role in a company's part in a fair (spec exhibitors-stands §2.8)."""

    OWNER = "owner"
    STAND_MANAGER = "stand_manager"
    FINANCE = "finance"
    LEAD_SCANNER = "lead_scanner"
    CONTRACTOR = "contractor"
