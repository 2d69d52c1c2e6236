"""From a case to its result: ranks, medals, cap and what the deliberation changed (awards.md §3.4 steps 6 to 12, 14a)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from exhibitions.awards.rules import agreement, medals, rounds, ties
from exhibitions.awards.rules.case import Case, EntryState, Override, Problem
from exhibitions.awards.rules.case import problems as case_problems
from exhibitions.awards.rules.lines import Flag, Line
from exhibitions.awards.rules.rule_set import AtBorder, Counted, Pool, TieStep, medals_of
from exhibitions.core.errors import N_, Refused

MOST_PROBLEMS = 1_000
"""So many contradictions are told; a file with more has another fault than these."""

_BY = {
    TieStep.WEIGHTIEST: N_("Equal scores: placed by the mean of the criterion with the largest weight."),
    TieStep.MEDIAN: N_("Equal scores: placed by the median of the sheets."),
    TieStep.RANGE: N_("Equal scores: placed by the smaller difference between the sheets."),
    TieStep.LOWEST: N_("Equal scores: placed by the higher lowest sheet."),
    TieStep.CASTING: N_("Equal scores: placed by the casting vote of %(by)s: %(reason)s"),
}
_AT_BORDER = {
    AtBorder.UP: N_("Equal scores at the border of a medal: all get the better one."),
    AtBorder.DOWN: N_("Equal scores at the border of a medal: all get the lesser one."),
    AtBorder.TIEBREAK: N_("Equal scores at the border of a medal: the tie-break decides."),
}


class Unjudgeable(Exception):
    """A case that contradicts itself; `problems` says where and how."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole result, in the order of categories and ranks; entries without a rank stand last.

    `medals` counts every medal of the rules, the best first. `presented` is the N of the cap, `most` how many medals
    the cap allows; None without one.
    """

    lines: tuple[Line, ...]
    medals: Mapping[str, int]
    presented: int
    most: int | None
    warnings: tuple[Refused, ...]
    agreement_prize: tuple[str, ...]
    jurors: tuple[agreement.JurorFigures, ...]

    @property
    def open_ties(self) -> list[str]:
        """Entries that a border of medals parts though nothing settled their tie; they forbid locking (ux.md J3)."""
        return [line.entry for line in self.lines if Flag.OPEN_TIE in line.flags]


def decide(case: Case) -> Outcome:
    """The result of a case, the same for any order of its parts. Raises `Unjudgeable` when it contradicts itself."""
    if found := list(islice(case_problems(case), MOST_PROBLEMS)):
        raise Unjudgeable(found)
    lines = rounds.lines_of(case)
    try:
        judged = rounds.judge(case, lines)
    except Refused as refusal:
        raise Unjudgeable([Problem("sheets", refusal)]) from refusal
    table = _Table(case, lines, judged)
    table.rank()
    given = table.give()
    presented = _presented(case)
    most = None if case.rules.cap is None else table.cap(case.rules.cap, given, presented)
    table.override()
    prize = agreement.prize(case.rules, judged, lines)
    return Outcome(
        tuple(_ordered(case, lines.values())),
        _counted(case, lines.values()),
        presented,
        most,
        tuple(_warnings(case, lines, most)),
        prize,
        tuple(agreement.jurors(sheet for sheets in judged.sheets.values() for sheet in sheets)),
    )


class _Table:
    def __init__(self, case: Case, lines: Mapping[str, Line], judged: rounds.Judged) -> None:
        self.case, self.rules, self.lines, self.judged = case, case.rules, lines, judged
        self.own = case.rules_by_category()
        self.votes = {
            entry: ties.Vote(vote.order, vote.by, vote.reason)
            for vote in case.deliberation.casting_votes
            for entry in vote.order
        }
        self.limits: list[tuple[set[str], int]] = []

    def order(self, group: Sequence[str]) -> Sequence[Sequence[str]]:
        """Entries of one score in the order of the chain."""
        return self.settled(group).groups

    def settled(self, group: Sequence[str]) -> ties.Settled:
        """Entries of one score, settled by the chain, each with the rubric of its category."""
        rules = {code: self.own[self.lines[code].category] for code in group}
        return ties.settle(rules, group, self.judged.sheets, self.votes)

    def rank(self) -> None:
        """Ranks in every pool: on the scores, and inside a group of equal ones by the chain where there is one."""
        for pool in rounds.pools(self.judged.scores, self.lines, self.rules.rank_in):
            groups: list[Sequence[str]] = []
            for group in ties.groups_of({code: self.judged.scores[code] for code in pool}):
                settled = self.settled(group)
                groups += settled.groups
                if len(group) > 1:
                    self._tell(group, settled)
            for code, rank in ties.ranks(groups).items():
                self.lines[code].rank = rank

    def _tell(self, group: Sequence[str], settled: ties.Settled) -> None:
        for code in group:
            self.lines[code].tie = tuple(group)
            vote = self.votes.get(code)
            words = {"by": vote.by, "reason": vote.reason} if vote else {}
            for step in settled.steps[code]:
                self.lines[code].say(_BY[step], **words)
        for part in settled.groups:
            for code in part if len(part) > 1 else ():
                self.lines[code].say(N_("Equal scores that nothing parts: the rank is shared."))

    def give(self) -> medals.Given:
        """Medals in every category or, where the season is ranked as one, in the season."""
        given = medals.Given()
        candidates = {
            code: score
            for code, score in self.judged.scores.items()
            if not rounds.NO_MEDAL & set(self.lines[code].flags)
        }
        for pool in rounds.pools(candidates, self.lines, self.rules.rank_in):
            part = medals.by_levels(
                self.own[self.lines[pool[0]].category].levels,
                {code: candidates[code] for code in pool},
                self.rules.tie_at_border,
                roll=self.rules.roll,
                order=self.order,
            )
            given.medals |= part.medals
            given.open_ties |= part.open_ties
            given.at_border |= part.at_border
        for code, how in given.at_border.items():
            self.lines[code].say(_AT_BORDER[how])
        for code, medal in given.medals.items():
            self._medal(code, medal)
        for code in candidates.keys() - given.medals.keys():
            self.lines[code].say(N_("No medal for this score."))
        self._open(given)
        return given

    def cap(self, cap: Decimal, given: medals.Given, presented: int) -> int:
        """Take the medals beyond the cap away; how many the cap allows in all."""
        holders = dict.fromkeys(given.medals)
        most = 0
        for pool, entries in self._cap_pools(presented):
            limit = medals.most(cap, entries)
            most += limit
            self.limits.append((set(pool), limit))
            inside = medals.Given({code: given.medals[code] for code in holders if code in pool})
            lost = medals.capped(inside, self.judged.scores, limit, self.rules.tie_at_cap, self.order)
            for code in lost:
                self.lines[code].medal = None
                self.lines[code].flag(
                    Flag.CAP,
                    N_("Only %(most)s medals for %(entries)s entries: it keeps its score and has no medal."),
                    most=limit,
                    entries=entries,
                )
            given.open_ties |= inside.open_ties
        self._open(given)
        return most

    def _cap_pools(self, presented: int) -> list[tuple[set[str], int]]:
        pools = rounds.pools(self.lines, self.lines, self.rules.cap_in)
        if len(pools) == 1:
            return [(set(pools[0]), presented)]
        n = {each.entry for each in self.case.entries if _counts(self.case, each.state)}
        return [(set(pool), len(n & set(pool))) for pool in pools]

    def override(self) -> None:
        """Carry out what was changed in deliberation.

        Raises `Unjudgeable` where the change starts from another medal than the marks give, names a medal that there
        is not, gives one without a quorum, or makes more medals than a cap allows that is no target.
        """
        found = [
            Problem(f"deliberation.overrides[{index}]", refusal)
            for index, each in enumerate(self.case.deliberation.overrides)
            if (refusal := self._override(each))
        ]
        found = found or [Problem("deliberation.overrides", each) for each in self._above()]
        if found:
            raise Unjudgeable(found)

    def _above(self) -> Iterator[Refused]:
        for pool, limit in self.limits if not self.rules.cap_is_target else ():
            held = sum(self.lines[code].medal is not None for code in pool)
            if held > limit:
                yield Refused(
                    "override_cap",
                    N_("With these changes there would be %(held)s medals; the cap allows %(most)s."),
                    held=held,
                    most=limit,
                )

    def _override(self, change: Override) -> Refused | None:
        line = self.lines[change.entry]
        known = [level.medal for level in self.own[line.category].levels]
        if line.medal != change.was:
            return Refused(
                "override_from",
                N_("Entry %(entry)s has another medal than the change begins with."),
                entry=change.entry,
            )
        if change.becomes is not None and change.becomes not in known:
            return Refused("medal_unknown", N_("There is no medal %(medal)s."), medal=change.becomes)
        if change.becomes is not None and line.score is None:
            return Refused(
                "override_quorum",
                N_("Entry %(entry)s was not judged by enough jurors and cannot have a medal."),
                entry=change.entry,
            )
        if change.becomes is not None and Flag.ELIMINATED in line.flags:
            return Refused(
                "override_eliminated",
                N_("Jurors want no award for entry %(entry)s; it cannot have a medal."),
                entry=change.entry,
            )
        if change.becomes is not None and Flag.SECOND_JUDGING in line.flags:
            return Refused(
                "override_held",
                N_("One juror wants no award for entry %(entry)s: the president answers that first."),
                entry=change.entry,
            )
        line.medal = change.becomes
        line.flag(
            Flag.OVERRIDE,
            N_("Changed in deliberation, signed by %(names)s: %(reason)s"),
            names=", ".join(change.signed_by),
            reason=change.reason,
        )
        return None

    def _medal(self, code: str, medal: str) -> None:
        line = self.lines[code]
        line.medal = medal
        level = next(each for each in self.own[line.category].levels if each.medal == medal)
        bound, places = level.at_least, level.places
        if bound is not None:
            line.say(N_("“%(medal)s” is given from %(bound)s on."), medal=medal, bound=f"{bound:f}")
        if places is not None:
            line.say(N_("Places of “%(medal)s”: %(places)s."), medal=medal, places=places)

    def _open(self, given: medals.Given) -> None:
        for code in sorted(given.open_ties):
            self.lines[code].flag(
                Flag.OPEN_TIE, N_("Equal scores at a border, and no step of the rules parts them.")
            )


def _presented(case: Case) -> int:
    return sum(_counts(case, each.state) for each in case.entries)


def _counts(case: Case, state: EntryState) -> bool:
    """Whether an entry counts in the N of the cap."""
    return case.rules.cap_counts is Counted.ALL or state.counts_as_presented


def _ordered(case: Case, lines: Iterable[Line]) -> list[Line]:
    listed = [each.category for each in case.categories]
    places = {code: (index, "") for index, code in enumerate(listed)}
    return sorted(
        lines,
        key=lambda line: (
            places.get(line.category, (len(listed), line.category)) if _by_category(case) else (0, ""),
            line.rank is None,
            line.rank or 0,
            line.entry,
        ),
    )


def _by_category(case: Case) -> bool:
    return case.rules.rank_in is Pool.CATEGORY


def _counted(case: Case, lines: Iterable[Line]) -> dict[str, int]:
    found = Counter(line.medal for line in lines)
    known = medals_of(case.rules, [each.levels or () for each in case.categories])
    return {medal: found[medal] for medal in known}


def _warnings(case: Case, lines: Mapping[str, Line], most: int | None) -> Iterable[Refused]:
    unasked = sorted(
        each.entry
        for each in case.deliberation.second_judging
        if not lines[each.entry].asked and lines[each.entry].n
    )
    if unasked:
        yield Refused(
            "second_unasked",
            N_("Nobody asked the president about %(entries)s: that answer changes nothing."),
            entries=", ".join(unasked),
        )
    if most == 0:
        yield Refused("cap_zero", N_("With so few entries the cap allows no medal at all."))
    own = case.rules_by_category()
    for pool in rounds.pools(lines, lines, case.rules.rank_in):
        levels = own[lines[pool[0]].category].levels
        places = [level.places for level in levels]
        wanted = sum(number for number in places if number is not None)
        if None not in places and wanted > len(pool):
            yield Refused(
                "quotas_above_entries",
                N_("There are %(places)s medals for %(entries)s entries."),
                places=wanted,
                entries=len(pool),
            )
