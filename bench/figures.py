"""One measured figure and the table that all of them stand in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_HEAD = ("what", "engine", "measured", "unit", "limit", "of limit", "goal", "")


@dataclass(frozen=True)
class Figure:
    """`limit` is what the machine or the engine gives at best, `goal` what is promised (less is better if `least`).

    Both may be unknown. `note` says in a few words how it was measured, or why a goal is missed.
    """

    what: str
    engine: str
    value: float
    unit: str
    limit: float | None = None
    goal: float | None = None
    least: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.least else self.value >= self.goal

    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        ratio = f"{self.value / self.limit:.2f}" if self.limit else ""
        verdict = {True: "met", False: "MISSED", None: ""}[self.met]
        limit, goal = (_number(value) if value is not None else "" for value in (self.limit, self.goal))
        sign = ("≤ " if self.least else "≥ ") if goal else ""
        end = " ".join(part for part in (verdict, self.note) if part)
        return (self.what, self.engine, _number(self.value), self.unit, limit, ratio, sign + goal, end)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(figures: Iterable[Figure]) -> str:
    """All figures in columns of equal width."""
    rows = [_HEAD, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
