"""Ranks on the compared scores, and the chain that orders equal ones (awards.md §3.4 steps 11 and 12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from exhibitions.awards.rules.averages import mean, median
from exhibitions.awards.rules.rule_set import RuleSet, TieStep
from exhibitions.awards.rules.sheets import Sheet


@dataclass(frozen=True, slots=True)
class Vote:
    """A casting vote of the president: entries from the best to the last, with the reason."""

    order: tuple[str, ...]
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Settled:
    """Equal scores in their order: groups that no step could part further, and by which steps each entry was parted.

    A group of several is what still shares its rank.
    """

    groups: tuple[tuple[str, ...], ...]
    steps: Mapping[str, Sequence[TieStep]]


def groups_of(scores: Mapping[str, Fraction]) -> list[tuple[str, ...]]:
    """Entries with equal scores together, the best first; inside a group by the entry's number."""
    ordered = sorted(scores, key=lambda entry: (-scores[entry], entry))
    return [tuple(group) for _, group in groupby(ordered, key=lambda entry: scores[entry])]


def ranks(groups: Iterable[Sequence[str]]) -> dict[str, int]:
    """Standard competition ranking: 1, 2, 2, 4."""
    found: dict[str, int] = {}
    for group in groups:
        found |= dict.fromkeys(group, len(found) + 1)
    return found


def settle(
    rules: RuleSet, group: Sequence[str], sheets: Mapping[str, Sequence[Sheet]], votes: Mapping[str, Vote]
) -> Settled:
    """Order one group of equal scores by the chain of the rules, step by step until nothing is tied or no step is left.

    A step over marks takes all counted sheets of an entry, also those that a trim or a distance left out. The casting
    vote of an entry (`votes`) speaks where it names every one that is still tied.
    """
    groups: list[tuple[str, ...]] = [tuple(group)]
    placed: dict[str, list[TieStep]] = {entry: [] for entry in group}
    for step in rules.tie_chain:
        parted: list[tuple[str, ...]] = []
        for tied in groups:
            parts = _part(rules, step, tied, sheets, votes) if len(tied) > 1 else [tied]
            for entry in tied if len(parts) > 1 else ():
                placed[entry].append(step)
            parted += parts
        groups = parted
    return Settled(tuple(groups), placed)


def _part(
    rules: RuleSet,
    step: TieStep,
    tied: tuple[str, ...],
    sheets: Mapping[str, Sequence[Sheet]],
    votes: Mapping[str, Vote],
) -> list[tuple[str, ...]]:
    if step is TieStep.CASTING:
        vote = votes.get(tied[0])
        if vote is None or not set(tied) <= set(vote.order):
            return [tied]
        return [(entry,) for entry in vote.order if entry in tied]
    if not all(sheets.get(entry) for entry in tied):
        return [tied]  # Orders have no marks to compare.
    return groups_by({entry: _FIGURES[step](rules, sheets[entry]) for entry in tied})


def groups_by(figures: Mapping[str, tuple[Fraction, ...]]) -> list[tuple[str, ...]]:
    """Entries with equal figures together, the highest first."""
    ordered = sorted(sorted(figures), key=lambda entry: figures[entry], reverse=True)
    return [tuple(group) for _, group in groupby(ordered, key=lambda entry: figures[entry])]


def _weightiest(rules: RuleSet, sheets: Sequence[Sheet]) -> tuple[Fraction, ...]:
    # Of several criteria with the largest weight the first of the rubric speaks first.
    largest = max(criterion.weight for criterion in rules.criteria)
    return tuple(
        mean(marks) if (marks := [s.marks[c.code] for s in sheets if c.code in s.marks]) else Fraction(c.min)
        for c in rules.criteria
        if c.weight == largest
    )


def _scores(sheets: Sequence[Sheet]) -> list[Fraction]:
    return [sheet.score for sheet in sheets]


_FIGURES: dict[TieStep, Callable[[RuleSet, Sequence[Sheet]], tuple[Fraction, ...]]] = {
    TieStep.WEIGHTIEST: _weightiest,
    TieStep.MEDIAN: lambda _, sheets: (median(_scores(sheets)),),
    TieStep.RANGE: lambda _, sheets: (min(_scores(sheets)) - max(_scores(sheets)),),
    TieStep.LOWEST: lambda _, sheets: (min(_scores(sheets)),),
}
