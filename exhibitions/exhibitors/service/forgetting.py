"""Taking a person out of what is written about an exhibitor: answers, notes, talks, history, threads, directory (P9)."""

from __future__ import annotations

from typing import Any

from exhibitions.core.somebody import Somebody
from exhibitions.exhibitors.models import Arrival, DirectoryEntry, Exhibitor
from exhibitions.exhibitors.queries import personal as queries
from exhibitions.files import queries as file_queries
from exhibitions.files import service as files
from exhibitions.mail import service as mail

_TEXTS = ("note", "next_step", "question")
_OF_THE_COMPANY = ("legal_representative", "phone")


def forget(exhibitor: Exhibitor, who: Somebody) -> None:
    """Take the person out of every text about this exhibitor, and what its directory says to reach them by."""
    here = [exhibitor.id]
    for name in _TEXTS:
        setattr(exhibitor, name, who.taken_out(getattr(exhibitor, name)))
    exhibitor.answers = answers_without(exhibitor.answers, who)
    _forget_words(here, who)
    for address in (*who.emails, *who.phones):
        mail.erase_person("exhibitor", exhibitor.id, to=address)


def _forget_words(here: list[int], who: Somebody) -> None:
    for call in queries.calls(here):
        call.text, call.with_whom = who.taken_out(call.text), who.taken_out(call.with_whom)
    for event in queries.events(here):
        event.text = who.taken_out(event.text)
    for message in queries.messages(here):
        message.text = who.taken_out(message.text)
    for arrival in queries.arrivals(here):
        arrival.note = who.taken_out(arrival.note)
    for entry in queries.entries(here):
        if speaks_of(entry, who):
            _unsay(entry, who)


def mentions(exhibitor: Exhibitor, who: Somebody) -> list[str]:
    """In which of its texts and answers the person stands: names of fields."""
    found = [name for name in _TEXTS if who.taken_out(getattr(exhibitor, name)) != getattr(exhibitor, name)]
    return found if answers_without(exhibitor.answers, who) == exhibitor.answers else [*found, "answers"]


def answers_without(answers: dict[str, Any], who: Somebody) -> dict[str, Any]:
    """The answers of an application without the person: as its contact, and among the facts of the company."""
    left = dict(answers)
    if is_contact(left.get("contact") or {}, who):
        del left["contact"]
    company = left.get("company") or {}
    theirs = {name for name in _OF_THE_COMPANY if _is_theirs(str(company.get(name) or ""), who)}
    if theirs:
        left["company"] = {name: "" if name in theirs else value for name, value in company.items()}
    return left


def is_contact(block: dict[str, Any], who: Somebody) -> bool:
    """Whether the block of an application that names its contact names this person."""
    reached = block.get("phone") in who.phones or block.get("email") in who.emails
    name = str(block.get("name") or "")
    return bool(block) and (who.has_name(name) or (reached and who.is_called(name)))


def unsign(arrival: Arrival) -> None:
    """Take away who signed for the bag, and the drawn signature; that it was given out stays."""
    arrival.signed_by = ""
    row = file_queries.file_of(arrival.expo_id, arrival.signature_id) if arrival.signature_id else None
    arrival.signature_id = None
    if row is not None:
        files.delete(row)


def speaks_of(entry: DirectoryEntry, who: Somebody) -> bool:
    """Whether a directory entry, or the change that was asked for it, says how to reach the person."""
    said = (
        entry.phone,
        entry.email,
        *(str((entry.asked or {}).get(name, "")) for name in ("phone", "email")),
    )
    return any(_is_theirs(each, who) for each in said)


def _unsay(entry: DirectoryEntry, who: Somebody) -> None:
    for name in ("phone", "email"):
        if _is_theirs(getattr(entry, name), who):
            setattr(entry, name, "")
    if entry.asked:
        entry.asked = {
            name: "" if name in ("phone", "email") and _is_theirs(str(value), who) else value
            for name, value in entry.asked.items()
        }


def _is_theirs(said: str, who: Somebody) -> bool:
    return bool(said) and not who.taken_out(said)
