"""The jobs of an import as far as they are alike: judged row by row, written by the portion, taken back by the portion.

What is done is kept when a worker falls: each portion has a transaction of its own and notes how far it came (F12).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from exhibitions.core.db import db
from exhibitions.core.errors import N_
from exhibitions.core.sheets.table import Unreadable

READING = N_("Reading and checking the rows")
UNDOING = N_("Taking the import back")
CHECKED = {"rows": N_("Rows"), "accepted": N_("Can be imported"), "rejected": N_("Rejected")}
"""What a check counts, in words."""
IMPORTED = {
    "rows": N_("Rows"),
    "created": N_("New"),
    "updated": N_("Changed"),
    "unchanged": N_("Unchanged"),
    "rejected": N_("Rejected"),
}
"""What an import counts, in words."""
T = TypeVar("T")
R = TypeVar("R")


class Run(Protocol):
    """What is asked of a running job: it says how far it is and opens its transactions (`jobs.rules.JobRun`)."""

    def step(self, name: str) -> None:
        """Begin a step."""

    def progress(self, done: int, total: int) -> None:
        """Say that `done` of `total` things are done."""

    def transaction(self) -> AbstractContextManager[Any]:
        """A transaction that commits only while this worker still has the job."""


def judging(run: Run, judge: Callable[[Callable[[int], None]], T], refuse: Callable[[Unreadable], None]) -> T:
    """What `judge` finds, which is given a way to tell how many rows it has read.

    A file that is refused as a whole says so on its page, by `refuse`, as well as on the job's.
    """
    run.step(READING)
    try:
        return judge(lambda rows: run.progress(rows, 0))
    except Unreadable as refusal:
        with run.transaction():
            refuse(refusal)
        raise


def writing(run: Run, items: Sequence[T], size: int, write: Callable[[Sequence[T]], Iterable[R]]) -> list[R]:
    """Give `write` all items, `size` at a time, each time in a transaction of its own; gives what it gave together."""
    found: list[R] = []
    for start in range(0, len(items), size):
        portion = items[start : start + size]
        with run.transaction():
            found += write(portion)
        run.progress(start + len(portion), len(items))
    return found


def undoing(run: Run, total: int, size: int, undo: Callable[[int], int | None]) -> None:
    """Take back `total` rows, about `size` at a time, each time in a transaction of its own.

    `undo` is given behind which number it goes on, and gives the last one it took back, or None when there was none left.
    It loads the import itself: between two portions nothing stays loaded.
    """
    run.step(UNDOING)
    behind, done = 0, 0
    while True:
        with run.transaction():
            last = undo(behind)
        if last is None:
            return
        behind, done = last, min(done + size, total)
        run.progress(done, total)
        db.session.expunge_all()
