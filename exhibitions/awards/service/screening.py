"""Screening of entries 初审: passed, returned, failed, moved to another category; disqualified at the table."""

from __future__ import annotations

from collections.abc import Iterable

from exhibitions.awards.models import AwardEntry, AwardSeason, EntryEvent
from exhibitions.awards.rules import entering as rules
from exhibitions.awards.rules import entry_deeds as deeds
from exhibitions.awards.rules import entry_letters as letters
from exhibitions.awards.rules.entry_words import CHECKS
from exhibitions.awards.rules.states import EntryState
from exhibitions.awards.service.entering import category_of, check_limit, draw_code
from exhibitions.awards.service.entry_moves import lock, lock_season, move, note
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Refused
from exhibitions.mail import service as mail


def accept(season: AwardSeason, entry: AwardEntry, checks: Iterable[str], by: Actor) -> None:
    """Let an entry pass; `checks` are those of the list that were ticked. The company is told.

    Raises `Refused` for one without category or name: nobody could judge it.
    """
    _begin(season, entry)
    rules.check_named(entry)
    entry.checks, entry.reason = _ticked(checks), ""
    event = move(entry, EntryState.SCREENED_OK, deeds.ACCEPTED, by, checks=sorted(entry.checks))
    _tell(letters.ACCEPTED, entry, event)


def give_back(season: AwardSeason, entry: AwardEntry, checks: Iterable[str], reason: str, by: Actor) -> None:
    """Return an entry for correction; the company reads the reason and answers. Raises `Refused` without one."""
    _begin(season, entry)
    entry.checks, entry.reason = _ticked(checks), _said(reason)
    event = move(entry, EntryState.RETURNED, deeds.RETURNED, by, text=entry.reason)
    _tell(letters.RETURNED, entry, event)


def reject(season: AwardSeason, entry: AwardEntry, checks: Iterable[str], reason: str, by: Actor) -> None:
    """Let an entry fail; the company reads the reason. Raises `Refused` without one."""
    _begin(season, entry)
    entry.checks, entry.reason = _ticked(checks), _said(reason)
    event = move(entry, EntryState.REJECTED, deeds.REJECTED, by, text=entry.reason)
    _tell(letters.REJECTED, entry, event)


def reopen(season: AwardSeason, entry: AwardEntry, reason: str, by: Actor) -> None:
    """Screen an entry once more that has passed or failed.

    Raises `Refused` without a reason, and when the company has entered all it may since this one failed.
    """
    _begin(season, entry)
    text = _said(reason)
    if entry.state in rules.UNCOUNTED:
        check_limit(season, entry)
    entry.reason = ""
    move(entry, EntryState.SUBMITTED, deeds.REOPENED, by, text=text)


def change_category(season: AwardSeason, entry: AwardEntry, code: str, reason: str, by: Actor) -> None:
    """Move an entry to another category before judging; its blind code is drawn anew there, and both are noted."""
    _begin(season, entry)
    category = category_of(season, code)
    if category is None or category.id == entry.category_id:
        raise Refused("category_same", N_("Choose another category"))
    before = entry.number or ""
    entry.category = category
    entry.category_id = category.id
    if entry.number is not None:
        draw_code(season, entry)
    said = f"{before} → {entry.number or category.code}. {reason.strip()}".strip()
    note(entry, deeds.MOVED, by, text=said, facts={"category": category.code})


def disqualify(season: AwardSeason, entry: AwardEntry, reason: str, by: Actor) -> None:
    """Take an entry out at the table: it was presented, and gets nothing. Raises `Conflict` once the result is locked."""
    lock_season(season)
    lock(entry)
    rules.check_unlocked(season)
    move(entry, EntryState.DISQUALIFIED, deeds.DISQUALIFIED, by, text=_said(reason))


def _begin(season: AwardSeason, entry: AwardEntry) -> None:
    lock_season(season)
    lock(entry)
    rules.check_screening(season)


def _ticked(checks: Iterable[str]) -> dict[str, object]:
    return {name: True for name in CHECKS if name in set(checks)}


def _said(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise Refused("reason_missing", N_("Say why; the company reads it"))
    return text[: rules.LONGEST_REASON]


def _tell(letter: str, entry: AwardEntry, event: EntryEvent) -> None:
    """Write to the entry's contact, in the language in which it was made."""
    mail.send(
        letter,
        entry.contact_email,
        entry.language,
        {"expo_id": entry.expo_id, "entry_id": entry.id, "event_id": event.id},
        key=f"{letter}-{entry.id}-{clock.now().timestamp()}",
        expo_id=entry.expo_id,
        subject=(deeds.SUBJECT, entry.id),
        phone=entry.contact_phone or None,
    )
