"""How a list writes things, so that what goes out in its columns looks as it came in and comes back the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from exhibitions.core.contact import clean_name, normal_email, normal_phone, written_phone
from exhibitions.core.regions import region_key, region_name
from exhibitions.core.sheets.table import Cell, text_of
from exhibitions.core.sheets.xlsx_rows import DANGEROUS, Value
from exhibitions.visitors.rules.columns import Column
from exhibitions.visitors.rules.importing import DAY_ZERO, DAYS_1904, Layout, class_named, parse_day

HANGUL = re.compile("[\uac00-\ud7a3]")
HAN = re.compile("[\u3400-\u9fff]")
DAY = re.compile(r"\s*[0-9]{4}(\D*)([0-9]{1,2})(\D*)([0-9]{1,2})(\D*)\s*", re.ASCII)
SHORT_NUMBER = 10_000_000
"""From here on a number of a column that is not read goes out as text: a narrow column would show 1.38E+10."""


@dataclass(frozen=True, slots=True)
class Values:
    """A person as it is known now; `category` is the key of the class, `number` the badge number as people read it."""

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


@dataclass(slots=True)
class Manner:
    """What a file calls the classes of badges, and a cell with a day as it writes them (None: it has none)."""

    language: str
    classes: dict[str, str] = field(default_factory=dict)
    day: Cell | None = None


def language_of(heading: Sequence[str]) -> str:
    """The language of a file by its headings: ko, zh or en."""
    text = "".join(heading)
    if HANGUL.search(text):
        return "ko"
    return "zh" if HAN.search(text) else "en"


def manner_of(heading: Sequence[str], rows: Iterable[Sequence[Cell]], layout: Layout) -> Manner:
    """How these rows write classes and days; the first word for a class is its word."""
    manner = Manner(language_of(heading))
    for cells in rows:
        word = text_of(_at(cells, layout.columns.get(Column.CATEGORY))).strip()
        key = class_named(word, layout.classes) if word else None
        if key is not None:
            manner.classes.setdefault(key, word)
        day = _at(cells, layout.columns.get(Column.VISIT_DATE))
        if manner.day is None and isinstance(parse_day(day, date1904=layout.date1904), date):
            manner.day = day
    return manner


def written(
    cells: Sequence[Cell], values: Values, columns: Mapping[Column, int], layout: Layout, manner: Manner
) -> list[Value]:
    """The row with the person as known now: a cell that means just that stays as it is, another is written in the file's manner.

    `columns` is where to write, `layout` how the file was read: a column that was added has nothing to compare with.
    """
    found = [_bare(cell) for cell in cells]
    for column, place in columns.items():
        own = cells[place] if column in layout.columns else ""
        cell = own if _says(column, own, values, layout) else _new(column, values, manner, layout)
        found[place] = _bare(cell) if column is Column.VISIT_DATE else text_of(cell)
    return found


def _bare(cell: Cell) -> Value:
    """A cell of a column that is not read: short numbers and days stay what they are, everything else becomes text."""
    if isinstance(cell, int | float) and abs(cell) < SHORT_NUMBER:
        return int(cell) if cell == int(cell) else cell
    return cell if isinstance(cell, date) else text_of(cell)


def _at(cells: Sequence[Cell], place: int | None) -> Cell:
    return cells[place] if place is not None and place < len(cells) else ""


def _says(column: Column, cell: Cell, values: Values, layout: Layout) -> bool:
    """Whether the cell of the file means what is known now."""
    text = text_of(cell)
    if text.startswith(DANGEROUS) and column in (Column.PHONE, Column.EMAIL):
        return False
    match column:
        case Column.PHONE:
            return normal_phone(text) == values.phone
        case Column.EMAIL:
            return normal_email(text) == values.email
        case Column.REGION:
            return region_key(clean_name(text)) == values.region
        case Column.CATEGORY:
            return class_named(text, layout.classes) == values.category
        case Column.VISIT_DATE:
            return parse_day(cell, date1904=layout.date1904) == values.visit_day
    return bool(clean_name(text) == getattr(values, column.value))


def _new(column: Column, values: Values, manner: Manner, layout: Layout) -> Cell:
    """What is known now, as the file would have written it."""
    match column:
        case Column.PHONE:
            return written_phone(values.phone)
        case Column.REGION:
            return region_name(values.region, manner.language)
        case Column.CATEGORY:
            return manner.classes.get(values.category, values.category)
        case Column.VISIT_DATE:
            return _day_like(manner.day, values.visit_day, layout) if values.visit_day else ""
    return str(getattr(values, column.value) or "")


def _day_like(sample: Cell | None, day: date, layout: Layout) -> Cell:
    """The day written as the sample: a real date, a day number, 2016/8/19, 2016.08.19, 2016年8月19日, 20160819; else ISO."""
    if isinstance(sample, date):
        return day
    if isinstance(sample, int | float):
        return (day - DAY_ZERO).days - (DAYS_1904 if layout.date1904 else 0)
    parts = DAY.fullmatch(text_of(sample)) if sample is not None else None
    if parts is None:
        return day.isoformat()
    padded = len(parts[2]) == len(parts[4]) == 2
    month, of_month = (f"{day.month:02}", f"{day.day:02}") if padded else (str(day.month), str(day.day))
    return f"{day.year}{parts[1]}{month}{parts[3]}{of_month}{parts[5]}"
