"""Tables that belong to an import: the preview, the refused rows, the people in the file's own columns, a template."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from exhibitions.badges import queries as badge_queries
from exhibitions.badges.rules import number as badge_number
from exhibitions.core.errors import N_
from exhibitions.core.sheets.table import MAX_COLUMNS, Cell, Row, text_of
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import Import, Registration
from exhibitions.visitors.queries import importing as queries
from exhibitions.visitors.rules.columns import Column
from exhibitions.visitors.rules.importing import REASON_TEXTS, Person, Reason, judge, remark
from exhibitions.visitors.service import import_writing as writing
from exhibitions.visitors.service.importing import Opened

PREVIEW_ROWS = 20
PREVIEW_COLUMNS = 40
SHOWN_DIFFERENCES = 50
_PORTION = 500

COLUMN_TEXTS: Mapping[Column, str] = {
    Column.NAME: N_("Name"),
    Column.PHONE: N_("Phone"),
    Column.EMAIL: N_("E-mail"),
    Column.COMPANY: N_("Company"),
    Column.TITLE: N_("Job title"),
    Column.REGION: N_("Region"),
    Column.CATEGORY: N_("Category"),
    Column.VISIT_DATE: N_("Visit date"),
    Column.NOTE: N_("Note"),
    Column.NUMBER: N_("Badge number"),
}
ROW_TEXT = N_("Row")
REASON_TEXT = N_("Why it was not imported")

Words = Callable[[str], str]
"""Turns an English message id into the reader's language."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the preview: Excel's number, the cells as texts, and what there is to say of it (a message id, or "")."""

    number: int
    cells: list[str]
    remark: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a file as its page shows it: the lines, the places (from 0) of the columns, whether more hold anything."""

    lines: list[Line]
    places: list[int]
    cut: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What a row would change of a known person: field, what it is now, what it would be."""

    row: int
    name: str
    fields: list[tuple[str, str, str]]


def preview(opened: Opened) -> Preview:
    """The first twenty rows under the heading; duplicates are found by the check only.

    Shown are the columns that are read and those that hold anything, at most forty.
    """
    lines = [_line_of(row, opened) for row in islice(opened.table.rows(), PREVIEW_ROWS)]
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


def _line_of(row: Row, opened: Opened) -> Line:
    known = opened.table.guess.heading_row is not None
    return Line(
        row.number,
        [text_of(cell) for cell in row.cells[: MAX_COLUMNS + 1]],
        remark(judge(row.cells, opened.layout)) if known else "",
    )


def differences(expo: Expo, row: Import, opened: Opened) -> list[Difference]:
    """What the first fifty rows that change somebody would change, as the check has found them."""
    pairs = dict(list(row.counts.get("changes") or [])[:SHOWN_DIFFERENCES])  # type: ignore[call-overload]
    changes: list[tuple[int, int, Person]] = []
    for line in opened.table.rows():
        if len(changes) == len(pairs):
            break
        verdict = judge(line.cells, opened.layout) if line.number in pairs else None
        if isinstance(verdict, Person):
            changes.append((line.number, pairs[line.number], verdict))
    altered = writing.differences(expo, [(registration, person) for _, registration, person in changes])
    classes = {found.id: found.key for found in badge_queries.classes(expo)}
    return [
        Difference(number, person.name, _fields(altered[registration], classes))
        for number, registration, person in changes
        if registration in altered
    ]


def _fields(changed: Mapping[str, tuple[Any, Any]], classes: Mapping[int, str]) -> list[tuple[str, str, str]]:
    def shown(name: str, value: Any) -> str:
        return classes.get(value, "") if name == "class_id" else str(value or "")

    return [(name, shown(name, now), shown(name, then)) for name, (now, then) in changed.items()]


def refused_rows(row: Import, opened: Opened, words: Words) -> Iterator[list[str]]:
    """The refused rows in the columns of the file, with row number and reason behind them; the heading first.

    The file can be corrected and imported as it is: the two columns behind are not read.
    """
    pairs: Sequence[tuple[int, str]] = row.counts.get("rejected") or []  # type: ignore[assignment]
    reasons = {number: Reason(reason) for number, reason in pairs}
    # A row that is longer than its heading pushes nothing: the two columns come first behind the heading.
    heading = _heading(opened, words)
    width = len(heading)
    yield [*heading, words(ROW_TEXT), words(REASON_TEXT)]
    for line in opened.table.rows():
        if line.number in reasons:
            texts = [text_of(cell) for cell in line.cells]
            texts += [""] * (width - len(texts))
            yield [
                *texts[:width],
                str(line.number),
                words(REASON_TEXTS[reasons[line.number]]),
                *texts[width:],
            ]


def _heading(opened: Opened, words: Words) -> list[str]:
    """The headings of the file; of one without any, what its columns are read as."""
    if opened.table.heading:
        return list(opened.table.heading)
    known = {place: words(COLUMN_TEXTS[column]) for column, place in opened.columns.items()}
    width = max((len(line.cells) for line in opened.table.rows()), default=0)
    return [known.get(place, "") for place in range(max([width, *(place + 1 for place in known)]))]


def people_rows(expo: Expo, row: Import, opened: Opened, words: Words) -> Iterator[list[str]]:
    """The people of an import as they are now, in the columns of their file, with the number of their badge.

    Importing these rows again changes people by that number.
    """
    columns = dict(opened.columns)
    heading = _heading(opened, words)
    if Column.NUMBER not in columns:
        columns[Column.NUMBER] = len(heading)
        heading.append(words(COLUMN_TEXTS[Column.NUMBER]))
    yield heading
    keys = queries.keys_brought_in(expo, row.id, 0)
    classes = {found.id: found.key for found in badge_queries.classes(expo)}
    for portion in _portions(opened, keys):
        people = queries.registrations(expo, [number for number, _ in portion])
        numbers = queries.badge_numbers(expo, people)
        for number, line in portion:
            if number in people:
                yield _in_columns(line, people[number], numbers.get(number), columns, classes, len(heading))


def _portions(
    opened: Opened, keys: Mapping[tuple[str | None, str | None], int]
) -> Iterator[list[tuple[int, Row]]]:
    """The rows of the file that are people of the import, each once, with their registrations, by the portion."""
    waiting: list[tuple[int, Row]] = []
    seen: set[int] = set()
    for line in opened.table.rows():
        verdict = judge(line.cells, opened.layout)
        number = keys.get((verdict.phone, verdict.email)) if isinstance(verdict, Person) else None
        if number is not None and number not in seen:
            seen.add(number)
            waiting.append((number, line))
        if len(waiting) == _PORTION:
            yield waiting
            waiting = []
    yield waiting


def _in_columns(
    line: Row,
    person: Registration,
    number: int | None,
    columns: Mapping[Column, int],
    classes: Mapping[int, str],
    width: int,
) -> list[str]:
    values: dict[Column, str] = {
        Column.NAME: person.name,
        Column.PHONE: person.phone or "",
        Column.EMAIL: person.email or "",
        Column.COMPANY: person.company,
        Column.TITLE: person.title,
        Column.REGION: person.region,
        Column.CATEGORY: classes.get(person.class_id, ""),
        Column.VISIT_DATE: person.visit_day.isoformat() if person.visit_day else "",
        Column.NOTE: person.note,
        Column.NUMBER: badge_number.shown(number) if number is not None else "",
    }
    cells: list[Cell] = [*line.cells, *[""] * (width - len(line.cells))]
    texts = [text_of(cell) for cell in cells[:width]]
    for column, place in columns.items():
        texts[place] = values[column]
    return texts


def template_rows(words: Words) -> list[list[str]]:
    """An empty list to fill in: the headings in the reader's language and two example rows."""
    columns = [column for column in Column if column is not Column.NUMBER]
    return [
        [words(COLUMN_TEXTS[column]) for column in columns],
        [
            "张伟",
            "138 0013 8000",
            "zhangwei@example.com",
            "大连星河玻璃有限公司",
            "经理",
            "大连",
            "专业观众",
            "",
            "",
        ],
        ["Kim Min-su", "+82 10 1234 5678", "", "Hanbit Trading", "", "KR", "buyer", "", ""],
    ]
