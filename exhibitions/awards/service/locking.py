"""Locking a result and, by two people with a reason, reopening it (awards.md §3.6, AW-33; ux.md J3).

What is compared is written into the sealed file and from then on printed from there. Entries learn their medal when the
result is published, not before: their state stands on lists that more people read (P22).
"""

from __future__ import annotations

from collections.abc import Sequence
from secrets import SystemRandom
from typing import TypeVar

import sqlalchemy as sa

from exhibitions.awards.models import (
    AwardEntry,
    AwardResult,
    AwardSeason,
    Decision,
    EntryEvent,
    ResultLine,
)
from exhibitions.awards.queries import casework
from exhibitions.awards.queries.casework import Casework
from exhibitions.awards.queries.deliberation import deliberation_of, reopenings
from exhibitions.awards.queries.seasons import frozen
from exhibitions.awards.rules import entry_deeds as deeds
from exhibitions.awards.rules import result_file
from exhibitions.awards.rules.hindrances import hindrances
from exhibitions.awards.rules.judging import Outcome, Unjudgeable, decide
from exhibitions.awards.rules.rounds import printed
from exhibitions.awards.rules.states import (
    LOCKED,
    PUBLIC,
    SEASON_MOVES,
    DecisionKind,
    EntryState,
    SeasonState,
    check_move,
)
from exhibitions.awards.rules.unnamed import unnamed
from exhibitions.awards.service import deliberating, publishing_result, tabled, turning
from exhibitions.awards.service.entry_moves import follow
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.files import service as files

PURPOSE = "awards.result"
_T = TypeVar("_T")


def lock(season: AwardSeason, signed_by: Sequence[str], by: Actor, *, seen: str | None = None) -> AwardResult:
    """Lock the result: the sealed file, a version of the result with its lines and the minute, the season's state.

    `signed_by` are the names of who signs the minute, beside who locks; `seen` is the fingerprint of the result that they
    were shown (`result_file.digest`). Raises `Refused` with the entries that hinder it (`hindrances`), for a case that
    contradicts itself, one that its file would not reproduce, or rules that were never frozen, and `Conflict` out of turn
    or when the result is another by now than was seen.
    """
    turning.hold(season)
    check_move(SEASON_MOVES, season.state, SeasonState.LOCKED)
    version = frozen(season)
    if version is None:
        raise Refused("not_frozen", N_("The rules were never frozen."))
    # What came to the table since judging ended, like a sample.
    tabled.end_judging(season, by)
    try:
        found, outcome = casework.judged(season)
    except Unjudgeable as error:
        raise error.problems[0].refusal from error
    for hindrance in hindrances(outcome, unsigned(found)):
        raise hindrance
    if seen is not None and seen != result_file.digest(found.file, outcome):
        raise Conflict(
            "other_result",
            N_("The result is another by now than this page showed. Look at it again, then lock it."),
        )
    file = unnamed(found.file, drawn)
    sealed = result_file.sealed(file, outcome)
    _check_sealed(sealed)
    earlier, minute = casework.results(season), deliberation_of(season)
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
        reason=_why_again(season) if earlier else "",
        members=minute.members if minute is not None else "",
        minute=minute.minute if minute is not None else "",
        locked_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    _lines(row, found, outcome)
    turning.turn(season, SeasonState.LOCKED, by)
    turning.note(season, "locked", by, version=row.version, hash=row.hash)
    return row


def _why_again(season: AwardSeason) -> str:
    """Why the version before was opened again, as the two said who did it last."""
    done = reopenings(season)
    return done[-1].reason if done else ""


def _check_sealed(sealed: bytes) -> None:
    """Read the bytes back as anybody will and judge them again: what nobody could reproduce is not locked."""
    file = result_file.read(sealed)
    try:
        outcome = decide(file)
    except Unjudgeable as error:
        raise error.problems[0].refusal from error
    for problem in result_file.differences(file, outcome, result_file.digest(file, outcome)):
        raise problem.refusal


def unsigned(found: Casework) -> list[str]:
    """The entries whose changed medal waits for a signature."""
    numbers = {row.id: number for number, row in found.rows.items()}
    return [numbers[each.entry_id] for each in found.pending if each.entry_id in numbers]


def drawn(codes: list[_T]) -> list[_T]:
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
    publishing_result.publish_if_due(season)
    if season.state not in LOCKED:
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
    until then, and so does whoever asks a certificate's page. Whose withdrawal was only noted is out of the running now
    (AW-36: afterwards it is a note, before the next lock it counts). Raises `Refused` where the result was published since the
    wish and it has no note for everybody, `Conflict` where nothing is locked any more.
    """
    turning.hold(season)
    publishing_result.publish_if_due(season)
    if season.state not in LOCKED or row.taken_back_at is not None or len(row.signed) > 1:
        raise Conflict("not_locked", N_("The result is not locked."))
    if season.state in PUBLIC and not row.content["note"]:
        raise Refused(
            "reopening_note_since",
            N_(
                "The result was published since this was asked for. Take it back, and ask again with the note that"
                " everybody reads meanwhile."
            ),
        )
    deliberating.sign(season, row, by)
    if season.state in PUBLIC:
        _take_medals(season, by)
    _withdraw_what_was_noted(season, by)
    now = casework.result_of(season)
    if now is not None:
        now.replaced_at = clock.now()
    turning.turn(
        season,
        SeasonState.DELIBERATING,
        by,
        second_id=row.user_id,
        reason=row.reason,
        public_note=row.content["note"],
    )
    turning.note(season, "unlocked", by, version=now.version if now is not None else 0)


def _take_medals(season: AwardSeason, by: Actor) -> None:
    shown = {EntryState.AWARDED, EntryState.NOT_AWARDED, EntryState.CERTIFICATE_ISSUED}
    for entry in casework.rows_of(season).values():
        if entry.state in shown:
            follow(entry, EntryState.JUDGED, by)


def _withdraw_what_was_noted(season: AwardSeason, by: Actor) -> None:
    noted = (
        sa.select(EntryEvent.entry_id)
        .join(AwardEntry, AwardEntry.id == EntryEvent.entry_id)
        .where(AwardEntry.season_id == season.id, EntryEvent.deed == deeds.WITHDRAWAL_NOTED)
    )
    ids = set(db.session.scalars(noted))
    for entry in casework.rows_of(season).values():
        if entry.id in ids and entry.state is EntryState.JUDGED:
            follow(entry, EntryState.WITHDRAWN, by, deed=deeds.WITHDRAWN)
