"""The tables of a rule set that are written line by line: criteria, medals, rounds."""

from __future__ import annotations

from typing import Any, NamedTuple

from msgspec import Struct

from exhibitions.core.errors import N_, NotFound

TABLES = ("criteria", "levels", "rounds")
OWN = ("criteria", "levels")
"""What a category can have of its own."""

AT_FIELD: dict[str, frozenset[str]] = {
    "criteria": frozenset({"criteria", "criterion_twice", "weight", "scale", "step"}),
    "levels": frozenset({"levels", "medal_twice", "medal_without_rule", "levels_of_season"}),
    "rounds": frozenset({"advance"}),
}
"""Problems that one line can mend by itself: they are refused when it is saved. The others, such as a sum of weights, can
be mended by several lines and are told until the rules are frozen.
"""


class Where(NamedTuple):
    """Which table: of the rules, or of a category."""

    table: str
    category_id: int | None = None


def put(rows: tuple[Any, ...], place: int | None, line: Struct) -> tuple[Any, ...]:
    """The rows with the line behind them, or in the place of another."""
    if place is None:
        return (*rows, line)
    _check(rows, place)
    return (*rows[:place], line, *rows[place + 1 :])


def moved(rows: tuple[Any, ...], place: int, step: int) -> tuple[Any, ...]:
    """The rows with this one a place up (-1) or down (1); at the end it stays."""
    _check(rows, place)
    other = place + step
    if not 0 <= other < len(rows):
        return rows
    changed = list(rows)
    changed[place], changed[other] = changed[other], changed[place]
    return tuple(changed)


def _check(rows: tuple[Any, ...], place: int) -> None:
    if not 0 <= place < len(rows):
        raise NotFound("no_line", N_("This line is not there any more."))
