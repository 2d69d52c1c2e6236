"""The right of the people of companies to what is known of them, and its end (P6, P7, P9)."""

from __future__ import annotations

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.companies.models import Company, CompanyContact, CompanyMerge
from exhibitions.companies.queries import companies
from exhibitions.companies.service import CONTACT, refresh_keys, remove_contact
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.somebody import Seen, Somebody

_MOST = 100
_OF_PERSONS = ("legal_representative", "phone", "note")


def found(who: Somebody) -> list[CompanyContact]:
    """The contacts of the register who are this person, at most a hundred."""
    return [row for row in _reached(who) if who.is_called(row.name)]


def seen(who: Somebody) -> list[Seen]:
    """The contacts with one of these numbers or addresses, whatever they are called."""
    rows = _reached(who)
    names = companies({row.company_id for row in rows})
    return [_seen(row, names[row.company_id]) for row in rows]


def one(kind: str, number: int) -> Seen | None:
    """The contact with this number, where `kind` says that it is one."""
    row = db.session.get(CompanyContact, number) if kind == CONTACT else None
    return None if row is None else _seen(row, companies({row.company_id})[row.company_id])


def export_person(who: Somebody) -> list[dict[str, object]]:
    """What the register knows of a person, as JSON can hold it; nobody else is named in it."""
    people = found(who)
    rows = companies({each.company_id for each in people})
    return [
        {
            "company_zh": rows[each.company_id].name_zh,
            "company_en": rows[each.company_id].name_en,
            "role": each.role.value,
            "name": each.name,
            "title": each.title,
            "phone": each.phone,
            "email": each.email,
            "wechat": each.wechat,
        }
        for each in people
    ]


def erase_person(who: Somebody, by: Actor) -> int:
    """Take a person out of the register, from every company; gives from how many.

    Where they stand among a company's own facts (who represents it, its number, the office's note) they go as well.
    What it takes to part such a company from one that it was merged with would bring them back, and goes too.
    """
    people = found(who)
    ids = sorted({each.company_id for each in people})
    for each in people:
        remove_contact(db.session.get_one(Company, each.company_id), each, by)
    for number in ids:
        _forget(db.session.get_one(Company, number), who, by)
    merges = sa.update(CompanyMerge).where(
        sa.or_(CompanyMerge.kept_id.in_(ids), CompanyMerge.merged_id.in_(ids))
    )
    db.session.execute(merges.values(before={}), execution_options={"synchronize_session": "fetch"})
    return len(people)


def _forget(company: Company, who: Somebody, by: Actor) -> None:
    before = {name: getattr(company, name) for name in _OF_PERSONS}
    if who.has_name(company.legal_representative):
        company.legal_representative = ""
    if company.phone in who.phones:
        company.phone = ""
    company.note = who.taken_out(company.note)
    changed = {name: "" for name in _OF_PERSONS if getattr(company, name) != before[name]}
    if changed:
        company.changed_at = clock.now()
        refresh_keys(company)
        audit.record(
            "companies.changed",
            by,
            subject=("company", company.id),
            after=dict(changed),
            withheld=frozenset(_OF_PERSONS),
        )


def _reached(who: Somebody) -> list[CompanyContact]:
    reached = who.reached(CompanyContact.phone, CompanyContact.email)
    return list(
        db.session.scalars(sa.select(CompanyContact).where(reached).order_by(CompanyContact.id).limit(_MOST))
    )


def _seen(row: CompanyContact, company: Company) -> Seen:
    return Seen(CONTACT, row.id, row.name, row.phone, row.email, company.name_zh or company.name_en)
