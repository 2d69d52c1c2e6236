"""How the file of an import is read: by guesses, by what a person has corrected, or as one with the same heading was."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from exhibitions.core.sheets.table import MAX_COLUMNS, Choice, Table

_CHOSEN = ("encoding", "separator", "sheet", "heading_row")
C = TypeVar("C", bound=StrEnum)
"""What a column of the room's lists can hold."""


@dataclass(frozen=True, slots=True)
class Opened(Generic[C]):
    """The file of an import as it is read now: the table, and where its columns stand."""

    table: Table
    columns: Mapping[C, int]

    @property
    def width(self) -> int:
        """How many cells a row may have; without headings no row can be longer than they are."""
        return len(self.table.heading) or MAX_COLUMNS + 1

    @property
    def choice(self) -> Choice:
        """The guesses and corrections that hold now."""
        guess = self.table.guess
        return Choice(guess.encoding, guess.separator, guess.sheet, guess.heading_row)


def choice_of(reading: Mapping[str, Any]) -> Choice:
    """The corrections of a person, as an import keeps them, as the reader takes them."""
    return Choice(**{name: reading.get(name) for name in _CHOSEN})


def kept(choice: Choice) -> dict[str, Any]:
    """The corrections as an import keeps them."""
    return {name: getattr(choice, name) for name in _CHOSEN}


def kept_columns(
    columns: Mapping[C, int], heading: Sequence[str], key: Callable[[str], str]
) -> dict[str, Any]:
    """Columns that were set by hand as an import keeps them, with the mark of the heading that they belong to.

    `key` makes two spellings of a column name one.
    """
    places: dict[str, Any] = {"columns": {column.value: place for column, place in columns.items()}}
    return places | ({"heading": _mark(heading, key)} if heading else {})


def columns_by_hand(
    kind: type[C],
    reading: Mapping[str, Any],
    heading: Sequence[str],
    key: Callable[[str], str],
    earlier: Callable[[], Iterable[Mapping[str, Any]]],
) -> dict[C, int] | None:
    """Where the columns stand as somebody set them for this file, or else for an earlier one with the same heading.

    `earlier` gives how earlier files were read, the newest first. None when nobody has set any.
    """
    own = reading.get("columns")
    if own is None:
        mark = _mark(heading, key)
        alike = (each.get("columns") for each in earlier() if each.get("heading") == mark)
        own = next((columns for columns in alike if isinstance(columns, dict)), None)
    if own is None:
        return None
    return {kind(name): place for name, place in own.items() if place < len(heading) or not heading}


def _mark(heading: Sequence[str], key: Callable[[str], str]) -> str:
    # Its words are not kept, since a wrongly chosen row of people or companies would stay.
    return hashlib.sha256("\n".join(map(key, heading)).encode("utf-8", "replace")).hexdigest()
