"""What becomes of the rows of a list, whatever it brings in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

P = TypeVar("P")
"""What a row that can be taken in says."""
E = TypeVar("E", bound=StrEnum)
"""Why a row is refused."""


@dataclass(slots=True)
class Verdicts(Generic[P, E]):
    """What becomes of a file: new ones, changes of known ones, and refused rows, by the row number that Excel shows.

    A change is the row, the number of whom it is about, and what it says; `same` are rows of known ones that say nothing
    new. Of the rows that are taken in, `shortened` counts those with a text that is longer than can be kept, `unreadable`
    those with a character that could not be read; `left` counts known ones that were to stay as they are.
    """

    rows: int = 0
    new: list[tuple[int, P]] = field(default_factory=list)
    changes: list[tuple[int, int, P]] = field(default_factory=list)
    same: list[tuple[int, int, P]] = field(default_factory=list)
    rejected: list[tuple[int, E]] = field(default_factory=list)
    shortened: int = 0
    unreadable: int = 0
    left: int = 0

    def part(self, differing: Collection[int], begun: Collection[int] = ()) -> None:
        """Tell the known ones that differ from the row about them from those that do not.

        `begun`: those that this import was changing when it was cut off; they count as changed.
        """
        both = self.changes
        self.changes = [change for change in both if change[1] in differing or change[1] in begun]
        self.same = [change for change in both if change[1] not in differing and change[1] not in begun]

    def leave_known(self) -> None:
        """Let all who are known stay as they are."""
        self.left, self.changes = len(self.changes), []

    def reject(self, late: Mapping[int, E]) -> None:
        """Reject rows after all, for which somebody else was quicker while they were written."""
        self.new = [pair for pair in self.new if pair[0] not in late]
        self.changes = [change for change in self.changes if change[0] not in late]
        self.rejected = sorted([*self.rejected, *late.items()])

    @property
    def accepted(self) -> int:
        """How many rows are taken in, new ones and changes together."""
        return len(self.new) + len(self.changes)

    def by_reason(self) -> dict[str, int]:
        """How many rows each reason refuses, in the order of the reasons."""
        counted = Counter(reason for _, reason in self.rejected)
        reasons = type(self.rejected[0][1]) if self.rejected else ()
        return {reason.value: counted[reason] for reason in reasons if counted[reason]}

    def counts(self) -> dict[str, object]:
        """The numbers that a job gives as its result."""
        return {
            "rows": self.rows,
            "accepted": self.accepted,
            "created": len(self.new),
            "updated": len(self.changes),
            "unchanged": len(self.same),
            "rejected": len(self.rejected),
        }

    def summary(self) -> dict[str, Any]:
        """What an import keeps of a check or of its end; changes and rejected rows as pairs by number of the row."""
        return self.counts() | {
            "changes": [[number, known] for number, known, _ in self.changes],
            "shortened": self.shortened,
            "unreadable": self.unreadable,
            "left": self.left,
            "by_reason": self.by_reason(),
            "rejected": [[number, reason.value] for number, reason in self.rejected],
            "refused": None,
        }
