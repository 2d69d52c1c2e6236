"""What would be if quotas, thresholds or the cap were others; nothing of it is saved (ux.md J3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

import msgspec

from exhibitions.awards.rules.case import Case
from exhibitions.awards.rules.judging import Outcome
from exhibitions.awards.rules.rule_set import Level
from exhibitions.core.errors import N_, Refused

CAP = "cap"
_LARGEST = Decimal(10**6)


def fields(case: Case) -> list[tuple[str, str, Level]]:
    """Every medal that can be changed, as (name of its fields, category or nothing, medal)."""
    return [
        (f"{group}.{place}", category, level)
        for group, (category, levels) in enumerate(_groups(case))
        for place, level in enumerate(levels)
    ]


def changed(case: Case, asked: Mapping[str, str]) -> Case:
    """The case with other rules: `from.G.P` is a threshold, `places.G.P` a number, empty for none, `cap` a share in percent.

    What is not asked stays. Raises `Refused` for what is no number.
    """
    groups = [
        tuple(_level(level, f"{group}.{place}", asked) for place, level in enumerate(levels))
        for group, (_, levels) in enumerate(_groups(case))
    ]
    rules = msgspec.structs.replace(case.rules, levels=groups[0], cap=_cap(case.rules.cap, asked))
    own = iter(groups[1:])
    categories = tuple(
        each if each.levels is None else msgspec.structs.replace(each, levels=next(own))
        for each in case.categories
    )
    # What people decided of medals was said about the medals of the rules, not of these.
    decided = msgspec.structs.replace(case.deliberation, overrides=())
    return msgspec.structs.replace(case, rules=rules, categories=categories, deliberation=decided)


def differences(now: Outcome, then: Outcome) -> dict[str, str | None]:
    """The entries whose medal would be another, with that medal."""
    held = {line.entry: line.medal for line in now.lines}
    return {line.entry: line.medal for line in then.lines if held[line.entry] != line.medal}


def _groups(case: Case) -> Iterator[tuple[str, tuple[Level, ...]]]:
    yield "", case.rules.levels
    yield from ((each.category, each.levels) for each in case.categories if each.levels is not None)


def _level(level: Level, name: str, asked: Mapping[str, str]) -> Level:
    bound = asked.get(f"from.{name}")
    places = asked.get(f"places.{name}")
    return msgspec.structs.replace(
        level,
        at_least=level.at_least if bound is None else _number(bound),
        places=level.places if places is None else _whole(places),
    )


def _cap(cap: Decimal | None, asked: Mapping[str, str]) -> Decimal | None:
    if CAP not in asked:
        return cap
    share = _number(asked[CAP])
    return None if share is None else share / 100


def _number(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found.copy_abs() > _LARGEST or found.as_tuple().exponent < -6:  # type: ignore[operator]
        raise Refused("no_number", N_("“%(text)s” is not a number."), text=text[:20])
    return found


def _whole(text: str) -> int | None:
    found = _number(text)
    if found is not None and (found < 0 or found != found.to_integral_value() or found > 100_000):
        raise Refused("no_number", N_("“%(text)s” is not a number."), text=text[:20])
    return None if found is None else int(found)
