"""Tasks as a calendar that programs subscribe to (RFC 5545)."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vText

REFRESH = timedelta(hours=1)


class Scope(enum.StrEnum):
    """Whose tasks a calendar holds."""

    MINE = "mine"
    ALL = "all"


@dataclass(frozen=True)
class Entry:
    """A task in a calendar: a whole day of the fair's zone. `uid` never changes, `sequence` counts its changes up."""

    uid: str
    sequence: int
    changed_at: datetime
    due: date
    title: str
    note: str
    url: str


def calendar_of(name: str, zone: str, entries: Sequence[Entry]) -> bytes:
    """A calendar called `name`; programs ask for it again each hour. The days are those of `zone`."""
    calendar = Calendar()
    calendar.add("prodid", "-//exhibitions//tasks//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    # Of an unknown kind, it would stand there unescaped.
    calendar.add("x-wr-calname", vText(name))
    calendar.add("x-wr-timezone", zone)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.due)
    event.add("dtend", entry.due + timedelta(days=1))
    event.add("summary", entry.title)
    event.add("description", entry.note)
    event.add("url", entry.url)
    # A deadline takes nobody's day.
    event.add("transp", "TRANSPARENT")
    return event
