"""Rows of a bank's statement and the orders they pay (O5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

import pytest

from exhibitions.core.sameness import same_key
from exhibitions.core.sheets.reading import open_table
from exhibitions.core.sheets.table import Cell
from exhibitions.orders.rules.amounts import amount_in, day_of, minor_of, money_of
from exhibitions.orders.rules.matching import Candidate, Match, Verdict, is_other_payer, match
from exhibitions.orders.rules.references import reference_of
from exhibitions.orders.rules.statement import (
    Column,
    Fault,
    Line,
    can_be_read,
    columns_of,
    currency_of,
    is_no_row,
    known_columns,
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
        "2016년 8월 19일",
        "2016. 8. 19.",
        "2016. 8. 19. 10:22",
        "'20160819\t",
        20160819,
        42_601,
        42_601.0,
        date(2016, 8, 19),
        datetime(2016, 8, 19, 23, 59),  # noqa: DTZ001 - as a spreadsheet shows it.
    ],
)
def test_days_as_banks_write_them(cell: Cell) -> None:
    assert day_of(cell) == date(2016, 8, 19)


@pytest.mark.parametrize(
    "cell", ["", "合计", "2016-13-01", "2016-02-30", "19.08.2016", time(10), 42, 36_525, 73_051, "42601"]
)
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
    [("10", "贷", 1_000), ("10", "借", -1_000), ("-10", "", -1_000), ("10", "", 1_000), ("-10", "收入", -1_000),
     ("10", "입금", 1_000), ("10", "출금", -1_000), ("10", "전자금융입금", 1_000), ("10", "출금 이체", -1_000),
     ("10", "지급", -1_000), ("10", "대변", 1_000), ("10", "차변", -1_000), ("-10", "출금", -1_000), ("10", "取款", -1_000),
     ("10", "支出", -1_000), ("10", "DR", -1_000), ("10", "credit", 1_000)],
)  # fmt: skip
def test_one_column_of_amounts_with_its_direction(amount: str, direction: str, expected: int) -> None:
    found = read(1, ["20260601", amount, direction], columns_of(["date", "amount", "借贷标志"]), "CNY")
    assert isinstance(found, Line)
    assert found.amount == expected
    assert (
        read(1, ["20260601", "", direction], columns_of(["date", "amount", "type"]), "CNY") is Fault.NO_AMOUNT
    )


@pytest.mark.parametrize(
    "direction", ["입출금", "입/출금", "입금취소", "收入冲正", "收付", "网银转账", "Reversal of credit"]
)
def test_a_word_that_says_both_ways_or_takes_back_is_doubtful(direction: str) -> None:
    """Demand 6: nothing is booked by a guess."""
    columns = columns_of(["거래일자", "거래금액", "구분"])
    assert read(1, ["2026.06.01", "1,000", direction], columns, "KRW") is Fault.NO_AMOUNT


def test_a_korean_statement() -> None:
    heading = ["거래일시", "적요", "보낸분/받는분", "출금액(원)", "입금액(원)", "잔액(원)", "거래점"]
    columns = columns_of(heading)
    assert (columns[Column.IN], columns[Column.OUT], columns[Column.PAYER]) == ((4,), (3,), (2,))
    assert (known_columns(heading), currency_of(heading)) == (5, "KRW")
    found = read(2, ["2026. 6. 1. 10:22", REFERENCE, "한빛", "0", "2,677,500원", "1"], columns, "KRW")
    assert found == Line(2, date(2026, 6, 1), 2_677_500, "KRW", "한빛", "", REFERENCE, "")


def test_what_the_amounts_are_counted_in_stands_in_their_headings() -> None:
    """Another currency than the fair's is said by the heading; amounts in 万元 are no column that is read."""
    assert currency_of(["日期", "收入（美元）", "Amount (USD)", "支出(USD)"]) == "USD"
    assert currency_of(["日期", "收入(元)", "余额(USD)"]) == ""
    assert currency_of(["日期", "Credit (USD)", "Debit (EUR)"]) == ""
    for heading in (
        "收入（万元）",
        "金额(千元)",
        "입금액(천원)",
        "Amount (thousand)",
        "Amount (000)",
        "金额（億元）",
    ):
        assert not can_be_read(columns_of(["日期", heading])), heading


def test_two_ways_at_once_are_doubtful() -> None:
    assert row("2026-06-01", "10", "5") is Fault.NO_AMOUNT
    assert row("2026-06-01", "10", "（0.00）") == row("2026-06-01", "10", "-")
    assert row("2026-06-01", "（１，０００．００）", "") == row("2026-06-01", "", "1000")
    # A sign of another currency is no amount of this one.
    assert row("2026-06-01", "US$10", "") is Fault.NO_AMOUNT
    assert row("2026-06-01", "$10", "") is Fault.NO_AMOUNT
    assert row("2026-06-01", "10円", "") is Fault.NO_AMOUNT
    # What came in has a column of its own: an amount alone may have gone out.
    columns = columns_of(["日期", "收入", "金额", "借贷"])
    assert read(1, ["20260601", "", "10"], columns, "CNY") is Fault.NO_AMOUNT
    known = read(1, ["20260601", "", "10", "贷"], columns, "CNY")
    assert isinstance(known, Line)
    assert known.amount == 1_000


def test_sums_and_headings_between_the_rows_are_no_rows() -> None:
    """IR2 for statements: nobody's money, and no fault either."""
    columns = columns_of(HEADING)
    none: list[list[Cell]] = [
        ["合计", "2,677.50"],
        ["2026-06-30", "2,677.50", "", "", "本月合计"],
        ["2026-06-30", "2,677.50", "", "合计："],
        ["承前页", "", "", "", "", "", ""],
        ["Total:", 2677.5],
        ["합계", "1"],
        [*HEADING],
    ]
    for cells in none:
        assert is_no_row(cells, columns), cells
    rows: list[list[Cell]] = [
        ["2026-06-01", "1", "", "星河", "合计"],
        ["2026-06-01", "1", "", "Total", "x"],
        ["2026-06-01", "1", "", "", "合计两个展位"],
        ["x", "1"],
        ["2026-06-01", "1"],
    ]
    for cells in rows:
        assert not is_no_row(cells, columns), cells


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
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_banks_file_with_a_title_above_its_heading(tmp_path: Path, encoding: str, sign: str) -> None:
    """IR0, IR1 for statements: encodings, lines of title, a sum at the end."""
    rows = ["中国工商银行 账户明细", "账号：6222,", ",".join(HEADING)]
    rows += ["", f"20260601,#,,星河,{REFERENCE},,1,", ",,,,,,,", "合计,#", ""]
    text = "\r\n".join(rows).replace(",", sign).replace("#", '"2,677.50"')
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    table = open_table(path, known_columns)
    columns = columns_of(table.heading)
    found = [read(each.number, each.cells, columns, "CNY") for each in table.rows()]
    assert found[1:] == [Fault.NO_DAY]
    assert [is_no_row(each.cells, columns) for each in table.rows()] == [False, True]
    assert isinstance(found[0], Line)
    assert (found[0].number, found[0].amount, found[0].payer) == (5, 267_750, "星河")
