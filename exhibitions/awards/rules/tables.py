"""The tables of a rule set that are written line by line: criteria, medals, rounds."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from msgspec import Struct

from exhibitions.awards.rules.rule_set import canonical
from exhibitions.core.errors import N_, Conflict, NotFound

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


class Spot(NamedTuple):
    """A line as a page showed it: its place then, and its own code, by which it is found again wherever it stands now."""

    place: int
    code: str


def code_of(line: Struct) -> str:
    """A line's own code: of a criterion, a medal or a round."""
    return str(next(getattr(line, name) for name in ("code", "medal", "round") if hasattr(line, name)))


def digest(shown: Any) -> str:
    """What a page says of the line or the lines that it shows, so that nothing newer is taken away by it."""
    return hashlib.sha256(canonical(shown)).hexdigest()[:16]


def find(rows: tuple[Any, ...], spot: Spot) -> int | None:
    """Where the line stands now; None when it is gone. Of two with one code it is the one in its place, if it is one."""
    if 0 <= spot.place < len(rows) and code_of(rows[spot.place]) == spot.code:
        return spot.place
    return next((place for place, row in enumerate(rows) if code_of(row) == spot.code), None)


def put(rows: tuple[Any, ...], spot: Spot | None, line: Struct) -> tuple[Any, ...]:
    """The rows with the line behind them, or in the place of this one. Raises `NotFound` when that one is gone."""
    if spot is None:
        return (*rows, line)
    place = find(rows, spot)
    if place is None:
        raise NotFound("no_line", N_("This line is not there any more."))
    return (*rows[:place], line, *rows[place + 1 :])


def without(rows: tuple[Any, ...], spot: Spot, shown: str) -> tuple[Any, ...]:
    """The rows without this line; they stay as they are when it is gone already.

    Raises `Conflict` when it is not the line of this digest any more: nobody takes away what nobody has seen.
    """
    place = find(rows, spot)
    if place is None:
        return rows
    if digest(rows[place]) != shown:
        raise Conflict(
            "line_changed", N_("This line was changed meanwhile. Look at it before you remove it.")
        )
    return (*rows[:place], *rows[place + 1 :])


def moved(rows: tuple[Any, ...], spot: Spot, step: int) -> tuple[Any, ...]:
    """The rows with this line a place up (-1) or down (1) from where it was shown; at the end, or moved already, it stays."""
    other = spot.place + step
    if find(rows, spot) != spot.place or not 0 <= other < len(rows):
        return rows
    changed = list(rows)
    changed[spot.place], changed[other] = changed[other], changed[spot.place]
    return tuple(changed)
