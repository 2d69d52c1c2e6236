"""What becomes of each row of a list: a new company, a known one, or refused because of another row (IR7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from exhibitions.companies.rules import importing
from exhibitions.companies.rules.doubles import name_key
from exhibitions.companies.rules.importing import Layout, Reason, judge
from exhibitions.core.sheets.table import Row as Line

TELL_EVERY = 500
Change = tuple[int, int, importing.Row]
"""A row about a known company: Excel's number of the row, the company, what the row says."""


@dataclass(slots=True)
class Known:
    """What is spoken for: numbers and credit codes by which company, names as they are compared by which credit code.

    A row of the file itself that has no company yet stands as 0, a company without a code has "".
    """

    numbers: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def enter(self, row: importing.Row, company: int) -> None:
        """A company has this code and these names."""
        if row.credit_code:
            self.codes[row.credit_code] = company
        for key in _keys(row):
            self.names.setdefault(key, row.credit_code or "")

    def has_name(self, row: importing.Row) -> bool:
        """Whether somebody has a name of the row; two companies of one name are told apart by their credit codes."""
        codes = [self.names[key] for key in _keys(row) if key in self.names]
        return any(not code or not row.credit_code or code == row.credit_code for code in codes)


def _keys(row: importing.Row) -> list[str]:
    return [key for key in (name_key(row.name_zh), name_key(row.name_en)) if key]


@dataclass(slots=True)
class Verdicts:
    """What becomes of a file: new companies, changes of known ones, and refused rows, by the row number of Excel.

    `same` are rows of known companies that say nothing new. Of the rows that are taken in, `shortened` counts those with
    a text that is cut, `unreadable` those with a character that could not be read; `left` known ones that were to stay.
    """

    rows: int = 0
    new: list[tuple[int, importing.Row]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    same: list[Change] = field(default_factory=list)
    rejected: list[tuple[int, Reason]] = field(default_factory=list)
    shortened: int = 0
    unreadable: int = 0
    left: int = 0

    def part(self, differing: Collection[int], begun: Collection[int] = ()) -> None:
        """Tell the known companies that differ from the row about them from those that do not.

        `begun`: companies that this import was changing when it was cut off; they count as changed.
        """
        both = self.changes
        self.changes = [change for change in both if change[1] in differing or change[1] in begun]
        self.same = [change for change in both if change[1] not in differing and change[1] not in begun]

    def leave_known(self) -> None:
        """Let every known company stay as it is."""
        self.left, self.changes = len(self.changes), []

    @property
    def accepted(self) -> int:
        """How many rows are taken in, new companies and changes together."""
        return len(self.new) + len(self.changes)

    def by_reason(self) -> dict[str, int]:
        """How many rows each reason refuses, in the order of the reasons."""
        counted = Counter(reason for _, reason in self.rejected)
        return {reason.value: counted[reason] for reason in Reason if counted[reason]}


def judge_rows(
    rows: Iterable[Line], layout: Layout, known: Known, tell: Callable[[int], None] = lambda rows: None
) -> Verdicts:
    """Judge a whole file, row by row in its order. `tell` is given the number of rows every 500 rows.

    A company is known by its number or its credit code. Changes `known`. Lets pass what `rows` raises when the file
    breaks on the way.
    """
    verdicts = Verdicts()
    seen: set[int] = set()
    for line in rows:
        verdict = judge(line.cells, layout)
        if verdict is None:
            continue
        verdicts.rows += 1
        if verdicts.rows % TELL_EVERY == 0:
            tell(verdicts.rows)
        if isinstance(verdict, importing.Row):
            verdict = _admit(line.number, verdict, known, verdicts, seen)
        if verdict is not None:
            verdicts.rejected.append((line.number, verdict))
    return verdicts


def _admit(
    number: int, row: importing.Row, known: Known, verdicts: Verdicts, seen: set[int]
) -> Reason | None:
    own = known.numbers.get(row.number) if row.number else None
    if row.number and own is None:
        return Reason.NUMBER_UNKNOWN
    by_code = known.codes.get(row.credit_code or "")
    if own is None:
        own = by_code
    # The first row about a company wins, as everywhere (IR7).
    if own == 0 or own in seen:
        return Reason.DUPLICATE_NUMBER if row.number else Reason.DUPLICATE_CODE
    if by_code is not None and by_code != own:
        return Reason.DUPLICATE_CODE
    if own is None and known.has_name(row):
        return Reason.DUPLICATE_NAME
    verdicts.shortened += row.shortened
    verdicts.unreadable += row.unreadable
    known.enter(row, own or 0)
    if own is None:
        verdicts.new.append((number, row))
    else:
        seen.add(own)
        verdicts.changes.append((number, own, row))
    return None
