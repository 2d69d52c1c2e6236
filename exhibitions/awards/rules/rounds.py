"""From sheets and orders to one score an entry, round by round (awards.md §3.3 Round, §3.4 steps 1 to 6 and 13)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exhibitions.awards.rules import averages, ballots, sheets, ties
from exhibitions.awards.rules.case import Case, EntryState, ScoreSheet, Second, SheetState
from exhibitions.awards.rules.lines import Flag, Line, shown
from exhibitions.awards.rules.rule_set import Ballots as CountedBy
from exhibitions.awards.rules.rule_set import (
    Method,
    Normalising,
    Pool,
    Round,
    Rounding,
    RoundKind,
    RuleSet,
)
from exhibitions.core.errors import N_
from exhibitions.core.shares import rounded

NO_AWARD_FROM = 2
"""So many marks "no award" take the award away; one less asks the president (§3.4 step 6, AW-28)."""

NO_MEDAL = frozenset({Flag.ELIMINATED, Flag.SECOND_JUDGING})
"""Flags of entries that keep score and rank and take no medal from anybody."""

JUDGED_AGAIN = frozenset({Flag.REJUDGE, Flag.SECOND_JUDGING})
"""Flags for which an entry is judged again where the rules have a retaste (§3.4 steps 3 and 6)."""

_ABSENT = {
    EntryState.DISQUALIFIED: Flag.DISQUALIFIED,
    EntryState.WITHDRAWN: Flag.WITHDRAWN,
    EntryState.NOT_PRESENTED: Flag.NOT_PRESENTED,
}
_METHOD = {
    Method.MEAN: N_("%(n)s sheets, mean %(value)s."),
    Method.MEDIAN: N_("%(n)s sheets, median %(value)s."),
    Method.TRIM: N_("%(n)s sheets; without the highest and lowest the mean is %(value)s."),
    Method.OIV: N_("%(n)s sheets; without those far from the mean of %(mean)s it is %(value)s."),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What the last round made of the entries in it: compared scores, and the counted sheets of each entry."""

    scores: Mapping[str, Fraction]
    sheets: Mapping[str, Sequence[sheets.Sheet]]


@dataclass(frozen=True, slots=True)
class Reach:
    """The entries of a round by number: `standing` may be judged in it, `called` are given to its jurors by lot.

    They differ in a retaste alone, which is for entries whose marks ask for it: `JUDGED_AGAIN`.
    """

    standing: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Stage:
    """A round that decides something, with the retastes whose sheets stand in place of its own, the last first."""

    main: Round
    names: tuple[str, ...]


def lines_of(case: Case) -> dict[str, Line]:
    """An empty line for every entry, by its number; who was never judged is marked so."""
    lines = {
        each.entry: Line(each.entry, each.category)
        for each in sorted(case.entries, key=lambda each: each.entry)
    }
    for each in case.entries:
        if each.state in _ABSENT:
            lines[each.entry].flag(_ABSENT[each.state])
    return lines


def pools(codes: Iterable[str], lines: Mapping[str, Line], pool: Pool) -> list[list[str]]:
    """The entries that are compared with one another: by category, or all of the season."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in sorted(codes):
        found[lines[code].category if pool is Pool.CATEGORY else ""].append(code)
    return [found[category] for category in sorted(found)]


def judge(case: Case, lines: Mapping[str, Line]) -> Judged:
    """Judge all rounds; each line learns its value, score, n, flags and steps.

    Raises `Refused("few_sheets")` of `averages.levelled`.
    """
    return _Rounds(case, lines).run()


def reach(case: Case, round_: str) -> Reach:
    """Which entries come into a round, from the sheets of the rounds before it (awards.md §3.3 Round).

    The first round takes all that were presented, a later one those that went on. Raises `ValueError` for a round that
    the rules do not have, `Refused("few_sheets")` of `averages.levelled`.
    """
    return _Rounds(case, lines_of(case)).reach(round_)


def _stages(rules: RuleSet) -> list[_Stage]:
    found: list[_Stage] = []
    for each in rules.rounds:
        if each.kind is RoundKind.RETASTE:
            found[-1] = _Stage(found[-1].main, (each.round, *found[-1].names))
        else:
            found.append(_Stage(each, (each.round,)))
    return found


class _Rounds:
    def __init__(self, case: Case, lines: Mapping[str, Line]) -> None:
        self.case, self.rules, self.lines = case, case.rules, lines
        self.own = case.rules_by_category()
        self.second = {each.entry: each for each in case.deliberation.second_judging}
        self.counted: dict[str, list[sheets.Sheet]] = {}
        self.against: dict[str, dict[str, set[str]]] = defaultdict(dict)
        self.submitted: dict[tuple[str, str], list[ScoreSheet]] = defaultdict(list)
        for sheet in case.sheets:
            if sheet.state is SheetState.SUBMITTED:
                self.submitted[sheet.round or case.first_round, sheet.entry].append(sheet)

    def run(self) -> Judged:
        here: Sequence[str] = self._presented()
        scores: dict[str, Fraction] = {}
        for stage in _stages(self.rules):
            scores = self._scores(stage, here)
            here = self._going_on(stage, scores)
        return Judged(scores, self.counted)

    def reach(self, round_: str) -> Reach:
        here = self._presented()
        for stage in _stages(self.rules):
            if stage.main.round == round_:
                return Reach(frozenset(here), frozenset(here))
            if round_ in stage.names:
                earlier = stage.names[stage.names.index(round_) + 1 :]
                self._scores(_Stage(stage.main, earlier), here)
                again = (code for code in here if JUDGED_AGAIN & set(self.lines[code].flags))
                return Reach(frozenset(here), frozenset(again))
            here = self._going_on(stage, self._scores(stage, here))
        raise ValueError(f"no round {round_}")

    def _presented(self) -> list[str]:
        return [each.entry for each in self.case.entries if each.state is EntryState.PRESENTED]

    def _scores(self, stage: _Stage, here: Sequence[str]) -> dict[str, Fraction]:
        self.counted = {code: [] for code in here}
        found = self._ballots(stage, here) if _ranks(stage) else self._marks(stage, here)
        return self._compared(here, found)

    def _going_on(self, stage: _Stage, scores: Mapping[str, Fraction]) -> list[str]:
        return self._advance(stage.main, scores) if _qualifies(stage) else list(scores)

    def _marks(self, stage: _Stage, here: Sequence[str]) -> dict[str, Fraction]:
        """Values of the entries with enough sheets, before rounding. Jurors are levelled over all that they judged."""
        for code in here:
            self.counted[code] = self._standing(stage, code)
        found = averages.levelled(self.rules, [sheet for code in here for sheet in self.counted[code]])
        values: dict[str, Fraction] = {}
        for code, raw in found.raw.items():
            line = self.lines[code]
            line.n, line.raw, line.range = len(raw), averages.mean(raw), max(raw) - min(raw)
            line.deviation = averages.spread(raw)
            if line.n >= self.rules.quorum:
                values[code] = self._robust(line, found.scores[code])
                if found.flat & {sheet.juror for sheet in self.counted[code]}:
                    line.flag(
                        Flag.FLAT_JUROR, N_("A juror's marks tell nothing apart; they count as the average.")
                    )
        return averages.fitted(self.rules, values, {code: averages.mean(found.raw[code]) for code in values})

    def _standing(self, stage: _Stage, code: str) -> list[sheets.Sheet]:
        """The complete sheets that stand for an entry: those of its last retaste, otherwise of the round itself."""
        line = self.lines[code]
        given = next((found for name in stage.names if (found := self.submitted[name, code])), [])
        # Two jurors are two jurors, also where one of them said so in a round before.
        against = self.against[code]
        against[stage.main.round] = {sheet.juror for sheet in given if sheet.eliminated}
        self._eliminate(line, len(set[str]().union(*against.values())))
        scored = [
            sheets.score(self.own[line.category], code, each.juror, each.scores)
            for each in sorted(given, key=lambda each: each.juror)
        ]
        complete = [sheet for sheet in scored if sheet is not None]
        if len(complete) < len(scored):
            line.flag(Flag.INCOMPLETE_SHEET, N_("A sheet lacks a required mark and does not count."))
        if any(sheet.reweighted for sheet in complete):
            line.flag(
                Flag.REWEIGHTED, N_("An optional mark was left blank; the other criteria carry its weight.")
            )
        return complete

    def _eliminate(self, line: Line, against: int) -> None:
        decided, line.asked = self.second.get(line.entry), line.asked or bool(against)
        if against >= NO_AWARD_FROM:
            line.flag(Flag.ELIMINATED, N_("%(against)s jurors want no award for it."), against=against)
        elif against and decided is None:
            line.flag(Flag.SECOND_JUDGING, N_("One juror wants no award; the president decides."))
        elif against and decided and decided.decision is Second.NO_AWARD:
            line.flag(Flag.ELIMINATED, N_("Second judging by %(by)s: no award."), by=decided.by)
        elif against and decided:
            line.say(N_("Second judging by %(by)s: it may have an award."), by=decided.by)

    def _robust(self, line: Line, scores: Sequence[Fraction]) -> Fraction:
        found = averages.robust(self.rules, scores)
        if self.rules.normalise is not Normalising.NONE:
            line.say(
                N_("The jurors' marks were levelled: before, the mean was %(raw)s."),
                raw=shown(line.raw or Fraction(0)),
            )
        method = self.rules.method
        if method in (Method.TRIM, Method.OIV) and not found.dropped:
            method = Method.MEAN
        line.say(
            _METHOD[method],
            n=line.n,
            value=shown(found.value),
            mean=shown(averages.mean(scores)),
        )
        if found.dropped:
            line.say(N_("Left out: %(scores)s."), scores=", ".join(map(shown, found.dropped)))
        if found.rejudge:
            line.flag(
                Flag.REJUDGE,
                N_("Too few sheets lie near the mean; the plain mean stands, and it is to be judged again."),
            )
        return found.value

    def _ballots(self, stage: _Stage, here: Sequence[str]) -> dict[str, Fraction]:
        found: dict[str, Fraction] = {}
        apart = pools(here, self.lines, self.rules.rank_in)
        # Points of six entries are no points of two: where a cap compares categories, shares are compared.
        across = len(apart) > 1 and self.rules.cap is not None and self.rules.cap_in is Pool.SEASON
        for pool in apart:
            found |= self._orders(stage, pool, across=across)
        return found

    def _orders(self, stage: _Stage, pool: Sequence[str], *, across: bool) -> dict[str, Fraction]:
        here = set(pool)
        orders = [
            [group for each in ballot.order if (group := [code for code in each if code in here])]
            for ballot in sorted(self.case.ballots, key=lambda ballot: ballot.juror)
            if (ballot.round or self.case.first_round) == stage.main.round
        ]
        found = ballots.count(self.rules, pool, [order for order in orders if order], across=across)
        values: dict[str, Fraction] = {}
        for code in pool:
            if code in found:
                line = self.lines[code]
                line.n = found[code].n
                if line.n >= self.rules.quorum:
                    values[code] = found[code].value
                    line.say(
                        N_("%(n)s orders, %(value)s points.")
                        if found[code].by is CountedBy.POINTS
                        else N_("%(n)s orders name it, mean share %(value)s."),
                        n=line.n,
                        value=shown(found[code].value),
                    )
        return values

    def _compared(self, here: Sequence[str], values: Mapping[str, Fraction]) -> dict[str, Fraction]:
        for code in here:
            line = self.lines[code]
            if code not in values:
                line.flag(
                    Flag.INSUFFICIENT,
                    N_("%(n)s of at least %(quorum)s jurors: no rank and no medal."),
                    n=line.n,
                    quorum=self.rules.quorum,
                )
                line.value = line.score = None
                continue
            if line.n == 1:
                line.flag(Flag.SINGLE_JUROR, N_("Only one juror judged it."))
            line.value = values[code]
            line.score = averages.compared(self.rules, values[code])
            line.say(N_("Score that is compared: %(score)s."), score=printed(self.rules, line.score))
        return {code: score for code in here if (score := self.lines[code].score) is not None}

    def _advance(self, stage: Round, scores: Mapping[str, Fraction]) -> list[str]:
        going: list[str] = []
        for pool in pools(scores, self.lines, self.rules.rank_in):
            passed = 0
            for group in ties.groups_of({code: scores[code] for code in pool}):
                if (stage.advance is None or passed < stage.advance) and (
                    stage.at_least is None or scores[group[0]] >= Fraction(stage.at_least)
                ):
                    going += group
                passed += len(group)
        for code in scores:
            if code in going:
                # What was remarkable about a round that only chose says nothing about the next, but that jurors wanted
                # no award does.
                line = self.lines[code]
                line.flags = [flag for flag in line.flags if flag in NO_MEDAL]
                self.lines[code].say(N_("It goes on from round %(round)s."), round=stage.round)
            else:
                self.lines[code].flag(
                    Flag.NOT_ADVANCED, N_("It does not go on from round %(round)s."), round=stage.round
                )
        return going


def _ranks(stage: _Stage) -> bool:
    return stage.main.kind is RoundKind.RANKING


def _qualifies(stage: _Stage) -> bool:
    return stage.main.kind is RoundKind.QUALIFYING


def printed(rules: RuleSet, score: Fraction) -> str:
    """A compared score as it is printed: with the places of the rules, or exactly."""
    return exact(score) if rules.rounding is Rounding.EXACT else str(rounded(score, rules.decimals))


def exact(score: Fraction) -> str:
    """A fraction as a decimal where that ends within twelve places, otherwise as `a/b`."""
    as_decimal = rounded(score, averages.EXACT_PLACES)
    return f"{as_decimal.normalize():f}" if Fraction(as_decimal) == score else str(score)
