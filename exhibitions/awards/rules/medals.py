"""Who gets which medal: thresholds, places, the cap, and ties at their borders (awards.md §3.4 steps 7 to 10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import floor

from exhibitions.awards.rules.rule_set import AtBorder, AtCap, Level
from exhibitions.awards.rules.ties import groups_of

Order = Callable[[Sequence[str]], Sequence[Sequence[str]]]
"""Orders entries of equal score by the chain of the rules; what it cannot part stays together."""


@dataclass(slots=True)
class Given:
    """Medals by entry. `open_ties` are entries that a border parts though no step of the chain did: nobody may lock that.

    `at_border` are entries of equal score that met a border together, with what became of them.
    """

    medals: dict[str, str] = field(default_factory=dict)
    open_ties: set[str] = field(default_factory=set)
    at_border: dict[str, AtBorder] = field(default_factory=dict)


def by_levels(
    levels: Sequence[Level], scores: Mapping[str, Fraction], tie: AtBorder, *, roll: bool, order: Order
) -> Given:
    """Give medals in the order of scores: an entry gets the best one whose bound it reaches and that has a place left.

    `up` gives all of a tied group the better medal and takes the surplus from the next places (AW-22); `down` gives
    all the lesser, and the empty places are given with the next medal only where they `roll`. Bounds alone are half
    open and leave no gap (AW-14).
    """
    return _Filling(levels, tie, roll, order).run(scores)


@dataclass(slots=True)
class _Filling:
    levels: Sequence[Level]
    tie: AtBorder
    roll: bool
    order: Order
    given: Given = field(default_factory=Given)
    free: list[int | None] = field(default_factory=list)
    at: int = 0

    def run(self, scores: Mapping[str, Fraction]) -> Given:
        self.free = [level.places for level in self.levels]
        for group in groups_of(scores):
            self.place(group, scores[group[0]])
        return self.given

    def go_to(self, score: Fraction) -> None:
        """Leave the medals that this score does not reach, and those that have no place left."""
        while self.at < len(self.levels) and (
            not _reaches(self.levels[self.at], score) or self.free[self.at] == 0
        ):
            self.leave()

    def leave(self) -> None:
        """Go on to the next medal; scores only fall, so nobody comes back to this one."""
        rest, self.at = self.free[self.at], self.at + 1
        if self.roll and rest and self.at < len(self.free):
            places = self.free[self.at]
            self.free[self.at] = None if places is None else places + rest

    def place(self, group: Sequence[str], score: Fraction) -> None:
        self.go_to(score)
        if self.at == len(self.levels):
            return
        places = self.free[self.at]
        if places is None or len(group) <= places:
            self.give(group)
            return
        self.given.at_border |= dict.fromkeys(group, self.tie)
        if self.tie is AtBorder.UP:
            self.give(group)
        elif self.tie is AtBorder.DOWN:
            self.leave()
            self.place(group, score)
        else:
            self.part(group, score)

    def part(self, group: Sequence[str], score: Fraction) -> None:
        """The chain's order decides; those whom it leaves together at the border all get the lesser medal for now."""
        for part in self.order(group):
            self.go_to(score)
            left = self.free[self.at] if self.at < len(self.levels) else None
            if left is not None and left < len(part):
                self.given.open_ties |= set(part)
                self.leave()
            self.place(part, score)

    def give(self, group: Sequence[str]) -> None:
        self.given.medals |= dict.fromkeys(group, self.levels[self.at].medal)
        rest = len(group)
        # What goes beyond the places is taken from the next ones, as far as there are any.
        for index in range(self.at, len(self.free)):
            places = self.free[index]
            if places is None:
                return
            taken = min(places, rest)
            self.free[index], rest = places - taken, rest - taken


def _reaches(level: Level, score: Fraction) -> bool:
    return level.at_least is None or score >= Fraction(level.at_least)


def most(cap: Decimal, entries: int) -> int:
    """How many medals a cap allows: the whole part of the share of `entries` (AW-15, AW-16, AW-19)."""
    return floor(Fraction(cap) * entries)


def capped(given: Given, scores: Mapping[str, Fraction], limit: int, tie: AtCap, order: Order) -> set[str]:
    """The entries that lose their medal because there are more than `limit`; open ties are added to `given`.

    The best keep theirs. Of a group of equal scores that crosses the limit nobody keeps it (`exclude_all`), everybody
    (`include_all`), or those whom the chain puts first.
    """
    holders = {entry: scores[entry] for entry in given.medals}
    room, lost = limit, set[str]()
    for group in groups_of(holders):
        if len(group) <= room:
            room -= len(group)
            continue
        if room and tie is AtCap.TIEBREAK:
            room = _keep(given, order(group), room, lost)
        elif room and tie is AtCap.INCLUDE_ALL:
            room = 0
        else:
            lost |= set(group)
            room = 0
    return lost


def _keep(given: Given, parts: Sequence[Sequence[str]], room: int, lost: set[str]) -> int:
    for part in parts:
        if len(part) <= room:
            room -= len(part)
            continue
        if room:
            given.open_ties |= set(part)
        lost |= set(part)
        room = 0
    return 0
