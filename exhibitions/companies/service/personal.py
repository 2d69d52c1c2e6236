"""The right of the people of companies to what is known of them, and its end (P6, P7, P9)."""

from __future__ import annotations

import sqlalchemy as sa

from exhibitions.companies.models import Company, CompanyContact
from exhibitions.companies.queries import companies
from exhibitions.companies.service import remove_contact
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.sameness import same_key


def found(phone: str | None, email: str | None, name: str = "") -> list[CompanyContact]:
    """The contacts with this number (E.164) or this address (small letters), at most a hundred.

    With a `name` only those of that name, or without one: a number may be shared by colleagues.
    """
    either = [
        column == value
        for column, value in ((CompanyContact.phone, phone), (CompanyContact.email, email))
        if value
    ]
    if not either:
        return []
    asked = sa.select(CompanyContact).where(sa.or_(*either)).order_by(CompanyContact.id)
    people = list(db.session.scalars(asked.limit(100)))
    return [each for each in people if not name or not each.name or same_key(each.name) == same_key(name)]


def export_person(phone: str | None, email: str | None, name: str = "") -> list[dict[str, object]]:
    """What the register knows of a person, as JSON can hold it; nobody else is named in it."""
    people = found(phone, email, name)
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


def erase_person(phone: str | None, email: str | None, by: Actor, name: str = "") -> int:
    """Take a person out of the register, from every company; gives from how many."""
    people = found(phone, email, name)
    for each in people:
        remove_contact(db.session.get_one(Company, each.company_id), each, by)
    return len(people)
