"""A page of a list: its rows, and where it stands among the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Each = TypeVar("Each")


@dataclass(frozen=True, slots=True)
class Part(Generic[Each]):
    """A part of a list: the rows, their number in all, and where this page stands."""

    rows: Sequence[Each]
    total: int
    page: int
    last: int


def part(total: int, page: int, size: int, load: Callable[[int], Sequence[Each]]) -> Part[Each]:
    """The page with this number, or the nearest that there is; `load` gives its rows from so many rows on."""
    last = max(1, -(-total // size))
    page = min(max(page, 1), last)
    return Part(load((page - 1) * size), total, page, last)
