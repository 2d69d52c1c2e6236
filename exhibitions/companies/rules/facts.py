"""What is known of a company: what must be true of it, and by what it is found, sorted and compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlsplit

from exhibitions.companies.rules.codes import CHINA, checked_code
from exhibitions.companies.rules.doubles import mail_domain, name_key, site_domain
from exhibitions.companies.rules.roles import Business, checked_names, checked_office_phone
from exhibitions.core.contact import clean_code, clean_name
from exhibitions.core.errors import N_, Refused
from exhibitions.core.regions import NEAR, is_known, province_of, region_key
from exhibitions.core.search import END, found_by, search_line

LONGEST_LINE = 4_000
LONGEST_DOMAIN = 100


@dataclass(frozen=True)
class CompanyFacts:
    """The facts of a company as they are typed or kept. `country` is ISO 3166-1, "" while it is not known;
    `statistics_country` only where the company declared another one (E-5); `kinds` are values of `Business`.
    """

    name_zh: str = ""
    name_en: str = ""
    credit_code: str | None = None
    country: str = "CN"
    statistics_country: str = ""
    region: str = ""
    address_zh: str = ""
    address_en: str = ""
    postcode: str = ""
    phone: str = ""
    website: str = ""
    legal_representative: str = ""
    kinds: tuple[str, ...] = ()
    is_member: bool = False
    note: str = ""


class Person(Protocol):
    """What is searched for of a contact."""

    @property
    def name(self) -> str:
        """The person's name."""

    @property
    def phone(self) -> str | None:
        """E.164."""

    @property
    def email(self) -> str | None:
        """In small letters."""


@dataclass(frozen=True)
class Keys:
    """The columns by which a company is found, sorted and compared."""

    search: str
    sort_key: str
    name_key_zh: str
    name_key_en: str
    domain: str


def checked_facts(facts: CompanyFacts, *, applying: bool = False) -> CompanyFacts:
    """The facts as they are kept; with `applying` a Chinese company needs its credit code.

    Raises `Refused`: name_missing, name_formula, country_unknown, credit_code_missing, credit_code_foreign,
    credit_code_invalid, region_elsewhere, phone_invalid, website_invalid.
    """
    name_zh, name_en = checked_names(facts.name_zh, facts.name_en)
    country, counted = checked_country(facts.country), checked_country(facts.statistics_country)
    code = checked_code(facts.credit_code or "", country, applying=applying)
    if code and not country:
        country = "CN"
    return replace(
        facts,
        name_zh=name_zh,
        name_en=name_en,
        credit_code=code,
        country=country,
        statistics_country="" if counted == country else counted,
        region=checked_region(facts.region, country),
        address_zh=clean_name(facts.address_zh)[:300],
        address_en=clean_name(facts.address_en)[:300],
        postcode=clean_code(facts.postcode)[:20],
        phone=checked_office_phone(facts.phone),
        website=checked_website(facts.website),
        legal_representative=clean_name(facts.legal_representative)[:100],
        kinds=tuple(kind.value for kind in Business if kind.value in facts.kinds),
        note=facts.note.strip()[:2_000],
    )


def checked_country(code: str) -> str:
    """A country's two letters, "" while it is not known. Raises `Refused` (country_unknown)."""
    code = clean_code(code).upper()
    if code and code != "CN" and (len(code) != 2 or not is_known(code)):
        raise Refused("country_unknown", N_("Choose a country from the list"))
    return code


def checked_region(text: str, country: str) -> str:
    """The key of a place, or a text as it was written, "" for none. Raises `Refused` (region_elsewhere)."""
    key = region_key(text)
    if country and lies_elsewhere(key, country):
        raise Refused(
            "region_elsewhere",
            N_("This place does not lie in the country. Correct the country or the place."),
        )
    return "" if key == country else key


def lies_elsewhere(region: str, country: str) -> bool:
    """Whether a known place lies in another country (E-10: Hong Kong, Macao and Taiwan stand apart from the mainland).

    Abroad a region may be called like a country (Georgia in the US), so that only China's own places tell there.
    """
    if country == CHINA:
        return region not in ("", CHINA) and not province_of(region) and is_known(region)
    return region != country and (bool(province_of(region)) or region in (CHINA, *NEAR))


def checked_website(text: str) -> str:
    """A web address as it is kept, "" for none: http or https, https where nothing is said. Raises `Refused`."""
    address = clean_code(text)
    if not address:
        return ""
    if "://" not in address:
        address = f"https://{address}"
    if not _is_web_address(address):
        raise Refused("website_invalid", N_("Enter a web address like www.example.com"))
    return address


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return (
        "." in host
        and parts.scheme.lower() in ("http", "https")
        and " " not in address
        and len(address) <= 200
    )


def keys_of(facts: CompanyFacts, number: str, contacts: Iterable[Person] = ()) -> Keys:
    """By what a company of these facts is found: both names with pinyin and initials, number, credit code, its phone and
    those of its contacts, their names and addresses.
    """
    people = list(contacts)
    parts = [
        search_line("", facts.name_zh, None, None).strip(),
        facts.name_en.casefold(),
        number.casefold(),
        (facts.credit_code or "").casefold(),
        facts.phone.removeprefix("+") + END if facts.phone else "",
        *(search_line(each.name, "", each.phone, each.email).strip() for each in people),
    ]
    domains = [mail_domain(each.email) for each in people if each.email] + [site_domain(facts.website)]
    return Keys(
        search=" ".join(part for part in parts if part)[:LONGEST_LINE],
        sort_key=found_by("", facts.name_zh or facts.name_en, None, None)["sort_company"],
        name_key_zh=name_key(facts.name_zh),
        name_key_en=name_key(facts.name_en),
        domain=next((domain for domain in domains if domain), "")[:LONGEST_DOMAIN],
    )
