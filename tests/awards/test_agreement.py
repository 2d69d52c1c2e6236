"""How far jurors agree (awards.md §3.4 step 14) and who wins the prize for it (14a)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.awards.judged import Judge, a_file

PRIZE = {"agreement_prize_from": 80}


def test_each_juror_stands_beside_the_panel(judge_file: Judge) -> None:
    found = judge_file(a_file({"A": [90, 80, 70], "B": [80, 70, 80], "C": [70, 60, 90]}))
    jurors = {each["juror"]: each for each in found.document["jurors"]}
    assert (jurors["J1"]["n"], jurors["J1"]["mean"], jurors["J2"]["mean"]) == (3, 80, 70)
    # The panel's means are 80, 76.6667 and 73.3333, together 76.6667.
    assert [jurors[each]["difference"] for each in ("J1", "J2", "J3")] == [
        Decimal("3.3333"),
        Decimal("-6.6667"),
        Decimal("3.3333"),
    ]
    assert [jurors[each]["spearman"] for each in ("J1", "J2", "J3")] == [1, 1, -1]
    assert jurors["J1"]["deviation"] == Decimal("8.1650")


@pytest.mark.parametrize("marks", [{"A": [90, 80]}, {"A": [80, 80], "B": [80, 90]}])
def test_who_tells_nothing_apart_has_no_correlation(judge_file: Judge, marks: dict[str, Any]) -> None:
    assert judge_file(a_file(marks)).document["jurors"][0]["spearman"] is None


@pytest.mark.parametrize(
    ("marks", "winners"),
    [
        ({"X": [80, 82, 84], "Y": [80, 80, 84]}, ["X"]),  # Mean distance 1.33 against 1.78.
        ({"X": [80, 82, 84], "Y": [81, 83, 85]}, ["Y"]),  # The higher score.
        ({"X": [80, 82, 84], "Y": [80, 82, 84]}, ["X", "Y"]),
        ({"X": [70, 70, 70], "Y": [80, 90, 99]}, ["Y"]),  # X lies below the bound.
        ({"X": [79, 79, 79]}, []),
    ],
)
def test_the_prize_goes_to_the_closest(judge: Judge, marks: dict[str, Any], winners: list[str]) -> None:
    assert judge(a_file(marks, rules=PRIZE)).document["agreement_prize"] == winners


def test_an_entry_without_an_award_wins_no_prize(judge: Judge) -> None:
    file = a_file({"X": [90, 90, 90], "Y": [80, 90, 99]}, rules=PRIZE)
    file["sheets"][0]["eliminated"] = True
    assert judge(file).document["agreement_prize"] == ["Y"]


def test_one_sheet_agrees_with_nobody(judge: Judge) -> None:
    file = a_file({"X": [90], "Y": [80, 90, 99]}, rules=PRIZE | {"quorum": 1})
    assert judge(file).document["agreement_prize"] == ["Y"]


def test_without_such_a_prize_nobody_wins_it(judge: Judge) -> None:
    assert judge(a_file({"X": [90, 90, 90]})).document["agreement_prize"] == []
