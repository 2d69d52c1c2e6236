"""spec exhibitors-stands §2.6: papers are valid through the last day, block only their right, remind at 60, 30 and 7 days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from exhibitions.companies.rules.papers import (
    NEEDS,
    PaperFacts,
    PaperKind,
    PaperState,
    Right,
    blocked,
    checked_paper,
    covers,
    reminder_due,
    state_of,
)
from exhibitions.core.errors import Refused

FIRST, LAST = date(2026, 8, 17), date(2026, 8, 20)
DAY = timedelta(days=1)


@dataclass
class Held:
    kind: PaperKind = PaperKind.LICENCE
    valid_from: date | None = None
    valid_to: date | None = None
    file_id: int | None = 1


@pytest.mark.parametrize(
    ("paper", "counts"),
    [
        (Held(), True),
        (Held(valid_to=LAST), True),
        (Held(valid_to=LAST - DAY), False),
        (Held(valid_from=FIRST, valid_to=LAST), True),
        (Held(valid_from=FIRST + DAY), False),
        # Nobody moves in without a copy of the licence; other papers may be shown on the spot.
        (Held(file_id=None), False),
        (Held(PaperKind.TRADE_MARK, file_id=None), True),
    ],
)
def test_valid_through_the_last_day(paper: Held, *, counts: bool) -> None:
    assert covers(paper, FIRST, LAST) is counts


def test_a_paper_blocks_its_own_right_and_nothing_else() -> None:
    """A missing licence stops move-in, missing food papers tasting and sale; everything else stays open."""
    every = [Held(kind) for kind in PaperKind]
    assert blocked(every, FIRST, LAST) == {}
    only = {
        PaperKind.LICENCE: Right.MOVE_IN,
        PaperKind.INSPECTION: Right.TASTING,
        PaperKind.IMPORT: Right.IMPORTS,
    }
    only[PaperKind.TRADE_MARK] = Right.BRAND
    for kind, right in only.items():
        late = [each if each.kind is not kind else Held(kind, valid_to=LAST - DAY) for each in every]
        assert blocked(late, FIRST, LAST) == {right: [frozenset({kind})]}
    without_other = [each for each in every if each.kind is not PaperKind.OTHER]
    assert blocked(without_other, FIRST, LAST) == {}


def test_a_maker_of_food_needs_no_trade_licence_and_a_dealer_no_production_licence() -> None:
    for kind in (PaperKind.FOOD_PRODUCTION, PaperKind.FOOD_TRADE):
        assert blocked([Held(kind), Held(PaperKind.INSPECTION)], FIRST, LAST, {Right.TASTING}) == {}
    assert blocked([], FIRST, LAST, {Right.TASTING}) == {Right.TASTING: list(NEEDS[Right.TASTING])}
    assert blocked([], FIRST, LAST, ()) == {}


def test_an_old_paper_beside_its_successor_harms_nothing() -> None:
    papers = [Held(valid_to=FIRST - DAY), Held(valid_from=FIRST - DAY)]
    assert blocked(papers, FIRST, LAST, {Right.MOVE_IN}) == {}


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "state"),
    [
        (None, None, PaperState.VALID),
        (FIRST + DAY, None, PaperState.COMING),
        (FIRST, FIRST + 61 * DAY, PaperState.VALID),
        (None, FIRST + 60 * DAY, PaperState.ENDING),
        (None, FIRST, PaperState.ENDING),
        (None, FIRST - DAY, PaperState.OVER),
    ],
)
def test_how_a_paper_stands(valid_from: date | None, valid_to: date | None, state: PaperState) -> None:
    assert state_of(Held(valid_from=valid_from, valid_to=valid_to), FIRST) is state


@pytest.mark.parametrize(
    ("left", "reminded", "due"),
    [
        (61, None, None),
        (60, None, 60),
        (60, 60, None),
        (31, 60, None),
        (30, 60, 30),
        (8, 30, None),
        (7, 30, 7),
        (0, 7, None),
        # After days without a worker only the latest goes out.
        (25, None, 30),
        (0, None, 7),
        (-1, None, None),
        (-1, 30, None),
    ],
)
def test_reminders_go_out_once_each(left: int, reminded: int | None, due: int | None) -> None:
    assert reminder_due(FIRST + left * DAY, reminded, FIRST) == due


def test_a_paper_without_an_end_is_never_reminded_of() -> None:
    assert reminder_due(None, None, FIRST) is None


def test_what_is_checked_of_a_paper() -> None:
    assert checked_paper(PaperFacts(PaperKind.LICENCE, "91210200ma0abcde63")).number == "91210200MA0ABCDE63"
    assert checked_paper(PaperFacts(PaperKind.FOOD_PRODUCTION)).number == ""
    assert (
        checked_paper(PaperFacts(PaperKind.FOOD_PRODUCTION, "sc 0000000000079-2")).number
        == "SC00000000000792"
    )
    assert checked_paper(PaperFacts(PaperKind.OTHER, " a  b ", FIRST, FIRST)) == PaperFacts(
        PaperKind.OTHER, "a b", FIRST, FIRST
    )
    for facts, code in (
        (PaperFacts(PaperKind.FOOD_PRODUCTION, "SC123"), "food_licence_invalid"),
        (PaperFacts(PaperKind.OTHER, "", LAST, FIRST), "paper_days"),
    ):
        with pytest.raises(Refused) as refusal:
            checked_paper(facts)
        assert refusal.value.code == code
