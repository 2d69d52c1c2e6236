"""What a list says of known companies, compared with the register: nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from exhibitions.companies.models import Company, CompanyContact
from exhibitions.companies.queries import companies
from exhibitions.companies.rules.facts import lies_elsewhere
from exhibitions.companies.rules.import_verdicts import Verdicts
from exhibitions.companies.rules.importing import COMPANY_FIELDS, Row
from exhibitions.companies.rules.roles import ContactRole
from exhibitions.core.db import end_reading

PORTION = 500
_OF_CONTACT = {"contact": "name", "title": "title", "mobile": "phone", "email": "email"}


@dataclass(frozen=True, slots=True)
class Altered:
    """What a row would alter of a company: field → (now, then); and of whom of its contacts, None for somebody new."""

    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    contact: CompanyContact | None = None
    contact_fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.fields or self.contact_fields)

    @property
    def shown(self) -> dict[str, tuple[Any, Any]]:
        """All of it under the names of the list's columns."""
        columns = {name: column for column, name in _OF_CONTACT.items()}
        return self.fields | {columns[name]: pair for name, pair in self.contact_fields.items()}


def contact_values(row: Row) -> dict[str, Any]:
    """The contact of a row as columns of a contact."""
    return {name: getattr(row, column) for column, name in _OF_CONTACT.items()}


def altered(company: Company, row: Row) -> Altered:
    """What a row alters of a company. Empty cells take nothing away; a person is known by number, address or name.

    A company that lies in another country now does not keep its place in the old one.
    """
    fields = {
        name: (getattr(company, name), value)
        for name in COMPANY_FIELDS
        if (value := getattr(row, name)) not in ("", None) and value != getattr(company, name)
    }
    if "country" in fields and "region" not in fields and lies_elsewhere(company.region, row.country):
        fields["region"] = (company.region, "")
    if not row.has_contact:
        return Altered(fields)
    values = {name: value for name, value in contact_values(row).items() if value}
    known = _known(company.contacts, values)
    contact_fields = {
        name: (getattr(known, name) if known else None, value)
        for name, value in values.items()
        if known is None or getattr(known, name) != value
    }
    return Altered(fields, known, contact_fields)


def _known(people: Sequence[CompanyContact], values: dict[str, Any]) -> CompanyContact | None:
    for name in ("phone", "email", "name"):
        for each in people:
            if values.get(name) and getattr(each, name) == values[name]:
                return each
    return None


def new_contact(row: Row, company: Company) -> CompanyContact:
    """The person of a row as a contact of a company: its first one is the main contact."""
    people = company.contacts
    return CompanyContact(
        company_id=company.id,
        role=ContactRole.OTHER if people else ContactRole.MAIN,
        position=len(people),
        **contact_values(row),
    )


def differences(changes: Sequence[tuple[int, Row]]) -> dict[int, Altered]:
    """What the changes would alter, by company; those that say nothing new are left out."""
    rows = companies([number for number, _ in changes])
    found = {number: altered(rows[number], row) for number, row in changes if number in rows}
    return {number: each for number, each in found.items() if each}


def part(verdicts: Verdicts, begun: Collection[int] = ()) -> None:
    """Tell the rows that change a company from those that say nothing new, by the portion; keeps no transaction open."""
    differing: set[int] = set()
    pairs = [(known, row) for _, known, row in verdicts.changes]
    for start in range(0, len(pairs), PORTION):
        differing |= differences(pairs[start : start + PORTION]).keys()
        end_reading()
    verdicts.part(differing, frozenset(begun))
