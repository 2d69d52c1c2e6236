"""The worked cases of awards.md §3.5 that marks and rules decide, through the rules and through the public command."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.awards.judged import Judge, Refusal, a_file, of_scores, quotas

FIVE: list[dict[str, Any]] = [
    {"code": "taste", "weight": 30},
    {"code": "smell", "weight": 25},
    {"code": "looks", "weight": 20},
    {"code": "craft", "weight": 15},
    {"code": "story", "weight": 10},
]
CAP = {"cap": 0.30}
EIGHT = [93, 91, 88, 86, 85, 84, 82, 80]


def one_entry(*marks: dict[str, Any], **rules: Any) -> dict[str, Any]:
    """Entry A with one sheet for each set of marks."""
    return a_file(
        entries=[{"entry": "A"}],
        sheets=[
            {"entry": "A", "juror": f"J{index}", "scores": scores} for index, scores in enumerate(marks, 1)
        ],
        rules={"quorum": 1, "criteria": FIVE} | rules,
    )


def five(*marks: Any) -> dict[str, Any]:
    return dict(zip([each["code"] for each in FIVE], marks, strict=True))


def test_aw_01_weights_make_one_score(judge: Judge) -> None:
    found = judge(one_entry(five(90, 85, 80, 70, 60)))
    assert (found.score("A"), found.medals()) == (Decimal("80.75"), {"A": "B"})


def test_aw_03_a_sheet_without_a_required_mark_is_not_counted(judge: Judge) -> None:
    found = judge(one_entry(five(90, 85, 80, 70, 60), five(99, 99, 99, 99, None)))
    assert (found.line("A")["n"], found.score("A")) == (1, Decimal("80.75"))
    assert "INCOMPLETE_SHEET" in found.line("A")["flags"]


def test_an_optional_mark_left_blank_leaves_its_weight_to_the_others(judge: Judge) -> None:
    criteria = [*FIVE[:4], FIVE[4] | {"required": False}]
    found = judge(one_entry(five(90, 85, 80, 70, None), criteria=criteria))
    assert found.score("A") == Decimal("83.06")  # 74.75 / 0.9 = 83.0555…
    assert found.line("A")["flags"] == ["REWEIGHTED", "SINGLE_JUROR"]


def test_marks_of_different_scales_are_brought_to_a_hundred(judge: Judge) -> None:
    criteria = [
        {"code": "taste", "weight": 60, "min": 1, "max": 10},
        {"code": "looks", "weight": 40, "max": 50},
    ]
    found = judge(one_entry({"taste": 10, "looks": 25}, {"taste": 1, "looks": 0}, criteria=criteria))
    assert found.score("A") == Decimal("40.00")  # (60 + 20 and 0) / 2


@pytest.mark.parametrize(
    ("marks", "score", "medal"),
    [
        ([88, 86, 90, 84, 87], "87.00", "G"),  # AW-04
        ([83, 85, 86, 86, None], "84.99", "S"),
        ([84, 84, 86, 86, None], "85.00", "G"),
    ],
)
def test_aw_04_the_mean_of_the_sheets(judge: Judge, marks: Any, score: str, medal: str) -> None:
    if score == "84.99":
        marks = ["83", "85", "86", "85.96", None]
    found = judge(a_file({"A": marks}))
    assert (found.score("A"), found.medals()) == (Decimal(score), {"A": medal})


def test_aw_05_who_recused_counts_neither_as_nought_nor_in_n(judge: Judge) -> None:
    file = a_file({"A": [83, 85, 86, 86]})
    file["sheets"].append({"entry": "A", "juror": "J5", "state": "recused"})
    found = judge(file)
    assert (found.score("A"), found.line("A")["n"], found.medals()) == (Decimal("85.00"), 4, {"A": "G"})


def test_aw_06_without_a_quorum_no_rank_and_no_medal(judge: Judge) -> None:
    found = judge(a_file({"A": [95, 94], "B": [80, 80, 80]}))
    line = found.line("A")
    assert (line["score"], line["rank"], line["medal"], line["flags"]) == (None, None, None, ["INSUFFICIENT"])
    assert found.ranks() == {"B": 1, "A": None}


def test_aw_07_the_oiv_distance_drops_the_far_one(judge: Judge) -> None:
    found = judge(a_file({"A": [86, 87, 88, 85, 74]}, rules={"method": "oiv"}))
    assert (found.score("A"), found.medals()) == (Decimal("86.50"), {"A": "G"})
    assert found.line("A")["raw_mean"] == 84


def test_the_oiv_distance_itself_is_still_near(judge: Judge) -> None:
    found = judge(a_file({"A": [84, 84, 77, 91]}, rules={"method": "oiv"}))
    assert found.score("A") == Decimal("84.00")


def test_the_oiv_drops_in_one_pass_only(judge: Judge) -> None:
    # Mean 78.4, so 60 goes. From the mean of the rest, 83, the mark 74 would be too far as well, and stays.
    found = judge(a_file({"A": [86, 86, 86, 74, 60]}, rules={"method": "oiv", "oiv_distance": 8}))
    assert found.score("A") == Decimal("83.00")


def test_where_the_oiv_leaves_too_few_the_plain_mean_stands_and_it_is_judged_again(judge: Judge) -> None:
    found = judge(a_file({"A": [95, 70, 95, 70]}, rules={"method": "oiv"}))
    assert (found.score("A"), found.line("A")["flags"]) == (Decimal("82.50"), ["REJUDGE"])


def test_aw_11_the_median(judge: Judge) -> None:
    found = judge(a_file({"A": [84, 86, 85, 90]}, rules={"method": "median"}))
    assert (found.score("A"), found.medals()) == (Decimal("85.50"), {"A": "G"})


@pytest.mark.parametrize(
    ("marks", "trim", "score"),
    [
        ([70, 85, 86, 88, 99], 1, "86.33"),
        ([70, 85, 86, 99], 1, "85.00"),
        ([70, 85, 86, 88, 99, 50], 2, "79.67"),  # 6 − 4 = 2: no trim
        ([70, 85, 86, 88, 99, 50, 100], 2, "86.33"),
    ],
)
def test_aw_12_a_trim_needs_five_and_leaves_three(judge: Judge, marks: Any, trim: int, score: str) -> None:
    found = judge(a_file({"A": marks}, rules={"method": "trim", "trim": trim}))
    assert found.score("A") == Decimal(score)


@pytest.mark.parametrize(("decimals", "score", "medal"), [(2, "90.00", "G"), (3, "89.995", "S")])
def test_aw_14_there_is_no_gap_between_medals(judge: Judge, decimals: int, score: str, medal: str) -> None:
    levels = [{"medal": "G", "at_least": 90}, {"medal": "S", "at_least": 80}]
    found = judge(of_scores(["89.995"], rules={"levels": levels, "decimals": decimals}))
    assert (found.score("E01"), found.medals()) == (Decimal(score), {"E01": medal})


@pytest.mark.parametrize("n", [20, 23])
def test_aw_15_and_16_the_cap_takes_the_last_medals(judge: Judge, n: int) -> None:
    found = judge(of_scores([*EIGHT, *[50] * (n - 8)], rules=CAP))
    assert list(found.medals().values()) == ["GG", "G", "G", "G", "G", "S"]
    assert [found.line(entry)["flags"] for entry in ("E07", "E08")] == [["SINGLE_JUROR", "CAP"]] * 2
    assert (found.score("E07"), found.line("E07")["rank"]) == (Decimal("82.00"), 7)


@pytest.mark.parametrize(
    ("policy", "more", "kept"),
    [
        ("exclude_all", {}, 5),
        ("include_all", {"cap_is_target": True}, 7),
        ("tiebreak", {"tie_chain": ["casting_vote"]}, 6),
    ],
)
def test_a_tie_across_the_cap(judge: Judge, policy: str, more: dict[str, Any], kept: int) -> None:
    file = of_scores([93, 91, 88, 86, 85, 84, 84, *[50] * 13], rules=CAP | {"tie_at_cap": policy} | more)
    if "tie_chain" in more:
        file["deliberation"] = {"casting_votes": [{"order": ["E07", "E06"], "by": "Li", "reason": "finer"}]}
    found = judge(file)
    assert len(found.medals()) == kept
    assert ("E07" in found.medals()) is (kept > 5)


def test_a_cap_that_is_a_limit_cannot_include_all(judge: Judge) -> None:
    with pytest.raises(Refusal, match="only where the cap is a target"):
        judge(of_scores(EIGHT, rules=CAP | {"tie_at_cap": "include_all"}))


def test_aw_19_so_few_entries_that_the_cap_allows_none(judge: Judge) -> None:
    three, four = judge(of_scores([95, 50, 50], rules=CAP)), judge(of_scores([95, 50, 50, 50], rules=CAP))
    assert (three.medals(), len(three.document["warnings"])) == ({}, 1)
    assert (four.medals(), four.document["warnings"]) == ({"E01": "GG"}, [])


BORDA = {
    "E": (10, 2, 2, 3, 2),
    "A": (3, 2, 5, 2, 1),
    "B": (5, 3, 0, 0, 2),
    "C": (1, 7, 2, 3, 3),
    "D": (3, 2, 3, 0, 0),
}


# Orders with these counts of first, second … places: 22 jurors, of whom some named fewer than five.
ORDERS = [
    "EADCB",
    "EADCB",
    "BEDAC",
    "BDAEC",
    "BDAEC",
    "DBACE",
    "DBCEA",
    "DBCAE",
    "ECA",
    "ECA",
    "ACE",
    "ACE",
    "EC",
    "EC",
    "EC",
    "AE",
    "E",
    "E",
    "E",
    "B",
    "B",
    "C",
]


def test_aw_20_points_by_place(judge: Judge) -> None:
    file = a_file(
        entries=[{"entry": entry} for entry in BORDA],
        ballots=[
            {"juror": f"J{index}", "order": [[entry] for entry in order]}
            for index, order in enumerate(ORDERS)
        ],
        rules={"levels": [], "rounds": [{"kind": "ranking"}], "ballot_points": [5, 4, 3, 2, 1]},
    )
    found = judge(file)
    assert {entry: found.score(entry) for entry in found.ranks()} == {
        "E": 72,
        "C": 48,
        "A": 43,
        "B": 39,
        "D": 32,
    }
    assert list(found.ranks()) == ["E", "C", "A", "B", "D"]


def test_aw_22_quotas_and_a_tie_that_goes_up(judge: Judge) -> None:
    scores = [95, 93, 93, 91, 90, 90, 88, 87, 87, 85, 84]
    found = judge(of_scores(scores, rules={"levels": quotas(G=2, S=3, B=4)}))
    assert list(found.medals().values()) == ["G"] * 3 + ["S"] * 3 + ["B"] * 3
    assert found.document["medals"] == {"G": 3, "S": 3, "B": 3}


@pytest.mark.parametrize(
    ("roll", "medals"),
    [
        (False, ["G", "S", "S", "S", "B", "B", "B"]),  # 87, 87 have one place of four left
        (True, ["G", "S", "S", "S", "B", "B", "B", "B", "B"]),
    ],
)
def test_quotas_and_a_tie_that_goes_down(judge: Judge, roll: bool, medals: list[str]) -> None:
    scores = [95, 93, 93, 91, 90, 90, 88, 87, 87, 85, 84]
    rules = {"levels": quotas(G=2, S=3, B=4), "tie_at_border": "down", "roll": roll}
    found = judge(of_scores(scores, rules=rules))
    assert list(found.medals().values()) == medals


MARKS = {
    "A": {"E1": 92, "E2": 90, "E3": 94},
    "B": {"E2": 70, "E3": 80, "E4": 75},
    "C": {"E1": 85, "E3": 88, "E4": 82},
}


def levelling(normalise: str, **rules: Any) -> dict[str, Any]:
    return a_file(
        entries=[{"entry": f"E{index}"} for index in range(1, 5)],
        sheets=[
            {"entry": entry, "juror": juror, "scores": {"score": mark}}
            for juror, given in MARKS.items()
            for entry, mark in given.items()
        ],
        rules={"quorum": 2, "least_sheets": 3, "normalise": normalise, "levels": []} | rules,
    )


@pytest.mark.parametrize(
    ("normalise", "scores"),
    [
        ("none", {"E1": "88.50", "E3": "87.33", "E2": "80.00", "E4": "78.50"}),
        ("spread", {"E3": "93.26", "E1": "84.00", "E4": "79.37", "E2": "74.74"}),
        ("range", {"E3": "88.50", "E1": "83.50", "E4": "81.00", "E2": "78.50"}),
    ],
)
def test_aw_24_strict_and_mild_jurors_are_levelled(
    judge: Judge, normalise: str, scores: dict[str, str]
) -> None:
    found = judge(levelling(normalise))
    assert {each["entry"]: str(found.score(each["entry"])) for each in found.document["ranking"]} == scores
    assert found.line("E1")["raw_mean"] == Decimal("88.5")


def test_levelling_is_exact_where_the_spreads_are(judge: Judge) -> None:
    """§3.4 step 5: σ is five times each juror's own, so E3 stands at 89.995 exactly and rounds up."""
    marks = {"E1": ["80.005", "87.997"], "E2": ["81.004", "88.996"], "E3": ["82.003", "89.995"]}
    found = judge(a_file(marks, rules={"normalise": "spread", "quorum": 2, "levels": []}))
    first = found.score("E3")
    assert first is not None
    assert first == found.line("E3")["value"].quantize(Decimal("0.01"), "ROUND_HALF_UP")


def test_few_sheets_are_refused_unless_confirmed(judge: Judge) -> None:
    with pytest.raises(Refusal, match="fewer than 4 sheets"):
        judge(levelling("spread", least_sheets=4))
    assert judge(levelling("spread", least_sheets=4, few_sheets_confirmed=True)).score("E1") == 84


def test_a_juror_who_tells_nothing_apart_counts_as_the_average(judge: Judge) -> None:
    marks = {"E1": [90, 80, 85], "E2": [80, 80, 75], "E3": [70, 80, 65]}
    found = judge(a_file(marks, rules={"normalise": "spread", "levels": []}))
    assert all(found.line(entry)["flags"] == ["FLAT_JUROR"] for entry in marks)
    assert found.score("E2") == Decimal("78.33")  # μ = 705 / 9; z = 0 with every juror


def test_where_all_levelled_values_are_equal_the_raw_means_stand(judge: Judge) -> None:
    found = judge(
        a_file({"E1": [80, 90, 85], "E2": [80, 90, 85]}, rules={"normalise": "range", "least_sheets": 2})
    )
    assert [found.score("E1"), found.score("E2")] == [85, 85]


def test_aw_27_one_juror_in_all(judge: Judge) -> None:
    assert judge(a_file({"A": [86]})).line("A")["flags"] == ["INSUFFICIENT"]
    found = judge(a_file({"A": [86]}, rules={"quorum": 1}))
    assert (found.score("A"), found.medals()) == (Decimal(86), {"A": "G"})
    assert found.line("A")["flags"] == ["SINGLE_JUROR"]


def marked_off(times: int) -> dict[str, Any]:
    file = a_file({"A": [88] * 5})
    for sheet in file["sheets"][:times]:
        sheet["eliminated"] = True
    return file


def test_aw_28_two_marks_against_an_award_take_it_and_one_asks_the_president(judge: Judge) -> None:
    two, one = judge(marked_off(2)).line("A"), judge(marked_off(1)).line("A")
    assert (two["score"], two["medal"], two["flags"]) == (88, None, ["ELIMINATED"])
    assert (one["score"], one["medal"], one["flags"]) == (88, None, ["SECOND_JUDGING"])


@pytest.mark.parametrize(("decision", "medals"), [("award", {"A": "G"}), ("no_award", {})])
def test_the_president_decides_in_second_judging(judge: Judge, decision: str, medals: dict[str, str]) -> None:
    file = marked_off(1)
    file["deliberation"] = {"second_judging": [{"entry": "A", "decision": decision, "by": "Li"}]}
    assert judge(file).medals() == medals


def test_aw_30_the_prize_for_agreement(judge: Judge) -> None:
    file = a_file(
        {"X": [88, 87, 88, 86, 88], "Y": [90, 90, 89, 91, 90], "Z": [85] * 5},
        rules={"agreement_prize_from": 86},
    )
    assert judge(file).document["agreement_prize"] == ["Y"]


def test_aw_32_weights_that_do_not_make_the_total(judge: Judge) -> None:
    criteria = [*FIVE[:4], FIVE[4] | {"weight": 5}]
    with pytest.raises(Refusal, match="add up to 95, not to 100"):
        judge(one_entry(five(90, 85, 80, 70, 60), criteria=criteria))


def test_aw_36_what_is_withdrawn_after_judging_still_counts_in_n(judge: Judge) -> None:
    file = of_scores([95, 94, *[50] * 8], rules=CAP)
    assert list(judge(file).medals()) == ["E01", "E02"]
    for entry in file["entries"][2:]:
        entry["state"] = "withdrawn"
    found = judge(file)
    assert (found.document["presented"], list(found.medals())) == (10, ["E01", "E02"])
    assert found.line("E03")["flags"] == ["WITHDRAWN"]


def test_aw_37_medals_of_the_own_city(judge: Judge) -> None:
    file = of_scores([90] * 68)
    for index, entry in enumerate(file["entries"]):
        entry |= {"company": f"C{index // 2}", "place": "大连" if index < 17 else f"P{index % 5}"}
    found = judge(file).document["tally"]["place"]
    assert (found["total"], sum(row["total"] for row in found["rows"])) == (68, 68)
    assert (found["rows"][0]["name"], found["rows"][0]["total"], found["rows"][0]["share"]) == (
        "大连",
        17,
        "25.0 %",
    )
    assert sum(row["total"] for row in found["rows"][1:]) == 51
    assert sum(found["medals"].values()) == 68
    cross = judge(file).document["awarded"]
    assert (len(cross), len({each["company"] for each in cross if each["place"] == "大连"})) == (68, 9)
