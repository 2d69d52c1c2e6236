"""Who of a list can be taken in, and why the others cannot (IR2 to IR12)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import Enum, StrEnum
from functools import lru_cache

from exhibitions.core.contact import clean_code, clean_name, normal_email, normal_phone
from exhibitions.core.errors import N_
from exhibitions.core.sheets.table import NO_VALUE, Cell, CellError, Unclosed, text_of
from exhibitions.visitors.rules.columns import Column


class Reason(StrEnum):
    """Why a row is refused, in the order in which the reasons are asked; a row gets the first that holds."""

    COLUMNS_MISMATCH = "columns_mismatch"
    FORMULA_NO_VALUE = "formula_no_value"
    NAME_MISSING = "name_missing"
    FORMULA_TEXT = "formula_text"
    CONTACT_MISSING = "contact_missing"
    PHONE_INVALID = "phone_invalid"
    EMAIL_INVALID = "email_invalid"
    DATE_INVALID = "date_invalid"
    CATEGORY_UNKNOWN = "category_unknown"
    DUPLICATE_PHONE = "duplicate_phone"
    DUPLICATE_EMAIL = "duplicate_email"


DUPLICATES = frozenset({Reason.DUPLICATE_PHONE, Reason.DUPLICATE_EMAIL})
REASON_TEXTS: Mapping[Reason, str] = {
    Reason.COLUMNS_MISMATCH: N_(
        "The row does not fit the heading row: it has more cells, or a quotation mark is not closed."
    ),
    Reason.FORMULA_NO_VALUE: N_("A formula has no stored result. Open the file in Excel and save it again."),
    Reason.NAME_MISSING: N_("The name is missing."),
    Reason.FORMULA_TEXT: N_("The name, company or job title begins with = or @."),
    Reason.CONTACT_MISSING: N_("Neither a phone number nor an e-mail address is given."),
    Reason.PHONE_INVALID: N_("The phone number is not valid."),
    Reason.EMAIL_INVALID: N_("The e-mail address is not valid."),
    Reason.DATE_INVALID: N_("The visit date is not a date."),
    Reason.CATEGORY_UNKNOWN: N_("The visitor category is not known."),
    Reason.DUPLICATE_PHONE: N_("This phone number is already registered or stands in an earlier row."),
    Reason.DUPLICATE_EMAIL: N_("This e-mail address is already registered or stands in an earlier row."),
}


class Category(StrEnum):
    """The categories of a list (IR9); the value is the key of the badge class."""

    TRADE = "trade"
    PUBLIC = "public"
    MEDIA = "media"
    VIP = "vip"


CATEGORY_NAMES: Mapping[Category, str] = {
    Category.TRADE: "专业观众 专业 專業觀眾 采购商 採購商 特邀采购商 professional professionalvisitor trade tradevisitor buyer hostedbuyer "
    "전문참관객 전문관람객 바이어 초청바이어",
    Category.PUBLIC: "普通观众 普通 普通觀眾 public generalpublic publicvisitor 일반관람객 일반참관객 일반",
    Category.MEDIA: "媒体 媒體 media press 언론 미디어 기자",
    Category.VIP: "政府 贵宾 貴賓 vip vipguest government 귀빈 정부",
}
CATEGORIES = {name: category for category, names in CATEGORY_NAMES.items() for name in names.split()}

WRITTEN_DAY = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日"
    r"|(\d{2})(\d{2}))",
    re.ASCII,
)
TIME_BEHIND = re.compile(r"(?:(?<=\d)T|(?<=[\d日])\s+)([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?$", re.ASCII)
BLANKS_INSIDE = re.compile(r"\s*([-/.年月日])\s*")
SERIAL = re.compile(r"\d{5}(\.\d+)?", re.ASCII)
DAY_ZERO = date(1899, 12, 30)
DAYS_1904 = 1462
EARLIEST_SERIAL_DAY = date(1990, 1, 1)
LATEST_SERIAL_DAY = date(2099, 12, 31)
LONGEST = {"name": 100, "company": 200, "title": 100, "note": 500, "region": 64}
"""The columns of the register; no rule refuses a long text, so it is cut, counted and said."""
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
OUR_APOSTROPHE = ("'+", "'-", "'\t", "'\r", "'＋", "'－")
"""What `core.sheets.safe_text` made of a name when it was exported; a lone = or @ stays refused (IR10)."""
GUARDED = (*OUR_APOSTROPHE, "'=", "'@", "'＝", "'＠")
"""The same of texts that may begin with = or @: an e-mail address, a region, a note."""
UNREADABLE = "\ufffd"
UNREADABLE_TEXT = N_("Some characters could not be read.")
SHORTENED_TEXT = N_("A text is longer than can be kept; it is cut.")


class NotADay(Enum):
    """The type of `NOT_A_DAY`."""

    NOT_A_DAY = "filled, and no date"


NOT_A_DAY = NotADay.NOT_A_DAY


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns of a file stand (from 0), how many cells its heading has, how its day numbers count.

    `classes`: the keys of the fair's badge classes by their names as `category_key` compares them.
    """

    columns: Mapping[Column, int]
    width: int
    date1904: bool = False
    classes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """A row that can be taken in, everything in the form in which it is kept.

    `category` is the key of a badge class. `names_category` is False when the row has no cell for it: somebody new is
    public then, who is known keeps the class they have.
    """

    name: str
    phone: str | None
    email: str | None
    company: str
    title: str
    region: str
    category: str
    visit_day: date | None
    note: str
    number: str
    names_category: bool


def judge(cells: Sequence[Cell], layout: Layout) -> Person | Reason | None:
    """The person of a row, or the first reason against it; None for a row without anything in it (IR2).

    Duplicates are not asked here: they depend on other rows (see `Taken`).
    """
    if not any(_is_something(cell) for cell in cells):
        return None
    reason = _misfit(cells, layout)
    if reason:
        return reason
    texts = {column: _text(cells, place) for column, place in layout.columns.items()}
    person = _identity(texts)
    if isinstance(person, Reason):
        return person
    name, company, title, phone, email = person
    day = parse_day(_cell(cells, layout.columns.get(Column.VISIT_DATE)), date1904=layout.date1904)
    if day is NOT_A_DAY:
        return Reason.DATE_INVALID
    category = class_named(texts.get(Column.CATEGORY, ""), layout.classes)
    if category is None:
        return Reason.CATEGORY_UNKNOWN
    return Person(
        name=name,
        phone=phone,
        email=email,
        company=company,
        title=title,
        region=clean_name(_unguarded(texts.get(Column.REGION, ""), GUARDED)),
        category=category,
        visit_day=day,
        note=clean_name(_unguarded(texts.get(Column.NOTE, ""), GUARDED)),
        number=clean_code(texts.get(Column.NUMBER, "")),
        names_category=bool(clean_code(texts.get(Column.CATEGORY, ""))),
    )


def _is_something(cell: Cell) -> bool:
    if isinstance(cell, str):
        return cell.isalnum() or bool(clean_code(cell))
    return True


def _misfit(cells: Sequence[Cell], layout: Layout) -> Reason | None:
    """Whether nobody can say which cell belongs to which column, or what a cell holds."""
    if isinstance(cells[-1], Unclosed):
        return Reason.COLUMNS_MISMATCH
    if any(_is_something(cell) for cell in cells[layout.width :]):
        return Reason.COLUMNS_MISMATCH
    return Reason.FORMULA_NO_VALUE if NO_VALUE in cells else None


def _identity(texts: Mapping[Column, str]) -> tuple[str, str, str, str | None, str | None] | Reason:
    """Name, company, title, phone and e-mail, or the first reason against them."""
    get = texts.get
    name, company, title = (_name(get(column, "")) for column in (Column.NAME, Column.COMPANY, Column.TITLE))
    if not name:
        return Reason.NAME_MISSING
    if name[0] in "=@" or company[:1] in ("=", "@") or title[:1] in ("=", "@"):
        return Reason.FORMULA_TEXT
    phone_text, email_text = clean_code(get(Column.PHONE, "")), clean_code(get(Column.EMAIL, ""))
    if not phone_text and not email_text:
        return Reason.CONTACT_MISSING
    phone = normal_phone(_unguarded(phone_text, GUARDED)) if phone_text else None
    if phone_text and not phone:
        return Reason.PHONE_INVALID
    email = normal_email(_unguarded(email_text, GUARDED)) if email_text else None
    if email_text and not email:
        return Reason.EMAIL_INVALID
    return name, company, title, phone, email


def _cell(cells: Sequence[Cell], place: int | None) -> Cell:
    return cells[place] if place is not None and place < len(cells) else ""


def _text(cells: Sequence[Cell], place: int) -> str:
    cell = cells[place] if place < len(cells) else ""
    return cell if type(cell) is str else text_of(cell)


def _name(text: str) -> str:
    """A name as it is kept; an error such as #N/A in its place is no name."""
    if isinstance(text, CellError):
        return ""
    return clean_name(_unguarded(text, OUR_APOSTROPHE))


def _unguarded(text: str, guarded: tuple[str, ...]) -> str:
    return text[1:] if text.startswith(guarded) else text


def parse_day(cell: Cell, *, date1904: bool = False) -> date | NotADay | None:
    """The day in a cell: a real date, a day number, or one of the written forms of IR8; None when it is empty."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    return _day_of_text(text_of(cell), date1904)


@lru_cache(maxsize=4_096)
def _day_of_text(text: str, date1904: bool) -> date | NotADay | None:
    text = clean_code(text)
    if not text:
        return None
    if SERIAL.fullmatch(text):
        return _serial_day(float(text), date1904=date1904)
    return _written_day(text)


def _serial_day(serial: float, *, date1904: bool) -> date | NotADay:
    """Day numbers between 1990 and 2099; "12345" is a slip of the keyboard and not a day of 1933."""
    day = DAY_ZERO + timedelta(days=int(serial) + (DAYS_1904 if date1904 else 0))
    return day if EARLIEST_SERIAL_DAY <= day <= LATEST_SERIAL_DAY else NOT_A_DAY


def _written_day(text: str) -> date | NotADay:
    found = WRITTEN_DAY.fullmatch(BLANKS_INSIDE.sub(r"\1", TIME_BEHIND.sub("", text)))
    if not found:
        return NOT_A_DAY
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return NOT_A_DAY


def class_named(text: str, classes: Mapping[str, str]) -> str | None:
    """The key of the class that a cell names in the words of IR9 or as the fair calls it; None for an unknown word."""
    return parse_category(text) or classes.get(category_key(text))


@lru_cache(maxsize=1_024)
def parse_category(text: str) -> Category | None:
    """The category that a cell names; an empty one means the general public, an unknown one gives None (IR9)."""
    key = category_key(text)
    return CATEGORIES.get(key) if key else Category.PUBLIC


def category_key(text: str) -> str:
    """A word for a class as it is compared: NFKC, small letters, no blanks."""
    return "".join(clean_code(text).lower().split())


def shortened(person: Person) -> Person:
    """The person with no text longer than can be kept; the very same when none is."""
    longer = {name: most for name, most in LONGEST.items() if len(getattr(person, name)) > most}
    return (
        replace(person, **{name: getattr(person, name)[:most] for name, most in longer.items()})
        if longer
        else person
    )


def unreadable(person: Person) -> bool:
    """Whether a text of the person holds what is left of bytes that have no meaning in the file's encoding."""
    texts = (person.name, person.company, person.title, person.region, person.note, person.email or "")
    return any(UNREADABLE in text for text in texts)


def remark(verdict: Person | Reason | None) -> str:
    """What a preview says of a row, as an English message id: why it is refused, or what becomes of its texts."""
    if isinstance(verdict, Reason):
        return REASON_TEXTS[verdict]
    if verdict is None:
        return ""
    if unreadable(verdict):
        return UNREADABLE_TEXT
    return "" if shortened(verdict) is verdict else SHORTENED_TEXT


def language_of(person: Person) -> str:
    """The language in which an imported person is written to: zh with a Chinese number or a Chinese name, else en."""
    chinese = person.phone is not None and person.phone.startswith("+86")
    return "zh" if chinese or HAN.search(person.name) else "en"
