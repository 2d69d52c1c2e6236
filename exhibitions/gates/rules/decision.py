"""The decision at a gate: one order of questions, online, offline and afterwards (check-in.md).

`decide` is pure: it sees facts and answers with a verdict. Question 0 (is this scan stored already?) is asked of the
store before it. The scanner in the browser answers the same questions in the same order, and both are proven by the
same file of cases, tests/gates/decision_cases.json.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from exhibitions.gates.rules.presence import NOWHERE, OUT, Presence
from exhibitions.gates.rules.timing import Interval

PASSED_BACK_WITHIN = timedelta(minutes=10)
# Nobody walks from one zone to another in less; two entries closer than this are one badge in two hands.
SAME_INSTANT = timedelta(seconds=10)


class Code(enum.StrEnum):
    """The words of a verdict. `EXIT` and `COUNTED` answer scans that ask for no admission."""

    UNKNOWN = "unknown"
    FORGED = "forged"
    OTHER_FAIR = "other_fair"
    VOIDED = "voided"
    CANCELLED = "cancelled"
    NOT_APPROVED = "not_approved"
    UNPAID = "unpaid"
    WRONG_GATE = "wrong_gate"
    WRONG_DAY = "wrong_day"
    OUTSIDE_HOURS = "outside_hours"
    FULL = "full"
    ALREADY_INSIDE = "already_inside"
    ALREADY_IN_TODAY = "already_in_today"
    PASSED_BACK = "passed_back"
    RE_ENTRY = "re_entry"
    FIRST_TODAY = "first_today"
    OPEN_GATE = "open_gate"
    EXIT = "exit"
    COUNTED = "counted"


class Colour(enum.StrEnum):
    """The three lights: green and amber admit, red does not."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Kind(enum.StrEnum):
    """What was held to the reader: a person's badge, an unnamed reserve badge, or a counting button."""

    BADGE = "badge"
    RESERVE = "reserve"
    CLICKER = "clicker"


READ = "read"
NOT_VALID = (Code.VOIDED, Code.CANCELLED, Code.UNKNOWN, Code.FORGED, Code.OTHER_FAIR)
"""The badge was not valid, or was none: let in offline all the same, that is seen by the chief (check-in.md, F11)."""
# Questions 1 to 5 are about the badge itself: nobody may override them.
FINAL = frozenset(NOT_VALID)


@dataclass(frozen=True, slots=True)
class Asked:
    """The scan: when by corrected time, which way, how many heads, and whether somebody with the right overrides."""

    at: datetime
    kind: str = Kind.BADGE
    direction: str = "in"
    heads: int = 1
    override: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What questions 1 to 3 found in the code: `read`, or `unknown`, `forged`, `other_fair` with that fair's name."""

    outcome: str = READ
    fair: str = ""


@dataclass(frozen=True, slots=True)
class BadgeFacts:
    """Moments, not flags: the badge is judged by its state at the scan's time. `new_number` replaces a voided one."""

    voided_at: datetime | None = None
    new_number: str | None = None
    cancelled_at: datetime | None = None
    approved_at: datetime | None = None
    paid_at: datetime | None = None
    planned_day: date | None = None
    day_only: bool = False


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """The rules of a badge class. `visitor` classes are held back by a full zone; staff and rescue pass."""

    visitor: bool = True
    once_a_day: bool = False
    planned_day_only: bool = False
    needs_approval: bool = False
    needs_payment: bool = False


@dataclass(frozen=True, slots=True)
class DoorFacts:
    """When the doors are open for the class on the scan's day: the span, cut at the last admission."""

    opens: datetime
    closes: datetime
    last_admission: datetime | None = None

    @property
    def admits(self) -> Interval:
        """The half-open hours of admission."""
        cut = self.closes if self.last_admission is None else min(self.closes, self.last_admission)
        return Interval(self.opens, cut)


@dataclass(frozen=True, slots=True)
class GateFacts:
    """The gate: whether the class may pass (and where else it may), what anti-passback does, the open-gate mode."""

    zone: int
    allowed: bool = True
    allowed_at: tuple[str, ...] = ()
    anti_passback: str = "off"
    open_gate: bool = False


@dataclass(frozen=True, slots=True)
class ZoneFacts:
    """The zone behind the gate: its limit, what a full zone does (`warn`, `refuse`), and how many are inside."""

    limit: int | None = None
    on_full: str = "warn"
    inside: int = 0


@dataclass(frozen=True, slots=True)
class First:
    """The first admitted entry of the badge's day, with the gate's name."""

    at: datetime
    gate: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the questions 1 to 11 look at. `badge`, `rules` may be missing when the code was not read."""

    reading: Reading
    gate: GateFacts
    zone: ZoneFacts = ZoneFacts()
    badge: BadgeFacts | None = None
    rules: ClassFacts | None = None
    day: date | None = None
    door: DoorFacts | None = None
    presence: Presence = NOWHERE
    first: First | None = None
    last_gate: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer: a word, whether it admits, its light, and what the word needs to be understood.

    `detail` holds, by code: `since` and `number` (voided), `since` (cancelled), `fair` (other_fair), `gates`
    (wrong_gate), `opens` and `closes` (outside_hours), `day` (wrong_day), `inside` and `limit` (full), `at` and `gate`
    of the last entry (passed_back, already_inside), `badge` (exit: why it is amber).
    """

    code: Code
    admitted: bool
    colour: Colour
    overridden: bool = False
    detail: dict[str, object] = field(default_factory=dict)


def decide(asked: Asked, facts: Facts) -> Verdict:
    """Answer the first question that fails, in the order of check-in.md; `first_today` or a re-entry when none does."""
    if asked.direction == OUT:
        return _exit(asked, facts)
    if facts.gate.open_gate:
        return Verdict(Code.OPEN_GATE, True, Colour.GREEN)
    if asked.kind == Kind.CLICKER:
        return Verdict(Code.COUNTED, True, Colour.GREEN)
    verdict = _unread(facts) or _first_that_applies(asked, facts)
    if asked.override and not verdict.admitted and verdict.code not in FINAL:
        return replace(verdict, admitted=True, colour=Colour.AMBER, overridden=True)
    return verdict


def _refuse(code: Code, **detail: object) -> Verdict:
    return Verdict(code, False, Colour.RED, detail=detail)


def _warn(code: Code, **detail: object) -> Verdict:
    return Verdict(code, True, Colour.AMBER, detail=detail)


def _exit(asked: Asked, facts: Facts) -> Verdict:
    """Exits are asked 0 to 3 only, so that nobody is locked in; a badge that should not be inside shows amber."""
    if asked.kind == Kind.CLICKER:
        return Verdict(Code.COUNTED, True, Colour.GREEN)
    unread = _unread(facts)
    if unread is not None:
        return unread
    for question in (_voided, _cancelled, _wrong_gate):
        wrong = question(asked, facts)
        if wrong is not None:
            return _warn(Code.EXIT, badge=wrong.code.value)
    return Verdict(Code.EXIT, True, Colour.GREEN)


def _unread(facts: Facts) -> Verdict | None:
    if facts.reading.outcome == READ:
        return None
    code = Code(facts.reading.outcome)
    return _refuse(code, fair=facts.reading.fair) if code is Code.OTHER_FAIR else _refuse(code)


def _first_that_applies(asked: Asked, facts: Facts) -> Verdict:
    for question in _QUESTIONS:
        answer = question(asked, facts)
        if answer is not None:
            return answer
    return _been_in_today(asked, facts)


def _voided(asked: Asked, facts: Facts) -> Verdict | None:
    badge = facts.badge or BadgeFacts()
    if badge.voided_at is None or badge.voided_at > asked.at:
        return None
    return _refuse(Code.VOIDED, since=badge.voided_at, number=badge.new_number)


def _cancelled(asked: Asked, facts: Facts) -> Verdict | None:
    badge = facts.badge or BadgeFacts()
    if badge.cancelled_at is None or badge.cancelled_at > asked.at:
        return None
    return _refuse(Code.CANCELLED, since=badge.cancelled_at)


def _not_approved(asked: Asked, facts: Facts) -> Verdict | None:
    badge, rules = facts.badge or BadgeFacts(), facts.rules or ClassFacts()
    if not rules.needs_approval or _by_then(badge.approved_at, asked.at):
        return None
    return _refuse(Code.NOT_APPROVED)


def _unpaid(asked: Asked, facts: Facts) -> Verdict | None:
    badge, rules = facts.badge or BadgeFacts(), facts.rules or ClassFacts()
    if not rules.needs_payment or _by_then(badge.paid_at, asked.at):
        return None
    return _refuse(Code.UNPAID)


def _by_then(done_at: datetime | None, moment: datetime) -> bool:
    return done_at is not None and done_at <= moment


def _wrong_gate(_: Asked, facts: Facts) -> Verdict | None:
    return None if facts.gate.allowed else _refuse(Code.WRONG_GATE, gates=list(facts.gate.allowed_at))


def _doors(asked: Asked, facts: Facts) -> Verdict | None:
    badge, rules = facts.badge or BadgeFacts(), facts.rules or ClassFacts()
    if (rules.planned_day_only or badge.day_only) and badge.planned_day not in (None, facts.day):
        return _refuse(Code.WRONG_DAY, day=badge.planned_day)
    if facts.door is None:
        return _refuse(Code.WRONG_DAY, day=None)
    hours = facts.door.admits
    return None if asked.at in hours else _refuse(Code.OUTSIDE_HOURS, opens=hours.start, closes=hours.end)


def _full(asked: Asked, facts: Facts) -> Verdict | None:
    zone, rules = facts.zone, facts.rules or ClassFacts()
    # Who is inside already takes no further place.
    if zone.limit is None or not rules.visitor or facts.presence.inside == facts.gate.zone:
        return None
    if zone.inside + asked.heads <= zone.limit:
        return None
    say = _refuse if zone.on_full == "refuse" else _warn
    return say(Code.FULL, inside=zone.inside, limit=zone.limit)


def _already_inside(_: Asked, facts: Facts) -> Verdict | None:
    # An entry in another zone is an exit from the first.
    if facts.gate.anti_passback == "off" or facts.presence.inside != facts.gate.zone:
        return None
    say = _refuse if facts.gate.anti_passback == "refuse" else _warn
    return say(Code.ALREADY_INSIDE, **_last_entry(facts))


_QUESTIONS: tuple[Callable[[Asked, Facts], Verdict | None], ...] = (
    _voided,
    _cancelled,
    _not_approved,
    _unpaid,
    _wrong_gate,
    _doors,
    _full,
    _already_inside,
)


def _been_in_today(asked: Asked, facts: Facts) -> Verdict:
    rules = facts.rules or ClassFacts()
    if facts.first is None:
        return Verdict(Code.FIRST_TODAY, True, Colour.GREEN)
    if rules.once_a_day:
        return _refuse(Code.ALREADY_IN_TODAY, at=facts.first.at, gate=facts.first.gate)
    if _passed_back(asked, facts):
        return _warn(Code.PASSED_BACK, **_last_entry(facts))
    return Verdict(Code.RE_ENTRY, True, Colour.GREEN)


def _passed_back(asked: Asked, facts: Facts) -> bool:
    last = facts.presence.last
    if last is None or facts.presence.exited:
        return False
    within = PASSED_BACK_WITHIN if last.zone == facts.gate.zone else SAME_INSTANT
    return abs(asked.at - last.at) < within


def _last_entry(facts: Facts) -> dict[str, object]:
    last = facts.presence.last
    return {"at": last.at if last else None, "gate": facts.last_gate}
