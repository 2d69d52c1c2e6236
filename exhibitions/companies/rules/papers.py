"""Papers of companies: their kinds, how long they are valid, which right each is tied to."""

from __future__ import annotations

import enum


class PaperKind(enum.StrEnum):
    """What a paper is (spec exhibitors-stands §2.6)."""

    LICENCE = "licence"
    FOOD_PRODUCTION = "food_production"
    FOOD_TRADE = "food_trade"
    INSPECTION = "inspection"
    TRADE_MARK = "trade_mark"
    IMPORT = "import"
    OTHER = "other"
