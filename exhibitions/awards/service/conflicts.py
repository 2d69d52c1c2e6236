"""Interests of jurors: found, declared, objected, and decided with a reason (awards.md §3.3, AW-34)."""

from __future__ import annotations

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.awards.models import Assignment, AwardEntry, AwardSeason, Conflict, Juror
from exhibitions.awards.queries import conflicts as queries
from exhibitions.awards.queries import jury
from exhibitions.awards.rules.conflicts import DECLARABLE, OF_ITSELF, first_decision
from exhibitions.awards.rules.states import (
    AssignmentState,
    ConflictDecision,
    ConflictKind,
    ConflictSource,
)
from exhibitions.awards.service.jurors import SUBJECT, check_not_locked, lock
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Forbidden, Refused
from exhibitions.expos.models import Expo


def search(expo: Expo, season: AwardSeason, by: Actor) -> tuple[int, int]:
    """Store what comparing finds now, so that it can be decided; gives how many are new and how many hold no more.

    What somebody has decided stays as it is. An entry that is found to be judged by who may not is taken from the juror.
    """
    lock(season)
    everybody, entries = jury.jurors(season), jury.entries_to_judge(season)
    stored = db.session.scalars(
        sa.select(Conflict).where(Conflict.season_id == season.id, Conflict.source == ConflictSource.AUTO)
    ).all()
    known = {(row.juror_id, row.entry_id, row.kind): row for row in stored}
    now, new, true = clock.now(), 0, set[object]()
    facts = queries.entry_facts(entries)
    for juror, entry, interest in queries.found_now(expo, season, everybody, entries, facts):
        key = (juror.id, entry.id, interest.kind)
        if key in true:
            continue
        true.add(key)
        if key not in known:
            new += 1
            row = Conflict(
                expo_id=expo.id,
                season_id=season.id,
                juror_id=juror.id,
                entry_id=entry.id,
                company=interest.company[:200],
                kind=interest.kind,
                source=ConflictSource.AUTO,
                decision=first_decision(interest),
                at=now,
            )
            db.session.add(row)
            if row.decision is ConflictDecision.UPHELD:
                _recuse(season, row)
    gone = [row for key, row in known.items() if key not in true and row.user_id is None]
    for row in gone:
        db.session.delete(row)
    db.session.flush()
    if new or gone:
        audit.record(
            "awards.conflicts_found",
            by,
            expo_id=expo.id,
            subject=("award_season", season.id),
            after={"found": new, "gone": len(gone)},
        )
    return new, len(gone)


def note(  # noqa: PLR0913 - independent facts, by name.
    expo: Expo,
    season: AwardSeason,
    juror: Juror,
    *,
    entry: AwardEntry | None,
    company: str,
    kind: ConflictKind,
    source: ConflictSource,
    reason: str,
    by: Actor,
) -> Conflict:
    """Note what a juror declared, or that somebody objects to one: for an entry, or for every entry of a company.

    It is open until it is decided. Raises `Refused` where it says neither, or for no reason.
    """
    lock(season)
    if entry is None and not company:
        raise Refused("conflict_about", N_("Choose an entry or enter a company"))
    if kind not in DECLARABLE or source is ConflictSource.AUTO:
        raise Refused("conflict_kind", N_("Choose what kind of interest it is"))
    if not reason.strip():
        raise Refused("conflict_reason", N_("Say what is known"))
    row = Conflict(
        expo_id=expo.id,
        season_id=season.id,
        juror_id=juror.id,
        entry_id=entry.id if entry is not None else None,
        company=company if entry is None else (entry.company_zh or entry.company_en),
        kind=kind,
        source=source,
        reason=reason,
        at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        "awards.conflict_noted",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, juror.id),
        after={"kind": kind, "source": source},
    )
    return row


def needs_award_office(row: Conflict) -> bool:
    """Whether only the award's own office may dismiss it: what refuses of itself is no matter of taste (AW-34)."""
    return row.source is ConflictSource.AUTO and row.kind in OF_ITSELF


def decide(  # noqa: PLR0913 - independent facts, by name.
    expo: Expo,
    season: AwardSeason,
    row: Conflict,
    decision: ConflictDecision,
    reason: str,
    *,
    is_award_office: bool,
    by: Actor,
) -> int:
    """Uphold or dismiss a conflict, with a reason that is kept; gives how many entries it takes from the juror.

    What is upheld takes the juror's places for these entries, sent sheets included: they count neither as zero nor in n.
    Raises `Forbidden` for who may not dismiss what refuses of itself.
    """
    lock(season)
    check_not_locked(season)
    db.session.refresh(row)
    if decision not in (ConflictDecision.UPHELD, ConflictDecision.DISMISSED):
        raise Refused("conflict_decision", N_("Choose whether the juror may judge"))
    if not reason.strip():
        raise Refused("decision_reason", N_("Give a reason: it is kept with the decision"))
    if decision is ConflictDecision.DISMISSED and needs_award_office(row) and not is_award_office:
        raise Forbidden(
            "award_office_only",
            N_("Only the award's office may dismiss this: the juror works or worked for the entrant."),
        )
    before = row.decision
    row.decision, row.reason = decision, _joined(row, reason)
    row.user_id, row.at = by.id, clock.now()
    taken = _recuse(season, row) if decision is ConflictDecision.UPHELD else 0
    db.session.flush()
    audit.record(
        "awards.conflict_decided",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, row.juror_id),
        before={"decision": before},
        after={"decision": decision, "kind": row.kind, "entries": taken},
        reason=reason,
    )
    return taken


def _joined(row: Conflict, reason: str) -> str:
    """What was said before stays above what is said now."""
    return f"{row.reason}\n{reason}".strip() if row.reason != reason else reason


def _recuse(season: AwardSeason, row: Conflict) -> int:
    """Take from the juror what the conflict is about, in every round; never once the result is locked (AW-33)."""
    every = jury.entries_to_judge(season)
    facts = queries.entry_facts(every)
    entries = [each for each in every if queries.is_about(row, each, facts[each.id])]
    places = db.session.scalars(
        sa.select(Assignment).where(
            Assignment.juror_id == row.juror_id,
            Assignment.entry_id.in_([each.id for each in entries]),
            Assignment.state.not_in(jury.GONE),
        )
    ).all()
    if places:
        check_not_locked(season)
    for place in places:
        place.state, place.changed_at = AssignmentState.RECUSED, clock.now()
        place.reason = row.reason or row.company
    return len(places)
