"""Rules together with what categories have of their own: what is wrong with them, and what is frozen (awards.md §3.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import msgspec

from exhibitions.awards.rules.case import Case, Category, Problem
from exhibitions.awards.rules.case import problems as case_problems
from exhibitions.awards.rules.rule_set import (
    Criterion,
    Level,
    Normalising,
    Pool,
    RoundKind,
    RuleSet,
    canonical,
    fingerprint,
    normal,
)
from exhibitions.awards.rules.sheets import mark_problems
from exhibitions.core.errors import N_, Conflict, Refused

Marks = Mapping[str, str]
_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Rules:
    """The rules of a season with those of its categories, as they were frozen or as they are being worked on."""

    common: RuleSet
    categories: tuple[Category, ...] = ()

    @property
    def hash(self) -> str:
        """What is printed under the rules and on every result."""
        return fingerprint(self.common, self.categories)

    def of(self, code: str) -> RuleSet:
        """The rules by which entries of this category are judged."""
        return self._by_category.get(code, self.common)

    @cached_property
    def _by_category(self) -> Mapping[str, RuleSet]:
        case = Case(rules=self.common, entries=(), categories=self.categories)
        return case.rules_by_category()


def stored(rules: Rules) -> tuple[str, str]:
    """Both parts in the spelling in which a version keeps them."""
    return canonical(rules.common).decode(), canonical(rules.categories).decode()


def loaded(common: str, categories: str) -> Rules:
    """What `stored` has written."""
    return Rules(
        msgspec.json.decode(common, type=RuleSet), msgspec.json.decode(categories, type=tuple[Category, ...])
    )


def criteria_of(text: str | None) -> tuple[Criterion, ...] | None:
    """A category's own rubric as its row keeps it."""
    return None if text is None else msgspec.json.decode(text, type=tuple[Criterion, ...])


def levels_of(text: str | None) -> tuple[Level, ...] | None:
    """A category's own medals as its row keeps them."""
    return None if text is None else msgspec.json.decode(text, type=tuple[Level, ...])


def problems(rules: Rules) -> list[Problem]:
    """What keeps the rules from being frozen, each with its place; empty when they may be (AW-32)."""
    found = list(case_problems(Case(rules=rules.common, entries=(), categories=rules.categories)))
    if not any(rules.of(code).levels for code in ("", *(each.category for each in rules.categories))):
        found.append(Problem("rules", Refused("no_medals", N_("There is no medal yet."))))
    return found


def check_fit(rules: Rules) -> None:
    """Refuse rules with a problem, by the sentence of the first."""
    for problem in problems(rules):
        raise problem.refusal


def warnings(rules: Rules, entries: Mapping[str, int], jurors_per_entry: int) -> Iterator[Refused]:
    """What is allowed and yet looks like a mistake: `entries` counts the accepted ones of each category by its code."""
    if jurors_per_entry < rules.common.quorum:
        yield Refused(
            "fewer_than_quorum",
            N_("Each entry gets %(jurors)s jurors, fewer than the quorum of %(quorum)s."),
            jurors=jurors_per_entry,
            quorum=rules.common.quorum,
        )
    yield from _above_scale(rules)
    yield from _places(rules, entries)
    presented = sum(entries.values())
    if rules.common.cap is not None and presented and int(rules.common.cap * presented) == 0:
        yield Refused("cap_is_zero", N_("With so few entries the cap allows no medal at all."))


def _above_scale(rules: Rules) -> Iterator[Refused]:
    """Medals that no entry can reach, as a comma in the wrong place makes them."""
    for code in ("", *(each.category for each in rules.categories if each.levels or each.criteria)):
        most = _best_score(rules.of(code))
        for level in rules.of(code).levels:
            if most is not None and level.at_least is not None and level.at_least > most:
                yield Refused(
                    "above_scale",
                    N_("“%(medal)s” is given from %(score)s on, and no score is above %(most)s."),
                    medal=f"{code} {level.medal}".strip(),
                    score=normal(level.at_least),
                    most=normal(most),
                )


def _best_score(rules: RuleSet) -> Decimal | None:
    """The best score that full marks give; None where it is not marks alone that make it."""
    by_orders = any(each.kind is RoundKind.RANKING for each in rules.rounds)
    if by_orders or rules.normalise is not Normalising.NONE or not rules.criteria:
        return None
    return _HUNDRED if rules.rescale or rules.scales_differ else rules.criteria[0].max


def _places(rules: Rules, entries: Mapping[str, int]) -> Iterator[Refused]:
    """Quotas above the number of entries."""
    if rules.common.rank_in is Pool.SEASON:
        presented, places = sum(entries.values()), _quota(rules.common)
        if presented and places > presented:
            yield Refused(
                "places_above_entries",
                N_("%(places)s medals by quota for %(entries)s entries."),
                places=places,
                entries=presented,
            )
        return
    for code, presented in entries.items():
        places = _quota(rules.of(code))
        if presented and places > presented:
            yield Refused(
                "places_above_entries",
                N_("Category %(category)s: %(places)s medals by quota for %(entries)s entries."),
                category=code,
                places=places,
                entries=presented,
            )


def _quota(rules: RuleSet) -> int:
    return sum(level.places or 0 for level in rules.levels)


def check_marks(rules: Rules, sheets: Sequence[tuple[str, Marks]]) -> None:
    """Refuse new rules that marks which jurors have sent do not fit; `sheets` are category and marks of each."""
    if rules.common.rounds and rules.common.rounds[-1].kind is RoundKind.RANKING:
        return
    wrong = sum(1 for code, marks in sheets if _misfit(rules.of(code), marks))
    if wrong:
        raise Conflict(
            "marks_misfit",
            N_("%(count)s sheets that jurors have sent do not fit this rubric. Marks are never changed."),
            count=wrong,
        )


def _misfit(rules: RuleSet, marks: Marks) -> bool:
    scores: dict[str, Decimal | None] = {code: Decimal(mark) for code, mark in marks.items()}
    return any(True for _ in mark_problems(rules, scores))


PARTS = ("criteria", "method", "medals", "ties", "rounds", "categories")
_OF_PART = {
    "criteria": ("criteria", "weights_total", "rescale"),
    "method": (
        *("quorum", "method", "trim", "oiv_distance", "normalise", "least_sheets", "few_sheets_confirmed"),
        *("rounding", "decimals", "ballots", "ballot_points"),
    ),
    "medals": ("levels", "rank_in", "cap", "cap_in", "cap_counts", "cap_is_target", "agreement_prize_from"),
    "ties": ("tie_at_cap", "tie_at_border", "roll", "tie_chain"),
    "rounds": ("rounds",),
}


def changed_parts(before: Rules, after: Rules) -> list[str]:
    """Which of `PARTS` differ."""
    found = [
        part
        for part, names in _OF_PART.items()
        if any(getattr(before.common, name) != getattr(after.common, name) for name in names)
    ]
    one, other = (fingerprint(before.common, each.categories) for each in (before, after))
    return [*found, *(["categories"] if one != other else [])]
