"""Complaints about a published result: received from anybody in their time, answered by the office with a reason."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from exhibitions.audit import service as audit
from exhibitions.awards.models import AwardSeason, Complaint
from exhibitions.awards.queries import casework, published
from exhibitions.awards.queries.certificates import last_complaint
from exhibitions.awards.rules import complaint_letters as letters
from exhibitions.awards.rules import complaint_window
from exhibitions.awards.rules.states import ComplaintState, SeasonState
from exhibitions.awards.service import turning
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.contact import normal_email, normal_phone
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.mail import service as mail

SUBJECT = "award_complaint"


def takes(season: AwardSeason) -> bool:
    """Whether complaints about this season are taken now."""
    return (
        published.is_public(season, clock.now())
        and season.state is not SeasonState.CLOSED
        and complaint_window.is_open(published.published_since(season), season.complaint_days, clock.now())
    )


def taken_until(season: AwardSeason) -> datetime:
    """Until when complaints about this public season are taken."""
    return complaint_window.ends_at(published.published_since(season), season.complaint_days)


def set_days(season: AwardSeason, days: int, by: Actor) -> None:
    """Say how long the result may be contested once it is published. Raises `Refused` when it is: a term that runs is kept."""
    turning.hold(season)
    if season.complaint_days == days:
        return
    if published.is_public(season, clock.now()):
        raise Refused("published", N_("The result is published already."))
    season.complaint_days, season.changed_at = days, clock.now()
    turning.note(season, "complaint_days", by, days=days)


def receive(  # noqa: PLR0913 - what is typed has this many parts.
    season: AwardSeason,
    name: str,
    contact: str,
    text: str,
    number: str,
    by: Actor,
    language: str = "zh",
) -> Complaint:
    """Take a complaint; `number` is the entry that it is about, or nothing. Who gave a mail address gets a letter.

    Raises `Refused` outside its time and for an entry that there is not.
    """
    turning.hold(season)
    if not takes(season):
        raise Refused("no_complaints", N_("Complaints are not taken any more."))
    entry = casework.entry_numbered(season, number) if number else None
    if number and entry is None:
        raise Refused("entry_unknown", N_("There is no entry %(entry)s."), entry=number)
    row = Complaint(
        expo_id=season.expo_id,
        season_id=season.id,
        number=last_complaint(season) + 1,
        entry_id=entry.id if entry else None,
        from_name=name.strip(),
        contact=_reached_by(contact),
        language=language,
        text=text.strip(),
        state=ComplaintState.RECEIVED,
        received_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    _record("complaint_received", row, by)
    _write(letters.RECEIVED, row)
    return row


def _reached_by(contact: str) -> str:
    """An address or a number in the spelling in which people are found by it, else what was typed."""
    return normal_email(contact) or normal_phone(contact) or contact.strip()


def _write(letter: str, row: Complaint) -> None:
    """Write to who complained, in the language of the complaint, where the contact is a mail address."""
    address = normal_email(row.contact)
    if address is None:
        return
    # What no mail server takes hinders no complaint: people answer it.
    with suppress(Refused):
        mail.send(
            letter,
            address,
            row.language,
            {"expo_id": row.expo_id, "complaint_id": row.id},
            key=f"{letter}-{row.id}",
            expo_id=row.expo_id,
            subject=(SUBJECT, row.id),
        )


def decide(season: AwardSeason, row: Complaint, state: ComplaintState, decision: str, by: Actor) -> None:
    """Answer a complaint, by letter where there is an address. Raises `Refused` without a reason, `Conflict` when it is
    answered already.
    """
    turning.hold(season)
    db.session.refresh(row)
    if row.state is not ComplaintState.RECEIVED:
        raise Conflict("decided", N_("That complaint is decided already."))
    if not decision.strip():
        raise Refused("decision_reason", N_("Say why."))
    row.state, row.decision, row.decided_at = state, decision.strip(), clock.now()
    row.user_id = turning.user_of(by)
    _record("complaint_decided", row, by)
    db.session.flush()
    _write(letters.DECIDED, row)


def _record(action: str, row: Complaint, by: Actor) -> None:
    audit.record(
        f"awards.{action}", by, expo_id=row.expo_id, subject=(SUBJECT, row.id), after={"number": row.number}
    )
