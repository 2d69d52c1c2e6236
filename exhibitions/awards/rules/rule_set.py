"""The frozen rules of an award's season: rubric, method, rounding, medals, cap and ties (awards.md §3.3, §3.4).

A rule set is data. It is hashed before the first sheet, stored with the season and written into the result file, so
that whoever has the file needs nothing else to judge again.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Protocol

import msgspec
from msgspec import Meta, Struct

from exhibitions.core.errors import N_, Refused

PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"
"""No control or direction characters: nobody's code may forge a line of a printed table."""

Code = Annotated[str, Meta(min_length=1, max_length=40, pattern=PRINTABLE)]
Name = Annotated[str, Meta(max_length=200, pattern=PRINTABLE)]

MOST_DECIMALS = 6
MOST_CRITERIA, MOST_LEVELS, MOST_ROUNDS = 50, 20, 20


class Method(StrEnum):
    """How the sheets of one entry become one value (§3.4 step 3)."""

    MEAN = "mean"
    MEDIAN = "median"
    TRIM = "trim"
    OIV = "oiv"


class Normalising(StrEnum):
    """How strict and mild jurors are levelled (§3.4 step 4): not at all, by mean and spread, or to the raw range."""

    NONE = "none"
    SPREAD = "spread"
    RANGE = "range"


class Rounding(StrEnum):
    """What is compared and printed (§3.4 step 5)."""

    HALF_UP = "half_up"
    EXACT = "exact"


class AtBorder(StrEnum):
    """What a group of equal scores gets that has no room together in a medal's places (§3.4 step 9)."""

    UP = "up"
    DOWN = "down"
    TIEBREAK = "tiebreak"


class AtCap(StrEnum):
    """What becomes of a group of equal scores that crosses the cap (§3.4 step 8)."""

    EXCLUDE_ALL = "exclude_all"
    TIEBREAK = "tiebreak"
    INCLUDE_ALL = "include_all"


class TieStep(StrEnum):
    """One step of the chain that orders equal scores (§3.4 step 12). What no step settles is shared."""

    WEIGHTIEST = "weightiest_criterion"
    MEDIAN = "median"
    RANGE = "range"
    LOWEST = "lowest_mark"
    CASTING = "casting_vote"


class Counted(StrEnum):
    """Which entries make the N of the cap (§3.4 step 8)."""

    PRESENTED = "presented"
    ALL = "all"


class Pool(StrEnum):
    """Among which entries something is done: each category for itself, or the whole season."""

    CATEGORY = "category"
    SEASON = "season"


class RoundKind(StrEnum):
    """What a round is for.

    Sheets of a scoring round give the result; a qualifying round says who goes on to the next; the sheets of a retaste
    stand in place of an entry's earlier ones; in a ranking round jurors give orders instead of marks (§3.4 step 13).
    """

    SCORING = "scoring"
    QUALIFYING = "qualifying"
    RANKING = "ranking"
    RETASTE = "retaste"


class Ballots(StrEnum):
    """How orders become one figure: points, the share of points, or points unless somebody recused (§3.4 step 13)."""

    AUTO = "auto"
    POINTS = "points"
    SHARE = "share"


class Anchor(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a mark means, in words."""

    mark: Decimal
    text_zh: Name = ""
    text_en: Name = ""


class Criterion(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line of the rubric: what is marked, with which weight, on which scale."""

    code: Code
    weight: Decimal
    name_zh: Name = ""
    name_en: Name = ""
    min: Decimal = Decimal(0)
    max: Decimal = Decimal(100)
    step: Decimal | None = None
    required: bool = True
    anchors: tuple[Anchor, ...] = ()


class Level(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A medal: from which score on it is given, of how many there are, or both (§3.4 steps 7, 9, 10)."""

    medal: Code
    name_zh: Name = ""
    name_en: Name = ""
    at_least: Decimal | None = None
    places: Annotated[int, Meta(ge=0, le=100_000)] | None = None


class Round(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A round of judging. A qualifying one passes the best `advance`, equal ones included, or all from `at_least`."""

    round: Code = "1"
    kind: RoundKind = RoundKind.SCORING
    advance: Annotated[int, Meta(ge=1)] | None = None
    at_least: Decimal | None = None


class RuleSet(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that decides who gets what. What is left out has the value written here.

    `rescale` brings every mark to 0…100 (it is implied where scales differ). `trim` and `oiv_distance` belong to their
    methods. `cap` is a share of 1; `cap_is_target` says that it may be exceeded. Without a `tie_chain` equal scores
    share their rank.
    """

    criteria: tuple[Criterion, ...] = (Criterion(code="score", weight=Decimal(100)),)
    weights_total: Decimal = Decimal(100)
    rescale: bool = False
    quorum: Annotated[int, Meta(ge=1, le=1000)] = 3
    method: Method = Method.MEAN
    trim: Annotated[int, Meta(ge=1, le=100)] = 1
    oiv_distance: Decimal = Decimal(7)
    normalise: Normalising = Normalising.NONE
    least_sheets: Annotated[int, Meta(ge=1)] = 3
    few_sheets_confirmed: bool = False
    rounding: Rounding = Rounding.HALF_UP
    decimals: Annotated[int, Meta(ge=0, le=MOST_DECIMALS)] = 2
    levels: tuple[Level, ...] = ()
    rank_in: Pool = Pool.CATEGORY
    cap: Decimal | None = None
    cap_in: Pool = Pool.SEASON
    cap_counts: Counted = Counted.PRESENTED
    cap_is_target: bool = False
    tie_at_cap: AtCap = AtCap.EXCLUDE_ALL
    tie_at_border: AtBorder = AtBorder.UP
    roll: bool = False
    tie_chain: tuple[TieStep, ...] = ()
    ballots: Ballots = Ballots.AUTO
    ballot_points: tuple[Decimal, ...] = ()
    agreement_prize_from: Decimal | None = None
    rounds: Annotated[tuple[Round, ...], Meta(max_length=MOST_ROUNDS)] = (Round(),)

    @property
    def scales_differ(self) -> bool:
        """Whether marks of different criteria mean different things, so that they must be rescaled."""
        return len({(criterion.min, criterion.max) for criterion in self.criteria}) > 1

    @property
    def scale(self) -> tuple[Decimal, Decimal]:
        """From where to where its scores go."""
        if self.rescale or self.scales_differ or not self.criteria:
            return Decimal(0), Decimal(100)
        return self.criteria[0].min, self.criteria[0].max


def normal(number: Decimal) -> str:
    """A number in its one shortest spelling: 88, 88.0 and 8.8E1 are all `88`."""
    return format(number.normalize() + 0, "f")


def canonical(data: object) -> bytes:
    """Structs as JSON in one fixed spelling: names in order, numbers with decimals as their shortest text.

    Equal facts give equal bytes whatever program wrote them; hashes are taken over these bytes (UTF-8, no blanks).
    """
    return msgspec.json.encode(_plain(data), order="deterministic")


def _plain(data: object) -> object:
    match data:
        case Decimal():
            return normal(data)
        case Struct():
            return {name: _plain(getattr(data, name)) for name in data.__struct_fields__}
        case Mapping():
            return {str(key): _plain(value) for key, value in data.items()}
        case tuple() | list():
            return [_plain(value) for value in data]
        case _:
            return data


class OwnRules(Protocol):
    """A category that may have medals and criteria of its own."""

    @property
    def category(self) -> str:
        """Its code."""

    @property
    def levels(self) -> tuple[Level, ...] | None:
        """Its medals; None for those of the rules."""

    @property
    def criteria(self) -> tuple[Criterion, ...] | None:
        """Its rubric; None for that of the rules."""


def fingerprint(rules: RuleSet, categories: Iterable[OwnRules] = ()) -> str:
    """SHA-256 in hex over the rules and what categories have of their own: what is frozen before the first sheet and
    printed on every result. Names of categories, and those that follow the rules in all, change nothing.
    """
    own = [
        {"category": each.category, "criteria": each.criteria, "levels": each.levels}
        for each in sorted(categories, key=lambda each: each.category)
        if each.levels is not None or each.criteria is not None
    ]
    return hashlib.sha256(canonical({"categories": own, "rules": rules})).hexdigest()


def medals_of(rules: RuleSet, categories: Iterable[tuple[Level, ...]] = ()) -> list[str]:
    """Codes of all medals, the best first: those of the rules, then what only categories give."""
    known = [level.medal for level in rules.levels]
    for levels in categories:
        known += [level.medal for level in levels if level.medal not in known]
    return known


def problems(rules: RuleSet) -> list[Refused]:
    """What keeps a rule set from being used, each a sentence that names the place; empty when it may be frozen."""
    return [*rubric_problems(rules), *level_problems(rules.levels), *_medals(rules), *_rounds(rules)]


def rubric_problems(rules: RuleSet) -> Iterator[Refused]:
    """What is wrong with the criteria of a rule set."""
    total = sum((criterion.weight for criterion in rules.criteria), Decimal(0))
    if not 1 <= len(rules.criteria) <= MOST_CRITERIA:
        yield Refused("criteria", N_("A rubric has 1 to %(most)s criteria."), most=MOST_CRITERIA)
    if _twice(criterion.code for criterion in rules.criteria):
        yield Refused("criterion_twice", N_("A criterion is there twice."))
    for criterion in rules.criteria:
        if criterion.weight <= 0:
            yield Refused(
                "weight", N_("The weight of “%(criterion)s” must be above zero."), criterion=criterion.code
            )
        if criterion.min >= criterion.max:
            yield Refused(
                "scale",
                N_("The scale of “%(criterion)s” must end above its beginning."),
                criterion=criterion.code,
            )
        elif criterion.step is not None and (
            criterion.step <= 0 or (criterion.max - criterion.min) % criterion.step
        ):
            yield Refused(
                "step", N_("The step of “%(criterion)s” does not divide its scale."), criterion=criterion.code
            )
    # AW-32: a rubric whose weights do not make the declared total is refused when it is to be locked.
    if total != rules.weights_total:
        yield Refused(
            "weights",
            N_("The weights add up to %(sum)s, not to %(total)s."),
            sum=normal(total),
            total=normal(rules.weights_total),
        )


def level_problems(levels: tuple[Level, ...]) -> Iterator[Refused]:
    """What is wrong with medals, which stand from the best to the least."""
    if len(levels) > MOST_LEVELS:
        yield Refused("levels", N_("There are more than %(most)s kinds of medals."), most=MOST_LEVELS)
    if _twice(level.medal for level in levels):
        yield Refused("medal_twice", N_("A medal is there twice."))
    for level in levels:
        if level.at_least is None and level.places is None:
            yield Refused(
                "medal_without_rule",
                N_("Say from which score on “%(medal)s” is given, or how many there are."),
                medal=level.medal,
            )
    bounds = [(level.medal, level.at_least, level.places) for level in levels if level.at_least is not None]
    for (better, above, places), (lesser, below, _) in itertools.pairwise(bounds):
        # One bound for several medals is a rule where the better ones have places (§3.4 step 10).
        if below > above or (below == above and places is None):
            yield Refused(
                "bounds",
                N_("“%(better)s” must need a higher score than “%(lesser)s”."),
                better=better,
                lesser=lesser,
            )


def _medals(rules: RuleSet) -> Iterator[Refused]:
    if rules.cap is not None and not 0 < rules.cap <= 1:
        yield Refused("cap", N_("The cap is a share above 0 and up to 1, such as 0.30."))
    if rules.tie_at_cap is AtCap.INCLUDE_ALL and not rules.cap_is_target:
        yield Refused(
            "cap_exceeded",
            N_("Equal scores at the cap can all be included only where the cap is a target, not a limit."),
        )
    if _twice(rules.tie_chain):
        yield Refused("tie_step_twice", N_("A step of the tie-break chain is there twice."))
    if _breaks_ties(rules) and not rules.tie_chain:
        yield Refused("tie_chain", N_("Say by which steps ties are broken."))
    if rules.ballot_points and rules.ballots is Ballots.SHARE:
        yield Refused("ballot_points", N_("Points of your own cannot be counted as shares."))
    if rules.oiv_distance <= 0:
        yield Refused("oiv_distance", N_("The distance from the mean must be above zero."))


def _breaks_ties(rules: RuleSet) -> bool:
    return rules.tie_at_border is AtBorder.TIEBREAK or (
        rules.cap is not None and rules.tie_at_cap is AtCap.TIEBREAK
    )


def _rounds(rules: RuleSet) -> Iterator[Refused]:
    kinds = [each.kind for each in rules.rounds]
    if not kinds or kinds[0] is RoundKind.RETASTE or _twice(each.round for each in rules.rounds):
        yield Refused("rounds", N_("Rounds need names of their own, and the first cannot be a retaste."))
    if kinds and [kind for kind in kinds if kind is not RoundKind.RETASTE][-1:] == [RoundKind.QUALIFYING]:
        yield Refused("last_round", N_("A qualifying round must be followed by another."))
    main = [kind for kind in kinds if kind is not RoundKind.RETASTE]
    if any(pair == (RoundKind.RANKING, RoundKind.RETASTE) for pair in itertools.pairwise(kinds)):
        yield Refused("retaste_order", N_("Orders of a ranking round cannot be replaced by a retaste."))
    if any(kind is not RoundKind.QUALIFYING for kind in main[:-1]):
        yield Refused("between", N_("Only a qualifying round can be followed by another round."))
    for each in rules.rounds:
        if each.kind is RoundKind.QUALIFYING and (each.advance is None) == (each.at_least is None):
            yield Refused(
                "advance",
                N_("Say for round %(round)s how many go on, or from which score on."),
                round=each.round,
            )


def _twice(values: Iterable[str]) -> bool:
    listed = list(values)
    return len(set(listed)) < len(listed)
