"""The result of one entry, with what is remarkable about it and how it came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from exhibitions.core.shares import rounded

_SHOWN_PLACES = 4


class Flag(StrEnum):
    """What is remarkable about an entry's result. The words are part of the result file."""

    INSUFFICIENT = "INSUFFICIENT"
    REJUDGE = "REJUDGE"
    FLAT_JUROR = "FLAT_JUROR"
    SINGLE_JUROR = "SINGLE_JUROR"
    REWEIGHTED = "REWEIGHTED"
    INCOMPLETE_SHEET = "INCOMPLETE_SHEET"
    ELIMINATED = "ELIMINATED"
    SECOND_JUDGING = "SECOND_JUDGING"
    CAP = "CAP"
    OPEN_TIE = "OPEN_TIE"
    OVERRIDE = "OVERRIDE"
    NOT_ADVANCED = "NOT_ADVANCED"
    DISQUALIFIED = "DISQUALIFIED"
    WITHDRAWN = "WITHDRAWN"
    NOT_PRESENTED = "NOT_PRESENTED"


class Step(NamedTuple):
    """One sentence of "why this medal?": an English message id and what fills its places."""

    message: str
    params: Mapping[str, object] = {}


@dataclass(slots=True)
class Line:
    """The result of one entry.

    `value` is exact, `score` is what was compared, `raw` is the plain mean of its sheets. `n` counts the jurors with a
    submitted sheet or an order; `range` is the largest less the smallest score. `rank`, `score` and `medal` are None
    where there is none. `asked` says whether any juror wants no award for it. `deviation` is the population's, over its sheets. `tie` are all entries with the same score, where there are several.
    """

    entry: str
    category: str
    raw: Fraction | None = None
    value: Fraction | None = None
    score: Fraction | None = None
    n: int = 0
    range: Fraction | None = None
    deviation: Fraction | None = None
    rank: int | None = None
    tie: tuple[str, ...] = ()
    medal: str | None = None
    asked: bool = False
    flags: list[Flag] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def flag(self, flag: Flag, message: str = "", **params: object) -> None:
        """Mark it once, and say why."""
        if flag not in self.flags:
            self.flags.append(flag)
        if message:
            self.say(message, **params)

    def say(self, message: str, **params: object) -> None:
        """Add a step."""
        self.steps.append(Step(message, params))


def shown(value: Fraction) -> str:
    """A figure inside a sentence: at most four places, without idle zeros."""
    return f"{rounded(value, _SHOWN_PLACES).normalize():f}"
