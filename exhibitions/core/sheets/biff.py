"""Real .xls files, read by `biff_process.py` in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from exhibitions.core.sheets.ole import counts_from_1904
from exhibitions.core.sheets.table import Cell, Guess, Kind, Row, Unreadable, is_blank

PROCESS = Path(__file__).with_name("biff_process.py")
READERS: dict[str, Callable[[str], date | datetime | time]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
}


@dataclass(slots=True)
class BiffSource:
    """One sheet of an .xls."""

    path: Path
    sheet: str
    guess: Guess

    def rows(self) -> Generator[Row]:
        """See `Source.rows`."""
        with closing(_lines(self.path, self.sheet)) as lines:
            for line in lines:
                if isinstance(line, list):
                    cells = [_cell(value) for value in line[1]]
                    while cells and cells[-1] == "":
                        cells.pop()
                    if not is_blank(cells):
                        yield Row(line[0], cells)


def open_biff(path: Path) -> list[BiffSource]:
    """The visible sheets of an .xls in their order; raises Unreadable `damaged`."""
    with closing(_lines(path, None)) as lines:
        names = tuple(next(lines)["sheets"])
    guess = Guess(Kind.XLS, sheets=names, date1904=counts_from_1904(path.read_bytes()))
    return [BiffSource(path, name, guess) for name in names]


def _lines(path: Path, sheet: str | None) -> Generator[Any]:
    """What the process prints, line by line; it is stopped when the caller has read enough."""
    command = [sys.executable, "-I", str(PROCESS), str(path), *([sheet] if sheet is not None else [])]
    ended = False
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            for text in process.stdout or ():
                line = json.loads(text)
                ended = isinstance(line, dict) and "end" in line
                yield line
            if not ended:
                raise Unreadable("damaged")
        except ValueError as error:
            raise Unreadable("damaged") from error
        finally:
            process.kill()


def _cell(value: str | float | list[str] | None) -> Cell:
    if isinstance(value, list):
        return READERS[value[0]](value[1])
    return "" if value is None else value
