"""A bank's statement: what its columns are called and what its rows say (O5). Whose they are, `matching` tells.

What is doubtful (two ways at once, another currency's sign, an amount in 万元) is said and never read as money.
"""

from __future__ import annotations

import enum
import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from exhibitions.core.contact import clean_name
from exhibitions.core.errors import N_
from exhibitions.core.sameness import NOISE, same_key
from exhibitions.core.sheets.table import Cell, text_of
from exhibitions.orders.rules.amounts import currency_in, day_of, may_mean, minor_of, money_of


class Column(enum.StrEnum):
    """What a column of a statement can hold."""

    DAY = "day"
    IN = "in"
    OUT = "out"
    AMOUNT = "amount"
    DIRECTION = "direction"
    PAYER = "payer"
    ACCOUNT = "account"
    NOTE = "note"
    SERIAL = "serial"
    CURRENCY = "currency"


NAMES: Mapping[Column, str] = {
    Column.DAY: """交易日期 交易日 记账日期 入账日期 入账日 记账日 交易时间 日期 交易日期时间 起息日 發生日期 交易日期及时间 date
        transactiondate bookingdate valuedate postingdate 거래일자 거래일시 거래일 거래날짜 일자 일시 날짜 입금일 입금일자""",
    Column.IN: """贷方金额 贷方发生额 贷方 收入 收入金额 收款金额 存入金额 转入金额 入账金额 贷方发生额收入 收入贷方 贷 credit creditamount
        paidin moneyin deposit deposits received 입금액 입금금액 입금 맡기신금액 받은금액 대변""",
    Column.OUT: """借方金额 借方发生额 借方 支出 支出金额 付款金额 支取金额 转出金额 借方发生额支出 支出借方 借 debit debitamount paidout
        moneyout withdrawal withdrawals spent 출금액 출금금액 출금 찾으신금액 지급금액 지급액 차변""",
    Column.AMOUNT: """金额 交易金额 发生额 发生金额 amount transactionamount 거래금액 금액""",
    Column.DIRECTION: """借贷标志 借贷 借贷方向 收支 收支方向 收支标志 交易类型 收付标志 direction debitcredit creditdebit drcr crdr
        type 입출금구분 입출구분 입출금 거래구분 구분 거래종류""",
    Column.PAYER: """对方户名 对方名称 对方账户名称 对方单位名称 对方单位 付款人名称 付款人 付款方 付款方名称 付款方户名 交易对方 对手户名 对方账户名
        交易对手名称 交易对手 payer payername counterparty counterpartyname name remitter sender
        보낸분 보내는분 입금자 입금자명 의뢰인 의뢰인명 의뢰인수취인 보낸분받는분 거래처 거래처명 예금주""",
    Column.ACCOUNT: """对方账号 对方账户 对方帐号 付款人账号 付款账号 付款方账号 对手账号 counterpartyaccount payeraccount iban account
        accountnumber 상대계좌 상대계좌번호 상대방계좌번호 계좌번호""",
    Column.NOTE: """摘要 附言 用途 备注 交易附言 交易用途 交易摘要 客户附言 附加信息 摘要备注 note notes remark remarks description
        reference purpose details memo narrative 적요 거래내용 내용 메모 비고 통장표시내용""",
    Column.SERIAL: """流水号 交易流水号 银行流水号 交易流水 凭证号 交易序号 柜员流水号 核心流水号 企业流水号 账户明细编号交易流水号 serial
        serialnumber transactionid transactionnumber id 거래번호 거래고유번호 일련번호""",
    Column.CURRENCY: """币种 货币 币别 currency 통화""",
}
_BRACKETS = re.compile(r"[(\[【《<].*?[)\]】》>]")


_UNITS = re.compile(r"[千万仟萬百億亿만천억]|thousand|million|mio|\bk\b|000")
"""Words of a heading that make its amounts other than what they say: 金额（万元）."""
_MONEY_COLUMNS = (Column.IN, Column.OUT, Column.AMOUNT)


def heading_key(text: str) -> str:
    """A column name as it is compared: NFKC, small letters, without blanks, marks and a bracketed remark."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return NOISE.sub("", _BRACKETS.sub("", folded)).replace("/", "").replace("帐", "账")


_KNOWN = {
    heading_key(name): (column, place)
    for column, names in NAMES.items()
    for place, name in enumerate(names.split())
}


def _known(text: str) -> tuple[Column, int] | None:
    """The column that a heading names and its place among that column's names; None for another, and for amounts that
    are counted in thousands or 万: what a row then says is not what it reads like."""
    found = _KNOWN.get(heading_key(text))
    if found and found[0] in _MONEY_COLUMNS and _UNITS.search(unicodedata.normalize("NFKC", text).lower()):
        return None
    return found


def known_columns(texts: Sequence[str]) -> int:
    """How many different columns a row of texts names; two make it the heading."""
    return len({found[0] for found in map(_known, texts) if found})


def columns_of(heading: Sequence[str]) -> dict[Column, tuple[int, ...]]:
    """Where each column stands. Notes are in several (摘要, 附言, 用途) and all count; of others the best known name."""
    places: dict[Column, list[tuple[int, int]]] = {}
    for place, text in enumerate(heading):
        found = _known(text)
        if found:
            places.setdefault(found[0], []).append((found[1], place))
    return {
        column: tuple(place for _, place in found) if column is Column.NOTE else (min(found)[1],)
        for column, found in places.items()
    }


def can_be_read(columns: Mapping[Column, object]) -> bool:
    """Whether the columns are enough: a day, and money that came in by its own column or by an amount."""
    return Column.DAY in columns and (Column.IN in columns or Column.AMOUNT in columns)


def currency_of(heading: Sequence[str]) -> str:
    """The currency that the headings of the amounts say, Amount (USD) or 입금액(원); "" where they say none, or several."""
    said = {currency_in(text) for text in heading if (found := _known(text)) and found[0] in _MONEY_COLUMNS}
    said.discard("")
    return said.pop() if len(said) == 1 else ""


_SUMS = frozenset(
    heading_key(word)
    for word in [
        "合计",
        "总计",
        "小计",
        "本页合计",
        "本页小计",
        "本日合计",
        "本月合计",
        "本期合计",
        "累计",
        "本年累计",
        "贷方合计",
        "借方合计",
        "收入合计",
        "支出合计",
        "期初余额",
        "期末余额",
        "上期余额",
        "上页余额",
        "承前页",
        "过次页",
        "total",
        "totals",
        "subtotal",
        "grandtotal",
        "openingbalance",
        "closingbalance",
        "balancebroughtforward",
        "balancecarriedforward",
        "합계",
        "총합계",
        "총계",
        "소계",
        "누계",
        "이월",
        "전월이월",
        "전일이월",
    ]
)
_REPEATED = 3


def is_no_row(cells: Sequence[Cell], columns: Mapping[Column, Sequence[int]]) -> bool:
    """Whether a row is a sum, a balance that was carried over or the heading once more: nobody's payment, and no fault.

    A word for a sum tells only where no payer, account, note or number says more: a company may be called Total.
    """
    texts = [text_of(cell) for cell in cells]
    if known_columns(texts) >= _REPEATED:
        return True
    words = [
        heading_key(texts[place])
        for column in (Column.PAYER, Column.ACCOUNT, Column.NOTE, Column.SERIAL)
        for place in columns.get(column, ())
        if place < len(texts)
    ]
    return not _SUMS.isdisjoint(map(heading_key, texts)) and all(not word or word in _SUMS for word in words)


class Fault(enum.StrEnum):
    """Why a row cannot be read."""

    NO_DAY = "no_day"
    NO_AMOUNT = "no_amount"


FAULT_WORDS = {
    Fault.NO_DAY: N_("The day cannot be read"),
    Fault.NO_AMOUNT: N_("The amount cannot be read"),
}


@dataclass(frozen=True)
class Line:
    """One row of a statement. `amount` in minor units: positive came in, negative went out."""

    number: int
    day: date
    amount: int
    currency: str
    payer: str
    account: str
    note: str
    serial: str

    @property
    def fingerprint(self) -> str:
        """By what the same row is known again, in whatever file and layout it comes: hexadecimal SHA-256.

        The bank's serial number tells two equal transfers of a day apart; without one the account and note must. A file
        that really holds two such rows is told by `numbered`.
        """
        parts = (
            self.day.isoformat(),
            str(self.amount),
            self.currency,
            _bare(self.serial),
            same_key(self.payer) if self.payer else "",
            "" if self.serial else f"{_bare(self.account)}\n{same_key(self.note) if self.note else ''}",
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def numbered(lines: Sequence[Line]) -> list[tuple[Line, str]]:
    """Each line with its fingerprint; the second equal one without a serial number in one file gets its own.

    Two transfers of the same amount by the same payer on one day are two. The same file again gives the same fingerprints.
    """
    seen: dict[str, int] = {}
    made = []
    for line in lines:
        mark = line.fingerprint
        seen[mark] = seen.get(mark, 0) + 1
        if seen[mark] > 1 and not line.serial:
            mark = hashlib.sha256(f"{mark}\n{seen[mark]}".encode()).hexdigest()
        made.append((line, mark))
    return made


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


_OUT_WORDS = frozenset({"debit", "dr", "out", "withdrawal", "d", "-", "출"})
_IN_WORDS = frozenset({"credit", "cr", "in", "deposit", "c", "+", "입"})
_OUT_LETTERS, _IN_LETTERS = frozenset("借支付出往取"), frozenset("贷收入来进存")
_OUT_PARTS, _IN_PARTS = ("출금", "지급", "지출", "차변", "인출"), ("입금", "수입", "대변")
_NO_WAY = re.compile(r"입\s*/?\s*출금|冲正|冲销|撤销|退回|반환|취소|정정|revers|cancel")
"""Words that hold those of a way and say neither, or take back what they name."""

_EMPTY = frozenset({"", "-", "--", "—", "－", "/"})
"""What banks write into the column of the other way."""


def read(
    number: int, cells: Sequence[Cell], columns: Mapping[Column, Sequence[int]], currency: str
) -> Line | Fault:
    """One row of the file; `currency` where it names none. A row without any amount is `NO_AMOUNT`."""

    def cell(column: Column) -> Cell:
        places = columns.get(column, ())
        return cells[places[0]] if places and places[0] < len(cells) else ""

    def text(column: Column) -> str:
        return clean_name(text_of(cell(column)).strip("\t'` "))

    day = day_of(cell(Column.DAY))
    if day is None:
        return Fault.NO_DAY
    currency = _currency(text(Column.CURRENCY)) or currency

    def money(column: Column) -> int | None:
        own = may_mean(text_of(cell(column)), currency)
        return minor_of(money_of(cell(column)), currency) if own else None

    came, went = money(Column.IN), money(Column.OUT)
    unread = [
        column
        for column, found in ((Column.IN, came), (Column.OUT, went))
        if found is None and text(column) not in _EMPTY
    ]
    if unread or (came and went):
        return Fault.NO_AMOUNT
    amount = _amount(came, went)
    direction = text(Column.DIRECTION).lower()
    # Beside a column of what came in, an amount alone may as well have gone out.
    if amount is None and (direction or Column.IN not in columns):
        amount = _directed(money(Column.AMOUNT), direction)
    if amount is None:
        return Fault.NO_AMOUNT
    notes = dict.fromkeys(
        clean_name(text_of(cells[place])) for place in columns.get(Column.NOTE, ()) if place < len(cells)
    )
    return Line(
        number,
        day,
        amount,
        currency,
        text(Column.PAYER),
        text(Column.ACCOUNT),
        " ".join(note for note in notes if note),
        text(Column.SERIAL),
    )


def _amount(came: int | None, went: int | None) -> int | None:
    """By two columns; one of them is empty or zero. A negative credit is a debit (a reversal), and the other way."""
    if came:
        return came
    if went:
        return -went
    return 0 if came == 0 or went == 0 else None


def _directed(amount: int | None, direction: str) -> int | None:
    """By an amount and a word for its way; a word that says neither way leaves no amount: nothing is booked by a guess.

    What came in with a minus was taken back and went out, as in two columns.
    """
    if amount is None or not direction:
        return amount
    words = {direction, *re.findall("[a-z]+", direction)}
    goes, comes = (
        bool(known & words or letters & set(direction) or any(part in direction for part in parts))
        for known, letters, parts in (
            (_OUT_WORDS, _OUT_LETTERS, _OUT_PARTS),
            (_IN_WORDS, _IN_LETTERS, _IN_PARTS),
        )
    )
    if _NO_WAY.search(direction):
        return None
    if goes == comes:
        return None
    return -abs(amount) if goes else amount


_CURRENCIES = {"人民币": "CNY", "人民币元": "CNY", "RMB": "CNY", "CNY": "CNY", "美元": "USD", "欧元": "EUR", "韩元": "KRW", "港币": "HKD", "日元": "JPY", "원": "KRW", "원화": "KRW", "한국원": "KRW", "엔": "JPY", "달러": "USD", "미국달러": "USD", "위안": "CNY"}  # fmt: skip


def _currency(text: str) -> str:
    code = _bare(text)
    return _CURRENCIES.get(code, code if re.fullmatch(r"[A-Z]{3}", code) else "")
