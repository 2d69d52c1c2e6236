"""Tables out: CSV that Excel opens and XLSX, neither of which can run anything."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import BinaryIO

import xlsxwriter

Value = str | int | float | Decimal | date | datetime | time | None

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL = 32_767
BATCH = 500


def safe_text(value: str) -> str:
    """Text that no spreadsheet takes for a formula: a leading = + - @ tab or CR gets an apostrophe before it."""
    return f"'{value}" if value.startswith(DANGEROUS) else value


def csv_chunks(rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """The rows as CSV in UTF-8 with a byte order mark and CRLF, in pieces of about 500 rows."""
    buffer = StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    yield b"\xef\xbb\xbf"
    for place, row in enumerate(rows, start=1):
        writer.writerow([_plain(value) for value in row])
        if place % BATCH == 0:
            yield _drained(buffer)
    yield _drained(buffer)


def _drained(buffer: StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return data


def _plain(value: Value) -> str:
    """Numbers and days are ours and stay as they are; only text can be hostile."""
    if value is None:
        return ""
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return str(value)


def write_xlsx(
    path: Path | BinaryIO, title: str, rows: Iterable[Sequence[Value]], widths: Sequence[int] = ()
) -> None:
    """Write one sheet to a path or an open file in constant memory; texts stay texts, so 0012 keeps its zeros.

    `widths` are column widths in characters. A text beyond Excel's 32,767 characters is cut there.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(str(path) if isinstance(path, Path) else path, options) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, bool | int | float | Decimal):
                    sheet.write_number(number, column, value)
                elif isinstance(value, date) and not isinstance(value, datetime):
                    sheet.write_datetime(number, column, value, day)
                elif value is not None and value != "":
                    sheet.write_string(number, column, _plain(value)[:LONGEST_CELL])


def _sheet_name(title: str) -> str:
    """Excel allows 31 characters and none of []:*?/\\ nor an apostrophe at either end."""
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in title)[:31].strip("' ") or "Sheet1"
