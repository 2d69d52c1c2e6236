"""The set-up of a fair as values: what a form fills in, what a document holds, and what must be true of it.

Lengths and ranges stand in the types and are checked when a document is read; forms check them with the same
numbers. What concerns more than one field is checked by the `check_` functions, which both of them call.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from msgspec import Meta, Struct, field

from exhibitions.core.errors import N_, Refused
from exhibitions.expos.rules.fair import (
    AntiPassback,
    DayKind,
    FullPolicy,
    UnitRole,
    check_border,
    check_hours,
    is_whole_day,
)

MOST_PARTS = 200
"""How many units, halls, zones, gates or days a fair may have: enough for the largest, and a list stays a list."""
MOST_DOORS = 256
MOST_PEOPLE = 10_000_000
MOST_TASKS = 300
EARLIEST_BEFORE, LATEST_AFTER = 1500, 400
"""A task lies at most so many days before the opening, and so many after it."""
LAST_CUTOFF = 11
LAST_POSITION = 9999
_CODE = re.compile(r"[^\W_][\w-]{0,15}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

Code = Annotated[str, Meta(min_length=1, max_length=16)]
ClassKey = Annotated[str, Meta(max_length=32)]
Text50 = Annotated[str, Meta(max_length=50)]
Text100 = Annotated[str, Meta(max_length=100)]
Text200 = Annotated[str, Meta(max_length=200)]
Text300 = Annotated[str, Meta(max_length=300)]
LongText = Annotated[str, Meta(max_length=5000)]
Position = Annotated[int, Meta(ge=0, le=LAST_POSITION)]
People = Annotated[int, Meta(ge=1, le=MOST_PEOPLE)]
Hour = Annotated[time, Meta(tz=False)]
Day = date
Instant = Annotated[datetime, Meta(tz=True)]


class Named(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A thing with a name in Chinese, in English, or in both."""

    name_zh: Text200 = ""
    name_en: Text200 = ""


class UnitFacts(Named, frozen=True, kw_only=True):
    """An organising unit in its role; units of a role are printed by `position`."""

    role: UnitRole
    position: Position = 0


class DoorFacts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a class of badge gets in on a day: [door_from, door_to), new entries until `last_admission`.

    Hours of the fair's own zone. `class_key` "" is for every class without hours of its own. An hour that is not
    after `door_from` lies on the next calendar day.
    """

    door_from: Hour
    door_to: Hour
    last_admission: Hour | None = None
    class_key: ClassKey = ""


class DayFacts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day in the halls with its official visitor hours (an open day has them) and its doors."""

    date: Day
    kind: DayKind
    official_from: Hour | None = None
    official_to: Hour | None = None
    doors: Annotated[list[DoorFacts], Meta(max_length=MOST_DOORS)] = field(default_factory=list)


class HallFacts(Named, frozen=True, kw_only=True):
    """A hall of the venue, named inside the fair by its code."""

    code: Code
    name_zh: Text100 = ""
    name_en: Text100 = ""
    position: Position = 0


class ZoneFacts(Named, frozen=True, kw_only=True):
    """A zone; `hall` is the code of the hall it lies in, `capacity` the most people at a time."""

    code: Code
    hall: Code | None = None
    name_zh: Text100 = ""
    name_en: Text100 = ""
    summary_zh: Text300 = ""
    summary_en: Text300 = ""
    capacity: People | None = None
    full_policy: FullPolicy = FullPolicy.WARN
    counts_visits: bool = True
    position: Position = 0


class GateFacts(Named, frozen=True, kw_only=True):
    """A gate into the zone with the code `zone`; no `class_keys` lets every class of badge through."""

    code: Code
    zone: Code
    name_zh: Text100 = ""
    name_en: Text100 = ""
    class_keys: Annotated[list[ClassKey], Meta(max_length=MOST_DOORS)] = field(default_factory=list)
    anti_passback: AntiPassback = AntiPassback.OFF
    position: Position = 0


class FairFacts(Named, frozen=True, kw_only=True):
    """What is said about a fair as a whole. Moments are aware; `cutoff_hour` ends the fair's day (0 = midnight)."""

    edition: Annotated[int, Meta(ge=1, le=9999)]
    summary_zh: LongText = ""
    summary_en: LongText = ""
    city: Text100 = ""
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")] = "CN"
    venue_zh: Text200 = ""
    venue_en: Text200 = ""
    address_zh: Text300 = ""
    address_en: Text300 = ""
    transport_zh: Text300 = ""
    transport_en: Text300 = ""
    hotline: Text50 = ""
    notice_zh: Text300 = ""
    notice_en: Text300 = ""
    timezone: Annotated[str, Meta(max_length=64)] = "Asia/Shanghai"
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")] = "CNY"
    cutoff_hour: Annotated[int, Meta(ge=0, le=LAST_CUTOFF)] = 0
    registration_opens_at: Instant | None = None
    registration_closes_at: Instant | None = None
    capacity: People | None = None
    consent_zh: LongText = ""
    consent_en: LongText = ""


class TaskFacts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A task of a fair's set-up. Either `days_before` counts its date back from the first open day (a negative number
    lies after it), or `due` is a date of its own. `template` names the entry of the list that it began from."""

    title_zh: Text200 = ""
    title_en: Text200 = ""
    note: LongText = ""
    template: Annotated[str, Meta(max_length=40)] = ""
    days_before: Annotated[int, Meta(ge=-LATEST_AFTER, le=EARLIEST_BEFORE)] | None = None
    due: Day | None = None


class FairSetup(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole set-up that the room of fairs keeps: facts, units, days with doors, halls, zones, gates, tasks."""

    facts: FairFacts
    units: Annotated[list[UnitFacts], Meta(max_length=MOST_PARTS)] = field(default_factory=list)
    days: Annotated[list[DayFacts], Meta(max_length=MOST_PARTS)] = field(default_factory=list)
    halls: Annotated[list[HallFacts], Meta(max_length=MOST_PARTS)] = field(default_factory=list)
    zones: Annotated[list[ZoneFacts], Meta(max_length=MOST_PARTS)] = field(default_factory=list)
    gates: Annotated[list[GateFacts], Meta(max_length=MOST_PARTS)] = field(default_factory=list)
    tasks: Annotated[list[TaskFacts], Meta(max_length=MOST_TASKS)] = field(default_factory=list)


def check_text(facts: Struct) -> None:
    """Refuse control and direction characters in any text of `facts`; forms take them away before."""
    for name in facts.__struct_fields__:
        value = getattr(facts, name)
        if isinstance(value, str) and value != clean(value):
            raise Refused(
                "text_unclean",
                N_("%(field)s has blanks around it or characters that cannot be seen."),
                field=name,
            )


def clean(text: str) -> str:
    """`text` in composed form (NFC), without control and direction characters and blanks around; line ends are LF."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROL.sub("", lines)).strip()


def check_code(code: str) -> None:
    """Refuse a code that could not stand in a table or be read aloud."""
    if not _CODE.fullmatch(code):
        raise Refused("code_form", N_("A code has letters, digits and hyphens only, 16 at most, like A1."))


def check_named(facts: Named) -> None:
    """Refuse a thing that has a name in neither language."""
    if not facts.name_zh and not facts.name_en:
        raise Refused("name_missing", N_("Enter a name in Chinese or in English"))


def check_fair(facts: FairFacts) -> None:
    """Refuse facts without a name, in an unknown zone, or with a registration that closes before it opens."""
    check_named(facts)
    check_zone_name(facts.timezone)
    opens, closes = facts.registration_opens_at, facts.registration_closes_at
    if opens is not None and closes is not None and closes <= opens:
        raise Refused("registration_order", N_("Registration must close after it opens"))


def check_still_public(before: FairFacts, after: FairFacts) -> None:
    """Refuse to take from a published fair what it was published with: the consent text (P1, P3) and the venue (O2)."""
    if _told(before.consent_zh, before.consent_en) and not _told(after.consent_zh, after.consent_en):
        raise Refused(
            "consent_missing",
            N_(
                "The fair is published: visitors must see what they agree to. Write the text in Chinese or in English"
            ),
        )
    if _told(before.venue_zh, before.venue_en) and not _told(after.venue_zh, after.venue_en):
        raise Refused(
            "venue_missing",
            N_("The fair is published: visitors must find it. Enter the venue in Chinese or in English"),
        )


def _told(*texts: str) -> bool:
    return any(text.strip() for text in texts)


def check_zone_name(name: str) -> None:
    """Refuse a time zone that the IANA database does not know."""
    if name not in zone_names():
        raise Refused(
            "timezone_unknown", N_("There is no time zone %(name)s. Enter one like Asia/Shanghai"), name=name
        )


@cache
def zone_names() -> frozenset[str]:
    """Every IANA time zone that this machine knows."""
    return frozenset(available_timezones())


def check_day(facts: DayFacts, cutoff_hour: int) -> None:
    """Refuse an open day without hours, and hours that end before they begin or after the day of the fair (C9)."""
    if (facts.official_from is None) != (facts.official_to is None):
        raise Refused("hours_half", N_("Enter both the opening and the closing time"))
    if facts.official_from is not None and facts.official_to is not None:
        check_hours(facts.official_from, facts.official_to, cutoff_hour)
    elif facts.kind is DayKind.OPEN:
        raise Refused("hours_missing", N_("A day for visitors needs an opening and a closing time"))
    _check_year(facts.date)


def _check_year(day: Day) -> None:
    if not 2000 <= day.year <= 2199:
        raise Refused("day_range", N_("Enter a day between the years 2000 and 2199"))


def check_door(door: DoorFacts, cutoff_hour: int) -> None:
    """Refuse a door of no length or past the day of the fair, and a last admission outside it (check-in.md row 8)."""
    opens, closes = door.door_from, door.door_to
    if opens == closes and not is_whole_day(opens, closes, cutoff_hour):
        raise Refused("door_empty", N_("The doors must close later than they open"))
    check_border(opens, closes, cutoff_hour)
    if door.last_admission is not None and not (
        timedelta(0) < _after(door, door.last_admission) <= _after(door, door.door_to)
    ):
        raise Refused(
            "last_admission", N_("The last admission must lie between opening and closing of the doors")
        )


def _after(door: DoorFacts, hour: time) -> timedelta:
    """How long after the opening of the doors the clock first shows `hour`; a full day when they are equal."""
    day = date(2000, 1, 1)
    start, there = datetime.combine(day, door.door_from), datetime.combine(day, hour)
    return there - start if there > start else there + timedelta(days=1) - start


def default_days(first: date, last: date, staff: Sequence[str] = ()) -> list[DayFacts]:
    """A plan to start from: a build-up day, open days, a day of dismantling.

    Visitors come on open days from 9:00 to 17:00, the last at 16:30; the classes named in `staff` from 7:00 to 20:00
    on every day. Raises `Refused` when the fair ends before it begins or is longer than a list of days may be.
    """
    _check_year(first)
    _check_year(last)
    if last < first:
        raise Refused("dates_order", N_("The last day must not be before the first day"))
    if (last - first).days + 3 > MOST_PARTS:
        raise Refused("dates_long", N_("A fair has at most %(most)s days"), most=MOST_PARTS - 2)
    visitors = DoorFacts(door_from=time(9), door_to=time(17), last_admission=time(16, 30))
    workers = [DoorFacts(class_key=key, door_from=time(7), door_to=time(20)) for key in staff]
    opened = [
        DayFacts(
            date=first + timedelta(days=n),
            kind=DayKind.OPEN,
            official_from=time(9),
            official_to=time(17),
            doors=[visitors, *workers],
        )
        for n in range((last - first).days + 1)
    ]
    build_up = DayFacts(date=first - timedelta(days=1), kind=DayKind.BUILD_UP, doors=workers)
    dismantling = DayFacts(date=last + timedelta(days=1), kind=DayKind.DISMANTLING, doors=workers)
    return [build_up, *opened, dismantling]
