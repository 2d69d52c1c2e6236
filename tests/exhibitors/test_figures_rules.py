"""The rules of daily figures (ux.md E7 O10; statistics.md §1.6, cases 48 and 50)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from exhibitions.core.errors import Refused
from exhibitions.exhibitors.rules.figures import (
    NOTHING,
    Conversion,
    Figures,
    Participation,
    Phase,
    Report,
    answered,
    asks,
    by_day,
    check,
    check_conversion,
    check_left,
    check_open,
    frozen_hash,
    frozen_record,
    has_deal,
    is_nothing,
    outliers,
    participation,
    phase,
    silent,
    totals,
    trend,
)

ZONE = ZoneInfo("Asia/Shanghai")
D1, D2, D3 = date(2026, 9, 10), date(2026, 9, 11), date(2026, 9, 12)


def row(number: int, day: date = D1, currency: str = "CNY", **figures: int | None) -> Report:
    return Report(number, day, currency, Figures(**figures))


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=ZONE).astimezone(UTC)


def code(figures: Figures) -> str:
    with pytest.raises(Refused) as refused:
        check(figures)
    return refused.value.code


def test_silence_zero_and_not_answered_are_three_things() -> None:
    assert code(Figures()) == "no_figures"
    assert code(Figures(visitors=30)) == "no_figures"
    assert is_nothing(check(NOTHING))
    assert is_nothing(check(Figures(sales=0)))
    assert not is_nothing(Figures())
    assert not is_nothing(Figures(sales=0, intents=1))
    assert has_deal(Figures(intents=1))
    assert not has_deal(NOTHING)


def test_impossible_figures_are_refused() -> None:
    assert code(Figures(sales=-1)) == "figure_out_of_range"
    assert code(Figures(sales=10**14 + 1)) == "figure_out_of_range"
    assert check(Figures(sales=10**14)).sales == 10**14
    assert code(Figures(sales=1, visitors=10**6 + 1)) == "figure_out_of_range"
    assert code(Figures(intents=0, intents_amount=5)) == "amount_without_number"
    assert code(Figures(contracts=0, contracts_amount=5)) == "amount_without_number"
    check(Figures(intents=3))
    check(Figures(intents=0, intents_amount=0))


def test_a_hundred_times_yesterday_is_asked_about() -> None:
    before = Figures(sales=100, contracts_amount=0, intents_amount=None)
    assert asks(Figures(sales=9_999), before) == ()
    assert asks(Figures(sales=10_000), before) == ("sales",)
    assert asks(Figures(sales=10**9, contracts_amount=10**9, intents_amount=10**9), before) == ("sales",)
    assert asks(Figures(sales=10**9), None) == ()
    assert asks(Figures(sales=0), before) == ()


def test_a_trend_needs_both_days() -> None:
    assert trend(5, 8) == -3
    assert trend(0, 0) == 0
    assert trend(None, 8) is None
    assert trend(5, None) is None


def test_a_day_opens_at_15_00_and_is_due_at_16_30_in_the_fairs_zone() -> None:
    assert phase(D2, at(D2, 14, 59, 59), ZONE) is Phase.AHEAD
    assert phase(D2, at(D2, 15), ZONE) is Phase.OPEN
    assert phase(D2, at(D2, 16, 29, 59), ZONE) is Phase.OPEN
    assert phase(D2, at(D2, 16, 30), ZONE) is Phase.DUE
    assert phase(D2, at(D3, 0), ZONE) is Phase.PAST
    assert phase(D2, at(D1, 23, 59), ZONE) is Phase.AHEAD
    assert phase(D2, at(D2, 15), ZONE, frozen=True) is Phase.FROZEN


@pytest.mark.parametrize(
    ("day", "now", "frozen", "expected"),
    [
        (date(2026, 9, 13), at(D3, 18), False, "no_such_day"),
        (D3, at(D3, 14), False, "day_not_open"),
        (D3, at(D3, 18), True, "figures_frozen"),
    ],
)
def test_a_report_is_refused_outside_its_time(day: date, now: datetime, frozen: bool, expected: str) -> None:
    with pytest.raises(Refused) as refused:
        check_open(day, [D1, D2, D3], now, ZONE, frozen=frozen)
    assert refused.value.code == expected


def test_a_past_day_may_be_corrected_until_the_freeze() -> None:
    check_open(D1, [D1, D2, D3], at(D3, 9), ZONE, frozen=False)


def test_50_an_intent_of_200_becomes_a_contract_of_150() -> None:
    rows = [row(1, D1, intents=1, intents_amount=200), row(1, D2, contracts=1, contracts_amount=10)]
    moved = Conversion(1, D3, "CNY", intent_amount=200, contract_amount=150)
    check_conversion(moved, intents_left=1, amount_left=200)
    before, after = totals(rows)["CNY"], totals(rows, [moved])["CNY"]
    assert (after.intents_amount - before.intents_amount, after.intents - before.intents) == (-200, -1)
    assert (after.contracts_amount - before.contracts_amount, after.contracts - before.contracts) == (150, 1)
    assert rows[0].figures.intents_amount == 200
    day = totals([], [moved])["CNY"]
    assert (day.intents_amount, day.contracts_amount) == (-200, 150)


@pytest.mark.parametrize(
    ("intent", "contract", "left", "amount_left", "expected"),
    [
        (201, 150, 1, 200, "no_such_intent"),
        (200, 150, 0, 200, "no_such_intent"),
        (-1, 150, 1, 200, "figure_out_of_range"),
        (200, -150, 1, 200, "figure_out_of_range"),
    ],
)
def test_more_than_there_is_never_moves(
    intent: int, contract: int, left: int, amount_left: int, expected: str
) -> None:
    with pytest.raises(Refused) as refused:
        check_conversion(Conversion(1, D3, "CNY", intent, contract), left, amount_left)
    assert refused.value.code == expected


def test_currencies_are_never_added() -> None:
    found = totals([row(1, sales=100), row(1, currency="USD", sales=7), row(2, sales=None, intents=2)])
    assert {currency: (sums.reports, sums.sales) for currency, sums in found.items()} == {
        "CNY": (2, 100),
        "USD": (1, 7),
    }
    assert totals([]) == {}


def test_silence_is_no_zero_in_a_sum() -> None:
    """E7: never mixed. A day's sum says which figures anybody answered."""
    rows = [row(1, D1, sales=0), row(2, D2, intents=1), row(2, D2, "USD", sales=9)]
    moved = [Conversion(2, D3, "CNY", 0, 150)]
    assert answered(rows, [], "CNY", D1) == {"sales"}
    assert answered(rows, moved, "CNY", D2) == {"intents"}
    assert answered(rows, moved, "CNY", D3) == {"contracts", "contracts_amount", "intents", "intents_amount"}
    assert answered(rows, [], "CNY", D3) == frozenset()
    assert answered(rows, [], "CNY") == {"sales", "intents"}


def test_50_a_correction_leaves_the_intents_that_became_contracts() -> None:
    moved = [Conversion(1, D2, "CNY", 200, 150)]
    check_left(totals([row(1, intents=1, intents_amount=200)], moved)["CNY"])
    for fewer, field in (
        (row(1, intents=0, intents_amount=200), "intents"),
        (row(1, intents=1, intents_amount=199), "intents_amount"),
    ):
        with pytest.raises(Refused) as refused:
            check_left(totals([fewer], moved)["CNY"])
        assert refused.value.params["field"] == field


def test_days_add_up_to_the_fair() -> None:
    rows = [row(1, D1, sales=100), row(1, D2, sales=50), row(2, D2, "USD", sales=9)]
    moved = Conversion(1, D3, "CNY", 200, 150)
    found = by_day(rows, [moved], [D1, D2, D3], "CNY")
    assert [(day, sums.sales, sums.contracts_amount) for day, sums in found] == [
        (D1, 100, 0),
        (D2, 50, 0),
        (D3, 0, 150),
    ]
    assert sum(sums.sales for _day, sums in found) == totals(rows, [moved])["CNY"].sales


def test_48_the_share_stands_on_both_bases() -> None:
    rows = [row(n, sales=100) for n in range(1, 19)]
    rows += [row(n, intents=1) for n in range(19, 28)]
    rows += [row(28, sales=0), row(29, sales=0), row(30, sales=0)]
    found = participation(range(1, 41), rows)
    assert found == Participation(40, 30, 27)
    assert (found.of_all, found.of_reporting, found.response) == (
        Fraction(27, 40),
        Fraction(9, 10),
        Fraction(3, 4),
    )
    assert found.is_majority


def test_the_majority_is_of_all_and_more_than_half() -> None:
    assert not Participation(40, 20, 20).is_majority
    assert Participation(40, 21, 21).is_majority
    empty = Participation(0, 0, 0)
    assert (empty.of_all, empty.of_reporting, empty.response, empty.is_majority) == (None, None, None, False)


def test_several_reports_are_one_exhibitor_and_others_do_not_count() -> None:
    rows = [row(1, D1, sales=1), row(1, D2, sales=0), row(1, D1, "USD", sales=2), row(9, D1, sales=5)]
    assert participation([1, 2], rows) == Participation(2, 1, 1)


def test_who_is_silent_is_asked_by_day() -> None:
    assert silent([3, 1, 2], [row(1, D1), row(2, D2)], D1) == [3, 2]
    assert silent([3, 1, 2], [row(1, D1), row(2, D2)]) == [3]


def test_outliers_need_a_base_and_stand_far_above() -> None:
    usual = [row(n, sales=100) for n in range(1, 5)]
    far = row(5, sales=2_000)
    assert outliers([*usual, far]) == [(far, "sales")]
    assert outliers([*usual, row(5, sales=1_999)]) == []
    assert outliers([*usual[:3], far]) == []
    assert outliers([*usual, replace(far, day=D2)]) == []
    assert outliers([*usual, replace(far, currency="USD")]) == []


def test_the_frozen_hash_knows_the_figures_and_not_their_order() -> None:
    rows = [row(1, sales=1), row(2, sales=None), row(3, sales=0)]
    moved = Conversion(1, D3, "CNY", 200, 150)
    whole = frozen_hash(frozen_record(rows, [moved]))
    assert whole == frozen_hash(frozen_record(reversed(rows), [moved]))
    assert whole != frozen_hash(frozen_record([rows[0], row(2, sales=0), rows[2]], [moved]))
    assert whole != frozen_hash(frozen_record(rows))
    assert len(whole) == 64
