"""Named questions about the register of companies."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from exhibitions.companies.models import Company, CompanyContact, CompanyPaper
from exhibitions.companies.rules.roles import ContactRole
from exhibitions.core.db import db

MOST_CONTACTS = 50
MOST_PAPERS = 100
_MOST_STEPS = 8


def company(number: str) -> Company | None:
    """The company with this number, also one that was merged into another."""
    return db.session.scalar(sa.select(Company).where(Company.number == number))


def company_of(company_id: int) -> Company | None:
    """The company of this row, also one that was merged into another."""
    return db.session.get(Company, company_id)


def by_credit_code(code: str) -> Company | None:
    """The living company with this unified social credit code, which is written upper case and half-width."""
    found = sa.select(Company).where(Company.credit_code == code, Company.merged_into_id.is_(None))
    return db.session.scalar(found)


def stands_for(company_id: int) -> int:
    """The company that this one has become by merging; itself where it was not merged away."""
    for _ in range(_MOST_STEPS):
        found = db.session.scalar(sa.select(Company.merged_into_id).where(Company.id == company_id))
        if found is None:
            break
        company_id = found
    return company_id


def companies(ids: Collection[int]) -> dict[int, Company]:
    """These companies by their rows, at most as many as were asked for, with contacts and papers."""
    if not ids:
        return {}
    found = sa.select(Company).where(Company.id.in_(ids))
    with_all = found.options(selectinload(Company.contacts), selectinload(Company.papers))
    return {each.id: each for each in db.session.scalars(with_all)}


def contact_of(company: Company, contact_id: int) -> CompanyContact | None:
    """The contact with this number, if it is this company's."""
    found = sa.select(CompanyContact).where(
        CompanyContact.company_id == company.id, CompanyContact.id == contact_id
    )
    return db.session.scalar(found)


def contacts(company: Company) -> Sequence[CompanyContact]:
    """The contacts of a company in their order, at most fifty."""
    found = sa.select(CompanyContact).where(CompanyContact.company_id == company.id)
    ordered = found.order_by(CompanyContact.position, CompanyContact.id)
    return db.session.scalars(ordered.limit(MOST_CONTACTS)).all()


def main_contact(company: Company, *, by_email: bool = False) -> CompanyContact | None:
    """Whom to turn to: the main contact, else the first; with `by_email` the first of these with an e-mail address."""
    people = sorted(contacts(company), key=lambda each: each.role is not ContactRole.MAIN)
    return next((each for each in people if each.email or not by_email), None)


def paper_of(company: Company, paper_id: int) -> CompanyPaper | None:
    """The paper with this number, if it is this company's."""
    found = sa.select(CompanyPaper).where(CompanyPaper.company_id == company.id, CompanyPaper.id == paper_id)
    return db.session.scalar(found)


def papers(company: Company) -> Sequence[CompanyPaper]:
    """The papers of a company, by kind and the newest first, at most a hundred."""
    found = sa.select(CompanyPaper).where(CompanyPaper.company_id == company.id)
    ordered = found.order_by(
        CompanyPaper.kind, CompanyPaper.valid_to.desc().nulls_first(), CompanyPaper.id.desc()
    )
    return db.session.scalars(ordered.limit(MOST_PAPERS)).all()


def papers_of(company_ids: Collection[int]) -> dict[int, list[CompanyPaper]]:
    """The papers of these companies, in one question; who has none is missing."""
    found: dict[int, list[CompanyPaper]] = {}
    for paper in db.session.scalars(
        sa.select(CompanyPaper).where(CompanyPaper.company_id.in_(company_ids)).order_by(CompanyPaper.id)
    ):
        found.setdefault(paper.company_id, []).append(paper)
    return found


def main_contacts(company_ids: Collection[int]) -> dict[int, CompanyContact]:
    """Whom to turn to at each of these companies, in one question: the main contact, else the first."""
    found: dict[int, CompanyContact] = {}
    people = db.session.scalars(
        sa.select(CompanyContact)
        .where(CompanyContact.company_id.in_(company_ids))
        .order_by(CompanyContact.position, CompanyContact.id)
    )
    for each in sorted(people, key=lambda each: each.role is not ContactRole.MAIN):
        found.setdefault(each.company_id, each)
    return found
