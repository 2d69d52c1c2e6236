"""What a fair is made of, what its address may be, and which of its days a moment belongs to."""

from __future__ import annotations

import enum
import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from exhibitions.core.errors import N_, Refused


class DayKind(enum.StrEnum):
    """What happens in the halls on a day."""

    BUILD_UP = "build_up"
    OPEN = "open"
    DISMANTLING = "dismantling"


class UnitRole(enum.StrEnum):
    """In which role a unit stands on the fair's papers, in printing order."""

    APPROVER = "approver"
    GUIDANCE = "guidance"
    ORGANISER = "organiser"
    HOST = "host"
    CO_ORGANISER = "co_organiser"
    SUPPORTER = "supporter"
    SPECIAL_SUPPORTER = "special_supporter"


class FullPolicy(enum.StrEnum):
    """What a full zone does to a visitor at the gate (check-in.md)."""

    WARN = "warn"
    REFUSE = "refuse"


class AntiPassback(enum.StrEnum):
    """What a gate does to a badge that is inside already (check-in.md row 10)."""

    OFF = "off"
    WARN = "warn"
    REFUSE = "refuse"


_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
# No fair may be called like a page of the product, nor like the first word of an organisation page under /desk.
_RESERVED = """
    desk gate api static me healthz readyz jobs files people settings audit expos companies trips claims reports
    sign-in sign-out doors new demo account organisation pair language outside-fairs members dossiers
"""
RESERVED_SLUGS = frozenset(_RESERVED.split())


def check_slug(slug: str) -> str:
    """Give `slug` back when a fair may be called so; raises `Refused` otherwise (design.md §7)."""
    if not _SLUG.fullmatch(slug):
        raise Refused(
            "slug_form",
            N_("An address has small letters a-z, digits and hyphens only, 40 at most, like 8th."),
        )
    if slug in RESERVED_SLUGS:
        raise Refused(
            "slug_reserved", N_("The address %(slug)s is used by the product. Choose another."), slug=slug
        )
    return slug


def local_day(moment: datetime, zone: str, cutoff_hour: int) -> date:
    """The fair's day that `moment` belongs to: the calendar day in `zone`, or the day before until `cutoff_hour`."""
    there = moment.astimezone(ZoneInfo(zone))
    return there.date() - timedelta(days=1) if there.hour < cutoff_hour else there.date()


def at(day: date, hour: time, zone: str) -> datetime:
    """The moment at which the clocks in `zone` show `hour` on `day`; the first one when they show it twice."""
    return datetime.combine(day, hour, tzinfo=ZoneInfo(zone))


_EARLY = time(6)
_NOON = time(12)


def is_whole_day(opens: time, closes: time) -> bool:
    """Whether equal hours mean around the clock: from midnight or a cut-off hour to the same hour of the next day."""
    return opens == closes <= _EARLY


def check_hours(opens: time, closes: time) -> None:
    """Refuse hours that end before they begin.

    A fair may be open around the clock (00:00 to 00:00), or from the afternoon until after midnight (18:00 to 02:00).
    """
    over_midnight = opens >= _NOON and closes <= _EARLY
    if closes <= opens and not over_midnight and not is_whole_day(opens, closes):
        raise Refused("hours_order", N_("The closing time must be after the opening time."))
