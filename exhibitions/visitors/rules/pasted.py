"""A small table that was pasted from a spreadsheet: its rows by the names of their columns, each with its number."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from exhibitions.core.errors import N_, Refused
from exhibitions.core.sheets.records import records
from exhibitions.core.sheets.table import is_blank, text_of
from exhibitions.visitors.rules.columns import heading_key

MOST_LINES = 500
"""So many rows are taken at once."""
LONGEST_TEXT = 200_000
_HEADING_NEEDS = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A row under the heading: its number as the spreadsheet shows it, its text as pasted, its cells by column."""

    number: int
    text: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is not taken: its number, its text as pasted, and why."""

    number: int
    text: str
    why: Refused


@dataclass(frozen=True, slots=True)
class Pasted:
    """The rows of a pasted table, and its heading row as pasted, "" when it has none."""

    heading: str
    lines: list[Line]


def read_pasted(text: str, names: Mapping[str, str], usual: Sequence[str]) -> Pasted:
    """The rows of a table that was pasted, at most 500; wholly blank rows are left out (IR2).

    The first row is the heading when it names two known columns (IR1), or is a single cell that names one; `names`
    says the column of a name as `heading_key` gives it. Without a heading the columns are the `usual` ones in their
    order. Cells are parted by tabs, and by commas only where a heading is: a company may have one in its name. Raises
    `Refused`: nothing there, too many, too long.
    """
    if len(text) > LONGEST_TEXT:
        raise Refused(
            "paste_long", N_("This is too much at once. Paste at most %(most)s rows"), most=MOST_LINES
        )
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = "\t" if "\t" in text or not _heading(_cut(first, ","), names) else ","
    rows = [
        (row.number, [text_of(cell).strip() for cell in row.cells])
        for row in records(StringIO(text.replace("\x00", "")), separator)
        if not is_blank(row.cells)
    ]
    columns: Sequence[str] = usual
    heading = ""
    if rows and (known := _heading(rows[0][1], names)):
        columns, heading = known, _joined(rows[0][1], separator)
        rows = rows[1:]
    if not rows:
        raise Refused("paste_empty", N_("Paste at least one row"))
    if len(rows) > MOST_LINES:
        raise Refused(
            "paste_many", N_("This is too much at once. Paste at most %(most)s rows"), most=MOST_LINES
        )
    return Pasted(heading, [_line(number, cells, columns, separator) for number, cells in rows])


def known_names(names: Mapping[str, str]) -> dict[str, str]:
    """Column by name as it is compared, from the names of each column parted by blanks."""
    return {heading_key(name): column for column, line in names.items() for name in line.split()}


def _cut(line: str, separator: str) -> list[str]:
    return [cell.strip() for cell in line.split(separator)]


def _heading(cells: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """The column of each cell ("" for an unknown one) when the row is a heading; the first of two alike counts."""
    found: list[str] = []
    for cell in cells:
        column = names.get(heading_key(cell), "") if cell else ""
        found.append("" if column in found else column)
    known = sum(map(bool, found))
    return found if known >= min(_HEADING_NEEDS, len(cells)) else []


def _line(number: int, cells: list[str], columns: Sequence[str], separator: str) -> Line:
    filled = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
    return Line(number, _joined(cells, separator), filled)


def _joined(cells: Sequence[str], separator: str) -> str:
    """The cells as one line that is read alike: quotation marks where a cell holds what parts cells or lines."""
    out = StringIO()
    csv.writer(out, delimiter=separator).writerow(cells)
    return out.getvalue().removesuffix("\r\n")
