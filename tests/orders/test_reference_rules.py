"""The reference in a bank's note."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.orders.rules import references
from exhibitions.orders.rules.references import find, is_right, reference_of, shown, typed

ONE, OTHER = reference_of(4217), reference_of(1)


def test_it_is_short_and_checked() -> None:
    assert (ONE, shown(ONE)) == ("ZW00421757", "ZW004217-57")
    assert is_right(ONE)
    for wrong in (0, -1, 1_000_000):
        with pytest.raises(ValueError, match=str(wrong)):
            reference_of(wrong)


@pytest.mark.parametrize(
    "note",
    [
        "ZW004217-57",
        "展位费zw00421757",
        "第八届　ｚｗ００４２１７－５７　订金",
        "Z W 0042 17 57",
        "ZW 004217-57 20160819",
        "zw/004217/57,2016",
        "ZWOO42I7-S7",
        "ZW\u200b004217-57；ZW00421757",
        "转账ZW00421757展位费",
        "ZW：00421757",
        "ZW№00421757",
        "ZW No. 004217-57",
    ],
)
def test_it_is_found_as_people_and_banks_write_it(note: str) -> None:
    assert find(note) == references.Found((ONE,), ())


def test_several_stand_in_their_order() -> None:
    assert find(f"{ONE}{OTHER} {ONE}").references == (ONE, OTHER)


@pytest.mark.parametrize("note", ["ZW004127-57", "ZW004217-75", "ZW00427-57", "ZW004217572016", "ZW004217"])
def test_a_slip_is_noticed_and_never_taken_for_another(note: str) -> None:
    found = find(note)
    assert found.references == ()
    assert len(found.slips) == 1


@pytest.mark.parametrize("note", ["", "货款", "ZW", "ZWX 公司", "13800138000", "AW00421757"])
def test_other_notes_name_nothing(note: str) -> None:
    assert find(note) == references.Found((), ())


def test_typed_is_one_right_reference_and_nothing_doubtful() -> None:
    assert typed("zw 004217-57") == ONE
    assert typed(f"{ONE} {OTHER}") is None
    assert typed("ZW004218-57") is None
    assert typed(f"{ONE} ZW004217571") is None


@given(st.integers(1, 999_999), st.integers(2, 9), st.integers(0, 9))
def test_one_wrong_digit_is_always_noticed(number: int, place: int, digit: int) -> None:
    right = reference_of(number)
    wrong = right[:place] + str(digit) + right[place + 1 :]
    assert find(wrong).references == ((right,) if wrong == right else ())


@given(st.integers(1, 999_999), st.integers(2, 8))
def test_two_that_were_swapped_are_noticed(number: int, place: int) -> None:
    right = reference_of(number)
    wrong = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    assert find(wrong).references == ((right,) if wrong == right else ())


@given(st.integers(1, 999_999))
def test_letters_that_look_like_digits_are_forgiven(number: int) -> None:
    right = reference_of(number)
    assert find(right[:2] + right[2:].translate(str.maketrans("0152", "OISZ"))).references == (right,)
    assert find(right.lower()).references == (right,)


def test_a_new_one_is_right() -> None:
    assert typed(references.new_reference(lambda _reference: False))
    tried: list[str] = []

    def is_taken(reference: str) -> bool:
        tried.append(reference)
        return len(tried) < 3

    assert references.new_reference(is_taken) == tried[2], "what is taken is not given again"
    with pytest.raises(ValueError, match="999999"):
        references.new_reference(lambda _reference: True)
