"""Records of a text table: what the csv module reads, and what is too long for it, in bounded memory."""

from __future__ import annotations

import csv
import re
from collections.abc import Generator, Iterator
from io import StringIO, TextIOWrapper

from exhibitions.core.sheets.table import MAX_COLUMNS, Row, Unreadable, is_blank

LONGEST_CELL = 131_072
"""Where the csv module gives up; a longer cell is cut here, so that it costs no row but its own."""
LONGEST_RECORD = 1024 * 1024
PIECE = 64 * 1024
SEP_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


class Lines(Iterator[str]):
    """The lines of a text for the csv module. Raises `csv.Error` in a record that is too long to be held."""

    def __init__(self, stream: StringIO | TextIOWrapper) -> None:
        self._stream = stream
        self._record: list[str] = []
        self._left = LONGEST_RECORD
        self._last = ""
        self._begins = True

    def begin(self) -> None:
        """A new record begins with the next line."""
        self._record.clear()
        self._left = LONGEST_RECORD
        self._begins = True

    def __next__(self) -> str:
        line = self._read(self._left)
        if not line:
            raise StopIteration
        self._record.append(line)
        self._left -= len(line)
        if self._left <= 0:
            raise csv.Error("the record is too long")
        return line

    def pieces(self) -> Generator[str]:
        """The record anew from its beginning, and on from there to the end of the text."""
        yield from self._record
        while piece := self._read(PIECE):
            yield piece

    def _read(self, size: int) -> str:
        piece = self._stream.readline(size)
        if self._begins and piece == "\n" and self._last == "\r":
            piece = self._stream.readline(size)  # The size of a piece cut the last record's line end in two.
        self._begins = False
        self._last = piece[-1:]
        return piece


class LongRecord:
    """The cells of a record that the csv module refuses, by the same rules, each cut at `LONGEST_CELL`."""

    def __init__(self, separator: str) -> None:
        self.cells: list[str] = []
        self._separator = separator
        self._cut = re.compile(r'["\r\n{0}]|[^"\r\n{0}]+'.format(re.escape(separator)))
        self._kept: list[str] = []
        self._size = 0
        self._started = self._quoted = self._closing = False

    def read(self, lines: Lines) -> list[str]:
        """Read to the end of the record; `csv.Error` when the text ends inside quotes, with all rows behind it."""
        for piece in lines.pieces():
            for part in self._cut.findall(piece):
                if self._take(part):
                    return self.cells
        if self._quoted and not self._closing:
            raise csv.Error("the text ends inside quotes")
        self._end_cell()
        return self.cells

    def _take(self, part: str) -> bool:
        """One part; True when it ends the record."""
        if part == '"' and (self._quoted or not self._started):
            self._quote()
        elif self._quoted and not self._closing:
            self._add(part)
        elif part in (self._separator, "\r", "\n"):
            self._end_cell()
            return part != self._separator
        else:
            self._quoted = self._closing = False
            self._add(part)
        return False

    def _quote(self) -> None:
        """Opens a cell, or is the first or the second of two inside quotes, which mean one."""
        if self._closing:
            self._add('"')
        self._closing = self._quoted and not self._closing
        self._quoted = True
        self._started = True

    def _add(self, text: str) -> None:
        self._started = True
        self._kept.append(text[: LONGEST_CELL - self._size])
        self._size += len(self._kept[-1])

    def _end_cell(self) -> None:
        cell = "".join(self._kept)
        if len(self.cells) <= MAX_COLUMNS:
            self.cells.append(cell)
        elif cell.strip():
            self.cells[MAX_COLUMNS] = cell
        self._kept.clear()
        self._size = 0
        self._started = self._quoted = self._closing = False


def records(stream: StringIO | TextIOWrapper, separator: str) -> Iterator[Row]:
    """Number the records as Excel numbers its rows: blank lines count, line feeds in quotes do not.

    Raises Unreadable `damaged` for a cell that begins with a quote and does not end before the text.
    """
    number = 0
    lines = Lines(stream)
    reader = csv.reader(lines, delimiter=separator)
    try:
        while (cells := _next(reader, lines, separator)) is not None:
            number += 1
            if number == 1 and _is_separator_line(cells):
                number = 0  # Excel takes the line "sep=;" as an instruction and shows the next one as row 1.
                continue
            if not is_blank(cells):
                yield Row(number, list(cells))
    except (csv.Error, UnicodeDecodeError) as error:
        raise Unreadable("damaged") from error


def _next(reader: Iterator[list[str]], lines: Lines, separator: str) -> list[str] | None:
    lines.begin()
    try:
        return next(reader, None)
    except csv.Error:
        # The module forgets the record and goes on with the next line that it is given.
        return LongRecord(separator).read(lines)


def _is_separator_line(cells: list[str]) -> bool:
    first = cells[0].strip("\ufeff").lower() if cells else ""
    return (first in ("sep=", 'sep="') and not any(cells[1:])) or bool(
        SEP_LINE.fullmatch(first) and len(cells) == 1
    )
