"""An applicant and the register of companies: found by its credit code, entered once, its prospect taken along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from exhibitions.companies import queries as register
from exhibitions.companies import service as companies
from exhibitions.companies.models import Company, CompanyContact
from exhibitions.companies.rules.facts import CompanyFacts, checked_facts, lies_elsewhere
from exhibitions.companies.rules.papers import PaperFacts, PaperKind
from exhibitions.companies.rules.roles import ContactRole
from exhibitions.companies.service import ContactFacts, papers
from exhibitions.core.actor import Actor
from exhibitions.core.contact import normal_phone
from exhibitions.core.db import db, lock_named
from exhibitions.exhibitors.models import Call, Exhibitor, ExhibitorEvent, ExhibitorMessage
from exhibitions.exhibitors.rules import application
from exhibitions.exhibitors.rules.application import Application, CompanyBlock, ContactBlock
from exhibitions.exhibitors.rules.typed import switchboard
from exhibitions.files import queries as file_queries

COMPARED = (
    *("name_zh", "name_en", "credit_code", "country", "statistics_country", "region", "address_zh"),
    *("postcode", "phone", "website", "legal_representative"),
)
"""The facts of an application that the register has as well."""
_ELSEWHERE = frozenset({ContactRole.INVOICE, ContactRole.PRESS})


def company_for(answers: Application, by: Actor) -> Company:
    """The company of the register with this credit code (E-7: one entity, however it is spelled), else a new one.

    What the register knows is not overwritten: the office sees where an application differs.
    """
    code = answers.company.credit_code
    lock_named(f"company {code}")
    found = register.by_credit_code(code) if code else None
    if found is not None:
        return found
    company = companies.add(register_facts(answers.company), by, applying=True)
    contact = answers.contact
    facts = ContactFacts(
        name=contact.name,
        title=contact.title,
        phone=contact.phone,
        email=contact.email,
        wechat=contact.wechat,
    )
    companies.add_contact(company, facts, by)
    return company


def register_facts(block: CompanyBlock) -> CompanyFacts:
    """A company block as the register holds it."""
    names = (field.name for field in fields(CompanyBlock))
    facts = {name: getattr(block, name) for name in names if name in COMPARED}
    # What every page took is taken here too: the office still reads an extension in the application.
    facts["phone"] = switchboard(block.phone)
    facts["region"] = "" if lies_elsewhere(block.region, block.country) else block.region
    facts |= {"credit_code": block.credit_code or None, "address_zh": block.address, "kinds": block.kinds}
    return CompanyFacts(**facts)


def answers_of(company: Company, contacts: Sequence[CompanyContact]) -> dict[str, Any]:
    """What the register knows of a company, as the answers of an application."""
    block = CompanyBlock(
        **{name: getattr(company, name) or "" for name in COMPARED if name != "address_zh"},
        address=company.address_zh or company.address_en,
        kinds=tuple(company.kinds),
    )
    answers = {"company": application.written(block)}
    first = spokesman(contacts)
    if first is not None:
        contact = ContactBlock(first.name, first.title, first.phone or "", first.email or "", first.wechat)
        answers["contact"] = application.written(contact)
    return answers


def spokesman(contacts: Sequence[CompanyContact]) -> CompanyContact | None:
    """Who speaks for a company that exhibits: its main contact, else the first, that a letter or text message reaches.

    Who is named for invoices or the press alone has no say in it.
    """
    able = [each for each in contacts if each.role not in _ELSEWHERE and _is_reached(each)]
    return min(able, key=lambda each: each.role is not ContactRole.MAIN, default=None)


def _is_reached(contact: CompanyContact) -> bool:
    return bool(contact.email or normal_phone(contact.phone or ""))


def differences(exhibitor: Exhibitor) -> tuple[tuple[str, Any, Any], ...]:
    """Where the application says something else than the register: (fact, registered, applied)."""
    company = exhibitor.company
    if company is None or not exhibitor.answers:
        return ()
    applied = checked_facts(register_facts(application.read(exhibitor.answers).company))
    now, then = ({name: getattr(each, name) for name in COMPARED} for each in (company, applied))
    return application.differences(now, then)


def take_over(exhibitor: Exhibitor, names: Iterable[str], by: Actor) -> int:
    """Put what the application says into the register, for the chosen facts; gives how many changed."""
    chosen = set(names)
    changes = {name: applied for name, _, applied in differences(exhibitor) if name in chosen}
    if changes and exhibitor.company is not None:
        companies.change(exhibitor.company, replace(companies.facts_of(exhibitor.company), **changes), by)
    return len(changes)


def absorb(prospect: Exhibitor, exhibitor: Exhibitor) -> None:
    """A prospect that applied by itself: its talks, messages, history, owner, next step and notes go along."""
    for kind in (Call, ExhibitorEvent, ExhibitorMessage):
        moved = sa.update(kind).where(kind.exhibitor_id == prospect.id)
        db.session.execute(moved.values(exhibitor_id=exhibitor.id))
    exhibitor.user_id = exhibitor.user_id or prospect.user_id
    if not exhibitor.next_step and exhibitor.next_on is None:
        exhibitor.next_step, exhibitor.next_on = prospect.next_step, prospect.next_on
    exhibitor.note = "\n".join(part for part in (prospect.note, exhibitor.note) if part)
    exhibitor.is_returning = prospect.is_returning
    exhibitor.origin = prospect.origin or exhibitor.origin
    exhibitor.points = exhibitor.points or prospect.points
    db.session.flush()
    db.session.expire(prospect)
    db.session.delete(prospect)
    db.session.flush()


def keep_papers(exhibitor: Exhibitor, handed_in: Sequence[dict[str, Any]], by: Actor) -> list[dict[str, Any]]:
    """The papers of an application become papers of the company, each once; gives those that are still there.

    The office may have put another copy in place of one since it was handed in.
    """
    there = [each for each in handed_in if file_queries.file_of(None, each["file_id"]) is not None]
    if exhibitor.company is None:
        return there
    for paper in there:
        until = date.fromisoformat(paper["valid_to"]) if paper["valid_to"] else None
        facts = PaperFacts(PaperKind(paper["kind"]), paper["number"], None, until)
        papers.hand_in(exhibitor.company, facts, paper["file_id"], by)
    return there
