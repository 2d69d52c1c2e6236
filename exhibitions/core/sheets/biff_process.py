"""Reads one real .xls in a process of its own and prints its rows as lines of JSON.

The binary format is read by a library that believes the sizes written in the file; a hostile file can make
it ask for all memory or stop it at once. Here that costs a small process with limits and not the server.
It imports nothing of the product, so that it starts quickly and from anywhere.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MEMORY = 384 * 1024 * 1024
CPU_SECONDS = 30


def limit() -> None:
    """Bound memory and processor time where the system can (not on Windows)."""
    try:
        import resource  # noqa: PLC0415  Exists on POSIX only.
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def packed(value: object) -> object:
    """A cell as JSON: dates and times as a pair of kind and ISO text."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return ["datetime", value.isoformat()]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, time):
        return ["time", value.isoformat()]
    if isinstance(value, timedelta):
        return value.total_seconds() / 86_400
    return value


def dump(sheet: CalamineSheet) -> None:
    """Print the rows with their numbers as Excel shows them.

    The library starts its rows at row 1 and its columns at the first one in use.
    """
    pad: list[Any] = [""] * (sheet.start or (0, 0))[1]
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if any(cell != "" for cell in row):
            cells = pad + [packed(cell) for cell in row]
            sys.stdout.write(json.dumps([number, cells]) + "\n")


def main(path: str, wanted: str | None) -> None:
    """Print the names of the visible sheets, then each sheet's (or the wanted one's) name and rows."""
    limit()
    book = CalamineWorkbook.from_path(path)
    names = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]
    sys.stdout.write(json.dumps({"sheets": names}) + "\n")
    for name in [wanted] if wanted in names else names:
        sys.stdout.write(json.dumps({"sheet": name}) + "\n")
        dump(book.get_sheet_by_name(name))
    sys.stdout.write(json.dumps({"end": True}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
