"""Interests of jurors: found, declared, objected, and decided with a reason (awards.md §3.3, AW-34)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.awards.models import Assignment, AwardEntry, AwardSeason, Conflict, Juror
from exhibitions.awards.queries import conflicts as queries
from exhibitions.awards.queries import jury
from exhibitions.awards.rules.conflicts import DECLARABLE, LONGEST_NAME, OF_ITSELF, Interest, first_decision
from exhibitions.awards.rules.states import (
    LOCKED,
    AssignmentState,
    ConflictDecision,
    ConflictKind,
    ConflictSource,
)
from exhibitions.awards.service.jurors import SUBJECT, check_not_locked, lock
from exhibitions.companies.models import Company
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Forbidden, Refused
from exhibitions.expos.models import Expo


@dataclass(frozen=True, slots=True)
class Search:
    """What comparing anew has changed: interests that are new, those that hold no more, places that were taken."""

    new: int = 0
    gone: int = 0
    taken: int = 0


def search(
    expo: Expo,
    season: AwardSeason,
    by: Actor,
    *,
    jurors: Collection[Juror] | None = None,
    companies: Collection[int] | None = None,
) -> Search:
    """Store what comparing finds now, of these jurors or the entries of these companies if they are given, so that it can
    be decided.

    What somebody has decided stays as it is, for the names that were compared then; under other names it is found anew.
    An entry that is judged by who may not is taken from the juror.
    """
    lock(season)
    everybody = [each for each in jury.jurors(season) if jurors is None or each in jurors]
    entries = [
        each for each in jury.entries_to_judge(season) if companies is None or each.company_id in companies
    ]
    stored = db.session.scalars(
        sa.select(Conflict).where(
            Conflict.season_id == season.id,
            Conflict.source == ConflictSource.AUTO,
            *([] if jurors is None else [Conflict.juror_id.in_([each.id for each in everybody])]),
            *([] if companies is None else [Conflict.entry_id.in_([each.id for each in entries])]),
        )
    ).all()
    known = {(row.juror_id, row.entry_id or 0, queries.same_as(row)): row for row in stored}
    true, new, taken = set[queries.Key](), 0, 0
    facts = queries.entry_facts(entries)
    for juror, entry, interest in queries.found_now(expo, season, everybody, entries, facts):
        key = (juror.id, entry.id, interest.same)
        if key not in true and key not in known:
            new += 1
            row = _found(season, juror, entry, interest)
            taken += _recuse(season, row) if row.decision is ConflictDecision.UPHELD else 0
        true.add(key)
    gone = [row for key, row in known.items() if key not in true and queries.is_undecided(row)]
    for row in gone:
        db.session.delete(row)
    db.session.flush()
    if new or gone:
        audit.record(
            "awards.conflicts_found",
            by,
            expo_id=expo.id,
            subject=("award_season", season.id),
            after={"found": new, "gone": len(gone), "entries": taken},
        )
    return Search(new, len(gone), taken)


def company_changed(company: Company, by: Actor) -> None:
    """Compare anew what a company entered that is called or reached otherwise now, wherever no result is locked yet."""
    found = (
        sa.select(AwardSeason, Expo)
        .join(Expo, Expo.id == AwardSeason.expo_id)
        .where(
            AwardSeason.state.not_in(LOCKED),
            sa.exists().where(AwardEntry.season_id == AwardSeason.id, AwardEntry.company_id == company.id),
            sa.exists().where(Juror.season_id == AwardSeason.id),
        )
    )
    for season, expo in db.session.execute(found.order_by(AwardSeason.id)).all():
        search(expo, season, by, companies=[company.id])


def _found(season: AwardSeason, juror: Juror, entry: AwardEntry, interest: Interest) -> Conflict:
    row = Conflict(
        expo_id=season.expo_id,
        season_id=season.id,
        juror_id=juror.id,
        entry_id=entry.id,
        company=interest.company[:LONGEST_NAME],
        evidence=interest.evidence[:LONGEST_NAME],
        kind=interest.kind,
        source=ConflictSource.AUTO,
        decision=first_decision(interest),
        at=clock.now(),
    )
    db.session.add(row)
    return row


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
