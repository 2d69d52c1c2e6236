"""Medals counted by place, company and category, and the statutory summary (awards.md §3.4 step 15, §3.6).

One medal is one line of the result; a joint product counts once, for the company and place that entered it, so that
every sum is the number of medals. Companies of the same name are told apart by nothing: the register's own name, frozen
at entry, is the key.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exhibitions.awards.rules.case import Case, Entry
from exhibitions.awards.rules.judging import Outcome
from exhibitions.awards.rules.rule_set import medals_of
from exhibitions.core.shares import share

KEYS: dict[str, Callable[[Entry], str]] = {
    "place": lambda entry: entry.place,
    "company": lambda entry: entry.company,
    "category": lambda entry: entry.category,
}
"""By what medals are counted."""


@dataclass(frozen=True, slots=True)
class Row:
    """One place, company or category: its rank, its medals the best first, and its exact share of all medals.

    Rows with the same medals share their rank (1, 2, 2, 4).
    """

    rank: int
    name: str
    counts: tuple[int, ...]
    share: Fraction

    @property
    def total(self) -> int:
        """All its medals."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows from the most gold, then silver, then bronze; `counts` are the sums over all rows, medal by medal."""

    medals: tuple[str, ...]
    rows: tuple[Row, ...]
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All medals."""
        return sum(self.counts)


def tally(medals: Sequence[str], won: Iterable[tuple[str, str]]) -> Tally:
    """Count pairs of name and medal. `medals` are the codes from the best to the least.

    Raises ValueError for a medal that is not among them, so that no sum can miss one.
    """
    places = {medal: index for index, medal in enumerate(medals)}
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(medals))
    for name, medal in won:
        if medal not in places:
            raise ValueError(f"unknown medal {medal}")
        counts[name][places[medal]] += 1
    found = sorted(counts.items(), key=lambda item: ([-number for number in item[1]], item[0]))
    sums = tuple(map(sum, zip(*counts.values(), strict=True))) if counts else (0,) * len(medals)
    rows: list[Row] = []
    for index, (name, numbers) in enumerate(found):
        same = bool(rows) and rows[-1].counts == tuple(numbers)
        part = share(sum(numbers), sum(sums))
        rows.append(Row(rows[-1].rank if same else index + 1, name, tuple(numbers), part or Fraction(0)))
    return Tally(tuple(medals), tuple(rows), sums)


def awarded(case: Case, outcome: Outcome) -> list[tuple[Entry, str]]:
    """Every medal with the entry that holds it: medal × place × company × category, the best first."""
    entries = {each.entry: each for each in case.entries}
    places = {medal: index for index, medal in enumerate(_medals(case))}
    held = [(entries[line.entry], line.medal) for line in outcome.lines if line.medal is not None]
    return sorted(held, key=lambda pair: (places[pair[1]], pair[0].entry))


def _medals(case: Case) -> list[str]:
    return medals_of(case.rules, [each.levels or () for each in case.categories])


def tallies(case: Case, outcome: Outcome) -> dict[str, Tally]:
    """The tallies of a result by place, company and category."""
    medals, held = _medals(case), awarded(case, outcome)
    return {name: tally(medals, [(key(entry), medal) for entry, medal in held]) for name, key in KEYS.items()}


@dataclass(frozen=True, slots=True)
class Summary:
    """What an award must state: presented, awarded, and both by category and by place as (name, presented, awarded)."""

    presented: int
    awarded: int
    share: Fraction | None
    by_category: tuple[tuple[str, int, int], ...]
    by_place: tuple[tuple[str, int, int], ...]


def summary(case: Case, outcome: Outcome, lost: Collection[str] = ()) -> Summary:
    """The statutory summary from the same data as the result; entries that `lost` their medal since were presented alone."""
    entries = {each.entry: each for each in case.entries}
    awarded = [
        entries[line.entry] for line in outcome.lines if line.medal is not None and line.entry not in lost
    ]
    here = [each for each in case.entries if each.state.counts_as_presented]

    def by(key: Callable[[Entry], str]) -> tuple[tuple[str, int, int], ...]:
        shown, won = Counter(map(key, here)), Counter(map(key, awarded))
        return tuple((name, shown[name], won[name]) for name in sorted(shown.keys() | won.keys()))

    return Summary(
        len(here),
        len(awarded),
        share(len(awarded), len(here)),
        by(KEYS["category"]),
        by(KEYS["place"]),
    )
