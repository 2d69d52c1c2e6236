"""Money: minor units in rows, Decimal in rules, one rounding, one way of writing it.

An amount never passes through a float. Rows keep whole minor units (fen, cents, won) and a currency of ISO 4217.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}
_USUAL_DIGITS = 2
_SIGNS = {
    "CNY": "¥",
    "USD": "US$",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "JPY": "JP¥",
    "KRW": "₩",
    "TWD": "NT$",
}
_NAMES_ZH = {
    "CNY": "人民币",
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "HKD": "港币",
    "JPY": "日元",
    "KRW": "韩元",
    "TWD": "新台币",
}
MINUS = "−"
CURRENCIES = tuple(_SIGNS)
"""The currencies that a price list may be in."""
_TYPED = re.compile(r"-?\d{1,13}(\.\d{1,3})?")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万")
_HUNDRED_MILLIONS = 2
_TEN_THOUSAND = 10_000


def digits_of(currency: str) -> int:
    """How many digits of minor units a currency has: 2 for most, 0 for KRW and JPY."""
    return _DIGITS.get(currency, _USUAL_DIGITS)


def round_half_up(amount: Decimal, currency: str = "CNY") -> Decimal:
    """The amount to whole minor units; exactly half goes away from zero, so that a credit mirrors its charge."""
    return amount.quantize(Decimal(1).scaleb(-digits_of(currency)), rounding=ROUND_HALF_UP)


def to_minor(amount: Decimal, currency: str) -> int:
    """The amount in minor units for a row, rounded half up."""
    return int(round_half_up(amount, currency).scaleb(digits_of(currency)))


def from_minor(minor: int, currency: str) -> Decimal:
    """The amount that a row holds, exactly."""
    return Decimal(minor).scaleb(-digits_of(currency))


def split(total: int, shares: Sequence[int]) -> list[int]:
    """Minor units cut by shares, none of them lost: what does not divide goes to the first (odd cents).

    >>> split(100_01, [50, 50])
    [5001, 5000]

    A negative total mirrors the positive one. Shares must have a positive sum.
    """
    if total < 0:
        return [-part for part in split(-total, shares)]
    parts = [total * share // sum(shares) for share in shares]
    parts[0] += total - sum(parts)
    return parts


def formatted(amount: Decimal, currency: str) -> str:
    """¥138,120.00 (ux.md B10): sign of the currency, groups of three, all minor digits; −¥5.00 when negative."""
    rounded = round_half_up(amount, currency)
    sign = _SIGNS.get(currency, f"{currency} ")
    # What rounds to nothing is written without a minus.
    return f"{MINUS if rounded < 0 else ''}{sign}{abs(rounded):,.{digits_of(currency)}f}"


def formatted_minor(minor: int, currency: str) -> str:
    """`formatted` for the minor units of a row."""
    return formatted(from_minor(minor, currency), currency)


def typed_amount(text: str) -> Decimal | None:
    """An amount as people type one: "138,120.00", "¥５０", "1 200 元"; anything doubtful ("1,2") is None.

    Three digits after the point at most; whether the currency has that many is the caller's to judge.
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace("。", ".").replace(MINUS, "-")
    plain = re.sub(r"^(-?)\s*(?:¥|元|CNY|RMB|US\$|HK\$|NT\$|\$|€|£|₩)\s*", r"\1", plain, flags=re.IGNORECASE)
    plain = re.sub(r"\s|_|元$", "", plain).replace("，", ",")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    return Decimal(plain) if _TYPED.fullmatch(plain) else None


def in_capitals(amount: Decimal, currency: str = "CNY") -> str:
    """The sum in Chinese capitals as contracts and receipts write it: 人民币壹拾叁万捌仟壹佰贰拾元整.

    After the rules of the People's Bank for filling in bills: 整 after whole yuan only, one 零 for a row of zeros
    between digits, also between 元 and 角 or 分 where the place before is empty. Below 10^16, to the hundredth.
    """
    rounded = abs(round_half_up(amount, "CNY"))
    yuan, hundredths = divmod(int(rounded.scaleb(2)), 100)
    jiao, fen = divmod(hundredths, 10)
    text = f"{_capital_number(yuan)}元" if yuan or not hundredths else ""
    if not hundredths:
        text += "整"
    elif yuan and (yuan % 10 == 0 or not jiao):
        text += "零"
    if jiao:
        text += f"{_CAPITALS[jiao]}角"
    if fen:
        text += f"{_CAPITALS[fen]}分"
    return f"{_NAMES_ZH.get(currency, currency)}{'负' if amount < 0 and rounded else ''}{text}"


def _capital_number(number: int) -> str:
    if not number:
        return "零"
    text, gap = "", False
    for group in reversed(range(len(_GROUPS))):
        four = number // _TEN_THOUSAND**group % _TEN_THOUSAND
        if four:
            short = four < _TEN_THOUSAND // 10
            text += ("零" if text and (gap or short) else "") + _capital_group(four) + _GROUPS[group]
        elif group == _HUNDRED_MILLIONS and text:
            text += "亿"
        gap = not four
    return text


def _capital_group(four: int) -> str:
    text = ""
    for place in reversed(range(4)):
        digit = four // 10**place % 10
        if digit:
            text += _CAPITALS[digit] + _PLACES[place]
        elif text and not text.endswith("零"):
            text += "零"
    return text.rstrip("零")
