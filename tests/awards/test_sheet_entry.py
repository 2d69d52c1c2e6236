"""The rules of a sheet that is typed from several devices: what counts, what is late, what the total is."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.awards.rules import order_entry, sheet_entry
from exhibitions.awards.rules.rule_set import Criterion, RuleSet
from exhibitions.awards.rules.sheet_entry import Change, Late, Sent, Typed
from exhibitions.awards.rules.states import AssignmentState, EntryState, SeasonState
from exhibitions.core.errors import Conflict, Refused

NOON = datetime(2026, 8, 19, 12, 0, tzinfo=UTC)
RULES = RuleSet(
    criteria=(
        Criterion(code="craft", weight=Decimal(60), step=Decimal("0.5")),
        Criterion(code="look", weight=Decimal(40), required=False),
    )
)
CASES = json.loads(Path(__file__).with_name("total_cases.json").read_text(encoding="utf-8"))


@dataclass
class Round:
    opened_at: datetime = NOON - timedelta(hours=1)
    closes_at: datetime | None = NOON
    closed_at: datetime | None = None


CHANGES = st.lists(
    st.builds(
        Change,
        st.sampled_from(["mark:craft", "note"]),
        st.sampled_from(["", "70", "80", "90"]),
        st.integers(0, 3).map(lambda second: NOON + timedelta(seconds=second)),
    ),
    max_size=5,
)


@given(CHANGES)
def test_every_order_of_arrival_gives_the_same_sheet(changes: list[Change]) -> None:
    """What was typed offline arrives late and in pieces; the text that was typed last stands, whatever came first."""
    found = {
        json.dumps(sheet_entry.merged(Typed(), order).values, sort_keys=True)
        for order in itertools.permutations(changes)
    }
    assert len(found) == 1


@given(CHANGES, CHANGES)
def test_what_arrives_twice_changes_nothing(first: list[Change], second: list[Change]) -> None:
    once = sheet_entry.merged(sheet_entry.merged(Typed(), first), second)
    assert sheet_entry.merged(sheet_entry.merged(once, first), second) == once


def test_what_was_typed_offline_never_replaces_what_was_typed_later() -> None:
    later = Change("mark:craft", "88", NOON)
    earlier = Change("mark:craft", "70", NOON - timedelta(minutes=30))
    assert sheet_entry.merged(Typed(), [later, earlier]).values == {"mark:craft": "88"}


def test_a_wrong_clock_of_a_device_is_set_right_by_its_own_measure() -> None:
    """A phone that is a day ahead typed ten minutes before it sent; one whose clock was set back typed just now."""
    day = timedelta(days=1)
    sent = (NOON + day).timestamp() * 1000
    typed = (NOON + day - timedelta(minutes=10)).timestamp() * 1000
    assert sheet_entry.server_moment(typed, sent, NOON) == NOON - timedelta(minutes=10)
    assert sheet_entry.server_moment(sent + 1e9, sent, NOON) == NOON


@pytest.mark.parametrize(
    ("judging", "at", "is_open"),
    [
        (Round(), timedelta(seconds=-1), True),
        # To the second: the closing second belongs to it, the next one does not.
        (Round(), timedelta(milliseconds=999), True),
        (Round(), timedelta(seconds=1), False),
        (Round(closes_at=None), timedelta(days=9), True),
        (Round(closed_at=NOON - timedelta(minutes=5)), timedelta(seconds=-1), False),
        (Round(opened_at=NOON), timedelta(seconds=-1), False),
        (None, timedelta(0), False),
    ],
)
def test_a_sheet_is_in_time_to_the_second(judging: Round | None, at: timedelta, is_open: bool) -> None:
    assert sheet_entry.is_open(SeasonState.JUDGING, judging, NOON + at) is is_open
    if not is_open:
        with pytest.raises(Late):
            sheet_entry.check_open(SeasonState.JUDGING, judging, NOON + at)


def test_no_round_is_open_once_the_season_has_gone_on() -> None:
    for state in set(SeasonState) - {SeasonState.JUDGING}:
        assert not sheet_entry.is_open(state, Round(closes_at=None), NOON)


@pytest.mark.parametrize(
    ("state", "entry", "is_barred", "refusal"),
    [
        (AssignmentState.SUBMITTED, EntryState.SCREENED_OK, False, Sent),
        (AssignmentState.RECUSED, EntryState.SCREENED_OK, False, Conflict),
        (AssignmentState.WITHDRAWN, EntryState.SCREENED_OK, False, Conflict),
        (AssignmentState.ACCEPTED, EntryState.SCREENED_OK, True, Conflict),
        (AssignmentState.ACCEPTED, EntryState.WITHDRAWN, False, Conflict),
        (AssignmentState.ACCEPTED, EntryState.DISQUALIFIED, False, Conflict),
    ],
)
def test_who_may_not_mark_is_told_why(
    state: AssignmentState, entry: EntryState, is_barred: bool, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        sheet_entry.check_workable(state, entry, is_barred=is_barred)


@pytest.mark.parametrize("state", sorted(sheet_entry.OPEN_STATES))
def test_an_open_entry_may_be_marked(state: AssignmentState) -> None:
    sheet_entry.check_workable(state, EntryState.SAMPLE_RECEIVED, is_barred=False)


@pytest.mark.parametrize(
    ("typed", "mark"),
    [
        ("88", "88"),
        (" ８８．５ ", "88.5"),
        ("88.0", "88"),
        ("88,5", "88.5"),
        ("88。5", "88.5"),
        ("88.", "88"),
        ("", ""),
    ],
)
def test_a_mark_is_kept_in_its_shortest_spelling(typed: str, mark: str) -> None:
    assert sheet_entry.checked(RULES, "mark:craft", typed) == mark


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("mark:craft", "101", "off_scale"),
        ("mark:craft", "-1", "off_scale"),
        ("mark:craft", "88.25", "off_step"),
        ("mark:craft", "1e2", "mark"),
        ("mark:craft", "NaN", "mark"),
        ("mark:craft", "九十", "mark"),
        ("mark:craft", "9" * 30, "mark"),
        ("mark:smell", "88", "criterion_unknown"),
        ("comment", "x" * 2_001, "too_long"),
        ("submitted_at", "now", "field"),
    ],
)
def test_what_is_no_mark_is_refused(field: str, typed: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        sheet_entry.checked(RULES, field, typed)
    assert refusal.value.code == code


def test_a_missing_required_criterion_is_named() -> None:
    """AW-03; an optional one may stay blank, an empty sheet may not."""
    assert [each.params["criterion"] for each in sheet_entry.incomplete(RULES, {"mark:look": "80"})] == [
        "craft"
    ]
    assert sheet_entry.incomplete(RULES, {"mark:craft": "80", "mark:look": ""}) == []
    optional = RuleSet(criteria=(Criterion(code="look", weight=Decimal(100), required=False),))
    assert len(sheet_entry.incomplete(optional, {})) == 1


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_the_running_total_is_the_score_that_counts(case: dict[str, Any]) -> None:
    """The same cases prove static/awards/total.js (tests/e2e/test_judging.py)."""
    rules = RuleSet(
        criteria=tuple(
            Criterion(
                code=str(at),
                weight=Decimal(each["weight"]),
                min=Decimal(each["min"]),
                max=Decimal(each["max"]),
            )
            for at, each in enumerate(case["criteria"])
        ),
        rescale=case["rescale"],
        decimals=case["places"],
    )
    typed = {f"mark:{at}": sheet_entry.plain_mark(each["mark"]) for at, each in enumerate(case["criteria"])}
    assert sheet_entry.shown_total(rules, sheet_entry.marks_of(typed)) == case["total"]


def test_the_hash_hangs_on_marks_and_not_on_their_spelling() -> None:
    same = {sheet_entry.sheet_hash({"craft": mark}, eliminated=False) for mark in ("88", "88.0", "88.00")}
    assert len(same) == 1
    assert sheet_entry.sheet_hash({"craft": "88.5"}, eliminated=False) not in same
    assert sheet_entry.sheet_hash({"craft": "88"}, eliminated=True) not in same


def test_an_order_is_said_by_places() -> None:
    """§3.4 step 13: equal places are one group; they count “1, 2, 2, 4”."""
    places = {"A": 2, "B": 1, "C": 2, "D": 9}
    assert order_entry.groups(places) == [["B"], ["A", "C"], ["D"]]
    assert order_entry.places_of([["B"], ["A", "C"], ["D"]]) == {"B": 1, "A": 2, "C": 2, "D": 4}
    assert order_entry.moved([["A"], ["B"], ["C"]], "C", -1) == [["A"], ["C"], ["B"]]
    assert order_entry.moved([["A"], ["B"], ["C"]], "C", 1) == [["A"], ["B"], ["C"]]
