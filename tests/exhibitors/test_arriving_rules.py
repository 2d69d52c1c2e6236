"""The exhibitor desk: which step is missing, who may go on, and how an extra badge is given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exhibitions.core.errors import Refused
from exhibitions.exhibitors.rules.arriving import (
    MOST_PRICE,
    Extra,
    Standing,
    Step,
    check_arrival,
    check_bag,
    check_extra,
    done,
    missing,
    price_of,
)

READY = Standing(contract=True, open_minor=0, badges=1, quota=3, arrived=False)


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (replace(READY, contract=False, open_minor=500), Step.CONTRACT),
        (replace(READY, open_minor=1), Step.MONEY),
        (replace(READY, open_minor=-5), Step.BAG),
        (replace(READY, badges=0), Step.BADGES),
        (replace(READY, badges=0, quota=0), Step.BAG),
        (READY, Step.BAG),
        (replace(READY, arrived=True), None),
    ],
)
def test_the_first_missing_step_is_shown(standing: Standing, expected: Step | None) -> None:
    assert missing(standing) is expected
    assert done(standing)[Step.BAG] is standing.arrived


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        (replace(READY, contract=False), "missing_contract"),
        (replace(READY, open_minor=1), "missing_money"),
        (replace(READY, badges=0), "missing_badges"),
        (replace(READY, arrived=True), "arrived"),
        (replace(READY, arrived=True, open_minor=1), "arrived"),
    ],
)
def test_nobody_arrives_past_a_missing_step_or_twice(standing: Standing, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_arrival(standing)
    assert refused.value.code == code


def test_without_a_licence_somebody_says_with_their_name_that_they_may_move_in() -> None:
    """§2.6: refusal of move-in without the business licence."""
    lacking = replace(READY, licence=False)
    assert missing(lacking) is Step.BAG
    for nobody in ("", "  "):
        with pytest.raises(Refused) as refused:
            check_arrival(lacking, nobody)
        assert refused.value.code == "missing_licence"
    check_arrival(lacking, "王主任")


def test_who_signs_has_a_name() -> None:
    check_arrival(READY)
    assert check_bag("  陈  芳 ", 1) == "陈 芳"
    for name, bags in ((" ", 1), ("陈芳", -1), ("陈芳", 100)):
        with pytest.raises(Refused):
            check_bag(name, bags)


@pytest.mark.parametrize(
    ("how", "badges", "amount", "by_whom", "code"),
    [
        (Extra.QUOTA, 2, None, "", None),
        (Extra.QUOTA, 3, None, "", "over_quota"),
        (Extra.PRICE, 3, None, "", "no_price"),
        (Extra.PRICE, 3, -1, "", "no_price"),
        (Extra.PRICE, 3, 0, "", None),
        (Extra.DAY, 3, None, "", "no_price"),
        (Extra.DAY, 3, 7_000, "", None),
        (Extra.GRACE, 3, None, "  ", "no_grace"),
        (Extra.GRACE, 3, None, "王主任", None),
    ],
)
def test_an_extra_badge_has_a_price_a_name_or_a_place_left(
    how: Extra, badges: int, amount: int | None, by_whom: str, code: str | None
) -> None:
    standing = replace(READY, badges=badges)
    if code is None:
        check_extra(how, standing, amount, by_whom)
        return
    with pytest.raises(Refused) as refused:
        check_extra(how, standing, amount, by_whom)
    assert refused.value.code == code


def test_what_a_badge_costs() -> None:
    """Only a price and a day pass cost something; an amount beside a grace was typed for nothing."""
    assert [price_of(how, 2_000) for how in Extra] == [0, 2_000, 0, 2_000]
    assert price_of(Extra.PRICE, None) == 0
    standing = Standing(True, 0, 3, 3, False)
    check_extra(Extra.PRICE, standing, MOST_PRICE, "")
    with pytest.raises(Refused, match="no_price"):
        check_extra(Extra.PRICE, standing, MOST_PRICE + 1, "")
