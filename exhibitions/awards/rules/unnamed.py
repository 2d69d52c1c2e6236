"""Jurors' codes drawn anew for the result file, so that nobody can tell afterwards whose mark is whose (P22).

The office knows which code of its lists is which juror, and everybody may read a published file: with the same codes in
both, the author of every mark would be public. The lot is kept nowhere; equal for any code, the result stays the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from exhibitions.awards.rules.result_file import ResultFile

_CODE = "P{:02}"
T = TypeVar("T")


def unnamed(file: ResultFile, shuffled: Callable[[list[str]], list[str]]) -> ResultFile:
    """The file with codes P01, P02 … in place of the office's, given out in the order that `shuffled` makes."""
    codes = sorted({sheet.juror for sheet in file.sheets} | {ballot.juror for ballot in file.ballots})
    new = {code: _CODE.format(place) for place, code in enumerate(shuffled(codes), 1)}
    return msgspec.structs.replace(
        file,
        sheets=tuple(
            sorted(
                (msgspec.structs.replace(each, juror=new[each.juror]) for each in file.sheets),
                key=lambda each: (each.entry, each.round or "", each.juror),
            )
        ),
        ballots=tuple(
            sorted(
                (msgspec.structs.replace(each, juror=new[each.juror]) for each in file.ballots),
                key=lambda each: (each.round or "", each.juror),
            )
        ),
    )
