"""What verdicts and reasons are called, as English message ids (ux.md §6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from exhibitions.core.errors import N_
from exhibitions.gates.rules import timing
from exhibitions.gates.rules.decision import Code, Verdict

VERDICTS = {
    "first_today": N_("First time today"),
    "re_entry": N_("Re-entry"),
    "passed_back": N_("Scanned in a moment ago"),
    "open_gate": N_("Open gate"),
    "exit": N_("Out"),
    "counted": N_("Counted"),
    "unknown": N_("Not a valid code"),
    "forged": N_("Forgery check failed"),
    "other_fair": N_("Not a badge of this fair"),
    "voided": N_("Reported lost, use the new badge"),
    "cancelled": N_("Cancelled"),
    "not_approved": N_("Not approved"),
    "unpaid": N_("Not paid"),
    "wrong_gate": N_("Use gate"),
    "wrong_day": N_("Not a badge for today"),
    "outside_hours": N_("Outside opening hours"),
    "full": N_("Full, please wait"),
    "already_inside": N_("Already inside"),
    "already_in_today": N_("Already in today"),
}

# As the line of a table, where nobody is spoken to.
NOUNS = VERDICTS | {"wrong_gate": N_("Wrong gate")}

# Why a scan waits for the organiser.
REVIEW_REASONS = {
    timing.CLOCK_UNKNOWN: N_("Nobody knows what the device's clock showed: its time may be wrong"),
    timing.IN_FUTURE: N_("The time lies in the future"),
    timing.BEFORE_BUILD_UP: N_("The time lies before build-up began"),
}

# Why an entry is not the evidence of a visit.
REASONS = {
    "refused": N_("Refused at the gate"),
    "review": N_("Waiting for review"),
    "rejected": N_("Rejected in review"),
    "annulled": N_("Undone"),
    "clicker": N_("Counted by hand"),
    "no_person": N_("Code of nobody"),
    "invalid_badge": N_("Badge was not valid"),
    "not_a_visitor": N_("Staff, exhibitors and media"),
    "not_the_exhibition": N_("Not an entrance of the exhibition"),
    "out_of_hours": N_("Outside visitor hours"),
    "double_offline": N_("Let in twice offline"),
    "re_entry": N_("Re-entry on the same day"),
}

_BETWEEN = ", "
# What `reason_text` writes of a badge that is voided or cancelled: since when, and the number of its replacement.
_SINCE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d)(?: (.+))?")


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason of an answer, taken apart so that each language may say it; what it does not hold is empty.

    `doubt` is an English message id. `since` is the fair's local time, `number` that of the new badge. `names` are
    gates, hours and the like, which are the same in all languages.
    """

    doubt: str = ""
    since: datetime | None = None
    number: str = ""
    names: tuple[str, ...] = ()


def reason_text(verdict: Verdict, calendar: timing.Calendar) -> str | None:
    """What a verdict needs to be understood, in words of no language: times, names, numbers."""
    detail = {key: value for key, value in verdict.detail.items() if value not in (None, "", [])}
    if not detail:
        return None
    if verdict.code is Code.FULL:
        return f"{detail['inside']}/{detail['limit']}" if "limit" in detail else None
    if verdict.code is Code.OUTSIDE_HOURS:
        return f"{_text(detail['opens'], calendar.shown)}–{_text(detail['closes'], calendar.shown)}"
    if verdict.code in (Code.VOIDED, Code.CANCELLED):
        return " ".join(_text(value, calendar.shown_with_date) for value in detail.values())
    return " ".join(_text(value, calendar.shown) for value in detail.values())


def read_reason(text: str) -> Reason:
    """What a scan's reason says: what `reason_text` wrote, or the code of a doubt."""
    if text in REVIEW_REASONS:
        return Reason(doubt=REVIEW_REASONS[text])
    since = _SINCE.fullmatch(text)
    if since is None:
        return Reason(names=tuple(text.split(_BETWEEN)))
    return Reason(since=datetime.fromisoformat(since[1]), number=since[2] or "")


def _text(value: object, shown: Callable[[datetime], str]) -> str:
    if isinstance(value, datetime):
        return shown(value)
    if isinstance(value, list):
        return _BETWEEN.join(map(str, value))
    return str(value)
