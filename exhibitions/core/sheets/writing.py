"""Tables out: CSV that Excel opens and XLSX, neither of which can run anything."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter

from exhibitions.core.sheets.xlsx_rows import DANGEROUS, Value, plain_text, rows_as_xml, safe_text

__all__ = ["DANGEROUS", "XLSX", "Value", "csv_chunks", "safe_text", "write_xlsx"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BATCH = 500
_SHEET = "xl/worksheets/sheet1.xml"
# Our lists shrink to a tenth with the least of trouble; the most of it takes three times as long for a quarter less.
_COMPRESSION = 2
_LEADS = frozenset(DANGEROUS)


def csv_chunks(rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """The rows as CSV in UTF-8 with a byte order mark and CRLF, in pieces of about 500 rows."""
    buffer = StringIO(newline="")
    write = csv.writer(buffer, lineterminator="\r\n").writerow
    yield b"\xef\xbb\xbf"
    for place, row in enumerate(rows, start=1):
        # Nearly every value is a harmless text, and the writer itself leaves None empty.
        write(
            [
                value
                if value is None or (value.__class__ is str and value[:1] not in _LEADS)
                else plain_text(value)
                for value in row
            ]
        )
        if place % BATCH == 0:
            yield _drained(buffer)
    yield _drained(buffer)


def _drained(buffer: StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return data


def write_xlsx(
    path: Path | BinaryIO, title: str, rows: Iterable[Sequence[Value]], widths: Sequence[int] = ()
) -> None:
    """Write one sheet to a path or an open file in constant memory; texts stay texts, so 0012 keeps its zeros.

    `widths` are column widths in characters. A text beyond Excel's 32,767 characters is cut there.
    """
    with (
        ZipFile(path, "w", ZIP_DEFLATED, compresslevel=_COMPRESSION) as book,
        ZipFile(_book_of_one_day(title, widths)) as empty,
    ):
        for part in empty.infolist():
            content = empty.read(part)
            if part.filename != _SHEET:
                book.writestr(part, content, ZIP_DEFLATED, _COMPRESSION)
                continue
            # What the library wrote around its one cell stays; how large the sheet is nobody knows yet, and need not say.
            before, day, behind = re.split(rb"<sheetData>(.*)</sheetData>", content)
            style = re.search(rb' s="(\d+)"', day)
            with book.open(part.filename, "w") as sheet:
                sheet.write(re.sub(rb"<dimension[^>]*/>", b"", before) + b"<sheetData>")
                for chunk in rows_as_xml(rows, int(style[1]) if style else 0):
                    sheet.write(chunk)
                sheet.write(b"</sheetData>" + behind)


def _book_of_one_day(title: str, widths: Sequence[int]) -> BytesIO:
    """A workbook whose one sheet has one cell, with a day in it: all but the rows of what is to be written."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.write_datetime(0, 0, date(2000, 1, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    out.seek(0)
    return out


def _sheet_name(title: str) -> str:
    """Excel allows 31 characters and none of []:*?/\\ nor an apostrophe at either end."""
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in title)[:31].strip("' ") or "Sheet1"
