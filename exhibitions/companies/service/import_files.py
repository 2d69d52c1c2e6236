"""Tables that belong to an import of companies: the preview, what would change, the refused rows, a template."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from exhibitions.companies.models import CompanyImport
from exhibitions.companies.rules.columns import COLUMN_TEXTS, Column
from exhibitions.companies.rules.importing import REASON_TEXTS, Reason, Row, judge, remark
from exhibitions.companies.service.import_comparing import differences as compared
from exhibitions.companies.service.importing import Opened
from exhibitions.core.contact import masked_email, masked_phone
from exhibitions.core.errors import N_
from exhibitions.core.sheets.table import MAX_COLUMNS, text_of
from exhibitions.core.sheets.table import Row as Line

PREVIEW_ROWS = 20
PREVIEW_COLUMNS = 40
SHOWN_DIFFERENCES = 50
ROW_TEXT = N_("Row")
REASON_TEXT = N_("Why it was not imported")
Words = Callable[[str], str]
"""Turns an English message id into the reader's language."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the preview: Excel's number, the cells as texts, and what there is to say of it (a message id, or "")."""

    number: int
    cells: list[str]
    remark: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a file as its page shows it: the lines, the places (from 0) of the columns, whether more hold anything."""

    lines: list[Shown]
    places: list[int]
    cut: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What a row would change of a known company: column, what it is now, what it would be."""

    row: int
    name: str
    fields: list[tuple[str, str, str]]


def preview(opened: Opened) -> Preview:
    """The first twenty rows under the heading; doubles are found by the check only.

    Shown are the columns that are read and those that hold anything, at most forty.
    """
    lines = [_line_of(line, opened) for line in islice(opened.table.rows(), PREVIEW_ROWS)]
    heading = opened.table.heading
    width = len(heading) or max((len(line.cells) for line in lines), default=0)
    read = set(opened.columns.values())
    rows = [heading, *(line.cells for line in lines)]
    filled = [
        place
        for place in range(width)
        if place not in read and any(place < len(row) and row[place].strip() for row in rows)
    ]
    shown = filled[: max(0, PREVIEW_COLUMNS - len(read))]
    return Preview(lines, sorted([*read, *shown]), len(filled) > len(shown))


def _line_of(line: Line, opened: Opened) -> Shown:
    known = opened.table.guess.heading_row is not None
    return Shown(
        line.number,
        [text_of(cell) for cell in line.cells[: MAX_COLUMNS + 1]],
        remark(judge(line.cells, opened.layout)) if known else "",
    )


def differences(row: CompanyImport, opened: Opened, spell: Callable[[str, Any], str]) -> list[Difference]:
    """What the first fifty rows that change a company would change, as the check has found them.

    `spell` writes the value of a column as people read it. A number or address that is known now is masked (B12).
    """
    pairs = dict(list(row.counts.get("changes") or [])[:SHOWN_DIFFERENCES])
    changes: list[tuple[int, int, Row]] = []
    for line in opened.table.rows():
        if len(changes) == len(pairs):
            break
        verdict = judge(line.cells, opened.layout) if line.number in pairs else None
        if isinstance(verdict, Row):
            changes.append((line.number, pairs[line.number], verdict))
    found = compared([(company, said) for _, company, said in changes])
    return [
        Difference(
            number,
            said.name_zh or said.name_en,
            [
                (name, _MASKED.get(name, str)(spell(name, now)), spell(name, then))
                for name, (now, then) in found[company].shown.items()
            ],
        )
        for number, company, said in changes
        if company in found
    ]


_MASKED: dict[str, Callable[[str], str]] = {
    "mobile": lambda text: masked_phone(text) if text else "",
    "email": lambda text: masked_email(text) if text else "",
}


def refused_rows(row: CompanyImport, opened: Opened, words: Words) -> Iterator[list[str]]:
    """The refused rows in the columns of the file, with row number and reason behind them; the heading first.

    The file can be corrected and imported as it is: the two columns behind are not read.
    """
    pairs: Sequence[tuple[int, str]] = row.counts.get("rejected") or []
    reasons = {number: Reason(reason) for number, reason in pairs}
    heading = _heading(opened, words)
    width = len(heading)
    yield [*heading, words(ROW_TEXT), words(REASON_TEXT)]
    for line in opened.table.rows():
        if line.number in reasons:
            texts = [text_of(cell) for cell in line.cells]
            texts += [""] * (width - len(texts))
            reason = words(REASON_TEXTS[reasons[line.number]])
            yield [*texts[:width], str(line.number), reason, *texts[width:]]


def _heading(opened: Opened, words: Words) -> list[str]:
    """The headings of the file; of one without any, what its columns are read as."""
    if opened.table.heading:
        return list(opened.table.heading)
    known = {place: words(COLUMN_TEXTS[column]) for column, place in opened.columns.items()}
    width = max((len(line.cells) for line in opened.table.rows()), default=0)
    return [known.get(place, "") for place in range(max([width, *(place + 1 for place in known)]))]


def template_rows(words: Words) -> list[list[str]]:
    """An empty list to fill in: the headings in the reader's language and two example rows."""
    columns = [column for column in Column if column is not Column.NUMBER]
    examples = (
        {
            Column.NAME_ZH: "大连星河玻璃有限公司",
            Column.NAME_EN: "Dalian Star River Glass Co., Ltd.",
            Column.CREDIT_CODE: "91210200MA0ABCDE63",
            Column.COUNTRY: "中国",
            Column.REGION: "大连",
            Column.PHONE: "0411-8480 1234",
            Column.CONTACT: "张伟",
            Column.TITLE: "经理",
            Column.MOBILE: "138 0013 8000",
            Column.EMAIL: "zhangwei@example.com",
        },
        {
            Column.NAME_EN: "Hanbit Trading Co., Ltd.",
            Column.COUNTRY: "Korea",
            Column.CONTACT: "Kim Min-su",
            Column.EMAIL: "kim@example.com",
        },
    )
    rows = [[example.get(column, "") for column in columns] for example in examples]
    return [[words(COLUMN_TEXTS[column]) for column in columns], *rows]
