"""Whether another name is the same one spelled right, or somebody else's."""

from __future__ import annotations

_LETTERS_A_MISTAKE = 3


def is_spelling(before: str, after: str) -> bool:
    """Whether one letter in three at most is another, case, blanks and the order of words left alone."""
    one, other = _plain(before), _plain(after)
    return one == other or _edits(one, other) <= max(1, max(len(one), len(other)) // _LETTERS_A_MISTAKE)


def _plain(name: str) -> str:
    return "".join(sorted(name.casefold().split())) if name.isascii() else "".join(name.casefold().split())


def _edits(one: str, other: str) -> int:
    """How many letters must be added, taken away or changed to make one of the other."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        before, row = row, [number]
        for place, another in enumerate(other, 1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != another)))
    return row[-1]
