"""How medals, flags and methods are called on pages and papers."""

from __future__ import annotations

from collections.abc import Mapping

from exhibitions.awards.rules.case import Case
from exhibitions.awards.rules.lines import Flag
from exhibitions.awards.rules.rule_set import Level, Method, Normalising, RuleSet, TieStep
from exhibitions.core.errors import N_

_USUAL = {
    "GG": ("大金奖", "Grand Gold"),
    "G": ("金奖", "Gold"),
    "S": ("银奖", "Silver"),
    "B": ("铜奖", "Bronze"),
}

FLAGS: Mapping[Flag, str] = {
    Flag.INSUFFICIENT: N_("Too few jurors: no rank, no medal"),
    Flag.REJUDGE: N_("To be judged again"),
    Flag.FLAT_JUROR: N_("A juror tells nothing apart"),
    Flag.SINGLE_JUROR: N_("One juror only"),
    Flag.REWEIGHTED: N_("Optional mark left blank"),
    Flag.INCOMPLETE_SHEET: N_("Incomplete sheet not counted"),
    Flag.ELIMINATED: N_("Jurors want no award"),
    Flag.SECOND_JUDGING: N_("President to decide"),
    Flag.CAP: N_("Above the cap: no medal"),
    Flag.OPEN_TIE: N_("Tie at a border is open"),
    Flag.OVERRIDE: N_("Changed in deliberation"),
    Flag.NOT_ADVANCED: N_("Did not go on"),
    Flag.DISQUALIFIED: N_("Disqualified"),
    Flag.WITHDRAWN: N_("Withdrawn after being presented"),
    Flag.NOT_PRESENTED: N_("Not presented"),
}
HINDERING = frozenset({Flag.OPEN_TIE, Flag.SECOND_JUDGING})
"""Flags that forbid locking."""

_METHODS = {
    Method.MEAN: N_("Mean"),
    Method.MEDIAN: N_("Median"),
    Method.TRIM: N_("Trimmed mean"),
    Method.OIV: N_("Mean within the OIV distance"),
}
TIE_STEPS: Mapping[TieStep, str] = {
    TieStep.WEIGHTIEST: N_("weightiest criterion"),
    TieStep.MEDIAN: N_("median"),
    TieStep.RANGE: N_("smaller range"),
    TieStep.LOWEST: N_("lowest mark"),
    TieStep.CASTING: N_("casting vote"),
}


def value_word(rules: RuleSet) -> str:
    """What the column of values is called, as an English message id."""
    return N_("Levelled") if rules.normalise is not Normalising.NONE else _METHODS[rules.method]


def medal_names(case: Case) -> dict[str, tuple[str, str]]:
    """Every medal of a case by its code, in Chinese and English; what the rules leave out has its usual name."""
    levels: dict[str, Level] = {}
    for each in (*case.rules.levels, *(level for own in case.categories for level in own.levels or ())):
        levels.setdefault(each.medal, each)
    return {code: _names(level) for code, level in levels.items()}


def _names(level: Level) -> tuple[str, str]:
    usual = _USUAL.get(level.medal, (level.medal, level.medal))
    return level.name_zh or level.name_en or usual[0], level.name_en or level.name_zh or usual[1]
