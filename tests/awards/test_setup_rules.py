"""What may be set up: templates, fees (AW-40), problems of rules (AW-32), their hash, and the moves of a season."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from exhibitions.awards.forms.fields import exact
from exhibitions.awards.rules import freezing, tables, version_facts
from exhibitions.awards.rules.case import Category
from exhibitions.awards.rules.fees import REFERENCE, approval_warnings, check_fee
from exhibitions.awards.rules.freezing import Rules
from exhibitions.awards.rules.rule_set import (
    Criterion,
    Level,
    Method,
    Normalising,
    Pool,
    Round,
    RoundKind,
    RuleSet,
    fingerprint,
)
from exhibitions.awards.rules.season_moves import (
    Standing,
    backward,
    cautions,
    check_dates,
    check_right,
    hindrances,
    is_of_deliberation,
    onward,
)
from exhibitions.awards.rules.states import LOCKED, SEASON_MOVES, LegalBasis, SeasonState
from exhibitions.awards.rules.tables import Spot, digest
from exhibitions.awards.rules.templates import NOTES, RULES, WORDS, Template
from exhibitions.core.errors import Conflict, Forbidden, NotFound, Refused

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
FULL = Standing(
    state=SeasonState.DRAFT,
    opens_at=NOW - timedelta(days=1),
    closes_at=NOW + timedelta(days=1),
    judging_closes_at=NOW + timedelta(days=2),
    categories=1,
    accepted=1,
    waiting=0,
    unjudged=0,
)
MEDAL = (Level(medal="G", places=1),)


def codes(rules: Rules) -> list[tuple[str, str]]:
    return [(problem.where, problem.refusal.code) for problem in freezing.problems(rules)]


def weighed(*weights: int) -> RuleSet:
    criteria = tuple(Criterion(code=f"c{place}", weight=Decimal(each)) for place, each in enumerate(weights))
    return RuleSet(criteria=criteria, levels=MEDAL)


class TestTemplates:
    @pytest.mark.parametrize("template", list(Template))
    def test_each_can_be_frozen_as_it_is(self, template: Template) -> None:
        assert codes(Rules(RULES[template])) == []
        assert WORDS[template]
        assert NOTES[template]

    def test_the_one_by_threshold_has_the_bounds_and_the_cap_of_the_worked_cases(self) -> None:
        rules = RULES[Template.THRESHOLD]
        assert [level.at_least for level in rules.levels] == [92, 85, 82, 80]
        assert rules.cap == Decimal("0.30")


class TestFees:
    """AW-40: no fee of any kind under the rule; the refusal names it."""

    def test_a_fee_under_an_approval_is_refused_with_the_reference(self) -> None:
        with pytest.raises(Refused) as refused:
            check_fee(LegalBasis.REGULATED, 1)
        assert refused.value.params["rule"] == REFERENCE
        check_fee(LegalBasis.REGULATED, 0)
        check_fee(LegalBasis.OWN, 30_000)

    def test_an_approval_that_is_missing_or_over_is_said(self) -> None:
        def said(basis: LegalBasis, number: str, until: date | None) -> list[str]:
            return [each.code for each in approval_warnings(basis, number, until, date(2026, 8, 1))]

        assert said(LegalBasis.REGULATED, "国评组〔2023〕1号", date(2026, 8, 1)) == []
        assert said(LegalBasis.REGULATED, "国评组〔2023〕1号", date(2026, 7, 31)) == ["approval_over"]
        assert said(LegalBasis.REGULATED, "", None) == ["approval_missing"]
        assert said(LegalBasis.OWN, "", date(2020, 1, 1)) == []


class TestProblems:
    def test_aw_32_weights_of_95_cannot_be_frozen(self) -> None:
        wrong = Rules(weighed(30, 25, 20, 15, 5))
        with pytest.raises(Refused) as refused:
            freezing.check_fit(wrong)
        assert (refused.value.code, refused.value.params) == ("weights", {"sum": "95", "total": "100"})
        assert codes(Rules(weighed(30, 25, 20, 15, 10))) == []

    def test_thresholds_out_of_order_cannot_be_frozen(self) -> None:
        levels = (Level(medal="S", at_least=Decimal(82)), Level(medal="G", at_least=Decimal(85)))
        assert codes(Rules(RuleSet(levels=levels))) == [("rules", "bounds")]

    def test_a_category_s_own_rubric_must_add_up_too(self) -> None:
        own = (Criterion(code="taste", weight=Decimal(95)),)
        found = codes(Rules(RuleSet(levels=MEDAL), (Category(category="A", criteria=own),)))
        assert found == [("categories[0].criteria", "weights")]

    def test_without_any_medal_there_is_nothing_to_judge_for(self) -> None:
        assert codes(Rules(RuleSet())) == [("rules", "no_medals")]
        assert codes(Rules(RuleSet(), (Category(category="A", levels=MEDAL),))) == []


class TestWarnings:
    def said(self, rules: RuleSet, entries: dict[str, int], jurors: int = 5) -> list[str]:
        return [each.code for each in freezing.warnings(Rules(rules), entries, jurors)]

    def test_quotas_above_entries_are_said(self) -> None:
        rules = RuleSet(levels=(Level(medal="G", places=2), Level(medal="S", places=3)))
        assert self.said(rules, {"A": 4, "B": 5, "C": 0}) == ["places_above_entries"]
        season = msgspec.structs.replace(rules, rank_in=Pool.SEASON)
        assert self.said(season, {"A": 3, "B": 1}) == ["places_above_entries"]
        assert self.said(season, {"A": 3, "B": 2}) == []

    def test_a_cap_that_allows_no_medal_is_said(self) -> None:
        """AW-19: three entries under 30 per cent."""
        rules = RuleSet(levels=(Level(medal="G", at_least=Decimal(85)),), cap=Decimal("0.30"))
        assert self.said(rules, {"A": 3}) == ["cap_is_zero"]
        assert self.said(rules, {"A": 4}) == []

    def test_fewer_jurors_than_the_quorum_are_said(self) -> None:
        assert self.said(RuleSet(levels=MEDAL, quorum=3), {"A": 4}, jurors=2) == ["fewer_than_quorum"]


class TestHash:
    """What is frozen: the rules, and what categories have of their own."""

    def test_it_hangs_on_rules_and_own_rules_and_not_on_names(self) -> None:
        rules = RULES[Template.QUOTA]
        plain = Rules(rules, (Category(category="A", name_zh="甲"), Category(category="B")))
        own = Rules(rules, (Category(category="A", levels=MEDAL), Category(category="B")))
        assert plain.hash == fingerprint(rules) == Rules(rules).hash
        assert own.hash != plain.hash
        assert own.hash == Rules(rules, own.categories[::-1]).hash
        assert Rules(msgspec.structs.replace(rules, quorum=4)).hash != plain.hash

    def test_what_is_stored_is_read_back_the_same(self) -> None:
        rules = Rules(RULES[Template.THRESHOLD], (Category(category="A", criteria=weighed(100).criteria),))
        again = freezing.loaded(*freezing.stored(rules))
        assert again.hash == rules.hash
        assert again.of("A").criteria == rules.categories[0].criteria
        assert again.of("B").criteria == rules.common.criteria

    def test_what_changed_is_named_by_its_parts(self) -> None:
        before = Rules(RULES[Template.QUOTA])
        after = msgspec.structs.replace(before.common, method=Method.MEDIAN, roll=True)
        assert freezing.changed_parts(before, Rules(after)) == ["method", "ties"]
        own = (Category(category="A", levels=MEDAL),)
        assert freezing.changed_parts(before, Rules(before.common, own)) == ["categories"]

    def test_sent_marks_must_fit_the_changed_rubric(self) -> None:
        sheets = [("A", {"c0": "9.5"}), ("B", {"c0": "11"})]
        freezing.check_marks(Rules(weighed(100)), sheets)
        ten = (Criterion(code="c0", weight=Decimal(100), max=Decimal(10)),)
        narrow = RuleSet(criteria=ten, levels=MEDAL)
        with pytest.raises(Conflict) as refused:
            freezing.check_marks(Rules(narrow), sheets)
        assert refused.value.params == {"count": 1}
        freezing.check_marks(Rules(RULES[Template.RANKING]), sheets)


class TestTables:
    def test_lines_are_put_and_moved(self) -> None:
        gold, silver = Level(medal="G", places=1), Level(medal="S", places=1)
        rows = tables.put(tables.put((), None, gold), None, silver)
        assert tables.moved(rows, Spot(1, "S"), -1) == (silver, gold)
        assert tables.moved(rows, Spot(1, "S"), 1) == rows
        assert tables.put(rows, Spot(0, "G"), silver) == (silver, silver)
        for spot in (Spot(0, "S"), Spot(1, "G"), Spot(2, "S"), Spot(-1, "S")):
            assert tables.moved(rows, spot, -1) == tables.moved(rows, spot, 1) == rows

    def test_a_line_is_known_by_its_own_code_wherever_it_stands(self) -> None:
        """B5: what a page showed in a place may stand in another one by now."""
        gold, silver, bronze = (Level(medal=code, places=1) for code in "GSB")
        rows = (gold, silver, bronze)
        assert tables.put(rows, Spot(0, "S"), Level(medal="S", places=2))[1].places == 2
        assert tables.without(rows, Spot(0, "S"), digest(silver)) == (gold, bronze)
        assert tables.without((gold, bronze), Spot(0, "S"), digest(silver)) == (gold, bronze)
        with pytest.raises(Conflict, match="line_changed"):
            tables.without(rows, Spot(1, "S"), digest(Level(medal="S", places=9)))
        with pytest.raises(NotFound):
            tables.put(rows, Spot(0, "X"), gold)
        assert [tables.code_of(each) for each in (Criterion(code="c", weight=Decimal(1)), gold, Round())] == [
            "c",
            "G",
            "1",
        ]


class TestNumbers:
    @pytest.mark.parametrize(
        ("typed", "number"),
        [
            ("82.5", "82.5"),
            ("８２．５", "82.5"),
            ("1,000", "1000"),
            ("1,000,000", "1000000"),
            ("30 %", "30"),
            (".5", "0.5"),
            ("-1", "-1"),
            ("0.10", "0.1"),
        ],
    )
    def test_a_number_is_read_as_it_was_meant(self, typed: str, number: str) -> None:
        assert exact(typed) == Decimal(number)

    @pytest.mark.parametrize(
        "typed",
        [
            *("82,5", "82,50", "1_000", "1,00", "1,0000", ",5", "1,000,00", "8,", "82，5", "1e3", "NaN"),
            *("--1", ".", "", "1 000", "٣", "9" * 60, "0.0000001", "2,000,000"),
        ],
    )
    def test_what_could_be_another_number_is_none(self, typed: str) -> None:
        """82,5 is 82.5 to one reader and 825 to another."""
        assert exact(typed) is None

    def test_a_medal_above_the_scale_is_a_warning(self) -> None:
        ten = Criterion(code="c", weight=Decimal(100), max=Decimal(10))
        hundred = Criterion(code="d", weight=Decimal(0), max=Decimal(100))

        def told(at_least: int, category: Category | None = None, **more: Any) -> list[dict[str, object]]:
            given: dict[str, Any] = {
                "criteria": (ten,),
                "levels": (Level(medal="G", at_least=Decimal(at_least)),),
            }
            common = RuleSet(**(given | more))
            rules = Rules(common, (category,) if category else ())
            return [each.params for each in freezing.warnings(rules, {}, 5) if each.code == "above_scale"]

        assert told(11) == [{"medal": "G", "score": "11", "most": "10"}]
        assert told(10) == []
        assert told(100, rescale=True) == told(100, criteria=(ten, hundred)) == []
        assert told(825, rescale=True) == [{"medal": "G", "score": "825", "most": "100"}]
        assert told(11, normalise=Normalising.SPREAD) == []
        assert told(11, rounds=(Round(kind=RoundKind.RANKING),)) == []
        own = Category(category="A", levels=(Level(medal="S", at_least=Decimal(12)),))
        assert told(9, own) == [{"medal": "A S", "score": "12", "most": "10"}]


class TestFacts:
    def test_rules_are_fixed_while_jurors_judge_and_dates_with_the_result(self) -> None:
        assert version_facts.fixed(SeasonState.SCREENING) == frozenset()
        rules = {*version_facts.RULES, *version_facts.RULES_OF_CATEGORY}
        assert version_facts.fixed(SeasonState.JUDGING) == rules
        assert version_facts.fixed(SeasonState.PUBLISHED) == {*rules, *version_facts.DATES}
        version_facts.check_changeable(SeasonState.JUDGING, ["name_zh", "publish_at"])
        said = {}
        for state, name in (
            (SeasonState.JUDGING, "is_blind"),
            (SeasonState.LOCKED, "closes_at"),
            (SeasonState.LOCKED, "publish_at"),
        ):
            with pytest.raises(Conflict) as refused:
                version_facts.check_changeable(state, ["year", name])
            assert refused.value.code == f"fixed.{name}"
            said[refused.value.message] = name
        assert len(said) == 3


class TestMoves:
    def test_the_way_on_and_the_way_back(self) -> None:
        on = {state: onward(state, None, NOW) for state in SeasonState}
        assert on[SeasonState.SCREENING] is SeasonState.JUDGING
        assert on[SeasonState.LOCKED] is SeasonState.PUBLISHED
        assert onward(SeasonState.LOCKED, NOW + timedelta(seconds=1), NOW) is SeasonState.EMBARGOED
        assert on[SeasonState.CLOSED] is None
        assert backward(SeasonState.DRAFT) is None
        assert backward(SeasonState.PUBLISHED) is SeasonState.DELIBERATING

    def test_from_the_lock_on_a_season_moves_by_the_deeds_of_its_result(self) -> None:
        """AW-33: file, medals, signatures and the note for everybody hang on them. To close it touches no result."""
        of_result = {
            (now, to)
            for now, reached in SEASON_MOVES.items()
            for to in reached
            if is_of_deliberation(now, to)
        }
        assert of_result == {
            (SeasonState.DELIBERATING, SeasonState.LOCKED),
            (SeasonState.LOCKED, SeasonState.EMBARGOED),
            (SeasonState.LOCKED, SeasonState.PUBLISHED),
            (SeasonState.EMBARGOED, SeasonState.PUBLISHED),
            (SeasonState.EMBARGOED, SeasonState.LOCKED),
            *((state, SeasonState.DELIBERATING) for state in LOCKED),
        }

    @pytest.mark.parametrize(
        ("changed", "to", "expected"),
        [
            ({}, SeasonState.OPEN, []),
            ({"closes_at": None}, SeasonState.OPEN, ["no_dates"]),
            ({"closes_at": NOW}, SeasonState.OPEN, ["deadline_past"]),
            ({"categories": 0}, SeasonState.OPEN, ["no_category"]),
            ({"state": SeasonState.SCREENING, "accepted": 0}, SeasonState.JUDGING, ["no_entry"]),
            ({"state": SeasonState.SCREENING, "is_changed": True}, SeasonState.JUDGING, ["rules_changed"]),
            (
                {"state": SeasonState.SCREENING, "problems": (Refused("weights", ""),)},
                SeasonState.JUDGING,
                ["weights"],
            ),
            (
                {"state": SeasonState.SCREENING, "judging_closes_at": NOW},
                SeasonState.JUDGING,
                ["judging_over"],
            ),
            ({"state": SeasonState.JUDGING, "accepted": 0}, SeasonState.SCREENING, []),
        ],
    )
    def test_what_stands_in_the_way_is_named(
        self, changed: dict[str, object], to: SeasonState, expected: list[str]
    ) -> None:
        standing = Standing(**(vars(FULL) | changed))
        assert [each.refusal.code for each in hindrances(standing, to, NOW)] == expected

    def test_what_may_be_gone_over_is_said_before(self) -> None:
        standing = Standing(**(vars(FULL) | {"waiting": 2, "unjudged": 3}))
        assert [each.params for each in cautions(standing, SeasonState.JUDGING)] == [{"count": 2}]
        assert [each.params for each in cautions(standing, SeasonState.SCORED)] == [{"count": 3}]
        assert list(cautions(standing, SeasonState.OPEN)) == []

    def test_who_may_not_see_the_result_does_not_move_it(self) -> None:
        """AW-39: the organiser opens and closes judging, and has no part in the result."""
        check_right(SeasonState.JUDGING, SeasonState.SCORED, sees_results=False)
        check_right(SeasonState.LOCKED, SeasonState.PUBLISHED, sees_results=True)
        for now, to in (
            (SeasonState.SCORED, SeasonState.DELIBERATING),
            (SeasonState.LOCKED, SeasonState.PUBLISHED),
        ):
            with pytest.raises(Forbidden):
                check_right(now, to, sees_results=False)

    def test_dates_stand_in_their_order(self) -> None:
        check_dates({"opens_at": NOW, "closes_at": None, "publish_at": NOW})
        with pytest.raises(Refused) as refused:
            check_dates({"opens_at": NOW, "closes_at": None, "publish_at": NOW - timedelta(seconds=1)})
        assert refused.value.code == "order.publish_at"
