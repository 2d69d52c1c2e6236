"""Product categories as an office pastes them, and the places of the letters."""

from __future__ import annotations

import pytest

from exhibitions.core.errors import Refused
from exhibitions.exhibitors.rules import letters
from exhibitions.exhibitors.rules.nomenclature import MOST_LINES, parent_of, read_lines, written_lines


def test_lines_are_read_in_any_usual_form_and_written_so_that_they_come_back() -> None:
    lines = read_lines("1\t日用瓷\tTableware\n\n1.1，茶具，Tea sets\nA-2 ; ; Glass\n")
    assert lines == [("1", "日用瓷", "Tableware"), ("1.1", "茶具", "Tea sets"), ("A-2", "", "Glass")]
    assert read_lines(written_lines(lines)) == lines
    assert read_lines("") == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("日用瓷", "code_missing"),
        ("1", "line_name"),
        ("1 | a\n1 | b", "code_twice"),
        ("\n".join(f"{number} | a" for number in range(MOST_LINES + 1)), "lines_many"),
        ("1 | =1+1", "formula_text"),
    ],
)
def test_a_line_that_cannot_be_is_named(text: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        read_lines(text)


def test_the_sign_behind_the_code_parts_its_line_alone() -> None:
    """A name keeps the commas that it has, and what was written is read again as it was."""
    lines = [
        ("1.2", "食品，饮料", "Food, drinks"),
        ("1.3", "食品、饮料；茶", "Food"),
        ("1.4", "甲|乙", "A, B"),
        ("1.5", "", "Tea; coffee"),
    ]
    assert read_lines("1.2\t食品，饮料\tFood, drinks") == lines[:1]
    assert read_lines("2 ，玻璃；陶瓷，Glass; ceramics") == [("2", "玻璃；陶瓷", "Glass; ceramics")]
    assert read_lines(written_lines(lines)) == lines


def test_a_code_stands_under_the_longest_one_that_it_begins_with() -> None:
    codes = ["1", "1.1", "1.1.2", "11"]
    assert [parent_of(code, codes) for code in codes] == ["", "1", "1.1", ""]


def test_every_letter_fills_what_its_words_name_and_needs_what_it_fills() -> None:
    for name in letters.WORDS:
        assert set(letters.needed_of(name)) <= set(letters.places_of(name))
    assert letters.needed_of(letters.REFUSED) == ()
    assert "message" in letters.needed_of(letters.QUESTION)
