"""XLSX read cell by cell from its XML, within fixed limits of memory and time.

Spreadsheet libraries build a rectangle in memory (one cell in XFD1048576 costs gigabytes), show a formula
without a stored value as an empty cell (IR12), and lose where a phone number was typed as a number. The XML
is read as a stream by expat, which is asked to refuse every document type and entity.
"""

from __future__ import annotations

import math
import posixpath
import re
import time
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, NamedTuple
from xml.parsers import expat

from exhibitions.core.sheets.table import (
    MAX_COLUMNS,
    NO_VALUE,
    TOO_LARGE,
    Cell,
    CellError,
    Guess,
    Kind,
    Row,
    Unreadable,
    is_blank,
)

MAX_UNPACKED = 256 * 1024 * 1024
MAX_ENTRIES = 5_000
MAX_STRINGS = 1_500_000
MAX_STRING_TOTAL = 40_000_000
MAX_CELL_TEXT = 100_000
"""Excel itself stops at 32,767 characters."""
MAX_TOKEN = 4 * 1024 * 1024
MAX_SHEET_ROWS = 1_048_576
MAX_SECONDS = 60.0
_WITHIN: ContextVar[tuple[int, float]] = ContextVar("within", default=(MAX_UNPACKED, math.inf))
CHUNK = 64 * 1024

MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
RELATIONS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
OFFICE_DOCUMENT = tuple(f"{space}/officeDocument" for space in RELATIONS)

BUILT_IN_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
NOT_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
DATE_LETTERS = re.compile(r"[ymdhsge年月日]", re.IGNORECASE)
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  A spreadsheet's dates have no zone.
DAYS_1904 = 1462
LAST_SERIAL = 2_958_466
FALSE_LEAP_DAY = 60

Attributes = dict[str, str]


class SheetPart(NamedTuple):
    """A visible sheet and the name of its XML in the archive."""

    name: str
    part: str


@dataclass(slots=True)
class Markup:
    """Handlers by full element name, and the text since `text` was last emptied."""

    starts: dict[str, Callable[[Attributes], None]] = field(default_factory=dict)
    ends: dict[str, Callable[[], None]] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)


@contextmanager
def within(unpacked: int, seconds: float) -> Iterator[None]:
    """Read workbooks inside this block only up to so many unpacked bytes, and for so much time of this thread in all.

    For a request of somebody outside: what a person at the desk uploads is read by a job, within wider limits.
    """
    token = _WITHIN.set((unpacked, time.thread_time() + seconds))
    try:
        yield
    finally:
        _WITHIN.reset(token)


def parse(stream: IO[bytes], markup: Markup) -> Iterator[None]:
    """Feed the XML to the handlers, pausing after each piece so that rows can be taken out.

    Raises Unreadable `damaged` for broken XML, for a document type or entity, and beyond the limits.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    starts, ends, text = markup.starts, markup.ends, markup.text

    def start(name: str, attributes: Attributes) -> None:
        handler = starts.get(name)
        if handler:
            handler(attributes)

    def end(name: str) -> None:
        handler = ends.get(name)
        if handler:
            handler()

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    began = time.thread_time()
    _, until = _WITHIN.get()
    fed = 0
    while chunk := stream.read(CHUNK):
        parser.Parse(chunk)
        fed += len(chunk)
        now = time.thread_time()
        if fed - parser.CurrentByteIndex > MAX_TOKEN or now > min(until, began + MAX_SECONDS):
            raise Unreadable("damaged", TOO_LARGE)
        if sum(map(len, text)) > MAX_CELL_TEXT:
            raise Unreadable("damaged", TOO_LARGE)
        yield
    parser.Parse(b"", True)
    yield


def _refuse_doctype(*_: object) -> None:
    raise Unreadable("damaged")


@contextmanager
def broken_means_damaged() -> Iterator[None]:
    """Turn what the archive and XML readers raise on broken files into one answer."""
    try:
        yield
    except (
        zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, KeyError, IndexError, ValueError, OSError,
        NotImplementedError, RuntimeError, OverflowError,
    ) as error:  # fmt: skip
        raise Unreadable("damaged") from error


class Package:
    """The archive of an XLSX: parts by name, checked against bombs before anything is unpacked."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)
        entries = self._zip.infolist()
        most, _ = _WITHIN.get()
        if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > most:
            raise Unreadable("damaged", TOO_LARGE)
        self._entries = {_part_name(entry.filename): entry for entry in entries}

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def has(self, part: str) -> bool:
        """Whether the archive holds the part."""
        return part.lower() in self._entries

    def open(self, part: str) -> IO[bytes]:
        """The unpacked bytes of a part as a stream; KeyError when there is none."""
        return self._zip.open(self._entries[part.lower()])

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part points to: id → (type, name of the target part)."""
        folder, name = posixpath.split(part)
        source = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}

        def relation(attributes: Attributes) -> None:
            target = attributes.get("Target", "").replace("\\", "/")
            full = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            found[attributes.get("Id", "")] = attributes.get("Type", ""), posixpath.normpath(full)

        if self.has(source):
            space = "http://schemas.openxmlformats.org/package/2006/relationships"
            with self.open(source) as stream:
                _run(stream, Markup(starts={f"{space} Relationship": relation}))
        return found


def _part_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _run(stream: IO[bytes], markup: Markup) -> None:
    for _ in parse(stream, markup):
        pass


def _both(**handlers: Callable[..., None]) -> dict[str, Callable[..., None]]:
    """The handlers under the names of both editions of the standard, transitional and strict."""
    return {f"{space} {name}": handler for space in MAIN for name, handler in handlers.items()}


@dataclass(slots=True)
class Book:
    """What must be known of a workbook before its sheets are read."""

    relations: dict[str, tuple[str, str]]
    sheets: list[SheetPart] = field(default_factory=list)
    date1904: bool = False

    def part(self, ending: str) -> str | None:
        """The part that the workbook points to by a relation of this type."""
        return next((part for kind, part in self.relations.values() if kind.endswith(ending)), None)

    def add_sheet(self, attributes: Attributes) -> None:
        """Handler of <sheet>: hidden sheets, charts and dialogs are left out."""
        keys = (f"{space} id" for space in RELATIONS)
        relation = next((attributes[key] for key in keys if key in attributes), "")
        kind, part = self.relations.get(relation, ("", ""))
        if attributes.get("state", "visible") == "visible" and kind.endswith("/worksheet"):
            self.sheets.append(SheetPart(attributes.get("name", ""), part))

    def set_properties(self, attributes: Attributes) -> None:
        """Handler of <workbookPr>."""
        self.date1904 = attributes.get("date1904", "0") in ("1", "true", "on")


def read_book(package: Package) -> Book:
    """Find the visible sheets in their order; raises Unreadable `not_a_table` for other archives (.docx, .ods)."""
    main = next(
        (to for kind, to in package.relations("").values() if kind in OFFICE_DOCUMENT), "xl/workbook.xml"
    )
    if not package.has(main) or not main.lower().endswith(".xml"):
        raise Unreadable("not_a_table")
    book = Book(package.relations(main))
    roots: list[Attributes] = []
    handlers = _both(sheet=book.add_sheet, workbookPr=book.set_properties, workbook=roots.append)
    with package.open(main) as stream:
        _run(stream, Markup(starts=handlers))
    if not roots:
        raise Unreadable("not_a_table")
    return book


def shows_a_date(code: str) -> bool:
    """Whether a number format shows a day or a time."""
    return bool(DATE_LETTERS.search(NOT_FORMAT.sub("", code.split(";")[0]))) and code.lower() != "general"


def read_date_styles(package: Package, part: str | None) -> frozenset[str]:
    """The style numbers (attribute s of a cell) under which a number is a date."""
    formats: dict[str, str] = {}
    styles: list[str] = []
    inside = [False]

    def number_format(attributes: Attributes) -> None:
        formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")

    def cell_style(attributes: Attributes) -> None:
        if inside[0]:
            styles.append(attributes.get("numFmtId", "0"))

    def enter(_: Attributes) -> None:
        inside[0] = True

    def leave() -> None:
        inside[0] = False

    if part and package.has(part):
        starts = _both(numFmt=number_format, cellXfs=enter, xf=cell_style)
        with package.open(part) as stream:
            _run(stream, Markup(starts=starts, ends=_both(cellXfs=leave)))
    dates = {number for number, code in formats.items() if shows_a_date(code)}
    dates |= {str(number) for number in BUILT_IN_DATES} - set(formats)
    return frozenset(str(place) for place, number in enumerate(styles) if number in dates)


def read_strings(package: Package, part: str | None) -> list[str]:
    """The shared texts: rich text joined, readings of Han characters (phonetic runs) left out."""
    strings: list[str] = []
    if not part or not package.has(part):
        return strings
    markup = Markup()
    collector = TextCollector(markup)
    total = [0]

    def finish() -> None:
        text = collector.take()
        total[0] += len(text)
        if len(strings) >= MAX_STRINGS or total[0] > MAX_STRING_TOTAL:
            raise Unreadable("damaged", TOO_LARGE)
        strings.append(text)

    markup.starts.update(collector.starts())
    markup.ends.update(collector.ends())
    markup.ends.update(_both(si=finish))
    with package.open(part) as stream:
        _run(stream, markup)
    return strings


class TextCollector:
    """Gathers the <t> of a rich text and skips those in <rPh>."""

    def __init__(self, markup: Markup) -> None:
        self._text = markup.text
        self._parts: list[str] = []
        self._phonetic = False

    def starts(self) -> dict[str, Callable[..., None]]:
        """Handlers of opening elements."""
        return _both(t=self._open, rPh=self._phonetic_on)

    def ends(self) -> dict[str, Callable[..., None]]:
        """Handlers of closing elements."""
        return _both(t=self._close, rPh=self._phonetic_off)

    def take(self) -> str:
        """The text so far, which is then forgotten."""
        text = "".join(self._parts)
        self._parts.clear()
        return text

    def _open(self, _: Attributes) -> None:
        self._text.clear()

    def _close(self) -> None:
        # Each run by itself, and once: what the ends of two runs spell together is no escape.
        if not self._phonetic:
            self._parts.append(unescaped("".join(self._text)))

    def _phonetic_on(self, _: Attributes) -> None:
        self._phonetic = True

    def _phonetic_off(self) -> None:
        self._phonetic = False


def unescaped(text: str) -> str:
    """Excel writes characters that XML cannot hold as _x000D_; half a surrogate pair stays as it is."""
    return ESCAPED.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def serial_date(serial: float, *, date1904: bool) -> date | datetime | float:
    """The day, or day and time, that a spreadsheet shows for a number; the number when it shows none."""
    if date1904:
        serial += DAYS_1904
    if not 1 <= serial < LAST_SERIAL:
        return serial
    if serial < FALSE_LEAP_DAY:
        serial += 1  # Excel believes that 1900 was a leap year.
    seconds = round(serial * 86_400)
    moment = DAY_ZERO + timedelta(seconds=seconds)
    return moment.date() if seconds % 86_400 == 0 else moment


class SheetReader:
    """The handlers of a sheet's XML; `rows` fills with finished rows."""

    def __init__(self, strings: list[str], date_styles: frozenset[str], *, date1904: bool) -> None:
        self.rows: list[Row] = []
        self.markup = Markup()
        self._strings = strings
        self._date_styles = date_styles
        self._date1904 = date1904
        self._text = self.markup.text
        self._collector = TextCollector(self.markup)
        self._columns: dict[str, int] = {}
        self._cells: list[Cell] = []
        self._number = 0
        self._column = -1
        self._kind: str | None = None
        self._style: str | None = None
        self._value: str | None = None
        self._has_formula = False
        self._seen_rows = 0
        self._converters: dict[str | None, Callable[[str], Cell]] = {
            None: self._numeric,
            "n": self._numeric,
            "s": self._shared,
            "str": unescaped,
            "b": lambda value: "TRUE" if value.strip() in ("1", "true") else "FALSE",
            "e": CellError,
            "d": _iso,
            "inlineStr": str,
        }
        self.markup.starts.update(_both(c=self._cell, v=self._clear, row=self._row, f=self._formula))
        self.markup.starts.update(self._collector.starts())
        self.markup.ends.update(_both(c=self._cell_end, v=self._value_end, row=self._row_end))
        self.markup.ends.update(self._collector.ends())

    def _row(self, attributes: Attributes) -> None:
        self._text.clear()
        self._seen_rows += 1
        number = int(attributes["r"]) if "r" in attributes else self._number + 1
        if self._seen_rows > MAX_SHEET_ROWS or number > MAX_SHEET_ROWS:
            raise Unreadable("damaged", TOO_LARGE)
        self._number = number
        self._cells = []
        self._column = -1

    def _cell(self, attributes: Attributes) -> None:
        self._text.clear()
        get = attributes.get
        self._kind = get("t")
        self._style = get("s")
        reference = get("r")
        self._column = self._place(reference) if reference else self._column + 1
        self._value = None
        self._has_formula = False

    def _place(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        place = self._columns.get(letters)
        if place is None:
            place = self._columns[letters] = column_number(letters)
        return place

    def _clear(self, _: Attributes) -> None:
        self._text.clear()

    def _formula(self, _: Attributes) -> None:
        self._has_formula = True

    def _value_end(self) -> None:
        self._value = "".join(self._text)

    def _cell_end(self) -> None:
        value = self._value
        if self._kind == "inlineStr":
            value = self._collector.take() or unescaped(value or "") or value
        if value is None or (value == "" and self._has_formula and self._kind != "str"):
            if not self._has_formula:
                return
            cell: Cell = NO_VALUE
        else:
            cell = self._converters[self._kind](value)
        cells, column = self._cells, min(self._column, MAX_COLUMNS)
        if column > len(cells):
            cells.extend([""] * (column - len(cells)))
        if column == len(cells):
            cells.append(cell)
        elif cell != "":
            cells[column] = cell

    def _row_end(self) -> None:
        if self._cells and not is_blank(self._cells):
            self.rows.append(Row(self._number, self._cells))
        self._cells = []

    def _shared(self, value: str) -> str:
        place = int(value)
        if place < 0:
            raise IndexError(place)
        return self._strings[place]

    def _numeric(self, value: str) -> Cell:
        if not value.strip():
            return ""
        if self._style in self._date_styles:
            return serial_date(float(value), date1904=self._date1904)
        return int(value) if value.isdecimal() else float(value)


def _iso(value: str) -> Cell:
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return value
    return moment.date() if moment.time() == datetime.min.time() else moment.replace(tzinfo=None)


def column_number(letters: str) -> int:
    """A → 0, Z → 25, XFD → 16383; ValueError for anything else."""
    number = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z" or number > 16_384:
            raise ValueError(letters)
        number = number * 26 + ord(letter) - 64
    if number == 0:
        raise ValueError(letters)
    return number - 1


@dataclass(slots=True)
class WorkbookSource:
    """One sheet of an XLSX."""

    path: Path
    sheet: SheetPart
    guess: Guess
    strings: list[str]
    date_styles: frozenset[str]

    def rows(self) -> Generator[Row]:
        """See `Source.rows`; the sheet's XML is read as far as rows are asked for."""
        reader = SheetReader(self.strings, self.date_styles, date1904=self.guess.date1904)
        with broken_means_damaged(), Package(self.path) as package, package.open(self.sheet.part) as stream:
            for _ in parse(stream, reader.markup):
                rows = reader.rows
                if rows:
                    yield from rows
                    rows.clear()


def open_workbook(path: Path) -> list[WorkbookSource]:
    """The visible sheets of an XLSX in their order.

    Raises Unreadable `damaged` (also beyond the limits), `not_a_table` for an archive that is no workbook.
    """
    with broken_means_damaged(), Package(path) as package:
        book = read_book(package)
        styles = read_date_styles(package, book.part("/styles"))
        strings = read_strings(package, book.part("/sharedStrings"))
    names = tuple(sheet.name for sheet in book.sheets)
    guess = Guess(Kind.XLSX, sheets=names, date1904=book.date1904)
    return [WorkbookSource(path, sheet, guess, strings, styles) for sheet in book.sheets]
