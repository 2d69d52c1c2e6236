"""What becomes of each row of a list: a new company, a known one, or refused because of another row (IR7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from exhibitions.companies.rules import importing
from exhibitions.companies.rules.doubles import name_key
from exhibitions.companies.rules.importing import Layout, Reason, judge
from exhibitions.core.imports import verdicts
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


class Verdicts(verdicts.Verdicts[importing.Row, Reason]):
    """What becomes of a list of companies."""


def judge_rows(
    rows: Iterable[Line], layout: Layout, known: Known, tell: Callable[[int], None] = lambda rows: None
) -> Verdicts:
    """Judge a whole file, row by row in its order. `tell` is given the number of rows every 500 rows.

    A company is known by its number or its credit code. Changes `known`. Lets pass what `rows` raises when the file
    breaks on the way.
    """
    found = Verdicts()
    seen: set[int] = set()
    for line in rows:
        verdict = judge(line.cells, layout)
        if verdict is None:
            continue
        found.rows += 1
        if found.rows % TELL_EVERY == 0:
            tell(found.rows)
        if isinstance(verdict, importing.Row):
            verdict = _admit(line.number, verdict, known, found, seen)
        if verdict is not None:
            found.rejected.append((line.number, verdict))
    return found


def _admit(number: int, row: importing.Row, known: Known, found: Verdicts, seen: set[int]) -> Reason | None:
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
    found.shortened += row.shortened
    found.unreadable += row.unreadable
    known.enter(row, own or 0)
    if own is None:
        found.new.append((number, row))
    else:
        seen.add(own)
        found.changes.append((number, own, row))
    return None
