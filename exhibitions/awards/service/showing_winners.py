"""The list of winners by medal, narrowed by category, place or company."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exhibitions.awards.models import AwardSeason
from exhibitions.awards.queries.casework import bare_case
from exhibitions.awards.queries.published import Winner, public_seasons, winners, winning_exhibitors
from exhibitions.awards.rules.case import Case
from exhibitions.awards.rules.result_words import medal_names
from exhibitions.awards.rules.rule_set import medals_of
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo

FILTERS = ("medal", "category", "company", "place")


@dataclass(frozen=True, slots=True)
class Listed:
    """Winners by season and medal, with what can be narrowed by and what is asked.

    `where` says by name and value of a filter in which seasons it is found, the newest first.
    """

    groups: Mapping[int, Sequence[tuple[str, Sequence[Winner]]]]
    files: Mapping[int, Case]
    choices: Mapping[str, Sequence[str]]
    where: Mapping[tuple[str, str], Sequence[int]]
    asked: Mapping[str, str]
    total: int


def winners_page(expo: Expo, seasons: Sequence[AwardSeason], asked: Mapping[str, str]) -> Listed:
    """The winners of these published seasons, the best medal first."""
    every = winners(expo, seasons) if seasons else []
    shown = [
        each for each in every if all(not asked[name] or fact(each, name) == asked[name] for name in FILTERS)
    ]
    files = {season.id: bare_case(season) for season in seasons}
    groups = {}
    for season in seasons:
        file = files[season.id]
        medals = medals_of(file.rules, [each.levels or () for each in file.categories])
        of_season = [each for each in shown if each.season.id == season.id]
        groups[season.id] = [
            (medal, held) for medal in medals if (held := [each for each in of_season if each.medal == medal])
        ]
    where: dict[tuple[str, str], list[int]] = {}
    for each in every:
        for name in FILTERS:
            found_in = where.setdefault((name, fact(each, name)), [])
            if each.season.id not in found_in:
                found_in.append(each.season.id)
    choices = {name: sorted(value for kind, value in where if kind == name and value) for name in FILTERS}
    return Listed(groups, files, choices, where, asked, len(shown))


@dataclass(frozen=True, slots=True)
class Count:
    """How many of each medal a published season gave that still stand, as (names in Chinese and English, number)."""

    season: AwardSeason
    medals: Sequence[tuple[tuple[str, str], int]]


def counts(expo: Expo) -> list[Count]:
    """The medals of every published season of the fair; empty before anything is published."""
    seasons = public_seasons(expo)
    held = winners(expo, seasons) if seasons else []
    found = []
    for season in seasons:
        names = medal_names(bare_case(season))
        numbers = Counter(each.medal for each in held if each.season.id == season.id)
        found.append(Count(season, [(pair, numbers[code]) for code, pair in names.items() if numbers[code]]))
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """A medal of an exhibitor with its names in Chinese and English."""

    winner: Winner
    medal: str
    names: tuple[str, str]


def of_exhibitor(expo: Expo, exhibitor: Exhibitor) -> list[Shown]:
    """The medals that an exhibitor holds in published results, with their names in Chinese and English."""
    held = winning_exhibitors(expo).get(exhibitor.id, [])
    names = {each.season.id: medal_names(bare_case(each.season)) for each in held}
    return [
        Shown(each, each.medal, names[each.season.id].get(each.medal, (each.medal, each.medal)))
        for each in held
    ]


def fact(winner: Winner, name: str) -> str:
    """What a winner is narrowed by."""
    entry = winner.entry
    return {
        "medal": winner.medal,
        "category": entry.category.code if entry.category else "",
        "company": entry.company_zh or entry.company_en,
        "place": entry.place,
    }[name]
