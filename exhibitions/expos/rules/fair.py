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
    JOINT_ORGANISER = "joint_organiser"
    HOST = "host"
    EXECUTIVE_HOST = "executive_host"
    CO_ORGANISER = "co_organiser"
    SUPPORTER = "supporter"
    SPECIAL_SUPPORTER = "special_supporter"
    SPONSOR = "sponsor"
    MEDIA_SUPPORTER = "media_supporter"


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
    desk gate api static me healthz readyz health metrics jobs files people settings audit expos companies trips claims reports
    certificates sign-in sign-out doors new demo account organisation pair language outside-fairs members dossiers
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


def is_whole_day(opens: time, closes: time, cutoff_hour: int) -> bool:
    """Whether equal hours mean around the clock, a whole day of the fair: those of midnight and of the day's border."""
    return opens == closes and opens in (time(0), time(cutoff_hour))


def check_hours(opens: time, closes: time, cutoff_hour: int) -> None:
    """Refuse hours that end before they begin, or that run past the border of the fair's day.

    A fair may be open around the clock (00:00 to 00:00), or from the afternoon until after midnight (18:00 to 02:00) when
    its day ends no earlier (decision 0004).
    """
    over_midnight = opens >= _NOON and closes <= _EARLY
    if closes <= opens and not over_midnight and not is_whole_day(opens, closes, cutoff_hour):
        raise Refused("hours_order", N_("The closing time must be after the opening time."))
    check_border(opens, closes, cutoff_hour)


def check_border(opens: time, closes: time, cutoff_hour: int) -> None:
    """Refuse hours of which a part lies in the next day of the fair, where nobody would look for them."""
    border = time(cutoff_hour)
    inside = closes == border or _into_day(opens, cutoff_hour) < _into_day(closes, cutoff_hour)
    if not inside and not is_whole_day(opens, closes, cutoff_hour):
        raise Refused(
            "hours_border",
            N_(
                "These hours run past %(border)s, when a day of the fair ends. Close by then, or let the day end later "
                "in the facts of the fair."
            ),
            border=f"{border:%H:%M}",
        )


def _into_day(hour: time, cutoff_hour: int) -> tuple[int, time]:
    return (hour.hour - cutoff_hour) % 24, hour


def span(day: date, opens: time, closes: time, zone: str, cutoff_hour: int) -> tuple[datetime, datetime]:
    """From which moment to which the hours of the fair's day last; a closing time that is not later is the next date's.

    Equal hours are the whole day, from border to border (decision 0004). Where the clocks show a time twice, the hours
    begin with the first and end with the last: nobody is refused because of the ambiguity (F19).
    """
    next_day = timedelta(days=1)
    if opens == closes:
        return at(day, time(cutoff_hour), zone), at(day + next_day, time(cutoff_hour), zone)
    first = day + next_day if opens.hour < cutoff_hour else day
    last = first if closes > opens else first + next_day
    return at(first, opens, zone), at(last, closes, zone).replace(fold=1)
