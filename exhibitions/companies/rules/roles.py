"""What people do for a company, what companies do, and how both are reached."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping

from exhibitions.core.contact import PHONE_NOISE, clean_code, clean_name, normal_email, normal_phone
from exhibitions.core.errors import N_, Refused
from exhibitions.core.graphemes import is_seen

LONGEST_NAME = 200
_LANDLINE = re.compile(r"(?:\+?86|0086)?0?((?:10|2[0-9]|[3-9][0-9]{2})[2-9][0-9]{6,7})")
_SERVICE_NUMBER = re.compile(r"(?:\+?86)?([48]00[0-9]{7})")
_FORMULA = ("=", "@")


class ContactRole(enum.StrEnum):
    """For what a contact is asked."""

    MAIN = "main"
    STAND = "stand"
    INVOICE = "invoice"
    PRESS = "press"
    OTHER = "other"


ROLE_TEXTS: Mapping[ContactRole, str] = {
    ContactRole.MAIN: N_("Main contact"),
    ContactRole.STAND: N_("Stand manager"),
    ContactRole.INVOICE: N_("Invoices"),
    ContactRole.PRESS: N_("Press"),
    ContactRole.OTHER: N_("Other contact"),
}


class Business(enum.StrEnum):
    """What a company does; it may do several (spec exhibitors-stands §2.1)."""

    MANUFACTURER = "manufacturer"
    DEALER = "dealer"
    IMPORTER = "importer"
    AGENT = "agent"
    DISTRIBUTOR = "distributor"
    SERVICE = "service"


BUSINESS_TEXTS: Mapping[Business, str] = {
    Business.MANUFACTURER: N_("Manufacturer"),
    Business.DEALER: N_("Dealer"),
    Business.IMPORTER: N_("Importer"),
    Business.AGENT: N_("Agent"),
    Business.DISTRIBUTOR: N_("Distributor"),
    Business.SERVICE: N_("Service provider"),
}


def office_phone(text: str) -> str | None:
    """A company's number in E.164: a mobile, a Chinese landline with its area code, a 400 or 800 number, or one with + and
    its country; None when it is none of these.
    """
    known = normal_phone(text)
    if known is not None:
        return known
    number = "".join(clean_code(text).translate(PHONE_NOISE).split())
    service = _SERVICE_NUMBER.fullmatch(number)
    if service:
        return f"+86{service[1]}"
    landline = _LANDLINE.fullmatch(number)
    # Without the 0 of the area code or the country nobody can tell an area code from the number itself.
    return f"+86{landline[1]}" if landline and number.startswith(("0", "+86", "86")) else None


def checked_name(text: str) -> str:
    """A company's name as it is kept. Raises `Refused` (name_formula) for one that a spreadsheet would run."""
    name = clean_name(text)[:LONGEST_NAME]
    if name.startswith(_FORMULA):
        raise Refused("name_formula", N_("A name cannot begin with = or @."))
    return name


def checked_names(name_zh: str, name_en: str) -> tuple[str, str]:
    """Both names as they are kept; one is enough. Raises `Refused`: name_missing, name_formula."""
    names = checked_name(name_zh), checked_name(name_en)
    if not any(map(is_seen, names)):
        raise Refused("name_missing", N_("Enter the name in Chinese or in English."))
    return names


def checked_office_phone(text: str) -> str:
    """A company's number as it is kept, "" for none. Raises `Refused` (phone_invalid)."""
    return "" if not clean_code(text) else _or_refuse(office_phone(text))


def checked_contact_phone(text: str) -> str | None:
    """A contact's number as it is kept, None for none. Raises `Refused` (phone_invalid)."""
    return None if not clean_code(text) else _or_refuse(office_phone(text))


def checked_contact_email(text: str) -> str | None:
    """A contact's address as it is kept, None for none. Raises `Refused` (email_invalid)."""
    if not clean_code(text):
        return None
    address = normal_email(text)
    if address is None:
        raise Refused("email_invalid", N_("Enter an e-mail address like name@example.com"))
    return address


def _or_refuse(number: str | None) -> str:
    if number is None:
        raise Refused(
            "phone_invalid", N_("Enter a number like 0411-8480 1234, 138 0013 8000 or +82 2 1234 5678")
        )
    return number
