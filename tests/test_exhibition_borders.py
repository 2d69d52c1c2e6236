"""Cases at the borders of the rules of exhibitors that their worked examples do not spell out (exhibitors-stands, statistics)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from exhibitions.companies.rules.doubles import name_key
from exhibitions.core.errors import Refused
from exhibitions.exhibitors.rules import staff, typed
from exhibitions.exhibitors.rules.application import checked_wishes
from exhibitions.orders.rules import amounts, references, statement
from exhibitions.orders.rules.invoicing import is_tax_number
from exhibitions.orders.rules.statement import Column, Fault, Line
from exhibitions.stands.rules import wishes
from exhibitions.stands.rules.plan import StandKind, kind_of
from exhibitions.stands.rules.price_list import PriceList, Step, problems
from exhibitions.stands.rules.wishes import Applicant, Order

AMOUNT = {Column.DAY: (0,), Column.AMOUNT: (1,), Column.DIRECTION: (2,)}
BOTH = {Column.DAY: (0,), Column.IN: (1,), Column.OUT: (2,)}


@pytest.mark.parametrize("word", ["往账", "汇出", "转出", "出账", "-", "借", "支出"])
def test_money_that_goes_out_is_never_income(word: str) -> None:
    """Demand 6: paid + open = total; nothing is booked by a guess."""
    row = statement.read(2, ["2026-08-01", "100.00", word], AMOUNT, "CNY")
    assert isinstance(row, Line)
    assert row.amount == -10_000


@pytest.mark.parametrize(
    ("word", "amount"), [("来账", 10_000), ("汇入", 10_000), ("+", 10_000), ("", 10_000)]
)
def test_money_that_comes_in(word: str, amount: int) -> None:
    row = statement.read(2, ["2026-08-01", "100.00", word], AMOUNT, "CNY")
    assert isinstance(row, Line)
    assert row.amount == amount


@pytest.mark.parametrize("word", ["往来", "其他", "?"])
def test_a_way_that_nobody_knows_is_no_amount(word: str) -> None:
    assert statement.read(2, ["2026-08-01", "100.00", word], AMOUNT, "CNY") is Fault.NO_AMOUNT


@pytest.mark.parametrize("came", ["1.234,50", "abc", "1.005"])
def test_an_unreadable_credit_beside_a_debit_of_nothing_is_said(came: str) -> None:
    assert statement.read(2, ["2026-08-01", came, "0.00"], BOTH, "CNY") is Fault.NO_AMOUNT


@pytest.mark.parametrize(
    ("text", "fen"),
    [("1,234.50", 123_450), ("1234,50", None), ("12,5", None), ("1,2,3", None), ("１，２３４", 123_400)],
)
def test_a_comma_parts_thousands_or_says_nothing(text: str, fen: int | None) -> None:
    assert amounts.amount_in(text, "CNY") == fen


@pytest.mark.parametrize("text", ["2016111", "2016819"])
def test_a_day_that_could_be_two_is_none(text: str) -> None:
    """IR8."""
    assert amounts.day_of(text) is None


@pytest.mark.parametrize("text", ["36,5", "1,2,3"])
def test_a_measure_with_a_doubtful_comma_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        typed.checked_area(text)
    assert typed.checked_area("1,200") == 12_000_000


def test_rare_han_and_blanks_stay_in_a_name() -> None:
    """IR3: names keep their letters, runs of blanks become one."""
    assert typed.checked_text("王\U00031350", 100) == "王\U00031350"
    assert typed.checked_text("大连\t星河", 100) == "大连 星河"
    with pytest.raises(Refused):
        typed.checked_text("王\ufffd", 100)


def test_a_wish_is_one_however_its_number_is_typed() -> None:
    with pytest.raises(Refused):
        checked_wishes(["9.2B29", "9.2 b29"])
    assert checked_wishes(["A01–03"]) == ("A01-03",)


@pytest.mark.parametrize("name", ["=cmd", "@x"])
def test_a_staff_name_is_no_formula(name: str) -> None:
    """IR10."""
    with pytest.raises(Refused):
        staff.check_name(name)


@pytest.mark.parametrize(
    "line", ["1. 王敏 13800138000", "王敏 / 13800138000", "王敏|13800138000", "2、王敏\t13800138000"]
)
def test_a_pasted_line_of_staff_is_read_as_people_mean_it(line: str) -> None:
    (one,) = staff.read_names(line).people
    assert (one.name, one.phone) == ("王敏", "+8613800138000")


def test_a_tax_number_has_both_check_characters() -> None:
    assert is_tax_number("91210200744370215R")
    assert not is_tax_number("91210200744370216W")


@pytest.mark.parametrize("text", ["ZW：00421757", "ZW№00421757", "zw:0042 1757"])
def test_a_reference_behind_a_colon_is_found_or_called_a_slip(text: str) -> None:
    found = references.find(text)
    assert found == references.Found(("ZW00421757",), ())


def test_points_are_tied_by_the_day_on_which_all_was_there() -> None:
    """§2.3: ties by date of complete application and payment, then years."""
    first = Applicant(1, points=Decimal(5), complete_at=datetime(2026, 5, 20), paid_on=date(2026, 5, 1))  # noqa: DTZ001
    second = Applicant(2, points=Decimal(5), complete_at=datetime(2026, 5, 5), paid_on=date(2026, 5, 5))  # noqa: DTZ001
    assert [one.id for one in wishes.in_order([first, second], Order.POINTS, "s")] == [2, 1]


def test_merged_applicants_come_last_only_at_a_choice_meeting() -> None:
    merged = Applicant(1, points=Decimal(50), merged=True)
    single = Applicant(2, points=Decimal(1))
    assert [one.id for one in wishes.in_order([single, merged], Order.POINTS, "s")] == [1, 2]
    assert [one.id for one in wishes.in_order([merged, single], Order.CHOICE_MEETING, "s")] == [2, 1]


def test_a_ladder_that_falls_is_no_price_list() -> None:
    steps = (Step(days_before=90, percent=Decimal(50)), Step(days_before=30, percent=Decimal(20)))
    assert "ladder" in {each.code for each in problems(PriceList(cancellation=steps))}
    late = (Step(days_before=-5, percent=Decimal(50)),)
    assert "ladder" in {each.code for each in problems(PriceList(cancellation=late))}


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("标准展位（标摊）", StandKind.SHELL),
        ("光地（特装）", StandKind.RAW),
        ("Upgraded shell scheme", StandKind.UPGRADED),
        ("독립 부스", StandKind.RAW),
    ],
)
def test_the_products_own_words_for_kinds_are_read(word: str, kind: StandKind) -> None:
    """IR1."""
    assert kind_of(word) is kind


def test_a_legal_form_is_no_part_of_a_name() -> None:
    assert name_key("大连星河有限公司") == name_key("大连 星河（股份）有限公司")
