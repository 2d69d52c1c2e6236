"""Tables that belong to an import: the preview, and the refused rows in the columns of their file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from exhibitions.core.errors import N_
from exhibitions.core.imports.reading import C, Opened
from exhibitions.core.sheets.table import MAX_COLUMNS, Cell, text_of

PREVIEW_ROWS = 20
PREVIEW_COLUMNS = 40
SHOWN_DIFFERENCES = 50
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
    """What a row would change of somebody known: field, what it is now, what it would be."""

    row: int
    name: str
    fields: list[tuple[str, str, str]]


def preview(opened: Opened[C], remark: Callable[[list[Cell]], str]) -> Preview:
    """The first twenty rows under the heading; duplicates are found by the check only.

    Shown are the columns that are read and those that hold anything, at most forty. `remark` is asked of each row once it
    is known where the columns stand.
    """
    known = opened.table.guess.heading_row is not None
    lines = [
        Line(
            row.number,
            [text_of(cell) for cell in row.cells[: MAX_COLUMNS + 1]],
            remark(row.cells) if known else "",
        )
        for row in islice(opened.table.rows(), PREVIEW_ROWS)
    ]
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


def refused_rows(
    opened: Opened[C], reasons: Mapping[int, str], column_texts: Mapping[C, str], words: Words
) -> Iterator[list[str]]:
    """The refused rows in the columns of the file, with row number and reason behind them; the heading first.

    `reasons` has a message id by Excel's number of the row. The file can be corrected and imported as it is: the two
    columns behind are not read.
    """
    # A row that is longer than its heading pushes nothing: the two columns come first behind the heading.
    heading = headings(opened, column_texts, words)
    width = len(heading)
    yield [*heading, words(ROW_TEXT), words(REASON_TEXT)]
    for line in opened.table.rows():
        if line.number in reasons:
            texts = [text_of(cell) for cell in line.cells]
            texts += [""] * (width - len(texts))
            yield [*texts[:width], str(line.number), words(reasons[line.number]), *texts[width:]]


def headings(opened: Opened[C], column_texts: Mapping[C, str], words: Words) -> list[str]:
    """The headings of the file; of one without any, what its columns are read as."""
    if opened.table.heading:
        return list(opened.table.heading)
    known = {place: words(column_texts[column]) for column, place in opened.columns.items()}
    width = max((len(line.cells) for line in opened.table.rows()), default=0)
    return [known.get(place, "") for place in range(max([width, *(place + 1 for place in known)]))]


def report(rejected: Sequence[tuple[int, str]]) -> list[Sequence[str | int]]:
    """What stays of a file once its time is over: which row was refused for which reason, and nobody's data."""
    return [["row", "reason"], *rejected]
