"""Where a company stands with an edition: the table of moves of spec exhibitors-stands §2.1."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from exhibitions.core.errors import Conflict, Forbidden, Refused
from exhibitions.exhibitors.rules import states
from exhibitions.exhibitors.rules.states import Mover, Stage, State, check_move, movers, stage_of

CHAIN = (
    (State.DRAFT, Mover.EXHIBITOR),
    (State.SUBMITTED, Mover.OFFICE),
    (State.CHECKED, Mover.OFFICE),
    (State.ADMITTED, Mover.OFFICE),
    (State.OFFERED, Mover.EXHIBITOR),
    (State.ACCEPTED, Mover.MONEY),
    (State.CONTRACTED, Mover.MONEY),
    (State.DEPOSIT_PAID, Mover.MONEY),
    (State.PAID, Mover.DESK),
    (State.ON_SITE, Mover.OFFICE),
    (State.CLOSED, Mover.OFFICE),
)


def test_the_chain_of_2_1_is_gone_step_by_step_and_no_step_is_left_out() -> None:
    for (one, mover), (other, _) in pairwise(CHAIN):
        check_move(one, other, mover)
    names = [state for state, _ in CHAIN]
    # One invoice of 100 % (§2.2); and who owes only what is payable later comes to the fair all the same.
    late = {(one, State.ON_SITE) for one in (State.CONTRACTED, State.DEPOSIT_PAID)}
    shortcuts = {(State.CONTRACTED, State.PAID), *late}
    for at, one in enumerate(names):
        for other in names[at + 2 :]:
            assert bool(movers(one, other)) is ((one, other) in shortcuts)


@pytest.mark.parametrize("to", [State.ADMITTED, State.WAIT_LISTED, State.REFUSED])
def test_only_what_is_checked_is_decided(to: State) -> None:
    check_move(State.CHECKED, to, Mover.OFFICE)
    for before in (State.DRAFT, State.SUBMITTED, State.QUESTIONED):
        with pytest.raises(Conflict, match="no_such_move"):
            check_move(before, to)
    with pytest.raises(Forbidden):
        check_move(State.CHECKED, to, Mover.EXHIBITOR)


def test_a_question_goes_back_and_comes_again_and_a_waiting_company_may_still_be_admitted() -> None:
    check_move(State.SUBMITTED, State.QUESTIONED, Mover.OFFICE)
    check_move(State.CHECKED, State.QUESTIONED, Mover.OFFICE)
    check_move(State.QUESTIONED, State.SUBMITTED, Mover.EXHIBITOR)
    check_move(State.WAIT_LISTED, State.ADMITTED, Mover.OFFICE)
    assert not movers(State.REFUSED, State.ADMITTED)


def test_the_same_again_is_told_from_a_fault() -> None:
    for state in State:
        with pytest.raises(Conflict, match="already"):
            check_move(state, state)


def test_calling_off_is_the_office_s_from_the_binding_offer_to_the_day_before_arrival() -> None:
    for state in State:
        assert (Mover.OFFICE in movers(state, State.CANCELLED)) is (state in states.CANCELLABLE)
        assert Mover.EXHIBITOR not in movers(state, State.CANCELLED)
    assert {State.DRAFT, State.ON_SITE, State.CLOSED, State.REFUSED}.isdisjoint(states.CANCELLABLE)


def test_a_cancellation_withdrawn_leads_back_to_where_it_was_statistics_case_8() -> None:
    for state in states.CANCELLABLE:
        assert states.back_to(state, is_ordered_anew=False) is state
        anew = states.back_to(state, is_ordered_anew=True)
        assert anew is (State.ADMITTED if state in states.ADMITTED else state)
        assert Mover.OFFICE in movers(State.CANCELLED, anew)


def test_money_books_money_and_the_desk_notes_arrivals() -> None:
    for one, other in ((State.CONTRACTED, State.DEPOSIT_PAID), (State.PAID, State.DEPOSIT_PAID)):
        assert movers(one, other) == {Mover.MONEY}
    back = {State.CONTRACTED, State.DEPOSIT_PAID, State.PAID}
    assert set(states.next_states(State.ON_SITE, Mover.DESK)) == back
    assert states.next_states(State.CLOSED, Mover.OFFICE) == (State.ON_SITE,)
    assert State.ADMITTED in states.next_states(State.OFFERED, Mover.EXHIBITOR)


def test_every_state_has_a_word_and_one_stage_of_ux_6() -> None:
    assert [state for stage in Stage for state in states.states_of(stage)] == sorted(
        State, key=lambda state: (list(Stage).index(stage_of(state)), list(State).index(state))
    )
    assert set(states.STATE_WORDS) == set(State)
    assert set(states.STAGE_WORDS) == set(Stage)
    assert stage_of(State.WAIT_LISTED) is Stage.APPLIED
    assert stage_of(State.DEPOSIT_PAID) is Stage.CONTRACTED


@pytest.mark.parametrize(
    ("before", "after", "fee", "day", "code"),
    [
        (120_000, 90_000, 0, 9, ""),
        (120_000, 1, 50_000, 9, ""),
        (120_000, 120_000, 0, 9, "no_reduction"),
        (120_000, 130_000, 0, 9, "no_reduction"),
        (120_000, 0, 0, 9, "no_reduction"),
        (120_000, 90_000, -1, 9, "fee_negative"),
        (120_000, 90_000, 0, 10, "reduced_late"),
    ],
)
def test_a_reduction_is_an_event_with_a_date_and_a_fee(
    before: int, after: int, fee: int, day: int, code: str
) -> None:
    def reduce() -> None:
        states.check_reduction(before, after, fee, date(2026, 9, day), date(2026, 9, 10))

    if not code:
        return reduce()
    with pytest.raises(Refused, match=code):
        reduce()
    return None
