"""Which rows of a list of companies can be taken in, and why the others cannot (IR2 to IR12)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from exhibitions.companies.rules.codes import CHINA, checked_code
from exhibitions.companies.rules.columns import Column
from exhibitions.companies.rules.facts import lies_elsewhere
from exhibitions.companies.rules.roles import office_phone
from exhibitions.core.contact import clean_code, clean_name, normal_email
from exhibitions.core.errors import N_, Refused
from exhibitions.core.graphemes import is_seen
from exhibitions.core.regions import NEAR, is_known, province_of, region_key
from exhibitions.core.sheets.table import NO_VALUE, Cell, CellError, Unclosed, text_of
from exhibitions.core.sheets.xlsx_rows import DANGEROUS


class Reason(StrEnum):
    """Why a row is refused, in the order in which the reasons are asked; a row gets the first that holds."""

    COLUMNS_MISMATCH = "columns_mismatch"
    FORMULA_NO_VALUE = "formula_no_value"
    NAME_MISSING = "name_missing"
    FORMULA_TEXT = "formula_text"
    COUNTRY_UNKNOWN = "country_unknown"
    REGION_ELSEWHERE = "region_elsewhere"
    CODE_INVALID = "code_invalid"
    CODE_FOREIGN = "code_foreign"
    PHONE_INVALID = "phone_invalid"
    MOBILE_INVALID = "mobile_invalid"
    EMAIL_INVALID = "email_invalid"
    NUMBER_UNKNOWN = "number_unknown"
    DUPLICATE_NUMBER = "duplicate_number"
    DUPLICATE_CODE = "duplicate_code"
    DUPLICATE_NAME = "duplicate_name"


REASON_TEXTS: Mapping[Reason, str] = {
    Reason.COLUMNS_MISMATCH: N_(
        "The row does not fit the heading row: it has more cells, or a quotation mark is not closed."
    ),
    Reason.FORMULA_NO_VALUE: N_("A formula has no stored result. Open the file in Excel and save it again."),
    Reason.NAME_MISSING: N_("The name of the company is missing."),
    Reason.FORMULA_TEXT: N_("A name, job title, place or address begins with = or @."),
    Reason.COUNTRY_UNKNOWN: N_("The country is not known."),
    Reason.REGION_ELSEWHERE: N_("The region does not lie in the country."),
    Reason.CODE_INVALID: N_("The credit code is not right. Compare it with the business licence."),
    Reason.CODE_FOREIGN: N_("A company outside mainland China has no credit code."),
    Reason.PHONE_INVALID: N_("The phone number of the company is not valid."),
    Reason.MOBILE_INVALID: N_("The number of the contact person is not valid."),
    Reason.EMAIL_INVALID: N_("The e-mail address is not valid."),
    Reason.NUMBER_UNKNOWN: N_("No company of the register has this number."),
    Reason.DUPLICATE_NUMBER: N_("An earlier row has the same company number."),
    Reason.DUPLICATE_CODE: N_("An earlier row has this credit code, or another company of the register."),
    Reason.DUPLICATE_NAME: N_("A company of this name stands in the register or in an earlier row."),
}
DUPLICATES = frozenset({Reason.DUPLICATE_NUMBER, Reason.DUPLICATE_CODE, Reason.DUPLICATE_NAME})

LONGEST: Mapping[str, int] = {
    "name_zh": 200,
    "name_en": 200,
    "region": 64,
    "address_zh": 300,
    "address_en": 300,
    "postcode": 20,
    "website": 200,
    "legal_representative": 100,
    "note": 2_000,
    "contact": 100,
    "title": 100,
}
"""The columns of the register; a longer text is cut, counted and said."""
UNREADABLE = "\ufffd"
UNREADABLE_TEXT = N_("Some characters could not be read.")
SHORTENED_TEXT = N_("A text is longer than can be kept; it is cut.")
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_GUARDED = tuple(f"'{sign}" for sign in DANGEROUS)
_TEXTS = tuple(LONGEST)
_IN_FORMULAS = (
    Column.NAME_ZH,
    Column.NAME_EN,
    Column.LEGAL_REPRESENTATIVE,
    Column.CONTACT,
    Column.TITLE,
    Column.REGION,
    Column.ADDRESS_ZH,
    Column.ADDRESS_EN,
    Column.POSTCODE,
    Column.WEBSITE,
)
"""What no spreadsheet may run (IR10). A note is anything that somebody writes, also @ somebody; it goes out guarded."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns of a file stand (from 0), and how many cells its heading has."""

    columns: Mapping[Column, int]
    width: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be taken in, everything in the form in which it is kept; "" and None where it says nothing.

    `number` is that of a company of the register. `shortened` says that a text was cut, `unreadable` that it holds what
    is left of bytes without a meaning.
    """

    number: str = ""
    name_zh: str = ""
    name_en: str = ""
    credit_code: str | None = None
    country: str = ""
    region: str = ""
    address_zh: str = ""
    address_en: str = ""
    postcode: str = ""
    phone: str = ""
    website: str = ""
    legal_representative: str = ""
    note: str = ""
    contact: str = ""
    title: str = ""
    mobile: str | None = None
    email: str | None = None
    shortened: bool = False
    unreadable: bool = False

    @property
    def has_contact(self) -> bool:
        """Whether the row names somebody, or a way to reach somebody."""
        return bool(self.contact or self.mobile or self.email)


COMPANY_FIELDS = (
    "name_zh",
    "name_en",
    "credit_code",
    "country",
    "region",
    "address_zh",
    "address_en",
    "postcode",
    "phone",
    "website",
    "legal_representative",
    "note",
)
"""What a row says of the company itself."""


def judge(cells: Sequence[Cell], layout: Layout) -> Row | Reason | None:
    """The company of a row, or the first reason against it; None for a row without anything in it (IR2).

    What depends on other rows and on the register is not asked here.
    """
    if not any(_is_something(cell) for cell in cells):
        return None
    if isinstance(cells[-1], Unclosed) or any(_is_something(cell) for cell in cells[layout.width :]):
        return Reason.COLUMNS_MISMATCH
    if NO_VALUE in cells:
        return Reason.FORMULA_NO_VALUE
    texts = {column.value: _text(cells, place) for column, place in layout.columns.items()}
    names = _names(texts)
    if isinstance(names, Reason):
        return names
    place = _place(texts, names)
    if isinstance(place, Reason):
        return place
    reached = _reached(texts)
    if isinstance(reached, Reason):
        return reached
    return _made(texts, dict(zip(("name_zh", "name_en"), names, strict=True)) | place | reached)


def _names(texts: Mapping[str, str]) -> tuple[str, str] | Reason:
    name_zh, name_en = texts.get("name_zh", ""), texts.get("name_en", "")
    if not is_seen(name_zh) and not is_seen(name_en):
        return Reason.NAME_MISSING
    if any(texts.get(column.value, "").startswith(("=", "@")) for column in _IN_FORMULAS):
        return Reason.FORMULA_TEXT
    # A list with one column of names has them as each company writes its own.
    if name_zh and not name_en and not HAN.search(name_zh):
        return "", name_zh
    return name_zh, name_en


def _place(texts: Mapping[str, str], names: tuple[str, str]) -> dict[str, str | None] | Reason:
    """Country, region and credit code: each helps to tell the others, and none may speak against them."""
    typed = texts.get("country", "")
    country, region = region_key(typed), region_key(texts.get("region", ""))
    if typed and not is_known(country) and country != CHINA:
        return Reason.COUNTRY_UNKNOWN
    country, region = _together(country, region)
    if not _is_short(texts.get("region", "")) and lies_elsewhere(region, country):
        return Reason.REGION_ELSEWHERE
    try:
        code = checked_code(texts.get("credit_code", ""), country)
    except Refused as refusal:
        return Reason.CODE_FOREIGN if refusal.code == "credit_code_foreign" else Reason.CODE_INVALID
    if not country and (code or HAN.search(names[0])):
        country = CHINA
    if region == country or (not province_of(region) and region != "" and is_known(region)):
        region = ""
    return {"country": country, "region": region, "credit_code": code}


def _together(country: str, region: str) -> tuple[str, str]:
    """Both as they are meant: a place that was written as the country, a country that only its place tells."""
    if province_of(country):
        return CHINA, region or country
    if country == CHINA and region in NEAR:
        # 中国 beside 香港 is how people write it; in every figure Hong Kong stands apart from the mainland (E-10).
        return region, region
    return country or _country_of(region), region


def _is_short(region: str) -> bool:
    """Whether it is two letters: SH is Shanghai on a Chinese list, and Saint Helena only by its code."""
    return len(clean_code(region)) == 2 and clean_code(region).isascii()


def _country_of(region: str) -> str:
    if province_of(region):
        return CHINA
    return region if region in NEAR or (region and is_known(region)) else ""


def _reached(texts: Mapping[str, str]) -> dict[str, str | None] | Reason:
    found: dict[str, str | None] = {"phone": "", "mobile": None, "email": None}
    for name, known, reason in (
        ("phone", office_phone, Reason.PHONE_INVALID),
        ("mobile", office_phone, Reason.MOBILE_INVALID),
        ("email", normal_email, Reason.EMAIL_INVALID),
    ):
        text = clean_code(texts.get(name, ""))
        if text:
            found[name] = known(text)
            if found[name] is None:
                return reason
    return found


def _made(texts: Mapping[str, str], known: Mapping[str, str | None]) -> Row:
    said = {name: text for name, text in texts.items() if name not in known and name != "number"} | dict(
        known
    )
    longer = {name for name in _TEXTS if len(said.get(name) or "") > LONGEST[name]}
    kept = {name: (text or "")[: LONGEST[name]] if name in longer else text for name, text in said.items()}
    return Row(
        number=clean_code(texts.get("number", "")).upper(),
        shortened=bool(longer),
        unreadable=any(UNREADABLE in (text or "") for text in said.values()),
        **kept,  # type: ignore[arg-type]  # the columns are the fields.
    )


def _is_something(cell: Cell) -> bool:
    return bool(clean_code(cell)) if isinstance(cell, str) else True


def _text(cells: Sequence[Cell], place: int) -> str:
    """A cell as it is kept, without the apostrophe with which our own exports guard it; an error such as #N/A is nothing."""
    cell = cells[place] if place < len(cells) else ""
    if isinstance(cell, CellError):
        return ""
    text = text_of(cell)
    return clean_name(text[1:] if text.startswith(_GUARDED) else text)


def remark(verdict: Row | Reason | None) -> str:
    """What a preview says of a row, as an English message id: why it is refused, or what becomes of its texts."""
    if isinstance(verdict, Reason):
        return REASON_TEXTS[verdict]
    if verdict is None:
        return ""
    if verdict.unreadable:
        return UNREADABLE_TEXT
    return SHORTENED_TEXT if verdict.shortened else ""
