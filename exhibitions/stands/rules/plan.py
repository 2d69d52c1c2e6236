"""What lies on a floor plan."""

from __future__ import annotations

import enum


class StandKind(enum.StrEnum):
    """How a stand is sold (spec exhibitors-stands §2.1, §2.4)."""

    SHELL = "shell"
    UPGRADED = "upgraded"
    RAW = "raw"


class ShapeKind(enum.StrEnum):
    """What else lies on a plan (§3); statistics ask which of it is exhibition (SP-2, SP-5, SP-6)."""

    SPECIAL = "special"
    SERVICE = "service"
    STAGE = "stage"
    CATERING = "catering"
    RESTAURANT = "restaurant"
    OFFICE = "office"
    STORAGE = "storage"
    AISLE = "aisle"
    COLUMN = "column"
    EXIT = "exit"
    HYDRANT = "hydrant"
    UTILITY = "utility"
    FORBIDDEN = "forbidden"
