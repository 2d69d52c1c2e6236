"""Attendance as a pure function of scans (check-in.md, Counting; statistics.md V-1 to V-13).

The same set of scans gives the same figures in whatever order, repetition or batches they arrived: scans are taken
once by their id and sorted by corrected time, then id. A scan counts as the device admitted, whatever the server's own
verdict beside it is.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from exhibitions.gates.rules.presence import OUT
from exhibitions.gates.rules.timing import Calendar, Frame, Interval

FIRST_TODAY = "first_today"
OPEN_GATE = "open_gate"
CLICKER = "clicker"


class State(enum.StrEnum):
    """Whether a scan counts: rehearsals and undone scans count nowhere, reviewed ones when the chief accepts them."""

    COUNTS = "counts"
    REVIEW = "review"
    REJECTED = "rejected"
    ANNULLED = "annulled"
    REHEARSAL = "rehearsal"


class Reason(enum.StrEnum):
    """Why an entry scan is not the evidence of a visit; every such scan has exactly one."""

    REFUSED = "refused"
    REVIEW = "review"
    REJECTED = "rejected"
    ANNULLED = "annulled"
    CLICKER = "clicker"
    NO_PERSON = "no_person"
    INVALID_BADGE = "invalid_badge"
    NOT_A_VISITOR = "not_a_visitor"
    NOT_THE_EXHIBITION = "not_the_exhibition"
    OUT_OF_HOURS = "out_of_hours"
    DOUBLE_OFFLINE = "double_offline"
    RE_ENTRY = "re_entry"


class Scan(NamedTuple):
    """What counting sees of a scan.

    `badge` is the badge's key, or the code itself where no badge was found, or None. `claimed` is the verdict of an
    offline device (None when the server decided), `verdict` the server's own. `at` is the corrected time.
    """

    at: datetime
    scan_id: str
    gate: int
    direction: str
    badge: Hashable = None
    admitted: bool = True
    heads: int = 1
    kind: str = "badge"
    state: str = State.COUNTS
    verdict: str = ""
    claimed: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a gate leads. Only an entry to the exhibition is a visit (V-3)."""

    zone: int
    exhibition: bool = True


@dataclass(frozen=True, slots=True)
class ClassRule:
    """Whether a badge class counts as visitor (by profile: press does for ABC, V-13), and its doors of each day."""

    counts: bool
    doors: Mapping[date, Interval] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holder:
    """The badge as figures know it, by what is true now (a person re-classed after the fair counts anew).

    `person` is the person after merging, None for a reserve badge bound to nobody. `named` are the people of a leader's
    list, the leader among them. `valid` are the times at which the person held a valid badge, None for always.
    """

    person: Hashable
    rule: str
    region: str = ""
    named: tuple[Holder, ...] = ()
    valid: tuple[Interval, ...] | None = None


@dataclass(frozen=True, slots=True)
class Slip:
    """A numbered slip or redeemed voucher: evidence of a visit without a scan (V-7, V-10).

    Without a `person` the number itself stands for one (V-5).
    """

    day: date
    number: str
    person: Hashable = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the scans are read against: the calendar, gates, classes by key, badges by key.

    `nameless_slips` says whether the profile takes slips of people who cannot be contacted (ABC does not, V-6).
    """

    calendar: Calendar
    gates: Mapping[int, Place]
    classes: Mapping[str, ClassRule]
    badges: Mapping[Hashable, Holder]
    nameless_slips: bool = True


@dataclass(slots=True)
class Tally:
    """Visits (person-days) and unique visitors (persons, not badges) of one line of a table."""

    visits: int = 0
    visitors: int = 0


class Visit(NamedTuple):
    """One visit, or several by `heads` that nobody is named for; `scan` is the evidence, None where it is a slip."""

    day: date
    person: Hashable
    rule: str
    region: str
    scan: Scan | None
    heads: int = 1


@dataclass(frozen=True, slots=True)
class Attendance:
    """The figures, with the visits that they are made of.

    `flagged` (heads beyond named people, unbound reserve badges) and `estimated` (open-gate mode) are parts of the
    visits; what nobody is named for adds no visitor. `not_counted` says by `Reason` how many entry scans are no evidence.
    """

    total: Tally
    by_day: dict[date, Tally]
    by_hour: dict[str, Tally]
    by_gate: dict[int, Tally]
    by_class: dict[str, Tally]
    by_region: dict[str, Tally]
    flagged: int
    estimated: int
    not_counted: dict[str, int]
    visits: list[Visit]


class Double(NamedTuple):
    """Two entries of one badge on one day, at least one let in offline as the first; `later` is the one marked.

    `mixed`: only one of them was offline.
    """

    badge: Hashable
    day: date
    first: Scan
    later: Scan
    mixed: bool


def attendance(scans: Iterable[Scan], setting: Setting, slips: Iterable[Slip] = ()) -> Attendance:
    """Visits and visitors of the fair: one person, one local day, at least one counted entry in opening hours (V-4).

    Any permutation, repetition or batching of `scans` gives the same result.
    """
    ordered = in_order(scans)
    counter = _Counter(setting, frozenset(d.later.scan_id for d in doubles(ordered, setting.calendar)))
    for frame, scan in by_frame(ordered, setting.calendar):
        counter.see(frame, scan)
    for slip in slips:
        counter.take(slip)
    return _tabulate(counter, setting.calendar)


def in_order(scans: Iterable[Scan]) -> list[Scan]:
    """Each scan once, by corrected time and then id."""
    # Scans compare by their first two fields, of which the second is unique here.
    return sorted({scan.scan_id: scan for scan in scans}.values())


def by_frame(ordered: Iterable[Scan], calendar: Calendar) -> Iterator[tuple[Frame, Scan]]:
    """The scans, already in order, each with the local day that it belongs to."""
    frame: Frame | None = None
    for scan in ordered:
        if frame is None or scan.at >= frame.ends:
            frame = calendar.frame(calendar.day_of(scan.at))
        yield frame, scan


def doubles(ordered: Iterable[Scan], calendar: Calendar) -> list[Double]:
    """Badges that a device let in offline as the first of the day and that also came in elsewhere, without an exit between.

    The later by corrected time is the one marked; upload order decides nothing (F10). So what the server answered an
    online entry is not looked at: it depends on what had been uploaded by then. Of several online entries after an
    offline one only the first is marked: from then on the server knew.
    """
    offline_badges = {scan.badge for scan in ordered if scan.claimed is not None} - {None}
    found: list[Double] = []
    firsts: dict[tuple[date, Hashable], Scan] = {}
    for frame, scan in by_frame([s for s in ordered if s.badge in offline_badges], calendar):
        if scan.state != State.COUNTS or not scan.admitted:
            continue
        place = (frame.day, scan.badge)
        if scan.direction == OUT:
            firsts.pop(place, None)
        elif scan.claimed in (None, FIRST_TODAY):
            first = firsts.setdefault(place, scan)
            offline = (first.claimed is not None) + (scan.claimed is not None)
            if first is not scan and offline:
                found.append(Double(scan.badge, frame.day, first, scan, mixed=offline == 1))
            if scan.claimed is None:
                firsts[place] = scan
    return found


class _Counter:
    """Walks the scans in order and keeps whose visit of which day is proved by which scan."""

    def __init__(self, setting: Setting, marked: frozenset[str]) -> None:
        self.setting = setting
        self.marked = marked
        self.visits: dict[tuple[date, Hashable], Visit] = {}
        self.extra: dict[tuple[date, Hashable], Visit] = {}
        self.not_counted: Counter[str] = Counter()

    def see(self, frame: Frame, scan: Scan) -> None:
        if scan.state == State.REHEARSAL:
            return
        if scan.direction == OUT:
            if scan.state == State.COUNTS and frame.official is not None and scan.at < frame.official.start:
                self._left_before_opening(frame, scan)
            return
        reason = self._hindrance(scan) or self._enter(frame, scan)
        if reason is not None:
            self.not_counted[reason] += 1

    def take(self, slip: Slip) -> None:
        """Count a slip whose person has no other evidence of that day."""
        rule = self.setting.classes.get(slip.rule)
        if rule is not None and not rule.counts:
            return
        if slip.person is None and not self.setting.nameless_slips:
            return
        person = ("slip", slip.number) if slip.person is None else slip.person
        self.visits.setdefault((slip.day, person), Visit(slip.day, person, slip.rule, "", None))

    def _hindrance(self, scan: Scan) -> Reason | None:
        if scan.state != State.COUNTS:
            return Reason(scan.state)
        if not scan.admitted:
            return Reason.REFUSED
        return None if self.setting.gates[scan.gate].exhibition else Reason.NOT_THE_EXHIBITION

    def _enter(self, frame: Frame, scan: Scan) -> Reason | None:
        holder = self.setting.badges.get(scan.badge)
        if holder is None:
            return self._enter_nameless(frame, scan)
        rule = self.setting.classes.get(holder.rule)
        if rule is None or not rule.counts:
            return Reason.NOT_A_VISITOR
        if holder.valid is not None and not any(scan.at in span for span in holder.valid):
            return Reason.INVALID_BADGE
        if not _in_time(frame, scan.at, rule.doors.get(frame.day)):
            return Reason.OUT_OF_HOURS
        return None if self._count(frame.day, scan, holder) else self._again(scan)

    def _enter_nameless(self, frame: Frame, scan: Scan) -> Reason | None:
        # Under open-gate mode everybody is let in and counted, by whatever was held to the reader or by a click.
        if scan.verdict != OPEN_GATE:
            return Reason.CLICKER if scan.kind == CLICKER else Reason.NO_PERSON
        if not _in_time(frame, scan.at, None):
            return Reason.OUT_OF_HOURS
        key = scan.scan_id if scan.kind == CLICKER or scan.badge in (None, "") else scan.badge
        return (
            None
            if self._count_heads(key, Visit(frame.day, None, "", "", scan, scan.heads))
            else self._again(scan)
        )

    def _count(self, day: date, scan: Scan, holder: Holder) -> bool:
        """Whether the scan is evidence of a visit that no scan before it has proved."""
        if scan.heads == 1 and not holder.named and holder.person is not None:
            place = (day, holder.person)
            if place in self.visits:
                return False
            self.visits[place] = Visit(day, holder.person, holder.rule, holder.region, scan)
            return True
        return self._count_group(day, scan, holder)

    def _count_group(self, day: date, scan: Scan, holder: Holder) -> bool:
        people = holder.named or ((holder,) if holder.person is not None else ())
        present = people[: scan.heads]
        new = False
        for one in present:
            if (day, one.person) not in self.visits:
                self.visits[day, one.person] = Visit(day, one.person, one.rule, one.region, scan)
                new = True
        beyond = scan.heads - len(present)
        if beyond > 0:
            new |= self._count_heads(scan.badge, Visit(day, None, holder.rule, holder.region, scan, beyond))
        return new

    def _count_heads(self, key: Hashable, visit: Visit) -> bool:
        # The group's way back from lunch brings nobody new: the largest number of the day counts.
        known = self.extra.get((visit.day, key))
        if known is None or visit.heads > known.heads:
            self.extra[visit.day, key] = visit
            return True
        return False

    def _again(self, scan: Scan) -> Reason:
        return Reason.DOUBLE_OFFLINE if scan.scan_id in self.marked else Reason.RE_ENTRY

    def _left_before_opening(self, frame: Frame, scan: Scan) -> None:
        holder = self.setting.badges.get(scan.badge)
        people = () if holder is None else (holder.named or (holder,))
        gone = [self.visits.pop((frame.day, one.person), None) for one in people]
        gone.append(self.extra.pop((frame.day, scan.badge), None))
        # A leader's scan proved many visits and is one entry out of hours.
        self.not_counted[Reason.OUT_OF_HOURS] += len(
            {v.scan.scan_id for v in gone if v is not None and v.scan}
        )


def _in_time(frame: Frame, moment: datetime, doors: Interval | None) -> bool:
    """Whether an entry falls in official hours, or in an early window of the class's own doors before them."""
    if frame.official is None or moment >= frame.official.end:
        return False
    return moment >= frame.official.start or (doors is not None and moment in doors)


def _tabulate(counter: _Counter, calendar: Calendar) -> Attendance:
    visits = [*counter.visits.values(), *counter.extra.values()]
    scanned = [visit for visit in visits if visit.scan is not None]
    hours = _Hours(calendar)
    return Attendance(
        total=_table([None] * len(visits), visits).get(None, Tally()),
        by_day=_table([visit.day for visit in visits], visits),
        by_hour=_table([hours.of(visit.scan.at) for visit in scanned if visit.scan], scanned),
        by_gate=_table([visit.scan.gate for visit in scanned if visit.scan], scanned),
        by_class=_table([visit.rule for visit in visits], visits),
        by_region=_table([visit.region for visit in visits], visits),
        flagged=sum(visit.heads for visit in counter.extra.values() if not _is_estimated(visit)),
        estimated=sum(visit.heads for visit in scanned if _is_estimated(visit)),
        not_counted={str(reason): n for reason, n in sorted(counter.not_counted.items())},
        visits=visits,
    )


def _is_estimated(visit: Visit) -> bool:
    return visit.scan is not None and visit.scan.verdict == OPEN_GATE


def _table(lines: list[Any], visits: list[Visit]) -> dict[Any, Tally]:
    """Visits and persons by line, a person once a line; `lines` names the line of each visit. Sorted by line."""
    counts = Counter(lines)
    for line, visit in zip(lines, visits, strict=True):
        if visit.heads != 1:
            counts[line] += visit.heads - 1
    pairs = {
        (line, visit.person) for line, visit in zip(lines, visits, strict=True) if visit.person is not None
    }
    persons = Counter(map(itemgetter(0), pairs))
    return {line: Tally(counts[line], persons[line]) for line in sorted(counts, key=str)}


class _Hours:
    """The local hours of many moments; clocks change on quarter hours only, so that one answer serves fifteen minutes."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._known: dict[int, str] = {}

    def of(self, moment: datetime) -> str:
        quarter = int(moment.timestamp()) // 900
        hour = self._known.get(quarter)
        if hour is None:
            hour = self._known[quarter] = self._calendar.hour_of(moment)
        return hour
