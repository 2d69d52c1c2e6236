"""Jurors' codes drawn anew for the result file, so that marks are not told apart by who gave them (P22).

The office knows which code of its lists is which juror and which entries each was given, and everybody may read a
published file. So a file tells of jurors no more than its result follows from:

* Who recused is left out: he counts neither as zero nor in n (AW-05), and his interest is known by name elsewhere.
* A juror has another code for every entry, the same in all rounds of it, since two marks against an award are two only of
  two jurors. With one code for all of a juror's sheets, the set of their entries would name him to whoever has seen the
  assignment.
* Where the rules level jurors' marks (`normalise`), the result does follow from whose sheets belong together: then each
  juror keeps one drawn code, and so does each order of a ranking round. Who knows the assignment, as the office does, may
  then know a juror by his entries again.

The lot is kept nowhere; the result is the same for any code.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import msgspec

from exhibitions.awards.rules.case import Ballot, ScoreSheet, SheetState
from exhibitions.awards.rules.result_file import ResultFile
from exhibitions.awards.rules.rule_set import Normalising

_CODE = "P{:02}"
T = TypeVar("T")
Shuffled = Callable[[list[int]], list[int]]
"""Gives the numbers 0, 1 … in an order that nobody can foresee."""


def unnamed(file: ResultFile, shuffled: Shuffled) -> ResultFile:
    """The file with codes P01, P02 … in place of the office's, given out in the order that `shuffled` makes."""
    sheets = [sheet for sheet in file.sheets if sheet.state is not SheetState.RECUSED]
    keeps = file.rules.normalise is not Normalising.NONE
    of_sheets = _drawn([sheet.juror if keeps else (sheet.entry, sheet.juror) for sheet in sheets], shuffled)
    of_ballots = _drawn([ballot.juror for ballot in file.ballots], shuffled)
    return msgspec.structs.replace(
        file,
        sheets=tuple(sorted(map(_sheet, sheets, of_sheets), key=lambda each: _place(each, each.entry))),
        ballots=tuple(sorted(map(_ballot, file.ballots, of_ballots), key=_place)),
    )


def _drawn(owners: Sequence[Hashable], shuffled: Shuffled) -> list[str]:
    """A code for each owner, in their order; equal owners have equal ones."""
    known = list(dict.fromkeys(owners))
    codes = dict(zip(known, shuffled(list(range(len(known)))), strict=True))
    return [_CODE.format(codes[owner] + 1) for owner in owners]


def _sheet(sheet: ScoreSheet, code: str) -> ScoreSheet:
    return msgspec.structs.replace(sheet, juror=code)


def _ballot(ballot: Ballot, code: str) -> Ballot:
    return msgspec.structs.replace(ballot, juror=code)


def _place(each: ScoreSheet | Ballot, entry: str = "") -> tuple[str, str, str]:
    return entry, each.round or "", each.juror
