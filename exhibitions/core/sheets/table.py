"""What every reader hands out: numbered rows of cells, and the guesses that led to them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum, StrEnum
from typing import Protocol

from exhibitions.core.errors import N_, Refused

HEADING_NEEDS = 2
"""Known column names that make a row the heading (IR1)."""

HEADING_WITHIN = 1_000
"""Rows in which a heading is looked for; nobody writes a thousand lines of title."""

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 512
"""A cell further right is moved into this column, so that a row with a stray cell in column XFD is
seen to be longer than its heading and does not cost 16,384 cells."""


class NoValue(Enum):
    """The type of `NO_VALUE`."""

    NO_VALUE = "formula without a stored value"


NO_VALUE = NoValue.NO_VALUE
"""Stands in a cell whose formula has no stored result (IR12)."""


class CellError(str):
    """The text of an error such as #N/A which the spreadsheet shows in place of a value."""

    __slots__ = ()


class Unclosed(str):
    """The text of the last cell of a line of a text file that opens a quotation mark and never closes it."""

    __slots__ = ()


Cell = str | int | float | date | datetime | time | NoValue
"""Text (the empty text when there is nothing), a number, a date or time as the spreadsheet shows it,
or NO_VALUE. A `bool` is never handed out: it is the text TRUE or FALSE, as Excel shows it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not wholly blank; `number` is the row number that Excel shows, from 1."""

    number: int
    cells: list[Cell]


class Kind(StrEnum):
    """What a file really is, whatever its name says."""

    TEXT = "text"
    XLSX = "xlsx"
    XLS = "xls"


@dataclass(frozen=True, slots=True)
class Choice:
    """A person's corrections of the guesses; None leaves the guess to the reader. `heading_row` 0: there is none."""

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    heading_row: int | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """How a file was understood.

    `sheets` names the visible sheets. `heading_row` is None when no row holds two known column names, and 0
    when a person has said that there are no headings.
    `lossy` says that some bytes have no meaning in `encoding` and are shown as U+FFFD.
    `date1904` says that day numbers count from 1904-01-01 (old Excel for Macintosh).
    """

    kind: Kind
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    heading_row: int | None = None
    lossy: bool = False
    date1904: bool = False


Known = Callable[[Sequence[str]], int]
"""Answers how many different known column names a row of texts holds."""

REASONS = {
    "no_columns": N_(
        "No column headings were recognised. Give the first row headings such as Name and Phone, and upload again."
    ),
    "empty": N_("The file is empty."),
    "not_a_table": N_("This is not a table. Open the list in Excel and save it as .xlsx."),
    "damaged": N_(
        "The file is damaged or incomplete. Open it in Excel, save it as .xlsx and upload it again."
    ),
    "html": N_("This is a web page with the name of a spreadsheet. Open it in Excel and save it as .xlsx."),
}
PROTECTED = N_(
    "The file is protected by a password. Open it in Excel, take the password off and save it as .xlsx."
)
TOO_LARGE = N_("The file is larger than can be read at once. Split it into files of at most 200,000 rows.")


class Unreadable(Refused):
    """The whole file is refused; `code` is one of the keys of `REASONS`."""

    def __init__(self, code: str, message: str | None = None) -> None:
        super().__init__(code, message or REASONS[code])


class Source(Protocol):
    """A file that is understood well enough to be read from the top, as often as wanted."""

    guess: Guess

    def rows(self) -> Generator[Row]:
        """All rows that are not wholly blank, from the top; raises Unreadable where the file breaks."""
        ...


@dataclass(frozen=True, slots=True)
class Table:
    """A file with its guesses made or corrected."""

    guess: Guess
    heading: tuple[str, ...]
    source: Source

    def rows(self) -> Generator[Row]:
        """The rows under the heading (all rows when there is none), read anew at each call.

        Raises Unreadable when the file turns out to be damaged on the way.
        """
        start = self.guess.heading_row or 0
        count = 0
        with closing(self.source.rows()) as rows:
            for row in rows:
                if row.number <= start:
                    continue
                count += 1
                if count > MAX_ROWS:
                    raise Unreadable("damaged", TOO_LARGE)
                yield row


def find_heading(rows: Iterable[Row], known: Known) -> tuple[Row, int] | None:
    """The first row with enough known column names, and how many it has; None when there is none (IR1)."""
    for place, row in enumerate(rows):
        if place >= HEADING_WITHIN:
            return None
        count = known([text_of(cell) for cell in row.cells])
        if count >= HEADING_NEEDS:
            return row, count
    return None


def heading_texts(row: Row | None) -> tuple[str, ...]:
    """The heading as texts without the empty cells at its end."""
    texts = [text_of(cell).strip() for cell in row.cells] if row else []
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def text_of(cell: Cell) -> str:
    """What a person would copy out of the cell: 13800138000 and not 1.38E+10, 2016-08-19 for a day."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return number_text(cell)
    if isinstance(cell, datetime):
        at_midnight = cell.time() == time()
        return cell.date().isoformat() if at_midnight else cell.isoformat(" ", "seconds")
    if isinstance(cell, NoValue):
        return ""
    return str(cell)


def number_text(value: float) -> str:
    """Digits without exponent and without a trailing .0."""
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    return str(int(value)) if value == int(value) else repr(value)


def is_blank(cells: Iterable[Cell]) -> bool:
    """Nothing but blanks in any cell; a formula without a value is something."""
    return not any(cell.strip() if isinstance(cell, str) else True for cell in cells)
