"""A worker of the whole product that waits once at a known place: `python -m tests.full_worker URL FOLDER PLACE [options]`.

It writes FOLDER/reached there and goes on when FOLDER/go exists. A worker that finds FOLDER/reached waits for nothing.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from exhibitions.app import create_app
from exhibitions.badges.service import printing
from exhibitions.jobs.commands import jobs
from exhibitions.portal.service import retention
from exhibitions.visitors.views import words
from tests.conftest import settings_for

PART = 4


def main() -> None:
    url, folder, place, *options = sys.argv[1:]
    app = create_app(settings_for(url, Path(folder)))
    PLACES[place](lambda: wait_once(Path(folder)))
    with app.app_context():
        jobs.main(["work", "--lease", "2", *options])


def wait_once(folder: Path) -> None:
    """Say that the place is reached, and stay there."""
    try:
        (folder / "reached").touch(exist_ok=False)
    except FileExistsError:
        return
    while not (folder / "go").exists():
        time.sleep(0.05)


def while_printing(wait: Callable[[], None]) -> None:
    """Behind the first parts, which are kept: the next ones are drawn and on the disk, and no row names them."""
    printing.PART = PART
    printing.next_part.__defaults__ = (PART, 0)
    os.cpu_count = lambda: 2
    real = printing.draw_parts

    def draw_parts(parts: list[printing.Part], *more: Any) -> Any:
        drawn = real(parts, *more)
        if parts[0].start:
            wait()
        return drawn

    printing.draw_parts = draw_parts  # type: ignore[assignment]


def while_exporting(wait: Callable[[], None]) -> None:
    """In the middle of an XLSX."""
    real = words.sheet

    def sheet(*facts: Any) -> Iterator[Any]:
        for number, row in enumerate(real(*facts)):
            if number == 2:
                wait()
            yield row

    words.sheet = sheet  # type: ignore[assignment]


def while_ending(wait: Callable[[], None]) -> None:
    """In the middle of the transaction that ends what was kept long enough."""
    real = retention._end_in

    def end_in(run: Any, expo: Any, expire: Callable[[Any], int]) -> int:
        def slowly(expo: Any) -> int:
            count = expire(expo)
            if count:
                wait()
            return count

        return real(run, expo, slowly)

    retention._end_in = end_in


PLACES = {"printing": while_printing, "exporting": while_exporting, "ending": while_ending}

if __name__ == "__main__":
    main()
