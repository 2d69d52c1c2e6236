"""The permit for a large public event and how full a fair may get under it (spec/exhibitors-stands.md §2.6)."""

from __future__ import annotations

import enum
from datetime import date, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from exhibitions.core.errors import N_, Refused
from exhibitions.expos.rules.setup import People, Text100, Text200

FROM, CITY_FROM = 1_000, 5_000
"""From how many persons a permit is needed, and from how many the city's police decides."""
FILED_BEFORE, CHANGED_BEFORE = timedelta(days=20), 5
TURN_UP = 60
"""The turn-up rate in per cent to begin with, while nothing was measured."""


class PermitFacts(Struct, frozen=True, kw_only=True):
    """What is known of a fair's permit. `persons` is the permitted number, `turn_up` how many per cent of those who
    registered are expected to come."""

    number: Text100 = ""
    authority: Text200 = ""
    persons: People | None = None
    filed_on: date | None = None
    turn_up: Annotated[int, Meta(ge=1, le=100)] = TURN_UP


class Authority(enum.StrEnum):
    """Who decides about an event of so many persons."""

    NONE = "none"
    COUNTY = "county"
    CITY = "city"


class Level(enum.StrEnum):
    """How near the expected number is to the permitted one."""

    FREE = "free"
    NEAR = "near"
    CLOSE = "close"
    OVER = "over"


class Stand(enum.StrEnum):
    """How far the permit itself is."""

    NOT_NEEDED = "not_needed"
    TO_FILE = "to_file"
    LATE = "late"
    FILED = "filed"
    GRANTED = "granted"


_LEVELS = ((100, Level.OVER), (95, Level.CLOSE), (80, Level.NEAR))


def check_permit(facts: PermitFacts) -> None:
    """Refuse a permit number without the number of persons that it permits."""
    if facts.number and facts.persons is None:
        raise Refused("persons_missing", N_("Enter the number of persons that the permit allows"))


def authority_for(persons: int) -> Authority:
    """Who decides: nobody below 1,000 persons, the county's police below 5,000, the city's from there."""
    if persons < FROM:
        return Authority.NONE
    return Authority.COUNTY if persons < CITY_FROM else Authority.CITY


def last_filing(opening: date) -> date:
    """The last day on which the permit may be applied for: 20 days before the opening (10 September: 21 August)."""
    return opening - FILED_BEFORE


def expected(registrations: int, turn_up: int) -> int:
    """How many of those who registered will come at this rate in per cent, rounded up."""
    return -(-registrations * turn_up // 100)


def level_of(coming: int, permitted: int) -> Level:
    """Warn from 80, 95 and 100 per cent of the permitted number; exact, a person below the border is below it."""
    return next((level for share, level in _LEVELS if coming * 100 >= permitted * share), Level.FREE)


def stand_of(facts: PermitFacts, coming: int, opening: date | None, today: date) -> Stand:
    """How far the permit is, when `coming` persons are expected."""
    if facts.number:
        return Stand.GRANTED
    if facts.filed_on is not None:
        return Stand.FILED
    if authority_for(max(coming, facts.persons or 0)) is Authority.NONE:
        return Stand.NOT_NEEDED
    return Stand.LATE if opening is not None and today > last_filing(opening) else Stand.TO_FILE
