"""The right of the people of awards to what is known of them, and its end (P6, P7, P9): contacts of entries, jurors, and
who complained.

A juror's marks stay under a code: the result must be recomputable. Everything that tells who it was goes, when the person
is erased and at the latest five years after the season (awards.md §3.6).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from exhibitions.accounts import service as accounts
from exhibitions.awards.models import (
    Assignment,
    AwardEntry,
    AwardResult,
    Complaint,
    Conflict,
    Decision,
    Declaration,
    Deliberation,
    EntryEvent,
    Juror,
    Sheet,
    Typing,
)
from exhibitions.awards.queries.jury import LINK
from exhibitions.awards.service import personal_entries
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.somebody import Seen, Somebody
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail

JUROR, COMPLAINT = "award_juror", "award_complaint"
"""The kinds of rows that are a juror, and somebody who complained."""
_MOST = 500
_PORTION = 100
_OF_RESULT = frozenset({"was", "becomes", "order", "decision"})
"""What of a decision's content (`rules.case`) tells of no person."""
_OF_JUROR = ("name", "title", "email", "phone", "employer", "expertise", "paid_by", "code_hash")


def seen(who: Somebody) -> list[Seen]:
    """The rows with one of these numbers or addresses, whatever their people are called."""
    return [
        *personal_entries.seen(who),
        *map(_seen_juror, _jurors_reached(who)),
        *map(_seen_complaint, _complaints_reached(who)),
    ]


def one(kind: str, number: int) -> Seen | None:
    """The row of this kind with this number; None where there is none, or the kind is none of this room."""
    kinds: dict[str, tuple[Any, Callable[[Any], Seen]]] = {
        personal_entries.CONTACT: (AwardEntry, personal_entries.seen_row),
        JUROR: (Juror, _seen_juror),
        COMPLAINT: (Complaint, _seen_complaint),
    }
    table, tell = kinds.get(kind, (None, None))
    row = db.session.get(table, number) if table is not None else None
    return tell(row) if row is not None and tell is not None else None


def export_person(who: Somebody) -> dict[str, list[dict[str, object]]]:
    """What this room knows of a person, as JSON can hold it: as contact of entries, as juror, as who complained."""
    return {
        "entries": personal_entries.export_person(who),
        "jurors": [_export_juror(row) for row in _jurors(who)],
        "complaints": [
            {
                "at": row.received_at.isoformat(),
                "text": row.text,
                "decision": row.decision,
                "mails": mail.export_person(COMPLAINT, row.id),
            }
            for row in _complaints(who)
        ],
    }


def erase_person(who: Somebody, by: Actor) -> int:
    """Erase a person in every season; gives how many rows it met. Marks, medals and counts stay."""
    del by
    jurors, complaints = _jurors(who), _complaints(who)
    seasons = {row.season_id for row in jurors} | {row.season_id for row in complaints}
    for juror in jurors:
        _forget_juror(juror)
    for complaint in complaints:
        _forget_complaint(complaint)
    for season_id in seasons:
        _take_out_of_minutes(season_id, who)
    db.session.flush()
    return personal_entries.erase_person(who) + len(jurors) + len(complaints)


def told(expo: Expo) -> int:
    """How many rows of a fair still tell of people of its awards."""
    counts = (
        sa.select(sa.func.count(table.id)).where(table.expo_id == expo.id, still)
        for table, still, _ in _KINDS
    )
    return personal_entries.told(expo) + sum(db.session.scalar(count) or 0 for count in counts)


def expire(expo: Expo) -> int:
    """End a portion of these rows; gives their number, 0 when none is left."""
    for table, still, end in _KINDS:
        found = sa.select(table).where(table.expo_id == expo.id, still).order_by(table.id).limit(_PORTION)
        rows = db.session.scalars(found).all()
        for row in rows:
            end(row)
        if rows:
            return len(rows)
    return personal_entries.expire(expo)


def _export_juror(row: Juror) -> dict[str, object]:
    declared = db.session.scalars(sa.select(Declaration).where(Declaration.juror_id == row.id)).all()
    said = {name: getattr(row, name) for name in _OF_JUROR if name != "code_hash"}
    return {
        **said,
        "former": row.former,
        "agreement_at": row.agreement_at.isoformat() if row.agreement_at else None,
        "declared": [{"at": each.at.isoformat(), "text": each.text} for each in declared],
        "sheets": [
            {"entry": number, "marks": sheet.marks, "comment": sheet.comment, "note": sheet.note}
            for sheet, number in db.session.execute(
                sa.select(Sheet, AwardEntry.number)
                .join(Assignment, Assignment.id == Sheet.assignment_id)
                .join(AwardEntry, AwardEntry.id == Assignment.entry_id)
                .where(Assignment.juror_id == row.id)
                .order_by(Sheet.id)
            )
        ],
        "mails": mail.export_person(JUROR, row.id),
    }


def _forget_juror(row: Juror) -> None:
    """Leave the code and the marks; the link opens nothing any more."""
    accounts.revoke_links(LINK, row.id)
    mail.erase_person(JUROR, row.id)
    for name in _OF_JUROR:
        setattr(row, name, "")
    row.former = []
    row.left_at = row.left_at or clock.now()
    for declared in db.session.scalars(sa.select(Declaration).where(Declaration.juror_id == row.id)):
        declared.text = ""
    for conflict in db.session.scalars(sa.select(Conflict).where(Conflict.juror_id == row.id)):
        conflict.company = conflict.evidence = conflict.reason = ""
    for task in db.session.scalars(sa.select(Assignment).where(Assignment.juror_id == row.id)):
        task.reason = ""
        for sheet in task.sheets:
            sheet.comment = sheet.note = ""


def _forget_complaint(row: Complaint) -> None:
    """Leave that somebody complained, and how it was decided."""
    mail.erase_person(COMPLAINT, row.id)
    row.from_name = row.contact = row.text = row.decision = ""


def _take_out_of_minutes(season_id: int, who: Somebody) -> None:
    for row in db.session.scalars(sa.select(Deliberation).where(Deliberation.season_id == season_id)):
        row.members, row.minute = who.taken_out(row.members), who.taken_out(row.minute)
    for decision in db.session.scalars(sa.select(Decision).where(Decision.season_id == season_id)):
        decision.reason = who.taken_out(decision.reason)
        decision.content, decision.signed = _without(decision.content, who), _without(decision.signed, who)
    for result in db.session.scalars(sa.select(AwardResult).where(AwardResult.season_id == season_id)):
        result.reason, result.signed = who.taken_out(result.reason), _without(result.signed, who)
        result.members, result.minute = who.taken_out(result.members), who.taken_out(result.minute)


def _without(value: Any, who: Somebody) -> Any:
    """JSON without the person: every text in it as `taken_out` leaves it."""
    if isinstance(value, str):
        return who.taken_out(value)
    if isinstance(value, list):
        return [_without(each, who) for each in value]
    if isinstance(value, dict):
        return {name: _without(each, who) for name, each in value.items()}
    return value


def _clear(*names: str) -> Callable[[Any], object]:
    def end(row: Any) -> None:
        for name in names:
            setattr(row, name, "")

    return end


def _end_decision(row: Decision) -> None:
    row.reason, row.signed = "", []
    # What a note said and who decided goes; which entry was given what is the result itself.
    row.content = {name: value for name, value in row.content.items() if name in _OF_RESULT}


def _end_result(row: AwardResult) -> None:
    row.reason, row.signed = "", []
    row.members = row.minute = ""


def _end_typing(row: Typing) -> None:
    row.content = {}


def _said(column: Any, empty: str) -> sa.ColumnElement[bool]:
    return sa.cast(column, sa.Text) != empty


_KINDS: tuple[tuple[Any, sa.ColumnElement[bool], Callable[[Any], object]], ...] = (
    (
        Juror,
        sa.or_(*(getattr(Juror, name) != "" for name in _OF_JUROR), _said(Juror.former, "[]")),
        _forget_juror,
    ),
    (Declaration, Declaration.text != "", _clear("text")),
    (
        Conflict,
        sa.or_(Conflict.company != "", Conflict.evidence != "", Conflict.reason != ""),
        _clear("company", "evidence", "reason"),
    ),
    (Assignment, Assignment.reason != "", _clear("reason")),
    (
        Sheet,
        sa.or_(Sheet.comment != "", Sheet.note != "", Sheet.reason != ""),
        _clear("comment", "note", "reason"),
    ),
    (Typing, _said(Typing.content, "{}"), _end_typing),
    (
        Deliberation,
        sa.or_(Deliberation.members != "", Deliberation.minute != ""),
        _clear("members", "minute"),
    ),
    (Decision, sa.or_(Decision.reason != "", _said(Decision.signed, "[]")), _end_decision),
    (
        AwardResult,
        sa.or_(
            *(column != "" for column in (AwardResult.reason, AwardResult.members, AwardResult.minute)),
            _said(AwardResult.signed, "[]"),
        ),
        _end_result,
    ),
    (
        Complaint,
        sa.or_(*(getattr(Complaint, name) != "" for name in ("from_name", "contact", "text", "decision"))),
        _forget_complaint,
    ),
    (EntryEvent, EntryEvent.text != "", _clear("text")),
)
"""What tells of people, where it still does, and how it ends."""


def _jurors(who: Somebody) -> list[Juror]:
    return [row for row in _jurors_reached(who) if who.is_called(row.name)]


def _jurors_reached(who: Somebody) -> list[Juror]:
    found = sa.select(Juror).where(who.reached(Juror.phone, Juror.email))
    return list(db.session.scalars(found.order_by(Juror.id).limit(_MOST)))


def _complaints(who: Somebody) -> list[Complaint]:
    return [row for row in _complaints_reached(who) if who.is_called(row.from_name)]


def _complaints_reached(who: Somebody) -> list[Complaint]:
    """One column holds whatever way to be reached was given."""
    said = who.phones | who.emails
    if not said:
        return []
    found = sa.select(Complaint).where(Complaint.contact.in_(said))
    return list(db.session.scalars(found.order_by(Complaint.id).limit(_MOST)))


def _seen_juror(row: Juror) -> Seen:
    return Seen(JUROR, row.id, row.name, row.phone or None, row.email or None, row.employer, row.expo_id)


def _seen_complaint(row: Complaint) -> Seen:
    is_mail = "@" in row.contact
    phone, email = (None, row.contact) if is_mail else (row.contact or None, None)
    return Seen(COMPLAINT, row.id, row.from_name, phone, email, "", row.expo_id)
