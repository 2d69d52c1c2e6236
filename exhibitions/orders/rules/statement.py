"""A bank's statement: what its columns are called, what its rows say, and to which orders they belong (O5).

Nothing is booked by a guess: only a row whose note names one order, whose money came in and fits, is ready for one click.
All else is shown with its reason.
"""

from __future__ import annotations

import enum
import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from exhibitions.core.contact import clean_name
from exhibitions.core.errors import N_
from exhibitions.core.money import digits_of
from exhibitions.core.sameness import NOISE, same_key
from exhibitions.core.sheets.table import Cell, text_of
from exhibitions.orders.rules import references


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
        transactiondate bookingdate valuedate postingdate""",
    Column.IN: """贷方金额 贷方发生额 贷方 收入 收入金额 收款金额 存入金额 转入金额 入账金额 贷方发生额收入 收入贷方 贷 credit creditamount
        paidin moneyin deposit deposits received""",
    Column.OUT: """借方金额 借方发生额 借方 支出 支出金额 付款金额 支取金额 转出金额 借方发生额支出 支出借方 借 debit debitamount paidout
        moneyout withdrawal withdrawals spent""",
    Column.AMOUNT: """金额 交易金额 发生额 发生金额 amount transactionamount""",
    Column.DIRECTION: """借贷标志 借贷 借贷方向 收支 收支方向 收支标志 交易类型 收付标志 direction debitcredit creditdebit drcr crdr
        type""",
    Column.PAYER: """对方户名 对方名称 对方账户名称 对方单位名称 对方单位 付款人名称 付款人 付款方 付款方名称 付款方户名 交易对方 对手户名 对方账户名
        交易对手名称 交易对手 payer payername counterparty counterpartyname name remitter sender""",
    Column.ACCOUNT: """对方账号 对方账户 对方帐号 付款人账号 付款账号 付款方账号 对手账号 counterpartyaccount payeraccount iban account
        accountnumber""",
    Column.NOTE: """摘要 附言 用途 备注 交易附言 交易用途 交易摘要 客户附言 附加信息 摘要备注 note notes remark remarks description
        reference purpose details memo narrative""",
    Column.SERIAL: """流水号 交易流水号 银行流水号 交易流水 凭证号 交易序号 柜员流水号 核心流水号 企业流水号 账户明细编号交易流水号 serial
        serialnumber transactionid transactionnumber id""",
    Column.CURRENCY: """币种 货币 币别 currency""",
}
_BRACKETS = re.compile(r"[(\[【《<].*?[)\]】》>]")


def heading_key(text: str) -> str:
    """A column name as it is compared: NFKC, small letters, without blanks, marks and a bracketed remark."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return NOISE.sub("", _BRACKETS.sub("", folded)).replace("/", "").replace("帐", "账")


_KNOWN = {
    heading_key(name): (column, place)
    for column, names in NAMES.items()
    for place, name in enumerate(names.split())
}


def known_columns(texts: Sequence[str]) -> int:
    """How many different columns a row of texts names; two make it the heading."""
    return len({_KNOWN[key][0] for key in map(heading_key, texts) if key in _KNOWN})


def columns_of(heading: Sequence[str]) -> dict[Column, tuple[int, ...]]:
    """Where each column stands. Notes are in several (摘要, 附言, 用途) and all count; of others the best known name."""
    places: dict[Column, list[tuple[int, int]]] = {}
    for place, text in enumerate(heading):
        found = _KNOWN.get(heading_key(text))
        if found:
            places.setdefault(found[0], []).append((found[1], place))
    return {
        column: tuple(place for _, place in found) if column is Column.NOTE else (min(found)[1],)
        for column, found in places.items()
    }


def can_be_read(columns: Mapping[Column, object]) -> bool:
    """Whether the columns are enough: a day, and money that came in by its own column or by an amount."""
    return Column.DAY in columns and (Column.IN in columns or Column.AMOUNT in columns)


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


_MONEY = re.compile(r"([+-]?)([0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_MONEY_NOISE = re.compile(r"[\s'’¥￥$€₩元]|CNY|RMB|USD|EUR|KRW|HKD|JPY", re.IGNORECASE)
# A comma that does not part thousands may be a decimal one: such a text is doubtful, and no amount.
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_LARGEST = Decimal(10) ** 12
_NEARLY = Decimal("0.00001")


def money_of(cell: Cell) -> Decimal | None:
    """An amount as banks and people write it, exactly; None when it is none.

    `1,234.50`, `￥1，234.5`, full-width digits, `(12.00)` and `12.00-` for minus. An empty cell or a dash is None.
    """
    if isinstance(cell, float):
        if not abs(cell) < float(_LARGEST):
            return None
        # A workbook keeps 0.1 + 0.2: what is less than a thousandth of a cent off is the cent.
        exact, cents = Decimal(repr(cell)), Decimal(repr(cell)).quantize(Decimal("0.01"))
        return cents if abs(exact - cents) < _NEARLY else exact
    text = _MONEY_NOISE.sub("", unicodedata.normalize("NFKC", text_of(cell)).replace("−", "-"))
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    elif text.endswith("-") and len(text) > 1:
        text = f"-{text[:-1]}"
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    found = _MONEY.fullmatch(text)
    if not found:
        return None
    amount = Decimal(found[2]) * (-1 if found[1] == "-" else 1)
    return amount if abs(amount) < _LARGEST else None


def minor_of(amount: Decimal | None, currency: str) -> int | None:
    """Whole minor units of the currency; None where there is no amount, or one with parts of a minor unit."""
    if amount is None:
        return None
    minor = amount.scaleb(digits_of(currency))
    return int(minor) if minor == minor.to_integral_value() else None


_MEANT = {
    "¥": ("CNY", "JPY"),
    "元": ("CNY", "HKD"),
    "CNY": ("CNY",),
    "RMB": ("CNY",),
    "$": ("USD", "HKD"),
    "€": ("EUR",),
    "₩": ("KRW",),
    **{code: (code,) for code in ("USD", "EUR", "KRW", "HKD", "JPY")},
}
"""Which currencies a sign or word may mean, of those that `_MONEY_NOISE` reads over."""
_SIGN = re.compile("|".join(map(re.escape, _MEANT)))


def amount_in(text: str, currency: str) -> int | None:
    """An amount that a person typed, in minor units: more than nothing and in whole minor units, else None.

    A sign or word of another currency is no amount of this one: what 100 dollars are in yuan is not guessed.
    """
    signs = _SIGN.findall(unicodedata.normalize("NFKC", text).upper())
    if any(currency not in _MEANT[sign] for sign in signs):
        return None
    found = minor_of(money_of(text), currency)
    return found if found and found > 0 else None


_DAY = re.compile(r"([12][0-9]{3})[-/.年]([01]?[0-9])[-/.月]([0-3]?[0-9])日?(?:[T\s].*|[0-9]{6})?")
_COMPACT = re.compile(r"([12][0-9]{3})([01][0-9])([0-3][0-9])(?:[0-9]{6}|[T\s].*)?")


def day_of(cell: Cell) -> date | None:
    """The day of a cell: a date, `20160819`, `2016-08-19 10:22:31`, `2016年8月19日`, `2016/8/19`; None for none."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, time):
        return None
    text = unicodedata.normalize("NFKC", text_of(cell)).strip()
    found = _COMPACT.fullmatch(text) or _DAY.fullmatch(text)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


_OUT_WORDS = frozenset({"debit", "dr", "out", "withdrawal", "d", "-"})
_IN_WORDS = frozenset({"credit", "cr", "in", "deposit", "c", "+"})
_OUT_LETTERS, _IN_LETTERS = frozenset("借支付出往"), frozenset("贷收入来进")


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
        return minor_of(money_of(cell(column)), currency)

    came, went = money(Column.IN), money(Column.OUT)
    unread = [
        column
        for column, found in ((Column.IN, came), (Column.OUT, went))
        if found is None and text(column) not in _EMPTY
    ]
    if unread:
        return Fault.NO_AMOUNT
    amount = _amount(came, went)
    if amount is None:
        amount = _directed(money(Column.AMOUNT), text(Column.DIRECTION).lower())
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
    """By an amount and a word for its way; a word that says neither way leaves no amount: nothing is booked by a guess."""
    if amount is None or not direction:
        return amount
    goes = direction in _OUT_WORDS or bool(_OUT_LETTERS & set(direction))
    comes = direction in _IN_WORDS or bool(_IN_LETTERS & set(direction))
    if goes == comes:
        return None
    return -abs(amount) if goes else abs(amount)


_CURRENCIES = {"人民币": "CNY", "人民币元": "CNY", "RMB": "CNY", "CNY": "CNY", "美元": "USD", "欧元": "EUR", "韩元": "KRW", "港币": "HKD", "日元": "JPY"}  # fmt: skip


def _currency(text: str) -> str:
    code = _bare(text)
    return _CURRENCIES.get(code, code if re.fullmatch(r"[A-Z]{3}", code) else "")


class Verdict(enum.StrEnum):
    """What becomes of a row."""

    EXACT = "exact"
    """One order, and the amount is what is open of it or of its next instalment."""
    LESS = "less"
    MORE = "more"
    SEVERAL = "several"
    SLIP = "slip"
    UNKNOWN = "unknown"
    CURRENCY = "currency"
    CANCELLED = "cancelled"
    KNOWN = "known"
    OUT = "out"


VERDICT_WORDS = {
    Verdict.EXACT: N_("Fits"),
    Verdict.LESS: N_("Less than is open"),
    Verdict.MORE: N_("More than is open"),
    Verdict.SEVERAL: N_("Names several orders"),
    Verdict.SLIP: N_("Reference with a slip"),
    Verdict.UNKNOWN: N_("No order found"),
    Verdict.CURRENCY: N_("Another currency"),
    Verdict.CANCELLED: N_("The order was cancelled"),
    Verdict.KNOWN: N_("Imported before"),
    Verdict.OUT: N_("Paid out"),
}
BOOKABLE = frozenset({Verdict.EXACT, Verdict.LESS, Verdict.MORE})
"""One order is named beyond doubt: may be booked by one click."""
BY_HAND = frozenset({Verdict.SEVERAL, Verdict.SLIP, Verdict.UNKNOWN, Verdict.CANCELLED})
"""Money that came in and that a person gives to an order."""


@dataclass(frozen=True)
class Candidate:
    """An order as a statement is matched against it; `next_amounts` are the sums that are asked for next.

    These are what is open of its next instalment, and all that is open. `names` are the company's and the invoice's.
    """

    id: int
    reference: str
    currency: str
    open: int
    next_amounts: tuple[int, ...]
    names: tuple[str, ...]
    cancelled: bool = False


@dataclass(frozen=True)
class Match:
    """The verdict on a row; `orders` are candidates' ids (one where it can be booked), `guesses` come from name and amount."""

    verdict: Verdict
    orders: tuple[int, ...] = ()
    guesses: tuple[int, ...] = ()
    other_payer: bool = False
    slips: tuple[str, ...] = field(default=())


def match(
    line: Line, by_reference: Mapping[str, Candidate], by_name: Mapping[str, Sequence[Candidate]]
) -> Match:
    """Which order a row pays. `by_name` keys are `same_key` of the candidates' names.

    A right reference that no order of ours has is unknown. Beside a right one, a slip makes the row doubtful: what it
    was to pay for is not known.
    """
    if line.amount <= 0:
        return Match(Verdict.OUT)
    found = references.find(line.note)
    named = [by_reference[each] for each in found.references if each in by_reference]
    strangers = [each for each in found.references if each not in by_reference]
    guesses = _guesses(line, by_name)
    ids = tuple(each.id for each in named)
    if len(named) > 1 or (named and strangers):
        return Match(Verdict.SEVERAL, ids, guesses, slips=found.slips)
    if found.slips:
        return Match(Verdict.SLIP, ids, guesses, slips=found.slips)
    if not named:
        return Match(Verdict.UNKNOWN, (), guesses)
    order = named[0]
    other_payer = is_other_payer(line.payer, order.names)
    if order.currency != line.currency:
        return Match(Verdict.CURRENCY, ids, guesses, other_payer)
    if order.cancelled and order.open == 0:
        return Match(Verdict.CANCELLED, ids, guesses, other_payer)
    return Match(_by_amount(line.amount, order), ids, (), other_payer)


def _by_amount(amount: int, order: Candidate) -> Verdict:
    if amount == order.open or amount in order.next_amounts:
        return Verdict.EXACT
    return Verdict.MORE if amount > order.open else Verdict.LESS


def _guesses(line: Line, by_name: Mapping[str, Sequence[Candidate]]) -> tuple[int, ...]:
    """Orders of who paid, those with just this amount first; five at most."""
    if not line.payer:
        return ()
    found = [each for each in by_name.get(same_key(line.payer), ()) if not each.cancelled and each.open > 0]
    found.sort(key=lambda each: (line.amount not in (each.open, *each.next_amounts), each.reference))
    return tuple(each.id for each in found[:5])


def is_other_payer(payer: str, names: Sequence[str]) -> bool:
    """Whether who paid is none of those that we know for the order; an empty name is no other one.

    Brackets count with their text and not with their shape: 星河（上海） is another company than 星河.
    """
    known = {same_key(name) for name in names if name}
    return bool(payer.strip()) and bool(known) and same_key(payer) not in known
