"""Complaints about a published result: received from anybody in their time, answered by the office with a reason."""

from __future__ import annotations

from exhibitions.audit import service as audit
from exhibitions.awards.models import AwardSeason, Complaint
from exhibitions.awards.queries import casework, published
from exhibitions.awards.queries.certificates import last_complaint
from exhibitions.awards.rules import complaint_window
from exhibitions.awards.rules.states import ComplaintState, SeasonState
from exhibitions.awards.service import turning
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused

SUBJECT = "award_complaint"


def takes(season: AwardSeason) -> bool:
    """Whether complaints about this season are taken now."""
    return (
        published.is_public(season, clock.now())
        and season.state is not SeasonState.CLOSED
        and complaint_window.is_open(published.published_since(season), clock.now())
    )


def receive(season: AwardSeason, name: str, contact: str, text: str, number: str, by: Actor) -> Complaint:
    """Take a complaint; `number` is the entry that it is about, or nothing.

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
        contact=contact.strip(),
        text=text.strip(),
        state=ComplaintState.RECEIVED,
        received_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    _record("complaint_received", row, by)
    return row


def decide(season: AwardSeason, row: Complaint, state: ComplaintState, decision: str, by: Actor) -> None:
    """Answer a complaint. Raises `Refused` without a reason, `Conflict` when it is answered already."""
    turning.hold(season)
    db.session.refresh(row)
    if row.state is not ComplaintState.RECEIVED:
        raise Conflict("decided", N_("That complaint is decided already."))
    if not decision.strip():
        raise Refused("decision_reason", N_("Say why."))
    row.state, row.decision, row.decided_at = state, decision.strip(), clock.now()
    row.user_id = turning.user_of(by)
    _record("complaint_decided", row, by)


def _record(action: str, row: Complaint, by: Actor) -> None:
    audit.record(
        f"awards.{action}", by, expo_id=row.expo_id, subject=(SUBJECT, row.id), after={"number": row.number}
    )
