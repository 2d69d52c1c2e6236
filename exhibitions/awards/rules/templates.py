"""Rule sets to begin with: by quota, by threshold with a cap, by ranking (issue demand 1)."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from exhibitions.awards.rules.rule_set import (
    Criterion,
    Level,
    Method,
    Round,
    RoundKind,
    RuleSet,
    TieStep,
)
from exhibitions.core.errors import N_


class Template(StrEnum):
    """What a new season may begin with."""

    QUOTA = "quota"
    THRESHOLD = "threshold"
    RANKING = "ranking"


WORDS = {
    Template.QUOTA: N_("Gold, silver and bronze by quota"),
    Template.THRESHOLD: N_("By threshold with a cap of 30 %"),
    Template.RANKING: N_("Ranking"),
}
NOTES = {
    Template.QUOTA: N_("The best 3 of each category get gold, the next 5 silver, the next 8 bronze."),
    Template.THRESHOLD: N_(
        "Grand gold from 92, gold from 85, silver from 82, bronze from 80; at most 30 % of the entries."
    ),
    Template.RANKING: N_("Each juror puts the entries in order; the first three places are awarded."),
}

_CHAIN = (TieStep.WEIGHTIEST, TieStep.MEDIAN, TieStep.RANGE, TieStep.LOWEST, TieStep.CASTING)
_RUBRIC = tuple(
    Criterion(code=code, weight=Decimal(weight), name_zh=zh, name_en=en, step=Decimal("0.5"))
    for code, weight, zh, en in (
        ("innovation", 30, "创新性", "Innovation"),
        ("quality", 25, "质量与工艺", "Quality and craft"),
        ("design", 20, "设计", "Design"),
        ("market", 15, "市场前景", "Market prospects"),
        ("green", 10, "绿色环保", "Environment"),
    )
)
_WORDS = {
    "GG": ("特等金奖", "Grand gold"),
    "G": ("金奖", "Gold"),
    "S": ("银奖", "Silver"),
    "B": ("铜奖", "Bronze"),
}


def _places(**places: int) -> tuple[Level, ...]:
    return tuple(
        Level(medal=medal, name_zh=_WORDS[medal][0], name_en=_WORDS[medal][1], places=number)
        for medal, number in places.items()
    )


def _bounds(**bounds: int) -> tuple[Level, ...]:
    return tuple(
        Level(medal=medal, name_zh=_WORDS[medal][0], name_en=_WORDS[medal][1], at_least=Decimal(bound))
        for medal, bound in bounds.items()
    )


RULES: dict[Template, RuleSet] = {
    Template.QUOTA: RuleSet(
        criteria=_RUBRIC,
        method=Method.TRIM,
        levels=_places(G=3, S=5, B=8),
        tie_chain=_CHAIN,
    ),
    Template.THRESHOLD: RuleSet(
        criteria=_RUBRIC,
        levels=_bounds(GG=92, G=85, S=82, B=80),
        cap=Decimal("0.30"),
        tie_chain=_CHAIN,
    ),
    Template.RANKING: RuleSet(
        rounds=(Round(kind=RoundKind.RANKING),),
        levels=_places(G=1, S=1, B=1),
        tie_chain=(TieStep.CASTING,),
    ),
}
"""What each template decides; all of it can be changed until judging begins."""
