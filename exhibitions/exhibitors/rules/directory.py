"""The entry in the show directory: its states, its limits, and when it is frozen (ux.md E6)."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from datetime import date

from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.graphemes import is_seen, seen_length

LONGEST_TEXT = 300
"""Characters of the description, in each language."""
LONGEST_NAME = 100
MOST_PRODUCTS = 10
LONGEST_PRODUCT = 60


class EntryState(enum.StrEnum):
    """How far an entry is: being written, sent for print, printed, or printed with a change asked for."""

    DRAFT = "draft"
    SENT = "sent"
    PRINTED = "printed"
    CHANGE_ASKED = "change_asked"


_MOVES = {
    EntryState.DRAFT: {EntryState.SENT, EntryState.PRINTED},
    EntryState.SENT: {EntryState.DRAFT, EntryState.PRINTED},
    EntryState.PRINTED: {EntryState.CHANGE_ASKED},
    EntryState.CHANGE_ASKED: {EntryState.PRINTED},
}


def check_move(state: EntryState, to: EntryState) -> None:
    """Raise `Conflict` where an entry cannot go from one state to the other; to its own it always can."""
    if to is not state and to not in _MOVES[state]:
        raise Conflict(
            "entry_state", N_("This entry has been sent or printed meanwhile. Load the page again")
        )


def frozen(state: EntryState, today: date, prints_on: date | None) -> bool:
    """Whether a change is only a request: printed already, or the print date is over. On the day itself it is not."""
    if state in (EntryState.PRINTED, EntryState.CHANGE_ASKED):
        return True
    return prints_on is not None and today > prints_on


def too_long(texts: Mapping[str, str], limits: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Which fields are over their limit: how long they are and how long they may be, in characters people see."""
    lengths = {field: seen_length(texts.get(field, "")) for field in limits}
    return {field: (length, limits[field]) for field, length in lengths.items() if length > limits[field]}


def gaps(names: Sequence[str], descriptions: Sequence[str]) -> list[str]:
    """What keeps an entry from being sent: no name, no description, in any language. `name`, `description`."""
    missing = []
    if not any(map(is_seen, names)):
        missing.append("name")
    if not any(map(is_seen, descriptions)):
        missing.append("description")
    return missing


def check_products(count: int) -> None:
    """Raise `Refused` for an eleventh product."""
    if count > MOST_PRODUCTS:
        raise Refused("products_many", N_("An entry has at most %(most)s products"), most=MOST_PRODUCTS)


def letter(sort_name: str) -> str:
    """Under which letter a name stands in the list: A to Z by its first letter or pinyin, else #."""
    first = sort_name[:1].upper()
    return first if "A" <= first <= "Z" else "#"


def listed(sort_name: str, chosen: str, most: int) -> tuple[str, str]:
    """By what a name is sorted, at most `most` letters of it, and its letter in the list.

    `chosen` is the letter that the company asked for when it applied, "" for none: there it stands first.
    """
    own = letter(sort_name)
    wanted = letter(chosen) if chosen else own
    return (sort_name if wanted == own else f"{chosen.lower()} {sort_name}"[:most]), wanted
