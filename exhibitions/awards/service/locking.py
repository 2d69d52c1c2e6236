"""Locking a result and, by two people with a reason, reopening it (awards.md §3.6, AW-33; ux.md J3).

What is compared is written into the sealed file and from then on printed from there. Entries learn their medal when the
result is published, not before: their state stands on lists that more people read (P22).
"""

from __future__ import annotations

from collections.abc import Sequence
from secrets import SystemRandom

from exhibitions.awards.models import AwardResult, AwardSeason, Decision, ResultLine
from exhibitions.awards.queries import casework
from exhibitions.awards.queries.casework import Casework
from exhibitions.awards.queries.seasons import frozen
from exhibitions.awards.rules import result_file
from exhibitions.awards.rules.hindrances import hindrances
from exhibitions.awards.rules.judging import Outcome, Unjudgeable
from exhibitions.awards.rules.rounds import printed
from exhibitions.awards.rules.states import LOCKED, PUBLIC, DecisionKind, EntryState, SeasonState
from exhibitions.awards.rules.unnamed import unnamed
from exhibitions.awards.service import deliberating, turning
from exhibitions.awards.service.outcomes import move_entry
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.files import service as files

PURPOSE = "awards.result"


def lock(season: AwardSeason, signed_by: Sequence[str], by: Actor) -> AwardResult:
    """Lock the result: the sealed file, a version of the result with its lines, the season's state.

    `signed_by` are the names of who signs the minute, beside who locks. Raises `Refused` with the entries that hinder it
    (`hindrances`), for a case that contradicts itself or rules that were never frozen, `Conflict` out of turn.
    """
    turning.hold(season)
    version = frozen(season)
    if version is None:
        raise Refused("not_frozen", N_("The rules were never frozen."))
    try:
        found, outcome = casework.judged(season)
    except Unjudgeable as error:
        raise error.problems[0].refusal from error
    for hindrance in hindrances(outcome, unsigned(found)):
        raise hindrance
    file = unnamed(found.file, drawn)
    sealed = result_file.sealed(file, outcome)
    earlier = casework.results(season)
    row = AwardResult(
        expo_id=season.expo_id,
        season_id=season.id,
        version=earlier[0].version + 1 if earlier else 1,
        rule_version_id=version.id,
        file_id=_kept(season, sealed, earlier[0].version + 1 if earlier else 1),
        hash=result_file.digest(file, outcome),
        medals=dict(outcome.medals),
        presented=outcome.presented,
        signed=[turning.signature(by), *({"name": name} for name in signed_by)],
        reason=earlier[0].reason if earlier else "",
        locked_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    _lines(row, found, outcome)
    turning.turn(season, SeasonState.LOCKED, by)
    deliberating.add_line(season, f"Result version {row.version} locked, SHA-256 {row.hash}.")
    turning.note(season, "locked", by, version=row.version, hash=row.hash)
    return row


def unsigned(found: Casework) -> list[str]:
    """The entries whose changed medal waits for a signature."""
    numbers = {row.id: number for number, row in found.rows.items()}
    return [numbers[each.entry_id] for each in found.pending if each.entry_id in numbers]


def drawn(codes: list[str]) -> list[str]:
    """The codes in an order that is drawn anew each time."""
    return SystemRandom().sample(codes, len(codes))


def _kept(season: AwardSeason, sealed: bytes, version: int) -> int:
    # The system owns it: who locked it loses the right to read it with the role.
    return files.store(
        sealed,
        name=f"award-{season.year}-result-v{version}.json",
        content_type="application/json",
        purpose=PURPOSE,
        expo_id=season.expo_id,
        owner=SYSTEM,
    ).id


def _lines(row: AwardResult, found: Casework, outcome: Outcome) -> None:
    for place, line in enumerate(outcome.lines):
        db.session.add(
            ResultLine(
                expo_id=row.expo_id,
                result_id=row.id,
                entry_id=found.rows[line.entry].id,
                position=place,
                score="" if line.score is None else printed(found.file.rules, line.score),
                rank=line.rank,
                medal=line.medal or "",
                flags=[flag.value for flag in line.flags],
            )
        )
    db.session.flush()


def ask_reopening(season: AwardSeason, reason: str, public_note: str, by: Actor) -> Decision:
    """Ask for the locked result to be opened again; somebody else signs (`reopen`).

    Raises `Refused` without a reason and, once it was published, without a note that everybody reads; `Conflict` while
    nothing is locked or somebody asked already.
    """
    turning.hold(season)
    if season.state not in LOCKED or season.state is SeasonState.CLOSED:
        raise Conflict("not_locked", N_("The result is not locked."))
    if not reason.strip():
        raise Refused("reopening_reason", N_("Say why the locked result is opened again."))
    if season.state in PUBLIC and not public_note.strip():
        raise Refused(
            "reopening_note", N_("The result is published: write the note that everybody reads meanwhile.")
        )
    if waiting_reopening(casework.decisions_of(season)) is not None:
        raise Conflict(
            "reopening_twice", N_("Somebody has asked for that already; it waits for a signature.")
        )
    row = Decision(
        expo_id=season.expo_id,
        season_id=season.id,
        kind=DecisionKind.REOPENING,
        content={"note": public_note.strip()},
        reason=reason.strip(),
        signed=[turning.signature(by)],
        user_id=turning.user_of(by),
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    turning.note(season, "decided", by, kind=row.kind)
    return row


def waiting_reopening(rows: Sequence[Decision]) -> Decision | None:
    """Of a season's decisions the wish to reopen that waits for its second signature."""
    return next(
        (
            row
            for row in rows
            if row.kind is DecisionKind.REOPENING and row.taken_back_at is None and len(row.signed) == 1
        ),
        None,
    )


def reopen(season: AwardSeason, row: Decision, by: Actor) -> None:
    """Sign the wish of somebody else: back to the deliberation.

    The locked version stays with its file; the next lock is a new version (AW-33). Entries lose the medal of their state
    until then, and so does whoever asks a certificate's page.
    """
    turning.hold(season)
    if season.state not in LOCKED or row.taken_back_at is not None or len(row.signed) > 1:
        raise Conflict("not_locked", N_("The result is not locked."))
    deliberating.sign(season, row, by)
    if season.state is SeasonState.EMBARGOED:
        turning.turn(season, SeasonState.LOCKED, by)
    if season.state in PUBLIC:
        _take_medals(season, by)
    now = casework.result_of(season)
    if now is not None:
        now.replaced_at, now.reason = clock.now(), row.reason
    first = row.user_id
    turning.turn(
        season,
        SeasonState.DELIBERATING,
        by,
        second_id=first,
        reason=row.reason,
        public_note=row.content["note"],
    )
    names = ", ".join(str(each["name"]) for each in row.signed)
    version = now.version if now is not None else 0
    deliberating.add_line(season, f"Result version {version} reopened by {names}: {row.reason}")
    turning.note(season, "unlocked", by, version=version)


def _take_medals(season: AwardSeason, by: Actor) -> None:
    shown = {EntryState.AWARDED, EntryState.NOT_AWARDED, EntryState.CERTIFICATE_ISSUED}
    for entry in casework.rows_of(season).values():
        if entry.state in shown:
            move_entry(entry, EntryState.JUDGED, by)
