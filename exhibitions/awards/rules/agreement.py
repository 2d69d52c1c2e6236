"""How far jurors agree, for the president's eyes, and the prize for agreement (awards.md §3.4 steps 14 and 14a)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from exhibitions.awards.rules.averages import FLAT, mean, spread
from exhibitions.awards.rules.lines import Flag, Line
from exhibitions.awards.rules.rule_set import RuleSet
from exhibitions.awards.rules.sheets import Sheet

if TYPE_CHECKING:
    from exhibitions.awards.rules.rounds import Judged


@dataclass(frozen=True, slots=True)
class JurorFigures:
    """One juror beside the panel.

    `difference` is his mean less that of the whole panel, himself included, over the same entries. `spearman` is the rank correlation with the
    panel's means, −1 to 1; None where either tells nothing apart or fewer than two entries are there. Nothing follows
    from these figures by itself.
    """

    juror: str
    n: int
    mean: Fraction
    spread: Fraction
    difference: Fraction
    spearman: Fraction | None


def jurors(sheets: Iterable[Sheet]) -> list[JurorFigures]:
    """The figures of every juror, by code."""
    by_entry: dict[str, list[Fraction]] = defaultdict(list)
    by_juror: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for sheet in sheets:
        by_entry[sheet.entry].append(sheet.score)
        by_juror[sheet.juror][sheet.entry] = sheet.score
    panel = {entry: mean(scores) for entry, scores in by_entry.items()}
    found = []
    for juror, own in sorted(by_juror.items()):
        scores, beside = list(own.values()), [panel[entry] for entry in own]
        found.append(
            JurorFigures(
                juror,
                len(scores),
                mean(scores),
                spread(scores),
                mean(scores) - mean(beside),
                spearman(scores, beside),
            )
        )
    return found


def spearman(ours: Sequence[Fraction], theirs: Sequence[Fraction]) -> Fraction | None:
    """The correlation of ranks, equal values sharing their average rank."""
    if len(ours) < 2:
        return None
    left, right = _average_ranks(ours), _average_ranks(theirs)
    width = spread(left) * spread(right)
    if width < FLAT:
        return None
    middle_left, middle_right = mean(left), mean(right)
    together = mean([(a - middle_left) * (b - middle_right) for a, b in zip(left, right, strict=True)])
    return together / width


def _average_ranks(values: Sequence[Fraction]) -> list[Fraction]:
    places: dict[Fraction, Fraction] = {}
    first = 1
    for value, group in groupby(sorted(values)):
        count = len(list(group))
        places[value] = Fraction(2 * first + count - 1, 2)
        first += count
    return [places[value] for value in values]


def prize(rules: RuleSet, judged: Judged, lines: Mapping[str, Line]) -> tuple[str, ...]:
    """Who wins the prize for agreement; several where nothing parts them, nobody without such a prize.

    Of the entries at or above its bound the one whose sheets differ least; then the smaller mean distance from the
    mean, then the higher score, then the entry with the lowest single sheet drops out (AW-30). One sheet alone
    agrees with nobody.
    """
    if rules.agreement_prize_from is None:
        return ()
    figures = {
        code: _closeness(score, [sheet.score for sheet in judged.sheets[code]])
        for code, score in judged.scores.items()
        if score >= Fraction(rules.agreement_prize_from)
        and len(judged.sheets[code]) > 1
        and not {Flag.ELIMINATED, Flag.SECOND_JUDGING} & set(lines[code].flags)
    }
    best = min(figures.values(), default=None)
    return tuple(sorted(code for code, figure in figures.items() if figure == best))


def _closeness(score: Fraction, scores: Sequence[Fraction]) -> tuple[Fraction, ...]:
    middle = mean(scores)
    return (
        max(scores) - min(scores),
        mean([abs(each - middle) for each in scores]),
        -score,
        -min(scores),
    )
