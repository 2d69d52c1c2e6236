"""Money: rounding, cutting, writing, reading what people type, and Chinese capitals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.core.money import (
    formatted,
    formatted_minor,
    from_minor,
    in_capitals,
    round_half_up,
    split,
    to_minor,
    typed_amount,
)


def test_half_goes_away_from_zero_and_won_have_no_cents() -> None:
    assert [round_half_up(Decimal(x)) for x in ("0.005", "0.0049", "-0.005", "2.675")] == [
        Decimal("0.01"),
        0,
        Decimal("-0.01"),
        Decimal("2.68"),
    ]
    assert to_minor(Decimal("1234.5"), "KRW") == 1235
    assert to_minor(Decimal("1.2345"), "KWD") == 1235
    assert from_minor(1235, "KRW") == 1235
    assert from_minor(13812000, "CNY") == Decimal("138120.00")


def test_ux_b10_writes_money() -> None:
    assert formatted(Decimal(138120), "CNY") == "¥138,120.00"
    assert formatted_minor(-500, "CNY") == "−¥5.00"
    assert formatted(Decimal("-0.001"), "CNY") == "¥0.00"
    assert formatted(Decimal("1234567.5"), "KRW") == "₩1,234,568"
    assert formatted(Decimal(5), "CHF") == "CHF 5.00"


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("138,120.00", "138120.00"),
        ("¥１，２００．５０", "1200.50"),
        ("1 200 元", "1200"),
        ("-12.5", "-12.5"),
        ("−¥5", "-5"),
        ("1,2", None),
        ("12,00", None),
        ("1.2345", None),
        ("", None),
        ("NaN", None),
        ("1e5", None),
    ],
)
def test_what_people_type(typed: Any, means: Any) -> None:
    assert typed_amount(typed) == (None if means is None else Decimal(means))


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_no_cent_is_lost_in_a_split_and_odd_ones_go_to_the_first(total: Any, shares: Any) -> None:
    parts = split(total, shares)
    assert sum(parts) == total
    exact = [abs(total) * share // sum(shares) for share in shares]
    assert [abs(part) for part in parts[1:]] == exact[1:]
    assert 0 <= abs(parts[0]) - exact[0] < len(shares)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        # The People's Bank's own examples.
        ("1409.50", "人民币壹仟肆佰零玖元伍角"),
        ("6007.14", "人民币陆仟零柒元壹角肆分"),
        ("1680.32", "人民币壹仟陆佰捌拾元零叁角贰分"),
        ("107000.53", "人民币壹拾万柒仟元零伍角叁分"),
        ("16409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "人民币叁佰贰拾伍元零肆分"),
        ("138120", "人民币壹拾叁万捌仟壹佰贰拾元整"),
        ("4377.60", "人民币肆仟叁佰柒拾柒元陆角"),
        ("0", "人民币零元整"),
        ("0.05", "人民币伍分"),
        ("0.50", "人民币伍角"),
        ("10", "人民币壹拾元整"),
        ("100000000", "人民币壹亿元整"),
        ("100000001", "人民币壹亿零壹元整"),
        ("100010000", "人民币壹亿零壹万元整"),
        ("10010", "人民币壹万零壹拾元整"),
        ("1000000000000", "人民币壹万亿元整"),
        ("1000100000000", "人民币壹万零壹亿元整"),
        ("-5", "人民币负伍元整"),
    ],
)
def test_capitals(amount: Any, words: Any) -> None:
    assert in_capitals(Decimal(amount)) == words


def test_capitals_name_the_currency() -> None:
    assert in_capitals(Decimal(20), "USD") == "美元贰拾元整"
    assert in_capitals(Decimal(20), "CHF") == "CHF贰拾元整"
