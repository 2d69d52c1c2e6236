"""What a juror does: declares interests, types marks from any device, sends a sheet, recuses.

Every deed asks the time of the round and the state of the assignment after it holds the assignment's lock, so that of
two that come at once one is told why it came too late.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.awards.models import (
    Conflict,
    Declaration,
    Sheet,
)
from exhibitions.awards.queries import judging as queries
from exhibitions.awards.queries.judging import Place, Task
from exhibitions.awards.rules import sheet_entry
from exhibitions.awards.rules.rule_set import RuleSet
from exhibitions.awards.rules.sheet_entry import Change, Typed
from exhibitions.awards.rules.states import (
    ASSIGNMENT_MOVES,
    AssignmentState,
    ConflictDecision,
    ConflictKind,
    ConflictSource,
    SheetSource,
    check_move,
)
from exhibitions.awards.service.jurors import SUBJECT
from exhibitions.companies.rules.doubles import name_key
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, NotFound, Refused
from exhibitions.core.errors import Conflict as OutOfTurn


@dataclass
class Saved:
    """What became of typed fields: the sheet as it stands now, and why single fields were not taken."""

    task: Task
    sheet: Typed
    refused: dict[str, Refused] = field(default_factory=dict)


@dataclass(frozen=True)
class Interests:
    """What a juror declares before a round: no interest at all, or in these entries and companies."""

    entry_ids: Collection[int] = ()
    companies: Sequence[str] = ()
    text: str = ""

    @property
    def has_none(self) -> bool:
        """Whether nothing is declared."""
        return not self.entry_ids and not self.companies


def record_entering(place: Place, by: Actor) -> None:
    """Note that the pages were opened with the code."""
    record("awards.juror_entered", place, by, {"round": place.round_code})


def declare(place: Place, said: Interests, by: Actor) -> None:
    """Keep the declaration of this round, once, and let the juror judge what no interest stands against.

    Declared entries, and those of declared companies, are recused at once. A company that nothing was found of stays
    open for the office to look at. Raises a refusal when the round is closed or it was declared already.
    """
    lock_named(f"awards.declaration:{place.juror.id}")
    check_open(place)
    if _declared(place):
        raise OutOfTurn("declared", N_("You have declared your interests for this round already."))
    now, tasks = clock.now(), queries.queue(place)
    mine = {task.entry.id: task for task in tasks}
    firms = {name_key(name): name for name in said.companies}
    found = {task.entry.id for task in tasks if queries.names_of(task.entry) & firms.keys()}
    db.session.add(
        Declaration(
            expo_id=place.season.expo_id,
            juror_id=place.juror.id,
            round=place.round_code,
            has_none=said.has_none,
            text=said.text,
            at=now,
        )
    )
    for number in sorted(set(said.entry_ids) & mine.keys()):
        _conflict(place, said, now, entry_id=number)
    known = {name for task in tasks if task.entry.id in found for name in queries.names_of(task.entry)}
    for key, name in firms.items():
        _conflict(place, said, now, company=name, is_found=key in known)
    barred = found | (set(said.entry_ids) & mine.keys())
    for task in tasks:
        if task.assignment.state is AssignmentState.ASSIGNED or task.entry.id in barred:
            _settle(task, said, now, is_barred=task.entry.id in barred)
    after = {"round": place.round_code, "entries": sorted(str(mine[each].entry.number) for each in barred)}
    record("awards.interest_declared", place, by, after)


def _declared(place: Place) -> bool:
    found = sa.select(Declaration.id).where(
        Declaration.juror_id == place.juror.id, Declaration.round == place.round_code
    )
    return db.session.scalar(found) is not None


def _conflict(
    place: Place,
    said: Interests,
    now: datetime,
    *,
    entry_id: int | None = None,
    company: str = "",
    is_found: bool = True,
) -> None:
    db.session.add(
        Conflict(
            expo_id=place.season.expo_id,
            season_id=place.season.id,
            juror_id=place.juror.id,
            entry_id=entry_id,
            company=company,
            kind=ConflictKind.DECLARED,
            source=ConflictSource.DECLARED,
            decision=ConflictDecision.UPHELD if is_found else ConflictDecision.OPEN,
            reason=said.text,
            at=now,
        )
    )


def _settle(task: Task, said: Interests, now: datetime, *, is_barred: bool) -> None:
    to = AssignmentState.RECUSED if is_barred else AssignmentState.ACCEPTED
    if task.assignment.state not in sheet_entry.OPEN_STATES or task.assignment.state is to:
        return
    check_move(ASSIGNMENT_MOVES, task.assignment.state, to)
    task.assignment.state, task.assignment.changed_at = to, now
    if is_barred:
        task.assignment.reason = said.text


def save_fields(place: Place, assignment_id: int, changes: Sequence[Change]) -> Saved:
    """Take what a device says was typed; of every field the latest text counts (`sheet_entry.merged`).

    Fields that cannot be are left out and told, the others are kept. Raises a refusal for the whole when the round is
    closed, or the juror may not mark this entry.
    """
    task, rules = _workable(place, assignment_id)
    good, refused = [], {}
    for change in changes:
        try:
            text = sheet_entry.checked(rules, change.field, change.value)
        except Refused as refusal:
            refused[change.field] = refusal
        else:
            good.append(Change(change.field, text, change.at))
    before = queries.typed(task)
    after = sheet_entry.merged(before, good)
    if after != before:
        task = Task(task.assignment, _write(task, after))
    return Saved(task, after, refused)


def save_form(place: Place, assignment_id: int, values: Mapping[str, str]) -> Saved:
    """Take a sheet that was sent as a form: what differs from what is kept was typed now."""
    task, rules = _workable(place, assignment_id)
    known, now = queries.typed(task).values, clock.now()
    plain = {name: sheet_entry.checked(rules, name, text) for name, text in values.items()}
    changes = [Change(name, text, now) for name, text in plain.items() if text != known.get(name, "")]
    return save_fields(place, assignment_id, changes)


def _workable(place: Place, assignment_id: int) -> tuple[Task, RuleSet]:
    """The locked task, once everything says that the juror may mark it."""
    task = queries.locked_task(place, assignment_id)
    if task is None:
        raise NotFound("no_task", N_("This entry is not in your list any more."))
    is_barred = task.entry.id in queries.barred_now(place, [task.entry])
    sheet_entry.check_workable(task.assignment.state, task.entry.state, is_barred=is_barred)
    if place.has_orders:
        raise OutOfTurn("order_only", N_("In this round jurors give an order, and no marks."))
    check_open(place)
    check_declared(place)
    return task, place.rubric(task.entry)


def check_open(place: Place) -> None:
    """Raises `Late` outside of the round's time."""
    sheet_entry.check_open(place.season.state, place.round, clock.now())


def check_declared(place: Place) -> None:
    """Raises a refusal before interests were declared for this round."""
    if not _declared(place):
        raise OutOfTurn("undeclared", N_("Declare your interests first; then the entries open."))


def _write(task: Task, typed: Typed) -> Sheet:
    """Keep the fields in the draft. A sheet that was sent and reopened stays as it was: the draft is its next version."""
    now, assignment, sheet = clock.now(), task.assignment, task.sheet
    if sheet is None or sheet.submitted_at is not None:
        sheet = Sheet(
            expo_id=assignment.expo_id,
            assignment_id=assignment.id,
            version=sheet.version + 1 if sheet is not None else 1,
            source=SheetSource.LINK,
        )
        db.session.add(sheet)
    sheet.marks = sheet_entry.marks_of(typed.values)
    sheet.moments = {name: moment.isoformat() for name, moment in sorted(typed.moments.items())}
    sheet.eliminated = bool(typed.values.get(sheet_entry.ELIMINATED))
    sheet.comment = typed.values.get(sheet_entry.COMMENT, "")
    sheet.note = typed.values.get(sheet_entry.NOTE, "")
    sheet.changed_at = now
    if assignment.state is not AssignmentState.IN_PROGRESS:
        check_move(ASSIGNMENT_MOVES, assignment.state, AssignmentState.IN_PROGRESS)
        assignment.state, assignment.changed_at = AssignmentState.IN_PROGRESS, now
    db.session.flush()
    return sheet


def send(place: Place, assignment_id: int, seen: str, by: Actor) -> Task:
    """Submit the sheet: from now on it counts and is read only. `seen` is the hash of what the juror was shown.

    Raises a refusal when a required mark is missing, when the sheet is another one than was shown, or as `save_fields`.
    """
    task, rules = _workable(place, assignment_id)
    typed = sheet_entry.without_unknown(rules, queries.typed(task))
    marks = sheet_entry.marks_of(typed.values)
    for problem in sheet_entry.incomplete(rules, typed.values):
        raise problem
    shown = sheet_entry.sheet_hash(marks, eliminated=bool(typed.values.get(sheet_entry.ELIMINATED)))
    if seen != shown:
        raise OutOfTurn(
            "sheet_changed",
            N_("The marks were changed meanwhile, on another page or device. Please check them again."),
        )
    now = clock.now()
    sheet = _write(task, typed)
    sheet.submitted_at, sheet.hash = now, shown
    check_move(ASSIGNMENT_MOVES, task.assignment.state, AssignmentState.SUBMITTED)
    task.assignment.state, task.assignment.changed_at = AssignmentState.SUBMITTED, now
    record("awards.sheet_sent", place, by, {"round": place.round_code, "entry": task.entry.number})
    return task


def recuse(place: Place, assignment_id: int, reason: str, by: Actor) -> None:
    """Leave an entry to the others, with a reason; a draft stays and counts for nothing (AW-05).

    Raises a refusal once a score was sent, also for one that was opened again: what was sent counts.
    """
    task = queries.locked_task(place, assignment_id)
    if task is None:
        raise NotFound("no_task", N_("This entry is not in your list any more."))
    sheet_entry.check_workable(task.assignment.state, task.entry.state, is_barred=False)
    check_open(place)
    if queries.was_sent(place, task):
        raise sheet_entry.Sent(
            "sent_before",
            N_(
                "You have sent a score for this entry, and it counts. Only the office can take it out now, by an interest: please tell it."
            ),
        )
    if not reason.strip():
        raise Refused("reason", N_("Say why you recuse yourself."))
    check_move(ASSIGNMENT_MOVES, task.assignment.state, AssignmentState.RECUSED)
    task.assignment.state, task.assignment.changed_at = AssignmentState.RECUSED, clock.now()
    task.assignment.reason = reason.strip()
    after = {"round": place.round_code, "entry": task.entry.number}
    record("awards.recused", place, by, after, reason=reason.strip())


def record(action: str, place: Place, by: Actor, after: Mapping[str, object], *, reason: str = "") -> None:
    """Note a deed of the juror. No mark and no order goes with it (P22)."""
    audit.record(
        action,
        by,
        expo_id=place.season.expo_id,
        subject=(SUBJECT, place.juror.id),
        after=dict(after),
        reason=reason,
    )
