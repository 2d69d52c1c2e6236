"""Ranks, the tie-break chain, orders with recusals and rounds (awards.md §3.3 Round, §3.4 steps 9, 11 to 13)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.awards.judged import Judge, Refusal, a_file, of_scores, quotas

CHAIN = ["weightiest_criterion", "median", "range", "lowest_mark", "casting_vote"]
TWO = [{"code": "taste", "weight": 60}, {"code": "looks", "weight": 40}]


def test_equal_scores_share_their_rank(judge: Judge) -> None:
    found = judge(of_scores([90, 88, 88, 85]))
    assert list(found.ranks().values()) == [1, 2, 2, 4]
    assert found.line("E02")["tie"] == ["E02", "E03"]


def test_scores_that_print_alike_are_equal(judge: Judge) -> None:
    found = judge(of_scores(["88.004", "87.996", "87.9949"]))
    assert list(found.ranks().values()) == [1, 1, 3]


def test_exact_rules_compare_what_two_places_hide(judge: Judge) -> None:
    found = judge(a_file({"A": [88, 88, 89], "B": [88, 88, "89.01"]}, rules={"rounding": "exact"}))
    assert (found.ranks(), found.line("A")["score"]) == ({"B": 1, "A": 2}, "265/3")


@pytest.mark.parametrize(
    ("chain", "ranks"),
    [
        ([], {"A": 1, "B": 1}),
        (["weightiest_criterion"], {"A": 2, "B": 1}),
        (["median"], {"A": 1, "B": 2}),
        (["range"], {"A": 2, "B": 1}),
        (["lowest_mark"], {"A": 2, "B": 1}),
        (["casting_vote"], {"A": 1, "B": 2}),
        (["median", "weightiest_criterion"], {"A": 1, "B": 2}),
    ],
)
def test_each_step_of_the_chain(judge: Judge, chain: list[str], ranks: dict[str, int]) -> None:
    # A's sheets make 86, 87, 78 and B's 83.6, 84, 83: both 84 without decimals.
    marks = {"A": [(80, 95), (85, 90), (70, 90)], "B": [(90, 74), (90, 75), (85, 80)]}
    file = a_file(
        entries=[{"entry": "A"}, {"entry": "B"}],
        sheets=[
            {"entry": entry, "juror": f"J{index}", "scores": {"taste": taste, "looks": looks}}
            for entry, given in marks.items()
            for index, (taste, looks) in enumerate(given)
        ],
        rules={"criteria": TWO, "levels": [], "tie_chain": chain, "decimals": 0},
    )
    if "casting_vote" in chain:
        file["deliberation"] = {"casting_votes": [{"order": ["A", "B"], "by": "Li", "reason": "finer"}]}
    found = judge(file)
    assert found.score("A") == found.score("B") == 84
    assert found.ranks() == ranks


def test_what_no_step_settles_is_shared(judge: Judge) -> None:
    found = judge(
        a_file({"A": [90, 80, 85], "B": [80, 90, 85], "C": [70, 70, 70]}, rules={"tie_chain": CHAIN})
    )
    assert found.ranks() == {"A": 1, "B": 1, "C": 3}


def test_a_tie_that_nothing_settles_leaves_the_border_open(judge: Judge) -> None:
    rules = {"levels": quotas(G=1, S=1), "tie_at_border": "tiebreak", "tie_chain": CHAIN[:2]}
    file = a_file({"A": [90, 80, 85], "B": [80, 90, 85], "C": [70, 70, 70]}, rules=rules)
    found = judge(file)
    assert found.document["open_ties"] == ["A", "B"]
    assert "G" not in found.medals().values()
    file["rules"]["tie_chain"] = CHAIN
    file["deliberation"] = {"casting_votes": [{"order": ["B", "A"], "by": "Li", "reason": "finer"}]}
    found = judge(file)
    assert (found.medals(), found.document["open_ties"]) == ({"B": "G", "A": "S"}, [])


def test_a_tie_open_at_two_borders_is_told_once(judge: Judge) -> None:
    rules = {"levels": quotas(G=1, S=2), "tie_at_border": "tiebreak", "tie_chain": ["median"], "cap": 0.5}
    found = judge(a_file({"A": [90, 80, 85], "B": [80, 90, 85]}, rules=rules | {"tie_at_cap": "tiebreak"}))
    assert found.medals() == {}
    assert found.line("A")["flags"] == ["OPEN_TIE", "CAP"]


def test_every_step_that_parted_is_recorded_with_the_reason_of_the_vote(judge: Judge) -> None:
    file = a_file(
        {"A": [90, 80, 85], "B": [80, 90, 85], "C": [86, 85, 84]}, rules={"tie_chain": ["range", *CHAIN[4:]]}
    )
    assert judge(file).ranks() == {"C": 1, "A": 2, "B": 2}
    assert judge(file).line("A")["steps"][2:4] == [
        "Equal scores: placed by the smaller difference between the sheets.",
        "Equal scores that nothing parts: the rank is shared.",
    ]
    file["deliberation"] = {"casting_votes": [{"order": ["B", "A"], "by": "Li", "reason": "finer"}]}
    assert judge(file).ranks() == {"C": 1, "B": 2, "A": 3}
    assert judge(file).line("A")["steps"][2:4] == [
        "Equal scores: placed by the smaller difference between the sheets.",
        "Equal scores: placed by the casting vote of Li: finer",
    ]


def test_a_tie_upwards_takes_its_surplus_from_all_that_follow(judge: Judge) -> None:
    found = judge(of_scores([90, 90, 90, 90, 80, 79, 78, 77], rules={"levels": quotas(G=1, S=1, B=5)}))
    assert found.document["medals"] == {"G": 4, "S": 0, "B": 3}


def test_a_medal_needs_threshold_and_place(judge: Judge) -> None:
    levels = [{"medal": "G", "at_least": 90, "places": 1}, {"medal": "S", "at_least": 80, "places": 1}]
    found = judge(of_scores([95, 92, 91, 70], rules={"levels": levels}))
    assert found.medals() == {"E01": "G", "E02": "S"}
    found = judge(of_scores([85, 82, 70], rules={"levels": levels}))
    assert found.medals() == {"E01": "S"}
    found = judge(of_scores([85, 82, 70], rules={"levels": levels, "roll": True}))
    assert found.medals() == {"E01": "S", "E02": "S"}


def test_a_medal_is_never_given_below_its_bound(judge: Judge) -> None:
    """§3.4 steps 7 and 10: a place that is full or left open leads only to medals whose bound is reached."""
    levels = [
        {"medal": "G", "places": 1},
        {"medal": "S", "at_least": 85, "places": 1},
        {"medal": "B", "at_least": 80},
    ]
    assert judge(of_scores([90, 84], rules={"levels": levels})).medals() == {"E01": "G", "E02": "B"}
    assert judge(of_scores([90, 60], rules={"levels": levels})).medals() == {"E01": "G"}
    down = {"levels": levels, "tie_at_border": "down"}
    assert judge(of_scores([84, 84], rules=down)).medals() == {"E01": "B", "E02": "B"}


def ranking(*orders: list[Any], **rules: Any) -> dict[str, Any]:
    """A ranking round; each order is a list of entries or of groups that are equal."""
    groups = [[each if isinstance(each, list) else [each] for each in order] for order in orders]
    names = sorted({entry for order in groups for group in order for entry in group})
    return a_file(
        entries=[{"entry": entry} for entry in names],
        ballots=[{"juror": f"J{index}", "order": order} for index, order in enumerate(groups)],
        rules={"levels": [], "rounds": [{"kind": "ranking"}], "quorum": 2} | rules,
    )


def test_an_order_gives_n_less_rank_points(judge: Judge) -> None:
    found = judge(ranking(["A", "B", "C"], ["B", "A", "C"], ["A", "C", "B"]))
    assert {entry: found.score(entry) for entry in "ABC"} == {"A": 5, "B": 3, "C": 1}


def test_equal_entries_of_an_order_share_their_average_rank(judge: Judge) -> None:
    found = judge(ranking([["A", "B"], "C"], ["A", "B", "C"]))
    assert {entry: found.score(entry) for entry in "ABC"} == {
        "A": Decimal("3.50"),
        "B": Decimal("2.50"),
        "C": 0,
    }


def test_with_recusals_shares_are_averaged_over_the_orders_that_name_the_entry(judge: Judge) -> None:
    found = judge(ranking(["A", "B", "C"], ["A", "B", "C"], ["C", "B"]))
    assert {entry: found.score(entry) for entry in "ABC"} == {
        "A": Decimal("1.00"),
        "B": Decimal("0.33"),
        "C": Decimal("0.33"),
    }
    assert found.line("A")["n"] == 2


def test_points_of_your_own_are_no_shares(judge: Judge) -> None:
    with pytest.raises(Refusal, match="cannot be counted as shares"):
        judge(ranking(["A"], ballots="share", ballot_points=[3, 2, 1]))


def two_rounds(**first: Any) -> dict[str, Any]:
    marks = {"A": 90, "B": 88, "C": 88, "D": 70}
    return a_file(
        entries=[{"entry": entry} for entry in marks],
        sheets=[
            {"entry": entry, "juror": "J1", "round": "first", "scores": {"score": mark}}
            for entry, mark in marks.items()
        ]
        + [
            {"entry": entry, "juror": "J1", "round": "final", "scores": {"score": mark}}
            for entry, mark in {"A": 80, "B": 93, "C": 85}.items()
        ],
        rules={
            "quorum": 1,
            "rounds": [{"round": "first", "kind": "qualifying"} | first, {"round": "final"}],
        },
    )


@pytest.mark.parametrize("first", [{"advance": 2}, {"advance": 3}, {"at_least": 88}])
def test_who_goes_on_is_judged_by_the_final_alone(judge: Judge, first: dict[str, Any]) -> None:
    found = judge(two_rounds(**first))
    assert found.ranks() == {"B": 1, "C": 2, "A": 3, "D": None}
    assert found.medals() == {"B": "GG", "C": "G", "A": "B"}
    assert "NOT_ADVANCED" in found.line("D")["flags"]


@pytest.mark.parametrize("first", [{}, {"advance": 2, "at_least": 80}])
def test_a_qualifying_round_says_in_one_way_who_goes_on(judge: Judge, first: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match="Say for round first how many go on"):
        judge(two_rounds(**first))


def test_that_jurors_want_no_award_is_not_forgotten_after_the_first_round(judge: Judge) -> None:
    file = two_rounds(at_least=0)
    file["rules"]["quorum"] = 2
    file["sheets"] += [sheet | {"juror": "J2"} for sheet in file["sheets"]]
    for sheet in file["sheets"]:
        if (sheet["entry"], sheet["round"]) == ("B", "first"):
            sheet["eliminated"] = True
    found = judge(file)
    assert (found.line("B")["rank"], found.line("B")["medal"], found.line("B")["flags"]) == (
        1,
        None,
        ["ELIMINATED"],
    )
    assert sum(each["n"] for each in found.document["jurors"]) == 6, "sheets of the last round alone"


def test_a_retaste_stands_in_place_of_the_earlier_sheets(judge: Judge) -> None:
    file = a_file({"A": [95, 70, 95], "B": [90, 90, 90]})
    file["rules"]["rounds"] = [{"round": "1"}, {"round": "again", "kind": "retaste"}]
    file["sheets"] += [
        {"entry": "A", "juror": f"J{index}", "round": "again", "scores": {"score": mark}}
        for index, mark in enumerate([92, 93, 94])
    ]
    found = judge(file)
    assert (found.score("A"), found.score("B")) == (Decimal(93), Decimal(90))


@pytest.mark.parametrize(
    ("rounds", "sentence"),
    [
        ([], "Rounds need names"),
        ([{"kind": "retaste"}], "first cannot be a retaste"),
        ([{"round": "1"}, {"round": "1", "kind": "retaste"}], "Rounds need names"),
        ([{"kind": "qualifying", "advance": 2}], "must be followed"),
        ([{"round": "1"}, {"round": "2"}], "Only a qualifying round can be followed"),
    ],
)
def test_rounds_that_lead_nowhere(judge: Judge, rounds: list[dict[str, Any]], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        judge(a_file({"A": [90]}, rules={"rounds": rounds}))


def test_each_category_is_ranked_for_itself(judge: Judge) -> None:
    file = of_scores([90, 80, 95, 85], rules={"levels": quotas(G=1)})
    for entry, category in zip(file["entries"], "XXYY", strict=True):
        entry["category"] = category
    assert judge(file).medals() == {"E01": "G", "E03": "G"}
    file["rules"]["rank_in"] = "season"
    assert judge(file).medals() == {"E03": "G"}
    file["rules"]["rank_in"] = "category"
    file["categories"] = [{"category": "X"}, {"category": "Y", "levels": quotas(S=2)}]
    found = judge(file)
    assert found.medals() == {"E01": "G", "E03": "S", "E04": "S"}
    assert found.document["medals"] == {"G": 1, "S": 2}
    file["rules"]["rank_in"] = "season"
    with pytest.raises(Refusal, match="only where each category is ranked for itself"):
        judge(file)


def test_a_category_may_have_a_rubric_of_its_own(judge: Judge) -> None:
    file = a_file(
        entries=[{"entry": "A", "category": "X"}, {"entry": "B", "category": "Y"}],
        sheets=[
            {"entry": "A", "juror": "J1", "scores": {"score": 90}},
            {"entry": "B", "juror": "J1", "scores": {"taste": 10, "looks": 5}},
        ],
        categories=[
            {"category": "X"},
            {"category": "Y", "criteria": [each | {"max": 10} for each in TWO]},
        ],
        rules={"quorum": 1, "rescale": True},
    )
    found = judge(file)
    assert (found.score("A"), found.score("B")) == (Decimal(90), Decimal(80))
    file["categories"][1]["criteria"][0]["weight"] = 55
    with pytest.raises(Refusal, match="add up to 95, not to 100"):
        judge(file)


def test_a_cap_in_each_category_binds_changes_too(judge: Judge) -> None:
    file = of_scores([86, 85, 95, 60], rules={"cap": 0.5, "cap_in": "category"})
    for entry, category in zip(file["entries"], "XXYY", strict=True):
        entry["category"] = category
    change = {"entry": "E02", "was": None, "becomes": "G", "reason": "x", "signed_by": ["Li", "Wang"]}
    file["deliberation"] = {"overrides": [change]}
    with pytest.raises(Refusal, match="there would be 2 medals; the cap allows 1"):
        judge(file)


@pytest.mark.parametrize(("cap_in", "kept"), [("season", ["E03", "E04"]), ("category", ["E01", "E03"])])
def test_a_cap_over_the_season_or_in_each_category(judge: Judge, cap_in: str, kept: list[str]) -> None:
    file = of_scores([86, 85, 95, 94], rules={"cap": 0.5, "cap_in": cap_in})
    for entry, category in zip(file["entries"], "XXYY", strict=True):
        entry["category"] = category
    assert sorted(judge(file).medals()) == kept


def test_orders_of_a_single_entry_have_no_share_and_no_mark_to_break_a_tie(judge: Judge) -> None:
    found = judge(ranking(["A", "B"], ["B", "A"], ["A"], ballots="share", tie_chain=CHAIN, quorum=2))
    assert (found.ranks(), found.line("A")["n"]) == ({"A": 1, "B": 1}, 2)


def test_an_entry_in_too_few_orders_has_no_rank(judge: Judge) -> None:
    file = ranking(["A", "B"], ["A", "B", "C"])
    file["entries"].append({"entry": "D"})
    found = judge(file)
    assert found.ranks() == {"A": 1, "B": 2, "C": None, "D": None}
    assert found.line("C")["flags"] == found.line("D")["flags"] == ["INSUFFICIENT"]
