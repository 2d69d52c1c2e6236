"""Which entries of the register may be one company, and what was merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from exhibitions.companies.models import Company, CompanyContact, CompanyMerge
from exhibitions.companies.queries import companies
from exhibitions.companies.rules.doubles import (
    Double,
    Entry,
    compared,
    found_doubles,
    mail_domain,
    site_domain,
    strength_of,
)
from exhibitions.core.db import db

MOST_DOUBLES = 100
_MOST_ENTRIES = 50_000
_MOST_NEAR = 10


def suspected() -> tuple[list[tuple[Company, Company, Double]], int]:
    """Pairs of the register that may be one company, the surest first and at most a hundred, and how many there are."""
    doubles = found_doubles(entries())
    shown = doubles[:MOST_DOUBLES]
    rows = companies({number for double in shown for number in (double.one, double.other)})
    return [(rows[double.one], rows[double.other], double) for double in shown], len(doubles)


def near(company: Company) -> list[tuple[Company, Double]]:
    """Other companies that may be this one, the surest first, at most ten; asked of the indexes of the keys."""
    mine = entry_of(company)
    conditions = [
        column == key
        for column, key in (
            (Company.name_key_zh, company.name_key_zh),
            (Company.name_key_en, company.name_key_en),
            (Company.domain, company.domain),
            (Company.phone, company.phone),
        )
        if key
    ]
    if mine.phones:
        conditions.append(Company.phone.in_(mine.phones))
        theirs = sa.select(CompanyContact.company_id).where(CompanyContact.phone.in_(mine.phones))
        conditions.append(Company.id.in_(theirs))
    if not conditions:
        return []
    asked = sa.select(Company.id).where(
        Company.merged_into_id.is_(None), Company.id != company.id, sa.or_(*conditions)
    )
    others = companies(db.session.scalars(asked.order_by(Company.id).limit(200)).all())
    found = []
    for other in others.values():
        reasons = compared(mine, entry_of(other))
        if reasons:
            found.append((other, Double(company.id, other.id, reasons, strength_of(reasons))))
    return sorted(found, key=lambda pair: (-pair[1].strength, pair[0].id))[:_MOST_NEAR]


def entry_of(company: Company) -> Entry:
    """A company as the rules compare it."""
    people = company.contacts
    return Entry(
        company.id,
        company.name_zh,
        company.name_en,
        company.credit_code,
        frozenset(phone for phone in (company.phone, *(each.phone for each in people)) if phone),
        _domains(company.domain, company.website, [each.email for each in people if each.email]),
    )


def entries() -> list[Entry]:
    """The whole register as the rules compare it, in two questions."""
    phones: dict[int, set[str]] = defaultdict(set)
    mails: dict[int, list[str]] = defaultdict(list)
    asked = sa.select(CompanyContact.company_id, CompanyContact.phone, CompanyContact.email)
    for number, phone, email in db.session.execute(asked):
        if phone:
            phones[number].add(phone)
        if email:
            mails[number].append(email)
    living = sa.select(
        Company.id,
        Company.name_zh,
        Company.name_en,
        Company.credit_code,
        Company.phone,
        Company.domain,
        Company.website,
    ).where(Company.merged_into_id.is_(None))
    rows = db.session.execute(living.order_by(Company.id).limit(_MOST_ENTRIES))
    return [
        Entry(
            row.id,
            row.name_zh,
            row.name_en,
            row.credit_code,
            frozenset(phones[row.id] | ({row.phone} if row.phone else set())),
            _domains(row.domain, row.website, mails[row.id]),
        )
        for row in rows
    ]


def _domains(domain: str, website: str, addresses: Sequence[str]) -> frozenset[str]:
    return frozenset({domain, site_domain(website), *map(mail_domain, addresses)} - {""})


def merge_of(merge_id: int) -> CompanyMerge | None:
    """The merge with this number."""
    return db.session.get(CompanyMerge, merge_id)


def merges_of(company_id: int) -> Sequence[CompanyMerge]:
    """The merges that hold into which this company took another, the newest first, at most fifty."""
    found = sa.select(CompanyMerge).where(
        CompanyMerge.kept_id == company_id, CompanyMerge.undone_at.is_(None)
    )
    return db.session.scalars(found.order_by(CompanyMerge.id.desc()).limit(50)).all()


def old_merges(before: datetime, most: int) -> Sequence[CompanyMerge]:
    """Merges of before this moment that still keep what it takes to part them, at most so many."""
    kept = sa.cast(CompanyMerge.before, sa.Text) != "{}"
    found = sa.select(CompanyMerge).where(CompanyMerge.merged_at <= before, kept)
    return db.session.scalars(found.order_by(CompanyMerge.id).limit(most)).all()
