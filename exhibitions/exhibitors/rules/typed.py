"""What is typed into an application, as it is kept: texts, numbers, measures, whom to reach."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from exhibitions.companies.rules.roles import office_phone
from exhibitions.core.contact import clean_code, clean_name, normal_email, normal_phone
from exhibitions.core.errors import N_, Refused
from exhibitions.core.pinyin import spelled

LONGEST_NAME = 200
LONGEST_PERSON = 100
LONGEST_ADDRESS = 300
LONGEST_TEXT = 1000
MOST_AREA = 10_000 * 10_000
"""The largest area that may be wished, in cm²: 10,000 m²."""
LONGEST_SIDE = 500_000
"""The longest side in millimetres."""

_HS_CODE = re.compile(r"[0-9]{4,10}")
_NUMBER = re.compile(
    r"((?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?)(?:平方米|平米|米|sqm|m2|m²|㎡|m)?", re.IGNORECASE
)
_REPLACEMENT = "\ufffd"
# The rarest Han are younger than the tables of this Python, or stand where GB 18030 puts letters of its own (IR3).
_NO_LETTERS = frozenset({"Cc", "Cs"})
_NO_PICTURE = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")
_FORMULA = ("=", "@")
_EXTENSION = re.compile(r"[-\s/]+[0-9]{1,6}$")
_WEB = re.compile(r"(?:https?://)?[^\s/:@]+\.[^\s/:@.]{2,}(?:[/?#:][^\s]*)?", re.IGNORECASE)


def checked_text(text: str, most: int) -> str:
    """One line as it is kept (IR3), or ""; raises `Refused`: a formula (IR10), what cannot be printed, too long."""
    kept = clean_name(text)
    if kept.startswith(_FORMULA):
        raise Refused("formula_text", N_("This cannot begin with = or @"))
    blanks_apart = "".join(text.split())
    if _NO_PICTURE.search(blanks_apart) or any(
        letter == _REPLACEMENT or unicodedata.category(letter) in _NO_LETTERS for letter in blanks_apart
    ):
        raise Refused("text_invalid", N_("This has characters that cannot be printed. Type it again"))
    if len(kept) > most:
        raise Refused("text_long", N_("Enter at most %(most)s characters"), most=most)
    return kept


def checked_lines(text: str, most: int = LONGEST_TEXT) -> str:
    """Several lines as they are kept, or ""; raises `Refused` like `checked_text`."""
    kept = "\n".join(checked_text(line, most) for line in text.splitlines()).strip()
    if len(kept) > most:
        raise Refused("text_long", N_("Enter at most %(most)s characters"), most=most)
    return kept


def checked_website(text: str) -> str:
    """An address of the web with its scheme, or ""; raises `Refused` for what is none."""
    kept = clean_code(text)
    if not kept:
        return ""
    if not _WEB.fullmatch(kept) or len(kept) > LONGEST_NAME - len("https://"):
        raise Refused("website_invalid", N_("Enter a website like www.example.com"))
    return kept if kept.lower().startswith(("http://", "https://")) else f"https://{kept}"


def checked_landline(text: str) -> str:
    """A company's number as it is written, landlines included: 6 to 15 digits; "" for none. Raises `Refused`."""
    kept = " ".join(clean_code(text).split())
    digits = sum(letter.isdigit() for letter in kept)
    if not kept:
        return ""
    if not re.fullmatch(r"[+0-9 ()./-]{6,20}", kept) or not 6 <= digits <= 15:
        raise Refused("landline_invalid", N_("Enter a phone number like 0411 8265 0000"))
    return kept


def switchboard(phone: str) -> str:
    """The number of a company in E.164 as the register holds it, its extension left out; "" where it is none of those."""
    return office_phone(phone) or office_phone(_EXTENSION.sub("", phone)) or ""


def checked_letter(text: str, name_en: str, name_zh: str) -> str:
    """The letter or digit under which a company is listed: the one given, else that of its English name, else the first
    of the sound of its Chinese one; "" where none has any."""
    for word in (clean_code(text), clean_code(name_en), spelled(clean_code(name_zh))):
        found = unicodedata.normalize("NFD", word).upper()[:1]
        if found.isascii() and found.isalnum():
            return found
    return ""


def checked_hs_code(text: str) -> str:
    """An HS code of 4 to 10 digits, dots and blanks left out; "" for none. Raises `Refused`."""
    code = re.sub(r"[\s.]", "", clean_code(text))
    if code and not _HS_CODE.fullmatch(code):
        raise Refused("hs_code_invalid", N_("An HS code has 4 to 10 digits"))
    return code


def checked_country(text: str, known: Iterable[str]) -> str:
    """A country's two letters out of those that are offered. Raises `Refused`."""
    code = clean_code(text).upper()
    if code not in set(known):
        raise Refused("country_unknown", N_("Choose a country from the list"))
    return code


def checked_area(text: str) -> int:
    """An area in cm², typed in m² ("36", "36.5 ㎡", full-width); 0 for none. Raises `Refused`."""
    return _measure(text, 10_000, MOST_AREA, N_("Enter an area in square metres, like 36"))


def checked_side(text: str) -> int:
    """A side in mm, typed in metres ("6", "6.5 m"); 0 for none. Raises `Refused`."""
    return _measure(text, 1000, LONGEST_SIDE, N_("Enter a length in metres, like 6"))


def _measure(text: str, units: int, most: int, sentence: str) -> int:
    kept = "".join(clean_code(text).split())
    if not kept:
        return 0
    found = _NUMBER.fullmatch(kept)
    value = Decimal(found[1].replace(",", "")) * units if found else Decimal(0)
    if value <= 0 or value > most or value != value.to_integral_value():
        raise Refused("measure_invalid", sentence)
    return int(value)


def checked_person(name: str) -> str:
    """The name of a person as it is kept; raises `Refused` when it is missing or none."""
    kept = checked_text(name, LONGEST_PERSON)
    if not kept:
        raise Refused("name_missing", N_("Enter the person's name"))
    return kept


def checked_reach(phone: str, email: str) -> tuple[str | None, str | None]:
    """A mobile number (E.164) and an e-mail address, one of them at least. Raises `Refused`, `email_…` about the address."""
    number, address = normal_phone(phone), normal_email(email)
    if clean_code(phone) and number is None:
        raise Refused("phone_invalid", N_("Enter a mobile number like 138 0013 8000 or +82 10 1234 5678"))
    if clean_code(email) and address is None:
        raise Refused("email_invalid", N_("Enter an e-mail address like name@example.org"))
    if number is None and address is None:
        raise Refused("reach_missing", N_("Enter a mobile number or an e-mail address"))
    return number, address
