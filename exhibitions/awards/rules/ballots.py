"""Orders that jurors gave become one figure an entry: Borda's count (awards.md §3.4 step 13)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exhibitions.awards.rules.averages import mean
from exhibitions.awards.rules.rule_set import Ballots, RuleSet

Order = Sequence[Sequence[str]]
"""One ballot: groups of entries from the best to the last; entries of one group are equal."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What ballots made of an entry: its figure, from how many ballots, and by which count."""

    value: Fraction
    n: int
    by: Ballots


def count(
    rules: RuleSet, entries: Collection[str], ballots: Iterable[Order], *, across: bool = False
) -> dict[str, Counted]:
    """The figure of every entry that a ballot names.

    A ballot of n entries gives n − rank points, equal ones the average of their ranks. With points of the rules' own
    (`ballot_points`, the first place first) a place gives those. Somebody recused leaves entries out of a ballot; then
    `auto` counts by shares, (n − rank) / (n − 1), averaged over the ballots that name the entry; and so it does where
    figures are compared `across` pools of other sizes. A ballot of a single
    entry compares nothing and has no share.
    """
    listed = list(ballots)
    by = rules.ballots
    if by is Ballots.AUTO:
        whole = all(set(entries) == {entry for group in order for entry in group} for order in listed)
        by = Ballots.POINTS if (whole and not across) or rules.ballot_points else Ballots.SHARE
    given: dict[str, list[Fraction]] = defaultdict(list)
    for order in listed:
        for entry, worth in _worths(rules, order, by):
            given[entry].append(worth)
    return {
        entry: Counted(mean(found) if by is Ballots.SHARE else sum(found, Fraction(0)), len(found), by)
        for entry, found in given.items()
    }


def _worths(rules: RuleSet, order: Order, by: Ballots) -> Iterator[tuple[str, Fraction]]:
    n = sum(len(group) for group in order)
    first = 1
    for group in order:
        places = range(first, first + len(group))
        first += len(group)
        if by is Ballots.SHARE and n == 1:
            continue
        worth = mean([_points(rules, place, n) for place in places])
        for entry in group:
            yield entry, worth / (n - 1) if by is Ballots.SHARE else worth


def _points(rules: RuleSet, place: int, n: int) -> Fraction:
    if rules.ballot_points:
        return Fraction(rules.ballot_points[place - 1]) if place <= len(rules.ballot_points) else Fraction(0)
    return Fraction(n - place)
