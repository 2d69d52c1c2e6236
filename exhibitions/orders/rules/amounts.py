"""Amounts and days as banks and people write them; what is doubtful is none."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from exhibitions.core.money import digits_of
from exhibitions.core.sheets.table import Cell, text_of

_MONEY = re.compile(r"([+-]?)([0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_MONEY_NOISE = re.compile(r"[\s'’¥￥$€₩元圆円원]|CNY|RMB|USD|EUR|KRW|HKD|JPY", re.IGNORECASE)
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
    "圆": ("CNY",),
    "円": ("JPY",),
    "원": ("KRW",),
    "CNY": ("CNY",),
    "RMB": ("CNY",),
    "$": ("USD", "HKD"),
    "€": ("EUR",),
    "₩": ("KRW",),
    **{code: (code,) for code in ("USD", "EUR", "KRW", "HKD", "JPY")},
}
"""Which currencies a sign or word may mean, of those that `_MONEY_NOISE` reads over."""
_SIGN = re.compile("|".join(map(re.escape, _MEANT)))


def may_mean(text: str, currency: str) -> bool:
    """Whether no sign or word in a text says another currency."""
    signs = _SIGN.findall(unicodedata.normalize("NFKC", text).upper())
    return all(currency in _MEANT[sign] for sign in signs)


def currency_in(text: str) -> str:
    """The one currency that the signs and words of a text mean; "" where they may mean several, or none is there."""
    signs = _SIGN.findall(unicodedata.normalize("NFKC", text).upper())
    meant = {frozenset(_MEANT[sign]) for sign in signs}
    common = frozenset.intersection(*meant) if meant else frozenset()
    return next(iter(common)) if len(common) == 1 else ""


def amount_in(text: str, currency: str) -> int | None:
    """An amount that a person typed, in minor units: more than nothing and in whole minor units, else None.

    A sign or word of another currency is no amount of this one: what 100 dollars are in yuan is not guessed.
    """
    if not may_mean(text, currency):
        return None
    found = minor_of(money_of(text), currency)
    return found if found and found > 0 else None


_FIRST_SERIAL = date(1899, 12, 30)
_SERIALS = range(36_526, 73_051)
"""A workbook counts days: 2000 to 2099. Other numbers of five digits are no day of a statement."""
_DAY = re.compile(
    r"([12][0-9]{3}) ?[-/.年년] ?([01]?[0-9]) ?[-/.月월] ?([0-3]?[0-9])(?: ?[日일]|\.)?(?:[T\s].*|[0-9]{6})?"
)
_COMPACT = re.compile(r"([12][0-9]{3})([01][0-9])([0-3][0-9])(?:[0-9]{6}|[T\s].*)?")


def day_of(cell: Cell) -> date | None:
    """The day of a cell: a date, a workbook's number of a day (IR8), `20160819`, `2016-08-19 10:22:31`, `2016年8月19日`, `2016/8/19`, `2016. 8. 19.`; None for none."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, time):
        return None
    if isinstance(cell, int | float) and cell in _SERIALS:
        return _FIRST_SERIAL + timedelta(days=int(cell))
    text = unicodedata.normalize("NFKC", text_of(cell)).strip("\t'` ")
    found = _COMPACT.fullmatch(text) or _DAY.fullmatch(text)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
