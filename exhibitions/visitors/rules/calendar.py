"""A visit as a calendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event


@dataclass(frozen=True)
class Visit:
    """One entry: aware moments in the fair's zone. `uid` is stable, so that a second download changes the first."""

    uid: str
    title: str
    place: str
    starts: datetime
    ends: datetime


def calendar_file(visits: Sequence[Visit], made_at: datetime) -> bytes:
    """A calendar with these visits; calendars of phones add it as a whole. It holds nothing of the visitor."""
    calendar = Calendar()
    calendar.add("prodid", "-//exhibitions//visit//EN")
    calendar.add("version", "2.0")
    for visit in visits:
        event = Event()
        event.add("uid", visit.uid)
        event.add("dtstamp", made_at)
        event.add("dtstart", visit.starts)
        event.add("dtend", visit.ends)
        event.add("summary", visit.title)
        event.add("location", visit.place)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
