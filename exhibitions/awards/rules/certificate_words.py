"""What stands on a certificate: its words are frozen when it is issued, so that a second print says the same (ux.md §7)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: capitals and digits that nobody mistakes for one another; five bits a character."""
CODE_LENGTH = 26
SERIAL = "{prefix}{year}-{place:04}"

DEFAULTS: Mapping[str, str] = {
    "title_zh": "获奖证书",
    "title_en": "Certificate of Award",
    "wording_zh": "在“{award}”中，贵单位参评产品经评审委员会评审，荣获",
    "wording_en": "has been awarded by the jury of the {award}",
    "signatories": "",
    "prefix": "",
    "date": "",
}
"""The set-up of a season's certificates where nothing was written yet; `{award}` stands for the award's name."""


@dataclass(frozen=True, slots=True)
class Winner:
    """Everything a certificate says of one entry, in both languages as far as they are known."""

    entry: str
    medal: str
    medal_names: tuple[str, str]
    product: tuple[str, str]
    company: tuple[str, str]
    category: tuple[str, str]
    joint: Sequence[str] = ()


def new_code() -> str:
    """The code that opens a certificate's page: 130 random bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))


def read_code(text: str) -> str:
    """A code as it may be typed: small letters, blanks and hyphens count for nothing, O is 0, I and L are 1."""
    plain = "".join(character for character in text.upper() if character.isalnum())
    return plain.translate(str.maketrans("OIL", "011"))


def grouped(code: str) -> str:
    """A code in groups that can be read aloud."""
    return "-".join(code[at : at + 5] for at in range(0, len(code), 5))


def serial(prefix: str, year: int, place: int) -> str:
    """The number of the certificate that is issued as the `place`-th of its season: PX2016-0001."""
    return SERIAL.format(prefix=prefix, year=year, place=place)


def words(  # noqa: PLR0913 - independent facts, by name.
    setup: Mapping[str, Any],
    winner: Winner,
    *,
    award: tuple[str, str],
    organiser: tuple[str, str],
    fair: tuple[str, str],
    number: str,
    today: date,
) -> dict[str, Any]:
    """All that is printed, as JSON keeps it."""
    said = {name: str(setup.get(name) or default) for name, default in DEFAULTS.items()}
    return {
        "title_zh": said["title_zh"],
        "title_en": said["title_en"],
        "wording_zh": said["wording_zh"].replace("{award}", award[0]),
        "wording_en": said["wording_en"].replace("{award}", award[1]),
        "signatories": [line.strip() for line in said["signatories"].splitlines() if line.strip()][:4],
        "date": said["date"] or today.isoformat(),
        "award_zh": award[0],
        "award_en": award[1],
        "organiser_zh": organiser[0],
        "organiser_en": organiser[1],
        "fair_zh": fair[0],
        "fair_en": fair[1],
        "serial": number,
        "entry": winner.entry,
        "medal": winner.medal,
        "medal_zh": winner.medal_names[0],
        "medal_en": winner.medal_names[1],
        "product_zh": winner.product[0],
        "product_en": winner.product[1],
        "company_zh": winner.company[0],
        "company_en": winner.company[1],
        "category_zh": winner.category[0],
        "category_en": winner.category[1],
        "joint": list(winner.joint),
    }


def date_zh(day: date) -> str:
    """2016年8月22日."""
    return f"{day.year}年{day.month}月{day.day}日"


def date_en(day: date) -> str:
    """22 August 2016, without the machine's own language."""
    months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    return f"{day.day} {months[day.month - 1]} {day.year}"
