"""The deliberation: who sits together, the minute, and what they decide. Nothing here touches a mark (awards.md §3.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from exhibitions.awards.models import AwardSeason, Decision, Deliberation
from exhibitions.awards.queries.casework import Casework, case_of, decisions_of
from exhibitions.awards.queries.deliberation import deliberation_of
from exhibitions.awards.rules import case as cases
from exhibitions.awards.rules.case import Override, Second
from exhibitions.awards.rules.judging import Outcome, Unjudgeable, decide
from exhibitions.awards.rules.lines import Flag
from exhibitions.awards.rules.rule_set import TieStep
from exhibitions.awards.rules.states import DecisionKind, SeasonState
from exhibitions.awards.service import turning
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.contact import clean_name
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused


def begin(season: AwardSeason, by: Actor) -> None:
    """All sheets are in: the jury sits together. Raises `Conflict` out of turn."""
    turning.hold(season)
    turning.turn(season, SeasonState.DELIBERATING, by)
    turning.note(season, "deliberation_begun", by)


def save_minute(season: AwardSeason, members: str, minute: str, by: Actor) -> None:
    """Keep who is present and what was said."""
    _check_open(season)
    row = minute_row(season)
    row.members, row.minute, row.changed_at = members.strip(), minute.strip(), clock.now()
    turning.note(season, "deliberation_saved", by)


def minute_row(season: AwardSeason) -> Deliberation:
    """The season's minute, made when it is first needed."""
    row = deliberation_of(season)
    if row is None:
        row = Deliberation(
            expo_id=season.expo_id, season_id=season.id, members="", minute="", changed_at=clock.now()
        )
        db.session.add(row)
        db.session.flush()
    return row


def answer_second(
    season: AwardSeason, entry: str, decision: Second, president: str, reason: str, by: Actor
) -> None:
    """The president's answer for an entry that exactly one juror wants without an award; it replaces an earlier one.

    Raises `Refused` where nobody asked the president, or without a name.
    """
    _check_open(season)
    found, outcome = _judged(season)
    line = next((line for line in outcome.lines if line.entry == entry), None)
    earlier = [
        each
        for each in _standing(season, DecisionKind.SECOND_JUDGING)
        if each.entry_id == found.rows[entry].id
    ]
    if line is None or (Flag.SECOND_JUDGING not in line.flags and not earlier):
        raise Refused("nobody_asked", N_("No second judging is asked for entry %(entry)s."), entry=entry)
    if not president.strip():
        raise Refused("second_by", N_("Say who decided in second judging."))
    for row in earlier:
        row.taken_back_at = clock.now()
    content = {"decision": decision.value, "by": clean_name(president)}
    _add(season, DecisionKind.SECOND_JUDGING, content, reason, by, found.rows[entry].id)


def cast_vote(season: AwardSeason, order: Sequence[str], president: str, reason: str, by: Actor) -> None:
    """The president's order of entries that nothing else parted, the best first.

    Raises `Refused` where the rules know no such vote, for entries that are not tied with one another, and without
    name or reason.
    """
    _check_open(season)
    found, outcome = _judged(season)
    vote = cases.CastingVote(order=tuple(order), by=clean_name(president), reason=clean_name(reason))
    if TieStep.CASTING not in found.file.rules.tie_chain:
        raise Refused("no_casting_vote", N_("The rules know no casting vote."))
    tied = {line.entry: set(line.tie) for line in outcome.lines}
    if len(set(order)) < 2 or any(
        tied.get(entry) is None or not set(order) <= tied[entry] for entry in order
    ):
        raise Refused("not_tied", N_("Name at least two entries with equal scores, the best first."))
    for row in _standing(season, DecisionKind.CASTING_VOTE):
        if set(row.content["order"]) & set(order):
            row.taken_back_at = clock.now()
    db.session.flush()
    _checked(season, casting=vote)
    _add(season, DecisionKind.CASTING_VOTE, {"order": list(order), "by": vote.by}, vote.reason, by)


def propose(season: AwardSeason, entry: str, becomes: str | None, reason: str, by: Actor) -> Decision:
    """Propose another medal; it counts once somebody else has signed as well (`sign`).

    Raises `Refused` where the rules forbid it: without a quorum, above the cap, without a reason, or with a medal that
    there is not; `Conflict` while another change of the same medal stands.
    """
    _check_open(season)
    found, outcome = _judged(season)
    row = found.rows.get(entry)
    if row is None:
        raise Refused("entry_unknown", N_("There is no entry %(entry)s."), entry=entry)
    if any(each.entry_id == row.id for each in _standing(season, DecisionKind.OVERRIDE)):
        raise Conflict("override_twice", N_("The medal of entry %(entry)s is changed twice."), entry=entry)
    was = next(line.medal for line in outcome.lines if line.entry == entry)
    change = Override(entry=entry, was=was, becomes=becomes, reason=clean_name(reason), signed_by=("1", "2"))
    _checked(season, override=change)
    content = {"was": was, "becomes": becomes}
    return _add(season, DecisionKind.OVERRIDE, content, reason, by, row.id)


def sign(season: AwardSeason, row: Decision, by: Actor) -> None:
    """Sign what somebody else proposed. Raises `Refused` for who proposed it: two people sign, each signed in; and for a
    change that the rules forbid by now, as when another one that was signed meanwhile has filled the cap.
    """
    if row.taken_back_at is not None:
        raise Conflict("taken_back", N_("That was taken back."))
    check_second(row, by)
    signed = [*row.signed, turning.signature(by)]
    if row.kind is DecisionKind.OVERRIDE:
        _check_open(season)
        _checked(season, override=_proposed(season, row, signed))
    row.signed = signed
    turning.note(season, "signed", by, kind=row.kind)


def check_second(row: Decision, by: Actor) -> None:
    """Raises `Refused` unless this is another person than who signed already."""
    names = {str(each["name"]).strip().casefold() for each in row.signed}
    if (
        any(each["user_id"] == turning.user_of(by) for each in row.signed)
        or by.name.strip().casefold() in names
    ):
        raise Refused(
            "signatories",
            N_("You have signed this already; somebody else who is signed in must sign as well."),
        )


def take_back(season: AwardSeason, row: Decision, by: Actor) -> None:
    """Take a decision back; it stays in the list with its moment. Once more is no error.

    Raises `Conflict` for a reopening that two have signed: that was done, and only another lock comes after it.
    """
    if row.kind is not DecisionKind.REOPENING:
        _check_open(season)
    else:
        _check_waiting(season, row)
    if row.taken_back_at is None:
        row.taken_back_at = clock.now()
        turning.note(season, "taken_back", by, kind=row.kind)


def _check_waiting(season: AwardSeason, row: Decision) -> None:
    turning.hold(season)
    db.session.refresh(row)
    if len(row.signed) > 1:
        raise Conflict("reopened_already", N_("Two have signed: the result is open again."))


def _check_open(season: AwardSeason) -> None:
    turning.hold(season)
    if season.state is not SeasonState.DELIBERATING:
        raise Conflict("not_deliberating", N_("The deliberation is not open."))


def _standing(season: AwardSeason, kind: DecisionKind) -> list[Decision]:
    return [row for row in decisions_of(season) if row.kind is kind and row.taken_back_at is None]


def _judged(season: AwardSeason) -> tuple[Casework, Outcome]:
    """The case with what follows from it; a case that contradicts itself is a refusal, not a fault."""
    found = case_of(season)
    try:
        return found, decide(found.file)
    except Unjudgeable as error:
        raise error.problems[0].refusal from error


def _proposed(season: AwardSeason, row: Decision, signed: Sequence[Mapping[str, Any]]) -> Override:
    numbers = {each.id: number for number, each in case_of(season).rows.items()}
    return Override(
        entry=numbers[row.entry_id or 0],
        was=row.content["was"],
        becomes=row.content["becomes"],
        reason=row.reason,
        signed_by=tuple(str(each["name"]) for each in signed),
    )


def _checked(
    season: AwardSeason, *, casting: cases.CastingVote | None = None, override: Override | None = None
) -> None:
    """Judge with one decision more, so that nobody can sign what the rules refuse."""
    file = case_of(season).file
    decided = file.deliberation
    decided = msgspec.structs.replace(
        decided,
        casting_votes=(*decided.casting_votes, *([casting] if casting else [])),
        overrides=(*decided.overrides, *([override] if override else [])),
    )
    try:
        decide(msgspec.structs.replace(file, deliberation=decided))
    except Unjudgeable as error:
        raise error.problems[0].refusal from error


def _add(
    season: AwardSeason,
    kind: DecisionKind,
    content: Mapping[str, Any],
    reason: str,
    by: Actor,
    entry_id: int | None = None,
) -> Decision:
    row = Decision(
        expo_id=season.expo_id,
        season_id=season.id,
        kind=kind,
        entry_id=entry_id,
        content=dict(content),
        # One line: it goes into the result file, whose texts hold no control character (docs/result-file.md).
        reason=clean_name(reason),
        signed=[turning.signature(by)],
        user_id=turning.user_of(by),
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    turning.note(season, "decided", by, kind=kind)
    return row
