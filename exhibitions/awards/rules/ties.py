"""Ranks on the compared scores, and the chain that orders equal ones (awards.md §3.4 steps 11 and 12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from exhibitions.awards.rules.averages import mean, median
from exhibitions.awards.rules.rule_set import Criterion, RuleSet, TieStep
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
    rules: Mapping[str, RuleSet],
    group: Sequence[str],
    sheets: Mapping[str, Sequence[Sheet]],
    votes: Mapping[str, Vote],
) -> Settled:
    """Order one group of equal scores by the chain of the rules, step by step until nothing is tied or no step is left.

    `rules` are those of each entry of the group; they differ in their rubrics alone. A step over marks takes all counted
    sheets of an entry, also those that a trim or a distance left out. The casting vote of an entry (`votes`) speaks where
    it names every one that is still tied.
    """
    groups: list[tuple[str, ...]] = [tuple(group)]
    placed: dict[str, list[TieStep]] = {entry: [] for entry in group}
    for step in rules[group[0]].tie_chain:
        parted: list[tuple[str, ...]] = []
        for tied in groups:
            parts = _part(rules, step, tied, sheets, votes) if len(tied) > 1 else [tied]
            for entry in tied if len(parts) > 1 else ():
                placed[entry].append(step)
            parted += parts
        groups = parted
    return Settled(tuple(groups), placed)


def _part(
    rules: Mapping[str, RuleSet],
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
    if step is TieStep.WEIGHTIEST:
        return groups_by(_weightiest(rules, tied, sheets))
    return groups_by({entry: (_FIGURES[step](_scores(sheets[entry])),) for entry in tied})


def groups_by(figures: Mapping[str, tuple[Fraction, ...]]) -> list[tuple[str, ...]]:
    """Entries with equal figures together, the highest first."""
    ordered = sorted(sorted(figures), key=lambda entry: figures[entry], reverse=True)
    return [tuple(group) for _, group in groupby(ordered, key=lambda entry: figures[entry])]


def _weightiest(
    rules: Mapping[str, RuleSet], tied: Sequence[str], sheets: Mapping[str, Sequence[Sheet]]
) -> dict[str, tuple[Fraction, ...]]:
    """The means of the criteria with the largest weight, of several the first of the rubric first.

    Entries of categories with other rubrics are compared by those of their own, on a scale of a hundred, and as far as
    both have one.
    """
    heaviest = {entry: _heaviest(rules[entry].criteria) for entry in tied}
    alike = len(set(heaviest.values())) == 1
    most = min(len(criteria) for criteria in heaviest.values())
    return {
        entry: tuple(_mean_mark(each, sheets[entry], of_hundred=not alike) for each in criteria[:most])
        for entry, criteria in heaviest.items()
    }


def _heaviest(criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
    largest = max(criterion.weight for criterion in criteria)
    return tuple(criterion for criterion in criteria if criterion.weight == largest)


def _mean_mark(criterion: Criterion, sheets: Sequence[Sheet], *, of_hundred: bool) -> Fraction:
    marks = [sheet.marks[criterion.code] for sheet in sheets if criterion.code in sheet.marks]
    found = mean(marks) if marks else Fraction(criterion.min)
    low, high = Fraction(criterion.min), Fraction(criterion.max)
    return 100 * (found - low) / (high - low) if of_hundred else found


def _scores(sheets: Sequence[Sheet]) -> list[Fraction]:
    return [sheet.score for sheet in sheets]


_FIGURES: dict[TieStep, Callable[[Sequence[Fraction]], Fraction]] = {
    TieStep.MEDIAN: median,
    TieStep.RANGE: lambda scores: min(scores) - max(scores),
    TieStep.LOWEST: min,
}
