"""What an import of companies writes: new ones by the portion, changes of known ones, and the way back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from exhibitions.audit import service as audit
from exhibitions.companies.models import Company, CompanyContact, CompanyImport
from exhibitions.companies.queries import companies
from exhibitions.companies.queries import importing as queries
from exhibitions.companies.rules import importing as rules
from exhibitions.companies.rules.facts import CompanyFacts, keys_of
from exhibitions.companies.rules.import_verdicts import Change
from exhibitions.companies.rules.importing import COMPANY_FIELDS, Reason
from exhibitions.companies.service import (
    CONTACT,
    CONTACT_PERSONAL,
    PERSONAL,
    joining,
    number_of,
    refresh_keys,
    remove_contact,
)
from exhibitions.companies.service.import_comparing import (
    Altered,
    altered,
    contact_values,
    differences,
    new_contact,
)
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.imports import stages
from exhibitions.files import service as files

UNDONE_AT_ONCE = 200
Portion = Sequence[tuple[int, rules.Row]]


def add_companies(row: CompanyImport, portion: Portion) -> list[tuple[int, Reason]]:
    """Enter a portion of the companies, each with its contact, and note how far the import came.

    Inside the caller's transaction. Rows that were done before are left alone. Returns the rows whose credit code somebody
    else has taken since the file was judged: the unique index is the judge.
    """
    waiting = [(number, each) for number, each in portion if number > row.done_row]
    late = []
    for number, each in waiting:
        if not _add(row, each):
            late.append((number, Reason.DUPLICATE_CODE))
    if waiting:
        row.done_row = waiting[-1][0]
    return late


def _add(row: CompanyImport, each: rules.Row) -> bool:
    now = clock.now()
    values = {name: getattr(each, name) for name in COMPANY_FIELDS}
    people = [CompanyContact(**contact_values(each))] if each.has_contact else []
    # Nobody else has a word of this form; the number is made of the row's own once that is known.
    company = Company(
        number=f"~{row.id}.{row.done_row}", created_at=now, changed_at=now, import_id=row.id, **values
    )
    try:
        with db.session.begin_nested():
            db.session.add(company)
            db.session.flush()
            company.number = number_of(company.id)
            keys = keys_of(CompanyFacts(**values), company.number, people)
            for name in ("search", "sort_key", "name_key_zh", "name_key_en", "domain"):
                setattr(company, name, getattr(keys, name))
            if people:
                db.session.add(new_contact(each, company))
            db.session.flush()
    except IntegrityError:
        return False
    return True


def keep_before(row: CompanyImport, changes: Sequence[Change], by: Actor) -> None:
    """Keep what companies were like before the import changes them, for the way back; the file dies with the import's.

    Inside a transaction of its own before the first change; a second time keeps what was kept first. Which companies are
    being changed is noted, so that work that goes on after a fall counts them as changed.
    """
    if not changes or "before" in row.counts:
        return
    before = {
        number: {
            "fields": {name: [old, new] for name, (old, new) in each.fields.items()},
            "contact": each.contact.id if each.contact else None,
            "contact_fields": {name: [old, new] for name, (old, new) in each.contact_fields.items()},
        }
        for number, each in differences([(known, said) for _, known, said in changes]).items()
    }
    stored = files.store(
        json.dumps(before, ensure_ascii=False).encode(),
        name="before.json",
        content_type="application/json",
        purpose=queries.BEFORE,
        expo_id=None,
        owner=by,
        expires_at=clock.now() + stages.LIFE * 2,
    )
    row.counts = {**row.counts, "before": stored.id, "begun": [known for _, known, _ in changes]}


def change_companies(changes: Sequence[Change], by: Actor) -> list[tuple[int, Reason]]:
    """Change a portion of known companies; returns the rows whose credit code was taken meanwhile."""
    rows = companies([known for _, known, _ in changes])
    late = []
    for number, known, said in changes:
        company = rows.get(known)
        found = altered(company, said) if company is not None else Altered()
        if company is not None and found and not _change(company, found, said, by):
            late.append((number, Reason.DUPLICATE_CODE))
    return late


def _change(company: Company, found: Altered, said: rules.Row, by: Actor) -> bool:
    fields = {name: new for name, (_, new) in found.fields.items()}
    try:
        with db.session.begin_nested():
            for name, value in fields.items():
                setattr(company, name, value)
            company.changed_at = clock.now()
            db.session.flush()
    except IntegrityError:
        # Somebody else has the code since the file was judged: this row is a duplicate now.
        return False
    if fields:
        _say("companies.changed", ("company", company.id), found.fields, by)
    if found.contact_fields:
        contact = found.contact or new_contact(said, company)
        for name, (_, new) in found.contact_fields.items():
            setattr(contact, name, new)
        db.session.add(contact)
        db.session.flush()
        action = "companies.contact_changed" if found.contact else "companies.contact_added"
        _say(action, (CONTACT, contact.id), found.contact_fields, by)
    db.session.expire(company, ["contacts"])
    refresh_keys(company)
    return True


def _say(
    action: str,
    subject: tuple[str, int],
    changed: Mapping[str, tuple[Any, Any]],
    by: Actor,
) -> None:
    audit.record(
        action,
        by,
        subject=subject,
        before={name: old for name, (old, _) in changed.items()},
        after={name: new for name, (_, new) in changed.items()},
        personal=CONTACT_PERSONAL & changed.keys() if subject[0] == CONTACT else frozenset(),
        withheld=PERSONAL if subject[0] != CONTACT else frozenset(),
    )


def finish(row: CompanyImport, counts: dict[str, object], by: Actor) -> None:
    """The import is through: keep its counts."""
    kept = {name: row.counts[name] for name in ("before",) if name in row.counts}
    row.state, row.counts, row.finished_at = stages.DONE, counts | kept, clock.now()
    said = {name: counts[name] for name in ("rows", "created", "updated", "unchanged", "by_reason")}
    audit.record("companies.imported", by, subject=("company_import", row.id), after=said)


def undo_companies(row: CompanyImport, behind: int) -> int | None:
    """Take back a portion of the companies that came with the import; returns where to go on, None at the end.

    A company of which a fair, a merge or a paper has something by now, or that somebody has corrected since, is a fact: it
    stays. Of who goes nothing is read in the audit any more either.
    """
    brought = queries.brought_in(row.id, behind, UNDONE_AT_ONCE)
    if not brought:
        return None
    ids = [each.id for each in brought]
    staying = joining.used(ids) | {
        each.id for each in brought if each.papers or each.merged_into_id or each.changed_at > each.created_at
    }
    merged_here = sa.select(Company.merged_into_id).where(Company.merged_into_id.in_(ids))
    staying |= {number for number in db.session.scalars(merged_here) if number is not None}
    gone = [number for number in ids if number not in staying]
    people = list(db.session.scalars(sa.select(CompanyContact.id).where(CompanyContact.company_id.in_(gone))))
    audit.erase_person_keys(CONTACT, people)
    audit.erase_person_keys("company", gone)
    for model, column in ((CompanyContact, CompanyContact.company_id), (Company, Company.id)):
        db.session.execute(
            sa.delete(model).where(column.in_(gone)), execution_options={"synchronize_session": False}
        )
    return ids[-1]


def undo_changes(row: CompanyImport, by: Actor) -> None:
    """Make the companies that the import changed what they were, but for what somebody has changed since.

    As far as the file of that is still there.
    """
    stored = queries.kept_file(row.counts.get("before"))
    if stored is None:
        return
    with files.open_file(stored) as stream:
        before: dict[str, dict[str, Any]] = json.load(stream)
    numbers = [int(number) for number in before]
    for start in range(0, len(numbers), UNDONE_AT_ONCE):
        for number, company in companies(numbers[start : start + UNDONE_AT_ONCE]).items():
            _put_back(company, before[str(number)], by)
    files.delete(stored)


def _put_back(company: Company, before: dict[str, Any], by: Actor) -> None:
    fields = _unchanged_since(company, before["fields"])
    try:
        with db.session.begin_nested():
            for name, old in fields.items():
                setattr(company, name, old)
            db.session.flush()
    except IntegrityError:
        # Somebody else has the earlier credit code by now.
        fields = {}
    if before["contact_fields"]:
        _put_back_contact(company, before, by)
    company.changed_at = clock.now()
    db.session.expire(company, ["contacts"])
    refresh_keys(company)
    if fields:
        changed = {name: (before["fields"][name][1], old) for name, old in fields.items()}
        _say("companies.changed", ("company", company.id), changed, by)


def _put_back_contact(company: Company, before: dict[str, Any], by: Actor) -> None:
    said = {name: new for name, (_, new) in before["contact_fields"].items()}
    for contact in list(company.contacts):
        if before["contact"] == contact.id:
            for name, old in _unchanged_since(contact, before["contact_fields"]).items():
                setattr(contact, name, old)
        elif before["contact"] is None and all(getattr(contact, name) == new for name, new in said.items()):
            remove_contact(company, contact, by)
    db.session.flush()


def _unchanged_since(thing: Any, pairs: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    return {name: old for name, (old, new) in pairs.items() if getattr(thing, name) == new}


def finish_undo(row: CompanyImport, by: Actor) -> None:
    """Everything is taken back."""
    row.state, row.undone_at = stages.UNDONE, clock.now()
    row.counts = {name: value for name, value in row.counts.items() if name != "before"}
    audit.record("companies.import_undone", by, subject=("company_import", row.id))
