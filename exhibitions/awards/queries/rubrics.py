"""The rules by which the entries of each category are judged, as they were frozen or as they are being worked on."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from exhibitions.awards.models import AwardSeason
from exhibitions.awards.queries.seasons import frozen, rules_of
from exhibitions.awards.rules.case import Case, Category
from exhibitions.awards.rules.rule_set import Criterion, RuleSet


def rules_by_category(season: AwardSeason) -> Mapping[int | None, RuleSet]:
    """The rules of each category by its number, and (None) those of entries without one."""
    version = frozen(season)
    rules = rules_of(season) if version is None else msgspec.json.decode(version.rules, type=RuleSet)
    own = _own(season)
    if version is not None:
        own |= {
            each.category: each for each in msgspec.json.decode(version.categories, type=tuple[Category, ...])
        }
    by_code = Case(rules=rules, entries=(), categories=tuple(own.values())).rules_by_category()
    return {None: rules, **{row.id: by_code.get(row.code, rules) for row in season.categories}}


def _own(season: AwardSeason) -> dict[str, Category]:
    return {
        row.code: Category(
            category=row.code,
            criteria=None
            if row.criteria is None
            else msgspec.json.decode(row.criteria, type=tuple[Criterion, ...]),
        )
        for row in season.categories
    }
