"""What is compared across categories, rounds and roundings, and input that would be passed over (awards.md §3.4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.awards.judged import Judge, Refusal, a_file, of_scores, quotas

G_FROM_80 = [{"medal": "G", "at_least": 80}]
TEN = [{"code": "score", "weight": 100, "max": 10}]
CHAIN = ["weightiest_criterion"]


def in_categories(marks: dict[str, tuple[str, list[Any]]], **parts: Any) -> dict[str, Any]:
    """A file whose entries stand in categories: entry -> (category, marks)."""
    file = a_file({entry: given for entry, (_, given) in marks.items()}, **parts)
    file["entries"] = [{"entry": entry, "category": category} for entry, (category, _) in marks.items()]
    return file


@pytest.mark.parametrize("step", [0, "0", -1])
def test_a_step_that_is_none_is_a_sentence(judge: Judge, step: Any) -> None:
    """§3.4 step 1: also in a category's own rubric, and although marks are there."""
    wrong = [{"code": "score", "weight": 100, "step": step}]
    with pytest.raises(Refusal, match="does not divide its scale"):
        judge(a_file({"A": [88, 88, 88]}, rules={"criteria": wrong}))
    own = in_categories({"A": ("x", [88, 88, 88])}, categories=[{"category": "x", "criteria": wrong}])
    with pytest.raises(Refusal, match="does not divide its scale"):
        judge(own)


def test_a_half_that_levelling_leaves_is_rounded_up(judge: Judge) -> None:
    """§3.4 steps 4 and 5: two jurors' square roots cancel out and leave 90.75, however many digits they were taken to.

    A is fitted to 85 + (96.5 − 85) · ½, since its levelled median lies halfway between those of the others.
    """
    marks: dict[str, list[Any]] = {
        "A": [None, 99, 93, "97.5"],
        "B": [85, None, None, None],
        "C": [87, None, 98, None],
    }
    rules = {
        "quorum": 1,
        "method": "median",
        "normalise": "range",
        "least_sheets": 2,
        "few_sheets_confirmed": True,
        "decimals": 1,
    }
    found = judge(a_file(marks, rules=rules))
    assert (found.score("B"), found.score("A"), found.score("C")) == (
        Decimal(85),
        Decimal("90.8"),
        Decimal("96.5"),
    )


class TestTiesBetweenRubrics:
    """§3.4 step 12: what weighs most in the own rubric is compared, whatever the entries are called."""

    CATEGORIES = (
        {"category": "cups"},
        {
            "category": "lamps",
            "criteria": [{"code": "light", "weight": 60}, {"code": "form", "weight": 40}],
        },
    )
    RUBRIC = ({"code": "taste", "weight": 60}, {"code": "looks", "weight": 40})

    def file(self, cup: str, lamp: str, **rules: Any) -> dict[str, Any]:
        """Cup and lamp both have 88; the cup's heaviest criterion has 90, the lamp's 88."""
        marks = {cup: {"taste": 90, "looks": 85}, lamp: {"light": 88, "form": 88}}
        return a_file(
            entries=[{"entry": cup, "category": "cups"}, {"entry": lamp, "category": "lamps"}],
            categories=list(self.CATEGORIES),
            sheets=[
                {"entry": entry, "juror": f"J{number}", "scores": scores}
                for entry, scores in marks.items()
                for number in range(3)
            ],
            rules={"criteria": list(self.RUBRIC), "tie_chain": CHAIN} | rules,
        )

    @pytest.mark.parametrize(("cup", "lamp"), [("E1", "E2"), ("E2", "E1")])
    def test_in_a_season_that_is_ranked_as_one(self, judge: Judge, cup: str, lamp: str) -> None:
        rules = {"rank_in": "season", "tie_at_border": "tiebreak", "levels": quotas(G=1)}
        found = judge(self.file(cup, lamp, **rules))
        assert found.score(cup) == found.score(lamp) == 88
        assert (found.ranks(), found.medals()) == ({cup: 1, lamp: 2}, {cup: "G"})

    @pytest.mark.parametrize(("cup", "lamp"), [("E1", "E2"), ("E2", "E1")])
    def test_at_a_cap_over_categories(self, judge: Judge, cup: str, lamp: str) -> None:
        found = judge(self.file(cup, lamp, cap=0.5, tie_at_cap="tiebreak", levels=G_FROM_80))
        assert found.medals() == {cup: "G"}


class TestScales:
    """§3.4 step 1: marks of other scales mean other things; where their scores meet they count from 0 to 100."""

    def file(self, *categories: dict[str, Any], **rules: Any) -> dict[str, Any]:
        marks = {"A1": ("cups", [91, 91, 91]), "B1": ("lamps", [9, 9, 9])}
        return in_categories(
            marks, categories=[{"category": "cups"}, *categories], rules={"levels": G_FROM_80} | rules
        )

    def test_a_common_bound_is_refused(self, judge: Judge) -> None:
        with pytest.raises(Refusal, match="let every mark count from 0 to 100"):
            judge(self.file({"category": "lamps", "criteria": TEN}))

    def test_it_counts_from_0_to_100_then(self, judge: Judge) -> None:
        found = judge(self.file({"category": "lamps", "criteria": TEN}, rescale=True))
        assert (found.score("B1"), found.medals()) == (Decimal(90), {"A1": "G", "B1": "G"})

    def test_medals_of_its_own_keep_a_category_apart(self, judge: Judge) -> None:
        own = {"category": "lamps", "criteria": TEN, "levels": [{"medal": "G", "at_least": 9}]}
        assert judge(self.file(own)).medals() == {"A1": "G", "B1": "G"}
        for meeting in ({"cap": 1}, {"normalise": "spread", "few_sheets_confirmed": True}):
            with pytest.raises(Refusal, match="let every mark count from 0 to 100"):
                judge(self.file(own, **meeting))
        assert judge(self.file(own, cap=1, cap_in="category")).medals() == {"A1": "G", "B1": "G"}


def test_orders_of_categories_meet_under_a_cap_as_shares(judge: Judge) -> None:
    """§3.4 steps 8 and 13: the first of two is no worse than the second of six."""
    entries = [f"A{number}" for number in range(6)] + ["B0", "B1"]
    order = [[entry] for entry in entries]
    file = a_file(
        entries=[{"entry": entry, "category": entry[0]} for entry in entries],
        sheets=[],
        ballots=[{"juror": f"J{number}", "order": order} for number in range(3)],
        rules={
            "rounds": [{"kind": "ranking"}],
            "levels": quotas(G=1, S=1),
            "cap": 0.3,
        },
    )
    found = judge(file)
    assert found.medals() == {"A0": "G", "B0": "G"}
    assert found.score("B0") == 1
    file["rules"]["cap"] = None
    assert judge(file).score("A0") == 15, "without a cap every category counts points for itself"


def test_one_bound_for_all_medals_with_places(judge: Judge) -> None:
    """§3.4 step 10: a minimum and a quota together."""
    levels = [
        {"medal": "G", "places": 1, "at_least": 90},
        {"medal": "S", "places": 1, "at_least": 90},
        {"medal": "B", "at_least": 90},
    ]
    found = judge(of_scores([95, 93, 91, 90, 89], rules={"levels": levels}))
    assert list(found.medals().values()) == ["G", "S", "B", "B"]
    levels[1] = {"medal": "S", "at_least": 90}
    with pytest.raises(Refusal, match="must need a higher score"):
        judge(of_scores([95], rules={"levels": levels}))


class TestElimination:
    """§3.4 step 6, AW-28."""

    def test_two_jurors_of_two_rounds_are_two(self, judge: Judge) -> None:
        rounds = [{"round": "1", "kind": "qualifying", "advance": 1}, {"round": "2"}]
        file = a_file({"A": [90, 90, 90]}, rules={"rounds": rounds})
        first = [each | {"round": "1"} for each in file["sheets"]]
        second = [each | {"round": "2"} for each in file["sheets"]]
        first[0] |= {"eliminated": True}
        file["sheets"] = [*first, *second]
        assert judge(file).line("A")["flags"] == ["SECOND_JUDGING"]
        second[0] |= {"eliminated": True}
        file["sheets"] = [*first, *second]
        assert judge(file).line("A")["flags"] == ["SECOND_JUDGING"], "the same juror twice is one"
        second[1] |= {"eliminated": True}
        file["sheets"] = [*first, *second]
        found = judge(file)
        assert "ELIMINATED" in found.line("A")["flags"]
        assert found.medals() == {}

    def test_an_answer_that_nobody_asked_for_is_told(self, judge: Judge) -> None:
        answer = {"entry": "A", "decision": "no_award", "by": "Wang"}
        found = judge(a_file({"A": [90, 90, 90]}, deliberation={"second_judging": [answer]}))
        assert found.medals() == {"A": "G"}
        assert any("Nobody asked the president about A" in each for each in found.document["warnings"])

    def test_a_held_entry_is_answered_before_its_medal_is_changed(self, judge: Judge) -> None:
        file = a_file({"A": [90, 90, 90]})
        file["sheets"][0]["eliminated"] = True
        file["deliberation"] = {
            "overrides": [
                {"entry": "A", "was": None, "becomes": "G", "reason": "best", "signed_by": ["Wang", "Li"]}
            ]
        }
        with pytest.raises(Refusal, match="the president answers that first"):
            judge(file)


def test_orders_are_not_replaced_by_a_retaste(judge: Judge) -> None:
    with pytest.raises(Refusal, match="cannot be replaced by a retaste"):
        judge(a_file({}, rules={"rounds": [{"kind": "ranking"}, {"round": "2", "kind": "retaste"}]}))


def test_thousands_of_equal_scores_do_not_name_each_other(judge: Judge) -> None:
    found = judge(of_scores([88] * 150))
    assert len(found.line("E01")["tie"]) == 100
    assert set(found.ranks().values()) == {1}
