"""The register of companies: entering and changing a company and the people whom the office reaches there."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy.exc import IntegrityError

from exhibitions.audit import service as audit
from exhibitions.companies import queries
from exhibitions.companies.models import Company, CompanyContact
from exhibitions.companies.rules.facts import CompanyFacts, checked_facts, keys_of
from exhibitions.companies.rules.roles import ContactRole, checked_contact_email, checked_contact_phone
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.contact import clean_code, clean_name
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.mail import service as mail

CONTACT = "company_contact"
"""The kind of subject that a person of a company is, for the audit and for mail."""

PERSONAL = frozenset({"legal_representative", "phone", "note"})
"""Words about persons among the facts of a company, which the audit does not repeat: nobody's erasure takes its key."""
CONTACT_PERSONAL = frozenset({"name", "title", "phone", "email", "wechat"})
CHANGED: list[Callable[[Company, Actor], None]] = []
"""What rooms above the register do once a company or its people are called or reached otherwise."""
FIELDS = tuple(field.name for field in fields(CompanyFacts))


@dataclass(frozen=True)
class ContactFacts:
    """A person of a company as typed: phone and e-mail in any spelling."""

    role: ContactRole = ContactRole.MAIN
    name: str = ""
    title: str = ""
    phone: str = ""
    email: str = ""
    wechat: str = ""


def facts_of(company: Company) -> CompanyFacts:
    """The facts of a company as they stand."""
    values = {name: getattr(company, name) for name in FIELDS}
    return CompanyFacts(**values | {"kinds": tuple(company.kinds or ())})


def add(facts: CompanyFacts, by: Actor, *, applying: bool = False, import_id: int | None = None) -> Company:
    """Enter a company. Raises what `checked_facts` raises, and `Conflict` (credit_code_taken, with `company_id`)."""
    kept = checked_facts(facts, applying=applying)
    _check_free(kept.credit_code, None)
    now = clock.now()
    company = Company(number=secrets.token_hex(8), created_at=now, changed_at=now, import_id=import_id)
    _write(company, kept)
    with _one_a_code():
        db.session.add(company)
        db.session.flush()
    company.number = number_of(company.id)
    refresh_keys(company)
    audit.record(
        "companies.added",
        by,
        subject=("company", company.id),
        after=_filled(asdict(kept)) | {"number": company.number},
        withheld=PERSONAL,
    )
    return company


def change(company: Company, facts: CompanyFacts, by: Actor, *, applying: bool = False) -> None:
    """Set the facts of a company. Raises what `add` raises, and `Conflict` for one that was merged into another."""
    check_living(company)
    kept = checked_facts(facts, applying=applying)
    _check_free(kept.credit_code, company.id)
    before, after = asdict(facts_of(company)), asdict(kept)
    changed = [name for name in FIELDS if before[name] != after[name]]
    if not changed:
        return
    with _one_a_code():
        _write(company, kept)
        company.changed_at = clock.now()
        db.session.flush()
    refresh_keys(company)
    audit.record(
        "companies.changed",
        by,
        subject=("company", company.id),
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        withheld=PERSONAL,
    )
    _tell(company, by)


def add_contact(company: Company, facts: ContactFacts, by: Actor) -> CompanyContact:
    """Enter a person of a company. Raises `Refused`: contact_empty, phone_invalid, email_invalid, contacts_full."""
    check_living(company)
    known = queries.contacts(company)
    if len(known) >= queries.MOST_CONTACTS:
        raise Refused(
            "contacts_full", N_("A company has at most 50 contacts. Remove one that is not needed.")
        )
    values = checked_contact(facts)
    contact = CompanyContact(company_id=company.id, position=len(known), **values)
    db.session.add(contact)
    db.session.flush()
    _contacts_changed(company)
    _tell(company, by)
    audit.record(
        "companies.contact_added",
        by,
        subject=(CONTACT, contact.id),
        after=_filled(values) | {"company": company.id},
        personal=CONTACT_PERSONAL,
    )
    return contact


def change_contact(company: Company, contact: CompanyContact, facts: ContactFacts, by: Actor) -> None:
    """Set what is known of a person of a company. Raises what `add_contact` raises."""
    check_living(company)
    values = checked_contact(facts)
    before = {name: getattr(contact, name) for name in values}
    changed = [name for name in values if before[name] != values[name]]
    if not changed:
        return
    for name in changed:
        setattr(contact, name, values[name])
    db.session.flush()
    _contacts_changed(company)
    _tell(company, by)
    audit.record(
        "companies.contact_changed",
        by,
        subject=(CONTACT, contact.id),
        before={name: before[name] for name in changed},
        after={name: values[name] for name in changed} | {"company": company.id},
        personal=CONTACT_PERSONAL & set(changed),
    )


def remove_contact(company: Company, contact: CompanyContact, by: Actor) -> None:
    """Take a person out of the register: every word about them goes, also from the audit (P9)."""
    number = contact.id
    db.session.delete(contact)
    db.session.flush()
    _contacts_changed(company)
    mail.erase_person(CONTACT, number)
    audit.erase_person_key(CONTACT, number)
    audit.record("companies.contact_removed", by, subject=(CONTACT, number), after={"company": company.id})


def unmask(company: Company, by: Actor) -> None:
    """Note that somebody saw the numbers and addresses of a company's contacts in full (B12, P12)."""
    audit.record("companies.unmasked", by, subject=("company", company.id))


def checked_contact(facts: ContactFacts) -> dict[str, Any]:
    """The columns of a contact. Raises `Refused`: contact_empty, phone_invalid, email_invalid."""
    values: dict[str, Any] = {
        "role": facts.role,
        "name": clean_name(facts.name)[:100],
        "title": clean_name(facts.title)[:100],
        "phone": checked_contact_phone(facts.phone),
        "email": checked_contact_email(facts.email),
        "wechat": clean_code(facts.wechat)[:64],
    }
    if not any(values[name] for name in ("name", "phone", "email", "wechat")):
        raise Refused(
            "contact_empty", N_("Enter a name, or a number or address by which somebody is reached.")
        )
    return values


def check_living(company: Company) -> None:
    """Raises `Conflict` for a company that was merged into another."""
    if company.merged_into_id is not None:
        raise Conflict(
            "company_merged", N_("This company was merged into another one meanwhile. Work with that one.")
        )


def number_of(company_id: int) -> str:
    """The number of a company, for people: C000123."""
    return f"C{company_id:06d}"


def refresh_keys(company: Company) -> None:
    """Make anew by what a company is found, sorted and compared; after every change of it or of its contacts."""
    keys = keys_of(facts_of(company), company.number, queries.contacts(company))
    for name, value in asdict(keys).items():
        setattr(company, name, value)
    db.session.flush()


def _contacts_changed(company: Company) -> None:
    db.session.expire(company, ["contacts"])
    company.changed_at = clock.now()
    refresh_keys(company)


def _tell(company: Company, by: Actor) -> None:
    for each in CHANGED:
        each(company, by)


def _write(company: Company, facts: CompanyFacts) -> None:
    for name in FIELDS:
        setattr(company, name, getattr(facts, name))
    company.kinds = list(facts.kinds)


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _check_free(code: str | None, own: int | None) -> None:
    other = queries.by_credit_code(code) if code else None
    if other is not None and other.id != own:
        raise _taken(other)


def _taken(other: Company) -> Conflict:
    return Conflict(
        "credit_code_taken",
        N_("%(name)s has this credit code already (%(number)s)."),
        name=other.name_zh or other.name_en,
        number=other.number,
        company_id=other.id,
    )


@contextmanager
def _one_a_code() -> Iterator[None]:
    """Two who enter one code at once: the index is the judge (E-7)."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        raise Conflict(
            "credit_code_taken_now", N_("Somebody has entered a company with this credit code a moment ago.")
        ) from error
