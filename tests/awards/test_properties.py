"""What holds for every case of an award: order means nothing, marks only help, caps and sums hold (issue's tests)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exhibitions.awards.rules.tally import tally
from tests.awards.judged import a_file, by_rules, quotas

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

MARK = st.integers(0, 40).map(lambda half: 80 + half / 2)
TIES = st.sampled_from(["up", "down", "tiebreak"])
CHAIN = ["weightiest_criterion", "median", "range", "lowest_mark"]


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A file of a few entries and jurors under rules of every kind."""
    entries = draw(st.integers(1, 9))
    jurors = draw(st.integers(1, 6))
    marks = {
        f"E{index}": draw(st.lists(st.none() | MARK, min_size=jurors, max_size=jurors))
        for index in range(entries)
    }
    levels = draw(
        st.sampled_from(
            [
                quotas(G=1, S=2, B=2),
                [
                    {"medal": "G", "at_least": 95},
                    {"medal": "S", "at_least": 88},
                    {"medal": "B", "at_least": 82},
                ],
                [{"medal": "G", "at_least": 95, "places": 1}, {"medal": "S", "places": 3}],
            ]
        )
    )
    rules = {
        "levels": levels,
        "quorum": draw(st.integers(1, 3)),
        "method": draw(st.sampled_from(["mean", "median", "trim", "oiv"])),
        "normalise": draw(st.sampled_from(["none", "none", "spread", "range"])),
        "few_sheets_confirmed": True,
        "tie_at_border": draw(TIES),
        "roll": draw(st.booleans()),
        "tie_chain": CHAIN,
        "cap": draw(st.sampled_from([None, 0.3, 0.5])),
        "tie_at_cap": draw(st.sampled_from(["exclude_all", "tiebreak"])),
        "rank_in": draw(st.sampled_from(["category", "season"])),
    }
    file = a_file(marks, rules=rules)
    for entry in file["entries"]:
        entry["category"] = draw(st.sampled_from(["X", "Y"]))
        entry["place"] = draw(st.sampled_from(["大连", "沈阳", ""]))
        entry["state"] = draw(st.sampled_from(["presented"] * 8 + ["withdrawn", "not_presented"]))
    return file


@given(cases(), st.data())
def test_permutations_change_nothing(file: dict[str, Any], data: st.DataObject) -> None:
    found = by_rules(file).document
    shuffled = file | {part: data.draw(st.permutations(file[part])) for part in ("entries", "sheets")}
    assert by_rules(shuffled).document == found


@given(cases())
def test_medals_never_exceed_the_cap_and_follow_the_ranks(file: dict[str, Any]) -> None:
    found = by_rules(file).document
    held = [line for line in found["ranking"] if line["medal"]]
    if file["rules"]["cap"] is not None:
        assert len(held) <= found["most_medals"]
    worth = {level["medal"]: index for index, level in enumerate(file["rules"]["levels"])}
    for category in {line["category"] for line in held} if file["rules"]["rank_in"] == "category" else {None}:
        medals = [worth[line["medal"]] for line in held if category in (None, line["category"])]
        assert medals == sorted(medals)


@given(cases())
def test_tallies_sum_to_the_medals(file: dict[str, Any]) -> None:
    found = by_rules(file).document
    total = sum(found["medals"].values())
    assert total == sum(line["medal"] is not None for line in found["ranking"])
    for kind in found["tally"].values():
        assert kind["total"] == sum(row["total"] for row in kind["rows"]) == total
        assert kind["medals"] == found["medals"]


@given(cases(), st.data())
def test_a_higher_mark_never_costs_a_rank(file: dict[str, Any], data: st.DataObject) -> None:
    """Monotone for means, medians and trims: the OIV distance may drop what was raised, and levelling moves everybody."""
    file["rules"] |= {
        "method": data.draw(st.sampled_from(["mean", "median", "trim"])),
        "normalise": "none",
        "tie_chain": [],
    }
    file["rules"] |= {"tie_at_border": "up", "tie_at_cap": "exclude_all"}
    if not file["sheets"]:
        return
    before = by_rules(file)
    sheet = data.draw(st.sampled_from(file["sheets"]))
    sheet["scores"]["score"] = data.draw(
        st.floats(sheet["scores"]["score"], 100).map(lambda mark: round(mark, 1))
    )
    after = by_rules(file)
    entry = sheet["entry"]
    ours, earlier = after.line(entry)["rank"], before.line(entry)["rank"]
    assert (ours is None) == (earlier is None)
    assert ours is None or earlier is None or ours <= earlier


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("GSB"))))
def test_a_tally_goes_by_gold_then_silver_then_bronze(won: list[tuple[str, str]]) -> None:
    found = tally("GSB", won)
    assert found.total == len(won)
    assert sum(row.share for row in found.rows) == (1 if won else 0)
    assert [row.counts for row in found.rows] == sorted((row.counts for row in found.rows), reverse=True)
    for row in found.rows:
        assert row.rank == 1 + sum(other.counts > row.counts for other in found.rows)


def test_a_tally_of_an_unknown_medal_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown medal X"):
        tally("GSB", [("a", "X")])
