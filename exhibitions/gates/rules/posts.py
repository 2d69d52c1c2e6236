"""Where people stand on site, and what the page of each post says (现场一页纸): one printed page a post."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import groupby
from operator import itemgetter
from typing import Protocol

from exhibitions.core.errors import N_
from exhibitions.gates.rules.setup import BadgeClass, Gate

VISITOR_DESK = "visitor-desk"
CHIEF = "chief"
PLACES: Mapping[str, str] = {
    CHIEF: N_("On-site command"),
    VISITOR_DESK: N_("Visitor desk"),
}
"""The posts that are no gate, with what they are called; whoever is lost asks the first."""


@dataclass(frozen=True)
class Step:
    """Something that happens at a post, and what to do then; both are English message ids."""

    when: str
    then: str


@dataclass(frozen=True)
class Answer:
    """One of the three answers of a scanner: its look (ux.md §6), its word, and what the person at the gate does."""

    look: str
    word: str
    do: str


ANSWERS: Sequence[Answer] = (
    Answer("admit", N_("Go in"), N_("Let the person in: first time today, or re-entry.")),
    Answer(
        "check",
        N_("Please check"),
        N_("Read the line on the screen, look at the badge and the person, then decide. Both are kept."),
    ),
    Answer(
        "refuse",
        N_("No entry"),
        N_("Read the reason aloud in a friendly way and show the way: another gate, or the visitor desk."),
    ),
)

_STEPS: Mapping[str, Sequence[Step]] = {
    "": (
        Step(N_("No network"), N_("Go on scanning. The scanner keeps everything and sends it later.")),
        Step(
            N_("The camera reads nothing"),
            N_("Ask for a brighter screen, wipe the lens, then type the number under the code."),
        ),
        Step(
            N_("The phone gives up"),
            N_("Never delete anything on it. Take the spare one, pair it, hand the old one to the command."),
        ),
        Step(
            N_("Somebody has no badge"), N_("Send them to the visitor desk. Nobody goes in without a scan.")
        ),
        Step(
            N_("Scanned the wrong person"),
            N_("Press Undo on the same phone within 15 minutes."),
        ),
        Step(N_("It gets crowded"), N_("Call the command. Only the command opens the gate for all.")),
    ),
    VISITOR_DESK: (
        Step(
            N_("Somebody has registered"),
            N_("Type the end of the phone number or the name, or scan the code; then print."),
        ),
        Step(N_("Somebody has not registered"), N_("Three fields: name, phone, class. Then print.")),
        Step(N_("The name is wrong"), N_("Correct it and print again. The old code goes on working.")),
        Step(N_("The badge is lost"), N_("Replace it. The lost one is void from that moment on.")),
        Step(
            N_("No network or no printer"),
            N_("Hand out a reserve badge and note its number, name and phone on the slip."),
        ),
        Step(N_("Somebody is angry"), N_("Listen, note name and phone, call the command.")),
    ),
    CHIEF: (
        Step(
            N_("A gate is crowded"),
            N_("Send people to the next gate, open a lane; the last step is open-gate mode, with a reason."),
        ),
        Step(
            N_("The doors open or close at another time"),
            N_("Move the doors on the page On-site command; every scanner follows within a minute."),
        ),
        Step(
            N_("A phone is lost"),
            N_("End it on the page Gates. Its scans that were sent stay."),
        ),
        Step(
            N_("Scans wait for a decision"),
            N_("Decide them the same evening: until then they do not count."),
        ),
        Step(
            N_("In the evening"),
            N_("Every phone online until it shows nothing to send; then read out the figures."),
        ),
    ),
}


def steps_of(place: str) -> Sequence[Step]:
    """What may happen at a post, the most frequent first; every gate has the same."""
    return _STEPS.get(place, _STEPS[""])


def admitted_at(gate: Gate, classes: Sequence[BadgeClass]) -> list[BadgeClass]:
    """The badge classes that this gate lets through (check-in.md row 7)."""
    return [one for one in classes if not gate.class_keys or one.key in gate.class_keys]


def ways_for_others(
    gate: Gate, gates: Sequence[Gate], classes: Sequence[BadgeClass]
) -> list[tuple[BadgeClass, list[Gate]]]:
    """Each class that may not pass here, with the other gates where it may; a class without one has an empty list."""
    here = {one.id for one in admitted_at(gate, classes)}
    return [
        (one, [other for other in gates if other.id != gate.id and one in admitted_at(other, [one])])
        for one in classes
        if one.id not in here
    ]


class Door(Protocol):
    """When a class is let in on a day, in local time; an empty `class_key` is every class without a door of its own."""

    class_key: str
    door_from: time
    door_to: time
    last_admission: time | None


@dataclass(frozen=True)
class Opening:
    """Hours that several classes share: from, to, last admission, and the classes' keys ("" for everyone else)."""

    opens: time
    closes: time
    last_admission: time | None
    class_keys: tuple[str, ...]


def openings(
    days: Sequence[tuple[date, Sequence[Door]]], wanted: Container[str]
) -> list[tuple[list[date], list[Opening]]]:
    """The doors of the `wanted` classes in as few lines as say it: days in a row that are alike stand together.

    `days` are in order. Hours that several classes share are one line, the earliest first.
    """
    found = [(day, _shared([door for door in doors if door.class_key in wanted])) for day, doors in days]
    return [([day for day, _hours in alike], hours) for hours, alike in groupby(found, key=itemgetter(1))]


def _shared(doors: Sequence[Door]) -> list[Opening]:
    by_hours: dict[tuple[time, time, time | None], list[str]] = {}
    for door in doors:
        by_hours.setdefault((door.door_from, door.door_to, door.last_admission), []).append(door.class_key)
    return sorted(
        (Opening(*hours, tuple(keys)) for hours, keys in by_hours.items()),
        key=lambda one: (one.opens, one.closes, one.class_keys),
    )
