"""The reason of a price line in both languages, frozen with the line: a contract is read years later in either."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

from exhibitions.core.money import formatted
from exhibitions.stands.rules.price_list import Who


class Said(NamedTuple):
    """One text in Chinese and in English."""

    zh: str
    en: str


class _Named(Protocol):
    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...


M2 = Said("m²", "m²")
STANDS = Said("个展位", "stand")
EXHIBITORS = Said("家参展商", "exhibitor")
CO_EXHIBITORS = Said("家联合参展商", "co-exhibitor")
REPRESENTED = Said("家被代理企业", "represented company")
STAND = Said("展位费", "Stand")
SIDES = Said("开口加价", "Open sides")
UPPER = Said("二层展位", "Upper storey")
FEE = Said("费用", "Fee")
DISCOUNT = Said("优惠", "Discount")
FREE = Said("免费展位", "free of charge")
STARTED = Said("不足 1 m² 按 1 m² 计", "every started m²")
BETTER = Said("多项优惠取其一，从优计算", "the better of the discounts")
WHO = {
    Who.NEW: Said("未参加上届", "not at the last edition"),
    Who.RETURNING: Said("参加过上届", "at the last edition"),
    Who.MEMBERS: Said("会员", "member"),
    Who.NOT_MEMBERS: Said("非会员", "not a member"),
}
_SIDES = {
    1: Said("单开口", "row"),
    2: Said("双开口（角位）", "corner"),
    3: Said("三开口", "end"),
    4: Said("四开口（岛形）", "island"),
}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def named(line: _Named, otherwise: Said) -> Said:
    """The line's own name; a missing language takes the other's, none at all the usual word."""
    if not line.name_zh and not line.name_en:
        return otherwise
    return Said(line.name_zh or line.name_en, line.name_en or line.name_zh)


def number(value: Decimal) -> str:
    """A quantity without needless zeros: 14, 13.12, 1,200."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(amount: Decimal, currency: str) -> Said:
    """An amount, the same in both languages."""
    text = formatted(amount, currency)
    return Said(text, text)


def sides(count: int) -> Said:
    """What a stand with so many open sides (1 to 4) is called."""
    return _SIDES[count]


def times(quantity: Decimal, unit: Said, of: Said) -> Said:
    """14 m² × ¥85.00."""
    plural = "" if unit in (M2,) or quantity == 1 else "s"
    name = unit.en.replace("company", "companies") if plural and unit is REPRESENTED else unit.en + plural
    return Said(f"{number(quantity)} {unit.zh} × {of.zh}", f"{number(quantity)} {name} × {of.en}")


def percent_of(percent: Decimal, of: Said) -> Said:
    """20 % of ¥8,000.00."""
    return Said(f"{of.zh} 的 {number(percent)}%", f"{number(percent)} % of {of.en}")


def at_least(area: Decimal) -> Said:
    """The least area that is charged."""
    return Said(f"最少按 {number(area)} m² 计", f"at least {number(area)} m²")


def at_most(cap: Said) -> Said:
    """The cap of a levy."""
    return Said(f"最高 {cap.zh}", f"at most {cap.en}")


def at_most_together(cap: Said) -> Said:
    """The cap of a levy that several stands share."""
    return Said(f"本单各展位合计最高 {cap.zh}", f"at most {cap.en} for all stands of the order")


def instead(of: Said, usual: Said) -> Said:
    """Another price a m²."""
    return Said(f"每 m² {of.zh}，原价 {usual.zh}", f"{of.en} a m² instead of {usual.en}")


def until(day: date) -> Said:
    """The last day of an early price."""
    return Said(
        f"{day.year}年{day.month}月{day.day}日前（含）",
        f"until {day.day} {_MONTHS[day.month - 1]} {day.year}",
    )


def spared(count: int) -> Said:
    """Co-exhibitors that pay nothing because they have a stand of their own."""
    return Said(f"{count} 家另有展位，免收", f"{count} with a stand of its own, free")


def joined(*parts: Said) -> Said:
    """Parts of a reason, in the punctuation of each language."""
    return Said("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))
