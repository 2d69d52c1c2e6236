"""The close of a day, receipts, reminders."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from exhibitions.core.errors import Conflict, Refused
from exhibitions.orders.rules import closing, reminding

DAY = date(2026, 8, 17)
NEXT = date(2026, 8, 18)


def test_each_kind_is_counted_also_the_empty_box() -> None:
    found = closing.counts({"cash": 50_000}, {"cash": 49_000})
    assert [(each.kind, each.difference) for each in found] == [("cash", -1_000), ("qr", 0)]


def test_a_difference_is_explained_and_a_name_signs() -> None:
    short = closing.counts({"cash": 2}, {"cash": 1})
    for explanation, name, code in (
        ("", "Wang", "unexplained"),
        (" \n", "Wang", "unexplained"),
        ("gone", " ", "unsigned"),
    ):
        with pytest.raises(Refused) as refused:
            closing.check_close(short, explanation, name)
        assert refused.value.code == code
    closing.check_close(short, "one cent fell", "Wang")
    closing.check_close(closing.counts({}, {}), "", "Wang")


def test_opposite_differences_are_two_and_not_none() -> None:
    with pytest.raises(Refused):
        closing.check_close(closing.counts({"cash": 2, "qr": 1}, {"cash": 1, "qr": 2}), "", "Wang")


def test_a_closed_day_cannot_be_changed_or_closed_again() -> None:
    """O5: only corrected by a later row."""
    with pytest.raises(Conflict):
        closing.check_open(DAY, {DAY})
    closing.check_open(NEXT, {DAY})
    with pytest.raises(Conflict):
        closing.may_close(DAY, NEXT, {DAY})
    with pytest.raises(Refused):
        closing.may_close(NEXT, DAY, ())
    closing.may_close(DAY, DAY, ())


def test_money_of_a_closed_day_is_booked_on_the_first_open_one() -> None:
    third = NEXT + timedelta(days=1)
    assert closing.booking_day(DAY, third, ()) == DAY
    assert closing.booking_day(DAY, third, {DAY}) == NEXT
    assert closing.booking_day(DAY, third, {DAY, NEXT}) == third
    assert closing.booking_day(third, DAY, ()) == DAY
    assert closing.booking_day(DAY, NEXT, {DAY, NEXT}) == third, "today is closed too: tomorrow"


def test_receipts_have_no_gaps() -> None:
    assert [closing.next_number(last) for last in (None, 1, 999_999)] == [1, 2, 1_000_000]
    assert closing.receipt_text(2026, 123) == "R2026-000123"
    assert closing.receipt_text(2026, 1_000_000) == "R2026-1000000"
    assert closing.gaps([]) == closing.gaps([1, 2, 3]) == []
    assert closing.gaps([4, 1]) == [2, 3]


def to_send(
    today: date, sent: tuple[int, ...] = (), open_amount: int = 1, agreed: date = date(2026, 1, 1)
) -> int | None:
    return reminding.to_send(DAY, open_amount, agreed, today, sent)


def test_a_reminder_goes_out_on_its_day_and_once() -> None:
    before = DAY - timedelta(days=7)
    assert to_send(before - timedelta(days=1)) is None
    assert to_send(before) == -7
    assert to_send(before, (-7,)) is None
    assert to_send(DAY - timedelta(days=1), (-7,)) is None
    assert to_send(DAY, (-7,)) == 0
    assert to_send(DAY + timedelta(days=7), (-7, 0)) == 7
    assert to_send(DAY + timedelta(days=13), (-7, 0, 7)) is None
    assert to_send(DAY + timedelta(days=400), (-7, 0, 7, 14, 30)) is None


def test_missed_steps_are_not_made_up_for() -> None:
    assert to_send(DAY + timedelta(days=20)) == 14
    assert to_send(DAY + timedelta(days=6), (7,)) is None


def test_who_owes_nothing_or_has_only_just_agreed_is_left_alone() -> None:
    assert to_send(DAY, open_amount=0) is None
    assert to_send(DAY - timedelta(days=5), agreed=DAY - timedelta(days=6)) is None
    assert to_send(DAY - timedelta(days=5), agreed=DAY - timedelta(days=7)) is None
    assert to_send(DAY - timedelta(days=5), agreed=DAY - timedelta(days=8)) == -7
    assert to_send(DAY, agreed=DAY - timedelta(days=6)) == 0
    assert [reminding.is_late(step) for step in reminding.STEPS] == [False, False, True, True, True]
