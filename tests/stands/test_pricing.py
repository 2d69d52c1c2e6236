"""What a stand costs: every example of exhibitors-stands.md §2.2 to the cent, and the borders between them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.core.errors import Refused
from exhibitions.stands.rules.price_list import (
    Basis,
    Discount,
    DiscountBasis,
    Fee,
    FeeBasis,
    Place,
    PriceList,
    Rate,
    Schedule,
    SideSurcharge,
    Step,
    Who,
    dumped,
    fingerprint,
    loaded,
    problems,
)
from exhibitions.stands.rules.pricing import Facts, StandFacts, price, taxed, without_stand

ON = date(2026, 3, 1)


def dec(text: Any) -> Decimal:
    return Decimal(str(text))


def per_m2(amount: Any, *sides: Any, **more: Any) -> Rate:
    return Rate(basis=Basis.PER_M2, amount=dec(amount), sides=sides, **more)


def fee(name: Any, basis: Any, amount: Any, **more: Any) -> Fee:
    return Fee(name_en=name, basis=basis, amount=dec(amount), **more)


LEVIES = PriceList(
    currency="EUR",
    tax_included=False,
    rates=(
        per_m2(125, place=Place.OUTDOOR),
        per_m2(185, 1),
        per_m2(193, 2),
        per_m2(199, 3),
        per_m2(204, 4),
    ),
    fees=(
        fee("Media", FeeBasis.PER_EXHIBITOR, 250),
        fee("Association levy", FeeBasis.PER_M2, "0.60"),
        fee("Waste", FeeBasis.PER_M2, "2.70", cap=dec(1350)),
        fee("Energy", FeeBasis.PER_M2, 6),
        fee("Technical prepayment", FeeBasis.PER_M2, 25, who=Who.NEW),
        fee("Co-exhibitor", FeeBasis.PER_CO_EXHIBITOR, 1400),
    ),
)
EARLY = PriceList(
    rates=(per_m2(285),),
    fees=(fee("Registration", FeeBasis.PER_EXHIBITOR, 375),),
    discounts=(
        Discount(name_en="Pre-booking", basis=DiscountBasis.PER_M2, amount=dec(36), until=date(2026, 3, 1)),
        Discount(name_en="Early bird", basis=DiscountBasis.PER_M2, amount=dec(25), until=date(2026, 5, 1)),
    ),
)
CORNER = PriceList(
    rates=(Rate(basis=Basis.PER_STAND, amount=dec(8000), unit_m2=dec(9)),),
    surcharges=(SideSurcharge(sides=2, percent=dec(20)),),
)
STARTED = PriceList(rates=(per_m2(85, minimum_m2=dec(12), started=True),), upper_percent=dec(30))


def stand(area: Any, sides: Any = 1, **more: Any) -> StandFacts:
    return StandFacts("A01", dec(area), sides, **more)


def total(prices: Any, *stands: Any, on: Any = ON, **facts: Any) -> Decimal:
    return price(prices, Facts(stands, **facts), on).total


class TestWorkedCases:
    def test_levies_new_firm_and_co_exhibitor(self) -> None:
        quote = price(LEVIES, Facts((stand(12, 2),), new=True, co_exhibitors=1), ON)
        assert [line.net for line in quote.lines] == [
            dec(x) for x in ("2316", "250", "7.20", "32.40", "72", "300", "1400")
        ]
        assert quote.net == dec("4377.60")

    def test_open_sides_and_outdoor(self) -> None:
        first = [price(LEVIES, Facts((stand(1, sides),)), ON).lines[0].net for sides in range(6)]
        assert first == [185, 185, 193, 199, 204, 204]
        assert price(LEVIES, Facts((stand(1, 4, outdoor=True),)), ON).lines[0].net == 125

    def test_waste_cap(self) -> Any:
        def waste(area: Any) -> Any:
            lines = price(LEVIES, Facts((stand(area, 4),)), ON).lines
            return next(line for line in lines if line.name.en == "Waste")

        assert waste(600).net == 1350
        assert waste(500).net == 1350
        assert waste("499.99").net == dec("1349.97")
        assert "at most €1,350.00" in waste(600).reason.en
        assert "at most" not in waste(500).reason.en

    def test_several_stands_of_one_order_share_the_waste_cap(self) -> None:
        """§2.2: the levy is the exhibitor's, "capped at 1,350"; a cap for each stand would say so, as the clearing deposit's
        does (§2.4). The lines are filled in the order of the stands."""

        def waste(*areas: Any) -> list[tuple[Decimal, str]]:
            stands = tuple(replace(stand(area, 4), number=f"A{at}") for at, area in enumerate(areas))
            lines = price(LEVIES, Facts(stands), ON).lines
            return [(line.net, line.reason.en) for line in lines if line.name.en == "Waste"]

        assert [net for net, _ in waste(300, 300, 100)] == [810, 540, 0]
        assert [net for net, _ in waste(250, 250)] == [675, 675]
        assert [net for net, _ in waste(600, 600)] == [1350, 0]
        (_, whole), (_, cut), (_, nothing) = waste(300, 300, 100)
        assert "at most" not in whole
        assert cut.endswith("at most €1,350.00 for all stands of the order")
        assert nothing.endswith("at most €1,350.00 for all stands of the order")

    def test_every_metre_or_part_thereof_and_upper_storey(self) -> None:
        lines = price(STARTED, Facts((stand("13.12", 2, upper_m2=dec(20)),)), ON).lines
        assert [line.net for line in lines] == [1190, 510]
        assert lines[0].reason.en == "14 m² × ¥85.00, corner, every started m²"
        assert lines[0].reason.zh == "14 m² × ¥85.00，双开口（角位），不足 1 m² 按 1 m² 计"
        assert lines[1].reason.en == "20 m² × 30 % of ¥85.00"

    def test_minimum_area(self) -> None:
        lines = price(STARTED, Facts((stand("11.5"),)), ON).lines
        assert lines[0].net == 12 * 85
        assert lines[0].reason.en == "12 m² × ¥85.00, row, at least 12 m²"
        assert total(STARTED, stand(12)) == 12 * 85
        assert total(STARTED, stand("12.01")) == 13 * 85

    def test_pre_booking_and_early_bird_to_their_last_day(self) -> Any:
        def on(*day: Any) -> Any:
            return total(EARLY, stand(20), on=date(2026, *day))

        assert on(3, 1) == 5355
        assert on(3, 2) == on(5, 1) == 20 * 260 + 375
        assert on(5, 2) == 20 * 285 + 375

    def test_corner_surcharge(self) -> None:
        lines = price(CORNER, Facts((stand(9, 2),)), ON).lines
        assert [line.net for line in lines] == [8000, 1600]
        assert lines[1].reason.en == "20 % of ¥8,000.00, corner"
        assert total(CORNER, stand(9, 1)) == 8000
        assert total(CORNER, stand(9, 3)) == 9600

    def test_co_exhibitor_that_is_also_main(self) -> None:
        lines = price(LEVIES, Facts((stand(12, 2),), co_exhibitors=2, co_exhibitors_main=2), ON).lines
        assert lines[-1].net == 0
        assert lines[-1].reason.en == "0 co-exhibitors × €1,400.00, 2 with a stand of its own, free"
        one = price(LEVIES, Facts((stand(12, 2),), co_exhibitors=2, co_exhibitors_main=1), ON).lines
        assert one[-1].net == 1400
        none = price(LEVIES, Facts((stand(12, 2),)), ON).lines
        assert none[-1].name.en == "Energy"


class TestBorders:
    def test_merged_standard_stands_cost_as_many(self) -> None:
        assert total(CORNER, stand(18)) == 16000
        assert total(CORNER, stand("18.01")) == 24000
        assert total(CORNER, stand(6)) == 8000
        flat = PriceList(rates=(Rate(basis=Basis.FLAT, amount=dec(500)),))
        assert total(flat, stand(18, upper_m2=dec(5))) == 500

    def test_better_one_only_and_the_first_of_equals(self) -> Any:
        def offers(member: Any, add: Any = False) -> Any:
            early = Discount(name_en="Early", basis=DiscountBasis.PER_M2, amount=dec(25), until=ON)
            later = Discount(
                name_en="Later", basis=DiscountBasis.PER_M2, amount=dec(20), until=date(2027, 1, 1)
            )
            half = Discount(
                name_en="Member", basis=DiscountBasis.PERCENT, amount=dec(member), who=Who.MEMBERS
            )
            return PriceList(rates=(per_m2(100),), discounts=(early, later, half), discounts_add=add)

        assert total(offers(10), stand(10), member=True) == 750
        assert total(offers(30), stand(10), member=True) == 700
        assert total(offers(30), stand(10)) == 750
        even = price(offers(25), Facts((stand(10),), member=True), ON).lines[-1]
        assert even.name.en == "Early"
        assert even.reason.en == "10 m² × ¥25.00, until 1 Mar 2026, the better of the discounts"
        assert even.reason.zh == "10 m² × ¥25.00，2026年3月1日前（含），多项优惠取其一，从优计算"
        # Where they add: one early price, never both of them, and the member's.
        assert total(offers(30, add=True), stand(10), member=True) == 1000 - 250 - 300
        assert total(offers(90, add=True), stand(10), member=True) == 0

    def test_a_discount_counts_for_its_stands_and_never_exceeds_the_price(self) -> None:
        huge = Discount(name_en="Grant", basis=DiscountBasis.FLAT, amount=dec(9999), kinds=("raw",))
        prices = PriceList(rates=(per_m2(100),), discounts=(huge,))
        assert total(prices, stand(10, kind="raw")) == 0
        assert total(prices, stand(10, kind="shell")) == 1000
        lines = price(prices, Facts((stand(10, kind="shell"), stand(5, kind="raw"))), ON).lines
        assert [line.net for line in lines] == [1000, 500, -500]

    def test_member_price_a_square_metre(self) -> None:
        special = Discount(
            name_en="Member", basis=DiscountBasis.PRICE_PER_M2, amount=dec(80), who=Who.MEMBERS
        )
        prices = PriceList(rates=(per_m2(100, 1), per_m2(70, 2)), discounts=(special,))
        assert total(prices, stand(10), member=True) == 800
        assert total(prices, stand(10, 2), member=True) == 700
        assert price(prices, Facts((stand(10),), member=True), ON).lines[1].reason.en == (
            "¥80.00 a m² instead of ¥100.00, member"
        )
        assert total(msgspec_replace(CORNER, discounts=(special,)), stand(9), member=True) == 8000

    def test_who_a_fee_is_for(self) -> Any:
        def with_fee(who: Any) -> Any:
            return PriceList(rates=(per_m2(1),), fees=(fee("F", FeeBasis.PER_STAND, 10, who=who),))

        assert [total(with_fee(Who.NEW), stand(1), new=new) for new in (True, False)] == [11, 1]
        assert [total(with_fee(Who.RETURNING), stand(1), new=new) for new in (True, False)] == [1, 11]
        assert [total(with_fee(Who.MEMBERS), stand(1), member=yes) for yes in (True, False)] == [11, 1]
        assert [total(with_fee(Who.NOT_MEMBERS), stand(1), member=yes) for yes in (True, False)] == [1, 11]

    def test_fees_of_certain_stands_and_of_represented_companies(self) -> None:
        raw_only = fee("Build check", FeeBasis.PER_EXHIBITOR, 300, kinds=("raw",))
        each = fee("Represented", FeeBasis.PER_REPRESENTED, 50)
        prices = PriceList(rates=(per_m2(1),), fees=(raw_only, each))
        assert total(prices, stand(1, kind="shell"), represented=2) == 101
        assert total(prices, stand(1, kind="raw")) == 301
        named = price(prices, Facts((stand(1),), represented=2), ON).lines[-1]
        assert named.reason.en == "2 represented companies × ¥50.00"

    def test_the_first_line_that_fits(self) -> None:
        prices = PriceList(
            rates=(per_m2(90, zone="Z1"), per_m2(80, price_class="B"), per_m2(70, kinds=("raw",)))
        )
        assert total(prices, stand(1, zone="Z1", price_class="B")) == 90
        assert total(prices, stand(1, price_class="B")) == 80
        assert total(prices, stand(1, kind="raw")) == 70
        with pytest.raises(Refused, match="no_price"):
            total(prices, stand(1, kind="shell"))
        with pytest.raises(Refused, match="no_area"):
            total(prices, stand(0))

    def test_a_stand_free_of_charge(self) -> None:
        lines = price(LEVIES, Facts((stand(12, 2, free=True),)), ON).lines
        assert [(line.net, line.reason.en) for line in lines[:2]] == [
            (dec(0), "free of charge"),
            (dec(250), "1 exhibitor × €250.00"),
        ]
        assert len(lines) == 2

    def test_nothing_costs_nothing(self) -> None:
        assert price(CORNER, Facts(()), ON).total == 0
        both = Facts((stand(9), StandFacts("A02", dec(9))))
        assert [each.number for each in without_stand(both, "A01").stands] == ["A02"]

    def test_tax_inside_and_on_top_each_line_for_itself(self) -> None:
        assert taxed(dec("106"), dec(6), included=True, currency="CNY") == (dec(100), dec(6))
        assert taxed(dec("0.10"), dec(6), included=False, currency="CNY") == (dec("0.10"), dec("0.01"))
        rates = (per_m2("33.335", tax_percent=dec(13)),)
        prices = PriceList(rates=rates, fees=(fee("F", FeeBasis.PER_STAND, 100),), tax_percent=dec(6))
        quote = price(prices, Facts((stand(1),)), ON)
        assert [line.amount for line in quote.lines] == [dec("33.34"), 100]
        assert [line.net for line in quote.lines] == [dec("29.50"), dec("94.34")]
        assert quote.total == dec("133.34")
        assert quote.net + quote.tax == quote.total

    def test_currency_without_cents(self) -> None:
        won = PriceList(currency="KRW", rates=(per_m2("1000.5"),))
        assert total(won, stand(1)) == 1001

    def test_a_line_without_a_name_has_the_usual_one_and_a_missing_language_the_other(self) -> None:
        bare = price(CORNER, Facts((stand(9),)), ON).lines[0]
        assert bare.name == ("展位费", "Stand")
        named = price(LEVIES, Facts((stand(9),)), ON).lines[1]
        assert named.name == ("Media", "Media")
        assert bare.reason.en == "1 stand × ¥8,000.00, row"
        two = price(CORNER, Facts((stand(1200),)), ON).lines[0]
        assert two.reason.zh.startswith("134 个展位 × ")

    def test_broken_surcharge_and_upper_storey_by_the_metre(self) -> None:
        prices = PriceList(rates=(per_m2("33.33"),), upper_percent=dec(30))
        upper = price(prices, Facts((stand(10, upper_m2=dec("2.5")),)), ON).lines[1]
        assert upper.net == dec("25.00")
        assert upper.reason.en == "2.5 m² × 30 % of ¥33.33"

    @pytest.mark.parametrize(
        ("rate", "net", "reason"),
        [
            (Rate(basis=Basis.PER_STAND, amount=dec(9000), unit_m2=dec(9)), 1500, "5 m² × 30 % of ¥1,000.00"),
            (Rate(basis=Basis.PER_STAND, amount=dec(9000)), 750, "5 m² × 30 % of ¥500.00"),
            (Rate(basis=Basis.FLAT, amount=dec(9000), unit_m2=dec(9)), 750, "5 m² × 30 % of ¥500.00"),
        ],
    )
    def test_upper_storey_where_the_price_is_one_for_the_stand(
        self, rate: Rate, net: int, reason: str
    ) -> None:
        """SP-10, §2.2: a built-over m² costs a share of the price of a m², also where that is part of a stand's."""
        upper = price(
            PriceList(rates=(rate,), upper_percent=dec(30)), Facts((stand(18, upper_m2=dec(5)),)), ON
        ).lines[1]
        assert (upper.code, upper.net, upper.reason.en) == ("upper", dec(net), reason)


def msgspec_replace(prices: Any, **changes: Any) -> PriceList:
    return loaded({**dumped(prices), **dumped(PriceList(**changes))} | {"rates": dumped(prices)["rates"]})


class TestLists:
    def test_a_list_comes_back_the_same_with_the_same_fingerprint(self) -> None:
        full = PriceList(
            rates=LEVIES.rates,
            fees=LEVIES.fees,
            discounts=EARLY.discounts,
            surcharges=CORNER.surcharges,
            schedule=Schedule(balance_on=date(2026, 5, 1)),
            cancellation=(Step(days_before=90, percent=dec(50)),),
        )
        again = loaded(dumped(full))
        assert again == full
        assert fingerprint(again) == fingerprint(full)
        assert fingerprint(full) != fingerprint(EARLY)
        assert len(fingerprint(full)) == 64

    @pytest.mark.parametrize(
        "data", [[], {"rates": 5}, {"rates": [{"basis": "per_mile", "amount": "1"}]}, {"x": 1}]
    )
    def test_what_is_no_list_is_refused(self, data: Any) -> None:
        with pytest.raises(Refused, match="price_list_unreadable"):
            loaded(data)

    def test_good_lists_have_no_problems(self) -> None:
        assert [problems(prices) for prices in (LEVIES, EARLY, CORNER, STARTED)] == [[], [], [], []]

    @pytest.mark.parametrize(
        ("prices", "code"),
        [
            (PriceList(rates=(per_m2(1),), currency="XXX"), "currency"),
            (PriceList(), "no_rate"),
            (PriceList(rates=(per_m2(1),) * 61), "too_many"),
            (PriceList(rates=(per_m2(-1),)), "amount"),
            (PriceList(rates=(per_m2("NaN"),)), "amount"),
            (PriceList(rates=(per_m2(1),), fees=(fee("F", FeeBasis.PER_M2, 1, cap=dec(-1)),)), "amount"),
            (PriceList(rates=(per_m2(1, tax_percent=dec(101)),)), "percent"),
            (
                PriceList(
                    rates=(per_m2(1),),
                    discounts=(Discount(name_en="D", basis=DiscountBasis.PERCENT, amount=dec(101)),),
                ),
                "percent",
            ),
            (PriceList(rates=(per_m2(1, 5),)), "sides"),
            (PriceList(rates=(per_m2(1),), schedule=Schedule(balance_months=37)), "schedule"),
            (PriceList(rates=(per_m2(1),), schedule=Schedule(pay_days=-1)), "schedule"),
            (PriceList(rates=(per_m2(1),), surcharges=CORNER.surcharges * 2), "surcharge_twice"),
            (
                PriceList(rates=(per_m2(1),), cancellation=(Step(days_before=9, percent=dec(1)),) * 2),
                "step_twice",
            ),
            (PriceList(rates=(per_m2(1),), fees=(fee("", FeeBasis.PER_M2, 1),)), "nameless"),
        ],
    )
    def test_problems(self, prices: Any, code: Any) -> None:
        assert [found.code for found in problems(prices)] == [code]


amounts = st.decimals(0, 500, places=2)


@given(
    rate=amounts,
    area=st.decimals("0.01", 900, places=2),
    sides=st.integers(0, 6),
    levy=amounts,
    cap=amounts,
    off=amounts,
    tax=st.decimals(0, 30, places=1),
    flags=st.tuples(*[st.booleans()] * 4),
)
def test_sums_are_sums_of_lines_in_whole_cents_and_no_cap_is_exceeded(
    rate: Any, area: Any, sides: Any, levy: Any, cap: Any, off: Any, tax: Any, flags: Any
) -> None:
    included, started, add, member = flags
    prices = PriceList(
        tax_percent=tax,
        tax_included=included,
        rates=(per_m2(rate, started=started),),
        surcharges=(SideSurcharge(sides=2, percent=dec("12.5")),),
        fees=(fee("Levy", FeeBasis.PER_M2, levy, cap=cap),),
        discounts=(
            Discount(name_en="Early", basis=DiscountBasis.PER_M2, amount=off, until=ON),
            Discount(name_en="Member", basis=DiscountBasis.PERCENT, amount=dec("7.3"), who=Who.MEMBERS),
        ),
        discounts_add=add,
    )
    quote = price(prices, Facts((stand(area, sides), stand(area)), member=member), ON)
    assert quote.net + quote.tax == quote.total == sum(line.total for line in quote.lines)
    for line in quote.lines:
        assert all(part == part.quantize(dec("0.01")) for part in (line.amount, line.net, line.tax))
        assert line.amount == (line.total if included else line.net)
    assert all(line.amount <= cap for line in quote.lines if line.code == "fee.1")
    assert sum(line.amount for line in quote.lines if not line.code.startswith("fee")) >= 0
