"""Rows of a bank's statement and the orders they pay (O5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

import pytest

from exhibitions.core.sameness import same_key
from exhibitions.core.sheets.reading import open_table
from exhibitions.core.sheets.table import Cell
from exhibitions.orders.rules.references import reference_of
from exhibitions.orders.rules.statement import (
    Candidate,
    Column,
    Fault,
    Line,
    Match,
    Verdict,
    amount_in,
    can_be_read,
    columns_of,
    day_of,
    is_other_payer,
    known_columns,
    match,
    minor_of,
    money_of,
    numbered,
    read,
)

REFERENCE = reference_of(4217)
LINE = Line(
    2, date(2026, 6, 1), 267_750, "CNY", "大连星河（上海）有限公司", "6222 0001", f"展位费 {REFERENCE}", "S1"
)
ORDER = Candidate(7, REFERENCE, "CNY", 535_500, (267_750, 535_500), ("大连星河(上海)有限公司",))


def verdict(line: Line, *orders: Candidate) -> Match:
    names: dict[str, list[Candidate]] = {}
    for order in orders or (ORDER,):
        for name in order.names:
            names.setdefault(same_key(name), []).append(order)
    return match(line, {order.reference: order for order in orders or (ORDER,)}, names)


def test_headings_in_the_words_of_banks() -> None:
    icbc = [
        "交易日期",
        "借方发生额（支取）",
        "贷方发生额（收入）",
        "余额",
        "对方户名",
        "对方帐号",
        "摘要",
        "用途",
        "流水号",
    ]
    assert known_columns(icbc) == 7
    columns = columns_of(icbc)
    assert (columns[Column.IN], columns[Column.OUT], columns[Column.NOTE]) == ((2,), (1,), (6, 7))
    assert can_be_read(columns)
    english = columns_of(["Booking Date", "Amount (CNY)", "Debit/Credit", "Payer", "Remarks", "Balance"])
    assert set(english) == {Column.DAY, Column.AMOUNT, Column.DIRECTION, Column.PAYER, Column.NOTE}
    assert not can_be_read(columns_of(["日期", "余额"]))
    assert not can_be_read(columns_of(["金额", "摘要"]))


def test_of_two_columns_of_one_kind_the_better_name_counts() -> None:
    assert columns_of(["日期", "交易日期", "收入"])[Column.DAY] == (1,)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1,234.50", 123_450),
        ("￥１，２３４．５", 123_450),
        ("¥ 138,120.00", 13_812_000),
        ("CNY 10.00", 1_000),
        ("10元", 1_000),
        (10, 1_000),
        (0.1 + 0.2, 30),
        (2677.5, 267_750),
        ("10.500", 1_050),
        (".5", 50),
        ("-12.00", -1_200),
        ("−12.00", -1_200),
        ("(12.00)", -1_200),
        ("12.00-", -1_200),
        ("+3", 300),
        ("0.00", 0),
        ("0.005", None),
        (0.005, None),
        (1e13, None),
        (float("inf"), None),
        (float("nan"), None),
        ("", None),
        ("-", None),
        ("1.2.3", None),
        ("twelve", None),
        ("1000000000000", None),
        ("12 or 13", None),
    ],
)
def test_amounts_as_banks_write_them(cell: Cell, amount: int | None) -> None:
    assert minor_of(money_of(cell), "CNY") == amount


def test_won_and_yen_have_no_cents() -> None:
    assert [amount_in("1,200", code) for code in ("KRW", "CNY", "KWD")] == [1_200, 120_000, 1_200_000]
    assert amount_in("1,200.5", "KRW") is None


def test_a_sign_of_another_currency_is_no_amount_of_this_one() -> None:
    """Demand 6: nothing is booked by a guess."""
    assert [amount_in(text, "CNY") for text in ("￥100", "100元", "rmb 100", "$100", "100 EUR")] == [
        10_000,
        10_000,
        10_000,
        None,
        None,
    ]


def test_a_typed_amount_is_more_than_nothing() -> None:
    assert [amount_in(text, "CNY") for text in ("2,677.50", "0", "-1", "", "1.001")] == [
        267_750,
        None,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "20160819",
        "20160819102231",
        "2016-08-19",
        "2016-08-19 10:22:31",
        "2016-08-19T10:22:31",
        "2016/8/19",
        "2016.08.19",
        "2016年8月19日",
        "２０１６年８月１９日",
        "20160819 10:22",
        20160819,
        date(2016, 8, 19),
        datetime(2016, 8, 19, 23, 59),  # noqa: DTZ001 - as a spreadsheet shows it.
    ],
)
def test_days_as_banks_write_them(cell: Cell) -> None:
    assert day_of(cell) == date(2016, 8, 19)


@pytest.mark.parametrize("cell", ["", "合计", "2016-13-01", "2016-02-30", "19.08.2016", time(10), 42])
def test_other_cells_are_no_day(cell: Cell) -> None:
    assert day_of(cell) is None


HEADING = ["交易日期", "收入", "支出", "对方户名", "附言", "摘要", "流水号", "币种"]


def row(*cells: Cell) -> Line | Fault:
    return read(5, cells, columns_of(HEADING), "CNY")


def test_a_row_is_read_with_both_notes() -> None:
    found = row("2026-06-01", "2,677.50", "", " 星河 ", REFERENCE, "转账", "'0012\t", "人民币")
    assert found == Line(5, date(2026, 6, 1), 267_750, "CNY", "星河", "", f"{REFERENCE} 转账", "0012")
    assert isinstance(found, Line)
    assert row("2026-06-01", "", "12.00", "星河") == replace(found, amount=-1_200, note="", serial="")
    assert row("2026-06-01", "0.00", "0.00", "星河", "x", "x") == replace(
        found, amount=0, note="x", serial=""
    )
    euros = row("2026-06-01", "1", "", "", "", "", "", "eur")
    assert isinstance(euros, Line)
    assert euros.currency == "EUR"
    odd = row("2026-06-01", "1", "", "", "", "", "", "本位币")
    assert isinstance(odd, Line)
    assert odd.currency == "CNY"


def test_rows_that_say_nothing_are_faults() -> None:
    assert row("合计", "10") is Fault.NO_DAY
    assert row("2026-06-01", "", "") is Fault.NO_AMOUNT
    assert row("2026-06-01") is Fault.NO_AMOUNT


@pytest.mark.parametrize(
    ("amount", "direction", "expected"),
    [("10", "贷", 1_000), ("10", "借", -1_000), ("-10", "", -1_000), ("10", "", 1_000), ("-10", "收入", 1_000),
     ("10", "支出", -1_000), ("10", "DR", -1_000), ("10", "credit", 1_000)],
)  # fmt: skip
def test_one_column_of_amounts_with_its_direction(amount: str, direction: str, expected: int) -> None:
    found = read(1, ["20260601", amount, direction], columns_of(["date", "amount", "借贷标志"]), "CNY")
    assert isinstance(found, Line)
    assert found.amount == expected
    assert (
        read(1, ["20260601", "", direction], columns_of(["date", "amount", "type"]), "CNY") is Fault.NO_AMOUNT
    )


def test_the_same_row_is_known_again_in_another_layout() -> None:
    other = replace(
        LINE, number=9, payer="大连星河(上海)有限公司", account="", note="别的摘要", serial="ｓ 1"
    )
    assert other.fingerprint == LINE.fingerprint
    for change in (
        {"serial": "S2"},
        {"amount": 1},
        {"day": date(2026, 6, 2)},
        {"payer": "别家"},
        {"currency": "USD"},
    ):
        assert replace(LINE, **change).fingerprint != LINE.fingerprint


def test_without_a_serial_number_account_and_note_tell_and_equal_rows_are_two() -> None:
    bare = replace(LINE, serial="")
    assert replace(bare, note="x").fingerprint != bare.fingerprint
    assert replace(bare, account="x").fingerprint != bare.fingerprint
    marks = [mark for _, mark in numbered([bare, bare, LINE, LINE])]
    assert len(set(marks)) == 3
    assert marks[2] == marks[3]
    assert [mark for _, mark in numbered([bare, bare])] == marks[:2]


def test_amount_equal_less_more() -> None:
    assert verdict(LINE) == Match(Verdict.EXACT, (7,))
    assert verdict(replace(LINE, amount=535_500)).verdict is Verdict.EXACT
    assert verdict(replace(LINE, amount=267_749)).verdict is Verdict.LESS
    assert verdict(replace(LINE, amount=300_000)).verdict is Verdict.LESS
    assert verdict(replace(LINE, amount=535_501)).verdict is Verdict.MORE
    paid = replace(ORDER, open=0, next_amounts=())
    assert verdict(LINE, paid).verdict is Verdict.MORE


def test_what_is_not_beyond_doubt_is_shown_and_not_booked() -> None:
    other = replace(ORDER, id=8, reference=reference_of(1))
    both = replace(LINE, note=f"{REFERENCE} {other.reference}")
    assert verdict(both, ORDER, other).verdict is Verdict.SEVERAL
    assert set(verdict(both, ORDER, other).orders) == {7, 8}
    # One of ours and one that nobody has.
    assert verdict(both).verdict is Verdict.SEVERAL
    slip = verdict(replace(LINE, note="ZW004127-57"))
    assert (slip.verdict, slip.orders, slip.slips) == (Verdict.SLIP, (), ("ZW004127-57",))
    assert verdict(replace(LINE, note=f"{REFERENCE} ZW004127-57")).verdict is Verdict.SLIP
    assert verdict(replace(LINE, note=reference_of(2))).verdict is Verdict.UNKNOWN
    assert verdict(replace(LINE, currency="USD")).verdict is Verdict.CURRENCY
    assert verdict(replace(LINE, amount=0)).verdict is Verdict.OUT
    assert verdict(replace(LINE, amount=-1)).verdict is Verdict.OUT


def test_a_cancelled_order_takes_its_fee_and_nothing_else() -> None:
    assert verdict(LINE, replace(ORDER, open=0, cancelled=True)).verdict is Verdict.CANCELLED
    assert (
        verdict(LINE, replace(ORDER, open=267_750, next_amounts=(), cancelled=True)).verdict is Verdict.EXACT
    )


def test_the_payers_name_guesses_and_never_books() -> None:
    other = replace(ORDER, id=8, reference=reference_of(1), open=100, next_amounts=())
    gone = replace(ORDER, id=9, reference=reference_of(2), cancelled=True)
    paid = replace(ORDER, id=10, reference=reference_of(3), open=0)
    found = verdict(replace(LINE, note="货款", amount=100), ORDER, other, gone, paid)
    assert (found.verdict, found.orders, found.guesses) == (Verdict.UNKNOWN, (), (8, 7))
    assert verdict(replace(LINE, note="货款", payer="")).guesses == ()


def test_who_paid_is_compared_with_company_and_title() -> None:
    assert not verdict(LINE).other_payer
    assert verdict(replace(LINE, payer="大连星河有限公司")).other_payer
    assert not is_other_payer(" ", ("星河",))
    assert not is_other_payer("星河", ("",))
    assert not is_other_payer("ＡＢＣ co.", ("abc Co",))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_a_banks_file_with_a_title_above_its_heading(tmp_path: Path, encoding: str) -> None:
    """IR0, IR1 for statements: encodings, lines of title, a sum at the end."""
    text = (
        "中国工商银行 账户明细\r\n账号：6222,\r\n"
        + ",".join(HEADING)
        + f'\r\n20260601,"2,677.50",,星河,{REFERENCE},,1,\r\n合计,2677.5\r\n'
    )
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    table = open_table(path, known_columns)
    columns = columns_of(table.heading)
    found = [read(each.number, each.cells, columns, "CNY") for each in table.rows()]
    assert found[1] is Fault.NO_DAY
    assert isinstance(found[0], Line)
    assert (found[0].number, found[0].amount, found[0].payer) == (4, 267_750, "星河")
