"""Issue 4.1: which of two entries of one company on a fair's list can stay."""

from __future__ import annotations

import pytest

from exhibitions.core.errors import Conflict, Refused
from exhibitions.exhibitors.rules.merging import (
    Entry,
    Reached,
    check,
    missing,
    usual,
    with_note,
    without_note,
)
from exhibitions.exhibitors.rules.states import UNDER_CONTRACT, State

LISTED, SENT = Entry(State.PROSPECT), Entry(State.SUBMITTED)
ORDERED = Entry(State.ACCEPTED, has_order=True, has_stand=True)
HOLDING = Entry(State.ADMITTED, has_stand=True)


@pytest.mark.parametrize(
    ("kept", "gone", "code"),
    [
        (ORDERED, ORDERED, "both_ordered"),
        (ORDERED, Entry(State.CONTRACTED), "both_ordered"),
        (HOLDING, HOLDING, "both_on_stands"),
        (ORDERED, HOLDING, "both_on_stands"),
        (Entry(State.ACCEPTED, has_order=True), HOLDING, "order_and_stand"),
        (HOLDING, Entry(State.ACCEPTED, has_order=True), "order_and_stand"),
    ],
)
def test_what_binds_both_is_taken_off_one_of_them_first(kept: Entry, gone: Entry, code: str) -> None:
    with pytest.raises(Conflict, match=code):
        check(kept, gone)


@pytest.mark.parametrize(
    ("further", "other"),
    [
        (ORDERED, SENT),
        (HOLDING, SENT),
        (SENT, Entry(State.DRAFT)),
        (SENT, Entry(State.CANCELLED)),
        (Entry(State.DRAFT), LISTED),
        (Entry(State.DRAFT), Entry(State.REFUSED)),
        (Entry(State.CANCELLED), Entry(State.NOT_THIS_EDITION)),
    ],
)
def test_the_further_one_stays(further: Entry, other: Entry) -> None:
    check(further, other)
    assert usual(further, other)
    assert not usual(other, further)
    with pytest.raises(Refused, match="other_is_further"):
        check(other, further)


@pytest.mark.parametrize("entry", [LISTED, SENT, Entry(State.DRAFT), Entry(State.CANCELLED)])
def test_where_both_have_come_equally_far_people_choose(entry: Entry) -> None:
    check(entry, entry)
    assert usual(entry, entry)


def test_every_state_has_its_place() -> None:
    bound = {state for state in State if Entry(state).reached is Reached.BOUND}
    assert bound == UNDER_CONTRACT
    assert {state for state in State if Entry(state).reached is Reached.OVER} == {
        State.REFUSED,
        State.CANCELLED,
    }


def test_only_what_the_one_that_stays_has_not_goes_over() -> None:
    assert missing({"a": "x", "b": ""}, {"a": "y", "b": "z", "c": "", "d": 1}) == ["b", "d"]


@pytest.mark.parametrize(("kept", "gone"), [("", ""), ("a", ""), ("", "b"), ("a", "b")])
def test_notes_of_both_stay_and_part_again(kept: str, gone: str) -> None:
    both = with_note(kept, gone)
    assert kept in both
    assert gone in both
    assert without_note(both, gone) == kept
    assert without_note(both + "\nlater", gone) == both + "\nlater"
