"""What rooms above the register show of a company on its record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A line of a part of the record: words, where they lead ("" nowhere), and a note behind; all in the reader's language."""

    text: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Part:
    """What a room above shows of a company on its record: a heading and lines, or why there are none."""

    title: str
    lines: list[Line]
    empty: str = ""
