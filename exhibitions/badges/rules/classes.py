"""Which people a badge class is for, and how statistics count them (statistics.md V-1, V-2)."""

from __future__ import annotations

import enum
from typing import Protocol


class Audience(enum.StrEnum):
    """The group of people that a badge class belongs to, as statistics know them."""

    TRADE = "trade"
    PUBLIC = "public"
    UNCLASSIFIED = "unclassified"
    MEDIA = "media"
    EXHIBITOR = "exhibitor"
    ORGANISER = "organiser"
    SERVICE = "service"
    BUILD_UP = "build_up"
    SPEAKER = "speaker"


# A speaker counts only where the exhibition is entered (V-3); the zone of the gate decides that.
VISITORS = frozenset({Audience.TRADE, Audience.PUBLIC, Audience.UNCLASSIFIED, Audience.SPEAKER})


class Issued(Protocol):
    """What of a badge class decides about a badge when it comes into being; a row or a value."""

    @property
    def id(self) -> int:
        """Its number in the store."""

    @property
    def number(self) -> int:
        """Its number in tokens."""

    @property
    def key(self) -> str:
        """Its word in addresses and files."""

    @property
    def planned_day_only(self) -> bool:
        """Whether its badges admit on the planned day alone."""

    @property
    def needs_approval(self) -> bool:
        """Whether its people wait until they are let in."""


def is_visitor(audience: Audience) -> bool:
    """Whether people of this group can be visitors at all; exhibitors' and other staff and media never are (V-2)."""
    return audience in VISITORS
