"""The clearing deposit (exhibitors-stands.md §2.4): sizes, the cap of 20,000 a stand, deductions, where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from exhibitions.core.errors import Refused
from exhibitions.orders.rules import clearing as rules
from exhibitions.orders.rules.clearing import DEDUCTION, DEPOSIT, Clearing, Deduction, State
from exhibitions.orders.rules.services import CLEARING_CAP_MINOR, Size

SIZES = "36 5000\n54㎡：8，000\n100 m2 = 20000元\n"
KEPT = "垃圾未清 / Rubbish left = 3000\n/ Carpet left = 12.5%\n地面损坏"


@dataclass
class Line:
    code: str
    amount: int


def clearing(sizes: str = SIZES, cap: int = CLEARING_CAP_MINOR) -> Clearing:
    return Clearing(
        sizes=rules.read_sizes(sizes, "CNY"), cap_minor=cap, deductions=rules.read_deductions(KEPT, "CNY")
    )


def stand(area_m2: str, kind: str = "raw", number: str = "9.2B29") -> dict[str, object]:
    return {"number": number, "area": int(Decimal(area_m2) * 10_000), "kind": kind}


@pytest.mark.parametrize(
    ("area", "minor"),
    [
        ("0", None),
        ("0.01", 500_000),
        ("36", 500_000),
        ("36.01", 800_000),
        ("54", 800_000),
        ("54.01", 2_000_000),
        ("600", 2_000_000),
    ],
)
def test_a_size_counts_up_to_and_with_its_area_and_the_last_for_all_that_is_larger(
    area: str, minor: int | None
) -> None:
    found = rules.deposits(clearing(), [stand(area)])
    assert [each.minor for each in found] == ([] if minor is None else [minor])


def test_the_cap_is_for_each_stand_and_only_raw_space_deposits() -> None:
    stands = [stand("600"), stand("600", number="9.2B30"), stand("36", "shell"), stand("36", "upgraded")]
    assert [each.minor for each in rules.deposits(clearing(), stands)] == [2_000_000, 2_000_000]
    assert [each.minor for each in rules.deposits(clearing(cap=600_000), [stand("54")])] == [600_000]
    assert rules.deposits(clearing(cap=0), stands) == []
    assert rules.deposits(Clearing(), stands) == []
    dear = clearing("36 30000")
    assert [each.minor for each in rules.deposits(dear, [stand("36")])] == [2_000_000]


def test_rules_come_back_from_json_and_from_their_own_text() -> None:
    wanted = clearing()
    rules.check(wanted)
    assert rules.read(rules.as_data(wanted)) == wanted
    assert rules.read(None) == Clearing()
    text = rules.shown_sizes(wanted.sizes, "CNY")
    assert text == "36 5000\n54 8000\n100 20000"
    assert rules.read_sizes(text, "CNY") == wanted.sizes
    text = rules.shown_deductions(wanted.deductions, "CNY")
    assert text == "垃圾未清 / Rubbish left = 3000\n/ Carpet left = 12.5%\n地面损坏"
    assert rules.read_deductions(text, "CNY") == wanted.deductions
    assert rules.shown_sizes(rules.read_sizes("36.5 85.50", "CNY"), "CNY") == "36.5 85.50"
    assert rules.read_sizes("36 5000", "KRW") == (Size(Decimal(36), 5_000),), "won have no cents"


@pytest.mark.parametrize(
    "line", ["36", "x 5000", "36 x", "0 5000", "-1 5000", "36 -1", "36 0.001", "36 99999999"]
)
def test_a_size_that_cannot_be_read_names_its_line(line: str) -> None:
    with pytest.raises(Refused, match="size_unread") as refused:
        rules.read_sizes(f"\n9 100\n{line}", "CNY")
    assert refused.value.params["line"] == 3


@pytest.mark.parametrize(
    "line", ["= 3000", "/ = 3000", "垃圾 = x", "垃圾 = -1", "垃圾 = 101%", "垃圾 = x%", "字" * 101]
)
def test_a_deduction_that_cannot_be_read_names_its_line(line: str) -> None:
    with pytest.raises(Refused, match="deduction_unread") as refused:
        rules.read_deductions(line, "CNY")
    assert refused.value.params["line"] == 1


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Clearing(cap_minor=CLEARING_CAP_MINOR + 1), "clearing_cap"),
        (Clearing(cap_minor=-1), "clearing_cap"),
        (clearing("36 5000\n36.0 6000"), "clearing_twice"),
        (clearing("36 5000\n54 4000"), "clearing_falls"),
        (clearing("\n".join(f"{size} 1" for size in range(1, 22))), "clearing_sizes"),
        (Clearing(deductions=(Deduction(text_zh="垃圾"),) * 31), "clearing_deductions"),
    ],
)
def test_rules_that_make_no_sense_are_refused(wanted: Clearing, code: str) -> None:
    with pytest.raises(Refused, match=code):
        rules.check(wanted)


def test_what_a_deduction_takes() -> None:
    fixed, share, seen = clearing().deductions
    assert fixed.amount(500_000, 500_000) == 300_000
    assert fixed.amount(500_000, 100_000) == 100_000, "never more than is left"
    assert share.amount(500_000, 500_000) == 62_500
    assert Deduction(text_zh="x", percent=Decimal(50)).amount(101, 101) == 51, "half a cent up"
    assert seen.amount(500_000, 500_000) == 0, "its amount is entered on the spot"


@pytest.mark.parametrize(
    ("minor", "reason", "code"),
    [
        (1, "垃圾", None),
        (500_000, "垃圾", None),
        (500_001, "垃圾", "over_deposit"),
        (0, "垃圾", "amount_wrong"),
        (-200_000, "看错了", None),
        (-200_001, "看错了", "over_deducted"),
        (-1, "", "no_reason"),
        (1, "  ", "no_reason"),
    ],
)
def test_a_deduction_has_a_reason_and_never_more_than_is_left(
    minor: int, reason: str, code: str | None
) -> None:
    if code is None:
        rules.check_deduction(minor, reason, State(700_000, 200_000, 500_000))
        return
    with pytest.raises(Refused, match=code):
        rules.check_deduction(minor, reason, State(700_000, 200_000, 500_000))


def test_nothing_is_taken_back_once_the_rest_is_given_back() -> None:
    with pytest.raises(Refused, match="over_deducted"):
        rules.check_deduction(-1, "看错了", State(700_000, 200_000, 0))


def test_where_a_deposit_stands_by_its_lines() -> None:
    lines = [Line("stand", 900), Line(DEPOSIT, 500), Line(DEPOSIT, 300)]
    assert rules.was_asked(lines)
    assert rules.state(lines) == State(800, 0, 800)
    lines += [Line(DEPOSIT, -100), Line(DEDUCTION, 100)]
    assert rules.state(lines) == State(800, 100, 700)
    lines += [Line(DEPOSIT, 40), Line(DEDUCTION, -40)]
    assert rules.state(lines) == State(800, 60, 740), "a deduction taken back asks for nothing more"
    lines += [Line(DEPOSIT, -40), Line(DEDUCTION, 40)]
    lines.append(Line(DEPOSIT, -700))
    assert rules.state(lines) == State(800, 100, 0)
    assert rules.state(lines).back == 700
    assert not rules.was_asked([Line("stand", 900)])
    assert rules.state([]).back == 0
