"""Records of a text table: what the csv module reads, and what is too long for it, in bounded memory."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import StringIO, TextIOWrapper

from exhibitions.core.sheets.table import MAX_COLUMNS, Cell, Row, Unclosed, Unreadable, is_blank

LONGEST_CELL = 131_072
"""Where the csv module gives up; a longer cell is cut here, so that it costs no row but its own."""
LONGEST_RECORD = 1024 * 1024
PIECE = 64 * 1024
MOST_PARTS = 1 << 22
"""So many cells, separators and quotation marks has no row of any table; to go on would take minutes (F17)."""
SEP_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


class Lines(Iterator[str]):
    """The lines of a text for the csv module. Raises `csv.Error` in a record that is too long to be held."""

    def __init__(self, stream: StringIO | TextIOWrapper) -> None:
        self.record: list[str] = []
        self._stream = stream
        self._again: list[str] = []
        self._left = LONGEST_RECORD
        self._ends: dict[int, int] = {}
        """Where in the stream the last held line ends, and pieces behind it that may be come back to, by their place."""
        self._given = 0
        self._last = ""
        self._begins = True
        self._ended = False

    @property
    def is_plain(self) -> bool:
        """Whether the record is one line and ended with it."""
        return len(self.record) < 2 and not self._ended

    def begin(self) -> None:
        """A new record begins with the next line."""
        self.record.clear()
        self._left = LONGEST_RECORD
        self._ends.clear()
        self._begins = True
        self._ended = False

    def __next__(self) -> str:
        line = self._read(self._left)
        if not line:
            self._ended = True
            raise StopIteration
        self.record.append(line)
        self._left -= len(line)
        if self._left <= 0:
            raise csv.Error("the record is too long")
        return line

    def more(self, *, keep: bool) -> str:
        """What follows the lines that are held: a line or a piece of one, empty at the end of the text.

        `keep`: `go_back_behind` may be asked to come back to the end of this one, also where it holds no quotation mark.
        """
        if self._again:
            self.record.append(self._read(PIECE))
            return self.record[-1]
        if not self._ends:
            self._given = len(self.record) - 1
            self._ends[self._given] = self._stream.tell()
        piece = self._read(PIECE)
        self._given += 1
        # A quotation mark may close the cell, and another one begin in the same piece.
        if keep or '"' in piece:
            self._ends[self._given] = self._stream.tell()
        return piece

    def go_back_behind(self, place: int) -> None:
        """Read again from behind this line of the record, counted from 0."""
        self._again += reversed(self.record[place + 1 :])
        if self._ends:
            self._stream.seek(self._ends[max(place, len(self.record) - 1)])

    def _read(self, size: int) -> str:
        piece = self._held_again(size) if self._again else self._stream.readline(size)
        if self._begins and piece == "\n" and self._last == "\r":
            # The size of a piece cut the last record's line end in two.
            piece = self._held_again(size) if self._again else self._stream.readline(size)
        self._begins = False
        self._last = piece[-1:]
        return piece

    def _held_again(self, size: int) -> str:
        """The next line that is read again; the last one may have been held in part."""
        piece = self._again.pop()
        return piece if piece.endswith(("\r", "\n")) else piece + self._stream.readline(size)


class Record:
    """The cells of a record that the csv module refuses or read over line ends, by the same rules.

    Each cell is cut at `LONGEST_CELL`. A quotation mark is taken as never closed when the text ends before it is, or when
    behind line ends it is closed in the middle of a word, which is where another cell was to begin. It costs the line
    in which it stands, whose last cell is `Unclosed` then; the lines behind it are read again.
    """

    def __init__(self, separator: str) -> None:
        self.cells: list[Cell] = []
        self._separator = separator
        self._cut = re.compile(r'["\r\n{0}]|[^"\r\n{0}]+'.format(re.escape(separator)))
        self._kept: list[str] = []
        self._size = 0
        self._started = self._quoted = self._closing = False
        self._line: str | None = None
        """What the open cell holds of the line in which it begins; None while it goes over no line end."""
        self._place = self._begun = 0
        """Which line is being read, and which one the open cell begins in."""
        self._astray = False

    def read(self, lines: Lines) -> list[Cell]:
        """Read to the end of the record, or of the line whose quotation mark is not closed.

        Raises Unreadable `not_a_table` in a record of more than `MOST_PARTS` parts.
        """
        left = MOST_PARTS
        for piece in self._pieces(lines):
            parts = self._cut.findall(piece)
            left -= len(parts)
            if left < 0:
                raise Unreadable("not_a_table")
            if any(map(self._take, parts)):
                break
            self._place += 1
        else:
            if self._quoted and not self._closing:
                self._astray = True
            else:
                self._end_cell()
        if self._astray:
            self.cells.append(Unclosed("".join(self._kept) if self._line is None else self._line))
        if self._astray and self._line is not None:
            lines.go_back_behind(self._begun)
        return self.cells

    def _pieces(self, lines: Lines) -> Iterator[str]:
        """The lines that are held, and on from there."""
        yield from lines.record
        while piece := lines.more(keep=self._line is None or self._closing):
            yield piece

    def _take(self, part: str) -> bool:
        """One part; True when it ends the record."""
        if part == '"' and (self._quoted or not self._started):
            self._quote()
        elif self._quoted and not self._closing:
            if self._line is None and part in ("\r", "\n"):
                self._line = "".join(self._kept)
                self._begun = self._place
            self._add(part)
        elif part in (self._separator, "\r", "\n"):
            self._end_cell()
            return part != self._separator
        elif self._line is not None and part.strip():
            self._astray = True
        else:
            self._quoted = self._closing = False
            self._add(part)
        return self._astray

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
        self._line = None


def records(stream: StringIO | TextIOWrapper, separator: str) -> Iterator[Row]:
    """Number the records as Excel numbers its rows: blank lines count, line feeds in quotes do not.

    Raises Unreadable `damaged` where the bytes of the text have no meaning.
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
                yield Row(number, cells)
    except UnicodeDecodeError as error:
        raise Unreadable("damaged") from error


def _next(reader: Iterator[list[str]], lines: Lines, separator: str) -> list[Cell] | None:
    lines.begin()
    try:
        cells = next(reader, None)
    except csv.Error:
        # The module forgets the record and goes on with the next line that it is given.
        return Record(separator).read(lines)
    if cells is None:
        return None
    return _narrow(cells) if lines.is_plain else Record(separator).read(lines)


def _narrow(cells: list[str]) -> list[Cell]:
    """The cells, with the last one behind `MAX_COLUMNS` that holds anything in the place of all behind it."""
    if len(cells) <= MAX_COLUMNS:
        return cells  # type: ignore[return-value]  # Nobody else has this list: texts are cells.
    return [*cells[:MAX_COLUMNS], next((cell for cell in reversed(cells[MAX_COLUMNS:]) if cell.strip()), "")]


def _is_separator_line(cells: list[Cell]) -> bool:
    first = str(cells[0]).strip("\ufeff").lower() if cells else ""
    return (first in ("sep=", 'sep="') and not any(cells[1:])) or bool(
        SEP_LINE.fullmatch(first) and len(cells) == 1
    )
