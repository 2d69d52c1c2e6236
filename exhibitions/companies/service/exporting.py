"""Companies as rows for others: the chosen columns, with a reason, noted (P13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from exhibitions.audit import service as audit
from exhibitions.companies.models import Company, CompanyContact
from exhibitions.companies.queries.listing import export_rows
from exhibitions.companies.rules.exporting import HEADINGS
from exhibitions.companies.rules.roles import ContactRole
from exhibitions.core.actor import Actor
from exhibitions.core.contact import written_phone
from exhibitions.core.regions import region_name
from exhibitions.core.sheets.writing import Value


def record(rows: int, columns: Sequence[str], by: Actor, reason: str) -> None:
    """Note an export: who, how many companies, which columns, why (P12, P13)."""
    audit.record("companies.exported", by, after={"rows": rows, "columns": list(columns)}, reason=reason)


def sheet(
    ids: Sequence[int], columns: Sequence[str], language: str, words: Callable[[str], str]
) -> Iterator[list[Value]]:
    """The companies in the order of the ids, the heading first; importing it again changes by number."""
    chosen = [name for name in HEADINGS if name in columns]
    yield [words(HEADINGS[name]) for name in chosen]
    for company in export_rows(ids):
        values = _values(company, language)
        yield [values[name] for name in chosen]


def _values(company: Company, language: str) -> dict[str, Value]:
    people = sorted(company.contacts, key=lambda each: each.role is not ContactRole.MAIN)
    contact = people[0] if people else CompanyContact(name="", title="")
    own = {name: getattr(company, name) or "" for name in HEADINGS if hasattr(company, name)}
    return own | {
        "country": "中国"
        if company.country == "CN" and language == "zh"
        else region_name(company.country, language),
        "region": region_name(company.region, language),
        "phone": written_phone(company.phone),
        "contact": contact.name,
        "title": contact.title,
        "mobile": written_phone(contact.phone),
        "email": contact.email or "",
    }
