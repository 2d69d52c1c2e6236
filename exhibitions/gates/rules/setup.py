"""A fair's set-up as gates see it: frozen facts that stay true between two changes of the set-up.

Everything that a decision needs beyond the badge and its movements is looked up here, without asking the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from exhibitions.gates.rules.decision import ClassFacts, DoorFacts, GateFacts
from exhibitions.gates.rules.nights import Where, place_of
from exhibitions.gates.rules.timing import Calendar, Interval


@dataclass(frozen=True, slots=True)
class Named:
    """A name in both languages; where one is empty the other stands for it."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """The name for a reader of `language`."""
        first, second = (self.zh, self.en) if language == "zh" else (self.en, self.zh)
        return first or second


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate. `class_keys` empty lets every class through."""

    id: int
    name: Named
    zone_id: int
    class_keys: frozenset[str]
    anti_passback: str


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone with its limit and what a full zone does; `counts_visits` tells the exhibition from other rooms."""

    id: int
    limit: int | None
    on_full: str
    counts_visits: bool


@dataclass(frozen=True, slots=True)
class BadgeClass:
    """A badge class: its key and number, whether statistics count it as visitors, and its rules at the gate."""

    id: int
    key: str
    number: int
    name: Named
    rules: ClassFacts


@dataclass(frozen=True, slots=True)
class Hours:
    """Door hours in the fair's local time."""

    opens: time
    closes: time
    last_admission: time | None


@dataclass(frozen=True, slots=True)
class Move:
    """Hours that the chief has put in place of a door's, from `since` on."""

    since: datetime
    hours: Hours


@dataclass(frozen=True, slots=True)
class Setup:
    """The fair as its gates know it. `shift` is a demo's clock ahead of the real one, zero elsewhere.

    `doors` and `moves` go by day and class key, "" being every class without a door of its own. `open_gates` are the
    periods of open-gate mode, without an end while it lasts. `nights` are the windows of passes by class key.
    """

    expo_id: int
    fair_code: int
    calendar: Calendar
    begins: datetime | None
    gates: Mapping[int, Gate]
    zones: Mapping[int, Zone]
    classes: Mapping[int, BadgeClass]
    doors: Mapping[tuple[date, str], Hours]
    moves: Mapping[tuple[date, str], tuple[Move, ...]]
    open_gates: tuple[tuple[datetime, datetime | None], ...]
    keys: Mapping[int, bytes]
    shift: timedelta = timedelta(0)
    nights: Mapping[str, tuple[Interval, ...]] = field(default_factory=dict)
    _door_facts: dict[tuple[date, Hours], DoorFacts] = field(default_factory=dict, compare=False, repr=False)

    @property
    def limited_zones(self) -> list[int]:
        """The zones that have a limit, by number."""
        return sorted(zone.id for zone in self.zones.values() if zone.limit is not None)

    def ends(self) -> datetime | None:
        """When the fair is over: the end of its last day or of its last night of passes; None for a fair without days."""
        nights = [windows[-1].end for windows in self.nights.values() if windows]
        days = [self.calendar.frame(max(self.calendar.hours)).ends] if self.calendar.hours else []
        return max([*days, *nights], default=None)

    def door(self, day: date, class_key: str, moment: datetime) -> DoorFacts | None:
        """The doors of a class on a day as they stood at `moment`; None when the class has none that day.

        A class with hours of passes has these in their place, but for a day whose door of this class the chief has moved.
        """
        place = (day, class_key) if (day, class_key) in self.doors else (day, "")
        hours = self.doors.get(place)
        moved = [move.hours for move in self.moves.get(place, ()) if move.since <= moment]
        if class_key in self.nights and not (moved and place[1]):
            return self._night(class_key, moment)
        if moved:
            hours = moved[-1]
        return None if hours is None else self._as_moments(day, hours)

    def _night(self, class_key: str, moment: datetime) -> DoorFacts | None:
        where, window = place_of(moment, self.nights[class_key], self.calendar.zone)
        if where is Where.DAY or window is None:
            return None
        return DoorFacts(window.start, window.end)

    def _as_moments(self, day: date, hours: Hours) -> DoorFacts:
        known = self._door_facts.get((day, hours))
        if known is None:
            span = self.calendar.span(day, hours.opens, hours.closes)
            last = (
                None
                if hours.last_admission is None
                else self.calendar.moment_after(span.start, hours.last_admission)
            )
            known = self._door_facts[day, hours] = DoorFacts(span.start, span.end, last)
        return known

    def gate_facts(self, gate: Gate, class_key: str | None, moment: datetime, language: str) -> GateFacts:
        """The gate as the decision sees it, for a class of badge (None where no badge was read)."""
        allowed = class_key is None or _lets_in(gate, class_key)
        elsewhere = (
            ()
            if allowed
            else tuple(g.name.text(language) for g in self.gates.values() if _lets_in(g, class_key))
        )
        return GateFacts(
            zone=gate.zone_id,
            allowed=allowed,
            allowed_at=elsewhere,
            anti_passback=gate.anti_passback,
            open_gate=self.is_open_gate(moment),
        )

    def is_open_gate(self, moment: datetime) -> bool:
        """Whether open-gate mode was on at `moment`."""
        return any(start <= moment and (end is None or moment < end) for start, end in self.open_gates)


def _lets_in(gate: Gate, class_key: str | None) -> bool:
    return not gate.class_keys or class_key in gate.class_keys
