"""One juror's marks for one entry become one score (awards.md §3.4 step 1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext
from fractions import Fraction

from exhibitions.awards.rules.rule_set import Criterion, RuleSet, normal
from exhibitions.core.errors import N_, Refused

_ROOMY = Context(prec=200, traps=[Inexact])
"""Sums of products of decimals that a file may hold, with room to spare; what would be rounded is an error."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A counted sheet: its exact score, the marks behind it, and whether optional marks were left blank."""

    entry: str
    juror: str
    score: Fraction
    marks: Mapping[str, Fraction]
    reweighted: bool = False


def mark_problems(rules: RuleSet, marks: Mapping[str, Decimal | None]) -> Iterator[Refused]:
    """Marks off the scale or between its steps, and criteria that the rubric lacks, each as a sentence."""
    known = {criterion.code: criterion for criterion in rules.criteria}
    for code, mark in marks.items():
        criterion = known.get(code)
        if criterion is None:
            yield Refused(
                "criterion_unknown", N_("The rubric has no criterion “%(criterion)s”."), criterion=code
            )
        elif mark is None:
            continue
        elif not criterion.min <= mark <= criterion.max:
            yield Refused(
                "off_scale",
                N_("%(mark)s is not a mark for “%(criterion)s”: it goes from %(min)s to %(max)s."),
                mark=normal(mark),
                criterion=code,
                min=normal(criterion.min),
                max=normal(criterion.max),
            )
        elif (
            criterion.step is not None
            # A step that is none is a problem of the rubric, which is told beside this.
            and criterion.step > 0
            and (mark - criterion.min) % criterion.step
        ):
            yield Refused(
                "off_step",
                N_("%(mark)s is not a mark for “%(criterion)s”: marks go in steps of %(step)s."),
                mark=normal(mark),
                criterion=code,
                step=normal(criterion.step),
            )


def missing(rules: RuleSet, marks: Mapping[str, Decimal | None]) -> list[Criterion]:
    """The required criteria without a mark: the sheet is incomplete and does not count (AW-03)."""
    return [each for each in rules.criteria if each.required and marks.get(each.code) is None]


def score(rules: RuleSet, entry: str, juror: str, marks: Mapping[str, Decimal | None]) -> Sheet | None:
    """The weighted mean of the marks, exactly; None for an incomplete sheet.

    Where scales differ, or the rules say so, each mark is first brought to 0…100 of its scale. An optional criterion
    left blank leaves its weight to the others. The marks must have no
    `mark_problems`.
    """
    given = {each: mark for each in rules.criteria if (mark := marks.get(each.code)) is not None}
    if missing(rules, marks) or not given:
        return None
    if rules.rescale or rules.scales_differ:
        weighted = sum(
            (Fraction(each.weight) * _of_hundred(each, mark) for each, mark in given.items()), Fraction(0)
        )
    else:
        with localcontext(_ROOMY):
            weighted = Fraction(sum((each.weight * mark for each, mark in given.items()), Decimal(0)))
    return Sheet(
        entry,
        juror,
        weighted / Fraction(sum((each.weight for each in given), Decimal(0))),
        {each.code: Fraction(mark) for each, mark in given.items()},
        len(given) < len(rules.criteria),
    )


def _of_hundred(criterion: Criterion, mark: Decimal) -> Fraction:
    return 100 * Fraction(mark - criterion.min) / Fraction(criterion.max - criterion.min)
