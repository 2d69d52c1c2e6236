"""What a juror types on a score sheet: single fields, each with its moment, brought together from any device and order.

A sheet counts when it was submitted (awards.md §3.4): what is typed before the end and sent after it does not.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

import msgspec

from exhibitions.awards.rules import sheets
from exhibitions.awards.rules.rule_set import Criterion, Rounding, RuleSet, canonical, normal
from exhibitions.awards.rules.states import AssignmentState, EntryState, SeasonState
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.shares import rounded

MARK, ELIMINATED, COMMENT, NOTE = "mark:", "eliminated", "comment", "note"
MOST_LETTERS = 2_000
MOST_CHANGES = 200
TICKED = "y"
_TYPED = re.compile(r"-?[0-9]{1,10}(?:\.[0-9]{0,12})?")
_EXACT_PLACES = 4
OPEN_STATES = frozenset({AssignmentState.ASSIGNED, AssignmentState.ACCEPTED, AssignmentState.IN_PROGRESS})
"""Assignments that the juror may still work on."""
GONE = frozenset(
    {
        EntryState.DRAFT,
        EntryState.SUBMITTED,
        EntryState.RETURNED,
        EntryState.REJECTED,
        EntryState.WITHDRAWN,
        EntryState.DISQUALIFIED,
    }
)
"""Entries that are no longer, or not again, before the jury."""


class Late(Conflict):
    """Judging is over, or has not begun."""


class Sent(Conflict):
    """The sheet was sent and is read only now."""


class Round(Protocol):
    """When a round takes sheets."""

    opened_at: datetime
    closes_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class Typed:
    """A sheet as it stands: texts by field, and when each was typed. A field that was never typed is missing."""

    values: Mapping[str, str] = field(default_factory=dict)
    moments: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One field as a device says it was typed, at a moment of the server's clock."""

    field: str
    value: str
    at: datetime


def is_open(season: SeasonState, judging: Round | None, now: datetime) -> bool:
    """Whether a sheet that arrives now is in time: to the second, the closing second included."""
    if season is not SeasonState.JUDGING or judging is None or judging.closed_at is not None:
        return False
    begun = judging.opened_at <= now
    return begun and (judging.closes_at is None or now.replace(microsecond=0) <= judging.closes_at)


def check_open(season: SeasonState, judging: Round | None, now: datetime) -> None:
    """Raises `Late` outside of the round's time."""
    if not is_open(season, judging, now):
        raise Late(
            "late",
            N_(
                "Judging is closed. A sheet counts when it was sent before the end; this came after it and was not taken."
            ),
        )


def check_workable(state: AssignmentState, entry: EntryState, *, is_barred: bool) -> None:
    """Raises a refusal where the juror may not mark this entry: sent, recused, gone, or an interest was upheld."""
    if state is AssignmentState.SUBMITTED:
        raise Sent("sent", N_("This score was sent and cannot be changed any more."))
    if state not in OPEN_STATES or is_barred:
        raise Conflict("recused", N_("You do not judge this entry."))
    if entry in GONE:
        raise Conflict("entry_gone", N_("This entry is no longer before the jury."))


def server_moment(typed_ms: float, sent_ms: float, now: datetime) -> datetime:
    """When something was typed, by the server's clock: a device's clock may be wrong, but it measures how long ago it was.

    Never later than now: a clock that was set back meanwhile must not make a text the newest for ever.
    """
    ago = min(max(sent_ms - typed_ms, 0.0), timedelta(days=60) / timedelta(milliseconds=1))
    return now - timedelta(milliseconds=ago)


def merged(sheet: Typed, changes: Iterable[Change]) -> Typed:
    """The sheet with these changes: of every field the text that was typed last, in whatever order they arrive.

    Of two texts of the same moment the greater counts, so that every order of arrival gives the same sheet.
    """
    values, moments = dict(sheet.values), dict(sheet.moments)
    for change in changes:
        known = moments.get(change.field)
        if known is None or (change.at, change.value) > (known, values.get(change.field, "")):
            values[change.field], moments[change.field] = change.value, change.at
    return Typed(values, moments)


def plain_mark(text: str) -> str:
    """A mark as it is kept: its shortest spelling. Full-width digits and a comma for the point are taken.

    Raises `Refused` for what is no number; an empty text stays empty and means that there is no mark.
    """
    typed = "".join(unicodedata.normalize("NFKC", text).split()).replace("。", ".").replace(",", ".")
    if not typed:
        return ""
    if not _TYPED.fullmatch(typed):
        raise Refused("mark", N_("Enter a number such as 88 or 88.5"))
    return normal(Decimal(typed))


def checked(rules: RuleSet, name: str, text: str) -> str:
    """The text of one field as it is kept. Raises `Refused` for a mark off the scale or between its steps."""
    if name.startswith(MARK):
        code = name.removeprefix(MARK)
        mark = plain_mark(text)
        for problem in sheets.mark_problems(rules, {code: Decimal(mark) if mark else None}):
            raise problem
        return mark
    if name == ELIMINATED:
        return TICKED if text else ""
    if name in (COMMENT, NOTE):
        if len(text) > MOST_LETTERS:
            raise Refused("too_long", N_("At most %(most)s characters"), most=MOST_LETTERS)
        return text.replace("\x00", "").replace("\r\n", "\n").strip()
    raise Refused("field", N_("The sheet has no such field."))


def marks_of(values: Mapping[str, str]) -> dict[str, str]:
    """The marks among the fields, by criterion; blank ones are left out."""
    return {name.removeprefix(MARK): text for name, text in values.items() if name.startswith(MARK) and text}


def decimals(marks: Mapping[str, str]) -> dict[str, Decimal | None]:
    """Kept marks as exact numbers."""
    return {code: Decimal(text) for code, text in marks.items()}


def missing(rules: RuleSet, marks: Mapping[str, str]) -> list[Criterion]:
    """The required criteria that have no mark yet, in the order of the rubric (AW-03)."""
    return sheets.missing(rules, decimals(marks))


def incomplete(rules: RuleSet, values: Mapping[str, str]) -> list[Refused]:
    """What keeps a sheet from being sent: marks off their scales, required criteria without one, or no mark at all."""
    marks = marks_of(values)
    found = list(sheets.mark_problems(rules, decimals(marks)))
    found += [
        Refused("missing", N_("Give a mark for “%(criterion)s”."), criterion=each.code)
        for each in missing(rules, marks)
    ]
    if not found and not marks:
        found.append(Refused("missing", N_("Give at least one mark.")))
    return found


def running_total(rules: RuleSet, marks: Mapping[str, str]) -> Fraction | None:
    """The score of the marks so far, by the rule that counts in the end (§3.4 step 1); None before the first mark.

    What is still missing is left out of the mean, as an optional criterion would be.
    """
    every = tuple(msgspec.structs.replace(each, required=False) for each in rules.criteria)
    found = sheets.score(msgspec.structs.replace(rules, criteria=every), "", "", decimals(marks))
    return found.score if found is not None else None


def total_places(rules: RuleSet) -> int:
    """How many decimals a sheet's total is shown with."""
    return rules.decimals if rules.rounding is Rounding.HALF_UP else _EXACT_PLACES


def shown_total(rules: RuleSet, marks: Mapping[str, str]) -> str:
    """The running total as the page says it, rounded half up; empty before the first mark."""
    found = running_total(rules, marks)
    return "" if found is None else f"{rounded(found, total_places(rules)):f}"


def sheet_hash(marks: Mapping[str, str], *, eliminated: bool) -> str:
    """SHA-256 in hex over the canonical marks of a sheet and its word against an award."""
    content = canonical({"eliminated": eliminated, "marks": decimals(marks)})
    return hashlib.sha256(content).hexdigest()


def parsed_moments(stored: Mapping[str, str]) -> dict[str, datetime]:
    """Stored moments; they are ISO texts in UTC."""
    return {name: datetime.fromisoformat(text).astimezone(UTC) for name, text in stored.items()}


def without_unknown(rules: RuleSet, sheet: Typed) -> Typed:
    """The sheet without marks of criteria that the rules no longer have."""
    known = {MARK + each.code for each in rules.criteria}
    kept = {name: text for name, text in sheet.values.items() if not name.startswith(MARK) or name in known}
    return replace(sheet, values=kept)
