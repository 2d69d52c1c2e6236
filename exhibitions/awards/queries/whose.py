"""Whose product it is that the office enters: a company of the register by its number, code or name, or any name."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from exhibitions.companies import queries as companies
from exhibitions.companies.models import Company
from exhibitions.core.contact import clean_code, clean_name
from exhibitions.core.db import db
from exhibitions.core.sameness import same_key
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.queries import applying
from exhibitions.expos.models import Expo

_TWO = 2


@dataclass(frozen=True, slots=True)
class Whose:
    """For whom the office enters a product: a company of the register, or names and a place as they were typed."""

    company: Company | None = None
    exhibitor: Exhibitor | None = None
    name_zh: str = ""
    name_en: str = ""
    place: str = ""


def whose(expo: Expo, typed: str, place: str) -> Whose:
    """The company that was meant, with its part in the fair; a name that is not one company's alone stands as typed."""
    company = _company(typed)
    if company is not None:
        return Whose(company, applying.of_company(expo, company), place=place)
    name = clean_name(typed)
    is_latin = name.isascii()
    return Whose(name_zh="" if is_latin else name, name_en=name if is_latin else "", place=place)


def _company(typed: str) -> Company | None:
    code = clean_code(typed).upper()
    if not code:
        return None
    named = companies.company(code) or companies.by_credit_code(code)
    if named is not None:
        return db.session.get(Company, companies.stands_for(named.id))
    key = same_key(typed)[:200]
    same = sa.select(Company).where(
        sa.or_(Company.name_key_zh == key, Company.name_key_en == key), Company.merged_into_id.is_(None)
    )
    found = db.session.scalars(same.limit(_TWO)).all()
    return found[0] if len(found) == 1 else None
