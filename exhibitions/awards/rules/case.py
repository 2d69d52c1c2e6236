"""What was judged: entries, sheets, orders and what the deliberation decided, as plain data (awards.md §3.3)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, NamedTuple, TypeVar

import msgspec
from msgspec import Meta, Struct

from exhibitions.awards.rules.rule_set import (
    PRINTABLE,
    Code,
    Criterion,
    Level,
    Name,
    Normalising,
    Pool,
    RoundKind,
    RuleSet,
    TieStep,
    level_problems,
    rubric_problems,
)
from exhibitions.awards.rules.rule_set import problems as rule_problems
from exhibitions.awards.rules.sheets import mark_problems
from exhibitions.core.errors import N_, Refused

MOST_ENTRIES, MOST_SHEETS, MOST_CATEGORIES = 5_000, 100_000, 500
SIGNATORIES = 2

_T = TypeVar("_T", bound=Hashable)

CategoryCode = Annotated[str, Meta(max_length=40, pattern=PRINTABLE)]
MOST_DECISIONS = 5_000
Text = Annotated[str, Meta(max_length=2_000, pattern=PRINTABLE)]


class EntryState(StrEnum):
    """How far an entry came: judged, sent off at the table, withdrawn after it was presented, or never presented."""

    PRESENTED = "presented"
    DISQUALIFIED = "disqualified"
    WITHDRAWN = "withdrawn"
    NOT_PRESENTED = "not_presented"

    @property
    def counts_as_presented(self) -> bool:
        """Whether it was on the table: what is withdrawn afterwards was (AW-36), what screening refused was not."""
        return self is not EntryState.NOT_PRESENTED


class SheetState(StrEnum):
    """Only a submitted sheet counts; a recused one counts neither as zero nor in n (AW-05)."""

    SUBMITTED = "submitted"
    DRAFT = "draft"
    RECUSED = "recused"


class Second(StrEnum):
    """What the president decides of an entry that exactly one juror wants without an award (§3.4 step 6)."""

    AWARD = "award"
    NO_AWARD = "no_award"


class Maker(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A company that made a product together with the entry's own."""

    company: Name
    place: Name = ""


class Entry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An entry by its number. Company and place are those of the moment of entry; the tally counts them."""

    entry: Code
    category: CategoryCode = ""
    product: Name = ""
    company: Name = ""
    place: Name = ""
    joint: tuple[Maker, ...] = ()
    state: EntryState = EntryState.PRESENTED


class Category(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A category; medals and criteria of its own stand in place of those of the rules."""

    category: CategoryCode
    name_zh: Name = ""
    name_en: Name = ""
    levels: tuple[Level, ...] | None = None
    criteria: tuple[Criterion, ...] | None = None


class ScoreSheet(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One juror's marks for one entry in one round. Jurors stand under codes, not under names."""

    entry: Code
    juror: Code
    round: Code | None = None
    scores: dict[str, Decimal | None] = {}
    eliminated: bool = False
    state: SheetState = SheetState.SUBMITTED


class Ballot(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One juror's order, the best first; entries in one group are equal to him."""

    juror: Code
    order: tuple[tuple[Code, ...], ...]
    round: Code | None = None


class SecondJudging(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The president's answer for an entry with one mark against any award."""

    entry: Code
    decision: Second
    by: Name
    reason: Text = ""


class CastingVote(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The president's order of entries that nothing else parted."""

    order: tuple[Code, ...]
    by: Name
    reason: Text


class Override(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A medal changed in deliberation. Marks cannot be touched; two people sign (§3.6)."""

    entry: Code
    was: Code | None
    becomes: Code | None
    reason: Text
    signed_by: tuple[Name, ...]


class Deliberation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What people decided after the marks, each with its name and reason."""

    second_judging: Annotated[tuple[SecondJudging, ...], Meta(max_length=MOST_DECISIONS)] = ()
    casting_votes: Annotated[tuple[CastingVote, ...], Meta(max_length=MOST_DECISIONS)] = ()
    overrides: Annotated[tuple[Override, ...], Meta(max_length=MOST_DECISIONS)] = ()


class Case(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that a result follows from."""

    rules: RuleSet
    entries: Annotated[tuple[Entry, ...], Meta(max_length=MOST_ENTRIES)]
    categories: Annotated[tuple[Category, ...], Meta(max_length=MOST_CATEGORIES)] = ()
    sheets: Annotated[tuple[ScoreSheet, ...], Meta(max_length=MOST_SHEETS)] = ()
    ballots: Annotated[tuple[Ballot, ...], Meta(max_length=MOST_SHEETS)] = ()
    deliberation: Deliberation = Deliberation()

    @property
    def first_round(self) -> str:
        """The round of sheets and orders that name none."""
        return self.rules.rounds[0].round if self.rules.rounds else ""

    def rules_by_category(self) -> dict[str, RuleSet]:
        """The rules of every category that is listed or that an entry names, with its own medals and criteria."""
        own = {each.category: each for each in self.categories}
        named = {*own, *(each.category for each in self.entries)}
        return {code: _own_rules(self.rules, own.get(code)) for code in named}


def _own_rules(rules: RuleSet, category: Category | None) -> RuleSet:
    if category is None or (category.levels is None and category.criteria is None):
        return rules
    return msgspec.structs.replace(
        rules,
        levels=rules.levels if category.levels is None else category.levels,
        criteria=rules.criteria if category.criteria is None else category.criteria,
    )


class Problem(NamedTuple):
    """A sentence about one place of a case, such as `sheets[3]`; positions count from 0."""

    where: str
    refusal: Refused


def problems(case: Case) -> Iterator[Problem]:
    """What makes the data of a case contradict itself."""
    yield from (Problem("rules", refusal) for refusal in rule_problems(case.rules))
    yield from _categories(case)
    yield from _scales(case)
    yield from _entries(case)
    yield from _sheets(case)
    yield from _ballots(case)
    yield from _decisions(case)


def _categories(case: Case) -> Iterator[Problem]:
    for index, code in _again(each.category for each in case.categories):
        yield Problem(
            f"categories[{index}]",
            Refused("category_twice", N_("Category “%(category)s” is there twice."), category=code),
        )
    for index, category in enumerate(case.categories):
        own = _own_rules(case.rules, category)
        yield from (
            Problem(f"categories[{index}].levels", refusal)
            for refusal in (level_problems(own.levels) if category.levels is not None else ())
        )
        yield from (
            Problem(f"categories[{index}].criteria", refusal)
            for refusal in (rubric_problems(own) if category.criteria is not None else ())
        )
        if category.levels is not None and case.rules.rank_in is Pool.SEASON:
            yield Problem(
                f"categories[{index}].levels",
                Refused(
                    "levels_of_season",
                    N_(
                        "A category can have medals of its own only where each category is ranked for itself."
                    ),
                ),
            )


def _scales(case: Case) -> Iterator[Problem]:
    """Scores of other scales must not meet: at a medal's bound, in a season's ranks, under its cap, or when levelled."""
    rules = case.rules
    together = (
        rules.rank_in is Pool.SEASON
        or (rules.cap is not None and rules.cap_in is Pool.SEASON)
        or rules.normalise is not Normalising.NONE
    )
    apart = set() if together else {each.category for each in case.categories if each.levels is not None}
    scales = {own.scale for code, own in case.rules_by_category().items() if code not in apart}
    if len(scales) > 1:
        yield Problem(
            "rules.rescale",
            Refused(
                "scales",
                N_(
                    "Scales of categories begin or end differently, and their scores are compared: let every mark "
                    "count from 0 to 100 of its scale."
                ),
            ),
        )


def _entries(case: Case) -> Iterator[Problem]:
    for index, code in _again(each.entry for each in case.entries):
        yield Problem(
            f"entries[{index}]", Refused("entry_twice", N_("Entry %(entry)s is there twice."), entry=code)
        )
    known = {each.category for each in case.categories}
    for index, entry in enumerate(case.entries):
        if known and entry.category not in known:
            yield Problem(
                f"entries[{index}].category",
                Refused(
                    "category_unknown", N_("There is no category “%(category)s”."), category=entry.category
                ),
            )


def _sheets(case: Case) -> Iterator[Problem]:
    entries, rounds = {each.entry: each.category for each in case.entries}, _rounds(case.rules)
    rules = case.rules_by_category()
    for index, (_, entry, juror) in _again(
        (each.round or case.first_round, each.entry, each.juror) for each in case.sheets
    ):
        yield Problem(
            f"sheets[{index}]",
            Refused(
                "sheet_twice",
                N_("Juror %(juror)s has two sheets for entry %(entry)s in one round."),
                entry=entry,
                juror=juror,
            ),
        )
    for index, sheet in enumerate(case.sheets):
        where = f"sheets[{index}]"
        if sheet.entry not in entries:
            yield Problem(where, _no_entry(sheet.entry))
        elif sheet.state is SheetState.SUBMITTED:
            own = rules[entries[sheet.entry]]
            yield from (Problem(f"{where}.scores", found) for found in mark_problems(own, sheet.scores))
        # Who recused wrote nothing, neither marks nor an order: that is said in rounds of both kinds.
        any_kind = sheet.state is not SheetState.SUBMITTED
        yield from _right_round(
            where, rounds, sheet.round or case.first_round, ranking=None if any_kind else False
        )


def _ballots(case: Case) -> Iterator[Problem]:
    entries, rounds = {each.entry for each in case.entries}, _rounds(case.rules)
    for index, (_, juror) in _again((each.round or case.first_round, each.juror) for each in case.ballots):
        yield Problem(
            f"ballots[{index}]",
            Refused("ballot_twice", N_("Juror %(juror)s has two orders in one round."), juror=juror),
        )
    for index, ballot in enumerate(case.ballots):
        where = f"ballots[{index}]"
        named = [entry for group in ballot.order for entry in group]
        yield from (Problem(where, _no_entry(code)) for code in named if code not in entries)
        for _, code in _again(named):
            yield Problem(where, Refused("entry_twice", N_("Entry %(entry)s is there twice."), entry=code))
        yield from _right_round(where, rounds, ballot.round or case.first_round, ranking=True)


def _right_round(
    where: str, rounds: dict[str, RoundKind], code: str, *, ranking: bool | None
) -> Iterator[Problem]:
    if code not in rounds:
        yield Problem(where, Refused("round_unknown", N_("There is no round %(round)s."), round=code))
    elif ranking is not None and (rounds[code] is RoundKind.RANKING) != ranking:
        yield Problem(
            where,
            Refused("round_kind", N_("A ranking round takes orders, every other round takes marks.")),
        )


def _decisions(case: Case) -> Iterator[Problem]:
    entries = {each.entry for each in case.entries}
    decided = case.deliberation
    yield from _second(decided.second_judging, entries)
    yield from _votes(case.rules, decided.casting_votes, entries)
    for index, code in _again(each.entry for each in decided.overrides):
        yield Problem(
            f"deliberation.overrides[{index}]",
            Refused("override_twice", N_("The medal of entry %(entry)s is changed twice."), entry=code),
        )
    for index, override in enumerate(decided.overrides):
        where = f"deliberation.overrides[{index}]"
        yield from (Problem(where, refusal) for refusal in override_problems(override))
        if override.entry not in entries:
            yield Problem(where, _no_entry(override.entry))


def _second(answers: Sequence[SecondJudging], entries: set[str]) -> Iterator[Problem]:
    for index, code in _again(each.entry for each in answers):
        yield Problem(
            f"deliberation.second_judging[{index}]",
            Refused("answered_twice", N_("Entry %(entry)s is there twice."), entry=code),
        )
    for index, answer in enumerate(answers):
        where = f"deliberation.second_judging[{index}]"
        if answer.entry not in entries:
            yield Problem(where, _no_entry(answer.entry))
        if not answer.by.strip():
            yield Problem(where, Refused("second_by", N_("Say who decided in second judging.")))


def _votes(rules: RuleSet, votes: Sequence[CastingVote], entries: set[str]) -> Iterator[Problem]:
    if votes and TieStep.CASTING not in rules.tie_chain:
        yield Problem(
            "deliberation.casting_votes",
            Refused("no_casting_vote", N_("The rules know no casting vote.")),
        )
    # One vote an entry: two that contradict each other would make the result depend on their order.
    owners = [index for index, vote in enumerate(votes) for _ in vote.order]
    for place, code in _again(entry for vote in votes for entry in vote.order):
        yield Problem(
            f"deliberation.casting_votes[{owners[place]}]",
            Refused("entry_twice", N_("Entry %(entry)s is there twice."), entry=code),
        )
    for index, vote in enumerate(votes):
        where = f"deliberation.casting_votes[{index}]"
        yield from (Problem(where, _no_entry(code)) for code in vote.order if code not in entries)
        if not vote.reason.strip() or not vote.by.strip():
            yield Problem(where, Refused("vote_reason", N_("A casting vote needs a name and a reason.")))


def override_problems(change: Override) -> Iterator[Refused]:
    """What a changed medal lacks: two people who sign, and a reason (§3.6)."""
    if len({name.strip().casefold() for name in change.signed_by} - {""}) < SIGNATORIES:
        yield Refused("signatories", N_("A changed medal must be signed by two different people."))
    if change.was == change.becomes:
        yield Refused("override_nothing", N_("A changed medal must become another one."))
    if not change.reason.strip():
        yield Refused("override_reason", N_("A changed medal needs a reason."))


def _rounds(rules: RuleSet) -> dict[str, RoundKind]:
    return {each.round: each.kind for each in rules.rounds}


def _no_entry(code: str) -> Refused:
    return Refused("entry_unknown", N_("There is no entry %(entry)s."), entry=code)


def _again(values: Iterable[_T]) -> Iterator[tuple[int, _T]]:
    """Values that were there before, with the position where they come again."""
    seen: set[_T] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield index, value
        seen.add(value)
